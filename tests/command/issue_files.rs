//! Files that people put on an issue come to its case: streamed, once, under names of their own, and only from whoever may.

use casebridge::{
    case::{CaseId, MemberId},
    chat,
    config::settings::Roles,
    targets::jira,
};
use casebridge_lab::{
    stage::{Stage, ana, count},
    standins::{FaultRule, JiraStandin},
};
use serde_json::{Value, json};

async fn work(stage: &Stage) {
    while let jobs @ [_, ..] = &stage.jobs()[..] {
        assert_eq!(stage.work(jobs).await, [""; 0]);
    }
}

async fn heard(stage: &Stage) {
    for delivery in stage.jira.take_webhooks() {
        assert_eq!(stage.deliver(&delivery).await.0, 200);
    }
    work(stage).await;
}

/// A case that is told in its issue, whose webhooks came.
async fn told(stage: &Stage) -> (CaseId, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let key = stage.home(&case, jira::KIND).await.name;
    stage.jira.take_webhooks();
    stage.later(1_000);
    (case, key)
}

fn names(stage: &Stage, case: &CaseId) -> Vec<String> {
    let case = stage.sir.case(case).unwrap();
    let files = case["caseAttachments"].as_array().cloned().unwrap_or_default();
    files.iter().map(|file| file["fileName"].as_str().unwrap().to_owned()).collect()
}

fn comments(stage: &Stage, key: &str) -> Vec<String> {
    stage.jira.comments(key).iter().map(|comment| JiraStandin::plain(&comment["body"])).collect()
}

/// A comment that shows a file, which has this name in it if any.
pub fn shows(file: Option<&str>, more: &Value) -> Value {
    let words = json!({ "type": "paragraph", "content": [{ "type": "text", "text": "Look at this." }] });
    let mut attrs = json!({ "type": "file", "id": "6e7b2f1c", "collection": "" });
    if let Some(name) = file {
        attrs["alt"] = name.into();
    }
    let media = json!({ "type": "mediaSingle", "attrs": { "layout": "center" },
        "content": [{ "type": "media", "attrs": attrs }] });
    let mut comment = json!({ "body": { "type": "doc", "version": 1, "content": [words, media] } });
    comment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    comment
}

#[tokio::test]
async fn a_file_on_the_issue_comes_to_the_case_and_the_thread_once_and_to_the_issue_never_again() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    let ana = stage.jira.ana();
    for bytes in ["first", "second"] {
        stage.jira.person_attaches(&ana, &key, "auth log.txt", bytes).unwrap();
        heard(&stage).await;
    }
    stage.notify().await;
    for _ in 0..2 {
        heard(&stage).await;
        stage.minutes(65).await;
        work(&stage).await;
    }
    assert_eq!(names(&stage, &case), ["auth_log.txt", "auth_log-2.txt"]);
    assert_eq!(stage.sir.attachment(&case, "auth_log.txt").unwrap(), "first");
    assert_eq!(stage.sir.attachment(&case, "auth_log-2.txt").unwrap(), "second");
    let said = |on_case: &str| {
        format!("Ana Alvarez, {ana} (Jira):\n[Attached from Jira]\n- {on_case} (in Jira: auth log.txt)")
    };
    assert_eq!(stage.case_comments(&case), [said("auth_log.txt"), said("auth_log-2.txt")]);
    let lines = stage.lines(&case).await;
    assert_eq!(count(&lines, "auth_log-2.txt (in Jira: auth log.txt)"), 1);
    assert_eq!(
        (count(&lines, "new, Verified · by Ana Alvarez (Jira)"), count(&lines, ana.as_str())),
        (1, 0),
        "{lines:?}"
    );
    assert_eq!(count(&comments(&stage, &key), "Attached from Jira"), 0, "the issue shows the file itself");
    assert_eq!(stage.jira.issue(&key).unwrap()["fields"]["attachment"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_file_whose_webhook_never_came_is_found_by_the_check_once() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    stage.jira.person_attaches(&stage.jira.ana(), &key, "auth.log", "bytes").unwrap();
    stage.jira.take_webhooks();
    for _ in 0..3 {
        stage.minutes(65).await;
        work(&stage).await;
    }
    assert_eq!((names(&stage, &case), stage.case_comments(&case).len()), (vec!["auth.log".to_owned()], 1));
    assert_eq!(stage.sir.count("PUT attachment"), 1);
    // What was dealt with is nothing new to the check.
    stage.minutes(65).await;
    assert_eq!(stage.jobs().len(), 0);
}

#[tokio::test]
async fn nobodys_file_leaves_jira_unless_the_settings_name_them_and_the_issue_says_so_once() {
    let mut stage = Stage::set().await;
    stage.settings.roles = Roles { admin: vec![MemberId::new(ana())], ..Roles::default() };
    let (case, key) = told(&stage).await;
    let ana = stage.jira.ana();
    for name in ["one.log", "two.log"] {
        stage.jira.person_attaches(&ana, &key, name, "bytes").unwrap();
        heard(&stage).await;
    }
    assert_eq!((names(&stage, &case), stage.case_comments(&case)), (vec![], vec![]));
    assert_eq!(count(&comments(&stage, &key), "stays in Jira"), 1, "{:?}", comments(&stage, &key));
    // A role that comes later lets out what comes later.
    stage.minutes(2).await;
    stage.settings.roles.responder.push(MemberId::new(ana.as_str()));
    heard(&stage).await;
    stage.minutes(2).await;
    stage.jira.person_attaches(&ana, &key, "three.log", "bytes").unwrap();
    heard(&stage).await;
    assert_eq!(names(&stage, &case), ["three.log"]);
}

#[tokio::test]
async fn what_is_for_some_is_older_or_is_ours_stays_whatever_brings_the_news() {
    let mut stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let (person, own) = (stage.jira.ana(), stage.jira.own_account());
    stage.jira.lend_account("Di Example");
    stage.settings.roles.responder.push(MemberId::new(own.as_str()));
    let key = stage.jira.person_creates(&person, "Key leaked");
    stage.jira.person_attaches(&person, &key, "before-the-link.log", "bytes").unwrap();
    stage.later(1_000);
    stage.links(&case, &key).await;
    stage.notify().await;
    heard(&stage).await;
    stage.later(1_000);
    stage.jira.add_role("Counsel", &[person.clone(), own.clone()]);
    let counsel = json!({ "visibility": { "type": "role", "value": "Counsel" } });
    let internal = json!({ "properties": [{ "key": "sd.public.comment", "value": { "internal": true } }] });
    stage.jira.person_attaches(&person, &key, "suspect.png", "bytes").unwrap();
    stage.jira.person_writes(&person, &key, &shows(Some("Suspect.png"), &counsel)).unwrap();
    stage.jira.person_attaches(&person, &key, "notes.png", "bytes").unwrap();
    stage.jira.person_writes(&person, &key, &shows(Some("notes.png"), &internal)).unwrap();
    stage.later(1_000);
    stage.jira.person_attaches(&person, &key, "nameless.png", "bytes").unwrap();
    stage.jira.person_writes(&person, &key, &shows(None, &counsel)).unwrap();
    stage.jira.person_attaches(&own, &key, "ours.log", "bytes").unwrap();
    let app = stage.jira.add_user("A bot", None);
    stage.jira.person_attaches(&app, &key, "of-nobody-we-know.log", "bytes").unwrap();
    heard(&stage).await;
    for _ in 0..2 {
        stage.minutes(65).await;
        work(&stage).await;
    }
    assert_eq!((names(&stage, &case), stage.case_comments(&case)), (vec![], vec![]));
    assert_eq!(stage.sir.count("GetCaseAttachmentUploadUrl"), 0);
    for name in ["uspect", "notes.png", "nameless", "Counsel", "before-the-link"] {
        assert!(!stage.outside_jira().contains(name), "{name}");
    }
    // One that comes after the comment without a name is another.
    stage.later(1_000);
    stage.jira.person_attaches(&person, &key, "auth.log", "bytes").unwrap();
    heard(&stage).await;
    assert_eq!(names(&stage, &case), ["auth.log"]);
}

#[tokio::test]
async fn a_restricted_comment_that_comes_between_the_news_and_the_work_keeps_its_file() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    let person = stage.jira.ana();
    stage.jira.add_role("Counsel", &[person.clone(), stage.jira.own_account()]);
    stage.jira.person_attaches(&person, &key, "suspect.png", "bytes").unwrap();
    for delivery in stage.jira.take_webhooks() {
        stage.deliver(&delivery).await;
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let counsel = json!({ "visibility": { "type": "role", "value": "Counsel" } });
    stage.jira.person_writes(&person, &key, &shows(Some("suspect.png"), &counsel)).unwrap();
    work(&stage).await;
    assert_eq!((names(&stage, &case), stage.sir.count("GetCaseAttachmentUploadUrl")), (vec![], 0));
}

#[tokio::test]
async fn a_file_that_its_comment_names_is_not_named_twice() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    let ana = stage.jira.ana();
    stage.jira.person_attaches(&ana, &key, "photo.png", "bytes").unwrap();
    stage.jira.person_writes(&ana, &key, &shows(Some("photo.png"), &json!({}))).unwrap();
    heard(&stage).await;
    assert_eq!(names(&stage, &case), ["photo.png"]);
    let [said] = &stage.case_comments(&case)[..] else { panic!("{:?}", stage.case_comments(&case)) };
    assert!(said.contains("Look at this.") && said.contains("photo.png"), "{said}");
}

#[tokio::test]
async fn a_file_that_cannot_go_is_told_once_in_the_issue_and_leaves_no_name_on_the_case() {
    let secret = ["AKIA", "IOSFODNN7EXAMPLE.txt"].concat();
    for (name, bytes, status, why) in [
        ("empty.txt", "", None, "An empty file"),
        (secret.as_str(), "bytes", None, "looks like it holds an AWS access key id"),
        ("gone.txt", "bytes", Some("404"), "Jira did not give it (HTTP 404)"),
    ] {
        let stage = Stage::set().await;
        let (case, key) = told(&stage).await;
        if let Some(status) = status {
            stage.jira.fault(FaultRule::on("getAttachmentContent").error(status));
        }
        stage.jira.person_attaches(&stage.jira.ana(), &key, name, bytes).unwrap();
        heard(&stage).await;
        for _ in 0..2 {
            stage.minutes(65).await;
            heard(&stage).await;
        }
        let told = comments(&stage, &key);
        assert_eq!(count(&told, why), 1, "{name}: {told:#?}");
        assert_eq!(
            (names(&stage, &case), stage.sir.count("GetCaseAttachmentUploadUrl")),
            (vec![], 0),
            "{name}"
        );
        assert_eq!(stage.case_comments(&case), [""; 0], "{name}");
    }
}

#[tokio::test]
async fn a_file_on_the_issue_of_a_closed_case_stays_and_is_told_once() {
    let stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    stage.notify().await;
    heard(&stage).await;
    for name in ["one.log", "two.log"] {
        stage.jira.person_attaches(&stage.jira.ana(), &key, name, "bytes").unwrap();
        heard(&stage).await;
    }
    let there = stage.jira.comments(&key);
    let is_notice = |one: &&Value| JiraStandin::plain(&one["body"]).contains("stays here");
    let [notice] = there.iter().filter(is_notice).collect::<Vec<_>>()[..] else { panic!("one notice") };
    stage.jira.person_deletes_comment(&key, notice["id"].as_str().unwrap()).unwrap();
    stage.jira.person_attaches(&stage.jira.ana(), &key, "three.log", "bytes").unwrap();
    heard(&stage).await;
    assert_eq!((names(&stage, &case), count(&comments(&stage, &key), "stays here")), (vec![], 0));
}

#[tokio::test]
async fn jira_that_does_not_give_a_file_now_is_asked_again_and_a_lost_answer_doubles_nothing() {
    let read = || FaultRule::on("getAttachmentContent").once();
    let of_jira = [read().error("503"), read().throttled(None), read().error("401"), read().reset_before()];
    let lost = |operation| FaultRule::on(operation).once().reset_after();
    let of_aws = ["PUT attachment", "GetCaseAttachmentUploadUrl", "CreateCaseComment"].map(lost);
    let all =
        of_jira.into_iter().map(|fault| (true, fault)).chain(of_aws.into_iter().map(|fault| (false, fault)));
    for (is_of_jira, fault) in all {
        let stage = Stage::set().await;
        let (case, key) = told(&stage).await;
        let when = format!("{fault:?}");
        if is_of_jira {
            stage.jira.fault(fault)
        } else {
            stage.sir.fault(fault)
        };
        stage.jira.person_attaches(&stage.jira.ana(), &key, "auth.log", "bytes").unwrap();
        for delivery in stage.jira.take_webhooks() {
            stage.deliver(&delivery).await;
        }
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        let job = stage.jobs();
        assert_eq!(job.len(), 1);
        let mut tries = 1;
        while !stage.work(&job).await.is_empty() {
            stage.later(61_000);
            tries += 1;
            assert!(tries < 5, "{when}");
        }
        assert!(!is_of_jira || tries == 2, "{when}: {tries}");
        work(&stage).await;
        let there = (names(&stage, &case), stage.case_comments(&case).len());
        assert_eq!(there, (vec!["auth.log".to_owned()], 1), "{when}");
        assert_eq!(stage.sir.attachment(&case, "auth.log").unwrap(), "bytes", "{when}");
    }
}

#[tokio::test]
async fn stopped_at_any_moment_a_file_of_an_issue_is_attached_once() {
    let mut at = 1;
    loop {
        let stage = Stage::set().await;
        let (case, key) = told(&stage).await;
        stage.jira.person_attaches(&stage.jira.ana(), &key, "auth.log", "bytes").unwrap();
        for delivery in stage.jira.take_webhooks() {
            stage.deliver(&delivery).await;
        }
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        let job = stage.job();
        let ended = stage.until(&job, at).await;
        // Other news of the issue brings it as well.
        stage.later(1_000);
        stage.jira.person_edits(&stage.jira.ana(), &key, &json!({ "labels": ["seen"] })).unwrap();
        heard(&stage).await;
        chat::execute(&stage.bridge(), &job).await.unwrap();
        let there = (names(&stage, &case), stage.case_comments(&case).len());
        assert_eq!(there, (vec!["auth.log".to_owned()], 1), "moment {at}");
        if ended {
            break;
        }
        at += 1;
    }
    assert!(at > 10, "only {at} moments");
}
