//! What arrives at `command`, and what is it worked with?

use serde_json::Value;

use super::{envelope::GatewayRequest, inbox, route};
use crate::{
    case::Millis,
    config::{
        secrets::{Secret, Secrets},
        settings::Settings,
    },
    runtime::World,
    targets::{jira::Jira, slack::Slack},
};

/// What every request and every job is worked with.
pub struct ChatContext<'a> {
    /// Everything outside.
    pub world: &'a dyn World,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Proves who sent something, and who we are.
    pub secrets: &'a Secrets,
}

/// The event is neither a request nor a batch of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an HTTP request (payload 2.0) nor a batch of SQS messages")]
pub struct Unknown;

impl<'a> ChatContext<'a> {
    /// Takes what Lambda brought, by the door that it came through. Nothing new is begun after `deadline`.
    ///
    /// # Errors
    /// The event came through neither door.
    pub async fn handle(&self, event: &Value, deadline: Millis) -> Result<Value, Unknown> {
        if event.get("Records").is_some() {
            return Box::pin(inbox::work(self, event, deadline)).await.ok_or(Unknown);
        }
        let request = GatewayRequest::read(event).ok_or(Unknown)?;
        Ok(Box::pin(route::answer(self, &request)).await.into_value())
    }

    /// Where people talk.
    pub fn slack(&self) -> Slack<'a> {
        let (settings, token) = (&self.settings.slack, &self.secrets.slack_bot_token);
        Slack { world: self.world, settings, token, until: Millis::MAX }
    }

    /// Where people keep issues, if they do.
    pub fn jira(&self) -> Option<Jira<'a>> {
        let settings = self.settings.jira.as_ref()?;
        let Secrets { jira_email: email, jira_api_token: token, .. } = self.secrets;
        Some(Jira { world: self.world, settings, email, token, until: Millis::MAX })
    }

    /// The secrets with which Slack may sign: the current one, and the one before while it is being replaced.
    pub fn slack_signs(&self) -> Vec<&'a Secret> {
        [Some(&self.secrets.slack_signing_secret), self.secrets.slack_signing_secret_previous.as_ref()]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The secrets with which Jira may sign.
    pub fn jira_signs(&self) -> Vec<&'a Secret> {
        [Some(&self.secrets.jira_webhook_secret), self.secrets.jira_webhook_secret_previous.as_ref()]
            .into_iter()
            .flatten()
            .collect()
    }
}
