//! What AWS asks, and that somebody is needed, is one message: told once, called once, whatever happens between.

use casebridge::{
    case::{CaseId, CommentId},
    state::memory::Memory,
};
use casebridge_lab::stage::{BO, Stage, count};
use casebridge_lab::standins::{FaultRule, SlackStandin};
use serde_json::{Value, json};

const NOTIFY: &str = "[notify]\nyour_move = ['U024BE7LJ']\nescalate_minutes = []\n";
const QUESTION: &str = "Did your team create this key?";

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

fn asks(stage: &Stage, case: &CaseId, words: &str) {
    stage.sir.aws_comments(case, "AWS Responder", words).unwrap();
    stage.sir.aws_sets_pending_action(case, "Customer").unwrap();
}

/// A case that was told, and a question about it that was not.
async fn asked(settings: &str, words: &str) -> (Stage, CaseId) {
    let stage = Stage::with(settings, NOTIFY).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    stage.minutes(2).await;
    asks(&stage, &case, words);
    (stage, case)
}

/// The messages that say it, or that somebody is needed: their words, whom they mention, whether the channel sees them.
async fn said(stage: &Stage, case: &CaseId) -> Vec<(String, Vec<String>, bool)> {
    let all = stage.thread(case).await;
    let about = |shown: &String| shown.contains("Your move") || shown.contains("Did your team");
    let told = all.iter().skip(1).map(|one| (SlackStandin::shown(one), one));
    told.filter(|(shown, _)| about(shown))
        .map(|(shown, one)| (shown, mentioned(one), one["subtype"] == "thread_broadcast"))
        .collect()
}

/// The same, once more.
async fn again(stage: &Stage, case: &CaseId) -> Vec<(String, Vec<String>, bool)> {
    said(stage, case).await
}

#[tokio::test]
async fn a_question_calls_by_its_own_message() {
    let (stage, case) = asked("", QUESTION).await;
    stage.notify().await;
    let said = said(&stage, &case).await;
    let [(words, whom, loud)] = &said[..] else { panic!("one line a fact: {said:?}") };
    assert!(
        words.starts_with("👉 Your move: AWS waits for an answer @U024BE7LJ · AWS Responder · "),
        "{words}"
    );
    assert!(words.ends_with(QUESTION), "{words}");
    assert_eq!((&whom[..], *loud), (&[BO.to_owned()][..], true));
    let lines = stage.lines(&case).await;
    assert_eq!(count(&lines[1..], "Next move"), 0, "it is said: {lines:?}");
    stage.minutes(120).await;
    stage.sweep().await;
    assert_eq!(again(&stage, &case).await, said, "and nothing more");
}

#[tokio::test]
async fn where_nobody_is_named_the_question_says_whose_move_it_is_and_calls_nobody() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    asks(&stage, &case, QUESTION);
    stage.sir.aws_changes(&case, &json!({"title": "Key found"})).unwrap();
    stage.notify().await;
    let said = said(&stage, &case).await;
    let [(words, whom, loud)] = &said[..] else { panic!("{said:?}") };
    assert!(words.starts_with("👉 Your move: AWS waits for an answer · AWS Responder · "), "{words}");
    assert_eq!((whom.len(), *loud), (0, false));
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines[1..], "Next move"), count(&lines[1..], "Key found")), (0, 1), "{lines:?}");
    stage.sir.aws_sets_pending_action(&case, "None").unwrap();
    stage.notify().await;
    assert_eq!(count(&stage.lines(&case).await[1..], "Next move Your team → AWS"), 1);
}

#[tokio::test]
async fn what_was_told_before_the_move_passed_calls_by_a_line_of_its_own() {
    let stage = Stage::with("", NOTIFY).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", QUESTION).unwrap();
    stage.notify().await;
    stage.minutes(1).await;
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    stage.notify().await;
    let said = said(&stage, &case).await;
    assert_eq!(said.iter().map(|(_, whom, _)| whom.len()).collect::<Vec<_>>(), [0, 1], "{said:?}");
    assert!(said[1].0.starts_with(&format!("👉 Your move: AWS waits for an answer: {QUESTION} · since ")));
}

#[tokio::test]
async fn a_post_without_an_answer_neither_calls_twice_nor_never() {
    for rule in [
        FaultRule::on("chat.postMessage").once().reset_after(),
        FaultRule::on("chat.postMessage").once().reset_before(),
        FaultRule::on("chat.postMessage").once().answers(503),
    ] {
        let (stage, case) = asked("", QUESTION).await;
        stage.slack.fault(rule);
        stage.notify().await;
        stage.minutes(5).await;
        let said = said(&stage, &case).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!((&said[0].1[..], said[0].2), (&[BO.to_owned()][..], true), "{said:?}");
    }
}

#[tokio::test]
async fn a_table_that_knows_nothing_any_more_calls_nobody_again() {
    let (stage, case) = asked("", QUESTION).await;
    stage.notify().await;
    stage.minutes(10).await;
    let before = said(&stage, &case).await;
    stage.memory.restore(&Memory::default());
    stage.sir.aws_changes(&case, &json!({"title": "Key found"})).unwrap();
    stage.notify().await;
    stage.minutes(3).await;
    assert!(stage.lines(&case).await[0].contains("Key found"));
    assert_eq!(said(&stage, &case).await, before);
}

#[tokio::test]
async fn a_question_that_aws_edits_keeps_its_call_and_makes_none() {
    for answered in [false, true] {
        let (stage, case) = asked("", QUESTION).await;
        stage.notify().await;
        let comment = CommentId::new(stage.sir.comments(&case)[0]["commentId"].as_str().unwrap());
        if answered {
            stage.ana(&format!("{case} comment It is ours.")).await;
            stage.notify().await;
        }
        stage.minutes(1).await;
        stage
            .sir
            .aws_edits_comment((&case, &comment), "AWS Responder", &format!("{QUESTION} And the other?"))
            .unwrap();
        stage.notify().await;
        let said = said(&stage, &case).await;
        assert_eq!(said.len(), 1, "{said:?}");
        let (words, whom, _) = &said[0];
        assert!(words.starts_with("👉 Your move: AWS waits for an answer @U024BE7LJ · "), "{words}");
        assert!(words.contains(" · edited\n") && words.ends_with("And the other?"), "{words}");
        assert_eq!(whom, &[BO]);
        stage.minutes(70).await;
        assert_eq!(again(&stage, &case).await, said, "the check finds it as it was told");
    }
}

#[tokio::test]
async fn what_aws_edits_is_not_posted_again_while_slacks_thread_lacks_it() {
    let (stage, case) = asked("", QUESTION).await;
    stage.notify().await;
    let comment = CommentId::new(stage.sir.comments(&case)[0]["commentId"].as_str().unwrap());
    stage
        .sir
        .aws_edits_comment((&case, &comment), "AWS Responder", &format!("{QUESTION} And the other?"))
        .unwrap();
    stage.slack.fault(FaultRule::on("conversations.replies").error("thread_not_found"));
    stage.notify().await;
    let said = said(&stage, &case).await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].0.ends_with("And the other?"), "{said:?}");
}

#[tokio::test]
async fn the_first_part_of_a_long_question_calls() {
    let long = format!("{QUESTION}{}", " And this one?".repeat(500));
    for layout in ["", "layout = 'channel'\ninvite = ['ana@example.com']"] {
        let (stage, case) = asked(layout, &long).await;
        stage.notify().await;
        let all = match layout {
            "" => stage.thread(&case).await,
            _ => stage.slack.messages(&stage.card(&case).await.0),
        };
        let (_, card) = stage.card(&case).await;
        let told: Vec<_> = all
            .iter()
            .filter(|one| one["ts"] != card.as_str())
            .filter(|one| SlackStandin::shown(one).contains("And this one?"))
            .collect();
        assert!(told.len() > 1, "{}", told.len());
        assert_eq!(told.iter().filter(|one| mentioned(one) == [BO]).count(), 1, "{layout}");
        assert_eq!(mentioned(told[0]), [BO]);
        assert!(SlackStandin::shown(told[0]).contains(" · part 1 of "));
    }
}

#[tokio::test]
async fn many_questions_at_once_are_each_told_once_and_one_message_names_the_rest() {
    let stage = Stage::with("", NOTIFY).await;
    let mut all = Vec::new();
    for each in 0..6 {
        let case = stage.sir.aws_creates_case(&format!("Case number {each}"));
        stage.notify().await;
        asks(&stage, &case, QUESTION);
        stage.notify().await;
        all.push(case);
    }
    let (mut loud, mut told) = (Vec::new(), 0);
    for case in &all {
        let lines = said(&stage, case).await;
        told += lines.iter().filter(|(words, ..)| words.ends_with(QUESTION)).count();
        loud.extend(lines.into_iter().filter(|(_, _, loud)| *loud));
    }
    assert_eq!(told, 6, "each question stands once");
    assert_eq!(loud.len(), 4, "three calls, and one for all others: {loud:?}");
    assert!(loud.iter().all(|(_, whom, _)| whom == &[BO]), "{loud:?}");
    let summed: Vec<_> =
        loud.iter().filter(|(words, ..)| words.contains("More cases call at once")).collect();
    assert_eq!(summed.len(), 1, "{loud:?}");
    for (index, case) in all.iter().enumerate() {
        assert_eq!(summed[0].0.contains(case.as_str()), index >= 3, "{case}: {summed:?}");
    }
}

#[tokio::test]
async fn where_guests_read_the_question_mentions_nobody() {
    let (stage, case) = asked("", QUESTION).await;
    let guest = stage.slack.add_guest("guest", "guest@example.com");
    stage.slack.set_member(&stage.channel, &guest, true);
    stage.notify().await;
    let said = said(&stage, &case).await;
    let [(words, whom, loud)] = &said[..] else { panic!("{said:?}") };
    let head = words.lines().next().unwrap();
    assert!(head.starts_with("👉 Your move: AWS waits for an answer · AWS Responder · "), "{words}");
    assert!(head.ends_with(" · Nobody is mentioned: guests read here"), "{words}");
    assert_eq!((whom.len(), *loud), (0, false));
}

#[tokio::test]
async fn what_the_ai_agent_asks_calls_by_its_own_message_and_says_no_more_once_it_goes_on() {
    let stage = Stage::with("", NOTIFY).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let asks =
        json!({ "title": "Is 203.0.113.9 yours?", "status": "Waiting", "content": "We saw it twice." });
    let step = stage.sir.investigates(&case, &asks).unwrap();
    stage.sir.aws_changes(&case, &json!({"title": "Key found"})).unwrap();
    stage.notify().await;
    let about = async || {
        let all = stage.thread(&case).await;
        let ours =
            all.iter().skip(1).map(|one| (SlackStandin::shown(one), mentioned(one), one["subtype"].clone()));
        ours.filter(|(shown, ..)| shown.contains("203.0.113.9") || shown.contains("Your move"))
            .collect::<Vec<_>>()
    };
    let said = about().await;
    let [(words, whom, kind)] = &said[..] else { panic!("one line a fact: {said:?}") };
    assert!(
        words.starts_with("👉 Your move: the AI agent of AWS waits for an answer @U024BE7LJ · 🤖"),
        "{words}"
    );
    assert_eq!((&whom[..], kind), (&[BO.to_owned()][..], &json!("thread_broadcast")));
    stage.minutes(70).await;
    assert_eq!(about().await, said, "once");
    let done = json!({ "investigationId": step, "title": "Is 203.0.113.9 yours?", "status": "Completed" });
    stage.sir.investigates(&case, &done).unwrap();
    stage.sir.aws_changes(&case, &json!({"title": "Key lost"})).unwrap();
    stage.notify().await;
    stage.minutes(70).await;
    let said = about().await;
    let [(words, whom, _)] = &said[..] else { panic!("{said:?}") };
    assert!(words.starts_with("🤖 ") && words.contains("Completed") && whom.is_empty(), "{words}");
    stage.memory.restore(&Memory::default());
    stage.sir.aws_changes(&case, &json!({"title": "Key found"})).unwrap();
    stage.notify().await;
    stage.minutes(3).await;
    assert_eq!(about().await.len(), 1, "a lost table calls nobody again");
}
