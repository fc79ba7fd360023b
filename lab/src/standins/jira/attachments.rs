//! How do files come to an issue, and how are they fetched?

use bytes::Bytes;
use casebridge::case::AccountId;
use serde_json::{Value, json};

use super::{
    super::exchange::{WireRequest, WireResponse},
    refused::{JiraRefusal, Output, bad_payload, message},
    routes::Given,
    state::{Site, StoredAttachment},
    webhooks,
};

pub(super) fn meta(state: &mut Site, _: &Given<'_>) -> Output {
    Ok(WireResponse::json(200, &json!({ "enabled": true, "uploadLimit": state.settings.upload_limit })))
}

pub(super) fn add(state: &mut Site, given: &Given<'_>) -> Output {
    if given.asked.header("x-atlassian-token") != Some("no-check") {
        return Err(message(403, "XSRF check failed"));
    }
    state.issue(&given.parts[0])?;
    if state.denied.contains("CREATE_ATTACHMENTS") {
        return Err(message(403, "You do not have permission to create attachments for this issue."));
    }
    let files = parts(given.asked).ok_or_else(bad_payload)?;
    let files: Vec<(String, Bytes)> = files
        .into_iter()
        .filter(|(name, _, _)| name == "file")
        .map(|(_, file, bytes)| (file, bytes))
        .collect();
    if files.is_empty() {
        return Err(message(400, "No file was given."));
    }
    if files.iter().any(|(_, bytes)| bytes.len() > state.settings.upload_limit) {
        return Err(message(413, "The file is larger than this site allows."));
    }
    let mut added = vec![];
    for (name, bytes) in files {
        added.push(put(state, &given.parts[0], (&name, bytes), &given.who)?);
    }
    Ok(WireResponse::json(200, &json!(added)))
}

/// Hangs a file on an issue, whoever does it.
pub(super) fn put(
    state: &mut Site,
    key: &str,
    (name, bytes): (&str, Bytes),
    who: &AccountId,
) -> Result<Value, JiraRefusal> {
    let id = (40_000 + state.next("file")).to_string();
    let (api, now) = (state.api(), state.clock.jira());
    let wire = json!({ "self": format!("{api}/attachment/{id}"), "id": id, "filename": name,
        "author": state.person(who), "created": now, "size": bytes.len(),
        "mimeType": "application/octet-stream", "content": format!("{api}/attachment/content/{id}") });
    let issue = state.issue(key)?;
    if let Some(list) = issue.fields.get_mut("attachment").and_then(|list| list.as_array_mut()) {
        list.push(wire.clone());
    }
    issue.fields.insert("updated".into(), now.into());
    let issue = issue.id;
    state.attachments.insert(id.clone(), StoredAttachment { wire: wire.clone(), bytes });
    state.touch(issue);
    let item = json!({ "field": "Attachment", "fieldtype": "jira", "fieldId": "attachment", "from": null,
        "fromString": null, "to": id, "toString": name });
    webhooks::issue(state, issue, "jira:issue_updated", "issue_updated", who, &[item]);
    Ok(wire)
}

pub(super) fn get(state: &mut Site, given: &Given<'_>) -> Output {
    let file = state
        .attachments
        .get(&given.parts[0])
        .ok_or_else(|| message(404, "The attachment was not found."))?;
    Ok(WireResponse::json(200, &file.wire))
}

/// Takes a file off its issue: here the app's own alone.
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-attachment-id-delete>
pub(super) fn remove(state: &mut Site, given: &Given<'_>) -> Output {
    let id = &given.parts[0];
    let file = state.attachments.get(id).ok_or_else(|| message(404, "The attachment was not found."))?;
    let is_own = file.wire["author"]["accountId"] == given.who.as_str();
    if !is_own || state.denied.contains("DELETE_OWN_ATTACHMENTS") {
        return Err(message(403, "You do not have permission to delete this attachment."));
    }
    let name = file.wire["filename"].as_str().unwrap_or_default().to_owned();
    state.attachments.remove(id);
    let hangs = |list: &Value| list.as_array().is_some_and(|list| list.iter().any(|one| one["id"] == **id));
    let issues = state.issues.values_mut();
    let holder = issues.into_iter().find(|issue| issue.fields.get("attachment").is_some_and(hangs));
    if let Some(issue) = holder {
        let list = issue.fields.get_mut("attachment").and_then(Value::as_array_mut);
        list.into_iter().for_each(|list| list.retain(|one| one["id"] != **id));
        let issue = issue.id;
        state.touch(issue);
        let item = json!({ "field": "Attachment", "fieldtype": "jira", "fieldId": "attachment", "from": id,
            "fromString": name, "to": null, "toString": null });
        webhooks::issue(state, issue, "jira:issue_updated", "issue_updated", &given.who, &[item]);
    }
    Ok(WireResponse::empty(204))
}

/// Leads to where the bytes are; gives them itself with `redirect=false`.
pub(super) fn content(state: &mut Site, given: &Given<'_>) -> Output {
    let id = &given.parts[0];
    let file = state.attachments.get(id).ok_or_else(|| message(404, "The attachment was not found."))?;
    if given.asked.query("redirect") == Some("false") {
        return Ok(WireResponse::text(200, "application/octet-stream", file.bytes.clone()));
    }
    Ok(WireResponse::empty(303).with("location", &format!("{}/media/{id}", state.settings.url)))
}

/// The media service: no authorization, the URL is the secret.
pub(super) fn media(state: &Site, id: &str) -> WireResponse {
    match state.attachments.get(id) {
        Some(file) => WireResponse::text(200, "application/octet-stream", file.bytes.clone()),
        None => WireResponse::empty(404),
    }
}

/// Name, file name and bytes of each part of a multipart body.
fn parts(asked: &WireRequest) -> Option<Vec<(String, String, Bytes)>> {
    let content_type = asked.content_type().strip_prefix("multipart/form-data")?;
    let boundary = content_type.split("boundary=").nth(1)?.trim_matches('"');
    let mark = format!("--{boundary}");
    let mut found = vec![];
    let mut at = find(&asked.body, mark.as_bytes(), 0)? + mark.len();
    while !asked.body[at..].starts_with(b"--") {
        let head_end = find(&asked.body, b"\r\n\r\n", at)?;
        let end = find(&asked.body, format!("\r\n{mark}").as_bytes(), head_end)?;
        let head = String::from_utf8_lossy(&asked.body[at..head_end]);
        let value = |name: &str| {
            let tail = head.split(&format!(" {name}=\"")).nth(1)?;
            tail.split('"').next().map(str::to_owned)
        };
        found.push((
            value("name")?,
            value("filename").unwrap_or_default(),
            asked.body.slice(head_end + 4..end),
        ));
        at = end + 2 + mark.len();
    }
    Some(found)
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(wanted.len()).position(|window| window == wanted).map(|at| at + from)
}
