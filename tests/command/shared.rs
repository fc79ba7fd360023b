//! Where people of another workspace read along nothing is done and nothing is told, whichever way it is asked.

use casebridge::{
    case::{CaseId, ChannelId, Ts},
    config::clock,
    runtime::breaker,
    state::Store,
    targets::jira,
};
use casebridge_lab::stage::{Stage, ana, typed};
use casebridge_lab::standins::{FaultRule, Sharing, SignedRequest, SlackStandin};
use serde_json::{Value, json};

/// A case with its card, in a channel that another workspace reads too.
async fn overheard() -> (Stage, CaseId, Ts) {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let card = stage.card_of(&case).await;
    stage.slack.set_shared(&stage.channel, true);
    stage.sir.take_calls();
    (stage, case, card)
}

async fn all(stage: &Stage, sent: &[SignedRequest]) -> String {
    let before = stage.slack.ephemerals(&ana()).len();
    for delivery in sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.since(&ana(), before)
}

/// Every way to ask something in a channel, with the verb that it asks for.
fn asked(stage: &Stage, case: &CaseId, card: &Ts) -> Vec<(&'static str, Vec<SignedRequest>)> {
    let (slack, channel) = (&stage.slack, &stage.channel);
    let (.., bot, _) = slack.app();
    let shared = slack.shares(&ana(), channel, ("log.txt", "text/plain"), "bytes", Some(card));
    vec![
        ("close", vec![slack.types(&ana(), channel, "/sir", &format!("{case} close"))]),
        ("title", vec![slack.types(&ana(), channel, "/sir", &format!("{case} title Mine"))]),
        ("list", vec![slack.types(&ana(), channel, "/sir", "list")]),
        ("show", slack.says(&ana(), channel, &format!("<@{bot}> show"), Some(card)).1),
        ("comment", slack.says(&ana(), channel, "It was Bo's key", Some(card)).1),
        (
            "status",
            vec![
                slack
                    .clicks(
                        &ana(),
                        channel,
                        card,
                        "run/status",
                        &json!({ "selected_option": { "value": format!("{case} status") } }),
                    )
                    .unwrap(),
            ],
        ),
        ("attach", vec![slack.uses_message_shortcut(&ana(), channel, &shared.1, "attach_file").unwrap()]),
    ]
}

#[tokio::test]
async fn whatever_is_asked_in_a_shared_channel_is_refused_and_nothing_is_done() {
    let (stage, case, card) = overheard().await;
    for (verb, sent) in asked(&stage, &case, &card) {
        let shown = all(&stage, &sent).await;
        assert!(
            shown.contains("People of another workspace read this channel")
                && shown.contains(&format!("{verb} is not answered here"))
                && shown.contains("Nothing was done"),
            "{verb}: {shown}"
        );
        assert_eq!(stage.sir.calls().len(), 0, "{verb}");
    }
    assert_eq!(stage.slack.count("conversations.info"), 1, "it is remembered");
    for free in ["help", "whoami"] {
        assert!(!stage.ana(free).await.contains("Nothing was done"), "{free}");
    }
}

#[tokio::test]
async fn an_invited_workspace_and_one_of_our_own_organisation_count_as_others_and_nobody_reads_the_refusal() {
    for sharing in [Sharing::Invited, Sharing::Organisation] {
        let (stage, case, card) = overheard().await;
        stage.slack.set_sharing(&stage.channel, sharing);
        for (verb, sent) in asked(&stage, &case, &card) {
            let before = stage.slack.messages(&stage.channel);
            let shown = all(&stage, &sent).await;
            assert!(shown.contains("People of another workspace"), "{sharing:?} {verb}: {shown}");
            assert_eq!(
                stage.slack.messages(&stage.channel),
                before,
                "{sharing:?} {verb}: nothing for everybody"
            );
        }
        assert_eq!(stage.sir.calls().len(), 0, "{sharing:?}");
    }
}

#[tokio::test]
async fn the_same_is_done_where_the_channel_is_ours_alone() {
    let (stage, case, card) = overheard().await;
    stage.slack.set_shared(&stage.channel, false);
    for (verb, sent) in asked(&stage, &case, &card) {
        let shown = all(&stage, &sent).await;
        assert!(!shown.contains("Nothing was done"), "{verb}: {shown}");
        assert!(!stage.sir.take_calls().is_empty(), "{verb}");
    }
}

#[tokio::test]
async fn no_call_stands_before_the_door_answers_and_what_was_typed_is_given_back() {
    let (stage, case, _) = overheard().await;
    let (status, said) = stage
        .deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} title Mine")))
        .await;
    assert_eq!((status, said), (200, Value::Null));
    assert_eq!(stage.slack.count("conversations.info"), 0);
    let before = stage.slack.ephemerals(&ana()).len();
    stage.work(&stage.jobs()).await;
    assert!(stage.since(&ana(), before).contains("title Mine"));
}

#[tokio::test]
async fn a_confirmation_that_was_given_before_the_channel_was_shared_closes_nothing_in_it() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} close")).await;
    stage.slack.set_shared(&stage.channel, true);
    // What Slack said holds for five minutes: after that it is asked again.
    let name = format!("channel/{}", stage.channel);
    let said = stage.memory.note(&name).await.unwrap();
    assert!(stage.memory.swap_note(&name, said.as_deref(), "[0,false]", None).await.unwrap());
    stage.later(3_000);
    let shown = stage.presses(&ana(), "confirm/1").await;
    assert!(shown.contains("People of another workspace"), "{shown}");
    assert_eq!(stage.sir.count("CloseCase"), 0);
}

#[tokio::test]
async fn where_slack_does_not_tell_who_reads_a_channel_it_counts_as_shared() {
    for (error, words) in [("missing_scope", "missing_scope"), ("channel_not_found", "channel_not_found")] {
        let (stage, case, card) = overheard().await;
        stage.slack.set_shared(&stage.channel, false);
        stage.slack.fault(FaultRule::on("conversations.info").error(error));
        for (verb, sent) in asked(&stage, &case, &card) {
            let shown = all(&stage, &sent).await;
            assert!(shown.contains(words) && shown.contains("Nothing was done"), "{verb}: {shown}");
            assert!(shown.contains("counts as if they did"), "{verb}: {shown}");
        }
        assert_eq!(stage.sir.calls().len(), 0);
    }
}

#[tokio::test]
async fn what_was_said_while_slack_did_not_tell_who_reads_is_done_once_it_tells() {
    let (stage, case, card) = overheard().await;
    stage.slack.set_shared(&stage.channel, false);
    stage.slack.fault(FaultRule::on("conversations.info").error("is_archived"));
    let (_, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo's key", Some(&card));
    let before = stage.slack.ephemerals(&ana()).len();
    for delivery in &sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    let shown = stage.since(&ana(), before);
    assert!(shown.contains("is_archived") && shown.contains("tried again by itself"), "{shown}");
    assert_eq!(stage.granted("CreateCaseComment"), 0);
    // The hourly check brings it again, and it is not told each hour.
    stage.world.stops_the_clock(clock::now() + 3_600_000);
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    assert_eq!(stage.since(&ana(), before), shown);
    stage.slack.heal();
    for _ in 0..2 {
        assert_eq!(stage.work(&jobs).await, [""; 0]);
    }
    assert_eq!(stage.granted("CreateCaseComment"), 1, "{case}");
}

#[tokio::test]
async fn where_slack_does_not_answer_just_now_nothing_is_done_and_the_job_comes_again() {
    let (stage, case, _) = overheard().await;
    stage.slack.set_shared(&stage.channel, false);
    stage.slack.fault(FaultRule::on("conversations.info").throttled(Some("1")));
    stage
        .deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} title Two keys")))
        .await;
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, ["m0"]);
    assert_eq!(stage.sir.calls().len(), 0);
    stage.slack.heal();
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    assert_eq!(stage.granted("UpdateCase"), 1);
}

#[tokio::test]
async fn a_private_channel_needs_a_scope_of_its_own_which_the_manifest_asks_for() {
    let stage = Stage::set().await;
    let (.., bot, _) = stage.slack.app();
    let private = stage.slack.add_channel("war-room", true, &[ana(), bot.clone()]);
    let manifest: Value = serde_json::from_str(include_str!("../../slack-manifest.json")).unwrap();
    let scopes = manifest["oauth_config"]["scopes"]["bot"].as_array().unwrap();
    for (channel, scope) in [(&stage.channel, "channels:read"), (&private, "groups:read")] {
        assert!(scopes.contains(&json!(scope)), "{scope}");
        stage.slack.revoke(scope);
        stage.expects(&format!("\"needed\":\"{scope}\""));
        let sent = stage.slack.types(&ana(), channel, "/sir", "list");
        let shown = all(&stage, &[sent]).await;
        assert!(shown.contains(&format!("missing_scope ({scope})")), "{shown}");
        stage.slack.grant(scope);
        let sent = stage.slack.types(&ana(), channel, "/sir", "list");
        assert!(all(&stage, &[sent]).await.contains("No case is open"), "{scope}");
    }
}

#[tokio::test]
async fn direct_messages_and_forms_are_read_by_nobody_else_so_nobody_is_asked() {
    let (stage, case, _) = overheard().await;
    let sent = stage.slack.types(&ana(), &ChannelId::new("D024BE7LH"), "/sir", "list");
    assert!(all(&stage, &[sent]).await.contains("Key leaked"));
    stage.ana(&format!("{case} comment")).await;
    stage.sends(&ana(), &[("text", typed("It was Bo's key"))]).await;
    assert_eq!(stage.case_comments(&case).len(), 1);
    assert_eq!(stage.slack.count("conversations.info"), 0);
}

#[tokio::test]
async fn the_doctor_says_that_the_channel_of_the_cases_is_shared() {
    let stage = Stage::set().await;
    assert!(!stage.ana("doctor").await.contains("shared with another workspace"));
    stage.slack.set_shared(&stage.channel, true);
    let sent = stage.slack.types(&ana(), &ChannelId::new("D024BE7LH"), "/sir", "doctor");
    let shown = all(&stage, &[sent]).await;
    assert!(shown.contains("shared with another workspace") && shown.contains("slack.channel"), "{shown}");
    assert!(SlackStandin::shown(&stage.latest()).contains("slack.shared: does not work:"));
}

#[tokio::test]
async fn the_doctor_says_what_was_refused_in_the_last_day() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let refused = |ago: i64| {
        let at = stage.now() - ago;
        breaker::Refused { at, case: case.to_string(), why: "remote link: HTTP 403".to_owned() }
    };
    breaker::refused(&stage.world, jira::KIND, "link", refused(60_000)).await;
    breaker::refused(&stage.world, jira::KIND, "status", refused(90_000_000)).await;
    let shown = stage.ana("doctor").await;
    for part in ["jira", "link", case.as_str(), "HTTP 403"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("refused the status") && shown.contains("jira.token"), "{shown}");
}
