//! How is a case brought up to date? Hint, lease, look, plan, perform, release.

use std::cell::Cell;

use tracing::warn;

use crate::{
    case::{CaseId, Comment, Millis},
    content::{Author, Links, View},
    destination::Destinations,
    knowledge::{CaseNote, PlaceNote},
    look::{self, Look},
    perform::{Standing, Tally, Worker},
    plan::{self, Ledger, Picture},
    settings::Settings,
    sir::FaultKind,
    store::{self, Destination, Meta, Note, Store},
    verify, waiting,
    world::{Rule, World},
};

/// The lease goes on for this long after the worker's time: what it sent may arrive 40 s late.
const LEASE_MARGIN: Millis = 45_000;
/// A look that found less than was announced is repeated after this: the service's reads may be 5 s old.
const LOOK_AGAIN: Millis = 10_000;
/// The pause after the service refused a look.
const SIR_PAUSE: Millis = 30_000;
/// The pause after the service said that we may not, or that there is no such case.
const SIR_DENIED: Millis = 1_800_000;
/// The pause between two looks while the AI agent is at work: no event tells of it.
const AGENT_PAUSE: Millis = 300_000;
/// The pause after a check that missed something which we had sent.
const VERIFY_AGAIN: Millis = 300_000;

/// What one invocation has to hand: everything but the case.
pub struct Desk<'a, W: World> {
    /// Everything outside.
    pub world: &'a W,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Slack and Jira.
    pub destinations: &'a Destinations<'a, W>,
    /// When the function's time ends.
    pub deadline: Millis,
}

/// What became of a case in this invocation: for the log line and the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Both destinations together.
    pub tally: Tally,
    /// Destinations that still owe something.
    pub waiting: u32,
    /// Seconds from the case's last change to now, where everything is told.
    pub lag: Option<i64>,
    /// Slack, Jira: found broken for everybody, by us first.
    pub broken: [bool; 2],
    /// It stands for the sweep itself, not for a case.
    pub swept: bool,
    /// Workers that panicked.
    pub panics: u32,
}

impl<W: World> Desk<'_, W> {
    /// Brings a case up to date, as far as it can be now. Whatever remains is written down with its time.
    ///
    /// # Errors
    /// The table did not answer, or the lease was taken over: the debt stands, the sweep will come back to it.
    pub async fn attend(&self, case: &CaseId) -> Result<Report, store::Error> {
        let mut report = Report::default();
        let now = self.world.now();
        let until = match self.world.holds(Rule::LeaseLength) {
            true => self.deadline + LEASE_MARGIN,
            false => now + 5_000,
        };
        let Some(mut meta) = self.world.store().lease(case, now, until).await? else { return Ok(report) };
        let mut notes = Notes::read(&meta);
        loop {
            let next_at = self.turn(case, &meta, &mut notes, &mut report).await?;
            notes.save(self.world, case, meta.epoch).await?;
            let want = if self.world.holds(Rule::WantCheck) { meta.want } else { u64::MAX };
            let store = self.world.store();
            if store.release(case, meta.epoch, want, next_at, false).await? {
                return Ok(report);
            }
            let Some(newer) = store.meta(case).await? else { return Ok(report) };
            if newer.epoch != meta.epoch {
                return Err(store::Error::Fenced);
            }
            meta.full = newer.full;
            meta.want = newer.want;
            if self.deadline - self.world.now() < LEAST_TURN {
                store.release(case, meta.epoch, meta.want, Some(self.world.now()), meta.full).await?;
                return Ok(report);
            }
        }
    }
}

/// A turn is not begun with less time than this.
const LEAST_TURN: Millis = 12_000;

/// What is known, as it was read and as it now is.
struct Notes {
    case: CaseNote,
    slack: PlaceNote,
    jira: PlaceNote,
    saved: [Option<String>; 3],
}

impl Notes {
    fn read(meta: &Meta) -> Self {
        fn parse<T: Default + serde::de::DeserializeOwned>(json: Option<&String>) -> T {
            json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
        }
        Self {
            case: parse(meta.case.as_ref()),
            slack: parse(meta.slack.as_ref()),
            jira: parse(meta.jira.as_ref()),
            saved: [meta.case.clone(), meta.slack.clone(), meta.jira.clone()],
        }
    }

    fn of(&self, destination: Destination) -> &PlaceNote {
        match destination {
            Destination::Slack => &self.slack,
            Destination::Jira => &self.jira,
        }
    }

    /// Writes what changed.
    async fn save<W: World>(&mut self, world: &W, case: &CaseId, epoch: u64) -> Result<(), store::Error> {
        let trouble = |error: serde_json::Error| store::Error::Trouble(error.to_string());
        let notes = [
            (Note::Case, serde_json::to_string(&self.case).map_err(trouble)?),
            (Note::Of(Destination::Slack), serde_json::to_string(&self.slack).map_err(trouble)?),
            (Note::Of(Destination::Jira), serde_json::to_string(&self.jira).map_err(trouble)?),
        ];
        for ((note, json), saved) in notes.into_iter().zip(&mut self.saved) {
            if saved.as_ref() != Some(&json) {
                world.store().save(case, epoch, note, &json).await?;
                *saved = Some(json);
            }
        }
        Ok(())
    }
}

impl<W: World> Desk<'_, W> {
    /// Where cases are told, under these settings.
    pub fn places(&self) -> &'static [Destination] {
        match self.settings.jira {
            Some(_) => &Destination::ALL,
            None => &[Destination::Slack],
        }
    }

    /// One look and what follows from it. The answer is when to come back.
    async fn turn(
        &self,
        case: &CaseId,
        meta: &Meta,
        notes: &mut Notes,
        report: &mut Report,
    ) -> Result<Option<Millis>, store::Error> {
        let started = self.world.now();
        let verify = self.world.holds(Rule::Verify) && notes.case.verify_at.is_some_and(|at| at <= started);
        let seen = look::look(self.world, case, &mut notes.case, meta.full || verify, self.places()).await;
        let seen = match seen {
            Ok(seen) => seen,
            Err(look::Error::Store(error)) => return Err(error),
            Err(look::Error::Torn) => return Ok(Some(started + LOOK_AGAIN)),
            Err(look::Error::Sir(fault)) => {
                warn!(%case, why = ?fault.kind, "the service did not answer");
                return Ok(Some(started + pause_after(&fault.kind)));
            }
        };
        if self.world.holds(Rule::NewestOnly) && seen.case.updated < notes.case.updated {
            return Ok(Some(started + LOOK_AGAIN));
        }
        notes.case.updated = seen.case.updated;
        notes.case.waiting = waiting::since(notes.case.waiting, &seen.case, &seen.comments);
        if verify {
            let absent = verify::verify(self, case, &seen.case, &mut notes.slack, &mut notes.jira).await?;
            notes.case.verify_at = self.next_verify(started, absent);
            notes.case.verified_closed = seen.case.is_closed() && !absent;
        }
        let (standings, news) = self.tell(case, meta.epoch, &seen, notes, report).await?;
        self.remember(&seen, meta.want, news, started, &mut notes.case);
        Ok(self.come_back(&seen, notes, &standings, report))
    }

    /// Tells both destinations at once; again where one made what the other shows: a card links to its issue.
    async fn tell(
        &self,
        case: &CaseId,
        epoch: u64,
        seen: &Look,
        notes: &mut Notes,
        report: &mut Report,
    ) -> Result<([Standing; 2], usize), store::Error> {
        let sayings = match self.world.holds(Rule::EchoGuard) && seen.comments.iter().any(is_a_principals) {
            true => self.world.store().sayings(case).await?,
            false => Vec::new(),
        };
        let mut picture = self.picture(seen, sayings, notes);
        let mut ledgers = [Ledger::new(), Ledger::new()];
        for destination in self.places() {
            let note = notes.of(*destination);
            self.read_ledger(case, *destination, &picture, note, &mut ledgers[*destination as usize]).await?;
        }
        let news = self.news(&picture, notes, &ledgers);
        let mut standings = [Standing::Settled; 2];
        for _ in 0..3 {
            standings = self.settle(case, epoch, &picture, notes, &mut ledgers, report).await?;
            let links = self.links(notes, case);
            if links == picture.view.links {
                break;
            }
            picture.view.links = links;
            picture.hash = plan::home_hash(&picture.view);
        }
        Ok((standings, news))
    }

    async fn settle(
        &self,
        case: &CaseId,
        epoch: u64,
        picture: &Picture,
        notes: &mut Notes,
        ledgers: &mut [Ledger; 2],
        report: &mut Report,
    ) -> Result<[Standing; 2], store::Error> {
        let worker = |destination| Worker {
            world: self.world,
            settings: self.settings,
            destinations: self.destinations,
            case,
            epoch,
            destination,
            deadline: self.deadline,
            tripped: Cell::new(false),
            broken: Cell::new(false),
        };
        let (slack, jira) = (worker(Destination::Slack), worker(Destination::Jira));
        let [slack_ledger, jira_ledger] = ledgers;
        let mut tallies = [Tally::default(); 2];
        let [slack_tally, jira_tally] = &mut tallies;
        let to_slack = slack.settle(picture, &mut notes.slack, slack_ledger, slack_tally);
        let to_jira = async {
            match self.settings.jira {
                Some(_) => jira.settle(picture, &mut notes.jira, jira_ledger, jira_tally).await,
                None => Ok(Standing::Settled),
            }
        };
        // Both to their end: one destination in trouble must not cut the other off in the middle of an effect.
        let (slack_standing, jira_standing) = tokio::join!(to_slack, to_jira);
        tallies.iter().for_each(|tally| report.tally.add(tally));
        report.broken = [slack.broken.get(), jira.broken.get()];
        Ok([slack_standing?, jira_standing?])
    }

    async fn read_ledger(
        &self,
        case: &CaseId,
        destination: Destination,
        picture: &Picture,
        note: &PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), store::Error> {
        let mut keys = plan::keys(destination, picture);
        keys.extend(note.open.iter().map(|intent| intent.key.clone()));
        keys.sort();
        keys.dedup();
        look::ledger(self.world, case, destination, keys, ledger).await?;
        let more = plan::keys_of_edited(destination, picture, ledger);
        look::ledger(self.world, case, destination, more, ledger).await
    }

    /// How much of what was seen nobody was told yet: to be held against how much was announced.
    fn news(&self, picture: &Picture, notes: &Notes, ledgers: &[Ledger; 2]) -> usize {
        let count = |destination: &Destination| {
            let ledger = &ledgers[*destination as usize];
            let now = self.world.now();
            plan::news(&plan::plan(*destination, picture, notes.of(*destination), ledger, self.settings, now))
        };
        self.places().iter().map(count).max().unwrap_or(0)
    }

    fn picture(&self, seen: &Look, sayings: Vec<store::Saying>, notes: &Notes) -> Picture {
        let waiting = notes.case.waiting;
        let timing = &self.settings.timing;
        let overdue = waiting
            .filter(|waiting| waiting::nudge_at(*waiting, timing).is_some_and(|at| at <= self.world.now()));
        let view = View {
            case: seen.case.clone(),
            links: self.links(notes, &seen.case.id),
            waiting_since: waiting.map(|(_, since)| since),
            agent_waits: seen.investigations.iter().any(|step| step.status == "Waiting"),
        };
        Picture {
            hash: plan::home_hash(&view),
            view,
            comments: seen.comments.clone(),
            sayings,
            investigations: seen.investigations.clone(),
            overdue,
        }
    }

    fn links(&self, notes: &Notes, case: &CaseId) -> Links {
        let region = self.settings.sir.region.as_deref().unwrap_or("us-east-1");
        let console =
            self.settings.sir.console_url.replace("{region}", region).replace("{case}", case.as_str());
        let key = notes.jira.home.as_ref().map(|home| home.name.clone());
        Links {
            console: Some(console),
            jira: self.settings.jira.as_ref().zip(key.as_ref()).map(|(jira, key)| jira.browse(key)),
            jira_key: key,
            slack: notes
                .slack
                .home
                .as_ref()
                .map(|home| self.settings.slack.permalink(&home.place, &home.name)),
        }
    }

    /// What the next look must know of this one.
    fn remember(&self, seen: &Look, want: u64, news: usize, started: Millis, note: &mut CaseNote) {
        let asked_since = want > note.wanted;
        note.wanted = want;
        let missing = want.saturating_sub(note.heard).saturating_sub(u64::try_from(news).unwrap_or(u64::MAX));
        let over = !asked_since && note.look_again_at.is_some_and(|at| at <= started);
        if missing == 0 || over || !self.world.holds(Rule::LookAgain) {
            // What is still missing after one more look was an event that came twice.
            note.heard = want;
            note.look_again_at = None;
        } else {
            note.heard = want - missing;
            let due = note.look_again_at.filter(|at| *at > started && !asked_since);
            note.look_again_at = Some(due.unwrap_or(started + LOOK_AGAIN));
        }
        if seen.case.is_closed() && note.verified_closed {
            note.verify_at = None;
        } else if note.verify_at.is_none() {
            note.verify_at = self.next_verify(started, false);
        }
    }

    fn next_verify(&self, now: Millis, absent: bool) -> Option<Millis> {
        let pause = match absent {
            true => VERIFY_AGAIN,
            false => Millis::from(self.settings.timing.verify_minutes) * 60_000,
        };
        self.world.holds(Rule::Verify).then_some(now + pause)
    }

    /// The earliest of all reasons to come back; `None` for a case that is at rest for ever.
    fn come_back(
        &self,
        seen: &Look,
        notes: &Notes,
        standings: &[Standing; 2],
        report: &mut Report,
    ) -> Option<Millis> {
        let now = self.world.now();
        let owed = standings.iter().filter_map(|standing| match standing {
            Standing::Settled => None,
            Standing::Waiting(at) => Some(*at),
            Standing::OutOfTime => Some(now),
        });
        report.waiting = u32::try_from(owed.clone().count()).unwrap_or(0);
        // A check that found nothing to do says nothing of how fast a change is told.
        if report.waiting == 0 && report.tally.done > 0 {
            report.lag = seen.case.updated.map(|updated| now / 1000 - updated);
        }
        let again = self.places().iter().flat_map(|place| notes.of(*place).again.values().copied());
        let at_work =
            seen.investigations.iter().any(|step| matches!(step.status.as_str(), "Pending" | "InProgress"));
        let nudge = notes.case.waiting.and_then(|waiting| waiting::nudge_at(waiting, &self.settings.timing));
        owed.chain(again)
            .chain(notes.case.verify_at)
            .chain(notes.case.look_again_at)
            .chain(at_work.then_some(now + AGENT_PAUSE))
            .chain(nudge.filter(|at| *at > now))
            .min()
    }
}

fn is_a_principals(comment: &Comment) -> bool {
    matches!(Author::of(&comment.creator), Author::Principal(_))
}

/// How long to leave the service alone.
fn pause_after(kind: &FaultKind) -> Millis {
    match kind {
        FaultKind::Throttled { retry_after: Some(time) } => {
            Millis::try_from(time.as_millis()).unwrap_or(SIR_PAUSE).max(1_000)
        }
        FaultKind::Denied | FaultKind::NotFound | FaultKind::NotActive => SIR_DENIED,
        _ => SIR_PAUSE,
    }
}
