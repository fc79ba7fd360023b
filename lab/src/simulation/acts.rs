//! What happens at a turn of the story? AWS's acts and people's.

use std::{rc::Rc, time::Duration};

use casebridge::{
    case::{CaseId, ChannelId, Status, TriggerId, Ts, UserId},
    chat::{
        self, CommandLine,
        job::{Door, Job, Origin, Sender},
    },
    state::notes::Home,
    targets::slack::{Heard, said_by_a_person},
};

use super::{
    Class,
    history::CaseHistory,
    journal::JournalEntry,
    services::OURS,
    story::{PERSONS_WORDS, StoryTurn, case_id},
    wording::{CaseField, words},
    world::{Happening, Shared},
};

const RESPONDER: &str = "AWS Responder";

pub fn happen(world: &Rc<Shared>, turn: StoryTurn) {
    let now = world.clock.now();
    if turn.changed_case().is_some_and(|case| changed_this_second(world, &case)) {
        return world.plan((now / 1_000 + 1) * 1_000, Happening::Story(turn));
    }
    world.note("story", &format!("{turn:?}"));
    match turn {
        StoryTurn::Create(case) => create(world, &case_id(case)),
        StoryTurn::Comments(case, times) => comments(world, case, times),
        StoryTurn::Amend(case) => amend(world, &case_id(case)),
        StoryTurn::Wavers(case) => wavers(world, case),
        StoryTurn::Status(case, status) => {
            drop(world.sir().aws_sets_status(&case_id(case), &status));
        }
        StoryTurn::Waits(case) => {
            let id = case_id(case);
            let waits =
                world.history.borrow().0.get(&id).is_some_and(|life| life.is("pendingAction") == "Customer");
            drop(world.sir().aws_sets_pending_action(&id, if waits { "None" } else { "Customer" }));
        }
        StoryTurn::Field(case, CaseField::File) => {
            let (id, number) = (case_id(case), world.chance.between(1, 99));
            drop(world.sir().aws_attaches(&id, &format!("log-{number}.txt"), "bytes"));
        }
        StoryTurn::Field(case, field) => {
            let members = field.members(&world.chance, now);
            drop(world.sir().aws_changes(&case_id(case), &members));
        }
        StoryTurn::Close(case) => drop(world.sir().aws_closes(&case_id(case), "False Positive")),
        StoryTurn::Command(case, number) => command(world, case_id(case), number),
        StoryTurn::Reply(case, number) => reply(world, &case_id(case), number),
        StoryTurn::Delete(case) => delete(world, &case_id(case)),
        StoryTurn::Reword(case) => reword(world, &case_id(case)),
        StoryTurn::Break(slack, time) => match slack {
            Some(how) => *world.services.slack_broken.borrow_mut() = Some((now + time, how)),
            None => *world.services.jira_broken.borrow_mut() = Some(now + time),
        },
        StoryTurn::Burst(case, times, pause) => burst(world, case, (times, pause)),
        StoryTurn::Choose(own_channel) => world.choose(own_channel),
        StoryTurn::Backup => world.backup.restore(&world.memory),
        StoryTurn::Restore => world.memory.restore(&world.backup),
        StoryTurn::Calm => *world.faults.borrow_mut() = super::faults::Faults::default(),
    }
    world.happened();
}

/// Whether this is the second change of a case within a second. The product does not tell the ages of two looks at one second
/// apart: only the hard worlds have that.
fn changed_this_second(world: &Shared, case: &CaseId) -> bool {
    let seconds = Duration::from_millis(world.clock.now().unsigned_abs()).as_secs();
    let changed = world.sir().case(case).and_then(|case| case["lastUpdatedDate"].as_f64());
    world.class == Class::Usual && changed.is_some_and(|at| Duration::from_secs_f64(at).as_secs() == seconds)
}

fn create(world: &Shared, id: &CaseId) {
    world.sir().set_next_case(id);
    match world.chance.happens(400) {
        true => world.sir().aws_creates_case("Unusual sign-ins"),
        false => world.sir().console_creates_case("Unusual sign-ins"),
    };
}

fn comments(world: &Shared, case: usize, times: i64) {
    let id = case_id(case);
    let count = world.history.borrow().0.get(&id).map_or(0, |life| life.comments.len());
    let creator = if world.chance.happens(300) { OURS } else { RESPONDER };
    let words = words(&world.chance, &format!("comment number {count} of {id}"));
    drop(world.sir().aws_comments(&id, creator, &words));
    if times > 1 {
        let at = world.clock.now() + 2_000;
        world.plan(at, Happening::Story(StoryTurn::Comments(case, times - 1)));
    }
}

/// AWS comments many times, one right after the other.
fn burst(world: &Shared, case: usize, (times, pause): (usize, i64)) {
    comments(world, case, 1);
    if times > 1 {
        let at = world.clock.now() + pause;
        world.plan(at, Happening::Story(StoryTurn::Burst(case, times - 1, pause)));
    }
}

/// The status changes, and half a minute later it is what it was before.
fn wavers(world: &Shared, case: usize) {
    let id = case_id(case);
    let before = world.history.borrow().0.get(&id).map(|life| life.is("caseStatus").to_owned());
    if let Some(before) = before {
        let back = StoryTurn::Status(case, before.into());
        world.plan(world.clock.now() + 30_000, Happening::Story(back));
    }
    drop(world.sir().aws_sets_status(&id, &Status::PostIncident));
}

/// AWS changes its first comment.
fn amend(world: &Shared, id: &CaseId) {
    let first = world.history.borrow().0.get(id).and_then(|life| {
        let first = life.comments.iter().find(|comment| comment.creator == RESPONDER)?;
        Some((first.id.clone(), format!("{}, changed", first.text())))
    });
    if let Some((comment, body)) = first {
        drop(world.sir().aws_edits_comment((id, &comment), RESPONDER, &body));
    }
}

/// A person deletes a comment of ours that a check has seen.
fn delete(world: &Rc<Shared>, id: &CaseId) {
    let now = world.clock.now();
    let mut journal = world.services.in_slack.borrow_mut();
    let of = format!("{id}/comment/");
    let old = journal
        .all
        .iter_mut()
        .find(|shown| shown.mark.starts_with(&of) && shown.gone.is_none() && now - shown.at() > 4_000_000);
    if let Some(shown) = old {
        drop(world.slack().deletes(&ChannelId::new(&shown.place), &Ts::new(&shown.id)));
        shown.gone = Some(now);
    }
}

/// A person puts other words into a comment of ours on the issue. They stay: the mark is still that of what we told.
fn reword(world: &Rc<Shared>, id: &CaseId) {
    let mut journal = world.services.in_jira.borrow_mut();
    let of = format!("{id}/");
    let ours = |shown: &&mut JournalEntry| {
        shown.mark.starts_with(&of) && shown.gone.is_none() && shown.place != "SEC"
    };
    if let Some(shown) = journal.all.iter_mut().find(ours) {
        let (jira, now) = (world.jira(), world.clock.now());
        drop(jira.person_edits_comment(&jira.ana(), &shown.place, &shown.id, PERSONS_WORDS));
        shown.says(now, PERSONS_WORDS.to_owned());
        world.reworded.borrow_mut().push((shown.place.clone(), shown.id.clone()));
    }
}

/// `/sir CASE comment …` reaches the inbox, verified.
fn command(world: &Rc<Shared>, case: CaseId, number: u64) {
    let now = world.clock.now();
    let text = words(&world.chance, &format!("by command {number}"));
    let (person, channel) = (world.slack().ana(), world.settings().slack.channel.to_string());
    let typed = world.slack().types(&person, &ChannelId::new(&channel), "/sir", &text);
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&typed.body).unwrap_or_default();
    let answers = fields.into_iter().find(|(name, _)| name == "response_url").map(|(_, url)| url);
    let line = CommandLine::comment(case, text.clone());
    let sender = Sender {
        team: world.settings().slack.team.clone(),
        user: UserId::new(person),
        place: Origin::channel(ChannelId::new(channel)),
        at: now,
        door: Door::Slash,
    };
    let job = sender.asks(&TriggerId::new(format!("trigger.{number}")), line, text.clone());
    let job = job.answered_at(answers.clone());
    world.said.borrow_mut().push((text, answers, job.key().into()));
    deliver(world, &job);
}

/// A person writes in the thread, if there is one. Its event reaches the inbox, or is lost.
fn reply(world: &Rc<Shared>, case: &CaseId, number: u64) {
    let now = world.clock.now();
    let text = words(&world.chance, &format!("by reply {number}"));
    let mark = format!("{case}/home#");
    let mut journal = world.services.in_slack.borrow_mut();
    let card = journal.all.iter().find(|one| one.mark.starts_with(&mark));
    let bound = card.filter(|card| now - card.at() > 5_000);
    let bound = bound.map(|card| Home { place: card.place.clone(), name: card.id.clone() });
    let closed = world.history.borrow().0.get(case).is_none_or(CaseHistory::is_closed);
    let broken = world.services.slack_broken.borrow().is_some();
    let Some(home) = bound.filter(|_| !closed && !broken) else { return };
    let person = world.slack().ana();
    let shared = world.settings().slack.channel == home.place;
    let thread = shared.then(|| home.name.clone());
    // Slack escapes what people type.
    let typed = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let (ts, _) = world.slack().says(
        &person,
        &ChannelId::new(&home.place),
        &typed,
        thread.as_ref().map(Ts::new).as_ref(),
    );
    journal.add(JournalEntry {
        place: home.place.clone(),
        thread: thread.clone(),
        id: ts.clone().to_string(),
        ours: false,
        mark: String::new(),
        said: vec![(now, text.clone())],
        gone: None,
    });
    drop(journal);
    let (thread_ts, user) = (thread.map(Ts::new), Some(UserId::new(person)));
    let heard = Heard { thread_ts, user, text: typed, ..Heard::at(Ts::new(ts)) };
    let Some(said) = said_by_a_person(heard) else { return };
    let job = chat::said::said(&world.settings(), &home, &said, now);
    world.said.borrow_mut().push((text, None, job.key().into()));
    if world.fault(|faults| faults.reply_lost) {
        return;
    }
    deliver(world, &job);
}

/// Delivered once, or up to five times.
fn deliver(world: &Rc<Shared>, job: &Job) {
    let Ok(body) = serde_json::to_string(job) else { return };
    let times = if world.fault(|faults| faults.command_twice) { world.chance.between(2, 5) } else { 1 };
    let at = world.clock.now() + world.chance.between(20, 500);
    world.plan(at, Happening::Job(body.into(), times.try_into().unwrap_or(1)));
}
