//! What did the bridge do, and when? Each event as it arrives, each intent, request and end, in the order in which it was.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use casebridge::case::{CaseId, Millis};
use serde::Serialize;

/// What is older is forgotten.
const MOST: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedKind {
    /// Something happened outside and is on its way to us.
    Event,
    /// An event was lost, held back or doubled on its way.
    Meddled,
    /// A worker took a case.
    Takes,
    /// What will be sent is written down.
    Intent,
    /// A request left, and this came of it.
    Sends,
    Reads,
    /// The ledger says that it is told.
    Done,
    /// Nothing is told before a time.
    Waits,
    /// A person is needed.
    Parked,
    /// Everything that is known is told.
    Rests,
    Killed,
    /// Somebody asked us for something.
    Asked,
    /// A person did something in the playground itself.
    Switched,
}

#[derive(Clone, Debug, Serialize)]
pub struct FeedEntry {
    pub kind: FeedKind,
    /// `sir`, `slack`, `jira`, `table`, or `worker`.
    pub place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    pub what: String,
    /// How it went, where there is anything to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub how: String,
}

impl FeedEntry {
    pub fn new(kind: FeedKind, place: &str, what: impl Into<String>) -> Self {
        Self { kind, place: place.to_owned(), case: None, what: what.into(), how: String::new() }
    }

    #[must_use]
    pub fn of(self, case: &CaseId) -> Self {
        Self { case: Some(case.clone()), ..self }
    }

    #[must_use]
    pub fn went(self, how: impl Into<String>) -> Self {
        Self { how: how.into(), ..self }
    }
}

#[derive(Default)]
pub struct Feed(Mutex<FeedLines>);

#[derive(Default)]
struct FeedLines {
    count: u64,
    lines: VecDeque<(u64, Millis, FeedEntry)>,
}

impl Feed {
    pub fn add(&self, now: Millis, entry: FeedEntry) {
        let mut feed = lock(&self.0);
        feed.count += 1;
        let number = feed.count;
        feed.lines.push_back((number, now, entry));
        if feed.lines.len() > MOST {
            feed.lines.pop_front();
        }
    }

    /// All that is remembered, with its number and time, the oldest first.
    pub fn all(&self) -> Vec<(u64, Millis, FeedEntry)> {
        lock(&self.0).lines.iter().cloned().collect()
    }
}

/// Locks; a panic elsewhere must not spread.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
