//! How is everything remembered in DynamoDB? Which request each method is.
//!
//! Every write is one UpdateItem or DeleteItem with its condition inside; nothing is read first, nothing scanned.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, ReturnValue},
};

pub use super::table::{Unusable, is_of_credentials};
use super::{
    Asked, Command, DueList, Error, Leaving, Meta, Note, Reserved, Result, Saying, Store, TargetKind, Told,
    Wanted, agenda,
    item::*,
    table::{Late, MAX_KEYS, Table, Written},
};
use crate::{
    case::{CaseId, Millis},
    config::{
        clock,
        sdk::{Aws, Timeouts},
    },
    state::key::Key,
};

/// All attempts together stay far below the lease, and below what the HTTP door gives itself.
const PATIENCE: Timeouts =
    Timeouts { attempt: Duration::from_millis(1_000), operation: Duration::from_millis(2_400), attempts: 4 };

/// The table in DynamoDB. Clones share its client, which is made when it is first needed.
#[derive(Clone)]
pub struct Dynamo(Table);

impl Dynamo {
    /// The table of this name. Asks for nothing yet.
    pub fn new(aws: Aws, table: impl Into<String>) -> Self {
        Self(Table::new(aws, table.into(), PATIENCE))
    }

    /// Whether the table is there, is ours and may be read.
    ///
    /// # Errors
    /// [`Unusable`].
    pub async fn is_usable(&self) -> std::result::Result<(), Unusable> {
        self.0.probe(note_key("settings")).await
    }

    /// The same table, with other timeouts.
    #[must_use]
    pub fn with_patience(self, patience: Timeouts) -> Self {
        Self(self.0.with_patience(patience))
    }

    async fn note_asked(&self, case: &CaseId, now: Millis, asked: Asked) -> Result<Item> {
        let all = if asked.full { ", read_all = :yes" } else { "" };
        let expression = format!("SET next_at = :now, due = :due{all} ADD want :times");
        let values = [(":now", number(now)), (":due", text(DUE)), (":times", number(asked.times))];
        let mut change = self.0.change(meta_key(case), &expression, values).await;
        if asked.full {
            change = change.expression_attribute_values(":yes", AttributeValue::Bool(true));
        }
        match self.0.write(change.return_values(ReturnValue::AllNew), Late::Harmless).await? {
            Written::Done(item) | Written::Refused(item) => Ok(item),
        }
    }

    /// Takes a case that nobody holds; one that there is not yet only with what was asked.
    async fn take(&self, case: &CaseId, now: Millis, until: Millis, asked: Option<Asked>) -> Result<Written> {
        let all = if asked.is_some_and(|asked| asked.full) { ", read_all = :yes" } else { "" };
        let want = if asked.is_some() { ", want :times" } else { "" };
        let taken =
            format!("SET lease_until = :until, next_at = :until, due = :due{all} ADD epoch :one{want}");
        let values = [(":until", number(until)), (":now", number(now)), (":one", number(1))];
        let mut change = self.0.change(meta_key(case), &taken, values).await;
        if !all.is_empty() {
            change = change.expression_attribute_values(":yes", AttributeValue::Bool(true));
        }
        if let Some(asked) = asked {
            change = change.expression_attribute_values(":times", number(asked.times));
        }
        let free =
            if asked.is_some() { format!("attribute_not_exists(pk) OR {FREE}") } else { FREE.to_owned() };
        let change = change
            .expression_attribute_values(":due", text(DUE))
            .expression_attribute_values(":number", text("N"))
            .expression_attribute_values(":v", number(VERSION));
        self.0
            .write(change.condition_expression(free).return_values(ReturnValue::AllNew), Late::Harmless)
            .await
    }

    /// Takes the slot after the last one, if that is still to come; `None` where it is not.
    async fn queue(&self, gate: &str, now: Millis, wanted: Wanted) -> Result<Option<Reserved>> {
        let Wanted { spacing, latest } = wanted;
        let values = [(":now", number(now)), (":spacing", number(spacing)), (":latest", number(latest))];
        let change = self.0.change(gate_key(gate), "SET free_at = free_at + :spacing", values).await;
        let in_time = "free_at BETWEEN :now AND :latest";
        let change = change.condition_expression(in_time).return_values(ReturnValue::UpdatedOld);
        match self.0.write(change, Late::Harmless).await? {
            Written::Done(mut old) => {
                old.extend(gate_key(gate));
                Ok(number_of(&old, "free_at")?.map(Reserved::At))
            }
            Written::Refused(gate) => {
                of_this_release(&gate)?;
                let next = number_of::<Millis>(&gate, "free_at")?;
                Ok(next.filter(|next| *next > latest).map(Reserved::NotBefore))
            }
        }
    }

    /// Takes the slot that begins now, if the gate is free.
    async fn pass(&self, gate: &str, now: Millis, spacing: Millis) -> Result<Option<Millis>> {
        let values = [(":now", number(now)), (":next", number(now.saturating_add(spacing)))];
        let change = self.0.change(gate_key(gate), "SET free_at = :next", values).await;
        let change = change.condition_expression("attribute_not_exists(free_at) OR free_at < :now");
        match self.0.write(change, Late::Harmless).await? {
            Written::Done(_) => Ok(Some(now)),
            Written::Refused(_) => Ok(None),
        }
    }

    /// Writes a note if it is `old` still.
    async fn swap(&self, change: UpdateItemFluentBuilder, old: Option<&str>) -> Result<bool> {
        let change = match old {
            None => change.condition_expression(ABSENT),
            Some(old) => change
                .condition_expression(
                    "note = :old AND (attribute_not_exists(expires_at) OR expires_at > :now)",
                )
                .expression_attribute_values(":old", text(old)),
        };
        Ok(matches!(self.0.write(change, Late::Harmless).await?, Written::Done(_)))
    }
}

/// A note as it is there, unless its time is over.
fn note_of(item: &Item) -> Result<Option<String>> {
    match counts(item, clock::now())? {
        true => needed(item, "note", text_of(item, "note")?).map(Some),
        false => Ok(None),
    }
}

/// A case that can be read and that nobody holds.
const FREE: &str = "attribute_type(want, :number) AND (attribute_not_exists(epoch) OR attribute_type(epoch, :number)) \
                    AND (attribute_not_exists(lease_until) OR lease_until <= :now) \
                    AND (attribute_not_exists(v) OR v <= :v)";

/// What was remembered under no later lease.
const NOT_LATER: &str = "attribute_not_exists(epoch) OR epoch <= :epoch";

fn fenced(written: Written) -> Result<()> {
    match written {
        Written::Done(_) => Ok(()),
        Written::Refused(_) => Err(Error::Fenced),
    }
}

#[async_trait::async_trait(?Send)]
impl Store for Dynamo {
    async fn hint(&self, case: &CaseId, now: Millis, full: bool) -> Result<()> {
        self.note_asked(case, now, Asked { times: 1, full }).await.map(drop)
    }

    async fn lease(&self, case: &CaseId, now: Millis, until: Millis) -> Result<Option<Meta>> {
        match self.take(case, now, until, None).await? {
            Written::Done(item) => meta_of(&item).map(Some),
            Written::Refused(item) if item.is_empty() => Ok(None),
            // Held by another, or not to be read.
            Written::Refused(item) => meta_of(&item).map(|_| None),
        }
    }

    async fn take_up(&self, case: &CaseId, now: Millis, until: Millis, asked: Asked) -> Result<Option<Meta>> {
        if let Written::Done(item) = self.take(case, now, until, Some(asked)).await? {
            return meta_of(&item).map(Some);
        }
        let item = self.note_asked(case, now, asked).await?;
        // It was given back between the two: nobody else comes for what was noted.
        match meta_of(&item)?.lease_until > now {
            true => Ok(None),
            false => self.lease(case, now, until).await,
        }
    }

    async fn meta(&self, case: &CaseId) -> Result<Option<Meta>> {
        self.0.get(meta_key(case)).await?.as_ref().map(meta_of).transpose()
    }

    async fn save(&self, case: &CaseId, epoch: u64, note: Note, json: &str) -> Result<()> {
        let expression = format!("SET {} = :json", note_attribute(note.of()));
        let values = [(":json", text(json)), (":epoch", number(epoch))];
        let change = self.0.change(meta_key(case), &expression, values).await;
        fenced(self.0.write(change.condition_expression("epoch = :epoch"), Late::Overwrites).await?)
    }

    async fn leave(&self, case: &CaseId, epoch: u64, leaving: &Leaving) -> Result<bool> {
        let Leaving { want, next_at, full, notes } = leaving;
        let due = if next_at.is_some() { ", next_at = :next, due = :due" } else { " REMOVE next_at, due" };
        let noted = |(note, _): &(Note, String)| format!(", {} = :{}", note_attribute(note.of()), note.of());
        let noted: String = notes.iter().map(noted).collect();
        let expression = format!("SET lease_until = :none, read_all = :full{noted}{due}");
        let values = [
            (":none", number(0)),
            (":full", AttributeValue::Bool(*full)),
            (":epoch", number(epoch)),
            (":want", number(want)),
        ];
        let mut change = self.0.change(meta_key(case), &expression, values).await;
        if let Some(next_at) = next_at {
            change = change
                .expression_attribute_values(":next", number(next_at))
                .expression_attribute_values(":due", text(DUE));
        }
        for (note, json) in notes {
            change = change.expression_attribute_values(format!(":{}", note.of()), text(json));
        }
        let ours = "epoch = :epoch AND want = :want AND lease_until > :none";
        match self.0.write(change.condition_expression(ours), Late::Harmless).await? {
            Written::Done(_) => Ok(true),
            Written::Refused(item) if item.is_empty() => Err(Error::Fenced),
            Written::Refused(item) => match meta_of(&item)? {
                meta if meta.epoch != epoch => Err(Error::Fenced),
                // Given back already: by an attempt of this very call whose answer was lost.
                meta => Ok(meta.lease_until == 0),
            },
        }
    }

    async fn put_off(&self, case: &CaseId, epoch: Option<u64>, until: Millis) -> Result<()> {
        let values = [(":until", number(until)), (":due", text(DUE))];
        let given_back = if epoch.is_some() { ", lease_until = :none" } else { "" };
        let expression = format!("SET next_at = :until, due = :due{given_back}");
        let change = self.0.change(meta_key(case), &expression, values).await;
        let Some(epoch) = epoch else {
            let change = change.condition_expression("attribute_exists(pk)");
            return self.0.write(change, Late::Harmless).await.map(|_| ());
        };
        let change = change
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":epoch", number(epoch))
            .condition_expression("epoch = :epoch");
        fenced(self.0.write(change, Late::Harmless).await?)
    }

    async fn due_list(&self, now: Millis, limit: usize) -> Result<DueList> {
        // One more, for the agenda is not counted.
        let items = self.0.due(now, limit + 1).await?;
        let agenda = name_of(&note_key(agenda::NAME));
        Ok(DueList {
            agenda: items.iter().any(|item| name_of(item) == agenda),
            cases: items.iter().filter_map(case_of).take(limit).collect(),
        })
    }

    async fn told(&self, case: &CaseId, target: TargetKind, keys: &[Key]) -> Result<Vec<Option<Told>>> {
        Ok(self.told_at(case, &[target], keys).await?.pop().unwrap_or_default())
    }

    async fn told_at(
        &self,
        case: &CaseId,
        targets: &[TargetKind],
        keys: &[Key],
    ) -> Result<Vec<Vec<Option<Told>>>> {
        // BatchGetItem refuses a key that comes twice.
        let different: BTreeSet<_> = keys.iter().collect();
        let of = |target: &TargetKind| {
            different.iter().map(|key| told_key(case, *target, key)).collect::<Vec<_>>()
        };
        let asked: Vec<_> = targets.iter().flat_map(of).collect();
        let mut told = HashMap::new();
        for some in asked.chunks(MAX_KEYS) {
            for item in self.0.batch(some).await? {
                let is_of = |target: &&TargetKind| sort_key(&item).starts_with(&told_prefix(**target));
                let Some(target) = targets.iter().find(is_of) else { continue };
                told.insert((*target, told_name(&item, *target)?), json_of::<Told>(&item, "told")?);
            }
        }
        let at =
            |target: &TargetKind| keys.iter().map(|key| told.get(&(*target, key.clone())).cloned()).collect();
        Ok(targets.iter().map(at).collect())
    }

    async fn all_told(&self, case: &CaseId, target: TargetKind) -> Result<Vec<(Key, Told)>> {
        let items = self.0.query(case, &told_prefix(target)).await?;
        items.iter().map(|item| Ok((told_name(item, target)?, json_of(item, "told")?))).collect()
    }

    async fn ledgers(&self, case: &CaseId, targets: &[TargetKind]) -> Result<Vec<Vec<(Key, Told)>>> {
        let mut all = vec![Vec::new(); targets.len()];
        for item in self.0.query(case, TOLD_PREFIX).await? {
            let of = |target: &TargetKind| sort_key(&item).starts_with(&told_prefix(*target));
            if let Some(at) = targets.iter().position(of) {
                all[at].push((told_name(&item, targets[at])?, json_of(&item, "told")?));
            }
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
        let values = [(":told", json(told)?), (":epoch", number(epoch))];
        let key = told_key(case, target, key);
        let change = self.0.change(key, "SET told = :told, epoch = :epoch", values).await;
        fenced(self.0.write(change.condition_expression(NOT_LATER), Late::Overwrites).await?)
    }

    async fn untell(&self, case: &CaseId, epoch: u64, target: TargetKind, key: &Key) -> Result<()> {
        let key = told_key(case, target, key);
        fenced(self.0.delete(key, NOT_LATER, [(":epoch", number(epoch))]).await?)
    }

    async fn say(&self, case: &CaseId, saying: &Saying, expires: Millis) -> Result<()> {
        let values = [(":said", json(saying)?), (":expires", expiry(expires))];
        let key = said_key(case, &saying.command);
        let change = self.0.change(key, "SET said = :said, expires_at = :expires", values).await;
        self.0.write(change, Late::Overwrites).await.map(|_| ())
    }

    async fn sayings(&self, case: &CaseId) -> Result<Vec<Saying>> {
        let items = self.0.query(case, SAID_PREFIX).await?;
        let now = clock::now();
        let said = items.iter().map(|item| match counts(item, now)? {
            true => json_of(item, "said").map(Some),
            false => Ok(None),
        });
        said.filter_map(Result::transpose).collect()
    }

    async fn reserve(&self, gate: &str, now: Millis, wanted: Wanted) -> Result<Reserved> {
        if wanted.latest < now {
            return Ok(Reserved::NotBefore(now));
        }
        if let Some(slot) = self.queue(gate, now, wanted).await? {
            return Ok(slot);
        }
        if let Some(slot) = self.pass(gate, now, wanted.spacing).await? {
            return Ok(Reserved::At(slot));
        }
        // Another came between the two: since then there is a last slot to come after.
        let slot = self.queue(gate, now, wanted).await?;
        slot.ok_or_else(|| Error::Trouble("a gate's time ran backwards".to_owned()))
    }

    async fn note(&self, name: &str) -> Result<Option<String>> {
        match self.0.get(note_key(name)).await? {
            Some(item) => note_of(&item),
            None => Ok(None),
        }
    }

    async fn notes(&self, names: &[String]) -> Result<Vec<Option<String>>> {
        let mut noted = HashMap::new();
        let keys: Vec<_> = names.iter().map(|name| note_key(name)).collect();
        for keys in keys.chunks(MAX_KEYS) {
            for item in self.0.batch(keys).await? {
                noted.insert(name_of(&item), note_of(&item)?);
            }
        }
        Ok(keys.iter().map(|key| noted.remove(&name_of(key)).flatten()).collect())
    }

    async fn swap_note(
        &self,
        name: &str,
        old: Option<&str>,
        new: &str,
        expires: Option<Millis>,
    ) -> Result<bool> {
        let expiring = if expires.is_some() { ", expires_at = :expires" } else { " REMOVE expires_at" };
        let values = [(":new", text(new)), (":now", number(clock::now() / 1000))];
        let expression = format!("SET note = :new{expiring}");
        let mut change = self.0.change(note_key(name), &expression, values).await;
        if let Some(expires) = expires {
            change = change.expression_attribute_values(":expires", expiry(expires));
        }
        self.swap(change, old).await
    }

    async fn swap_agenda(&self, old: Option<&str>, new: &str, next_at: Millis) -> Result<bool> {
        let values = [
            (":new", text(new)),
            (":now", number(clock::now() / 1000)),
            (":due", text(DUE)),
            (":next", number(next_at)),
        ];
        let expression = "SET note = :new, due = :due, next_at = :next REMOVE expires_at";
        self.swap(self.0.change(note_key(agenda::NAME), expression, values).await, old).await
    }

    async fn begin(&self, key: &str, command: &Command, expires: Millis) -> Result<Option<Command>> {
        let answer = if command.answer.is_some() { ", answer = :answer" } else { " REMOVE answer" };
        let expression = format!("SET job = :job, since = :since, expires_at = :expires{answer}");
        let values = [
            (":job", text(&command.job)),
            (":since", number(command.since)),
            (":expires", expiry(expires)),
            (":now", number(clock::now() / 1000)),
        ];
        let mut change = self.0.change(command_key(key), &expression, values).await;
        if let Some(answer) = &command.answer {
            change = change.expression_attribute_values(":answer", text(answer));
        }
        match self.0.write(change.condition_expression(ABSENT), Late::Harmless).await? {
            Written::Done(_) => Ok(None),
            Written::Refused(item) => command_of(&item).map(Some),
        }
    }

    async fn finish(&self, key: &str, answer: &str) -> Result<String> {
        let expression = "SET answer = if_not_exists(answer, :answer)";
        let change = self.0.change(command_key(key), expression, [(":answer", text(answer))]).await;
        let change = change.condition_expression("attribute_exists(job)");
        match self.0.write(change.return_values(ReturnValue::UpdatedNew), Late::Harmless).await? {
            Written::Done(mut item) => {
                item.extend(command_key(key));
                Ok(text_of(&item, "answer")?.unwrap_or_else(|| answer.to_owned()))
            }
            Written::Refused(_) => Ok(answer.to_owned()),
        }
    }

    async fn command(&self, key: &str) -> Result<Option<Command>> {
        match self.0.get(command_key(key)).await? {
            Some(item) if counts(&item, clock::now())? => command_of(&item).map(Some),
            _ => Ok(None),
        }
    }

    async fn bind(&self, place: &str, case: &CaseId) -> Result<()> {
        let values = [(":case", text(case.as_str()))];
        let change = self.0.change(place_key(place), "SET case_id = :case", values).await;
        let change = change
            .expression_attribute_values(":text", text("S"))
            .condition_expression("attribute_not_exists(pk) OR attribute_type(case_id, :text)");
        match self.0.write(change, Late::Overwrites).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(item) => place_of(&item).map(drop),
        }
    }

    async fn bound(&self, place: &str) -> Result<Option<CaseId>> {
        self.0.get(place_key(place)).await?.as_ref().map(place_of).transpose()
    }
}

/// Holds where there is no item, or one that DynamoDB should have deleted by now.
const ABSENT: &str = "attribute_not_exists(pk) OR expires_at <= :now";
