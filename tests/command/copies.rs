//! The files of a case in its thread and on its issue, where the settings ask for copies: each once, beside what is told,
//! never back to where it came from, and gone with the message that brought it.

use std::time::Duration;

use casebridge::{
    case::{CaseId, Ts},
    config::settings::Attachments,
    targets::jira,
};
use casebridge_lab::{
    stage::{Stage, ana, count},
    standins::{Canned, FaultRule, Scan, Sharing, SignedRequest},
};
use serde_json::{Value, json};

use super::issue_files::shows;

const COMPLETE: &str = "files.completeUploadExternal";

async fn copying(more: &str) -> Stage {
    let mut stage = Stage::with("", more).await;
    stage.slack.grant("files:write");
    stage.settings.slack.attachments = Attachments::Copy;
    stage.settings.jira.as_mut().unwrap().attachments = Attachments::Copy;
    stage
}

async fn deliver(stage: &Stage, sent: &[SignedRequest]) {
    for delivery in sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    while let jobs @ [_, ..] = &stage.jobs()[..] {
        assert_eq!(stage.work(jobs).await, [""; 0]);
    }
}

/// Hours pass in which all that was done in Jira is heard.
async fn settle(stage: &Stage) {
    for minutes in [2, 65, 65] {
        stage.notify().await;
        deliver(stage, &stage.jira.take_webhooks()).await;
        stage.minutes(minutes).await;
        deliver(stage, &[]).await;
    }
}

async fn told(stage: &Stage) -> (CaseId, Ts, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    deliver(stage, &stage.jira.take_webhooks()).await;
    (case.clone(), stage.card(&case).await.1, stage.home(&case, jira::KIND).await.name)
}

/// The files in the thread, and who put them there.
async fn in_thread(stage: &Stage, case: &CaseId) -> Vec<(String, bool)> {
    let thread = stage.thread(case).await;
    let files = thread.iter().flat_map(|message| {
        let ours = !message["bot_id"].is_null();
        let files = message["files"].as_array().into_iter().flatten();
        files.map(move |file| (file["title"].as_str().unwrap().to_owned(), ours))
    });
    files.collect()
}

fn on_issue(stage: &Stage, key: &str) -> Vec<String> {
    let files = stage.jira.issue(key).unwrap()["fields"]["attachment"].as_array().cloned();
    let name = |file: Value| file["filename"].as_str().unwrap().to_owned();
    files.unwrap_or_default().into_iter().map(name).collect()
}

fn on_case(stage: &Stage, case: &CaseId) -> usize {
    stage.sir.case(case).unwrap()["caseAttachments"].as_array().map_or(0, Vec::len)
}

fn ours(name: &str) -> (String, bool) {
    (name.to_owned(), true)
}

#[tokio::test]
async fn a_verified_file_is_copied_to_the_thread_and_the_issue_once_and_comes_back_as_nothing() {
    let stage = copying("").await;
    let (case, _, key) = told(&stage).await;
    let bytes = vec![7_u8; 300_000];
    let file = stage.sir.aws_attaches(&case, "memory.dmp", bytes.clone()).unwrap();
    let late = stage.sir.aws_attaches(&case, "bad.exe", "bytes").unwrap();
    stage.sir.set_attachment_status(&case, &late, Scan::Failed);
    stage.sir.set_attachment_status(&case, &file, Scan::Pending);
    settle(&stage).await;
    assert_eq!((in_thread(&stage, &case).await, on_issue(&stage, &key)), (vec![], vec![]));
    stage.sir.set_attachment_status(&case, &file, Scan::Verified);
    settle(&stage).await;
    settle(&stage).await;
    assert_eq!(in_thread(&stage, &case).await, [ours("memory.dmp")]);
    assert_eq!(on_issue(&stage, &key), ["memory.dmp"]);
    assert_eq!(stage.jira.attachment(&key, "memory.dmp").unwrap(), bytes);
    assert_eq!((on_case(&stage, &case), stage.case_comments(&case).len()), (2, 0));
    // As Slack tells us of it, with our bot's id and without.
    let message = stage.thread(&case).await.into_iter().find(|one| one["files"].is_array()).unwrap();
    for without in ["bot_id", "app_id"] {
        let mut echo = message.clone();
        echo.as_object_mut().unwrap().remove(without);
        deliver(&stage, &[stage.slack.tells_of(&stage.channel, echo)]).await;
    }
    settle(&stage).await;
    assert_eq!((on_case(&stage, &case), stage.case_comments(&case).len()), (2, 0));
}

#[tokio::test]
async fn without_the_setting_a_file_is_named_and_nothing_is_copied() {
    let stage = Stage::set().await;
    let (case, _, key) = told(&stage).await;
    stage.sir.aws_attaches(&case, "memory.dmp", "bytes").unwrap();
    settle(&stage).await;
    assert_eq!((in_thread(&stage, &case).await, on_issue(&stage, &key)), (vec![], vec![]));
    assert_eq!(stage.sir.count("GetCaseAttachmentDownloadUrl"), 0);
    assert!(count(&stage.lines(&case).await, "memory.dmp") > 0);
}

#[tokio::test]
async fn an_answer_that_never_came_makes_no_second_copy_and_a_copy_that_never_came_is_made() {
    let complete = || FaultRule::on(COMPLETE).once();
    for slack in [complete().applied_then(503), complete().reset_before()] {
        let stage = copying("").await;
        let (case, _, key) = told(&stage).await;
        stage.slack.fault(slack);
        stage.jira.fault(FaultRule::on("addAttachment").once().applied_then(503));
        stage.sir.aws_attaches(&case, "auth.log", "bytes").unwrap();
        stage.notify().await;
        stage.minutes(3).await;
        settle(&stage).await;
        assert_eq!(in_thread(&stage, &case).await, [ours("auth.log")]);
        assert_eq!(on_issue(&stage, &key), ["auth.log"]);
    }
}

#[tokio::test]
async fn a_copy_that_arrives_half_a_minute_late_is_not_made_again_meanwhile() {
    let stage = copying("").await;
    let (case, _, key) = told(&stage).await;
    stage.slack.fault(FaultRule::on(COMPLETE).once().late());
    stage.jira.fault(FaultRule::on("addAttachment").once().late());
    stage.sir.aws_attaches(&case, "auth.log", "bytes").unwrap();
    stage.notify().await;
    for _ in 0..3 {
        stage.later(12_000);
        stage.sweep().await;
    }
    assert_eq!((in_thread(&stage, &case).await, on_issue(&stage, &key)), (vec![], vec![]));
    stage.slack.apply_late();
    stage.jira.apply_late();
    stage.minutes(3).await;
    settle(&stage).await;
    assert_eq!(in_thread(&stage, &case).await, [ours("auth.log")]);
    assert_eq!(on_issue(&stage, &key), ["auth.log"]);
}

#[tokio::test]
async fn what_is_refused_or_too_large_is_said_once_and_holds_up_nothing() {
    let mut stage = copying("").await;
    stage.slack.revoke("files:write");
    stage.expects("missing_scope");
    stage.settings.jira.as_mut().unwrap().attachments_mb = 1;
    let (case, _, key) = told(&stage).await;
    stage.sir.aws_attaches(&case, "memory.dmp", vec![0_u8; 2 << 20]).unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "Look at the dump.").unwrap();
    settle(&stage).await;
    settle(&stage).await;
    let lines = stage.lines(&case).await;
    assert_eq!(count(&lines, "Look at the dump."), 1);
    let said = |what: &str| count(&lines, &format!("memory.dmp was not copied to {what}"));
    assert_eq!(
        (said("this thread: "), said(&format!("{key}: it has 2 MiB, and attachments_mb allows 1"))),
        (1, 1)
    );
    assert_eq!((in_thread(&stage, &case).await, on_issue(&stage, &key)), (vec![], vec![]));
}

#[tokio::test]
async fn a_file_is_not_copied_back_to_where_it_came_from_and_goes_with_its_message() {
    let stage = copying("").await;
    let (case, thread, key) = told(&stage).await;
    let (_, ts, sent) =
        stage.slack.shares(&ana(), &stage.channel, ("from slack.log", "text/plain"), "one", Some(&thread));
    deliver(&stage, &[sent]).await;
    let put = |name: &str, bytes: &str| {
        stage.jira.person_attaches(&stage.jira.ana(), &key, name, bytes.to_owned()).unwrap()
    };
    put("from jira.log", "two");
    settle(&stage).await;
    assert_eq!(on_case(&stage, &case), 2);
    let theirs = ("from slack.log".to_owned(), false);
    assert_eq!(in_thread(&stage, &case).await, [theirs, ours("from_jira.log")]);
    assert_eq!(on_issue(&stage, &key), ["from jira.log", "from_slack.log"]);
    stage.jira.fault(FaultRule::on("removeAttachment").once().answers(503));
    deliver(&stage, &[stage.slack.deletes(&stage.channel, &ts).unwrap()]).await;
    settle(&stage).await;
    assert_eq!(on_issue(&stage, &key), ["from jira.log"], "nothing stays of what was taken back");
    assert_eq!(in_thread(&stage, &case).await, [ours("from_jira.log")]);
    // The file is for some from now on.
    let role = stage.jira.add_role("Counsel", &[stage.jira.ana(), stage.jira.own_account()]);
    let some = json!({ "visibility": { "type": "role", "value": "Counsel", "identifier": role } });
    let shown = shows(Some("from jira.log"), &some);
    stage.jira.person_writes(&stage.jira.ana(), &key, &shown).unwrap();
    stage.slack.fault(FaultRule::on("files.delete").once().answers(503));
    settle(&stage).await;
    settle(&stage).await;
    assert_eq!((in_thread(&stage, &case).await, on_case(&stage, &case)), (vec![], 2));
}

#[tokio::test]
async fn what_cannot_stand_in_an_archived_channel_is_copied_once_it_is_open_again() {
    let stage = copying("").await;
    let (case, ..) = told(&stage).await;
    stage.slack.fault(FaultRule::on(COMPLETE).times(7).error("is_archived"));
    stage.sir.aws_attaches(&case, "flow.log", "bytes").unwrap();
    for _ in 0..5 {
        settle(&stage).await;
    }
    assert_eq!(stage.slack.count(COMPLETE), 8);
    assert_eq!(in_thread(&stage, &case).await, [ours("flow.log")]);
    assert_eq!(count(&stage.lines(&case).await, "was not copied"), 0);
}

#[tokio::test]
async fn an_issue_that_does_not_answer_or_names_no_files_takes_no_copy_back() {
    let stage = copying("").await;
    let (case, _, key) = told(&stage).await;
    let ana = stage.jira.ana();
    stage.jira.person_attaches(&ana, &key, "from jira.log", "one".to_owned()).unwrap();
    settle(&stage).await;
    assert_eq!(in_thread(&stage, &case).await, [ours("from_jira.log")]);
    let whole = stage.jira.issue(&key).unwrap();
    let mut unnamed = whole.clone();
    unnamed["fields"].as_object_mut().unwrap().remove("attachment");
    let unnamed = Canned {
        status: 200,
        headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
        body: unnamed.to_string(),
    };
    let on_read = || FaultRule::on("getIssue").times(1);
    for fault in [on_read().answers(503), on_read().answers(403), on_read().answers_with(unnamed)] {
        stage.jira.person_comments(&ana, &key, "Still looking.").unwrap();
        for webhook in stage.jira.take_webhooks() {
            stage.deliver(&webhook).await;
        }
        let jobs = stage.jobs();
        stage.jira.fault(fault);
        stage.work(&jobs).await;
        stage.work(&jobs).await;
        settle(&stage).await;
        assert_eq!(in_thread(&stage, &case).await, [ours("from_jira.log")]);
    }
}

#[tokio::test]
async fn a_case_that_becomes_restricted_takes_its_copies_along_and_leaves_none() {
    let stage = copying("").await;
    let (case, ..) = told(&stage).await;
    stage.sir.aws_attaches(&case, "auth.log", "bytes").unwrap();
    settle(&stage).await;
    assert_eq!(in_thread(&stage, &case).await, [ours("auth.log")]);
    stage.ana(&format!("{case} restrict <@{}>", ana())).await;
    settle(&stage).await;
    let channels = stage.slack.state()["channels"].clone();
    let files = |channel: &str| channels[channel].to_string().matches("\"title\":\"auth.log\"").count();
    let own = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    assert_eq!((files(own.as_str()), files(stage.channel.as_str())), (1, 0));
}

#[tokio::test]
async fn what_was_taken_back_before_it_was_verified_is_copied_nowhere() {
    let stage = copying("").await;
    stage.sir.set_verdict(Scan::Pending);
    let (case, thread, key) = told(&stage).await;
    let (_, ts, sent) =
        stage.slack.shares(&ana(), &stage.channel, ("auth.log", "text/plain"), "one", Some(&thread));
    deliver(&stage, &[sent]).await;
    settle(&stage).await;
    deliver(&stage, &[stage.slack.deletes(&stage.channel, &ts).unwrap()]).await;
    let file = &stage.sir.case(&case).unwrap()["caseAttachments"][0]["attachmentId"];
    let file = casebridge::case::AttachmentId::new(file.as_str().unwrap());
    stage.sir.set_attachment_status(&case, &file, Scan::Verified);
    settle(&stage).await;
    assert_eq!((in_thread(&stage, &case).await, on_issue(&stage, &key)), (vec![], vec![]));
}

#[tokio::test]
async fn what_is_taken_back_while_it_is_fetched_comes_nowhere() {
    let stage = copying("").await;
    let (case, thread, key) = told(&stage).await;
    let (_, ts, sent) =
        stage.slack.shares(&ana(), &stage.channel, ("auth.log", "text/plain"), "one", Some(&thread));
    assert_eq!(stage.deliver(&sent).await.0, 200);
    stage.work(&stage.jobs()).await;
    let files = stage.jobs();
    assert_eq!(stage.deliver(&stage.slack.deletes(&stage.channel, &ts).unwrap()).await.0, 200);
    let deletion = stage.jobs();
    assert_eq!((files.len(), deletion.len()), (1, 1));
    stage.slack.fault(FaultRule::on("download").once().slow(Duration::from_millis(800)));
    let deleted = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stage.work(&deletion).await
    };
    tokio::join!(stage.work(&files), deleted);
    settle(&stage).await;
    settle(&stage).await;
    assert_eq!((on_case(&stage, &case), on_issue(&stage, &key)), (0, vec![]));
}

#[tokio::test]
async fn strangers_see_no_file_and_a_restricted_case_has_it_where_its_people_are() {
    let stage = copying("[[restrict.rules]]\ntitle = 'secret'\npeople = ['U024BE7LH']").await;
    let (case, ..) = told(&stage).await;
    let secret = stage.sir.console_creates_case("Secret");
    stage.notify().await;
    stage.minutes(2).await;
    stage.slack.set_sharing(&stage.channel, Sharing::Connected);
    stage.minutes(10).await;
    for case in [&case, &secret] {
        stage.sir.aws_attaches(case, "auth.log", "bytes").unwrap();
    }
    settle(&stage).await;
    let own = stage.slack.channel_named(&format!("sir-case-{secret}")).unwrap();
    let channels = stage.slack.state()["channels"].clone();
    let files = |channel: &str| channels[channel].to_string().matches("\"title\":\"auth.log\"").count();
    assert_eq!((files(own.as_str()), files(stage.channel.as_str())), (1, 0));
}
