//! What every request and every job is worked with.

use crate::{
    case::Millis,
    config::{
        secrets::{Secret, Secrets},
        settings::Settings,
    },
    runtime::World,
    targets::{jira::Jira, slack::Slack},
};

/// Plain data: what `command` was started with.
pub struct ChatContext<'a> {
    /// Everything outside.
    pub world: &'a dyn World,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Proves who sent something, and who we are.
    pub secrets: &'a Secrets,
}

impl<'a> ChatContext<'a> {
    /// Where people talk.
    pub fn slack(&self) -> Slack<'a> {
        Slack::new(self.world, self.settings, self.secrets, Millis::MAX)
    }

    /// Where people keep issues, if they do.
    pub fn jira(&self) -> Option<Jira<'a>> {
        Jira::new(self.world, self.settings, self.secrets, Millis::MAX)
    }

    /// The secrets with which Slack may sign: the current one, and the one before while it is being replaced.
    pub(crate) fn slack_signs(&self) -> Vec<&'a Secret> {
        [Some(&self.secrets.slack_signing_secret), self.secrets.slack_signing_secret_previous.as_ref()]
            .into_iter()
            .flatten()
            .collect()
    }

    pub(crate) fn jira_signs(&self) -> Vec<&'a Secret> {
        [Some(&self.secrets.jira_webhook_secret), self.secrets.jira_webhook_secret_previous.as_ref()]
            .into_iter()
            .flatten()
            .collect()
    }
}
