//! Control characters in what people write: AWS gets their pictures, ends of lines and tabs stay, and nothing else is lost.

use casebridge::{case::CaseId, targets::jira};
use casebridge_lab::stage::{Stage, ana, count, typed};
use serde_json::Value;

use super::forms::new_case;

const WRITTEN: &str = "bell\u{7} esc\u{1b}[31m del\u{7f} csi\u{9b}\ttab";
const READ: &str = "bell␇ esc␛[31m del␡ csi\u{fffd}\ttab";

fn has_control(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().any(|char| char.is_control() && !"\n\r\t".contains(char)),
        Value::Array(all) => all.iter().any(has_control),
        Value::Object(all) => all.values().any(has_control),
        _ => false,
    }
}

async fn work(stage: &Stage) {
    while let jobs @ [_, ..] = &stage.jobs()[..] {
        assert_eq!(stage.work(jobs).await, [""; 0]);
    }
}

async fn told(stage: &Stage) -> (CaseId, String) {
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.jira.take_webhooks();
    (case.clone(), stage.home(&case, jira::KIND).await.name)
}

#[tokio::test]
async fn at_no_door_a_control_reaches_aws_and_nothing_else_is_lost() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    let (_, thread) = stage.card(&case).await;
    stage.ana(&format!("{case} comment typed {WRITTEN}")).await;
    stage.ana(&format!("{case} title Titled {}", WRITTEN.replace('\t', " "))).await;
    stage.ana(&format!("{case} tag add team=re\u{8}d")).await;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, &format!("said {WRITTEN}"), Some(&thread));
    for delivery in &sent {
        stage.deliver(delivery).await;
    }
    work(&stage).await;
    stage
        .deliver(&stage.slack.edits(&ana(), &stage.channel, &ts, &format!("edited {WRITTEN}")).unwrap())
        .await;
    work(&stage).await;
    stage.jira.person_comments(&stage.jira.ana(), &key, &format!("in Jira {WRITTEN}")).unwrap();
    for delivery in stage.jira.take_webhooks() {
        stage.deliver(&delivery).await;
    }
    work(&stage).await;
    let comments = stage.case_comments(&case);
    for words in ["typed ", "edited ", "in Jira "] {
        let expected = format!("{words}{READ}");
        assert_eq!(comments.iter().filter(|one| one.ends_with(&expected)).count(), 1, "{comments:#?}");
    }
    let shown = stage.sir.case(&case).unwrap();
    assert_eq!(shown["title"], format!("Titled {}", READ.replace('\t', " ")));
    assert!(!has_control(&stage.sir.state()), "{}", stage.sir.state());
    stage.notify().await;
    assert_eq!(stage.case_comments(&case), comments, "none comes back as another");
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "typed bell␇"), count(&lines, "in Jira bell␇")), (1, 1), "{lines:#?}");
}

#[tokio::test]
async fn a_case_that_is_opened_by_a_form_bears_no_control() {
    let stage = Stage::set().await;
    stage.ana("new").await;
    let mut values = new_case();
    for (name, value) in &mut values {
        match *name {
            "title" => *value = typed(&format!("Form {}", WRITTEN.replace('\t', " "))),
            "description" => *value = typed(&format!("Text\n{WRITTEN}")),
            _ => {}
        }
    }
    stage.sends(&ana(), &values).await;
    work(&stage).await;
    let state = stage.sir.state();
    assert!(state.to_string().contains("Text\\nbell␇"), "{state}");
    assert!(!has_control(&state));
}
