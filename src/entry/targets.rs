//! Which targets are there? They are named here, and nowhere else above their own rooms.

use crate::{
    case::Millis,
    config::{secrets::Secrets, settings::Settings},
    runtime::World,
    targets::{
        contract::{Announcer, Target},
        jira::{Jira, JiraTarget},
        pagerduty::{PagerDuty, PagerDutyTarget},
        slack::{Slack, SlackTarget},
        webhook::{Webhook, WebhookTarget},
    },
};

pub struct Targets<'a> {
    slack: SlackTarget<'a>,
    jira: Option<JiraTarget<'a>>,
    pager: Option<PagerDutyTarget<'a>>,
    webhook: Option<WebhookTarget<'a>>,
}

impl<'a> Targets<'a> {
    /// Slack, and the others where the settings have them.
    pub fn new(world: &'a dyn World, settings: &'a Settings, secrets: &'a Secrets, until: Millis) -> Self {
        let routing_key = &secrets.pagerduty_routing_key;
        let pager = settings.pagerduty.as_ref();
        let pager = pager.map(|settings| PagerDuty { world, settings, routing_key, until });
        let webhook = settings.webhook.as_ref();
        let webhook = webhook.map(|settings| Webhook { world, settings, secrets, until });
        let jira = Jira::new(world, settings, secrets, until);
        Self {
            slack: SlackTarget::new(Slack::new(world, settings, secrets, until)).by(&settings.routes),
            jira: jira.map(|jira| JiraTarget::new(jira).by(&settings.routes)),
            pager: pager.map(PagerDutyTarget::new),
            webhook: webhook.map(WebhookTarget::new),
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
