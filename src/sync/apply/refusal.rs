//! What follows for a target when something was not answered with yes, and may anything be sent now?

use std::time::Duration;

use tracing::warn;

use super::{Standing, Stop, Worker};
use crate::{
    case::Millis,
    http::{Failure, LONGEST},
    runtime::{
        World,
        breaker::{self, Known},
        gate::{self, Slot},
        note,
    },
    state::{self, Reserved, agenda, notes::PlaceNote},
    targets::contract::Target,
};

/// An effect leaves at most this long after its INTENT was written.
const SEND_WITHIN: Millis = 2_000;
/// A wait of at most this long is spent waiting; a longer one is given to the sweep.
const WORTH_WAITING: Millis = 3_000;
/// The first and the longest pause after something was refused for now.
const PAUSE: (Millis, Millis) = (1_000, 300_000);
/// The first and the longest pause while a person is needed.
const PARKED: (Millis, Millis) = (300_000, 3_600_000);

/// What waits for a person is tried no more often than this, however often somebody asks.
const RECONSIDERED: Millis = 60_000;

impl Worker<'_> {
    /// What follows when an addition was not answered with yes.
    pub(super) async fn failed(&self, failure: Failure, note: &mut PlaceNote) -> Result<(), Stop> {
        if !matches!(failure, Failure::Unknown { .. }) {
            note.open = None;
        }
        self.refused(failure, note).await
    }

    /// What follows for the target when anything was not answered with yes.
    pub(super) async fn refused<T>(&self, failure: Failure, note: &mut PlaceNote) -> Result<T, Stop> {
        let now = self.world().now();
        match failure {
            Failure::NotApplied { retry_after, why } => {
                note.failures = note.failures.saturating_add(1);
                let word =
                    retry_after.map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(Millis::MAX / 4));
                let pause = word.max(doubling(PAUSE, note.failures));
                warn!(destination = self.name(), why, pause, "refused for now");
                note.not_before = now + pause;
            }
            Failure::Unknown { why } => {
                note.failures = note.failures.saturating_add(1);
                warn!(destination = self.name(), why, "no answer");
                note.not_before =
                    if note.open.is_some() { now } else { now + doubling(PAUSE, note.failures) };
            }
            Failure::Gone { .. } if self.is_buried(note).await => return Err(Stop::At(Standing::Settled)),
            Failure::Shut { .. } if self.closed.get() => return self.rest(note),
            Failure::Shut { why } => {
                self.shut.set(self.shut.get() || note.parked.is_none());
                return self.park(note, &why);
            }
            Failure::Content { why } | Failure::Gone { why } | Failure::Broken { everywhere: false, why } => {
                return self.park(note, &why);
            }
            Failure::Broken { everywhere: true, why } => match self.are_we_known().await? {
                Some(true) => return self.park(note, &why),
                Some(false) => {
                    self.trip(&why).await?;
                    return self.park(note, &why);
                }
                // It says nothing of this place that somebody is asking.
                None => note.not_before = now + PAUSE.0.max(doubling(PAUSE, note.failures)),
            },
        }
        Err(Stop::At(Standing::Waiting(note.not_before)))
    }

    /// Of a case that is closed, whose place people closed as well, nothing more is owed.
    fn rest<T>(&self, note: &mut PlaceNote) -> Result<T, Stop> {
        (note.parked, note.failures, note.not_before) = (None, 0, 0);
        Err(Stop::At(Standing::Settled))
    }

    /// Whether the anchor is gone where that ends in a notice and a way back: then nothing is tried any more, and nobody
    /// is alarmed. Where it is there again, the hourly check finds it.
    pub(super) async fn is_buried(&self, note: &mut PlaceNote) -> bool {
        let is_gone = note.home.is_some()
            && !self.planner().forgets_what_is_gone()
            && matches!(self.target.is_gone(note).await, Ok(true));
        if is_gone && !note.is_gone() {
            warn!(destination = self.name(), case = %self.lease.case, "its anchor is gone");
            note.bury();
        }
        is_gone
    }

    /// Whether what was refused may be refused here alone: only where the target does not know us, all would be. It is
    /// asked once a minute, whoever asks. `None` while nobody can tell.
    pub(super) async fn are_we_known(&self) -> Result<Option<bool>, Stop> {
        Ok(knows_us(self.world(), self.target).await?)
    }

    /// The target is broken for everybody.
    pub(super) async fn trip(&self, why: &str) -> Result<(), Stop> {
        if breaker::open(self.world(), self.planner().kind(), self.world().now(), why).await? {
            self.broken.set(true);
            agenda::watch_breakers(self.world().store()).await?;
        }
        Ok(())
    }

    /// A person is needed. The debt stays, and is tried again now and then: the cause may have been mended.
    pub(super) fn park<T>(&self, note: &mut PlaceNote, why: &str) -> Result<T, Stop> {
        warn!(destination = self.name(), case = %self.lease.case, why, "parked");
        note.parked = Some(why.to_owned());
        note.failures = note.failures.saturating_add(1);
        note.not_before = self.world().now() + doubling(PARKED, note.failures);
        Err(Stop::At(Standing::Waiting(note.not_before)))
    }

    /// Waits for a free slot, so that no place gets more than it takes; and not while the target is broken, or another
    /// worker was told to wait.
    pub(super) async fn pace(&self, note: &mut PlaceNote, adds: bool) -> Result<(), Stop> {
        self.slot(note, adds).await?;
        // Asked last: another worker may have been told to wait while this one waited for its slot.
        self.patience(note).await
    }

    pub(super) async fn slot(&self, note: &PlaceNote, adds: bool) -> Result<(), Stop> {
        let Some(slot) = self.planner().slot(note, adds) else { return Ok(()) };
        if let Some(at) = self.context.queues.own(self.planner().kind(), &slot, self.world().now()) {
            return self.spend(at).await;
        }
        let is_first = !self.posted.replace(true);
        if note.home.is_none() || is_first {
            // What a case is shown by, and the first that is new on it, come before whatever else waits for the place.
            return self.take(&slot, self.last_moment()).await;
        }
        let queue = self.context.queues.before(self.planner().kind(), &slot);
        let _mine = queue.lock().await;
        loop {
            // No more than one ahead: so that those that come before it need not wait behind it.
            let soon = self.world().now() + slot.spacing;
            match gate::reserve(self.world(), self.planner().kind(), &slot, soon.min(self.last_moment()))
                .await?
            {
                Reserved::At(at) => return self.spend(at).await,
                Reserved::NotBefore(at) if at > self.last_moment() => {
                    return Err(Stop::At(Standing::Waiting(at)));
                }
                Reserved::NotBefore(at) => self.spend(at - slot.spacing).await?,
            }
        }
    }

    async fn take(&self, slot: &Slot, latest: Millis) -> Result<(), Stop> {
        match gate::reserve(self.world(), self.planner().kind(), slot, latest).await? {
            Reserved::At(at) => self.spend(at).await,
            Reserved::NotBefore(at) => Err(Stop::At(Standing::Waiting(at))),
        }
    }

    /// After this nothing is begun any more.
    fn last_moment(&self) -> Millis {
        self.context.deadline - LONGEST - SEND_WITHIN
    }

    /// Waits, however long: for what was taken, or is about to be.
    async fn spend(&self, until: Millis) -> Result<(), Stop> {
        let wait = until - self.world().now();
        if wait > 0 {
            self.world().sleep(Duration::from_millis(wait.unsigned_abs())).await;
        }
        Ok(())
    }

    /// Nothing is said, set or rewritten where strangers read along, or where nobody can tell. Asked before the INTENT,
    /// once a round: what was not sent leaves no question open.
    pub(super) async fn among_us(&self, note: &mut PlaceNote) -> Result<(), Stop> {
        if self.world().now() < self.among_us.get() {
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

    /// Whether a stranger reads what is said of the case. That none does is asked once.
    pub(super) async fn reads_along(&self, note: &PlaceNote) -> Result<bool, Failure> {
        if self.world().now() < self.among_us.get() {
            return Ok(false);
        }
        let ours = self.target.ours_until(note).await?;
        self.among_us.set(ours.unwrap_or(0));
        Ok(ours.is_none())
    }

    /// Nothing is asked of a target while it is broken, or told anybody to come back later.
    pub(super) async fn patience(&self, note: &mut PlaceNote) -> Result<(), Stop> {
        let until = self.left_alone_until().await?;
        if until > self.world().now() {
            note.not_before = note.not_before.max(until);
        }
        self.wait_until(until).await
    }

    /// Until when the target is left alone by everybody; long ago where it is not.
    pub(super) async fn left_alone_until(&self) -> Result<Millis, Stop> {
        let kind = self.planner().kind();
        let breaker = match note::fetch(self.world(), &[breaker::name(kind), gate::quiet_note(kind)]).await {
            // One of them may be readable.
            Ok(()) | Err(_) => breaker::read(self.world(), kind).await?,
        };
        self.tripped.set(breaker.trips > 0);
        Ok(breaker.until)
    }

    /// Something was answered well: whatever was broken is mended.
    pub(super) async fn mended(&self, note: &mut PlaceNote) -> Result<(), Stop> {
        note.failures = 0;
        note.parked = None;
        if self.tripped.replace(false) {
            breaker::close(self.world(), self.planner().kind()).await?;
        }
        Ok(())
    }

    pub(super) async fn wait_until(&self, at: Millis) -> Result<(), Stop> {
        let now = self.world().now();
        let wait = at - now;
        if wait <= 0 {
            return Ok(());
        }
        if wait > WORTH_WAITING || !self.fits(now + wait) {
            return Err(Stop::At(Standing::Waiting(at)));
        }
        self.world().sleep(Duration::from_millis(wait.unsigned_abs())).await;
        Ok(())
    }

    /// Nothing is started that cannot end before the function's time does.
    pub(super) fn fits(&self, now: Millis) -> bool {
        self.context.deadline - now > LONGEST
    }

    pub(super) fn may_send(&self, since: Millis) -> bool {
        let now = self.world().now();
        now - since <= SEND_WITHIN && self.fits(now)
    }
}

/// Whether a target knows us: it is asked once a minute, whoever asks. `None` while nobody can tell.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn knows_us(world: &dyn World, target: &dyn Target) -> state::Result<Option<bool>> {
    let kind = target.planner().kind();
    match breaker::known(world, kind).await? {
        Known::Said(known) => return Ok(Some(known)),
        Known::Asked => return Ok(None),
        Known::Ask => {}
    }
    let known = target.knows_us().await.ok();
    breaker::tell_known(world, kind, known).await?;
    Ok(known)
}

/// Somebody asks for the case: what waits for a person may be mended, so it is tried at once, once a minute at most.
pub(crate) fn reconsider(note: &mut PlaceNote, now: Millis) {
    let tried = note.not_before - doubling(PARKED, note.failures);
    if note.parked.is_some() && now - tried >= RECONSIDERED {
        note.not_before = note.not_before.min(now);
    }
}

/// The `n`th pause of a row that doubles from the first to the longest.
pub(super) fn doubling((first, longest): (Millis, Millis), n: u32) -> Millis {
    first.saturating_mul(1 << n.saturating_sub(1).min(16)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_has_a_parked_place_tried_at_once_but_not_more_than_once_a_minute() {
        let parked = |failures| PlaceNote {
            parked: Some("not_in_channel".to_owned()),
            failures,
            not_before: 1_000_000 + doubling(PARKED, failures),
            ..PlaceNote::default()
        };
        for failures in [1, 2, 9] {
            let mut note = parked(failures);
            reconsider(&mut note, 1_000_000 + RECONSIDERED - 1);
            assert_eq!(note, parked(failures));
            reconsider(&mut note, 1_000_000 + RECONSIDERED);
            assert_eq!(note.not_before, 1_000_000 + RECONSIDERED);
        }
        let waits = PlaceNote { parked: None, ..parked(3) };
        let mut note = waits.clone();
        reconsider(&mut note, 2_000_000);
        assert_eq!(note, waits, "a pause that was asked for is kept");
    }
}
