//! Every call of a command to Slack and to Jira, and the two of a file on its way × every fault, once and until it is
//! mended. An answer that can go no way at once comes with the next delivery; what only a person can mend is said.

use casebridge_lab::stage::Stage;
use casebridge_lab::standins::{FaultRule, Server};
use futures_util::{StreamExt, stream};

use super::{
    acts::{Act, Calm},
    all_right,
    faults::{FAULTS, Means, Row as FaultRow},
    reaction::{Lasts, Reaction, Reads},
};

use Lasts::*;
use Means::*;

/// Where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Slack,
    Jira,
    /// The place that a presigned address names.
    Files,
}

/// What a call is for: what follows from its failure hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Who asks, before anything else is done.
    Who,
    /// Something that has to be known on the way.
    Within,
    /// A name that words can do without.
    Name,
    /// An answer, and there is another way for it.
    Answer,
    /// An answer in the channel; in direct messages where the channel does not take it.
    InChannel,
    /// An answer in direct messages.
    Direct,
    /// A form's fields, a page.
    View,
    /// A file's bytes.
    Bytes,
    /// What somebody wrote in Jira.
    Heard,
    /// That it was withheld.
    Notice,
    /// Whether it works at all.
    Doctor,
    /// A sign on a message: nothing hangs on it.
    Receipt,
}

use For::*;

/// A call: where, its name, a part of its body, what it is for, and what somebody does so that it is made.
type Row = (At, &'static str, &'static str, For, Act);

const LINE: &str = "CASE title Two keys leaked";

pub const ASKED: [Row; 28] = [
    (At::Slack, "users.info", "", Who, Act::Types(LINE)),
    (At::Slack, "usergroups.users.list", "", Who, Act::TypesInGroup(LINE)),
    (At::Slack, "conversations.info", "", Within, Act::Types(LINE)),
    (At::Slack, "users.info", "U024BE7LJ", Within, Act::Types("CASE watch <@U024BE7LJ|bo>")),
    (At::Slack, "users.info", "U024BE7LJ", Within, Act::Replies),
    (At::Slack, "usergroups.list", "", Name, Act::Replies),
    (At::Slack, "reactions.add", "", Receipt, Act::Replies),
    (At::Slack, "files.info", "", Within, Act::Attaches),
    (At::Slack, "response_url", "", Answer, Act::Types(LINE)),
    (At::Slack, "response_url", "", Answer, Act::Confirms("CASE close")),
    (At::Slack, "chat.postEphemeral", "", InChannel, Act::Mentions("title Two keys leaked")),
    (At::Slack, "chat.postMessage", "", Direct, Act::AsksAtHome),
    (At::Slack, "views.update", "", View, Act::OpensForm),
    (At::Slack, "views.publish", "", View, Act::LooksHome),
    (At::Slack, "download", "", Bytes, Act::Attaches),
    (At::Files, "PUT attachment", "", Bytes, Act::Attaches),
    (At::Slack, "auth.test", "", Doctor, Act::Types("doctor")),
    (At::Slack, "conversations.members", "", Doctor, Act::Types("doctor")),
    (At::Jira, "getCurrentUser", "", Doctor, Act::Types("doctor")),
    (At::Jira, "getCreateIssueMetaIssueTypes", "", Doctor, Act::Types("doctor")),
    (At::Jira, "getCreateIssueMetaIssueTypeId", "", Doctor, Act::Types("doctor")),
    (At::Jira, "getAllStatuses", "", Doctor, Act::Types("doctor")),
    (At::Jira, "getMyPermissions", "", Doctor, Act::Types("doctor")),
    (At::Jira, "getCurrentUser", "", Heard, Act::CommentsInJira),
    (At::Jira, "getComments", "", Heard, Act::CommentsInJira),
    (At::Jira, "getIssue", "", Heard, Act::CommentsInOldIssue),
    (At::Jira, "addComment", "withheld", Notice, Act::LeaksInJira),
    (At::Jira, "getIssue", "", Within, Act::LinksIssue),
];

/// It was done all the same.
const APPLIED: [&str; 3] = ["reset after it is done", "slow", "half of the JSON"];

fn reaction(requests: usize, waits: u64, reads: Reads, again: bool) -> Reaction {
    Reaction { requests, waits, reads, again }
}

/// The table: what must follow.
fn expected(row: &Row, name: &str, means: Means, lasts: Lasts) -> Reaction {
    let (_, operation, _, to, act) = *row;
    let done = if act == Act::Replies || act == Act::CommentsInJira { Reads::Nothing } else { Reads::Done };
    let applied = APPLIED.contains(&name);
    let shown = |applied: bool| if applied { Reads::Done } else { Reads::Nothing };
    let soon = matches!(means, Wait(..=2_000) | Unknown);
    match to {
        Who | Within | Name | View if soon && lasts == Once => reaction(2, 2, done, false),
        Who | Within | Name if soon => reaction(2, 2, Reads::Nothing, true),
        View if soon => reaction(2, 2, shown(applied), true),
        Who | Within | Name | View if matches!(means, Wait(_)) => reaction(1, 0, Reads::Nothing, true),
        Name => reaction(1, 0, done, false),
        // The form was closed. A page that cannot be set is missed by nobody.
        View if means == Gone || operation == "views.publish" => reaction(1, 0, Reads::Nothing, false),
        Who | Within | View => reaction(1, 0, Reads::Refused, false),
        // Slack says "ok" in plain text: half of it is as good, and nothing cannot be told from it.
        Answer if name == "200 and nothing" => reaction(1, 0, Reads::Nothing, false),
        Answer if applied && name != "half of the JSON" => reaction(1, 0, Reads::Twice, false),
        Answer => reaction(1, 0, Reads::Done, false),
        Direct if means == Content && lasts == Once => reaction(2, 0, Reads::Plainly, false),
        InChannel | Direct if means == Content => reaction(2, 0, shown(lasts == Once), false),
        InChannel if matches!(means, Gone | Here) => reaction(1, 0, Reads::Done, false),
        Direct if matches!(means, Gone | Here) => reaction(1, 0, Reads::Nothing, false),
        InChannel | Direct => reaction(1, 0, shown(applied), true),
        Bytes => bytes(name, lasts),
        // Deleted: nobody says anything there any more.
        Heard if means == Gone && operation != "getCurrentUser" => reaction(1, 0, Reads::Nothing, false),
        Heard => reaction(1, 0, Reads::Nothing, true),
        // Nobody else waits for it, and what only a person can mend does not come again by itself.
        Notice => reaction(1, 0, Reads::Nothing, matches!(means, Wait(_) | Unknown)),
        Doctor => reaction(1, 0, Reads::Ill, false),
        Receipt => reaction(1, 0, done, false),
    }
}

/// A file is asked for by its address: nothing but the status and the length counts.
fn bytes(name: &str, lasts: Lasts) -> Reaction {
    let refused = name.starts_with("429") || name.starts_with('5');
    match name {
        "slow" => reaction(1, 0, Reads::Done, false),
        _ if refused => reaction(1, 0, Reads::Nothing, true),
        _ if name.starts_with("reset") && lasts == Once => reaction(2, 2, Reads::Done, false),
        _ if name.starts_with("reset") => reaction(2, 2, Reads::Nothing, true),
        _ => reaction(1, 0, Reads::Refused, false),
    }
}

/// Whether the other side can say this. A place for files answers with nothing where it took one.
fn can_say(row: &Row, fault: &FaultRow) -> Option<Means> {
    let (name, _, slack, jira) = *fault;
    match row.0 {
        At::Slack => slack,
        At::Jira => {
            jira.map(|means| if means == Gone && row.1 == "getCurrentUser" { Everywhere } else { means })
        }
        At::Files => {
            slack.filter(|_| ["429", "5", "reset", "slow", "redirect"].iter().any(|it| name.starts_with(it)))
        }
    }
}

fn server(stage: &Stage, at: At) -> &Server {
    match at {
        At::Slack => &stage.slack,
        At::Jira => &stage.jira,
        At::Files => &stage.sir,
    }
}

async fn cell(row: &Row, fault: &FaultRow, means: Means, lasts: Lasts, calm: &Calm) -> Option<String> {
    let (at, operation, part, to, act) = *row;
    let ready = act.prepare().await;
    let server = server(&ready.stage, at);
    let on = if part.is_empty() { FaultRule::on(operation) } else { FaultRule::on(operation).body(part) };
    let faulty = (fault.1)(if lasts == Once { on.once() } else { on });
    let mut is = ready.reaction(server, (operation, part), faulty, calm).await;
    let what = format!("{operation} for {act:?} × {} {lasts:?}", fault.0);
    let must = expected(row, fault.0, means, lasts);
    // What became of the issue, and what stands in it, is asked by itself.
    let twice = matches!(act, Act::CommentsInOldIssue | Act::LinksIssue);
    if twice && is.requests == must.requests + 1 {
        is.requests -= 1;
    }
    if is != must {
        return Some(format!("{what}: {is:?}\n  must be {must:?}"));
    }
    server.heal();
    // The queue brings it again once the longest word that was given is over: ten minutes.
    ready.stage.world.stops_the_clock(ready.stage.now() + 601_000);
    let twice = [ready.stage.work(&ready.jobs).await, ready.stage.work(&ready.jobs).await].concat();
    let mut news = ready.news();
    news.dedup();
    let refused = is.reads == Reads::Refused;
    let said = match (refused || is.reads == Reads::Ill, to) {
        (true, _) => news.len() == 1,
        // It was closed, or it cannot be set: what stands in the record stands.
        (false, View) => news.is_empty() || news == calm.news,
        (false, _) => news.ends_with(&calm.news),
    };
    let announced = to == Bytes && refused;
    let standing = if refused { &ready.before } else { &calm.standing };
    let right = twice.is_empty() && said && (announced || ready.now() == *standing);
    (!right).then(|| {
        format!(
            "{what}: in the end {twice:?} {news:?}\n {}\n must be {:?}\n {standing}",
            ready.now(),
            calm.news
        )
    })
}

#[tokio::test]
async fn every_call_of_a_command_under_every_fault_leads_to_what_the_table_says() {
    let calm = stream::iter(&ASKED).map(async |row| (row, row.4.calm().await)).buffer_unordered(8);
    let rows: Vec<_> = calm.collect().await;
    for (row, calm) in &rows {
        assert!(calm.heard.iter().any(|it| it == row.1), "{row:?}: {:?}", calm.heard);
    }
    let faults = FAULTS.iter().flat_map(|fault| [(fault, Long), (fault, Once)]);
    let cells = faults.flat_map(|(fault, lasts)| rows.iter().map(move |row| (row, fault, lasts)));
    let cells = cells.filter_map(|(row, fault, lasts)| Some((row, fault, can_say(row.0, fault)?, lasts)));
    // What ends at the first request ends in one way.
    let cells = cells
        .filter(|(.., means, lasts)| *lasts == Long || matches!(means, Wait(..=2_000) | Unknown | Content));
    all_right(cells.map(|((row, calm), fault, means, lasts)| cell(row, fault, means, lasts, calm))).await;
}
