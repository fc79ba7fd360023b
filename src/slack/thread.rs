//! How is what happens on a case told in its thread?

use serde_json::Value;

use super::{
    line::{self, Line},
    message::{Message, TEXT, parts},
    mrkdwn::{self, Mrkdwn},
};
use crate::{
    case::{Investigation, Seconds},
    content::{Author, Change, Content, Part, Plainness},
    text, wording,
};

/// How much outside text one message may show in all: some 13,200 characters of blocks are refused.
const BODY: usize = 9_000;
/// How much of one value, or of one list, a line of changes shows.
const VALUE: usize = 300;

/// What is told, as a message in the case's thread.
pub fn content(content: &Content, plainness: Plainness) -> Message {
    match plainness {
        Plainness::Full => full(content),
        Plainness::Plain => full(content).without_blocks(),
        Plainness::Stub => stub(content),
    }
}

fn full(content: &Content) -> Message {
    match content {
        Content::Changes(list) => changes(list),
        Content::Description(part) => {
            told(which(Line::new().bold("Description"), part), &part.text, "This part fell away.")
        }
        Content::Comment { author, at, edited, part } => {
            told(which(head(author, *at, *edited), part), &part.text, "This part fell away.")
        }
        Content::Investigation(step) => told(step_head(step), &step.content, "Nothing to read yet."),
        Content::Nudge { for_us, since } => {
            let waits = if *for_us {
                "👉 This case waits for your team since "
            } else {
                "⏳ This case waits for AWS since "
            };
            alone(Line::new().own(waits).date(*since))
        }
    }
}

/// A line, and under it a text from outside; `nothing` where that is blank.
fn told(head: Line, outside: &str, nothing: &'static str) -> Message {
    let room = TEXT.saturating_sub(head.length() + 20);
    let mrkdwn = head.mrkdwn().clone().markup("\n");
    let outside = text::cut_by(outside, BODY, mrkdwn::weight);
    let mut blocks = vec![line::block(vec![head.section()])];
    if outside.trim().is_empty() {
        blocks.push(line::block(vec![Line::new().own(nothing).section()]));
        return Message::new(mrkdwn.markup(nothing), blocks);
    }
    blocks.extend(
        parts(&outside).iter().filter_map(|part| line::body(part)).map(|body| line::block(vec![body])),
    );
    Message::new(mrkdwn.fence(&outside, room), blocks)
}

fn alone(line: Line) -> Message {
    let text = line.mrkdwn().clone();
    Message::new(text, vec![line::block(vec![line.section()])])
}

/// Who said it, and when.
fn head(author: &Author, at: Seconds, edited: bool) -> Line {
    let line = said_by(Line::new(), author).own(" · ").date(at);
    if edited { line.own(" · edited") } else { line }
}

fn said_by(line: Line, author: &Author) -> Line {
    match author {
        Author::AwsResponder => line.bold("AWS Responder"),
        Author::Service => line.bold("AWS service").own(" (AI generated, verify)"),
        Author::Slack { user } => line.user(user),
        Author::Jira { .. } | Author::Principal(_) => line.strong(&wording::author(author)),
    }
}

fn which(line: Line, part: &Part) -> Line {
    match wording::which_part(part) {
        Some(_) => line.own(" · part ").number(part.index + 1).own(" of ").number(part.of),
        None => line,
    }
}

fn step_head(step: &Investigation) -> Line {
    let head = Line::new().own("🤖 ").bold("AWS AI agent").own(" (AI generated, verify) · ");
    let head = head.text(&text::cut(&step.kind, 40)).own(" · ").text(&text::cut(&step.status, 40));
    let head = head.own(" · ").strong(&text::cut(&step.title, 200));
    if step.status == "Waiting" { head.own(" · it waits for your answer: write a comment") } else { head }
}

fn changes(list: &[Change]) -> Message {
    let mut lines: Vec<Line> = Vec::new();
    let mut length = 0;
    for (index, change) in list.iter().enumerate() {
        let line = changed(change);
        length += line.length();
        if length > BODY {
            let more = Line::new().own("and ").number(list.len() - index);
            lines.push(more.own(" more changes: see the card, or `/sir show`"));
            break;
        }
        lines.push(line);
    }
    let text = within_text(&lines);
    let sections: Vec<Value> = lines.into_iter().map(Line::section).collect();
    Message::new(text, vec![line::block(vec![line::list(sections)])])
}

/// The lines as text, as far as it may be long.
fn within_text(lines: &[Line]) -> Mrkdwn {
    let mut text = Mrkdwn::new();
    let mut left = TEXT - 10;
    for (index, line) in lines.iter().enumerate() {
        if line.length() + 1 > left {
            return text.markup("\n…");
        }
        left -= line.length() + 1;
        text = if index > 0 { text.markup("\n") } else { text }.then(line.mrkdwn());
    }
    text
}

fn changed(change: &Change) -> Line {
    match change {
        Change::Field { name, old, new } => {
            let line = Line::new().bold(name).own(" ");
            match (old, new) {
                (Some(old), Some(new)) => line.struck(&value(old)).own(" → ").text(&value(new)),
                (None, Some(new)) => line.text(&value(new)),
                (Some(old), None) => line.struck(&value(old)).own(" → nothing"),
                (None, None) => line.own("changed"),
            }
        }
        Change::List { name, added, removed } => {
            let line = Line::new().bold(name);
            let line = if added.is_empty() { line } else { line.own(" + ").text(&some_of(added)) };
            if removed.is_empty() { line } else { line.own(" − ").struck(&some_of(removed)) }
        }
        Change::Description => Line::new().bold("Description").own(" changed: it is rewritten above"),
        Change::Attachment { name, status, old } => {
            let line = Line::new().bold("Attachment").own(" ").text(&value(name)).own(" ");
            match old {
                Some(old) => line.struck(&value(old)).own(" → ").text(&value(status)),
                None => line.own("new, ").text(&value(status)),
            }
        }
    }
}

fn value(outside: &str) -> String {
    text::cut_by(&text::one_line(outside), VALUE * 2, mrkdwn::weight)
}

fn some_of(items: &[String]) -> String {
    text::cut_by(&wording::some_of(items, VALUE), VALUE * 2, mrkdwn::weight)
}

/// One line that names what could not be shown, and says where to read it.
fn stub(content: &Content) -> Message {
    let line = match content {
        Content::Changes(_) => Line::new().own("A change of this case"),
        Content::Description(part) => which(Line::new().own("The description"), part),
        Content::Comment { author, at, edited: _, part } => {
            which(said_by(Line::new().own("A comment by "), author).own(" of ").date(*at), part)
        }
        Content::Investigation(_) => Line::new().own("A step of the AI agent"),
        Content::Nudge { .. } => Line::new().own("A reminder"),
    };
    alone(line.own(" could not be shown here. Read it in the AWS console, or with /sir show."))
        .without_blocks()
}
