//! An exercise case: does a case's whole way work? It is our own, it is marked, and it is closed at the end.

use std::time::{Duration, Instant};

use casebridge::{
    aws::sir::{Call, Fault, NewCase, ask, aws::SirClient},
    case::{CaseId, Resolver},
    config::{
        clock,
        environment::{self, Environment, variable},
    },
    runtime::{self, World, live::ConfigError},
    state::{
        self, TargetKind,
        key::{Key, KeyName},
    },
    targets::{jira, slack},
    telemetry::audit::AuditOutcome,
};

use crate::{
    account::{self, Account, AccountError},
    operator::{self, Operator, OperatorError},
    output,
};

/// How long it is waited for what is to stand in Slack and in Jira.
const PATIENCE: Duration = Duration::from_secs(240);
/// After so long without it the sweep, which runs every minute, is told of the case.
const EVENT: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_secs(2);
const LINE: &str = "Exercise: this line stands in Slack and in Jira if all works. Nothing has happened.";

#[derive(Debug, thiserror::Error)]
pub enum ExerciseError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{0}. Set what the functions have: CASEBRIDGE_TABLE, CASEBRIDGE_INBOX_URL, CASEBRIDGE_SECRET_ID")]
    Environment(#[from] environment::EnvironmentError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}. No case was made")]
    Operator(#[from] OperatorError),
    #[error("{0}. {1} These credentials need the right to make, comment on and close cases")]
    Service(Fault, String),
    #[error(transparent)]
    Store(#[from] state::Error),
    #[error(
        "case {case} was made and is closed, but within {} s {what} was not shown in {lacking}: `casebridge doctor` and \
         `casebridge plan {case}` say why",
        PATIENCE.as_secs()
    )]
    NotShown { case: CaseId, what: &'static str, lacking: String },
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl From<Fault> for ExerciseError {
    fn from(fault: Fault) -> Self {
        let message = fault.message.clone();
        Self::Service(fault, message)
    }
}

/// Makes the case, waits until it is shown, comments on it, waits for that, and closes it whatever came of it.
pub async fn run() -> Result<(), ExerciseError> {
    let account = output::patiently("asking AWS", Account::open()).await?;
    let live = account::live(Environment::read(variable)?, SirClient::new);
    let jira = live.settings().await?.jira.is_some();
    let targets: &[TargetKind] = if jira { &[slack::KIND, jira::KIND] } else { &[slack::KIND] };
    let operator = Operator::identify(&account.aws).await?;
    let did = async |verb: &str, case: &CaseId| {
        operator::record(operator.as_ref(), operator::line(verb, Some(case), AuditOutcome::Done)).await
    };
    let case = opened(&live).await?;
    // Whatever comes between, the trail included, the case is closed at the end.
    let gone = async {
        did("new", &case).await?;
        output::say(&format!("exercise case {case} is open"))?;
        gone_through(&live, &case, targets, async || did("comment", &case).await).await
    };
    let gone = gone.await;
    live.call(Call::CloseCase { case: case.clone() }).await?;
    did("close", &case).await?;
    gone?;
    output::say(&format!("exercise case {case} is closed: its card and issue show that within a minute"))?;
    Ok(())
}

async fn gone_through(
    live: &dyn World,
    case: &CaseId,
    targets: &[TargetKind],
    commented: impl AsyncFnOnce() -> std::io::Result<()>,
) -> Result<(), ExerciseError> {
    let anchor = shown(live, (case, "the case"), targets, |key| matches!(key.named(), KeyName::Anchor));
    output::patiently("waiting for the case", anchor).await?;
    let token = format!("casebridge-exercise-{case}-comment");
    runtime::ask(live, ask::new_comment(case, LINE, token)).await?;
    commented().await?;
    let is_it = |key: &Key| matches!(key.named(), KeyName::Comment { .. });
    output::patiently("waiting for its comment", shown(live, (case, "its comment"), targets, is_it)).await
}

async fn opened(world: &dyn World) -> Result<CaseId, ExerciseError> {
    let memberships = runtime::ask(world, ask::memberships(None)).await?.items;
    let account = memberships.into_iter().find_map(|one| one.account);
    let now = clock::now();
    let new = NewCase {
        token: format!("casebridge-exercise-{now}"),
        resolver: Resolver::Own,
        title: "[Exercise] Casebridge: does a case reach the team?".to_owned(),
        description: "An exercise, made by `casebridge exercise`. Nothing has happened. It closes itself."
            .to_owned(),
        engagement: "Investigation".to_owned(),
        reported_start: now / 1_000,
        accounts: account.into_iter().collect(),
        watchers: Vec::new(),
        actors: Vec::new(),
        services: Vec::new(),
        regions: Vec::new(),
        tags: vec![("casebridge".to_owned(), "exercise".to_owned())],
    };
    Ok(runtime::ask(world, ask::new_case(new)).await?)
}

/// Waits until each target shows it, by the ledger, and says where.
async fn shown(
    world: &dyn World,
    (case, what): (&CaseId, &'static str),
    targets: &[TargetKind],
    is_it: fn(&Key) -> bool,
) -> Result<(), ExerciseError> {
    let (begun, mut hinted, mut lacking) = (Instant::now(), false, targets.to_vec());
    loop {
        for target in targets {
            let told = world.store().all_told(case, *target).await?;
            let there = told.into_iter().find(|(key, _)| is_it(key));
            if let Some((_, told)) = there.filter(|_| lacking.contains(target)) {
                lacking.retain(|other| other != target);
                output::say(&format!("{what} stands in {target}: {}", told.remote))?;
            }
        }
        if lacking.is_empty() {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            let lacking = lacking.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            return Err(ExerciseError::NotShown { case: case.clone(), what, lacking });
        }
        if !hinted && begun.elapsed() > EVENT {
            hinted = true;
            world.store().hint(case, clock::now(), false).await?;
            output::say(
                "no event of the service yet; the sweep, which runs every minute, is told of the case …",
            )?;
        }
        tokio::time::sleep(LOOK).await;
    }
}
