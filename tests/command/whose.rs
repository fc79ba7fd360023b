//! Whoever reads that a case changed reads whose doing it was, in the thread and in the issue.

use casebridge::case::{CaseId, MemberId, UserId};
use casebridge_lab::{
    stage::{ANA, Stage, ana},
    standins::FaultRule,
};
use serde_json::json;

/// A case that is told, and a responder called cy.
async fn told(own: bool) -> (Stage, CaseId, UserId) {
    let mut stage = Stage::with("", "tell = ['comments', 'status', 'title']\n").await;
    let cy = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.slack.set_member(&stage.channel, &cy, true);
    stage.settings.roles.responder.push(MemberId::new(cy.clone()));
    let case = match own {
        true => stage.sir.console_creates_case("Key leaked"),
        false => stage.sir.aws_creates_case("Key leaked"),
    };
    stage.notify().await;
    (stage, case, cy)
}

/// The newest line that begins so in the thread, and in the issue.
async fn lines(stage: &Stage, case: &CaseId, field: &str) -> [String; 2] {
    stage.notify().await;
    let all = [stage.lines(case).await, stage.comments(case).await];
    all.map(|all| {
        let lines: Vec<_> = all.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
        let plain = |line: &&String| line.trim_start_matches(['-', '•', '*', ' ']).starts_with(field);
        lines.iter().rev().find(plain).cloned().unwrap()
    })
}

#[tokio::test]
async fn a_change_that_somebody_made_from_slack_names_them_in_both() {
    let (stage, case, cy) = told(true).await;
    stage.types(&cy, &format!("{case} status detect")).await;
    let [thread, issue] = lines(&stage, &case, "Status").await;
    assert!(thread.contains(" · by ") && thread.contains(cy.as_str()), "{thread}");
    assert!(issue.ends_with(&format!(" · by cy, {cy} (Slack)")), "{issue}");
    stage.ana(&format!("{case} title Two keys leaked")).await;
    let [thread, issue] = lines(&stage, &case, "Title").await;
    assert!(thread.contains(ANA) && issue.contains(ANA), "{thread} {issue}");
    assert!(!thread.contains(cy.as_str()), "{thread}");
    assert_eq!(stage.sir.count("ListCaseEdits"), 0, "the record says it");
}

#[tokio::test]
async fn a_watcher_is_called_by_name_and_no_address_stands_where_others_read() {
    let stage = Stage::with("", "tell = ['comments', 'watchers']\n").await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.ana(&format!("{case} watch")).await;
    let added = lines(&stage, &case, "Watchers").await;
    stage.ana(&format!("{case} unwatch")).await;
    let removed = lines(&stage, &case, "Watchers").await;
    let description = stage.in_issue(&case).await;
    for told in added.iter().chain(&removed).chain([&description]) {
        assert!(!told.contains("example.com"), "{told}");
    }
    for [told, sign] in [[&added[0], "+"], [&added[1], "+"], [&removed[0], "−"], [&removed[1], "−"]] {
        assert!(told.contains(sign) && told.contains("ana"), "{told}");
    }
    stage.events().await;
    assert_eq!(lines(&stage, &case, "Watchers").await, removed, "neither line is another later");
    // Whom neither the case nor Slack names stands there by their address: else nobody knew who it is.
    stage.ana(&format!("{case} watch eve@example.com")).await;
    assert!(lines(&stage, &case, "Watchers").await[0].contains("eve@example.com"));
}

#[tokio::test]
async fn a_watcher_whom_the_case_names_by_the_address_alone_is_called_as_slack_calls_them() {
    let stage = Stage::with("", "tell = ['comments', 'watchers']\n").await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.ana(&format!("{case} watch bo@example.com")).await;
    let typed = lines(&stage, &case, "Watchers").await;
    let shown = stage.in_issue(&case).await;
    stage.ana(&format!("{case} unwatch bo@example.com")).await;
    let removed = lines(&stage, &case, "Watchers").await;
    stage.sir.aws_changes(&case, &json!({ "watchersToAdd": [{ "email": "bo@example.com" }] })).unwrap();
    let by_aws = lines(&stage, &case, "Watchers").await;
    for told in typed.iter().chain(&removed).chain(&by_aws).chain([&shown]) {
        assert!(told.contains("bo") && !told.contains("example.com"), "{told}");
    }
    // While Slack does not tell who it is, the change is told all the same.
    stage.slack.fault(FaultRule::on("users.lookupByEmail").error("internal_error"));
    stage.ana(&format!("{case} unwatch bo@example.com")).await;
    assert!(lines(&stage, &case, "Watchers").await[0].contains("bo@example.com"));
}

#[tokio::test]
async fn whoever_closed_it_is_named() {
    let (stage, case, _) = told(true).await;
    stage.ana(&format!("{case} close")).await;
    stage.presses(&ana(), "confirm/1").await;
    let [thread, issue] = lines(&stage, &case, "Status").await;
    assert!(thread.contains("Closed") && thread.contains(ANA), "{thread}");
    assert!(issue.contains("Closed") && issue.contains(ANA), "{issue}");
}

#[tokio::test]
async fn what_aws_changed_is_awss_though_somebody_here_changed_the_same_field_before() {
    let (stage, case, _) = told(false).await;
    stage.ana(&format!("{case} title Two keys leaked")).await;
    stage.notify().await;
    stage.later(600_000);
    stage.sir.aws_changes(&case, &json!({ "title": "Three keys leaked" })).unwrap();
    let [thread, issue] = lines(&stage, &case, "Title").await;
    for line in [thread, issue] {
        assert!(line.contains("Three keys") && line.contains(" · by AWS Responder"), "{line}");
        assert!(!line.contains(ANA), "{line}");
    }
}

#[tokio::test]
async fn where_the_service_does_not_tell_whose_it_was_the_change_is_told_without() {
    let (stage, case, _) = told(false).await;
    for fault in ["AccessDeniedException", "InternalServerException"] {
        stage.sir.fault(FaultRule::on("ListCaseEdits").error(fault));
        stage.sir.aws_changes(&case, &json!({ "title": fault })).unwrap();
        let [thread, issue] = lines(&stage, &case, "Title").await;
        assert!(thread.contains(fault) && issue.contains(fault), "{thread} {issue}");
        assert!(!thread.contains(" · by ") && !issue.contains(" · by "), "{thread} {issue}");
        stage.sir.heal();
    }
}
