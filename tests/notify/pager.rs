//! Whom PagerDuty wakes, and what a webhook hears: over the wire, with the clock moved by hand.

use casebridge::case::CaseId;
use casebridge_lab::{
    stage::{Stage, ana},
    standins::{Alert, FaultRule},
};
use serde_json::Value;

const PAGER: &str = "[pagerduty]\napi_url = '{pager}'\nafter_minutes = 15\n";

/// A case that AWS works, and whose question waits.
async fn asked(stage: &Stage) -> CaseId {
    let case = stage.sir.aws_creates_case("Secret title");
    stage.notify().await;
    stage.minutes(2).await;
    asks(stage, &case).await;
    case
}

async fn asks(stage: &Stage, case: &CaseId) {
    stage.sir.aws_comments(case, "AWS Responder", "Did your team create this key?").unwrap();
    stage.sir.aws_sets_pending_action(case, "Customer").unwrap();
    stage.notify().await;
}

fn states(stage: &Stage) -> Vec<&'static str> {
    stage.pager.alerts().into_iter().map(|alert| alert.state).collect()
}

fn actions(stage: &Stage) -> Vec<String> {
    let calls = stage.pager.calls();
    calls.iter().map(|call| call.body["event_action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_question_that_nobody_takes_wakes_somebody_and_its_answer_lets_them_sleep() {
    let stage = Stage::with("", PAGER).await;
    let case = asked(&stage).await;
    stage.minutes(14).await;
    assert_eq!(states(&stage), [""; 0], "not a minute too early");
    stage.minutes(2).await;
    assert_eq!(states(&stage), ["triggered"]);
    let Alert { summary, dedup_key, .. } = stage.pager.alerts().remove(0);
    assert_eq!(summary, format!("Case {case}: AWS still waits for an answer"));
    assert!(dedup_key.starts_with(&format!("casebridge/{case}/overdue/")), "{dedup_key}");
    let heard = stage.pager.calls().iter().map(|call| call.body.to_string()).collect::<String>();
    assert!(!heard.contains("Secret") && !heard.contains("key?") && heard.contains("/archives/"), "{heard}");
    stage.types(&ana(), &format!("{case} take")).await;
    assert!(stage.soon().await);
    assert_eq!(states(&stage), ["acknowledged"]);
    stage.ana(&format!("{case} comment It is ours.")).await;
    stage.notify().await;
    assert_eq!(states(&stage), ["resolved"]);
    stage.minutes(90).await;
    stage.arrive(&stage.sir.take_events()).await;
    assert_eq!(stage.pager.count("v2/enqueue"), 3, "each step once");
    stage.minutes(1).await;
    asks(&stage, &case).await;
    stage.minutes(16).await;
    assert_eq!(states(&stage), ["resolved", "triggered"], "another question is another alert");
}

#[tokio::test]
async fn what_was_answered_or_closed_in_time_wakes_nobody_and_what_rings_ends_with_the_case() {
    let stage = Stage::with("", PAGER).await;
    let (answered, closed, rings) = (asked(&stage).await, asked(&stage).await, asked(&stage).await);
    stage.ana(&format!("{answered} comment It is ours.")).await;
    stage.sir.aws_closes(&closed, "False Positive").unwrap();
    stage.minutes(20).await;
    let only: Vec<_> = stage.pager.alerts().into_iter().map(|alert| alert.dedup_key).collect();
    assert!(matches!(&only[..], [one] if one.contains(rings.as_str())), "{only:?}");
    stage.sir.aws_closes(&rings, "False Positive").unwrap();
    stage.notify().await;
    assert_eq!(states(&stage), ["resolved"]);
}

#[tokio::test]
async fn more_words_of_aws_end_no_alert() {
    let stage = Stage::with("", PAGER).await;
    let case = asked(&stage).await;
    stage.minutes(16).await;
    stage.sir.aws_comments(&case, "AWS Responder", "It was used from a new country.").unwrap();
    stage.notify().await;
    stage.minutes(20).await;
    assert_eq!(states(&stage), ["triggered"]);
    assert_eq!(stage.pager.count("v2/enqueue"), 1);
}

#[tokio::test]
async fn no_trigger_comes_after_the_end_though_its_answer_was_lost() {
    let stage = Stage::with("", PAGER).await;
    let case = asked(&stage).await;
    stage.pager.fault(FaultRule::on("v2/enqueue").reset_after());
    stage.minutes(16).await;
    stage.pager.heal();
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.notify().await;
    assert!(actions(&stage).iter().all(|action| action == "trigger"), "nothing overtakes it");
    stage.minutes(10).await;
    assert_eq!(states(&stage), ["resolved"]);
    let actions = actions(&stage);
    let first = actions.iter().position(|action| action == "resolve").unwrap();
    assert!(actions[first..].iter().all(|action| action == "resolve"), "{actions:?}");
}

#[tokio::test]
async fn the_pager_waits_for_nothing_that_slack_or_jira_do() {
    let stage = Stage::with("", PAGER).await;
    let case = asked(&stage).await;
    stage.slack.fault(FaultRule::on_all().error("internal_error"));
    stage.jira.fault(FaultRule::on_all().answers(503));
    let before = stage.now();
    stage.minutes(16).await;
    assert_eq!(states(&stage), ["triggered"], "{case}");
    let rang = stage.pager.alerts()[0].at - before;
    assert!(rang < 17 * 60_000, "{rang}");
}

const WEBHOOK: &str = "[webhook]\nurl = '{webhook}/in'\n";

fn kinds(stage: &Stage) -> Vec<String> {
    let kind = |event: &Value| event["type"].as_str().unwrap().to_owned();
    stage.webhook.events().iter().map(kind).collect()
}

#[tokio::test]
async fn each_edit_is_an_event_of_its_own_and_words_that_were_taken_back_are_said_to_be() {
    let stage = Stage::with("", WEBHOOK).await;
    let case = asked(&stage).await;
    let comment = stage.sir.aws_comments(&case, "AWS Responder", "Turn it.").unwrap();
    stage.notify().await;
    let before = kinds(&stage).len();
    for words in ["Leave it.", "Turn it.", "Leave it."] {
        stage.later(60_000);
        stage.sir.aws_edits_comment((&case, &comment), "AWS Responder", words).unwrap();
        stage.notify().await;
    }
    assert_eq!(kinds(&stage)[before..], ["comment.edited"; 3], "what it said once before is news again");
    let (channel, thread) = stage.card(&case).await;
    let (ts, sent) = stage.slack.says(&ana(), &channel, "Our key.", Some(&thread));
    let deleted = async |sent: Vec<_>| {
        for delivery in sent {
            assert_eq!(stage.deliver(&delivery).await.0, 200);
        }
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        stage.notify().await;
    };
    deleted(sent).await;
    let before = kinds(&stage).len();
    deleted(vec![stage.slack.deletes(&channel, &ts).unwrap()]).await;
    assert_eq!(kinds(&stage)[before..], ["comment.withdrawn"]);
}

#[tokio::test]
async fn a_webhook_hears_all_that_happens_in_its_order_and_no_words_unless_told_to() {
    for texts in [false, true] {
        let stage = Stage::with("", &format!("{WEBHOOK}texts = {texts}\n")).await;
        let case = asked(&stage).await;
        stage.ana(&format!("{case} comment It is our key.")).await;
        stage.types(&ana(), &format!("{case} take")).await;
        stage.notify().await;
        let comment = stage.sir.aws_comments(&case, "AWS Responder", "Turn it.").unwrap();
        stage.notify().await;
        stage.sir.aws_edits_comment((&case, &comment), "AWS Responder", "Turn it now.").unwrap();
        stage.notify().await;
        stage.sir.aws_closes(&case, "True Positive").unwrap();
        stage.notify().await;
        let kinds = kinds(&stage);
        assert_eq!(kinds[0], "case.opened");
        for (kind, times) in
            [("comment.added", 3), ("comment.edited", 1), ("case.taken", 1), ("case.opened", 1)]
        {
            assert_eq!(kinds.iter().filter(|one| *one == kind).count(), times, "{kind}: {kinds:?}");
        }
        let all = Value::from(stage.webhook.events()).to_string();
        for words in ["Secret title", "create this key", "It is our key", "Turn it now"] {
            assert_eq!(all.contains(words), texts, "{words}: {all}");
        }
        for words in ["Closed", "ana, U024BE7LH (Slack)", "/archives/"] {
            assert!(all.contains(words), "{words}: {all}");
        }
        let count = stage.webhook.count("event");
        stage.minutes(70).await;
        assert_eq!(stage.webhook.count("event"), count, "each once");
    }
}

#[tokio::test]
async fn a_receiver_that_says_410_gets_nothing_more_until_its_secret_is_another() {
    let mut stage = Stage::with("", WEBHOOK).await;
    let case = stage.sir.aws_creates_case("One");
    stage.notify().await;
    stage.webhook.ends(true);
    stage.sir.aws_comments(&case, "AWS Responder", "Hello").unwrap();
    stage.notify().await;
    stage.minutes(30).await;
    let count = stage.webhook.count("event");
    stage.sir.aws_creates_case("Two");
    stage.notify().await;
    stage.minutes(200).await;
    assert_eq!(stage.webhook.count("event"), count, "nothing more is sent");
    stage.webhook.ends(false);
    let secret = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhlIHdlYmhvb2s=";
    stage.webhook.knows_only(secret);
    stage.secrets.webhook_secret = casebridge::config::secrets::Secret::new(secret);
    stage.sir.aws_creates_case("Three");
    stage.notify().await;
    assert_eq!(kinds(&stage), ["case.opened", "case.opened"], "the first, and the one since");
}

#[tokio::test]
async fn a_restricted_case_wakes_somebody_and_is_named_nowhere_outside() {
    let rule = "[[restrict.rules]]\naccount = '111122223333'\npeople = ['U024BE7LH']";
    let stage = Stage::with("", &format!("{PAGER}{rule}")).await;
    let (case, other) = (asked(&stage).await, asked(&stage).await);
    stage.minutes(16).await;
    assert_eq!(states(&stage), ["triggered", "triggered"]);
    let alerts = stage.pager.alerts();
    let named: Vec<_> = alerts
        .iter()
        .filter(|alert| alert.summary != "A restricted case: AWS still waits for an answer")
        .collect();
    assert!(named.is_empty(), "{named:?}");
    assert_ne!(alerts[0].dedup_key, alerts[1].dedup_key, "each is an alert of its own");
    stage.types(&ana(), &format!("{case} take")).await;
    assert!(stage.soon().await);
    stage.ana(&format!("{case} comment It is ours.")).await;
    stage.notify().await;
    let states = states(&stage);
    assert_eq!((states.contains(&"resolved"), states.contains(&"triggered")), (true, true));
    let heard = stage.pager.calls().iter().map(|call| call.body.to_string()).collect::<String>();
    for named in [case.as_str(), other.as_str(), "Secret", "SEC-", "console.aws"] {
        assert!(!heard.contains(named), "{named}: {heard}");
    }
    assert!(heard.contains("/archives/"), "whoever may, finds it: {heard}");
}

#[tokio::test]
async fn an_alert_that_rang_before_its_case_was_restricted_still_ends() {
    let stage = Stage::with("", PAGER).await;
    let case = asked(&stage).await;
    stage.minutes(16).await;
    assert_eq!(states(&stage), ["triggered"]);
    stage.ana(&format!("{case} restrict <@{}>", ana())).await;
    stage.minutes(2).await;
    stage.ana(&format!("{case} comment It is ours.")).await;
    stage.notify().await;
    assert_eq!(states(&stage), ["resolved"]);
}
