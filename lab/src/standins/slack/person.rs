//! What does a person do in Slack, and what does Slack send us for it?
//! Every request is signed as <https://docs.slack.dev/authentication/verifying-requests-from-slack> says and has
//! the shape of real ones.

use std::sync::Arc;

use bytes::Bytes;
use casebridge::case::{ChannelId, TeamId, Ts, UserId};
use serde_json::{Value, json};

use super::{
    super::exchange::SignedRequest,
    SlackStandin,
    manifest::message_shortcuts,
    messages::with_ids,
    sent::{COMMANDS, EVENTS, FORM, event, interaction, placed, sign},
    state::Workspace,
    views::public,
    workspace::add_file,
};

impl SlackStandin {
    /// Any body, signed now: for requests that Slack would never send.
    pub fn signed(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> SignedRequest {
        self.with(|state| sign(state, path, content_type, body.into()))
    }

    /// Somebody types a slash command into a channel.
    pub fn types(&self, user: &UserId, channel: &ChannelId, command: &str, text: &str) -> SignedRequest {
        self.with(|state| types(state, user, channel, command, text))
    }

    /// Somebody presses a button or picks from a menu in a message, named by its `action_id`. `chosen` is what
    /// the action adds, such as `{"selected_option": {…}}`; null for a button. Where several have the same
    /// `action_id`, the first.
    /// Fails when there is no such message or no such element in it.
    pub fn clicks(
        &self,
        user: &UserId,
        channel: &ChannelId,
        ts: &Ts,
        action_id: &str,
        chosen: &Value,
    ) -> Result<SignedRequest, String> {
        self.with(|state| clicks(state, user, channel, ts, action_id, chosen))
    }

    /// The same in a modal or an App Home.
    /// Fails when there is no such view or element.
    pub fn clicks_in_view(
        &self,
        user: &UserId,
        view: &str,
        action_id: &str,
        chosen: &Value,
    ) -> Result<SignedRequest, String> {
        self.with(|state| clicks_in_view(state, user, view, action_id, chosen))
    }

    /// Somebody submits a modal; `values` is `{block_id: {action_id: {type, value, …}}}`.
    /// Fails when there is no such view.
    pub fn submits(&self, user: &UserId, view: &str, values: &Value) -> Result<SignedRequest, String> {
        self.with(|state| {
            let mut view = state.views.get(view).cloned().ok_or("no such view")?;
            has_fields(&view, values)?;
            view["state"] = json!({ "values": values });
            let trigger = state.trigger(user);
            let more = json!({ "view": public(view), "trigger_id": trigger, "response_urls": [] });
            Ok(interaction(state, "view_submission", user, more))
        })
    }

    /// Somebody closes a modal that asked for `notify_on_close`; the view is gone.
    /// Fails when there is no such view.
    pub fn closes(&self, user: &UserId, view: &str) -> Result<SignedRequest, String> {
        self.with(|state| {
            let view = state.views.remove(view).ok_or("no such view")?;
            Ok(interaction(state, "view_closed", user, json!({ "view": public(view), "is_cleared": false })))
        })
    }

    /// Somebody chooses a shortcut in a message's menu.
    /// Fails when there is no such message, or the app has no such shortcut.
    pub fn uses_message_shortcut(
        &self,
        user: &UserId,
        channel: &ChannelId,
        ts: &Ts,
        callback_id: &str,
    ) -> Result<SignedRequest, String> {
        self.with(|state| {
            let place = state.channels.get(channel).ok_or("no such channel")?;
            let message = place.messages.get(ts).map(|message| (**message).clone()).ok_or("no such message")?;
            let name = place.wire["name"].clone();
            let known = message_shortcuts().iter().any(|shortcut| shortcut["callback_id"] == callback_id);
            known.then_some(()).ok_or("no such shortcut")?;
            let more = json!({ "callback_id": callback_id, "action_ts": state.ts(), "message_ts": ts,
                "message": message, "channel": { "id": channel, "name": name },
                "trigger_id": state.trigger(user), "response_url": state.hook("actions", channel, user, None) });
            Ok(interaction(state, "message_action", user, more))
        })
    }

    /// Somebody chooses a global shortcut: no channel, no `response_url`.
    pub fn uses_shortcut(&self, user: &UserId, callback_id: &str) -> SignedRequest {
        self.with(|state| {
            let more = json!({ "callback_id": callback_id, "action_ts": state.ts(), "trigger_id": state.trigger(user) });
            interaction(state, "shortcut", user, more)
        })
    }

    /// Somebody says something, in a channel or below `thread_ts`; says the timestamp and what Slack sends:
    /// the message, and `app_mention` as well when the bot is named.
    pub fn says(
        &self,
        user: &UserId,
        channel: &ChannelId,
        text: &str,
        thread_ts: Option<&Ts>,
    ) -> (Ts, Vec<SignedRequest>) {
        self.with(|state| says(state, user, channel, text, thread_ts))
    }

    /// Somebody shares a file; says the file's id, the message's timestamp and what Slack sends.
    pub fn shares(
        &self,
        user: &UserId,
        channel: &ChannelId,
        (name, mimetype): (&str, &str),
        bytes: impl Into<Bytes>,
        thread_ts: Option<&Ts>,
    ) -> (String, Ts, SignedRequest) {
        self.with(|state| {
            let file = add_file(state, user, name, mimetype, bytes.into());
            let message = with_file(state, said(state, user, "", thread_ts), &file);
            let ts = put(state, channel, message.clone());
            (file, ts, event(state, placed(state, message, channel)))
        })
    }

    /// Somebody says something and shares a file with it; says what Slack sends.
    pub fn says_with_file(
        &self,
        user: &UserId,
        channel: &ChannelId,
        text: &str,
        (name, mimetype): (&str, &str),
        bytes: impl Into<Bytes>,
        thread_ts: Option<&Ts>,
    ) -> Vec<SignedRequest> {
        self.with(|state| {
            let file = add_file(state, user, name, mimetype, bytes.into());
            let message = with_file(state, said(state, user, text, thread_ts), &file);
            told(state, channel, message).1
        })
    }

    /// Somebody edits a message.
    /// Fails when there is no such message.
    pub fn edits(
        &self,
        user: &UserId,
        channel: &ChannelId,
        ts: &Ts,
        text: &str,
    ) -> Result<SignedRequest, String> {
        self.with(|state| {
            let now = state.ts();
            let place = state.channels.get_mut(channel).ok_or("no such channel")?;
            let message = place.messages.get_mut(ts).map(Arc::make_mut).ok_or("no such message")?;
            let before = message.clone();
            message["text"] = text.into();
            message["blocks"] = rich(text);
            message["edited"] = json!({ "user": user, "ts": now });
            let changed = json!({ "type": "message", "subtype": "message_changed", "hidden": true, "ts": now,
                "message": message, "previous_message": before });
            Ok(event(state, placed(state, changed, channel)))
        })
    }

    /// Somebody deletes a message, whosever it is.
    /// Fails when there is no such message.
    pub fn deletes(&self, channel: &ChannelId, ts: &Ts) -> Result<SignedRequest, String> {
        self.with(|state| deletes(state, channel, ts))
    }

    /// Somebody archives a channel.
    pub fn archives(&self, channel: &ChannelId, user: &UserId) -> SignedRequest {
        self.with(|state| archives(state, channel, user, true))
    }

    /// Somebody brings an archived channel back.
    pub fn unarchives(&self, channel: &ChannelId, user: &UserId) -> SignedRequest {
        self.with(|state| archives(state, channel, user, false))
    }

    /// Somebody opens the app's Home.
    pub fn opens_home(&self, user: &UserId) -> SignedRequest {
        self.with(|state| {
            let ts = state.ts();
            event(
                state,
                json!({ "type": "app_home_opened", "user": user, "channel": "D024BE7LH", "tab": "home",
                "event_ts": ts }),
            )
        })
    }

    /// Slack asks whether the events URL is ours.
    pub fn verifies_url(&self, challenge: &str) -> SignedRequest {
        let body = json!({ "token": "deprecated", "challenge": challenge, "type": "url_verification" });
        self.signed(EVENTS, "application/json", body.to_string())
    }
}

pub(super) fn types(
    state: &mut Workspace,
    user: &UserId,
    channel: &ChannelId,
    command: &str,
    text: &str,
) -> SignedRequest {
    let private = state.channels.get(channel).is_some_and(super::state::Channel::is_private);
    let name = state.channels.get(channel).and_then(|channel| channel.wire["name"].as_str());
    let name = if private { "privategroup" } else { name.unwrap_or_default() }.to_owned();
    let user_name =
        state.users.get(user).and_then(|user| user["name"].as_str()).unwrap_or_default().to_owned();
    let team = team_of(state, user);
    let (response_url, trigger) = (state.hook("commands", channel, user, None), state.trigger(user));
    let settings = &state.settings;
    let fields = [
        ("token", "deprecated"),
        ("team_id", team.as_str()),
        ("team_domain", &settings.domain),
        ("channel_id", channel.as_str()),
        ("channel_name", &name),
        ("user_id", user.as_str()),
        ("user_name", &user_name),
        ("command", command),
        ("text", text),
        ("api_app_id", &settings.app),
        ("is_enterprise_install", "false"),
        ("response_url", &response_url),
        ("trigger_id", &trigger),
    ];
    sign(state, COMMANDS, FORM, serde_urlencoded::to_string(fields).unwrap_or_default().into_bytes())
}

/// The workspace in which somebody acts: somebody of another organisation brings their own along.
fn team_of(state: &Workspace, user: &UserId) -> TeamId {
    let (own, user) = (&state.settings.team, &state.users.get(user).unwrap_or(&Value::Null));
    let teams = user["enterprise_user"]["teams"].as_array();
    let is_ours = teams.is_some_and(|teams| teams.iter().any(|team| *team == own.as_str()));
    if is_ours { own.clone() } else { TeamId::new(user["team_id"].as_str().unwrap_or_default()) }
}

/// The interactive element with this `action_id`, with the `block_id` around it.
fn element(blocks: &Value, action_id: &str) -> Option<(Value, Value)> {
    let blocks = blocks.as_array()?;
    blocks.iter().find_map(|block| {
        let listed = block["elements"].as_array().into_iter().flatten();
        let mut all = listed.chain([&block["accessory"], &block["element"]]);
        all.find(|element| element["action_id"] == action_id)
            .map(|element| (element.clone(), block["block_id"].clone()))
    })
}

fn action(state: &Workspace, blocks: &Value, action_id: &str, chosen: &Value) -> Result<Value, String> {
    let (element, block_id) =
        element(blocks, action_id).ok_or_else(|| format!("no element with action_id {action_id}"))?;
    let mut action = json!({ "action_id": action_id, "block_id": block_id, "type": element["type"],
        "action_ts": state.ts() });
    for name in ["text", "value", "url", "style", "placeholder"] {
        if !element[name].is_null() {
            action[name] = element[name].clone();
        }
    }
    for (name, value) in chosen.as_object().into_iter().flatten() {
        action[name] = value.clone();
    }
    Ok(action)
}

pub(super) fn clicks(
    state: &mut Workspace,
    user: &UserId,
    channel: &ChannelId,
    ts: &Ts,
    action_id: &str,
    chosen: &Value,
) -> Result<SignedRequest, String> {
    let ephemeral = state.ephemerals.iter().find(|message| message["ts"] == ts.as_str()).cloned();
    let is_ephemeral = ephemeral.is_some();
    let place = state.channels.get(channel).ok_or("no such channel")?;
    let message = ephemeral
        .or_else(|| place.messages.get(ts).map(|message| (**message).clone()))
        .ok_or("no such message")?;
    let name = place.wire["name"].clone();
    let action = action(state, &message["blocks"], action_id, chosen)?;
    let mut container =
        json!({ "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": is_ephemeral });
    if !message["thread_ts"].is_null() {
        container["thread_ts"] = message["thread_ts"].clone();
    }
    let mut more = json!({ "container": container, "trigger_id": state.trigger(user), "actions": [action],
        "channel": { "id": channel, "name": name }, "state": { "values": {} },
        "response_url": state.hook("actions", channel, user, Some(ts)) });
    // Of an ephemeral message Slack does not send the content back.
    if !is_ephemeral {
        more["message"] = message;
    }
    Ok(interaction(state, "block_actions", user, more))
}

fn has_fields(view: &Value, values: &Value) -> Result<(), String> {
    let blocks = || view["blocks"].as_array().into_iter().flatten();
    for (block, elements) in values.as_object().into_iter().flatten() {
        let input = blocks().find(|one| one["type"] == "input" && one["block_id"] == *block);
        let action = input.map_or(&Value::Null, |input| &input["element"]["action_id"]);
        let all = || elements.as_object().into_iter().flatten();
        if let Some((other, _)) = all().find(|(element, _)| *action != **element) {
            return Err(format!("no field {block}/{other}"));
        }
    }
    Ok(())
}

fn clicks_in_view(
    state: &mut Workspace,
    user: &UserId,
    id: &str,
    action_id: &str,
    chosen: &Value,
) -> Result<SignedRequest, String> {
    let home = || state.homes.values().find(|view| view["id"] == id);
    let view = state.views.get(id).or_else(home).cloned().ok_or("no such view")?;
    let action = action(state, &view["blocks"], action_id, chosen)?;
    let more = json!({ "container": { "type": "view", "view_id": id }, "trigger_id": state.trigger(user),
        "actions": [action], "view": public(view) });
    Ok(interaction(state, "block_actions", user, more))
}

pub(super) fn rich(text: &str) -> Value {
    with_ids(&json!([{ "type": "rich_text", "elements": [{ "type": "rich_text_section",
        "elements": [{ "type": "text", "text": text }] }] }]))
}

pub(super) fn said(state: &Workspace, user: &UserId, text: &str, thread_ts: Option<&Ts>) -> Value {
    let mut message = json!({ "type": "message", "user": user, "text": text, "ts": state.ts(),
        "client_msg_id": format!("{:08x}-7ddf-4ede-b479-ad21fca66d63", state.next()), "team": state.settings.team,
        "blocks": rich(text) });
    if let Some(bot) = state.users.get(user).filter(|user| user["is_bot"] == true) {
        message["bot_id"] = bot["id"].as_str().unwrap_or_default().replacen('U', "B", 1).into();
    }
    if let Some(thread) = thread_ts {
        message["thread_ts"] = json!(thread);
    }
    message
}

fn put(state: &mut Workspace, channel: &ChannelId, message: Value) -> Ts {
    let ts = Ts::new(message["ts"].as_str().unwrap_or_default());
    if let Some(channel) = state.channels.get_mut(channel) {
        channel.put(message);
    }
    ts
}

pub(super) fn says(
    state: &mut Workspace,
    user: &UserId,
    channel: &ChannelId,
    text: &str,
    thread_ts: Option<&Ts>,
) -> (Ts, Vec<SignedRequest>) {
    let message = said(state, user, text, thread_ts);
    told(state, channel, message)
}

fn with_file(state: &Workspace, mut message: Value, file: &str) -> Value {
    message["subtype"] = "file_share".into();
    message["files"] = json!([state.files[file].wire]);
    message
}

/// Keeps a message, and says its timestamp and what Slack sends: `app_mention` as well when it names the bot.
pub(super) fn told(state: &mut Workspace, channel: &ChannelId, message: Value) -> (Ts, Vec<SignedRequest>) {
    let ts = put(state, channel, message.clone());
    let mut sent = vec![event(state, placed(state, message.clone(), channel))];
    let text = message["text"].as_str().unwrap_or_default();
    if text.contains(&format!("<@{}>", state.settings.bot_user)) {
        let mut mention = placed(state, message, channel);
        mention["type"] = "app_mention".into();
        mention.as_object_mut().map(|mention| mention.remove("channel_type"));
        sent.push(event(state, mention));
    }
    (ts, sent)
}

pub(super) fn deletes(state: &mut Workspace, channel: &ChannelId, ts: &Ts) -> Result<SignedRequest, String> {
    let now = state.ts();
    let place = state.channels.get_mut(channel).ok_or("no such channel")?;
    let gone = place.remove(ts).ok_or("no such message")?;
    // Of a message with answers a stone is left.
    let deleted = match place.messages.get(ts) {
        Some(stone) => json!({ "type": "message", "subtype": "message_changed", "hidden": true, "ts": now,
            "message": **stone, "previous_message": gone }),
        None => json!({ "type": "message", "subtype": "message_deleted", "hidden": true, "ts": now,
            "deleted_ts": ts, "previous_message": gone }),
    };
    Ok(event(state, placed(state, deleted, channel)))
}

pub(super) fn archives(
    state: &mut Workspace,
    channel: &ChannelId,
    user: &UserId,
    archived: bool,
) -> SignedRequest {
    if let Some(channel) = state.channels.get_mut(channel) {
        channel.wire["is_archived"] = archived.into();
    }
    let kind = if archived { "channel_archive" } else { "channel_unarchive" };
    let ts = state.ts();
    event(state, json!({ "type": kind, "channel": channel, "user": user, "event_ts": ts }))
}
