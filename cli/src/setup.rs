//! From a deployed stack to the first case: tokens, settings, and whether it works. Done again, it changes nothing.

mod chosen;
mod first_request;
mod tokens;

use std::{fs, io, path::PathBuf};

use casebridge::{
    case::{ChannelId, TeamId},
    config::{
        clock,
        environment::{self, Environment, variable},
        secrets::Secret,
        settings::{Problem, Settings},
    },
    http::Failure,
    runtime::{
        World,
        live::{Inbox, Live, Safe},
    },
    state::{self, dynamodb::Dynamo},
    targets::jira::{Jira, webhooks},
};
use serde_json::Value;

use self::{first_request::FirstRequest, tokens::given};
use crate::{
    account::{Account, AccountError},
    choices::{self, ChoicesError, Chooser},
    doctor, exercise, output, settings, terminal,
    vault::{Document, Vault, VaultError},
};

/// How long asking Slack and Jira may take: a person thinks in between.
const TIME: i64 = 3_600_000;
/// After so long every function knows a secret that was written.
const TAKEN_UP: i64 = 60_000;

#[derive(Debug, clap::Args)]
pub struct SetupArgs {
    /// Asks nothing: choices in TOML from this file, tokens as one JSON object from standard input.
    #[arg(long, value_name = "FILE")]
    non_interactive: Option<PathBuf>,
    /// Puts the settings that come of it in the place of others that are there.
    #[arg(long)]
    replace_settings: bool,
    /// Asks for every token anew, also for those that the secret holds.
    #[arg(long, conflicts_with = "non_interactive")]
    replace_tokens: bool,
    /// Waits so many seconds for Slack's first signed request.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
    /// Ends with an exercise case without asking.
    #[arg(long)]
    exercise: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{0}. The stack's output Setup prints the line that sets them")]
    Environment(#[from] environment::EnvironmentError),
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: io::Error },
    #[error(transparent)]
    Choices(#[from] ChoicesError),
    #[error(
        "standard input must hold one JSON object with the tokens, as {{\"slack_bot_token\": \"xoxb-…\", …}}"
    )]
    Tokens,
    #[error("{0} is missing: {1}")]
    Missing(&'static str, &'static str),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("Slack does not take slack_bot_token ({0}): copy it anew from OAuth & Permissions")]
    Slack(Failure),
    #[error(
        "slack_signing_secret is not one of Slack's: it has 32 digits and letters a to f (Basic Information, Signing Secret)"
    )]
    Signing,
    #[error("Jira does not take jira_email and jira_api_token ({0}): make a new token for this very account")]
    Jira(Failure),
    #[error("{0}: nobody answers. Try again in a minute; is HTTPS_PROXY needed here?")]
    Unanswered(Failure),
    #[error("the settings that came of it are not good:\n{}", settings::lines(.0))]
    Bad(Vec<Problem>),
    #[error(transparent)]
    Settings(#[from] settings::SettingsError),
    #[error(transparent)]
    Store(#[from] state::Error),
    #[error(
        "a request came that is not signed with slack_signing_secret: copy it anew from the app's Basic Information, and \
         run `casebridge setup` again"
    )]
    Strange,
    #[error(
        "no signed request of Slack came within {0} s: press Retry under Event Subscriptions, or type /sir whoami in \
         Slack, then run `casebridge setup` again. The rest is done"
    )]
    Silent(u64),
    #[error(transparent)]
    Doctor(#[from] doctor::DoctorError),
    #[error(transparent)]
    Exercise(#[from] exercise::ExerciseError),
    #[error("there is no randomness here to make a secret of")]
    Random,
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl SetupError {
    /// Whether the person at the terminal may answer once more.
    fn is_mistyped(&self) -> bool {
        match self {
            Self::Choices(error) => error.is_mistyped(),
            Self::Slack(_) | Self::Signing | Self::Jira(_) => true,
            _ => false,
        }
    }
}

/// Does it. The answer is whether the doctor found nothing wrong.
pub async fn run(asked: SetupArgs) -> Result<bool, SetupError> {
    let account = output::patiently("asking AWS", Account::open()).await?;
    let environment = Environment::read(variable)?;
    let chooser = match &asked.non_interactive {
        Some(file) => Chooser::read(
            &fs::read_to_string(file).map_err(|error| SetupError::File { file: file.to_owned(), error })?,
        )?,
        None => Chooser::Person,
    };
    let vault = Vault::open(&account, &environment.secret_id).await;
    let (begun, old) = (clock::now(), vault.read().await?);
    let mut setup = Setup::begin(&account, chooser, old.clone()).await?;
    setup.tokens_of_slack(asked.replace_tokens).await?;
    let site = setup.tokens_of_jira(&asked).await?;
    let toml = setup.chosen_settings(&site, asked.replace_settings).await?;
    setup.write(&vault, &old).await?;
    if let Some(toml) = toml {
        output::say(&output::patiently("storing the settings", settings::store(&account, &toml)).await?)?;
    }
    setup.put_webhook().await?;
    let is_new = old.get(SIGNING) != setup.document.get(SIGNING);
    let known_at = if is_new { clock::now() + TAKEN_UP } else { begun };
    setup.wait(&FirstRequest { is_new, begun, known_at }, asked.wait).await?;
    let visit = output::patiently("asking Slack, Jira and AWS", doctor::run()).await?;
    output::say(&visit.text(true))?;
    if asked.exercise
        || (setup.chooser.is_person() && terminal::agrees("Open an exercise case, and close it?")?)
    {
        exercise::run().await?;
    }
    Ok(visit.is_well())
}

const BOT: (&str, &str) = ("slack_bot_token", "Bot User OAuth Token (OAuth & Permissions), xoxb-…");
const SIGNING: &str = "slack_signing_secret";
const EMAIL: (&str, &str) = ("jira_email", "E-mail of the Jira account");
const TOKEN: (&str, &str) = ("jira_api_token", "API token of the Jira account (id.atlassian.com, Security)");
const WEBHOOK: &str = "jira_webhook_secret";

/// What is known so far.
struct Setup {
    chooser: Chooser,
    document: Document,
    live: Live<Dynamo>,
    reach: casebridge::config::hosts::Reach,
    /// The settings that hold, and their text.
    held: Option<(String, Settings)>,
}

impl Setup {
    async fn begin(account: &Account, chooser: Chooser, old: Document) -> Result<Self, SetupError> {
        let mut document = old;
        if !chooser.is_person() {
            document.extend(given()?);
        }
        let (sender, _jobs) = tokio::sync::mpsc::unbounded_channel();
        let safe = Safe::Given(casebridge::config::secrets::Secrets::default());
        let live = Live::new(account.table.clone(), account.aws.clone(), Inbox::Channel(sender), safe);
        let held = live.store().settings().await?;
        // What this release does not take is as good as none: the doctor would say no more of it.
        let held = held.and_then(|toml| Some((Settings::parse(&toml, account.reach).ok()?, toml)));
        let held = held.map(|(settings, toml)| (toml, settings));
        Ok(Self { chooser, document, live, reach: account.reach, held })
    }

    fn has(&self, name: &str) -> bool {
        self.document.get(name).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty())
    }

    fn secret(&self, name: &str) -> Secret {
        Secret::new(self.document.get(name).and_then(Value::as_str).unwrap_or_default().trim())
    }

    fn parse(&self, toml: &str) -> Result<Settings, SetupError> {
        Settings::parse(toml, self.reach).map_err(SetupError::Bad)
    }

    /// Base of Slack's Web API, where it is another than the usual.
    fn slack_api_url(&self) -> Option<String> {
        let held = self.held.as_ref().map(|(_, held)| held.slack.api_url.clone());
        self.chooser.slack_api_url().map(str::to_owned).or(held.filter(|_| self.chooser.is_person()))
    }

    /// Settings with which Slack, and Jira at this address, can be asked at all.
    fn draft(&self, site: &str) -> Result<Settings, SetupError> {
        let api_url = self.slack_api_url();
        let mut toml = choices::slack_table(&TeamId::new("T0"), &ChannelId::new("C0"), api_url.as_deref());
        if !site.is_empty() {
            toml += &choices::jira_table(site, "SEC", "Task", &[]);
        }
        self.parse(&toml)
    }

    /// A signing secret that was replaced counts for a while.
    async fn write(&mut self, vault: &Vault, old: &Document) -> Result<(), SetupError> {
        for name in [SIGNING, WEBHOOK] {
            let before = old.get(name).filter(|before| Some(*before) != self.document.get(name));
            if let Some(before) = before {
                self.document.insert(format!("{name}_previous"), before.clone());
            }
        }
        match self.document == *old {
            true => output::say("the secret holds this already")?,
            false => {
                output::patiently("writing the secret", vault.write(&self.document)).await?;
                output::say("the secret is written")?;
            }
        }
        Ok(())
    }

    /// Makes Jira's webhook where the account may, and else says what to fill in.
    async fn put_webhook(&self) -> Result<(), SetupError> {
        let stored = self.live.store().settings().await?.unwrap_or_default();
        let all = self.parse(&stored)?;
        let Some(settings) = &all.jira else { return Ok(()) };
        let jql = webhooks::jql(&all.projects());
        let stack = variable("CASEBRIDGE_API_URL").unwrap_or_else(|| "(the output ApiUrl)".to_owned());
        let url = format!("{}/jira/webhooks", stack.trim_end_matches('/'));
        let (email, token) = (self.secret(EMAIL.0), self.secret(TOKEN.0));
        let until = clock::now() + TIME;
        let jira = Jira { world: &self.live, settings, email: &email, token: &token, until };
        match output::patiently("asking Jira", jira.put_webhook(&url, &self.secret(WEBHOOK), &jql)).await {
            Ok(()) => output::say(&format!("Jira's webhook goes to {url}"))?,
            Err(why) => output::say(&format!(
                "Jira's webhook takes an administrator of the site ({why}). Ask one to fill in, under System, WebHooks, \
                 Create a WebHook:\n  Name    Casebridge\n  URL     {url}\n  Secret  what the secret of the stack holds \
                 as {WEBHOOK}: aws secretsmanager get-secret-value --secret-id \"$CASEBRIDGE_SECRET_ID\" --query \
                 SecretString --output text\n  JQL     {jql}\n  Events  Issue: updated, deleted; Comment: \
                 created, updated, deleted ({})",
                webhooks::EVENTS.join(", ")
            ))?,
        }
        Ok(())
    }
}
