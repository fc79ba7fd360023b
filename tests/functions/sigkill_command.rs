//! `command` killed with SIGKILL, at random times, again and again, at both of its doors: whatever reached the inbox is
//! done once, in its group's order, and answered in one way; and what a person was told is taken, is there.
//!
//! `CASEBRIDGE_KILLS` and `CASEBRIDGE_SEED` as for [`notify`](super::sigkill). After each kill minutes pass, in the
//! table and on the queue: what the worker had comes again, and the queue no longer knows a repetition as one.

use std::{collections::HashMap, time::Duration};

use casebridge::standin::{Call, Slack};
use serde_json::Value;

use super::{
    chance::{Dice, number},
    fifo::{self, Message},
    lambda::{Outcome, request},
    passing::time_passes,
    people::{Act, Did, People},
    stage::{Stage, say, slow},
};

/// A process lives at most so long.
const LIFE: Duration = Duration::from_millis(400);
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
async fn live(stage: &Stage, people: &mut People, dice: &mut Dice, workers: usize) {
    while people.is_anybody_left(stage) {
        if stage.inbox.len() < CROWDED {
            people.act(stage, dice).await;
        }
        bring(stage, people, dice, workers).await;
    }
}

/// Brings requests and batches to so many workers, until there is nothing left to bring.
async fn bring(stage: &Stage, people: &mut People, dice: &mut Dice, workers: usize) {
    let mut at_work = AtWork::new();
    loop {
        while at_work.len() < workers
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

/// What came of it all.
struct Outcomes<'a> {
    stage: &'a Stage,
    acts: &'a [Act],
    /// When each act's job first arrived, if it did: its place in the order of arrival, and its group.
    arrived: Vec<Option<(usize, String)>>,
    /// Every call that the service granted.
    granted: Vec<Call>,
}

impl<'a> Outcomes<'a> {
    fn of(stage: &'a Stage, acts: &'a [Act], calls: &[Call]) -> Self {
        let jobs = stage.inbox.arrived();
        let arrived = |act: &Act| {
            let index = jobs.iter().position(|job| job.body.contains(&act.mark))?;
            Some((index, jobs[index].group.clone()))
        };
        let granted = calls.iter().filter(|call| call.status.is_some_and(|status| status < 300)).cloned();
        Self { stage, acts, arrived: acts.iter().map(arrived).collect(), granted: granted.collect() }
    }

    fn came(&self, act: usize) -> Option<usize> {
        self.arrived[act].as_ref().map(|(index, _)| *index)
    }

    /// The word that stands for an act in the end: that of its last edit.
    fn word(&self, said: usize) -> &str {
        let edits = (0..self.acts.len()).filter(|edit| match self.acts[*edit].did {
            // An edit that comes before its message finds nothing to edit.
            Did::Edited { said: of } => of == said && self.came(*edit) > self.came(said),
            _ => false,
        });
        let last = edits.max_by_key(|edit| self.came(*edit)).unwrap_or(said);
        &self.acts[last].word
    }

    fn comments(&self, case: &str) -> Vec<String> {
        let comments = self.stage.sir.comments(case);
        comments.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
    }

    /// How often the service granted this call with these words in it.
    fn calls(&self, operation: &str, words: &str) -> usize {
        let told = |call: &&Call| call.path.contains(words) || call.body.to_string().contains(words);
        self.granted.iter().filter(|call| call.operation == operation).filter(told).count()
    }

    /// Everything that somebody can read, each text once.
    fn read(&self, who: &str) -> Vec<String> {
        let mut texts: Vec<_> = self.stage.slack.ephemerals(who).iter().map(Slack::shown).collect();
        texts.sort();
        texts.dedup();
        texts
    }

    /// How often an act was done, and how often it must have been.
    fn done(&self, act: usize) -> (usize, bool) {
        let Act { did, case, word, .. } = &self.acts[act];
        let came = self.came(act).is_some();
        match did {
            Did::Said { .. } | Did::Wrote => {
                let word = self.word(act);
                let times = self.comments(case).iter().filter(|body| body.contains(word)).count();
                // A webhook is a hint: the next one brings what was lost with it.
                let brought = matches!(did, Did::Wrote) && times == 1;
                (times, came || brought)
            }
            Did::Changed { operation, .. } => (self.calls(operation, word), came),
            Did::Pressed { operation, .. } => {
                let pressed = |(act, other): (usize, &Act)| {
                    other.case == *case
                        && matches!(other.did, Did::Pressed { .. })
                        && self.came(act).is_some()
                };
                (self.calls(operation, case), self.acts.iter().enumerate().any(pressed))
            }
            Did::Asked { .. } => (usize::from(came), came),
            Did::Edited { said } => {
                let stands = self.comments(case).iter().any(|body| body.contains(word));
                let expected = self.came(*said).is_some() && self.word(*said) == word;
                (usize::from(stands), expected)
            }
        }
    }

    /// What is wrong with what a person can read.
    fn misread(&self, act: usize) -> bool {
        let Act { did, who, .. } = &self.acts[act];
        let expected = usize::from(self.came(act).is_some());
        match did {
            Did::Said { answered: false } | Did::Edited { .. } => !self.read(who).is_empty(),
            Did::Said { answered: true } => self.read(who).len() != expected,
            Did::Changed { answer, .. } => {
                let texts = self.read(who);
                texts.len() != expected || texts.iter().any(|text| !text.contains(answer))
            }
            Did::Wrote => false,
            Did::Asked { .. } | Did::Pressed { .. } => {
                let (mut answers, mut questions) = (Vec::new(), Vec::new());
                for (index, other) in self.acts.iter().enumerate().filter(|(_, other)| other.who == *who) {
                    if let Did::Pressed { question, answer, .. } = &other.did {
                        answers.extend(self.came(index).map(|_| *answer));
                        questions.push(question);
                    }
                }
                let mut texts = self.read(who);
                texts.retain(|text| !questions.contains(&text));
                // A question of which no button was pressed stands there alone; the others are known.
                let alone = questions.is_empty() && expected == 1;
                let other = |text: &String| answers.iter().any(|answer| !text.contains(answer));
                texts.len() != usize::from(!answers.is_empty() || alone) || texts.iter().any(other)
            }
        }
    }

    /// The words of each group in the order of arrival, and in the order of the comments.
    fn orders(&self) -> Vec<(String, Vec<&str>, Vec<&str>)> {
        let mut groups: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (index, act) in
            self.acts.iter().enumerate().filter(|(_, act)| matches!(act.did, Did::Said { .. }))
        {
            if let Some((_, group)) = &self.arrived[index] {
                groups.entry((group, &act.case)).or_default().push(index);
            }
        }
        let order = |((group, case), mut acts): ((&str, &str), Vec<usize>)| {
            acts.sort_by_key(|act| self.came(*act));
            let words: Vec<_> = acts.iter().map(|act| self.word(*act)).collect();
            let comments = self.comments(case);
            let mut there = words.clone();
            there.sort_by_key(|word| comments.iter().position(|body| body.contains(word)));
            (group.to_owned(), words, there)
        };
        groups.into_iter().map(order).collect()
    }

    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (index, act) in self.acts.iter().enumerate() {
            let (times, expected) = self.done(index);
            let name =
                format!("{} on {} ({}, arrived {:?})", act.word, act.case, act.mark, self.arrived[index]);
            if act.accepted && self.came(index).is_none() {
                wrong.push(format!("{name} was taken and never reached the inbox"));
            }
            if times != usize::from(expected) {
                wrong.push(format!("{name} was done {times} times"));
            }
            if self.misread(index) {
                wrong.push(format!("{name} was answered {:#?}", self.read(&act.who)));
            }
        }
        let orders = self.orders().into_iter().filter(|(_, words, there)| words != there);
        wrong.extend(orders.map(|(group, words, there)| format!("{group}: {there:?} instead of {words:?}")));
        wrong
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_it_does_what_people_ask_once_and_answers_in_one_way() {
    let kills = number("CASEBRIDGE_KILLS", 20);
    let binary =
        std::env::var("CASEBRIDGE_COMMAND_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_command").to_owned());
    let Some(stage) = Stage::set("sigkill-command", binary, PEOPLE * kills as usize + 1).await else {
        return;
    };
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
    for _ in 0..kills {
        let workers = 1 + usize::from(dice.below(4) == 0);
        let functions = (0..workers).map(|_| stage.start()).collect();
        let life = dice.part_of(LIFE);
        let _ = tokio::time::timeout(life, live(&stage, &mut people, &mut dice, workers)).await;
        calls.extend(stage.kill(functions).await);
        half_done += time_passes(&stage.table).await;
        stage.inbox.minutes_pass();
    }
    let functions = vec![stage.start()];
    let rest = bring(&stage, &mut people, &mut dice, 1);
    tokio::time::timeout(Duration::from_secs(60), rest).await.expect("nothing stands in its way any more");
    calls.extend(stage.kill(functions).await);
    let outcomes = Outcomes::of(&stage, &people.acts, &calls);
    let wrong = outcomes.wrong();
    let taken = people.acts.iter().filter(|act| act.accepted).count();
    let done = outcomes.arrived.iter().flatten().count();
    stage.table.delete().await;
    assert!(wrong.is_empty(), "of {} acts:\n{}", people.acts.len(), wrong.join("\n"));
    assert!(half_done > 0, "no kill met a worker in the middle of its work");
    say(&format!(
        "SIGKILL of command: {kills} kills, {half_done} in the middle of a command; of {} acts {taken} were answered \
         with 200 and {done} reached the inbox: 0 of them lost, 0 done twice, 0 answered in two ways, 0 out of order",
        people.acts.len()
    ));
}
