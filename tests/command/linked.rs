//! What an issue takes and gives when it becomes a case's.

use casebridge::case::{CaseId, Status};
use casebridge_lab::stage::{Stage, count};
use serde_json::json;

/// All that was heard in Jira, and what follows from it.
async fn heard(stage: &Stage) {
    for delivery in stage.jira.take_webhooks() {
        assert_eq!(stage.deliver(&delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.notify().await;
}

async fn linked(stage: &Stage, case: &CaseId) -> String {
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    stage.links(case, &key).await;
    stage.minutes(1).await;
    heard(stage).await;
    key
}

#[tokio::test]
async fn a_second_issue_tells_once_and_by_name_what_people_said_in_the_first() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let first = linked(&stage, &case).await;
    stage.jira.person_comments(&stage.jira.ana(), &first, "said in issue A").unwrap();
    heard(&stage).await;
    assert_eq!(count(&stage.case_comments(&case), "said in issue A"), 1);
    let second = linked(&stage, &case).await;
    assert_ne!(first, second);
    stage.minutes(130).await;
    let told = stage.comments(&case).await;
    let said = told.iter().find(|comment| comment.contains("said in issue A")).unwrap();
    assert!(said.contains("Ana") && count(&told, "said in issue A") == 1, "{told:#?}");
    assert_eq!(count(&stage.case_comments(&case), "said in issue A"), 1, "no echo");
}

#[tokio::test]
async fn a_description_that_is_not_ours_stays_and_ours_stands_once_in_a_comment() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let key = stage.jira.person_creates(&stage.jira.ana(), "Salaries 2027");
    let theirs = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph",
        "content": [{ "type": "text", "text": "Ana 100, Bo 90" }] }] });
    stage.jira.person_edits(&stage.jira.ana(), &key, &json!({ "description": theirs })).unwrap();
    stage.links(&case, &key).await;
    stage.minutes(2).await;
    heard(&stage).await;
    stage.sir.aws_sets_status(&case, &Status::Detection).unwrap();
    stage.notify().await;
    stage.minutes(65).await;
    let issue = stage.issue(&case).await;
    assert_eq!(issue["fields"]["description"], theirs);
    assert_eq!(issue["fields"]["summary"], "[Proactive case] Key leaked");
    let comments = stage.comments(&case).await;
    let ours: Vec<_> = comments.iter().filter(|comment| comment.contains("Resolver")).collect();
    assert!(ours.len() == 1 && ours[0].contains("Detection and Analysis"), "{comments:#?}");
    // It stays theirs, however often the issue is linked.
    let other = stage.jira.person_creates(&stage.jira.ana(), "Another");
    stage.links(&case, &other).await;
    stage.minutes(1).await;
    stage.links(&case, &key).await;
    stage.minutes(2).await;
    assert_eq!(stage.issue(&case).await["fields"]["description"], theirs);
    assert!(!stage.jira.issue(&other).unwrap()["fields"]["description"].is_null(), "an empty one is filled");
}

#[tokio::test]
async fn an_issue_elsewhere_is_refused_before_anything_is_asked() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.jira.add_project("HR", "People");
    let made = stage.jira.person_creates(&stage.jira.ana(), "Salaries 2027");
    let key = stage.jira.person_transfers(&stage.jira.ana(), &made, "HR").unwrap();
    let before = stage.jira.issue(&key);
    for named in [&key, &made] {
        let answer = stage.ana(&format!("{case} jira link {named}")).await;
        assert!(answer.contains("not in the project SEC"), "{named}: {answer}");
    }
    assert_eq!(stage.jira.issue(&key), before);
}
