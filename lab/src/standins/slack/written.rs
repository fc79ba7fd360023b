//! What people write that is more than words: forwards, tables, files of every kind, edits of them.

use std::sync::Arc;

use casebridge::case::{ChannelId, Ts, UserId};
use serde_json::{Value, json};

use super::{
    super::exchange::SignedRequest,
    SlackStandin,
    person::{rich, said, told},
    sent::{event, placed},
    state::Workspace,
};

impl SlackStandin {
    /// Somebody says something; `more` are the message's fields as Slack's client writes them: `text`, `blocks`,
    /// `attachments`, `files`, `subtype`. Says the timestamp and what Slack sends.
    pub fn writes(
        &self,
        user: &UserId,
        channel: &ChannelId,
        more: &Value,
        thread_ts: Option<&Ts>,
    ) -> (Ts, Vec<SignedRequest>) {
        self.with(|state| writes(state, (user, channel), more, thread_ts))
    }

    /// A message becomes another; `more` are the fields that change. Without an `edited` of its own it is an edit of its
    /// writer's, with `"edited": null` something else: a preview came, a file was deleted.
    /// Fails when there is no such message.
    pub fn rewrites(
        &self,
        user: &UserId,
        channel: &ChannelId,
        ts: &Ts,
        more: &Value,
    ) -> Result<SignedRequest, String> {
        self.with(|state| rewrites(state, (user, channel, ts), more))
    }

    /// The event of a message that stands in a channel already: the app's own, as Slack tells the app of it.
    pub fn tells_of(&self, channel: &ChannelId, message: Value) -> SignedRequest {
        self.with(|state| event(state, placed(state, message, channel)))
    }

    /// What Slack says of a file from now on: `mode`, `name` and the like.
    pub fn set_file(&self, file: &str, more: &Value) {
        self.with(|state| {
            if let Some(file) = state.files.get_mut(file) {
                file.wire = with(file.wire.take(), more);
            }
        });
    }
}

pub(super) fn writes(
    state: &mut Workspace,
    (user, channel): (&UserId, &ChannelId),
    more: &Value,
    thread_ts: Option<&Ts>,
) -> (Ts, Vec<SignedRequest>) {
    let text = more["text"].as_str().unwrap_or_default();
    let message = with(said(state, user, text, thread_ts), more);
    told(state, channel, message)
}

fn rewrites(
    state: &mut Workspace,
    (user, channel, ts): (&UserId, &ChannelId, &Ts),
    more: &Value,
) -> Result<SignedRequest, String> {
    let now = state.ts();
    let place = state.channels.get_mut(channel).ok_or("no such channel")?;
    let message = place.messages.get_mut(ts).map(Arc::make_mut).ok_or("no such message")?;
    let before = message.clone();
    *message = with(message.take(), more);
    if let (Some(text), None) = (more["text"].as_str(), more.get("blocks")) {
        message["blocks"] = rich(text);
    }
    if more.get("edited").is_none() {
        message["edited"] = json!({ "user": user, "ts": now });
    }
    let changed = json!({ "type": "message", "subtype": "message_changed", "hidden": true, "ts": now,
        "message": message, "previous_message": before });
    Ok(event(state, placed(state, changed, channel)))
}

fn with(mut value: Value, more: &Value) -> Value {
    for (name, field) in more.as_object().into_iter().flatten() {
        value[name] = field.clone();
    }
    value
}
