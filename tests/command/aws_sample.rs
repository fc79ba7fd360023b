//! What goes wrong in AWS's own sample and touches commands does not go wrong here: each defect has a test that is
//! named after it.

use casebridge::case::Ts;
use casebridge_lab::stage::{Stage, ana};
use casebridge_lab::standins::SlackStandin;
use serde_json::json;

async fn replies(stage: &Stage, thread: &Ts, text: &str) {
    let (_, sent) = stage.slack.says(&ana(), &stage.channel, text, Some(thread));
    for delivery in &sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

#[tokio::test]
async fn equal_comments_do_not_collapse_and_their_author_is_not_unknown() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    replies(&stage, &thread, "Done.").await;
    replies(&stage, &thread, "Done.").await;
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nDone."; 2]);
}

#[tokio::test]
async fn a_comment_of_over_3000_characters_is_delivered_whole() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let text = "x".repeat(11_000);
    replies(&stage, &thread, &text).await;
    assert_eq!(stage.case_comments(&case), [format!("ana, U024BE7LH (Slack):\n{text}")]);
}

#[tokio::test]
async fn whoever_types_the_samples_loop_guard_is_not_silenced() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    replies(&stage, &thread, "[Slack Update] we rotated it").await;
    replies(&stage, &thread, "and this is the next one").await;
    assert_eq!(stage.case_comments(&case).len(), 2);
}

#[tokio::test]
async fn slacks_retry_is_not_a_second_comment_and_the_answer_leaves_before_the_work() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let typed = stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} comment It was Bo"));
    for _ in 0..3 {
        assert_eq!(stage.deliver(&typed).await.0, 200);
    }
    assert_eq!(stage.sir.calls().len(), 0, "the answer left before any call");
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!((stage.case_comments(&case).len(), stage.sir.count("CreateCaseComment")), (1, 1));
}

#[tokio::test]
async fn the_permission_check_does_not_just_say_yes() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let nobody = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.slack.set_member(&stage.channel, &nobody, true);
    for line in ["show", "update-status Detection and Analysis", "update-title Mine", "close"] {
        let shown = stage.types(&nobody, &format!("{case} {line}")).await;
        assert!(shown.contains("needs the role"), "{line}: {shown}");
    }
    assert_eq!(stage.sir.calls().len(), 0);
}

#[tokio::test]
async fn an_investigation_is_shown_and_statuses_that_the_api_refuses_are_not_offered() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.investigates(&case, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    let shown = stage.ana(&format!("{case} ai")).await;
    assert!(shown.contains("Who used the key?"), "{shown}");
    stage.ana(&format!("{case} status")).await;
    let offered = stage.latest().to_string();
    assert!(offered.contains("Detection and Analysis"), "{offered}");
    assert!(!offered.contains("Resolved") && !offered.contains("Acknowledged"), "{offered}");
    assert!(!stage.ana(&format!("{case} show --full")).await.to_lowercase().contains("severity"));
}

#[tokio::test]
async fn an_unknown_watcher_costs_one_question_and_is_said() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let shown = stage.ana(&format!("{case} watch <@U0NOBODY01>")).await;
    assert!(shown.contains("does not know that person") && shown.contains("watch"), "{shown}");
    let asked = stage.slack.calls_of("users.info");
    let asked = asked.iter().filter(|call| format!("{call:?}").contains("U0NOBODY01")).count();
    assert_eq!((asked, stage.sir.count("UpdateCase")), (1, 0));
}

#[tokio::test]
async fn every_comment_is_read_and_not_the_first_page_of_25() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    for number in 0..60 {
        stage.sir.aws_comments(&case, "AWS Responder", &format!("comment {number:02}")).unwrap();
        stage.sir.advance(std::time::Duration::from_secs(1));
    }
    let shown = stage.ana(&format!("{case} comments 2")).await;
    assert!(shown.contains("comment 59") && shown.contains("comment 58"), "{shown}");
    assert!(!SlackStandin::shown(&stage.latest()).contains("comment 24"));
}
