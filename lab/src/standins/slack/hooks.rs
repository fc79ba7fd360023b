//! What happens to a post to a `response_url`?
//! <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>: five uses in 30 minutes.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    super::{
        exchange::{WireRequest, WireResponse},
        shape::{Shape, list, may, misfits, text},
    },
    messages::content,
    mrkdwn::Reading,
    state::{Args, Hook, Workspace},
    trouble::{SlackRefusal, describe, no},
};

const SHAPE: Shape = Shape::Object(&[
    may("text", text(0, usize::MAX)),
    may("blocks", Shape::Any),
    may("attachments", list(0, usize::MAX, &Shape::AnyObject)),
    may("response_type", Shape::OneOf(&["ephemeral", "in_channel"])),
    may("replace_original", Shape::Flag),
    may("delete_original", Shape::Flag),
    may("thread_ts", text(1, 255)),
    may("parse", Shape::OneOf(&["none", "full", "client"])),
    may("link_names", Shape::Flag),
    may("unfurl_links", Shape::Flag),
    may("unfurl_media", Shape::Flag),
    may("mrkdwn", Shape::Flag),
]);

pub(super) fn answer(state: &mut Workspace, asked: &WireRequest) -> WireResponse {
    match deliver(state, asked) {
        Ok(()) => WireResponse::text(200, "text/plain", "ok"),
        Err((status, trouble)) => WireResponse { status, ..trouble.answer() },
    }
}

fn deliver(state: &mut Workspace, asked: &WireRequest) -> Result<(), (axum::http::StatusCode, SlackRefusal)> {
    use axum::http::StatusCode;
    let gone = |error: &str| (StatusCode::NOT_FOUND, no(error));
    let bad = |trouble: SlackRefusal| (StatusCode::BAD_REQUEST, trouble);
    let now = state.clock.millis();
    let hook = state.hooks.get_mut(&asked.path).filter(|_| asked.method == "POST");
    let hook = hook.ok_or_else(|| gone("no_such_hook"))?;
    match () {
        () if now - hook.at > 30 * 60 * 1000 => return Err(gone("expired_url")),
        () if hook.uses >= 5 => return Err(gone("used_url")),
        () => hook.uses += 1,
    }
    let hook = hook.clone();
    let body = asked.json().map_err(|_| bad(no("invalid_payload")))?;
    let found: Vec<String> = misfits(&SHAPE, &body, "").iter().map(describe).collect();
    if !found.is_empty() {
        return Err(bad(SlackRefusal::because("invalid_payload", &found)));
    }
    let args = Args(body.as_object().cloned().unwrap_or_default());
    if args.flag("delete_original") {
        forget(state, &hook);
        return Ok(());
    }
    let content = content(&args).map_err(bad)?;
    place(state, &hook, &args, Value::Object(content)).map_err(bad)
}

fn forget(state: &mut Workspace, hook: &Hook) {
    let Some(ts) = &hook.message else { return };
    state.ephemerals.retain(|message| message["ts"] != ts.as_str());
    if let Some(channel) = state.channels.get_mut(&hook.channel) {
        channel.remove(ts);
    }
}

/// Replaces the message that was acted on, or adds one: for the person alone, or for the channel.
fn place(state: &mut Workspace, hook: &Hook, args: &Args, content: Value) -> Result<(), SlackRefusal> {
    let (settings, ts) = (state.settings.clone(), state.ts());
    if let (Some(original), true) = (&hook.message, args.flag("replace_original")) {
        let ephemeral = state.ephemerals.iter_mut().find(|message| message["ts"] == original.as_str());
        let channel = state.channels.get_mut(&hook.channel);
        let message = ephemeral
            .or_else(|| channel.and_then(|channel| channel.messages.get_mut(original).map(Arc::make_mut)));
        let message = message.and_then(Value::as_object_mut).ok_or_else(|| no("message_not_found"))?;
        message.remove("blocks");
        message.extend(content.as_object().cloned().unwrap_or_default());
        return Ok(());
    }
    let mut message = json!({ "type": "message", "subtype": "bot_message", "bot_id": settings.bot,
        "app_id": settings.app, "ts": ts });
    message
        .as_object_mut()
        .into_iter()
        .for_each(|message| message.extend(content.as_object().cloned().unwrap_or_default()));
    if args.text("response_type") != "in_channel" {
        message["channel"] = json!(hook.channel);
        message["to"] = json!(hook.user);
        message["is_ephemeral"] = true.into();
        state.ephemerals.push(message);
        return Ok(());
    }
    // These posts need no membership: the person who typed let them in.
    let channel = state.channels.get_mut(&hook.channel).ok_or_else(|| no("channel_not_found"))?;
    if let Some(thread) = args.thread() {
        if !channel.has_thread(&thread) {
            return Err(no("thread_not_found"));
        }
        message["thread_ts"] = json!(thread);
    }
    let parse = args.get("parse").and_then(Value::as_str).map(str::to_owned);
    channel.readings.insert(ts, Reading { parse, link_names: args.flag("link_names") });
    channel.put(message);
    Ok(())
}
