//! From what a person typed to a command, or to a [`UserError`].

use crate::case::{CaseId, Seconds};

use super::{
    arguments::too_much,
    command::{Command, CommandLine},
    user_error::{UserError, choices, nearest, quoted, unmarked},
    verbs::{self, Subject, Verb},
};
use crate::chat::{language::decode::LineWords, policy::secret_scan};

/// Reads what stands after the command's name or the mention, as Slack sends it. `now` resolves `2h ago`.
///
/// # Errors
/// The reply to the person. A pasted secret is refused before anything else is looked at.
pub fn parse(text: &str, now: Seconds) -> Result<CommandLine, UserError> {
    let decoded = secret_scan::decoded(text).map_err(leaked)?;
    let typed = || Some(decoded.trim().to_owned()).filter(|typed| !typed.is_empty());
    read(text, now).map_err(|mistake| UserError { typed: typed(), ..mistake })
}

fn leaked(kind: &str) -> UserError {
    let mistake = UserError::new(
        format!("This looks like {kind}, so nothing of it was kept or sent on."),
        "Whoever reads this channel may have seen it: revoke it. Then say the same without it; its last four \
         characters are enough to name it.",
    );
    UserError { is_secret: true, ..mistake }
}

fn read(text: &str, now: Seconds) -> Result<CommandLine, UserError> {
    let mut words = LineWords::new(text);
    let case = leading_case(&mut words)?;
    match question(&mut words, case.is_some(), now) {
        Ok(command) => Ok(CommandLine { case, command }),
        Err(mistake) => Err(mistake.of_case(case.as_ref())),
    }
}

fn question(words: &mut LineWords<'_>, of_a_case: bool, now: Seconds) -> Result<Command, UserError> {
    let verb = verb(words)?;
    let said = words.rest();
    let with_verb = |mistake: UserError| UserError { verb: Some(verb), ..mistake };
    let command = (verb.read)(words, now).map_err(|mistake| with_verb(mistake.corrected(verb.name, said)))?;
    if let Some(word) = words.next() {
        return Err(with_verb(too_much(&word.shown())));
    }
    if of_a_case && verb.about != Subject::Case {
        let happened = format!("`{}` is not about one case.", verb.name);
        return Err(with_verb(UserError::new(happened, "Leave the case's id out.")));
    }
    Ok(command)
}

/// What stands in a verb's syntax for words that are read to the line's end.
const FREE: [&str; 6] = ["TEXT", "TITLE", "WHY", "AGENT", "WHEN", "SINCE"];

/// Whether what a line says after its verb is free words, as far as anybody knows.
pub(crate) fn ends_in_free_words(line: &str) -> bool {
    let mut words = LineWords::new(line);
    let verb = leading_case(&mut words).and_then(|_| verb(&mut words));
    verb.map_or(true, |verb| FREE.iter().any(|name| verb.syntax.contains(name)))
}

/// The id of a case at the start of a line. Digits of any other length are no verb either.
fn leading_case(words: &mut LineWords<'_>) -> Result<Option<CaseId>, UserError> {
    let Some(word) = words.peek().map(|word| word.shown()) else { return Ok(None) };
    // As people write an id: as code, bold, with a colon behind it.
    let digits = word.trim_start_matches(['#', '`', '*', '_']).trim_end_matches(['`', '*', '_', ':', ',']);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    words.next();
    let id = CaseId::parse(digits).ok_or_else(|| {
        UserError::new(
            format!("{word} is not a case's id: it has 10 to 32 digits.", word = quoted(word)),
            "See them with `list`.",
        )
    })?;
    Ok(Some(id))
}

/// Reads the verb: one word or two.
fn verb(words: &mut LineWords<'_>) -> Result<&'static Verb, UserError> {
    let Some(first) = words.next().map(|word| spelled(&word.shown())) else { return named("tray") };
    let second = words.peek().map(|word| spelled(&word.shown()));
    let (verb, exact) = match find(&first, second.as_deref()) {
        Ok(found) => found,
        Err(mistake) => {
            if mistake.of_two_words {
                words.next();
            }
            return Err(mistake.followed_by(words.rest()));
        }
    };
    if verb.tail().is_some() {
        words.next();
    }
    if verb.guarded && !exact {
        let mistake = UserError::new(
            format!("`{}` takes something away, so it is not guessed from {}.", verb.name, quoted(first)),
            "Write it in full.",
        );
        let mistake = mistake.suggesting(verb.name).followed_by(words.rest());
        return Err(UserError { verb: Some(verb), ..mistake });
    }
    Ok(verb)
}

/// A word as verbs are spelled: lower case, without the punctuation that people put after a word.
fn spelled(word: &str) -> String {
    let trimmed = word.trim_end_matches([':', ',', '.', '!', '?']);
    if trimmed.is_empty() { word.to_lowercase() } else { trimmed.to_lowercase() }
}

fn named(name: &str) -> Result<&'static Verb, UserError> {
    verbs::named(name).ok_or_else(|| unknown(name))
}

fn find(first: &str, second: Option<&str>) -> Result<(&'static Verb, bool), UserError> {
    if let Some(verb) = verbs::all().find(|verb| verb.aliases.contains(&first)) {
        return Ok((verb, true));
    }
    let head = head(first)?;
    let family: Vec<&'static Verb> = verbs::all().filter(|verb| verb.head() == head).collect();
    let alone = family.iter().find(|verb| verb.tail().is_none()).copied();
    let (verb, in_full) = match (second, alone) {
        (None, Some(alone)) => (alone, true),
        (Some(_), Some(alone)) if family.len() == 1 => (alone, true),
        (Some(second), Some(alone))
            if !alone.syntax.is_empty() && family.iter().all(|verb| verb.tail() != Some(second)) =>
        {
            (alone, true)
        }
        (Some(second), _) => member(head, second, &family)?,
        (None, None) => {
            let tails = choices(family.iter().filter_map(|verb| verb.tail()));
            return Err(UserError::new(format!("`{head}` is not said alone."), format!("Add {tails}.")));
        }
    };
    Ok((verb, in_full && head == first))
}

/// The verb of a family that a second word means, and whether the word spells it in full.
fn member(head: &str, second: &str, family: &[&'static Verb]) -> Result<(&'static Verb, bool), UserError> {
    let spells = |verb: &Verb| {
        let alias = verb.aliases.iter().any(|alias| alias.split_once(' ') == Some((head, second)));
        alias || verb.tail() == Some(second)
    };
    if let Some(verb) = family.iter().find(|verb| spells(verb)) {
        return Ok((verb, true));
    }
    let tails = || family.iter().filter_map(|verb| verb.tail());
    let begins = |verb: &&&'static Verb| verb.tail().is_some_and(|tail| tail.starts_with(second));
    if let [verb] = family.iter().filter(begins).collect::<Vec<_>>()[..] {
        return Ok((verb, false));
    }
    let happened = format!("`{head} {}` is not a verb.", unmarked(second));
    let mistake = UserError::new(happened, format!("After `{head}` comes {}.", choices(tails())));
    let mistake = UserError { of_two_words: true, ..mistake };
    Err(match nearest(second, tails()) {
        Some(near) => mistake.suggesting(format!("{head} {near}")),
        None => mistake,
    })
}

/// The first word of a verb, in full or by a prefix that only one has.
fn head(word: &str) -> Result<&'static str, UserError> {
    let mut heads: Vec<&'static str> =
        verbs::all().map(Verb::head).filter(|head| head.starts_with(word)).collect();
    heads.dedup();
    match heads[..] {
        [only] => Ok(only),
        _ if heads.contains(&word) => {
            heads.into_iter().find(|head| *head == word).ok_or_else(|| unknown(word))
        }
        [] => Err(unknown(word)),
        _ => Err(heads.iter().fold(
            UserError::new(
                format!("{} can mean {}.", quoted(word), choices(heads.iter().copied())),
                "Write one letter more.",
            ),
            |mistake, head| mistake.suggesting(*head),
        )),
    }
}

fn unknown(word: &str) -> UserError {
    let mistake = UserError::new(
        format!("{word} is not a verb.", word = quoted(word)),
        "`help` lists what you may do.",
    );
    let known = verbs::all().flat_map(|verb| verb.aliases.iter().copied().chain([verb.head()]));
    match nearest(word, known.filter(|name| !name.contains(' '))) {
        Some(near) => mistake.suggesting(near),
        None => mistake,
    }
}

/// What `help FIRST SECOND` is about: a verb, or a family of them by its first word.
pub(crate) fn topic(first: &str, second: Option<&str>) -> Result<&'static str, UserError> {
    let (first, second) = (spelled(first), second.map(spelled));
    if let Some(second) = second {
        return find(&first, Some(&second)).map(|(verb, _)| verb.name);
    }
    match verbs::all().find(|verb| verb.aliases.contains(&first.as_str())) {
        Some(verb) => Ok(verb.name),
        None => head(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Actor, CommentId, InvestigationId, MembershipId, Status, UserId};
    use crate::case::{fuzz, growth::is_steady};
    use crate::chat::language::command::*;

    /// 2026-11-21T10:00:00Z.
    const NOW: Seconds = 1_795_255_200;

    fn asked(text: &str) -> Command {
        parse(text, NOW).unwrap_or_else(|mistake| panic!("{text:?}: {mistake}")).command
    }

    fn reply(text: &str) -> String {
        match parse(text, NOW) {
            Ok(line) => panic!("{text:?} is {line:?}"),
            Err(mistake) => mistake.to_string(),
        }
    }

    fn comment(text: &str) -> Command {
        Command::Comment { text: Some(text.to_owned()) }
    }

    fn status(to: Status) -> Command {
        Command::Status { to: Some(to) }
    }

    #[test]
    fn a_line_names_its_case_or_leaves_it_to_the_place() {
        for (text, case, command) in [
            ("", None, Command::Tray),
            ("  \u{a0}\u{200b} ", None, Command::Tray),
            ("1234567890", Some("1234567890"), Command::Tray),
            ("#0000000001 show", Some("0000000001"), Command::Show { full: false }),
            ("show", None, Command::Show { full: false }),
        ] {
            assert_eq!(
                parse(text, NOW),
                Ok(CommandLine { case: case.map(CaseId::new), command }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn verbs_and_values_are_read_in_any_case_and_by_unique_prefixes() {
        for (text, command) in [
            ("SHOW", Command::Show { full: false }),
            ("sh --f", Command::Show { full: true }),
            ("stat", Command::Status { to: None }),
            ("Status: Contain", status(Status::Containment)),
            ("status d", status(Status::Detection)),
            ("li m", Command::List { which: CaseFilter::Mine }),
            ("hub prod", Command::Hub(HubCommand::Products)),
            ("mem sh", Command::Membership(MembershipCommand::Show { membership: None })),
            ("watch", Command::Watch { people: vec![] }),
            ("watchers", Command::Watchers),
            ("comments 7", Command::Comments { count: 7 }),
            ("help?", Command::Help { verb: None }),
            ("HELP Membership New", Command::Help { verb: Some("membership new".to_owned()) }),
            ("help hub", Command::Help { verb: Some("hub".to_owned()) }),
            ("help update-status", Command::Help { verb: Some("status".to_owned()) }),
            ("Close", Command::Close),
            ("RESOLVER AWS", Command::Resolver),
            ("tag remove team=blue", Command::Untag { keys: vec!["team".to_owned()] }),
        ] {
            assert_eq!(asked(text), command, "{text:?}");
        }
    }

    #[test]
    fn what_takes_something_away_is_never_guessed() {
        for verb in verbs::all().filter(|verb| verb.guarded) {
            let example = verb.examples[verb.examples.len() - 1].trim_start_matches("1234567890 ");
            let rest = example.strip_prefix(verb.name).unwrap();
            let abbreviated = (1..verb.head().len()).map(|length| {
                [&verb.head()[..length], verb.tail().unwrap_or_default()].join(" ").trim_end().to_owned()
            });
            let tails = verb.tail().unwrap_or_default();
            let shortened = (1..tails.len()).map(|length| format!("{} {}", verb.head(), &tails[..length]));
            for short in abbreviated.chain(shortened) {
                let text = format!("{short}{rest}");
                let read = parse(&text, NOW).map(|line| verbs::of(&line.command));
                assert_ne!(read, Ok(Some(verb)), "{text:?}");
            }
        }
        assert_eq!(
            reply("1234567890 clos"),
            "`close` takes something away, so it is not guessed from \"clos\". Write it in full.\n\
             Did you mean: /sir 1234567890 close\n\
             How to say it: /sir close\n\
             You typed: 1234567890 clos"
        );
    }

    #[test]
    fn a_phones_text_is_understood() {
        for (text, command) in [
            ("show —full", Command::Show { full: true }),
            ("show –full", Command::Show { full: true }),
            ("show -full", Command::Show { full: true }),
            ("Show\u{a0}--full\u{a0}", Command::Show { full: true }),
            ("sh\u{200b}ow", Command::Show { full: false }),
            (
                "tag add team=“Blue team”",
                Command::Tag { pairs: vec![("team".to_owned(), "Blue team".to_owned())] },
            ),
            (
                "started 2026‑11‑20",
                Command::Started { at: 1_795_132_800, said: Some("2026-11-20".to_owned()), reported: false },
            ),
            (
                "impact add service “AWS Lambda”, EC2",
                Command::Impact {
                    edit: ListEdit::Add,
                    what: Impact::Services(vec!["AWS Lambda".to_owned(), "EC2".to_owned()]),
                },
            ),
        ] {
            assert_eq!(asked(text), command, "{text:?}");
        }
    }

    #[test]
    fn a_free_text_is_taken_as_it_stands() {
        for (text, command) in [
            ("comment  a  b\n\n  —c “d” --full  ", comment("a  b\n\n  —c “d” --full")),
            (
                "comment a &lt;b&gt; &amp; <@U024BE7LH|ana> in <#C024BE7LR|general>",
                comment("a <b> & @ana in #general"),
            ),
            ("comment close", comment("close")),
            ("COMMENT\nSee <https://example.com/x>", comment("See https://example.com/x")),
            ("comment", Command::Comment { text: None }),
            ("title A\n  title \r\nof lines", Command::Title { text: "A title of lines".to_owned() }),
            ("describe a\n b", Command::Describe { text: "a\n b".to_owned() }),
            (
                "amend 000123 new  text",
                Command::Amend { comment: CommentId::new("000123"), text: "new  text".to_owned() },
            ),
            (
                "ai useless 2 too  late",
                Command::Rate {
                    step: InvestigationRef::Number(2),
                    useful: false,
                    why: Some("too  late".to_owned()),
                },
            ),
            (
                "ai useful inv-0000000001",
                Command::Rate {
                    step: InvestigationRef::Id(InvestigationId::new("inv-0000000001")),
                    useful: true,
                    why: None,
                },
            ),
            (
                "actor add 2001:db8::1 Boto3/1.34 “x”",
                Command::Actor {
                    edit: ListEdit::Add,
                    actor: Actor {
                        ip: "2001:DB8:0:0:0:0:0:1".to_owned(),
                        user_agent: Some("Boto3/1.34 “x”".to_owned()),
                    },
                },
            ),
        ] {
            assert_eq!(asked(text), command, "{text:?}");
        }
    }

    #[test]
    fn people_are_named_by_mention_or_address() {
        let both =
            vec![PersonRef::User(UserId::new("U024BE7LH")), PersonRef::Email("ana@example.com".to_owned())];
        for text in [
            "watch <@U024BE7LH|bo> <mailto:ana@example.com|ana@example.com>",
            "watch <@U024BE7LH>, ana@example.com, ana@example.com",
            "watch <@U024BE7LH>,<mailto:ana@example.com|ana@example.com>",
        ] {
            assert_eq!(asked(text), Command::Watch { people: both.clone() }, "{text:?}");
        }
    }

    #[test]
    fn the_aws_samples_verbs_still_work() {
        for (text, command) in [
            ("status", Command::Status { to: None }),
            ("incident-details", Command::Show { full: false }),
            ("update-status Detection and Analysis", status(Status::Detection)),
            ("update-status Containment, Eradication and Recovery", status(Status::Containment)),
            ("update-status \"Containment, Eradication, and Recovery\"", status(Status::Containment)),
            ("update-status Post-incident Activities", status(Status::PostIncident)),
            ("update-title New title", Command::Title { text: "New title".to_owned() }),
            ("update-description New text", Command::Describe { text: "New text".to_owned() }),
            ("close", Command::Close),
            ("help", Command::Help { verb: None }),
        ] {
            assert_eq!(asked(text), command, "{text:?}");
        }
    }

    #[test]
    fn the_statuses_acknowledged_and_resolved_are_not_offered_as_the_aws_sample_did() {
        assert!(
            reply("update-status Acknowledged")
                .starts_with("\"Acknowledged\" is a status that only AWS sets.")
        );
        assert!(reply("1234567890 status closed").contains("Did you mean: /sir 1234567890 close\n"));
        assert!(reply("status ready to close").contains("only AWS sets"));
        assert_eq!(
            reply("status closed"),
            "\"closed\" is not set as a status: closing a case is final, and a verb of its own. To finish the case, \
             close it.\nDid you mean: /sir close\nHow to say it: /sir status [submitted|detect|contain|post]\n\
             You typed: status closed"
        );
        assert_eq!(
            reply("status Resolved"),
            "\"Resolved\" is not a status. A status is `submitted`, `detect`, `contain` or `post`; `status` alone \
             shows the legal next ones. To finish a case: `close`.\n\
             How to say it: /sir status [submitted|detect|contain|post]\nYou typed: status Resolved"
        );
    }

    #[test]
    fn organisation_verbs_take_ids_days_and_named_values() {
        let id = Some(MembershipId::new("m-abcdef1234567890"));
        for (text, command) in [
            ("membership show m-abcdef1234567890", MembershipCommand::Show { membership: id.clone() }),
            (
                "membership accounts m-abcdef1234567890 1111-2222-3333, 444455556666",
                MembershipCommand::Accounts {
                    membership: id.clone(),
                    accounts: vec!["111122223333".to_owned(), "444455556666".to_owned()],
                },
            ),
            (
                "membership metrics 2026-11-01 yesterday",
                MembershipCommand::Metrics { membership: None, from: 1_793_491_200, to: 1_795_132_800 },
            ),
            (
                "membership metrics",
                MembershipCommand::Metrics { membership: None, from: 1_792_627_200, to: 1_795_219_200 },
            ),
            (
                "membership update m-abcdef1234567890 —add-unit ou-ab12-cd34ef56 --triage OFF",
                MembershipCommand::Update {
                    membership: id,
                    change: MembershipUpdate {
                        triage: Some(false),
                        add_units: vec!["ou-ab12-cd34ef56".to_owned()],
                        ..MembershipUpdate::default()
                    },
                },
            ),
            ("membership new", MembershipCommand::New { values: None }),
        ] {
            assert_eq!(asked(text), Command::Membership(command), "{text:?}");
        }
    }

    #[test]
    fn metrics_are_of_days_that_were() {
        for days in ["2026-11-20 2026-11-01", "2026-11-20 2026-11-22"] {
            let (from, to) = days.split_once(' ').unwrap();
            assert_eq!(
                reply(&format!("membership metrics {days}")),
                format!(
                    "From {from} to {to} is not a time that was. Give the earlier day first, and none after \
                     today.\nHow to say it: /sir membership metrics [ID] [FROM [TO]]\n\
                     You typed: membership metrics {days}"
                )
            );
        }
    }

    #[test]
    fn a_line_without_a_verb_that_fits_is_answered_with_the_nearest_one_and_given_back() {
        for (text, expected) in [
            (
                "commnet <@U024BE7LH|ana> &lt;hi&gt;",
                "\"commnet\" is not a verb. `help` lists what you may do.\nDid you mean: /sir comment @ana <hi>\n\
                 You typed: commnet @ana <hi>",
            ),
            ("dance", "\"dance\" is not a verb. `help` lists what you may do.\nYou typed: dance"),
            (
                "1234567890 st contian",
                "\"st\" can mean `status` or `started`. Write one letter more.\n\
                 Did you mean: /sir 1234567890 status contian\nDid you mean: /sir 1234567890 started contian\n\
                 You typed: 1234567890 st contian",
            ),
            (
                "st`atus` contain",
                "\"st'atus'\" is not a verb. `help` lists what you may do.\nDid you mean: /sir status contain\n\
                 You typed: st`atus` contain",
            ),
            (
                "tag r team",
                "`tag rm` takes something away, so it is not guessed from \"tag\". Write it in full.\n\
                 Did you mean: /sir tag rm team\nHow to say it: /sir tag rm KEY…\nYou typed: tag r team",
            ),
            (
                "hub",
                "`hub` is not said alone. Add `admin`, `members`, `member`, `products`, `accept` or `leave`.\n\
                 You typed: hub",
            ),
            (
                "tag delte x",
                "`tag delte` is not a verb. After `tag` comes `list`, `add` or `rm`.\nYou typed: tag delte x",
            ),
            (
                "hub prodcuts",
                "`hub prodcuts` is not a verb. After `hub` comes `admin`, `members`, `member`, `products`, `accept` or \
                 `leave`.\nDid you mean: /sir hub products\nYou typed: hub prodcuts",
            ),
            (
                "close now",
                "\"now\" is more than this verb takes. Leave it away.\nHow to say it: /sir close\n\
                 You typed: close now",
            ),
            (
                "12345 show",
                "\"12345\" is not a case's id: it has 10 to 32 digits. See them with `list`.\nYou typed: 12345 show",
            ),
            (
                "1234567890 membership list",
                "`membership list` is not about one case. Leave the case's id out.\n\
                 How to say it: /sir membership list\nYou typed: 1234567890 membership list",
            ),
        ] {
            assert_eq!(reply(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_explained_with_how_to_say_it() {
        for (text, expected) in [
            (
                "actor add 10.1.2.3",
                "10.1.2.3 is a private address: it says nothing about where the intruder came from. Name the address \
                 on the internet, or write this one in a comment.\nHow to say it: /sir actor add IP [AGENT]\n\
                 You typed: actor add 10.1.2.3",
            ),
            (
                "started tomorrow",
                "\"tomorrow\" is not a moment that I can read. Write it as `2h ago`, `yesterday 14:00`, `today 9:30`, \
                 `2026-11-20`, `2026-11-20 14:00` or `2026-11-20T14:00:00Z` (on your own clock as Slack knows it, unless it \
                 says UTC or an offset).\n\
                 How to say it: /sir started WHEN [--reported]\nYou typed: started tomorrow",
            ),
            (
                "started 2026-11-23",
                "2026-11-23T00:00:00Z has not come yet, and an incident cannot begin in the future. Times are on your own \
                 clock unless you give an offset, as in `2026-11-20 14:00+01:00`.\n\
                 How to say it: /sir started WHEN [--reported]\nYou typed: started 2026-11-23",
            ),
            (
                "watch @ana",
                "\"@ana\" is not a person whom Slack knows. Choose the person from the list that Slack shows after \
                 the @, or give the e-mail address.\nHow to say it: /sir watch [@PERSON|EMAIL…]\n\
                 You typed: watch @ana",
            ),
            (
                "impact add regoin eu-west-1",
                "\"regoin\" is not a kind of impact. Choose `accounts`, `regions` or `services`.\n\
                 Did you mean: /sir impact add regions eu-west-1\n\
                 How to say it: /sir impact add account|region|service VALUE…\n\
                 You typed: impact add regoin eu-west-1",
            ),
            (
                "impact rm region",
                "No Regions are named. Name at least one.\n\
                 How to say it: /sir impact rm account|region|service VALUE…\nYou typed: impact rm region",
            ),
            (
                "impact add service --all",
                "--all is not a flag of this verb. Leave it away, or put it in quotes where it is meant as it \
                 stands.\nHow to say it: /sir impact add account|region|service VALUE…\n\
                 You typed: impact add service --all",
            ),
            (
                "resolver self",
                "\"self\" is not a resolver that a case can be given to. A case can only be handed to AWS, and never \
                 back.\nHow to say it: /sir resolver aws\nYou typed: resolver self",
            ),
            (
                "membership new Example --member \"Ana Lima|Lead|ana@example.com\"",
                "A team has 2 to 10 people; this one has 1. Name another with --member.\nHow to say it: /sir \
                 membership new [NAME --member \"NAME|JOB TITLE|EMAIL\"… OPTIONS]\nYou typed: membership new \
                 Example --member \"Ana Lima|Lead|ana@example.com\"",
            ),
        ] {
            assert_eq!(reply(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_pasted_secret_is_refused_before_anything_else_and_never_said_again() {
        let key = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
        let hidden = ["AKIA\"", "IOSFODNN7EXAMPLE\""].concat();
        let expected = "This looks like an AWS access key id, so nothing of it was kept or sent on. Whoever reads this \
                        channel may have seen it: revoke it. Then say the same without it; its last four characters \
                        are enough to name it.";
        for text in [
            format!("comment the key {key} leaked"),
            format!("{key} dance"),
            format!("tag add key={hidden}"),
            format!("dance {key}"),
            hidden.clone(),
            format!("show {hidden}"),
        ] {
            assert_eq!(reply(&text), expected);
            assert_eq!(parse(&text, NOW).unwrap_err().typed, None);
        }
    }

    #[test]
    fn fuzzed_any_line_prints_to_itself_or_is_a_mistake() {
        fuzz::texts("line", |text| {
            if let Ok(line) = parse(text, NOW) {
                assert_eq!(parse(&line.to_string(), NOW), Ok(line), "{text:?}");
            }
        });
    }

    #[test]
    fn twice_the_line_is_understood_in_twice_the_time() {
        is_steady(|text| parse(text, NOW).is_ok());
        is_steady(|text| parse(&format!("7000000003 coment {text}"), NOW).is_ok());
        // What is read alike is tried once.
        let mut shapes = std::collections::BTreeSet::from([""]);
        let verbs: Vec<_> = verbs::all().filter(|verb| shapes.insert(verb.syntax)).collect();
        for verbs in verbs.chunks(8) {
            let is_read = |verb: &&&Verb, text: &str| parse(&format!("{} {text}", verb.name), NOW).is_ok();
            is_steady(|text| verbs.iter().filter(|verb| is_read(verb, text)).count());
        }
    }
}
