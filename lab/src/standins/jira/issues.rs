//! How is an issue read, edited and deleted?

use casebridge::case::AccountId;
use serde_json::{Map, Value, json};

use super::{
    super::{
        exchange::WireResponse,
        shape::{Shape, may, misfits},
    },
    create::{PROPERTIES, checked},
    refused::{JiraRefusal, Output, bad_payload, fields as refuse_fields},
    routes::Given,
    state::{Site, StoredIssue},
    webhooks,
};

const BODY: Shape = Shape::Object(&[
    may("fields", Shape::AnyObject),
    may("update", Shape::AnyObject),
    may("properties", PROPERTIES),
    may("historyMetadata", Shape::AnyObject),
]);

pub(super) fn get(state: &mut Site, given: &Given<'_>) -> Output {
    let (api, names) = (state.api(), given.asked.query("fields").unwrap_or("*all").to_owned());
    let properties = given.asked.query("properties").unwrap_or_default().to_owned();
    let expands = given.asked.query("expand").unwrap_or_default().contains("changelog");
    let issue = state.issue(&given.parts[0])?;
    let mut shown = show(issue, &api, &names);
    if expands {
        let newest: Vec<&Value> = issue.histories.iter().rev().take(100).collect();
        let (total, most) = (issue.histories.len(), newest.len());
        shown["changelog"] = json!({ "startAt": 0, "maxResults": most, "total": total, "histories": newest });
    }
    let wanted = |key: &&String| properties.split(',').any(|name| name == "*all" || name == key.as_str());
    let found = issue.properties.iter().filter(|(key, _)| wanted(key));
    let found: Map<String, Value> = found.map(|(key, value)| (key.clone(), value.clone())).collect();
    if !properties.is_empty() {
        shown["properties"] = found.into();
    }
    Ok(WireResponse::json(200, &shown))
}

/// The issue with the fields of a comma list, of which `*all` means all.
pub(super) fn show(issue: &StoredIssue, api: &str, names: &str) -> Value {
    let wanted =
        |name: &&String| names.split(',').any(|wanted| wanted == name.as_str() || wanted.starts_with('*'));
    let fields = issue.fields.iter().filter(|(name, _)| wanted(name));
    let mut fields: Map<String, Value> = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    if names.split(',').any(|name| name == "comment" || name.starts_with('*')) {
        let comments: Vec<&Value> = issue.comments.iter().map(|comment| &comment.wire).collect();
        let page = json!({ "comments": comments, "total": comments.len(), "startAt": 0, "maxResults": comments.len() });
        fields.insert("comment".into(), page);
    }
    json!({ "id": issue.id.to_string(), "key": issue.key, "self": format!("{api}/issue/{}", issue.id),
        "fields": fields })
}

pub(super) fn edit(state: &mut Site, given: &Given<'_>) -> Output {
    let body = given.asked.json().map_err(|_| bad_payload())?;
    if !misfits(&BODY, &body, "").is_empty() {
        return Err(bad_payload());
    }
    state.pace(&given.parts[0])?;
    state.mail(given.is_quiet())?;
    let mut wanted = body["fields"].as_object().cloned().unwrap_or_default();
    if wanted.contains_key("assignee") && state.denied.contains("ASSIGN_ISSUES") {
        let words = "Field 'assignee' cannot be set. It is not on the appropriate screen, or unknown.";
        return Err(refuse_fields(Map::from_iter([("assignee".to_owned(), words.into())])));
    }
    let labels = state.issue(&given.parts[0])?.fields["labels"].clone();
    if let Some(changes) = body["update"]["labels"].as_array() {
        wanted.insert("labels".into(), relabelled(labels, changes));
    }
    change(state, &given.parts[0], wanted, &given.who)?;
    let issue = state.issue(&given.parts[0])?;
    for property in body["properties"].as_array().into_iter().flatten() {
        let key = property["key"].as_str().unwrap_or_default();
        issue.properties.insert(key.to_owned(), property["value"].clone());
    }
    Ok(WireResponse::empty(204))
}

fn relabelled(have: Value, changes: &[Value]) -> Value {
    let mut labels = have.as_array().cloned().unwrap_or_default();
    for change in changes {
        if !change["add"].is_null() && !labels.contains(&change["add"]) {
            labels.push(change["add"].clone());
        }
        labels.retain(|label| *label != change["remove"]);
    }
    labels.into()
}

/// Changes fields, whoever does it; either all of them or none.
pub(super) fn change(
    state: &mut Site,
    key: &str,
    wanted: Map<String, Value>,
    who: &AccountId,
) -> Result<(), JiraRefusal> {
    let mut errors = Map::new();
    let kept = checked(state, wanted.into_iter(), &mut errors);
    if !errors.is_empty() {
        return Err(refuse_fields(errors));
    }
    let now = state.clock.jira();
    let issue = state.issue(key)?;
    let id = issue.id;
    let mut changes = vec![];
    for (name, value) in kept {
        let before = issue.fields.insert(name.clone(), value.clone()).unwrap_or_default();
        if before != value {
            changes.push(webhooks::item(&name, &before, &value));
        }
    }
    issue.fields.insert("updated".into(), now.into());
    state.touch(id);
    if !changes.is_empty() {
        webhooks::issue(state, id, "jira:issue_updated", "issue_updated", who, &changes);
    }
    Ok(())
}

/// Moves an issue to another project, whoever does it: it gets a key there, and answers to its old one as well.
pub(super) fn move_to(
    state: &mut Site,
    key: &str,
    project: &str,
    who: &AccountId,
) -> Result<String, JiraRefusal> {
    let to = super::create::project(state, project)?;
    let new = format!("{project}-{}", state.next(project));
    let issue = state.issue(key)?;
    let (id, old) = (issue.id, std::mem::replace(&mut issue.key, new.clone()));
    issue.old_keys.push(old.clone());
    let from = issue.fields.insert("project".into(), to.clone()).unwrap_or_default();
    state.touch(id);
    let items =
        [webhooks::item("project", &from, &to), webhooks::item("Key", &old.into(), &new.clone().into())];
    webhooks::issue(state, id, "jira:issue_updated", "issue_moved", who, &items);
    Ok(new)
}

pub(super) fn delete(state: &mut Site, given: &Given<'_>) -> Output {
    remove(state, &given.parts[0], &given.who)?;
    Ok(WireResponse::empty(204))
}

pub(super) fn remove(state: &mut Site, key: &str, who: &AccountId) -> Result<(), JiraRefusal> {
    let id = state.issue(key)?.id;
    webhooks::issue(state, id, "jira:issue_deleted", "issue_deleted", who, &[]);
    state.issues.remove(&id);
    state.touch(id);
    Ok(())
}
