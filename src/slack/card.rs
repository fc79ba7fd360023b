//! How does a case look in Slack?
//!
//! The buttons' `action_id`s and their `value`, the case's id, are what `command` answers to.

use serde_json::{Value, json};

use super::{
    line::{self, Line},
    message::Message,
    mrkdwn::{Mrkdwn, http_url},
};
use crate::{
    case::{Case, Resolver, Status},
    content::View,
    text, wording,
};

/// The longest header: <https://docs.slack.dev/reference/block-kit/blocks/header-block>.
const HEADER: usize = 150;
/// How much of a list the card shows; "Show all" shows the rest.
const LIST: usize = 300;

/// A case's card. A closed case looks closed: its title struck, its facts small, no button that changes it.
pub fn card(view: &View) -> Message {
    let case = &view.case;
    let mut blocks = if case.is_closed() { closed_facts(case) } else { open_facts(view) };
    blocks.push(buttons(view));
    let text =
        status(Mrkdwn::new().markup("Case ").code(case.id.as_str()).markup(" ").code(&case.title), case)
            .markup(" · ")
            .markup(wording::whose_move(view));
    Message::new(text, blocks)
}

/// A channel's topic: at most 250 characters. Slack makes links and mentions of what it finds in a topic, and
/// nothing stops it: so there is no text from outside in it.
pub fn channel_topic(view: &View) -> String {
    let word = |text: &str| {
        text.chars().filter(|char| char.is_ascii_alphanumeric() || " -,".contains(*char)).collect()
    };
    let status: String = word(view.case.status.as_str());
    let mut topic = format!("{status} · {} · case {}", wording::whose_move(view), view.case.id);
    if let Some(key) = &view.links.jira_key {
        let key: String = word(key);
        topic.push_str(&format!(" · {key}"));
    }
    text::cut(&topic, 250)
}

fn open_facts(view: &View) -> Vec<Value> {
    let case = &view.case;
    let title = text::one_line(&case.title);
    let header = text::cut(if title.is_empty() { "(no title)" } else { &title }, HEADER / 2);
    let mut blocks = vec![json!({"type": "header", "text": plain(&header)})];
    if header != title && !title.is_empty() {
        blocks.push(line::block(vec![Line::new().text(&title).section()]));
    }
    blocks.push(line::block(vec![whose_move(view).section()]));
    blocks.push(json!({"type": "section", "fields": fields(case)}));
    blocks.extend(context(dates(case)));
    blocks
}

fn closed_facts(case: &Case) -> Vec<Value> {
    let mut closed = Mrkdwn::new().strong("Closed");
    if let Some(at) = case.closed {
        closed = closed.markup(" ").date(at);
    }
    if let Some(code) = &case.closure {
        closed = closed.markup(" as ").code(&text::cut(code, 100));
    }
    let mut facts = vec![closed.object()];
    facts.extend(fields(case));
    facts.truncate(10);
    let title = Line::new().own("✅ ").struck(&text::cut(&case.title, 300));
    let mut blocks = vec![line::block(vec![title.section()])];
    blocks.extend(context(facts));
    blocks.extend(context(dates(case)));
    blocks
}

fn whose_move(view: &View) -> Line {
    let ours = view.case.resolver == Resolver::Own || view.case.waits_for_customer || view.agent_waits;
    let line = Line::new().own(if ours { "👉 " } else { "⏳ " }).bold(wording::whose_move(view));
    match view.waiting_since {
        Some(since) => line.own(", since ").date(since),
        None => line,
    }
}

/// At most ten: the limit of a section's fields and of a context's elements.
fn fields(case: &Case) -> Vec<Value> {
    let began = case.actual_start.or(case.reported_start);
    let label = |name: &'static str| Mrkdwn::new().strong(name).markup("\n");
    let list = |name, items: &[String]| {
        (!items.is_empty()).then(|| label(name).code(&wording::some_of(items, LIST)))
    };
    [
        Some(status(label("Status"), case)),
        Some(label("Resolver").markup(wording::resolver(case.resolver))),
        Some(label("Type").code(&text::cut(&case.engagement, 100))),
        Some(label("Case").code(case.id.as_str())),
        list("Accounts", &case.accounts),
        list("Regions", &case.regions),
        list("Services", &case.services),
        Some(label("Watchers").number(case.watchers.len())),
        Some(label("Attachments").number(case.attachments.len())),
        began.map(|at| label("Incident began").date(at)),
    ]
    .into_iter()
    .flatten()
    .map(|field| field.object())
    .collect()
}

fn status(line: Mrkdwn, case: &Case) -> Mrkdwn {
    match &case.status {
        Status::Other(text) => line.markup(" ").code(&text::cut(text, 100)),
        Status::Submitted => line.markup(" Submitted"),
        Status::Acknowledged => line.markup(" Acknowledged"),
        Status::Detection => line.markup(" Detection and Analysis"),
        Status::Containment => line.markup(" Containment, Eradication and Recovery"),
        Status::PostIncident => line.markup(" Post-incident Activities"),
        Status::ReadyToClose => line.markup(" Ready to Close"),
        Status::Closed => line.markup(" Closed"),
    }
}

fn dates(case: &Case) -> Vec<Value> {
    [("Created", case.created), ("Updated", case.updated)]
        .into_iter()
        .filter_map(|(name, at)| Some(Mrkdwn::new().markup(name).markup(" ").date(at?).object()))
        .collect()
}

fn context(elements: Vec<Value>) -> Option<Value> {
    (!elements.is_empty()).then(|| json!({"type": "context", "elements": elements}))
}

/// What can be done here. The status of a case that AWS works is set by AWS alone.
fn buttons(view: &View) -> Value {
    let case = &view.case;
    let open = !case.is_closed();
    let mut buttons = Vec::new();
    let mut add = |shown: bool, action: &str, label: &str| {
        if shown {
            buttons.push(button(case, action, label));
        }
    };
    add(open, "case:comment", "Comment");
    add(open && case.resolver == Resolver::Own, "case:status", "Status");
    add(open, "case:watch", "Watch");
    add(open, "case:close", "Close");
    add(true, "case:show", "Show all");
    let jira = match &view.links.jira_key {
        Some(key) => format!("Jira {key}"),
        None => "Jira".to_owned(),
    };
    buttons.extend(link(case, "link:console", "Console", view.links.console.as_deref()));
    buttons.extend(link(case, "link:jira", &jira, view.links.jira.as_deref()));
    json!({"type": "actions", "elements": buttons})
}

/// A button. Its text is at most 75 characters.
fn button(case: &Case, action: &str, label: &str) -> Value {
    let label = text::cut(&text::one_line(label), 37);
    json!({"type": "button", "action_id": action, "value": case.id.as_str(), "text": plain(&label)})
}

fn link(case: &Case, action: &str, label: &str, url: Option<&str>) -> Option<Value> {
    let mut button = button(case, action, label);
    button["url"] = json!(http_url(url?)?);
    Some(button)
}

/// Text that is never read as markup, nor as an emoji's name.
fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text, "emoji": false})
}
