//! How is what happens on a case told as a comment of its issue?

use serde_json::{Value, json};

use super::adf::{self, Inline};
use crate::{
    case::Investigation,
    content::{Change, Content, Part, Plainness},
    text, wording,
};

/// How much of one value, or of one list, a line of changes shows, in bytes.
const VALUE: usize = 500;
/// How many changes one comment tells.
const CHANGES: usize = 30;

/// What is told, as a document.
pub fn content(content: &Content, plainness: Plainness) -> Value {
    let told = match plainness {
        Plainness::Full => return full(content),
        Plainness::Plain => plain(content),
        Plainness::Stub => stub(content),
    };
    adf::document(vec![adf::paragraph(told)])
}

fn full(content: &Content) -> Value {
    let (head, lines) = match content {
        Content::Changes(list) => return adf::document(vec![bullets(changes(list))]),
        _ => (head(content), body(content)),
    };
    let mut paragraphs = vec![adf::paragraph(head)];
    paragraphs.extend(adf::paragraphs(lines));
    adf::document(paragraphs)
}

/// The same without marks, lists and paragraphs.
fn plain(content: &Content) -> Inline {
    let lines = match content {
        Content::Changes(list) => changes(list),
        _ => vec![head(content), adf::lines(body(content))],
    };
    let join =
        |all: Inline, line: Inline| if all == Inline::new() { line } else { all.new_line().then(line) };
    lines.into_iter().fold(Inline::new(), join).plain()
}

/// One line that names what could not be shown, and says where to read it.
fn stub(content: &Content) -> Inline {
    let what = match content {
        Content::Changes(_) => Inline::new().text("A change of the case"),
        Content::Description(_) | Content::Comment { .. } | Content::Investigation(_) => {
            head(content).plain()
        }
        Content::Nudge { .. } => Inline::new().text("A reminder"),
    };
    what.text(": could not be shown here. Read it in the AWS console.")
}

fn head(content: &Content) -> Inline {
    match content {
        Content::Changes(_) => Inline::new().strong("Changes"),
        Content::Description(part) => which(Inline::new().strong("Description"), part),
        Content::Comment { author, at, edited, part } => {
            let head =
                Inline::new().strong(&wording::author(author)).text(&format!(" · {}", wording::utc(*at)));
            which(if *edited { head.text(" · edited") } else { head }, part)
        }
        Content::Investigation(step) => step_head(step),
        Content::Nudge { for_us: true, since } => {
            Inline::new().text(&format!("This case waits for your team since {}", wording::utc(*since)))
        }
        Content::Nudge { for_us: false, since } => {
            Inline::new().text(&format!("This case waits for AWS since {}", wording::utc(*since)))
        }
    }
}

/// The text from outside below the head. Where a part fell away, that is said.
fn body(content: &Content) -> &str {
    let text = match content {
        Content::Description(part) | Content::Comment { part, .. } => &part.text,
        Content::Investigation(step) => &step.content,
        Content::Changes(_) | Content::Nudge { .. } => return "",
    };
    if text.trim().is_empty() { "This part fell away." } else { text }
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

fn changes(list: &[Change]) -> Vec<Inline> {
    let mut lines: Vec<Inline> = list.iter().take(CHANGES).map(changed).collect();
    if list.len() > CHANGES {
        lines.push(Inline::new().text(&format!("and {} more changes", list.len() - CHANGES)));
    }
    lines
}

fn bullets(lines: Vec<Inline>) -> Value {
    let item = |line| json!({"type": "listItem", "content": [adf::paragraph(line)]});
    json!({"type": "bulletList", "content": lines.into_iter().map(item).collect::<Vec<_>>()})
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
        Change::Description => Inline::new().strong("Description").text(" changed: it is rewritten above"),
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
