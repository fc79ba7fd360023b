//! How things stand, from a terminal.

use casebridge::{
    aws::sir::aws::SirClient,
    config::environment::{self, Environment, variable},
    doctor::status::{self, BridgeStatus},
    state,
};

use crate::{
    account::{self, Account, AccountError},
    queue::{self, QueueError},
};

#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// Says nothing where nothing needs a person.
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{0}. The stack's output Environment prints the line that sets them")]
    Environment(#[from] environment::EnvironmentError),
    #[error(transparent)]
    Store(#[from] state::Error),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// What is to be said, and whether nothing needs a person.
pub async fn run(asked: &StatusArgs) -> Result<(String, bool), StatusError> {
    Account::open().await?;
    let live = account::live(Environment::read(variable)?, SirClient::reading);
    let status = status::status(&live).await?;
    let calm = status.is_calm();
    let told = match (asked.json, asked.quiet && calm) {
        (true, _) => serde_json::to_string(&status).unwrap_or_default(),
        (false, true) => String::new(),
        (false, false) => in_words(&status).await?,
    };
    Ok((told, calm))
}

async fn in_words(status: &BridgeStatus) -> Result<String, StatusError> {
    let dead = status.queues.is_some_and(|[_, _, events, inbox]| events + inbox > 0);
    Ok(match dead {
        true => format!("{status}\n{}", queue::explained().await?),
        false => status.to_string(),
    })
}
