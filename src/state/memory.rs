//! How is everything remembered without a table? For the playground, the tests and the simulation.
//!
//! It has no clock of its own: its time is the latest `now` that a caller brought, which keeps a simulated
//! world repeatable. Records in it can be damaged: then they answer as an item of the table does that cannot be read.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    Asked, Command, DueList, Error, Leaving, Meta, Note, Reserved, Result, Saying, Store, TargetKind, Told,
    Unread, Wanted, agenda,
    item::{self, Item},
};
use crate::{
    case::{CaseId, Millis},
    state::{key::Key, record::Unreadable},
};

/// A table in memory. Clones share it.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Tables>>);

/// A text that is forgotten at its time.
#[derive(Clone)]
struct KeptUntil<T> {
    value: T,
    expires: Option<Millis>,
}

#[derive(Clone, Default)]
struct Rows {
    meta: Option<Meta>,
    told: BTreeMap<TargetKind, BTreeMap<Key, (u64, Told)>>,
    said: BTreeMap<String, KeptUntil<Saying>>,
}

#[derive(Clone, Default)]
struct Tables {
    now: Millis,
    cases: HashMap<CaseId, Rows>,
    due: BTreeSet<(Millis, CaseId)>,
    agenda: Option<Millis>,
    gates: HashMap<String, Millis>,
    notes: HashMap<String, KeptUntil<String>>,
    commands: HashMap<String, KeptUntil<Command>>,
    places: HashMap<String, CaseId>,
    damaged: BTreeSet<String>,
    overwritten: Vec<String>,
}

/// DynamoDB's limit for an item: names and values together.
const MAX_ITEM: usize = 400 * 1024;
/// What keys, names and numbers of our largest item take at most.
const OVERHEAD: usize = 512;

/// Refuses what DynamoDB would refuse.
fn fits<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let size = OVERHEAD + texts.into_iter().map(str::len).sum::<usize>();
    if size > MAX_ITEM { Err(Error::Trouble("refused: the item is over 400 KB".to_owned())) } else { Ok(()) }
}

fn put(meta: &mut Meta, note: Note, json: &str) -> Result<()> {
    let targets = meta.targets.iter().map(|(of, text)| (of.as_str(), text.as_str()));
    let all = targets.chain(meta.case.as_deref().map(|text| ("case", text)));
    fits(all.filter(|(of, _)| *of != note.of()).map(|(_, text)| text).chain([json]))?;
    match note {
        Note::Case => meta.case = Some(json.to_owned()),
        Note::Of(kind) => drop(meta.targets.insert(kind.as_str().to_owned(), json.to_owned())),
    }
    Ok(())
}

/// Refuses what a later lease remembered.
fn not_later(rows: &BTreeMap<Key, (u64, Told)>, epoch: u64, key: &Key) -> Result<()> {
    match rows.get(key) {
        Some((later, _)) if *later > epoch => Err(Error::Fenced),
        _ => Ok(()),
    }
}

impl<T> KeptUntil<T> {
    fn at(&self, now: Millis) -> Option<&T> {
        self.expires.is_none_or(|expires| expires > now).then_some(&self.value)
    }
}

impl Tables {
    /// Whether the item with these keys can be read. Its name is only made where some item is damaged.
    fn readable(&self, key: impl FnOnce() -> Item) -> Result<()> {
        match self.is_damaged(key) {
            Some(key) => Err(Unread { key, why: Unreadable::Damaged }.into()),
            None => Ok(()),
        }
    }

    /// As DynamoDB would, a write takes a damaged item's place; it is remembered that it did.
    fn overwrites(&mut self, key: impl FnOnce() -> Item) {
        if let Some(key) = self.is_damaged(key) {
            self.damaged.remove(&key);
            self.overwritten.push(key);
        }
    }

    fn is_damaged(&self, key: impl FnOnce() -> Item) -> Option<String> {
        if self.damaged.is_empty() {
            return None;
        }
        Some(item::name_of(&key())).filter(|key| self.damaged.contains(key))
    }

    /// Sets when a case is due and keeps the index in step.
    fn set_due(&mut self, case: &CaseId, next_at: Option<Millis>) {
        let Some(meta) = self.cases.get_mut(case).and_then(|rows| rows.meta.as_mut()) else { return };
        if let Some(old) = std::mem::replace(&mut meta.next_at, next_at) {
            self.due.remove(&(old, case.clone()));
        }
        if let Some(new) = next_at {
            self.due.insert((new, case.clone()));
        }
    }

    /// META, if `epoch` is the current one.
    fn fenced(&mut self, case: &CaseId, epoch: u64) -> Result<&mut Meta> {
        self.cases
            .get_mut(case)
            .and_then(|rows| rows.meta.as_mut())
            .filter(|meta| epoch > 0 && meta.epoch == epoch)
            .ok_or(Error::Fenced)
    }
}

impl Memory {
    /// What it holds now, apart from it: a backup.
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.tables().clone())))
    }

    /// Holds from now on what the backup held.
    pub fn restore(&self, backup: &Self) {
        let kept = backup.tables().clone();
        *self.tables() = kept;
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the item of this name cannot be read: `CASE#7000000003/TOLD#slack#home`.
    pub fn damage(&self, key: &str) {
        self.tables().damaged.insert(key.to_owned());
    }

    /// The item of this name can be read again.
    pub fn mend(&self, key: &str) {
        self.tables().damaged.remove(key);
    }

    /// The damaged items in whose place something was written.
    pub fn overwritten(&self) -> Vec<String> {
        self.tables().overwritten.clone()
    }

    /// The same, at a time that the caller knows.
    fn tables_at(&self, now: Millis) -> MutexGuard<'_, Tables> {
        let mut tables = self.tables();
        tables.now = tables.now.max(now);
        tables
    }
}

#[async_trait::async_trait(?Send)]
impl Store for Memory {
    async fn hint(&self, case: &CaseId, now: Millis, full: bool) -> Result<()> {
        let mut tables = self.tables_at(now);
        let meta = tables.cases.entry(case.clone()).or_default().meta.get_or_insert_default();
        meta.want += 1;
        meta.full |= full;
        tables.set_due(case, Some(now));
        Ok(())
    }

    async fn lease(&self, case: &CaseId, now: Millis, until: Millis) -> Result<Option<Meta>> {
        let mut tables = self.tables_at(now);
        tables.readable(|| item::meta_key(case))?;
        let Some(meta) = tables.cases.get_mut(case).and_then(|rows| rows.meta.as_mut()) else {
            return Ok(None);
        };
        if meta.lease_until > now {
            return Ok(None);
        }
        meta.epoch += 1;
        meta.lease_until = until;
        tables.set_due(case, Some(until));
        Ok(tables.cases.get(case).and_then(|rows| rows.meta.clone()))
    }

    async fn take_up(&self, case: &CaseId, now: Millis, until: Millis, asked: Asked) -> Result<Option<Meta>> {
        for _ in 0..asked.times {
            self.hint(case, now, asked.full).await?;
        }
        self.lease(case, now, until).await
    }

    async fn meta(&self, case: &CaseId) -> Result<Option<Meta>> {
        let tables = self.tables();
        tables.readable(|| item::meta_key(case))?;
        Ok(tables.cases.get(case).and_then(|rows| rows.meta.clone()))
    }

    async fn save(&self, case: &CaseId, epoch: u64, note: Note, json: &str) -> Result<()> {
        let mut tables = self.tables();
        tables.overwrites(|| item::meta_key(case));
        put(tables.fenced(case, epoch)?, note, json)
    }

    async fn leave(&self, case: &CaseId, epoch: u64, leaving: &Leaving) -> Result<bool> {
        let mut tables = self.tables();
        let meta = tables.fenced(case, epoch)?;
        if meta.lease_until == 0 {
            return Ok(true);
        }
        if meta.want != leaving.want {
            return Ok(false);
        }
        let before = meta.clone();
        for (note, json) in &leaving.notes {
            if let Err(too_large) = put(meta, *note, json) {
                *meta = before;
                return Err(too_large);
            }
        }
        meta.lease_until = 0;
        meta.full = leaving.full;
        tables.overwrites(|| item::meta_key(case));
        tables.set_due(case, leaving.next_at);
        Ok(true)
    }

    async fn put_off(&self, case: &CaseId, epoch: Option<u64>, until: Millis) -> Result<()> {
        let mut tables = self.tables();
        if let Some(epoch) = epoch {
            tables.fenced(case, epoch)?.lease_until = 0;
        }
        tables.set_due(case, Some(until));
        Ok(())
    }

    async fn due_list(&self, now: Millis, limit: usize) -> Result<DueList> {
        let tables = self.tables_at(now);
        let come = tables.due.iter().take_while(|(next_at, _)| *next_at <= now);
        let cases = come.take(limit).map(|(_, case)| case.clone()).collect();
        Ok(DueList { agenda: tables.agenda.is_some_and(|next_at| next_at <= now), cases })
    }

    async fn told(&self, case: &CaseId, target: TargetKind, keys: &[Key]) -> Result<Vec<Option<Told>>> {
        let tables = self.tables();
        keys.iter().try_for_each(|key| tables.readable(|| item::told_key(case, target, key)))?;
        let told = tables.cases.get(case).and_then(|rows| rows.told.get(&target));
        let one = |key| told.and_then(|told| told.get(key)).map(|(_, told)| told.clone());
        Ok(keys.iter().map(one).collect())
    }

    async fn all_told(&self, case: &CaseId, target: TargetKind) -> Result<Vec<(Key, Told)>> {
        let tables = self.tables();
        let told = tables.cases.get(case).and_then(|rows| rows.told.get(&target));
        let mut keys = told.into_iter().flat_map(BTreeMap::keys);
        keys.try_for_each(|key| tables.readable(|| item::told_key(case, target, key)))?;
        Ok(told.into_iter().flatten().map(|(key, (_, told))| (key.clone(), told.clone())).collect())
    }

    async fn ledgers(&self, case: &CaseId, targets: &[TargetKind]) -> Result<Vec<Vec<(Key, Told)>>> {
        let mut all = Vec::new();
        for target in targets {
            all.push(self.all_told(case, *target).await?);
        }
        Ok(all)
    }

    async fn tell(
        &self,
        case: &CaseId,
        epoch: u64,
        target: TargetKind,
        key: &Key,
        told: &Told,
    ) -> Result<()> {
        fits([told.remote.as_str(), &told.hash])?;
        let mut tables = self.tables();
        tables.overwrites(|| item::told_key(case, target, key));
        let rows = &mut tables.cases.entry(case.clone()).or_default().told.entry(target).or_default();
        not_later(rows, epoch, key)?;
        rows.insert(key.clone(), (epoch, told.clone()));
        Ok(())
    }

    async fn untell(&self, case: &CaseId, epoch: u64, target: TargetKind, key: &Key) -> Result<()> {
        let mut tables = self.tables();
        tables.overwrites(|| item::told_key(case, target, key));
        let Some(rows) = tables.cases.get_mut(case) else { return Ok(()) };
        let rows = rows.told.entry(target).or_default();
        not_later(rows, epoch, key)?;
        rows.remove(key);
        Ok(())
    }

    async fn say(&self, case: &CaseId, saying: &Saying, expires: Millis) -> Result<()> {
        let Saying { command, body_hash, slack_ts, jira_comment, comment, .. } = saying;
        let known = [slack_ts, jira_comment, comment].into_iter().flatten();
        fits(known.chain([command, body_hash]).map(String::as_str))?;
        let kept = KeptUntil { value: saying.clone(), expires: Some(expires) };
        let mut tables = self.tables_at(saying.since);
        tables.overwrites(|| item::said_key(case, &saying.command));
        tables.cases.entry(case.clone()).or_default().said.insert(saying.command.clone(), kept);
        Ok(())
    }

    async fn sayings(&self, case: &CaseId) -> Result<Vec<Saying>> {
        let tables = self.tables();
        let rows = tables.cases.get(case);
        let mut commands = rows.into_iter().flat_map(|rows| rows.said.keys());
        commands.try_for_each(|command| tables.readable(|| item::said_key(case, command)))?;
        let said = rows.map(|rows| rows.said.values()).into_iter().flatten();
        Ok(said.filter_map(|kept| kept.at(tables.now)).cloned().collect())
    }

    async fn reserve(&self, gate: &str, now: Millis, wanted: Wanted) -> Result<Reserved> {
        let mut tables = self.tables_at(now);
        tables.readable(|| item::gate_key(gate))?;
        let slot = tables.gates.get(gate).map_or(now, |next| now.max(*next));
        if slot > wanted.latest {
            return Ok(Reserved::NotBefore(slot));
        }
        tables.gates.insert(gate.to_owned(), slot + wanted.spacing);
        Ok(Reserved::At(slot))
    }

    async fn note(&self, name: &str) -> Result<Option<String>> {
        let tables = self.tables();
        tables.readable(|| item::note_key(name))?;
        Ok(tables.notes.get(name).and_then(|kept| kept.at(tables.now)).cloned())
    }

    async fn notes(&self, names: &[String]) -> Result<Vec<Option<String>>> {
        let mut all = Vec::new();
        for name in names {
            all.push(self.note(name).await?);
        }
        Ok(all)
    }

    async fn swap_note(
        &self,
        name: &str,
        old: Option<&str>,
        new: &str,
        expires: Option<Millis>,
    ) -> Result<bool> {
        fits([new])?;
        let mut tables = self.tables();
        let there = tables.notes.get(name).and_then(|kept| kept.at(tables.now));
        if there.map(String::as_str) != old {
            return Ok(false);
        }
        tables.overwrites(|| item::note_key(name));
        tables.notes.insert(name.to_owned(), KeptUntil { value: new.to_owned(), expires });
        Ok(true)
    }

    async fn swap_agenda(&self, old: Option<&str>, new: &str, next_at: Millis) -> Result<bool> {
        let swapped = self.swap_note(agenda::NAME, old, new, None).await?;
        if swapped {
            self.tables().agenda = Some(next_at);
        }
        Ok(swapped)
    }

    async fn begin(&self, key: &str, command: &Command, expires: Millis) -> Result<Option<Command>> {
        fits([command.job.as_str(), command.answer.as_deref().unwrap_or_default()])?;
        let mut tables = self.tables_at(command.since);
        tables.readable(|| item::command_key(key))?;
        if let Some(known) = tables.commands.get(key).and_then(|kept| kept.at(tables.now)) {
            return Ok(Some(known.clone()));
        }
        let kept = KeptUntil { value: command.clone(), expires: Some(expires) };
        tables.commands.insert(key.to_owned(), kept);
        Ok(None)
    }

    async fn finish(&self, key: &str, answer: &str) -> Result<String> {
        let mut tables = self.tables();
        tables.readable(|| item::command_key(key))?;
        let Some(kept) = tables.commands.get_mut(key) else { return Ok(answer.to_owned()) };
        fits([kept.value.job.as_str(), answer])?;
        Ok(kept.value.answer.get_or_insert_with(|| answer.to_owned()).clone())
    }

    async fn command(&self, key: &str) -> Result<Option<Command>> {
        let tables = self.tables();
        tables.readable(|| item::command_key(key))?;
        Ok(tables.commands.get(key).and_then(|kept| kept.at(tables.now)).cloned())
    }

    async fn bind(&self, place: &str, case: &CaseId) -> Result<()> {
        let mut tables = self.tables();
        tables.readable(|| item::place_key(place))?;
        tables.places.insert(place.to_owned(), case.clone());
        Ok(())
    }

    async fn bound(&self, place: &str) -> Result<Option<CaseId>> {
        let tables = self.tables();
        tables.readable(|| item::place_key(place))?;
        Ok(tables.places.get(place).cloned())
    }
}
