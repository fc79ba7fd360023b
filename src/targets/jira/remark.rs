//! How is what happens on a case told as a comment of its issue?

use serde_json::{Value, json};

use super::adf::{self, Inline, PART};
use crate::{
    case::{Investigation, author::Author, snapshot::Change, text},
    http::with,
    state::key::Plainness,
    targets::{
        content::{Call, Content, Doer, Notice, Page, Part, ToldChange},
        wording,
    },
};

/// How much of one value, or of one list, a line of changes shows, in bytes.
const VALUE: usize = 500;

pub fn content(content: &Content, plainness: Plainness) -> Value {
    let told = match plainness {
        Plainness::Full => return full(content),
        Plainness::Plain => plain(content),
        Plainness::Stub => stub(content),
    };
    adf::document(vec![adf::paragraph(told)])
}

fn full(content: &Content) -> Value {
    if let Content::Changes(list, _) = content {
        return adf::document(vec![bullets(changes(list))]);
    }
    let mut paragraphs = vec![adf::paragraph(head(content))];
    paragraphs.extend(adf::paragraphs(body(content)));
    adf::document(paragraphs)
}

fn plain(content: &Content) -> Inline {
    let lines = if let Content::Changes(list, _) = content {
        changes(list)
    } else {
        vec![head(content), plain_lines(body(content))]
    };
    let join =
        |all: Inline, line: Inline| if all == Inline::new() { line } else { all.new_line().then(line) };
    lines.into_iter().fold(Inline::new(), join).plain()
}

/// Of very many lines each costs more than it says: then they stand on one.
fn plain_lines(body: &str) -> Inline {
    let lines = adf::lines(body);
    if lines.size() <= PART + 2_000 { lines } else { Inline::new().text(body) }
}

/// One line that names what could not be shown, and says where to read it.
fn stub(content: &Content) -> Inline {
    let what = match content {
        Content::Changes(..) => Inline::new().text("A change of the case"),
        Content::Description(_) | Content::Comment { .. } | Content::Investigation { .. } => {
            head(content).plain()
        }
        Content::Nudge { .. } => Inline::new().text("A reminder"),
        Content::Notice(_) | Content::Call(_) | Content::Taken(_) | Content::Page(..) => {
            head(content).plain()
        }
    };
    what.text(": could not be shown here. Read it in the AWS console.")
}

fn head(content: &Content) -> Inline {
    match content {
        Content::Changes(..) => Inline::new().strong("Changes"),
        Content::Description(part) => which(Inline::new().strong("Description"), part),
        Content::Comment { author, speaker, at, edited, part, call: _ } => {
            // Nobody in Jira can look up a Slack user's id.
            let name = match (author, speaker) {
                (Author::Slack { .. }, Some(speaker)) => text::cut(&text::one_line(speaker), 88),
                _ => wording::author(author),
            };
            let head = Inline::new().strong(&name).text(&format!(" · {}", wording::utc(*at)));
            which(if edited.is_some() { head.text(" · edited") } else { head }, part)
        }
        Content::Investigation { step, .. } => step_head(step),
        Content::Nudge { for_us: true, since } => {
            Inline::new().text(&format!("Your team's move, since {}", wording::utc(*since)))
        }
        Content::Nudge { for_us: false, since } => {
            Inline::new().text(&format!("AWS's move, since {}", wording::utc(*since)))
        }
        // Nobody is called in Jira.
        Content::Call(Call { moment, .. }) | Content::Page(Page { moment, .. }, _) => {
            Inline::new().text(wording::moment(*moment))
        }
        Content::Taken(owner) => Inline::new().text(&value(&owner.name)).text(" took the case"),
        Content::Notice(Notice::NotMoved { issue, to, why }) => {
            Inline::new().text(&value(&format!("{issue} could not be moved to {to} because of {why}")))
        }
        Content::Notice(Notice::NotAssigned { issue, why }) => {
            Inline::new().text(&value(&format!("{issue} was not assigned to the case's owner: {why}")))
        }
        Content::Notice(Notice::NotCopied { file, to, why }) => {
            Inline::new().text(&value(&format!("{file} was not copied to {to}: {why}")))
        }
        Content::Notice(Notice::Moved { issue, moved, .. }) => {
            Inline::new().text(&value(&format!("{issue} was moved to {} by {}", moved.to, moved.by)))
        }
        Content::Notice(Notice::Lost { issue, .. }) => {
            Inline::new().text(&value(&format!("{issue} was deleted, or is hidden")))
        }
        Content::Notice(Notice::Spare { spare, .. }) => {
            Inline::new().text(&value(&format!("{spare} was made for this case as well")))
        }
        Content::Notice(Notice::Strange { strange, .. }) => {
            Inline::new().text(&value(&format!("{strange} has this case's label")))
        }
        Content::Notice(Notice::NoThread { .. }) => Inline::new().text("The case's thread was deleted"),
        Content::Notice(Notice::Forgets { at, .. }) => {
            Inline::new().text(&format!("What is known of this case is forgotten at {}", wording::utc(*at)))
        }
    }
}

/// The text from outside below the head, or in its place why there is none.
fn body(content: &Content) -> &str {
    let (text, empty) = match content {
        Content::Description(part) | Content::Comment { part, .. } => (&part.text, "This part fell away."),
        Content::Investigation { step, .. } => (&step.content, "Nothing to read yet."),
        Content::Changes(..)
        | Content::Nudge { .. }
        | Content::Notice(_)
        | Content::Call(_)
        | Content::Taken(_)
        | Content::Page(..) => return "",
    };
    match text.trim() {
        "" if text.is_empty() => empty,
        "" => "(blank)",
        _ => text,
    }
}

fn step_head(step: &Investigation) -> Inline {
    let kind = format!(
        " (AI generated, verify) · {} · {} · ",
        text::cut(&step.kind, 40),
        text::cut(&step.status, 40)
    );
    let head = Inline::new().strong("AWS AI agent").text(&kind).strong(&text::cut(&step.title, 200));
    if step.status == "Waiting" { head.text(" · it waits for your answer") } else { head }
}

fn which(head: Inline, part: &Part) -> Inline {
    match wording::which_part(part) {
        Some(which) => head.text(&format!(" · {which}")),
        None => head,
    }
}

fn changes(list: &[ToldChange]) -> Vec<Inline> {
    let mut lines: Vec<Inline> = Vec::new();
    let mut size = 0;
    for (index, change) in list.iter().enumerate() {
        let line = by(changed(&change.change), change.by.as_ref());
        size += line.size();
        if size > PART {
            lines.push(Inline::new().text(&format!(
                "and {}: see the AWS console",
                text::counted(list.len() - index, "more change", "more changes")
            )));
            break;
        }
        lines.push(line);
    }
    lines
}

fn bullets(lines: Vec<Inline>) -> Value {
    let item = |line| with(json!({"type": "listItem"}), "content", vec![adf::paragraph(line)]);
    with(json!({"type": "bulletList"}), "content", lines.into_iter().map(item).collect::<Vec<_>>())
}

/// Nobody in Jira can look up a Slack user's id.
fn by(line: Inline, doer: Option<&Doer>) -> Inline {
    match doer {
        None => line,
        Some(doer) => line.text(&format!(" · by {}", wording::doer(doer))),
    }
}

fn changed(change: &Change) -> Inline {
    match change {
        Change::Field { name, old, new } => {
            let line = Inline::new().strong(name).text(" ");
            match (old, new) {
                (Some(old), Some(new)) => line.struck(&value(old)).text(" → ").text(&value(new)),
                (None, Some(new)) => line.text(&value(new)),
                (Some(old), None) => line.struck(&value(old)).text(" → nothing"),
                (None, None) => line.text("changed"),
            }
        }
        Change::List { name, added, removed } => {
            let line = Inline::new().strong(name);
            let line = if added.is_empty() { line } else { line.text(" + ").text(&some_of(added)) };
            if removed.is_empty() { line } else { line.text(" − ").struck(&some_of(removed)) }
        }
        Change::Description => {
            Inline::new().strong("Description").text(" changed: it is rewritten in the issue")
        }
        Change::Attachment { name, status, old } => {
            let line = Inline::new().strong("Attachment").text(" ").text(&value(name)).text(" ");
            match old {
                Some(old) => line.struck(&value(old)).text(" → ").text(&value(status)),
                None => line.text("new, ").text(&value(status)),
            }
        }
    }
}

fn value(outside: &str) -> String {
    text::cut_by(&text::one_line(outside), VALUE, adf::weight)
}

fn some_of(items: &[String]) -> String {
    value(&wording::some_of(items, VALUE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::IssueKey;
    use crate::case::UserId;
    use crate::case::{fuzz, growth::is_steady};

    const NOON: i64 = 1_795_262_400;

    fn text(text: &str) -> Value {
        json!({"type": "text", "text": text})
    }

    fn marked(text: &str, mark: &str) -> Value {
        json!({"type": "text", "text": text, "marks": [{"type": mark}]})
    }

    fn paragraph(content: Value) -> Value {
        json!({"type": "paragraph", "content": content})
    }

    fn document(content: Value) -> Value {
        json!({"type": "doc", "version": 1, "content": content})
    }

    fn comment(author: Author, text: &str) -> Content {
        Content::Comment {
            author,
            speaker: None,
            at: NOON,
            edited: Some(NOON),
            part: Part { index: 1, of: 2, text: text.to_owned() },
            call: None,
        }
    }

    fn told_by_nobody(list: Vec<Change>) -> Vec<ToldChange> {
        list.into_iter().map(|change| ToldChange { change, by: None }).collect()
    }

    #[test]
    fn a_comment_says_who_spoke_and_when_and_then_their_very_words() {
        let arn = "arn:aws:sts::123456789012:assumed-role/Admin/ana@example.com".to_owned();
        let table = [
            (Author::AwsResponder, "AWS Responder"),
            (Author::Service, "AWS service (AI generated, verify)"),
            (Author::Slack { user: UserId::new("U024BE7LH") }, "Slack user U024BE7LH"),
            (Author::Jira { name: "Ana".to_owned() }, "Ana (Jira)"),
            (Author::Principal(arn), "Admin/ana"),
        ];
        for (author, name) in table {
            let expected = document(json!([
                paragraph(json!([
                    marked(name, "strong"),
                    text(" · 2026-11-21 12:00 UTC"),
                    text(" · edited"),
                    text(" · part 2 of 2"),
                ])),
                paragraph(json!([text("Look at *role*"), {"type": "hardBreak"}, text("<admin>")])),
                paragraph(json!([text("now")])),
            ]));
            let told = content(&comment(author, "Look at *role*\n<admin>\n\nnow"), Plainness::Full);
            assert_eq!(told, expected, "{name}");
        }
    }

    #[test]
    fn somebody_who_spoke_in_slack_is_named_and_nobody_else_takes_a_name_from_the_text() {
        let named = |author: Author, speaker: &str| {
            let part = Part { index: 0, of: 1, text: "words".to_owned() };
            let speaker = Some(speaker.to_owned());
            let told = Content::Comment { author, speaker, at: NOON, edited: None, part, call: None };
            content(&told, Plainness::Full)["content"][0]["content"][0]["text"].clone()
        };
        assert_eq!(named(Author::Slack { user: UserId::new("U1") }, "ana (Slack)"), "ana (Slack)");
        assert_eq!(named(Author::AwsResponder, "ana (Slack)"), "AWS Responder");
        assert_eq!(named(Author::Jira { name: "Ana".to_owned() }, "Bo (Jira)"), "Ana (Jira)");
    }

    #[test]
    fn plainer_has_no_marks_and_plainest_is_one_line_that_says_where_to_read_on() {
        let comment = comment(Author::AwsResponder, "one\n\ntwo");
        let head = [
            text("AWS Responder"),
            text(" · 2026-11-21 12:00 UTC"),
            text(" · edited"),
            text(" · part 2 of 2"),
        ];
        let end = json!({"type": "hardBreak"});
        let mut plain = head.to_vec();
        plain.extend([end.clone(), text("one"), end.clone(), end, text("two")]);
        assert_eq!(content(&comment, Plainness::Plain), document(json!([paragraph(json!(plain))])));
        let mut stub = head.to_vec();
        stub.push(text(": could not be shown here. Read it in the AWS console."));
        assert_eq!(content(&comment, Plainness::Stub), document(json!([paragraph(json!(stub))])));
    }

    #[test]
    fn changes_are_a_line_each_and_say_how_many_did_not_fit() {
        let some = |text: &str| Some(text.to_owned());
        let list = vec![
            Change::Field { name: "Status", old: some("Submitted"), new: some("Acknowledged") },
            Change::Field { name: "Closure", old: None, new: some("Duplicate") },
            Change::List { name: "Regions", added: vec!["a".to_owned(), "b".to_owned()], removed: vec![] },
            Change::Description,
            Change::Attachment {
                name: "a.txt".to_owned(),
                status: "Verified".to_owned(),
                old: some("Pending"),
            },
        ];
        let item = |content: Value| json!({"type": "listItem", "content": [paragraph(content)]});
        let bold = |name: &str| marked(name, "strong");
        let lines = json!([
            item(json!([
                bold("Status"),
                text(" "),
                marked("Submitted", "strike"),
                text(" → "),
                text("Acknowledged")
            ])),
            item(json!([bold("Closure"), text(" "), text("Duplicate")])),
            item(json!([bold("Regions"), text(" + "), text("a, b")])),
            item(json!([bold("Description"), text(" changed: it is rewritten in the issue")])),
            item(json!([
                bold("Attachment"),
                text(" "),
                text("a.txt"),
                text(" "),
                marked("Pending", "strike"),
                text(" → "),
                text("Verified"),
            ])),
        ]);
        let told = content(&Content::Changes(told_by_nobody(list.clone()), None), Plainness::Full);
        assert_eq!(told, document(json!([{"type": "bulletList", "content": lines}])));
        let many: Vec<_> = std::iter::repeat_n(list, 100).flatten().collect();
        let many = content(&Content::Changes(told_by_nobody(many), None), Plainness::Full);
        let last =
            many.pointer("/content/0/content").and_then(Value::as_array).and_then(|items| items.last());
        let words = last.and_then(|item| item.pointer("/content/0/content/0/text")).and_then(Value::as_str);
        assert!(
            words.is_some_and(|words| words.starts_with("and ") && words.ends_with("see the AWS console"))
        );
    }

    #[test]
    fn what_jira_refuses_is_one_line() {
        let [to, why] = ["Done", "resolution"].map(str::to_owned);
        let refused = Content::Notice(Notice::NotMoved { issue: IssueKey::new("SEC-12"), to, why });
        let line = paragraph(json!([text("SEC-12 could not be moved to Done because of resolution")]));
        assert_eq!(content(&refused, Plainness::Full), document(json!([line])));
    }

    #[test]
    fn what_is_empty_says_so() {
        let words =
            |text: &str| content(&comment(Author::AwsResponder, text), Plainness::Full)["content"][1].clone();
        assert_eq!(words(""), paragraph(json!([text("This part fell away.")])));
        assert_eq!(words(" \n"), paragraph(json!([text("(blank)")])));
    }

    #[test]
    fn fuzzed_no_text_becomes_a_mention_or_a_card_of_its_own() {
        fuzz::texts("adf_shown", |text| {
            for part in adf::parts(text) {
                let shown = content(&comment(Author::Jira { name: text.to_owned() }, &part), Plainness::Full);
                let shown = json!(shown).to_string();
                for kind in ["mention", "inlineCard", "blockCard", "media", "emoji"] {
                    assert!(!shown.contains(&format!("\"type\":\"{kind}\"")), "{kind} in {shown}");
                }
            }
        });
    }

    #[test]
    fn twice_the_words_are_shown_in_twice_the_time() {
        let shown = |part: &String| content(&comment(Author::AwsResponder, part), Plainness::Full);
        is_steady(|text| adf::parts(text).iter().map(shown).collect::<Vec<_>>());
        is_steady(|text| content(&comment(Author::Jira { name: text.to_owned() }, "x"), Plainness::Full));
    }
}
