//! Where can an issue go from here?

use casebridge::case::AccountId;
use serde_json::{Map, Value, json};

use super::{
    super::{
        exchange::WireResponse,
        shape::{Shape, may, misfits, need},
    },
    comments,
    create::off_screen,
    refused::{JiraRefusal, Output, bad_payload, field, message},
    routes::Given,
    state::{Required, Site},
    webhooks,
};

const BODY: Shape = Shape::Object(&[
    // A text or a number.
    need("transition", Shape::Object(&[need("id", Shape::Any)])),
    may("fields", Shape::AnyObject),
    may("update", Shape::AnyObject),
    may("historyMetadata", Shape::AnyObject),
    may("properties", super::create::PROPERTIES),
]);

pub(super) fn list(state: &mut Site, given: &Given<'_>) -> Output {
    let mut transitions = open(state, &given.parts[0])?;
    if !given.asked.query("expand").unwrap_or_default().contains("transitions.fields") {
        transitions.iter_mut().filter_map(Value::as_object_mut).for_each(|way| drop(way.remove("fields")));
    }
    Ok(WireResponse::json(200, &json!({ "expand": "transitions", "transitions": transitions })))
}

/// The transitions that an issue has in its status; the id is that of the target.
fn open(state: &mut Site, key: &str) -> Result<Vec<Value>, JiraRefusal> {
    let issue = state.issue(key)?;
    let key = issue.key.clone();
    let from = issue.fields["status"]["name"].as_str().unwrap_or_default().to_owned();
    let follows = state.workflow.get(&from);
    let legal =
        |name: &str| follows.map_or(name != from, |follows| follows.iter().any(|follow| follow == name));
    let transition = |(n, to): (usize, &Value)| {
        let screen = screen(state, &key, to);
        let fields: Map<String, Value> = screen
            .map(|one| {
                let meta = json!({ "required": true, "hasDefaultValue": false, "name": one.field, "key": one.field,
                                   "operations": ["set"], "schema": { "type": one.field } });
                (one.field.clone(), meta)
            })
            .collect();
        json!({ "id": format!("{}1", n + 1), "name": to["name"], "to": to, "hasScreen": !fields.is_empty(), "fields": fields, "isGlobal": false,
            "isInitial": false, "isConditional": false, "isAvailable": true })
    };
    let statuses = state.statuses.iter().enumerate();
    Ok(statuses.filter(|(_, to)| legal(to["name"].as_str().unwrap_or_default())).map(transition).collect())
}

/// What must be given before this issue gets to this status.
fn required<'a>(state: &'a Site, key: &'a str, to: &'a Value) -> impl Iterator<Item = &'a Required> {
    let fits = |wish: &str, has: &str| wish == "*" || wish.eq_ignore_ascii_case(has);
    let status = to["name"].as_str().unwrap_or_default();
    state.required.iter().filter(move |one| fits(&one.key, key) && fits(&one.status, status))
}

fn screen<'a>(state: &'a Site, key: &'a str, to: &'a Value) -> impl Iterator<Item = &'a Required> {
    required(state, key, to).filter(|one| !one.in_words)
}

/// A screen names the field, a validator only speaks of it.
fn not_given(required: &Required) -> JiraRefusal {
    let Required { field: name, in_words, .. } = required;
    match in_words {
        false => field(name, &format!("A {name} has to be given on this screen.")),
        true => {
            let (first, rest) = name.split_at_checked(1).unwrap_or((name, ""));
            message(400, &format!("The field {}{rest} has to be filled.", first.to_uppercase()))
        }
    }
}

pub(super) fn perform(state: &mut Site, given: &Given<'_>) -> Output {
    let body = given.asked.json().map_err(|_| bad_payload())?;
    if !misfits(&BODY, &body, "").is_empty() {
        return Err(bad_payload());
    }
    state.pace(&given.parts[0])?;
    let to = way(state, &given.parts[0], &wanted(&body).ok_or_else(bad_payload)?)?;
    let key = state.issue(&given.parts[0])?.key.clone();
    let missing = |one: &&Required| body["fields"][&one.field].is_null();
    if let Some(refused) = required(state, &key, &to).find(missing).map(not_given) {
        return Err(refused);
    }
    let wanted = body["fields"].as_object().cloned().unwrap_or_default();
    let hidden = |name: &&String| !required(state, &key, &to).any(|one| one.field == **name);
    if let Some(name) = wanted.keys().find(hidden) {
        return Err(field(name, &off_screen(name)));
    }
    place(state, &key, &to, &given.who)?;
    state.issue(&key)?.fields.extend(wanted);
    for added in body["update"]["comment"].as_array().into_iter().flatten() {
        comments::add(
            state,
            &given.parts[0],
            &comments::Draft::of(added["add"]["body"].clone()),
            &given.who,
        )?;
    }
    Ok(WireResponse::empty(204))
}

/// The id of the transition that is wanted. Clients send a number as well.
fn wanted(body: &Value) -> Option<String> {
    let id = &body["transition"]["id"];
    id.as_str()
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .or_else(|| id.as_u64().map(|id| id.to_string()))
}

/// Takes a transition by its id, as a new issue does.
pub(super) fn go(state: &mut Site, key: &str, id: &str, who: &AccountId) -> Result<(), JiraRefusal> {
    let to = way(state, key, id)?;
    place(state, key, &to, who)
}

fn way(state: &mut Site, key: &str, id: &str) -> Result<Value, JiraRefusal> {
    let way = open(state, key)?.into_iter().find(|transition| transition["id"] == id);
    way.map(|way| way["to"].clone()).ok_or_else(|| {
        message(400, &format!("It seems that you have tried to perform a workflow operation ({id}) that is not valid for the current state of this issue."))
    })
}

pub(super) fn place(state: &mut Site, key: &str, to: &Value, who: &AccountId) -> Result<(), JiraRefusal> {
    let now = state.clock.jira();
    let issue = state.issue(key)?;
    let (id, before) = (issue.id, issue.fields["status"].clone());
    let done = to["statusCategory"]["key"] == "done";
    issue.fields.insert("status".into(), to.clone());
    issue.fields.insert(
        "resolution".into(),
        if done { json!({ "id": "10000", "name": "Done" }) } else { Value::Null },
    );
    issue.fields.insert("updated".into(), now.into());
    state.touch(id);
    let item = json!({ "field": "status", "fieldtype": "jira", "fieldId": "status", "from": before["id"],
        "fromString": before["name"], "to": to["id"], "toString": to["name"] });
    webhooks::issue(state, id, "jira:issue_updated", "issue_generic", who, &[item]);
    Ok(())
}
