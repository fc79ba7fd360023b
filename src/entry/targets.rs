//! Which targets are there? They are named here, and nowhere else above their own rooms.

use crate::targets::{
    contract::{Announcer, Target},
    jira::{Jira, JiraTarget},
    slack::{Slack, SlackTarget},
};

pub struct Targets<'a> {
    slack: SlackTarget<'a>,
    jira: Option<JiraTarget<'a>>,
}

impl<'a> Targets<'a> {
    /// Slack, and Jira where the settings have it.
    pub fn new(slack: Slack<'a>, jira: Option<Jira<'a>>) -> Self {
        Self { slack: SlackTarget::new(slack), jira: jira.map(JiraTarget::new) }
    }

    pub fn all(&self) -> Vec<&dyn Target> {
        let jira = self.jira.as_ref().map(|jira| jira as &dyn Target);
        [&self.slack as &dyn Target].into_iter().chain(jira).collect()
    }

    /// Where is said what belongs to no case.
    pub(crate) fn announcer(&self) -> &dyn Announcer {
        &self.slack
    }
}
