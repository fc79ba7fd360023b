//! From AWS's sample to Casebridge: the issues that the sample made go on as the cases' issues.
//! <https://github.com/aws-samples/sample-aws-security-incident-response-integrations>

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{Client, error::ProvideErrorMetadata, types::AttributeValue};
use casebridge::{
    aws::sir::aws::SirClient,
    case::{CaseId, IssueKey},
    chat::adopt::{self, AdoptError, Adopted},
    config::{
        clock,
        environment::{self, Environment, variable},
    },
    runtime::live::ConfigError,
    targets::jira::Jira,
    telemetry::audit::AuditOutcome,
};
use serde_json::Value;

use crate::{
    account::{self, Account, AccountError},
    operator::{self, Operator, OperatorError},
};

/// So often, with such pauses, it is tried again where a worker holds the case.
const HELD: u32 = 40;
const PAUSE: Duration = Duration::from_secs(5);

/// How long all of it may take.
const TIME: i64 = 3_600_000;

#[derive(Debug, clap::Args)]
pub struct AdoptArgs {
    /// The sample's table.
    #[arg(long, value_name = "NAME")]
    table: String,
    /// Only says what would be done.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{0}. The stack's output Environment prints the line that sets them")]
    Environment(#[from] environment::EnvironmentError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "the sample's table {table} cannot be read ({code}): you need dynamodb:Scan on it, in this Region and account"
    )]
    Table { table: String, code: String },
    #[error("the table {0} holds no case as the sample keeps them: PK Case#…, SK latest")]
    NotTheSamples(String),
    #[error(
        "there is no Jira in the settings: there is nothing to adopt. The sample's Slack channels stay as they are"
    )]
    NoJira,
    #[error("{0}. Nothing was adopted")]
    Operator(#[from] OperatorError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("case {case}: {error}. What stands above is done; run it again")]
    Adopt { case: CaseId, error: AdoptError },
}

/// A case as the sample keeps it.
#[derive(Debug, PartialEq, Eq)]
struct SampleCase {
    case: CaseId,
    /// The issue's key.
    issue: Option<IssueKey>,
    channel: Option<String>,
    is_closed: bool,
}

fn kept(item: &HashMap<String, AttributeValue>) -> Option<SampleCase> {
    let text = |name: &str| item.get(name)?.as_s().ok().filter(|text| !text.is_empty()).cloned();
    let case = CaseId::parse(text("PK")?.strip_prefix("Case#")?)?;
    let details: Value =
        serde_json::from_str(&text("incidentDetails").unwrap_or_default()).unwrap_or_default();
    let is_closed = details["caseStatus"] == "Closed";
    Some(SampleCase {
        case,
        issue: text("jiraIssueId").map(IssueKey::new),
        channel: text("slackChannelId"),
        is_closed,
    })
}

/// Does it; a line a case.
pub async fn run(asked: &AdoptArgs) -> Result<String, RunError> {
    let account = Account::open().await?;
    let live = account::live(Environment::read(variable)?, SirClient::reading);
    let operator = Operator::identify(&account.aws).await?;
    let chosen = live.chosen().await?;
    let all = scanned(&account, &asked.table).await?;
    let jira = Jira::new(&live, &chosen.settings, &chosen.secrets, clock::now() + TIME);
    let jira = jira.ok_or(RunError::NoJira)?;
    let (projects, mut lines) = (chosen.settings.projects(), Vec::new());
    for one in all {
        let done = match (&one.issue, one.is_closed) {
            (_, true) => "closed: left as it is".to_owned(),
            (None, false) => "has no issue: it gets one of its own".to_owned(),
            (Some(key), false) => match patiently(&jira, &projects, (&one.case, key), asked.dry_run).await {
                Ok(adopted) => {
                    if matches!(adopted, Adopted::Taken) && !asked.dry_run {
                        let line = operator::line("adopt", Some(&one.case), AuditOutcome::Done);
                        operator::record(operator.as_ref(), line).await?;
                    }
                    said(key, &adopted, asked.dry_run)
                }
                Err(error) => return Err(RunError::Adopt { case: one.case, error }),
            },
        };
        let channel = one.channel.map(|id| format!("; its channel {id} stays as it is")).unwrap_or_default();
        lines.push(format!("{}  {done}{channel}", one.case));
    }
    Ok(lines.join("\n"))
}

/// Waits for a worker who holds the case: it is done within two minutes, or its hold is over.
async fn patiently(
    jira: &Jira<'_>,
    projects: &[&str],
    which: (&CaseId, &IssueKey),
    asks: bool,
) -> Result<Adopted, AdoptError> {
    for _ in 0..HELD {
        match adopt::adopt(jira, projects, which, asks).await {
            Err(AdoptError::Held) => tokio::time::sleep(PAUSE).await,
            answer => return answer,
        }
    }
    adopt::adopt(jira, projects, which, asks).await
}

fn said(key: &IssueKey, adopted: &Adopted, asks: bool) -> String {
    match adopted {
        Adopted::Taken if asks => format!("would go on in {key}"),
        Adopted::Taken => format!("goes on in {key}: its whole story is told there once"),
        Adopted::Already => format!("goes on in {key} already"),
        Adopted::HasAnother(other) => format!("has {other} already; {key} is left as it is"),
        Adopted::Belongs(case) => format!("{key} is the issue of case {case}"),
        Adopted::Absent => format!("Jira shows no {key}: the case gets an issue of its own"),
        Adopted::OtherProject => format!("{key} is not in the project of the settings: left as it is"),
    }
}

async fn scanned(account: &Account, table: &str) -> Result<Vec<SampleCase>, RunError> {
    let scan = Client::new(account.aws.config().await).scan().table_name(table);
    let scan = scan.filter_expression("SK = :latest AND begins_with(PK, :case)");
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let scan = scan.expression_attribute_values(":latest", text("latest"));
    let mut pages = scan.expression_attribute_values(":case", text("Case#")).into_paginator().items().send();
    let mut all = Vec::new();
    while let Some(item) = pages.next().await {
        let item = item.map_err(|error| RunError::Table {
            table: table.to_owned(),
            code: error.code().unwrap_or("no answer").to_owned(),
        })?;
        all.extend(kept(&item));
    }
    all.sort_by(|a, b| a.case.cmp(&b.case));
    if all.is_empty() { Err(RunError::NotTheSamples(table.to_owned())) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_as_the_sample_keeps_it() {
        let item = |pairs: &[(&str, &str)]| {
            let pairs =
                pairs.iter().map(|(name, text)| ((*name).to_owned(), AttributeValue::S((*text).to_owned())));
            kept(&pairs.collect())
        };
        let open = item(&[("PK", "Case#7000000003"), ("jiraIssueId", "SEC-12"), ("slackChannelId", "C1")]);
        let expected = SampleCase {
            case: CaseId::new("7000000003"),
            issue: Some(IssueKey::new("SEC-12")),
            channel: Some("C1".to_owned()),
            is_closed: false,
        };
        assert_eq!(open, Some(expected));
        let closed = item(&[("PK", "Case#7000000003"), ("incidentDetails", "{\"caseStatus\": \"Closed\"}")]);
        assert!(closed.is_some_and(|kept| kept.is_closed && kept.issue.is_none()));
        assert_eq!(item(&[("PK", "Jira#SEC-12")]), None);
        assert_eq!(item(&[("PK", "Case#1")]), None);
    }
}
