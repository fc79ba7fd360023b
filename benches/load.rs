//! Sixty cases at once, and ten thousand comments, with the limits that the services have: who is told when, and how much
//! of each limit is used. In virtual time.
#![expect(clippy::unwrap_used, reason = "a program that measures and prints")]

#[path = "figures.rs"]
mod figures;

use std::collections::BTreeMap;

use casebridge::{
    case::{CaseId, Millis},
    runtime::World,
    state::Store,
};
use casebridge_lab::{
    load::{Delays, Load, Made},
    standins::{Order, slack_tier},
};
use figures::Figures;
use futures_util::{StreamExt, future::join, stream};
use serde_json::Value;

/// As the template has it.
const CONCURRENCY: usize = 5;

fn main() {
    let mut figures = Figures::of("load");
    figures.say("storm_10_cards_s", (virtually(storm()), "s"), Some(11.0));
    let (told, posts, shares) = virtually(backlog());
    assert_eq!(posts, 144, "each once");
    figures.say("backlog_48_cases_s", (told, "s"), Some(160.0));
    figures.say("urgent_behind_backlog_s", (virtually(urgent()), "s"), Some(55.0));
    for (known, most) in [(300, 15.0), (1_000, 60.0)] {
        let each = [Order::NewestFirst, Order::OldestFirst].map(|order| virtually(one_more(known, order)).0);
        figures.say(&format!("long_{known}_s"), (each[0].max(each[1]), "s"), Some(most));
    }
    for (name, order) in [("newest", Order::NewestFirst), ("oldest", Order::OldestFirst)] {
        let (seconds, calls) = virtually(one_more(10_000, order));
        figures.say(&format!("known_10000_{name}_first_s"), (seconds, "s"), None);
        figures.say(&format!("known_10000_{name}_first_calls"), (calls as f64, "calls"), Some(20.0));
    }
    let (looks, calls) = virtually(burst());
    figures.say("events_1000_looks", (looks as f64, "looks"), Some(2.0));
    figures.say("events_1000_calls", (calls as f64, "calls"), None);
    // Of the backlog: what was asked, refused or not, where it was asked most.
    for (name, percent) in shares {
        figures.say(&format!("share_{name}"), (percent as f64, "%"), Some(100.0));
    }
    figures.written();
}

fn virtually<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(Box::pin(work))
}

fn seconds(time: Millis) -> f64 {
    time as f64 / 1_000.0
}

/// Batches of ten, five invocations at a time, and a sweep a minute.
async fn deliver(load: &Load, events: Vec<Value>, minutes: u32) {
    let batches: Vec<Vec<Value>> = events.chunks(10).map(<[Value]>::to_vec).collect();
    let arrivals =
        stream::iter(batches).for_each_concurrent(CONCURRENCY, async |batch| load.arrive(&batch).await);
    let sweeps = stream::iter(1..=minutes).for_each_concurrent(None, async |minute| {
        load.pass(60_000 * u64::from(minute)).await;
        load.sweep().await;
    });
    join(arrivals, sweeps).await;
}

fn posts(made: &[Made]) -> Vec<&Made> {
    made.iter().filter(|one| one.what == "slack chat.postMessage" && !one.throttled).collect()
}

fn is_card(made: &Made) -> bool {
    !made.body.contains("\"thread_ts\"")
}

async fn storm() -> f64 {
    let load = Load::new(Delays::REAL, "");
    (0..10).for_each(|number| drop(load.sir.aws_creates_case(&format!("Case {number}"))));
    let (began, events) = (load.now(), load.sir.take_events());
    deliver(&load, events, 1).await;
    let made = load.made();
    let cards: Vec<_> = posts(&made).into_iter().filter(|post| is_card(post)).collect();
    assert_eq!(cards.len(), 10);
    seconds(cards[9].at - began)
}

async fn opened(load: &Load, cases: usize) -> Vec<Value> {
    for number in 0..cases {
        let case = load.sir.aws_creates_case(&format!("Case {number}"));
        load.sir.aws_comments(&case, "AWS Responder", &format!("We are at {number}.")).unwrap();
    }
    load.sir.take_events()
}

async fn backlog() -> (f64, usize, BTreeMap<String, usize>) {
    let load = Load::new(Delays::REAL, "");
    let events = opened(&load, 48).await;
    let began = load.now();
    deliver(&load, events, 8).await;
    let made = load.made();
    let posts = posts(&made);
    (seconds(posts.last().unwrap().at - began), posts.len(), shares(&made))
}

async fn urgent() -> f64 {
    const WORDS: &str = "web-2 is isolated";
    let load = Load::new(Delays::REAL, "");
    let known = load.known(0).await;
    load.settle().await;
    let events = opened(&load, 48).await;
    load.made();
    let began = load.now() + 5_000;
    let comment = async {
        load.pass(5_000).await;
        load.sir.aws_comments(&known, "AWS Responder", WORDS).unwrap();
        load.arrive(&load.sir.take_events()).await;
    };
    join(deliver(&load, events, 4), comment).await;
    let made = load.made();
    seconds(posts(&made).iter().find(|post| post.body.contains(WORDS)).unwrap().at - began)
}

/// One new comment on a case of so many that are known: seconds from its event until it is told, and calls in all.
async fn one_more(known: usize, order: Order) -> (f64, usize) {
    const WORDS: &str = "one more";
    let load = Load::new(Delays::REAL, "");
    load.sir.set_order(order);
    let case: CaseId = load.known(known).await;
    if known >= 10_000 {
        // Once they were looked at.
        load.memory.hint(&case, load.now(), false).await.unwrap();
        load.settle().await;
    }
    load.pass(60_000).await;
    load.made();
    load.sir.aws_comments(&case, "AWS Responder", WORDS).unwrap();
    let began = load.now();
    load.events().await;
    load.settle_for(120).await;
    let made = load.made();
    let told = posts(&made).iter().find(|post| post.body.contains(WORDS)).unwrap().at;
    (seconds(told - began), made.iter().filter(|one| one.at - began < 60_000).count())
}

/// A thousand events of one case: how often it was looked at, and how many calls that took.
async fn burst() -> (usize, usize) {
    let load = Load::new(Delays::REAL, "");
    let case = load.known(0).await;
    load.settle().await;
    for number in 0..1_000 {
        let title = format!("Title {number}");
        load.sir.aws_changes(&case, &serde_json::json!({"title": title})).unwrap();
    }
    let events = load.sir.take_events();
    assert_eq!(events.len(), 1_000);
    load.made();
    deliver(&load, events, 0).await;
    let made = load.made();
    (made.iter().filter(|one| one.what == "sir GetCase").count(), made.len())
}

/// The most that was used of each limit, in percent.
fn shares(made: &[Made]) -> BTreeMap<String, usize> {
    let mut at: BTreeMap<String, Vec<Millis>> = BTreeMap::new();
    for one in made {
        at.entry(counted(&one.what)).or_default().push(one.at);
    }
    let share = |(name, at): (String, Vec<Millis>)| {
        let (most, window) = limit(&name)?;
        let used = |begin: &Millis| at.iter().filter(|at| (*begin..begin + window).contains(at)).count();
        let used = at.iter().map(used).max()?;
        Some((name.replace(' ', "_"), 100 * used / most))
    };
    at.into_iter().filter_map(share).collect()
}

/// Jira counts a path and a method.
fn counted(what: &str) -> String {
    match what.strip_prefix("jira ") {
        Some(rest) => {
            let (method, path) = rest.split_once(' ').unwrap_or((rest, ""));
            let end = path.rsplit('/').find(|part| part.parse::<u64>().is_err()).unwrap_or_default();
            format!("jira {method} {end}")
        }
        None => what.to_owned(),
    }
}

/// So many within so many milliseconds; see docs of the stand-ins.
fn limit(name: &str) -> Option<(usize, Millis)> {
    let (service, what) = name.split_once(' ')?;
    match service {
        "slack" if what == "chat.postMessage" => Some((60, 60_000)),
        "slack" => Some((slack_tier(what)?, 60_000)),
        "sir" => Some((if what.starts_with("Get") || what.starts_with("List") { 5 } else { 1 }, 1_000)),
        "jira" => Some((if what.starts_with("PUT") { 50 } else { 100 }, 1_000)),
        _ => None,
    }
}
