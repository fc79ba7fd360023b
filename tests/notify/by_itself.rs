//! What is looked at without an event, what is not, and what is said no second time.

use casebridge::{
    case::CaseId,
    state::{Seen, Store, Told, key::Key},
    targets::{jira, slack},
};
use casebridge_lab::{
    stage::{Stage, count},
    standins::{FaultRule, SlackStandin},
};
use serde_json::json;

use super::repaired::shut_out;

/// No check comes in the way of what is to come by itself.
const SELDOM: &str = "[timing]\nverify_minutes = 1000\n";

const DAY: i64 = 86_400_000;

#[tokio::test]
async fn a_case_that_was_closed_over_a_week_ago_and_is_new_to_us_is_not_told() {
    for (days, told) in [(6, 1), (8, 0)] {
        let stage = Stage::set().await;
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.sir.aws_closes(&case, "False Positive").unwrap();
        stage.sir.take_events();
        stage.later(days * DAY);
        stage.sweep().await;
        stage.minutes(1).await;
        assert_eq!((stage.cards().len(), stage.jira.issues().len()), (told, told), "{days} days");
    }
}

#[tokio::test]
async fn a_case_is_told_though_we_may_not_read_what_the_agent_does() {
    let stage = Stage::set().await;
    stage.sir.fault(FaultRule::on("ListInvestigations").times(u32::MAX).error("AccessDeniedException"));
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    assert_eq!((count(&stage.lines(&case).await, "one"), count(&stage.comments(&case).await, "one")), (1, 1));
    assert!(stage.sir.count("ListInvestigations") > 0, "it was asked for");
}

#[tokio::test]
async fn that_a_target_does_not_know_us_is_said_once_however_often_it_is_found() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let (_, token) = stage.jira.credentials();
    stage.jira.set_token("another");
    for words in ["one", "two", "three"] {
        stage.sir.aws_comments(&case, "AWS Responder", words).unwrap();
        stage.events().await;
        stage.minutes(61).await;
    }
    assert!(stage.breaker(jira::KIND).await.trips > 2);
    let shown: Vec<String> = stage.cards().iter().map(SlackStandin::shown).collect();
    assert_eq!(count(&shown, "cannot reach Jira"), 1, "{shown:#?}");
    stage.jira.set_token(&token);
    stage.minutes(61).await;
    assert_eq!(count(&stage.comments(&case).await, "three"), 1);
}

#[tokio::test]
async fn what_the_agent_does_is_told_though_no_event_comes_of_it() {
    let stage = Stage::with("", SELDOM).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let step = json!({ "title": "Who used the key?", "status": "InProgress" });
    let id = stage.sir.investigates(&case, &step).unwrap();
    stage.events().await;
    let done = json!({ "investigationId": id, "content": "Two roles did.", "status": "Completed" });
    stage.sir.investigates(&case, &done).unwrap();
    stage.sir.take_events();
    stage.minutes(6).await;
    assert_eq!(count(&stage.lines(&case).await, "Two roles did."), 1, "{:#?}", stage.lines(&case).await);
}

#[tokio::test]
async fn a_reminder_comes_at_its_time_though_nothing_happens() {
    let stage = Stage::with("", &format!("{SELDOM}nudge_hours = 1\n")).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let reminded = async || count(&stage.lines(&case).await[1..], "⏳ AWS's move, since");
    stage.minutes(55).await;
    assert_eq!(reminded().await, 0);
    stage.minutes(10).await;
    assert_eq!(reminded().await, 1, "{:#?}", stage.lines(&case).await);
}

#[tokio::test]
async fn a_place_that_refuses_is_not_tried_at_every_look() {
    let (stage, case) = shut_out().await;
    assert!(stage.place(&case, slack::KIND).await.parked.is_some());
    let tried = stage.slack.count("chat.postMessage");
    for _ in 0..5 {
        look(&stage, &case).await;
    }
    assert_eq!(stage.slack.count("chat.postMessage"), tried);
    stage.slack.heal();
    stage.minutes(6).await;
    assert_eq!(count(&stage.lines(&case).await, "one"), 1);
}

async fn look(stage: &Stage, case: &CaseId) {
    stage.memory.hint(case, stage.now(), false).await.unwrap();
    Box::pin(stage.notifier().attend(vec![case.clone()])).await;
}

#[tokio::test]
async fn an_edit_of_what_a_person_deleted_is_told_nowhere() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let one = stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    stage.minutes(62).await;
    let thread = stage.thread(&case).await;
    let line = thread.iter().find(|line| SlackStandin::shown(line).contains("one")).unwrap();
    stage.slack.deletes(&stage.channel, &casebridge_lab::stage::ts_of(line)).unwrap();
    let key = stage.home(&case, jira::KIND).await.name;
    let id = stage.jira.comments(&key)[0]["id"].as_str().unwrap().to_owned();
    stage.jira.person_deletes_comment(&key, &id).unwrap();
    stage.minutes(62).await;
    stage.sir.aws_edits_comment((&case, &one), "AWS Responder", "one, but other words").unwrap();
    stage.events().await;
    stage.minutes(5).await;
    let stands =
        (count(&stage.lines(&case).await, "other words"), count(&stage.comments(&case).await, "other words"));
    assert_eq!(stands, (0, 0));
}

#[tokio::test]
async fn a_card_that_was_never_stored_and_is_made_again_leaves_what_people_said_to_them() {
    let stage = Stage::set().await;
    stage.slack.fault(FaultRule::on("chat.postMessage").once().never_stored());
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let key = Key("comment/000009/0".to_owned());
    let theirs = Told { remote: "1.1".to_owned(), hash: String::new(), seen: Seen::Yes, theirs: true };
    stage.memory.tell(&case, 1, slack::KIND, &key, &theirs).await.unwrap();
    let first = stage.card(&case).await;
    stage.minutes(100).await;
    assert_ne!(stage.card(&case).await, first, "it is made again");
    let told = stage.memory.all_told(&case, slack::KIND).await.unwrap();
    assert!(told.contains(&(key, theirs)), "{told:?}");
}
