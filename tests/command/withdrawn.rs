//! What people take back, in Slack and in Jira: it leaves the case, the thread and the issue, and stays in the record.

use casebridge::{
    case::{CaseId, CommentId, Ts},
    state::earlier::{self, Earlier},
    targets::jira,
};
use casebridge_lab::{
    stage::{Stage, ana, count},
    standins::{Canned, FaultRule, SignedRequest},
};
use serde_json::json;

async fn deliver(stage: &Stage, sent: &[SignedRequest]) {
    for delivery in sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    while let jobs @ [_, ..] = &stage.jobs()[..] {
        assert_eq!(stage.work(jobs).await, [""; 0]);
    }
}

/// All that was done in Jira is heard, and what the case says is told.
async fn settle(stage: &Stage) {
    stage.notify().await;
    deliver(stage, &stage.jira.take_webhooks()).await;
    stage.notify().await;
}

/// A case that is told in its thread and its issue.
async fn told(stage: &Stage) -> (CaseId, Ts, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    settle(stage).await;
    (case.clone(), stage.card(&case).await.1, stage.home(&case, jira::KIND).await.name)
}

async fn says(stage: &Stage, thread: &Ts, text: &str) -> Ts {
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, text, Some(thread));
    deliver(stage, &sent).await;
    ts
}

/// What the record keeps of what the case's comments said before.
async fn record(stage: &Stage, case: &CaseId) -> Vec<Earlier> {
    let mut all = Vec::new();
    for comment in stage.sir.comments(case) {
        let id = CommentId::new(comment["commentId"].as_str().unwrap());
        all.extend(earlier::of(&stage.memory, case, &id).await.unwrap());
    }
    all
}

async fn is_gone(stage: &Stage, case: &CaseId, words: &str) {
    let all = [stage.case_comments(case), stage.lines(case).await, stage.comments(case).await];
    for texts in &all {
        assert_eq!(count(texts, words), 0, "{texts:#?}");
    }
}

/// Nobody reads it any more, and the record has it.
async fn is_taken_back(stage: &Stage, case: &CaseId, words: &str) {
    is_gone(stage, case, words).await;
    let kept = record(stage, case).await;
    let kept: Vec<_> = kept.iter().filter(|one| one.text.contains(words)).collect();
    assert_eq!(kept.len(), 1, "{kept:#?}");
    assert!(kept[0].withdrawn);
}

fn clock(stage: &Stage) -> String {
    let minutes = stage.now() / 60_000;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[tokio::test]
async fn a_message_that_is_deleted_is_taken_back_everywhere_once_and_its_writer_is_told() {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let ts = says(&stage, &thread, "It was Bo's key").await;
    settle(&stage).await;
    assert_eq!(count(&stage.comments(&case).await, "It was Bo's key"), 1);
    let deletion = stage.slack.deletes(&stage.channel, &ts).unwrap();
    let at = clock(&stage);
    deliver(&stage, &[deletion.clone(), deletion]).await;
    settle(&stage).await;
    let stands = format!("[withdrawn by ana, {at}]");
    assert_eq!(stage.case_comments(&case), [format!("ana, U024BE7LH (Slack):\n{stands}")]);
    assert_eq!(count(&stage.comments(&case).await, &stands), 1);
    is_taken_back(&stage, &case, "It was Bo's key").await;
    let heard = stage.since(&ana(), 0);
    assert!(heard.contains("AWS may have read it"), "{heard}");
    assert_eq!(stage.sir.count("UpdateCaseComment"), 1);
    // The check finds nothing else to take back.
    stage.minutes(130).await;
    deliver(&stage, &[]).await;
    assert_eq!(stage.sir.count("UpdateCaseComment"), 1);
}

#[tokio::test]
async fn a_deletion_and_an_edit_right_after_their_message_find_it_though_the_list_is_seconds_old() {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let old = json!({ "items": stage.sir.comments(&case), "total": 0 });
    let lags = || {
        stage.sir.fault(FaultRule::on("ListComments").times(2).answers_with(Canned {
            status: 200,
            headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
            body: old.to_string(),
        }))
    };
    let ts = says(&stage, &thread, "It was Bo's key").await;
    lags();
    deliver(&stage, &[stage.slack.edits(&ana(), &stage.channel, &ts, "It was Cy's key").unwrap()]).await;
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was Cy's key"]);
    lags();
    deliver(&stage, &[stage.slack.deletes(&stage.channel, &ts).unwrap()]).await;
    settle(&stage).await;
    is_gone(&stage, &case, "It was").await;
}

#[tokio::test]
async fn what_is_asked_of_a_comment_that_the_list_lacks_for_long_waits_and_nothing_is_said_that_is_not_so() {
    for by_number in [true, false] {
        let stage = Stage::set().await;
        let (case, thread, _) = told(&stage).await;
        let old = json!({ "items": stage.sir.comments(&case), "total": 0 });
        let lags = || {
            stage.sir.fault(FaultRule::on("ListComments").times(4).answers_with(Canned {
                status: 200,
                headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
                body: old.to_string(),
            }))
        };
        let ts = says(&stage, &thread, "It was Bo's key").await;
        let number = stage.sir.comments(&case)[0]["commentId"].as_str().unwrap().to_owned();
        let edited = match by_number {
            true => stage.slack.types(
                &ana(),
                &stage.channel,
                "/sir",
                &format!("{case} amend {number} It was Cy's key"),
            ),
            false => stage.slack.edits(&ana(), &stage.channel, &ts, "It was Cy's key").unwrap(),
        };
        let deleted = stage.slack.deletes(&stage.channel, &ts).unwrap();
        for (asked, stands) in [(edited, "It was Cy's key"), (deleted, "[withdrawn by ana, ")] {
            lags();
            assert_eq!(stage.deliver(&asked).await.0, 200);
            let (jobs, before, heard) = (stage.jobs(), stage.case_comments(&case), stage.since(&ana(), 0));
            assert_eq!(stage.work(&jobs).await, ["m0"], "it comes again");
            assert_eq!(
                (stage.case_comments(&case), stage.since(&ana(), 0)),
                (before, heard),
                "nothing is said"
            );
            assert_eq!(stage.work(&jobs).await, [""; 0]);
            assert_eq!(count(&stage.case_comments(&case), stands), 1, "{:?}", stage.case_comments(&case));
        }
        settle(&stage).await;
        is_gone(&stage, &case, "It was").await;
    }
}

/// Both ways: as they came, and the last one before the one before it.
#[tokio::test]
async fn what_is_said_otherwise_and_back_within_seconds_ends_as_it_began_and_the_record_has_all_three() {
    let said = |name: &str, words: &str| format!("{name}:\n{words}");
    for in_order in [true, false] {
        let stage = Stage::set().await;
        let (case, thread, key) = told(&stage).await;
        let ts = says(&stage, &thread, "It was A").await;
        let ana_there = stage.jira.ana();
        let id = stage.jira.person_comments(&ana_there, &key, "Jira has A").unwrap();
        deliver(&stage, &stage.jira.take_webhooks()).await;
        let of_aws = stage.sir.aws_comments(&case, "AWS Responder", "AWS says A").unwrap();
        let mut edits = ["It was B", "It was A"]
            .map(|words| stage.slack.edits(&ana(), &stage.channel, &ts, words).unwrap())
            .to_vec();
        for words in ["B", "A"] {
            stage.jira.person_edits_comment(&ana_there, &key, &id, &format!("Jira has {words}")).unwrap();
            let place = (case.clone(), of_aws.clone());
            stage.sir.aws_edits_comment(place, "AWS Responder", &format!("AWS says {words}")).unwrap();
            if in_order {
                deliver(&stage, &stage.jira.take_webhooks()).await;
            }
        }
        if !in_order {
            edits.reverse();
        }
        deliver(&stage, &edits).await;
        settle(&stage).await;
        stage.minutes(65).await;
        deliver(&stage, &[]).await;
        settle(&stage).await;
        let comments = stage.case_comments(&case);
        let expected = [
            said("ana, U024BE7LH (Slack)", "It was A"),
            said(&format!("Ana Alvarez, {ana_there} (Jira)"), "Jira has A"),
            "AWS says A".to_owned(),
        ];
        assert_eq!(comments, expected, "in order: {in_order}");
        let sides = [comments, stage.lines(&case).await, stage.comments(&case).await].concat();
        for words in ["It was B", "Jira has B", "AWS says B"] {
            assert_eq!(count(&sides, words), 0, "{words}, in order: {in_order}: {sides:#?}");
        }
        if in_order {
            let record: Vec<_> = record(&stage, &case).await.into_iter().map(|one| one.text).collect();
            for words in ["It was A", "It was B", "Jira has A", "Jira has B"] {
                assert_eq!(count(&record, words), 1, "{words}: {record:#?}");
            }
        }
    }
}

#[tokio::test]
async fn every_part_of_a_long_message_is_taken_back() {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let ts = says(&stage, &thread, &"log line 0123456789 ".repeat(650)).await;
    assert_eq!(stage.case_comments(&case).len(), 2);
    deliver(&stage, &[stage.slack.deletes(&stage.channel, &ts).unwrap()]).await;
    settle(&stage).await;
    let all = [stage.case_comments(&case), stage.comments(&case).await].concat();
    assert_eq!((count(&all, "log line"), count(&all, "[withdrawn by ana")), (0, 2), "{all:#?}");
    assert_eq!(record(&stage, &case).await.len(), 2);
}

#[tokio::test]
async fn a_deletion_whose_event_is_lost_is_found_by_the_check() {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let ts = says(&stage, &thread, "It was Bo's key").await;
    let kept = says(&stage, &thread, "web-2 is isolated").await;
    assert_ne!(ts, kept);
    stage.slack.deletes(&stage.channel, &ts).unwrap();
    stage.minutes(130).await;
    deliver(&stage, &[]).await;
    settle(&stage).await;
    is_taken_back(&stage, &case, "It was Bo's key").await;
    assert_eq!(count(&stage.case_comments(&case), "web-2 is isolated"), 1);
}

/// What the case reads two checks after a message was written and edited, of which events came as `heard` says.
async fn after_an_edit(
    text: &str,
    heard: impl AsyncFn(&Stage, &[SignedRequest], &SignedRequest),
) -> (Stage, Vec<String>) {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo's key", Some(&thread));
    stage.later(1_000);
    let edit = stage.slack.edits(&ana(), &stage.channel, &ts, text).unwrap();
    heard(&stage, &sent, &edit).await;
    for _ in 0..2 {
        stage.minutes(65).await;
        deliver(&stage, &[]).await;
        settle(&stage).await;
    }
    let comments = stage.case_comments(&case);
    (stage, comments)
}

#[tokio::test]
async fn an_edit_whose_event_is_lost_or_came_before_its_message_is_found_by_the_check_once() {
    let lost = after_an_edit("It was Cy's key", async |stage, sent, _| deliver(stage, sent).await).await;
    let early = after_an_edit("It was Cy's key", async |stage, sent, edit| {
        deliver(stage, std::slice::from_ref(edit)).await;
        deliver(stage, sent).await;
    })
    .await;
    for (stage, comments) in [lost, early] {
        assert_eq!(comments, ["ana, U024BE7LH (Slack):\nIt was Cy's key"]);
        assert_eq!(stage.sir.count("UpdateCaseComment"), 1);
    }
    // Where its event came, nothing is done twice.
    let (stage, comments) = after_an_edit("It was Cy's key", async |stage, sent, edit| {
        deliver(stage, &[sent, std::slice::from_ref(edit)].concat()).await;
    })
    .await;
    assert_eq!((comments.len(), stage.sir.count("UpdateCaseComment")), (1, 1));
}

#[tokio::test]
async fn an_edit_that_nobody_heard_of_is_judged_as_any_other() {
    let (_, kept) =
        after_an_edit("// It was Cy's key", async |stage, sent, _| deliver(stage, sent).await).await;
    assert!(kept[0].starts_with("ana, U024BE7LH (Slack):\n[withdrawn by ana, "), "{kept:?}");
    let key = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
    let (stage, secret) = after_an_edit(&key, async |stage, sent, _| deliver(stage, sent).await).await;
    assert_eq!(secret, ["ana, U024BE7LH (Slack):\nIt was Bo's key"]);
    assert_eq!(count(&[stage.since(&ana(), 0)], "looks like it holds"), 1, "said once");
}

#[tokio::test]
async fn what_a_workspace_keeps_no_longer_is_not_taken_back() {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let ts = says(&stage, &thread, "It was Bo's key").await;
    stage.minutes(25 * 60).await;
    // Who said it is known anew, and it is old all the same.
    deliver(&stage, &[stage.slack.edits(&ana(), &stage.channel, &ts, "It was Cy's key").unwrap()]).await;
    stage.slack.deletes(&stage.channel, &ts).unwrap();
    stage.minutes(130).await;
    deliver(&stage, &[]).await;
    assert_eq!(count(&stage.case_comments(&case), "It was Cy's key"), 1);
}

#[tokio::test]
async fn a_message_whose_deletion_is_heard_first_never_becomes_a_comment_nor_do_its_edits_and_files() {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let sent = stage.slack.says_with_file(
        &ana(),
        &stage.channel,
        "our notes",
        ("notes.txt", "text/plain"),
        "x",
        Some(&thread),
    );
    let ts = stage.slack.messages(&stage.channel).last().unwrap()["ts"].as_str().unwrap().to_owned();
    let edit = stage.slack.edits(&ana(), &stage.channel, &Ts::new(&ts), "our other notes").unwrap();
    let deletion = stage.slack.deletes(&stage.channel, &Ts::new(&ts)).unwrap();
    deliver(&stage, &[deletion]).await;
    deliver(&stage, &sent).await;
    deliver(&stage, &[edit]).await;
    assert_eq!(stage.case_comments(&case), [""; 0]);
    assert_eq!(stage.sir.count("GetCaseAttachmentUploadUrl"), 0);
}

#[tokio::test]
async fn files_stay_at_aws_and_their_writer_is_told() {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let file = ("auth.log", "text/plain");
    let (_, ts, sent) = stage.slack.shares(&ana(), &stage.channel, file, "bytes", Some(&thread));
    deliver(&stage, &[sent]).await;
    deliver(&stage, &[stage.slack.deletes(&stage.channel, &ts).unwrap()]).await;
    assert_eq!(count(&stage.case_comments(&case), "auth.log"), 0);
    assert_eq!(stage.sir.attachment(&case, "auth.log").unwrap(), "bytes");
    let heard = stage.since(&ana(), 0);
    assert!(heard.contains("Files that were attached with it stay on the case."), "{heard}");
}

#[tokio::test]
async fn on_a_closed_case_aws_keeps_it_and_everybody_else_reads_it_no_more() {
    let stage = Stage::set().await;
    let (case, thread, key) = told(&stage).await;
    let ts = says(&stage, &thread, "It was Bo's key").await;
    let id = stage.jira.person_comments(&stage.jira.ana(), &key, "and Cy's laptop").unwrap();
    settle(&stage).await;
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    settle(&stage).await;
    deliver(&stage, &[stage.slack.deletes(&stage.channel, &ts).unwrap()]).await;
    stage.jira.person_deletes_comment(&key, &id).unwrap();
    settle(&stage).await;
    for words in ["It was Bo's key", "and Cy's laptop"] {
        assert_eq!(count(&stage.case_comments(&case), words), 1);
        let elsewhere = [stage.lines(&case).await, stage.comments(&case).await].concat();
        assert_eq!(count(&elsewhere, words), 0, "{elsewhere:#?}");
        assert_eq!(count(&[record(&stage, &case).await[0].text.clone()], "Slack"), 1);
    }
    let heard = stage.since(&ana(), 0);
    assert!(heard.contains("AWS itself goes on showing it"), "{heard}");
    assert_eq!(count(&stage.comments(&case).await, "AWS itself goes on showing it"), 1);
    assert_eq!(stage.sir.count("UpdateCaseComment"), 0);
}

#[tokio::test]
async fn what_the_console_or_the_bridge_said_is_never_taken_back() {
    let stage = Stage::set().await;
    let (case, _, key) = told(&stage).await;
    stage.sir.aws_comments(&case, "AWS Responder", "Turn the key").unwrap();
    stage.ana(&format!("{case} comment It was Cy")).await;
    settle(&stage).await;
    for message in stage.thread(&case).await.iter().skip(1) {
        let ts = Ts::new(message["ts"].as_str().unwrap());
        deliver(&stage, &[stage.slack.deletes(&stage.channel, &ts).unwrap()]).await;
    }
    for comment in stage.jira.comments(&key) {
        stage.jira.person_deletes_comment(&key, comment["id"].as_str().unwrap()).unwrap();
    }
    settle(&stage).await;
    stage.minutes(130).await;
    deliver(&stage, &[]).await;
    let said = stage.case_comments(&case);
    assert_eq!((count(&said, "Turn the key"), count(&said, "It was Cy")), (1, 1), "{said:#?}");
    assert_eq!(stage.sir.count("UpdateCaseComment"), 0);
}

#[tokio::test]
async fn whoever_has_no_role_any_more_takes_back_what_they_said() {
    let mut stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let ts = says(&stage, &thread, "It was Bo's key").await;
    settle(&stage).await;
    stage.settings.roles = Default::default();
    deliver(&stage, &[stage.slack.deletes(&stage.channel, &ts).unwrap()]).await;
    settle(&stage).await;
    is_taken_back(&stage, &case, "It was Bo's key").await;
}

#[tokio::test]
async fn a_message_that_is_edited_to_stay_in_slack_is_taken_back_and_comes_again_when_it_is_edited_to_go() {
    let stage = Stage::set().await;
    let (case, thread, _) = told(&stage).await;
    let ts = says(&stage, &thread, "It was Bo's key").await;
    let edit = |text: &str| stage.slack.edits(&ana(), &stage.channel, &ts, text).unwrap();
    deliver(&stage, &[edit("// It was Bo's key")]).await;
    settle(&stage).await;
    let all = [stage.case_comments(&case), stage.comments(&case).await].concat();
    assert_eq!(count(&all, "Bo's key"), 0, "{all:#?}");
    deliver(&stage, &[edit("It was Cy's key")]).await;
    assert_eq!(stage.case_comments(&case), ["ana, U024BE7LH (Slack):\nIt was Cy's key"]);
}

#[tokio::test]
async fn the_first_message_of_a_thread_in_a_case_s_own_channel_is_taken_back_though_a_stone_is_left() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    settle(&stage).await;
    let (channel, _) = stage.card(&case).await;
    let (ts, sent) = stage.slack.says(&ana(), &channel, "It was Bo's key", None);
    deliver(&stage, &sent).await;
    let (answer, sent) = stage.slack.says(&ana(), &channel, "or Cy's", Some(&ts));
    deliver(&stage, &sent).await;
    assert_eq!(stage.case_comments(&case).len(), 2);
    let deletion = stage.slack.deletes(&channel, &ts).unwrap();
    assert!(String::from_utf8_lossy(&deletion.body).contains("tombstone"));
    deliver(&stage, &[deletion]).await;
    let said = stage.case_comments(&case);
    assert_eq!((count(&said, "Bo's key"), count(&said, "or Cy's")), (0, 1), "{said:#?}");
    // An answer in a thread is not among the channel's own messages, and stands there all the same.
    stage.minutes(130).await;
    deliver(&stage, &[]).await;
    assert_eq!(count(&stage.case_comments(&case), "or Cy's"), 1);
    stage.slack.deletes(&channel, &answer).unwrap();
    stage.minutes(130).await;
    deliver(&stage, &[]).await;
    assert_eq!(count(&stage.case_comments(&case), "or Cy's"), 0);
}

#[tokio::test]
async fn a_comment_of_an_issue_that_is_deleted_is_taken_back_and_the_issue_is_told_once() {
    for webhook_comes in [true, false] {
        let stage = Stage::set().await;
        let (case, _, key) = told(&stage).await;
        let id = stage.jira.person_comments(&stage.jira.ana(), &key, "It was Bo's key").unwrap();
        settle(&stage).await;
        assert_eq!(count(&stage.lines(&case).await, "It was Bo's key"), 1);
        stage.jira.person_deletes_comment(&key, &id).unwrap();

        if !webhook_comes {
            stage.jira.take_webhooks();
            stage.minutes(65).await;
        }
        settle(&stage).await;
        settle(&stage).await;
        let stands = "[withdrawn by Ana Alvarez, ";
        assert_eq!(count(&stage.lines(&case).await, "Ana Alvarez (Jira)"), 1);
        assert_eq!(count(&stage.case_comments(&case), stands), 1);
        assert_eq!(count(&stage.lines(&case).await, stands), 1);
        is_taken_back(&stage, &case, "It was Bo's key").await;
        assert_eq!(count(&stage.comments(&case).await, "AWS may have read it"), 1);
        stage.minutes(200).await;
        settle(&stage).await;
        assert_eq!(stage.sir.count("UpdateCaseComment"), 1);
        assert_eq!(count(&stage.comments(&case).await, "AWS may have read it"), 1);
    }
}

#[tokio::test]
async fn a_comment_that_becomes_restricted_or_internal_is_taken_back_and_said_again_when_it_is_for_everybody()
{
    // Whoever the bridge is may read it, or may not.
    for hidden in [
        json!({ "visibility": { "type": "role", "value": "Ours too" } }),
        json!({ "visibility": { "type": "role", "value": "Not ours" } }),
        json!({ "properties": [{ "key": "sd.public.comment", "value": { "internal": true } }] }),
    ] {
        let stage = Stage::set().await;
        let (case, _, key) = told(&stage).await;
        let ana = stage.jira.ana();
        stage.jira.add_role("Ours too", &[ana.clone(), stage.jira.own_account()]);
        stage.jira.add_role("Not ours", std::slice::from_ref(&ana));
        let body = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph",
            "content": [{ "type": "text", "text": "It was Bo's key" }] }] });
        let id = stage.jira.person_writes(&ana, &key, &json!({ "body": body })).unwrap();
        settle(&stage).await;
        let mut change = hidden.clone();
        change["body"] = body.clone();
        stage.jira.person_rewrites(&ana, &key, &id, &change).unwrap();
        settle(&stage).await;
        settle(&stage).await;
        let elsewhere = [stage.case_comments(&case), stage.lines(&case).await].concat();
        assert_eq!((count(&elsewhere, "Bo's key"), count(&elsewhere, "[withdrawn by Ana Alvarez")), (0, 2));
        assert_eq!(count(&stage.comments(&case).await, "AWS may have read it"), 1);
        stage.later(1_000);
        let open = json!({ "body": body, "visibility": null,
            "properties": [{ "key": "sd.public.comment", "value": { "internal": false } }] });
        stage.jira.person_rewrites(&ana, &key, &id, &open).unwrap();
        settle(&stage).await;
        assert_eq!(count(&stage.case_comments(&case), "It was Bo's key"), 1);
    }
}

#[tokio::test]
async fn a_comment_of_which_jira_does_not_say_that_it_is_gone_stays_until_it_does() {
    let stage = Stage::set().await;
    let (case, _, key) = told(&stage).await;
    let id = stage.jira.person_comments(&stage.jira.ana(), &key, "It was Bo's key").unwrap();
    settle(&stage).await;
    stage.jira.person_deletes_comment(&key, &id).unwrap();
    stage.jira.fault(FaultRule::on("getComment").once().answers(500));
    let webhook = stage.jira.take_webhooks().pop().unwrap();
    assert_eq!(stage.deliver(&webhook).await.0, 200);
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, ["m0"]);
    assert_eq!(count(&stage.case_comments(&case), "It was Bo's key"), 1);
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    assert_eq!(count(&stage.case_comments(&case), "It was Bo's key"), 0);
}

#[tokio::test]
async fn an_issue_that_is_deleted_with_its_comments_takes_back_none_of_them() {
    let stage = Stage::set().await;
    let (case, _, key) = told(&stage).await;
    let id = stage.jira.person_comments(&stage.jira.ana(), &key, "It was Bo's key").unwrap();
    settle(&stage).await;
    let deletion = {
        stage.jira.person_deletes_comment(&key, &id).unwrap();
        stage.jira.take_webhooks()
    };
    stage.jira.person_deletes(&stage.jira.ana(), &key).unwrap();
    let gone = stage.jira.take_webhooks();
    deliver(&stage, &gone).await;
    deliver(&stage, &deletion).await;
    assert_eq!(count(&stage.case_comments(&case), "It was Bo's key"), 1);
}

#[tokio::test]
async fn an_edit_keeps_the_earlier_text_in_the_record() {
    let stage = Stage::set().await;
    let (case, thread, key) = told(&stage).await;
    let ts = says(&stage, &thread, "It was Bo").await;
    let id = stage.jira.person_comments(&stage.jira.ana(), &key, "in Jira, first").unwrap();
    settle(&stage).await;
    stage.minutes(7 * 24 * 60).await;
    for words in ["It was Cy", "It was Di"] {
        deliver(&stage, &[stage.slack.edits(&ana(), &stage.channel, &ts, words).unwrap()]).await;
    }
    stage.jira.person_edits_comment(&stage.jira.ana(), &key, &id, "in Jira, then").unwrap();
    settle(&stage).await;
    let kept = record(&stage, &case).await;
    let texts: Vec<_> = kept.iter().map(|one| one.text.split_once(":\n").unwrap().1).collect();
    assert_eq!(texts, ["It was Bo", "It was Cy", "in Jira, first"]);
    assert!(kept.iter().all(|one| !one.withdrawn && one.by.contains(", ")), "{kept:#?}");
}
