//! The table, watched: what is written there tells what the bridge is about to do. It can be told to throttle, and its
//! users can be killed before and after each request.

use std::{
    collections::HashMap,
    sync::{Mutex, atomic::Ordering},
};

use casebridge::{
    case::{CaseId, Millis},
    state::{
        Asked, Command, DueList, Error, Leaving, Meta, Note, Reserved, Result, Saying, Seen, Store,
        TargetKind, Told, Wanted, key::Key, notes::PlaceNote,
    },
};

use super::{
    boundary::Boundary,
    budgets::Budgets,
    clock::PlayClock,
    feed::{Feed, FeedEntry, FeedKind, lock},
    switches::Switches,
};

/// What each target's note said last, so that only what is new is told.
#[derive(Default)]
pub struct KnownNotes(Mutex<HashMap<(CaseId, &'static str), PlaceNote>>);

impl KnownNotes {
    /// The notes of all cases: case, target, note.
    pub fn all(&self) -> Vec<(CaseId, &'static str, PlaceNote)> {
        lock(&self.0).iter().map(|((case, target), note)| (case.clone(), *target, note.clone())).collect()
    }

    fn swap(&self, case: &CaseId, target: &'static str, note: &PlaceNote) -> PlaceNote {
        lock(&self.0).insert((case.clone(), target), note.clone()).unwrap_or_default()
    }
}

pub struct PlayTable<'a> {
    pub table: &'a dyn Store,
    pub boundary: &'a Boundary<'a>,
    pub clock: &'a PlayClock,
    pub switches: &'a Switches,
    pub feed: &'a Feed,
    pub notes: &'a KnownNotes,
    pub budgets: &'a Budgets,
}

impl PlayTable<'_> {
    async fn once<T>(&self, operation: impl Future<Output = Result<T>>) -> Result<T> {
        self.boundary.pass().await;
        if self.switches.table_throttles.load(Ordering::SeqCst) {
            let entry = FeedEntry::new(FeedKind::Meddled, "table", "a request");
            self.tells(entry.went("too many (429)"));
            return Err(Error::Trouble("throttled".to_owned()));
        }
        let answer = operation.await;
        self.boundary.pass().await;
        answer
    }

    fn tells(&self, entry: FeedEntry) {
        self.feed.add(self.clock.now(), entry);
    }

    fn taken(&self, case: &CaseId, until: Millis, taken: Option<Meta>) -> Option<Meta> {
        taken.inspect(|_| self.tells(FeedEntry::new(FeedKind::Takes, "worker", until.to_string()).of(case)))
    }

    /// Says what a target's note says that it did not say before.
    fn noted(&self, case: &CaseId, target: &'static str, json: &str) {
        let Ok(note) = serde_json::from_str::<PlaceNote>(json) else { return };
        let before = self.notes.swap(case, target, &note);
        let says = |kind, what: String| self.tells(FeedEntry::new(kind, target, what).of(case));
        if let Some(open) = note.open.as_ref().filter(|open| before.open.as_ref() != Some(open)) {
            says(FeedKind::Intent, open.key.to_string());
        }
        if let Some(why) = note.parked.as_ref().filter(|why| before.parked.as_ref() != Some(why)) {
            says(FeedKind::Parked, why.clone());
        }
        if note.not_before > self.clock.now() && note.not_before != before.not_before {
            says(FeedKind::Waits, note.not_before.to_string());
        }
    }
}

#[async_trait::async_trait(?Send)]
impl Store for PlayTable<'_> {
    async fn hint(&self, case: &CaseId, now: Millis, full: bool) -> Result<()> {
        self.once(self.table.hint(case, now, full)).await
    }

    async fn lease(&self, case: &CaseId, now: Millis, until: Millis) -> Result<Option<Meta>> {
        let taken = self.once(self.table.lease(case, now, until)).await?;
        Ok(self.taken(case, until, taken))
    }

    async fn take_up(&self, case: &CaseId, now: Millis, until: Millis, asked: Asked) -> Result<Option<Meta>> {
        let taken = self.once(self.table.take_up(case, now, until, asked)).await?;
        Ok(self.taken(case, until, taken))
    }

    async fn meta(&self, case: &CaseId) -> Result<Option<Meta>> {
        self.once(self.table.meta(case)).await
    }

    async fn save(&self, case: &CaseId, epoch: u64, note: Note, json: &str) -> Result<()> {
        let saved = async {
            self.table.save(case, epoch, note, json).await?;
            if let Note::Of(kind) = note {
                self.noted(case, kind.as_str(), json);
            }
            Ok(())
        };
        self.once(saved).await
    }

    async fn leave(&self, case: &CaseId, epoch: u64, leaving: &Leaving) -> Result<bool> {
        let released = self.once(self.table.leave(case, epoch, leaving)).await?;
        if released {
            for (note, json) in &leaving.notes {
                if let Note::Of(kind) = note {
                    self.noted(case, kind.as_str(), json);
                }
            }
            let next = leaving.next_at.map(|at| at.to_string()).unwrap_or_default();
            self.tells(FeedEntry::new(FeedKind::Rests, "worker", next).of(case));
        }
        Ok(released)
    }

    async fn put_off(&self, case: &CaseId, epoch: Option<u64>, until: Millis) -> Result<()> {
        self.once(self.table.put_off(case, epoch, until)).await
    }

    async fn due_list(&self, now: Millis, limit: usize) -> Result<DueList> {
        self.once(self.table.due_list(now, limit)).await
    }

    async fn told(&self, case: &CaseId, target: TargetKind, keys: &[Key]) -> Result<Vec<Option<Told>>> {
        self.once(self.table.told(case, target, keys)).await
    }

    async fn all_told(&self, case: &CaseId, target: TargetKind) -> Result<Vec<(Key, Told)>> {
        self.once(self.table.all_told(case, target)).await
    }

    async fn ledgers(&self, case: &CaseId, targets: &[TargetKind]) -> Result<Vec<Vec<(Key, Told)>>> {
        self.once(self.table.ledgers(case, targets)).await
    }

    async fn tell(
        &self,
        case: &CaseId,
        epoch: u64,
        target: TargetKind,
        key: &Key,
        told: &Told,
    ) -> Result<()> {
        self.once(self.table.tell(case, epoch, target, key, told)).await?;
        // What the hourly check found where it stood is no news.
        let kind = if told.seen == Seen::Yes { FeedKind::Reads } else { FeedKind::Done };
        self.tells(FeedEntry::new(kind, target.as_str(), key.to_string()).of(case));
        Ok(())
    }

    async fn untell(&self, case: &CaseId, epoch: u64, target: TargetKind, key: &Key) -> Result<()> {
        self.once(self.table.untell(case, epoch, target, key)).await
    }

    async fn say(&self, case: &CaseId, saying: &Saying, expires: Millis) -> Result<()> {
        self.once(self.table.say(case, saying, expires)).await
    }

    async fn sayings(&self, case: &CaseId) -> Result<Vec<Saying>> {
        self.once(self.table.sayings(case)).await
    }

    async fn reserve(&self, gate: &str, now: Millis, wanted: Wanted) -> Result<Reserved> {
        let reserved = self.once(self.table.reserve(gate, now, wanted)).await?;
        self.budgets.reserved(gate, wanted, reserved);
        Ok(reserved)
    }

    async fn note(&self, name: &str) -> Result<Option<String>> {
        self.once(self.table.note(name)).await
    }

    async fn notes(&self, names: &[String]) -> Result<Vec<Option<String>>> {
        self.once(self.table.notes(names)).await
    }

    async fn swap_note(
        &self,
        name: &str,
        old: Option<&str>,
        new: &str,
        expires: Option<Millis>,
    ) -> Result<bool> {
        let swapped = self.once(self.table.swap_note(name, old, new, expires)).await?;
        if swapped {
            self.budgets.noted(name, new);
        }
        Ok(swapped)
    }

    async fn swap_agenda(&self, old: Option<&str>, new: &str, next_at: Millis) -> Result<bool> {
        self.once(self.table.swap_agenda(old, new, next_at)).await
    }

    async fn begin(&self, key: &str, command: &Command, expires: Millis) -> Result<Option<Command>> {
        self.once(self.table.begin(key, command, expires)).await
    }

    async fn finish(&self, key: &str, answer: &str) -> Result<String> {
        self.once(self.table.finish(key, answer)).await
    }

    async fn command(&self, key: &str) -> Result<Option<Command>> {
        self.once(self.table.command(key)).await
    }

    async fn bind(&self, place: &str, case: &CaseId) -> Result<()> {
        self.once(self.table.bind(place, case)).await
    }

    async fn bound(&self, place: &str) -> Result<Option<CaseId>> {
        self.once(self.table.bound(place)).await
    }
}
