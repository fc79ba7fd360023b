//! How do settings get into the table?

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use casebridge::{
    aws::logs::LogsError,
    case::text,
    config::{
        clock,
        hosts::Reach,
        sdk,
        settings::{self, Problem, Settings},
    },
    state::{self, Store},
    telemetry::audit::{AuditLine, AuditOutcome},
};
use clap::Subcommand;

use crate::{
    account::{Account, AccountError},
    operator::{Operator, OperatorError},
};

#[derive(Debug, Subcommand)]
pub enum SettingsCommand {
    /// Says everything that is wrong with a file: key, line, and what to do.
    Check {
        /// Settings in TOML; docs/settings.md lists the keys.
        file: PathBuf,
    },
    /// Checks a file and stores it; the functions take it up within a minute.
    Push {
        /// Settings in TOML; docs/settings.md lists the keys.
        file: PathBuf,
    },
    /// Shows the settings that are in the table.
    Pull,
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: io::Error },
    #[error("{}: not good\n{}", file.display(), lines(problems))]
    Bad { file: PathBuf, problems: Vec<Problem> },
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(
        "sir.region is {named}, but the table is in {own}. The roles of the stack allow its own Region only, and only \
         there the service's events arrive: deploy the stack in the membership's Region, and leave sir.region out or \
         say {own}. Nothing was stored"
    )]
    Region { named: String, own: String },
    #[error(transparent)]
    Store(#[from] state::Error),
    #[error("{0}. Nothing was stored")]
    Operator(#[from] OperatorError),
    #[error("{said}.\nBut the audit trail does not know of it ({error}). Keep this line:\n{line}")]
    Unaudited { said: String, error: LogsError, line: String },
    #[error("there are no settings in the table yet: casebridge settings push FILE")]
    None,
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// Does it; the answer is what to say.
pub async fn run(command: SettingsCommand) -> Result<String, SettingsError> {
    match command {
        SettingsCommand::Check { file } => {
            let (_, settings) = check(&file, sdk::reach_here().await)?;
            Ok(format!("{}: good\n{}", file.display(), unchecked(&settings)))
        }
        SettingsCommand::Push { file } => {
            let (toml, settings) = check(&file, sdk::reach_here().await)?;
            let account = Account::open().await?;
            is_at_home(settings.sir.region.as_deref(), &account.region)?;
            // Whoever cannot be named in the audit trail changes nothing where one is kept.
            let operator = Operator::identify(&account.aws).await?;
            account.table.put_settings(&toml).await?;
            let (file, name) = (file.display(), &account.name);
            let said = format!("{file} is in {name}; the functions take it up within a minute");
            let Some(operator) = operator else {
                return Ok(format!("{said}. No trail says who did it: CASEBRIDGE_AUDIT_GROUP is not set"));
            };
            match operator.record(pushed(&toml)).await {
                Ok(()) => Ok(said),
                Err(error) => Err(SettingsError::Unaudited { said, error, line: pushed(&toml).json() }),
            }
        }
        SettingsCommand::Pull => {
            let account = Account::open().await?;
            Ok(account.table.settings().await?.ok_or(SettingsError::None)?.trim_end().to_owned())
        }
    }
}

/// What the trail says of a push: which version it is, as the functions say when they take it up.
fn pushed(toml: &str) -> AuditLine {
    let version = text::hash(toml);
    AuditLine {
        act: text::hash(&format!("settings push {version} {}", clock::now())),
        door: "cli".to_owned(),
        verb: "settings push".to_owned(),
        outcome: AuditOutcome::Done,
        version,
        ..AuditLine::default()
    }
}

/// Whether the service is asked where the functions may ask it.
fn is_at_home(named: Option<&str>, own: &str) -> Result<(), SettingsError> {
    match named {
        Some(named) if named != own => {
            Err(SettingsError::Region { named: named.to_owned(), own: own.to_owned() })
        }
        _ => Ok(()),
    }
}

/// What a file alone cannot tell.
fn unchecked(settings: &Settings) -> String {
    let Settings { slack, jira, sir, .. } = settings;
    let mut told = vec![format!("workspace {}", slack.team), format!("channel {}", slack.channel)];
    if let Some(jira) = jira {
        told.push(format!("project {}", jira.project));
        told.push(format!("issue type {}", jira.issue_type));
        told.push("the statuses of the issues".to_owned());
    }
    told.extend(sir.region.iter().map(|region| format!("Region {region}")));
    told.push("the people and groups of the roles".to_owned());
    format!("  not checked here, whether there are: {}. `casebridge doctor` asks", told.join(", "))
}

fn check(file: &Path, reach: Reach) -> Result<(String, Settings), SettingsError> {
    let bad = |problems| SettingsError::Bad { file: file.to_owned(), problems };
    let bytes = fs::read(file).map_err(|error| SettingsError::File { file: file.to_owned(), error })?;
    let toml = settings::utf8(bytes).map_err(|problem| bad(vec![problem]))?;
    let settings = Settings::parse(&toml, reach).map_err(bad)?;
    Ok((toml, settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_push_is_a_line_of_the_trail_that_names_the_operator_and_the_version_and_nothing_of_the_file() {
        let standin = casebridge_lab::standins::LogsStandin::start().await.expect("a stand-in");
        let arn = "arn:aws:sts::111122223333:assumed-role/ops/ana";
        let toml = "[slack]\nteam = 'T1'\nchannel = 'C1'\n";
        Operator::at(standin.url(), arn).record(pushed(toml)).await.expect("it is taken");
        let [line] = <[String; 1]>::try_from(standin.lines()).expect("one line");
        let read: AuditLine = serde_json::from_str(&line).expect("a line of the trail");
        assert_eq!((read.who.as_str(), read.verb.as_str()), (arn, "settings push"));
        assert_eq!((read.version, read.outcome), (text::hash(toml), AuditOutcome::Done));
        assert!(!line.contains("C1") && !line.contains("slack"), "{line}");
    }

    #[test]
    fn a_region_in_which_the_functions_may_ask_nothing_is_refused() {
        for named in [None, Some("eu-west-1")] {
            assert!(is_at_home(named, "eu-west-1").is_ok(), "{named:?}");
        }
        let why = is_at_home(Some("us-east-1"), "eu-west-1").expect_err("elsewhere").to_string();
        assert!(why.contains("us-east-1") && why.contains("eu-west-1") && why.contains("Nothing was stored"));
    }
}
