//! What became of a case in one invocation, as numbers.

use crate::{case::CaseId, state::TargetKind};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub planned: u32,
    pub done: u32,
    pub set: u32,
    pub unknown: u32,
    pub parked: u32,
}

impl Tally {
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
    pub tally: Tally,
    pub waiting: u32,
    /// Seconds from the case's last change to now, where everything is told.
    pub lag: Option<i64>,
    /// Targets that were found broken for everybody, by us first.
    pub broken: Vec<TargetKind>,
    /// The case, and its own place, where people closed that: we saw it first.
    pub shut: Option<(Option<CaseId>, String)>,
    /// It stands for the sweep itself, not for a case.
    pub swept: bool,
    pub panics: u32,
}
