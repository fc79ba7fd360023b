//! A message that comes late is judged by when it was written: what is older than the switch, the role, the card or the
//! closing is refused, and its writer hears why.

use casebridge_lab::stage::{ANA, Stage, ana};
use std::time::Duration;

use casebridge::{
    case::{CaseId, Millis, Ts},
    chat::job::Job,
    config::clock,
    state::{
        Note, Store,
        notes::{Home, PlaceNote},
    },
    targets::slack,
};
use casebridge_lab::standins::SignedRequest;
use serde_json::json;

const HOUR: Millis = 3_600_000;

/// A thread of a case; since when replies are comments there, and since when Ana may comment.
async fn known(replies: Millis, role: Millis) -> (Stage, CaseId, Ts) {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    know(&stage, replies, role).await;
    (stage, case, thread)
}

async fn know(stage: &Stage, replies: Millis, role: Millis) {
    let note =
        json!({ "v": 1, "looked": stage.now(), "replies": replies, "speakers": { ANA: role } }).to_string();
    let old = stage.memory.note("since").await.unwrap();
    assert!(stage.memory.swap_note("since", old.as_deref(), &note, None).await.unwrap());
}

/// Ana replies; the event that Slack sends.
fn replies(stage: &Stage, thread: &Ts) -> SignedRequest {
    stage.slack.says(&ana(), &stage.channel, "It was Bo's key", Some(thread)).1.remove(0)
}

/// So much time passes, for everybody.
fn later(stage: &Stage, time: Millis) {
    stage.world.stops_the_clock(stage.now() + time);
    stage.slack.clock().advance(Duration::from_millis(time.unsigned_abs()));
    stage.sir.clock().advance(Duration::from_millis(time.unsigned_abs()));
}

/// Slack brings an event again, and what follows from it happens. What Ana reads.
async fn comes(stage: &Stage, event: &SignedRequest) -> String {
    let before = stage.slack.ephemerals(&ana()).len();
    let body = String::from_utf8(event.body.clone()).unwrap();
    assert_eq!(stage.deliver(&stage.slack.signed("/slack/events", "application/json", body)).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.since(&ana(), before)
}

#[tokio::test]
async fn an_event_that_comes_late_is_taken_where_nothing_that_it_needs_is_younger() {
    let (stage, case, thread) = known(0, 0).await;
    let event = replies(&stage, &thread);
    later(&stage, 2 * HOUR);
    assert_eq!(comes(&stage, &event).await, "");
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was Bo's key"]);
}

#[tokio::test]
async fn an_event_that_is_older_than_the_switch_or_the_role_is_refused_for_good_and_its_writer_hears_why() {
    let (early, late) = (0, clock::now() + HOUR);
    for (replies_since, role_since, why) in [
        (late, early, "before replies here became comments"),
        (early, late, "before you had a role"),
        (late, late, "before replies here became comments"),
    ] {
        let (stage, case, thread) = known(replies_since, role_since).await;
        let event = replies(&stage, &thread);
        later(&stage, 2 * HOUR);
        let shown = comes(&stage, &event).await;
        assert!(shown.contains(why) && shown.contains("It was Bo's key"), "{shown}");
        know(&stage, early, early).await;
        assert!(comes(&stage, &event).await.contains(why), "it stays refused");
        assert_eq!(stage.case_comments(&case).len(), 0);
    }
}

#[tokio::test]
async fn an_edit_of_what_was_said_too_early_makes_no_comment_of_it() {
    let (stage, case, thread) = known(clock::now() + HOUR, 0).await;
    let (ts, _) = stage.slack.says(&ana(), &stage.channel, "internal", Some(&thread));
    later(&stage, 2 * HOUR);
    let edit = stage.slack.edits(&ana(), &stage.channel, &ts, "internal, still").unwrap();
    assert_eq!(comes(&stage, &edit).await, "");
    assert_eq!(stage.case_comments(&case).len(), 0);
}

#[tokio::test]
async fn a_job_that_lay_in_the_queue_is_refused_if_the_switch_was_off_meanwhile_and_done_if_it_was_not() {
    for (since, made) in [(0, 1), (clock::now() + HOUR, 0)] {
        let (stage, case, thread) = known(0, 0).await;
        assert_eq!(stage.deliver(&replies(&stage, &thread)).await.0, 200);
        let jobs = stage.jobs();
        know(&stage, since, 0).await;
        later(&stage, 2 * HOUR);
        assert_eq!(stage.work(&jobs).await, [""; 0]);
        assert_eq!(stage.case_comments(&case).len(), made);
    }
}

#[tokio::test]
async fn a_job_that_the_queue_brings_again_proves_by_itself_that_the_switch_was_on_unless_somebody_looked_since()
 {
    const MINUTE: Millis = 60_000;
    for (looked, after, made) in [(false, 6, 1), (false, 31, 0), (true, 6, 0)] {
        let stage = Stage::set().await;
        let case = stage.sir.aws_creates_case("Key leaked");
        let thread = stage.thread_of(&case).await;
        assert_eq!(stage.deliver(&replies(&stage, &thread)).await.0, 200);
        let jobs = stage.jobs();
        if looked {
            know(&stage, clock::now() + MINUTE, 0).await;
        }
        later(&stage, after * MINUTE);
        assert_eq!(stage.work(&jobs).await, [""; 0]);
        assert_eq!(stage.case_comments(&case).len(), made, "{looked} {after}");
    }
}

#[tokio::test]
async fn a_job_that_is_done_after_the_switch_was_turned_off_is_refused() {
    let (mut stage, case, thread) = known(0, 0).await;
    assert_eq!(stage.deliver(&replies(&stage, &thread)).await.0, 200);
    stage.settings.slack.replies_are_comments = false;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.case_comments(&case).len(), 0);
    assert!(stage.since(&ana(), 0).contains("do not become comments"));
}

#[tokio::test]
async fn an_event_that_comes_at_once_is_taken_though_nobody_saw_the_switch_before_and_from_then_on_it_is_known()
 {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let before = replies(&stage, &thread);
    later(&stage, HOUR);
    let event = replies(&stage, &thread);
    assert_eq!(comes(&stage, &event).await, "");
    assert_eq!(stage.case_comments(&case).len(), 1);
    assert!(comes(&stage, &before).await.contains("before replies here became comments"));
    let next = replies(&stage, &thread);
    later(&stage, HOUR);
    assert_eq!(comes(&stage, &next).await, "");
    assert_eq!(stage.case_comments(&case).len(), 2);
}

#[tokio::test]
async fn the_switch_counts_from_when_the_first_event_came_and_not_from_when_its_message_was_written() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let slow = replies(&stage, &thread);
    later(&stage, 10_000);
    let lost = replies(&stage, &thread);
    later(&stage, 10_000);
    assert_eq!(comes(&stage, &slow).await, "");
    later(&stage, HOUR);
    assert!(comes(&stage, &lost).await.contains("before replies here became comments"));
    assert_eq!(stage.case_comments(&case).len(), 1);
}

#[tokio::test]
async fn what_was_said_in_a_cases_channel_before_its_card_is_refused_and_what_came_after_it_is_taken() {
    let (stage, case, thread) = known(0, 0).await;
    let id = case.clone();
    let channel = format!("slack/{}/{}", stage.settings.slack.team, stage.channel);
    stage.memory.bind(&channel, &id).await.unwrap();
    let before = replies(&stage, &thread);
    later(&stage, 1_000);
    let (card, _) = stage.slack.says(&ana(), &stage.channel, "the card", None);
    let home = Some(Home { place: stage.channel.clone().to_string(), name: card.to_string() });
    let note = serde_json::to_string(&PlaceNote { home, ..PlaceNote::default() }).unwrap();
    stage.memory.hint(&id, stage.now(), false).await.unwrap();
    let meta = stage.memory.lease(&id, stage.now(), stage.now() + 1).await.unwrap().unwrap();
    stage.memory.save(&id, meta.epoch, Note::Of(slack::KIND), &note).await.unwrap();
    let after = replies(&stage, &thread);
    assert!(comes(&stage, &before).await.contains("before the case had its card here"));
    assert_eq!(comes(&stage, &after).await, "");
    assert_eq!(stage.case_comments(&case).len(), 1);
}

#[tokio::test]
async fn what_was_written_when_the_case_was_closed_is_refused_by_its_time_and_not_sent() {
    let (stage, case, thread) = known(0, 0).await;
    later(&stage, HOUR);
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    later(&stage, HOUR);
    let event = replies(&stage, &thread);
    later(&stage, HOUR);
    let shown = comes(&stage, &event).await;
    assert!(shown.contains("The case was closed when you wrote your message"), "{shown}");
    assert_eq!(stage.sir.count("CreateCaseComment"), 0);
}

/// A comment that a killed worker may have made is not said to be refused.
#[tokio::test]
async fn a_comment_that_was_begun_in_time_is_finished_and_one_that_was_not_is_refused_wherever_the_worker_was_killed()
 {
    for at in 1.. {
        let (stage, case, thread) = known(0, 0).await;
        assert_eq!(stage.deliver(&replies(&stage, &thread)).await.0, 200);
        let job: Job = stage.job();
        let ended = stage.until(&job, at).await;
        know(&stage, clock::now() + HOUR, 0).await;
        later(&stage, 2 * HOUR);
        assert!(stage.until(&job, usize::MAX).await);
        let (comments, shown) = (stage.case_comments(&case).len(), stage.since(&ana(), 0));
        let right = match comments {
            0 => !ended && shown.contains("before replies here became comments"),
            1 => shown.is_empty(),
            _ => false,
        };
        assert!(right, "killed at {at}: {comments} comments, {shown}");
        if ended {
            assert_eq!(comments, 1);
            break;
        }
    }
}
