//! Every call that tells something × every fault.

use casebridge::{
    case::{CaseId, ChannelId},
    state::{TargetKind, notes::PlaceNote},
    targets::{jira, slack},
};
use casebridge_lab::stage::{Stage, count};
use casebridge_lab::standins::{FaultRule, JiraStandin, Server, SlackStandin};

use super::{
    all_right,
    calls::{CALLS, Call, Cause, Kind, happen, prepare},
    faults::{FAULTS, Means, Row},
};

/// What META says after one invocation, and how often the call was made in it.
#[derive(Debug, PartialEq, Eq)]
struct Reaction {
    /// Requests of this call that met the fault or came after it.
    requests: usize,
    /// The intent stays: it may have been made.
    open: bool,
    /// A person is needed.
    parked: bool,
    /// A state was refused, and is tried by itself.
    refused: bool,
    /// The destination is left alone by everybody because it is broken.
    tripped: bool,
    /// Nothing is sent for at least so long, in seconds; 0 where it was done or let be.
    wait: i64,
}

const DONE: Reaction =
    Reaction { requests: 1, open: false, parked: false, refused: false, tripped: false, wait: 0 };

/// The table: what must follow.
fn expected(destination: TargetKind, kind: Kind, means: Means, knows_us: bool) -> Reaction {
    let parked = Reaction { parked: true, wait: 300, ..DONE };
    // A refusal that might concern everybody concerns everybody if the target does not know us when it is asked.
    let concerns_everybody = Reaction { tripped: !knows_us, ..parked };
    let adds = matches!(kind, Kind::Add | Kind::AddHome);
    let refused = Reaction { refused: true, wait: 300, ..DONE };
    match means {
        Means::Content | Means::Here | Means::Everywhere if kind == Kind::Set => refused,
        Means::Gone if kind == Kind::Set && destination == jira::KIND => refused,
        Means::Wait(millis) => Reaction { wait: (millis / 1_000).max(1), ..DONE },
        Means::Unknown if adds => Reaction { open: true, ..DONE },
        Means::Unknown => Reaction { wait: 1, ..DONE },
        Means::Content if adds => Reaction { requests: 2, ..DONE },
        Means::Content => DONE,
        // No issue is there yet: it is the project that is not found.
        Means::Gone if kind == Kind::AddHome => concerns_everybody,
        Means::Gone if adds => parked,
        Means::Gone => DONE,
        Means::Here => parked,
        Means::Everywhere => concerns_everybody,
    }
}

fn server(stage: &Stage, destination: TargetKind) -> &Server {
    match destination == slack::KIND {
        true => &stage.slack,
        false => &stage.jira,
    }
}

async fn reaction(stage: &Stage, case: &CaseId, call: &Call, before: usize, must: &Reaction) -> Reaction {
    let (destination, operation, .., part) = *call;
    let note: PlaceNote = stage.place(case, destination).await;
    let mut calls = server(stage, destination).calls_of(operation).split_off(before);
    let met = calls.iter().find(|call| call.faulty || call.status.is_none()).cloned();
    let met = met.unwrap_or_else(|| panic!("{call:?} did not meet its fault: {calls:?}"));
    calls.retain(|call| match part {
        "" => call.body == met.body,
        part => call.body.to_string().contains(part),
    });
    let first = met.at;
    let soon = calls.iter().filter(|call| must.wait == 0 || call.at < first + must.wait * 1_000);
    // A short pause is spent waiting, and shows in the time of the next request; a longer one stands in the note.
    // What is let be, or done, leaves none behind; an unknown addition is asked for, not waited for.
    let wait = match calls.get(1) {
        Some(next) if must.wait > 0 => next.at - first,
        _ if note.failures > 0 && note.open.is_none() => note.not_before - first,
        None => note.owed.values().map(|owed| owed.not_before - first).max().unwrap_or(0),
        _ => 0,
    };
    Reaction {
        requests: soon.count(),
        open: note.open.is_some(),
        parked: note.parked.is_some(),
        refused: note.owed.values().any(|owed| owed.refusals > 0),
        tripped: stage.breaker(destination).await.trips > 0,
        wait: wait / 1_000,
    }
}

/// How a target is asked who we are.
fn who_we_are(destination: TargetKind) -> &'static str {
    match destination == slack::KIND {
        true => "auth.test",
        false => "getCurrentUser",
    }
}

/// One cell of the table: `None` where all is as it must be. Where the target does not know us, the question who we are
/// meets the same fault; that makes a difference for what might concern everybody alone.
async fn cell(call: &Call, row: &Row, knows_us: bool) -> Option<String> {
    let (destination, operation, kind, cause, layout, part) = *call;
    let (name, fault, slack, jira) = row;
    let means = if destination == slack::KIND { *slack } else { *jira }?;
    let must = expected(destination, kind, means, knows_us);
    if !knows_us && must == expected(destination, kind, means, true) {
        return None;
    }
    let (stage, case, comment) = Box::pin(prepare(cause, layout)).await;
    let destination_server = server(&stage, destination);
    let before = destination_server.count(operation);
    let on = FaultRule::on(operation).once();
    destination_server.fault(fault(if part.is_empty() { on } else { on.body(part) }));
    if !knows_us {
        destination_server.fault(fault(FaultRule::on(who_we_are(destination))));
    }
    Box::pin(happen(&stage, cause, &case, comment.as_ref())).await;
    let known = if knows_us { "" } else { ", and it does not know us" };
    let what = format!("{} {operation} for {cause:?} × {name}{known}", destination.as_str());
    let must = match (operation, *name) {
        // They answer with 204 and nothing, of which half is as good.
        ("editIssue" | "doTransition", "half of the JSON") => DONE,
        // It may be refused because it is to mail nobody, and is asked for once more without.
        ("editIssue" | "updateComment", "400") => Reaction { requests: 2, ..DONE },
        // Whether the issue is gone is asked of the issue, by the same request.
        ("getIssue", "404") => Reaction { requests: 2, refused: true, ..DONE },
        // The topic that names the issue is another one.
        ("conversations.setTopic", _)
            if matches!(means, Means::Content | Means::Here | Means::Everywhere) =>
        {
            Reaction { requests: 2, ..DONE }
        }
        _ => must,
    };
    let is = Box::pin(reaction(&stage, &case, call, before, &must)).await;
    // A pause may be longer, since others were waited for, but never shorter.
    let fits = Reaction { wait: must.wait, ..is } == must && (must.wait..must.wait + 60).contains(&is.wait);
    let after = destination_server.count(operation);
    destination_server.heal();
    if is.open {
        // Before everything that was sent must have arrived, nothing is sent again.
        stage.later(1_000);
        stage.sweep().await;
        if destination_server.count(operation) != after {
            return Some(format!("{what}: sent again before the quarantine ended"));
        }
    }
    for _ in 0..15 {
        stage.later(300_000);
        stage.sweep().await;
    }
    let stands = standing(&stage, &case);
    let comments = if cause == Cause::Comment { 2 } else { 1 };
    let right = [1, 1, comments, comments];
    match (fits, stands == right) {
        (true, true) => None,
        (false, _) => Some(format!("{what}: {is:?}\n  must be {must:?}")),
        (_, false) => Some(format!("{what}: stands {stands:?} and must {right:?}")),
    }
}

/// How many cards, issues, lines of comments in Slack and comments in Jira stand there in the end.
fn standing(stage: &Stage, case: &CaseId) -> [usize; 4] {
    let state = stage.slack.state();
    let channels = state["channels"].as_object().unwrap().keys();
    let messages: Vec<_> =
        channels.flat_map(|channel| stage.slack.messages(&ChannelId::new(channel))).collect();
    let cards =
        messages.iter().filter(|message| message["metadata"].to_string().contains(&format!("{case}/home")));
    let said = ["the first", "the second"];
    let lines: Vec<String> = messages.iter().map(SlackStandin::shown).collect();
    let keys = stage.jira.issues();
    let comments: Vec<String> = keys
        .iter()
        .flat_map(|key| stage.jira.comments(key))
        .map(|comment| JiraStandin::plain(&comment["body"]))
        .collect();
    let all = |texts: &[String]| said.iter().map(|text| count(texts, text)).sum();
    [cards.count(), keys.len(), all(&lines), all(&comments)]
}

async fn table(destination: TargetKind) {
    let calls = CALLS.iter().filter(|call| call.0 == destination);
    let cells = calls.flat_map(|call| FAULTS.iter().map(move |row| (call, row)));
    all_right(
        cells.flat_map(|(call, row)| [true, false].map(|knows_us| Box::pin(cell(call, row, knows_us)))),
    )
    .await;
}

#[tokio::test]
async fn every_call_to_slack_under_every_fault_leads_to_what_the_table_says() {
    table(slack::KIND).await;
}

#[tokio::test]
async fn every_call_to_jira_under_every_fault_leads_to_what_the_table_says() {
    table(jira::KIND).await;
}
