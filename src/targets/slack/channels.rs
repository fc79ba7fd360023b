//! A case's own channel: how it is made, named and filled, and who else reads it.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::{
    MessageRef, Slack, answer::BodyVerdict, code::Code, heard::next_cursor, method::ApiMethod, needed,
    text_at,
};
use crate::{
    case::{ChannelId, UserId},
    http::{Failure, Pages},
};

/// Codes that say something about the people who were invited, not about the channel.
const ABOUT_PEOPLE: [&str; 9] = [
    "already_in_channel",
    "cant_invite_self",
    "cant_invite",
    "user_not_found",
    "user_is_restricted",
    "user_is_ultra_restricted",
    "invitee_cant_see_channel",
    "org_user_not_in_team",
    "ura_max_channels",
];

/// How many people are invited at once: the page says 1,000 in one place and 100 in another.
const INVITED: usize = 100;

/// The most members of a channel of whom it is asked who they are.
const ASKED: usize = 100;
/// So many of them at a time.
const AT_ONCE: usize = 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uninvited {
    pub user: UserId,
    pub code: Code,
}

impl Slack<'_> {
    /// The name of a channel; `None` where the app may not see it.
    pub async fn channel_name(&self, channel: &ChannelId) -> Result<Option<String>, Failure> {
        let pairs = [("channel", channel.as_str())];
        let answer = self.try_find(ApiMethod::ConversationsInfo, &pairs, &["channel_not_found"]).await?;
        Ok(answer.and_then(|answer| text_at(&answer, "/channel/name")))
    }

    /// Makes a private channel and answers its id; `name` is at most 80 of `a-z0-9-_`. Where the name is taken by a channel
    /// that we made, that one is the answer: the first try got through.
    pub async fn create_channel(&self, name: &str) -> Result<ChannelId, Failure> {
        let method = ApiMethod::ConversationsCreate;
        let id = |answer: Value| needed(method, &answer, "/channel/id").map(ChannelId::new);
        let body = json!({"name": name, "is_private": true, "team_id": self.settings.team});
        match self.try_write(method, &body).await? {
            BodyVerdict::Yes(answer) => id(answer),
            BodyVerdict::No(refusal) if refusal.code.is_one_of(&["name_taken"]) => {
                let ours = self.own_channel(name).await?;
                let why = format!("{method}: name_taken");
                ours.ok_or(Failure::Broken { everywhere: false, why })
            }
            BodyVerdict::No(refusal) => refusal.or_done(method).and_then(id),
        }
    }

    /// The channel of this name, if we made it. Whose name it only bears gets no case.
    async fn own_channel(&self, name: &str) -> Result<Option<ChannelId>, Failure> {
        let me = self.me().await?;
        let (mut cursor, mut pages) = (None, Pages::default());
        loop {
            let mut pairs = vec![
                ("types", "private_channel"),
                ("limit", "1000"),
                ("team_id", self.settings.team.as_str()),
            ];
            pairs.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let answer = self.read(ApiMethod::ConversationsList, &pairs).await?;
            let channels = answer.get("channels").and_then(Value::as_array);
            let channels = channels.ok_or_else(|| Failure::unreadable(ApiMethod::ConversationsList))?;
            if let Some(id) = named(channels, name, &me.user_id) {
                return Ok(Some(id));
            }
            cursor = pages.follow(ApiMethod::ConversationsList, next_cursor(&answer))?;
            if cursor.is_none() {
                return Ok(None);
            }
        }
    }

    pub async fn set_topic(&self, channel: &ChannelId, topic: &str) -> Result<(), Failure> {
        let body = json!({"channel": channel, "topic": topic});
        self.write(ApiMethod::ConversationsSetTopic, &body).await.map(drop)
    }

    /// Closes a channel to writing. One that is closed already is as good.
    pub async fn archive(&self, channel: &ChannelId) -> Result<(), Failure> {
        let method = ApiMethod::ConversationsArchive;
        match self.try_write(method, &json!({"channel": channel})).await? {
            BodyVerdict::No(refusal) if refusal.code.is_one_of(&["already_archived"]) => Ok(()),
            BodyVerdict::No(refusal) => refusal.or_done(method).map(drop),
            BodyVerdict::Yes(_) => Ok(()),
        }
    }

    /// Pins a message. One that is pinned already is as good.
    pub async fn pin(&self, at: &MessageRef) -> Result<(), Failure> {
        let method = ApiMethod::PinsAdd;
        match self.try_write(method, &json!({"channel": at.channel, "timestamp": at.ts})).await? {
            BodyVerdict::No(refusal) if refusal.code.is_one_of(&["already_pinned"]) => Ok(()),
            BodyVerdict::No(refusal) => refusal.or_done(method).map(drop),
            BodyVerdict::Yes(_) => Ok(()),
        }
    }

    /// Sets our bookmark of this title, which is made where there is none. Whose it is somebody else's to change stays.
    pub async fn bookmark(&self, channel: &ChannelId, title: &str, link: &str) -> Result<(), Failure> {
        let me = self.me().await?;
        let pairs = [("channel_id", channel.as_str())];
        let answer = self.read(ApiMethod::BookmarksList, &pairs).await?;
        let all = answer.get("bookmarks").and_then(Value::as_array);
        let all = all.ok_or_else(|| Failure::unreadable(ApiMethod::BookmarksList))?;
        let is =
            |one: &Value, name: &str, wanted: &str| one.get(name).and_then(Value::as_str) == Some(wanted);
        // Whatever people call it, it leads there.
        if all.iter().any(|one| is(one, "link", link)) {
            return Ok(());
        }
        let ours = all
            .iter()
            .find(|one| is(one, "title", title) && is(one, "last_updated_by_user_id", me.user_id.as_str()));
        let (method, body) = match ours {
            Some(ours) => (
                ApiMethod::BookmarksEdit,
                json!({"channel_id": channel, "bookmark_id": text_at(ours, "/id"), "link": link}),
            ),
            None => (
                ApiMethod::BookmarksAdd,
                json!({"channel_id": channel, "title": title, "type": "link", "link": link}),
            ),
        };
        self.write(method, &body).await.map(drop)
    }

    /// Invites people by their ids. Who is there already is as good; the answer is who could not be invited, and why.
    pub async fn invite(&self, channel: &ChannelId, users: &[UserId]) -> Result<Vec<Uninvited>, Failure> {
        let method = ApiMethod::ConversationsInvite;
        let mut refused = Vec::new();
        for some in users.chunks(INVITED) {
            let ids: Vec<_> = some.iter().map(UserId::as_str).collect();
            // `force`: one who cannot come does not keep the others out.
            let body = json!({"channel": channel, "users": ids.join(","), "force": true});
            match self.try_write(method, &body).await? {
                BodyVerdict::Yes(answer) => refused.extend(uninvited(&answer)),
                BodyVerdict::No(refusal) if !refusal.people.is_empty() => refused.extend(refusal.people),
                BodyVerdict::No(refusal) if refusal.code.is_one_of(&ABOUT_PEOPLE) => {
                    let with = |user: &UserId| Uninvited { user: user.clone(), code: refusal.code.clone() };
                    refused.extend(some.iter().map(with));
                }
                BodyVerdict::No(refusal) => refusal.or_done(method).map(drop)?,
            }
        }
        refused.retain(|one| !one.code.is_one_of(&["already_in_channel", "cant_invite_self"]));
        Ok(refused)
    }

    /// Asks whether people of another workspace read a channel, or are about to. What Slack does not say counts as yes.
    /// <https://docs.slack.dev/reference/objects/conversation-object>
    pub async fn is_shared(&self, channel: &ChannelId) -> Result<bool, Failure> {
        let method = ApiMethod::ConversationsInfo;
        let answer = self.read(method, &[("channel", channel.as_str())]).await?;
        answer.get("channel").map(is_shared).ok_or_else(|| Failure::unreadable(method))
    }

    /// Asks whether everybody in the workspace may read a channel. What Slack does not say counts as yes.
    pub async fn is_public(&self, channel: &ChannelId) -> Result<bool, Failure> {
        let answer = self.read(ApiMethod::ConversationsInfo, &[("channel", channel.as_str())]).await?;
        Ok(answer.pointer("/channel/is_private").and_then(Value::as_bool) != Some(true))
    }

    /// Everybody who is in a channel; nobody where the app may not see it.
    pub async fn members(&self, channel: &ChannelId) -> Result<Vec<UserId>, Failure> {
        let method = ApiMethod::ConversationsMembers;
        let (mut members, mut cursor, mut pages) = (Vec::new(), None, Pages::default());
        loop {
            let mut pairs = vec![("channel", channel.as_str()), ("limit", "1000")];
            pairs.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let Some(answer) = self.try_find(method, &pairs, &["channel_not_found"]).await? else {
                return Ok(Vec::new());
            };
            let page = answer.get("members").and_then(Value::as_array);
            let page = page.ok_or_else(|| Failure::unreadable(method))?;
            members.extend(page.iter().filter_map(Value::as_str).map(UserId::new));
            cursor = pages.follow(method, next_cursor(&answer))?;
            if cursor.is_none() {
                return Ok(members);
            }
        }
    }

    /// Whether a guest, or somebody of another workspace, is in a channel; `None` where there are more than 100, or
    /// Slack does not say who they all are.
    pub async fn has_guests(&self, channel: &ChannelId) -> Result<Option<bool>, Failure> {
        let members = self.members(channel).await?;
        let asked = stream::iter(members.iter().take(ASKED)).map(|member| self.user(member));
        let people: Vec<_> = asked.buffer_unordered(AT_ONCE).try_collect().await?;
        let guests = people.iter().flatten().any(|person| person.is_restricted && !person.is_bot);
        let known = !people.is_empty() && people.iter().all(Option::is_some) && members.len() <= ASKED;
        Ok((guests || known).then_some(guests))
    }
}

/// `is_org_shared`: with another workspace of the same organisation. A pending invitation, once it is taken, shows
/// all that was said before.
pub(super) fn is_shared(channel: &Value) -> bool {
    let flag = |name: &str| channel.get(name).and_then(Value::as_bool);
    let certain = ["is_shared", "is_ext_shared", "is_org_shared"];
    let invited =
        |name: &&str| channel.get(*name).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    certain.iter().any(|name| flag(name) != Some(false))
        || flag("is_pending_ext_shared") == Some(true)
        || ["pending_shared", "pending_connected_team_ids"].iter().any(invited)
}

pub(super) fn uninvited(answer: &Value) -> Vec<Uninvited> {
    let errors = answer.get("errors").and_then(Value::as_array).into_iter().flatten();
    let one = |error: &Value| {
        let (user, code) = (text_at(error, "/user")?, text_at(error, "/error")?);
        Some(Uninvited { user: UserId::new(user), code: Code::new(code) })
    };
    errors.filter_map(one).collect()
}

fn named(channels: &[Value], name: &str, creator: &UserId) -> Option<ChannelId> {
    let is = |channel: &&Value, pointer: &str, wanted: &str| {
        channel.pointer(pointer).and_then(Value::as_str) == Some(wanted)
    };
    let ours = channels
        .iter()
        .find(|channel| is(channel, "/name", name) && is(channel, "/creator", creator.as_str()));
    text_at(ours?, "/id").map(ChannelId::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_ours_alone_only_if_slack_says_so() {
        let ours = json!({
            "id": "C1", "is_shared": false, "is_ext_shared": false, "is_org_shared": false,
            "is_pending_ext_shared": false,
        });
        assert!(!is_shared(&ours));
        for name in ["is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared"] {
            for value in [json!(true), Value::Null] {
                let mut channel = ours.clone();
                channel[name] = value.clone();
                let certain = name == "is_pending_ext_shared" && value.is_null();
                assert_eq!(is_shared(&channel), !certain, "{name} {value}");
            }
        }
    }

    #[test]
    fn a_workspace_that_is_only_invited_counts_as_a_reader() {
        for name in ["pending_shared", "pending_connected_team_ids"] {
            let channel = |teams: Value| json!({"id": "C1", "is_shared": false, "is_ext_shared": false, "is_org_shared": false, name: teams});
            assert!(is_shared(&channel(json!(["T2"]))), "{name}");
            assert!(!is_shared(&channel(json!([]))) && !is_shared(&channel(Value::Null)), "{name}");
        }
    }

    #[test]
    fn a_channel_that_somebody_else_named_like_ours_is_not_taken() {
        let channels = [
            json!({"id": "C1", "name": "sir-case-1", "creator": "U1"}),
            json!({"id": "C2", "name": "sir-case-1", "creator": "U9"}),
        ];
        assert_eq!(named(&channels, "sir-case-1", &UserId::new("U9")), Some(ChannelId::new("C2")));
        assert_eq!(named(&channels, "sir-case-1", &UserId::new("U2")), None);
        assert_eq!(named(&channels, "sir-case-2", &UserId::new("U9")), None);
    }
}
