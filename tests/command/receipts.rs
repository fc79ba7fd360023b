//! Signs on people's own messages: on the case, waiting, refused.

use casebridge::case::{CaseId, Ts, UserId};
use casebridge_lab::{
    stage::{Stage, ana},
    standins::{FaultRule, SignedRequest},
};
use serde_json::json;

async fn deliver(stage: &Stage, sent: &[SignedRequest]) {
    for delivery in sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

async fn told(stage: &Stage) -> (CaseId, Ts) {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let thread = stage.card(&case).await.1;
    (case, thread)
}

async fn says(stage: &Stage, who: &UserId, thread: &Ts, text: &str) -> Ts {
    let (ts, sent) = stage.slack.says(who, &stage.channel, text, Some(thread));
    deliver(stage, &sent).await;
    ts
}

/// The signs on a message, in their order.
fn signs(stage: &Stage, ts: &Ts) -> Vec<String> {
    let messages = stage.slack.messages(&stage.channel);
    let message = messages.iter().find(|message| message["ts"] == ts.as_str()).unwrap();
    let all = message["reactions"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_reply_is_marked_once_it_is_on_the_case_and_one_that_waited_keeps_that_it_did() {
    let stage = Stage::set().await;
    let (case, thread) = told(&stage).await;
    let ts = says(&stage, &ana(), &thread, "It was Bo").await;
    assert_eq!(signs(&stage, &ts), ["white_check_mark"]);
    let (late, sent) = stage.slack.says(&ana(), &stage.channel, "and Cy", Some(&thread));
    for delivery in &sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    let jobs = stage.jobs();
    stage.later(11_000);
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    assert_eq!(stage.work(&jobs).await, [""; 0], "delivered again");
    assert_eq!(signs(&stage, &late), ["eyes", "white_check_mark"]);
    assert_eq!(stage.case_comments(&case).len(), 2);
}

#[tokio::test]
async fn what_is_refused_is_marked_and_its_writer_reads_why_and_an_edit_that_is_refused_takes_the_sign_away()
{
    let stage = Stage::set().await;
    let (case, thread) = told(&stage).await;
    let key = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
    let cy = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    for (who, text) in [(ana(), key.as_str()), (cy, "We take the risk")] {
        let ts = says(&stage, &who, &thread, text).await;
        assert_eq!(signs(&stage, &ts), ["warning"], "{who}");
    }
    assert!(stage.since(&ana(), 0).contains("was not put on the case"));
    let ts = says(&stage, &ana(), &thread, "It was Bo").await;
    let edit = |text: &str| stage.slack.edits(&ana(), &stage.channel, &ts, text).unwrap();
    deliver(&stage, &[edit("It was Cy")]).await;
    assert_eq!(signs(&stage, &ts), ["white_check_mark"]);
    deliver(&stage, &[edit(&key)]).await;
    assert_eq!(signs(&stage, &ts), ["warning"]);
    deliver(&stage, &[edit("It was Di")]).await;
    assert_eq!(signs(&stage, &ts), ["warning", "white_check_mark"]);
    deliver(&stage, &[edit("// It was Di")]).await;
    assert_eq!(signs(&stage, &ts), ["warning"]);
    assert!(!stage.case_comments(&case)[0].contains("It was"));
}

#[tokio::test]
async fn what_is_for_nobody_and_what_stays_in_slack_is_not_marked() {
    let stage = Stage::set().await;
    let (_, thread) = told(&stage).await;
    let ts = says(&stage, &ana(), &thread, "// not for AWS").await;
    let (elsewhere, sent) = stage.slack.says(&ana(), &stage.channel, "good morning", None);
    deliver(&stage, &sent).await;
    assert_eq!((signs(&stage, &ts).len(), signs(&stage, &elsewhere).len()), (0, 0));
    stage.ana("list").await;
}

#[tokio::test]
async fn without_the_scope_there_are_none_quietly_and_the_doctor_says_so() {
    let stage = Stage::set().await;
    let (case, thread) = told(&stage).await;
    stage.slack.revoke("reactions:write");
    stage.expects("missing_scope");
    stage.slack.take_calls();
    for text in ["one", "two", "three"] {
        let ts = says(&stage, &ana(), &thread, text).await;
        assert_eq!(signs(&stage, &ts), [""; 0]);
    }
    assert_eq!(stage.case_comments(&case).len(), 3);
    assert_eq!(stage.since(&ana(), 0), "");
    let tried = stage.slack.take_calls().iter().filter(|call| call.operation == "reactions.add").count();
    assert_eq!(tried, 1, "and not asked for again and again");
    let doctor = stage.ana("doctor").await;
    assert!(doctor.contains("without reactions:write no reply is marked"), "{doctor}");
}

#[tokio::test]
async fn a_receipt_that_slack_does_not_take_holds_up_nothing() {
    let [on, off] = ["reactions.add", "reactions.remove"].map(|operation| move || FaultRule::on(operation));
    for rule in [on().throttled(Some("30")), on().answers(500), on().html(503), on().reset_before()] {
        let stage = Stage::set().await;
        let (case, thread) = told(&stage).await;
        stage.slack.fault(rule);
        stage.slack.fault(off().answers(500));
        let ts = says(&stage, &ana(), &thread, "It was Bo").await;
        assert_eq!(signs(&stage, &ts), [""; 0]);
        assert_eq!(stage.case_comments(&case).len(), 1);
        assert_eq!(stage.since(&ana(), 0), "");
        let edit = stage.slack.edits(&ana(), &stage.channel, &ts, "// It was Bo").unwrap();
        deliver(&stage, &[edit]).await;
        assert!(stage.case_comments(&case)[0].contains("[withdrawn by ana"));
    }
}
