//! Every verb: what is typed, which operation is asked for, and what the person reads.

use casebridge_lab::stage::{Stage, ana};
use casebridge_lab::standins::{FaultRule, SlackStandin};
use serde_json::{Value, json};

#[tokio::test]
async fn every_verb_of_a_case_calls_its_operation_and_says_what_came_of_it() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.aws_attaches(&case, "log.txt", "bytes").unwrap();
    stage.sir.investigates(&case, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    for (line, operation, words) in [
        ("show", "GetCase", "Key leaked"),
        ("show --full", "ListTagsForResource", "Description"),
        ("tray", "GetCase", "Next move"),
        ("comments", "ListComments", "Nobody has commented"),
        ("comment It was *Bo's* key", "CreateCaseComment", "Your comment is on case"),
        ("comments", "ListComments", "It was *Bo's* key"),
        ("history", "ListCaseEdits", "The latest changes"),
        ("status", "GetCase", "It can go to"),
        ("status detect", "UpdateCaseStatus", "from Submitted to Detection and Analysis"),
        ("status detect", "GetCase", "already in Detection and Analysis"),
        ("title Key of the build account leaked", "UpdateCase", "Key of the build account leaked"),
        ("describe Seen in a public repository.", "UpdateCase", "as you wrote"),
        ("type investigation", "UpdateCase", "Investigation"),
        ("started 2026-03-01 09:30 UTC", "UpdateCase", "2026-03-01 09:30 UTC"),
        ("watch bo@example.com", "UpdateCase", "now has the watcher bo@example.com"),
        ("watch", "UpdateCase", "ana@example.com"),
        ("watchers", "GetCase", "bo@example.com"),
        ("unwatch bo@example.com", "UpdateCase", "no longer has"),
        ("unwatch bo@example.com", "GetCase", "did not have"),
        ("impact add region eu-central-1", "UpdateCase", "eu-central-1"),
        ("impact add account 444455556666", "UpdateCase", "444455556666"),
        ("impact add service \"Amazon S3\"", "UpdateCase", "Amazon S3"),
        ("impact rm region eu-central-1", "UpdateCase", "no longer has the Region"),
        ("actor add 2001:db9::1", "UpdateCase", "2001:DB9:0:0:0:0:0:1"),
        ("actor rm 2001:db9::1", "UpdateCase", "no longer has the threat actor address"),
        ("tag add team=red", "TagResource", "team=red"),
        ("tag list", "ListTagsForResource", "team"),
        ("tag rm team", "UntagResource", "no longer has the tag"),
        ("files", "GetCase", "log.txt"),
        ("get 1", "GetCaseAttachmentDownloadUrl", "Only you see this link"),
        ("ai", "ListInvestigations", "Who used the key?"),
        ("ai useful 1 It found the role.", "SendFeedback", "useful"),
    ] {
        stage.sir.take_calls();
        let shown = stage.ana(&format!("{case} {line}")).await;
        assert!(shown.contains(words), "{line}: {shown}");
        assert_eq!(stage.granted(operation).min(1), 1, "{line} does not ask {operation}: {shown}");
        let complaints = SlackStandin::block_complaints(&stage.latest()["blocks"]);
        assert_eq!(complaints, [""; 0], "{line}");
    }
}

#[tokio::test]
async fn every_verb_of_the_organisation_calls_its_operation() {
    let stage = Stage::set().await;
    let (administrator, invitation) = stage.hub.invitation();
    for (line, operation, words) in [
        ("list".to_owned(), "ListCases", "No case is open."),
        ("membership list".to_owned(), "ListMemberships", "Memberships: 1"),
        ("membership show".to_owned(), "GetMembership", "Incident response team"),
        ("membership accounts 111122223333".to_owned(), "BatchGetMemberAccountDetails", "111122223333"),
        ("membership metrics".to_owned(), "GetFindingMetrics", "From Security Hub"),
        ("hub admin".to_owned(), "GetAdministratorAccount", "no administrator"),
        ("hub members".to_owned(), "ListMembers", "Members in Security Hub"),
        ("hub member 222233334444".to_owned(), "GetMembers", "222233334444"),
        ("hub products".to_owned(), "DescribeProducts", "Products in Security Hub"),
        (
            format!("hub accept {administrator} {invitation}"),
            "AcceptAdministratorInvitation",
            "administers this one",
        ),
        ("hub leave".to_owned(), "DisassociateFromAdministratorAccount", "no administrator"),
        ("membership update --name \"New name\"".to_owned(), "UpdateMembership", "is changed"),
        ("membership cancel".to_owned(), "CancelMembership", "is cancelled"),
        ("membership resume".to_owned(), "UpdateMembership", "goes on"),
        ("doctor".to_owned(), "ListCases", "work: slack.token"),
    ] {
        stage.sir.take_calls();
        stage.hub.take_calls();
        stage.another_asked_for_the_end().await;
        let mut shown = stage.ana(&line).await;
        if stage.latest().to_string().contains("confirm/1") {
            shown = stage.presses(&ana(), "confirm/1").await;
        }
        assert!(shown.contains(words), "{line}: {shown}");
        let heard = stage.granted(operation) + stage.hub.count(operation);
        assert!(heard >= 1, "{line} does not ask {operation}: {shown}");
    }
}

#[tokio::test]
async fn the_case_is_the_one_that_was_named_else_the_threads_else_it_is_asked_for() {
    let stage = Stage::set().await;
    let first = stage.sir.console_creates_case("The first");
    let second = stage.sir.console_creates_case("The second");
    let asked = stage.ana("title Chosen").await;
    assert!(
        asked.contains("Which case?") && asked.contains(first.as_str()) && asked.contains(second.as_str()),
        "{asked}"
    );
    let done = stage.presses(&ana(), "run/1").await;
    assert!(done.contains("Chosen"), "{done}");
    let thread = stage.thread_of(&first).await;
    let (.., bot, _) = stage.slack.app();
    let (_, sent) =
        stage.slack.says(&ana(), &stage.channel, &format!("<@{bot}> title By mention"), Some(&thread));
    for delivery in &sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.sir.case(&first).unwrap()["title"], "By mention");
    assert_eq!(stage.latest()["thread_ts"], thread.as_str());
    assert_eq!(stage.case_comments(&first).len(), 0, "a command is not a comment");
}

#[tokio::test]
async fn on_a_case_that_aws_works_the_status_is_awss_and_another_way_is_offered() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Credentials used from a new country");
    let shown = stage.ana(&format!("{case} status detect")).await;
    assert!(shown.contains("AWS alone sets its status"), "{shown}");
    assert!(stage.latest().to_string().contains("close"));
    assert_eq!(stage.sir.count("UpdateCaseStatus"), 0);
    let closed = stage.sir.console_creates_case("Old");
    stage.sir.aws_closes(&closed, "Duplicate").unwrap();
    let shown = stage.ana(&format!("{closed} title New")).await;
    assert!(shown.contains("is closed") && shown.contains("title New"), "{shown}");
    assert!(stage.ana(&format!("{closed} close")).await.contains("is closed already"));
}

#[tokio::test]
async fn each_refusal_of_the_service_has_its_answer_and_gives_back_what_was_typed() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let line = format!("{case} title Another");
    for (error, words) in [
        ("AccessDeniedException", "security-ir:UpdateCase"),
        ("ConflictException", "does not fit how things stand"),
        ("ResourceNotFoundException", "does not find what this is about"),
        ("SecurityIncidentResponseNotActiveException", "no active membership"),
        ("ServiceQuotaExceededException", "quota"),
        ("ValidationException", "does not accept this"),
    ] {
        stage.sir.fault(FaultRule::on("UpdateCase").once().error(error));
        let shown = stage.ana(&line).await;
        assert!(shown.contains(words) && shown.contains("title Another"), "{error}: {shown}");
    }
    stage.sir.fault(FaultRule::on("UpdateCase").times(9).throttled(Some("60")));
    let shown = stage.ana(&line).await;
    assert!(shown.contains("too much to do") && shown.contains("title Another"), "{shown}");
    stage.sir.heal();
    assert_eq!(stage.sir.case(&case).unwrap()["title"], "Key leaked");
    let shown = stage.ana("9999999999 show").await;
    assert!(shown.contains("There is no case 9999999999."), "{shown}");
}

#[tokio::test]
async fn a_limit_is_named_before_anything_is_asked_for() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let most = (0..30).map(|each| format!("w{each}@example.com")).collect::<Vec<_>>().join(" ");
    assert!(stage.ana(&format!("{case} watch {most}")).await.contains("now has the watchers"));
    stage.sir.take_calls();
    let shown = stage.ana(&format!("{case} watch one.more@example.com")).await;
    assert!(shown.contains("30") && shown.contains("one.more@example.com"), "{shown}");
    let long = "x".repeat(11_999);
    let shown = stage.ana(&format!("{case} comment {long}")).await;
    assert!(shown.contains("12,000") || shown.contains("12000"), "{shown}");
    assert_eq!(stage.sir.count("UpdateCase") + stage.sir.count("CreateCaseComment"), 0);
}

#[tokio::test]
async fn what_others_wrote_stays_text_in_every_answer() {
    let stage = Stage::set().await;
    let evil = "<!channel> <@U024BE7LH> *bold* https://evil.example <https://evil.example|here>";
    let case = stage.sir.console_creates_case(evil);
    stage.sir.aws_comments(&case, "AWS Responder", evil).unwrap();
    for line in ["show --full", "comments", "status"] {
        stage.ana(&format!("{case} {line}")).await;
        assert_eq!(SlackStandin::live_in(&stage.latest()).len(), 0, "{line}");
        // The text that stands in for the blocks is code as a whole.
        let latest = stage.latest();
        assert!(latest["text"].as_str().unwrap().starts_with("```"), "{line}");
        assert_eq!(SlackStandin::formatted(&json!({ "blocks": latest["blocks"] })), [""; 0], "{line}");
    }
    stage.ana("list").await;
    assert_eq!(SlackStandin::live_in(&stage.latest()).len(), 0);
    stage.ana(&format!("{case} title <!here> {evil}")).await;
    assert_eq!(SlackStandin::live_in(&stage.latest()).len(), 0);
}

#[tokio::test]
async fn one_job_that_cannot_be_done_holds_up_its_own_group_only() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let other = stage.sir.console_creates_case("Another");
    for line in [format!("{case} title A"), format!("{case} title B"), format!("{other} title C")] {
        stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &line)).await;
    }
    let jobs = stage.jobs();
    stage.sir.fault(FaultRule::on("UpdateCase").path(case.as_str()).reset_before());
    assert_eq!(stage.work(&jobs).await, ["m0", "m1"]);
    assert_eq!(stage.sir.case(&other).unwrap()["title"], "C");
    stage.sir.heal();
    assert_eq!(stage.work(&jobs[..2]).await, [""; 0]);
    assert_eq!(stage.sir.case(&case).unwrap()["title"], "B");
    let unreadable =
        casebridge::runtime::QueueMessage { group: "x".to_owned(), id: "y".to_owned(), body: "{".to_owned() };
    assert_eq!(stage.work(&[unreadable, jobs[2].clone()]).await, ["m0"]);
    assert_eq!(stage.work(&[]).await, [""; 0]);
    assert!(casebridge::chat::handle(&stage.bridge(), &Value::Null, 0).await.is_err());
}

/// As somebody in New York writes it who thinks of no zone.
fn there(at: i64) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at - 18_000).unwrap();
    at.format(time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]")).unwrap()
}

#[tokio::test]
async fn a_moment_is_on_the_clock_of_whoever_says_it_and_is_said_back() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.slack.set_user(&ana(), &json!({ "tz": "America/New_York", "tz_offset": -18_000 }));
    let answer = stage.ana(&format!("{case} started 2026-03-01 09:30")).await;
    assert!(answer.contains("is now 2026-03-01 14:30 UTC"), "{answer}");
    let began = &stage.sir.case(&case).unwrap()["actualIncidentStartDate"];
    assert_eq!(began.as_f64(), Some(1_772_375_400.0));
    let now = stage.now() / 1_000;
    let answer = stage.ana(&format!("{case} started {}", there(now + 3_600))).await;
    assert!(answer.contains("has not come yet"), "{answer}");
    assert_eq!(&stage.sir.case(&case).unwrap()["actualIncidentStartDate"], began);
    let answer = stage.ana(&format!("{case} timeline {}", there(now + 3_600))).await;
    assert!(answer.starts_with("Nothing happened on case"), "{answer}");
    let answer = stage.ana(&format!("{case} timeline {}", there(now - 3_600))).await;
    assert!(answer.contains("opened the case"), "{answer}");
    let answer = stage.ana(&format!("{case} timeline 2020-01-01")).await;
    assert!(answer.contains("since 2020-01-01 05:00 UTC, the newest at the end"), "{answer}");
    let answer = stage.ana(&format!("{case} timeline 2020-01-01T00:00:00Z")).await;
    assert!(answer.contains("since 2020-01-01 00:00 UTC"), "{answer}");
}

#[tokio::test]
async fn each_verb_has_its_help_and_is_heard_in_a_thread() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    let (channel, card) = stage.card(&case).await;
    let bot = stage.slack.app().2;
    let mut heard = 0;
    for verb in casebridge::chat::verbs::all() {
        let help = stage.ana(&format!("help {}", verb.name)).await;
        assert!(help.contains(&format!("/sir {}", verb.name)), "{}: {help}", verb.name);
        assert!(help.contains("For example: "), "{}: {help}", verb.name);
        let example = verb.examples[0].trim_start_matches("1234567890").trim_start();
        let (_, sent) = stage.slack.says(&ana(), &channel, &format!("<@{bot}> {example}"), Some(&card));
        let before = (stage.slack.ephemerals(&ana()).len(), stage.slack.messages(&channel).len());
        for delivery in &sent {
            assert_eq!(stage.deliver(delivery).await.0, 200);
        }
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        let after = (stage.slack.ephemerals(&ana()).len(), stage.slack.messages(&channel).len());
        assert!(after.0 > before.0 || after.1 > before.1, "{example}: nothing was answered");
        let answer = stage.since(&ana(), before.0);
        assert!(
            !answer.contains("is not a verb") && !answer.contains("How to say it"),
            "{example}: {answer}"
        );
        heard += 1;
    }
    assert!(heard > 60, "{heard}");
    assert_eq!(stage.case_comments(&case).iter().filter(|one| one.contains("@Casebridge")).count(), 0);
}

#[tokio::test]
async fn what_a_night_needs_is_a_press_away() {
    let clocks = "[notify.clocks.NIS2]\n'Early warning' = 24\n";
    let stage = Stage::with("", clocks).await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    let (_, card) = stage.card(&case).await;
    let offered = |shown: &Value| {
        let mut all = Vec::new();
        values(shown, &mut all);
        all
    };
    let on_card = offered(&stage.slack.message(&stage.channel, &card).unwrap());
    for verb in ["comment", "take", "tray", "status detect", "timeline", "show --full", "close"] {
        assert!(on_card.contains(&format!("{case} {verb}")), "{verb}: {on_card:?}");
    }
    for (asked, verbs) in [
        ("tray", vec!["comment", "status", "watch", "edit", "files", "attach", "clock", "brief"]),
        ("brief", vec!["timeline", "take", "owner", "restrict"]),
        ("owner", vec!["take", "owner"]),
        ("clock", vec!["clock NIS2", "clock"]),
    ] {
        stage.ana(&format!("{case} {asked}")).await;
        let there = offered(&stage.latest());
        for verb in verbs {
            assert!(there.contains(&format!("{case} {verb}")), "{asked} offers no {verb}: {there:?}");
        }
    }
}

/// What stands behind everything that can be pressed or chosen.
fn values(shown: &Value, found: &mut Vec<String>) {
    match shown {
        Value::Array(items) => items.iter().for_each(|item| values(item, found)),
        Value::Object(map) => {
            found.extend(map.get("value").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| values(value, found));
        }
        _ => {}
    }
}
