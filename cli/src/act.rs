//! `casebridge do`: a line of `/sir`, with the operator's own rights at AWS. Neither Slack nor Jira is asked anything, and the
//! secret is not read.

use std::{
    fs,
    io::{self, IsTerminal, Read, Write},
    path::Path,
    time::Duration,
};

use bytes::Bytes;

use casebridge::{
    aws::sir::{self, aws::SirClient},
    case::{CaseId, Millis},
    chat::{self, ChatContext, Redeliver, Terminal, Told},
    config::{
        clock,
        environment::{self, Environment, LeftOut, variable},
        secrets::{Secret, Secrets},
    },
    http::{
        self,
        transport::{Opened, Source, Transport},
    },
    runtime::{
        QueueMessage, Recent, World,
        live::{ConfigError, Live},
    },
    state::{Store, dynamodb::Dynamo},
    telemetry::audit::{AuditLine, AuditOutcome},
};
use clap::Args;
use serde_json::json;

use crate::{
    account::{self, Account, AccountError},
    operator, output, terminal,
};

/// The most that is read from standard input: no comment is longer by far.
const LONGEST: u64 = 1 << 20;

/// So long a file may be on its way: the largest, over a slow line.
const UPLOAD: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, Args)]
#[command(after_help = "\
For example:
  casebridge do list
  casebridge do 7000000003 show
  casebridge do 7000000003 comment - < words.txt
  casebridge do 7000000003 attach auth.log
  casebridge do --yes 7000000003 close
  casebridge do new \"Leaked key\" > case.txt; casebridge do new - < case.txt
  casebridge do help status")]
pub struct ActArgs {
    /// Confirms what would be asked before something final is done. Stands before the line.
    #[arg(long)]
    yes: bool,
    /// Tells what came of it as one JSON object. Stands before the line.
    #[arg(long)]
    json: bool,
    /// The case's id, a verb and what belongs to it, as after /sir in Slack. A last word "-" is read from standard input.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "CASE VERB")]
    line: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ActError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Settings(#[from] ConfigError),
    #[error("AWS does not tell who you are: look at your credentials. Nothing was done")]
    Nobody,
    #[error("there is no randomness here to name what is done. Nothing was done")]
    Random,
    #[error("standard input is no text, or longer than a megabyte. Nothing was done")]
    Input,
    #[error("{0} is no file that can be read here ({1}). Nothing was done")]
    File(String, io::ErrorKind),
    #[error(
        "these credentials may not read or write the table {0}, which keeps who does what ({1}): they need what \
         docs/operations.md grants under \"Slack is down\". Look what was done before you say it again"
    )]
    Table(String, String),
    #[error("nobody knows what became of it ({0}): look before you say it again")]
    Unknown(Redeliver),
    /// What was answered.
    #[error("{0}")]
    NotDone(String),
    #[error("it was not done")]
    Undone,
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Does a line and tells what came of it.
pub async fn run(asked: &ActArgs) -> Result<(), ActError> {
    let words = words(&asked.line)?;
    let (account, arn) = output::patiently("asking AWS", who_asks()).await?;
    let (case, file) = match chat::brings(&words) {
        Some(case) => (Some(case), Some(file(&words)?)),
        None => (None, None),
    };
    let bytes = file.as_ref().map(|(_, bytes)| bytes.clone()).unwrap_or_default();
    let live = account::live(environment(&account.name), SirClient::new);
    let world = Alone { live, file: bytes, http: Transport::lasting(UPLOAD) };
    let settings = output::patiently("reading the settings", world.live.settings()).await?;
    // It signs what is confirmed within this process.
    let secrets = Secrets { slack_signing_secret: Secret::new(random()?), ..Secrets::default() };
    let chat = ChatContext { world: &world, settings: &settings, secrets: &secrets };
    let terminal = Terminal::of(&chat, &arn);
    let act = random()?;
    let known = |told: Result<Told, Redeliver>| told.map_err(|why| unfinished(&account.name, why));
    let mut told = match case.zip(file.as_ref()) {
        Some((case, (name, bytes))) => {
            let brought = terminal.brings(&act, case, (name, bytes.len() as u64));
            known(output::patiently("sending the file to AWS", brought).await)?
        }
        None => known(output::patiently("asking AWS", terminal.asks(&act, &words)).await)?,
    };
    if let Some(value) = told.confirm.clone()
        && is_meant(asked, &told.said)?
    {
        told = known(output::patiently("asking AWS", terminal.confirms(&random()?, value)).await)?;
    }
    if environment::audit_group(variable).is_err() {
        // Where nobody reads there is nobody to tell.
        let _ = writeln!(io::stderr(), "No trail says who did it: CASEBRIDGE_AUDIT_GROUP is not set");
    }
    tell(asked, &arn, &told)
}

/// Which account is asked, and by whom.
async fn who_asks() -> Result<(Account, String), ActError> {
    let account = Account::open().await?;
    let arn = operator::arn(&account.aws).await.ok_or(ActError::Nobody)?;
    Ok((account, arn))
}

/// The line, with what standard input holds in the place of a last `-`: so no text stands in a shell's history.
fn words(line: &[String]) -> Result<Vec<String>, ActError> {
    let Some((_, before)) = line.split_last().filter(|(last, _)| *last == "-") else {
        return Ok(line.to_vec());
    };
    let mut text = String::new();
    io::stdin().lock().take(LONGEST + 1).read_to_string(&mut text).map_err(|_| ActError::Input)?;
    if text.len() as u64 > LONGEST {
        return Err(ActError::Input);
    }
    Ok(before.iter().cloned().chain([text.trim_end().to_owned()]).collect())
}

/// The file that a line ends in: its name, and all of it.
fn file(words: &[String]) -> Result<(String, Bytes), ActError> {
    let path = words.last().map(String::as_str).unwrap_or_default();
    let name = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
    let read = fs::read(path).map_err(|error| ActError::File(path.to_owned(), error.kind()))?;
    Ok((name.unwrap_or_else(|| path.to_owned()), read.into()))
}

fn is_meant(asked: &ActArgs, question: &str) -> Result<bool, ActError> {
    if asked.yes || asked.json || !io::stdin().is_terminal() {
        return Ok(asked.yes);
    }
    output::say(question)?;
    Ok(terminal::ask("Type yes to do it")?.eq_ignore_ascii_case("yes"))
}

fn tell(asked: &ActArgs, arn: &str, told: &Told) -> Result<(), ActError> {
    let unconfirmed = told.confirm.is_some();
    let is_good = !unconfirmed
        && matches!(told.outcome, AuditOutcome::Done | AuditOutcome::Shown | AuditOutcome::Asked);
    if asked.json {
        output::say(&json!({"who": arn, "outcome": told.outcome, "said": told.said}).to_string())?;
        return if is_good { Ok(()) } else { Err(ActError::Undone) };
    }
    match unconfirmed {
        true => {
            Err(ActError::NotDone(format!("{}\nNothing was done: it takes --yes before the line", told.said)))
        }
        false if is_good => Ok(output::say(&told.said)?),
        false => Err(ActError::NotDone(told.said.clone())),
    }
}

fn unfinished(table: &str, why: Redeliver) -> ActError {
    match why {
        Redeliver::Denied(code) => ActError::Table(table.to_owned(), code),
        why @ (Redeliver::Unknown(_) | Redeliver::Unreadable(_)) => ActError::Unknown(why),
    }
}

/// The queue is asked to look at the case at once, where it is named; else the next sweep does. The secret is never named.
fn environment(table: &str) -> Environment {
    Environment {
        table: table.to_owned(),
        inbox_url: environment::inbox_url(variable).unwrap_or_default(),
        secret_id: String::new(),
        audit_group: environment::audit_group(variable).ok(),
        left_out: LeftOut::default(),
    }
}

fn random() -> Result<String, ActError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| ActError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// AWS and nobody else, and the file that is brought.
struct Alone {
    live: Live<Dynamo>,
    file: Bytes,
    http: Transport,
}

#[async_trait::async_trait(?Send)]
impl World for Alone {
    fn store(&self) -> &dyn Store {
        self.live.store()
    }

    fn now(&self) -> Millis {
        self.live.now()
    }

    fn recent(&self) -> Option<&Recent> {
        self.live.recent()
    }

    async fn sleep(&self, time: Duration) {
        self.live.sleep(time).await;
    }

    async fn send(&self, _request: http::Request) -> Result<http::Response, http::TransportError> {
        Err(http::TransportError::NotSent("neither Slack nor Jira is asked here".to_owned()))
    }

    async fn open(&self, _from: http::Request, _bytes: Option<u64>) -> Result<Source, http::TransportError> {
        Ok(Source::Opened(Opened::of(self.file.len() as u64, self.file.clone())))
    }

    async fn fill(&self, to: http::Request, file: Opened) -> Result<http::Response, http::TransportError> {
        self.http.fill(to, file, clock::now()).await
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, sir::Fault> {
        self.live.call(call).await
    }

    async fn enqueue(&self, _message: QueueMessage) -> Result<(), String> {
        Err("nothing is put on the inbox here".to_owned())
    }

    async fn look_soon(&self, case: &CaseId) -> Result<(), String> {
        match environment::inbox_url(variable) {
            Ok(_) => self.live.look_soon(case).await,
            Err(_) => Ok(()),
        }
    }

    async fn record(&self, line: AuditLine) {
        self.live.record(line).await;
    }
}
