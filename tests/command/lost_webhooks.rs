//! Webhooks that never come, and webhooks that come by the thousand.

use casebridge::{
    case::{CaseId, MemberId},
    targets::jira,
};
use casebridge_lab::stage::{Stage, count};

async fn heard(stage: &Stage) {
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.events().await;
}

/// A case that is told in its issue, whose webhooks came.
async fn told(stage: &Stage) -> (CaseId, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let key = stage.home(&case, jira::KIND).await.name;
    stage.jira.take_webhooks();
    (case, key)
}

#[tokio::test]
async fn a_comment_and_an_edit_whose_webhook_is_lost_are_found_by_the_check_once() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    let ana = stage.jira.ana();
    let id = stage.jira.person_comments(&ana, &key, "we isolated the host at 03:10").unwrap();
    stage.jira.take_webhooks();
    stage.minutes(65).await;
    heard(&stage).await;
    assert_eq!(count(&stage.case_comments(&case), "we isolated the host at 03:10"), 1);
    stage.jira.person_edits_comment(&ana, &key, &id, "we isolated the host at 03:12").unwrap();
    stage.jira.take_webhooks();
    for _ in 0..3 {
        stage.minutes(65).await;
        heard(&stage).await;
    }
    let said = stage.case_comments(&case);
    assert_eq!((said.len(), count(&said, "03:12")), (1, 1), "{said:#?}");
    assert_eq!(count(&stage.lines(&case).await, "03:12"), 1);
}

#[tokio::test]
async fn what_was_written_before_a_role_is_not_found_by_the_check_either() {
    let mut stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    let eve = stage.jira.add_user("Eve Example", None);
    stage.jira.person_comments(&eve, &key, "We take the risk.").unwrap();
    stage.jira.take_webhooks();
    stage.minutes(5).await;
    stage.settings.roles.responder.push(MemberId::new(eve.as_str()));
    for _ in 0..3 {
        stage.minutes(65).await;
        heard(&stage).await;
    }
    assert_eq!(stage.case_comments(&case), [""; 0]);
}

#[tokio::test]
async fn an_issue_in_which_nobody_wrote_for_a_day_is_left_alone_by_the_check() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    stage.jira.person_comments(&stage.jira.ana(), &key, "one").unwrap();
    stage.minutes(24 * 60).await;
    heard(&stage).await;
    stage.minutes(180).await;
    assert_eq!((stage.jobs().len(), stage.case_comments(&case).len()), (0, 1));
}

#[tokio::test]
async fn a_thousand_webhooks_of_an_issue_cost_two_readings() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    stage.jira.person_comments(&stage.jira.ana(), &key, "we isolated the host").unwrap();
    let webhook = stage.jira.take_webhooks().remove(0);
    let mut body: serde_json::Value = serde_json::from_slice(&webhook.body).unwrap();
    let began = body["timestamp"].as_i64().unwrap();
    for n in 0..1_000 {
        body["timestamp"] = (began + n).into();
        assert_eq!(stage.deliver(&stage.jira.signed(body.to_string())).await.0, 200);
    }
    stage.later(1_000);
    stage.jira.take_calls();
    for batch in stage.jobs().chunks(10) {
        assert_eq!(stage.work(batch).await, [""; 0]);
    }
    let readings = stage.jira.take_calls().iter().filter(|call| call.operation == "getComments").count();
    assert!(readings <= 2, "{readings} readings");
    assert_eq!(stage.case_comments(&case).len(), 1);
    // What comes later is heard.
    stage.later(1_000);
    stage.jira.person_comments(&stage.jira.ana(), &key, "and web-2").unwrap();
    stage.deliver(&stage.jira.take_webhooks()[0]).await;
    heard(&stage).await;
    assert_eq!(count(&stage.case_comments(&case), "and web-2"), 1);
}
