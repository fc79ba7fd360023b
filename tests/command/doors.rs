//! Who is let in, and what a stranger learns.

use casebridge::standin::{Delivery, Slack};
use serde_json::{Value, json};

use super::stage::{ANA, Stage};

const FORM: &str = "application/x-www-form-urlencoded";

/// Nothing was done: no call to any service, no job.
fn is_untouched(stage: &Stage) {
    assert_eq!(stage.slack.calls().len() + stage.sir.calls().len() + stage.jira.calls().len(), 0);
    assert_eq!(stage.jobs().len(), 0);
}

fn with(delivery: &Delivery, name: &str, value: &str) -> Delivery {
    let mut changed = delivery.clone();
    for header in &mut changed.headers {
        if header.0.eq_ignore_ascii_case(name) {
            header.1 = value.to_owned();
        }
    }
    changed
}

#[tokio::test]
async fn what_is_not_signed_is_refused_without_a_word_and_without_a_call() {
    let stage = Stage::set().await;
    let good = stage.slack.types(ANA, &stage.channel, "/sir", "list");
    let signature = good.header("x-slack-signature").unwrap().to_owned();
    let time: i64 = good.header("x-slack-request-timestamp").unwrap().parse().unwrap();
    let mut bare = good.clone();
    bare.headers.retain(|(name, _)| !name.starts_with("X-Slack"));
    let mut other_body = good.clone();
    other_body.body.extend(b"&text=close");
    for (bad, status) in [
        (bare, 401),
        (other_body, 401),
        (with(&good, "x-slack-signature", &format!("{signature},{signature}")), 401),
        (with(&good, "x-slack-signature", &signature.to_uppercase()), 401),
        (with(&good, "x-slack-request-timestamp", &(time - 1).to_string()), 401),
        (with(&good, "x-slack-request-timestamp", "now"), 401),
        (Delivery { path: "/slack/interactions".to_owned(), ..stage.slack.signed("", FORM, "a=b") }, 400),
        (stage.slack.signed("/slack/commands", FORM, "text=%FF&a"), 400),
        (stage.slack.signed("/slack/events", "application/json", "{"), 400),
        (stage.slack.signed("/slack/events", "application/json", "[".repeat(10_000)), 400),
        (stage.slack.signed("/slack/commands", FORM, "a=b&".repeat(100_000)), 400),
        (stage.slack.signed("/slack/commands", FORM, "x".repeat(1024 * 1024 + 1)), 400),
        (stage.slack.signed("/jira/webhooks", "application/json", "{}"), 401),
        (stage.slack.signed("/slack/other", FORM, "a=b"), 404),
    ] {
        assert_eq!(stage.deliver(&bad).await, (status, Value::Null), "{bad:?}");
    }
    is_untouched(&stage);
    assert_eq!(stage.deliver(&good).await.0, 200);
    assert_eq!(stage.jobs().len(), 1);
}

#[tokio::test]
async fn a_body_may_come_as_base64_and_a_wrong_flag_lets_nobody_in() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let stage = Stage::set().await;
    let good = stage.slack.types(ANA, &stage.channel, "/sir", "list");
    let headers: serde_json::Map<_, _> =
        good.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let event = |body: String, flag: bool| {
        json!({ "rawPath": good.path, "headers": headers, "requestContext": { "http": { "method": "POST" } },
            "body": body, "isBase64Encoded": flag })
    };
    let plain = String::from_utf8(good.body.clone()).unwrap();
    let encoded = BASE64_STANDARD.encode(&good.body);
    for (body, flag, status) in
        [(encoded.clone(), true, 200), (encoded, false, 401), (plain.clone(), true, 400), (plain, false, 200)]
    {
        let answer = stage.bridge().handle(&event(body, flag), i64::MAX).await.unwrap();
        assert_eq!(answer["statusCode"], status, "{flag}");
    }
}

#[tokio::test]
async fn slack_is_told_that_the_address_is_ours_only_if_it_signed() {
    let stage = Stage::set().await;
    let asked = stage.slack.verifies_url("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
    let (status, said) = stage.deliver(&asked).await;
    assert_eq!(
        (status, &said["challenge"]),
        (200, &json!("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"))
    );
    let check = stage.slack.signed("/slack/commands", FORM, "ssl_check=1&token=x");
    assert_eq!(stage.deliver(&check).await, (200, Value::Null));
    assert_eq!(stage.deliver(&with(&check, "x-slack-signature", "v0=00")).await, (401, Value::Null));
    is_untouched(&stage);
}

#[tokio::test]
async fn the_secret_before_still_lets_slack_in_while_it_is_replaced() {
    let mut stage = Stage::set().await;
    let delivery = stage.slack.types(ANA, &stage.channel, "/sir", "list");
    let old =
        std::mem::replace(&mut stage.secrets.slack_signing_secret, casebridge::secrets::Secret::new("new"));
    assert_eq!(stage.deliver(&delivery).await.0, 401);
    stage.secrets.slack_signing_secret_previous = Some(old);
    assert_eq!(stage.deliver(&delivery).await.0, 200);
}

#[tokio::test]
async fn a_full_inbox_is_an_error_that_a_person_sees_and_slack_repeats() {
    let stage = Stage::set().await;
    stage.close_inbox();
    let (status, said) = stage.deliver(&stage.slack.types(ANA, &stage.channel, "/sir", "list closed")).await;
    let shown = Slack::shown(&said);
    assert_eq!(status, 200);
    assert!(shown.contains("Nothing was done") && shown.contains("list closed"), "{shown}");
    let thread = stage.thread_of("1234567890").await;
    let (_, sent) = stage.slack.says(ANA, &stage.channel, "a reply", Some(&thread));
    assert_eq!(stage.deliver(&sent[0]).await.0, 503);
}

#[tokio::test]
async fn help_mistakes_and_refusals_are_answered_at_once() {
    let stage = Stage::set().await;
    let nobody = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    for (user, line, words) in [
        (ANA, "help", "Admin"),
        (ANA, "help watch", "/sir watch"),
        (ANA, "shwo", "show"),
        (ANA, "1234567890 status resolved", "resolved"),
        (&nobody, "list", "needs the role viewer"),
        (&nobody, "1234567890 close", "needs the role commander"),
        (ANA, "comment AKIAIOSFODNN7EXAMPLA is the key", "nothing of it was kept"),
    ] {
        let (status, said) = stage.deliver(&stage.slack.types(user, &stage.channel, "/sir", line)).await;
        let shown = Slack::shown(&said);
        assert!(status == 200 && shown.contains(words), "{line}: {shown}");
        assert_eq!(said["response_type"], "ephemeral");
        assert_eq!(Slack::block_complaints(&said["blocks"]), [""; 0]);
    }
    is_untouched(&stage);
}

#[tokio::test]
async fn guests_bots_and_strangers_are_refused_even_if_the_settings_name_them() {
    let mut stage = Stage::set().await;
    let guest = stage.slack.add_guest("guest", "guest@example.com");
    let bot = stage.slack.add_bot("other");
    let stranger = stage.slack.add_stranger("stranger", "stranger@example.com");
    let gone = stage.slack.add_user("gone", "gone@example.com", &json!({ "deleted": true }));
    stage.settings.roles.admin.extend([guest.clone(), bot.clone(), stranger.clone(), gone.clone()]);
    for user in [&guest, &bot, &stranger, &gone] {
        stage.slack.set_member(&stage.channel, user, true);
        let shown = stage.types(user, "1234567890 title Mine now").await;
        assert!(shown.contains("Nothing was done") || shown.is_empty(), "{user}: {shown}");
    }
    assert_eq!(stage.sir.calls().len(), 0);
}

#[tokio::test]
async fn a_user_group_gives_a_role_and_slack_is_asked_once_in_five_minutes() {
    let mut stage = Stage::set().await;
    let dee = stage.slack.add_user("dee", "dee@example.com", &json!({}));
    let group = stage.slack.add_group("responders", &[&dee]);
    stage.settings.roles.responder.push(group);
    assert!(stage.types(&dee, "whoami").await.contains("responder"));
    assert!(stage.types(&dee, "whoami").await.contains("responder"));
    assert_eq!((stage.slack.count("users.info"), stage.slack.count("usergroups.users.list")), (1, 1));
    let eve = stage.slack.add_user("eve", "eve@example.com", &json!({}));
    assert!(stage.types(&eve, "list").await.contains("needs the role viewer"));
}
