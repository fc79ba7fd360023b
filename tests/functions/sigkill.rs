//! `notify` killed with SIGKILL, at random times, again and again: nothing is lost, nothing stands twice, and all is in
//! order at the end.
//!
//! `CASEBRIDGE_KILLS` says how often (20), `CASEBRIDGE_SEED` which row of random numbers (1). What arrives when is up
//! to the machine, so a seed does not repeat a run exactly.
//!
//! Leases outlive a worker by 45 s and quarantines take 60 s or 300 s of real time; the binary's clock cannot be turned.
//! Instead *time passes in the table*: after each kill, once the stand-ins have worked off what was sent, every time
//! that the bridge wrote down is moved [`PASSES`] back. To the next process that is the same as having been started so
//! much later. The gates that spread posts over seconds are emptied all the while, since pace is not the question here.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use casebridge::{
    case::Millis,
    clock,
    settings::Settings,
    standin::{Fault, Jira, Server, Sir, Slack},
    store::Store,
};
use serde_json::{Value, json};

use super::{amazon::Amazon, lambda::Lambda, table};

/// Longer than any lease, quarantine or pause that a single failure leads to.
const PASSES: Millis = 400_000;
/// A process lives at most so long.
const LIFE: Duration = Duration::from_millis(400);

/// xorshift64*: <https://doi.org/10.18637/jss.v008.i14>.
struct Dice(u64);

impl Dice {
    /// Neighbouring seeds give rows that have nothing in common.
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

/// What the service was told, and so must stand at both places in the end.
#[derive(Default)]
struct Truth {
    /// By case: the words of its comments in order, and the latest comment's id.
    cases: BTreeMap<String, (Vec<String>, String)>,
    said: u32,
}

impl Truth {
    /// Something happens on some case.
    fn happens(&mut self, sir: &Sir, dice: &mut Dice) {
        if self.cases.is_empty() || dice.below(8) == 0 {
            let case = sir.console_creates_case("Key leaked");
            self.cases.insert(case, Default::default());
            return;
        }
        let index = dice.below(self.cases.len() as u64) as usize;
        let (case, (words, latest)) = self.cases.iter_mut().nth(index).unwrap();
        self.said += 1;
        let word = format!("w{:05}", self.said);
        match dice.below(10) {
            0 => sir.aws_sets_status(case, "Detection and Analysis").unwrap(),
            1 if !words.is_empty() => {
                sir.aws_edits_comment(case, latest, "AWS Responder", &word).unwrap();
                *words.last_mut().unwrap() = word;
            }
            _ => {
                *latest = sir.aws_comments(case, "AWS Responder", &word).unwrap();
                words.push(word);
            }
        }
    }
}

/// The words of ours in a text, in order.
fn words_in(texts: &[String]) -> Vec<String> {
    let is_ours = |word: &&str| word.len() == 6 && word.starts_with('w') && word[1..].parse::<u32>().is_ok();
    texts.iter().flat_map(|text| text.split_whitespace().filter(is_ours).map(str::to_owned)).collect()
}

/// Everything around the function.
struct Stage {
    slack: Slack,
    jira: Jira,
    sir: Sir,
    table: table::Table,
    lambda: Lambda,
    variables: Vec<(&'static str, String)>,
    binary: String,
    channel: String,
    /// How many additions were seen half done: written down, and not known to be made.
    half_done: AtomicU64,
}

impl Stage {
    async fn set(account: &table::Account, endpoint: &str) -> Self {
        let slack = Slack::start().await.unwrap();
        let jira = Jira::start().await.unwrap();
        let sir = Sir::start().await.unwrap();
        slack.enforce_pace(false);
        jira.enforce_rates(false);
        // An answer that takes its time gives a kill the moment that matters: sent, done, and not yet known.
        for (server, operation) in
            [(&*slack, "chat.postMessage"), (&*jira, "addComment"), (&*jira, "createIssue")]
        {
            server.fault(Fault::on(operation).slow(Duration::from_millis(60)));
        }
        let channel = slack.security();
        let settings = format!(
            "[slack]\napi_url = '{}/api'\nteam = '{}'\nchannel = '{channel}'\n[jira]\napi_url = '{}'\nproject = 'SEC'\n",
            slack.url(),
            slack.app().3,
            jira.url()
        );
        Settings::parse(&settings).unwrap();
        let table = account.make("sigkill").await;
        table.store.put_settings(&settings).await.unwrap();
        let secret = json!({
            "slack_bot_token": slack.token(),
            "slack_signing_secret": slack.signing_secret(),
            "jira_email": jira.credentials().0,
            "jira_api_token": jira.credentials().1,
            "jira_webhook_secret": jira.webhook_secret(),
        });
        let manager = Amazon { secret, settings: None }.start().await;
        let variables = vec![
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint.to_owned()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", manager),
            ("AWS_ENDPOINT_URL_SECURITY_IR", sir.url().to_owned()),
            ("CASEBRIDGE_TABLE", table.name.clone()),
            ("CASEBRIDGE_INBOX_URL", "http://127.0.0.1:1/111122223333/inbox.fifo".to_owned()),
            ("CASEBRIDGE_SECRET_ID", "casebridge".to_owned()),
        ];
        let binary = std::env::var("CASEBRIDGE_NOTIFY_BIN")
            .unwrap_or_else(|_| env!("CARGO_BIN_EXE_notify").to_owned());
        Self {
            slack,
            jira,
            sir,
            table,
            lambda: Lambda::start().await,
            variables,
            binary,
            channel,
            half_done: AtomicU64::new(0),
        }
    }

    fn start(&self) -> tokio::process::Child {
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.lambda.start_function(&self.binary, &variables)
    }

    /// Brings these events to one process, or two, that live at most so long. `true` if the events were taken.
    async fn run(&self, events: &[Value], processes: u64, life: Duration) -> bool {
        let mut functions = Vec::new();
        for _ in 0..processes {
            functions.push(self.start());
            self.lambda.invoke(batch(events));
        }
        let outcome = tokio::time::timeout(life, self.lambda.outcome()).await;
        for function in &mut functions {
            function.kill().await.unwrap();
        }
        self.lambda.clear().await;
        self.settle().await;
        self.time_passes().await;
        outcome.is_ok_and(|outcome| !outcome.failed && outcome.body == json!({"batchItemFailures": []}))
    }

    /// What was sent before the kill arrives: the stand-ins hear nothing new and owe nobody an answer.
    async fn settle(&self) {
        let servers: [&Server; 3] = [&self.slack, &self.jira, &self.sir];
        let mut before = usize::MAX;
        loop {
            tokio::time::sleep(Duration::from_millis(15)).await;
            let calls: Vec<_> = servers.iter().flat_map(|server| server.calls()).collect();
            let at_work = calls.iter().any(|call| call.status.is_none() && !call.faulty);
            if !at_work && before == calls.len() {
                break;
            }
            before = calls.len();
        }
        servers.iter().for_each(|server| drop(server.take_calls()));
    }

    /// Every time in the table is moved back.
    async fn time_passes(&self) {
        let mut items = self.table.client.scan().table_name(&self.table.name).into_paginator().items().send();
        while let Some(item) = items.next().await {
            let mut item = item.unwrap();
            for (name, value) in &mut item {
                let earlier = match (name.as_str(), &*value) {
                    ("lease_until" | "next_at" | "free_at" | "since", AttributeValue::N(at)) => {
                        AttributeValue::N((at.parse::<Millis>().unwrap() - PASSES).max(0).to_string())
                    }
                    ("case_note" | "slack_note" | "jira_note" | "note", AttributeValue::S(json)) => {
                        let Ok(mut note) = serde_json::from_str::<Value>(json) else { continue };
                        let since = note.pointer("/open/since").and_then(Value::as_i64);
                        let is_open = since.is_some_and(|since| since > clock::now() - PASSES);
                        self.half_done.fetch_add(u64::from(is_open), Ordering::SeqCst);
                        moved_back(&mut note);
                        AttributeValue::S(note.to_string())
                    }
                    _ => continue,
                };
                *value = earlier;
            }
            let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
            put.send().await.unwrap();
        }
    }

    /// What people see of a case at both places.
    fn shown(&self, case: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
        let below = |message: &&Value| message.get("thread_ts").is_none_or(|ts| *ts == message["ts"]);
        let messages = self.slack.messages(&self.channel);
        let cards = messages.iter().filter(below).filter(|card| card.to_string().contains(case));
        let threads = cards.map(|card| self.slack.thread(&self.channel, card["ts"].as_str().unwrap()));
        let threads = threads.map(|thread| thread.iter().skip(1).map(Slack::shown).collect());
        let issues = self
            .jira
            .issues()
            .into_iter()
            .filter(|key| self.jira.issue(key).unwrap()["fields"]["labels"].to_string().contains(case));
        let comments = issues.map(|key| {
            self.jira.comments(&key).iter().map(|comment| Jira::plain(&comment["body"])).collect()
        });
        (threads.collect(), comments.collect())
    }
}

/// Moves the times of a note back, wherever they stand in it.
fn moved_back(note: &mut Value) {
    let back = |value: &mut Value| {
        if let Some(at) = value.as_i64().filter(|at| *at > PASSES) {
            *value = json!(at - PASSES);
        }
    };
    for path in ["/verify_at", "/look_again_at", "/not_before", "/open/since", "/until", "/next"] {
        note.pointer_mut(path).map(back);
    }
    note.pointer_mut("/again")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|it| it.values_mut())
        .for_each(back);
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
async fn killed_at_any_moment_it_loses_nothing_doubles_nothing_and_keeps_the_order() {
    let kills = number("CASEBRIDGE_KILLS", 20);
    let Ok(endpoint) = std::env::var("CASEBRIDGE_TEST_DYNAMODB") else {
        let notice = "DynamoDB was not asked for: nothing was killed with SIGKILL \
                      (CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 asks for it)\n";
        std::io::stderr().write_all(notice.as_bytes()).unwrap();
        return;
    };
    let account = table::asked_for().await.unwrap();
    let stage = Stage::set(&account, &endpoint).await;
    let hurry =
        tokio::spawn(hurry(stage.table.client.clone(), stage.table.name.clone(), stage.channel.clone()));
    let (mut dice, mut truth) = (Dice::of(number("CASEBRIDGE_SEED", 1)), Truth::default());
    // What the queue holds: a message stays until somebody took it.
    let mut queue: Vec<Value> = Vec::new();
    for _ in 0..kills {
        truth.happens(&stage.sir, &mut dice);
        queue.extend(stage.sir.take_events());
        let life = LIFE.mul_f64(dice.below(1_000) as f64 / 1_000.0);
        let mut events = queue.clone();
        events.push(json!({"sweep": true}));
        if stage.run(&events, 1 + u64::from(dice.below(4) == 0), life).await {
            queue.clear();
        }
    }
    let half_done = stage.half_done.load(Ordering::SeqCst);
    for _ in 0..8 {
        let mut events = std::mem::take(&mut queue);
        events.push(json!({"sweep": true}));
        assert!(stage.run(&events, 1, Duration::from_secs(60)).await, "nothing stands in its way any more");
    }
    hurry.abort();
    let mut wrong = Vec::new();
    for (case, (words, _)) in &truth.cases {
        let status = stage.sir.case(case).unwrap()["caseStatus"].as_str().unwrap().to_owned();
        let (threads, issues) = stage.shown(case);
        let places: Vec<_> = threads.iter().chain(&issues).map(|texts| words_in(texts)).collect();
        if (threads.len(), issues.len()) != (1, 1) || places.iter().any(|there| there != words) {
            wrong.push(format!("{case} ({status}): {words:?}\n  threads {threads:#?}\n  issues {issues:#?}"));
        }
    }
    let cases = truth.cases.len();
    stage.table.delete().await;
    assert!(wrong.is_empty(), "of {cases} cases:\n{}", wrong.join("\n"));
    assert!(half_done > 0, "no kill met a worker in the middle of its work");
    let told = format!(
        "SIGKILL: {kills} kills, {half_done} in the middle of an addition; {cases} cases, {} comments and edits: \
         0 lost, 0 doubled, 0 out of order\n",
        truth.said
    );
    std::io::stderr().write_all(told.as_bytes()).unwrap();
}
