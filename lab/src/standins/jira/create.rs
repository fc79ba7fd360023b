//! What can an issue be made of, and is this right?

use casebridge::case::AccountId;
use serde_json::{Map, Value, json};

use super::{
    super::{
        exchange::WireResponse,
        shape::{Shape, list, may, misfits, need, text},
    },
    adf,
    refused::{JiraRefusal, Output, bad_payload, field, fields as refuse_fields, message},
    routes::Given,
    state::{Site, StoredIssue},
    transitions, webhooks,
};

pub(super) const PROPERTIES: Shape =
    list(0, 100, &Shape::Object(&[need("key", text(1, 255)), need("value", Shape::Any)]));
const BODY: Shape = Shape::Object(&[
    need("fields", Shape::AnyObject),
    may("properties", PROPERTIES),
    may("transition", Shape::AnyObject),
    may("update", Shape::AnyObject),
    may("historyMetadata", Shape::AnyObject),
]);

pub(super) fn issue_types(state: &mut Site, given: &Given<'_>) -> Output {
    project(state, &given.parts[0])?;
    let types = &*state.issue_types;
    Ok(WireResponse::json(
        200,
        &json!({ "startAt": 0, "maxResults": 50, "total": types.len(), "issueTypes": types }),
    ))
}

pub(super) fn fields(state: &mut Site, given: &Given<'_>) -> Output {
    project(state, &given.parts[0])?;
    if !state.issue_types.iter().any(|kind| kind["id"] == given.parts[1].as_str()) {
        return Err(message(404, "The issue type was not found."));
    }
    let there = |(id, _): &(&String, &Value)| !state.off_create.contains(*id);
    let fields: Vec<&Value> = state.fields.iter().filter(there).map(|(_, meta)| meta).collect();
    Ok(WireResponse::json(
        200,
        &json!({ "startAt": 0, "maxResults": 50, "total": fields.len(), "fields": fields }),
    ))
}

pub(super) fn project(state: &Site, key_or_id: &str) -> Result<Value, JiraRefusal> {
    let named = |project: &&Value| project["key"] == key_or_id || project["id"] == key_or_id;
    let project = state.projects.values().find(named);
    project.cloned().ok_or_else(|| message(404, "No project could be found with this key or id."))
}

pub(super) fn create(state: &mut Site, given: &Given<'_>) -> Output {
    let body = given.asked.json().map_err(|_| bad_payload())?;
    if !misfits(&BODY, &body, "").is_empty() {
        return Err(bad_payload());
    }
    if state.denied.contains("CREATE_ISSUES") {
        return Err(message(403, "You do not have permission to create issues in this project."));
    }
    let wanted = body["fields"].as_object().cloned().unwrap_or_default();
    let misfits = against_the_screen(state, &wanted);
    if !misfits.is_empty() {
        return Err(refuse_fields(misfits));
    }
    let issue = new_issue(state, wanted, &given.who)?;
    let (id, key) = (issue.id, issue.key.clone());
    let properties = body["properties"].as_array().into_iter().flatten();
    let properties = properties
        .map(|property| (property["key"].as_str().unwrap_or_default().to_owned(), property["value"].clone()))
        .collect();
    state.issues.insert(id, StoredIssue { properties, ..issue });
    if let Some(wanted) = body["transition"]["id"].as_str() {
        transitions::go(state, &key, wanted, &given.who)?;
    }
    state.touch(id);
    webhooks::issue(state, id, "jira:issue_created", "issue_created", &given.who, &[]);
    let own = format!("{}/issue/{id}", state.api());
    Ok(WireResponse::json(201, &json!({ "id": id.to_string(), "key": key, "self": own })))
}

fn against_the_screen(state: &Site, wanted: &Map<String, Value>) -> Map<String, Value> {
    let hidden = wanted.keys().filter(|name| state.off_create.contains(*name));
    let hidden = hidden.map(|name| (name.clone(), off_screen(name).into()));
    let needed = state.fields.iter().filter(|(name, meta)| {
        let ours = ["project", "issuetype", "summary"].contains(&name.as_str());
        meta["required"] == true && !ours && wanted.get(*name).is_none_or(Value::is_null)
    });
    let needed = needed.map(|(name, meta)| {
        let why = format!("{} is required.", meta["name"].as_str().unwrap_or_default());
        (name.clone(), why.into())
    });
    hidden.chain(needed).collect()
}

pub(super) fn off_screen(name: &str) -> String {
    format!("Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.")
}

/// An issue of these fields, not yet kept.
pub(super) fn new_issue(
    state: &Site,
    wanted: Map<String, Value>,
    who: &AccountId,
) -> Result<StoredIssue, JiraRefusal> {
    let mut errors = Map::new();
    let chosen = |name: &str, from: &[&Value]| {
        let by = &wanted.get(name).cloned().unwrap_or_default();
        let same = |option: &&&Value| {
            ["id", "key", "name"].iter().any(|k| by[*k].is_string() && by[*k] == option[*k])
        };
        from.iter().find(same).map(|found| (*found).clone())
    };
    let project = chosen("project", &state.projects.values().collect::<Vec<_>>());
    let kind = chosen("issuetype", &state.issue_types.iter().collect::<Vec<_>>());
    if project.is_none() {
        errors.insert("project".into(), "valid project is required".into());
    }
    if kind.is_none() {
        errors.insert("issuetype".into(), "Specify a valid issue type".into());
    }
    if wanted.get("summary").and_then(Value::as_str).is_none_or(|text| text.trim().is_empty()) {
        errors.insert("summary".into(), "You must specify a summary of the issue.".into());
    }
    let rest = wanted.into_iter().filter(|(name, _)| name != "project" && name != "issuetype");
    let mut fields = checked(state, rest, &mut errors);
    let (Some(project), Some(kind), true) = (project, kind, errors.is_empty()) else {
        return Err(refuse_fields(errors));
    };
    let (now, id) = (state.clock.jira(), 10_000 + state.next("issue"));
    let project_key = project["key"].as_str().unwrap_or_default().to_owned();
    let key = format!("{project_key}-{}", state.next(&project_key));
    let person = state.person(who);
    let defaults = [
        ("project", project),
        ("issuetype", kind),
        ("status", state.statuses.first().cloned().unwrap_or_default()),
        ("creator", person.clone()),
        ("created", now.clone().into()),
        ("updated", now.into()),
        ("resolution", Value::Null),
    ];
    fields.extend(defaults.map(|(name, value)| (name.to_owned(), value)));
    for (name, value) in [
        ("reporter", person),
        ("labels", json!([])),
        ("description", Value::Null),
        ("assignee", Value::Null),
        ("priority", json!({ "id": "3", "name": "Medium" })),
        ("attachment", json!([])),
    ] {
        fields.entry(name).or_insert(value);
    }
    Ok(StoredIssue {
        id,
        key,
        fields,
        properties: Default::default(),
        comments: vec![],
        links: vec![],
        histories: vec![],
        old_keys: vec![],
        watchers: vec![who.clone()],
        writes: vec![],
    })
}

/// The fields as Jira keeps them; what is wrong goes to `errors`.
pub(super) fn checked(
    state: &Site,
    wanted: impl Iterator<Item = (String, Value)>,
    errors: &mut Map<String, Value>,
) -> Map<String, Value> {
    let mut kept = Map::new();
    for (name, value) in wanted {
        match checked_field(state, &name, value) {
            Ok(value) => {
                kept.insert(name, value);
            }
            Err(why) => {
                errors.entry(name).or_insert(why.into());
            }
        }
    }
    kept
}

fn checked_field(state: &Site, name: &str, value: Value) -> Result<Value, String> {
    let known = state.fields.get(name);
    let Some(meta) = known else {
        return Err(off_screen(name));
    };
    match meta["schema"]["type"].as_str().unwrap_or_default() {
        _ if value.is_null() => Ok(value),
        "summary" => summary(value),
        "doc" => document(value),
        "labels" => labels(value),
        "string" => {
            value.as_str().map(Value::from).ok_or_else(|| "Operation value must be a string".to_owned())
        }
        "user" => {
            let account = value["accountId"].as_str().or(value["id"].as_str()).unwrap_or_default();
            state
                .users
                .get(&AccountId::new(account))
                .cloned()
                .ok_or_else(|| format!("User '{account}' does not exist."))
        }
        // One level, in which the bridge's account is.
        "securitylevel" if value["id"] == LEVEL => Ok(json!({ "id": LEVEL, "name": "Response team" })),
        "securitylevel" => Err("Security level is not valid.".to_owned()),
        "priority" => priority(&value).ok_or_else(|| "The priority selected is invalid.".to_owned()),
        _ => Ok(value),
    }
}

/// The id of the one security level.
pub const LEVEL: &str = "10021";

/// Jira's five priorities, by id or name.
fn priority(wanted: &Value) -> Option<Value> {
    let all = [("1", "Highest"), ("2", "High"), ("3", "Medium"), ("4", "Low"), ("5", "Lowest")];
    let (id, name) = all.into_iter().find(|(id, name)| wanted["id"] == *id || wanted["name"] == *name)?;
    Some(json!({ "id": id, "name": name }))
}

fn summary(value: Value) -> Result<Value, String> {
    let text = value.as_str().ok_or("Operation value must be a string")?;
    match () {
        () if text.chars().count() > 255 => Err("Summary must be less than 255 characters.".into()),
        () if text.contains(['\n', '\r']) => {
            Err("The summary is invalid because it contains newline characters.".into())
        }
        () => Ok(text.into()),
    }
}

pub(super) fn document(value: Value) -> Result<Value, String> {
    match () {
        () if !value.is_object() => {
            Err("Operation value must be an Atlassian Document (see the Atlassian Document Format)".into())
        }
        () if adf::is_too_long(&value) => {
            Err("The entered text is too long. It exceeds the allowed limit of 32,767 characters.".into())
        }
        () if !adf::faults(&value).is_empty() => Err("INVALID_INPUT".into()),
        () => Ok(value),
    }
}

fn labels(value: Value) -> Result<Value, String> {
    let labels = value.as_array().ok_or("Operation value must be an array")?;
    for label in labels {
        let label = label.as_str().ok_or("string expected at index 0")?;
        match () {
            () if label.contains(char::is_whitespace) => {
                return Err(format!("The label '{label}' contains spaces which is invalid."));
            }
            () if label.is_empty() || label.chars().count() > 255 => {
                return Err(format!("The label '{label}' has an invalid length."));
            }
            () => {}
        }
    }
    Ok(value)
}

/// An issue made by a person in the browser.
pub(super) fn by_person(state: &mut Site, summary: &str, who: &AccountId) -> Result<String, JiraRefusal> {
    let project =
        state.projects.keys().next().cloned().ok_or_else(|| field("project", "valid project is required"))?;
    let kind = state.issue_types.first().map(|kind| kind["id"].clone()).unwrap_or_default();
    let wanted = json!({ "project": { "key": project }, "issuetype": { "id": kind }, "summary": summary });
    let issue = new_issue(state, wanted.as_object().cloned().unwrap_or_default(), who)?;
    let (id, key) = (issue.id, issue.key.clone());
    state.issues.insert(id, issue);
    state.touch(id);
    webhooks::issue(state, id, "jira:issue_created", "issue_created", who, &[]);
    Ok(key)
}
