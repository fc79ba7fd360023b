//! How is something added that must be there exactly once? INTENT, send, DONE, and the question that stays open where
//! nobody knows whether it was made.

use tracing::warn;

use super::{Stop, Worker};
use crate::{
    case::{Millis, snapshot::Facts},
    http::Failure,
    runtime::Rule,
    state::{
        Destination, Seen, Told,
        key::{Key, Plainness},
        notes::{CHANNEL, HOME, Home, Intent, PlaceNote},
    },
    sync::apply::Standing,
    targets::{
        content::Content,
        telling::{Ledger, Picture},
    },
    telemetry::report::Tally,
};

/// An addition of which nothing is known may still arrive within this; longer than send delay, late arrival
/// (seen up to 40 s) and stale reads together.
pub(super) const QUARANTINE: Millis = 60_000;
/// The same for a Jira issue, whose search index lags.
const QUARANTINE_ISSUE: Millis = 300_000;
/// After so many sendings of one addition a person is needed.
const ATTEMPTS: u8 = 3;

/// What an addition adds.
pub enum What {
    /// The case's channel, with this name.
    Channel(String),
    /// The card or the issue.
    Home,
    /// A line in the thread, a comment on the issue.
    Content(Content),
}

pub(super) struct Addition {
    pub key: Key,
    pub what: What,
    pub hash: String,
    pub facts: Option<Facts>,
}

impl Addition {
    pub(super) fn channel(name: String) -> Self {
        Self { key: Key(CHANNEL.to_owned()), hash: name.clone(), what: What::Channel(name), facts: None }
    }

    pub(super) fn home(hash: String, facts: Option<Facts>) -> Self {
        Self { key: Key(HOME.to_owned()), what: What::Home, hash, facts }
    }
}

impl Worker<'_> {
    /// Adds something that must be there exactly once.
    pub(super) async fn add(
        &self,
        addition: Addition,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), Stop> {
        let Addition { key, what, hash, facts } = addition;
        if !matches!(what, What::Channel(_)) {
            self.among_us(note).await?;
        }
        let mut intent = Intent { key, since: 0, attempt: 1, plainness: Plainness::Full, hash, facts };
        match &note.open {
            Some(open) if open.key == intent.key => {
                intent.attempt = open.attempt + 1;
                intent.plainness = open.plainness;
            }
            _ => note.open = None,
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
    pub(super) async fn done(
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
    pub(super) async fn adopt(&self, intent: Intent, remote: &str, note: &mut PlaceNote) -> Result<(), Stop> {
        let is_home = intent.key.0 == HOME;
        let place = note.channel.clone().unwrap_or_else(|| self.settings.slack.channel.clone());
        note.adopt(intent, &place, remote);
        match &note.home {
            Some(home) if is_home => self.bind(home, note.channel.as_deref()).await,
            _ => Ok(()),
        }
    }

    pub(super) async fn tell(&self, key: Key, told: Told, ledger: &mut Ledger) -> Result<(), Stop> {
        self.world.store().tell(self.case, self.epoch, self.destination, &key, &told).await?;
        ledger.insert(key, told);
        Ok(())
    }

    /// From a thread, a channel or an issue to its case, so that a command given there needs no case id.
    pub(super) async fn bind(&self, home: &Home, channel: Option<&str>) -> Result<(), Stop> {
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
    pub(super) async fn resolve(
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
