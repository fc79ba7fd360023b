//! What people write in a thread stands on the case whole, whatever its form.

use casebridge::case::CaseId;
use casebridge::case::Ts;
use casebridge::targets::slack;
use casebridge::targets::slack::MessageRef;
use casebridge_lab::stage::{Stage, ana, bo};
use casebridge_lab::standins::SignedRequest;
use serde_json::{Value, json};

use super::words_in_jira::file;

/// The message, or the messages, of a file of `tests/words`.
fn events(name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(&file(name)).unwrap();
    match file {
        Value::Array(all) => all.into_iter().map(|one| one["event"].clone()).collect(),
        one => vec![one["event"].clone()],
    }
}

/// What a message says, without where and by whom.
fn fields(event: &Value) -> Value {
    let keep = ["text", "blocks", "attachments", "files", "subtype"];
    keep.iter().filter(|name| event.get(**name).is_some()).map(|name| (*name, event[*name].clone())).collect()
}

async fn all(stage: &Stage, sent: &[SignedRequest]) {
    for delivery in sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    while let jobs @ [_, ..] = &stage.jobs()[..] {
        assert_eq!(stage.work(jobs).await, [""; 0]);
    }
}

/// A case and its thread.
async fn thread(stage: &Stage) -> (CaseId, Ts) {
    let case = stage.sir.aws_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    (case, thread)
}

/// What stands on the case below the line that names the speaker.
fn said(stage: &Stage, case: &CaseId) -> Vec<String> {
    let bodies = stage.case_comments(case).into_iter();
    bodies.map(|body| body.strip_prefix("ana, U024BE7LH (Slack):\n").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_was_forwarded_or_pasted_stands_on_the_case_with_its_source() {
    for name in ["slack-forwarded", "slack-forwarded-with-words", "slack-table", "slack-table-only"] {
        let stage = Stage::set().await;
        let (case, thread) = thread(&stage).await;
        let event = fields(&events(&format!("{name}.json"))[0]);
        let (_, sent) = stage.slack.writes(&ana(), &stage.channel, &event, Some(&thread));
        all(&stage, &sent).await;
        let expected = file(&format!("{name}.expected.txt"));
        assert_eq!(said(&stage, &case), [expected.trim_end()], "{name}");
    }
}

#[tokio::test]
async fn a_forward_with_a_secret_in_it_is_withheld() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let key = ["AKIA", "IOSFODNN7EXAMPLA"].concat();
    let event = json!({ "attachments": [{ "is_share": true, "author_name": "al", "text": key }] });
    all(&stage, &stage.slack.writes(&ana(), &stage.channel, &event, Some(&thread)).1).await;
    assert_eq!(said(&stage, &case), [""; 0]);
    assert!(stage.since(&ana(), 0).contains("was not put on the case"));
}

#[tokio::test]
async fn a_preview_of_an_address_is_no_edit_and_no_words_of_its_writers() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, "see <https://a.example>", Some(&thread));
    all(&stage, &sent).await;
    let preview = json!([{ "from_url": "https://a.example", "title": "A page", "text": "its words" }]);
    let change = json!({ "attachments": preview, "edited": null });
    all(&stage, &[stage.slack.rewrites(&ana(), &stage.channel, &ts, &change).unwrap()]).await;
    assert_eq!(said(&stage, &case), ["see https://a.example"]);
    assert_eq!(stage.sir.count("UpdateCaseComment"), 0);
}

#[tokio::test]
async fn an_edit_keeps_the_files_of_its_message() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let messages = events("slack-file-message-edited.json");
    let mut first = fields(&messages[0]);
    // Not the file's bytes are meant here.
    first["files"] = json!([{ "name": "auth.log" }]);
    let (ts, sent) = stage.slack.writes(&ana(), &stage.channel, &first, Some(&thread));
    all(&stage, &sent).await;
    let mut told = said(&stage, &case);
    for edit in &messages[1..] {
        let change = json!({ "text": edit["message"]["text"] });
        all(&stage, &[stage.slack.rewrites(&ana(), &stage.channel, &ts, &change).unwrap()]).await;
        told.extend(said(&stage, &case));
    }
    let beside = "[On this message in Slack: auth.log]";
    let expected = [&format!("see teh log\n\n{beside}"), &format!("see the log\n\n{beside}"), beside];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_file_that_is_deleted_is_named_as_deleted_though_nobody_edited_its_message() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let message = json!({ "text": "see", "files": [{ "name": "auth.log" }] });
    let (ts, sent) = stage.slack.writes(&ana(), &stage.channel, &message, Some(&thread));
    all(&stage, &sent).await;
    let change = json!({ "files": [{ "id": "F0AUTHLOG1", "mode": "tombstone" }], "edited": null });
    all(&stage, &[stage.slack.rewrites(&ana(), &stage.channel, &ts, &change).unwrap()]).await;
    assert_eq!(said(&stage, &case), ["see\n\n[On this message in Slack: a deleted file]"]);
}

#[tokio::test]
async fn a_file_without_a_name_is_asked_for_it_and_one_that_is_gone_is_told_as_gone() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let stubs: Value = serde_json::from_str(&file("slack-file-stubs.json")).unwrap();
    let shared = stage.slack.add_file(&ana(), "vendor-report.pdf", "application/pdf", "%PDF");
    let mut first = fields(&stubs["events"][0]["event"]);
    first["files"][0]["id"] = json!(shared);
    all(&stage, &stage.slack.writes(&ana(), &stage.channel, &first, Some(&thread)).1).await;
    let second = fields(&stubs["events"][1]["event"]);
    all(&stage, &stage.slack.writes(&ana(), &stage.channel, &second, Some(&thread)).1).await;
    assert_eq!(json!(said(&stage, &case)), stubs["expected"]);
}

#[tokio::test]
async fn groups_and_channels_are_named_and_their_ids_stand_where_slack_tells_no_name() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let group = stage.slack.add_group("sec-oncall", &[]);
    let channel = stage.slack.add_channel("alerts", false, &[ana()]);
    let hidden = stage.slack.add_channel("board", true, &[ana()]);
    for (text, expected) in [
        (format!("Ask <!subteam^{group}> in <#{channel}>."), "Ask @sec-oncall in #alerts.".to_owned()),
        (format!("Ask <!subteam^{group}|@old> in <#{channel}|>."), "Ask @old in #alerts.".to_owned()),
        (format!("Not <!subteam^S0NOBODY1> in <#{hidden}>"), format!("Not @S0NOBODY1 in #{hidden}")),
    ] {
        all(&stage, &stage.slack.says(&ana(), &stage.channel, &text, Some(&thread)).1).await;
        assert_eq!(said(&stage, &case).pop().unwrap(), expected);
    }
    stage.slack.revoke("usergroups:read");
    stage.expects("missing_scope");
    let other = stage.slack.add_group("sec-leads", &[]);
    all(&stage, &stage.slack.says(&ana(), &stage.channel, &format!("<!subteam^{other}>"), Some(&thread)).1)
        .await;
    assert_eq!(said(&stage, &case).pop().unwrap(), format!("@{other}"));
}

#[tokio::test]
async fn a_reply_is_read_without_the_marks_of_bold_and_italic_with_rich_text_or_without() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let styled = |text: &str, style: &str| json!({ "type": "text", "text": text, "style": { style: true } });
    let elements = json!([
        styled("done", "bold"),
        { "type": "text", "text": " " },
        { "type": "emoji", "name": "tada", "unicode": "1f389" },
        { "type": "text", "text": " 2 * 3 " },
        styled("cat *.log", "code"),
    ]);
    let blocks =
        json!([{ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": elements }] }]);
    let written = json!({ "text": "*done* :tada: 2 * 3 `cat *.log`", "blocks": blocks });
    for (message, expected) in [
        (written, "done 🎉 2 * 3 `cat *.log`"),
        (json!({ "text": "*done* _now_: rm *.log and `*x*`" }), "done now: rm *.log and `*x*`"),
    ] {
        all(&stage, &stage.slack.writes(&ana(), &stage.channel, &message, Some(&thread)).1).await;
        assert_eq!(said(&stage, &case).pop().unwrap(), expected);
    }
    stage.notify().await;
    assert!(stage.comments(&case).await.concat().contains("done 🎉"), "and so it stands in the issue");
}

#[tokio::test]
async fn what_is_typed_names_people_groups_and_channels_too_whichever_door_it_comes_by() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let (bo, (.., bot, _)) = (bo(), stage.slack.app());
    let (group, channel) =
        (stage.slack.add_group("sec-oncall", &[]), stage.slack.add_channel("alerts", false, &[ana()]));
    let words = format!("Ask <@{bo}>, <!subteam^{group}> in <#{channel}>, not <@U0NOBODY01>");
    let named = "Ask @bo, @sec-oncall in #alerts, not @U0NOBODY01";
    stage.ana(&format!("{case} comment {words}")).await;
    assert_eq!(said(&stage, &case).pop().unwrap(), named);
    let mention = format!("<@{bot}> comment By mention: {words}");
    all(&stage, &stage.slack.says(&ana(), &stage.channel, &mention, Some(&thread)).1).await;
    assert_eq!(said(&stage, &case).pop().unwrap(), format!("By mention: {named}"));
    let comment = stage.sir.comments(&case).pop().unwrap()["commentId"].as_str().unwrap().to_owned();
    stage.ana(&format!("{case} amend {comment} Amended: {words}")).await;
    assert_eq!(said(&stage, &case).pop().unwrap(), format!("Amended: {named}"));
    let odd = stage.slack.add_user(&["AKIA", "IOSFODNN7EXAMPLE"].concat(), "odd@example.com", &json!({}));
    for field in ["title", "describe"] {
        stage.ana(&format!("{case} {field} {words}")).await;
        let answer = stage.ana(&format!("{case} {field} Ask <@{odd}>")).await;
        assert!(answer.contains("looks like it holds an AWS access key id"), "{answer}");
    }
    stage.sir.investigates(&case, &json!({})).unwrap();
    stage.ana(&format!("{case} ai useful 1 {words}")).await;
    let state = stage.sir.state();
    assert!(state.to_string().contains(&format!("\"comment\":\"{named}\"")), "{state}");
    let case = stage.sir.case(&case).unwrap();
    assert_eq!([&case["title"], &case["description"]], [named, named]);
}

#[tokio::test]
async fn a_message_that_a_case_cannot_hold_in_one_becomes_numbered_parts_and_follows_its_edits() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let words = |end: &str| "log line 0123456789 ".repeat(650) + end;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, &words("end"), Some(&thread));
    all(&stage, &sent).await;
    let parts = |stage: &Stage| -> (Vec<String>, String) {
        let bodies = stage.case_comments(&case);
        let split = bodies.iter().map(|body| body.split_once(":\n").unwrap());
        split.map(|(head, words)| (head.to_owned(), words.to_owned())).unzip()
    };
    let [first, second] = ["ana, U024BE7LH (Slack) · part 1 of 2", "ana, U024BE7LH (Slack) · part 2 of 2"];
    assert_eq!(parts(&stage), (vec![first.to_owned(), second.to_owned()], words("end")));
    all(&stage, &[stage.slack.edits(&ana(), &stage.channel, &ts, "short").unwrap()]).await;
    let (heads, said) = parts(&stage);
    assert_eq!(
        (heads, said.as_str()),
        (vec!["ana, U024BE7LH (Slack)".to_owned(); 2], "short(This part fell away.)")
    );
    all(&stage, &[stage.slack.edits(&ana(), &stage.channel, &ts, &words("the end")).unwrap()]).await;
    assert_eq!(parts(&stage), (vec![first.to_owned(), second.to_owned()], words("the end")));
    stage.notify().await;
    assert_eq!(stage.slack.thread(&stage.channel, &thread).len(), 2, "the thread is not told its own words");
}

#[tokio::test]
async fn a_file_in_the_thread_is_attached_byte_for_byte_and_its_writer_hears_nothing() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let (name, bytes) = (("timeline.txt", "text/plain"), "03:10 web-2 is off\n");
    let sent = stage.slack.says_with_file(&ana(), &stage.channel, "our notes", name, bytes, Some(&thread));
    all(&stage, &[sent.clone(), sent].concat()).await;
    assert_eq!(said(&stage, &case), ["our notes\n\n[On this message in Slack: timeline.txt]"]);
    assert_eq!(stage.sir.attachment(&case, "timeline.txt").unwrap(), bytes);
    assert_eq!(stage.sir.case(&case).unwrap()["caseAttachments"].as_array().unwrap().len(), 1);
    assert_eq!(stage.since(&ana(), 0), "");
    // Under another name it is said which.
    let odd = stage.slack.shares(&ana(), &stage.channel, ("Größe.txt", "text/plain"), "1", Some(&thread)).2;
    all(&stage, &[odd]).await;
    assert!(said(&stage, &case)[2].contains("Gr_e.txt (in Slack: Größe.txt)"), "{:?}", said(&stage, &case));
}

#[tokio::test]
async fn a_file_in_the_thread_that_cannot_be_attached_is_named_and_its_writer_hears_why() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let shared = stage.slack.add_file(&ana(), "dump.zip", "application/zip", "x");
    stage.slack.set_file(&shared, &json!({ "size": 200_000_000 }));
    let plan = json!({ "id": "F0CANVAS01", "name": "Plan", "mode": "quip", "filetype": "quip", "permalink": "https://a.example/F0" });
    let message = json!({ "files": [{ "id": shared, "name": "dump.zip" }, plan], "subtype": "file_share" });
    all(&stage, &stage.slack.writes(&ana(), &stage.channel, &message, Some(&thread)).1).await;
    let beside = "[On this message in Slack: dump.zip, Plan (https://a.example/F0)]";
    assert_eq!(said(&stage, &case), [beside]);
    let shown = stage.since(&ana(), 0);
    assert!(
        shown.contains("dump.zip")
            && shown.contains("at most 100 MiB")
            && shown.contains("Nothing was attached"),
        "{shown}"
    );
    assert_eq!(stage.sir.count("GetCaseAttachmentUploadUrl"), 0);
}

#[tokio::test]
async fn a_message_whose_event_was_lost_says_the_same_as_its_event() {
    let stage = Stage::set().await;
    let (_, thread) = thread(&stage).await;
    let forward = fields(&events("slack-forwarded-with-words.json")[0]);
    let table = fields(&events("slack-table-only.json")[0]);
    let stubs = json!({ "text": "see", "files": [{ "id": "F0CONNECT1", "name": null }, { "id": "F0AUTHLOG1", "name": "auth.log" }] });
    for message in [forward, table, stubs] {
        let (_, sent) = stage.slack.writes(&ana(), &stage.channel, &message, Some(&thread));
        assert_eq!(stage.deliver(&sent[0]).await.0, 200);
        let job = stage.job();
        let card = MessageRef { channel: stage.channel.clone(), ts: thread.clone() };
        let page = stage.bridge().slack().replies(&card, None).await.unwrap();
        let heard = slack::said_by_a_person(page.items.last().unwrap().clone()).unwrap();
        let home =
            casebridge::state::notes::Home { place: stage.channel.to_string(), name: thread.to_string() };
        let found = casebridge::chat::said::said(&stage.settings, &home, &heard, 1);
        let [found, job] = [found, job].map(|job| serde_json::to_value(job).unwrap());
        assert!(found["did"] == job["did"], "{message}");
    }
}

#[tokio::test]
async fn a_name_that_only_slack_knows_is_looked_at_too() {
    let stage = Stage::set().await;
    let (case, thread) = thread(&stage).await;
    let name = "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let odd = stage.slack.add_user(name, "odd@example.com", &json!({}));
    let channel = stage.channel.clone();
    let (_, sent) = stage.slack.says(&ana(), &channel, &format!("Ask <@{odd}>"), Some(&thread));
    all(&stage, &sent).await;
    assert_eq!(stage.case_comments(&case), [""; 0]);
    let told = stage.since(&ana(), 0);
    assert!(told.contains("was not put on the case") || told.contains("nothing of it was kept"), "{told}");
}
