//! Who may read a comment: everybody who sees the issue, or one project role or group.

use casebridge::case::AccountId;
use serde_json::{Value, json};

use super::{
    refused::{JiraRefusal, field},
    state::{Circle, Site, StoredComment},
};

/// The restriction that somebody asks for, as Jira shows it. It must be a circle of their own.
pub(super) fn restriction(state: &Site, wanted: &Value, who: &AccountId) -> Result<Value, JiraRefusal> {
    let named = |circle: &&Circle| {
        let same =
            wanted["identifier"] == circle.identifier.as_str() || wanted["value"] == circle.name.as_str();
        wanted["type"] == circle.kind && same
    };
    let Some(circle) = state.circles.iter().find(named) else {
        return Err(field("commentLevel", "There is no such role or group."));
    };
    if !circle.members.iter().any(|member| member == who) {
        let kind = if circle.kind == "role" { "project role" } else { "group" };
        let why = format!("You are currently not a member of the {kind}: {}.", circle.name);
        return Err(field("commentLevel", &why));
    }
    Ok(json!({ "type": circle.kind, "value": circle.name, "identifier": circle.identifier }))
}

pub(super) fn may_read(circles: &[Circle], comment: &StoredComment, who: &AccountId) -> bool {
    let Some(restriction) = comment.wire.get("visibility") else { return true };
    let meant = |circle: &&Circle| {
        restriction["type"] == circle.kind && restriction["identifier"] == circle.identifier.as_str()
    };
    circles.iter().find(meant).is_some_and(|circle| circle.members.iter().any(|member| member == who))
}
