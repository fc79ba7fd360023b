//! What can be stuck to a channel or a message: pins, bookmarks, reactions?

use std::sync::Arc;

use casebridge::case::{ChannelId, Ts};
use serde_json::json;

use super::{
    state::{Args, Workspace},
    trouble::{Output, no, yes},
};

pub(super) fn pin(state: &mut Workspace, args: &Args) -> Output {
    let ts = Ts::new(args.text("timestamp"));
    let channel = state.joined(&args.channel())?;
    match () {
        () if !channel.messages.contains_key(&ts) => return Err(no("message_not_found")),
        () if channel.pins.contains(&ts) => return Err(no("already_pinned")),
        () => channel.pins.push(ts),
    }
    yes(json!({}))
}

pub(super) fn bookmark(state: &mut Workspace, args: &Args) -> Output {
    let (id, number) = (state.id('B'), state.next());
    let channel = state.joined(&ChannelId::new(args.text("channel_id")))?;
    if args.text("link").is_empty() {
        return Err(no("invalid_link"));
    }
    let bookmark = json!({ "id": id, "channel_id": args.text("channel_id"), "title": args.text("title"),
        "link": args.text("link"), "emoji": args.text("emoji"), "type": "link", "rank": number.to_string() });
    channel.bookmarks.push(bookmark.clone());
    yes(json!({ "bookmark": bookmark }))
}

pub(super) fn react(state: &mut Workspace, args: &Args) -> Output {
    let bot = state.settings.bot_user.clone();
    let name = args.text("name");
    let channel = state.joined(&args.channel())?;
    let message = channel
        .messages
        .get_mut(&Ts::new(args.text("timestamp")))
        .map(Arc::make_mut)
        .ok_or_else(|| no("message_not_found"))?;
    if message["reactions"].is_null() {
        message["reactions"] = json!([]);
    }
    let reactions = message["reactions"].as_array_mut().ok_or_else(|| no("internal_error"))?;
    let known = reactions.iter_mut().find(|reaction| reaction["name"] == name);
    match known.and_then(|reaction| reaction["users"].as_array_mut()) {
        Some(users) if users.contains(&json!(bot)) => return Err(no("already_reacted")),
        Some(users) => users.push(json!(bot)),
        None => reactions.push(json!({ "name": name, "users": [bot], "count": 1 })),
    }
    yes(json!({}))
}
