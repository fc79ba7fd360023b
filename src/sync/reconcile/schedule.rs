//! When is a case looked at again?

use super::{Desk, notes::Notes};
use crate::{
    aws::sir::FaultKind,
    case::{Millis, turn},
    runtime::Rule,
    state::notes::CaseNote,
    sync::{
        apply::{Left, Standing},
        observe::Look,
    },
    telemetry::report::Report,
};

/// A look that found less than was announced is repeated after this: the service's reads may be 5 s old.
pub(super) const LOOK_AGAIN: Millis = 10_000;
/// What is older for this long is no stale read: something was taken away.
const OLDER: Millis = 30_000;
/// The pause after the service refused a look.
const SIR_PAUSE: Millis = 30_000;
/// The pause after the service said that we may not, or that there is no such case.
const SIR_DENIED: Millis = 1_800_000;
/// The pause between two looks while the AI agent is at work: no event tells of it.
const AGENT_PAUSE: Millis = 300_000;
/// The pause between two looks while the service checks a file: no event tells of its end.
const CHECK_PAUSE: Millis = 60_000;
/// A file that is not checked within this is left to the hourly check.
const CHECK_WATCHED: Millis = 1_800_000;
/// The pause after a check that missed something which we had sent.
const VERIFY_AGAIN: Millis = 300_000;

impl Desk<'_> {
    /// What the next look must know of this one.
    pub(super) fn remember(&self, seen: &Look, want: u64, news: usize, started: Millis, note: &mut CaseNote) {
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

    pub(super) fn next_verify(&self, now: Millis, absent: bool) -> Option<Millis> {
        let pause = match absent {
            true => VERIFY_AGAIN,
            false => Millis::from(self.settings.timing.verify_minutes) * 60_000,
        };
        self.world.holds(Rule::Verify).then_some(now + pause)
    }

    /// The earliest of all reasons to come back; `None` for a case that is at rest for ever.
    pub(super) fn come_back(
        &self,
        seen: &Look,
        notes: &Notes,
        left: &[Left; 2],
        report: &mut Report,
    ) -> Option<Millis> {
        let now = self.world.now();
        let owed = left.iter().filter_map(|left| match left.told {
            Standing::Settled => None,
            Standing::Waiting(at) => Some(at),
            Standing::OutOfTime => Some(now),
        });
        report.waiting = u32::try_from(owed.clone().count()).unwrap_or(0);
        let decoration = left.iter().filter_map(|left| left.decorate_at);
        let at_work =
            seen.investigations.iter().any(|step| matches!(step.status.as_str(), "Pending" | "InProgress"));
        let checked = seen.case.attachments.iter().any(|file| {
            file.status == "Pending" && now - file.created * 1_000 < CHECK_WATCHED && !seen.case.is_closed()
        });
        let timing = &self.settings.timing;
        let nudge = notes
            .case
            .waiting
            .and_then(|waiting| turn::nudge_at(waiting, timing.nudge_hours, timing.quiet_hours));
        owed.chain(decoration)
            .chain(notes.case.verify_at)
            .chain(notes.case.look_again_at)
            .chain(at_work.then_some(now + AGENT_PAUSE))
            .chain(checked.then_some(now + CHECK_PAUSE))
            .chain(nudge.filter(|at| *at > now))
            .min()
    }
}

impl CaseNote {
    /// Whether a look shows less than an earlier one did: it must not take back what was told since.
    pub(super) fn is_older(&mut self, seen: &Look, now: Millis) -> bool {
        let older = seen.case.updated < self.updated || seen.newest.is_some() && seen.newest < self.newest;
        older && now - *self.older_since.get_or_insert(now) < OLDER
    }

    /// The newest that was ever seen; what was seen now, if that is older all the same.
    pub(super) fn seen(&mut self, seen: &Look) {
        self.older_since = None;
        self.updated = seen.case.updated;
        self.newest = seen.newest.or(self.newest);
    }
}

/// How long to leave the service alone, where somebody asked for the case since the last look or nobody did.
pub(super) fn pause_after(kind: &FaultKind, asked_since: bool) -> Millis {
    match kind {
        // Reads may be 5 s old: of a case that was opened just now they may know nothing yet.
        FaultKind::NotFound if asked_since => LOOK_AGAIN,
        FaultKind::Throttled { retry_after: Some(time) } => {
            Millis::try_from(time.as_millis()).unwrap_or(SIR_PAUSE).max(1_000)
        }
        FaultKind::Denied | FaultKind::NotFound | FaultKind::NotActive => SIR_DENIED,
        _ => SIR_PAUSE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, Seconds, snapshot::tests::case};

    fn look(updated: Seconds, newest: Option<Seconds>) -> Look {
        let case = Case { updated: Some(updated), ..case() };
        Look { case, comments: Vec::new(), newest, investigations: Vec::new() }
    }

    #[test]
    fn an_older_look_takes_nothing_back_until_it_has_been_older_for_long() {
        let mut note = CaseNote::default();
        assert!(!note.is_older(&look(5, Some(7)), 0));
        note.seen(&look(5, Some(7)));
        assert!(note.is_older(&look(4, Some(7)), 1_000), "the case");
        assert!(note.is_older(&look(5, Some(6)), 2_000), "the comments");
        assert!(!note.is_older(&look(5, None), 3_000), "where not all were read they say nothing");
        assert!(note.is_older(&look(5, Some(6)), 1_000 + OLDER - 1));
        assert!(!note.is_older(&look(5, Some(6)), 1_000 + OLDER), "something was taken away");
        note.seen(&look(5, Some(6)));
        assert!(!note.is_older(&look(5, Some(6)), 60_000));
        assert!(note.is_older(&look(5, Some(5)), 61_000));
    }

    #[test]
    fn a_case_that_is_not_found_just_after_its_event_is_looked_for_soon_and_else_left_alone() {
        assert_eq!(pause_after(&FaultKind::NotFound, true), LOOK_AGAIN);
        assert_eq!(pause_after(&FaultKind::NotFound, false), SIR_DENIED);
        assert_eq!(pause_after(&FaultKind::Denied, true), SIR_DENIED);
    }
}
