//! Whoever has a case becomes the assignee of its issue, where the settings say so: once, and nothing waits for it.

use casebridge::{
    case::{AccountId, CaseId, MemberId},
    state::Store,
    targets::jira,
};
use casebridge_lab::stage::{BO, Stage, ana, count};
use serde_json::{Value, json};

const ASSIGNS: &str = "assignee = 'owner'\n";

async fn told(more: &str) -> (Stage, CaseId) {
    let mut stage = Stage::with("", more).await;
    stage.settings.roles.responder.push(MemberId::new(BO));
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    (stage, case)
}

async fn says(stage: &Stage, line: &str) {
    stage.ana(line).await;
    stage.minutes(1).await;
}

async fn assignee(stage: &Stage, case: &CaseId) -> Value {
    stage.issue(case).await["fields"]["assignee"]["accountId"].clone()
}

fn searches(stage: &Stage) -> usize {
    stage.jira.count("findUsers")
}

#[tokio::test]
async fn the_owner_becomes_the_assignee_once_and_what_people_do_by_hand_stays() {
    let (stage, case) = told(ASSIGNS).await;
    let bo = stage.jira.add_user("Bo", Some("bo@example.com"));
    assert_eq!((assignee(&stage, &case).await, searches(&stage)), (Value::Null, 0));
    says(&stage, &format!("{case} take")).await;
    assert_eq!((assignee(&stage, &case).await, searches(&stage)), (json!(stage.jira.ana()), 1));
    let key = stage.home(&case, jira::KIND).await.name;
    stage.jira.person_edits(&stage.jira.ana(), &key, &json!({ "assignee": null })).unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "We look into it").unwrap();
    stage.minutes(70).await;
    assert_eq!(
        (assignee(&stage, &case).await, searches(&stage)),
        (Value::Null, 1),
        "it was taken away by hand"
    );
    says(&stage, &format!("{case} owner <@{BO}>")).await;
    assert_eq!((assignee(&stage, &case).await, searches(&stage)), (json!(bo), 2));
    says(&stage, &format!("{case} owner nobody")).await;
    assert_eq!(assignee(&stage, &case).await, json!(bo));
    // Who takes it again is assigned again.
    says(&stage, &format!("{case} take")).await;
    assert_eq!((assignee(&stage, &case).await, searches(&stage)), (json!(stage.jira.ana()), 3));
    assert_eq!(count(&stage.lines(&case).await, "was not assigned"), 0);
    assert_eq!(stage.ana("doctor").await.matches("ASSIGN_ISSUES").count(), 0);
    stage.jira.deny("ASSIGN_ISSUES");
    let doctor = stage.ana("doctor").await;
    assert_eq!(doctor.matches("ASSIGN_ISSUES").count(), 1, "{doctor}");
}

#[tokio::test]
async fn without_the_setting_nobody_is_assigned_or_looked_for_and_no_address_is_kept() {
    let (stage, case) = told("").await;
    says(&stage, &format!("{case} take")).await;
    assert_eq!((assignee(&stage, &case).await, searches(&stage)), (Value::Null, 0));
    let note = stage.memory.note(&format!("owner/{case}")).await.unwrap().unwrap();
    assert!(note.contains(ana().as_str()) && !note.contains("example.com"), "{note}");
}

#[tokio::test]
async fn who_is_not_found_or_may_not_be_assigned_is_said_once_and_nothing_waits_for_it() {
    for (owner, is_refused, words) in [
        (format!("owner <@{BO}>"), false, "Jira knows nobody by the owner's e-mail address"),
        ("take".to_owned(), true, "Jira does not let the owner be assigned there"),
    ] {
        let (stage, case) = told(ASSIGNS).await;
        if is_refused {
            stage.jira.deny("ASSIGN_ISSUES");
            stage.expects("Field 'assignee' cannot be set");
        }
        says(&stage, &format!("{case} {owner}")).await;
        stage.sir.aws_comments(&case, "AWS Responder", "We look into it").unwrap();
        stage.notify().await;
        assert_eq!(count(&stage.comments(&case).await, "We look into it"), 1);
        stage.minutes(130).await;
        let lines = stage.lines(&case).await;
        assert_eq!(count(&lines, words), 1, "{lines:#?}");
        assert_eq!((assignee(&stage, &case).await, searches(&stage)), (Value::Null, 2), "two tries");
        assert_eq!(stage.place(&case, jira::KIND).await.parked, None);
        // The next owner is another.
        let account: AccountId = stage.jira.ana();
        stage.jira.permit("ASSIGN_ISSUES");
        says(&stage, &format!("{case} take")).await;
        assert_eq!(assignee(&stage, &case).await, json!(account));
    }
}
