//! What searches all that a test wrote for what was put in finds it wherever it stands: else it would prove nothing.

use casebridge::{
    runtime::{QueueMessage, World},
    telemetry::audit::AuditLine,
};
use casebridge_lab::stage::{Stage, ana};

const TITLE: &str = "Payroll of the \"whole\" board";

#[tokio::test]
#[should_panic(expected = "a secret was kept")]
async fn a_token_in_the_table() {
    let stage = Stage::set().await;
    stage.world.store().swap_note("x", None, &stage.slack.token(), None).await.unwrap();
}

/// And so with the dead letters, which are what the inbox gave up.
#[tokio::test]
#[should_panic(expected = "a secret was kept")]
async fn a_token_on_the_inbox() {
    let stage = Stage::set().await;
    let body = format!("{{\"token\":\"{}\"}}", stage.jira.credentials().1);
    stage.world.enqueue(QueueMessage { group: "g".to_owned(), id: "i".to_owned(), body }).await.unwrap();
}

#[tokio::test]
#[should_panic(expected = "it was logged")]
async fn a_signing_secret_in_the_log() {
    let stage = Stage::set().await;
    tracing::debug!(target: "casebridge", header = stage.slack.signing_secret(), "asked");
}

#[tokio::test]
#[should_panic(expected = "it was logged")]
async fn a_title_in_the_log() {
    let stage = Stage::set().await;
    stage.sir.console_creates_case(TITLE);
    tracing::warn!(why = format!("refused: {TITLE}"), "a case was not told");
}

#[tokio::test]
#[should_panic(expected = "it was logged")]
async fn what_somebody_said_in_slack_in_the_log() {
    let stage = Stage::set().await;
    stage.slack.says(&ana(), &stage.channel, "It was the intern's key", None);
    tracing::warn!("It was the intern's key");
}

#[tokio::test]
#[should_panic(expected = "it was logged")]
async fn what_somebody_said_in_jira_in_the_log() {
    let stage = Stage::set().await;
    let issue = stage.jira.person_creates(&stage.jira.ana(), "Another");
    stage.jira.person_comments(&stage.jira.ana(), &issue, "It was the intern's key").unwrap();
    tracing::warn!("It was the intern's key");
}

#[tokio::test]
#[should_panic(expected = "it stands in the audit trail")]
async fn a_title_in_the_trail() {
    let stage = Stage::set().await;
    stage.sir.console_creates_case(TITLE);
    stage.world.record(AuditLine { rule: TITLE.to_owned(), ..AuditLine::default() }).await;
}
