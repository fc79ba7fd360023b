//! What Slack and Jira really send: half characters, nulls, ids that are none, and mentions as people write them.

use casebridge_lab::stage::{Stage, ana};
use casebridge_lab::standins::{FaultRule, SignedRequest};
use serde_json::{Value, json};

const EVENTS: &str = "/slack/events";

async fn done(stage: &Stage, sent: &SignedRequest) -> u64 {
    let status = stage.deliver(sent).await.0;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    status
}

/// The same request with another body, signed anew.
fn with_body(stage: &Stage, sent: &SignedRequest, change: impl Fn(String) -> String) -> SignedRequest {
    let body = change(String::from_utf8(sent.body.clone()).unwrap());
    stage.slack.signed(&sent.path, "application/json", body)
}

/// The event of a message, with one field set.
fn with_field(stage: &Stage, sent: &SignedRequest, pointer: &str, field: &Value) -> SignedRequest {
    with_body(stage, sent, |body| {
        let mut event: Value = serde_json::from_str(&body).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        event.pointer_mut(parent).unwrap()[name] = field.clone();
        event.to_string()
    })
}

#[tokio::test]
async fn half_a_character_anywhere_costs_no_message() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (_, sent) = stage.slack.says(&ana(), &stage.channel, "web-2 is isolated HALF", Some(&thread));
    let halved = with_body(&stage, &sent[0], |body| body.replace("HALF", "\\ud83d"));
    assert!(halved.path == EVENTS && String::from_utf8_lossy(&halved.body).contains("isolated \\ud83d"));
    assert_eq!(done(&stage, &halved).await, 200);
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nweb-2 is isolated \u{fffd}"]);
}

#[tokio::test]
async fn half_a_character_in_a_jira_comment_costs_neither_it_nor_another() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    stage.links(&case, &key).await;
    stage.jira.take_webhooks();
    stage.jira.person_comments(&stage.jira.ana(), &key, "The alert said {half} and stopped.").unwrap();
    stage.jira.person_comments(&stage.jira.ana(), &key, "web-2 is isolated.").unwrap();
    stage.jira.fault(FaultRule::on("getComments").half_characters());
    for sent in stage.jira.take_webhooks() {
        assert_eq!(stage.deliver(&sent).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let said = ["The alert said \u{fffd} and stopped.", "web-2 is isolated."];
    assert_eq!(
        stage.case_comments(&case),
        said.map(|words| format!("Ana Alvarez, 5b10ac8d82e05b22cc7d4ef5 (Jira):\n{words}"))
    );
}

#[tokio::test]
async fn null_is_as_absent() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    for name in ["files", "blocks", "attachments", "subtype", "edited", "bot_id", "metadata"] {
        let (_, sent) = stage.slack.says(&ana(), &stage.channel, &format!("{name} null"), Some(&thread));
        let event = with_field(&stage, &sent[0], &format!("/event/{name}"), &Value::Null);
        assert_eq!(done(&stage, &event).await, 200, "{name}");
    }
    assert_eq!(stage.case_comments(&case).len(), 7);
    for (pointer, name) in [
        ("/event", "text"),
        ("", "enterprise_id"),
        ("/authorizations/0", "enterprise_id"),
        ("", "authorizations"),
        ("", "team_id"),
        ("/event", "user"),
    ] {
        let (_, sent) = stage.slack.says(&ana(), &stage.channel, "", Some(&thread));
        let event = with_field(&stage, &sent[0], &format!("{pointer}/{name}"), &Value::Null);
        let event = with_field(&stage, &event, "/event/blocks", &Value::Null);
        assert_eq!(done(&stage, &event).await, 200, "{name}");
    }
    assert_eq!(stage.case_comments(&case).len(), 7, "and nothing of what says nothing");
}

#[tokio::test]
async fn a_webhook_whose_time_is_null_is_a_hint_like_any_other() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    stage.links(&case, &key).await;
    stage.jira.take_webhooks();
    stage.jira.person_comments(&stage.jira.ana(), &key, "We isolated web-2.").unwrap();
    let mut webhook: Value =
        serde_json::from_str(&super::words_in_jira::file("jira-webhook-null-timestamp.json")).unwrap();
    webhook["issue"]["id"] = stage.jira.issue(&key).unwrap()["id"].clone();
    assert_eq!(done(&stage, &stage.jira.signed(webhook.to_string())).await, 200);
    assert_eq!(
        stage.case_comments(&case),
        ["Ana Alvarez, 5b10ac8d82e05b22cc7d4ef5 (Jira):\nWe isolated web-2."]
    );
}

#[tokio::test]
async fn so_long_an_id_is_refused_at_the_door() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo", Some(&thread));
    let long = json!("é".repeat(5_000));
    for pointer in
        ["/team_id", "/event/thread_ts", "/event/channel", "/event/ts", "/event/user", "/event/bot_id"]
    {
        assert_eq!(done(&stage, &with_field(&stage, &sent[0], pointer, &long)).await, 400, "{pointer}");
    }
    let chosen = stage.slack.uses_message_shortcut(&ana(), &stage.channel, &ts, "attach_file").unwrap();
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&chosen.body).unwrap();
    for pointer in ["/team/id", "/user/id", "/channel/id", "/message/ts", "/message/thread_ts"] {
        let mut payload: Value = serde_json::from_str(&form[0].1).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        payload.pointer_mut(parent).unwrap()[name] = long.clone();
        let body = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
        let sent = stage.slack.signed(&chosen.path, "application/x-www-form-urlencoded", body);
        assert_eq!(done(&stage, &sent).await, 400, "{pointer}");
    }
    let webhook = json!({ "timestamp": 1, "issue": { "id": "1".repeat(10_000), "key": "SEC-1" } });
    assert_eq!(done(&stage, &stage.jira.signed(webhook.to_string())).await, 400);
    assert_eq!(stage.case_comments(&case), [""; 0]);
}

#[tokio::test]
async fn a_message_that_mentions_ids_of_any_length_becomes_a_comment() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let long = "A".repeat(5_000);
    let text = format!("<@U{long}> <#C{long}>");
    let files = json!([{ "id": format!("F{long}") }]);
    let (_, sent) =
        stage.slack.writes(&ana(), &stage.channel, &json!({ "text": text, "files": files }), Some(&thread));
    assert_eq!(done(&stage, &sent[0]).await, 200);
    let [comment] = &stage.case_comments(&case)[..] else { panic!("one comment") };
    assert!(comment.ends_with("A\n\n[On this message in Slack: a file without a name]"));
}

#[tokio::test]
async fn a_mention_is_read_as_people_write_it() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (.., bot, _) = stage.slack.app();
    for text in [
        ", show",
        ": show",
        " show",
        "! show",
        "，show",
        &format!(" `{case}` show"),
        &format!(", *{case}*: show"),
    ] {
        let before = stage.slack.ephemerals(&ana()).len();
        let (_, sent) = stage.slack.says(&ana(), &stage.channel, &format!("<@{bot}>{text}"), Some(&thread));
        for one in &sent {
            done(&stage, one).await;
        }
        let shown = stage.since(&ana(), before);
        assert!(shown.contains("Key leaked"), "{text}: {shown}");
    }
}
