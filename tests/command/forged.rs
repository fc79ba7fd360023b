//! A job on the inbox is done only if our own door, or the hourly check, put it there.

use casebridge::{
    case::CaseId,
    config::secrets::Secret,
    runtime::QueueMessage,
    telemetry::audit::{AuditOutcome, Decision},
};
use casebridge_lab::stage::{Log, Stage, ana};
use serde_json::Value;

/// The status of a case is to be set by a job that somebody wrote who may write to the queue.
fn forged(stage: &Stage, case: &CaseId) -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/forged-job.json");
    let job = std::fs::read_to_string(file).unwrap().replace("7000000003", case.as_str());
    let job = job.replace("T0CASEBRDG", stage.settings.slack.team.as_str());
    job.replace("U0ADMINEXA", ana().as_str()).replace("C0SECURITY", stage.channel.as_str())
}

async fn brought(stage: &Stage, body: &str) -> Vec<String> {
    let job = QueueMessage { group: "g".to_owned(), id: "i".to_owned(), body: body.to_owned() };
    stage.work_sealed(&[job], i64::MAX).await
}

#[tokio::test]
async fn a_job_that_somebody_else_put_on_the_queue_changes_nothing_is_said_and_stands_in_the_trail() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let job = forged(&stage, &case);
    let other = stage.secrets.seal("{}");
    let (stolen, _) = other.split_once('.').unwrap();
    for body in [job.clone(), format!("{stolen}.{job}"), format!("{}.{job}", "0".repeat(64))] {
        let log = Log::begin();
        assert_eq!(brought(&stage, &body).await, ["m0"], "it is kept with the dead letters");
        assert!(log.text().contains("a job is not sealed by us"), "{}", log.text());
        assert!(!log.text().contains(case.as_str()), "{}", log.text());
        let line = stage.trail().pop().unwrap();
        assert_eq!((line.door.as_str(), line.decision), ("inbox", Decision::Refused));
        assert_eq!((line.rule.as_str(), line.outcome), ("job without our seal", AuditOutcome::NotDone));
    }
    assert_eq!(stage.sir.count("UpdateCaseStatus"), 0);
    // The same job with our seal is done: what was refused is the seal alone.
    assert_eq!(brought(&stage, &stage.secrets.seal(&job)).await, [""; 0]);
    assert_eq!(stage.sir.count("UpdateCaseStatus"), 1);
}

#[tokio::test]
async fn what_waits_with_the_dead_letters_is_done_after_the_signing_secret_was_replaced() {
    let mut stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let line = stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} title Two keys"));
    assert_eq!(stage.deliver(&line).await.0, 200);
    let waiting = stage.sealed_jobs();
    let old = std::mem::replace(&mut stage.secrets.slack_signing_secret, Secret::new("the next one"));
    assert_eq!(stage.work_sealed(&waiting, i64::MAX).await, ["m0"]);
    stage.secrets.slack_signing_secret_previous = Some(old);
    assert_eq!(stage.work_sealed(&waiting, i64::MAX).await, [""; 0]);
    assert_eq!(stage.sir.case(&case).unwrap()["title"], Value::from("Two keys"));
}
