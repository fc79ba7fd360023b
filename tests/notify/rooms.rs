//! A case's own channel looks after itself, and never keeps a case from being told.

use casebridge::case::{CaseId, ChannelId, Status};
use casebridge_lab::stage::{Stage, bo};
use casebridge_lab::standins::FaultRule;
use serde_json::{Value, json};

const CHANNEL: &str = "layout = 'channel'\ninvite = ['ana@example.com']\n";
const DAY: u32 = 24 * 60;

async fn told(stage: &Stage) -> (CaseId, ChannelId) {
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.minutes(1).await;
    let (channel, _) = stage.card(&case).await;
    (case, channel)
}

fn channel(stage: &Stage, channel: &ChannelId) -> Value {
    stage.slack.state()["channels"][channel.as_str()].clone()
}

#[tokio::test]
async fn a_room_has_its_card_pinned_and_bookmarks_that_follow_the_issue() {
    let stage = Stage::with(&format!("{CHANNEL}bookmarks = true\npin_card = true"), "").await;
    let (case, own) = told(&stage).await;
    let room = channel(&stage, &own);
    assert_eq!(room["pins"], json!([stage.card(&case).await.1]));
    let links = |room: &Value| {
        let all = room["bookmarks"].as_array().unwrap().iter();
        all.map(|one| format!("{}: {}", one["title"].as_str().unwrap(), one["link"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let before = links(&room);
    assert_eq!(before.len(), 2, "{before:?}");
    assert!(
        before[0].starts_with("AWS console: https://") && before[1].contains("Jira issue: http"),
        "{before:?}"
    );
    let issue = stage.jira.person_creates(&stage.jira.ana(), "Another");
    stage.links(&case, &issue).await;
    stage.minutes(2).await;
    let after = links(&channel(&stage, &own));
    assert_eq!((after.len(), &after[0]), (2, &before[0]), "{after:?}");
    assert!(after[1].ends_with(&issue), "{after:?}");
    stage.minutes(70).await;
    assert_eq!(links(&channel(&stage, &own)), after, "each once");
    stage.slack.renames_bookmark(&bo(), &own, ("AWS console", "Console"));
    let (_, console) = after[0].split_once(": ").unwrap();
    stage.bridge().slack().bookmark(&own, "AWS console", console).await.unwrap();
    let renamed = links(&channel(&stage, &own));
    assert_eq!((renamed.len(), &*renamed[0]), (2, &*format!("Console: {console}")), "{renamed:?}");
}

#[tokio::test]
async fn without_the_settings_a_room_is_left_as_it_is() {
    let stage = Stage::with(CHANNEL, "").await;
    let (case, own) = told(&stage).await;
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    stage.notify().await;
    stage.minutes(60).await;
    let room = channel(&stage, &own);
    assert_eq!((room["pins"].clone(), room["bookmarks"].clone()), (json!([]), json!([])));
    assert!(!stage.slack.members(&own).contains(&bo()));
}

#[tokio::test]
async fn the_response_team_and_the_watchers_are_invited_and_into_a_restricted_room_nobody_is() {
    for (setting, watches) in [("invite_team = true", false), ("invite_watchers = true", true)] {
        let rule = "[[restrict.rules]]\ntitle = 'secret'\npeople = ['U024BE7LH']";
        let stage = Stage::with(&format!("{CHANNEL}{setting}"), rule).await;

        let (case, own) = told(&stage).await;
        if watches {
            stage.ana(&format!("{case} watch bo@example.com")).await;
            stage.notify().await;
        }
        stage.minutes(2).await;
        assert!(stage.slack.members(&own).contains(&bo()), "{setting}");
        assert!(stage.lines(&case).await[0].contains("Key leaked"));
        let secret = stage.sir.console_creates_case("Secret");
        stage.notify().await;
        stage.minutes(2).await;
        let own = stage.slack.channel_named(&format!("sir-case-{secret}")).unwrap();
        assert!(!stage.slack.members(&own).contains(&bo()), "{setting}");
    }
}

#[tokio::test]
async fn nothing_of_a_room_that_is_refused_keeps_its_case_from_being_told() {
    for scope in ["pins:write", "bookmarks:read", "bookmarks:write"] {
        let stage =
            Stage::with(&format!("{CHANNEL}bookmarks = true\npin_card = true\ninvite_team = true"), "").await;
        stage.slack.revoke(scope);
        stage.expects("missing_scope");
        stage.sir.fault(FaultRule::on("ListMemberships").error("AccessDeniedException"));
        let (case, own) = told(&stage).await;
        stage.sir.aws_comments(&case, "AWS Responder", "We look into it").unwrap();
        stage.notify().await;
        let lines = stage.slack.messages(&own);
        assert!(lines.iter().any(|line| line.to_string().contains("We look into it")), "{scope}: {lines:?}");
        assert_eq!(stage.place(&case, casebridge::targets::slack::KIND).await.parked, None, "{scope}");
        let answer = stage.ana("doctor").await;
        assert!(answer.contains("slack.furniture") && answer.contains(scope), "{answer}");
        assert!(channel(&stage, &own)["channel"]["topic"].to_string().contains(case.as_str()), "{scope}");
    }
}

#[tokio::test]
async fn a_topic_an_archiving_or_a_watcher_that_is_refused_keeps_no_comment_back() {
    for (method, error) in [
        ("conversations.setTopic", "restricted_action"),
        ("conversations.archive", "restricted_action"),
        ("conversations.invite", "cant_invite"),
        ("users.lookupByEmail", "missing_scope"),
    ] {
        let stage = Stage::with(&format!("{CHANNEL}invite_watchers = true\narchive_days = 1"), "").await;
        let (case, own) = told(&stage).await;
        stage.slack.fault(FaultRule::on(method).error(error));
        stage.ana(&format!("{case} watch bo@example.com")).await;
        stage.sir.aws_sets_status(&case, &Status::Detection).unwrap();
        stage.sir.aws_comments(&case, "AWS Responder", "We look into it").unwrap();
        stage.notify().await;
        let said = |words: &str| stage.slack.messages(&own).iter().any(|one| one.to_string().contains(words));
        assert!(said("We look into it"), "{method}");
        stage.sir.aws_closes(&case, "Duplicate").unwrap();
        stage.notify().await;
        stage.minutes(DAY + 10).await;
        assert!(stage.slack.count(method) > 0, "{method} was never tried");
        assert_eq!(stage.place(&case, casebridge::targets::slack::KIND).await.parked, None, "{method}");
    }
}

#[tokio::test]
async fn a_room_is_archived_so_many_days_after_its_case_was_closed() {
    let stage = Stage::with(&format!("{CHANNEL}archive_days = 2"), "").await;
    let (case, own) = told(&stage).await;
    let is_archived = || channel(&stage, &own)["channel"]["is_archived"] == true;
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    stage.notify().await;
    stage.minutes(2 * DAY - 10).await;
    assert!(!is_archived());
    stage.minutes(20).await;
    assert!(is_archived());
    // And nothing more is tried there, up to its being forgotten.
    let asked = stage.slack.count("chat.update") + stage.slack.count("chat.postMessage");
    stage.later(i64::from(95 * DAY) * 60_000);
    for _ in 0..3 {
        stage.sweep().await;
    }
    assert_eq!(stage.slack.count("chat.update") + stage.slack.count("chat.postMessage"), asked);
}
