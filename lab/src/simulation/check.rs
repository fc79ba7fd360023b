//! Is everything told exactly once, in order, and nothing else? Looks at a world after it healed.

use std::collections::BTreeMap;

use casebridge::{
    case::Millis,
    config::settings::Layout,
    state::{Destination, Store},
};
use serde_json::Value;

use super::{
    Class,
    faults::Set,
    history::{Life, Remark},
    journal::Shown,
    oracle::Kind,
    ready,
    services::OURS,
    world::Shared,
};

/// One thing of ours that stands at a destination.
struct Stands {
    key: String,
    text: String,
    at: Millis,
    live: bool,
}

/// What went wrong, counted by what it would mean for a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Something was never told, or its newest text was not.
    pub lost: u32,
    /// Something stands there, or stood there, twice; or came back after a person deleted it.
    pub doubled: u32,
    /// Comments do not stand in their order, or a state went backwards.
    pub out_of_order: u32,
    /// Something is shown, or was, that was never true or that nothing called for.
    pub untrue: u32,
}

impl Verdict {
    /// One more of this kind.
    pub fn counts(&mut self, kind: Kind) {
        *match kind {
            Kind::Lost => &mut self.lost,
            Kind::Doubled => &mut self.doubled,
            Kind::OutOfOrder => &mut self.out_of_order,
            Kind::Untrue => &mut self.untrue,
        } += 1;
    }
}

/// Looks at all cases and says what is wrong, in the world's own list as well.
pub fn check(world: &Shared) -> Verdict {
    let mut verdict = Verdict::default();
    said(world, &mut verdict);
    reworded(world, &mut verdict);
    for (id, life) in &world.history.borrow().0 {
        for (destination, stands) in
            [(Destination::Slack, in_slack(world, id)), (Destination::Jira, in_jira(world, id))]
        {
            let place = destination.as_str();
            doubles(world, place, &stands, &mut verdict);
            comments(world, destination, &life.comments, &stands, &mut verdict);
            order(world, place, &life.comments, &stands, &mut verdict);
            backwards(world, place, life, &stands, &mut verdict);
            if world.mild {
                soon(world, place, &life.comments, &stands, &mut verdict);
            }
        }
        let status = life.is("caseStatus");
        channel(world, id, status, &mut verdict);
        card(world, id, status, &mut verdict);
        issue(world, id, status, &mut verdict);
    }
    verdict
}

/// The card shows where the case stands, unless Slack never takes that.
fn card(world: &Shared, id: &str, status: &str, verdict: &mut Verdict) {
    let card = in_slack(world, id).into_iter().rfind(|one| one.key == "home" && one.live);
    let excused =
        deleted_by_person(world, id, "home") || world.services.refusals.borrow().never_end(Set::Card);
    if !excused && !card.is_some_and(|card| card.text.contains(status)) {
        verdict.out_of_order += 1;
        world.is_wrong(format!("the card of {id} does not say {status}"));
    }
}

/// The issue stands where the case does, says so and is linked, unless Jira never takes that: then the thread says so.
fn issue(world: &Shared, id: &str, status: &str, verdict: &mut Verdict) {
    let wanted = world.settings.jira.as_ref().and_then(|jira| jira.status.get(status));
    let keys = world.jira().issues();
    let issue = issues_of(world, id).into_iter().next();
    let refusals = world.services.refusals.borrow();
    let never = |what| {
        issue.as_ref().is_some_and(|issue| keys.first().is_some_and(|key| issue["key"] == **key))
            && refusals.never_end(what)
    };
    let held = never(Set::StatusByField) || never(Set::StatusInWords);
    let stands = issue.as_ref().and_then(|issue| issue["fields"]["status"]["name"].as_str());
    let moved = stands.is_some_and(|stands| Some(stands) == wanted.map(String::as_str));
    if !held && !moved {
        verdict.out_of_order += 1;
        world.is_wrong(format!("the issue of {id} does not stand for {status}"));
    }
    if (held && !moved || world.says_what_is_refused) && !said_refused(world, id) {
        verdict.lost += 1;
        world.is_wrong(format!("the thread of {id} does not say that its issue could not be moved"));
    }
    if issue
        .as_ref()
        .is_some_and(|issue| !never(Set::IssueText) && !issue["fields"].to_string().contains(status))
    {
        verdict.out_of_order += 1;
        world.is_wrong(format!("the issue of {id} does not say {status}"));
    }
    let linked = |issue: &Value| issue["remotelinks"].as_array().is_some_and(|links| !links.is_empty());
    if issue.as_ref().is_some_and(|issue| !never(Set::Link) && !linked(issue)) {
        verdict.lost += 1;
        world.is_wrong(format!("the issue of {id} has no link"));
    }
}

/// Whether the thread says, or said, that Jira does not let the issue go.
fn said_refused(world: &Shared, id: &str) -> bool {
    in_slack(world, id).iter().any(|one| one.key.starts_with("refused/status/"))
}

/// What a person said is on the case exactly once, and every answer to a command is the same.
fn said(world: &Shared, verdict: &mut Verdict) {
    let history = world.history.borrow();
    let cases: Vec<&Life> = history.0.values().collect();
    for (text, answer, key) in world.said.borrow().iter() {
        let times =
            cases.iter().flat_map(|case| &case.comments).filter(|one| one.text().ends_with(text)).count();
        let all = world.services.answers.borrow();
        let answers = answer.as_ref().and_then(|name| all.get(name)).cloned().unwrap_or_default();
        drop(all);
        if times > 1 {
            verdict.doubled += 1;
            world.is_wrong(format!("{text:?} is on the case {times} times"));
        }
        // A case that was closed takes no comment, and a command may be refused: the record says what was answered,
        // also where that answer could not be brought to the person.
        let record = ready(world.memory.command(key)).and_then(|record| record.ok().flatten()?.answer);
        let told_so =
            answer.is_some() && record.is_some_and(|answer| !answer.contains("Your comment is on case"));
        let refused = told_so || cases.iter().any(|case| case.is_closed());
        if times == 0 && !refused {
            verdict.lost += 1;
            world.is_wrong(format!("{text:?} is not on the case"));
        }
        if answers.iter().any(|one| *one != answers[0]) {
            verdict.doubled += 1;
            world.is_wrong(format!("{text:?} was answered in different words"));
        }
    }
}

/// A case's issues, the first of them first.
fn issues_of(world: &Shared, id: &str) -> Vec<Value> {
    let label = Value::from(format!("aws-sir-{id}"));
    let keys = world.jira().issues();
    let all = keys.iter().filter_map(|key| world.jira().issue(key));
    let is_of =
        |issue: &Value| issue["fields"]["labels"].as_array().is_some_and(|labels| labels.contains(&label));
    all.filter(is_of).collect()
}

/// The key in a mark of ours, of this case.
fn key_in(mark: &str, id: &str) -> Option<String> {
    mark.strip_prefix(id)?.strip_prefix('/')?.rsplit_once('#').map(|(key, _)| key.to_owned())
}

fn stands(shown: &Shown, id: &str) -> Option<Stands> {
    let key = key_in(&shown.mark, id)?;
    Some(Stands { key, text: shown.text().to_owned(), at: shown.at(), live: shown.gone.is_none() })
}

fn in_slack(world: &Shared, id: &str) -> Vec<Stands> {
    let journal = world.services.in_slack.borrow();
    journal.all.iter().filter_map(|shown| stands(shown, id)).collect()
}

fn in_jira(world: &Shared, id: &str) -> Vec<Stands> {
    let issues: Vec<Value> = issues_of(world, id).into_iter().map(|mut issue| issue["id"].take()).collect();
    let journal = world.services.in_jira.borrow();
    let here = journal.all.iter().filter_map(|shown| match () {
        () if issues.iter().any(|issue| *issue == shown.id) => Some(Stands {
            key: "home".to_owned(),
            text: shown.text().to_owned(),
            at: shown.at(),
            live: shown.gone.is_none(),
        }),
        () if issues.iter().any(|issue| *issue == shown.place) => stands(shown, id),
        () => None,
    });
    here.collect()
}

/// Two with one key must never have stood there, not even for a while; and what a person deleted stays away.
fn doubles(world: &Shared, place: &str, stands: &[Stands], verdict: &mut Verdict) {
    let mut count: BTreeMap<&str, u32> = BTreeMap::new();
    for one in stands {
        *count.entry(&one.key).or_default() += 1;
    }
    for (key, times) in count.into_iter().filter(|(_, times)| *times > 1) {
        verdict.doubled += 1;
        world.is_wrong(format!("{key} was told {times} times in {place}"));
    }
}

fn comments(
    world: &Shared,
    destination: Destination,
    comments: &[Remark],
    stands: &[Stands],
    verdict: &mut Verdict,
) {
    let journal = world.services.in_slack.borrow();
    let replies: Vec<&Shown> = journal.all.iter().filter(|shown| !shown.ours).collect();
    for comment in comments {
        let key = format!("comment/{}/0", comment.id);
        let there = stands.iter().rfind(|one| one.key == key);
        // A person's reply stands in the thread already. Its text may stand under a line that names the speaker.
        let said = comment.creator == OURS
            && destination == Destination::Slack
            && replies.iter().any(|one| !one.text().is_empty() && comment.text().ends_with(one.text()));
        match (said, there) {
            (true, None) => {}
            (true, Some(_)) => {
                verdict.doubled += 1;
                world.is_wrong(format!("{key} was told back to where it was said"));
            }
            (false, None) => {
                verdict.lost += 1;
                world.is_wrong(format!("{key} is not told in {}", destination.as_str()));
            }
            (false, Some(_)) => {}
        }
    }
}

/// What was swallowed and sent again stands later than it would have: it is left out.
fn order(world: &Shared, place: &str, comments: &[Remark], stands: &[Stands], verdict: &mut Verdict) {
    let bodies = world.services.swallowed.borrow();
    let has = |body: &Value, key: &str| {
        let mark = body["metadata"]["event_payload"]["mark"].as_str().unwrap_or_default();
        mark.contains(&format!("/{key}#"))
    };
    let swallowed = |key: &str| place == "slack" && bodies.iter().any(|body| has(body, key));
    let place_of = |comment: &Remark| {
        let key = format!("comment/{}/0", comment.id);
        stands.iter().find(|one| one.key == key).filter(|_| !swallowed(&key)).map(|one| one.at)
    };
    let home_swallowed = swallowed("home");
    let times: Vec<Millis> = comments.iter().filter_map(place_of).collect();
    if !home_swallowed && !times.is_sorted() {
        verdict.out_of_order += 1;
        world.is_wrong(format!("comments do not stand in order in {place}"));
    }
}

/// A change that was told and taken back would be told more often than the case changed.
fn backwards(world: &Shared, place: &str, life: &Life, stands: &[Stands], verdict: &mut Verdict) {
    let changes = life.was.len().saturating_sub(1);
    let told = stands.iter().filter(|one| one.key.starts_with("changes/")).count();
    if told > changes {
        verdict.out_of_order += 1;
        world.is_wrong(format!("a state went backwards in {place}: {told} changes told of {changes}"));
    }
}

/// Where nothing fails but what every day brings, a comment is told within four minutes. A channel that takes one post
/// a second, and never two, makes that ten as the product stands: docs/decisions/0007-worlds-that-still-fail.md, W3.
fn soon(world: &Shared, place: &str, comments: &[Remark], stands: &[Stands], verdict: &mut Verdict) {
    let patient = world.class == Class::Usual && world.services.steady;
    let bound = if patient { 600_000 } else { 240_000 };
    for comment in comments {
        let key = format!("comment/{}/0", comment.id);
        let told = stands.iter().find(|one| one.key == key);
        if told.is_some_and(|one| one.at - comment.at() > bound) {
            verdict.lost += 1;
            world.is_wrong(format!("{key} was told late in {place}"));
        }
    }
}

/// What a person wrote into a comment of ours stays.
fn reworded(world: &Shared, verdict: &mut Verdict) {
    let mut journal = world.services.in_jira.borrow_mut();
    for (issue, id) in world.reworded.borrow().iter() {
        if journal.find(issue, id).is_some_and(|one| !world.is_reworded(one.text())) {
            verdict.doubled += 1;
            world.is_wrong("a person's words were overwritten");
        }
    }
}

/// A case's own channel says where the case stands, and the team is in it.
fn channel(world: &Shared, id: &str, status: &str, verdict: &mut Verdict) {
    if world.settings.slack.layout == Layout::Thread {
        return;
    }
    let (slack, channels) = (world.slack(), world.services.channels());
    let name = format!("{}{id}", world.settings.slack.channel_prefix);
    let refused = |channel: &Value, what| {
        channels.first().is_some_and(|first| first["id"] == channel["id"])
            && world.services.refusals.borrow().never_end(what)
    };
    let topic = |channel: &Value| channel["topic"]["value"].as_str().unwrap_or_default().to_owned();
    let joined =
        |channel: &Value| slack.members(channel["id"].as_str().unwrap_or_default()).contains(&slack.ana());
    let is_right = |channel: &Value| {
        (topic(channel).starts_with(status) || refused(channel, Set::Topic))
            && (joined(channel) || refused(channel, Set::Invitation))
    };
    match channels.iter().find(|channel| channel["name"] == *name) {
        Some(channel) if is_right(channel) => {}
        Some(channel) => {
            verdict.out_of_order += 1;
            world.is_wrong(format!(
                "the channel of {id} says {:?}, joined: {}",
                topic(channel),
                joined(channel)
            ));
        }
        None => {
            verdict.lost += 1;
            world.is_wrong(format!("{id} has no channel"));
        }
    }
}

fn deleted_by_person(world: &Shared, id: &str, key: &str) -> bool {
    in_slack(world, id).iter().any(|one| one.key == key && !one.live)
}

/// For each comment and destination: milliseconds from its being made to its being told.
pub fn repair_times(world: &Shared) -> Vec<Millis> {
    let mut times = Vec::new();
    for (id, life) in &world.history.borrow().0 {
        for stands in [in_slack(world, id), in_jira(world, id)] {
            for comment in &life.comments {
                let key = format!("comment/{}/0", comment.id);
                let told = stands.iter().find(|one| one.key == key);
                times.extend(told.map(|one| (one.at - comment.at()).max(0)));
            }
        }
    }
    times
}
