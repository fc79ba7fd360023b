//! Where can an issue go from here?

use serde_json::{Value, json};

use super::super::{
    exchange::Answer,
    shape::{Kind, may, misfits, need, text},
};
use super::{
    comments,
    refused::{Output, Refused, bad_payload, message},
    routes::Given,
    state::State,
    webhooks,
};

const BODY: Kind = Kind::Object(&[
    need("transition", Kind::Object(&[need("id", text(1, 20))])),
    may("fields", Kind::AnyObject),
    may("update", Kind::AnyObject),
    may("historyMetadata", Kind::AnyObject),
    may("properties", super::create::PROPERTIES),
]);

pub(super) fn list(state: &mut State, given: &Given<'_>) -> Output {
    let transitions = open(state, &given.parts[0])?;
    Ok(Answer::json(200, &json!({ "expand": "transitions", "transitions": transitions })))
}

/// The transitions that an issue has in its status; the id is that of the target.
fn open(state: &mut State, key: &str) -> Result<Vec<Value>, Refused> {
    let from = state.issue(key)?.fields["status"]["name"].as_str().unwrap_or_default().to_owned();
    let follows = state.workflow.get(&from);
    let legal =
        |name: &str| follows.map_or(name != from, |follows| follows.iter().any(|follow| follow == name));
    let transition = |(n, to): (usize, &Value)| {
        json!({ "id": format!("{}1", n + 1), "name": to["name"], "to": to, "hasScreen": false, "isGlobal": false,
            "isInitial": false, "isConditional": false, "isAvailable": true })
    };
    let statuses = state.statuses.iter().enumerate();
    Ok(statuses.filter(|(_, to)| legal(to["name"].as_str().unwrap_or_default())).map(transition).collect())
}

pub(super) fn perform(state: &mut State, given: &Given<'_>) -> Output {
    let body = given.asked.json().map_err(|_| bad_payload())?;
    if !misfits(&BODY, &body, "").is_empty() {
        return Err(bad_payload());
    }
    state.pace(&given.parts[0])?;
    go(state, &given.parts[0], body["transition"]["id"].as_str().unwrap_or_default(), &given.who)?;
    for added in body["update"]["comment"].as_array().into_iter().flatten() {
        comments::add(
            state,
            &given.parts[0],
            &comments::Draft::of(added["add"]["body"].clone()),
            &given.who,
        )?;
    }
    Ok(Answer::empty(204))
}

/// Takes a transition by its id.
pub(super) fn go(state: &mut State, key: &str, id: &str, who: &str) -> Result<(), Refused> {
    let to = open(state, key)?.into_iter().find(|transition| transition["id"] == id);
    let to = to.ok_or_else(|| {
        message(400, &format!("It seems that you have tried to perform a workflow operation ({id}) that is not valid for the current state of this issue."))
    })?;
    place(state, key, &to["to"], who)
}

/// Puts an issue into a status.
pub(super) fn place(state: &mut State, key: &str, to: &Value, who: &str) -> Result<(), Refused> {
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
