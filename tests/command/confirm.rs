//! What is final is done only if this person meant it, for this case as it was, in time, and once.

use casebridge::case::MemberId;
use casebridge::chat::{self, job::Job};
use casebridge_lab::stage::{ANA, Stage, ana, ts_of};
use casebridge_lab::standins::FaultRule;
use serde_json::{Value, json};

#[tokio::test]
async fn a_case_is_closed_once_it_is_confirmed_however_often_the_button_is_pressed() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let asked = stage.ana(&format!("{case} close")).await;
    assert!(asked.contains("Close case") && asked.contains("final"), "{asked}");
    assert_eq!(stage.sir.count("CloseCase"), 0);
    let ts = ts_of(&stage.latest());
    let twice =
        [(); 2].map(|()| stage.slack.clicks(&ana(), &stage.channel, &ts, "confirm/1", &Value::Null).unwrap());
    for click in &twice {
        assert_eq!(stage.deliver(click).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.sir.count("CloseCase"), 1);
    assert_eq!(stage.sir.case(&case).unwrap()["caseStatus"], "Closed");
    assert!(stage.slack.ephemerals(&ana()).iter().any(|message| message.to_string().contains("is closed.")));
}

#[tokio::test]
async fn somebody_elses_confirmation_and_one_of_a_case_that_changed_do_nothing() {
    let mut stage = Stage::set().await;
    let bo = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.slack.set_member(&stage.channel, &bo, true);
    stage.settings.roles.admin.push(MemberId::new(bo.clone()));
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} close")).await;
    let ts = ts_of(&stage.latest());
    let click = stage.slack.clicks(&ana(), &stage.channel, &ts, "confirm/1", &Value::Null).unwrap();
    stage.deliver(&click).await;
    let mut stolen = serde_json::to_value(stage.job()).unwrap();
    (stolen["user"], stolen["response_url"]) = (json!(bo), Value::Null);
    let stolen: Job = serde_json::from_value(stolen).unwrap();
    chat::execute(&stage.bridge(), &stolen).await.unwrap();
    let shown = stage.since(&bo, 0);
    assert!(shown.contains("for the person who asked"), "{shown}");
    stage.sir.advance(std::time::Duration::from_secs(60));
    stage.sir.aws_changes(&case, &json!({ "title": "Two keys leaked" })).unwrap();
    let shown = stage.presses(&ana(), "confirm/1").await;
    assert!(shown.contains("has changed since"), "{shown}");
    assert_eq!(stage.sir.count("CloseCase"), 0);
}

#[tokio::test]
async fn whoever_lost_the_role_cannot_confirm_any_more() {
    let mut stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} resolver aws")).await;
    stage.settings.roles.admin.clear();
    stage.settings.roles.responder.push(MemberId::new(ANA.to_owned()));
    let shown = stage.presses(&ana(), "confirm/1").await;
    assert!(shown.contains("needs the role commander"), "{shown}");
    assert_eq!(stage.sir.count("UpdateResolverType"), 0);
}

#[tokio::test]
async fn a_case_is_handed_to_aws_and_a_membership_made() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} resolver aws")).await;
    let shown = stage.presses(&ana(), "confirm/1").await;
    assert!(shown.contains("AWS works case"), "{shown}");
    assert_eq!(stage.sir.case(&case).unwrap()["resolverType"], "AWS");
    let line = "membership new Second --member \"Ana Lima|Lead|ana@example.com\" --member \"Bo Berg|Analyst|bo@example.com\"";
    stage.ana(line).await;
    stage.presses(&ana(), "confirm/1").await;
    assert_eq!(stage.sir.count("CreateMembership"), 1);
}

#[tokio::test]
async fn closing_what_somebody_closed_a_moment_ago_is_as_good() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} close")).await;
    stage.sir.fault(FaultRule::on("CloseCase").once().applied_then_error("ConflictException"));
    let shown = stage.presses(&ana(), "confirm/1").await;
    assert!(shown.contains("is closed."), "{shown}");
}

#[tokio::test]
async fn leaving_it_takes_the_question_away() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} close")).await;
    let before = stage.slack.ephemerals(&ana()).len();
    stage.presses(&ana(), "dismiss/2").await;
    assert_eq!(stage.slack.ephemerals(&ana()).len(), before - 1);
    assert_eq!(stage.jobs().len(), 0);
}
