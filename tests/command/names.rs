//! With PersonalIdentity, what somebody asked for arrives at AWS in their name, or not at all.

use casebridge::{
    case::{CaseId, MemberId, UserId},
    telemetry::audit::{AuditOutcome, Decision},
};
use casebridge_lab::stage::{Stage, ana, ts_of};
use serde_json::json;

const SESSIONS: &str = "arn:aws:sts::111122223333:assumed-role/casebridge-PersonRole";

/// Ana and Cy, who may both close, a case, and a stack with that parameter.
async fn two() -> (Stage, UserId, CaseId) {
    let mut stage = Stage::set().await;
    let cy = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.slack.set_member(&stage.channel, &cy, true);
    stage.settings.roles.commander.push(MemberId::new(cy.clone()));
    stage.world.acts_in_names();
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.jira.take_webhooks();
    (stage, cy, case)
}

/// In which session each request of an operation came.
fn sessions(stage: &Stage, operation: &str) -> Vec<Option<String>> {
    stage.sir.calls_of(operation).iter().map(|call| stage.sir.session_of(call)).collect()
}

fn of(user: &UserId) -> Option<String> {
    Some(format!("{SESSIONS}/{user}"))
}

#[tokio::test]
async fn what_changes_a_case_arrives_in_the_name_of_whoever_asked_and_what_reads_it_does_not() {
    let (stage, cy, case) = two().await;
    stage.types(&ana(), &format!("{case} title Two keys leaked")).await;
    stage.types(&ana(), &format!("{case} comment It was Bo")).await;
    stage.types(&cy, &format!("{case} close")).await;
    let asked = ts_of(&stage.slack.ephemerals(&cy).pop().unwrap());
    stage.clicks(&cy, &asked, "confirm/1").await;
    for (operation, expected) in
        [("UpdateCase", of(&ana())), ("CreateCaseComment", of(&ana())), ("CloseCase", of(&cy))]
    {
        assert_eq!(sessions(&stage, operation), [expected], "{operation}");
    }
    for read in ["GetCase", "ListComments", "ListCases"] {
        let found = sessions(&stage, read);
        assert!(found.iter().all(Option::is_none), "{read}: {found:?}");
    }
    assert!(!sessions(&stage, "GetCase").is_empty());
    assert_eq!(stage.sir.count("AssumeRole"), 2, "one for each of them");
    assert_eq!(stage.trail().last().unwrap().outcome, AuditOutcome::Done);
}

#[tokio::test]
async fn what_was_done_in_a_persons_name_is_known_by_the_record_and_never_told_again() {
    let (stage, _, case) = two().await;
    stage.types(&ana(), &format!("{case} status detect")).await;
    stage.types(&ana(), &format!("{case} comment It was Bo")).await;
    stage.events().await;
    stage.sweep().await;
    let lines = stage.lines(&case).await;
    let (slack, jira) = (lines.join("\n"), stage.in_issue(&case).await);
    assert_eq!(lines.iter().filter(|line| line.contains("It was Bo")).count(), 1, "{slack}");
    assert!(slack.contains(ana().as_str()), "{slack}");
    assert!(!format!("{slack}{jira}").contains("PersonRole"), "{slack}{jira}");
}

#[tokio::test]
async fn what_somebody_writes_in_jira_arrives_in_the_name_of_their_account() {
    let (stage, _, case) = two().await;
    let issue = stage.issue(&case).await["key"].as_str().unwrap().to_owned();
    let account = stage.jira.ana();
    stage.jira.person_comments(&account, &issue, "from the issue").unwrap();
    for hook in stage.jira.take_webhooks() {
        assert_eq!(stage.deliver(&hook).await.0, 200);
    }
    stage.work(&stage.jobs()).await;
    let name = account.as_str().replace(':', ".");
    assert_eq!(sessions(&stage, "CreateCaseComment"), [Some(format!("{SESSIONS}/{name}"))]);
}

#[tokio::test]
async fn a_session_that_is_about_to_end_is_begun_anew() {
    let (stage, _, case) = two().await;
    stage.sir.set_session_seconds(250);
    stage.types(&ana(), &format!("{case} title Two keys leaked")).await;
    stage.types(&ana(), &format!("{case} title Three keys leaked")).await;
    assert_eq!(stage.sir.count("AssumeRole"), 2);
    assert_eq!(sessions(&stage, "UpdateCase"), [of(&ana()), of(&ana())]);
}

#[tokio::test]
async fn where_aws_gives_no_session_nothing_is_changed_and_the_person_hears_why() {
    let (stage, _, case) = two().await;
    stage.sir.lets_assume(false);
    let told = stage.types(&ana(), &format!("{case} title Two keys leaked")).await;
    assert!(told.contains("AWS does not let Casebridge act in your name."), "{told}");
    assert!(
        told.contains("AWS STS answered: AccessDenied") && told.contains("Nothing was changed"),
        "{told}"
    );
    assert_eq!(stage.sir.count("UpdateCase"), 0, "nor in another name");
    let line = stage.trail().pop().unwrap();
    assert_eq!((line.decision, line.outcome), (Decision::Allowed, AuditOutcome::NotDone), "{line:?}");
    stage.sir.lets_assume(true);
    stage.types(&ana(), &format!("{case} title Two keys leaked")).await;
    assert_eq!(sessions(&stage, "UpdateCase"), [of(&ana())]);
}

#[tokio::test]
async fn without_the_parameter_nobody_assumes_anything() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.types(&ana(), &format!("{case} title Two keys leaked")).await;
    assert_eq!((sessions(&stage, "UpdateCase"), stage.sir.count("AssumeRole")), (vec![None], 0));
}
