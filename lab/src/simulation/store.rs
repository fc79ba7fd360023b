//! How does the table fail? The real in-memory store behind delays, throttles and lost answers.

use std::{rc::Rc, time::Instant};

use casebridge::{
    case::{CaseId, Millis},
    state::{
        Asked, Command, DueList, Error, Leaving, Meta, Note, Reserved, Result, Saying, Store, TargetKind,
        Told, Wanted, key::Key,
    },
};

use super::{protections::Protection, world::Shared};

#[derive(Clone)]
pub struct VirtualTable(pub Rc<Shared>);

impl VirtualTable {
    /// One operation: the way there, what it does, the way back. Both ways can fail, and a worker can be killed on
    /// either.
    async fn once<T>(&self, what: &'static str, operation: impl Future<Output = Result<T>>) -> Result<T> {
        let world = &self.0;
        world.delay(1, 6).await;
        if world.fault(|faults| faults.store_throttles) {
            world.note(what, "throttled");
            return Err(Error::Trouble("throttled".to_owned()));
        }
        // The store in memory never waits: the operation is one moment.
        let began = Instant::now();
        let answer = operation.await;
        world.costs.borrow_mut().operation(began.elapsed());
        world.note(what, if answer.is_ok() { "done" } else { "refused" });
        world.delay(1, 6).await;
        if world.fault(|faults| faults.store_lost) {
            return Err(Error::Trouble("answer lost".to_owned()));
        }
        answer
    }

    /// Without the rule nobody ever finds the case taken, and without the other nobody holds it for long.
    fn lease_times(&self, now: Millis, until: Millis) -> (Millis, Millis) {
        let now = if self.0.holds(Protection::Lease) { now } else { Millis::MAX / 4 };
        (now, if self.0.holds(Protection::LeaseLength) { until } else { self.0.clock.now() + 5_000 })
    }

    /// Whether a read that is not consistent would miss this entry of the ledger.
    fn is_unseen(&self, case: &CaseId, target: TargetKind, key: &Key) -> bool {
        if self.0.holds(Protection::ConsistentReads) {
            return false;
        }
        let fresh = self.0.fresh.borrow();
        let written = fresh.get(&(case.clone(), target, key.clone()));
        written.is_some_and(|at| self.0.clock.now() - at < 2_000)
    }

    /// The epoch that a fenced write gives: without the fence, always the current one.
    async fn epoch(&self, case: &CaseId, epoch: u64) -> u64 {
        if self.0.holds(Protection::Fence) {
            return epoch;
        }
        self.0.memory.meta(case).await.ok().flatten().map_or(epoch, |meta| meta.epoch)
    }
}

#[async_trait::async_trait(?Send)]
impl Store for VirtualTable {
    async fn hint(&self, case: &CaseId, now: Millis, full: bool) -> Result<()> {
        self.once("hint", self.0.memory.hint(case, now, full)).await
    }

    async fn lease(&self, case: &CaseId, now: Millis, until: Millis) -> Result<Option<Meta>> {
        let (now, until) = self.lease_times(now, until);
        self.once("lease", self.0.memory.lease(case, now, until)).await
    }

    async fn take_up(&self, case: &CaseId, now: Millis, until: Millis, asked: Asked) -> Result<Option<Meta>> {
        let operation = async {
            for _ in 0..asked.times {
                self.0.memory.hint(case, now, asked.full).await?;
            }
            let (now, until) = self.lease_times(now, until);
            self.0.memory.lease(case, now, until).await
        };
        self.once("take_up", operation).await
    }

    async fn meta(&self, case: &CaseId) -> Result<Option<Meta>> {
        self.once("meta", self.0.memory.meta(case)).await
    }

    async fn save(&self, case: &CaseId, epoch: u64, note: Note, json: &str) -> Result<()> {
        let operation = async {
            let epoch = self.epoch(case, epoch).await;
            let was = self.0.memory.meta(case).await?.and_then(|meta| meta.text(note).cloned());
            let kept = self.0.without.kept((case, note), was.as_deref(), json);
            self.0.memory.save(case, epoch, note, &kept).await?;
            match (note, self.0.without.early(json)) {
                (Note::Of(kind), Some((key, told))) => {
                    self.0.memory.tell(case, epoch, kind, &key, &told).await
                }
                _ => Ok(()),
            }
        };
        self.once("save", operation).await
    }

    async fn leave(&self, case: &CaseId, epoch: u64, leaving: &Leaving) -> Result<bool> {
        let operation = async {
            let epoch = self.epoch(case, epoch).await;
            let meta = self.0.memory.meta(case).await?.unwrap_or_default();
            let want = if self.0.holds(Protection::WantCheck) { leaving.want } else { meta.want };
            let kept = |(note, json): &(Note, String)| {
                (*note, self.0.without.kept((case, *note), meta.text(*note).map(String::as_str), json))
            };
            let notes = leaving.notes.iter().map(kept).collect();
            let (next_at, full) = self.0.without.comes_back(case, leaving.next_at, leaving.full);
            self.0.memory.leave(case, epoch, &Leaving { want, next_at, full, notes }).await
        };
        self.once("leave", operation).await
    }

    async fn put_off(&self, case: &CaseId, epoch: Option<u64>, until: Millis) -> Result<()> {
        self.once("put_off", self.0.memory.put_off(case, epoch, until)).await
    }

    async fn due_list(&self, now: Millis, limit: usize) -> Result<DueList> {
        self.once("due_list", self.0.memory.due_list(now, limit)).await
    }

    async fn told(&self, case: &CaseId, destination: TargetKind, keys: &[Key]) -> Result<Vec<Option<Told>>> {
        let operation = async {
            let mut told = self.0.memory.told(case, destination, keys).await?;
            for (key, told) in keys.iter().zip(&mut told) {
                if self.is_unseen(case, destination, key) {
                    *told = None;
                }
            }
            Ok(told)
        };
        self.once("told", operation).await
    }

    async fn all_told(&self, case: &CaseId, destination: TargetKind) -> Result<Vec<(Key, Told)>> {
        self.once("all_told", self.0.memory.all_told(case, destination)).await
    }

    async fn ledgers(&self, case: &CaseId, targets: &[TargetKind]) -> Result<Vec<Vec<(Key, Told)>>> {
        let operation = async {
            let mut all = self.0.memory.ledgers(case, targets).await?;
            for (told, target) in all.iter_mut().zip(targets) {
                told.retain(|(key, _)| !self.is_unseen(case, *target, key));
            }
            Ok(all)
        };
        self.once("ledgers", operation).await
    }

    async fn tell(
        &self,
        case: &CaseId,
        epoch: u64,
        destination: TargetKind,
        key: &Key,
        told: &Told,
    ) -> Result<()> {
        let operation = async {
            let epoch = self.epoch(case, epoch).await;
            let at = self.0.clock.now();
            if !self.0.holds(Protection::ConsistentReads) {
                self.0.fresh.borrow_mut().entry((case.clone(), destination, key.clone())).or_insert(at);
            }
            self.0.memory.tell(case, epoch, destination, key, told).await
        };
        self.once("tell", operation).await
    }

    async fn untell(&self, case: &CaseId, epoch: u64, destination: TargetKind, key: &Key) -> Result<()> {
        let operation = async {
            let epoch = self.epoch(case, epoch).await;
            self.0.memory.untell(case, epoch, destination, key).await
        };
        self.once("untell", operation).await
    }

    async fn say(&self, case: &CaseId, saying: &Saying, expires: Millis) -> Result<()> {
        if saying.comment.is_none() && !self.0.holds(Protection::SayFirst) {
            return Ok(());
        }
        self.once("say", self.0.memory.say(case, saying, expires)).await
    }

    async fn sayings(&self, case: &CaseId) -> Result<Vec<Saying>> {
        let sayings = self.once("sayings", self.0.memory.sayings(case)).await?;
        Ok(if self.0.holds(Protection::EchoGuard) { sayings } else { Vec::new() })
    }

    async fn reserve(&self, gate: &str, now: Millis, wanted: Wanted) -> Result<Reserved> {
        if !self.0.holds(Protection::Pace) {
            return Ok(Reserved::At(now));
        }
        self.once("reserve", self.0.memory.reserve(gate, now, wanted)).await
    }

    async fn note(&self, name: &str) -> Result<Option<String>> {
        self.once("note", self.0.memory.note(name)).await
    }

    async fn notes(&self, names: &[String]) -> Result<Vec<Option<String>>> {
        self.once("notes", self.0.memory.notes(names)).await
    }

    async fn swap_note(
        &self,
        name: &str,
        old: Option<&str>,
        new: &str,
        expires: Option<Millis>,
    ) -> Result<bool> {
        self.once("swap_note", self.0.memory.swap_note(name, old, new, expires)).await
    }

    async fn swap_agenda(&self, old: Option<&str>, new: &str, next_at: Millis) -> Result<bool> {
        self.once("swap_agenda", self.0.memory.swap_agenda(old, new, next_at)).await
    }

    async fn begin(&self, key: &str, command: &Command, expires: Millis) -> Result<Option<Command>> {
        if !self.0.holds(Protection::CommandRecord) {
            return Ok(None);
        }
        self.once("begin", self.0.memory.begin(key, command, expires)).await
    }

    async fn finish(&self, key: &str, answer: &str) -> Result<String> {
        if !self.0.holds(Protection::CommandRecord) {
            return Ok(answer.to_owned());
        }
        self.once("finish", self.0.memory.finish(key, answer)).await
    }

    async fn command(&self, key: &str) -> Result<Option<Command>> {
        self.once("command", self.0.memory.command(key)).await
    }

    async fn bind(&self, place: &str, case: &CaseId) -> Result<()> {
        self.once("bind", self.0.memory.bind(place, case)).await
    }

    async fn bound(&self, place: &str) -> Result<Option<CaseId>> {
        self.once("bound", self.0.memory.bound(place)).await
    }
}
