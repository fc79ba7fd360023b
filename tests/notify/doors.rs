//! Whatever arrives is taken, left alone or refused, each message for itself.

use casebridge::case::CaseId;
use casebridge::config::{hosts::Reach, settings::Settings};
use casebridge_lab::stage::{Stage, count};
use casebridge_lab::standins::FaultRule;
use serde_json::{Value, json};

fn example(path: &str) -> Value {
    let file = format!("{}/events/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// The example with the ids of what the stand-in really has.
fn of(example: &Value, case: &CaseId, membership: &str) -> Value {
    let text = example.to_string().replace("4203771659", case.as_str()).replace("m-4k7c2p9x1w", membership);
    serde_json::from_str(&text).unwrap()
}

/// What each example in `events/eventbridge` leads to: a case's thread, a message, or nothing.
const EXAMPLES: [(&str, &str); 12] = [
    ("case-closed", "case"),
    ("case-comment-added", "case"),
    ("case-comment-created", "case"),
    ("case-comment-updated", "case"),
    ("case-created", "case"),
    ("case-updated", "case"),
    ("cloudtrail-create-case-comment", "nothing"),
    ("membership-cancelled", "message"),
    ("membership-closed", "message"),
    ("membership-created", "message"),
    ("membership-terminated", "message"),
    ("membership-updated", "message"),
];

#[tokio::test]
async fn every_example_event_leads_to_what_it_should_at_both_doors() {
    let folder = format!("{}/events/eventbridge", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), EXAMPLES.len(), "an example without a line here");
    for (name, expected) in EXAMPLES {
        for bare in [false, true] {
            let stage = Stage::set().await;
            let case = stage.sir.aws_creates_case("Key leaked");
            let membership = stage.sir.membership_id().unwrap();
            stage.forget_calls();
            let event = of(&example(&format!("eventbridge/{name}.json")), &case, membership.as_str());
            match bare {
                true => assert_eq!(stage.handle(event).await, Value::Null),
                false => assert_eq!(stage.arrive(&[event]).await, [""; 0], "{name}"),
            }
            let cards = stage.cards();
            match expected {
                "case" => {
                    assert_eq!((cards.len(), stage.jira.issues().len()), (1, 1), "{name}");
                    assert!(stage.lines(&case).await[0].contains("Key leaked"));
                }
                "message" => {
                    assert_eq!((cards.len(), stage.jira.issues().len()), (1, 0), "{name}");
                    assert!(cards[0].to_string().contains("embership"), "{cards:?}");
                }
                _ => assert_eq!(stage.calls(), [vec![], vec![], vec![]] as [Vec<String>; 3], "{name}"),
            }
        }
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_read_fails_alone() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let batch = of(&example("lambda/notify-batch.json"), &case, "m-0");
    let ids: Vec<&Value> =
        batch["Records"].as_array().unwrap().iter().map(|record| &record["messageId"]).collect();
    let answer = stage.handle(batch.clone()).await;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": ids[1]}]}));
    assert_eq!((stage.cards().len(), stage.jira.issues().len()), (1, 1));
}

#[tokio::test]
async fn a_bad_bare_event_is_an_error_so_that_lambda_brings_it_again() {
    let stage = Stage::set().await;
    for event in [json!({}), json!(1), json!({"source": "aws.security-ir", "detail-type": "Case Created"})] {
        let (world, settings, secrets) = (&stage.world, &stage.settings, &stage.secrets);
        let notifier =
            casebridge::entry::notify::Notifier { world, settings, secrets, deadline: i64::MAX / 2 };
        assert!(notifier.handle(event.clone()).await.is_err(), "{event}");
    }
    assert_eq!(stage.calls(), [vec![], vec![], vec![]] as [Vec<String>; 3]);
}

#[tokio::test]
async fn a_membership_event_is_told_once_with_what_the_service_says() {
    let stage = Stage::set().await;
    let membership = stage.sir.membership_id().unwrap();
    let event = of(&example("eventbridge/membership-updated.json"), &CaseId::new(""), membership.as_str());
    stage.arrive(std::slice::from_ref(&event)).await;
    stage.arrive(&[event.clone(), event.clone()]).await;
    let shown: Vec<String> =
        stage.cards().iter().map(casebridge_lab::standins::SlackStandin::shown).collect();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(shown[0].contains(membership.as_str()), "{shown:?}");
    assert_eq!(stage.sir.count("GetMembership"), 1);
}

#[tokio::test]
async fn a_membership_message_whose_answer_was_lost_is_found_and_not_posted_again() {
    let stage = Stage::set().await;
    let membership = stage.sir.membership_id().unwrap();
    let event = of(&example("eventbridge/membership-cancelled.json"), &CaseId::new(""), membership.as_str());
    stage.slack.fault(FaultRule::on("chat.postMessage").once().reset_after());
    assert_eq!(stage.arrive(std::slice::from_ref(&event)).await, ["m0"]);
    assert_eq!(stage.arrive(std::slice::from_ref(&event)).await, ["m0"], "it may still arrive");
    stage.later(61_000);
    assert_eq!(stage.arrive(std::slice::from_ref(&event)).await, [""; 0]);
    assert_eq!(stage.cards().len(), 1);
}

#[tokio::test]
async fn news_of_memberships_waits_for_its_turn_in_the_channel_as_all_else_does() {
    let stage = Stage::set().await;
    stage.slack.enforce_pace(false);
    let membership = stage.sir.membership_id().unwrap();
    let one = of(&example("eventbridge/membership-cancelled.json"), &CaseId::new(""), membership.as_str());
    let events: Vec<Value> = (0..3)
        .map(|number| {
            let mut event = one.clone();
            event["id"] = json!(format!("event-{number}"));
            event
        })
        .collect();
    assert_eq!(stage.arrive(&events).await, [""; 0]);
    let posts = stage.slack.calls_of("chat.postMessage");
    assert_eq!(posts.len(), 3);
    assert!(posts.windows(2).all(|pair| pair[1].at - pair[0].at >= 900));
}

#[tokio::test]
async fn one_bad_case_stops_no_other() {
    let stage = Stage::set().await;
    let cases: Vec<CaseId> = (0..3).map(|n| stage.sir.aws_creates_case(&format!("Case {n}"))).collect();
    stage.sir.fault(FaultRule::on("GetCase").path(cases[0].as_str()).error("AccessDeniedException"));
    stage.jira.fault(FaultRule::on("createIssue").body((cases[1]).as_str()).answers(500));
    stage.events().await;
    let shown: Vec<String> =
        stage.cards().iter().map(casebridge_lab::standins::SlackStandin::shown).collect();
    assert_eq!((count(&shown, "Case 0"), count(&shown, "Case 1"), count(&shown, "Case 2")), (0, 1, 1));
    assert_eq!(stage.jira.issues().len(), 1);
    stage.sir.heal();
    stage.jira.heal();
    stage.minutes(40).await;
    let shown: Vec<String> =
        stage.cards().iter().map(casebridge_lab::standins::SlackStandin::shown).collect();
    assert_eq!((count(&shown, "Case 0"), shown.len(), stage.jira.issues().len()), (1, 3, 3));
}

#[test]
fn bad_settings_are_refused_with_every_key_and_its_line() {
    let problems = Settings::parse("[slack]\nteam = 'x'\nchanel = 'C1'\n", Reach::Services).unwrap_err();
    let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(text.len() >= 3, "{text:?}");
    assert_eq!(count(&text, "line 2: slack.team"), 1, "{text:?}");
    assert_eq!(count(&text, "line 3: slack.chanel"), 1, "{text:?}");
}
