//! How does the app read a file that somebody shared?

use serde_json::json;

use super::{
    super::exchange::{WireRequest, WireResponse},
    state::{Args, Workspace},
    trouble::{MethodOutput, no, yes},
};

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
