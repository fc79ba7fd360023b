//! What became of a case in one invocation, as numbers.

use crate::state::TargetKind;

/// What was done at one target in a round, for the log line and the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What was to be told or set.
    pub planned: u32,
    /// What was told.
    pub done: u32,
    /// States that were set.
    pub set: u32,
    /// Additions whose fate is not known.
    pub unknown: u32,
    /// Places, and states that people go by, that need a person.
    pub parked: u32,
}

impl Tally {
    /// Adds another's.
    pub fn add(&mut self, other: &Self) {
        let Self { planned, done, set, unknown, parked } = other;
        self.planned += planned;
        self.done += done;
        self.set += set;
        self.unknown += unknown;
        self.parked += parked;
    }
}

/// What became of a case in this invocation: for the log line and the metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// All targets together.
    pub tally: Tally,
    /// Targets at which something is still owed.
    pub waiting: u32,
    /// Seconds from the case's last change to now, where everything is told.
    pub lag: Option<i64>,
    /// Targets that were found broken for everybody, by us first.
    pub broken: Vec<TargetKind>,
    /// It stands for the sweep itself, not for a case.
    pub swept: bool,
    /// Workers that panicked.
    pub panics: u32,
}
