//! An organisation has several workspaces: who belongs to ours is known by all that Slack says of them.

use casebridge::{
    case::{MemberId, UserId},
    telemetry::audit::Decision,
};
use casebridge_lab::{
    stage::{Stage, ana, typed},
    standins::SignedRequest,
};
use serde_json::{Value, json};

use super::words_in_jira::file;

/// Somebody whom Slack describes so: the person's id.
fn somebody(stage: &Stage, about: &str) -> UserId {
    let text = file("slack-grid-users-info.json").replace("T0CASEBRDG", stage.settings.slack.team.as_str());
    let about = serde_json::from_str::<Value>(&text).unwrap()[about]["user"].clone();
    let mut change = json!({ "team_id": about["team_id"], "enterprise_user": about["enterprise_user"] });
    change["enterprise_user"]["id"] = json!("W0CYEXAMPL");
    stage.slack.add_user("cy", "cy@example.com", &change)
}

#[tokio::test]
async fn somebody_of_an_organisation_is_of_each_of_its_workspaces() {
    for about in ["no_team_id", "team_id_is_the_organisation", "team_id_is_another_workspace"] {
        for by_organisation in [false, true] {
            let mut stage = Stage::set().await;
            let cy = somebody(&stage, about);
            let named = if by_organisation { UserId::new("W0CYEXAMPL") } else { cy.clone() };
            stage.settings.roles.responder.push(MemberId::new(named));
            let case = stage.sir.aws_creates_case("Key leaked");
            let thread = stage.thread_of(&case).await;
            let shown = stage.types(&cy, &format!("{case} show")).await;
            assert!(shown.contains("Key leaked"), "{about}: {shown}");
            let (_, sent) = stage.slack.says(&cy, &stage.channel, "We isolated web-2.", Some(&thread));
            assert_eq!(stage.deliver(&sent[0]).await.0, 200);
            assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
            assert_eq!(
                stage.case_comments(&case),
                [format!("cy, {cy} (Slack):\nWe isolated web-2.")],
                "{about}"
            );
        }
    }
}

#[tokio::test]
async fn somebody_of_whom_slack_names_no_workspace_is_a_stranger_and_hears_it() {
    let mut stage = Stage::set().await;
    for change in [
        json!({ "team_id": null }),
        json!({ "team_id": null, "enterprise_user": { "id": "W1", "teams": ["T0OTHERWSP"] } }),
    ] {
        let cy = stage.slack.add_user("cy", "cy@example.com", &change);
        stage.settings.roles.responder.extend([cy.clone(), UserId::new("W1")].map(MemberId::new));
        let shown = stage.types(&cy, "1234567890 show").await;
        assert!(shown.contains("you belong to another"), "{shown}");
    }
}

/// The same request as if it came from such a workspace.
fn from_workspace(stage: &Stage, sent: &SignedRequest, team: &str) -> SignedRequest {
    let mut body = String::from_utf8(sent.body.clone()).unwrap();
    let mut form: Vec<(String, String)> = serde_urlencoded::from_str(&body).unwrap_or_default();
    if sent.path.ends_with("/events") {
        let mut event: Value = serde_json::from_str(&body).unwrap();
        event["team_id"] = json!(team);
        body = event.to_string();
        return stage.slack.signed(&sent.path, "application/json", body);
    }
    for (name, value) in &mut form {
        match name.as_str() {
            "team_id" => team.clone_into(value),
            "payload" => {
                let mut payload: Value = serde_json::from_str(value).unwrap();
                payload["team"]["id"] = json!(team);
                payload["user"]["team_id"] = json!(team);
                *value = payload.to_string();
            }
            _ => {}
        }
    }
    body = serde_urlencoded::to_string(form).unwrap();
    stage.slack.signed(&sent.path, "application/x-www-form-urlencoded", body)
}

/// At which doors somebody may do something, as if they came from such a workspace.
async fn open_doors(stage: &Stage, who: &UserId, team: &str) -> Vec<&'static str> {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let thread = stage.card(&case).await.1;
    stage.types(who, &format!("{case} comment")).await;
    let form = stage.form(who)["id"].as_str().unwrap().to_owned();
    let (slack, channel) = (&stage.slack, &stage.channel);
    let values = json!({ "text": { "it": typed("By form") } });
    let mut open = Vec::new();
    for (door, sent) in [
        ("slash", slack.types(who, channel, "/sir", &format!("{case} comment By slash"))),
        ("reply", slack.says(who, channel, "By reply", Some(&thread)).1.remove(0)),
        ("press", slack.clicks(who, channel, &thread, "run/take", &Value::Null).unwrap()),
        ("form", slack.submits(who, &form, &values).unwrap()),
    ] {
        let before = stage.trail().len();
        stage.deliver(&from_workspace(stage, &sent, team)).await;
        stage.work(&stage.jobs()).await;
        let lines = stage.trail().split_off(before);
        open.extend(lines.iter().any(|line| line.decision == Decision::Allowed).then_some(door));
    }
    open
}

#[tokio::test]
async fn who_acts_in_a_workspace_that_is_not_of_our_organisation_may_nothing_at_any_door() {
    let mut stage = Stage::set().await;
    let cy = somebody(&stage, "team_id_is_another_workspace");
    stage.settings.roles.responder.push(MemberId::new(cy.clone()));
    let ours = stage.settings.slack.team.clone();
    for who in [ana(), cy.clone()] {
        assert_eq!(open_doors(&stage, &who, ours.as_str()).await, ["slash", "reply", "press", "form"]);
        assert_eq!(open_doors(&stage, &who, "T0STRANGER").await, [""; 0]);
    }
    // What is typed or said in another workspace of the organisation is not ours; what was pressed here is theirs who are there.
    assert_eq!(open_doors(&stage, &cy, "T0OTHERWSP").await, ["press", "form"]);
    assert_eq!(open_doors(&stage, &ana(), "T0OTHERWSP").await, [""; 0]);
}
