//! What has been said in a channel or a thread?

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    state::{Args, Workspace},
    trouble::{MethodOutput, no, yes},
};

pub(super) fn history(state: &mut Workspace, args: &Args) -> MethodOutput {
    let channel = seen(state, args)?;
    let top = |message: &&Arc<Value>| {
        message["thread_ts"].is_null()
            || message["thread_ts"] == message["ts"]
            || message["subtype"] == "thread_broadcast"
    };
    let messages: Vec<Arc<Value>> = channel.messages.values().rev().filter(top).cloned().collect();
    page(messages, args, 100)
}

pub(super) fn replies(state: &mut Workspace, args: &Args) -> MethodOutput {
    let channel = seen(state, args)?;
    let ts = args.ts();
    // Slack takes a reply's own timestamp as well, and answers with that reply alone.
    let Some(parent) = channel.messages.get(&ts) else { return Err(no("thread_not_found")) };
    let below = |message: &&Arc<Value>| message["thread_ts"] == ts.as_str() && message["ts"] != ts.as_str();
    let messages = std::iter::once(parent).chain(channel.messages.values().filter(below)).cloned().collect();
    page(messages, args, 1000)
}

fn seen<'a>(
    state: &'a mut Workspace,
    args: &Args,
) -> Result<&'a mut super::state::Channel, super::trouble::SlackRefusal> {
    let bot = state.settings.bot_user.clone();
    let channel = state.visible(&args.channel())?;
    if channel.members.contains(&bot) { Ok(channel) } else { Err(no("not_in_channel")) }
}

fn page(messages: Vec<Arc<Value>>, args: &Args, most: usize) -> MethodOutput {
    let (oldest, latest) = (args.text("oldest"), args.text("latest"));
    let inclusive = args.flag("inclusive");
    let within = |message: &Value| {
        let ts = message["ts"].as_str().unwrap_or_default();
        let parent = message["thread_ts"] == message["ts"] && !args.text("ts").is_empty();
        let after = oldest.is_empty() || ts > oldest || (inclusive && ts == oldest);
        let before = latest.is_empty() || ts < latest || (inclusive && ts == latest);
        parent || (after && before)
    };
    let messages: Vec<Arc<Value>> = messages.into_iter().filter(|message| within(message)).collect();
    let start = match args.text("cursor") {
        "" => 0,
        cursor => {
            let ts = cursor.strip_prefix("next_ts:").ok_or_else(|| no("invalid_cursor"))?;
            messages.iter().position(|message| message["ts"] == ts).ok_or_else(|| no("invalid_cursor"))?
        }
    };
    let end = messages.len().min(start + args.whole("limit", most));
    let next = messages.get(end).and_then(|message| message["ts"].as_str());
    let cursor = next.map(|ts| format!("next_ts:{ts}")).unwrap_or_default();
    let with_metadata = args.flag("include_all_metadata");
    let shown = |message: &Arc<Value>| {
        let mut shown = (**message).clone();
        if !with_metadata && let Some(message) = shown.as_object_mut() {
            message.remove("metadata");
        }
        shown
    };
    let page: Vec<Value> = messages[start..end].iter().map(shown).collect();
    yes(json!({ "messages": page, "has_more": !cursor.is_empty(),
        "response_metadata": { "next_cursor": cursor } }))
}
