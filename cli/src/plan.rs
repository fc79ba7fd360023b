//! What would be done for a case now, printed. Nothing is changed anywhere.

use casebridge::{
    aws::sir::aws::SirClient,
    case::CaseId,
    config::{
        clock,
        environment::{self, Environment, variable},
    },
    entry::notify::Notifier,
    runtime::live::ConfigError,
    sync::reconcile::preview::PreviewError,
};

use crate::account::{self, Account, AccountError};

/// How long looking may take.
const TIME: i64 = 120_000;

#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("\"{0}\" is no case id: it is a number of ten digits")]
    Case(String),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{0}. Set what the functions have: CASEBRIDGE_TABLE, CASEBRIDGE_INBOX_URL, CASEBRIDGE_SECRET_ID")]
    Environment(#[from] environment::EnvironmentError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Preview(#[from] PreviewError),
}

/// What each target lacks of a case, a block each.
pub async fn run(case: &str) -> Result<String, PlanError> {
    let id = CaseId::parse(case).ok_or_else(|| PlanError::Case(case.to_owned()))?;
    Account::open().await?;
    let live = account::live(Environment::read(variable)?, SirClient::reading);
    let chosen = live.chosen().await?;
    let (settings, secrets) = (&chosen.settings, &chosen.secrets);
    let notifier = Notifier { world: &live, settings, secrets, deadline: clock::now() + TIME };
    let blocks = notifier.preview(&id).await?;
    Ok(blocks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}
