//! Files go from Slack to a case: streamed, under a name that fits, once, and only from Slack itself.

use casebridge::case::Ts;
use casebridge_lab::stage::{Stage, ana};
use casebridge_lab::standins::{Canned, FaultRule, SlackStandin};
use serde_json::Value;

async fn attaches(stage: &Stage, ts: &Ts) -> String {
    let before = stage.slack.ephemerals(&ana()).len();
    let shortcut = stage.slack.uses_message_shortcut(&ana(), &stage.channel, ts, "attach_file").unwrap();
    assert_eq!(stage.deliver(&shortcut).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.since(&ana(), before)
}

fn shares(stage: &Stage, thread: &Ts, name: &str, bytes: &str) -> Ts {
    let file = (name, "text/plain");
    stage.slack.shares(&ana(), &stage.channel, file, bytes.to_owned(), Some(thread)).1
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
    assert!(stage.case_comments(&case)[0].contains("Gr_e_log.txt (in Slack: Größe & log.txt)"));
}

#[tokio::test]
async fn a_file_whose_arrival_nobody_heard_of_is_attached_once() {
    for operation in ["PUT attachment", "GetCaseAttachmentUploadUrl", "CreateCaseComment"] {
        let stage = Stage::set().await;
        let case = stage.sir.console_creates_case("Key leaked");
        let thread = stage.thread_of(&case).await;
        let ts = shares(&stage, &thread, "log.txt", "bytes");
        stage.sir.fault(FaultRule::on(operation).once().reset_after());
        let shown = attaches(&stage, &ts).await;
        assert!(shown.contains("AWS checks it now"), "{operation}: {shown}");
        let files = stage.sir.case(&case).unwrap()["caseAttachments"].as_array().unwrap().len();
        assert_eq!((files, stage.case_comments(&case).len()), (1, 1), "{operation}");
        assert_eq!(stage.sir.attachment(&case, "log.txt").unwrap(), "bytes", "{operation}");
    }
}

#[tokio::test]
async fn a_file_whose_place_is_down_is_attached_once_it_is_up() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let ts = shares(&stage, &thread, "log.txt", "bytes");
    stage.sir.fault(FaultRule::on("PUT attachment").times(2).answers(503));
    let shortcut = stage.slack.uses_message_shortcut(&ana(), &stage.channel, &ts, "attach_file").unwrap();
    assert_eq!(stage.deliver(&shortcut).await.0, 200);
    let jobs = stage.jobs();
    for _ in 0..2 {
        assert_ne!(stage.work(&jobs).await, [""; 0], "it comes again");
        assert_eq!(stage.sir.attachment(&case, "log.txt"), None);
    }
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    assert_eq!(stage.sir.attachment(&case, "log.txt").unwrap(), "bytes");
    assert_eq!(stage.sir.case(&case).unwrap()["caseAttachments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_file_of_a_message_is_attached_once_the_service_has_time_again_and_nobody_is_asked_to_try() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let named = ("log.txt", "text/plain");
    let sent = stage.slack.says_with_file(&ana(), &stage.channel, "the log", named, "bytes", Some(&thread));
    assert_eq!(stage.deliver(&sent[0]).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let files = stage.jobs();
    stage.sir.fault(FaultRule::on("GetCaseAttachmentUploadUrl").times(9).error("ThrottlingException"));
    let mut tries = 0;
    while stage.work(&files).await != [""; 0] {
        tries += 1;
        assert!(tries < 9 && stage.sir.attachment(&case, "log.txt").is_none());
    }
    assert!(tries > 0, "it came again");
    assert_eq!(stage.sir.attachment(&case, "log.txt").unwrap(), "bytes");
    assert_eq!(stage.since(&ana(), 0), "");
}

#[tokio::test]
async fn a_file_that_cannot_be_fetched_is_said_once_and_leaves_nothing_on_the_case_as_the_aws_sample_does_for_ever()
 {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let empty = shares(&stage, &thread, "empty.txt", "");
    assert!(attaches(&stage, &empty).await.contains("An empty file"));
    let (words, _) = stage.slack.says(&ana(), &stage.channel, "no file here", Some(&thread));
    assert!(attaches(&stage, &words).await.contains("no file on this message"));
    assert_eq!(stage.sir.count("GetCaseAttachmentUploadUrl"), 0);
    assert_eq!(stage.case_comments(&case).len(), 0);
}

#[tokio::test]
async fn a_mention_with_a_file_attaches_it() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (.., bot, _) = stage.slack.app();
    let (file, ..) =
        stage.slack.shares(&ana(), &stage.channel, ("log.txt", "text/plain"), "bytes", Some(&thread));
    let (_, sent) = stage.slack.says(&ana(), &stage.channel, &format!("<@{bot}> attach"), Some(&thread));
    let mut mention: Value = serde_json::from_slice(&sent[1].body).unwrap();
    mention["event"]["files"] = serde_json::json!([{ "id": file, "name": "log.txt" }]);
    let signed = stage.slack.signed(&sent[1].path, "application/json", mention.to_string());
    assert_eq!(stage.deliver(&signed).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.sir.attachment(&case, "log.txt").unwrap(), "bytes");
    assert!(SlackStandin::shown(&stage.latest()).contains("AWS checks it now"));
}

#[tokio::test]
async fn a_missing_scope_a_large_file_and_an_address_elsewhere_are_explained_and_the_token_stays_here() {
    for (field, value, words) in [
        ("size", serde_json::json!(104_857_601), "at most 100 MiB"),
        ("size", serde_json::json!(4), "Slack says that it has 4 bytes, and gives 5."),
        (
            "url_private_download",
            serde_json::json!("https://files.slack.com.evil.example/a"),
            "outside of Slack",
        ),
        (
            "url_private_download",
            serde_json::json!("https://evil.example@files.slack.com/a"),
            "outside of Slack",
        ),
        ("mode", serde_json::json!("hosted"), "the scope files:read"),
    ] {
        let stage = Stage::set().await;
        let case = stage.sir.console_creates_case("Key leaked");
        let thread = stage.thread_of(&case).await;
        let (file, ts, _) =
            stage.slack.shares(&ana(), &stage.channel, ("log.txt", "text/plain"), "bytes", Some(&thread));
        let url = stage.slack.url().to_owned();
        let address = format!("{url}/files-pri/{}-{file}/download/log.txt", stage.settings.slack.team);
        let mut wire =
            serde_json::json!({ "id": file, "name": "log.txt", "size": 5, "url_private_download": address });
        wire[field] = value;
        let headers = [("content-type".to_owned(), "application/json".to_owned())].into();
        let body = serde_json::json!({ "ok": true, "file": wire }).to_string();
        let canned = Canned { status: 200, headers, body };
        stage.slack.fault(FaultRule::on("files.info").answers_with(canned));
        if words.contains("scope") {
            stage.slack.fault(FaultRule::on("download").html(200));
        }
        let shown = attaches(&stage, &ts).await;
        assert!(shown.contains(words) && shown.contains("Nothing was attached"), "{words}: {shown}");
        assert_eq!(stage.case_comments(&case).len(), 0, "{words}");
    }
}

#[tokio::test]
async fn a_page_is_evidence_and_only_a_page_to_sign_in_at_is_refused() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let phish = "<!doctype html><html><body><h1>Sign in to Example Bank</h1></body></html>";
    for (name, kind) in [
        ("phish.html", "text/html"),
        ("phish.eml", "message/rfc822"),
        ("phish.htm", "text/html; charset=utf-8"),
    ] {
        let (_, ts, _) = stage.slack.shares(&ana(), &stage.channel, (name, kind), phish, Some(&thread));
        let shown = attaches(&stage, &ts).await;
        assert!(shown.contains("AWS checks it now"), "{shown}");
        assert_eq!(stage.sir.attachment(&case, name).unwrap(), phish);
    }
}

#[tokio::test]
async fn what_slack_does_not_give_leaves_no_name_on_the_case_however_often_it_is_tried() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let ts = shares(&stage, &thread, "dump.zip", &"x".repeat(5_000));
    stage.slack.fault(FaultRule::on("download").html(200));
    for _ in 0..3 {
        let shown = attaches(&stage, &ts).await;
        assert!(shown.contains("asked us to sign in"), "{shown}");
    }
    assert_eq!(stage.sir.count("GetCaseAttachmentUploadUrl"), 0);
    assert_eq!(stage.sir.case(&case).unwrap()["caseAttachments"].as_array().map_or(0, Vec::len), 0);
}
