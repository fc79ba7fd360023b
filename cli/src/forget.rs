//! `casebridge forget`: what the table holds of a closed case goes at once.

use casebridge::{
    aws::sir::{FaultKind, ask, aws::SirClient},
    case::{CaseId, text},
    config::{
        clock,
        environment::{self, Environment, variable},
    },
    runtime::{self, World},
    sync::forget::{self, ForgetError},
    targets::{jira, slack},
    telemetry::audit::AuditOutcome,
};

use crate::{
    account::{self, Account, AccountError},
    operator::{self, Operator, OperatorError},
};

#[derive(Debug, thiserror::Error)]
pub enum ForgettingError {
    #[error("\"{0}\" is no case id: it is a number of ten digits")]
    Case(String),
    #[error("{0}. Set what the functions have: CASEBRIDGE_TABLE, CASEBRIDGE_INBOX_URL, CASEBRIDGE_SECRET_ID")]
    Environment(#[from] environment::EnvironmentError),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{0}. Nothing was forgotten")]
    Operator(#[from] OperatorError),
    #[error("case {0} is open: what is known of it is needed to tell it. Close it first")]
    Open(CaseId),
    #[error("the service does not say whether case {0} is closed. Nothing was forgotten")]
    Service(CaseId),
    #[error("{0}. Nothing else was changed")]
    Forget(#[from] ForgetError),
    #[error("the audit trail does not take that the case is forgotten ({0}), so it was not")]
    Unaudited(#[from] casebridge::aws::logs::LogsError),
}

/// Forgets a case; the answer says what goes and what stays.
pub async fn run(case: &str) -> Result<String, ForgettingError> {
    let id = CaseId::parse(case).ok_or_else(|| ForgettingError::Case(case.to_owned()))?;
    let account = Account::open().await?;
    let live = account::live(Environment::read(variable)?, SirClient::reading);
    let operator = Operator::identify(&account.aws).await?;
    is_closed(&live, &id).await?;
    if let Some(operator) = &operator {
        operator.record(operator::line("forget", Some(&id), AuditOutcome::Done)).await?;
    }
    let now = clock::now();
    let count = forget::forget(live.store(), &id, &[slack::KIND, jira::KIND], now).await?;
    Ok(format!(
        "The table holds nothing of case {id} any more but that it was forgotten: {} known no longer. What stands in Slack, Jira and at AWS stays there, and so do the audit trail, exported folders and the table's backups \
         of the last 35 days",
        text::counted(count, "message or comment is", "messages or comments are"),
    ))
}

/// A case that AWS has no longer is as good as closed.
async fn is_closed(world: &dyn World, id: &CaseId) -> Result<(), ForgettingError> {
    match runtime::ask(world, ask::case(id)).await {
        Ok(case) if case.is_closed() => Ok(()),
        Ok(_) => Err(ForgettingError::Open(id.clone())),
        Err(fault) if fault.kind == FaultKind::NotFound => Ok(()),
        _ => Err(ForgettingError::Service(id.clone())),
    }
}
