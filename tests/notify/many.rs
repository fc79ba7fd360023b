//! Many cases at once: none stands in another's way.

use casebridge::{case::CaseId, entry::notify::Notifier, runtime::World, state::Store};
use casebridge_lab::stage::Stage;
use casebridge_lab::standins::FaultRule;
use serde_json::json;

/// Cases that are due and that another worker holds.
async fn held(stage: &Stage, count: usize) -> Vec<CaseId> {
    let mut held = Vec::new();
    for number in 0..count {
        let case = stage.sir.console_creates_case(&format!("Held {number}"));
        let now = stage.now();
        stage.memory.hint(&case, now, false).await.unwrap();
        stage.memory.lease(&case, now, now + 3_600_000).await.unwrap().unwrap();
        held.push(case);
    }
    stage.sir.take_events();
    held
}

#[tokio::test]
async fn cases_that_others_hold_do_not_stop_the_sweep_of_what_is_due_after_them() {
    let stage = Stage::set().await;
    for case in held(&stage, 10).await {
        // Somebody asks for it again, so that it is due while it is held.
        stage.memory.hint(&case, stage.now(), false).await.unwrap();
    }
    stage.later(1_000);
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.take_events();
    stage.memory.hint(&case, stage.now(), false).await.unwrap();
    let before = stage.now();
    stage.sweep().await;
    assert_eq!(stage.cards().len(), 1, "the eleventh");
    assert!(stage.lines(&case).await[0].contains("Key leaked"));
    assert!(stage.now() - before < 10_000, "it is over once all is done");
}

#[tokio::test]
async fn a_case_that_is_held_is_not_due_until_its_worker_must_be_gone() {
    let stage = Stage::set().await;
    held(&stage, 3).await;
    let now = stage.now();
    assert!(stage.memory.due(now, 10).await.unwrap().is_empty());
    assert_eq!(stage.memory.due(now + 3_600_000, 10).await.unwrap().len(), 3);
    stage.later(3_700_000);
    stage.sweep().await;
    assert_eq!(stage.cards().len(), 3);
}

#[tokio::test]
async fn a_case_that_cannot_be_read_for_five_minutes_counts_as_late() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.sir.fault(FaultRule::on("GetCase").answers(500));
    let look = async || {
        stage.memory.hint(&case, stage.now(), false).await.unwrap();
        let (world, settings, secrets) = (&stage.world, &stage.settings, &stage.secrets);
        let notifier = Notifier { world, settings, secrets, deadline: world.now() + 60_000 };
        let report = Box::pin(notifier.attend(vec![case.clone()])).await.remove(0);
        (report.waiting, report.lag.is_some_and(|lag| lag >= 300))
    };
    assert_eq!(look().await, (0, false), "one answer may be missing");
    stage.later(200_000);
    assert_eq!(look().await, (0, false));
    stage.later(100_000);
    assert_eq!(look().await, (1, true));
    stage.sir.heal();
    assert_eq!(look().await, (0, false));
    stage.sir.fault(FaultRule::on("GetCase").answers(500));
    assert_eq!(look().await, (0, false), "it counts from the last look that saw it");
}

#[tokio::test]
async fn a_case_that_there_never_was_is_looked_for_for_a_day() {
    let stage = Stage::set().await;
    let none = CaseId::new("9999999999");
    stage.memory.hint(&none, stage.now(), false).await.unwrap();
    stage.minutes(3).await;
    assert!(stage.memory.meta(&none).await.unwrap().unwrap().next_at.is_some());
    for _ in 0..25 {
        stage.later(3_600_000);
        stage.sweep().await;
    }
    assert_eq!(stage.memory.meta(&none).await.unwrap().unwrap().next_at, None);
    let calls = stage.sir.count("GetCase");
    stage.minutes(60).await;
    assert_eq!(stage.sir.count("GetCase"), calls);
}

#[tokio::test]
async fn a_sweep_whose_first_receiver_did_not_end_is_not_tried_again() {
    let stage = Stage::set().await;
    stage.sir.aws_creates_case("Key leaked");
    let sweep = |times: &str| json!({"messageId": "m1", "body": r#"{"sweep":true}"#, "attributes": {"ApproximateReceiveCount": times}});
    for (times, cards) in [("2", 0), ("1", 1)] {
        let answer = stage.notifier().handle(json!({"Records": [sweep(times)]})).await.unwrap();
        assert_eq!(answer, json!({"batchItemFailures": []}));
        assert_eq!(stage.cards().len(), cards, "received {times} times");
    }
}
