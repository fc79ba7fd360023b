//! Which servers stand in for the world, and with which settings and secrets are they reached?

use std::{io, path::Path};

use casebridge::case::UserId;
use serde_json::{Value, json};

use crate::standins::{
    HubStandin, JiraStandin, LogsStandin, PagerDutyStandin, ServiceClock, Sharing, SirStandin, SlackStandin,
    WebhookStandin,
};

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

/// The seven servers, each on a port of loopback. Clones are the same servers.
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
    /// CloudWatch Logs, with the audit trail's group.
    pub logs: LogsStandin,
    /// PagerDuty, with one service.
    pub pager: PagerDutyStandin,
    /// Whoever receives the webhook.
    pub webhook: WebhookStandin,
    roles: Vec<(&'static str, UserId)>,
}

impl Standins {
    /// Starts all, each on a clock of its own: no two services agree on the time.
    /// Fails: no port could be bound.
    pub async fn start() -> io::Result<Self> {
        Self::start_each([(); 7].map(|()| ServiceClock::default())).await
    }

    /// The same on one clock, but for the log: lines of the trail bear the true time, whatever a story's clock says.
    /// Fails: no port could be bound.
    pub async fn start_on(clock: &ServiceClock) -> io::Result<Self> {
        let mut clocks = [(); 7].map(|()| clock.clone());
        clocks[4] = ServiceClock::default();
        Self::start_each(clocks).await
    }

    async fn start_each(
        [sir, slack, jira, hub, logs, pager, webhook]: [ServiceClock; 7],
    ) -> io::Result<Self> {
        Ok(Self {
            sir: SirStandin::start_on(&sir).await?,
            slack: SlackStandin::start_on(&slack).await?,
            jira: JiraStandin::start_on(&jira).await?,
            hub: HubStandin::start_on(&hub).await?,
            logs: LogsStandin::start_on(&logs).await?,
            pager: PagerDutyStandin::start_on(&pager).await?,
            webhook: WebhookStandin::start_on(&webhook).await?,
            roles: vec![("responder", bo()), ("admin", ana())],
        })
    }

    /// Brings in a person of each role, a guest, a stranger in a channel that another organisation shares, and a role in
    /// Jira for whose members a comment can be. Where the guest reads along nobody is called.
    pub(super) fn peopled(mut self, guest_reads: bool) -> Self {
        let slack = &self.slack;
        let named = |name: &str, more: Value| {
            let mut change = json!({ "real_name": name });
            change
                .as_object_mut()
                .into_iter()
                .for_each(|change| change.extend(more.as_object().cloned().unwrap_or_default()));
            slack.add_user(&name.to_lowercase(), &format!("{}@example.com", name.to_lowercase()), &change)
        };
        let commander = named("Cem", json!({}));
        let viewer = named("Dia", json!({}));
        let nobody = named("Eli", json!({}));
        let guest = named("Gil", json!({ "is_restricted": true }));
        let stranger = slack.add_stranger("ola", "ola@partner.example");
        let security = slack.security();
        for (user, reads) in [(&commander, true), (&viewer, true), (&nobody, true), (&guest, guest_reads)] {
            slack.set_member(&security, user, reads);
        }
        let (.., bot, _) = slack.app();
        let partners = slack.add_channel("partners", false, &[ana(), stranger, bot.clone()]);
        slack.set_sharing(&partners, Sharing::Connected);
        slack.add_channel("payments", false, &[commander.clone(), viewer.clone(), bot]);
        self.jira.add_project("PAY", "Payments");
        self.jira.add_role("Administrators", &[self.jira.ana()]);
        self.roles.extend([("commander", commander), ("viewer", viewer)]);
        self
    }

    /// What somebody may do, by the settings.
    pub(super) fn role(&self, user: &UserId) -> Option<&'static str> {
        self.roles.iter().find(|(_, of)| of == user).map(|(role, _)| *role)
    }

    /// Settings with which the bridge finds them, as TOML.
    pub fn settings(&self) -> String {
        let (.., team) = self.slack.app();
        let (slack, jira, channel) = (self.slack.url(), self.jira.url(), self.slack.security());
        // Ana speaks for the team in Jira, too.
        let in_jira =
            |role| if role == "admin" { format!(", \"{}\"", self.jira.ana()) } else { String::new() };
        let roles: String = self
            .roles
            .iter()
            .map(|(role, user)| format!("{role} = [\"{user}\"{}]\n", in_jira(*role)))
            .collect();
        format!(
            "[slack]\napi_url = \"{slack}/api\"\nteam = \"{team}\"\nchannel = \"{channel}\"\n\n\
             [jira]\napi_url = \"{jira}\"\nsite_url = \"{JIRA_SITE}\"\nproject = \"SEC\"\n\n\
             [sir]\nregion = \"{REGION}\"\n\n\
             [roles]\n{roles}",
        )
    }

    /// People and channels by their names in Slack.
    pub(super) fn ids(&self) -> Vec<(String, String)> {
        let state = self.slack.state();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let people = self.slack.people().into_iter().map(|user| (text(&user["name"]), text(&user["id"])));
        let channels = state["channels"].as_object().into_iter().flatten();
        people.chain(channels.map(|(id, of)| (text(&of["channel"]["name"]), id.clone()))).collect()
    }

    /// The same and more, in which `{pager}` and `{webhook}` stand for the addresses of those two, and names in braces
    /// for people and channels.
    pub fn settings_with(&self, more: &str) -> String {
        let more = more.replace("{pager}", self.pager.url()).replace("{webhook}", self.webhook.url());
        let named = |text: String, (name, id): (String, String)| text.replace(&format!("{{{name}}}"), &id);
        let more = self.ids().into_iter().fold(more, named);
        format!("{}\n{more}", self.settings())
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
            "pagerduty_routing_key": self.pager.routing_key(),
            "webhook_secret": self.webhook.secret(),
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
            "logs": self.logs.url(),
            "pagerduty": self.pager.url(),
            "webhook": self.webhook.url(),
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
