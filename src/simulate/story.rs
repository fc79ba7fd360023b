//! What happens in a seed's world? Cases, comments, changes, people; drawn from the seed.

use std::rc::Rc;

use super::{
    clock::Chance,
    sir::{OURS, new_case},
    world::{BEGIN, Happening, Shared},
};
use crate::case::{CaseId, Millis, Status};

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
    /// AWS hands the move over.
    Waits(usize),
    /// The case is closed.
    Close(usize),
    /// A person deletes a message of ours.
    Delete(usize),
    /// Slack or Jira is broken for so long.
    Break(bool, Millis),
    /// From now on nothing fails.
    Calm,
}

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
        let turn = Turn::Break(chance.happens(500), chance.between(1_000, 900_000));
        world.plan(at, Happening::Story(turn));
    }
    if chance.happens(world.faults.borrow().person_deletes) {
        world.plan(BEGIN + STORY + 5_000_000, Happening::Story(Turn::Delete(0)));
    }
    world.plan(BEGIN + STORY, Happening::Story(Turn::Calm));
}

/// Mostly in quick succession, sometimes minutes later.
fn pause(chance: &Chance) -> Millis {
    match chance.between(0, 3) {
        0 => chance.between(60_000, 200_000),
        _ => chance.between(2_000, 8_000),
    }
}

fn turn(chance: &Chance, case: usize) -> Turn {
    match chance.between(0, 11) {
        0..=5 => Turn::Comments(case, 1),
        6 => Turn::Comments(case, chance.between(2, 14)),
        7 => Turn::Amend(case),
        8 => Turn::Status(case, Status::Detection),
        9 => Turn::Status(case, Status::Containment),
        10 => Turn::Status(case, Status::PostIncident),
        _ => Turn::Waits(case),
    }
}

/// A turn happens.
pub fn happen(world: &Rc<Shared>, turn: Turn) {
    let now = world.clock.now();
    world.note("story", &format!("{turn:?}"));
    match turn {
        Turn::Create(case) => {
            let case = new_case(case_id(case).as_str(), now);
            let id = case.id.clone();
            world.sir.borrow_mut().create(case, now);
            world.announce(&id, false);
        }
        Turn::Comments(case, times) => {
            let id = case_id(case);
            let count = world.sir.borrow().newest(&id).map_or(0, |state| state.comments.len());
            let creator = if world.chance.happens(300) { OURS } else { "AWS Responder" };
            world.sir.borrow_mut().comment(&id, now, creator, format!("comment number {count} of {id}"));
            world.announce(&id, false);
            if times > 1 {
                world.plan(now + 2_000, Happening::Story(Turn::Comments(case, times - 1)));
            }
        }
        Turn::Amend(case) => change(world, case, true, |state| {
            if let Some(comment) = state.comments.first_mut() {
                comment.body.push_str(", changed");
                comment.updated = Some(now / 1_000);
            }
        }),
        Turn::Status(case, status) => change(world, case, false, |state| state.case.status = status),
        Turn::Waits(case) => change(world, case, false, |state| state.case.waits_for_customer ^= true),
        Turn::Close(case) => change(world, case, false, |state| {
            state.case.status = Status::Closed;
            state.case.closed = Some(now / 1_000);
        }),
        Turn::Delete(case) => delete(world, &case_id(case)),
        Turn::Break(slack, time) => match slack {
            true => world.slack.borrow_mut().broken = Some((now + time, "channel_not_found")),
            false => world.jira.borrow_mut().broken = Some(now + time),
        },
        Turn::Calm => *world.faults.borrow_mut() = super::faults::Faults::default(),
    }
}

fn change(world: &Rc<Shared>, case: usize, full: bool, change: impl FnOnce(&mut super::sir::State)) {
    let id = case_id(case);
    if world.sir.borrow_mut().change(&id, world.clock.now(), change) {
        world.announce(&id, full);
    }
}

/// A person deletes a comment of ours that a check has seen.
fn delete(world: &Rc<Shared>, id: &CaseId) {
    let now = world.clock.now();
    let mut slack = world.slack.borrow_mut();
    let of = format!("{id}/comment/");
    let old = slack.messages.iter_mut().find(|message| {
        let ours = message.mark.as_ref().is_some_and(|mark| mark.starts_with(&of));
        ours && message.deleted.is_none() && now - message.posted > 4_000_000
    });
    if let Some(message) = old {
        message.deleted = Some(now);
    }
}
