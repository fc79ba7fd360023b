//! The stage of all tests of whole flows: the four stand-ins, a table, and the product between them.
//!
//! What happens is said to the stand-ins (`stage.sir.aws_comments(…)`, `stage.slack.says(…)`); [`Stage::events`],
//! [`Stage::deliver`] and [`Stage::work`] let the product hear of it; what people then read is asked of the stage.
//! Waiting costs no time: whoever waits moves every clock.
//!
//! A stage fails at its end on every request of the product's that a stand-in refused for what it said, unless the test
//! said that it [`expects`](Stage::expects) it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod arrivals;
mod canary;
mod closed;
mod log;
mod outside;
mod people;
mod questions;
mod refusals;
mod table;

use std::sync::Mutex;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use casebridge::{
    case::{ChannelId, Millis},
    chat::ChatContext,
    config::{clock, connector, sdk::Aws, secrets::Secrets, settings::Settings},
    entry::notify::Notifier,
    http::transport::Transport,
    runtime::{QueueMessage, World, live::Inbox},
    state::{agenda, memory::Memory},
    targets::slack::manifest,
};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

pub use arrivals::envelope;
pub use canary::Canary;
pub use closed::nobody;
pub use log::Log;
use log::WholeLog;
pub use outside::Outside;
pub use people::{ANA, BO, ana, bo, chosen, moment, ticked, typed};
pub use questions::{count, place_of, ts_of};
pub(crate) use table::watched;
pub use table::{Countdown, WatchedTable};

use closed::ClosedPort;

use crate::{
    playground::standins::{REGION, Standins},
    standins::{
        HubStandin, JiraStandin, LogsStandin, PagerDutyStandin, SirStandin, SlackStandin, WebhookStandin,
    },
};

thread_local! {
    /// Connections that all stages of a test share.
    static HTTP: Transport = Transport::default();
}

/// How long each invocation of `notify` has.
const TIME: Millis = 600_000;

/// Everything that a test needs.
pub struct Stage {
    /// The workspace.
    pub slack: SlackStandin,
    /// The site.
    pub jira: JiraStandin,
    /// The service.
    pub sir: SirStandin,
    /// Security Hub.
    pub hub: HubStandin,
    /// CloudWatch Logs.
    pub logs: LogsStandin,
    /// PagerDuty, where the settings have it: `{pager}` stands for its address there.
    pub pager: PagerDutyStandin,
    /// The receiver of the webhook, where the settings have it: `{webhook}` stands for its address there.
    pub webhook: WebhookStandin,
    /// The table, past everybody who watches it.
    pub memory: Memory,
    /// What the product runs in.
    pub world: Outside,
    /// What holds from the next invocation on.
    pub settings: Settings,
    /// What holds from the next invocation on.
    pub secrets: Secrets,
    /// The channel that cases are told in.
    pub channel: ChannelId,
    /// What the world seals jobs under, whatever holds now.
    inbox_secrets: Secrets,
    jobs: Mutex<Option<UnboundedReceiver<QueueMessage>>>,
    /// Where the service was, once it has ended.
    ended: Option<ClosedPort>,
    /// The secret's document.
    secret: Value,
    log: WholeLog,
}

impl Stage {
    /// The settings that everybody begins with: Ana is an admin.
    pub async fn set() -> Self {
        Self::with("", "").await
    }

    /// With more lines in the settings of Slack, and of Jira and the rest.
    pub async fn with(slack_lines: &str, more: &str) -> Self {
        let (standins, log) = (Standins::start().await.unwrap(), WholeLog::begin());
        let secret = standins.secret();
        let secrets = Secrets::parse(&secret.to_string()).unwrap();
        let toml = settings_of(&standins, slack_lines, more);
        let memory = Memory::default();
        casebridge::state::put_settings(&memory, &toml).await.unwrap();
        // They were pushed long ago.
        agenda::change(&memory, |agenda| std::mem::take(&mut agenda.wake)).await.unwrap();
        let (sender, jobs) = unbounded_channel();
        let world = Outside::of(&standins, &memory, Inbox::Channel(sender), &secrets).await;
        let settings = world.settings().await;
        let Standins { slack, jira, sir, hub, logs, pager, webhook, .. } = standins;
        // The app may do what its manifest says by these settings: a right that it lacks stops a test.
        slack.set_scopes(manifest::scopes(Some(&settings)).into_iter().map(|(scope, _)| scope));
        let (channel, jobs) = (slack.security(), Mutex::new(Some(jobs)));
        let inbox_secrets = secrets.clone();
        Self {
            slack,
            jira,
            sir,
            hub,
            logs,
            pager,
            webhook,
            memory,
            world,
            settings,
            secrets,
            channel,
            inbox_secrets,
            jobs,
            ended: None,
            secret,
            log,
        }
    }

    /// What `command` is given.
    pub fn bridge(&self) -> ChatContext<'_> {
        ChatContext { world: &self.world, settings: &self.settings, secrets: &self.secrets }
    }

    /// What `notify` is given, once.
    pub fn notifier(&self) -> Notifier<'_> {
        let Self { world, settings, secrets, .. } = self;
        Notifier { world, settings, secrets, deadline: self.now() + TIME }
    }

    /// What the time is, for the product.
    pub fn now(&self) -> Millis {
        self.world.now()
    }

    /// From now on it is right that a stand-in refuses what the product says, in a way in which these words are.
    pub fn expects(&self, refusal: &str) {
        self.world.refusals.expect(refusal);
    }

    /// Nobody listens any more where the service was.
    pub async fn ends_the_service(&mut self) {
        let address = self.sir.url().trim_start_matches("http://").parse().unwrap();
        // A server ends with its last handle.
        self.sir = SirStandin::start().await.unwrap();
        self.world.refusals.hears([&self.slack, &self.jira, &self.sir, &self.hub]);
        self.ended = Some(ClosedPort::after(address).await);
    }
}

impl Stage {
    /// No secret was kept or put on the inbox, and neither a secret nor what anybody said was logged or stands in the trail.
    fn lets_nothing_out(&self) {
        let canary = Canary::of(&self.secret, &self.slack, &self.jira, &self.sir);
        assert_eq!(canary.secrets_in(&self.world.table.asked.lock().unwrap()), [""; 0], "a secret was kept");
        assert_eq!(canary.all_in(&self.log.text()), [""; 0], "it was logged");
        assert_eq!(canary.all_in(&self.logs.lines().join("\n")), [""; 0], "it stands in the audit trail");
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let wrong = self.world.refusals.wrong();
            assert!(wrong.is_empty(), "refused, and nobody expected it:\n{}", wrong.join("\n"));
            self.lets_nothing_out();
        }
    }
}

/// The settings with which the product finds the stand-ins.
pub fn settings_of(standins: &Standins, slack_lines: &str, more: &str) -> String {
    let Standins { slack, jira, pager, webhook, .. } = standins;
    let more = more.replace("{pager}", pager.url()).replace("{webhook}", webhook.url());
    let (.., team) = slack.app();
    let roles = match more.contains("[roles]") {
        true => String::new(),
        false => format!("\n[roles]\nadmin = ['{ANA}', '{}']\n", jira.ana()),
    };
    format!(
        "[slack]\napi_url = '{}/api'\nteam = '{team}'\nchannel = '{}'\n{slack_lines}\n\
         [jira]\napi_url = '{}'\nproject = 'SEC'\n{more}{roles}",
        slack.url(),
        slack.security(),
        jira.url()
    )
}

/// The account's configuration for a service at this address, through the connections that the thread shares.
pub async fn aws_at(url: &str) -> Aws {
    let client = HTTP.with(|http| http.client(clock::now())).unwrap();
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "local", None, None, "tests"))
        .region(Region::new(REGION))
        .http_client(connector::through(client))
        .endpoint_url(url);
    Aws::from(config.load().await)
}
