//! Is docs/commands.md what the table of verbs says? `UPDATE_DOCS=1 cargo test` writes it anew.

use std::fmt::Write;

use crate::chat::language::{
    grammar::parse,
    help::Group,
    validate::email,
    verbs::{self, Verb},
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md");

const OPENING: &str = "\
<!-- Written by `UPDATE_DOCS=1 cargo test --package casebridge --lib manual` from src/chat/language/table.rs. Do not edit. -->

# Talking to the bridge

```text
/sir                                what can be done here, as buttons
/sir [CASE] VERB [ARGUMENTS]        CASE only where the thread or channel does not say which
/sir help [VERB|all]                what fits here and now, how to use one verb, or all that you may do
@Casebridge [CASE] VERB [ARGUMENTS] the same, in threads too: Slack runs no slash commands there
```

`/security-ir` is another name for `/sir`. While Slack is down, `casebridge do` does the same with your own rights at AWS:
[operations.md](operations.md#slack-is-down).

## How a line is read

- The case is the one whose id stands before the verb, else the thread's, else the channel's; where there is none
  you are asked with buttons.
- Verbs and values may be written in any case and shortened as long as only one fits. Verbs that take something away
  (marked ⚠) are written in full. Those marked ✋ are done only after you confirm: the button is for you alone, works
  once, for five minutes, and not if the case has changed meanwhile.
- `comment`, `title`, `describe` and other texts take everything after them as it stands, without quotes. Elsewhere
  quotes hold a value of several words together.
- What a phone makes of `--` and of quotes is understood, and so are addresses written as `203.0.113[.]9`.
- Moments are on your own clock, that of your Slack profile, and said back: `2h ago`, `yesterday 14:00`, `today 9:30`, `2026-11-20`, `2026-11-20 14:00+01:00`.
- An AWS key, a Slack, GitHub or Atlassian token, a bearer token or a private key is refused wherever it stands, and
  nothing of the line is kept.
- A text of more than 4,000 bytes is read only from somebody who has the role for `comment`: of anybody else's nothing
  is looked at, kept or sent on.

## Who may

Roles are given in the settings to Slack users and user groups: viewer < responder < commander < admin. Each includes
those before it, and an empty role is nobody. Guests, bots, other apps and people of other workspaces are refused, and
so is everything but `help`, `whoami` and forms in a channel that another workspace shares. Who clicks a button must
have the role, whoever it was shown to.

A reply in a case's thread becomes a comment if it was written when replies are comments (`slack.relay`),
its writer has the role for `comment`, the case's card stands there and the case is open. A reply that was written before
any of these, or after the case was closed, never does, however late it comes.

The comment holds all that the reply shows: what was forwarded with it, tables, files by name. Its files are attached to
the case; where one cannot be, the writer hears why. What one comment cannot hold becomes numbered comments.

## What is written in Jira

What a person of your site writes as a comment on a case's issue becomes a comment on the case: AWS reads it where it
works the case, and so does everybody who reads the case's thread. These comments, and what an edit makes of one, stay
in Jira; nothing that they say is kept or logged elsewhere:

- a comment for one role or group only, and one of which Jira does not say readably for whom it is. A comment whose
  restriction is lifted goes to the case then. What is on the case already stays there;
- an internal note of a service project, unless `jira.internal_notes_are_comments` is set;
- what was written before `jira link` made the issue the case's, and while another issue was: no later edit makes it
  younger. The times are Jira's own;
- a comment that looks like it holds one of the secrets named above. A comment of the bridge tells the issue so, once, and
  does not repeat it. Once the secret is taken out, the comment goes to the case.
";

fn document() -> String {
    let mut text = OPENING.to_owned();
    for group in Group::ALL {
        let _ = write!(text, "\n## {}\n\n", group.title(true));
        text.push_str("| say | what it does | role | calls |\n|---|---|---|---|\n");
        for verb in verbs::all().filter(|verb| Group::of(verb) == group) {
            let _ = writeln!(text, "| {} |", row(verb).join(" | "));
        }
        text.push_str("\n```text\n");
        for verb in verbs::all().filter(|verb| Group::of(verb) == group) {
            verb.examples.iter().for_each(|example| {
                let _ = writeln!(text, "/sir {example}");
            });
        }
        text.push_str("```\n");
    }
    text
}

fn row(verb: &Verb) -> [String; 4] {
    let mark = match (verb.confirmed, verb.guarded) {
        (true, _) => " ✋",
        (false, true) => " ⚠",
        (false, false) => "",
    };
    let syntax = verb.usage().replacen("/sir ", "", 1).replace('|', "\\|");
    let also: String = verb.aliases.iter().map(|alias| format!(", also `{alias}`")).collect();
    let role = verb.role.map_or("everybody".to_owned(), |role| role.to_string());
    let calls = verb.operations.join(", ");
    [
        format!("`{syntax}`{mark}{also}"),
        verb.help.to_owned(),
        role,
        if calls.is_empty() { "–".to_owned() } else { calls },
    ]
}

#[test]
fn the_documentation_is_what_the_table_says() {
    let document = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
        std::fs::write(PATH, &document).unwrap();
    }
    let written = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        written == document,
        "docs/commands.md is stale: run UPDATE_DOCS=1 cargo test --package casebridge --lib manual"
    );
}

#[test]
fn every_example_of_the_documentation_parses() {
    let document = document();
    let examples: Vec<&str> = document
        .lines()
        .filter_map(|line| line.strip_prefix("/sir "))
        .filter(|line| !line.contains('[') && !line.trim_start().is_empty() && !line.starts_with(' '))
        .collect();
    assert!(examples.len() > verbs::all().count());
    for example in examples {
        assert!(parse(example, 1_795_255_200).is_ok(), "{example}");
    }
}

#[test]
fn examples_name_nobody_real() {
    for word in verbs::all().flat_map(|verb| verb.examples).flat_map(|example| example.split(['|', ' ', '"']))
    {
        if email(word).is_ok() {
            assert!(word.ends_with("@example.com"), "{word}");
        }
    }
}
