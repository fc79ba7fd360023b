//! By which fingerprint is it known what stands at a destination? Of what a reader sees, rendered: a new or renamed field
//! of a type, shown nowhere, is no other content.

use serde_json::Value;

use crate::{
    case::{Investigation, text},
    state::{Destination, key::Plainness},
    targets::{
        content::{Content, View},
        jira,
        slack::{self, Message},
    },
};

/// Begins every fingerprint of this kind. 0.1.0's begin with nothing, and are of values.
const RENDERED: &str = "r1-";

/// Of the card; of the summary and description.
pub fn home_hash(destination: Destination, view: &View) -> String {
    match destination {
        Destination::Slack => of_message(slack::card(view)),
        Destination::Jira => of(vec![jira::summary(&view.case).into(), jira::description(view)]),
    }
}

/// Of a line in the thread, of a comment on the issue.
pub(super) fn content_hash(destination: Destination, content: &Content) -> String {
    match destination {
        Destination::Slack => of_message(slack::content(content, Plainness::Full)),
        Destination::Jira => of(vec![jira::content(content, Plainness::Full)]),
    }
}

/// Whether a step of the AI agent was told by 0.1.0 as it is now: its fingerprint was of the value as Rust printed it.
pub(super) fn told_by_0_1_0(hash: &str, step: &Investigation) -> bool {
    let Investigation { id, kind, title, content, status, updated, feedback } = step;
    let id = id.as_str();
    let printed = format!(
        "Investigation {{ id: InvestigationId({id:?}), kind: {kind:?}, title: {title:?}, content: {content:?}, \
         status: {status:?}, updated: {updated:?}, feedback: {feedback:?} }}"
    );
    hash == text::hash(&printed)
}

fn of_message(message: Message) -> String {
    of(vec![message.text.into(), Value::Array(message.blocks)])
}

/// JSON of our own making has its fields in the order of their names.
fn of(rendered: Vec<Value>) -> String {
    format!("{RENDERED}{}", text::hash(&Value::Array(rendered).to_string()))
}
