//! How is a case brought up to date? Hint, lease, look, plan, perform, release.

mod notes;
mod schedule;

use std::cell::Cell;

use tracing::warn;

use self::{
    notes::Notes,
    schedule::{LOOK_AGAIN, pause_after},
};
use crate::{
    case::{CaseId, Comment, Millis, author::Author, turn},
    config::settings::Settings,
    runtime::{Rule, World},
    state::{self, Destination, Meta, Unread, notes::PlaceNote},
    sync::{
        apply::{Left, Standing, Worker},
        audit,
        observe::{self, Look},
    },
    targets::{
        Destinations,
        content::{Links, View},
        telling::{self as plan, Ledger, Picture},
    },
    telemetry::{
        metrics,
        report::{Report, Tally},
    },
};

/// The lease goes on for this long after the worker's time: what it sent may arrive 40 s late.
const LEASE_MARGIN: Millis = 45_000;
/// A turn is not begun with less time than this.
const LEAST_TURN: Millis = 12_000;
/// The pause after something was found that cannot be read: a person may have mended it, or a newer release can.
const UNREADABLE_PAUSE: Millis = 3_600_000;

/// What one invocation has to hand: everything but the case.
pub struct Desk<'a> {
    /// Everything outside.
    pub world: &'a dyn World,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Slack and Jira.
    pub destinations: &'a Destinations<'a>,
    /// When the function's time ends.
    pub deadline: Millis,
}

/// Where there is nothing to do.
const NOTHING: Left = Left { told: Standing::Settled, decorate_at: None };

/// What a turn came to.
struct Turn {
    /// When to come back; `None` for a case that is at rest.
    next_at: Option<Millis>,
    /// What was announced was seen and told: an old comment that somebody edited need no more be looked for on all pages.
    done: bool,
}

impl Turn {
    /// Nothing was seen.
    fn blind(until: Millis) -> Self {
        Self { next_at: Some(until), done: false }
    }
}

impl Desk<'_> {
    /// Brings a case up to date, as far as it can be now. Whatever remains is written down with its time. A case of which
    /// something cannot be read is left as it is, with an alarm, and tried again each hour.
    ///
    /// # Errors
    /// The table did not answer, or the lease was taken over: the debt stands, the sweep will come back to it.
    pub async fn attend(&self, case: &CaseId) -> Result<Report, state::Error> {
        let now = self.world.now();
        let until = match self.world.holds(Rule::LeaseLength) {
            true => self.deadline + LEASE_MARGIN,
            false => now + 5_000,
        };
        let leased = match self.world.store().lease(case, now, until).await {
            Err(state::Error::Unreadable(record)) => return self.park(case, None, &record).await,
            leased => leased?,
        };
        let Some(meta) = leased else { return Ok(Report::default()) };
        let epoch = meta.epoch;
        match Box::pin(self.hold(case, meta)).await {
            Err(state::Error::Unreadable(record)) => self.park(case, Some(epoch), &record).await,
            held => held,
        }
    }

    /// A case of which something cannot be read is left as it is, with an alarm.
    async fn park(&self, case: &CaseId, epoch: Option<u64>, record: &Unread) -> Result<Report, state::Error> {
        metrics::unreadable(record);
        self.world.store().put_off(case, epoch, self.world.now() + UNREADABLE_PAUSE).await?;
        Ok(Report { waiting: 1, ..Report::default() })
    }

    /// Turn after turn, as long as somebody asks for the case meanwhile.
    async fn hold(&self, case: &CaseId, mut meta: Meta) -> Result<Report, state::Error> {
        let mut report = Report::default();
        let mut notes = Notes::read(case, &meta)?;
        loop {
            let turn = Box::pin(self.turn(case, &meta, &mut notes, &mut report));
            let Turn { next_at, done } = turn.await?;
            notes.save(self.world, case, meta.epoch).await?;
            let want = if self.world.holds(Rule::WantCheck) { meta.want } else { u64::MAX };
            let store = self.world.store();
            if store.release(case, meta.epoch, want, next_at, meta.full && !done).await? {
                return Ok(report);
            }
            let Some(newer) = store.meta(case).await? else { return Ok(report) };
            if newer.epoch != meta.epoch {
                return Err(state::Error::Fenced);
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

impl Desk<'_> {
    /// Where cases are told, under these settings.
    pub fn places(&self) -> &'static [Destination] {
        match self.settings.jira {
            Some(_) => &Destination::ALL,
            None => &[Destination::Slack],
        }
    }

    /// One look and what follows from it.
    async fn turn(
        &self,
        case: &CaseId,
        meta: &Meta,
        notes: &mut Notes,
        report: &mut Report,
    ) -> Result<Turn, state::Error> {
        let started = self.world.now();
        let verify = self.world.holds(Rule::Verify) && notes.case.verify_at.is_some_and(|at| at <= started);
        let seen = observe::look(self.world, case, &mut notes.case, meta.full || verify, self.places()).await;
        let seen = match seen {
            Ok(seen) => seen,
            Err(observe::Error::Store(error)) => return Err(error),
            Err(observe::Error::Torn) => return Ok(Turn::blind(started + LOOK_AGAIN)),
            Err(observe::Error::Sir(fault)) => {
                warn!(%case, why = ?fault.kind, "the service did not answer");
                let asked_since = std::mem::replace(&mut notes.case.wanted, meta.want) < meta.want;
                return Ok(Turn::blind(started + pause_after(&fault.kind, asked_since)));
            }
        };
        if self.world.holds(Rule::NewestOnly) && notes.case.is_older(&seen, started) {
            return Ok(Turn::blind(started + LOOK_AGAIN));
        }
        notes.case.seen(&seen);
        notes.case.waiting = turn::since(notes.case.waiting, &seen.case, &seen.comments);
        if verify {
            let absent =
                audit::verify(self, case, meta.epoch, &seen.case, &mut notes.slack, &mut notes.jira).await?;
            notes.case.verify_at = self.next_verify(started, absent);
            notes.case.verified_closed = seen.case.is_closed() && !absent;
        }
        let (left, news) = self.tell(case, meta.epoch, &seen, notes, report).await?;
        self.remember(&seen, meta.want, news, started, &mut notes.case);
        let next_at = self.come_back(&seen, notes, &left, report);
        // How fast what is new is told: what is only set, or comes by itself, says nothing of that.
        if news > 0 && report.waiting == 0 {
            report.lag = seen.case.updated.map(|updated| self.world.now() / 1_000 - updated);
        }
        let settled = left.iter().all(|left| left.told == Standing::Settled);
        Ok(Turn { next_at, done: settled && notes.case.look_again_at.is_none() })
    }

    /// Tells both destinations at once; again where one made what the other shows: a card links to its issue, the thread
    /// says what Jira refuses.
    async fn tell(
        &self,
        case: &CaseId,
        epoch: u64,
        seen: &Look,
        notes: &mut Notes,
        report: &mut Report,
    ) -> Result<([Left; 2], usize), state::Error> {
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
        let mut left = [NOTHING; 2];
        for _ in 0..3 {
            left = self.settle(case, epoch, &picture, notes, &mut ledgers, report).await?;
            let links = self.links(notes, case);
            let not_moved = plan::not_moved(&picture.view.case, &notes.jira, self.settings);
            if links == picture.view.links && not_moved == picture.not_moved {
                break;
            }
            picture.view.links = links;
            if std::mem::replace(&mut picture.not_moved, not_moved.clone()) != not_moved {
                // It may have been told before.
                self.read_ledger(case, Destination::Slack, &picture, &notes.slack, &mut ledgers[0]).await?;
            }
        }
        Ok((left, news))
    }

    async fn settle(
        &self,
        case: &CaseId,
        epoch: u64,
        picture: &Picture,
        notes: &mut Notes,
        ledgers: &mut [Ledger; 2],
        report: &mut Report,
    ) -> Result<[Left; 2], state::Error> {
        let [_, slack_rest, jira_rest] = &notes.rest;
        let worker = |destination, rest| Worker {
            world: self.world,
            settings: self.settings,
            destinations: self.destinations,
            case,
            epoch,
            destination,
            rest,
            deadline: self.deadline,
            tripped: Cell::new(false),
            broken: Cell::new(false),
            among_us: Cell::new(0),
            saved: Cell::new(false),
        };
        let (slack, jira) = (worker(Destination::Slack, slack_rest), worker(Destination::Jira, jira_rest));
        let [slack_ledger, jira_ledger] = ledgers;
        let mut tallies = [Tally::default(); 2];
        let [slack_tally, jira_tally] = &mut tallies;
        let to_slack = slack.settle(picture, &mut notes.slack, slack_ledger, slack_tally);
        let to_jira = async {
            match self.settings.jira {
                Some(_) => jira.settle(picture, &mut notes.jira, jira_ledger, jira_tally).await,
                None => Ok(NOTHING),
            }
        };
        // Both to their end: one destination in trouble must not cut the other off in the middle of an effect.
        let (slack_left, jira_left) = tokio::join!(to_slack, to_jira);
        tallies.iter().for_each(|tally| report.tally.add(tally));
        report.broken[0] |= slack.broken.get();
        report.broken[1] |= jira.broken.get();
        let saved = [&slack, &jira].map(|worker| worker.saved.get());
        for destination in Destination::ALL.into_iter().filter(|destination| saved[*destination as usize]) {
            notes.stand_otherwise(destination);
        }
        Ok([self.unless_unreadable(slack_left)?, self.unless_unreadable(jira_left)?])
    }

    /// What a destination is asked of before anything is sent, a breaker or a gate, belongs to no case: one that cannot
    /// be read holds up its destination alone.
    fn unless_unreadable(&self, left: Result<Left, state::Error>) -> Result<Left, state::Error> {
        match left {
            Err(state::Error::Unreadable(record)) => {
                metrics::unreadable(&record);
                let told = Standing::Waiting(self.world.now() + UNREADABLE_PAUSE);
                Ok(Left { told, decorate_at: None })
            }
            left => left,
        }
    }

    async fn read_ledger(
        &self,
        case: &CaseId,
        destination: Destination,
        picture: &Picture,
        note: &PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), state::Error> {
        let mut keys = plan::keys(destination, picture);
        keys.extend(note.open.iter().map(|intent| intent.key.clone()));
        keys.sort();
        keys.dedup();
        observe::ledger(self.world, case, destination, keys, ledger).await?;
        let more = plan::keys_of_edited(destination, picture, ledger);
        observe::ledger(self.world, case, destination, more, ledger).await
    }

    /// How much of what was seen nobody was told yet: to be held against how much was announced.
    fn news(&self, picture: &Picture, notes: &Notes, ledgers: &[Ledger; 2]) -> usize {
        let count = |destination: &Destination| {
            let ledger = &ledgers[*destination as usize];
            plan::news(&plan::plan(*destination, picture, notes.of(*destination), ledger, self.settings))
        };
        self.places().iter().map(count).max().unwrap_or(0)
    }

    fn picture(&self, seen: &Look, sayings: Vec<state::Saying>, notes: &Notes) -> Picture {
        let waiting = notes.case.waiting;
        let timing = &self.settings.timing;
        let overdue = waiting.filter(|waiting| {
            turn::nudge_at(*waiting, timing.nudge_hours, timing.quiet_hours)
                .is_some_and(|at| at <= self.world.now())
        });
        let view = View {
            case: seen.case.clone(),
            links: self.links(notes, &seen.case.id),
            waiting_since: waiting.map(|(_, since)| since),
            agent_waits: seen.investigations.iter().any(|step| step.status == "Waiting"),
        };
        Picture {
            view,
            comments: seen.comments.clone(),
            sayings,
            investigations: seen.investigations.clone(),
            overdue,
            not_moved: plan::not_moved(&seen.case, &notes.jira, self.settings),
        }
    }

    fn links(&self, notes: &Notes, case: &CaseId) -> Links {
        let sir = &self.settings.sir;
        let console =
            |region: &String| sir.console_url.replace("{region}", region).replace("{case}", case.as_str());
        let key = notes.jira.home.as_ref().map(|home| home.name.clone());
        Links {
            console: sir.region.as_ref().map(console),
            jira: self.settings.jira.as_ref().zip(key.as_ref()).map(|(jira, key)| jira.browse(key)),
            jira_key: key,
            slack: notes
                .slack
                .home
                .as_ref()
                .map(|home| self.settings.slack.permalink(&home.place, &home.name)),
        }
    }
}

fn is_a_principals(comment: &Comment) -> bool {
    matches!(Author::of(&comment.creator), Author::Principal(_))
}
