//! What does the simulated Slack keep, and how does it answer? Only what the core asks, at the wire.

use std::collections::HashMap;

use casebridge::{case::Millis, http::Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::{Refusals, Set};

/// Our bot's id.
pub const BOT: &str = "B1";
/// Our bot's user.
pub const BOT_USER: &str = "U0";
/// The person who commands and replies.
pub const PERSON: &str = "U1";
/// The channel of all cases.
pub const CHANNEL: &str = "C1";

/// A message that stands, or stood, in a channel.
#[derive(Clone, Debug)]
pub struct Message {
    /// Names it; rises with time.
    pub ts: String,
    /// Where it stands.
    pub channel: String,
    /// The thread it stands in; its own `ts` for a thread's first.
    pub thread: String,
    /// Our mark, with the hash of what it says now.
    pub mark: Option<String>,
    /// A person wrote it.
    pub user: Option<String>,
    /// What it says.
    pub text: String,
    /// When it came.
    pub posted: Millis,
    /// When it was deleted.
    pub deleted: Option<Millis>,
}

/// A channel that was made for a case.
#[derive(Clone, Debug)]
pub struct Channel {
    /// `C2` and so on.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its topic.
    pub topic: String,
    /// Whether the person whom the settings name was invited.
    pub joined: bool,
}

/// The workspace.
#[derive(Default)]
pub struct Slack {
    /// The channels that were made.
    pub channels: Vec<Channel>,
    /// All messages, in the order in which they came.
    pub messages: Vec<Message>,
    /// Posts that were answered `ok` and not stored, by mark.
    pub swallowed: Vec<String>,
    /// The channel is archived, the token revoked: until then.
    pub broken: Option<(Millis, &'static str)>,
    /// What is refused in the first channel that was made, and of cards.
    pub refusals: Refusals,
    /// What was answered to `response_url`s.
    pub answers: HashMap<String, Vec<String>>,
    last: Millis,
}

#[derive(Deserialize)]
struct Post {
    channel: String,
    thread_ts: Option<String>,
    ts: Option<String>,
    #[serde(default)]
    text: String,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    event_payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    mark: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Asked {
    channel: String,
    #[serde(default)]
    topic: String,
}

#[derive(Deserialize)]
struct Read {
    channel: String,
    ts: Option<String>,
    oldest: Option<String>,
}

impl Slack {
    /// Whether this method adds a message.
    pub fn is_post(path: &str) -> bool {
        path.ends_with("/chat.postMessage")
    }

    /// Does what is asked, now, and answers. A read shows what stood there at `seen`.
    pub fn answer(&mut self, path: &str, body: &[u8], now: Millis, seen: Millis) -> Response {
        if let Some((_, code)) = self.broken.filter(|(until, _)| now < *until) {
            return ok(&json!({"ok": false, "error": code}));
        }
        if let Some(code) = self.refused(path, body, now) {
            return no(code);
        }
        match path.rsplit('/').next().unwrap_or_default() {
            "auth.test" => ok(&json!({"ok": true, "bot_id": BOT, "user_id": BOT_USER, "team_id": "T1"})),
            "users.info" => ok(&json!({"ok": true, "user": {
                "id": PERSON, "team_id": "T1", "name": "ana", "deleted": false, "is_bot": false,
                "is_restricted": false, "is_ultra_restricted": false,
            }})),
            "conversations.info" => ok(&json!({"ok": true, "channel": {
                "id": CHANNEL, "is_shared": false, "is_ext_shared": false, "is_org_shared": false,
                "is_pending_ext_shared": false,
            }})),
            "users.lookupByEmail" => ok(&json!({"ok": true, "user": {"id": PERSON, "team_id": "T1"}})),
            "conversations.create" => self.make(body),
            "conversations.list" => self.list(),
            "conversations.setTopic" => self.put(body, |channel, asked| channel.topic = asked.topic),
            "conversations.invite" => self.put(body, |channel, _| channel.joined = true),
            "chat.postMessage" => self.post(body, now, true),
            "chat.postEphemeral" => self.whisper(body, now),
            "chat.update" => self.update(body),
            "chat.delete" => self.delete(body, now),
            "conversations.replies" => self.replies(body, seen),
            "conversations.history" => self.history(body, seen),
            _ => ok(&json!({"ok": false, "error": "unknown_method"})),
        }
    }

    /// What is only set can be refused: as a rule of the workspace, a missing scope or a limit does.
    fn refused(&self, path: &str, body: &[u8], now: Millis) -> Option<&'static str> {
        let (what, code) = match path.rsplit('/').next()? {
            "conversations.setTopic" => (Set::Topic, "restricted_action"),
            "conversations.invite" => (Set::Invitation, "missing_scope"),
            "chat.update" => (Set::Card, "msg_too_long"),
            _ => return None,
        };
        if !self.refusals.hold(what, now) {
            return None;
        }
        let concerned = match what {
            Set::Card => {
                let post = serde_json::from_slice::<Post>(body).ok()?;
                post.metadata.is_some_and(|metadata| metadata.event_payload.mark.contains("/home#"))
            }
            _ => serde_json::from_slice::<Asked>(body).ok()?.channel == self.channels.first()?.id,
        };
        concerned.then_some(code)
    }

    /// Answers a post `ok`; stores it only where asked.
    pub fn post(&mut self, body: &[u8], now: Millis, stored: bool) -> Response {
        let Ok(post) = serde_json::from_slice::<Post>(body) else { return no("invalid_arguments") };
        let mark = post.metadata.map(|metadata| metadata.event_payload.mark);
        if post.channel == PERSON {
            return ok(&json!({"ok": true, "ts": self.ts(now)}));
        }
        if !self.is_channel(&post.channel) {
            return no("channel_not_found");
        }
        if let Some(thread) = &post.thread_ts
            && !self.messages.iter().any(|message| message.ts == *thread)
        {
            return no("thread_not_found");
        }
        if !stored {
            self.swallowed.extend(mark);
            return ok(&json!({"ok": true, "ts": self.ts(now)}));
        }
        let ts = self.say(now, post.channel, post.thread_ts, mark, None, post.text);
        ok(&json!({"ok": true, "ts": ts}))
    }

    /// Shows something to one person: nobody else sees it, and nobody asks for it later.
    fn whisper(&mut self, body: &[u8], now: Millis) -> Response {
        let Ok(post) = serde_json::from_slice::<Post>(body) else { return no("invalid_arguments") };
        match self.is_channel(&post.channel) {
            true => ok(&json!({"ok": true, "message_ts": self.ts(now)})),
            false => no("channel_not_found"),
        }
    }

    /// Puts a message into the channel.
    pub fn say(
        &mut self,
        now: Millis,
        channel: String,
        thread: Option<String>,
        mark: Option<String>,
        user: Option<String>,
        text: String,
    ) -> String {
        let ts = self.ts(now);
        let thread = thread.unwrap_or_else(|| ts.clone());
        let posted = now;
        self.messages.push(Message {
            ts: ts.clone(),
            channel,
            thread,
            mark,
            user,
            text,
            posted,
            deleted: None,
        });
        ts
    }

    fn is_channel(&self, id: &str) -> bool {
        id == CHANNEL || self.channels.iter().any(|channel| channel.id == id)
    }

    fn make(&mut self, body: &[u8]) -> Response {
        let Ok(Named { name }) = serde_json::from_slice(body) else { return no("invalid_arguments") };
        if self.channels.iter().any(|channel| channel.name == name) {
            return no("name_taken");
        }
        let id = format!("C{}", 2 + self.channels.len());
        let made = ok(&json!({"ok": true, "channel": {"id": id, "name": name}}));
        self.channels.push(Channel { id, name, topic: String::new(), joined: false });
        made
    }

    fn list(&self) -> Response {
        let shown = |channel: &Channel| json!({"id": channel.id, "name": channel.name, "creator": BOT_USER});
        ok(&json!({"ok": true, "channels": self.channels.iter().map(shown).collect::<Vec<_>>()}))
    }

    fn put(&mut self, body: &[u8], put: impl FnOnce(&mut Channel, Asked)) -> Response {
        let Ok(asked) = serde_json::from_slice::<Asked>(body) else { return no("invalid_arguments") };
        match self.channels.iter_mut().find(|channel| channel.id == asked.channel) {
            Some(channel) => {
                put(channel, asked);
                ok(&json!({"ok": true}))
            }
            None => no("channel_not_found"),
        }
    }

    fn ts(&mut self, now: Millis) -> String {
        self.last = now.max(self.last + 1);
        format!("{}.{:03}000", self.last / 1_000, self.last % 1_000)
    }

    fn find(&mut self, ts: Option<&String>) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| Some(&message.ts) == ts && message.deleted.is_none())
    }

    fn update(&mut self, body: &[u8]) -> Response {
        let Ok(post) = serde_json::from_slice::<Post>(body) else { return no("invalid_arguments") };
        let Some(message) = self.find(post.ts.as_ref()) else { return no("message_not_found") };
        message.mark = post.metadata.map(|metadata| metadata.event_payload.mark);
        message.text = post.text;
        ok(&json!({"ok": true}))
    }

    fn delete(&mut self, body: &[u8], now: Millis) -> Response {
        let Ok(post) = serde_json::from_slice::<Post>(body) else { return no("invalid_arguments") };
        let Some(message) = self.find(post.ts.as_ref()) else { return no("message_not_found") };
        message.deleted = Some(now);
        ok(&json!({"ok": true}))
    }

    fn replies(&self, body: &[u8], seen: Millis) -> Response {
        let Ok(read) = serde_urlencoded::from_bytes::<Read>(body) else { return no("invalid_arguments") };
        let Some(thread) = &read.ts else { return no("thread_not_found") };
        self.listed(seen, false, |message| message.channel == read.channel && message.thread == *thread)
    }

    fn history(&self, body: &[u8], seen: Millis) -> Response {
        let Ok(read) = serde_urlencoded::from_bytes::<Read>(body) else { return no("invalid_arguments") };
        let oldest = read.oldest.as_deref().unwrap_or_default();
        self.listed(seen, true, |message| {
            message.channel == read.channel && message.thread == message.ts && message.ts.as_str() >= oldest
        })
    }

    fn listed(&self, seen: Millis, newest_first: bool, of: impl Fn(&Message) -> bool) -> Response {
        let there = |message: &&Message| {
            message.posted <= seen && message.deleted.is_none_or(|at| at > seen) && of(message)
        };
        let mut messages: Vec<Value> = self.messages.iter().filter(there).map(shown).collect();
        if newest_first {
            messages.reverse();
        }
        ok(&json!({"ok": true, "messages": messages}))
    }
}

fn shown(message: &Message) -> Value {
    let mut shown = json!({"ts": message.ts, "thread_ts": message.thread, "text": message.text});
    match (&message.user, &message.mark) {
        (Some(user), _) => shown["user"] = json!(user),
        (None, mark) => {
            shown["bot_id"] = json!(BOT);
            shown["user"] = json!(BOT_USER);
            if let Some(mark) = mark {
                shown["metadata"] = json!({"event_type": "casebridge", "event_payload": {"mark": mark}});
            }
        }
    }
    shown
}

fn ok(body: &Value) -> Response {
    Response { status: 200, retry_after: None, body: serde_json::to_vec(body).unwrap_or_default().into() }
}

fn no(code: &str) -> Response {
    ok(&json!({"ok": false, "error": code}))
}
