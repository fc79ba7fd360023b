//! Is everything told exactly once, in order, and nothing else? Looks at a world after it healed.

use std::collections::BTreeMap;

use casebridge::{
    case::{CaseId, Comment, Millis},
    config::settings::Layout,
    state::{Store, TargetKind},
    targets::{
        jira::{self, label as label_of},
        slack, telling,
    },
};

use super::{faults::Set, ready, slack::Channel, story::PERSONS_WORDS, world::Shared};

/// One thing of ours that stands at a destination.
struct Stands {
    key: String,
    hash: String,
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
}

/// Looks at all cases and says what is wrong, in the world's own list as well.
pub fn check(world: &Shared) -> Verdict {
    let mut verdict = Verdict::default();
    said(world, &mut verdict);
    let ids = world.sir.borrow().ids();
    for id in ids {
        let Some(state) = world.sir.borrow().newest(&id) else { continue };
        for (destination, stands) in [(slack::KIND, in_slack(world, &id)), (jira::KIND, in_jira(world, &id))]
        {
            let place = destination.as_str();
            doubles(world, place, &stands, &mut verdict);
            comments(world, destination, &state.comments, &stands, &mut verdict);
            order(world, place, &state.comments, &stands, &mut verdict);
            backwards(world, place, world.sir.borrow().changes(&id), &stands, &mut verdict);
            if world.mild {
                soon(world, place, &state.comments, &stands, &mut verdict);
            }
        }
        let status = state.case.status.as_str();
        reworded(world, &id, &mut verdict);
        channel(world, &id, status, &mut verdict);
        card(world, &id, status, &mut verdict);
        issue(world, &id, status, &mut verdict);
    }
    verdict
}

/// The card shows where the case stands, unless Slack never takes that.
fn card(world: &Shared, id: &CaseId, status: &str, verdict: &mut Verdict) {
    let card = in_slack(world, id).into_iter().rfind(|one| one.key == "home" && one.live);
    let excused = deleted_by_person(world, id, "home") || world.slack.borrow().refusals.never_end(Set::Card);
    if !excused && !card.is_some_and(|card| card.text.contains(status)) {
        verdict.out_of_order += 1;
        world.is_wrong(format!("the card of {id} does not say {status}"));
    }
}

/// The issue stands where the case does, says so and is linked, unless Jira never takes that: then the thread says so.
fn issue(world: &Shared, id: &CaseId, status: &str, verdict: &mut Verdict) {
    let jira = world.jira.borrow();
    let wanted = world.settings.jira.as_ref().and_then(|jira| jira.status.get(status));
    let issue = jira.issues.iter().find(|issue| is_of(issue, id));
    let never = |what| issue.is_some_and(|issue| issue.id == 1) && jira.refusals.never_end(what);
    let held = never(Set::StatusByField) || never(Set::StatusInWords);
    let moved = issue.is_some_and(|issue| Some(&issue.status) == wanted);
    if !held && !moved {
        verdict.out_of_order += 1;
        world.is_wrong(format!("the issue of {id} does not stand for {status}"));
    }
    if (held && !moved || world.says_what_is_refused) && !said_refused(world, id) {
        verdict.lost += 1;
        world.is_wrong(format!("the thread of {id} does not say that its issue could not be moved"));
    }
    if issue.is_some_and(|issue| !never(Set::IssueText) && !says(&issue.text, status)) {
        verdict.out_of_order += 1;
        world.is_wrong(format!("the issue of {id} does not say {status}"));
    }
    if issue.is_some_and(|issue| !never(Set::Link) && issue.links == 0) {
        verdict.lost += 1;
        world.is_wrong(format!("the issue of {id} has no link"));
    }
}

/// Whether the thread says, or said, that Jira does not let the issue go.
fn said_refused(world: &Shared, id: &CaseId) -> bool {
    in_slack(world, id).iter().any(|one| one.key.starts_with("refused/status/"))
}

/// What a person said is on the case exactly once, and every answer to a command is the same.
fn said(world: &Shared, verdict: &mut Verdict) {
    let ids = world.sir.borrow().ids();
    let cases: Vec<_> = ids.iter().filter_map(|id| world.sir.borrow().newest(id)).collect();
    for (text, answer, key) in world.said.borrow().iter() {
        let times =
            cases.iter().flat_map(|case| &case.comments).filter(|one| one.body.ends_with(text)).count();
        let slack = world.slack.borrow();
        let answers = answer.as_ref().and_then(|name| slack.answers.get(name)).cloned().unwrap_or_default();
        drop(slack);
        if times > 1 {
            verdict.doubled += 1;
            world.is_wrong(format!("{text:?} is on the case {times} times"));
        }
        // A case that was closed takes no comment, and a command may be refused: the record says what was answered,
        // also where that answer could not be brought to the person.
        let record = ready(world.memory.command(key)).and_then(|record| record.ok().flatten()?.answer);
        let told_so =
            answer.is_some() && record.is_some_and(|answer| !answer.contains("Your comment is on case"));
        let refused = told_so || cases.iter().any(|case| case.case.is_closed());
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

fn is_of(issue: &super::jira::Issue, id: &CaseId) -> bool {
    issue.labels.first().is_some_and(|label| *label == label_of(id))
}

/// Whether a request's body has these words in it.
fn says(body: &[u8], words: &str) -> bool {
    body.windows(words.len()).any(|some| some == words.as_bytes())
}

fn split(mark: &str, id: &CaseId) -> Option<(String, String)> {
    let (key, hash) = mark.strip_prefix(id.as_str())?.strip_prefix('/')?.rsplit_once('#')?;
    Some((key.to_owned(), hash.to_owned()))
}

fn in_slack(world: &Shared, id: &CaseId) -> Vec<Stands> {
    let slack = world.slack.borrow();
    let ours = slack.messages.iter().filter_map(|message| {
        let (key, hash) = split(message.mark.as_deref()?, id)?;
        Some(Stands {
            key,
            hash,
            text: message.text.clone(),
            at: message.posted,
            live: message.deleted.is_none(),
        })
    });
    ours.collect()
}

fn in_jira(world: &Shared, id: &CaseId) -> Vec<Stands> {
    let jira = world.jira.borrow();
    let mut stands = Vec::new();
    for issue in jira.issues.iter().filter(|issue| is_of(issue, id)) {
        let home = "home".to_owned();
        let hash = String::new();
        stands.push(Stands { key: home, hash, text: String::new(), at: issue.created, live: true });
        for comment in &issue.comments {
            let mark = comment.property["mark"].as_str().unwrap_or_default();
            let Some((key, hash)) = split(mark, id) else { continue };
            let live = comment.deleted.is_none();
            stands.push(Stands { key, hash, text: String::new(), at: comment.created, live });
        }
    }
    stands
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
    destination: TargetKind,
    comments: &[Comment],
    stands: &[Stands],
    verdict: &mut Verdict,
) {
    let replies = world.slack.borrow();
    for comment in comments {
        let key = format!("comment/{}/0", comment.id);
        let there = stands.iter().rfind(|one| one.key == key);
        // A person's reply stands in the thread already. Its text may stand under a line that names the speaker.
        let said = comment.creator == super::sir::OURS
            && destination == slack::KIND
            && replies
                .messages
                .iter()
                .any(|one| one.user.is_some() && !one.text.is_empty() && comment.body.ends_with(&one.text));
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
            (false, Some(one)) => {
                let hash = telling::part_hash(&comment.body, 1);
                if one.live && one.hash != hash {
                    verdict.lost += 1;
                    world.is_wrong(format!("{key} does not say its newest text in {}", destination.as_str()));
                }
            }
        }
    }
}

/// What was swallowed and sent again stands later than it would have: it is left out.
fn order(world: &Shared, place: &str, comments: &[Comment], stands: &[Stands], verdict: &mut Verdict) {
    let slack = world.slack.borrow();
    let swallowed =
        |key: &str| place == "slack" && slack.swallowed.iter().any(|mark| mark.contains(&format!("/{key}#")));
    let place_of = |comment: &Comment| {
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
fn backwards(world: &Shared, place: &str, changes: usize, stands: &[Stands], verdict: &mut Verdict) {
    let told = stands.iter().filter(|one| one.key.starts_with("changes/")).count();
    if told > changes {
        verdict.out_of_order += 1;
        world.is_wrong(format!("a state went backwards in {place}: {told} changes told of {changes}"));
    }
}

/// Where nothing fails but what every day brings, a comment is told within four minutes.
fn soon(world: &Shared, place: &str, comments: &[Comment], stands: &[Stands], verdict: &mut Verdict) {
    for comment in comments {
        let key = format!("comment/{}/0", comment.id);
        let told = stands.iter().find(|one| one.key == key);
        if told.is_some_and(|one| one.at - comment.created * 1_000 > 240_000) {
            verdict.lost += 1;
            world.is_wrong(format!("{key} was told late in {place}"));
        }
    }
}

/// What a person wrote into a comment of ours stays.
fn reworded(world: &Shared, id: &CaseId, verdict: &mut Verdict) {
    let jira = world.jira.borrow();
    let comments = jira.issues.iter().filter(|issue| is_of(issue, id)).flat_map(|issue| &issue.comments);
    if comments.filter(|one| one.reworded).any(|one| one.text != PERSONS_WORDS) {
        verdict.doubled += 1;
        world.is_wrong("a person's words were overwritten");
    }
}

/// A case's own channel says where the case stands, and the team is in it.
fn channel(world: &Shared, id: &CaseId, status: &str, verdict: &mut Verdict) {
    if world.settings.slack.layout == Layout::Thread {
        return;
    }
    let slack = world.slack.borrow();
    let name = format!("{}{id}", world.settings.slack.channel_prefix);
    let refused = |channel: &Channel, what| {
        slack.channels.first().is_some_and(|first| first.id == channel.id) && slack.refusals.never_end(what)
    };
    let is_right = |channel: &Channel| {
        (channel.topic.starts_with(status) || refused(channel, Set::Topic))
            && (channel.joined || refused(channel, Set::Invitation))
    };
    match slack.channels.iter().find(|channel| channel.name == name) {
        Some(channel) if is_right(channel) => {}
        Some(channel) => {
            verdict.out_of_order += 1;
            world.is_wrong(format!(
                "the channel of {id} says {:?}, joined: {}",
                channel.topic, channel.joined
            ));
        }
        None => {
            verdict.lost += 1;
            world.is_wrong(format!("{id} has no channel"));
        }
    }
}

fn deleted_by_person(world: &Shared, id: &CaseId, key: &str) -> bool {
    in_slack(world, id).iter().any(|one| one.key == key && !one.live)
}

/// For each comment and destination: milliseconds from its being made to its being told.
pub fn repair_times(world: &Shared) -> Vec<Millis> {
    let mut times = Vec::new();
    let ids = world.sir.borrow().ids();
    for id in ids {
        let Some(state) = world.sir.borrow().newest(&id) else { continue };
        for stands in [in_slack(world, &id), in_jira(world, &id)] {
            for comment in &state.comments {
                let key = format!("comment/{}/0", comment.id);
                let told = stands.iter().find(|one| one.key == key);
                times.extend(told.map(|one| (one.at - comment.created * 1_000).max(0)));
            }
        }
    }
    times
}
