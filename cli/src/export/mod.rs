//! A case as evidence: a folder that says what happened, and how anybody can see that it was not changed since.

mod chain;
mod collect;
mod entry;
mod files;
pub mod keys;
mod page;
pub mod rehearsal;
pub mod verify;

#[cfg(test)]
mod tests;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use casebridge::{
    aws::sir::aws::SirClient,
    case::{CaseId, Millis, text},
    config::{
        clock,
        environment::{self, Environment, variable},
    },
    runtime::live::ConfigError,
    targets::{jira::Jira, slack::Slack},
    telemetry::audit::{AuditLine, AuditOutcome},
};
use clap::Args;

use self::{
    chain::{Hashed, MANIFEST, Manifest, PAGE, SIGNATURE, TIMELINE},
    collect::{CollectError, Sources},
    entry::{EntryKind, Fetched, TimelineEntry},
    keys::{KeyError, SigningKey},
};
use crate::{
    account::{self, Account, AccountError},
    operator::{self, Operator, OperatorError},
};

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The case's id.
    case: String,
    /// The private key that signs it: `casebridge keypair FILE` makes one.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The folder to make; case-ID where none is named.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// Fetches the case's files, too.
    #[arg(long)]
    attachments: bool,
    /// Tells texts, too, that their writers took back.
    #[arg(long)]
    with_withdrawn: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("\"{0}\" is no case id: it is a number of ten digits")]
    Case(String),
    #[error("{0}. Set what the functions have: CASEBRIDGE_TABLE, CASEBRIDGE_INBOX_URL, CASEBRIDGE_SECRET_ID")]
    Environment(#[from] environment::EnvironmentError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("{} is there already: name another folder with --to", .0.display())]
    Taken(PathBuf),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}. Nothing was exported")]
    Operator(#[from] OperatorError),
    #[error(transparent)]
    Collect(#[from] CollectError),
    #[error("{}: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("the audit trail does not take that the case was exported ({0}), so it was not")]
    Unaudited(casebridge::aws::logs::LogsError),
}

/// Exports a case; the answer says where it is, and what is not in it.
pub async fn run(asked: &ExportArgs) -> Result<String, ExportError> {
    let id = CaseId::parse(&asked.case).ok_or_else(|| ExportError::Case(asked.case.clone()))?;
    let key = SigningKey::read(&asked.key)?;
    let folder = asked.to.clone().unwrap_or_else(|| PathBuf::from(format!("case-{id}")));
    let account = Account::open().await?;
    let live = account::live(Environment::read(variable)?, SirClient::new);
    let chosen = live.chosen().await?;
    let operator = Operator::identify(&account.aws).await?;
    let (settings, secrets, until) = (&chosen.settings, &chosen.secrets, Millis::MAX);
    let slack = Slack::new(&live, settings, secrets, until);
    let jira = Jira::new(&live, settings, secrets, until);
    let trail = match &operator {
        Some(operator) => operator.acts_on(&id).await.map_err(|error| error.to_string()),
        None => Err("CASEBRIDGE_AUDIT_GROUP is not set".to_owned()),
    };
    // Whoever reads all of a case leaves a line, before they have it.
    if let Some(operator) = &operator {
        operator
            .record(operator::line("export", Some(&id), AuditOutcome::Shown))
            .await
            .map_err(ExportError::Unaudited)?;
    }
    let part = Unfinished::begin(&folder)?;
    let files = asked.attachments.then_some(part.path.as_path());
    let sources = Sources { world: &live, slack, jira, trail, withdrawn: asked.with_withdrawn, files };
    let by = operator.map(|operator| operator.arn).unwrap_or_default();
    let export = Export { case: id.clone(), at: AuditLine::time(clock::now()), by, key };
    let entries = collect::case(&sources, &id).await?;
    let entries = export.write(&part.path, entries)?;
    part.finish(&folder)?;
    Ok(told(&folder, &export.key, &entries))
}

fn told(folder: &Path, key: &SigningKey, entries: &[TimelineEntry]) -> String {
    let missing = entries.iter().filter_map(|entry| match &entry.what {
        EntryKind::Missing { what, why } => Some(format!("\n  not in it: {what} ({why})")),
        _ => None,
    });
    let (missing, fingerprint) = (missing.collect::<String>(), key.public().fingerprint());
    format!(
        "{} holds the case in {}, signed by the key {fingerprint}{missing}\n`casebridge verify {} --key PUBLIC` says whether \
         it is as it was",
        folder.display(),
        text::counted(entries.len(), "line", "lines"),
        folder.display()
    )
}

/// What is the same for all of an export.
struct Export {
    case: CaseId,
    at: String,
    by: String,
    key: SigningKey,
}

impl Export {
    /// Writes all but the files that are there already; the answer is what the timeline holds.
    fn write(&self, folder: &Path, entries: Vec<TimelineEntry>) -> Result<Vec<TimelineEntry>, ExportError> {
        let tool = concat!("casebridge ", env!("CARGO_PKG_VERSION")).to_owned();
        let head = TimelineEntry {
            at: Some(self.at.clone()),
            what: EntryKind::Export { by: self.by.clone(), tool },
        };
        let entries: Vec<_> = [head].into_iter().chain(entries).collect();
        let timeline: String = entries.iter().map(|entry| entry.json() + "\n").collect();
        let page = page::page(&entries);
        put(folder, TIMELINE, timeline.as_bytes())?;
        put(folder, PAGE, page.as_bytes())?;
        let texts = [(TIMELINE, timeline.as_bytes()), (PAGE, page.as_bytes())];
        let mut files: Vec<_> = texts.into_iter().map(|(name, bytes)| hashed(name, bytes)).collect();
        files.extend(entries.iter().filter_map(fetched));
        let manifest = Manifest::of(self.case.as_str(), &self.at, &self.by, files).json();
        put(folder, MANIFEST, manifest.as_bytes())?;
        put(folder, SIGNATURE, &self.key.sign(manifest.as_bytes()))?;
        Ok(entries)
    }
}

fn hashed(name: &str, bytes: &[u8]) -> Hashed {
    let lines = if name == TIMELINE { chain::lines(bytes) } else { Vec::new() };
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Hashed { name: name.to_owned(), bytes: length, sha256: chain::sha256(bytes), lines }
}

fn fetched(entry: &TimelineEntry) -> Option<Hashed> {
    let EntryKind::File(file) = &entry.what else { return None };
    let Fetched::Here { path, bytes, sha256 } = file.fetched.clone() else { return None };
    Some(Hashed { name: path, bytes, sha256, lines: Vec::new() })
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
    let path = folder.join(name);
    fs::write(&path, bytes).map_err(|error| ExportError::Write { path, error })
}

/// A folder that bears its name only once it is whole; else it goes again.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn begin(folder: &Path) -> Result<Self, ExportError> {
        let path = PathBuf::from(format!("{}.part", folder.display()));
        if let Some(taken) = [folder, &path].into_iter().find(|path| path.exists()) {
            return Err(ExportError::Taken(taken.to_owned()));
        }
        fs::create_dir_all(&path).map_err(|error| ExportError::Write { path: path.clone(), error })?;
        Ok(Self { path })
    }

    fn finish(self, folder: &Path) -> Result<(), ExportError> {
        fs::rename(&self.path, folder).map_err(|error| ExportError::Write { path: folder.to_owned(), error })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Finished, it has another name.
        let _ = fs::remove_dir_all(&self.path);
    }
}
