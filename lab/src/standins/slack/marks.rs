//! What can be stuck to a channel or a message: pins, bookmarks, reactions?

use std::sync::Arc;

use casebridge::case::{ChannelId, Ts, UserId};
use serde_json::{Value, json};

use super::{
    SlackStandin,
    state::{Args, Workspace},
    trouble::{MethodOutput, no, yes},
};

/// A channel holds no more.
const MOST_BOOKMARKS: usize = 100;

impl SlackStandin {
    /// Somebody puts an emoji to a message, or takes theirs away.
    /// Fails when there is no such message.
    pub fn reacts(&self, user: &UserId, channel: &ChannelId, ts: &Ts, name: &str) -> Result<(), String> {
        self.with(|state| {
            let place = state.channels.get_mut(channel).ok_or("no such channel")?;
            let message = place.messages.get_mut(ts).map(Arc::make_mut).ok_or("no such message")?;
            toggle(message, user, name);
            Ok(())
        })
    }
}

/// Puts somebody's emoji to a message, or takes it away.
fn toggle(message: &mut Value, user: &UserId, name: &str) {
    let mut all = message["reactions"].as_array().cloned().unwrap_or_default();
    let known = all.iter_mut().find(|reaction| reaction["name"] == name);
    match known.and_then(|reaction| reaction["users"].as_array_mut()) {
        Some(users) if users.contains(&json!(user)) => users.retain(|one| *one != user.as_str()),
        Some(users) => users.push(json!(user)),
        None => all.push(json!({ "name": name, "users": [user], "count": 1 })),
    }
    let count = |reaction: &Value| reaction["users"].as_array().map_or(0, Vec::len);
    all.retain(|reaction| count(reaction) > 0);
    all.iter_mut().for_each(|reaction| reaction["count"] = count(reaction).into());
    message["reactions"] = all.into();
}

pub(super) fn pin(state: &mut Workspace, args: &Args) -> MethodOutput {
    let ts = Ts::new(args.text("timestamp"));
    let channel = state.joined(&args.channel())?;
    match () {
        () if !channel.messages.contains_key(&ts) => return Err(no("message_not_found")),
        () if channel.pins.contains(&ts) => return Err(no("already_pinned")),
        () => channel.pins.push(ts),
    }
    yes(json!({}))
}

pub(super) fn bookmark(state: &mut Workspace, args: &Args) -> MethodOutput {
    let (id, number, bot) = (state.id('B'), state.next(), state.settings.bot_user.clone());
    let channel = state.joined(&ChannelId::new(args.text("channel_id")))?;
    if channel.bookmarks.len() >= MOST_BOOKMARKS {
        return Err(no("too_many_bookmarks"));
    }
    if args.text("link").is_empty() {
        return Err(no("invalid_link"));
    }
    let bookmark = json!({ "id": id, "channel_id": args.text("channel_id"), "title": args.text("title"),
        "link": args.text("link"), "emoji": args.text("emoji"), "type": "link", "rank": number.to_string(),
        "last_updated_by_user_id": bot });
    channel.bookmarks.push(bookmark.clone());
    yes(json!({ "bookmark": bookmark }))
}

/// <https://docs.slack.dev/reference/methods/bookmarks.list>
pub(super) fn bookmarks(state: &mut Workspace, args: &Args) -> MethodOutput {
    let channel = state.joined(&ChannelId::new(args.text("channel_id")))?;
    yes(json!({ "bookmarks": channel.bookmarks }))
}

/// <https://docs.slack.dev/reference/methods/bookmarks.edit>
pub(super) fn edit_bookmark(state: &mut Workspace, args: &Args) -> MethodOutput {
    let bot = state.settings.bot_user.clone();
    let channel = state.joined(&ChannelId::new(args.text("channel_id")))?;
    let known = channel.bookmarks.iter_mut().find(|one| one["id"] == args.text("bookmark_id"));
    let bookmark = known.ok_or_else(|| no("not_found"))?;
    for name in ["title", "link", "emoji"] {
        if !args.text(name).is_empty() {
            bookmark[name] = args.text(name).into();
        }
    }
    bookmark["last_updated_by_user_id"] = json!(bot);
    yes(json!({ "bookmark": bookmark }))
}

pub(super) fn react(state: &mut Workspace, args: &Args) -> MethodOutput {
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

pub(super) fn unreact(state: &mut Workspace, args: &Args) -> MethodOutput {
    let (bot, name) = (state.settings.bot_user.clone(), args.text("name"));
    let channel = state.joined(&args.channel())?;
    let message = channel.messages.get_mut(&Ts::new(args.text("timestamp"))).map(Arc::make_mut);
    let message = message.ok_or_else(|| no("message_not_found"))?;
    let all = message["reactions"].as_array();
    let ours = |reaction: &Value| {
        reaction["name"] == name
            && reaction["users"].as_array().is_some_and(|users| users.contains(&json!(bot)))
    };
    if !all.is_some_and(|all| all.iter().any(ours)) {
        return Err(no("no_reaction"));
    }
    toggle(message, &bot, name);
    yes(json!({}))
}
