//! `casebridge do`: a line of `/sir`, with the operator's own rights at AWS. Neither Slack nor Jira is asked anything, and the
//! secret is not read.

use std::{
    io::{self, IsTerminal, Read, Write},
    time::Duration,
};

use casebridge::{
    aws::sir::{self, aws::SirClient},
    case::{CaseId, Millis},
    chat::{ChatContext, Redeliver, Terminal, Told},
    config::{
        environment::{self, Environment, LeftOut, variable},
        secrets::{Secret, Secrets},
    },
    http,
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
    account::{Account, AccountError},
    operator, output, terminal,
};

/// The most that is read from standard input: no comment is longer by far.
const LONGEST: u64 = 1 << 20;

#[derive(Debug, Args)]
#[command(after_help = "\
For example:
  casebridge do list
  casebridge do 7000000003 show
  casebridge do 7000000003 comment - < words.txt
  casebridge do --yes 7000000003 close
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
    #[error(
        "these credentials may not write the table {0}, which keeps who does what. Nothing more was done"
    )]
    Table(String),
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
    let account = Account::open().await?;
    let arn = operator::arn(&account.aws).await.ok_or(ActError::Nobody)?;
    let world = Alone(Live::of(environment(&account.name), SirClient::new));
    let settings = world.0.settings().await?;
    // It signs what is confirmed within this process.
    let secrets = Secrets { slack_signing_secret: Secret::new(random()?), ..Secrets::default() };
    let chat = ChatContext { world: &world, settings: &settings, secrets: &secrets };
    let terminal = Terminal::of(&chat, &arn);
    let act = random()?;
    let known = |told: Result<Told, Redeliver>| told.map_err(|why| unfinished(&account.name, why));
    let mut told = known(output::patiently("asking AWS", terminal.asks(&act, &words)).await)?;
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
    match why.to_string().contains("AccessDenied") {
        true => ActError::Table(table.to_owned()),
        false => ActError::Unknown(why),
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

/// AWS and nobody else.
struct Alone(Live<Dynamo>);

#[async_trait::async_trait(?Send)]
impl World for Alone {
    fn store(&self) -> &dyn Store {
        self.0.store()
    }

    fn now(&self) -> Millis {
        self.0.now()
    }

    fn recent(&self) -> Option<&Recent> {
        self.0.recent()
    }

    async fn sleep(&self, time: Duration) {
        self.0.sleep(time).await;
    }

    async fn send(&self, _request: http::Request) -> Result<http::Response, http::TransportError> {
        Err(http::TransportError::NotSent("neither Slack nor Jira is asked here".to_owned()))
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, sir::Fault> {
        self.0.call(call).await
    }

    async fn enqueue(&self, _message: QueueMessage) -> Result<(), String> {
        Err("nothing is put on the inbox here".to_owned())
    }

    async fn look_soon(&self, case: &CaseId) -> Result<(), String> {
        match environment::inbox_url(variable) {
            Ok(_) => self.0.look_soon(case).await,
            Err(_) => Ok(()),
        }
    }

    async fn record(&self, line: AuditLine) {
        self.0.record(line).await;
    }
}
