//! How does the app read a file that somebody shared, and share one itself?

use std::sync::Arc;

use casebridge::case::{ChannelId, Ts};
use serde_json::{Value, json};

use super::{
    super::exchange::{WireRequest, WireResponse},
    messages, pace,
    state::{Args, Upload, Workspace},
    trouble::{MethodOutput, no, yes},
    workspace::add_file,
};

/// <https://docs.slack.dev/reference/methods/files.getUploadURLExternal>
pub(super) fn upload_url(state: &mut Workspace, args: &Args) -> MethodOutput {
    let id = state.id('F');
    let (name, length) = (args.text("filename").to_owned(), args.whole("length", 0));
    state.uploads.insert(id.clone(), Upload { name, length, bytes: None });
    let url = format!("{}/upload/v1/{id}", state.settings.url);
    yes(json!({ "upload_url": url, "file_id": id }))
}

/// The address is the secret. Slack takes raw bytes, of the length that was announced.
pub(super) fn fill(state: &mut Workspace, asked: &WireRequest, id: &str) -> WireResponse {
    let refuse = |status, why: &str| WireResponse::text(status, "text/plain", why.to_owned());
    match state.uploads.get_mut(id) {
        None => refuse(404, "not found"),
        Some(_) if asked.method != "POST" => refuse(405, "method not allowed"),
        Some(upload) if upload.length != asked.body.len() => refuse(400, "the length is another"),
        Some(upload) => {
            upload.bytes = Some(asked.body.clone());
            refuse(200, &format!("OK - {}", upload.length))
        }
    }
}

/// Shares what was uploaded, once: <https://docs.slack.dev/reference/methods/files.completeUploadExternal>
pub(super) fn complete(state: &mut Workspace, args: &Args) -> MethodOutput {
    let files = args.get("files").and_then(Value::as_array).cloned().unwrap_or_default();
    let ids: Vec<String> = files.iter().filter_map(|file| file["id"].as_str()).map(str::to_owned).collect();
    let is_filled = |id: &String| state.uploads.get(id).is_some_and(|upload| upload.bytes.is_some());
    if ids.len() != files.len() || !ids.iter().all(is_filled) {
        return Err(no("file_not_found"));
    }
    let channel = ChannelId::new(args.text("channel_id"));
    if !args.text("channel_id").is_empty() {
        state.joined(&channel)?;
        pace::post(state, &channel)?;
    }
    let bot = state.settings.bot_user.clone();
    let mut wires = Vec::new();
    for (file, id) in files.iter().zip(&ids) {
        let Some(upload) = state.uploads.remove(id) else { continue };
        let made =
            add_file(state, &bot, &upload.name, "application/octet-stream", upload.bytes.unwrap_or_default());
        let Some(mut stored) = state.files.remove(&made) else { continue };
        for (name, value) in [("id", json!(id)), ("title", file["title"].clone())] {
            if !value.is_null() {
                stored.wire[name] = value;
            }
        }
        wires.push(stored.wire.clone());
        state.files.insert(id.clone(), stored);
    }
    if !args.text("channel_id").is_empty() {
        share(state, &channel, args.thread(), &wires);
    }
    let shown = files.iter().map(|file| json!({ "id": file["id"], "title": file["title"] }));
    yes(json!({ "files": shown.collect::<Vec<_>>() }))
}

/// The message of a bot's file has neither metadata nor blocks of the app's.
fn share(state: &mut Workspace, to: &ChannelId, thread: Option<Ts>, files: &[Value]) {
    let ts = state.ts();
    let mut message = messages::base(state, &ts);
    message.insert("subtype".into(), "file_share".into());
    message.insert("upload".into(), true.into());
    message.insert("files".into(), json!(files));
    let Some(channel) = state.channels.get_mut(to) else { return };
    if let Some(thread) = thread.filter(|thread| channel.has_thread(thread)) {
        message.insert("thread_ts".into(), json!(thread));
    }
    channel.put(Value::Object(message));
}

/// <https://docs.slack.dev/reference/methods/files.delete>
pub(super) fn delete(state: &mut Workspace, args: &Args) -> MethodOutput {
    let id = args.text("file");
    let bot = state.settings.bot_user.clone();
    match state.files.get(id) {
        None => return Err(no("file_not_found")),
        Some(file) if file.wire["user"] != bot.as_str() => return Err(no("cant_delete_file")),
        Some(_) => state.files.remove(id),
    };
    // A message of nothing but the file goes with it.
    for channel in state.channels.values_mut() {
        let is_of_it = |message: &Arc<Value>| {
            let files = message["files"].as_array().into_iter().flatten();
            message["text"] == "" && files.into_iter().any(|file| file["id"] == id)
        };
        let gone: Vec<Ts> = channel
            .messages
            .iter()
            .filter(|(_, message)| is_of_it(message))
            .map(|(ts, _)| ts.clone())
            .collect();
        gone.iter().for_each(|ts| drop(channel.remove(ts)));
    }
    yes(json!({}))
}

pub(super) fn info(state: &mut Workspace, args: &Args) -> MethodOutput {
    let file = state.files.get(args.text("file")).ok_or_else(|| no("file_not_found"))?;
    match file.wire["mode"].as_str() {
        Some("tombstone") => return Err(no("file_deleted")),
        Some("hidden_by_limit") => return Err(no("file_not_found")),
        _ => {}
    }
    yes(json!({ "file": file.wire, "comments": [], "response_metadata": { "next_cursor": "" } }))
}

/// `GET /files-pri/TEAM-FILE/download/NAME`. Whoever may not read it gets the login page, with 200.
pub(super) fn download(state: &Workspace, asked: &WireRequest, key: &str) -> WireResponse {
    let id = key.rsplit('-').next().unwrap_or_default();
    let token = asked.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    let may = token == Some(&state.settings.token) && state.settings.scopes.contains("files:read");
    match state.files.get(id) {
        Some(file) if may && asked.method == "GET" => {
            let kind = file.wire["mimetype"].as_str().unwrap_or("application/octet-stream");
            WireResponse::text(200, kind, file.bytes.clone())
        }
        Some(_) => WireResponse::text(
            200,
            "text/html; charset=utf-8",
            "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to Example</body></html>",
        ),
        None => WireResponse::text(
            404,
            "text/html; charset=utf-8",
            "<!DOCTYPE html><html><body>Not found</body></html>",
        ),
    }
}
