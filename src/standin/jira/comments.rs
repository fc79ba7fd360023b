//! How are comments written, edited and read?

use serde_json::{Value, json};

use super::super::{
    exchange::Answer,
    shape::{Kind, may, misfits, need, text},
};
use super::{
    adf,
    create::PROPERTIES,
    refused::{Output, Refused, bad_payload, field, invalid_input, message},
    routes::Given,
    state::{Comment, State},
    webhooks,
};

const BODY: Kind = Kind::Object(&[
    need("body", Kind::Any),
    may("properties", PROPERTIES),
    may("visibility", Kind::AnyObject),
    may("parentId", text(0, 30)),
]);

fn read(given: &Given<'_>) -> Result<(Value, Vec<Value>), Refused> {
    let body = given.asked.json().map_err(|_| bad_payload())?;
    if !misfits(&BODY, &body, "").is_empty() {
        return Err(bad_payload());
    }
    Ok((body["body"].clone(), body["properties"].as_array().cloned().unwrap_or_default()))
}

fn check(document: &Value) -> Result<(), Refused> {
    match () {
        () if adf::is_too_long(document) => Err(field(
            "comment",
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
        )),
        () if !document.is_object() => Err(message(400, "Comment body is not valid!")),
        () if !adf::faults(document).is_empty() => Err(invalid_input("comment")),
        () if adf::plain(document).trim().is_empty() => {
            Err(field("comment", "Comment body can not be empty!"))
        }
        () => Ok(()),
    }
}

pub(super) fn create(state: &mut State, given: &Given<'_>) -> Output {
    let (document, properties) = read(given)?;
    state.pace(&given.parts[0])?;
    let wire = add(state, &given.parts[0], document, properties, &given.who)?;
    Ok(Answer::json(201, &wire))
}

/// Adds a comment, whoever writes it; the answer is the comment as Jira shows it.
pub(super) fn add(
    state: &mut State,
    key: &str,
    document: Value,
    properties: Vec<Value>,
    who: &str,
) -> Result<Value, Refused> {
    check(&document)?;
    let (now, number, person, api, cap) =
        (state.clock.jira(), state.next(), state.person(who), state.api(), state.settings.comment_cap);
    let issue = state.issue(key)?;
    if issue.comments.len() >= cap {
        return Err(message(413, "The issue has as many comments as it can have."));
    }
    let issue_id = issue.id;
    let id = (20_000 + number).to_string();
    let wire = json!({ "self": format!("{api}/issue/{issue_id}/comment/{id}"), "id": id, "author": person,
        "updateAuthor": person, "body": document, "created": now, "updated": now, "jsdPublic": true });
    let named = |property: Value| {
        (property["key"].as_str().unwrap_or_default().to_owned(), property["value"].clone())
    };
    let properties = properties.into_iter().map(named).collect();
    issue.comments.push(Comment { wire: wire.clone(), properties });
    issue.fields.insert("updated".into(), now.into());
    state.touch(issue_id);
    webhooks::comment(state, issue_id, "comment_created", &wire);
    Ok(wire)
}

pub(super) fn get(state: &mut State, given: &Given<'_>) -> Output {
    let comment = find(state, &given.parts[0], &given.parts[1])?;
    Ok(Answer::json(200, &shown(comment, given)))
}

fn find<'a>(state: &'a mut State, key: &str, id: &str) -> Result<&'a mut Comment, Refused> {
    let comments = &mut state.issue(key)?.comments;
    let comment = comments.iter_mut().find(|comment| comment.wire["id"] == id);
    comment.ok_or_else(|| message(404, &format!("Can not find a comment for the id: {id}.")))
}

fn shown(comment: &Comment, given: &Given<'_>) -> Value {
    let mut wire = comment.wire.clone();
    if given.asked.query("expand").is_some_and(|expand| expand.split(',').any(|part| part == "properties")) {
        let properties = comment.properties.iter();
        wire["properties"] = properties.map(|(key, value)| json!({ "key": key, "value": value })).collect();
    }
    wire
}

pub(super) fn update(state: &mut State, given: &Given<'_>) -> Output {
    let (document, properties) = read(given)?;
    state.pace(&given.parts[0])?;
    let comment = find(state, &given.parts[0], &given.parts[1])?;
    for property in properties {
        let key = property["key"].as_str().unwrap_or_default().to_owned();
        comment.properties.insert(key, property["value"].clone());
    }
    let wire = edit(state, &given.parts[0], &given.parts[1], document, &given.who)?;
    Ok(Answer::json(200, &wire))
}

/// Gives a comment a new body.
pub(super) fn edit(
    state: &mut State,
    key: &str,
    id: &str,
    document: Value,
    who: &str,
) -> Result<Value, Refused> {
    check(&document)?;
    let (now, person) = (state.clock.jira(), state.person(who));
    let comment = find(state, key, id)?;
    comment.wire["body"] = document;
    comment.wire["updated"] = now.into();
    comment.wire["updateAuthor"] = person;
    let wire = comment.wire.clone();
    let issue_id = state.issue(key)?.id;
    webhooks::comment(state, issue_id, "comment_updated", &wire);
    Ok(wire)
}

pub(super) fn delete(state: &mut State, given: &Given<'_>) -> Output {
    remove(state, &given.parts[0], &given.parts[1])?;
    Ok(Answer::empty(204))
}

/// The comment is gone for everybody.
pub(super) fn remove(state: &mut State, key: &str, id: &str) -> Result<(), Refused> {
    let wire = find(state, key, id)?.wire.clone();
    let issue = state.issue(key)?;
    issue.comments.retain(|comment| comment.wire["id"] != id);
    let issue_id = issue.id;
    webhooks::comment(state, issue_id, "comment_deleted", &wire);
    Ok(())
}

pub(super) fn list(state: &mut State, given: &Given<'_>) -> Output {
    let number = |name: &str, otherwise: usize| match given.asked.query(name) {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| message(400, &format!("{name} must be a number"))),
    };
    let (start, most) = (number("startAt", 0)?, number("maxResults", 100)?.min(5000));
    let newest_first = match given.asked.query("orderBy") {
        None | Some("created" | "+created") => false,
        Some("-created") => true,
        Some(_) => return Err(message(400, "orderBy must be created, +created or -created")),
    };
    let issue = state.issue(&given.parts[0])?;
    let mut comments: Vec<Value> = issue.comments.iter().map(|comment| shown(comment, given)).collect();
    if newest_first {
        comments.reverse();
    }
    let page: Vec<&Value> = comments.iter().skip(start).take(most).collect();
    let body = json!({ "startAt": start, "maxResults": most, "total": comments.len(), "comments": page });
    Ok(Answer::json(200, &body))
}
