//! What people write in Jira stands on the case whole, whatever its form.

use serde_json::{Value, json};

use super::stage::Stage;

/// A file of `tests/words`.
pub fn file(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/words/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// A case with an issue in which it is told already.
async fn linked(stage: &Stage) -> (String, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    stage.ana(&format!("{case} jira link {key}")).await;
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
    let expected = format!("Ana Alvarez (Jira):\n{}", file("adf-all.expected.txt").trim_end());
    assert_eq!(stage.comments(&case), [expected, "Ana Alvarez (Jira):\nDone.".to_owned()]);
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
    assert_eq!(stage.comments(&case), ["Ana Alvarez (Jira):\nAsk @Ana Alvarez"]);
}
