//! What goes wrong in AWS's own sample integration does not go wrong here: a test a defect.

use casebridge::case::Status;
use casebridge_lab::stage::{Stage, count, place_of};
use casebridge_lab::standins::{FaultRule, SlackStandin};
use serde_json::json;

#[tokio::test]
async fn closing_reaches_slack_and_jira() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.sir.aws_closes(&case, "Investigation Completed").unwrap();
    stage.events().await;
    assert!(stage.lines(&case).await[0].contains("Closed"));
    assert_eq!(stage.issue(&case).await["fields"]["status"]["name"], "Done");
}

#[tokio::test]
async fn a_case_that_is_closed_before_anybody_heard_of_it_is_told_as_closed() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "All is well.").unwrap();
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    assert!(stage.lines(&case).await[0].contains("Closed"));
    assert_eq!(count(&stage.lines(&case).await, "All is well."), 1);
    assert_eq!(stage.issue(&case).await["fields"]["status"]["name"], "Done");
}

#[tokio::test]
async fn nothing_is_remembered_as_told_before_it_was() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.slack.fault(FaultRule::on("chat.postMessage").once().error("internal_error"));
    stage.jira.fault(FaultRule::on("addComment").once().answers(503));
    stage.sir.aws_comments(&case, "AWS Responder", "the last update").unwrap();
    stage.events().await;
    stage.minutes(3).await;
    assert_eq!(count(&stage.lines(&case).await, "the last update"), 1);
    assert_eq!(count(&stage.comments(&case).await, "the last update"), 1);
}

#[tokio::test]
async fn a_hint_that_cannot_be_written_down_is_no_success() {
    let stage = Stage::set().await;
    let texts =
        ["{\"detail-type\":\"Case Created\",\"source\":\"aws.security-ir\",\"detail\":{}}".to_owned()];
    assert_eq!(stage.arrive_as(&texts).await, ["m0"]);
}

#[tokio::test]
async fn comments_on_the_second_page_are_told() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    for number in 0..26 {
        stage.sir.aws_comments(&case, "AWS Responder", &format!("comment-{number:02}")).unwrap();
    }
    stage.events().await;
    for texts in [stage.lines(&case).await, stage.comments(&case).await] {
        assert!((0..26).all(|number| count(&texts, &format!("comment-{number:02}")) == 1), "{texts:#?}");
    }
}

#[tokio::test]
async fn equal_comments_are_both_told_each_with_its_author() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let role = stage.sir.principal();
    stage.sir.aws_comments(&case, "AWS Responder", "done").unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "done").unwrap();
    stage.sir.aws_comments(&case, &role, "done").unwrap();
    stage.events().await;
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "done"), count(&stage.comments(&case).await, "done")), (3, 3), "{lines:#?}");
    assert_eq!(count(&lines, "AWS Responder"), 2, "{lines:#?}");
    assert_eq!(count(&lines, "Unknown"), 0);
}

#[tokio::test]
async fn a_comment_of_more_than_3000_characters_is_delivered() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let text = format!("begins {} ends", "x ".repeat(1_600));
    stage.sir.aws_comments(&case, "AWS Responder", &text).unwrap();
    stage.events().await;
    for texts in [stage.lines(&case).await, stage.comments(&case).await] {
        assert_eq!((count(&texts, "begins"), count(&texts, "ends")), (1, 1));
    }
}

#[tokio::test]
async fn a_title_of_240_characters_makes_a_channel_that_is_known() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case(&"long title ".repeat(22)[..240]);
    stage.events().await;
    stage.sir.aws_comments(&case, "AWS Responder", "still here").unwrap();
    stage.events().await;
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    let shown: Vec<String> = stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect();
    assert_eq!(count(&shown, "still here"), 1);
}

#[tokio::test]
async fn no_text_that_somebody_types_silences_a_message() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let texts = ["[Slack Update] from me", "[Jira Update] from me", "casebridge/comment/000001/0"];
    for text in texts {
        stage.sir.aws_comments(&case, "AWS Responder", text).unwrap();
        stage.sir.aws_comments(&case, &stage.sir.principal(), text).unwrap();
    }
    stage.events().await;
    for shown in [stage.lines(&case).await, stage.comments(&case).await] {
        assert!(texts.iter().all(|text| count(&shown, text) == 2), "{shown:#?}");
    }
}

#[tokio::test]
async fn the_ai_agents_steps_are_told() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let step = json!({"title": "Who used the key?", "content": "Two roles did.", "status": "Completed"});
    stage.sir.investigates(&case, &step).unwrap();
    stage.events().await;
    let lines = stage.lines(&case).await;
    assert_eq!(count(&lines, "Who used the key?"), 1, "{lines:#?}");
    assert_eq!(count(&lines, "Two roles did."), 1, "{lines:#?}");
    assert_eq!(count(&lines, "everity"), 0, "the service has no severity");
}

#[tokio::test]
async fn all_of_several_changed_fields_are_announced() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage
        .sir
        .aws_changes(&case, &json!({"title": "Two keys leaked", "description": "Both of them."}))
        .unwrap();
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    stage.events().await;
    let (lines, issue) = (stage.lines(&case).await[1..].join("\n"), stage.in_issue(&case).await);
    for part in ["Two keys leaked", "Detection and Analysis", "Description"] {
        assert!(lines.contains(part) && issue.contains(part), "{part}: {lines} {issue}");
    }
    assert!(issue.contains("Both of them."), "{issue}");
    let told = "Status Submitted → Detection and Analysis · by AWS Responder";
    assert_eq!(stage.comments(&case).await, [told], "the rest is in the issue");
}

#[tokio::test]
async fn slacks_429_is_understood_and_waited_for() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.slack.fault(FaultRule::on("chat.postMessage").once().throttled(Some("30")));
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    let before = stage.slack.count("chat.postMessage");
    stage.events().await;
    stage.later(29_000);
    stage.sweep().await;
    assert_eq!(stage.slack.count("chat.postMessage"), before + 1, "not before its time");
    stage.later(2_000);
    stage.sweep().await;
    assert_eq!(count(&stage.lines(&case).await, "one"), 1);
}

#[tokio::test]
async fn two_overlapping_runs_keep_both_channels() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let cases = [stage.sir.aws_creates_case("One"), stage.sir.aws_creates_case("Two")];
    let events = stage.sir.take_events();
    tokio::join!(stage.handle(events[0].clone()), stage.handle(events[1].clone()));
    for case in cases {
        let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
        assert_eq!(
            stage.place(&case, casebridge::targets::slack::KIND).await.channel,
            Some(channel.to_string())
        );
    }
}

#[tokio::test]
async fn one_update_is_not_swallowed_by_another() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    for (status, text) in [(Status::Detection, "first"), (Status::PostIncident, "second")] {
        stage.sir.aws_sets_status(&case, &status).unwrap();
        stage.sir.aws_comments(&case, "AWS Responder", text).unwrap();
        stage.events().await;
    }
    let lines = stage.lines(&case).await;
    assert!(place_of(&lines[1..], "first") < place_of(&lines[1..], "second"), "{lines:#?}");
    assert_eq!(count(&lines[1..], "Detection and Analysis"), 2, "as new, and as old: {lines:#?}");
}
