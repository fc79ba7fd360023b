//! The reads: what the service does not answer delays the case, and what a destination does not answer when something
//! is looked for keeps the question open. Nothing is told twice for it.

use casebridge::{
    state::TargetKind,
    targets::{jira, slack},
};
use casebridge_lab::stage::{Stage, count};
use casebridge_lab::standins::{FaultRule, FaultTarget};

use super::{
    all_right,
    faults::{FAULTS, Means},
};

const MINUTE: i64 = 60_000;

/// A fault of the service, after how many seconds the case is looked at again, and how many requests are made till then
/// at most: the SDK may repeat a read once where that helps, unless it had to often lately; and where the service was
/// asked too often, the look itself waits for half a minute, and asks 13 times at most.
pub type Row = (&'static str, fn(FaultTarget) -> FaultRule, i64, usize);

pub const SIR_FAULTS: [Row; 14] = [
    ("429, Retry-After 0", |on| on.throttled(Some("0")), 25, 13),
    ("429, Retry-After 1", |on| on.throttled(Some("1")), 25, 13),
    ("429, Retry-After 30", |on| on.throttled(Some("30")), 50, 2),
    ("429, a second in the body alone", |on| on.throttled(None), 25, 13),
    ("429, Retry-After soon", |on| on.throttled(Some("soon")), 50, 13),
    ("500", |on| on.answers(500), 30, 2),
    ("503 in HTML", |on| on.html(503), 30, 2),
    ("InternalServerException", |on| on.error("InternalServerException"), 30, 2),
    ("reset after it is done", |on| on.reset_after(), 30, 2),
    ("half of the JSON", |on| on.truncated(), 30, 1),
    ("200 in HTML", |on| on.html(200), 30, 1),
    ("AccessDeniedException", |on| on.error("AccessDeniedException"), 1_800, 1),
    // Its event came just now: what is read may be older than the case.
    ("ResourceNotFoundException", |on| on.error("ResourceNotFoundException"), 10, 1),
    (
        "SecurityIncidentResponseNotActiveException",
        |on| on.error("SecurityIncidentResponseNotActiveException"),
        1_800,
        1,
    ),
];

/// What is read of a case before anything of it is told.
pub const SIR_READS: [&str; 3] = ["GetCase", "ListComments", "ListInvestigations"];

async fn read_cell(operation: &str, row: &Row) -> Option<String> {
    let (name, fault, seconds, requests) = row;
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "the first").unwrap();
    let events = stage.sir.take_events();
    stage.sir.fault(fault(FaultRule::on(operation)));
    let at = stage.now();
    stage.arrive(&events[..1]).await;
    let meta = stage.meta(&case).await;
    // Who reads along is asked beside the first read.
    let asked_along = stage.slack.count("conversations.info");
    let told = stage.slack.calls().len() + stage.jira.calls().len() - asked_along;
    // The agent is not part of every membership: a case is told without it.
    let without_agent = operation == "ListInvestigations"
        && ["AccessDeniedException", "ResourceNotFoundException"].contains(name);
    let wait = (meta.next_at? - at) / 1_000;
    let asked = stage.sir.count(operation);
    stage.sir.heal();
    for _ in 0..8 {
        stage.minutes(5).await;
    }
    let stands = [
        stage.cards().len(),
        stage.jira.issues().len(),
        count(&stage.lines(&case).await, "the first"),
        count(&stage.comments(&case).await, "the first"),
    ];
    let fits = match without_agent {
        true => told > 0,
        false => told == 0 && (*seconds..seconds + 20).contains(&wait) && (1..=*requests).contains(&asked),
    };
    let right = fits && stands == [1, 1, 1, 1] && meta.lease_until == 0;
    (!right).then(|| {
        format!(
            "{operation} × {name}: {wait} s, asked {asked} times, {told} calls to others, stands {stands:?}"
        )
    })
}

#[tokio::test]
async fn what_the_service_does_not_answer_is_asked_again_in_its_time_and_nothing_is_told_before() {
    all_right(SIR_READS.iter().flat_map(|read| SIR_FAULTS.iter().map(|row| read_cell(read, row)))).await;
}

/// Where an addition was lost, and what is then asked for it.
pub const FINDS: [(TargetKind, &str, &str); 7] = [
    (slack::KIND, "chat.postMessage", "conversations.replies"),
    (slack::KIND, "chat.postMessage", "conversations.history"),
    (slack::KIND, "chat.postMessage", "auth.test"),
    (jira::KIND, "createIssue", "searchAndReconsileIssuesUsingJqlPost"),
    (jira::KIND, "createIssue", "getCurrentUser"),
    (jira::KIND, "addComment", "getComments"),
    (jira::KIND, "addComment", "getCurrentUser"),
];

async fn find_cell(find: &(TargetKind, &str, &str), row: &super::faults::Row) -> Option<String> {
    let (destination, adds, reads) = *find;
    let (name, fault, slack, jira) = row;
    let is_slack = destination == slack::KIND;
    let means = (if is_slack { *slack } else { *jira })?;
    // Whether that concerns everybody is asked once more, and answered.
    let who = ["auth.test", "getCurrentUser"].contains(&reads);
    let everybody = means == Means::Everywhere || means == Means::Gone && !is_slack;
    // Whether the thread is gone is asked once more as well.
    let thread = is_slack && means == Means::Gone && ["conversations.replies", "auth.test"].contains(&reads);
    let questions = 1 + usize::from(who && everybody || thread);
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let first = adds == "createIssue" || reads == "conversations.history";
    if !first {
        stage.events().await;
    }
    let server: &casebridge_lab::standins::Server = if is_slack { &stage.slack } else { &stage.jira };
    server.fault(FaultRule::on(adds).once().reset_after());
    stage.sir.aws_comments(&case, "AWS Responder", "the first").unwrap();
    stage.events().await;
    let made = server.count(adds);
    server.fault(fault(FaultRule::on(reads).once()));
    // Past the quarantine, in one step: the question is asked once.
    stage.later(if adds == "createIssue" { 301_000 } else { 61_000 });
    let asked = server.count(reads);
    stage.sweep().await;
    let note = stage.place(&case, destination).await;
    let (asked, again) = (server.count(reads) - asked, server.count(adds) - made);
    let is_open = note.open.is_some();
    let tripped = stage.breaker(destination).await.trips > 0;
    server.heal();
    for _ in 0..30 {
        stage.later(5 * MINUTE);
        stage.sweep().await;
    }
    let stands = [
        stage.cards().iter().filter(|card| card.to_string().contains(case.as_str())).count(),
        stage.jira.issues().len(),
        count(&stage.lines(&case).await, "the first"),
        count(&stage.comments(&case).await, "the first"),
    ];
    let right = is_open && !tripped && asked == questions && again == 0 && stands == [1, 1, 1, 1];
    (!right).then(|| {
        format!("{adds} lost, {reads} × {name}: open {is_open}, tripped {tripped}, asked {asked} times, made {again} times more, stands {stands:?}")
    })
}

#[tokio::test]
async fn an_unanswered_question_for_a_lost_addition_stays_open_and_makes_nothing_twice() {
    all_right(FINDS.iter().flat_map(|find| FAULTS.iter().map(move |row| find_cell(find, row)))).await;
}
