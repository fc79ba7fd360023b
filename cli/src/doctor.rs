//! Does the bridge work? The checks of `/sir doctor`, from a terminal.

use casebridge::{
    aws::sir::aws::SirClient,
    case::Millis,
    config::{
        clock,
        environment::{self, Environment, variable},
        secrets::Secrets,
        settings::Settings,
    },
    doctor::{self, Answer, Finding, Patient},
    runtime::{World, live::ConfigError},
    targets::{jira::Jira, slack::Slack},
};

use crate::account::{self, Account, AccountError};

/// How long ago something was.
pub fn ago(at: Millis) -> String {
    doctor::ago(clock::now(), at)
}

/// How long asking may take.
const TIME: i64 = 300_000;

#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{0}. Set what the functions have: CASEBRIDGE_TABLE, CASEBRIDGE_INBOX_URL, CASEBRIDGE_SECRET_ID")]
    Environment(#[from] environment::EnvironmentError),
}

/// What was found, and whether nothing is wrong.
pub struct Visit {
    found: Vec<Finding>,
}

impl Visit {
    pub fn is_well(&self) -> bool {
        !self.found.iter().any(|finding| finding.answer.is_wrong())
    }

    /// One JSON object a line, for a script.
    pub fn json(&self) -> String {
        let lines = self.found.iter().map(|finding| serde_json::to_string(finding).unwrap_or_default());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// For a person; with `quiet` what works is not said.
    pub fn text(&self, quiet: bool) -> String {
        let works = |finding: &&Finding| matches!(finding.answer, Answer::Ok { .. });
        let told = self.found.iter().filter(|finding| !(quiet && works(finding)));
        let wrong = self.found.iter().filter(|finding| finding.answer.is_wrong()).count();
        let good = self.found.iter().filter(works).count();
        let rest = self.found.len() - wrong - good;
        let mut lines: Vec<_> = told.map(ToString::to_string).collect();
        lines.push(format!("{good} ok, {wrong} wrong, {rest} not seen"));
        lines.join("\n")
    }
}

/// Asks everything.
pub async fn run() -> Result<Visit, DoctorError> {
    Account::open().await?;
    let live = account::live(Environment::read(variable)?, SirClient::new);
    match live.chosen().await {
        Ok(chosen) => Ok(Visit { found: examined(&live, &chosen.settings, &chosen.secrets, false).await }),
        Err(why) => Ok(Visit { found: vec![not_begun(&why)] }),
    }
}

/// Asks Slack and Jira about these settings, with the tokens of the stack.
pub async fn of_settings(settings: &Settings) -> Result<Visit, DoctorError> {
    let account = Account::open().await?;
    let environment = Environment::read(variable)?;
    let secrets = match Secrets::load(&account.secrets().await, &environment.secret_id).await {
        Ok((secrets, _)) => secrets,
        Err(why) => return Ok(Visit { found: vec![not_begun(&why.into())] }),
    };
    let live = account::live(environment, SirClient::new);
    Ok(Visit { found: examined(&live, settings, &secrets, true).await })
}

async fn examined(world: &dyn World, settings: &Settings, secrets: &Secrets, chosen: bool) -> Vec<Finding> {
    let until = clock::now() + TIME;
    let slack = Slack::new(world, settings, secrets, until);
    let jira = Jira::new(world, settings, secrets, until);
    let patient = Patient { world, settings, slack: &slack, jira: jira.as_ref(), secrets, until };
    match chosen {
        true => Box::pin(doctor::examine_settings(&patient)).await,
        false => Box::pin(doctor::examine(&patient)).await,
    }
}

/// Without settings and secret nothing else can be asked.
fn not_begun(why: &ConfigError) -> Finding {
    let (check, mend) = match why {
        ConfigError::NoSettings | ConfigError::Settings(_) => (
            "settings",
            "`casebridge settings check FILE` says what is wrong, `casebridge settings push FILE` stores it",
        ),
        ConfigError::Secrets(_) => (
            "secret",
            "`casebridge setup` asks for what is missing; docs/settings.md lists what belongs there",
        ),
        ConfigError::Store(_) => ("table.read", "see the table in DynamoDB's console"),
    };
    Finding { check, answer: Answer::Wrong { seen: why.to_string(), mend: mend.to_owned() } }
}
