//! What can a test see and set in the workspace?

use std::sync::Arc;

use bytes::Bytes;
use casebridge::case::{ChannelId, TeamId, Ts, UserId};
use serde_json::{Value, json};

use super::{
    Pace, SlackStandin,
    mrkdwn::{self, LiveText, Reading},
    state::{Channel, StoredFile, UserGroup, Workspace},
};

/// The people that every workspace starts with.
pub(super) const ANA: &str = "U024BE7LH";
pub(super) const BO: &str = "U024BE7LJ";

const STRANGERS: &str = "T0OTHER001";

/// Who else reads a channel, as `conversations.info` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sharing {
    /// Nobody.
    Ours,
    /// A workspace of another organisation was invited, and has not accepted.
    Invited,
    /// A workspace of another organisation: Slack Connect.
    Connected,
    Organisation,
}

pub(super) fn people_it(state: &mut Workspace) {
    for (id, name, email) in [(ANA, "ana", "ana@example.com"), (BO, "bo", "bo@example.com")] {
        let id = UserId::new(id);
        let person = user(&state.settings.team, &id, (name, email));
        Arc::make_mut(&mut state.users).insert(id, person);
    }
    let bot = state.settings.bot_user.clone();
    let mut own = user(&state.settings.team, &bot, ("casebridge", ""));
    own["is_bot"] = true.into();
    Arc::make_mut(&mut state.users).insert(bot.clone(), own);
    let security = state.found("security", false, &bot);
    if let Some(channel) = state.channels.get_mut(&security) {
        channel.members.extend([ANA, BO].map(UserId::new));
    }
}

pub(super) fn grouped(state: &mut Workspace, handle: &str, users: &[UserId]) -> String {
    let id = state.id('S');
    let wire = json!({ "id": id, "team_id": state.settings.team, "is_usergroup": true, "name": handle,
        "handle": handle, "description": "", "is_external": false, "date_delete": 0 });
    state.groups.insert(id.clone(), UserGroup { wire, users: users.to_vec() });
    id
}

/// Gives the workspace and its first channel other ids, before anything happens in it.
pub(super) fn renamed(state: &mut Workspace, team: &TeamId, channel: &ChannelId) -> Value {
    let old = std::mem::replace(&mut state.settings.team, team.clone());
    for user in Arc::make_mut(&mut state.users).values_mut().filter(|user| user["team_id"] == old.as_str()) {
        user["team_id"] = json!(team);
        user["profile"]["team"] = json!(team);
    }
    if let Some((_, mut first)) = state.channels.pop_first() {
        first.wire["id"] = json!(channel);
        first.wire["context_team_id"] = json!(team);
        state.channels.insert(channel.clone(), first);
    }
    json!({})
}

fn user(team: &TeamId, id: &UserId, (name, email): (&str, &str)) -> Value {
    json!({ "id": id, "team_id": team, "name": name, "deleted": false, "real_name": name, "tz": "Europe/Berlin",
        "is_admin": false, "is_owner": false, "is_restricted": false, "is_ultra_restricted": false, "is_bot": false,
        "is_app_user": false,
        "profile": { "real_name": name, "display_name": name, "email": email, "team": team } })
}

impl SlackStandin {
    /// The bot token that is let in.
    pub fn token(&self) -> String {
        self.with(|state| state.settings.token.clone())
    }

    /// The signing secret of the app.
    pub fn signing_secret(&self) -> String {
        self.with(|state| state.settings.signing_secret.clone())
    }

    /// The app's own ids: `(app, bot, bot user, team)`.
    pub fn app(&self) -> (String, String, UserId, TeamId) {
        self.with(|state| {
            let settings = &state.settings;
            (settings.app.clone(), settings.bot.clone(), settings.bot_user.clone(), settings.team.clone())
        })
    }

    /// The id of the channel `security` that every workspace starts with.
    pub fn security(&self) -> ChannelId {
        self.channel_named("security").unwrap_or_else(|| ChannelId::new(""))
    }

    /// Takes another token from now on.
    pub fn set_token(&self, token: &str) {
        self.with(|state| state.settings.token = token.to_owned());
    }

    /// Signs with another secret from now on.
    pub fn set_signing_secret(&self, secret: &str) {
        self.with(|state| state.settings.signing_secret = secret.to_owned());
    }

    /// The app may do this, and nothing else; at first what the manifest says that is shipped.
    pub fn set_scopes<'a>(&self, scopes: impl Iterator<Item = &'a str>) {
        let scopes = scopes.map(str::to_owned).collect();
        self.with(|state| *Arc::make_mut(&mut state.settings.scopes) = scopes);
    }

    /// Takes a scope from the app.
    pub fn revoke(&self, scope: &str) {
        self.with(|state| Arc::make_mut(&mut state.settings.scopes).remove(scope));
    }

    /// Whether the app's direct messages have a tab; without one Slack takes none. At first as the manifest says.
    pub fn set_messages_tab(&self, shown: bool) {
        self.with(|state| state.settings.messages_tab = shown);
    }

    /// Gives the app a scope.
    pub fn grant(&self, scope: &str) {
        self.with(|state| Arc::make_mut(&mut state.settings.scopes).insert(scope.to_owned()));
    }

    /// Whether a second post within a second to a channel is refused with 429; at first it is only counted.
    pub fn enforce_pace(&self, enforced: bool) {
        self.enforce(if enforced { Pace::Strict } else { Pace::Counted });
    }

    /// How strictly the limits are kept.
    pub fn enforce(&self, pace: Pace) {
        self.with(|state| state.settings.pace = pace);
    }

    /// The user id of Ana, whom every workspace has.
    pub fn ana(&self) -> UserId {
        UserId::new(ANA)
    }

    /// How often the app posted to a channel less than a second after its post before.
    pub fn too_fast(&self, channel: &ChannelId) -> u32 {
        self.with(|state| state.channels.get(channel).map_or(0, |channel| channel.too_fast))
    }

    /// Adds a person; says the id. `change` may set `is_restricted`, `is_ultra_restricted`, `is_bot`, `deleted`,
    /// `is_stranger`, `team_id`, `is_admin` and the like.
    pub fn add_user(&self, name: &str, email: &str, change: &Value) -> UserId {
        self.with(|state| {
            let id = UserId::new(state.id('U'));
            let mut user = user(&state.settings.team, &id, (name, email));
            for (name, value) in change.as_object().into_iter().flatten() {
                user[name] = value.clone();
            }
            Arc::make_mut(&mut state.users).insert(id.clone(), user);
            id
        })
    }

    /// Changes what `users.info` tells of somebody.
    pub fn set_user(&self, user: &UserId, change: &Value) {
        self.with(|state| {
            let Some(known) = Arc::make_mut(&mut state.users).get_mut(user) else { return };
            for (name, value) in change.as_object().into_iter().flatten() {
                known[name] = value.clone();
            }
        });
    }

    /// Adds a guest: `is_restricted`.
    pub fn add_guest(&self, name: &str, email: &str) -> UserId {
        self.add_user(name, email, &json!({ "is_restricted": true }))
    }

    /// Adds somebody of another workspace, as Slack Connect shows them.
    pub fn add_stranger(&self, name: &str, email: &str) -> UserId {
        self.add_user(name, email, &json!({ "team_id": STRANGERS, "is_stranger": true }))
    }

    /// Adds another app's bot.
    pub fn add_bot(&self, name: &str) -> UserId {
        self.add_user(name, "", &json!({ "is_bot": true }))
    }

    /// Adds a user group; says the id.
    pub fn add_group(&self, handle: &str, users: &[UserId]) -> String {
        self.with(|state| grouped(state, handle, users))
    }

    /// Adds a channel with these people; the bot is in it only when it is among them. Says the id.
    pub fn add_channel(&self, name: &str, private: bool, members: &[UserId]) -> ChannelId {
        self.with(|state| {
            let id = state.found(name, private, members.first().unwrap_or(&UserId::new(ANA)));
            if let Some(channel) = state.channels.get_mut(&id) {
                channel.members = members.iter().cloned().collect();
            }
            id
        })
    }

    /// Puts somebody into a channel, or out of it.
    pub fn set_member(&self, channel: &ChannelId, user: &UserId, member: bool) {
        self.with(|state| {
            let Some(channel) = state.channels.get_mut(channel) else { return };
            match member {
                true => channel.members.insert(user.clone()),
                false => channel.members.remove(user),
            };
        });
    }

    /// Makes a channel private or public.
    pub fn set_private(&self, channel: &ChannelId, private: bool) {
        self.with(|state| {
            if let Some(channel) = state.channels.get_mut(channel) {
                channel.wire["is_private"] = private.into();
            }
        });
    }

    /// Shares a channel with another workspace, or ends that: Slack Connect.
    pub fn set_shared(&self, channel: &ChannelId, shared: bool) {
        self.set_sharing(channel, if shared { Sharing::Connected } else { Sharing::Ours });
    }

    /// Changes who else reads a channel.
    pub fn set_sharing(&self, channel: &ChannelId, sharing: Sharing) {
        self.with(|state| share(state, channel, sharing));
    }

    /// Adds a file that nobody has shared yet; says the id. See [`shares`](Self::shares) for sharing one.
    pub fn add_file(&self, user: &UserId, name: &str, mimetype: &str, bytes: impl Into<Bytes>) -> String {
        self.with(|state| add_file(state, user, name, mimetype, bytes.into()))
    }

    /// A channel's id by its name.
    pub fn channel_named(&self, name: &str) -> Option<ChannelId> {
        let named = |(_, channel): &(&ChannelId, &Channel)| channel.wire["name"] == name;
        self.with(|state| state.channels.iter().find(named).map(|(id, _)| id.clone()))
    }

    /// The direct messages between the bot and somebody, if there are any.
    pub fn direct(&self, user: &UserId) -> Option<ChannelId> {
        let with = |(_, channel): &(&ChannelId, &Channel)| channel.wire["user"] == user.as_str();
        self.with(|state| state.channels.iter().find(with).map(|(id, _)| id.clone()))
    }

    /// What stands in every message's menu, as the app's manifest says: `{name, callback_id, …}`.
    pub fn message_shortcuts(&self) -> Vec<Value> {
        super::manifest::message_shortcuts()
    }

    /// The app's slash commands, as its manifest says: `{command, description, …}`.
    pub fn commands(&self) -> Vec<Value> {
        super::manifest::commands()
    }

    /// A channel as `conversations.info` shows it.
    pub fn channel(&self, id: &ChannelId) -> Option<Value> {
        self.with(|state| state.channels.get(id).map(|channel| channel.seen_by(&state.settings.bot_user)))
    }

    /// The members of a channel.
    pub fn members(&self, channel: &ChannelId) -> Vec<UserId> {
        self.with(|state| {
            state
                .channels
                .get(channel)
                .map(|channel| channel.members.iter().cloned().collect())
                .unwrap_or_default()
        })
    }

    /// Every message of a channel with its threads, in the order of their timestamps, metadata included.
    pub fn messages(&self, channel: &ChannelId) -> Vec<Value> {
        self.with(|state| {
            state
                .channels
                .get(channel)
                .map(|channel| channel.messages.values().map(|message| (**message).clone()).collect())
                .unwrap_or_default()
        })
    }

    /// One message.
    pub fn message(&self, channel: &ChannelId, ts: &Ts) -> Option<Value> {
        self.with(|state| state.channels.get(channel)?.messages.get(ts).map(|message| (**message).clone()))
    }

    /// A thread: the parent first.
    pub fn thread(&self, channel: &ChannelId, parent: &Ts) -> Vec<Value> {
        let whole = |channel: &Channel| {
            channel
                .messages
                .get(parent)
                .map(|parent| &**parent)
                .into_iter()
                .chain(channel.replies(parent))
                .cloned()
                .collect()
        };
        self.with(|state| state.channels.get(channel).map(whole).unwrap_or_default())
    }

    /// What only one person can see, in the order in which it came; `channel` and `to` say where and who.
    pub fn ephemerals(&self, user: &UserId) -> Vec<Value> {
        let to_user = |message: &&Value| message["to"] == user.as_str();
        self.with(|state| state.ephemerals.iter().filter(to_user).cloned().collect())
    }

    /// A modal by id, or the latest that somebody sees.
    pub fn view(&self, id_or_user: &str) -> Option<Value> {
        let found = |view: &&Value| view["id"] == id_or_user || view["user"] == id_or_user;
        self.with(|state| state.views.values().rev().find(found).cloned().map(super::views::public))
    }

    /// Somebody's App Home.
    pub fn home(&self, user: &UserId) -> Option<Value> {
        self.with(|state| state.homes.get(user).cloned())
    }

    /// Somebody calls a bookmark otherwise: from then on it is as theirs.
    pub fn renames_bookmark(&self, user: &UserId, channel: &ChannelId, (from, to): (&str, &str)) {
        self.with(|state| {
            let bookmarks = state.channels.get_mut(channel).map(|channel| &mut channel.bookmarks);
            for one in bookmarks.into_iter().flatten().filter(|one| one["title"] == from) {
                one["title"] = to.into();
                one["last_updated_by_user_id"] = user.as_str().into();
            }
        });
    }

    /// Timestamps of a channel's pinned messages.
    pub fn pins(&self, channel: &ChannelId) -> Vec<Ts> {
        self.with(|state| state.channels.get(channel).map(|channel| channel.pins.clone()).unwrap_or_default())
    }

    /// A channel's bookmarks.
    pub fn bookmarks(&self, channel: &ChannelId) -> Vec<Value> {
        self.with(|state| {
            state.channels.get(channel).map(|channel| channel.bookmarks.clone()).unwrap_or_default()
        })
    }

    /// Mentions and links that Slack would make of the messages in a channel. Outside text is inert when there
    /// are none but our own.
    pub fn live(&self, channel: &ChannelId) -> Vec<LiveText> {
        self.with(|state| state.channels.get(channel).map(live_of).unwrap_or_default())
    }

    /// Mentions and links in any message or view, read with `parse: none`.
    pub fn live_in(message: &Value) -> Vec<LiveText> {
        mrkdwn::live(message, &Reading { parse: Some("none".into()), link_names: false })
    }

    /// Stretches of a message that mrkdwn would show as bold, italic, struck, code or quoted.
    pub fn formatted(message: &Value) -> Vec<String> {
        mrkdwn::formatted(message)
    }

    /// A message (or a view) as lines of plain text, as a person reads it.
    pub fn shown(message: &Value) -> String {
        mrkdwn::shown(message)
    }

    /// What is wrong with these blocks by Slack's rules for messages; empty when they are right.
    pub fn block_complaints(blocks: &Value) -> Vec<String> {
        super::block_kit::complaints(blocks, super::block_kit::Surface::Message, "/blocks")
    }

    /// Everything: `{channels: {ID: {channel, members, messages, pins, bookmarks}}, ephemerals, views, homes}`.
    pub fn state(&self) -> Value {
        self.with(|state| whole(state))
    }
}

pub(super) fn live_of(channel: &Channel) -> Vec<LiveText> {
    let none = Reading::default();
    let live =
        |(ts, message): (&Ts, &Arc<Value>)| mrkdwn::live(message, channel.readings.get(ts).unwrap_or(&none));
    channel.messages.iter().flat_map(live).collect()
}

pub(super) fn share(state: &mut Workspace, channel: &ChannelId, sharing: Sharing) {
    let own = state.settings.team.clone();
    let Some(channel) = state.channels.get_mut(channel) else { return };
    let shared = matches!(sharing, Sharing::Connected | Sharing::Organisation);
    let invited: &[&str] = if sharing == Sharing::Invited { &[STRANGERS] } else { &[] };
    channel.wire["is_shared"] = shared.into();
    channel.wire["is_ext_shared"] = (sharing == Sharing::Connected).into();
    channel.wire["is_org_shared"] = (sharing == Sharing::Organisation).into();
    channel.wire["is_pending_ext_shared"] = (sharing == Sharing::Invited).into();
    channel.wire["pending_shared"] = json!(invited);
    channel.wire["shared_team_ids"] = if shared { json!([own, STRANGERS]) } else { json!([own]) };
}

pub(super) fn add_file(
    state: &mut Workspace,
    user: &UserId,
    name: &str,
    mimetype: &str,
    bytes: Bytes,
) -> String {
    let id = state.id('F');
    let (team, url) = (&state.settings.team, &state.settings.url);
    let place = format!("{url}/files-pri/{team}-{id}");
    // Slack's addresses have names of small letters, digits and little else.
    let plain = |each: char| if each.is_ascii_alphanumeric() || ".-_".contains(each) { each } else { '_' };
    let address: String = name.to_lowercase().chars().map(plain).collect();
    let wire = json!({ "id": id, "created": state.clock.seconds(), "timestamp": state.clock.seconds(), "name": name,
        "title": name, "mimetype": mimetype, "filetype": name.rsplit('.').next().unwrap_or_default(), "user": user,
        "editable": false, "size": bytes.len(), "mode": "hosted", "is_external": false, "external_type": "",
        "is_public": false, "public_url_shared": false, "url_private": format!("{place}/open/{address}"),
        "url_private_download": format!("{place}/download/{address}"), "channels": [], "groups": [], "ims": [] });
    state.files.insert(id.clone(), StoredFile { wire, bytes });
    id
}

pub(super) fn whole(state: &Workspace) -> Value {
    let channels: serde_json::Map<String, Value> = state
        .channels
        .iter()
        .map(|(id, channel)| {
            let value = json!({ "channel": channel.wire, "members": channel.members,
                "messages": channel.messages.values().map(|message| &**message).collect::<Vec<_>>(), "pins": channel.pins,
                "bookmarks": channel.bookmarks });
            (id.to_string(), value)
        })
        .collect();
    json!({ "channels": channels, "ephemerals": state.ephemerals, "views": state.views, "homes": state.homes })
}
