//! Who is let in, and what a stranger learns.

use casebridge::case::CaseId;
use casebridge::case::MemberId;
use casebridge::case::UserId;
use casebridge_lab::stage::{ANA, Stage, ana, typed};
use casebridge_lab::standins::{FaultRule, SignedRequest, SlackStandin};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// Nothing was done: no call to any service, no job.
fn is_untouched(stage: &Stage) {
    assert_eq!(stage.slack.calls().len() + stage.sir.calls().len() + stage.jira.calls().len(), 0);
    assert_eq!(stage.jobs().len(), 0);
}

fn with(delivery: &SignedRequest, name: &str, value: &str) -> SignedRequest {
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
    let good = stage.slack.types(&ana(), &stage.channel, "/sir", "list");
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
        (
            SignedRequest { path: "/slack/interactions".to_owned(), ..stage.slack.signed("", FORM, "a=b") },
            400,
        ),
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
    let good = stage.slack.types(&ana(), &stage.channel, "/sir", "list");
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
        let answer = casebridge::chat::handle(&stage.bridge(), &event(body, flag), i64::MAX).await.unwrap();
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
    let delivery = stage.slack.types(&ana(), &stage.channel, "/sir", "list");
    let old = std::mem::replace(
        &mut stage.secrets.slack_signing_secret,
        casebridge::config::secrets::Secret::new("new"),
    );
    assert_eq!(stage.deliver(&delivery).await.0, 401);
    stage.secrets.slack_signing_secret_previous = Some(old);
    assert_eq!(stage.deliver(&delivery).await.0, 200);
}

#[tokio::test]
async fn a_full_inbox_is_an_error_that_a_person_sees_and_slack_repeats() {
    let stage = Stage::set().await;
    stage.close_inbox();
    let (status, said) =
        stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", "list closed")).await;
    let shown = SlackStandin::shown(&said);
    assert_eq!(status, 200);
    assert!(shown.contains("Nothing was done") && shown.contains("list closed"), "{shown}");
    let thread = stage.thread_of(&CaseId::new("1234567890")).await;
    let (_, sent) = stage.slack.says(&ana(), &stage.channel, "a reply", Some(&thread));
    assert_eq!(stage.deliver(&sent[0]).await.0, 503);
}

#[tokio::test]
async fn help_mistakes_and_refusals_are_answered_at_once() {
    let stage = Stage::set().await;
    let nobody = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    for (user, line, words) in [
        (ANA, "help", "/sir new"),
        (ANA, "help all", "Admin"),
        (ANA, "help watch", "/sir watch"),
        (ANA, "shwo", "show"),
        (ANA, "1234567890 status resolved", "resolved"),
        (nobody.as_str(), "list", "needs the role viewer; you have none. @U024BE7LH (admin) can."),
        (nobody.as_str(), "1234567890 close", "needs the role commander"),
        (ANA, "comment AKIAIOSFODNN7EXAMPLA is the key", "nothing of it was kept"),
    ] {
        let (status, said) =
            stage.deliver(&stage.slack.types(&UserId::new(user), &stage.channel, "/sir", line)).await;
        let shown = SlackStandin::shown(&said);
        assert!(status == 200 && shown.contains(words), "{line}: {shown}");
        assert_eq!(said["response_type"], "ephemeral");
        assert_eq!(SlackStandin::block_complaints(&said["blocks"]), [""; 0]);
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
    stage
        .settings
        .roles
        .admin
        .extend([guest.clone(), bot.clone(), stranger.clone(), gone.clone()].map(MemberId::new));
    for user in [&guest, &bot, &stranger, &gone] {
        stage.slack.set_member(&stage.channel, user, true);
        let shown = stage.types(user, "1234567890 title Mine now").await;
        assert!(shown.contains("Nothing was done") || shown.is_empty(), "{user}: {shown}");
    }
    assert_eq!(stage.sir.calls().len(), 0);
}

/// As much as Slack lets anybody write.
fn endless() -> String {
    "BEGIN ".repeat(6_666)
}

fn holds(jobs: &[casebridge::runtime::QueueMessage], words: &str) -> bool {
    jobs.iter().any(|job| job.body.contains(words))
}

/// Every way in which somebody can say something long in a case's thread, and what they then read.
async fn says_much(stage: &Stage, user: &UserId) -> Vec<(&'static str, String)> {
    let thread = stage.thread_of(&stage.sir.aws_creates_case("Key leaked")).await;
    let (slack, channel) = (&stage.slack, &stage.channel);
    slack.set_member(channel, user, true);
    let (.., bot, _) = slack.app();
    let (ts, _) = slack.says(user, channel, "short", Some(&thread));
    let ways = [
        ("a line", vec![slack.types(user, channel, "/sir", &format!("comment {}", endless()))]),
        ("a reply", slack.says(user, channel, &endless(), Some(&thread)).1),
        ("an edit", vec![slack.edits(user, channel, &ts, &endless()).unwrap()]),
        ("a mention", slack.says(user, channel, &format!("<@{bot}> comment {}", endless()), Some(&thread)).1),
    ];
    let mut read = Vec::new();
    for (way, sent) in ways {
        let mut shown = String::new();
        let before = slack.ephemerals(user).len();
        for delivery in sent {
            let (status, said) = stage.deliver(&delivery).await;
            assert_eq!(status, 200, "{way}");
            shown.push_str(&SlackStandin::shown(&said));
        }
        let jobs = stage.jobs();
        assert!(
            !holds(&jobs, "BEGIN")
                || stage.settings.roles.responder.iter().any(|id| id.as_str() == user.as_str()),
            "{way} is carried on"
        );
        assert_eq!(stage.work(&jobs).await, [""; 0]);
        shown.push_str(&stage.since(user, before));
        read.push((way, shown));
    }
    read
}

#[tokio::test]
async fn a_long_text_of_somebody_without_a_role_is_not_read_whichever_way_it_comes() {
    let stage = Stage::set().await;
    let nobody = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    for (way, shown) in says_much(&stage, &nobody).await {
        assert!(shown.contains("needs the role responder"), "{way}: {shown}");
        assert!(!shown.contains("BEGIN"), "{way}: {shown}");
    }
    assert_eq!(stage.sir.count("CreateCaseComment"), 0);
    assert_eq!(stage.slack.count("usergroups.users.list"), 0);
}

#[tokio::test]
async fn a_long_text_is_read_from_whoever_may_comment_and_split_or_refused_for_its_own_length() {
    let mut stage = Stage::set().await;
    let bo = stage.slack.add_user("bo", "bo@example.com", &json!({}));
    stage.settings.roles.responder.push(MemberId::new(bo.clone()));
    for (way, shown) in says_much(&stage, &bo).await {
        let is_split = ["a reply", "an edit"].contains(&way);
        assert!(is_split || shown.contains("12,000") || shown.contains("12000"), "{way}: {shown}");
    }
    let thread = stage.thread_of(&stage.sir.aws_creates_case("Key leaked")).await;
    let (long, before) = ("BEGIN ".repeat(1_900), stage.granted("CreateCaseComment"));
    for delivery in stage.slack.says(&bo, &stage.channel, &long, Some(&thread)).1 {
        stage.deliver(&delivery).await;
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.granted("CreateCaseComment") - before, 1);
}

#[tokio::test]
async fn a_long_text_in_a_form_of_somebody_who_lost_the_role_is_not_read_and_stays_in_the_form() {
    let mut stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.ana(&format!("{case} comment")).await;
    let view = stage.form(&ana())["id"].as_str().unwrap().to_owned();
    stage.deliver(&stage.slack.clicks_in_view(&ana(), &view, "more/text", &Value::Null).unwrap()).await;
    let key = format!("AKIA{}", "IOSFODNN7EXAMPLA");
    let filled =
        [("text", typed(&format!("{key} {}", &endless()[..2_900]))), ("text/1", typed(&endless()[..2_900]))];
    let said = stage.sends(&ana(), &filled).await;
    assert!(said.to_string().contains("AWS access key id"), "it is read of a commander: {said}");
    stage.settings.roles.admin.clear();
    let said = stage.sends(&ana(), &filled).await;
    assert_eq!(said["response_action"], "errors");
    assert!(said["errors"]["text"].as_str().unwrap().contains("needs the role responder"), "{said}");
    assert_eq!((stage.jobs().len(), stage.sir.count("CreateCaseComment")), (0, 0));
}

#[tokio::test]
async fn where_a_user_group_may_give_the_role_slack_is_asked_before_a_long_text_is_read_and_not_for_a_short_one()
 {
    let mut stage = Stage::set().await;
    let [dee, eve] = ["dee", "eve"].map(|name| stage.slack.add_user(name, "a@example.com", &json!({})));
    let group = stage.slack.add_group("responders", std::slice::from_ref(&dee));
    stage.settings.roles.responder.push(MemberId::new(group));
    let thread = stage.thread_of(&CaseId::new("1234567890")).await;
    let says = |user: &str, text: &str| {
        stage.slack.set_member(&stage.channel, &UserId::new(user), true);
        stage.slack.says(&UserId::new(user), &stage.channel, text, Some(&thread)).1.remove(0)
    };
    assert_eq!(stage.deliver(&says(eve.as_str(), "short")).await.0, 200);
    assert_eq!(stage.slack.count("users.info"), 0);
    assert!(holds(&stage.jobs(), "short"));
    stage.slack.fault(FaultRule::on("users.info").answers(500));
    assert_eq!(stage.deliver(&says(dee.as_str(), &endless())).await.0, 503, "Slack brings it again");
    let line = stage.slack.types(&dee, &stage.channel, "/sir", &format!("comment {}", endless()));
    let (status, said) = stage.deliver(&line).await;
    assert!(status == 200 && SlackStandin::shown(&said).contains("who you are. Nothing was done"), "{said}");
    assert_eq!(stage.jobs().len(), 0);
    stage.slack.heal();
    for (user, is_read) in [(&dee, true), (&eve, false)] {
        assert_eq!(stage.deliver(&says(user.as_str(), &endless())).await.0, 200);
        assert_eq!(holds(&stage.jobs(), "BEGIN"), is_read, "{user}");
    }
}

#[tokio::test]
async fn a_user_group_gives_a_role_and_slack_is_asked_once_in_five_minutes() {
    let mut stage = Stage::set().await;
    let dee = stage.slack.add_user("dee", "dee@example.com", &json!({}));
    let group = stage.slack.add_group("responders", std::slice::from_ref(&dee));
    stage.settings.roles.responder.push(MemberId::new(group));
    assert!(stage.types(&dee, "whoami").await.contains("responder"));
    assert!(stage.types(&dee, "whoami").await.contains("responder"));
    let asked = || (stage.slack.count("users.info"), stage.slack.count("usergroups.users.list"));
    assert_eq!(asked(), (1, 1));
    stage.later(301_000);
    assert!(stage.types(&dee, "whoami").await.contains("responder"));
    assert_eq!(asked(), (2, 2), "and again after that");
    let eve = stage.slack.add_user("eve", "eve@example.com", &json!({}));
    assert!(stage.types(&eve, "list").await.contains("needs the role viewer"));
}
