//! What is true in the Slack workspace at this moment?

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use casebridge::case::{ChannelId, TeamId, Ts, UserId};
use serde_json::{Map, Value, json};

use super::{
    super::{Endpoint, ServiceClock, rate::Meter},
    mrkdwn::Reading,
    pace::Pace,
    trouble::{SlackRefusal, no},
};

/// The app's installation, and what a test may set.
#[derive(Clone)]
pub(super) struct Installation {
    pub(super) url: String,
    pub(super) token: String,
    pub(super) signing_secret: String,
    pub(super) scopes: Arc<BTreeSet<String>>,
    pub(super) team: TeamId,
    pub(super) domain: String,
    pub(super) app: String,
    pub(super) bot: String,
    pub(super) bot_user: UserId,
    pub(super) pace: Pace,
    pub(super) messages_tab: bool,
}

/// Everything; clones share clock and counters, so that what is rolled back does not use an id twice.
#[derive(Clone)]
pub struct Workspace {
    pub(super) clock: ServiceClock,
    counter: Arc<AtomicU64>,
    last_ts: Arc<AtomicI64>,
    pub(super) meter: Meter,
    pub(super) settings: Installation,
    pub(super) users: Arc<BTreeMap<UserId, Value>>,
    pub(super) groups: BTreeMap<String, UserGroup>,
    pub(super) channels: BTreeMap<ChannelId, Channel>,
    pub(super) ephemerals: Vec<Value>,
    pub(super) views: BTreeMap<String, Value>,
    pub(super) homes: BTreeMap<UserId, Value>,
    pub(super) files: BTreeMap<String, StoredFile>,
    /// By the file's id: announced, perhaps filled, and not shared yet.
    pub(super) uploads: BTreeMap<String, Upload>,
    pub(super) triggers: BTreeMap<String, Trigger>,
    /// Path → where a `response_url` leads.
    pub(super) hooks: BTreeMap<String, Hook>,
}

#[derive(Clone)]
pub(super) struct UserGroup {
    pub(super) wire: Value,
    pub(super) users: Vec<UserId>,
}

#[derive(Clone)]
pub(super) struct Channel {
    pub(super) wire: Value,
    pub(super) members: BTreeSet<UserId>,
    /// By timestamp, so in order.
    pub(super) messages: BTreeMap<Ts, Arc<Value>>,
    /// How the top-level text of a message is to be read.
    pub(super) readings: BTreeMap<Ts, Reading>,
    pub(super) pins: Vec<Ts>,
    pub(super) bookmarks: Vec<Value>,
    /// When the app last posted here, in milliseconds.
    pub(super) posted: i64,
    /// How often it posted less than a second after that.
    pub(super) too_fast: u32,
}

#[derive(Clone)]
pub(super) struct StoredFile {
    pub(super) wire: Value,
    pub(super) bytes: Bytes,
}

#[derive(Clone)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) length: usize,
    pub(super) bytes: Option<Bytes>,
}

/// A `trigger_id`: good for three seconds, once.
#[derive(Clone)]
pub(super) struct Trigger {
    pub(super) at: i64,
    pub(super) used: bool,
    pub(super) user: UserId,
}

/// A `response_url`: good for 30 minutes, five times.
#[derive(Clone)]
pub(super) struct Hook {
    pub(super) at: i64,
    pub(super) uses: u32,
    pub(super) channel: ChannelId,
    pub(super) user: UserId,
    /// The message that was acted on: its channel timestamp, or an ephemeral one's.
    pub(super) message: Option<Ts>,
}

impl Workspace {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        let settings = Installation {
            url: endpoint.url.clone(),
            token: "xoxb-stand-in".into(),
            signing_secret: "stand-in-signing-secret".into(),
            scopes: Arc::new(super::manifest::scopes()),
            team: TeamId::new("T024BE7LD"),
            domain: "example".into(),
            app: "A024BE7LA".into(),
            bot: "B024BE7LB".into(),
            bot_user: UserId::new("U024BE7LB"),
            pace: Pace::Counted,
            messages_tab: super::manifest::has_messages_tab(),
        };
        Self {
            clock: endpoint.clock.clone(),
            counter: Arc::default(),
            last_ts: Arc::default(),
            meter: Meter::default(),
            settings,
            users: Arc::default(),
            groups: BTreeMap::new(),
            channels: BTreeMap::new(),
            ephemerals: vec![],
            views: BTreeMap::new(),
            homes: BTreeMap::new(),
            files: BTreeMap::new(),
            uploads: BTreeMap::new(),
            triggers: BTreeMap::new(),
            hooks: BTreeMap::new(),
        }
    }

    pub(super) fn next(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// An id in Slack's style: a letter and nine more.
    pub(super) fn id(&self, letter: char) -> String {
        format!("{letter}{:09X}", 0x9_0000_0000_u64 + self.next() * 0x1_0001)
    }

    /// A message timestamp; no two are the same.
    pub(super) fn ts(&self) -> Ts {
        let now = self.clock.millis() * 1000;
        let last =
            self.last_ts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(now.max(last + 1)));
        let micros = last.map_or(now, |last| now.max(last + 1));
        Ts::new(format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000))
    }

    /// A channel that the bot can see: a private one only when it is in it.
    pub(super) fn visible(&mut self, id: &ChannelId) -> Result<&mut Channel, SlackRefusal> {
        let bot = self.settings.bot_user.clone();
        self.channels
            .get_mut(id)
            .filter(|channel| !channel.is_private() || channel.members.contains(&bot))
            .ok_or_else(|| no("channel_not_found"))
    }

    /// A channel that the bot can see, that is not archived, and of which it is a member.
    pub(super) fn joined(&mut self, id: &ChannelId) -> Result<&mut Channel, SlackRefusal> {
        let bot = self.settings.bot_user.clone();
        let channel = self.visible(id)?;
        match () {
            () if channel.wire["is_archived"] == true => Err(no("is_archived")),
            () if !channel.members.contains(&bot) => Err(no("not_in_channel")),
            () => Ok(channel),
        }
    }

    pub(super) fn found(&mut self, name: &str, private: bool, creator: &UserId) -> ChannelId {
        let id = ChannelId::new(self.id('C'));
        let wire = json!({
            "id": id, "name": name, "name_normalized": name, "is_channel": !private, "is_group": private,
            "is_im": false, "is_mpim": false, "is_private": private, "is_archived": false, "is_general": false,
            "is_shared": false, "is_ext_shared": false, "is_org_shared": false, "is_pending_ext_shared": false,
            "pending_shared": [], "shared_team_ids": [self.settings.team], "pending_connected_team_ids": [], "created": self.clock.seconds(),
            "creator": creator, "context_team_id": self.settings.team,
            "topic": { "value": "", "creator": "", "last_set": 0 },
            "purpose": { "value": "", "creator": "", "last_set": 0 },
        });
        self.channels.insert(id.clone(), Channel::new(wire, creator));
        id
    }

    pub(super) fn trigger(&mut self, user: &UserId) -> String {
        let id = format!("{}.{}.{:032x}", self.next(), 474_738_920, self.next());
        let trigger = Trigger { at: self.clock.millis(), used: false, user: user.clone() };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// A `response_url` under `/commands/` or `/actions/`.
    pub(super) fn hook(
        &mut self,
        kind: &str,
        channel: &ChannelId,
        user: &UserId,
        message: Option<&Ts>,
    ) -> String {
        let path = format!("/{kind}/{}/{}/{:024x}", self.settings.team, self.next(), 0x5ec2e7 + self.next());
        let hook = Hook {
            at: self.clock.millis(),
            uses: 0,
            channel: channel.clone(),
            user: user.clone(),
            message: message.cloned(),
        };
        self.hooks.insert(path.clone(), hook);
        format!("{}{path}", self.settings.url)
    }
}

impl Channel {
    pub(super) fn new(wire: Value, member: &UserId) -> Self {
        Self {
            wire,
            members: [member.clone()].into(),
            messages: BTreeMap::new(),
            readings: BTreeMap::new(),
            pins: vec![],
            bookmarks: vec![],
            posted: i64::MIN / 2,
            too_fast: 0,
        }
    }

    pub(super) fn is_private(&self) -> bool {
        self.wire["is_private"] == true || self.wire["is_im"] == true
    }

    /// The channel as `conversations.info` shows it to the bot.
    pub(super) fn seen_by(&self, user: &UserId) -> Value {
        let mut wire = self.wire.clone();
        wire["is_member"] = self.members.contains(user).into();
        wire["num_members"] = self.members.len().into();
        wire
    }

    /// Messages of a thread below its parent, in order.
    pub(super) fn replies<'a>(&'a self, parent: &'a Ts) -> impl Iterator<Item = &'a Value> {
        self.messages.values().map(|message| &**message).filter(move |message| {
            message["thread_ts"] == parent.as_str() && message["ts"] != parent.as_str()
        })
    }

    pub(super) fn has_thread(&self, ts: &Ts) -> bool {
        let parent = self.messages.get(ts);
        parent.is_some_and(|message| message["thread_ts"].is_null() || message["thread_ts"] == ts.as_str())
    }

    /// Adds a message and keeps its parent's counts.
    pub(super) fn put(&mut self, message: Value) {
        let ts = Ts::new(message["ts"].as_str().unwrap_or_default());
        let parent = message["thread_ts"].as_str().map(Ts::new);
        self.messages.insert(ts, Arc::new(message));
        if let Some(parent) = parent {
            self.count_replies(&parent);
        }
    }

    /// Removes a message. A parent with replies leaves a tombstone, as in Slack.
    pub(super) fn remove(&mut self, ts: &Ts) -> Option<Value> {
        let gone = self.messages.remove(ts)?;
        self.pins.retain(|pin| pin != ts);
        if self.replies(ts).next().is_some() {
            let mut stone = json!({ "type": "message", "subtype": "tombstone", "hidden": true, "ts": ts,
                "text": "This message was deleted.", "user": "USLACKBOT" });
            for kept in ["thread_ts", "reply_count", "reply_users", "latest_reply"] {
                stone[kept] = gone[kept].clone();
            }
            self.messages.insert(ts.clone(), Arc::new(stone));
        }
        if let Some(parent) = gone["thread_ts"].as_str().filter(|parent| *ts != *parent) {
            self.count_replies(&Ts::new(parent));
        }
        Some(Arc::unwrap_or_clone(gone))
    }

    fn count_replies(&mut self, parent: &Ts) {
        let users: BTreeSet<String> =
            self.replies(parent).filter_map(|reply| reply["user"].as_str()).map(str::to_owned).collect();
        let (count, latest) =
            (self.replies(parent).count(), self.replies(parent).last().map(|reply| reply["ts"].clone()));
        if count == 0 && self.messages.get(parent).is_some_and(|message| message["subtype"] == "tombstone") {
            self.messages.remove(parent);
        }
        let Some(message) = self.messages.get_mut(parent).map(Arc::make_mut) else { return };
        if let (Some(latest), Some(message)) = (&latest, message.as_object_mut()) {
            for (name, value) in [
                ("thread_ts", json!(parent)),
                ("reply_count", count.into()),
                ("reply_users", json!(users)),
                ("reply_users_count", users.len().into()),
                ("latest_reply", latest.clone()),
            ] {
                message.insert(name.into(), value);
            }
        } else if let Some(message) = message.as_object_mut() {
            for name in ["thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply"] {
                message.remove(name);
            }
        }
    }
}

/// A method's arguments, checked.
pub(super) struct Args(pub(super) Map<String, Value>);

impl Args {
    /// A string argument; empty when it is absent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn channel(&self) -> ChannelId {
        ChannelId::new(self.text("channel"))
    }

    pub(super) fn ts(&self) -> Ts {
        Ts::new(self.text("ts"))
    }

    /// The message below which it is to stand.
    pub(super) fn thread(&self) -> Option<Ts> {
        self.get("thread_ts").and_then(Value::as_str).map(Ts::new)
    }

    pub(super) fn user(&self) -> UserId {
        UserId::new(self.text("user"))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(super) fn whole(&self, name: &str, otherwise: usize) -> usize {
        self.get(name)
            .and_then(Value::as_u64)
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(otherwise)
    }
}
