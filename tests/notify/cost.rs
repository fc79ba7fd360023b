//! What does a case cost? Counted in calls, which the stand-ins remember.

use casebridge::{
    state::Note,
    targets::{jira, slack},
};
use casebridge_lab::stage::{Stage, count};
use casebridge_lab::standins::Order;

const NOTHING: [Vec<String>; 3] = [Vec::new(), Vec::new(), Vec::new()];

#[tokio::test]
async fn an_event_on_a_case_with_25_comments_costs_at_most_three_reads() {
    for own in [false, true] {
        let stage = Stage::set().await;
        let case = match own {
            true => stage.sir.console_creates_case("Key leaked"),
            false => stage.sir.aws_creates_case("Key leaked"),
        };
        for number in 0..25 {
            stage.later(1_000);
            stage.sir.aws_comments(&case, "AWS Responder", &format!("comment {number}")).unwrap();
        }
        let events = stage.sir.take_events();
        stage.arrive(&events[..1]).await;
        let [reads, ..] = stage.calls();
        let expected = if own { 2 } else { 3 };
        // Who opened it stands in the list of edits, which is asked once for a case, beside the rest.
        let (edits, reads): (Vec<_>, Vec<_>) = reads.into_iter().partition(|call| call == "ListCaseEdits");
        assert_eq!((reads.len(), edits.len()), (expected, 2), "all 25 are new: {reads:?}");
        stage.arrive(&events[1..2]).await;
        let [reads, slack, jira] = stage.calls();
        assert_eq!(reads.len(), expected, "nothing is new: {reads:?}");
        assert_eq!((slack, jira), (vec![], vec![]));
    }
}

#[tokio::test]
async fn a_quiet_case_costs_no_call_between_two_checks() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "We are looking at it.").unwrap();
    stage.events().await;
    stage.sweep().await;
    stage.minutes(2).await;
    stage.forget_calls();
    stage.minutes(50).await;
    assert_eq!(stage.calls(), NOTHING);
    stage.minutes(12).await;
    let [reads, slack, jira] = stage.calls();
    assert!(!reads.is_empty() && !slack.is_empty() && !jira.is_empty(), "the check comes once an hour");
    let writes = ["chat.postMessage", "chat.update", "addComment", "editIssue"];
    let written: Vec<_> = slack.iter().chain(&jira).filter(|call| writes.contains(&call.as_str())).collect();
    assert!(written.is_empty(), "a check of what is right writes nothing: {written:?}");
}

#[tokio::test]
async fn a_closed_case_is_checked_once_more_and_then_rests_for_ever() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.events().await;
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    stage.minutes(65).await;
    stage.minutes(65).await;
    assert_eq!(stage.meta(&case).await.next_at, None);
}

#[tokio::test]
async fn of_a_long_case_only_the_pages_with_something_new_are_read() {
    let stage = Stage::set().await;
    stage.sir.set_order(Order::NewestFirst);
    let case = stage.sir.console_creates_case("Key leaked");
    for number in 0..110 {
        stage.later(1_000);
        stage.sir.aws_comments(&case, "AWS Responder", &format!("comment {number}")).unwrap();
    }
    stage.events().await;
    stage.later(1_000);
    stage.sir.aws_comments(&case, "AWS Responder", "one more").unwrap();
    let event = stage.sir.take_events().remove(0);
    stage.forget_calls();
    stage.arrive(std::slice::from_ref(&event)).await;
    let [reads, slack, jira] = stage.calls();
    let pages = reads.iter().filter(|call| *call == "ListComments").count();
    assert!(pages <= 2, "{reads:?}");
    assert_eq!(slack.iter().filter(|call| *call == "chat.postMessage").count(), 1, "{slack:?}");
    assert_eq!(jira.iter().filter(|call| *call == "addComment").count(), 1, "{jira:?}");
    stage.arrive(&[event]).await;
    assert_eq!(stage.calls()[0], [""; 0], "it came before");
}

#[tokio::test]
async fn two_thousand_comments_are_told_in_order_and_one_more_costs_no_more_than_it_does_on_a_short_case() {
    let stage = Stage::set().await;
    stage.sir.set_order(Order::NewestFirst);
    let case = stage.sir.console_creates_case("Key leaked");
    let bodies: Vec<String> = (0..2_000).map(|number| format!("comment {number:04}.")).collect();
    for body in &bodies[..10] {
        stage.later(1_000);
        stage.sir.aws_comments(&case, "AWS Responder", body).unwrap();
    }
    stage.events().await;
    let size = |meta: casebridge::state::Meta| {
        [Note::Case, Note::Of(slack::KIND), Note::Of(jira::KIND)]
            .map(|note| meta.text(note).map_or(0, String::len))
    };
    let short = size(stage.meta(&case).await);
    for body in &bodies[10..] {
        stage.later(1_000);
        stage.sir.aws_comments(&case, "AWS Responder", body).unwrap();
    }
    stage.sir.take_events();
    stage.minutes(62).await;
    let told = |lines: Vec<String>| {
        let numbers = lines.join("\n");
        let found = numbers.match_indices("comment ").map(|(at, _)| numbers[at..at + 13].to_owned());
        found.collect::<Vec<_>>()
    };
    assert_eq!(told(stage.lines(&case).await), bodies);
    assert_eq!(told(stage.comments(&case).await), bodies);
    let long = size(stage.meta(&case).await);
    assert!(short.iter().zip(long).all(|(short, long)| long < short + 100), "{short:?} {long:?}");
    stage.later(1_000);
    stage.sir.aws_comments(&case, "AWS Responder", "one more").unwrap();
    let event = stage.sir.take_events().remove(0);
    stage.forget_calls();
    stage.arrive(&[event]).await;
    let [reads, ..] = stage.calls();
    assert!(reads.len() <= 4, "{reads:?}");
    assert_eq!(count(&stage.lines(&case).await, "one more"), 1);
}

#[tokio::test]
async fn a_channel_gets_at_most_one_post_a_second() {
    let stage = Stage::set().await;
    stage.slack.enforce_pace(false);
    for number in 0..4 {
        let case = stage.sir.aws_creates_case(&format!("Case {number}"));
        for comment in 0..4 {
            stage.sir.aws_comments(&case, "AWS Responder", &format!("comment {comment}")).unwrap();
        }
    }
    // One after the other: several workers that wait would move each other's clock.
    for event in stage.sir.take_events() {
        stage.arrive(&[event]).await;
    }
    let posts = stage.slack.calls_of("chat.postMessage");
    assert_eq!(posts.len(), 4 * 6, "a card, a description and four comments each");
    // A slot is when a post leaves; on its way it may be a little faster or slower than the one before.
    let gaps: Vec<i64> = posts.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(gaps.iter().all(|gap| *gap >= 900), "{gaps:?}");
}

#[tokio::test]
async fn a_case_whose_event_never_came_is_found_within_the_hour() {
    let stage = Stage::set().await;
    stage.sweep().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.take_events();
    stage.minutes(61).await;
    assert!(stage.lines(&case).await[0].contains("Key leaked"));
    stage.sir.aws_comments(&case, "AWS Responder", "Nobody heard of this.").unwrap();
    stage.sir.take_events();
    stage.minutes(61).await;
    assert!(stage.lines(&case).await.iter().any(|line| line.contains("Nobody heard of this.")));
}
