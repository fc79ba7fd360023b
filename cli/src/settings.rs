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
    state::{
        self, Store,
        versions::{self, Pushed, Version},
    },
    telemetry::audit::{AuditLine, AuditOutcome},
};
use clap::Subcommand;

use crate::{
    account::{Account, AccountError},
    doctor::{self, DoctorError},
    operator::{self, Operator, OperatorError},
};

#[derive(Debug, Subcommand)]
pub enum SettingsCommand {
    /// Says everything that is wrong with a file: key, line, and what to do.
    Check {
        /// Settings in TOML; docs/settings.md lists the keys.
        file: PathBuf,
        /// Asks Slack and Jira as well, whether what the file names is there.
        #[arg(long)]
        live: bool,
    },
    /// Checks a file and stores it as a new version; the functions take it up within a minute.
    Push {
        /// Settings in TOML; docs/settings.md lists the keys.
        file: PathBuf,
        /// Only if this version holds now: see `history`.
        #[arg(long, value_name = "NUMBER")]
        if_version: Option<u32>,
    },
    /// Shows the settings that hold.
    Pull,
    /// Shows what a file, or a version, would change.
    Diff {
        /// A file, or the number of a version.
        with: String,
    },
    /// Lists the versions: when each was put there, and by whom.
    History,
    /// Puts an earlier version there again, as a new one.
    Rollback {
        /// Its number; without it: the version before the one that holds.
        number: Option<u32>,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: io::Error },
    #[error("{}: not good\n{}", file.display(), lines(problems))]
    Bad { file: PathBuf, problems: Vec<Problem> },
    #[error("version {number} is not good for this release:\n{}", lines(problems))]
    OldBad { number: u32, problems: Vec<Problem> },
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
    #[error("there is no version {0}: `casebridge settings history` lists those that there are")]
    NoVersion(u32),
    #[error(
        "somebody else pushed meanwhile, and theirs holds: nothing was stored. See `casebridge settings history` and \
         `casebridge settings diff FILE`, then push again"
    )]
    Outrun,
    #[error(
        "version {held} holds, not {wanted}: nothing was stored. `casebridge settings diff FILE` shows what differs"
    )]
    Other { held: u32, wanted: u32 },
    #[error(transparent)]
    Doctor(#[from] DoctorError),
    #[error("{0}")]
    Unfit(String),
}

/// A line a problem.
pub fn lines(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// Does it; the answer is what to say.
pub async fn run(command: SettingsCommand) -> Result<String, SettingsError> {
    if let SettingsCommand::Check { file, live } = command {
        let (_, settings) = check(&file, sdk::reach_here().await)?;
        return match live {
            false => Ok(format!("{}: good\n{}", file.display(), unchecked(&settings))),
            true => asked(&file, &settings).await,
        };
    }
    if let SettingsCommand::Push { file, if_version } = command {
        let (toml, _) = check(&file, sdk::reach_here().await)?;
        let account = Account::open().await?;
        is_version(&account, if_version).await?;
        return Ok(format!("{}: {}", file.display(), store(&account, &toml).await?));
    }
    let account = Account::open().await?;
    let held = account.table.settings().await?;
    match command {
        SettingsCommand::Check { .. } | SettingsCommand::Push { .. } | SettingsCommand::Pull => {
            Ok(held.ok_or(SettingsError::None)?.trim_end().to_owned())
        }
        SettingsCommand::Diff { with } => {
            let other = match with.parse() {
                Ok(number) => version(&account, number).await?,
                Err(_) => read(Path::new(&with))?,
            };
            Ok(difference(&held.unwrap_or_default(), &other))
        }
        SettingsCommand::History => {
            let all = versions::all(&account.table).await?;
            Ok(history(&all, held.as_deref()))
        }
        SettingsCommand::Rollback { number } => {
            let all = versions::all(&account.table).await?;
            let number = number.unwrap_or_else(|| before(&all, held.as_deref()));
            let toml = version(&account, number).await?;
            Settings::parse(&toml, account.reach)
                .map_err(|problems| SettingsError::OldBad { number, problems })?;
            Ok(format!("version {number} again: {}", store(&account, &toml).await?))
        }
    }
}

/// The number of the version before the one that holds.
fn before(all: &[Version], held: Option<&str>) -> u32 {
    let hash = held.map(text::hash).unwrap_or_default();
    let at = all.iter().rposition(|version| version.hash == hash).unwrap_or(all.len());
    all.get(..at).and_then(<[_]>::last).map_or(0, |version| version.number)
}

async fn version(account: &Account, number: u32) -> Result<String, SettingsError> {
    let all = versions::all(&account.table).await?;
    let version = all.iter().find(|version| version.number == number);
    let version = version.ok_or(SettingsError::NoVersion(number))?;
    versions::text_of(&account.table, version).await?.ok_or(SettingsError::NoVersion(number))
}

async fn is_version(account: &Account, wanted: Option<u32>) -> Result<(), SettingsError> {
    let Some(wanted) = wanted else { return Ok(()) };
    let held = account.table.settings().await?.map(|toml| text::hash(&toml)).unwrap_or_default();
    let all = versions::all(&account.table).await?;
    let held = all.iter().rfind(|version| version.hash == held).map_or(0, |version| version.number);
    if held == wanted { Ok(()) } else { Err(SettingsError::Other { held, wanted }) }
}

/// A line a version, the newest first.
fn history(all: &[Version], held: Option<&str>) -> String {
    let hash = held.map(text::hash).unwrap_or_default();
    let holds = all.iter().rfind(|version| version.hash == hash).map(|version| version.number);
    let line = |version: &Version| {
        let at = match version.at {
            0 => "before versions were kept".to_owned(),
            at => AuditLine::time(at),
        };
        let who = if version.who.is_empty() { "nobody knows who" } else { &version.who };
        let mark = if holds == Some(version.number) { "  (holds)" } else { "" };
        format!("{:>4}  {at}  {who}{mark}", version.number)
    };
    match all.is_empty() {
        true => "No version is listed: each push from now on is.".to_owned(),
        false => all.iter().rev().map(line).collect::<Vec<_>>().join("\n"),
    }
}

/// What differs, line by line.
pub fn difference(old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(2).header("holds now", "would hold").to_string();
    if text.is_empty() { "No difference.".to_owned() } else { text.trim_end().to_owned() }
}

/// Stores settings that are good, in the place of those that hold now; says what was done.
pub async fn store(account: &Account, toml: &str) -> Result<String, SettingsError> {
    let settings = Settings::parse(toml, account.reach)
        .map_err(|problems| SettingsError::Bad { file: "the settings".into(), problems })?;
    is_at_home(settings.sir.region.as_deref(), &account.region)?;
    // Whoever cannot be named in the audit trail changes nothing where one is kept.
    let operator = Operator::identify(&account.aws).await?;
    let who = match &operator {
        Some(operator) => operator.arn.clone(),
        None => operator::arn(&account.aws).await.unwrap_or_default(),
    };
    let held = account.table.settings().await?;
    let pushed = versions::push(&account.table, held.as_deref(), toml, (&who, clock::now())).await?;
    let said = match pushed {
        Pushed::Held => return Ok(format!("these settings hold already in {}", account.name)),
        Pushed::Outrun => return Err(SettingsError::Outrun),
        Pushed::Stored(version) => format!(
            "version {} is in {}; the functions take it up within a minute",
            version.number, account.name
        ),
    };
    let Some(operator) = operator else {
        return Ok(format!("{said}. No trail says who did it: CASEBRIDGE_AUDIT_GROUP is not set"));
    };
    match operator.record(audited(toml)).await {
        Ok(()) => Ok(said),
        Err(error) => Err(SettingsError::Unaudited { said, error, line: audited(toml).json() }),
    }
}

/// Asks Slack and Jira whether what the settings name is there.
async fn asked(file: &Path, settings: &Settings) -> Result<String, SettingsError> {
    let visit = doctor::of_settings(settings).await?;
    let told = visit.text(false);
    match visit.is_well() {
        true => Ok(format!("{}: good\n{told}", file.display())),
        false => Err(SettingsError::Unfit(format!("{}: not good\n{told}", file.display()))),
    }
}

/// What the trail says of a push: which version it is, as the functions say when they take it up.
fn audited(toml: &str) -> AuditLine {
    AuditLine { version: text::hash(toml), ..operator::line("settings push", None, AuditOutcome::Done) }
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
    told.extend(
        settings.routes.iter().filter_map(|route| Some(format!("channel {}", route.channel.as_ref()?))),
    );
    if let Some(jira) = jira {
        told.extend(settings.projects().iter().map(|project| format!("project {project}")));
        told.push(format!("issue type {}", jira.issue_type));
        told.push("the statuses of the issues".to_owned());
    }
    told.extend(sir.region.iter().map(|region| format!("Region {region}")));
    told.push("the people and groups of the roles".to_owned());
    format!(
        "  not checked here, whether there are: {}. `casebridge settings check --live` and `casebridge doctor` ask",
        told.join(", ")
    )
}

fn read(file: &Path) -> Result<String, SettingsError> {
    let bytes = fs::read(file).map_err(|error| SettingsError::File { file: file.to_owned(), error })?;
    settings::utf8(bytes)
        .map_err(|problem| SettingsError::Bad { file: file.to_owned(), problems: vec![problem] })
}

fn check(file: &Path, reach: Reach) -> Result<(String, Settings), SettingsError> {
    let toml = read(file)?;
    let settings = Settings::parse(&toml, reach)
        .map_err(|problems| SettingsError::Bad { file: file.to_owned(), problems })?;
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
        Operator::at(standin.url(), arn).record(audited(toml)).await.expect("it is taken");
        let [line] = <[String; 1]>::try_from(standin.lines()).expect("one line");
        let read: AuditLine = serde_json::from_str(&line).expect("a line of the trail");
        assert_eq!((read.who.as_str(), read.verb.as_str()), (arn, "settings push"));
        assert_eq!((read.version, read.outcome), (text::hash(toml), AuditOutcome::Done));
        assert!(!line.contains("C1") && !line.contains("slack"), "{line}");
    }

    #[test]
    fn the_history_marks_what_holds_and_a_rollback_goes_to_the_one_before() {
        let one = |number, toml: &str, at| Version { number, hash: text::hash(toml), at, who: String::new() };
        let all = [one(1, "a", 0), one(2, "b", 1_795_669_200_000), one(3, "a", 1_795_669_260_000)];
        let told = history(&all, Some("a"));
        let lines: Vec<_> = told.lines().collect();
        assert!(lines[0].starts_with("   3  2026-") && lines[0].ends_with("(holds)"), "{told}");
        assert!(!lines[1].contains("(holds)") && lines[2].contains("before versions were kept"), "{told}");
        for (held, expected) in [(Some("a"), 2), (Some("b"), 1), (Some("unlisted"), 3), (None, 3)] {
            assert_eq!(before(&all, held), expected, "{held:?}");
        }
        assert_eq!((before(&[], None), before(&all[..1], Some("a"))), (0, 0));
    }

    #[test]
    fn a_difference_shows_the_lines_that_change_and_no_others() {
        let told = difference("a = 1\nb = 2\n", "a = 1\nb = 3\n");
        assert!(told.contains("-b = 2") && told.contains("+b = 3") && !told.contains("-a"), "{told}");
        assert_eq!(difference("a", "a"), "No difference.");
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
