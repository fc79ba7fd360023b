//! `notify` killed with SIGKILL, at random times, again and again: nothing is lost, nothing stands twice, and all is in
//! order at the end.
//!
//! `CASEBRIDGE_KILLS` says how often (20), `CASEBRIDGE_SEED` which row of random numbers (1). What arrives when is up
//! to the machine, so a seed does not repeat a run exactly.
//!
//! After each kill [time passes](super::passing) in the table, once the stand-ins have worked off what was sent. The
//! gates that spread posts over seconds are emptied all the while, since pace is not the question here.

use casebridge::case::CaseId;
use casebridge::case::CommentId;
use casebridge::case::{ChannelId, Ts};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use casebridge_lab::standins::{JiraStandin, SirStandin, SlackStandin};
use serde_json::{Value, json};

use super::{
    chance::{Dice, number},
    passing::time_passes,
    stage::{Stage, longest_life, say, slow},
};

/// What the service was told, and so must stand at both places in the end.
#[derive(Default)]
struct Truth {
    /// By case: the words of its comments in order, and the latest comment's id.
    cases: BTreeMap<String, (Vec<String>, String)>,
    said: u32,
}

impl Truth {
    /// Something happens on some case.
    fn happens(&mut self, sir: &SirStandin, dice: &mut Dice) {
        if self.cases.is_empty() || dice.below(8) == 0 {
            let case = sir.console_creates_case("Key leaked");
            self.cases.insert(case.to_string(), Default::default());
            return;
        }
        let index = dice.below(self.cases.len() as u64) as usize;
        let (case, (words, latest)) = self.cases.iter_mut().nth(index).unwrap();
        self.said += 1;
        let word = word(self.said);
        match dice.below(10) {
            0 => sir.aws_sets_status(&CaseId::new(case), &casebridge::case::Status::Detection).unwrap(),
            1 if !words.is_empty() => {
                sir.aws_edits_comment(
                    (&CaseId::new(case), &CommentId::new(latest.as_str())),
                    "AWS Responder",
                    &word,
                )
                .unwrap();
                *words.last_mut().unwrap() = word;
            }
            _ => {
                *latest = (sir.aws_comments(&CaseId::new(case), "AWS Responder", &word).unwrap()).to_string();
                words.push(word);
            }
        }
    }
}

/// What is said as the so-manieth.
fn word(said: u32) -> String {
    format!("w{said:05}")
}

/// The words of ours in a text, in order.
fn words_in(texts: &[String]) -> Vec<String> {
    let is_ours = |word: &&str| word.len() == 6 && word.starts_with('w') && word[1..].parse::<u32>().is_ok();
    texts.iter().flat_map(|text| text.split_whitespace().filter(is_ours).map(str::to_owned)).collect()
}

/// Brings these events to one process, or two, that live at most so long. `true` if the events were taken; and how
/// many additions were seen half done: written down, and not known to be made.
async fn run(stage: &Stage, events: &[Value], processes: u32, life: Duration) -> (bool, u64) {
    let functions = stage.start(processes).await;
    for _ in 0..processes {
        stage.lambda.invoke(batch(events));
    }
    let outcome = tokio::time::timeout(life, stage.lambda.outcome()).await;
    stage.kill(functions).await;
    let half_done = time_passes(&stage.table).await;
    let taken = |body| body == json!({"batchItemFailures": []});
    (outcome.is_ok_and(|outcome| !outcome.failed && taken(outcome.body)), half_done)
}

/// What people see of a case at both places.
fn shown(stage: &Stage, case: &CaseId) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let below = |message: &&Value| message.get("thread_ts").is_none_or(|ts| *ts == message["ts"]);
    let messages = stage.slack.messages(&ChannelId::new(&stage.channel));
    let cards = messages.iter().filter(below).filter(|card| card.to_string().contains(case.as_str()));
    let threads = cards.map(|card| {
        stage.slack.thread(&ChannelId::new(&stage.channel), &Ts::new(card["ts"].as_str().unwrap()))
    });
    let threads = threads.map(|thread| thread.iter().skip(1).map(SlackStandin::shown).collect());
    let issues =
        stage.jira.issues().into_iter().filter(|key| {
            stage.jira.issue(key).unwrap()["fields"]["labels"].to_string().contains(case.as_str())
        });
    let comments = issues.map(|key| {
        stage.jira.comments(&key).iter().map(|comment| JiraStandin::plain(&comment["body"])).collect()
    });
    (threads.collect(), comments.collect())
}

fn batch(events: &[Value]) -> Value {
    let record =
        |(n, event): (usize, &Value)| json!({"messageId": format!("m{n}"), "body": event.to_string()});
    json!({"Records": events.iter().enumerate().map(record).collect::<Vec<_>>()})
}

/// Empties the gates all the while.
async fn hurry(client: Client, table: String, channel: String) {
    loop {
        let mut places: Vec<String> = vec![format!("slack/{channel}")];
        places.extend((10_000..10_040).map(|issue| format!("jira/{issue}")));
        for place in places {
            let text = |text: String| AttributeValue::S(text);
            let delete = client.delete_item().table_name(&table);
            let _ = delete
                .key("pk", text(format!("GATE#{place}")))
                .key("sk", text("GATE".to_owned()))
                .send()
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn killed_at_any_moment_it_loses_nothing_doubles_nothing_and_keeps_the_order() {
    let kills = number("CASEBRIDGE_KILLS", 20);
    let binary =
        std::env::var("CASEBRIDGE_NOTIFY_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_notify").to_owned());
    let stage = Stage::set("sigkill-notify", binary, 0).await;
    let taking_time = Duration::from_millis(60);
    slow(&stage.slack, &["chat.postMessage"], taking_time);
    slow(&stage.jira, &["addComment", "createIssue"], taking_time);
    let hurry =
        tokio::spawn(hurry(stage.table.client.clone(), stage.table.name.clone(), stage.channel.clone()));
    let (mut dice, mut truth) = (Dice::of(number("CASEBRIDGE_SEED", 1)), Truth::default());
    // What the queue holds: a message stays until somebody took it.
    let mut queue: Vec<Value> = Vec::new();
    let mut half_done = 0;
    truth.happens(&stage.sir, &mut dice);
    let begun = Instant::now();
    run(&stage, &stage.sir.take_events(), 1, Duration::from_secs(60)).await;
    let longest = longest_life(begun.elapsed());
    for _ in 0..kills {
        truth.happens(&stage.sir, &mut dice);
        queue.extend(stage.sir.take_events());
        let life = dice.part_of(longest);
        let mut events = queue.clone();
        events.push(json!({"sweep": true}));
        let (taken, seen) = run(&stage, &events, 1 + u32::from(dice.below(4) == 0), life).await;
        half_done += seen;
        if taken {
            queue.clear();
        }
    }
    for _ in 0..8 {
        let mut events = std::mem::take(&mut queue);
        events.push(json!({"sweep": true}));
        let (taken, _) = run(&stage, &events, 1, Duration::from_secs(60)).await;
        assert!(taken, "nothing stands in its way any more");
    }
    hurry.abort();
    let mut wrong = Vec::new();
    for (case, (words, _)) in &truth.cases {
        let status = stage.sir.case(&CaseId::new(case)).unwrap()["caseStatus"].as_str().unwrap().to_owned();
        let (threads, issues) = shown(&stage, &CaseId::new(case));
        let places: Vec<_> = threads.iter().chain(&issues).map(|texts| words_in(texts)).collect();
        if (threads.len(), issues.len()) != (1, 1) || places.iter().any(|there| there != words) {
            wrong.push(format!("{case} ({status}): {words:?}\n  threads {threads:#?}\n  issues {issues:#?}"));
        }
    }
    let cases = truth.cases.len();
    let words: Vec<_> = (1..=truth.said).map(word).collect();
    stage.lets_nothing_out(&words).await;
    stage.table.delete().await;
    assert!(wrong.is_empty(), "of {cases} cases:\n{}", wrong.join("\n"));
    assert!(half_done > 0, "no kill met a worker in the middle of its work");
    say(&format!(
        "SIGKILL of notify: {kills} kills, {half_done} in the middle of an addition; {cases} cases, {} comments and \
         edits: 0 lost, 0 doubled, 0 out of order",
        truth.said
    ));
}
