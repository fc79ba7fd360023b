//! Which faults does a seed's world have, and how often? Each seed switches a random subset on.

use casebridge::case::Millis;

use super::clock::Chance;

/// Likelihoods in thousandths of an occasion; 0 where the seed has the fault switched off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub event_twice: u32,
    /// An event never comes.
    pub event_lost: u32,
    /// An event comes up to ten minutes late.
    pub event_late: u32,
    /// An invocation is killed at some moment of its life.
    pub crash: u32,
    /// An invocation stands still for up to 180 s; the platform may not notice.
    pub stall: u32,
    /// A request is refused before it has an effect: 429 with or without Retry-After, connection refused.
    pub not_applied: u32,
    /// A request has its effect and its answer is lost, or is a 5xx.
    pub answer_lost: u32,
    /// A request has its effect up to 40 s after it was given up.
    pub late: u32,
    /// A request is lost without effect, or answered 5xx without one.
    pub lost: u32,
    /// Slack says `ok` and stores nothing.
    pub never_stored: u32,
    /// A service's read is up to 5 s old.
    pub stale: u32,
    /// The table refuses an operation.
    pub store_throttles: u32,
    /// The table does an operation and its answer is lost.
    pub store_lost: u32,
    /// A person deletes a message that the check has seen.
    pub person_deletes: u32,
    /// A command is delivered up to five times.
    pub command_twice: u32,
    /// A person's reply in the thread never comes as an event.
    pub reply_lost: u32,
    /// The credentials or the channel are broken for a while.
    pub broken: u32,
    /// Some of what is only set is refused, for a while or for ever.
    pub refused: u32,
}

impl Faults {
    pub fn drawn(chance: &Chance) -> Self {
        if chance.happens(250) {
            let some = |thousandths: u32| if chance.happens(700) { thousandths } else { 0 };
            return Self { event_twice: some(200), stale: some(250), refused: some(300), ..Self::default() };
        }
        let some = |thousandths: u32| if chance.happens(400) { thousandths } else { 0 };
        Self {
            event_twice: some(200),
            event_lost: some(100),
            event_late: some(150),
            crash: some(150),
            stall: some(3),
            not_applied: some(60),
            answer_lost: some(60),
            late: some(40),
            lost: some(60),
            never_stored: some(15),
            stale: some(150),
            store_throttles: some(20),
            store_lost: some(20),
            person_deletes: some(300),
            command_twice: some(300),
            reply_lost: some(300),
            broken: some(200),
            refused: some(500),
        }
    }
}

impl Faults {
    /// Nothing fails but what every day brings: repeated events, reads that are seconds old, and refusals of what is
    /// only set. Then a comment must be told soon, not only at last.
    pub fn are_mild(&self) -> bool {
        let Self { event_twice, stale, refused, .. } = *self;
        *self == Self { event_twice, stale, refused, ..Self::default() }
    }
}

/// What can be refused of that which is only set: at the first issue, and in the first channel that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    StatusByField,
    StatusInWords,
    Link,
    IssueText,
    Card,
    Topic,
    Invitation,
}

impl Set {
    pub const ALL: [Self; 7] = [
        Self::StatusByField,
        Self::StatusInWords,
        Self::Link,
        Self::IssueText,
        Self::Card,
        Self::Topic,
        Self::Invitation,
    ];
}

#[derive(Clone, Debug, Default)]
pub struct SetRefusals(pub Vec<(Set, Millis, Millis)>);

/// The end of what never ends.
pub const NEVER: Millis = Millis::MAX;

impl SetRefusals {
    /// Draws some of them, each for up to an hour or for ever.
    pub fn drawn(chance: &Chance, begin: Millis) -> Self {
        let mut some = Vec::new();
        for what in Set::ALL {
            if chance.happens(400) {
                let from = begin + chance.between(0, 600_000);
                let until = if chance.happens(400) { NEVER } else { begin + chance.between(60_000, HOUR) };
                some.push((what, from, until));
            }
        }
        Self(some)
    }

    pub fn hold(&self, what: Set, now: Millis) -> bool {
        self.0.iter().any(|(one, from, until)| *one == what && (*from..*until).contains(&now))
    }

    /// Whether it is refused for ever, from some time on.
    pub fn never_end(&self, what: Set) -> bool {
        self.0.iter().any(|(one, _, until)| *one == what && *until == NEVER)
    }
}

/// A link or an invitation that is refused for longer would be given up.
const HOUR: Millis = 3_600_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered,
    /// Refused for now; the service's word on when to come back, in seconds.
    Throttled(Option<i64>),
    /// It never left.
    NotSent,
    /// It has its effect; the answer is lost, or is a 5xx.
    AnswerLost(bool),
    /// It has its effect this long after it was given up.
    Late(Millis),
    /// It has none; the answer is lost, or is a 5xx.
    Lost(bool),
    /// It is answered `ok` and has no effect.
    NeverStored,
}

impl Faults {
    /// Draws a request's fate. Only a post can be answered without being stored.
    pub fn fate(&self, chance: &Chance, is_post: bool) -> Fate {
        if chance.happens(self.not_applied) {
            return match chance.between(0, 4) {
                0 => Fate::NotSent,
                1 => Fate::Throttled(None),
                2 => Fate::Throttled(Some(chance.between(5, 60))),
                _ => Fate::Throttled(Some(chance.between(0, 3))),
            };
        }
        if chance.happens(self.answer_lost) {
            return Fate::AnswerLost(chance.happens(500));
        }
        if chance.happens(self.late) {
            return Fate::Late(chance.between(0, 40_000));
        }
        if chance.happens(self.lost) {
            return Fate::Lost(chance.happens(500));
        }
        if is_post && chance.happens(self.never_stored) {
            return Fate::NeverStored;
        }
        Fate::Answered
    }
}
