//! What is noted on issues and comments, for machines?

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::exchange::WireResponse,
    circles,
    refused::{JiraRefusal, Output, bad_payload, message},
    routes::Given,
    state::{Site, StoredComment},
};

type Properties = BTreeMap<String, Value>;

fn on_issue<'a>(state: &'a mut Site, given: &Given<'_>) -> Result<&'a mut Properties, JiraRefusal> {
    state.issue(&given.parts[0]).map(|issue| &mut issue.properties)
}

fn on_comment<'a>(state: &'a mut Site, given: &Given<'_>) -> Result<&'a mut StoredComment, JiraRefusal> {
    let Site { issues, circles, .. } = state;
    let comments = issues.values_mut().flat_map(|issue| issue.comments.iter_mut());
    let mut mine = comments.filter(|comment| circles::may_read(circles, comment, &given.who));
    let comment = mine.find(|comment| comment.wire["id"] == given.parts[0].as_str());
    comment.ok_or_else(|| message(404, "The comment was not found."))
}

pub(super) fn of_issue(state: &mut Site, given: &Given<'_>) -> Output {
    get(on_issue(state, given)?, &given.parts[1])
}

pub(super) fn of_issue_keys(state: &mut Site, given: &Given<'_>) -> Output {
    Ok(keys(on_issue(state, given)?))
}

pub(super) fn set_of_issue(state: &mut Site, given: &Given<'_>) -> Output {
    let value = checked(given)?;
    state.pace(&given.parts[0])?;
    Ok(kept(on_issue(state, given)?.insert(given.parts[1].clone(), value).is_none()))
}

pub(super) fn of_comment(state: &mut Site, given: &Given<'_>) -> Output {
    get(&on_comment(state, given)?.properties, &given.parts[1])
}

pub(super) fn of_comment_keys(state: &mut Site, given: &Given<'_>) -> Output {
    Ok(keys(&on_comment(state, given)?.properties))
}

pub(super) fn set_of_comment(state: &mut Site, given: &Given<'_>) -> Output {
    let value = checked(given)?;
    Ok(kept(on_comment(state, given)?.note(&given.parts[1], value)))
}

fn keys(properties: &Properties) -> WireResponse {
    let keys: Vec<Value> = properties.keys().map(|key| json!({ "key": key })).collect();
    WireResponse::json(200, &json!({ "keys": keys }))
}

fn get(properties: &Properties, key: &str) -> Output {
    let value = properties.get(key).ok_or_else(|| message(404, "The property was not found."))?;
    Ok(WireResponse::json(200, &json!({ "key": key, "value": value })))
}

fn checked(given: &Given<'_>) -> Result<Value, JiraRefusal> {
    let value = given.asked.json().map_err(|_| bad_payload())?;
    match () {
        () if given.parts[1].chars().count() > 255 => Err(message(400, "The property key is too long.")),
        () if given.asked.body.len() > 32_768 => Err(message(400, "The property value is too long.")),
        () => Ok(value),
    }
}

fn kept(new: bool) -> WireResponse {
    WireResponse::empty(if new { 201 } else { 200 })
}
