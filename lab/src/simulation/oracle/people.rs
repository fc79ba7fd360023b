//! Did what people said and did come to where it belongs, once, and does it stay?

use casebridge::{
    case::{CaseId, ChannelId},
    config::settings::Layout,
    state::Store,
};
use serde_json::Value;

use super::{
    super::{faults::Set, history::CaseHistory, ready, world::Shared},
    Defect, Findings,
};

/// What a person said is on the case exactly once, and every answer to a command is the same.
pub fn said(judge: &mut Findings<'_>, world: &Shared) {
    let history = world.history.borrow();
    let cases: Vec<&CaseHistory> = history.0.values().collect();
    for (text, answer, key) in world.said.borrow().iter() {
        let remarks = cases.iter().flat_map(|case| &case.comments);
        let times = remarks.filter(|one| one.text().ends_with(text)).count();
        let all = world.services.answers.borrow();
        let answers = answer.as_ref().and_then(|name| all.get(name)).map(Vec::as_slice).unwrap_or_default();
        if times > 1 {
            judge.says(Defect::Doubled, format!("{text:?} is on the case {times} times"));
        }
        if times == 0 && !is_refused(world, &cases, (answer.is_some(), key)) {
            judge.says(Defect::Lost, format!("{text:?} is not on the case"));
        }
        if answers.windows(2).any(|pair| pair[0] != pair[1]) {
            judge.says(Defect::Doubled, format!("{text:?} was answered in different words"));
        }
    }
}

/// A case that was closed takes no comment, and a command may be refused: the record says what was answered, also where
/// that answer could not be brought to the person.
fn is_refused(world: &Shared, cases: &[&CaseHistory], (asked, key): (bool, &str)) -> bool {
    let record = ready(world.memory.command(key)).and_then(|record| record.ok().flatten()?.answer);
    let told_so = asked && record.is_some_and(|answer| !answer.contains("Your comment is on case"));
    told_so || cases.iter().any(|case| case.is_closed())
}

/// What a person wrote into a comment of ours stays.
pub fn reworded(judge: &mut Findings<'_>, world: &Shared) {
    let journal = world.services.in_jira.borrow();
    for (issue, id) in world.reworded.borrow().iter() {
        let theirs = journal.all.iter().find(|one| one.place == *issue && one.id == *id);
        if theirs.is_some_and(|one| !world.is_reworded(one.text())) {
            judge.says(Defect::Doubled, "a person's words were overwritten".to_owned());
        }
    }
}

/// A case's own channel says where the case stands, and the team is in it.
pub fn channel(judge: &mut Findings<'_>, world: &Shared, (id, status): (&CaseId, &str)) {
    let (slack, channels) = (world.slack(), world.services.channels());
    let refusals = world.services.refusals.borrow();
    let refused = |channel: &Value, what| {
        channels.first().is_some_and(|first| first["id"] == channel["id"]) && refusals.never_end(what)
    };
    let topic = |channel: &Value| channel["topic"]["value"].as_str().unwrap_or_default().to_owned();
    let joined = |channel: &Value| {
        slack.members(&ChannelId::new(channel["id"].as_str().unwrap_or_default())).contains(&slack.ana())
    };
    let is_right = |channel: &Value| {
        (topic(channel).starts_with(status) || refused(channel, Set::Topic))
            && (joined(channel) || refused(channel, Set::Invitation))
    };
    let named = |channel: &&Value| channel["name"].as_str().is_some_and(|name| name.ends_with(id.as_str()));
    match channels.iter().find(named) {
        Some(channel) if is_right(channel) => {}
        Some(channel) => {
            let (topic, joined) = (topic(channel), joined(channel));
            judge.says(Defect::OutOfOrder, format!("the channel of {id} says {topic:?}, joined: {joined}"));
        }
        None if world.settings().slack.layout == Layout::Thread || world.has_chosen() => {}
        None => judge.says(Defect::Lost, format!("{id} has no channel")),
    }
}
