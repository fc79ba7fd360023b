//! What does an idle month cost, and what a case? The calls are counted, the prices are estimated: docs/cost.md.

use std::fmt::Write;

use casebridge_lab::load::{Cost, Delays, Flow};

const BEGIN: &str = "<!-- calls: written by UPDATE_DOCS=1 cargo test --test notify bill -->\n";
const END: &str = "<!-- /calls -->";

/// What of the table only reads.
const READS: [&str; 12] = [
    "all_told", "bound", "command", "due_list", "ledgers", "meta", "note", "notes", "sayings", "settings",
    "told", "told_at",
];

/// Calls by whom they go to: reads and writes of the table, the queue, SIR, Slack, Jira.
type Counts = [usize; 6];

fn counted(cost: &Cost) -> Counts {
    let mut counts = [0; 6];
    for made in &cost.made {
        let place = match made.what.split_once(' ').unwrap_or((made.what.as_str(), "")) {
            ("table", name) if READS.contains(&name) => 0,
            ("table", _) => 1,
            ("queue", _) => 2,
            ("sir" | "hub", _) => 3,
            ("slack", _) => 4,
            ("jira", _) => 5,
            other => panic!("nobody knows what {other:?} costs"),
        };
        counts[place] += 1;
    }
    counts
}

/// Estimated prices in dollars: a million reads, writes and messages; a million runs, and a second of 256 MB.
const READ: f64 = 0.28;
const WRITE: f64 = 0.71;
const MESSAGE: f64 = 0.50;
const RUN: f64 = 0.20;
const SECOND: f64 = 0.000_003_4;
/// A month: an alarm, a metric of our own, the key, the secret, a GB of logs.
const ALARM: f64 = 0.10;
const METRIC: f64 = 0.30;
const KEY: f64 = 1.0;
const SECRET: f64 = 0.40;
const LOGS: f64 = 0.60;
const SWEEPS: f64 = 43_200.0;
/// A sweep's lines in the log.
const SWEEP_BYTES: f64 = 1_200.0;

/// What the calls of one run cost, by its time in seconds.
fn price(counts: Counts, seconds: f64) -> f64 {
    let [reads, writes, messages, ..] = counts.map(|count| f64::from(u32::try_from(count).unwrap()));
    (reads * READ + writes * WRITE + messages * MESSAGE + RUN) / 1e6 + seconds * SECOND
}

fn resources(kind: &str) -> f64 {
    let template = include_str!("../../template.yaml");
    let count = template.lines().filter(|line| line.trim() == format!("Type: {kind}")).count();
    f64::from(u32::try_from(count).unwrap())
}

/// The metrics of our own that an alarm or the dashboard shows.
fn metrics() -> f64 {
    let written = include_str!("../../src/telemetry/metrics.rs").split("#[cfg(test)]").next().unwrap();
    let quoted = written.split('"').skip(1).step_by(2);
    let names: std::collections::BTreeSet<_> =
        quoted.filter(|name| name.len() > 4 && name.chars().all(char::is_alphanumeric)).collect();
    let ours = names.into_iter().filter(|name| name.starts_with(char::is_uppercase));
    f64::from(
        u32::try_from(ours.filter(|name| !["Count", "Seconds", "Name", "Unit"].contains(name)).count())
            .unwrap(),
    )
}

async fn bill() -> String {
    let mut told =
        "| what happens | table reads | table writes | queue | SIR | Slack | Jira | dollars a thousand |\n\
                    |---|---|---|---|---|---|---|---|\n"
            .to_owned();
    let mut sweep = 0.0;
    for (what, flow, seconds) in [
        ("a case is opened: card, issue, links", Flow::Created, 3.0),
        ("AWS comments: a line in both", Flow::CommentSlack, 1.0),
        ("AWS moves a case", Flow::StatusJira, 1.5),
        ("somebody replies in the thread", Flow::ReplyCase, 1.0),
        ("`/sir show`", Flow::Show, 0.6),
        ("an event comes again", Flow::Duplicate, 0.1),
        ("a minute in which nothing is due", Flow::IdleSweep, 0.1),
    ] {
        let counts = counted(&Box::pin(flow.cost(Delays::EACH, || ())).await);
        let cells = counts.map(|count| count.to_string()).join(" | ");
        let dollars = price(counts, seconds);
        writeln!(told, "| {what} | {cells} | {:.3} |", dollars * 1_000.0).unwrap();
        if flow == Flow::IdleSweep {
            sweep = dollars * SWEEPS + SWEEPS * SWEEP_BYTES / 1e9 * LOGS;
        }
    }
    let (alarms, metrics) = (resources("AWS::CloudWatch::Alarm"), metrics());
    let idle = alarms * ALARM + metrics * METRIC + KEY + SECRET + sweep;
    write!(
        told,
        "\nAn idle month, estimated: **about {idle:.0} dollars**.\n\n| what | dollars a month |\n|---|---|\n\
         | {alarms} alarms | {:.2} |\n| {metrics} metrics | {:.2} |\n| key and secret | {:.2} |\n\
         | the sweep, its reads and its log | {sweep:.2} |\n",
        alarms * ALARM,
        metrics * METRIC,
        KEY + SECRET
    )
    .unwrap();
    told
}

#[tokio::test(start_paused = true)]
async fn the_bill_in_the_docs_is_what_is_counted() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cost.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (there, after) = rest.split_once(END).unwrap();
    let counted = bill().await;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return std::fs::write(path, [before, BEGIN, &counted, END, after].concat()).unwrap();
    }
    assert_eq!(there, counted, "UPDATE_DOCS=1 cargo test --test notify bill");
}
