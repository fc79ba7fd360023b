//! What did Slack say? Its verified requests as values, and nothing that we do not use.
//!
//! Slash commands: <https://docs.slack.dev/interactivity/implementing-slash-commands>. Interactions:
//! <https://docs.slack.dev/reference/interaction-payloads>. Events: <https://docs.slack.dev/apis/events-api>.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use serde_json::Value;

use super::signature::Verified;
use crate::{
    http::json,
    targets::slack::{Words, Written},
};

/// The longest id that is taken, in bytes: keys are made of them. Slack's and Jira's have under thirty.
const LONGEST_ID: usize = 64;

/// Reads an id, and refuses one that is none.
fn id<'de, D: Deserializer<'de>, T: From<String>>(from: D) -> Result<T, D::Error> {
    let id = String::deserialize(from)?;
    if id.len() <= LONGEST_ID { Ok(id.into()) } else { Err(D::Error::custom("so long is no id")) }
}

/// Reads what was sent as JSON: null is as absent, and half a character is one that cannot be shown.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    T::deserialize(json::without_nulls(json::read(bytes)?)).ok()
}

/// A slash command.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SlashCommand {
    /// The workspace.
    #[serde(deserialize_with = "id")]
    pub team_id: String,
    /// Where it was typed. Slack runs no slash command inside a thread.
    #[serde(deserialize_with = "id")]
    pub channel_id: String,
    /// Who typed it.
    #[serde(deserialize_with = "id")]
    pub user_id: String,
    /// What follows the command's name.
    #[serde(default)]
    pub text: String,
    /// Where the answer goes.
    pub response_url: String,
    /// Opens a form for three seconds, and names this one act.
    pub trigger_id: String,
}

/// What arrives at the slash command's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlashRequest {
    /// Slack looks at our certificate.
    SslCheck,
    /// Somebody typed a command.
    Typed(SlashCommand),
}

/// Reads a slash command's form; `None` if it is not one.
pub fn command(request: &Verified) -> Option<SlashRequest> {
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

/// Somebody's or something's id, wherever Slack wraps one in an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ObjectId {
    /// The id.
    #[serde(deserialize_with = "id")]
    pub id: String,
}

/// A person in an interaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct User {
    /// `U…` or `W…`
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// The person's own workspace.
    #[serde(default, deserialize_with = "id")]
    pub team_id: Option<String>,
}

/// A button, a form or a shortcut was used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Interaction {
    /// A button was pressed.
    BlockActions(BlockActions),
    /// A form was sent.
    ViewSubmission(ViewSubmission),
    /// A shortcut was chosen that has no message.
    Shortcut(Shortcut),
    /// A shortcut was chosen on a message.
    MessageAction(Shortcut),
    /// Anything else, now or later.
    #[serde(other)]
    Other,
}

/// A press of a button.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BlockActions {
    /// The workspace; absent where the app is installed for a whole organisation.
    pub team: Option<ObjectId>,
    /// Who pressed it: not necessarily whom it was shown to.
    pub user: User,
    /// Opens a form for three seconds, and names this one act.
    pub trigger_id: String,
    /// Where the answer goes. Absent in a form and on the home tab.
    pub response_url: Option<String>,
    /// Where the button stood.
    #[serde(default)]
    pub container: Container,
    /// The channel.
    pub channel: Option<ObjectId>,
    /// The message that it stood in, unless that was ephemeral.
    pub message: Option<EventMessage>,
    /// The form or the home page that it stood in.
    pub view: Option<Value>,
    /// What was pressed: one, in practice.
    #[serde(default)]
    pub actions: Vec<PressedButton>,
}

/// Where a button stood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Container {
    /// The message's `ts`.
    #[serde(default, deserialize_with = "id")]
    pub message_ts: Option<String>,
    /// The thread that it stood in.
    #[serde(default, deserialize_with = "id")]
    pub thread_ts: Option<String>,
    /// Only one person saw it.
    #[serde(default)]
    pub is_ephemeral: bool,
}

/// One pressed button.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PressedButton {
    /// What we named it.
    pub action_id: String,
    /// What we put in it.
    #[serde(default)]
    pub value: Option<String>,
    /// When it was pressed.
    #[serde(default)]
    pub action_ts: String,
}

/// A form that was sent. Its values stay as Slack wrote them: each form reads its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ViewSubmission {
    /// The workspace.
    pub team: Option<ObjectId>,
    /// Who sent it.
    pub user: User,
    /// The form: `id`, `hash`, `callback_id`, `private_metadata`, `state`.
    pub view: serde_json::Value,
}

/// A shortcut that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Shortcut {
    /// The workspace.
    pub team: Option<ObjectId>,
    /// Who chose it.
    pub user: User,
    /// Which shortcut, as the manifest names it.
    pub callback_id: String,
    /// Opens a form for three seconds, and names this one act.
    pub trigger_id: String,
    /// Where the answer goes: on a message only.
    pub response_url: Option<String>,
    /// The channel: on a message only.
    pub channel: Option<ObjectId>,
    /// The message: on a message only.
    pub message: Option<EventMessage>,
}

/// Reads an interaction; `None` if it is not one.
pub fn interaction(request: &Verified) -> Option<Interaction> {
    #[derive(Deserialize)]
    struct InteractionForm {
        payload: String,
    }
    let form = std::str::from_utf8(request.bytes()).ok()?;
    read(serde_urlencoded::from_str::<InteractionForm>(form).ok()?.payload.as_bytes())
}

/// What the Events API delivers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Delivery {
    /// Slack makes sure that this address is ours.
    UrlVerification {
        /// To be said back.
        challenge: String,
    },
    /// Something happened.
    EventCallback(EventCallback),
    /// Anything else, now or later.
    #[serde(other)]
    Other,
}

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EventCallback {
    /// The workspace.
    #[serde(default, deserialize_with = "id")]
    pub team_id: String,
    /// What happened.
    pub event: SlackEvent,
    /// For whom it is delivered: our own bot among them.
    #[serde(default)]
    pub authorizations: Vec<Authorization>,
}

/// For whom an event is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Authorization {
    /// The user id that the app acts as.
    #[serde(default, deserialize_with = "id")]
    pub user_id: String,
    /// It is a bot's.
    #[serde(default)]
    pub is_bot: bool,
}

impl EventCallback {
    /// The user id of our own bot, as far as the delivery tells.
    pub fn bot(&self) -> Option<&str> {
        self.authorizations.iter().find(|it| it.is_bot).map(|it| it.user_id.as_str())
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SlackEvent {
    /// A message came, or changed.
    Message(Box<EventMessage>),
    /// A message names us.
    AppMention(Box<EventMessage>),
    /// Somebody looks at our page.
    AppHomeOpened(HomeOpened),
    /// Anything else, now or later.
    #[serde(other)]
    Other,
}

/// Somebody opened our page. <https://docs.slack.dev/reference/events/app_home_opened>
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct HomeOpened {
    /// Who.
    #[serde(deserialize_with = "id")]
    pub user: String,
    /// `home`, or `messages`.
    #[serde(default)]
    pub tab: String,
    /// When.
    #[serde(default, deserialize_with = "id")]
    pub event_ts: String,
}

/// A message. Every field may be missing in one kind of it or another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct EventMessage {
    /// What kind: none is a plain one.
    pub subtype: Option<String>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "id")]
    pub user: Option<String>,
    /// The bot that wrote it.
    #[serde(default, deserialize_with = "id")]
    pub bot_id: Option<String>,
    /// What it says, as mrkdwn.
    #[serde(default)]
    pub text: String,
    /// When it was written: its name within the channel.
    #[serde(default, deserialize_with = "id")]
    pub ts: Option<String>,
    /// The thread that it stands in: its first message's `ts`.
    #[serde(default, deserialize_with = "id")]
    pub thread_ts: Option<String>,
    /// Where it stands.
    #[serde(default, deserialize_with = "id")]
    pub channel: Option<String>,
    /// When it was last edited.
    pub edited: Option<Edited>,
    /// As it is now, in a `message_changed`.
    pub message: Option<Box<EventMessage>>,
    /// As it was, in a `message_changed`.
    pub previous_message: Option<Box<EventMessage>>,
    /// The same as blocks, and what text cannot hold.
    #[serde(default)]
    pub blocks: Vec<Value>,
    /// What was forwarded or pasted, and previews.
    #[serde(default)]
    pub attachments: Vec<Value>,
    /// Files that hang on it.
    #[serde(default)]
    pub files: Vec<Value>,
}

impl EventMessage {
    /// All that it says.
    pub fn said(&self) -> Words {
        let Self { text, blocks, attachments, files, .. } = self;
        Written { text, blocks, attachments, files }.said()
    }
}

/// When a message was edited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Edited {
    /// The edit's own time.
    #[serde(default, deserialize_with = "id")]
    pub ts: String,
}

/// Reads a delivery; `None` if it is not one.
pub fn delivery(request: &Verified) -> Option<Delivery> {
    read(request.bytes())
}

/// A Jira webhook: it only says which issue to look at.
/// <https://developer.atlassian.com/cloud/jira/platform/webhooks/>
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Webhook {
    /// The issue that something happened to.
    pub issue: Option<WebhookIssue>,
    /// Milliseconds since 1970: when it happened.
    #[serde(default)]
    pub timestamp: i64,
}

/// An issue in a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WebhookIssue {
    /// Digits.
    #[serde(deserialize_with = "id")]
    pub id: String,
}

/// Reads a webhook; `None` if it is not one.
pub fn webhook(request: &Verified) -> Option<Webhook> {
    read(request.bytes())
}
