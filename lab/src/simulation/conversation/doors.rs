//! How does what people did reach `command`? Through its door as Slack and Jira bring it, and from its inbox, a group's jobs
//! one after the other.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    rc::Rc,
};

use casebridge::{case::Millis, runtime::QueueMessage};

use serde_json::Value;

use super::super::{
    Bench,
    breaks::How,
    command, inboxed, is_done,
    world::{Happening, Shared},
};
use crate::{stage::envelope, standins::SignedRequest};

/// A job comes again after this, where its invocation did not end well.
const VISIBILITY: Millis = 360_000;
/// A job is given up after so many deliveries.
const MOST: u32 = 5;
/// A job whose id came already is dropped for so long.
const ALIKE: Millis = 300_000;
/// After these times a request is brought again that was not answered well, as Slack does; Jira does it later.
const AGAIN: [Millis; 3] = [1_000, 60_000, 300_000];

/// A request on its way to the door.
#[derive(Clone)]
pub struct Knock {
    request: Rc<SignedRequest>,
    is_slack: bool,
    /// How often it was brought before.
    before: usize,
}

impl Knock {
    pub fn slack(request: SignedRequest) -> Self {
        Self { request: Rc::new(request), is_slack: true, before: 0 }
    }

    fn jira(request: SignedRequest) -> Self {
        Self { is_slack: false, ..Self::slack(request) }
    }

    /// Slack signs each delivery anew.
    fn signed(&self, world: &Shared) -> SignedRequest {
        match self.is_slack {
            true => world.slack().signed(&self.request.path, "application/json", self.request.body.clone()),
            false => (*self.request).clone(),
        }
    }
}

/// Requests go on their way: once, twice, late or never. Whether they come soon, and so in their order.
pub fn knocks(world: &Shared, all: impl IntoIterator<Item = Knock>) -> bool {
    let mut soon = true;
    for knock in all {
        let now = world.clock.now();
        if world.fault(|faults| faults.reply_lost.max(faults.event_lost)) {
            world.note("request", "lost");
            soon = false;
            continue;
        }
        let is_late = world.fault(|faults| faults.event_late);
        soon &= !is_late;
        let late = if is_late { 600_000 } else { 400 };
        let times = if world.fault(|faults| faults.event_twice) { 2 } else { 1 };
        for _ in 0..times {
            world.plan(now + world.chance.between(50, late), Happening::Knock(knock.clone()));
        }
    }
    soon
}

/// What Jira has to tell goes on its way, that of our own changes among it.
pub fn webhooks(world: &Shared) -> bool {
    knocks(world, world.jira().take_webhooks().into_iter().map(Knock::jira))
}

/// Somebody is at the door.
pub fn answer(bench: &Rc<Bench>, world: &Rc<Shared>, knock: Knock) {
    let signed = knock.signed(world);
    let done = Rc::new(Cell::new(false));
    if let Some(pause) = AGAIN.get(knock.before) {
        let pause = if knock.is_slack { *pause } else { 300_000 + *pause };
        let again = Knock { before: knock.before + 1, ..knock };
        world.plan(world.clock.now() + 3_000 + pause, Happening::KnockAgain(done.clone(), again));
    }
    command(bench, world, envelope(&signed), move |answer| done.set(answer["statusCode"] == 200));
}

#[derive(Default)]
pub struct Inbox {
    groups: BTreeMap<String, VecDeque<(Rc<str>, u32)>>,
    busy: HashSet<String>,
    seen: HashMap<String, Millis>,
}

impl Inbox {
    /// Whether a job is new, and first of its group.
    fn take(&mut self, message: QueueMessage, now: Millis) -> Option<String> {
        let alike = self.seen.get(&message.id).is_some_and(|at| now - at < ALIKE);
        if alike {
            return None;
        }
        self.seen.insert(message.id, now);
        let group = self.groups.entry(message.group.clone()).or_default();
        group.push_back((message.body.into(), 0));
        (group.len() == 1).then_some(message.group)
    }
}

/// A job comes onto the inbox.
pub fn put(world: &Shared, message: QueueMessage) {
    let now = world.clock.now();
    let first = world.conversation.borrow_mut().inbox.take(message, now);
    if let Some(group) = first {
        world.plan(now + world.chance.between(20, 300), Happening::Inbox(group));
    }
}

/// `command` is given the first job of a group. The next one waits for it.
pub fn inbox(bench: &Rc<Bench>, world: &Rc<Shared>, group: String) {
    let now = world.clock.now();
    let body = {
        let inbox = &mut world.conversation.borrow_mut().inbox;
        let Some(jobs) = inbox.groups.get_mut(&group) else { return };
        if jobs.is_empty() || !inbox.busy.insert(group.clone()) {
            return;
        }
        if world.broken.is_some_and(|broken| matches!(broken.how, How::Backwards)) {
            jobs.rotate_right(1);
        }
        let Some((body, times)) = jobs.front_mut() else { return };
        *times += 1;
        if world.is_traced() {
            let job: Value = serde_json::from_str(body).unwrap_or_default();
            world.note("job", &format!("{} {} for the {times}. time", job["act"], job["door"]));
        }
        body.clone()
    };
    let done = Rc::new(Cell::new(false));
    world.plan(now + VISIBILITY, Happening::InboxAgain(done.clone(), group.clone()));
    let ended = world.clone();
    command(bench, world, inboxed(bench, &body), move |answer| {
        if is_done(&answer) {
            done.set(true);
            leave(&ended, &group, true);
        }
    });
}

/// A job was not done when it should have been: it comes again, or is given up.
pub fn inbox_again(world: &Shared, group: &str) {
    let tired = {
        let talk = world.conversation.borrow();
        let first = talk.inbox.groups.get(group).and_then(VecDeque::front);
        first.is_some_and(|(_, times)| *times >= MOST)
    };
    if tired {
        world.note("job", "given up");
    }
    leave(world, group, tired);
}

/// Nobody works at a group any more; its first job is gone, or comes again.
fn leave(world: &Shared, group: &str, gone: bool) {
    let more = {
        let inbox = &mut world.conversation.borrow_mut().inbox;
        inbox.busy.remove(group);
        let jobs = inbox.groups.entry(group.to_owned()).or_default();
        if gone {
            jobs.pop_front();
        }
        !jobs.is_empty()
    };
    if more {
        let at = world.clock.now() + world.chance.between(5, 100);
        world.plan(at, Happening::Inbox(group.to_owned()));
    }
}
