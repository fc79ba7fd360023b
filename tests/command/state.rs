//! What another release wrote down, or what nobody can read: nothing is done with it, and whoever waits hears so.

use casebridge::{
    case::CaseId,
    runtime::QueueMessage,
    state::{Note, Store},
    targets::{jira, slack},
};
use casebridge_lab::stage::{Log, Stage, ana, typed};
use casebridge_lab::standins::{SignedRequest, SlackStandin};
use serde_json::{Value, json};

/// A case that somebody has looked at, told in an issue.
async fn known(stage: &Stage) -> (CaseId, String) {
    let case = stage.sir.console_creates_case("Key leaked");
    let issue = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    stage.links(&case, &issue).await;
    (case, issue)
}

/// What a case's notes say.
async fn notes(stage: &Stage, case: &CaseId) -> [Option<String>; 3] {
    let meta = stage.memory.meta(case).await.unwrap().unwrap();
    [Note::Case, Note::Of(slack::KIND), Note::Of(jira::KIND)].map(|note| meta.text(note).cloned())
}

/// Puts this in the place of a note.
async fn note(stage: &Stage, case: &CaseId, note: Note, text: &str) {
    let (id, now) = (case.clone(), stage.now());
    let meta = stage.memory.lease(&id, now, now + 1).await.unwrap().unwrap();
    stage.memory.save(&id, meta.epoch, note, text).await.unwrap();
    stage.memory.put_off(&id, Some(meta.epoch), now).await.unwrap();
}

/// Whatever changes something at the service.
fn changes(stage: &Stage) -> usize {
    let names = ["CreateCaseComment", "UpdateCase", "UpdateCaseStatus", "CloseCase", "TagResource"];
    names.iter().map(|name| stage.sir.count(name)).sum()
}

#[tokio::test]
async fn nothing_is_changed_on_a_case_of_which_something_cannot_be_read_and_the_person_hears_so() {
    let stage = Stage::set().await;
    let (case, _) = known(&stage).await;
    let good = notes(&stage, &case).await;
    note(&stage, &case, Note::Of(slack::KIND), "{\"home\": {\"place\": \"SECRET").await;
    let bad = notes(&stage, &case).await;
    let log = Log::begin();
    let key = format!("CASE#{case}/META slack_note");
    for line in [
        "comment It was Bo",
        "status contain",
        "title Two keys",
        "close",
        "tag add a=b",
        "jira open",
        "jira back",
        "jira link SEC-2",
    ] {
        let shown = stage.ana(&format!("{case} {line}")).await;
        assert!(shown.contains(&key) && shown.contains("nothing was changed"), "{line}: {shown}");
        assert_eq!(log.unreadable().pop().as_ref(), Some(&key), "{line}");
    }
    assert!(stage.ana(&format!("{case} show")).await.contains("Key leaked"), "what needs no note is shown");
    assert_eq!((changes(&stage), notes(&stage, &case).await), (0, bad));
    assert!(!log.text().contains("SECRET"));
    assert!(stage.memory.all_told(&case, jira::KIND).await.unwrap().is_empty());

    note(&stage, &case, Note::Of(slack::KIND), good[1].as_deref().unwrap_or(NOTHING)).await;
    stage.ana(&format!("{case} comment It was Bo")).await;
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was Bo"]);
}

/// A place of which nothing is known yet.
const NOTHING: &str = r#"{"channel":null,"home":null,"set":{},"again":{},"facts":null,"changes":0,"open":null,"not_before":0,"failures":0,"parked":null}"#;

#[tokio::test]
async fn a_reply_waits_until_the_records_of_its_case_can_be_read() {
    for record in ["META", "SAID#b5bb9d80"] {
        let stage = Stage::set().await;
        let (case, _) = known(&stage).await;
        let thread = stage.thread_of(&case).await;
        let key = format!("CASE#{case}/{record}");
        if record.starts_with("SAID") {
            stage.ana(&format!("{case} comment before")).await;
        }
        let saying = stage.memory.sayings(&case).await.unwrap().pop();
        let key = saying.map_or(key, |saying| format!("CASE#{case}/SAID#{}", saying.command));
        let before = stage.case_comments(&case);
        stage.memory.damage(&key);
        let log = Log::begin();
        let (_, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo", Some(&thread));
        for delivery in &sent {
            stage.deliver(delivery).await;
        }
        let jobs = stage.jobs();
        let shown = stage.slack.ephemerals(&ana()).len();
        assert_eq!(stage.work(&jobs).await, [""; 0]);
        let shown = stage.since(&ana(), shown);
        assert!(shown.contains(&key) && shown.contains("tried again by itself"), "{shown}");
        assert_eq!((stage.case_comments(&case), log.unreadable()), (before.clone(), vec![key.clone()]));
        assert_eq!(stage.memory.overwritten(), [""; 0]);
        // The hourly check brings it again.
        stage.memory.mend(&key);
        assert_eq!(stage.work(&jobs).await, [""; 0]);
        assert_eq!(stage.case_comments(&case).len(), before.len() + 1);
    }
}

#[tokio::test]
async fn what_was_said_in_an_issue_is_kept_until_the_notes_of_its_case_can_be_read() {
    let stage = Stage::set().await;
    let (case, issue) = known(&stage).await;
    stage.jira.person_comments(&stage.jira.ana(), &issue, "It was Bo").unwrap();
    for webhook in stage.jira.take_webhooks() {
        stage.deliver(&webhook).await;
    }
    let jobs = stage.jobs();
    let key = format!("CASE#{case}/META");
    stage.memory.damage(&key);
    let log = Log::begin();
    let again = stage.work(&jobs[..1]).await;
    assert_eq!((again, stage.case_comments(&case).len()), (vec!["m0".to_owned()], 0));
    assert_eq!(log.unreadable(), [key.as_str()]);
    stage.memory.mend(&key);
    assert_eq!(stage.work(&jobs[..1]).await, [""; 0]);
    assert_eq!(stage.case_comments(&case).len(), 1);
}

#[tokio::test]
async fn a_place_or_a_ledger_that_cannot_be_read_changes_nothing() {
    let stage = Stage::set().await;
    let (case, _) = known(&stage).await;
    let thread = stage.thread_of(&case).await;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo", Some(&thread));
    for delivery in &sent {
        stage.deliver(delivery).await;
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let place = format!("PLACE#slack/{}/{}/{thread}/PLACE", stage.settings.slack.team, stage.channel);
    let comment = stage.memory.sayings(&case).await.unwrap()[0].comment.clone().unwrap();
    let ledger = format!("CASE#{case}/TOLD#slack#comment/{comment}/0");
    for key in [place, ledger] {
        stage.memory.damage(&key);
        let log = Log::begin();
        let edit = stage.slack.edits(&ana(), &stage.channel, &ts, &format!("It was Cy, not {key}")).unwrap();
        stage.deliver(&edit).await;
        let jobs = stage.jobs();
        stage.work(&jobs).await;
        assert!(log.unreadable().contains(&key), "{:?}", log.unreadable());
        assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was Bo"], "{key}");
        assert_eq!(stage.memory.overwritten(), [""; 0]);
        stage.memory.mend(&key);
    }
}

#[tokio::test]
async fn a_command_whose_record_cannot_be_read_comes_again_and_is_done_once() {
    let stage = Stage::set().await;
    let (case, _) = known(&stage).await;
    let typed = stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} title Two keys"));
    stage.deliver(&typed).await;
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    let key = format!("COMMAND#{}/COMMAND", jobs[0].id);
    stage.memory.damage(&key);
    let log = Log::begin();
    assert_eq!(stage.work(&jobs).await, ["m0"]);
    assert_eq!((log.unreadable(), stage.sir.count("UpdateCase")), (vec![key], 1));
    assert_eq!(stage.memory.overwritten(), [""; 0]);
}

/// What a later release may put on the queue.
fn later(kind: &str) -> serde_json::Map<String, Value> {
    let path = format!("{}/tests/state/later/{kind}.refused.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test]
async fn a_job_of_a_later_release_is_kept_for_the_dead_letters_and_others_are_done() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} show"))).await;
    let good = stage.jobs().remove(0);
    for (name, body) in later("jobs") {
        let log = Log::begin();
        let job = QueueMessage { group: "g".to_owned(), id: "i".to_owned(), body: body.to_string() };
        assert_eq!(stage.work(&[job, good.clone()]).await, ["m0"], "{name}");
        let lines = log.text();
        assert!(
            lines.contains("a job cannot be read: it is not done, and goes to the dead letters"),
            "{lines}"
        );
        assert!(lines.contains("later release") && !lines.contains("U0ANAEXAMP"), "{lines}");
    }
    assert_eq!(stage.slack.home(&ana()), None, "none of them was done");
}

/// The request with another payload, signed anew.
fn with_payload(stage: &Stage, delivery: &SignedRequest, change: impl Fn(&mut Value)) -> SignedRequest {
    let body: Vec<(String, String)> = serde_urlencoded::from_bytes(&delivery.body).unwrap();
    let mut payload: Value = serde_json::from_str(&body[0].1).unwrap();
    change(&mut payload);
    let body = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
    stage.slack.signed(&delivery.path, "application/x-www-form-urlencoded", body)
}

#[tokio::test]
async fn a_form_of_another_release_stays_open_with_what_was_written_and_does_nothing() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} comment")).await;
    let view = stage.form(&ana())["id"].as_str().unwrap().to_owned();
    let sent = stage.slack.submits(&ana(), &view, &json!({ "text": { "it": typed("It was Bo") } })).unwrap();
    let mut texts: Vec<_> = later("forms").values().map(Value::to_string).collect();
    texts.extend(["".to_owned(), "{}".to_owned()]);
    for metadata in texts {
        let later =
            with_payload(&stage, &sent, |payload| payload["view"]["private_metadata"] = json!(metadata));
        let (status, said) = stage.deliver(&later).await;
        assert_eq!((status, &said["response_action"]), (200, &json!("errors")), "{metadata}: {said}");
        let why = said["errors"]["text"].as_str().unwrap();
        assert!(why.contains("another release") && why.contains("nothing was done"), "{why}");
        let bare = with_payload(&stage, &sent, |payload| {
            payload["view"]["private_metadata"] = json!(metadata);
            payload["view"]["blocks"] = json!([]);
        });
        let (_, said) = stage.deliver(&bare).await;
        assert_eq!(said["response_action"], "update", "{said}");
        assert!(SlackStandin::shown(&said["view"]).contains("nothing was done"), "{said}");
        assert_eq!(SlackStandin::block_complaints(&said["view"]["blocks"]), [""; 0]);
    }
    assert_eq!((stage.jobs().len(), stage.case_comments(&case).len()), (0, 0));
}

#[tokio::test]
async fn a_button_of_another_release_gets_an_answer_and_does_nothing() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let card = stage.card_of(&case).await;
    let click = stage.slack.clicks(&ana(), &stage.channel, &card, "run/comment", &Value::Null).unwrap();
    for (action, value, said) in [
        ("merge/1", "1234567890", "another release"),
        ("more/text", "1", "another release"),
        ("run/comment", "1234567890 merge 1234567891", "merge"),
        ("confirm/1", "c2lnbmVk.e30", "not one of Casebridge's"),
    ] {
        let other = with_payload(&stage, &click, |payload| {
            payload["actions"][0]["action_id"] = json!(action);
            payload["actions"][0]["value"] = json!(value);
            payload["trigger_id"] = json!(format!("1.2.{action}{value}"));
        });
        let before = stage.slack.ephemerals(&ana()).len();
        assert_eq!(stage.deliver(&other).await.0, 200);
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        let shown = stage.since(&ana(), before);
        assert!(shown.contains(said), "{action} {value}: {shown}");
    }
    let link =
        with_payload(&stage, &click, |payload| payload["actions"][0]["action_id"] = json!("link:console"));
    let before = stage.slack.ephemerals(&ana()).len();
    assert_eq!(stage.deliver(&link).await.0, 200);
    assert_eq!(
        (stage.jobs().len(), stage.slack.ephemerals(&ana()).len()),
        (0, before),
        "a link needs no answer"
    );
    assert_eq!(changes(&stage), 0);
}

#[tokio::test]
async fn the_home_page_shows_the_other_cases_too_where_one_cannot_be_read() {
    let stage = Stage::set().await;
    let (case, _) = known(&stage).await;
    let other = stage.sir.console_creates_case("Another");
    note(&stage, &case, Note::Case, "{\"v\":2}").await;
    let log = Log::begin();
    stage.deliver(&stage.slack.opens_home(&ana())).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let shown = SlackStandin::shown(&stage.slack.home(&ana()).unwrap());
    assert!(shown.contains(case.as_str()) && shown.contains(other.as_str()), "{shown}");
    assert_eq!(log.unreadable(), [format!("CASE#{case}/META case_note")]);
}
