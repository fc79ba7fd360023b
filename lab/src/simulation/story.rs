//! What happens in a seed's world? Cases, comments, changes, people; drawn from the seed.

use std::rc::Rc;

use casebridge::case::{CaseId, Millis, Status};

use super::{
    Class,
    clock::Chance,
    conversation,
    faults::{Set, SetRefusals},
    wording::CaseField,
    world::{BEGIN, Happening, Shared},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoryTurn {
    Create(usize),
    /// AWS comments, this many times in a row.
    Comments(usize, i64),
    /// AWS changes an older comment.
    Amend(usize),
    Status(usize, Status),
    /// The status changes, and half a minute later it is what it was before.
    Wavers(usize),
    /// AWS hands the move over.
    Waits(usize),
    Close(usize),
    Field(usize, CaseField),
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
    /// AWS comments so often, this long after each other.
    Burst(usize, usize, Millis),
    /// The user chooses a channel a case, or a thread.
    Choose(bool),
    /// Somebody keeps a copy of the table.
    Backup,
    /// The table is as it was when it was copied; empty, where nobody did.
    Restore,
    /// From now on nothing fails.
    Calm,
}

impl StoryTurn {
    /// The case of which it changes a field.
    pub fn changed_case(&self) -> Option<CaseId> {
        match self {
            Self::Status(case, _)
            | Self::Wavers(case)
            | Self::Waits(case)
            | Self::Close(case)
            | Self::Field(case, _) => Some(case_id(*case)),
            Self::Create(_)
            | Self::Comments(..)
            | Self::Amend(_)
            | Self::Command(..)
            | Self::Reply(..)
            | Self::Delete(_)
            | Self::Reword(_)
            | Self::Break(..)
            | Self::Burst(..)
            | Self::Choose(_)
            | Self::Backup
            | Self::Restore
            | Self::Calm => None,
        }
    }
}

/// How much happens in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub cases: usize,
    pub comments: usize,
}

impl Size {
    pub const USUAL: Self = Self { cases: 2, comments: 14 };

    /// Of a hundred worlds ninety are small, nine are larger and one is as large as an account gets.
    pub fn drawn(chance: &Chance) -> Self {
        match chance.between(0, 99) {
            0..=89 => Self { cases: 3, comments: 60 },
            90..=94 => Self { cases: 12, comments: 60 },
            95..=98 => Self { cases: 3, comments: 400 },
            _ if chance.happens(500) => Self { cases: 60, comments: 30 },
            _ => Self { cases: 2, comments: 5_000 },
        }
    }
}

/// What a person writes into a comment of ours.
pub const PERSONS_WORDS: &str = "a person's words";

/// For how long a life's status, topic and links are refused.
const REFUSED: Millis = 1_200_000;

const STORY: Millis = 1_500_000;

/// A table that is restored is at least this old: DynamoDB always makes a new one, which takes ten minutes even where it is
/// empty, and until then the functions go on with the other.
const RESTORING: Millis = 600_000;

pub fn case_id(number: usize) -> CaseId {
    CaseId::new(format!("{:010}", number + 1))
}

/// Plans the story of a world. Changes of one case are at least 2 s apart: the service takes one write a second.
pub fn plan(world: &Rc<Shared>) {
    let chance = &world.chance;
    let cases = match world.class {
        Class::Conversation => 0,
        Class::Usual => usize::from(chance.happens(300)) + 1,
        Class::Hard => hard(world),
    };
    for case in 0..cases {
        let mut at = BEGIN + chance.between(0, 5_000);
        let mut tell = |pause: Millis, turn: StoryTurn| {
            at += pause;
            world.plan(at, Happening::Story(turn));
        };
        tell(0, StoryTurn::Create(case));
        for _ in 0..chance.between(1, 6) {
            tell(pause(chance), turn(chance, case));
        }
        if chance.happens(500) {
            tell(pause(chance), StoryTurn::Close(case));
        }
    }
    if world.class == Class::Conversation {
        conversation::plan(world, BEGIN + STORY - 10_000);
    }
    let broken = world.faults.borrow().broken;
    if chance.happens(broken) {
        let at = BEGIN + chance.between(0, STORY / 2);
        let how = ["channel_not_found", "is_archived", "invalid_auth"].get(chance.between(0, 5) as usize);
        let turn = StoryTurn::Break(how.copied(), chance.between(1_000, 900_000));
        world.plan(at, Happening::Story(turn));
    }
    let deletes = world.class != Class::Conversation && chance.happens(world.faults.borrow().person_deletes);
    if deletes {
        world.plan(BEGIN + STORY + 5_000_000, Happening::Story(StoryTurn::Delete(0)));
        world.plan(BEGIN + STORY + 5_000_000, Happening::Story(StoryTurn::Reword(0)));
    }
    if chance.happens(world.faults.borrow().refused) {
        refuse(world, &SetRefusals::drawn(chance, BEGIN));
    }
    world.plan(BEGIN + STORY, Happening::Story(StoryTurn::Calm));
}

/// What only the hard worlds have: many cases, many comments, other settings, a table that is lost. How many cases.
fn hard(world: &Rc<Shared>) -> usize {
    let (chance, Size { cases, comments }) = (&world.chance, world.size);
    let number = |most: usize| {
        let most = i64::try_from(most).unwrap_or(1);
        usize::try_from(chance.between(1, most)).unwrap_or(1)
    };
    let cases = if cases > 3 { cases - number(cases / 4) } else { number(cases) };
    let sometime = || BEGIN + chance.between(60_000, STORY);
    if chance.happens(500) {
        let times = if comments > 60 { comments - number(comments / 4) } else { number(comments) };
        let pause = (STORY / 2 / i64::try_from(times).unwrap_or(1)).min(2_000);
        world.plan(BEGIN + 60_000, Happening::Story(StoryTurn::Burst(0, times, pause)));
    }
    if chance.happens(200) {
        world.plan(sometime(), Happening::Story(StoryTurn::Choose(chance.happens(500))));
    }
    if chance.happens(100) {
        let at = sometime();
        if chance.happens(500) {
            let at = at.max(BEGIN + RESTORING + 60_000);
            world.plan(at - RESTORING, Happening::Story(StoryTurn::Backup));
            world.plan(at, Happening::Story(StoryTurn::Restore));
        } else {
            world.plan(at, Happening::Story(StoryTurn::Restore));
        }
    }
    cases
}

fn refuse(world: &Rc<Shared>, refusals: &SetRefusals) {
    world.note("refused", &format!("{refusals:?}"));
    world.services.refusals.borrow_mut().clone_from(refusals);
}

/// Plans a case's whole life, in which everything happens once that can.
pub fn life(world: &Rc<Shared>) {
    let refused = [Set::StatusByField, Set::Topic, Set::Link].map(|what| (what, BEGIN, BEGIN + REFUSED));
    refuse(world, &SetRefusals(refused.to_vec()));
    let turns = [
        StoryTurn::Create(0),
        StoryTurn::Comments(0, 4),
        StoryTurn::Status(0, Status::Detection),
        StoryTurn::Command(0, 1),
        StoryTurn::Amend(0),
        StoryTurn::Waits(0),
        StoryTurn::Reply(0, 2),
        StoryTurn::Comments(0, 1),
        StoryTurn::Status(0, Status::PostIncident),
        StoryTurn::Close(0),
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

fn turn(chance: &Chance, case: usize) -> StoryTurn {
    match chance.between(0, 19) {
        0..=5 => StoryTurn::Comments(case, 1),
        6 => StoryTurn::Comments(case, chance.between(2, 14)),
        7 => StoryTurn::Amend(case),
        8 => StoryTurn::Status(case, Status::Detection),
        9 => StoryTurn::Status(case, Status::Containment),
        10 => StoryTurn::Status(case, Status::PostIncident),
        11 => StoryTurn::Waits(case),
        16 => StoryTurn::Wavers(case),
        17..=19 => StoryTurn::Field(case, CaseField::drawn(chance)),
        12 | 13 => StoryTurn::Command(case, chance.next() % 1_000_000),
        _ => StoryTurn::Reply(case, chance.next() % 1_000_000),
    }
}
