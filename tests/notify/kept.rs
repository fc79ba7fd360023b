//! What is known of a closed case is kept for a while, its thread says when that ends, and then only hashes are left.

use casebridge::{
    case::{CaseId, Millis},
    state::Store,
    sync::forget,
    targets::{jira, slack},
};
use casebridge_lab::stage::{ANA, Stage, count};

const DAY: Millis = 86_400_000;
/// What somebody put into the case, and what must be nowhere in its records.
const CANARY: [&str; 3] = ["Payroll canary", "vendor@canary.example", "203.0.113.77"];

async fn closed(stage: &Stage) -> CaseId {
    let case = stage.sir.console_creates_case(CANARY[0]);
    stage.arrive(&stage.events().await).await;
    stage.ana(&format!("{case} watch {}", CANARY[1])).await;
    stage.ana(&format!("{case} actor add {}", CANARY[2])).await;
    stage.ana(&format!("{case} take")).await;
    stage.arrive(&stage.events().await).await;
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    stage.arrive(&stage.events().await).await;
    stage.minutes(65).await;
    case
}

/// Everything that the table has of a case.
async fn records(stage: &Stage, case: &CaseId) -> String {
    let meta = stage.meta(case).await;
    let told = stage.memory.ledgers(case, &[slack::KIND, jira::KIND]).await.unwrap();
    let owner = stage.memory.note(&format!("owner/{case}")).await.unwrap();
    let deeds = stage.memory.note(&format!("deeds/{case}")).await.unwrap();
    format!("{meta:?} {told:?} {owner:?} {deeds:?}")
}

fn held(records: &str) -> Vec<&'static str> {
    CANARY.into_iter().filter(|text| records.contains(text)).collect()
}

#[tokio::test]
async fn ninety_days_after_its_closing_a_case_is_hashes_and_its_thread_said_so_fourteen_days_before() {
    let stage = Stage::set().await;
    let case = closed(&stage).await;
    assert_eq!(held(&records(&stage, &case).await), CANARY);
    let says = |lines: &[String]| count(lines, "Casebridge deletes its own record of this case");
    stage.later(75 * DAY);
    stage.minutes(2).await;
    assert_eq!(says(&stage.lines(&case).await), 0, "too early");
    stage.later(2 * DAY);
    stage.minutes(2).await;
    let lines = stage.lines(&case).await;
    assert_eq!(says(&lines), 1, "{lines:?}");
    assert!(count(&lines, &format!("casebridge export {case} --key FILE")) == 1, "{lines:?}");
    stage.later(12 * DAY);
    stage.minutes(2).await;
    assert_eq!(held(&records(&stage, &case).await), CANARY, "the fourteen days are not over");
    stage.later(3 * DAY);
    stage.minutes(2).await;
    let left = records(&stage, &case).await;
    assert_eq!(held(&left), [""; 0], "{left}");
    assert!(!left.contains(ANA), "nor whose it was: {left}");
    let (messages, comments) = (stage.lines(&case).await, stage.comments(&case).await);
    assert_eq!(says(&messages), 1);
    // It rests for ever: nothing is told again, whoever asks.
    stage.forget_calls();
    for _ in 0..3 {
        stage.later(DAY);
        stage.minutes(2).await;
    }
    let told = stage.ana(&format!("{case} card")).await;
    assert!(told.contains("has its card"), "{told}");
    stage.memory.hint(&case, stage.now(), true).await.unwrap();
    stage.minutes(2).await;
    assert_eq!((stage.lines(&case).await, stage.comments(&case).await), (messages, comments));
}

#[tokio::test]
async fn a_case_that_was_closed_long_before_this_release_is_said_to_be_forgotten_before_it_is() {
    let stage = Stage::with("", "[timing]\nkeep_days = 0\n").await;
    let case = closed(&stage).await;
    stage.later(400 * DAY);
    stage.minutes(2).await;
    assert_eq!(held(&records(&stage, &case).await), CANARY, "0 keeps it");
    let mut stage = stage;
    stage.settings.timing.keep_days = 90;
    stage.later(DAY);
    stage.minutes(2).await;
    assert_eq!(held(&records(&stage, &case).await), CANARY);
    assert_eq!(count(&stage.lines(&case).await, "Casebridge deletes"), 1);
    stage.later(16 * DAY);
    stage.minutes(2).await;
    assert_eq!(held(&records(&stage, &case).await), [""; 0]);
}

#[tokio::test]
async fn hour_after_hour_the_day_comes_on_which_it_is_said() {
    let stage = Stage::set().await;
    let case = closed(&stage).await;
    stage.later(75 * DAY);
    for _ in 0..50 {
        stage.later(DAY / 24);
        stage.minutes(1).await;
    }
    assert_eq!(count(&stage.lines(&case).await, "Casebridge deletes"), 1);
}

#[tokio::test]
async fn a_case_that_is_forgotten_at_once_is_told_nowhere_again_and_the_trail_keeps_who_did_what() {
    let stage = Stage::set().await;
    let case = closed(&stage).await;
    let (trail, shown) = (stage.trail(), stage.slack.messages(&stage.channel).len());
    let count = forget::forget(&stage.memory, &case, &[slack::KIND, jira::KIND], stage.now()).await.unwrap();
    assert!(count > 5, "{count}");
    let left = records(&stage, &case).await;
    assert_eq!(held(&left), [""; 0], "{left}");
    assert!(stage.memory.all_told(&case, slack::KIND).await.unwrap().is_empty());
    assert_eq!(stage.trail(), trail);
    stage.memory.hint(&case, stage.now(), true).await.unwrap();
    stage.later(2 * DAY);
    stage.minutes(2).await;
    assert_eq!(stage.cards().len(), 1);
    assert_eq!(stage.slack.messages(&stage.channel).len(), shown);
    let told = stage.ana(&format!("{case} card")).await;
    assert!(told.contains("is forgotten"), "{told}");
    let nobody = forget::forget(&stage.memory, &CaseId::new("9999999999"), &[slack::KIND], stage.now()).await;
    assert_eq!(nobody, Err(forget::ForgetError::Unknown));
}
