//! Files go from Slack to a case: streamed, under a name that fits, once, and only from Slack itself.

use casebridge::standin::{Fault, Slack};
use serde_json::Value;

use super::stage::{ANA, Stage};

async fn attaches(stage: &Stage, ts: &str) -> String {
    let before = stage.slack.ephemerals(ANA).len();
    let shortcut = stage.slack.uses_message_shortcut(ANA, &stage.channel, ts, "attach_file").unwrap();
    assert_eq!(stage.deliver(&shortcut).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.since(ANA, before)
}

fn shares(stage: &Stage, thread: &str, name: &str, bytes: &str) -> String {
    stage.slack.shares(ANA, &stage.channel, (name, "text/plain"), bytes.to_owned(), Some(thread)).1
}

#[tokio::test]
async fn two_files_of_one_name_are_kept_apart_and_a_name_that_the_service_refuses_is_changed_as_the_aws_sample_does_not()
 {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    for bytes in ["first", "second"] {
        let ts = shares(&stage, &thread, "Größe & log.txt", bytes);
        let shown = attaches(&stage, &ts).await;
        assert!(shown.contains("AWS checks it now"), "{shown}");
    }
    let names: Vec<_> = stage.sir.case(&case).unwrap()["caseAttachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["fileName"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["Gr_e_log.txt", "Gr_e_log-2.txt"]);
    assert_eq!(stage.sir.attachment(&case, "Gr_e_log.txt").unwrap(), "first");
    assert_eq!(stage.sir.attachment(&case, "Gr_e_log-2.txt").unwrap(), "second");
    assert!(stage.comments(&case)[0].contains("Gr_e_log.txt (in Slack: Größe & log.txt)"));
}

#[tokio::test]
async fn a_file_whose_arrival_nobody_heard_of_is_attached_once() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let ts = shares(&stage, &thread, "log.txt", "bytes");
    stage.sir.fault(Fault::on("PUT").once().reset_after());
    stage.sir.fault(Fault::on("GetCaseAttachmentUploadUrl").once().reset_after());
    stage.sir.fault(Fault::on("CreateCaseComment").once().reset_after());
    let shown = attaches(&stage, &ts).await;
    assert!(shown.contains("AWS checks it now"), "{shown}");
    assert_eq!(stage.sir.case(&case).unwrap()["caseAttachments"].as_array().unwrap().len(), 1);
    assert_eq!(stage.comments(&case).len(), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_fetched_is_said_once_and_leaves_nothing_on_the_case_as_the_aws_sample_does_for_ever()
 {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let empty = shares(&stage, &thread, "empty.txt", "");
    assert!(attaches(&stage, &empty).await.contains("An empty file"));
    let (words, _) = stage.slack.says(ANA, &stage.channel, "no file here", Some(&thread));
    assert!(attaches(&stage, &words).await.contains("no file on this message"));
    assert_eq!(stage.sir.count("GetCaseAttachmentUploadUrl"), 0);
    assert_eq!(stage.comments(&case).len(), 0);
}

#[tokio::test]
async fn a_mention_with_a_file_attaches_it() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (.., bot, _) = stage.slack.app();
    let (file, ..) =
        stage.slack.shares(ANA, &stage.channel, ("log.txt", "text/plain"), "bytes", Some(&thread));
    let (_, sent) = stage.slack.says(ANA, &stage.channel, &format!("<@{bot}> attach"), Some(&thread));
    let mut mention: Value = serde_json::from_slice(&sent[1].body).unwrap();
    mention["event"]["files"] = serde_json::json!([{ "id": file, "name": "log.txt" }]);
    let signed = stage.slack.signed(&sent[1].path, "application/json", mention.to_string());
    assert_eq!(stage.deliver(&signed).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.sir.attachment(&case, "log.txt").unwrap(), "bytes");
    assert!(Slack::shown(&stage.latest()).contains("AWS checks it now"));
}
