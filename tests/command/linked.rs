//! What an issue takes and gives when it becomes a case's.

use casebridge::case::CaseId;
use casebridge_lab::stage::{Stage, count};

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
    stage.ana(&format!("{case} jira link {key}")).await;
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
