//! Every operation of Security Incident Response and Security Hub that a command asks for × every fault, once and
//! until it is mended: how often it is asked, how long is waited, what the person reads, whether the queue brings the
//! job again, and how the case stands after that.

use casebridge_lab::stage::Stage;
use std::time::Duration;

use casebridge_lab::standins::{FaultRule, FaultTarget, Server};
use futures_util::{StreamExt, stream};

use super::{
    acts::{Act, Calm},
    all_right,
    reaction::{Lasts, Reaction, Reads},
};

/// What an operation is for, and how it can be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Changes nothing.
    Reads,
    /// Changes something, and the service knows a repetition by its `clientToken`.
    Adds,
    /// Changes something, and its answer has to be read; what is there is compared before.
    Sets,
    /// The same, but there is nothing in its answer.
    SetsSilently,
    /// The same, and it cannot be read back whole: where nobody knows, it is set again.
    SetsAgain,
}

use Kind::*;

/// An operation, what it is for, and what somebody does so that it is asked for.
pub type Row = (&'static str, Kind, Act);

/// Every operation; an act may ask for several, and is here for one.
pub const SERVICE: [Row; 37] = [
    ("GetCase", Reads, Act::Types("CASE show")),
    ("GetCase", Reads, Act::Edits),
    ("GetCase", Reads, Act::EditsInJira),
    ("ListCases", Reads, Act::Types("list")),
    ("ListComments", Reads, Act::Types("CASE comments")),
    ("ListComments", Reads, Act::Edits),
    ("ListCaseEdits", Reads, Act::Types("CASE history")),
    ("ListInvestigations", Reads, Act::Types("CASE ai")),
    ("ListTagsForResource", Reads, Act::Types("CASE tag list")),
    ("GetCaseAttachmentDownloadUrl", Reads, Act::Types("CASE get 1")),
    ("ListMemberships", Reads, Act::Types("membership list")),
    ("GetMembership", Reads, Act::Types("membership show")),
    ("BatchGetMemberAccountDetails", Reads, Act::Types("membership accounts 111122223333")),
    ("GetFindingMetrics", Reads, Act::Types("membership metrics")),
    ("CreateCase", Adds, Act::OpensCase),
    ("CreateCaseComment", Adds, Act::Types("CASE comment It was Bo")),
    ("CreateCaseComment", Adds, Act::Replies),
    ("CreateCaseComment", Adds, Act::CommentsInJira),
    ("CreateMembership", Adds, Act::OpensMembership),
    ("GetCaseAttachmentUploadUrl", Adds, Act::Attaches),
    ("UpdateCase", SetsSilently, Act::Types("CASE title Two keys leaked")),
    ("UpdateCaseComment", Sets, Act::Edits),
    ("UpdateCaseComment", Sets, Act::EditsInJira),
    ("UpdateCaseStatus", Sets, Act::Types("CASE status detect")),
    ("UpdateResolverType", Sets, Act::Confirms("CASE resolver aws")),
    ("CloseCase", Sets, Act::Confirms("CASE close")),
    ("SendFeedback", SetsAgain, Act::Types("CASE ai useful 1 Yes.")),
    ("TagResource", SetsSilently, Act::Types("CASE tag add team=red")),
    ("UntagResource", SetsSilently, Act::Types("CASE tag rm unit")),
    ("UpdateMembership", SetsSilently, Act::Confirms("membership update --name \"New name\"")),
    ("CancelMembership", Sets, Act::Confirms("membership cancel")),
    // From here on Security Hub's own.
    ("GetAdministratorAccount", Reads, Act::Types("hub admin")),
    ("ListMembers", Reads, Act::Types("hub members")),
    ("GetMembers", Reads, Act::Types("hub member 222233334444")),
    ("DescribeProducts", Reads, Act::Types("hub products")),
    ("AcceptAdministratorInvitation", SetsSilently, Act::Confirms("hub accept ADMIN INVITATION")),
    ("DisassociateFromAdministratorAccount", SetsSilently, Act::Confirms("hub leave")),
];

/// What a fault means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// Not done, and not before so many seconds.
    Later(u64),
    /// Nobody knows, and it was done.
    LostDone,
    /// Nobody knows, and it was not done.
    LostUndone,
    /// The answer cannot be read: it was done.
    HalfDone,
    /// The answer cannot be read: it was not done.
    Unreadable,
    /// An answer without anything in it: it was not done.
    Empty,
    /// Refused for good.
    Refused,
}

use Lasts::*;
use Means::*;

/// A fault, what it means, and whether the SDK of Security Incident Response asks a read once more by itself.
type FaultRow = (&'static str, fn(FaultTarget) -> FaultRule, Means, bool);

/// What either service can do to us.
const FAULTS: [FaultRow; 19] = [
    ("slow", |on| on.slow(Duration::from_millis(9_500)), LostDone, true),
    ("429, Retry-After 0", |on| on.throttled(Some("0")), Later(0), false),
    ("429, Retry-After 1", |on| on.throttled(Some("1")), Later(1), false),
    ("429, Retry-After 30", |on| on.throttled(Some("30")), Later(30), false),
    ("429 without Retry-After", |on| on.throttled(None), Later(1), false),
    ("429, Retry-After soon", |on| on.throttled(Some("soon")), Later(0), false),
    ("500", |on| on.answers(500), LostUndone, true),
    ("500, and it is done", |on| on.applied_then(500), LostDone, true),
    ("503", |on| on.answers(503), LostUndone, true),
    ("503 in HTML", |on| on.html(503), LostUndone, true),
    ("InternalServerException", |on| on.error("InternalServerException"), LostUndone, true),
    ("200 in HTML", |on| on.html(200), Unreadable, false),
    ("200 and nothing", |on| on.answers(200), Empty, true),
    ("reset before it is read", |on| on.reset_before(), LostUndone, true),
    ("reset after it is done", |on| on.reset_after(), LostDone, true),
    ("half of the JSON", |on| on.truncated(), HalfDone, false),
    ("redirect 302", |on| on.redirects(302, "http://127.0.0.1:1/"), LostUndone, false),
    ("AccessDeniedException", |on| on.error("AccessDeniedException"), Refused, false),
    ("ResourceNotFoundException", |on| on.error("ResourceNotFoundException"), Refused, false),
];

/// What Security Incident Response says of its own.
const SERVICES_OWN: [FaultRow; 6] = [
    ("ConflictException", |on| on.error("ConflictException"), Refused, false),
    ("NotActive", |on| on.error("SecurityIncidentResponseNotActiveException"), Refused, false),
    ("ServiceQuotaExceededException", |on| on.error("ServiceQuotaExceededException"), Refused, false),
    ("ValidationException", |on| on.error("ValidationException"), Refused, false),
    ("InvalidTokenException", |on| on.error("InvalidTokenException"), Refused, false),
    ("ExpiredTokenException", |on| on.error("ExpiredTokenException"), Refused, false),
];

/// What Security Hub says of its own.
const HUBS_OWN: [FaultRow; 3] = [
    ("InvalidAccessException", |on| on.error("InvalidAccessException"), Refused, false),
    ("InvalidInputException", |on| on.error("InvalidInputException"), Refused, false),
    ("InternalException", |on| on.error("InternalException"), LostUndone, false),
];

/// The table: what must follow.
fn expected(row: &Row, fault: &FaultRow, lasts: Lasts) -> Reaction {
    let (operation, kind, act) = *row;
    let (name, _, means, sdk) = *fault;
    let hub = is_hub(operation);
    // Nobody waits for an answer to what was said for the case; that it was refused is told in Slack all the same.
    let unasked = matches!(act, Act::Replies | Act::Edits | Act::CommentsInJira | Act::EditsInJira);
    let in_jira = matches!(act, Act::CommentsInJira | Act::EditsInJira);
    let seen = if unasked { Reads::Nothing } else { Reads::Done };
    let done = |requests, waits| Reaction { requests, waits, reads: seen.clone(), again: false };
    let again = |requests, waits| Reaction { requests, waits, reads: Reads::Nothing, again: true };
    let refused = |requests, waits| match (unasked, means) {
        (false, _) => Reaction { reads: Reads::Refused, ..done(requests, waits) },
        (true, Refused) if in_jira => Reaction { reads: Reads::Nothing, ..done(requests, waits) },
        (true, Refused) => Reaction { reads: Reads::Refused, ..done(requests, waits) },
        (true, _) => again(requests, waits),
    };
    let twice = if sdk && !hub { 2 } else { 1 };
    match (kind, means, lasts) {
        (_, Refused, _) => refused(1, 0),
        (_, Later(30), _) => refused(1, 0),
        (_, Later(seconds), Once) => done(2, seconds.max(1)),
        (_, Later(_), Long) => refused(4, 1 + 2 + 4),
        (Reads, _, Once) if sdk && !hub => done(2, 0),
        (Reads, _, Once) => done(2, 1),
        // So many times five seconds are over: there is no time for more.
        (Reads, _, Long) if name == "slow" && hub => refused(3, 1 + 2),
        (Reads, _, Long) if name == "slow" => refused(4, 1),
        (Reads, _, Long) => refused(4 * twice, 1 + 2 + 4),
        (SetsAgain | SetsSilently, HalfDone | Unreadable, _)
        | (Sets | SetsAgain | SetsSilently, Empty, _) => done(1, 0),
        // A webhook is tried again by the queue alone.
        (Adds | Sets, ..) if in_jira => again(1, 0),
        (Sets | SetsSilently, LostDone | HalfDone, _) => done(1, 2),
        (_, _, Once) => done(2, 2),
        (_, _, Long) => again(2, 2),
    }
}

fn is_hub(operation: &str) -> bool {
    let hub = |it: &&casebridge::aws::sir::Operation| it.action().starts_with("securityhub:");
    casebridge::aws::sir::Operation::ALL.iter().filter(hub).any(|it| it.name() == operation)
}

/// Whether the operation's service can say this.
fn is_said(operation: &str, fault: &str) -> bool {
    let others = if is_hub(operation) { &SERVICES_OWN[..] } else { &HUBS_OWN[..] };
    others.iter().all(|(name, ..)| *name != fault)
}

fn server<'a>(stage: &'a Stage, operation: &str) -> &'a Server {
    if is_hub(operation) { &stage.hub } else { &stage.sir }
}

async fn cell(row: &Row, fault: &FaultRow, lasts: Lasts, calm: &Calm) -> Option<String> {
    let (operation, _, act) = *row;
    let ready = act.prepare().await;
    let stage = &ready.stage;
    let on = FaultRule::on(operation);
    let faulty = (fault.1)(if lasts == Once { on.once() } else { on });
    let is = ready.reaction(server(stage, operation), (operation, ""), faulty, calm).await;
    let what = format!("{operation} for {act:?} × {} {lasts:?}", fault.0);
    let must = expected(row, fault, lasts);
    // Whether the SDK repeats a read hangs on how often it had to lately.
    let repeated = fault.3 && matches!(row.1, Reads);
    // Where it did not, there is time for a second pause of ours.
    let most = if fault.0 == "slow" { 1 + 2 } else { must.waits.max(1) };
    let within = (must.requests.div_ceil(2)..=must.requests).contains(&is.requests) && is.waits <= most;
    if is != must && !(repeated && within && (is.again, &is.reads) == (must.again, &must.reads)) {
        return Some(format!("{what}: {is:?}\n  must be {must:?}"));
    }
    server(stage, operation).heal();
    let twice = [stage.work(&ready.jobs).await, stage.work(&ready.jobs).await].concat();
    let mut news = ready.news();
    news.dedup();
    // Where a link is given the answer is kept nowhere: it is found once more.
    let refused = is.reads == Reads::Refused && operation != "GetCaseAttachmentDownloadUrl";
    let believed = matches!(fault.2, Unreadable | Empty) && is.requests == 1 && !is.again;
    let standing = if refused || believed { &ready.before } else { &calm.standing };
    let said = match refused {
        true => news.len() == 1,
        false => news.ends_with(&calm.news),
    };
    let right = twice.is_empty() && said && ready.now() == *standing;
    (!right).then(|| {
        format!(
            "{what}: in the end {twice:?} {news:?}\n {}\n must be {:?}\n {standing}",
            ready.now(),
            calm.news
        )
    })
}

/// Every operation of these rows × every fault, the slow ones first.
async fn table(rows: impl Iterator<Item = &Row>) {
    let calm = stream::iter(rows).map(async |row| (row, row.2.calm().await)).buffer_unordered(8);
    let rows: Vec<_> = calm.collect().await;
    for (row, calm) in &rows {
        assert!(calm.heard.iter().any(|it| it == row.0), "{row:?}: {:?}", calm.heard);
    }
    let all = FAULTS.iter().chain(&SERVICES_OWN).chain(&HUBS_OWN);
    let faults = all.flat_map(|fault| [(fault, Long), (fault, Once)]);
    // What ends at the first request ends in one way.
    let faults = faults.filter(|(fault, lasts)| *lasts == Long || !matches!(fault.2, Refused | Later(30)));
    let cells = faults.flat_map(|(fault, lasts)| rows.iter().map(move |row| (row, fault, lasts)));
    let cells = cells.filter(|((row, _), fault, _)| is_said(row.0, fault.0));
    all_right(cells.map(|((row, calm), fault, lasts)| cell(row, fault, lasts, calm))).await;
}

#[tokio::test]
async fn every_read_of_the_services_under_every_fault_leads_to_what_the_table_says() {
    table(SERVICE.iter().filter(|row| matches!(row.1, Reads))).await;
}

#[tokio::test]
async fn every_change_at_the_services_under_every_fault_leads_to_what_the_table_says() {
    table(SERVICE.iter().filter(|row| !matches!(row.1, Reads))).await;
}

/// The change is made and nobody hears of it, and then the service takes no more: not now, and not at the next try.
async fn lost_cell(row: &Row) -> Option<String> {
    let (operation, _, act) = *row;
    let calm = act.calm().await;
    let ready = act.prepare().await;
    let stage = &ready.stage;
    let until = calm.heard.iter().position(|it| it == operation)? + 1;
    let until = u32::try_from(until).unwrap();
    stage.sir.fault(FaultRule::on_all().skip(until).throttled(Some("30")));
    stage.sir.fault(FaultRule::on(operation).once().reset_after());
    let tries = [stage.work(&ready.jobs).await, stage.work(&ready.jobs).await];
    let said = ready.news();
    stage.sir.heal();
    let then = stage.work(&ready.jobs).await;
    let right = tries == [["m0"], ["m0"]] && said.is_empty() && then.is_empty();
    let ended = ready.news() == calm.news && ready.now() == calm.standing;
    (!right || !ended)
        .then(|| format!("{operation} for {act:?}: {tries:?} {said:?} {then:?} {:?}", ready.news()))
}

#[tokio::test]
async fn that_nothing_was_changed_is_never_said_of_what_may_have_been() {
    let changes = SERVICE.iter().filter(|row| row.1 != Reads && !is_hub(row.0));
    all_right(changes.map(lost_cell)).await;
}
