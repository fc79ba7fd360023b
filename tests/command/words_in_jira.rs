//! What people write in Jira stands on the case whole, whatever its form.

use casebridge::case::CaseId;
use casebridge_lab::stage::Stage;
use serde_json::{Value, json};

/// A file of `tests/words`.
pub fn file(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/words/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// A case with an issue in which it is told already.
async fn linked(stage: &Stage) -> (CaseId, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    stage.links(&case, &key).await;
    stage.notify().await;
    heard(stage).await;
    (case, key)
}

/// Jira's webhooks arrive.
async fn heard(stage: &Stage) {
    for delivery in stage.jira.take_webhooks() {
        assert_eq!(stage.deliver(&delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

#[tokio::test]
async fn a_document_with_everything_stands_on_the_case_and_is_said_once() {
    let stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let document: Value = serde_json::from_str(&file("adf-all.adf.json")).unwrap();
    stage.jira.person_writes(&stage.jira.ana(), &key, &json!({ "body": document })).unwrap();
    heard(&stage).await;
    stage.jira.person_comments(&stage.jira.ana(), &key, "Done.").unwrap();
    heard(&stage).await;
    let expected =
        format!("Ana Alvarez, 5b10ac8d82e05b22cc7d4ef5 (Jira):\n{}", file("adf-all.expected.txt").trim_end());
    assert_eq!(
        stage.case_comments(&case),
        [expected, "Ana Alvarez, 5b10ac8d82e05b22cc7d4ef5 (Jira):\nDone.".to_owned()]
    );
    assert_eq!(stage.sir.count("UpdateCaseComment"), 0);
}

#[tokio::test]
async fn somebody_whom_a_mention_does_not_name_is_named_where_they_speak_in_the_issue() {
    let stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let mention = json!({ "type": "mention", "attrs": { "id": stage.jira.ana() } });
    let words = json!({ "type": "paragraph", "content": [{ "type": "text", "text": "Ask " }, mention] });
    let document = json!({ "type": "doc", "version": 1, "content": [words] });
    stage.jira.person_writes(&stage.jira.ana(), &key, &json!({ "body": document })).unwrap();
    heard(&stage).await;
    assert_eq!(
        stage.case_comments(&case),
        ["Ana Alvarez, 5b10ac8d82e05b22cc7d4ef5 (Jira):\nAsk @Ana Alvarez"]
    );
}

/// A document of one paragraph.
fn long(words: &str) -> String {
    "log line 0123456789 ".repeat(650) + words
}

/// The parts of a text, joined.
fn joined(stage: &Stage, case: &CaseId) -> String {
    stage.case_comments(case).iter().map(|body| body.split_once(":\n").unwrap().1).collect()
}

#[tokio::test]
async fn a_comment_that_a_case_cannot_hold_in_one_becomes_numbered_parts_and_follows_its_edits() {
    let stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let ana = stage.jira.ana();
    let id = stage.jira.person_comments(&ana, &key, &long("end")).unwrap();
    heard(&stage).await;
    let heads = |stage: &Stage| -> Vec<String> {
        stage.case_comments(&case).iter().map(|body| body.lines().next().unwrap().to_owned()).collect()
    };
    assert_eq!(
        heads(&stage),
        [
            "Ana Alvarez, 5b10ac8d82e05b22cc7d4ef5 (Jira) · part 1 of 2:",
            "Ana Alvarez, 5b10ac8d82e05b22cc7d4ef5 (Jira) · part 2 of 2:"
        ]
    );
    assert_eq!(joined(&stage, &case), long("end"));
    // Nothing changed: the comment is said.
    stage.jira.person_comments(&ana, &key, "It was Bo.").unwrap();
    heard(&stage).await;
    assert_eq!((stage.sir.count("UpdateCaseComment"), stage.case_comments(&case).len()), (0, 3));
    for (words, parts) in [
        (long("another end"), 2),
        (long(&("more ".repeat(2_400) + "end")), 3),
        ("short".to_owned(), 1),
        (long("end"), 2),
    ] {
        stage.jira.person_edits_comment(&ana, &key, &id, &words).unwrap();
        heard(&stage).await;
        let told: Vec<_> = stage
            .case_comments(&case)
            .into_iter()
            .filter(|body| !body.contains("fell away") && !body.contains("Bo"))
            .collect();
        let all: String = told.iter().map(|body| body.split_once(":\n").unwrap().1).collect();
        assert_eq!((told.len(), all == words), (parts, true), "{parts}: {:?}", heads(&stage));
        let updates = stage.sir.count("UpdateCaseComment");
        stage.jira.person_comments(&stage.jira.own_account(), &key, "a webhook more").unwrap();
        heard(&stage).await;
        assert_eq!(stage.sir.count("UpdateCaseComment"), updates, "it is said");
    }
    assert_eq!(stage.case_comments(&case).len(), 4, "no part is made twice");
}

#[tokio::test]
async fn parts_are_told_in_slack_and_each_once_wherever_the_worker_is_stopped() {
    let words = long("end");
    for at in 1.. {
        let stage = Stage::set().await;
        let (case, key) = linked(&stage).await;
        stage.jira.person_comments(&stage.jira.ana(), &key, &words).unwrap();
        for delivery in stage.jira.take_webhooks() {
            assert_eq!(stage.deliver(&delivery).await.0, 200);
        }
        let job = stage.job();
        let ended = stage.until(&job, at).await;
        casebridge::chat::execute(&stage.bridge(), &job).await.unwrap();
        assert_eq!(
            (stage.case_comments(&case).len(), joined(&stage, &case) == words),
            (2, true),
            "moment {at}"
        );
        if ended {
            assert!(at > 10, "{at} moments");
            stage.notify().await;
            let told = stage.slack.messages(&stage.channel);
            let about = |part: &str| told.iter().filter(|one| one.to_string().contains(part)).count();
            assert!(about("part 1 of 2") >= 1 && about("part 2 of 2") >= 1);
            let ours =
                stage.jira.comments(&key).iter().filter(|one| one.to_string().contains("log line")).count();
            assert_eq!(ours, 1, "the issue is not told its own words");
            break;
        }
    }
}
