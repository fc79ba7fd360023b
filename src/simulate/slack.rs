//! What does the simulated Slack keep, and how does it answer? Only what the core asks, at the wire.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{case::Millis, wire::Response};

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

/// The workspace.
#[derive(Default)]
pub struct Slack {
    /// All messages, in the order in which they came.
    pub messages: Vec<Message>,
    /// Posts that were answered `ok` and not stored, by mark.
    pub swallowed: Vec<String>,
    /// The channel is archived, the token revoked: until then.
    pub broken: Option<(Millis, &'static str)>,
    /// What was answered to `response_url`s.
    pub answers: HashMap<String, Vec<String>>,
    last: Millis,
}

#[derive(Deserialize)]
struct Post {
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
struct Read {
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
        match path.rsplit('/').next().unwrap_or_default() {
            "auth.test" => ok(&json!({"ok": true, "bot_id": BOT, "user_id": BOT_USER, "team_id": "T1"})),
            "users.info" => ok(&json!({"ok": true, "user": {
                "id": PERSON, "team_id": "T1", "name": "ana", "deleted": false, "is_bot": false,
                "is_restricted": false, "is_ultra_restricted": false,
            }})),
            "chat.postMessage" => self.post(body, now, true),
            "chat.update" => self.update(body),
            "chat.delete" => self.delete(body, now),
            "conversations.replies" => self.replies(body, seen),
            "conversations.history" => self.history(body, seen),
            _ => ok(&json!({"ok": false, "error": "unknown_method"})),
        }
    }

    /// Answers a post `ok`; stores it only where asked.
    pub fn post(&mut self, body: &[u8], now: Millis, stored: bool) -> Response {
        let Ok(post) = serde_json::from_slice::<Post>(body) else { return no("invalid_arguments") };
        let mark = post.metadata.map(|metadata| metadata.event_payload.mark);
        if let Some(thread) = &post.thread_ts
            && !self.messages.iter().any(|message| message.ts == *thread)
        {
            return no("thread_not_found");
        }
        if !stored {
            self.swallowed.extend(mark);
            return ok(&json!({"ok": true, "ts": self.ts(now)}));
        }
        let ts = self.say(now, post.thread_ts, mark, None, post.text);
        ok(&json!({"ok": true, "ts": ts}))
    }

    /// Puts a message into the channel.
    pub fn say(
        &mut self,
        now: Millis,
        thread: Option<String>,
        mark: Option<String>,
        user: Option<String>,
        text: String,
    ) -> String {
        let ts = self.ts(now);
        let thread = thread.unwrap_or_else(|| ts.clone());
        self.messages.push(Message { ts: ts.clone(), thread, mark, user, text, posted: now, deleted: None });
        ts
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
        let Some(thread) = read.ts else { return no("thread_not_found") };
        self.listed(seen, false, |message| message.thread == thread)
    }

    fn history(&self, body: &[u8], seen: Millis) -> Response {
        let Ok(read) = serde_urlencoded::from_bytes::<Read>(body) else { return no("invalid_arguments") };
        let oldest = read.oldest.unwrap_or_default();
        self.listed(seen, true, |message| message.thread == message.ts && message.ts >= oldest)
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
