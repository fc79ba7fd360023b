//! What people do to an issue itself is followed and said, and moves no case.

use casebridge::{
    case::{CaseId, Status},
    config::settings::StatusFromJira,
    targets::jira,
};
use casebridge_lab::{
    stage::{Stage, ana, bo, count},
    standins::{FaultRule, SlackStandin},
};

use super::jira_people::heard;

async fn told(stage: &Stage) -> CaseId {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    heard(stage).await;
    case
}

/// All that Jira and the queue have to bring is brought, and told.
async fn settle(stage: &Stage) {
    heard(stage).await;
    stage.sweep().await;
    heard(stage).await;
    stage.sweep().await;
}

/// The labels and the lines of the buttons below a message of the thread.
async fn buttons(stage: &Stage, case: &CaseId, part: &str) -> Vec<(String, String)> {
    let thread = stage.thread(case).await;
    let message = thread.iter().find(|message| SlackStandin::shown(message).contains(part)).unwrap();
    let blocks = message["blocks"].as_array().unwrap().iter();
    let buttons = blocks.flat_map(|block| block["elements"].as_array().into_iter().flatten());
    let buttons = buttons.filter(|one| one["type"] == "button");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    buttons.map(|one| (text(&one["text"]["text"]), text(&one["value"]))).collect()
}

fn status(issue: &serde_json::Value) -> String {
    issue["fields"]["status"]["name"].as_str().unwrap().to_owned()
}

async fn said(stage: &Stage, case: &CaseId) -> Vec<String> {
    stage.lines(case).await.into_iter().filter(|line| line.contains("was moved to")).collect()
}

#[tokio::test]
async fn an_issue_that_is_moved_by_hand_is_said_once_and_moves_nothing() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "Done").unwrap();
    let sent = stage.jira.take_webhooks();
    for _ in 0..2 {
        for delivery in &sent {
            stage.deliver(delivery).await;
        }
        stage.work(&stage.jobs()).await;
        settle(&stage).await;
    }
    stage.minutes(130).await;
    settle(&stage).await;
    let told = "🔀 SEC-1 was moved to Done by Ana Alvarez; the case is still open: Submitted.\n[Close case…]\n[Put it back]";
    assert_eq!(said(&stage, &case).await, [told]);
    assert_eq!(stage.sir.count("CloseCase") + stage.sir.count("UpdateCaseStatus"), 0);
    assert_eq!(status(&stage.issue(&case).await), "Done", "it stays where she put it");
    let comments = stage.comments(&case).await;
    assert_eq!(count(&comments, "was moved"), 0, "in the issue nobody needs to be told: {comments:#?}");
    assert_eq!(
        buttons(&stage, &case, "was moved to").await,
        [
            ("Close case…".to_owned(), format!("{case} close")),
            ("Put it back".to_owned(), format!("{case} jira back"))
        ]
    );
}

#[tokio::test]
async fn what_no_webhook_brought_the_hourly_look_finds() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.jira.set_webhook(false);
    stage.later(60_000);
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "In Review").unwrap();
    for _ in 0..2 {
        stage.minutes(61).await;
        stage.work(&stage.jobs()).await;
        stage.sweep().await;
    }
    let told =
        "🔀 SEC-1 was moved to In Review by Ana Alvarez; the case is still open: Submitted.\n[Put it back]";
    assert_eq!(said(&stage, &case).await, [told]);
    assert_eq!(buttons(&stage, &case, "was moved to").await.len(), 1, "that is no end of the work");
}

#[tokio::test]
async fn our_own_moves_and_those_that_agree_with_the_case_are_not_said() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.sir.aws_sets_status(&case, &Status::Detection).unwrap();
    stage.notify().await;
    settle(&stage).await;
    assert_eq!(status(&stage.issue(&case).await), "In Progress");
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "To Do").unwrap();
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "In Progress").unwrap();
    heard(&stage).await;
    // By our account, whatever the table knows of it.
    stage.jira.person_moves(&stage.jira.own_account(), "SEC-1", "In Review").unwrap();
    settle(&stage).await;
    assert_eq!(said(&stage, &case).await, [""; 0]);
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.notify().await;
    settle(&stage).await;
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "In Review").unwrap();
    settle(&stage).await;
    let lines = said(&stage, &case).await;
    assert!(lines.len() == 1 && lines[0].contains("the case is closed"), "{lines:?}");
}

#[tokio::test]
async fn nothing_is_said_where_the_settings_say_so() {
    let mut stage = Stage::set().await;
    stage.settings.jira.as_mut().unwrap().status_from_jira = StatusFromJira::Off;
    let case = told(&stage).await;
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "Done").unwrap();
    settle(&stage).await;
    assert_eq!(said(&stage, &case).await, [""; 0]);
}

#[tokio::test]
async fn it_is_put_back_by_whoever_may_work_the_case() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "Done").unwrap();
    settle(&stage).await;
    let refused = stage.types(&bo(), &format!("{case} jira back")).await;
    assert!(refused.contains("role"), "{refused}");
    settle(&stage).await;
    assert_eq!(status(&stage.issue(&case).await), "Done");
    let answer = stage.types(&ana(), &format!("{case} jira back")).await;
    assert!(
        answer.contains("SEC-1") && answer.contains("is put back to") && answer.contains("To Do"),
        "{answer}"
    );
    settle(&stage).await;
    assert_eq!(status(&stage.issue(&case).await), "To Do");
    assert_eq!(said(&stage, &case).await.len(), 1);
}

#[tokio::test]
async fn an_issue_that_is_moved_to_another_project_is_followed() {
    for webhook in [true, false] {
        let stage = Stage::set().await;
        let case = told(&stage).await;
        stage.jira.add_project("OPS", "Operations");
        stage.jira.set_webhook(webhook);
        let key = stage.jira.person_transfers(&stage.jira.ana(), "SEC-1", "OPS").unwrap();
        settle(&stage).await;
        stage.minutes(if webhook { 1 } else { 62 }).await;
        stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
        stage.notify().await;
        assert_eq!(stage.place(&case, jira::KIND).await.home.unwrap().name, key, "{webhook}");
        assert!(stage.lines(&case).await[0].contains(&key), "the card leads there: {webhook}");
        assert_eq!(count(&stage.comments(&case).await, "one"), 1);
        assert_eq!(stage.jira.issues().len(), 1);
    }
}

#[tokio::test]
async fn an_issue_that_is_deleted_is_said_within_a_minute_with_the_way_back() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.jira.person_deletes(&stage.jira.ana(), "SEC-1").unwrap();
    settle(&stage).await;
    assert_eq!(count(&stage.lines(&case).await, "SEC-1 was deleted"), 1);
    assert_eq!(
        buttons(&stage, &case, "was deleted").await,
        [("New issue".to_owned(), format!("{case} jira open"))]
    );
}

#[tokio::test]
async fn a_token_that_jira_does_not_know_makes_no_issue_a_deleted_one() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "Done").unwrap();
    stage.jira.set_expired(true);
    for delivery in stage.jira.take_webhooks() {
        stage.deliver(&delivery).await;
    }
    assert!(!stage.work(&stage.jobs()).await.is_empty(), "it comes again");
    assert!(!stage.place(&case, jira::KIND).await.is_gone());
}

#[tokio::test]
async fn what_people_say_does_not_wait_for_what_became_of_the_issue() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.jira.person_moves(&stage.jira.ana(), "SEC-1", "Done").unwrap();
    stage.jira.person_comments(&stage.jira.ana(), "SEC-1", "web-2 is isolated").unwrap();
    stage.jira.fault(FaultRule::on("getIssue").times(1).answers(503));
    stage.later(60_000);
    stage.deliver(&stage.jira.take_webhooks()[0]).await;
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, ["m0"], "it comes again");
    assert_eq!(count(&stage.case_comments(&case), "web-2 is isolated"), 1);
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    settle(&stage).await;
    assert_eq!(count(&stage.case_comments(&case), "web-2 is isolated"), 1);
    assert_eq!(said(&stage, &case).await.len(), 1);
}
