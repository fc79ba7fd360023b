//! Which targets are there? They are named here, and nowhere else above their own rooms.

use crate::targets::{
    contract::{Announcer, Target},
    jira::{Jira, JiraTarget},
    pagerduty::{PagerDuty, PagerDutyTarget},
    slack::{Slack, SlackTarget},
    webhook::{Webhook, WebhookTarget},
};

pub struct Targets<'a> {
    slack: SlackTarget<'a>,
    jira: Option<JiraTarget<'a>>,
    pager: Option<PagerDutyTarget<'a>>,
    webhook: Option<WebhookTarget<'a>>,
}

/// Those that a user may do without.
#[derive(Default)]
pub struct Chosen<'a> {
    pub jira: Option<Jira<'a>>,
    pub pager: Option<PagerDuty<'a>>,
    pub webhook: Option<Webhook<'a>>,
}

impl<'a> Targets<'a> {
    /// Slack, and the others where the settings have them.
    pub fn new(slack: Slack<'a>, chosen: Chosen<'a>) -> Self {
        Self {
            slack: SlackTarget::new(slack),
            jira: chosen.jira.map(JiraTarget::new),
            pager: chosen.pager.map(PagerDutyTarget::new),
            webhook: chosen.webhook.map(WebhookTarget::new),
        }
    }

    /// Whoever wakes somebody comes first.
    pub fn all(&self) -> Vec<&dyn Target> {
        let pager = self.pager.as_ref().map(|pager| pager as &dyn Target);
        let jira = self.jira.as_ref().map(|jira| jira as &dyn Target);
        let webhook = self.webhook.as_ref().map(|webhook| webhook as &dyn Target);
        pager.into_iter().chain([&self.slack as &dyn Target]).chain(jira).chain(webhook).collect()
    }

    /// Where is said what belongs to no case.
    pub(crate) fn announcer(&self) -> &dyn Announcer {
        &self.slack
    }
}
