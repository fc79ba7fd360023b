//! Slack: how it is asked, and how a case is shown there. <https://docs.slack.dev/apis/web-api/>
//! Asking goes through [`Slack`], once: no method repeats a request by itself.

mod announcer;
mod answer;
mod calling;
mod card;
mod channels;
mod code;
mod files;
mod heard;
pub mod known;
mod line;
mod login;
pub mod manifest;
mod membership;
mod message;
mod messages;
mod method;
mod mrkdwn;
mod people;
mod planner;
mod reading;
mod response_url;
pub mod scopes;
mod target;
mod thread;
mod views;

use reqwest::Method as HttpMethod;
use serde_json::Value;

use self::{answer::BodyVerdict, method::ApiMethod};
pub use self::{
    card::{card, channel_topic},
    files::File,
    heard::{Heard, said_by_a_person},
    login::{ChannelFacts, Login},
    membership::{membership, unread_membership},
    message::{Message, parts},
    messages::{ConversationRef, MessageRef},
    mrkdwn::escape,
    people::{Me, Person},
    planner::SlackPlanner,
    reading::{Beside, Words},
    target::SlackTarget,
    thread::content,
    views::OpenedView,
};
pub(crate) use self::{
    mrkdwn::{DATE, Mrkdwn},
    planner::invitation_name,
    reading::MessageParts,
};
use crate::{
    case::Millis,
    config::{
        secrets::{Secret, Secrets},
        settings::{self, Settings},
    },
    http::{Failure, Request, Response, json::text_at},
    runtime::{
        World,
        gate::{self, Counted},
    },
    state::TargetKind,
};

pub const KIND: TargetKind = TargetKind::new("slack");

/// The Web API, asked as our bot.
pub struct Slack<'a> {
    pub world: &'a dyn World,
    pub settings: &'a settings::SlackSettings,
    /// `xoxb-…`
    pub token: &'a Secret,
    /// When the time of whoever asks ends: nothing is sent whose answer could come later.
    pub until: Millis,
}

impl<'a> Slack<'a> {
    /// As the settings say, with the bot's token.
    pub fn new(world: &'a dyn World, settings: &'a Settings, secrets: &'a Secrets, until: Millis) -> Self {
        Self { world, settings: &settings.slack, token: &secrets.slack_bot_token, until }
    }
}

impl Slack<'_> {
    async fn write(&self, method: ApiMethod, body: &Value) -> Result<Value, Failure> {
        self.try_write(method, body).await?.or_failure(method)
    }

    /// Asks with a form: the methods that read take no JSON (`users.lookupByEmail` answers `invalid_arguments`).
    async fn read(&self, method: ApiMethod, pairs: &[(&str, &str)]) -> Result<Value, Failure> {
        self.try_read(method, pairs).await?.or_failure(method)
    }

    async fn try_write(&self, method: ApiMethod, body: &Value) -> Result<BodyVerdict, Failure> {
        // Posts are counted a channel, all else a method: https://docs.slack.dev/apis/web-api/rate-limits
        let channel =
            body.get("channel").and_then(Value::as_str).filter(|_| method == ApiMethod::ChatPostMessage);
        let counted = channel.map_or_else(|| method.to_string(), |channel| format!("{method} {channel}"));
        self.send(method, counted, Request::json(HttpMethod::POST, self.url(method), body)).await
    }

    async fn try_read(&self, method: ApiMethod, pairs: &[(&str, &str)]) -> Result<BodyVerdict, Failure> {
        self.send(method, method.to_string(), Request::form(self.url(method), pairs)).await
    }

    /// Reads what may not exist: these codes say that it does not.
    async fn try_find(
        &self,
        method: ApiMethod,
        pairs: &[(&str, &str)],
        unknown: &[&str],
    ) -> Result<Option<Value>, Failure> {
        match self.try_read(method, pairs).await? {
            BodyVerdict::No(refusal) if refusal.code.is_one_of(unknown) => Ok(None),
            verdict @ (BodyVerdict::Yes(_) | BodyVerdict::No(_)) => verdict.or_failure(method).map(Some),
        }
    }

    async fn send(
        &self,
        method: ApiMethod,
        counted: String,
        request: Request,
    ) -> Result<BodyVerdict, Failure> {
        answer::read(method, &self.response(counted, request).await?)
    }

    async fn response(&self, counted: String, request: Request) -> Result<Response, Failure> {
        let counted = Counted { target: KIND, names: &[counted], about: |_| 0 };
        gate::send(self.world, counted, request.bearer(self.token), self.until).await
    }

    fn url(&self, method: ApiMethod) -> String {
        format!("{}/{method}", self.settings.api_url.trim_end_matches('/'))
    }
}

fn needed(method: ApiMethod, value: &Value, pointer: &str) -> Result<String, Failure> {
    text_at(value, pointer).ok_or_else(|| Failure::unreadable(method))
}
