//! What happens to a message that the app sends, changes or deletes?

use std::sync::Arc;

use casebridge::case::{ChannelId, Ts, UserId};
use serde_json::{Map, Value, json};

use super::{
    block_kit::{Surface, complaints, is_too_long},
    mrkdwn::Reading,
    pace,
    state::{Args, Workspace},
    trouble::{MethodOutput, SlackRefusal, no, yes},
};

/// Longer text of a new message is cut, of an update refused.
const NEW_TEXT: usize = 40_000;
const UPDATED_TEXT: usize = 4_000;
/// Slack documents no number for `metadata_too_large`.
const METADATA: usize = 16_000;

pub(super) fn post(state: &mut Workspace, args: &Args) -> MethodOutput {
    let content = content(args)?;
    let channel_id = place(state, args)?;
    pace::post(state, &channel_id)?;
    let ts = state.ts();
    let mut message = base(state, &ts);
    message.extend(content);
    if let Some(text) = message.get_mut("text") {
        *text = text.as_str().unwrap_or_default().chars().take(NEW_TEXT).collect::<String>().into();
    }
    if args.get("mrkdwn") == Some(&json!(false)) {
        message.insert("mrkdwn".into(), false.into());
    }
    if let Some(metadata) = metadata(args)? {
        message.insert("metadata".into(), metadata);
    }
    if args.get("username").is_some() {
        message.insert("subtype".into(), "bot_message".into());
        message.insert("username".into(), args.text("username").into());
    }
    let channel = state.visible(&channel_id)?;
    // Below what is not there Slack posts into the channel itself: https://github.com/slack-go/slack/issues/1571
    if let Some(thread) = args.thread().filter(|thread| channel.has_thread(thread)) {
        message.insert("thread_ts".into(), json!(thread));
        if args.flag("reply_broadcast") {
            message.insert("subtype".into(), "thread_broadcast".into());
        }
    }
    let message = Value::Object(message);
    channel.readings.insert(ts.clone(), reading(args));
    channel.put(message.clone());
    yes(json!({ "channel": channel_id, "ts": ts, "message": without_metadata(&message) }))
}

/// Where the app may post: a channel by id, or a person's direct messages.
fn place(state: &mut Workspace, args: &Args) -> Result<ChannelId, SlackRefusal> {
    let (person, wanted) = (UserId::new(args.text("channel")), args.channel());
    if state.users.contains_key(&person) {
        return match state.settings.messages_tab {
            true => Ok(direct(state, &person)),
            false => Err(no("messages_tab_disabled")),
        };
    }
    let everywhere = state.settings.scopes.contains("chat:write.public");
    let (bot, custom) =
        (state.settings.bot_user.clone(), state.settings.scopes.contains("chat:write.customize"));
    let channel = state.visible(&wanted)?;
    match () {
        () if channel.wire["is_archived"] == true => Err(no("is_archived")),
        () if !channel.members.contains(&bot) && !everywhere => Err(no("not_in_channel")),
        () if args.get("username").is_some() && !custom => {
            Err(SlackRefusal::with("missing_scope", json!({ "needed": "chat:write.customize" })))
        }
        () => Ok(wanted),
    }
}

/// The direct messages between the bot and a person, made when there are none.
pub(super) fn direct(state: &mut Workspace, user: &UserId) -> ChannelId {
    let known = state.channels.iter().find(|(_, channel)| channel.wire["user"] == user.as_str());
    if let Some((id, _)) = known {
        return id.clone();
    }
    let bot = state.settings.bot_user.clone();
    let made = state.found("", true, &bot);
    let id = ChannelId::new(made.as_str().replacen('C', "D", 1));
    if let Some(mut channel) = state.channels.remove(&made) {
        channel.wire["id"] = json!(id);
        channel.wire["is_im"] = true.into();
        channel.wire["is_group"] = false.into();
        channel.wire["user"] = json!(user);
        channel.members.insert(user.clone());
        state.channels.insert(id.clone(), channel);
    }
    id
}

pub(super) fn base(state: &Workspace, ts: &Ts) -> Map<String, Value> {
    let settings = &state.settings;
    let message = json!({ "type": "message", "user": settings.bot_user, "bot_id": settings.bot,
        "app_id": settings.app, "team": settings.team, "ts": ts, "text": "" });
    message.as_object().cloned().unwrap_or_default()
}

/// Text, blocks and attachments, checked.
pub(super) fn content(args: &Args) -> Result<Map<String, Value>, SlackRefusal> {
    let mut content = Map::new();
    let has = |name: &str| args.get(name).is_some_and(|value| *value != json!("") && *value != json!([]));
    if has("markdown_text") && (has("text") || has("blocks")) {
        return Err(no("markdown_text_conflict"));
    }
    if args.text("markdown_text").chars().count() > 12_000 {
        return Err(no("msg_too_long"));
    }
    if !["text", "blocks", "attachments", "markdown_text"].iter().any(|name| has(name)) {
        return Err(no("no_text"));
    }
    if let Some(blocks) = args.get("blocks") {
        if !blocks.is_array() {
            return Err(no("invalid_blocks_format"));
        }
        let found = complaints(blocks, Surface::Message, "/blocks");
        if !found.is_empty() {
            return Err(SlackRefusal::because("invalid_blocks", &found));
        }
        if is_too_long(blocks) {
            return Err(no("msg_blocks_too_long"));
        }
        content.insert("blocks".into(), with_ids(blocks));
    }
    if let Some(attachments) = args.get("attachments") {
        if attachments.as_array().is_some_and(|list| list.len() > 100) {
            return Err(no("too_many_attachments"));
        }
        content.insert("attachments".into(), attachments.clone());
    }
    let text = if has("markdown_text") { args.text("markdown_text") } else { args.text("text") };
    content.insert("text".into(), text.into());
    Ok(content)
}

/// Slack gives a `block_id` to each block that has none.
pub(super) fn with_ids(blocks: &Value) -> Value {
    let named = |(n, block): (usize, &Value)| {
        let mut block = block.clone();
        if block["block_id"].is_null() {
            block["block_id"] = format!("b{n:04}").into();
        }
        block
    };
    blocks.as_array().into_iter().flatten().enumerate().map(named).collect()
}

/// `{event_type, event_payload}`, or none; `{}` clears.
fn metadata(args: &Args) -> Result<Option<Value>, SlackRefusal> {
    let Some(metadata) = args.get("metadata") else { return Ok(None) };
    if metadata == &json!({}) {
        return Ok(None);
    }
    let shaped = metadata["event_type"].is_string()
        && metadata["event_payload"].is_object()
        && metadata.as_object().is_some_and(|map| map.len() == 2);
    match () {
        () if !shaped => Err(no("invalid_metadata_format")),
        () if metadata.to_string().len() > METADATA => Err(no("metadata_too_large")),
        () => Ok(Some(metadata.clone())),
    }
}

fn reading(args: &Args) -> Reading {
    let parse = args.get("parse").and_then(Value::as_str).map(str::to_owned);
    Reading { parse, link_names: args.flag("link_names") }
}

fn without_metadata(message: &Value) -> Value {
    let mut message = message.clone();
    message.as_object_mut().map(|message| message.remove("metadata"));
    message
}

pub(super) fn update(state: &mut Workspace, args: &Args) -> MethodOutput {
    if args.text("text").chars().count() > UPDATED_TEXT {
        return Err(no("msg_too_long"));
    }
    let content = content(args)?;
    let metadata_given = args.get("metadata").is_some();
    let metadata = metadata(args)?;
    let (ts, bot, bot_user) = (args.ts(), state.settings.bot.clone(), state.settings.bot_user.clone());
    let now = state.ts();
    let channel = state.joined(&args.channel())?;
    let message =
        channel.messages.get_mut(&ts).map(Arc::make_mut).filter(|message| message["subtype"] != "tombstone");
    let message = message.ok_or_else(|| no("message_not_found"))?;
    if message["bot_id"] != bot.as_str() {
        return Err(no("cant_update_message"));
    }
    if let Some(message) = message.as_object_mut() {
        // Text without blocks takes the blocks away.
        message.remove("blocks");
        message.extend(content);
        if metadata_given {
            message.remove("metadata");
        }
        message.extend(metadata.map(|metadata| ("metadata".to_owned(), metadata)));
        message.insert("edited".into(), json!({ "user": bot_user, "ts": now }));
    }
    let shown = without_metadata(message);
    // `parse` and `link_names` fall back to their defaults when they are not given again.
    let mut how = reading(args);
    how.parse.get_or_insert_with(|| "client".to_owned());
    channel.readings.insert(ts.clone(), how);
    yes(json!({ "channel": args.channel(), "ts": ts, "text": shown["text"], "message": shown }))
}

pub(super) fn delete(state: &mut Workspace, args: &Args) -> MethodOutput {
    let (ts, bot) = (args.ts(), state.settings.bot.clone());
    let channel = state.joined(&args.channel())?;
    match channel.messages.get(&ts) {
        None => return Err(no("message_not_found")),
        Some(message) if message["subtype"] == "tombstone" => return Err(no("message_not_found")),
        Some(message) if message["bot_id"] != bot.as_str() => return Err(no("cant_delete_message")),
        Some(_) => channel.remove(&ts),
    };
    yes(json!({ "channel": args.channel(), "ts": ts }))
}

pub(super) fn post_ephemeral(state: &mut Workspace, args: &Args) -> MethodOutput {
    let content = content(args)?;
    let (user, ts) = (args.user(), state.ts());
    let mut message = base(state, &ts);
    message.extend(content);
    let channel = state.joined(&args.channel())?;
    if !channel.members.contains(&user) {
        return Err(no("user_not_in_channel"));
    }
    for (name, value) in
        [("channel", args.text("channel")), ("to", user.as_str()), ("thread_ts", args.text("thread_ts"))]
    {
        message.insert(name.into(), value.into());
    }
    message.insert("is_ephemeral".into(), true.into());
    state.ephemerals.push(Value::Object(message));
    yes(json!({ "message_ts": ts }))
}

pub(super) fn permalink(state: &mut Workspace, args: &Args) -> MethodOutput {
    let (id, ts, domain) = (args.channel(), Ts::new(args.text("message_ts")), state.settings.domain.clone());
    let channel = state.visible(&id)?;
    let message = channel.messages.get(&ts).ok_or_else(|| no("message_not_found"))?;
    let mut link = format!("https://{domain}.slack.com/archives/{id}/p{}", ts.as_str().replace('.', ""));
    if let Some(thread) = message["thread_ts"].as_str().filter(|thread| ts != *thread) {
        link.push_str(&format!("?thread_ts={thread}&cid={id}"));
    }
    yes(json!({ "channel": id, "permalink": link }))
}
