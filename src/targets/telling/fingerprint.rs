//! By which fingerprint is it known what stands at a target? Of what a reader sees, rendered: a new or renamed field of a
//! type, shown nowhere, is no other content.

use serde_json::Value;

use crate::{
    case::{Investigation, text},
    state::key::Fingerprint,
};

/// Begins every fingerprint of this kind. 0.1.0's begin with nothing, and are of values.
const RENDERED: &str = "r1-";

/// Of what is shown, in its order. JSON of our own making has its fields in the order of their names.
pub(crate) fn fingerprint(rendered: Vec<Value>) -> Fingerprint {
    Fingerprint::new(format!("{RENDERED}{}", text::hash(&Value::Array(rendered).to_string())))
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
