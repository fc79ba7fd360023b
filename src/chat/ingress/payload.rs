//! What Slack and Jira say: verified requests as values, and nothing in them that we do not use.
//!
//! Slash commands: <https://docs.slack.dev/interactivity/implementing-slash-commands>. Interactions:
//! <https://docs.slack.dev/reference/interaction-payloads>. Events: <https://docs.slack.dev/apis/events-api>.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error, de::IntoDeserializer};
use serde_json::Value;

use super::{
    job::{Door, Origin, Sender},
    signature::Verified,
};
use crate::{
    case::{ChannelId, IssueId, Millis, TeamId, TriggerId, Ts, UserId},
    http::json,
    targets::slack::{MessageParts, Words},
};

/// The longest id that is taken, in bytes: keys are made of them. Slack's and Jira's have under thirty.
const LONGEST_ID: usize = 64;

fn id<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<T, D::Error> {
    let id = String::deserialize(from)?;
    if id.len() <= LONGEST_ID {
        T::deserialize(id.into_deserializer())
    } else {
        Err(D::Error::custom("so long is no id"))
    }
}

fn perhaps_id<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    id(from).map(Some)
}

/// Reads JSON: null is as absent, and half a character is one that cannot be shown.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    T::deserialize(json::without_nulls(json::read(bytes)?)).ok()
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct SlashCommand {
    #[serde(deserialize_with = "id")]
    pub(crate) team_id: TeamId,
    /// Where it was typed. Slack runs no slash command inside a thread.
    #[serde(deserialize_with = "id")]
    pub(crate) channel_id: ChannelId,
    #[serde(deserialize_with = "id")]
    pub(crate) user_id: UserId,
    #[serde(default)]
    pub(crate) text: String,
    pub(crate) response_url: String,
    pub(crate) trigger_id: TriggerId,
}

impl SlashCommand {
    pub(super) fn sender(&self, at: Millis) -> Sender {
        let (team, user) = (self.team_id.clone(), self.user_id.clone());
        let place = Origin::channel(self.channel_id.clone());
        Sender { team, user, place, at, door: Door::Slash }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SlashRequest {
    /// Slack looks at our certificate.
    SslCheck,
    Typed(SlashCommand),
}

/// Reads a slash command's form; `None` if it is not one.
pub(crate) fn command(request: &Verified) -> Option<SlashRequest> {
    #[derive(Deserialize)]
    struct Check {
        ssl_check: String,
    }
    let form = std::str::from_utf8(request.bytes()).ok()?;
    if serde_urlencoded::from_str::<Check>(form).is_ok_and(|check| check.ssl_check == "1") {
        return Some(SlashRequest::SslCheck);
    }
    serde_urlencoded::from_str(form).ok().map(SlashRequest::Typed)
}

/// An id in an object of its own, as Slack writes some.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(crate) struct WithId<T> {
    #[serde(deserialize_with = "id")]
    pub(crate) id: T,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct SlackUser {
    #[serde(deserialize_with = "id")]
    pub(crate) id: UserId,
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) team_id: Option<TeamId>,
}

impl SlackUser {
    /// The person, in this workspace or else in their own: where the app is installed for a whole organisation, Slack
    /// names none.
    /// It comes by the way of a form, unless the caller says another.
    pub(super) fn sends(&self, team: Option<&WithId<TeamId>>, place: Origin, at: Millis) -> Sender {
        let team = team.map(|team| &team.id).or(self.team_id.as_ref());
        let team = team.cloned().unwrap_or_else(|| TeamId::new(""));
        Sender { team, user: self.id.clone(), place, at, door: Door::Form }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Interaction {
    BlockActions(BlockActions),
    ViewSubmission(ViewSubmission),
    Shortcut(Shortcut),
    MessageAction(Shortcut),
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct BlockActions {
    pub(crate) team: Option<WithId<TeamId>>,
    /// Who pressed it: not necessarily whom it was shown to.
    pub(crate) user: SlackUser,
    pub(crate) trigger_id: TriggerId,
    /// Absent in a form and on the home tab.
    pub(crate) response_url: Option<String>,
    #[serde(default)]
    pub(crate) container: Container,
    pub(crate) channel: Option<WithId<ChannelId>>,
    /// Absent where that was ephemeral.
    pub(crate) message: Option<EventMessage>,
    pub(crate) view: Option<Value>,
    /// One, in practice.
    #[serde(default)]
    pub(crate) actions: Vec<PressedButton>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Container {
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) message_ts: Option<Ts>,
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) thread_ts: Option<Ts>,
    #[serde(default)]
    pub(crate) is_ephemeral: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct PressedButton {
    pub(crate) action_id: String,
    #[serde(default)]
    pub(crate) value: Option<String>,
    #[serde(default)]
    pub(crate) selected_option: Option<ChosenOption>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct ChosenOption {
    pub(crate) value: String,
}

/// A form was sent. Its values stay as Slack wrote them: each form reads its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct ViewSubmission {
    pub(crate) team: Option<WithId<TeamId>>,
    pub(crate) user: SlackUser,
    /// `id`, `hash`, `callback_id`, `private_metadata`, `state`.
    pub(crate) view: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Shortcut {
    pub(crate) team: Option<WithId<TeamId>>,
    pub(crate) user: SlackUser,
    pub(crate) callback_id: String,
    pub(crate) trigger_id: TriggerId,
    // On a message only.
    pub(crate) response_url: Option<String>,
    pub(crate) channel: Option<WithId<ChannelId>>,
    pub(crate) message: Option<EventMessage>,
}

/// Reads an interaction; `None` if it is not one.
pub(crate) fn interaction(request: &Verified) -> Option<Interaction> {
    #[derive(Deserialize)]
    struct InteractionForm {
        payload: String,
    }
    let form = std::str::from_utf8(request.bytes()).ok()?;
    read(serde_urlencoded::from_str::<InteractionForm>(form).ok()?.payload.as_bytes())
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Delivery {
    /// Slack makes sure that this address is ours: the challenge is said back.
    UrlVerification {
        challenge: String,
    },
    EventCallback(EventCallback),
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct EventCallback {
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) team_id: Option<TeamId>,
    pub(crate) event: SlackEvent,
    /// For whom it is delivered: our own bot among them.
    #[serde(default)]
    pub(crate) authorizations: Vec<Authorization>,
}

/// For whom an event is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Authorization {
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) user_id: Option<UserId>,
    #[serde(default)]
    pub(crate) is_bot: bool,
}

impl EventCallback {
    pub(crate) fn bot(&self) -> Option<&UserId> {
        self.authorizations.iter().find(|it| it.is_bot)?.user_id.as_ref()
    }

    pub(crate) fn channel(&self) -> Option<&ChannelId> {
        match &self.event {
            SlackEvent::Message(message) | SlackEvent::AppMention(message) => message.channel.as_ref(),
            SlackEvent::MemberJoinedChannel(_)
            | SlackEvent::Unarchived {}
            | SlackEvent::AppHomeOpened(_)
            | SlackEvent::Other => None,
        }
    }

    /// Whether a channel may be told in from now on that could not: we came into it, or it is in use again.
    pub(crate) fn opens_a_channel(&self) -> bool {
        match &self.event {
            SlackEvent::MemberJoinedChannel(joined) => self.bot() == Some(&joined.user),
            SlackEvent::Unarchived {} => true,
            SlackEvent::Message(_)
            | SlackEvent::AppMention(_)
            | SlackEvent::AppHomeOpened(_)
            | SlackEvent::Other => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum SlackEvent {
    Message(Box<EventMessage>),
    AppMention(Box<EventMessage>),
    AppHomeOpened(HomeOpened),
    /// Somebody came into a channel that we are in, or we did.
    MemberJoinedChannel(Joined),
    /// A channel is in use again.
    #[serde(rename = "channel_unarchive", alias = "group_unarchive")]
    Unarchived {},
    #[serde(other)]
    Other,
}

/// Somebody opened our page. <https://docs.slack.dev/reference/events/app_home_opened>
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct HomeOpened {
    #[serde(deserialize_with = "id")]
    pub(crate) user: UserId,
    /// `home`, or `messages`.
    #[serde(default)]
    pub(crate) tab: String,
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) event_ts: Option<Ts>,
}

/// <https://docs.slack.dev/reference/events/member_joined_channel>
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Joined {
    #[serde(deserialize_with = "id")]
    pub(crate) user: UserId,
}

/// A message. Every field may be missing in one kind of it or another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct EventMessage {
    /// None is a plain one.
    pub(crate) subtype: Option<String>,
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) user: Option<UserId>,
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) bot_id: Option<String>,
    /// As mrkdwn.
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) ts: Option<Ts>,
    /// The thread's first message.
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) thread_ts: Option<Ts>,
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) channel: Option<ChannelId>,
    pub(crate) edited: Option<Edited>,
    /// As it is now, in a `message_changed`.
    pub(crate) message: Option<Box<EventMessage>>,
    /// As it was, in a `message_changed`.
    pub(crate) previous_message: Option<Box<EventMessage>>,
    /// The same as the text, and what text cannot hold.
    #[serde(default)]
    pub(crate) blocks: Vec<Value>,
    #[serde(default)]
    pub(crate) attachments: Vec<Value>,
    #[serde(default)]
    pub(crate) files: Vec<Value>,
}

impl EventMessage {
    pub(crate) fn said(&self) -> Words {
        let Self { text, blocks, attachments, files, .. } = self;
        MessageParts { text, blocks, attachments, files }.said()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Edited {
    #[serde(default, deserialize_with = "perhaps_id")]
    pub(crate) ts: Option<Ts>,
}

/// Reads a delivery; `None` if it is not one.
pub(crate) fn delivery(request: &Verified) -> Option<Delivery> {
    read(request.bytes())
}

/// A Jira webhook: it only says which issue to look at.
/// <https://developer.atlassian.com/cloud/jira/platform/webhooks/>
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct JiraWebhook {
    pub(crate) issue: Option<WithId<IssueId>>,
    /// When it happened, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) timestamp: i64,
}

/// Reads a webhook; `None` if it is not one.
pub(crate) fn webhook(request: &Verified) -> Option<JiraWebhook> {
    read(request.bytes())
}
