//! What is noted on issues and comments, for machines?

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::exchange::Answer;
use super::{
    refused::{Output, Refused, bad_payload, message},
    routes::Given,
    state::State,
};

type Properties = BTreeMap<String, Value>;

fn on_issue<'a>(state: &'a mut State, given: &Given<'_>) -> Result<&'a mut Properties, Refused> {
    state.issue(&given.parts[0]).map(|issue| &mut issue.properties)
}

fn on_comment<'a>(state: &'a mut State, given: &Given<'_>) -> Result<&'a mut Properties, Refused> {
    let comments = state.issues.values_mut().flat_map(|issue| issue.comments.iter_mut());
    let comment = comments.into_iter().find(|comment| comment.wire["id"] == given.parts[0].as_str());
    comment.map(|comment| &mut comment.properties).ok_or_else(|| message(404, "The comment was not found."))
}

pub(super) fn of_issue(state: &mut State, given: &Given<'_>) -> Output {
    get(on_issue(state, given)?, &given.parts[1])
}

pub(super) fn of_issue_keys(state: &mut State, given: &Given<'_>) -> Output {
    Ok(keys(on_issue(state, given)?))
}

pub(super) fn set_of_issue(state: &mut State, given: &Given<'_>) -> Output {
    set(on_issue(state, given)?, given)
}

pub(super) fn of_comment(state: &mut State, given: &Given<'_>) -> Output {
    get(on_comment(state, given)?, &given.parts[1])
}

pub(super) fn of_comment_keys(state: &mut State, given: &Given<'_>) -> Output {
    Ok(keys(on_comment(state, given)?))
}

pub(super) fn set_of_comment(state: &mut State, given: &Given<'_>) -> Output {
    set(on_comment(state, given)?, given)
}

fn keys(properties: &Properties) -> Answer {
    let keys: Vec<Value> = properties.keys().map(|key| json!({ "key": key })).collect();
    Answer::json(200, &json!({ "keys": keys }))
}

fn get(properties: &Properties, key: &str) -> Output {
    let value = properties.get(key).ok_or_else(|| message(404, "The property was not found."))?;
    Ok(Answer::json(200, &json!({ "key": key, "value": value })))
}

fn set(properties: &mut Properties, given: &Given<'_>) -> Output {
    let value = given.asked.json().map_err(|_| bad_payload())?;
    match () {
        () if given.parts[1].chars().count() > 255 => {
            return Err(message(400, "The property key is too long."));
        }
        () if given.asked.body.len() > 32_768 => return Err(message(400, "The property value is too long.")),
        () => {}
    }
    let new = properties.insert(given.parts[1].clone(), value).is_none();
    Ok(Answer::empty(if new { 201 } else { 200 }))
}
