//! What follows for a destination when something was not answered with yes, and may anything be sent now?

use std::time::Duration;

use tracing::warn;

use super::{Standing, Stop, Worker};
use crate::{
    case::Millis,
    http::{Failure, LONGEST},
    runtime::{Rule, gate},
    state::{Destination, notes::PlaceNote},
    targets::slack::known,
};

/// An effect leaves at most this long after its INTENT was written.
const SEND_WITHIN: Millis = 2_000;
/// A wait of at most this long is spent waiting; a longer one is given to the sweep.
const WORTH_WAITING: Millis = 3_000;
/// The first and the longest pause after something was refused for now.
const PAUSE: (Millis, Millis) = (1_000, 300_000);
/// The first and the longest pause while a person is needed.
const PARKED: (Millis, Millis) = (300_000, 3_600_000);

impl Worker<'_> {
    /// What follows when an addition was not answered with yes.
    pub(super) async fn failed(&self, failure: Failure, note: &mut PlaceNote) -> Result<(), Stop> {
        match &failure {
            Failure::Unknown { .. } if self.world.holds(Rule::UnknownIsNotFailure) => {}
            _ => note.open = None,
        }
        self.refused(failure, note).await
    }

    /// What follows for the destination when anything was not answered with yes.
    pub(super) async fn refused<T>(&self, failure: Failure, note: &mut PlaceNote) -> Result<T, Stop> {
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
                self.trip(&why).await?;
                return self.park(note, &why);
            }
        }
        Err(Stop::At(Standing::Waiting(note.not_before)))
    }

    /// The destination is broken for everybody.
    pub(super) async fn trip(&self, why: &str) -> Result<(), Stop> {
        if gate::open(self.world, self.destination, self.world.now(), why).await? {
            self.broken.set(true);
        }
        Ok(())
    }

    /// A person is needed. The debt stays, and is tried again now and then: the cause may have been mended.
    pub(super) fn park<T>(&self, note: &mut PlaceNote, why: &str) -> Result<T, Stop> {
        warn!(destination = self.destination.as_str(), case = %self.case, why, "parked");
        note.parked = Some(why.to_owned());
        note.failures = note.failures.saturating_add(1);
        note.not_before = self.world.now() + doubling(PARKED, note.failures);
        Err(Stop::At(Standing::Waiting(note.not_before)))
    }

    /// Waits for a free slot, so that a channel gets one post a second and an issue its 20 writes in 2 s at most;
    /// and not while the destination is broken, or another worker was told to wait.
    pub(super) async fn pace(&self, note: &mut PlaceNote, adds: bool) -> Result<(), Stop> {
        self.slot(note, adds).await?;
        // Asked last: another worker may have been told to wait while this one waited for its slot.
        self.patience(note).await
    }

    pub(super) async fn slot(&self, note: &PlaceNote, adds: bool) -> Result<(), Stop> {
        let place = note.home.as_ref().map_or(self.settings.slack.channel.as_str(), |home| &home.place);
        let slot = async {
            match adds || self.destination == Destination::Jira {
                true => gate::slot(self.world, self.destination, place, self.world.now()).await,
                false => Ok(0),
            }
        };
        let slot = slot.await?;
        self.wait_until(slot).await
    }

    /// Nothing is said, set or rewritten where people of another workspace read along, or where nobody can tell. Asked
    /// before the INTENT, once a round: what was not sent leaves no question open.
    pub(super) async fn among_us(&self, note: &mut PlaceNote) -> Result<(), Stop> {
        if self.destination != Destination::Slack || self.world.now() < self.among_us.get() {
            return Ok(());
        }
        self.patience(note).await?;
        match self.reads_along(note).await {
            Ok(false) => Ok(()),
            Ok(true) => self.park(note, "channel_is_shared"),
            Err(Failure::Unknown { why }) => {
                self.refused(Failure::NotApplied { retry_after: None, why }, note).await
            }
            Err(failure) => self.refused(failure, note).await,
        }
    }

    /// Whether somebody of another workspace reads what is said of the case. That nobody does is asked once.
    pub(super) async fn reads_along(&self, note: &PlaceNote) -> Result<bool, Failure> {
        if self.destination != Destination::Slack || self.world.now() < self.among_us.get() {
            return Ok(false);
        }
        let home = note.home.as_ref().map(|home| home.place.clone()).or_else(|| note.channel.clone());
        let channel = home.unwrap_or_else(|| self.settings.slack.channel.clone());
        let ours = known::ours_until(&self.destinations.slack, &channel).await?;
        self.among_us.set(ours.unwrap_or(0));
        Ok(ours.is_none())
    }

    /// Nothing is asked of a destination while it is broken, or told anybody to come back later.
    pub(super) async fn patience(&self, note: &mut PlaceNote) -> Result<(), Stop> {
        let until = self.left_alone_until().await?;
        if until > self.world.now() {
            note.not_before = note.not_before.max(until);
        }
        self.wait_until(until).await
    }

    /// Until when the destination is left alone by everybody; long ago where it is not.
    pub(super) async fn left_alone_until(&self) -> Result<Millis, Stop> {
        let breaker = gate::read(self.world, self.destination).await?;
        self.tripped.set(breaker.trips > 0);
        Ok(if self.world.holds(Rule::RetryAfter) { breaker.until } else { 0 })
    }

    /// Something was answered well: whatever was broken is mended.
    pub(super) async fn mended(&self, note: &mut PlaceNote) -> Result<(), Stop> {
        note.failures = 0;
        note.parked = None;
        if self.tripped.replace(false) {
            gate::close(self.world, self.destination).await?;
        }
        Ok(())
    }

    pub(super) async fn wait_until(&self, at: Millis) -> Result<(), Stop> {
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
    pub(super) fn fits(&self, now: Millis) -> bool {
        self.deadline - now > LONGEST
    }

    pub(super) fn may_send(&self, since: Millis) -> bool {
        let now = self.world.now();
        !self.world.holds(Rule::SendCheck) || (now - since <= SEND_WITHIN && self.fits(now))
    }
}

/// The `n`th pause of a row that doubles from the first to the longest.
pub(super) fn doubling((first, longest): (Millis, Millis), n: u32) -> Millis {
    first.saturating_mul(1 << n.saturating_sub(1).min(16)).min(longest)
}
