//! Who is called in Slack, when, and how often: over the wire, with the clock moved by hand.

use casebridge_lab::stage::{ANA, BO, Stage, ana, bo};
use casebridge_lab::standins::{FaultRule, SlackStandin};
use serde_json::{Value, json};

const NOTIFY: &str =
    "[notify]\nnew_case = ['U024BE7LJ']\nyour_move = ['owner', 'U024BE7LJ']\noverdue = ['U024BE7LH']\n";

/// What of a thread is shown in the channel too, and whom each mentions.
async fn calls(stage: &Stage, case: &casebridge::case::CaseId) -> Vec<(String, Vec<String>)> {
    let thread = stage.thread(case).await;
    let shown = thread.iter().filter(|message| message["subtype"] == "thread_broadcast");
    shown.map(|message| (SlackStandin::shown(message), mentioned(message))).collect()
}

fn mentioned(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(mentioned).collect(),
        Value::Object(map) if map.get("type").is_some_and(|kind| kind == "user") => {
            vec![map["user_id"].as_str().unwrap().to_owned()]
        }
        Value::Object(map) => map.values().flat_map(mentioned).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_night_calls_who_the_settings_say_and_stops_when_somebody_takes_it() {
    let stage = Stage::with("", NOTIFY).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let new = calls(&stage, &case).await;
    assert_eq!(new.len(), 1, "{new:?}");
    assert!(new[0].0.starts_with("🚨 A new case"), "{new:?}");
    assert_eq!(new[0].1, [BO]);
    stage.minutes(2).await;
    stage.sir.aws_comments(&case, "AWS Responder", "Did your team create this key?").unwrap();
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    stage.notify().await;
    let asked = calls(&stage, &case).await;
    assert_eq!(asked.len(), 2, "{asked:?}");
    let start = "👉 Your move: AWS waits for an answer @U024BE7LJ · AWS Responder · ";
    assert!(asked[1].0.starts_with(start) && asked[1].0.ends_with("create this key?"), "{asked:?}");
    assert_eq!(asked[1].1, [BO]);
    stage.minutes(14).await;
    assert_eq!(calls(&stage, &case).await.len(), 2, "not a minute too early");
    stage.minutes(2).await;
    let late = calls(&stage, &case).await;
    assert_eq!(late.len(), 3, "{late:?}");
    assert_eq!(late[2].1, [BO, ANA], "those of your_move, and those of overdue");
    stage.minutes(20).await;
    assert_eq!(calls(&stage, &case).await.len(), 3, "once a step");
    stage.types(&ana(), &format!("{case} take")).await;
    stage.notify().await;
    assert!(stage.lines(&case).await.iter().any(|line| line.starts_with("🙋 @U024BE7LH took this case")));
    let card = &stage.lines(&case).await[0];
    assert!(card.contains("@U024BE7LH has it") && card.contains("[Brief]"), "{card}");
    stage.minutes(60).await;
    assert_eq!(calls(&stage, &case).await.len(), 3, "whoever took it has it");
}

#[tokio::test]
async fn what_only_the_table_knows_stands_there_without_a_sweep() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let before = (stage.sir.count("GetCase"), stage.now());
    stage.types(&ana(), &format!("{case} take")).await;
    assert!(stage.soon().await, "notify was asked");
    let lines = stage.lines(&case).await;
    assert!(lines[0].contains("@U024BE7LH has it") && lines.last().unwrap().starts_with("🙋"), "{lines:?}");
    assert_eq!(stage.sir.count("GetCase") - before.0, 2, "one for the command, one look");
    assert!(stage.now() - before.1 < 5_000);
    let key = stage.home(&case, casebridge::targets::jira::KIND).await.name;
    stage.jira.person_deletes(&stage.jira.ana(), &key).unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "Any news?").unwrap();
    stage.events().await;
    stage.types(&ana(), &format!("{case} jira open")).await;
    assert!(stage.soon().await);
    assert_ne!(stage.home(&case, casebridge::targets::jira::KIND).await.name, key);
}

#[tokio::test]
async fn an_answer_of_ours_ends_it_and_without_names_the_thread_still_says_so() {
    let stage = Stage::set().await;
    let answered = stage.sir.aws_creates_case("Answered");
    let open = stage.sir.aws_creates_case("Open");
    for case in [&answered, &open] {
        stage.sir.aws_comments(case, "AWS Responder", "Is this yours?").unwrap();
        stage.sir.aws_sets_pending_action(case, "Customer").unwrap();
    }
    stage.notify().await;
    assert_eq!(calls(&stage, &open).await.len(), 0, "nobody is named, so nobody is called");
    stage.minutes(5).await;
    stage.ana(&format!("{answered} comment It is ours.")).await;
    stage.minutes(70).await;
    assert_eq!(calls(&stage, &answered).await.len(), 0);
    let late = calls(&stage, &open).await;
    assert_eq!(late.len(), 2, "after a quarter of an hour, and after an hour: {late:?}");
    assert!(
        late.iter().all(|(line, whom)| line.starts_with("👉 AWS still waits") && whom.is_empty()),
        "{late:?}"
    );
}

#[tokio::test]
async fn after_our_answer_it_is_awss_move_since_then_until_aws_asks_again() {
    let stage = Stage::with("", NOTIFY).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "Is this yours?").unwrap();
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    stage.notify().await;
    let card = async || stage.lines(&case).await[0].clone();
    assert!(card().await.contains("👉 Your move: AWS waits for an answer, since"), "{}", card().await);
    assert!(card().await.contains("Is this yours?"));
    stage.minutes(5).await;
    stage.ana(&format!("{case} comment It is ours.")).await;
    stage.notify().await;
    let shown = card().await;
    assert!(shown.contains("⏳ AWS's move, since") && !shown.contains("Your move"), "{shown}");
    assert!(!shown.contains("Is this yours?"), "it waits for no answer: {shown}");
    for asked in ["show", "brief", "list", "list mine"] {
        let line = if asked.starts_with("list") { asked.to_owned() } else { format!("{case} {asked}") };
        let answer = stage.ana(&line).await;
        assert!(!answer.to_lowercase().contains("next move: your team"), "{line}: {answer}");
    }
    let called = calls(&stage, &case).await.len();
    stage.minutes(5).await;
    stage.sir.aws_comments(&case, "AWS Responder", "And this key?").unwrap();
    stage.notify().await;
    assert!(card().await.contains("👉 Your move: AWS waits for an answer, since"), "{}", card().await);
    assert!(card().await.contains("And this key?"));
    assert_eq!(calls(&stage, &case).await.len(), called, "AWS may be about to take it back");
    stage.minutes(16).await;
    let late = calls(&stage, &case).await;
    assert_eq!(
        (late.len(), late.last().unwrap().1.as_slice()),
        (called + 1, &[BO, ANA].map(str::to_owned)[..])
    );
}

#[tokio::test]
async fn whoever_is_called_is_invited_to_the_cases_own_channel_first() {
    let lines = "layout = 'channel'\ninvite = ['ana@example.com']";
    let stage = Stage::with(lines, NOTIFY).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let (channel, _) = stage.card(&case).await;
    let members = stage.slack.state()["channels"][channel.as_str()]["members"].to_string();
    assert!(members.contains(BO), "{members}");
    let told = stage.slack.messages(&channel);
    assert!(told.iter().any(|message| mentioned(message) == [BO]), "{told:?}");
    assert!(!told.iter().any(|message| message["subtype"] == "thread_broadcast"));
    let _ = bo();
}

#[tokio::test]
async fn no_call_waits_for_an_invitation_that_is_refused_or_not_answered() {
    let invite = || FaultRule::on("conversations.invite");
    for rule in [invite().error("missing_scope"), invite().error("restricted_action"), invite().reset_after()]
    {
        let stage = Stage::with("", NOTIFY).await;
        stage.slack.fault(rule);
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.notify().await;
        let calls = calls(&stage, &case).await;
        assert_eq!((calls.len(), &calls[0].1[..]), (1, &[BO.to_owned()][..]), "{calls:?}");
        assert_eq!(stage.place(&case, casebridge::targets::slack::KIND).await.parked, None);
    }
}

#[tokio::test]
async fn many_cases_at_once_call_three_times_and_one_message_names_the_rest() {
    let stage = Stage::with("", NOTIFY).await;
    let mut cases = Vec::new();
    for each in 0..7 {
        cases.push(stage.sir.aws_creates_case(&format!("Case number {each}")));
        stage.notify().await;
        stage.minutes(1).await;
    }
    let mut shown = Vec::new();
    for case in &cases {
        let lines = stage.lines(case).await;
        assert!(lines.iter().any(|line| line.starts_with("🚨 A new case")), "each is told: {lines:?}");
        shown.extend(calls(&stage, case).await);
    }
    assert_eq!(shown.len(), 4, "three calls, and one for all others: {shown:?}");
    assert!(shown.iter().all(|(_, whom)| whom == &[BO]), "{shown:?}");
    let summed: Vec<_> = shown.iter().filter(|(line, _)| line.contains("More cases call at once")).collect();
    assert_eq!(summed.len(), 1, "{shown:?}");
    for (index, case) in cases.iter().enumerate() {
        let named =
            summed[0].0.contains(&format!("{case} ")) && summed[0].0.contains(&format!("number {index}"));
        assert_eq!(named, index >= 3, "{case}: {summed:?}");
    }
    // Ten minutes without a call, and each calls again.
    stage.minutes(11).await;
    let next = stage.sir.aws_creates_case("Much later");
    stage.notify().await;
    assert_eq!(calls(&stage, &next).await.len(), 1);
}

#[tokio::test]
async fn each_rules_calls_are_counted_by_themselves() {
    let rule = "[[notify.rules]]\ntag = 'team=red'\nnew_case = ['U024BE7LH']\n";
    let stage = Stage::with("", &format!("{NOTIFY}{rule}")).await;
    let (mut red, mut other) = (0, 0);
    for each in 0..8 {
        let case = stage.sir.aws_creates_case(&format!("Case {each}"));
        if each % 2 == 0 {
            stage.sir.tags(&case, "team", "red");
        }
        stage.notify().await;
        let called = calls(&stage, &case).await;
        red += called.iter().filter(|(_, whom)| whom == &[ANA]).count();
        other += called.iter().filter(|(_, whom)| whom == &[BO]).count();
    }
    assert_eq!((red, other), (4, 4), "three and a sum each");
}

#[tokio::test]
async fn without_the_right_to_read_tags_others_are_called() {
    let rule = "[[notify.rules]]\ntag = 'team=red'\nnew_case = ['U024BE7LH']\n";
    let stage = Stage::with("", &format!("{NOTIFY}{rule}")).await;
    stage.sir.fault(FaultRule::on("ListTagsForResource").error("AccessDeniedException"));
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.tags(&case, "team", "red");
    stage.notify().await;
    assert_eq!(calls(&stage, &case).await[0].1, [BO]);
}

#[tokio::test]
async fn who_cannot_be_invited_is_named_in_the_call_and_not_mentioned() {
    for rule in ["cant_invite", "restricted_action"] {
        let stage = Stage::with("", NOTIFY).await;
        stage.slack.set_member(&stage.channel, &bo(), false);
        stage.slack.fault(FaultRule::on("conversations.invite").error(rule));
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.notify().await;
        let calls = calls(&stage, &case).await;
        assert_eq!((calls.len(), calls[0].1.len()), (1, 0), "{rule}: {calls:?}");
        assert!(calls[0].0.contains("Not called, and cannot be invited here: bo"), "{rule}: {calls:?}");
    }
}

#[tokio::test]
async fn nobody_is_mentioned_where_a_guest_reads() {
    let stage = Stage::with("", NOTIFY).await;
    let guest = stage.slack.add_guest("guest", "guest@example.com");
    stage.slack.set_member(&stage.channel, &guest, true);
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    assert_eq!(calls(&stage, &case).await.len(), 0);
    let told = stage.thread(&case).await;
    assert!(told.iter().all(|line| mentioned(line).is_empty()), "{told:?}");
    let lines = stage.lines(&case).await;
    assert!(lines.iter().any(|line| line.contains("Nobody is mentioned: guests read here")), "{lines:?}");
}

#[tokio::test]
async fn while_slack_does_not_say_who_is_there_calls_are_made() {
    let stage = Stage::with("", NOTIFY).await;
    stage.slack.fault(FaultRule::on("conversations.members").error("internal_error"));
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    assert_eq!(calls(&stage, &case).await[0].1, [BO]);
}

#[tokio::test]
async fn by_the_settings_nothing_is_told_where_guests_or_everybody_may_read() {
    for setting in ["no_guests = true", "private_only = true"] {
        let stage = Stage::with(setting, "").await;
        let guest = stage.slack.add_guest("guest", "guest@example.com");
        let open = |open: bool| match setting {
            "private_only = true" => stage.slack.set_private(&stage.channel, !open),
            _ => stage.slack.set_member(&stage.channel, &guest, open),
        };
        open(true);
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.notify().await;
        stage.minutes(2).await;
        assert_eq!(stage.slack.messages(&stage.channel).len(), 0, "{setting}");
        open(false);
        stage.minutes(70).await;
        assert!(stage.lines(&case).await[0].contains("Key leaked"), "{setting}");
        // Nor is what stands there changed.
        open(true);
        stage.minutes(6).await;
        stage.sir.aws_changes(&case, &json!({ "title": "Key and secret leaked" })).unwrap();
        stage.notify().await;
        assert!(!stage.lines(&case).await[0].contains("and secret"), "{setting}");
    }
}

#[tokio::test]
async fn everything_again_calls_nobody_again() {
    let stage = Stage::with("", NOTIFY).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "Is this yours?").unwrap();
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    let events = stage.events().await;
    stage.minutes(20).await;
    let before = calls(&stage, &case).await;
    for _ in 0..3 {
        assert_eq!(stage.arrive(&events).await, [""; 0]);
        stage.sweep().await;
    }
    assert_eq!(calls(&stage, &case).await, before);
}

#[tokio::test]
async fn nobody_is_called_where_strangers_read() {
    let stage = Stage::with("", NOTIFY).await;
    stage.slack.set_sharing(&stage.channel, casebridge_lab::standins::Sharing::Connected);
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    assert_eq!(stage.slack.messages(&stage.channel).len(), 0, "{case}");
}

#[tokio::test]
async fn an_ordinary_case_of_aws_is_few_lines_and_calls_within_seconds() {
    for notify in ["", NOTIFY] {
        let stage = Stage::with("", notify).await;
        let case = stage.sir.aws_creates_case("Key leaked");
        let opened = stage.now();
        stage.events().await;
        stage.minutes(2).await;
        stage.sir.aws_comments(&case, "AWS Responder", "Did your team create this key?").unwrap();
        stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
        let asked = stage.now();
        stage.events().await;
        let at = |message: &Value| (message["ts"].as_str().unwrap().parse::<f64>().unwrap() * 1_000.0) as i64;
        let shown = |message: &&Value| message["subtype"] == "thread_broadcast";
        let calls: Vec<_> = stage.thread(&case).await.iter().filter(shown).map(at).collect();
        for (call, since) in calls.iter().zip([opened, asked]) {
            assert!((0..=5_000).contains(&(call - since)), "{}", call - since);
        }
        assert_eq!(calls.len(), if notify.is_empty() { 0 } else { 2 });
        let (channel, card) = stage.card(&case).await;
        for reply in stage.slack.says(&ana(), &channel, "No, it is not ours.", Some(&card)).1 {
            stage.deliver(&reply).await;
        }
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        stage.notify().await;
        stage
            .sir
            .aws_changes(
                &case,
                &json!({ "caseStatus": "Containment, Eradication and Recovery", "pendingAction": "None" }),
            )
            .unwrap();
        stage.notify().await;
        stage.sir.aws_closes(&case, "True Positive").unwrap();
        stage.notify().await;
        let lines = stage.lines(&case).await;
        // The card, and the reply itself, are none of our lines.
        assert!(lines.len() - 2 <= 6, "{} lines: {lines:#?}", lines.len() - 2);
        let moved = lines.iter().filter(|line| line.contains("Next move AWS")).count();
        let asked = lines.iter().filter(|line| line.contains("Did your team")).count();
        // The card says the last word too, until it is answered.
        let closed = lines.iter().filter(|line| line.contains("closed") || line.contains("→ Closed")).count();
        assert_eq!(closed, 1, "one line says it and calls: {lines:#?}");
        assert_eq!((moved, asked), (0, 1), "what AWS asks and that it asks are one line: {lines:#?}");
        let told = stage.comments(&case).await;
        assert!((3..=4).contains(&told.len()), "each is a mail: {told:#?}");
    }
}
