//! What a Jira project's screens lack is left out, what they want comes from the settings, and what nobody gives keeps
//! nothing else back.

use casebridge::{case::CaseId, state::memory::Memory, targets::jira};
use casebridge_lab::{
    stage::{Stage, count},
    standins::FaultRule,
};
use serde_json::{Value, json};

async fn opened(stage: &Stage, title: &str) -> CaseId {
    let case = stage.sir.aws_creates_case(title);
    stage.events().await;
    case
}

async fn says(stage: &Stage, case: &CaseId, words: &str) {
    stage.sir.aws_comments(case, "AWS Responder", words).unwrap();
    stage.events().await;
}

/// The one issue there is.
fn only(stage: &Stage) -> Value {
    let [key] = &stage.jira.issues()[..] else { panic!("{:?}", stage.jira.issues()) };
    stage.jira.issue(key).unwrap()
}

#[tokio::test]
async fn an_issue_is_made_without_what_the_create_screen_lacks() {
    let stage = Stage::with("", "[jira.fields]\npriority = 'High'\n").await;
    stage.expects("/issue: 400");
    for field in ["labels", "description", "priority"] {
        stage.jira.hide_at_creation(field);
    }
    let case = opened(&stage, "Key leaked").await;
    says(&stage, &case, "one").await;
    let issue = only(&stage);
    assert_eq!(issue["fields"]["labels"], json!([]));
    assert!(issue["fields"]["description"].is_object(), "set once the issue was there: {issue}");
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    assert_eq!(stage.breaker(jira::KIND).await.trips, 0);
}

#[tokio::test]
async fn an_issue_without_a_label_is_found_again_by_its_property_among_what_we_made() {
    let stage = Stage::set().await;
    stage.expects("/issue: 400");
    stage.jira.hide_at_creation("labels");
    let before = stage.jira.person_creates(&stage.jira.ana(), "Lunch");
    // The second sending is made, and nobody hears of it.
    stage.jira.fault(FaultRule::on("createIssue").skip(1).once().applied_then(504));
    let case = opened(&stage, "Key leaked").await;
    stage.minutes(7).await;
    says(&stage, &case, "one").await;
    let issues = stage.jira.issues();
    assert_eq!(issues.len(), 2, "{before} and one of ours: {issues:?}");
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
}

#[tokio::test]
async fn a_lost_table_finds_the_issue_without_a_label_again() {
    let stage = Stage::set().await;
    stage.expects("/issue: 400");
    stage.jira.hide_at_creation("labels");
    let case = opened(&stage, "Key leaked").await;
    says(&stage, &case, "one").await;
    stage.later(3_600_000);
    stage.memory.restore(&Memory::default());
    says(&stage, &case, "two").await;
    stage.minutes(5).await;
    assert_eq!(stage.jira.issues().len(), 1);
    let comments = stage.comments(&case).await;
    assert_eq!((count(&comments, "one"), count(&comments, "two")), (1, 1), "{comments:#?}");
}

#[tokio::test]
async fn a_field_that_new_issues_want_keeps_only_new_issues_waiting_until_the_settings_give_it() {
    let mut stage = Stage::set().await;
    stage.expects("/issue: 400");
    let known = opened(&stage, "Key leaked").await;
    stage.jira.need_field("customfield_10050", "Severity", "option");
    stage.jira.need_field("components", "Components", "components");
    let new = opened(&stage, "Another").await;
    says(&stage, &known, "one").await;
    says(&stage, &new, "two").await;
    stage.minutes(35).await;
    assert_eq!(stage.jira.issues().len(), 1);
    assert_eq!(count(&stage.comments(&known).await, "one"), 1, "existing ones go on");
    assert_eq!(count(&stage.lines(&new).await, "two"), 1, "and so does Slack");
    assert_eq!(stage.breaker(jira::KIND).await.trips, 0);
    let tries = stage.jira.count("createIssue");
    assert!(tries < 8, "tried ever more seldom: {tries}");
    let jira = stage.settings.jira.as_mut().unwrap();
    jira.fields.insert("components".to_owned(), json!(["SIR"]));
    jira.fields.insert("customfield_10050".to_owned(), json!({ "value": "High" }));
    stage.minutes(65).await;
    let fields = &stage.issue(&new).await["fields"];
    assert_eq!(fields["components"], json!([{ "name": "SIR" }]));
    assert_eq!(fields["customfield_10050"], json!({ "value": "High" }));
    assert_eq!(count(&stage.comments(&new).await, "two"), 1);
}

#[tokio::test]
async fn a_field_that_a_transition_wants_comes_from_the_settings() {
    let stage = Stage::with(
        "",
        "[jira.transitions.done]\nresolution = 'Fixed'\ncustomfield_1 = 'not on the screen'\n",
    )
    .await;
    stage.jira.require("*", "Done", "resolution", false);
    let case = opened(&stage, "Key leaked").await;
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    let issue = stage.issue(&case).await;
    assert_eq!(issue["fields"]["status"]["name"], "Done");
    assert_eq!(issue["fields"]["resolution"], json!({ "name": "Fixed" }));
    assert_eq!(count(&stage.lines(&case).await, "could not be moved"), 0);
}
