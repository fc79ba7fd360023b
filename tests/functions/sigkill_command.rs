//! `command` killed with SIGKILL, at random times, again and again, at both of its doors: whatever reached the inbox is
//! done once, in its group's order, and answered in one way; and what a person was told is taken, is there.
//!
//! `CASEBRIDGE_KILLS` and `CASEBRIDGE_SEED` as for [`notify`](super::sigkill). After each kill minutes pass, in the
//! table and on the queue: what the worker had comes again, and the queue no longer knows a repetition as one.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    chance::{Dice, number},
    fifo::{self, Message},
    lambda::{Outcome, request},
    outcomes::Outcomes,
    passing::time_passes,
    people::{Act, People},
    stage::{Stage, longest_life, say, slow},
};

/// People wait while so much is on the inbox.
const CROWDED: usize = 25;
/// So many people do something between two kills, at most: then they are used up.
const PEOPLE: usize = 4;

/// What a worker was given.
enum Errand {
    Request(usize),
    Batch(Vec<Message>),
}

/// What is being done, by invocation.
type AtWork = HashMap<u64, Errand>;

/// People act, and what they do is brought to so many workers: whoever is killed was at work.
async fn live(stage: &Stage, people: &mut People, dice: &mut Dice, workers: u32) {
    while people.is_anybody_left(stage) {
        if stage.inbox.len() < CROWDED {
            people.act(stage, dice).await;
        }
        bring(stage, people, dice, workers).await;
    }
}

/// Brings requests and batches to so many workers, until there is nothing left to bring.
async fn bring(stage: &Stage, people: &mut People, dice: &mut Dice, workers: u32) {
    let mut at_work = AtWork::new();
    loop {
        while at_work.len() < workers as usize
            && let Some((errand, event)) = next(stage, people, dice)
        {
            at_work.insert(stage.lambda.invoke(event), errand);
        }
        if at_work.is_empty() {
            return;
        }
        let outcome = stage.lambda.outcome().await;
        match at_work.remove(&outcome.invocation).unwrap() {
            Errand::Request(act) => answered(&mut people.acts[act], &outcome),
            Errand::Batch(batch) => stage.inbox.answered(&batch, &failures(&batch, &outcome)),
        }
    }
}

fn next(stage: &Stage, people: &mut People, dice: &mut Dice) -> Option<(Errand, Value)> {
    let (requests_first, most) = (dice.below(2) == 0, 1 + dice.below(10) as usize);
    let batch = || {
        let batch = stage.inbox.receive(most);
        let event = fifo::event(&batch);
        (!batch.is_empty()).then_some((Errand::Batch(batch), event))
    };
    let mut delivery = || {
        let (act, delivery) = people.next_delivery()?;
        Some((Errand::Request(act), request(&delivery)))
    };
    if requests_first { delivery().or_else(batch) } else { batch().or_else(delivery) }
}

fn answered(act: &mut Act, outcome: &Outcome) {
    assert!(!outcome.failed, "{:?}", outcome.body);
    let body = outcome.body["body"].as_str().unwrap_or_default();
    assert!(outcome.body["statusCode"] == 200 && body.is_empty(), "{:?}", outcome.body);
    act.accepted = true;
}

/// What must come again.
fn failures<'a>(batch: &'a [Message], outcome: &'a Outcome) -> Vec<&'a str> {
    match outcome.body["batchItemFailures"].as_array() {
        Some(failures) if !outcome.failed => {
            failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap()).collect()
        }
        _ => batch.iter().map(|message| message.id.as_str()).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn killed_at_any_moment_it_does_what_people_ask_once_and_answers_in_one_way() {
    let kills = number("CASEBRIDGE_KILLS", 20);
    let binary =
        std::env::var("CASEBRIDGE_COMMAND_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_command").to_owned());
    let stage = Stage::set("sigkill-command", binary, PEOPLE * kills as usize + 1).await;
    let taking_time = Duration::from_millis(25);
    let changes = [
        "CreateCaseComment",
        "UpdateCaseComment",
        "UpdateCase",
        "TagResource",
        "CloseCase",
        "UpdateCaseStatus",
    ];
    slow(&stage.sir, &changes, taking_time);
    slow(&stage.slack, &["response_url", "chat.postEphemeral"], taking_time);
    stage.inbox.slow(taking_time);
    let (mut dice, mut people) = (Dice::of(number("CASEBRIDGE_SEED", 1)), People::default());
    let (mut calls, mut half_done) = (Vec::new(), 0);
    people.act(&stage, &mut dice).await;
    let functions = stage.start(1).await;
    let begun = Instant::now();
    bring(&stage, &mut people, &mut dice, 1).await;
    let longest = longest_life(begun.elapsed());
    calls.extend(stage.kill(functions).await);
    for _ in 0..kills {
        let workers = 1 + u32::from(dice.below(4) == 0);
        let functions = stage.start(workers).await;
        let life = dice.part_of(longest);
        let _ = tokio::time::timeout(life, live(&stage, &mut people, &mut dice, workers)).await;
        calls.extend(stage.kill(functions).await);
        half_done += time_passes(&stage.table).await;
        stage.inbox.minutes_pass();
    }
    let functions = stage.start(1).await;
    let rest = bring(&stage, &mut people, &mut dice, 1);
    tokio::time::timeout(Duration::from_secs(60), rest).await.expect("nothing stands in its way any more");
    calls.extend(stage.kill(functions).await);
    let named = stage.came_in_names(&calls, &changes);
    let outcomes = Outcomes::of(&stage, &people.acts, &calls);
    let wrong = outcomes.wrong();
    let taken = people.acts.iter().filter(|act| act.accepted).count();
    let done = outcomes.arrived();
    // Not every act has one.
    let words = people.acts.iter().map(|act| act.word.clone()).filter(|word| !word.is_empty());
    let words: Vec<_> = words.collect();
    stage.lets_nothing_out(&words).await;
    stage.table.delete().await;
    assert!(wrong.is_empty(), "of {} acts:\n{}", people.acts.len(), wrong.join("\n"));
    assert!(half_done > 0, "no kill met a worker in the middle of its work");
    say(&format!(
        "SIGKILL of command: {kills} kills, {half_done} in the middle of a command; of {} acts {taken} were answered \
         with 200 and {done} reached the inbox: 0 of them lost, 0 done twice, 0 answered in two ways, 0 out of order; each \
         of {named} changes came in somebody's name",
        people.acts.len()
    ));
}
