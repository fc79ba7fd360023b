//! What is only set in Jira mails nobody, where Jira allows that.

use casebridge::case::CaseId;
use casebridge_lab::stage::{Stage, count};
use serde_json::json;

/// A case whose issue and whose comment there are edited: what was asked of Jira for it, by status.
async fn edited(stage: &Stage) -> (CaseId, Vec<u16>) {
    let case = stage.sir.aws_creates_case("Key leaked");
    let one = stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    for title in ["Key found", "Key gone"] {
        stage.sir.aws_changes(&case, &json!({ "title": title })).unwrap();
        stage.sir.aws_edits_comment((&case, &one), "AWS Responder", &format!("one, {title}")).unwrap();
        stage.events().await;
        stage.minutes(1).await;
    }
    assert!(stage.issue(&case).await["fields"]["summary"].to_string().contains("Key gone"));
    assert_eq!(count(&stage.comments(&case).await, "one, Key gone"), 1);
    let edits = ["editIssue", "updateComment"].map(|name| stage.jira.calls_of(name));
    let edits = edits.into_iter().flatten().map(|call| call.status.unwrap());
    (case, edits.collect())
}

fn refused(answers: &[u16]) -> usize {
    answers.iter().filter(|status| **status == 403).count()
}

#[tokio::test]
async fn an_edit_mails_nobody_where_our_account_may_say_so() {
    let stage = Stage::set().await;
    let (_, answers) = edited(&stage).await;
    assert_eq!((stage.jira.mails(), refused(&answers)), (0, 0));
}

#[tokio::test]
async fn an_edit_is_made_all_the_same_where_it_may_not_and_is_refused_once_an_hour() {
    let stage = Stage::set().await;
    stage.jira.deny("ADMINISTER_PROJECTS");
    stage.jira.refuse_quiet_edits();
    let (case, answers) = edited(&stage).await;
    assert_eq!((refused(&answers), stage.jira.mails()), (1, answers.len() - 1), "{answers:?}");
    stage.minutes(62).await;
    stage.sir.aws_changes(&case, &json!({ "title": "Key back" })).unwrap();
    stage.events().await;
    let again = stage.jira.calls_of("editIssue").into_iter().filter(|call| call.status == Some(403)).count();
    assert_eq!(again, 2, "somebody may have given the right");
    assert_eq!(stage.breaker(casebridge::targets::jira::KIND).await.trips, 0);
}

#[tokio::test]
async fn an_edit_that_jira_lets_mail_all_the_same_is_made_once() {
    let stage = Stage::set().await;
    stage.jira.deny("ADMINISTER_PROJECTS");
    let (_, answers) = edited(&stage).await;
    assert_eq!((refused(&answers), stage.jira.mails()), (0, answers.len()));
}
