//! How is an effect made to happen exactly once? INTENT, send, DONE; and what follows when the answer is none.
//!
//! The argument for each rule stands in docs/architecture.md, "An effect's life".

use std::{cell::Cell, time::Duration};

use tracing::warn;

use crate::{
    case::{CaseId, Millis},
    content::{Content, Key, Plainness},
    destination::Destinations,
    facts::Facts,
    gate,
    knowledge::{CHANNEL, HOME, Home, Intent, PlaceNote},
    plan::{Effect, GONE, Ledger, Picture, Setting, plan},
    settings::Settings,
    store::{self, Destination, Note, Seen, Store, Told},
    wire::{Failure, LONGEST},
    world::{Rule, World},
};

/// An effect leaves at most this long after its INTENT was written.
const SEND_WITHIN: Millis = 2_000;
/// A wait of at most this long is spent waiting; a longer one is given to the sweep.
const WORTH_WAITING: Millis = 3_000;
/// An addition of which nothing is known may still arrive within this; longer than send delay, late arrival
/// (seen up to 40 s) and stale reads together.
const QUARANTINE: Millis = 60_000;
/// The same for a Jira issue, whose search index lags.
const QUARANTINE_ISSUE: Millis = 300_000;
/// After so many sendings of one addition a person is needed.
const ATTEMPTS: u8 = 3;
/// The first and the longest pause after something was refused for now.
const PAUSE: (Millis, Millis) = (1_000, 300_000);
/// The first and the longest pause while a person is needed.
const PARKED: (Millis, Millis) = (300_000, 3_600_000);

/// How a destination stands after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is owed.
    Settled,
    /// Something is owed, and nothing more can be done before this.
    Waiting(Millis),
    /// Something is owed, and this worker's time is over.
    OutOfTime,
}

/// What one destination did in a round, for the log line and the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Effects that were planned.
    pub planned: u32,
    /// Effects that happened.
    pub done: u32,
    /// Additions whose fate is not known.
    pub unknown: u32,
    /// Places that need a person.
    pub parked: u32,
}

impl Tally {
    /// Adds another's.
    pub fn add(&mut self, other: &Self) {
        let Self { planned, done, unknown, parked } = other;
        self.planned += planned;
        self.done += done;
        self.unknown += unknown;
        self.parked += parked;
    }
}

/// One worker's hold on one case at one destination.
pub struct Worker<'a, W: World> {
    /// Everything outside.
    pub world: &'a W,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Slack and Jira.
    pub destinations: &'a Destinations<'a, W>,
    /// The case that is held.
    pub case: &'a CaseId,
    /// Under this lease.
    pub epoch: u64,
    /// Which side of it.
    pub destination: Destination,
    /// When the function's time ends.
    pub deadline: Millis,
    /// The breaker was open before this worker tried.
    pub tripped: Cell<bool>,
    /// This worker found the destination broken, and is the first.
    pub broken: Cell<bool>,
}

/// Why a round stops before its end.
enum Stop {
    /// See [`Standing`].
    At(Standing),
    /// The plan must be made anew: a home was made, or found.
    Replan,
    /// The store did not answer, or the lease is gone.
    Store(store::Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl<W: World> Worker<'_, W> {
    /// Brings the destination up to the picture, as far as it can now.
    ///
    /// # Errors
    /// The store did not answer, or the lease was taken over: the worker must stop at once.
    pub async fn settle(
        &self,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
        tally: &mut Tally,
    ) -> Result<Standing, store::Error> {
        match self.rounds(picture, note, ledger, tally).await {
            Ok(()) => Ok(Standing::Settled),
            Err(Stop::At(standing)) => Ok(standing),
            Err(Stop::Replan) => Ok(Standing::OutOfTime),
            Err(Stop::Store(error)) => Err(error),
        }
    }

    /// Making a home changes what is missing, so the plan is made anew after it: at most channel, home, the rest.
    async fn rounds(
        &self,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        for _ in 0..4 {
            self.wait_until(note.not_before).await?;
            self.resolve(note, ledger, tally).await?;
            match self.round(picture, note, ledger, tally).await {
                Err(Stop::Replan) => {}
                other => return other,
            }
        }
        Err(Stop::Replan)
    }

    async fn round(
        &self,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        let effects = plan(self.destination, picture, note, ledger, self.settings, self.world.now());
        tally.planned += u32::try_from(effects.len()).unwrap_or(u32::MAX);
        for effect in effects {
            let moved = matches!(effect, Effect::Channel { .. } | Effect::Home { .. });
            match self.perform(effect, picture, note, ledger).await {
                Ok(()) => tally.done += 1,
                Err(Stop::At(_)) if !self.world.holds(Rule::StopAtFirst) => note.open = None,
                Err(stop) => {
                    tally.unknown += u32::from(note.open.is_some());
                    tally.parked += u32::from(note.parked.is_some());
                    return Err(stop);
                }
            }
            if moved {
                return Err(Stop::Replan);
            }
        }
        Ok(())
    }

    async fn perform(
        &self,
        effect: Effect,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), Stop> {
        let facts = || Some(Facts::of(&picture.view.case));
        match effect {
            Effect::Channel { name } => self.add(Addition::channel(name), picture, note, ledger).await,
            Effect::Home { hash } => self.add(Addition::home(hash, facts()), picture, note, ledger).await,
            Effect::Add { key, content, hash } => {
                let facts = matches!(content, Content::Changes(_)).then(facts).flatten();
                self.add(Addition { key, what: What::Content(content), hash, facts }, picture, note, ledger)
                    .await
            }
            Effect::Adopt { key, remote, hash } => {
                let told = Told { remote, hash, seen: Seen::Yes, theirs: true };
                self.tell(key, told, ledger).await
            }
            Effect::Edit { key, remote, content, hash } => {
                self.edit(key, remote, content, hash, note, ledger).await
            }
            Effect::Set { name, setting, hash } => self.set(name, &setting, hash, picture, note).await,
            Effect::Note(facts) => {
                note.facts = Some(*facts);
                Ok(())
            }
        }
    }
}

/// What an addition adds.
pub enum What {
    /// The case's channel, with this name.
    Channel(String),
    /// The card or the issue.
    Home,
    /// A line in the thread, a comment on the issue.
    Content(Content),
}

struct Addition {
    key: Key,
    what: What,
    hash: String,
    facts: Option<Facts>,
}

impl Addition {
    fn channel(name: String) -> Self {
        Self { key: Key(CHANNEL.to_owned()), hash: name.clone(), what: What::Channel(name), facts: None }
    }

    fn home(hash: String, facts: Option<Facts>) -> Self {
        Self { key: Key(HOME.to_owned()), what: What::Home, hash, facts }
    }
}

impl<W: World> Worker<'_, W> {
    /// Adds something that must be there exactly once.
    async fn add(
        &self,
        addition: Addition,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), Stop> {
        let Addition { key, what, hash, facts } = addition;
        let mut intent = Intent { key, since: 0, attempt: 1, plainness: Plainness::Full, hash, facts };
        if let Some(open) = note.open.take().filter(|open| open.key == intent.key) {
            intent.attempt = open.attempt + 1;
            intent.plainness = open.plainness;
        }
        loop {
            self.pace(note, true).await?;
            intent.since = self.world.now();
            note.open = Some(intent.clone());
            if self.world.holds(Rule::Intent) {
                self.save(note).await?;
            }
            if !self.may_send(intent.since) {
                note.open = None;
                return Err(Stop::At(Standing::OutOfTime));
            }
            if !self.world.holds(Rule::DoneAfterSend) {
                self.done(intent.clone(), "early", note, ledger).await?;
            }
            let sent = self.destinations.add(self, &what, &intent, picture, note).await;
            match sent {
                Ok(remote) => return self.done(intent, &remote, note, ledger).await,
                Err(Failure::Unknown { .. }) if !self.world.holds(Rule::UnknownIsNotSuccess) => {
                    return self.done(intent, "unknown", note, ledger).await;
                }
                Err(Failure::Content { why }) if intent.plainness < Plainness::Stub => {
                    warn!(destination = self.destination.as_str(), key = %intent.key, why, "rendered plainer");
                    intent.plainness = plainer(intent.plainness);
                }
                Err(failure) => return self.failed(failure, note).await,
            }
        }
    }

    /// DONE: the ledger first, so that a crash between the two writes is seen by the next worker.
    async fn done(
        &self,
        intent: Intent,
        remote: &str,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), Stop> {
        let told = Told {
            remote: remote.to_owned(),
            hash: intent.hash.clone(),
            seen: Seen::NotYet(0),
            theirs: false,
        };
        self.tell(intent.key.clone(), told, ledger).await?;
        self.adopt(intent, remote, note).await?;
        self.mended(note).await
    }

    /// What follows from an addition that is known to be made: its place leads to the case from now on.
    async fn adopt(&self, intent: Intent, remote: &str, note: &mut PlaceNote) -> Result<(), Stop> {
        let is_home = intent.key.0 == HOME;
        let place = note.channel.clone().unwrap_or_else(|| self.settings.slack.channel.clone());
        note.adopt(intent, &place, remote);
        match &note.home {
            Some(home) if is_home => self.bind(home, note.channel.as_deref()).await,
            _ => Ok(()),
        }
    }

    async fn tell(&self, key: Key, told: Told, ledger: &mut Ledger) -> Result<(), Stop> {
        self.world.store().tell(self.case, self.destination, &key, &told).await?;
        ledger.insert(key, told);
        Ok(())
    }

    /// From a thread, a channel or an issue to its case, so that a command given there needs no case id.
    async fn bind(&self, home: &Home, channel: Option<&str>) -> Result<(), Stop> {
        let team = &self.settings.slack.team;
        let place = match self.destination {
            Destination::Slack => format!("slack/{team}/{}/{}", home.place, home.name),
            Destination::Jira => format!("jira/{}", home.place),
        };
        let store = self.world.store();
        store.bind(&place, self.case).await?;
        if let (Destination::Slack, Some(channel)) = (self.destination, channel) {
            store.bind(&format!("slack/{team}/{channel}"), self.case).await?;
        }
        Ok(())
    }

    /// An open intent is a question: was it made? The ledger may know; else the destination is asked, but not
    /// before everything that was sent must have arrived.
    async fn resolve(
        &self,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        let Some(intent) = note.open.clone() else { return Ok(()) };
        if let Some(told) = ledger.get(&intent.key) {
            let remote = told.remote.clone();
            return self.adopt(intent, &remote, note).await;
        }
        if !self.world.holds(Rule::UnknownIsNotFailure) {
            note.open = None;
            return Ok(());
        }
        if self.world.holds(Rule::Quarantine) {
            let quarantine = match (self.destination, intent.key.0.as_str()) {
                (Destination::Jira, HOME) => QUARANTINE_ISSUE,
                _ => QUARANTINE,
            };
            tally.unknown += 1;
            self.wait_until(intent.since + quarantine).await?;
            tally.unknown -= 1;
        }
        self.patience(note).await?;
        let found = match self.world.holds(Rule::FindAgain) {
            true => self.destinations.find(self, &intent, note).await,
            false => Ok(None),
        };
        match found {
            Ok(Some(remote)) => self.done(intent, &remote, note, ledger).await,
            Ok(None) if intent.attempt >= ATTEMPTS => {
                note.open = Some(Intent { attempt: 0, since: self.world.now(), ..intent });
                self.park(note, "not_seen_after_attempts")
            }
            Ok(None) => Ok(()),
            Err(failure) => self.refused(failure, note).await,
        }
    }
}

fn plainer(plainness: Plainness) -> Plainness {
    match plainness {
        Plainness::Full => Plainness::Plain,
        Plainness::Plain | Plainness::Stub => Plainness::Stub,
    }
}

impl<W: World> Worker<'_, W> {
    /// Sets a state. It may be repeated, so an unknown answer asks for nothing but doing it again, and once more
    /// when an older setting can no longer arrive.
    async fn set(
        &self,
        name: String,
        setting: &Setting,
        hash: String,
        picture: &Picture,
        note: &mut PlaceNote,
    ) -> Result<(), Stop> {
        self.pace(note, false).await?;
        if !self.may_send(self.world.now()) {
            return Err(Stop::At(Standing::OutOfTime));
        }
        if note.set.remove(&name).is_some() && self.world.holds(Rule::ForgetFirst) {
            // From here on nobody knows which state stands there, until the answer is known.
            self.save(note).await?;
        }
        let now = self.world.now();
        match self.destinations.set(self, setting, &hash, picture, note).await {
            Ok(()) => {
                note.again.retain(|other, at| *other != name || *at > now);
                note.set.insert(name, hash);
                self.mended(note).await?;
            }
            Err(Failure::Gone { .. }) if self.destination == Destination::Slack => {
                note.set.insert(name, GONE.to_owned());
            }
            Err(Failure::Content { why }) => {
                warn!(destination = self.destination.as_str(), name, why, "cannot be set");
                note.set.insert(name, hash);
            }
            Err(failure) => {
                if matches!(failure, Failure::Unknown { .. }) && self.world.holds(Rule::SetAgain) {
                    note.again.insert(name, now + QUARANTINE);
                }
                return self.refused(failure, note).await;
            }
        }
        Ok(())
    }

    /// Rewrites something that was told. What a person deleted stays deleted.
    async fn edit(
        &self,
        key: Key,
        remote: String,
        content: Content,
        hash: String,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), Stop> {
        self.pace(note, false).await?;
        if !self.may_send(self.world.now()) {
            return Err(Stop::At(Standing::OutOfTime));
        }
        let was_seen = ledger.get(&key).is_some_and(|told| told.seen == Seen::Yes);
        let sent = Box::pin(self.destinations.edit(self, &key, &remote, &content, &hash, note)).await;
        let seen = match sent {
            Ok(()) => Seen::Yes,
            Err(Failure::Gone { .. }) if was_seen => Seen::Deleted,
            // Nobody ever saw it there: it was never stored, and is owed again.
            Err(Failure::Gone { .. }) => {
                self.world.store().untell(self.case, self.destination, &key).await?;
                ledger.remove(&key);
                return Err(Stop::Replan);
            }
            Err(Failure::Content { why }) => {
                warn!(destination = self.destination.as_str(), %key, why, "cannot be rewritten");
                Seen::Yes
            }
            Err(failure) => return self.refused(failure, note).await,
        };
        self.tell(key, Told { remote, hash, seen, theirs: false }, ledger).await
    }

    /// What follows when an addition was not answered with yes.
    async fn failed(&self, failure: Failure, note: &mut PlaceNote) -> Result<(), Stop> {
        match &failure {
            Failure::Unknown { .. } if self.world.holds(Rule::UnknownIsNotFailure) => {}
            _ => note.open = None,
        }
        self.refused(failure, note).await
    }

    /// What follows for the destination when anything was not answered with yes.
    async fn refused<T>(&self, failure: Failure, note: &mut PlaceNote) -> Result<T, Stop> {
        let now = self.world.now();
        match failure {
            Failure::NotApplied { retry_after, why } => {
                note.failures = note.failures.saturating_add(1);
                let word =
                    retry_after.map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(Millis::MAX / 4));
                let pause = word.max(doubling(PAUSE, note.failures));
                warn!(destination = self.destination.as_str(), why, pause, "refused for now");
                note.not_before = now + if self.world.holds(Rule::RetryAfter) { pause } else { 1 };
                if word > 0 && self.world.holds(Rule::RetryAfter) {
                    gate::throttle(self.world, self.destination, now + word).await?;
                }
            }
            Failure::Unknown { why } => {
                note.failures = note.failures.saturating_add(1);
                warn!(destination = self.destination.as_str(), why, "no answer");
                note.not_before =
                    if note.open.is_some() { now } else { now + doubling(PAUSE, note.failures) };
            }
            Failure::Content { why } | Failure::Gone { why } | Failure::Broken { everywhere: false, why } => {
                return self.park(note, &why);
            }
            Failure::Broken { everywhere: true, why } => {
                if gate::open(self.world, self.destination, now, &why).await? {
                    self.broken.set(true);
                }
                return self.park(note, &why);
            }
        }
        Err(Stop::At(Standing::Waiting(note.not_before)))
    }

    /// A person is needed. The debt stays, and is tried again now and then: the cause may have been mended.
    fn park<T>(&self, note: &mut PlaceNote, why: &str) -> Result<T, Stop> {
        warn!(destination = self.destination.as_str(), case = %self.case, why, "parked");
        note.parked = Some(why.to_owned());
        note.failures = note.failures.saturating_add(1);
        note.not_before = self.world.now() + doubling(PARKED, note.failures);
        Err(Stop::At(Standing::Waiting(note.not_before)))
    }

    /// Waits for a free slot, so that a channel gets one post a second and an issue its 20 writes in 2 s at most;
    /// and not while the destination is broken, or another worker was told to wait.
    async fn pace(&self, note: &mut PlaceNote, adds: bool) -> Result<(), Stop> {
        let place = note.home.as_ref().map_or(self.settings.slack.channel.as_str(), |home| &home.place);
        let slot = async {
            match adds || self.destination == Destination::Jira {
                true => gate::slot(self.world, self.destination, place, self.world.now()).await,
                false => Ok(0),
            }
        };
        let slot = slot.await?;
        self.wait_until(slot).await?;
        // Asked last: another worker may have been told to wait while this one waited for its slot.
        self.patience(note).await
    }

    /// Nothing is asked of a destination while it is broken, or told anybody to come back later.
    async fn patience(&self, note: &mut PlaceNote) -> Result<(), Stop> {
        let breaker = gate::read(self.world, self.destination).await?;
        self.tripped.set(breaker.trips > 0);
        if breaker.until > self.world.now() && self.world.holds(Rule::RetryAfter) {
            note.not_before = note.not_before.max(breaker.until);
            self.wait_until(breaker.until).await?;
        }
        Ok(())
    }

    /// Something was answered well: whatever was broken is mended.
    async fn mended(&self, note: &mut PlaceNote) -> Result<(), Stop> {
        note.failures = 0;
        note.parked = None;
        if self.tripped.replace(false) {
            gate::close(self.world, self.destination).await?;
        }
        Ok(())
    }

    async fn wait_until(&self, at: Millis) -> Result<(), Stop> {
        let now = self.world.now();
        let wait = at - now;
        if wait <= 0 {
            return Ok(());
        }
        if wait > WORTH_WAITING || !self.fits(now + wait) {
            return Err(Stop::At(Standing::Waiting(at)));
        }
        self.world.sleep(Duration::from_millis(wait.unsigned_abs())).await;
        Ok(())
    }

    /// Nothing is started that cannot end before the function's time does.
    fn fits(&self, now: Millis) -> bool {
        self.deadline - now > LONGEST
    }

    fn may_send(&self, since: Millis) -> bool {
        let now = self.world.now();
        !self.world.holds(Rule::SendCheck) || (now - since <= SEND_WITHIN && self.fits(now))
    }

    async fn save(&self, note: &PlaceNote) -> Result<(), Stop> {
        let json = serde_json::to_string(note).map_err(|error| store::Error::Trouble(error.to_string()))?;
        Ok(self.world.store().save(self.case, self.epoch, Note::Of(self.destination), &json).await?)
    }
}

/// The `n`th pause of a row that doubles from the first to the longest.
fn doubling((first, longest): (Millis, Millis), n: u32) -> Millis {
    first.saturating_mul(1 << n.saturating_sub(1).min(16)).min(longest)
}
