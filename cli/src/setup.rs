//! From a deployed stack to the first case: tokens, settings, and whether it works. Done again, it changes nothing.

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
    time::{Duration, Instant},
};

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
        sighting::{self, Service},
    },
    state::{self, dynamodb::Dynamo},
    targets::{
        jira::{Jira, webhooks},
        slack::{Slack, manifest},
    },
};
use serde_json::Value;

use crate::{
    account::{Account, AccountError},
    choices::{self, ChoicesError, Chooser, ROLES},
    doctor, exercise, output, settings, terminal,
    vault::{Document, Vault, VaultError},
};

/// How long asking Slack and Jira may take: a person thinks in between.
const TIME: i64 = 3_600_000;
/// How often it is looked whether a request came; how often it is said that none did.
const LOOK: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_secs(30);
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
const SIGNING_PLACE: &str = "Signing Secret (Basic Information)";
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

    /// Asks for a token that is not there, or once more for one that was not taken.
    fn token(&mut self, (name, place): (&'static str, &'static str), anew: bool) -> Result<(), SetupError> {
        match (&self.chooser, self.has(name) && !anew) {
            (_, true) => Ok(()),
            (Chooser::File(_), false) => Err(SetupError::Missing(name, place)),
            (Chooser::Person, false) => {
                let text = match name == EMAIL.0 {
                    true => terminal::ask(place)?,
                    false => terminal::ask_secret(place)?,
                };
                self.document.insert(name.to_owned(), text.into());
                Ok(())
            }
        }
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

    async fn tokens_of_slack(&mut self, anew: bool) -> Result<(), SetupError> {
        if !self.has(BOT.0) {
            output::say(&app(variable("CASEBRIDGE_API_URL").as_deref()))?;
        }
        for tries in 0.. {
            match self.try_slack(anew || tries > 0).await {
                Err(error) if self.chooser.is_person() && error.is_mistyped() => {
                    output::say(&error.to_string())?
                }
                done => return done,
            }
        }
        Ok(())
    }

    async fn try_slack(&mut self, anew: bool) -> Result<(), SetupError> {
        self.token(BOT, anew)?;
        let (draft, token, until) = (self.draft("")?, self.secret(BOT.0), clock::now() + TIME);
        let slack = Slack { world: &self.live, settings: &draft.slack, token: &token, until };
        let login = output::patiently("asking Slack", slack.login())
            .await
            .map_err(|why| refused(why, SetupError::Slack))?;
        self.token((SIGNING, SIGNING_PLACE), anew)?;
        let signing = self.secret(SIGNING);
        let is_hex =
            signing.reveal().len() == 32 && signing.reveal().bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex && !draft.slack.api_url.starts_with("http://") {
            return Err(SetupError::Signing);
        }
        output::say(&format!("Slack knows the app in the workspace {}", login.me.team_id))?;
        Ok(())
    }

    /// Also says where Jira is; empty where there is none.
    async fn tokens_of_jira(&mut self, asked: &SetupArgs) -> Result<String, SetupError> {
        let site = match (&self.held, self.chooser.is_person() && !asked.replace_settings) {
            (Some((_, held)), true) => {
                held.jira.as_ref().map(|jira| jira.api_url.clone()).unwrap_or_default()
            }
            _ => self.chooser.site()?,
        };
        if site.is_empty() {
            return Ok(site);
        }
        for tries in 0.. {
            match self.try_jira(&site, asked.replace_tokens || tries > 0).await {
                Err(error) if self.chooser.is_person() && error.is_mistyped() => {
                    output::say(&error.to_string())?
                }
                done => {
                    done?;
                    break;
                }
            }
        }
        if !self.has(WEBHOOK) {
            self.document.insert(WEBHOOK.to_owned(), random()?.into());
        }
        Ok(site)
    }

    async fn try_jira(&mut self, site: &str, anew: bool) -> Result<(), SetupError> {
        self.token(EMAIL, anew)?;
        self.token(TOKEN, anew)?;
        let draft = self.draft(site)?;
        let (email, token) = (self.secret(EMAIL.0), self.secret(TOKEN.0));
        if let Some(settings) = &draft.jira {
            let until = clock::now() + TIME;
            let jira = Jira { world: &self.live, settings, email: &email, token: &token, until };
            let me = output::patiently("asking Jira", jira.me())
                .await
                .map_err(|why| refused(why, SetupError::Jira))?;
            output::say(&format!("Jira knows the account {me}"))?;
        }
        Ok(())
    }

    /// The settings to be stored; `None` where those that are there stay.
    async fn chosen_settings(&self, site: &str, replace: bool) -> Result<Option<String>, SetupError> {
        if let (Some(_), true, false) = (&self.held, self.chooser.is_person(), replace) {
            output::say("the settings that are stored stay; --replace-settings asks for others")?;
            return Ok(None);
        }
        let draft = self.draft(site)?;
        let (bot, email, token) = (self.secret(BOT.0), self.secret(EMAIL.0), self.secret(TOKEN.0));
        let until = clock::now() + TIME;
        let slack = Slack { world: &self.live, settings: &draft.slack, token: &bot, until };
        let team = output::patiently("asking Slack", slack.login())
            .await
            .map_err(|why| refused(why, SetupError::Slack))?
            .me
            .team_id;
        let of_team =
            casebridge::config::settings::SlackSettings { team: team.clone(), ..draft.slack.clone() };
        let slack = Slack { settings: &of_team, ..slack };
        let jira = draft.jira.as_ref().map(|settings| Jira {
            world: &self.live,
            settings,
            email: &email,
            token: &token,
            until,
        });
        let channel = self.until_good(async || self.chooser.channel(&slack).await).await?;
        let mut toml = choices::slack_table(&team, &channel, self.slack_api_url().as_deref());
        if let Some(jira) = &jira {
            toml += &self.until_good(async || self.chooser.project(jira).await).await?;
        }
        let mut roles = Vec::new();
        for role in &ROLES {
            let ids =
                self.until_good(async || self.chooser.members(role, &slack, jira.as_ref()).await).await?;
            roles.push((role.0, ids));
        }
        toml += &choices::roles_table(&roles);
        self.parse(&toml)?;
        self.is_to_be_stored(toml, replace)
    }

    /// Settings that are there already may have been changed by hand.
    fn is_to_be_stored(&self, toml: String, replace: bool) -> Result<Option<String>, SetupError> {
        match &self.held {
            Some((held, _)) if *held == toml => {}
            Some((held, _)) => {
                output::say(&settings::difference(held, &toml))?;
                if !replace {
                    output::say(
                        "other settings are stored, and they stay: --replace-settings replaces them",
                    )?;
                    return Ok(None);
                }
            }
            None => output::say(&toml)?,
        }
        if self.chooser.is_person() && !terminal::agrees("Store these settings?")? {
            return Err(SetupError::Io(io::Error::other("nothing was stored")));
        }
        Ok(Some(toml))
    }

    /// Asks a person again after an answer that does not fit.
    async fn until_good<T>(&self, ask: impl AsyncFn() -> Result<T, ChoicesError>) -> Result<T, SetupError> {
        loop {
            match ask().await {
                Err(error) if self.chooser.is_person() && error.is_mistyped() => {
                    output::say(&error.to_string())?
                }
                answer => return Ok(answer?),
            }
        }
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

    /// Waits for a request of Slack's that is signed with the secret.
    async fn wait(&self, first: &FirstRequest, seconds: u64) -> Result<(), SetupError> {
        let (begun, mut said) = (Instant::now(), None::<(Seen, Instant)>);
        loop {
            let seen = first.seen(sighting::requests(&self.live, Service::Slack).await?);
            let is_over = begun.elapsed().as_secs() >= seconds;
            let words = match seen {
                Seen::Genuine(at) => {
                    let ago = doctor::ago(at);
                    return Ok(output::say(&format!("Slack's signed requests arrive (the last one {ago})"))?);
                }
                Seen::Strange => return Err(SetupError::Strange),
                Seen::TooEarly if is_over => return Err(SetupError::Strange),
                Seen::Nothing if is_over => return Err(SetupError::Silent(seconds)),
                Seen::TooEarly => {
                    "A request came that the functions do not know as Slack's: they take up a new secret within a minute. Then \
                     press Retry once more. Waiting …"
                }
                Seen::Nothing => {
                    "By hand: in the Slack app, under Event Subscriptions, press Retry beside the Request URL. Waiting …"
                }
            };
            let is_new = said.is_none_or(|(other, _)| other != seen);
            if is_new || said.is_some_and(|(_, at)| Instant::now() >= at) {
                output::say(if is_new { words } else { "still waiting for Slack …" })?;
                said = Some((seen, Instant::now() + AGAIN));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The request that a setup waits for.
struct FirstRequest {
    /// The signing secret was written by this setup: only a request after its beginning is signed with it.
    is_new: bool,
    begun: i64,
    /// When every function knows the secret.
    known_at: i64,
}

/// What is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Nothing,
    Genuine(i64),
    /// Its signature did not fit, before every function knew the secret.
    TooEarly,
    Strange,
}

impl FirstRequest {
    /// Of when the last one came that was genuine, and the last one that was not.
    fn seen(&self, [genuine, strange]: [Option<i64>; 2]) -> Seen {
        let genuine = genuine.filter(|at| !self.is_new || *at >= self.begun);
        match (genuine, strange.filter(|at| !self.is_new || *at >= self.begun)) {
            (Some(at), other) if other.is_none_or(|other| other <= at) => Seen::Genuine(at),
            (_, Some(at)) if at >= self.known_at => Seen::Strange,
            (_, Some(_)) => Seen::TooEarly,
            (_, None) => Seen::Nothing,
        }
    }
}

/// That somebody is not answered says nothing of their token.
fn refused(why: Failure, refused: fn(Failure) -> SetupError) -> SetupError {
    match why {
        Failure::NotApplied { .. } | Failure::Unknown { .. } => SetupError::Unanswered(why),
        Failure::Content { .. } | Failure::Gone { .. } | Failure::Broken { .. } | Failure::Shut { .. } => {
            refused(why)
        }
    }
}

/// How the app is made.
fn app(stack: Option<&str>) -> String {
    let Some(stack) = stack else {
        return "CASEBRIDGE_API_URL is not set: the output Setup of the stack sets it, and then the link to make the Slack \
                app of stands here"
            .to_owned();
    };
    format!(
        "By hand: make the Slack app. Open this, choose the workspace, Create, then Install to Workspace:\n\n{}\n",
        manifest::link(&manifest::manifest(stack, None))
    )
}

/// The tokens on standard input; none where it is empty.
fn given() -> Result<Document, SetupError> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    match text.trim() {
        "" => Ok(Document::new()),
        text => serde_json::from_str(text).map_err(|_| SetupError::Tokens),
    }
}

fn random() -> Result<String, SetupError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| SetupError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_came_before_the_functions_knew_a_new_secret_is_not_judged_by_it() {
        let replaced = FirstRequest { is_new: true, begun: 1_000, known_at: 61_000 };
        let same = FirstRequest { is_new: false, begun: 1_000, known_at: 1_000 };
        for (first, genuine, strange, expected) in [
            (&replaced, None, None, Seen::Nothing),
            (&replaced, Some(999), None, Seen::Nothing),
            (&replaced, Some(1_000), None, Seen::Genuine(1_000)),
            (&replaced, None, Some(999), Seen::Nothing),
            (&replaced, None, Some(60_999), Seen::TooEarly),
            (&replaced, None, Some(61_000), Seen::Strange),
            (&replaced, Some(70_000), Some(60_999), Seen::Genuine(70_000)),
            (&replaced, Some(70_000), Some(70_001), Seen::Strange),
            (&same, Some(1), None, Seen::Genuine(1)),
            (&same, Some(2), Some(1), Seen::Genuine(2)),
            (&same, Some(1), Some(2), Seen::TooEarly),
            (&same, None, Some(2), Seen::TooEarly),
            (&same, Some(1), Some(1_000), Seen::Strange),
        ] {
            assert_eq!(first.seen([genuine, strange]), expected, "{genuine:?} {strange:?}");
        }
    }
}
