//! What a project offers, and what our account may do there.

use serde_json::{Map, Value, json};

use super::{
    super::exchange::WireResponse,
    create::project,
    refused::{Output, message},
    routes::Given,
    state::Site,
};

/// The rights that an account can have in a project, as far as somebody asks for them:
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/>.
const RIGHTS: [&str; 13] = [
    "ASSIGN_ISSUES",
    "ADD_COMMENTS",
    "ADMINISTER",
    "ADMINISTER_PROJECTS",
    "BROWSE_PROJECTS",
    "CREATE_ATTACHMENTS",
    "CREATE_ISSUES",
    "DELETE_OWN_ATTACHMENTS",
    "EDIT_ISSUES",
    "EDIT_OWN_COMMENTS",
    "LINK_ISSUES",
    "MANAGE_WATCHERS",
    "TRANSITION_ISSUES",
];

pub(super) fn statuses(state: &mut Site, given: &Given<'_>) -> Output {
    project(state, &given.parts[0])?;
    let kind = |kind: &Value| {
        json!({ "id": kind["id"], "name": kind["name"], "subtask": false, "self": kind["self"],
                "statuses": *state.statuses })
    };
    let kinds: Vec<Value> = state.issue_types.iter().map(kind).collect();
    Ok(WireResponse::json(200, &json!(kinds)))
}

pub(super) fn search(state: &mut Site, _: &Given<'_>) -> Output {
    let projects: Vec<&Value> = state.projects.values().collect();
    let page = json!({ "startAt": 0, "maxResults": 50, "total": projects.len(), "isLast": true, "values": projects });
    Ok(WireResponse::json(200, &page))
}

pub(super) fn rights(state: &mut Site, given: &Given<'_>) -> Output {
    if let Some(key) = given.asked.query("projectKey") {
        project(state, key)?;
    }
    let asked = given.asked.query("permissions").unwrap_or_default();
    let mut rights = Map::new();
    for name in asked.split(',') {
        if !RIGHTS.contains(&name) {
            return Err(message(400, &format!("Unrecognized permission {name}")));
        }
        let linkable = name != "LINK_ISSUES" || !state.unlinkable.contains("*");
        let has = linkable && !state.denied.contains(name);
        rights.insert(
            name.to_owned(),
            json!({ "id": "1", "key": name, "name": name, "type": "PROJECT", "havePermission": has }),
        );
    }
    Ok(WireResponse::json(200, &json!({ "permissions": rights })))
}
