//! Which servers stand in for the world, and with which settings and secrets are they reached?

use std::{io, path::Path};

use casebridge::case::UserId;
use serde_json::{Value, json};

use crate::standins::{HubStandin, JiraStandin, SirStandin, SlackStandin};

/// A responder: may comment and move a case, may not close it.
pub(super) fn bo() -> UserId {
    UserId::new("U024BE7LJ")
}

pub(super) fn ana() -> UserId {
    UserId::new("U024BE7LH")
}

/// Where people would open Jira's issues: links look as they do in production.
pub const JIRA_SITE: &str = "https://example.atlassian.net";
/// The membership's Region.
pub const REGION: &str = "eu-west-1";

/// The four servers, each on a port of loopback. Clones are the same servers.
#[derive(Clone, Debug)]
pub struct Standins {
    /// AWS Security Incident Response.
    pub sir: SirStandin,
    /// A Slack workspace with Ana, Bo and the channel `security`.
    pub slack: SlackStandin,
    /// A Jira site with the project `SEC`.
    pub jira: JiraStandin,
    /// AWS Security Hub.
    pub hub: HubStandin,
}

impl Standins {
    /// Starts all four.
    /// Fails: no port could be bound.
    pub async fn start() -> io::Result<Self> {
        Ok(Self {
            sir: SirStandin::start().await?,
            slack: SlackStandin::start().await?,
            jira: JiraStandin::start().await?,
            hub: HubStandin::start().await?,
        })
    }

    /// Settings with which the bridge finds them, as TOML.
    pub fn settings(&self) -> String {
        let (.., team) = self.slack.app();
        let (slack, jira, channel) = (self.slack.url(), self.jira.url(), self.slack.security());
        format!(
            "[slack]\napi_url = \"{slack}/api\"\nteam = \"{team}\"\nchannel = \"{channel}\"\n\n\
             [jira]\napi_url = \"{jira}\"\nsite_url = \"{JIRA_SITE}\"\nproject = \"SEC\"\n\n\
             [sir]\nregion = \"{REGION}\"\n\n\
             [roles]\nresponder = [\"{}\"]\nadmin = [\"{}\"]\n",
            bo(),
            ana(),
        )
    }

    /// The document that Secrets Manager would hold.
    pub fn secret(&self) -> Value {
        let (email, token) = self.jira.credentials();
        json!({
            "slack_bot_token": self.slack.token(),
            "slack_signing_secret": self.slack.signing_secret(),
            "jira_email": email,
            "jira_api_token": token,
            "jira_webhook_secret": self.jira.webhook_secret(),
        })
    }

    /// Writes where everything is, for other processes, as JSON.
    /// Fails: the file could not be written.
    pub fn write_ports(&self, file: &Path) -> io::Result<()> {
        let known = json!({
            "sir": self.sir.url(),
            "slack": self.slack.url(),
            "jira": self.jira.url(),
            "hub": self.hub.url(),
            "slack_signing_secret": self.slack.signing_secret(),
            "secret": self.secret(),
            "settings": self.settings(),
        });
        // Whoever waits for the file must never read half of it.
        let part = file.with_extension("part");
        std::fs::write(&part, known.to_string())?;
        std::fs::rename(part, file)
    }
}
