//! The hourly check takes up a reply whose event was lost, and never one that was said before it could be a comment.

use casebridge::{
    case::{CaseId, MemberId, Millis, UserId},
    state::Store,
};
use casebridge_lab::stage::{ANA, Stage, ana};
use casebridge_lab::standins::FaultRule;
use serde_json::json;

const HOUR: Millis = 3_600_000;

/// A stage on which Ana may comment, with a case and its card.
async fn told(slack_lines: &str) -> (Stage, CaseId) {
    let stage = Stage::with(slack_lines, &format!("[roles]\nresponder = ['{ANA}']\n")).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.minutes(1).await;
    (stage, case)
}

/// Somebody says something below the card. Its event is lost.
async fn says(stage: &Stage, case: &CaseId, user: &UserId, text: &str) {
    let (channel, card) = stage.card(case).await;
    stage.slack.set_member(&channel, user, true);
    let thread = stage.settings.slack.layout == casebridge::config::settings::Layout::Thread;
    stage.slack.says(user, &channel, text, thread.then_some(&card));
    stage.later(1_000);
}

/// What the next checks put on the inbox: each text once.
async fn taken(stage: &Stage, of: &[&str]) -> Vec<String> {
    stage.minutes(62).await;
    let jobs = stage.jobs();
    let found = of.iter().filter(|text| jobs.iter().any(|job| job.body.contains(**text)));
    found.map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn what_was_said_before_replies_became_comments_stays_where_it_was_said() {
    let (mut stage, case) = told("replies_are_comments = false").await;
    says(&stage, &case, &ana(), "internal: not for AWS").await;
    stage.later(10 * HOUR);
    says(&stage, &case, &ana(), "a moment before").await;
    stage.settings.slack.replies_are_comments = true;
    stage.minutes(1).await;
    says(&stage, &case, &ana(), "for everybody").await;
    let all = ["internal", "a moment before", "for everybody"];
    assert_eq!(taken(&stage, &all).await, ["for everybody"]);
    assert_eq!(taken(&stage, &all).await, ["for everybody"], "until it is answered");
}

#[tokio::test]
async fn what_was_said_while_the_switch_was_off_stays_though_it_was_on_before() {
    let (mut stage, case) = told("").await;
    says(&stage, &case, &ana(), "the first").await;
    stage.settings.slack.replies_are_comments = false;
    stage.minutes(2).await;
    says(&stage, &case, &ana(), "the second").await;
    stage.settings.slack.replies_are_comments = true;
    stage.minutes(2).await;
    says(&stage, &case, &ana(), "the third").await;
    assert_eq!(taken(&stage, &["the first", "the second", "the third"]).await, ["the third"]);
}

#[tokio::test]
async fn a_table_that_does_not_know_since_when_takes_up_only_what_is_said_from_now_on() {
    let (stage, case) = told("").await;
    says(&stage, &case, &ana(), "before").await;
    // As a table of version 0.1.0 has it.
    let note = stage.memory.note("since").await.unwrap();
    assert!(stage.memory.swap_note("since", note.as_deref(), "", Some(0)).await.unwrap());
    // A process that saw it a moment ago does not look again at once.
    stage.minutes(11).await;
    says(&stage, &case, &ana(), "after").await;
    assert_eq!(taken(&stage, &["before", "after"]).await, ["after"]);
}

#[tokio::test]
async fn a_table_that_was_restored_from_yesterday_takes_up_only_what_is_said_from_now_on() {
    let (stage, case) = told("").await;
    let yesterday = stage.memory.note("since").await.unwrap().unwrap();
    for _ in 0..20 {
        stage.later(HOUR);
        stage.sweep().await;
    }
    stage.later(4 * HOUR);
    says(&stage, &case, &ana(), "before").await;
    let today = stage.memory.note("since").await.unwrap();
    assert!(stage.memory.swap_note("since", today.as_deref(), &yesterday, None).await.unwrap());
    stage.minutes(1).await;
    says(&stage, &case, &ana(), "after").await;
    assert_eq!(taken(&stage, &["before", "after"]).await, ["after"]);
}

#[tokio::test]
async fn whoever_got_a_role_after_they_wrote_is_taken_up_from_then_on() {
    let (mut stage, case) = told("").await;
    let [bo, cy] = ["bo", "cy"].map(|name| stage.slack.add_user(name, "a@example.com", &json!({})));
    let group = stage.slack.add_group("responders", std::slice::from_ref(&cy));
    for user in [&bo, &cy] {
        says(&stage, &case, user, &format!("{user} too early")).await;
    }
    stage.settings.roles.responder.extend([bo.clone(), UserId::new(group)].map(MemberId::new));
    stage.minutes(1).await;
    for user in [&bo, &cy, &ana()] {
        says(&stage, &case, user, &format!("{user} in time")).await;
    }
    let jobs = || async {
        stage.minutes(62).await;
        stage.jobs().into_iter().map(|job| job.body).collect::<Vec<_>>()
    };
    let bodies = jobs().await;
    assert!(bodies.iter().all(|body| !body.contains("too early")), "{bodies:?}");
    for user in [&bo, &cy, &ana()] {
        assert!(bodies.iter().any(|body| body.contains(&format!("{user} in time"))), "{user}: {bodies:?}");
    }
}

#[tokio::test]
async fn a_reply_of_somebody_without_a_role_is_handed_over_to_be_refused_and_its_long_text_stays() {
    let (stage, case) = told("").await;
    let bo = stage.slack.add_user("bo", "bo@example.com", &json!({}));
    says(&stage, &case, &bo, "let me help").await;
    says(&stage, &case, &bo, &"BEGIN ".repeat(6_666)).await;
    stage.minutes(62).await;
    let jobs = stage.jobs();
    assert_eq!(jobs.len(), 2);
    assert!(jobs.iter().any(|job| job.body.contains("let me help")));
    assert!(jobs.iter().all(|job| !job.body.contains("BEGIN")));
}

#[tokio::test]
async fn where_slack_does_not_tell_a_writers_groups_the_reply_waits_for_the_next_check() {
    let (mut stage, case) = told("").await;
    let cy = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    let group = stage.slack.add_group("responders", std::slice::from_ref(&cy));
    stage.settings.roles.responder.push(MemberId::new(group));
    stage.minutes(1).await;
    says(&stage, &case, &cy, "it was me").await;
    stage.slack.fault(FaultRule::on("usergroups.users.list").answers(503));
    assert_eq!(taken(&stage, &["it was me"]).await, [""; 0]);
    stage.slack.heal();
    assert_eq!(taken(&stage, &["it was me"]).await, ["it was me"]);
}

#[tokio::test]
async fn what_was_said_in_a_cases_channel_before_its_card_stands_there_stays() {
    let stage = Stage::with(
        "layout = 'channel'\ninvite = ['ana@example.com']",
        &format!("[roles]\nadmin = ['{ANA}']\n"),
    )
    .await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.slack.fault(FaultRule::on("chat.postMessage").answers(429));
    stage.events().await;
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    stage.slack.set_member(&channel, &ana(), true);
    stage.slack.says(&ana(), &channel, "before the card", None);
    stage.later(60_000);
    stage.slack.heal();
    stage.minutes(10).await;
    says(&stage, &case, &ana(), "after the card").await;
    assert_eq!(taken(&stage, &["before the card", "after the card"]).await, ["after the card"]);
}
