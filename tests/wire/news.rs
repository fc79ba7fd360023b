//! What `notify` asks for besides telling cases: a membership's news, the discovery, the hourly check with what it
//! takes away and hands over, and a channel whose name is taken × every fault. What was not answered is asked for
//! again, nothing is said twice, and nothing that people see changes meanwhile.

use casebridge::{
    case::CaseId,
    config::settings::Settings,
    entry::notify::Notifier,
    runtime::World,
    state::{Store, TargetKind},
    targets::{jira, slack},
};
use casebridge_lab::stage::{Stage, ana, count, nobody};
use casebridge_lab::standins::{FaultRule, Server};
use serde_json::{Value, json};

use super::{
    all_right,
    faults::{FAULTS, Row as FaultRow},
    inbox::Elsewhere,
    reads::{Row as SirRow, SIR_FAULTS},
};

/// The calls that are under a fault here: where, and their names.
pub const CALLS: [&str; 12] = [
    "GetMembership",
    "ListCases",
    "chat.postMessage",
    "auth.test",
    "conversations.history",
    "conversations.replies",
    "conversations.list",
    "getCurrentUser",
    "getComments",
    "getIssue",
    "chat.delete",
    "deleteComment",
];

const MINUTE: i64 = 60_000;

fn membership_event(stage: &Stage) -> Value {
    let file = format!("{}/events/eventbridge/membership-updated.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(file).unwrap();
    serde_json::from_str(&text.replace("m-4k7c2p9x1w", stage.sir.membership_id().unwrap().as_str())).unwrap()
}

/// The event comes, comes again at once, and once more when all is mended.
async fn membership(stage: &Stage, server: &Server, call: &str) -> (bool, bool, usize, usize, usize) {
    let event = [membership_event(stage)];
    let before = server.count(call);
    let first = stage.arrive(&event).await == ["m0"];
    let asked = server.count(call) - before;
    let posted = stage.slack.count("chat.postMessage");
    let second = stage.arrive(&event).await == ["m0"];
    let in_between = stage.slack.count("chat.postMessage") - posted;
    server.heal();
    stage.later(61_000);
    stage.arrive(&event).await;
    stage.later(61_000);
    stage.arrive(&event).await;
    (first, second, asked, in_between, stage.cards().len())
}

async fn get_membership_cell(row: &SirRow) -> Option<String> {
    let (name, fault, seconds, requests) = *row;
    let stage = Stage::set().await;
    stage.sir.fault(fault(FaultRule::on("GetMembership")));
    let is = membership(&stage, &stage.sir, "GetMembership").await;
    // That it ended is told even where it can be read no more.
    let again = seconds < 1_800 && name != "ResourceNotFoundException";
    let asked = (1..=requests).contains(&is.2);
    let right = asked && (is.0, is.1, is.3, is.4) == (again, again, 0, 1);
    (!right).then(|| format!("GetMembership × {name}: {is:?}"))
}

async fn news_cell(row: &FaultRow, looked_for: Option<&str>) -> Option<String> {
    let (name, fault, slack, _) = *row;
    slack?;
    let stage = Stage::set().await;
    let call = looked_for.unwrap_or("chat.postMessage");
    if looked_for.is_some() {
        stage.slack.fault(FaultRule::on("chat.postMessage").once().reset_after());
        stage.arrive(&[membership_event(&stage)]).await;
        stage.later(61_000);
    }
    stage.slack.fault(fault(FaultRule::on(call)));
    let is = membership(&stage, &stage.slack, call).await;
    let requests = if looked_for.is_some() && is.2 == 1 { 1 } else { 1 + usize::from(looked_for.is_some()) };
    let right = (is.0, is.1, is.3, is.4) == (true, true, 0, 1) && is.2 <= requests;
    (!right).then(|| format!("{call} for a membership's news × {name}: {is:?}"))
}

#[tokio::test]
async fn a_memberships_news_is_told_once_whatever_fails() {
    all_right(SIR_FAULTS.iter().map(get_membership_cell)).await;
    let calls = [None, Some("auth.test"), Some("conversations.history")];
    all_right(calls.iter().flat_map(|call| FAULTS.iter().map(|row| news_cell(row, *call)))).await;
}

async fn discovery_cell(row: &SirRow) -> Option<String> {
    let (name, fault, _, requests) = *row;
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "the first").unwrap();
    stage.sir.take_events();
    stage.sir.fault(fault(FaultRule::on("ListCases")));
    stage.sweep().await;
    let (asked, told) = (stage.sir.count("ListCases"), stage.slack.calls().len() + stage.jira.calls().len());
    stage.sir.heal();
    stage.minutes(3).await;
    let stands =
        [stage.cards().len(), stage.jira.issues().len(), count(&stage.lines(&case).await, "the first")];
    let right = (1..=requests).contains(&asked) && told == 0 && stands == [1, 1, 1];
    (!right).then(|| format!("ListCases × {name}: asked {asked} times, told {told}, stands {stands:?}"))
}

#[tokio::test]
async fn a_case_of_which_no_event_came_is_found_whatever_fails() {
    all_right(SIR_FAULTS.iter().map(discovery_cell)).await;
}

/// A case that was told, with a person's reply whose event was lost and a comment that Jira never kept.
async fn told() -> (Stage, CaseId) {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "the first").unwrap();
    stage.events().await;
    stage.jira.fault(FaultRule::on("addComment").once().never_stored());
    stage.sir.aws_comments(&case, "AWS Responder", "the second").unwrap();
    stage.events().await;
    let (channel, card) = stage.card(&case).await;
    stage.slack.says(&ana(), &channel, "It was Bo's key", Some(&card));
    (stage, case)
}

/// What the hourly check reads.
const CHECKED: [(TargetKind, &str); 5] = [
    (slack::KIND, "auth.test"),
    (slack::KIND, "conversations.replies"),
    (jira::KIND, "getCurrentUser"),
    (jira::KIND, "getComments"),
    (jira::KIND, "getIssue"),
];

async fn check_cell(checked: &(TargetKind, &str), row: &FaultRow) -> Option<String> {
    let ((destination, call), (name, fault, slack, jira)) = (*checked, *row);
    (if destination == slack::KIND { slack } else { jira })?;
    let (stage, case) = told().await;
    let server: &Server = if destination == slack::KIND { &stage.slack } else { &stage.jira };
    let asked = server.count(call);
    server.fault(fault(FaultRule::on(call)));
    stage.minutes(65).await;
    let asked = server.count(call) - asked;
    let lines = stage.lines(&case).await;
    server.heal();
    for _ in 0..40 {
        stage.later(10 * MINUTE);
        stage.sweep().await;
    }
    let jobs = stage.jobs();
    let handed_over = !jobs.is_empty() && jobs.iter().all(|job| job.id == jobs[0].id);
    let comments = stage.comments(&case).await;
    let stands = [
        stage.cards().len(),
        stage.jira.issues().len(),
        count(&stage.lines(&case).await, "the first"),
        count(&comments, "the first"),
        count(&comments, "the second"),
    ];
    // Nothing that people see was changed for a check that failed.
    let kept = count(&lines, "the first") == 1 && count(&lines, "the second") == 1;
    let right = asked > 0 && kept && handed_over && stands == [1, 1, 1, 1, 1];
    (!right).then(|| {
        format!("{call} of the check × {name}: asked {asked} times, {} jobs, stands {stands:?}", jobs.len())
    })
}

#[tokio::test]
async fn a_check_that_is_not_answered_changes_nothing_and_the_next_one_mends() {
    all_right(CHECKED.iter().flat_map(|checked| FAULTS.iter().map(move |row| check_cell(checked, row))))
        .await;
}

/// Something stands there twice, since the ledger was told so late: the later is taken away.
async fn double_cell(destination: TargetKind, row: &FaultRow) -> Option<String> {
    let (name, fault, slack, jira) = *row;
    let (call, adds) = match destination == slack::KIND {
        true => ("chat.delete", "chat.postMessage"),
        false => ("deleteComment", "addComment"),
    };
    (if destination == slack::KIND { slack } else { jira })?;
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let server: &Server = if destination == slack::KIND { &stage.slack } else { &stage.jira };
    // It arrives when it can no longer be expected to, beside its repetition.
    server.fault(FaultRule::on(adds).once().late());
    stage.sir.aws_comments(&case, "AWS Responder", "the first").unwrap();
    stage.events().await;
    stage.minutes(3).await;
    server.apply_late();
    server.fault(fault(FaultRule::on(call).once()));
    stage.minutes(65).await;
    let asked = server.count(call);
    for _ in 0..40 {
        stage.later(10 * MINUTE);
        stage.sweep().await;
    }
    let stands =
        [count(&stage.lines(&case).await, "the first"), count(&stage.comments(&case).await, "the first")];
    let right = asked > 0 && stands == [1, 1];
    (!right).then(|| format!("{call} × {name}: asked {asked} times, stands {stands:?}"))
}

#[tokio::test]
async fn what_stands_there_twice_is_taken_away_whatever_fails() {
    let both = [slack::KIND, jira::KIND];
    all_right(both.iter().flat_map(|place| FAULTS.iter().map(move |row| double_cell(*place, row)))).await;
}

#[tokio::test]
async fn a_reply_that_the_inbox_does_not_take_is_handed_over_later() {
    let (stage, _) = told().await;
    let world = Elsewhere::of(&stage.world, nobody()).await;
    let (settings, secrets): (&Settings, _) = (&stage.settings, &stage.secrets);
    for _ in 0..65 {
        stage.later(MINUTE);
        let deadline = world.now() + 600_000;
        Notifier { world: &world, settings, secrets, deadline }.handle(json!({"sweep": true})).await.unwrap();
    }
    assert_eq!(stage.jobs().len(), 0);
    stage.minutes(130).await;
    let jobs = stage.jobs();
    assert!(jobs.iter().all(|job| job.body.contains("It was Bo's key") && job.id == jobs[0].id));
    assert!(!jobs.is_empty(), "it is handed over by a later check");
    assert!(stage.memory.command(&jobs[0].id).await.unwrap().is_none());
}

/// The channel was made, nobody heard of it, and whose it is cannot be asked.
async fn channel_cell(row: &FaultRow) -> Option<String> {
    let (name, fault, slack, _) = *row;
    slack?;
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.slack.fault(FaultRule::on("conversations.create").once().reset_after());
    stage.events().await;
    stage.slack.fault(fault(FaultRule::on("conversations.list").once()));
    for _ in 0..30 {
        stage.later(5 * MINUTE);
        stage.sweep().await;
    }
    let asked = stage.slack.count("conversations.list");
    let note = stage.place(&case, slack::KIND).await;
    let channels = stage.slack.state()["channels"].as_object().unwrap().len();
    let right = asked > 0 && note.home.is_some() && channels == 2;
    (!right)
        .then(|| format!("conversations.list × {name}: asked {asked} times, {note:?}, {channels} channels"))
}

#[tokio::test]
async fn a_channel_that_may_be_ours_is_asked_for_until_slack_answers() {
    all_right(FAULTS.iter().map(channel_cell)).await;
}
