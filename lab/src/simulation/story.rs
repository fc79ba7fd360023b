//! What happens in a seed's world? Cases, comments, changes, people; drawn from the seed.

use std::rc::Rc;

use casebridge::{
    case::{CaseId, Millis, Status},
    chat::{
        self,
        ingress::job::{Did, Job, Place},
        language::ask::{Ask, Line},
    },
    config::settings::Layout,
    state::notes::Home,
    targets::slack::Heard,
};

use super::{
    clock::Chance,
    faults::{Refusals, Set},
    history::Life,
    journal::Shown,
    services::OURS,
    wording::{Field, words},
    world::{BEGIN, Happening, Shared},
};

/// A turn of the story, on the case of this number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The case is made.
    Create(usize),
    /// AWS comments, this many times in a row.
    Comments(usize, i64),
    /// AWS changes an older comment.
    Amend(usize),
    /// The status changes.
    Status(usize, Status),
    /// The status changes, and half a minute later it is what it was before.
    Wavers(usize),
    /// AWS hands the move over.
    Waits(usize),
    /// The case is closed.
    Close(usize),
    /// AWS changes a field.
    Field(usize, Field),
    /// A person comments by a command: the number names what they say.
    Command(usize, u64),
    /// A person replies in the case's thread.
    Reply(usize, u64),
    /// A person deletes a message of ours.
    Delete(usize),
    /// A person rewrites a comment of ours on the issue.
    Reword(usize),
    /// Slack is broken in this way, or Jira, for so long.
    Break(Option<&'static str>, Millis),
    /// From now on nothing fails.
    Calm,
}

/// Most comments of AWS's on a case: five pages, as many as the service lets anybody read in a second. Of more the
/// product tells nothing; worlds that are harder than it stands today are a class of their own.
const MOST: usize = 45;

/// Who comments for AWS.
const RESPONDER: &str = "AWS Responder";

/// What a person writes into a comment of ours.
pub const PERSONS_WORDS: &str = "a person's words";

/// For how long a life's status, topic and links are refused.
const REFUSED: Millis = 1_200_000;

/// How long the story goes on.
const STORY: Millis = 1_500_000;

/// A case's id.
pub fn case_id(number: usize) -> CaseId {
    CaseId::new(format!("{:010}", number + 1))
}

/// Plans the story of a world. Changes of one case are at least 2 s apart: the service takes one write a second.
pub fn plan(world: &Rc<Shared>) {
    let chance = &world.chance;
    let cases = if chance.happens(300) { 2 } else { 1 };
    for case in 0..usize::try_from(cases).unwrap_or(1) {
        let mut at = BEGIN + chance.between(0, 5_000);
        let mut tell = |pause: Millis, turn: Turn| {
            at += pause;
            world.plan(at, Happening::Story(turn));
        };
        tell(0, Turn::Create(case));
        for _ in 0..chance.between(1, 6) {
            tell(pause(chance), turn(chance, case));
        }
        if chance.happens(500) {
            tell(pause(chance), Turn::Close(case));
        }
    }
    let broken = world.faults.borrow().broken;
    if chance.happens(broken) {
        let at = BEGIN + chance.between(0, STORY / 2);
        let how = ["channel_not_found", "is_archived", "invalid_auth"].get(chance.between(0, 5) as usize);
        let turn = Turn::Break(how.copied(), chance.between(1_000, 900_000));
        world.plan(at, Happening::Story(turn));
    }
    if chance.happens(world.faults.borrow().person_deletes) {
        world.plan(BEGIN + STORY + 5_000_000, Happening::Story(Turn::Delete(0)));
        world.plan(BEGIN + STORY + 5_000_000, Happening::Story(Turn::Reword(0)));
    }
    if chance.happens(world.faults.borrow().refused) {
        refuse(world, &Refusals::drawn(chance, BEGIN));
    }
    world.plan(BEGIN + STORY, Happening::Story(Turn::Calm));
}

fn refuse(world: &Rc<Shared>, refusals: &Refusals) {
    world.note("refused", &format!("{refusals:?}"));
    world.services.refusals.borrow_mut().clone_from(refusals);
}

/// Plans a case's whole life, in which everything happens once that can.
pub fn life(world: &Rc<Shared>) {
    let refused = [Set::StatusByField, Set::Topic, Set::Link].map(|what| (what, BEGIN, BEGIN + REFUSED));
    refuse(world, &Refusals(refused.to_vec()));
    let turns = [
        Turn::Create(0),
        Turn::Comments(0, 4),
        Turn::Status(0, Status::Detection),
        Turn::Command(0, 1),
        Turn::Amend(0),
        Turn::Waits(0),
        Turn::Reply(0, 2),
        Turn::Comments(0, 1),
        Turn::Status(0, Status::PostIncident),
        Turn::Close(0),
    ];
    for (at, turn) in (BEGIN..).step_by(15_000).zip(turns) {
        world.plan(at, Happening::Story(turn));
    }
}

/// Mostly in quick succession, sometimes minutes later.
fn pause(chance: &Chance) -> Millis {
    match chance.between(0, 3) {
        0 => chance.between(60_000, 200_000),
        _ => chance.between(2_000, 8_000),
    }
}

fn turn(chance: &Chance, case: usize) -> Turn {
    match chance.between(0, 19) {
        0..=5 => Turn::Comments(case, 1),
        6 => Turn::Comments(case, chance.between(2, 14)),
        7 => Turn::Amend(case),
        8 => Turn::Status(case, Status::Detection),
        9 => Turn::Status(case, Status::Containment),
        10 => Turn::Status(case, Status::PostIncident),
        11 => Turn::Waits(case),
        16 => Turn::Wavers(case),
        17..=19 => Turn::Field(case, Field::drawn(chance)),
        12 | 13 => Turn::Command(case, chance.next() % 1_000_000),
        _ => Turn::Reply(case, chance.next() % 1_000_000),
    }
}

/// A turn happens.
pub fn happen(world: &Rc<Shared>, turn: Turn) {
    let now = world.clock.now();
    world.note("story", &format!("{turn:?}"));
    match turn {
        Turn::Create(case) => {
            world.sir().set_next_case(case_id(case).as_str());
            match world.chance.happens(400) {
                true => world.sir().aws_creates_case("Unusual sign-ins"),
                false => world.sir().console_creates_case("Unusual sign-ins"),
            };
        }
        Turn::Comments(case, times) => {
            let id = case_id(case);
            let count = world.history.borrow().0.get(id.as_str()).map_or(0, |life| life.comments.len());
            if count >= MOST {
                return;
            }
            let creator = if world.chance.happens(300) { OURS } else { RESPONDER };
            let words = words(&world.chance, &format!("comment number {count} of {id}"));
            drop(world.sir().aws_comments(id.as_str(), creator, &words));
            if times > 1 {
                world.plan(now + 2_000, Happening::Story(Turn::Comments(case, times - 1)));
            }
        }
        Turn::Amend(case) => amend(world, case_id(case).as_str()),
        Turn::Wavers(case) => {
            let id = case_id(case);
            let before =
                world.history.borrow().0.get(id.as_str()).map(|life| life.is("caseStatus").to_owned());
            if let Some(before) = before {
                world.plan(now + 30_000, Happening::Story(Turn::Status(case, before.into())));
            }
            drop(world.sir().aws_sets_status(id.as_str(), Status::PostIncident.as_str()));
        }
        Turn::Status(case, status) => {
            drop(world.sir().aws_sets_status(case_id(case).as_str(), status.as_str()));
        }
        Turn::Waits(case) => {
            let id = case_id(case);
            let waits = world
                .history
                .borrow()
                .0
                .get(id.as_str())
                .is_some_and(|life| life.is("pendingAction") == "Customer");
            drop(world.sir().aws_sets_pending_action(id.as_str(), if waits { "None" } else { "Customer" }));
        }
        Turn::Field(case, Field::File) => {
            let (id, number) = (case_id(case), world.chance.between(1, 99));
            drop(world.sir().aws_attaches(id.as_str(), &format!("log-{number}.txt"), "bytes"));
        }
        Turn::Field(case, field) => {
            let members = field.members(&world.chance, now);
            drop(world.sir().aws_changes(case_id(case).as_str(), &members));
        }
        Turn::Close(case) => drop(world.sir().aws_closes(case_id(case).as_str(), "False Positive")),
        Turn::Command(case, number) => command(world, case_id(case), number),
        Turn::Reply(case, number) => reply(world, &case_id(case), number),
        Turn::Delete(case) => delete(world, &case_id(case)),
        Turn::Reword(case) => reword(world, &case_id(case)),
        Turn::Break(slack, time) => match slack {
            Some(how) => *world.services.slack_broken.borrow_mut() = Some((now + time, how)),
            None => *world.services.jira_broken.borrow_mut() = Some(now + time),
        },
        Turn::Calm => *world.faults.borrow_mut() = super::faults::Faults::default(),
    }
    world.happened();
}

/// AWS changes its first comment.
fn amend(world: &Shared, id: &str) {
    let first = world.history.borrow().0.get(id).and_then(|life| {
        let first = life.comments.iter().find(|comment| comment.creator == RESPONDER)?;
        Some((first.id.clone(), format!("{}, changed", first.text())))
    });
    if let Some((comment, body)) = first {
        drop(world.sir().aws_edits_comment(id, &comment, RESPONDER, &body));
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
        drop(world.slack().deletes(&shown.place, &shown.id));
        shown.gone = Some(now);
    }
}

/// A person puts other words into a comment of ours on the issue. They stay: the mark is still that of what we told.
fn reword(world: &Rc<Shared>, id: &CaseId) {
    let mut journal = world.services.in_jira.borrow_mut();
    let of = format!("{id}/");
    let ours =
        |shown: &&mut Shown| shown.mark.starts_with(&of) && shown.gone.is_none() && shown.place != "SEC";
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
    let (person, channel) = (world.slack().ana(), world.settings.slack.channel.clone());
    let typed = world.slack().types(&person, &channel, "/sir", &text);
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&typed.body).unwrap_or_default();
    let answers = fields.into_iter().find(|(name, _)| name == "response_url").map(|(_, url)| url);
    let line = Line { case: Some(case), ask: Ask::Comment { text: Some(text.clone()) } };
    let job = Job {
        act: format!("trigger.{number}"),
        team: world.settings.slack.team.clone(),
        user: person,
        place: Place { channel, thread: None },
        did: Did::Asked { line, typed: text.clone() },
        response_url: answers.clone(),
        replaces: false,
        at: now,
    };
    world.said.borrow_mut().push((text, answers, job.key()));
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
    let closed = world.history.borrow().0.get(case.as_str()).is_none_or(Life::is_closed);
    let broken = world.services.slack_broken.borrow().is_some();
    let Some(home) = bound.filter(|_| !closed && !broken) else { return };
    let person = world.slack().ana();
    let thread = (world.settings.slack.layout == Layout::Thread).then(|| home.name.clone());
    // Slack escapes what people type.
    let typed = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let (ts, _) = world.slack().says(&person, &home.place, &typed, thread.as_deref());
    journal.add(Shown {
        place: home.place.clone(),
        thread: thread.clone(),
        id: ts.clone(),
        ours: false,
        mark: String::new(),
        said: vec![(now, text.clone())],
        gone: None,
    });
    drop(journal);
    let heard = Heard { ts, thread_ts: thread, user: Some(person), text: typed, ..Heard::default() };
    let job = chat::ingress::job::said(&world.settings, &home, &heard, now);
    world.said.borrow_mut().push((text, None, job.key()));
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
