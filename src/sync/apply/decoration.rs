//! How is that set for which nothing waits? After what is told, each state by itself; what is refused is owed, and its
//! refusal is its own.

use tracing::warn;

use super::{Hand, Standing, Stop, Worker, refusal::doubling};
use crate::{
    case::Millis,
    http::Failure,
    runtime::breaker,
    state::{
        self,
        notes::{Owed, PlaceNote},
    },
    targets::{contract::QUARANTINE, telling::Decoration},
};

/// The first and the longest pause after a state had no answer.
const PAUSE: (Millis, Millis) = (1_000, 300_000);
/// The first and the longest pause after it was refused.
const REFUSED: (Millis, Millis) = (300_000, 3_600_000);
/// What is refused on a closed case is tried for so long.
const CLOSED: Millis = 86_400_000;
/// After this the rest is left to the next look: somebody may have commented meanwhile.
const AT_ONCE: Millis = 5_000;
/// While nobody can tell who reads the channel, and while strangers do.
const UNSURE: (Millis, Millis) = (60_000, 300_000);

/// Why a state was not set.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Unset {
    /// It was not applied; the target's word on when to come back, 0 where it has none.
    NotNow(Millis),
    /// Nobody knows.
    Unanswered,
    /// The target does not know us any more: that says nothing of the state.
    Stranger,
    /// Where it is to stand nothing may be written for now: that says nothing of the state either.
    Shut,
    Bearer,
    /// It was refused for its own sake: people may read why.
    Refused(String),
}

impl Worker<'_> {
    /// Sets what is due, unless what is told was asked to wait by the target itself. The answer is when some of it
    /// is due again.
    pub(super) async fn decorate(
        &self,
        told: Standing,
        hand: &mut Hand<'_>,
    ) -> Result<Option<Millis>, state::Error> {
        if self.rests(hand.note) || hand.note.another.is_some() {
            return Ok(None);
        }
        let wanted = self.planner().decoration(hand.picture, hand.note, hand.ledger);
        forget_unwanted(hand.note, &wanted);
        let each = match held(told, hand.note, self.world().now()) {
            Some(until) => Err(Stop::At(Standing::Waiting(until))),
            None => self.set_each(&wanted, hand).await,
        };
        let now = self.world().now();
        let held = match each {
            Err(Stop::Store(error)) => return Err(error),
            Err(Stop::At(Standing::Waiting(until))) => until,
            Ok(()) | Err(Stop::At(Standing::Settled | Standing::OutOfTime) | Stop::Replan) => now,
        };
        let due = wanted.iter().filter_map(|state| state.due_at(hand.note)).min();
        Ok(due.map(|at| at.max(held).max(now)))
    }

    /// What was answered last goes first.
    async fn set_each(&self, wanted: &[Decoration], hand: &mut Hand<'_>) -> Result<(), Stop> {
        let began = self.world().now();
        let failures = |state: &Decoration| hand.note.owed.get(&state.name).map_or(0, |owed| owed.failures);
        let is_due = |state: &&Decoration| state.due_at(hand.note).is_some_and(|at| at <= began);
        let mut due: Vec<&Decoration> = wanted.iter().filter(is_due).collect();
        due.sort_by_key(|state| failures(state));
        for state in due {
            if self.world().now() - began >= AT_ONCE {
                return Err(Stop::At(Standing::OutOfTime));
            }
            hand.tally.planned += 1;
            self.unseen_by_strangers(hand.note).await?;
            self.set(state, hand).await?;
        }
        Ok(())
    }

    /// As for what is told, but here nothing is parked for it.
    async fn unseen_by_strangers(&self, note: &PlaceNote) -> Result<(), Stop> {
        let pause = match self.reads_along(note).await {
            Ok(false) => return Ok(()),
            Ok(true) => UNSURE.1,
            Err(_) => UNSURE.0,
        };
        Err(Stop::At(Standing::Waiting(self.world().now() + pause)))
    }

    /// What was not set is owed. It keeps nothing else waiting.
    pub(super) async fn owe(
        &self,
        state: &Decoration,
        failure: Failure,
        hand: &mut Hand<'_>,
    ) -> Result<(), Stop> {
        let now = self.world().now();
        let code = failure.to_string();
        let unset = self.judge(failure).await?;
        if unset == Unset::Bearer && self.is_buried(hand.note).await {
            return Ok(());
        }
        let before = owed_before(hand.note, state);
        let mut owed = after(before.clone(), &unset, now);
        let refused = owed.refusals > before.refusals;
        let closed = hand.picture.view.case.is_closed();
        owed.given_up = refused && is_enough(&owed, state.tries, closed);
        match unset {
            Unset::Unanswered if state.adds => owed.not_before = owed.not_before.max(now + QUARANTINE),
            Unset::Unanswered => drop(hand.note.again.insert(state.name.clone(), now + QUARANTINE)),
            Unset::NotNow(_) | Unset::Stranger | Unset::Shut | Unset::Bearer | Unset::Refused(_) => {}
        }
        if owed.given_up {
            hand.note.again.remove(&state.name);
        }
        if is_new(&before, &owed) {
            hand.tally.parked += u32::from(refused && state.needs_a_person);
            self.say(&state.name, &owed, code, refused).await;
        }
        hand.note.owed.insert(state.name.clone(), owed);
        Ok(())
    }

    /// In the log, and to whoever asks whether all works.
    async fn say(&self, name: &str, owed: &Owed, why: String, refused: bool) {
        let Owed { not_before, given_up, .. } = owed;
        let destination = self.name();
        warn!(case = %self.lease.case, destination, name, why, not_before, given_up, "could not be set");
        if refused {
            let what = name.split('/').next().unwrap_or_default();
            let refused = breaker::Refused { at: self.world().now(), case: self.lease.case.to_string(), why };
            breaker::refused(self.world(), self.planner().kind(), what, refused).await;
        }
    }

    /// What a refusal is about. One that may concern everybody is held against what the target says of us: only
    /// where it does not know us, what is told would be refused as well.
    async fn judge(&self, failure: Failure) -> Result<Unset, Stop> {
        Ok(match failure {
            Failure::NotApplied { retry_after, .. } => Unset::NotNow(
                retry_after.map_or(0, |time| Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX / 4)),
            ),
            Failure::Unknown { .. } => Unset::Unanswered,
            Failure::Gone { .. } => Unset::Bearer,
            // People open it again, but not that of a case that is over.
            Failure::Shut { .. } if !self.closed.get() => Unset::Shut,
            Failure::Content { why } | Failure::Shut { why } | Failure::Broken { everywhere: false, why } => {
                Unset::Refused(why)
            }
            Failure::Broken { everywhere: true, why } => match self.are_we_known().await? {
                Some(true) => Unset::Refused(why),
                Some(false) => {
                    self.trip(&why).await?;
                    Unset::Stranger
                }
                None => Unset::NotNow(0),
            },
        })
    }
}

/// Until when nothing is set. A pause without a parking was asked for by the destination, for all that is sent there.
fn held(told: Standing, note: &PlaceNote, now: Millis) -> Option<Millis> {
    match told {
        Standing::OutOfTime => Some(now),
        Standing::Waiting(_) if note.parked.is_none() && note.not_before > now => Some(note.not_before),
        Standing::Settled | Standing::Waiting(_) => None,
    }
}

/// What no case or setting asks for any more is owed no more. Without a home nobody can tell.
fn forget_unwanted(note: &mut PlaceNote, wanted: &[Decoration]) {
    if note.home.is_some() {
        let is_wanted = |name: &String| wanted.iter().any(|state| state.name == *name);
        note.owed.retain(|name, _| is_wanted(name));
        note.again.retain(|name, _| is_wanted(name));
    }
}

/// What is owed of a state before it is tried again. One that is new was not refused.
fn owed_before(note: &mut PlaceNote, state: &Decoration) -> Owed {
    match note.owed.remove(&state.name) {
        Some(owed) if owed.hash == state.hash => owed,
        other => Owed {
            hash: state.hash.clone(),
            failures: other.map_or(0, |owed| owed.failures),
            ..Owed::default()
        },
    }
}

fn after(owed: Owed, unset: &Unset, now: Millis) -> Owed {
    match unset {
        Unset::NotNow(word) => unanswered(owed, PAUSE, *word, now),
        Unset::Unanswered => unanswered(owed, PAUSE, 0, now),
        Unset::Stranger | Unset::Shut => unanswered(owed, REFUSED, 0, now),
        Unset::Bearer => refused(owed, None, now),
        Unset::Refused(why) => refused(owed, Some(why.clone()), now),
    }
}

fn unanswered(owed: Owed, pauses: (Millis, Millis), least: Millis, now: Millis) -> Owed {
    let failures = owed.failures.saturating_add(1);
    Owed { failures, not_before: now + doubling(pauses, failures).max(least), ..owed }
}

fn refused(owed: Owed, why: Option<String>, now: Millis) -> Owed {
    let since = if owed.refusals == 0 { now } else { owed.since };
    let refusals = owed.refusals.saturating_add(1);
    Owed { refusals, failures: 0, since, why, not_before: now + doubling(REFUSED, refusals), ..owed }
}

/// Whether what was refused once more is given up.
fn is_enough(owed: &Owed, tries: Option<u32>, closed: bool) -> bool {
    let next = owed.not_before - owed.since;
    tries.is_some_and(|tries| owed.refusals >= tries) || closed && next > CLOSED
}

/// Whether there is something to say that was not said: each is said once.
fn is_new(before: &Owed, owed: &Owed) -> bool {
    let unanswered = before.failures == 0 && owed.failures == 1;
    let refused = owed.refusals > before.refusals && (before.refusals == 0 || before.why != owed.why);
    unanswered || refused || owed.given_up
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{key::Fingerprint, notes::Home};

    const HOUR: Millis = 3_600_000;

    /// A state that is tried whenever it is due, and each time refused: when, until it is given up or so often.
    fn tries(state: &Decoration, closed: bool, most: usize) -> (Vec<Millis>, bool) {
        let (mut owed, mut at) = (Owed::default(), Vec::new());
        while at.len() < most && !owed.given_up {
            let now = owed.not_before;
            at.push(now);
            owed = after(owed, &Unset::Refused("resolution".to_owned()), now);
            owed.given_up = is_enough(&owed, state.tries, closed);
        }
        (at, owed.given_up)
    }

    #[test]
    fn what_is_refused_is_tried_ever_more_seldom_and_some_of_it_is_given_up() {
        let minutes = |times: &[Millis]| times.iter().map(|at| at / 60_000).collect::<Vec<_>>();
        let status = Decoration::new("status", Fingerprint::new("done"));
        let (open, given_up) = tries(&status, false, 100);
        assert_eq!((minutes(&open[..7]), given_up), (vec![0, 5, 15, 35, 75, 135, 195], false));
        let (closed, given_up) = tries(&status, true, 100);
        assert!(given_up && closed.len() < 30, "{closed:?}");
        assert!((23 * HOUR..=24 * HOUR).contains(closed.last().unwrap()), "{closed:?}");
        let link = Decoration::new("link", Fingerprint::default()).given_up_after(5);
        for closed in [false, true] {
            let (times, given_up) = tries(&link, closed, 100);
            assert_eq!((minutes(&times), given_up), (vec![0, 5, 15, 35, 75], true));
        }
    }

    #[test]
    fn a_pause_is_never_shorter_than_the_destinations_word_and_never_a_refusal() {
        let failed = Owed { failures: 3, ..Owed::default() };
        let table = [
            (Unset::NotNow(0), 8_000),
            (Unset::NotNow(30_000), 30_000),
            (Unset::Unanswered, 8_000),
            (Unset::Stranger, 2_400_000),
        ];
        for (unset, pause) in table {
            let owed = after(failed.clone(), &unset, 1_000);
            assert_eq!(owed, Owed { failures: 4, not_before: 1_000 + pause, ..Owed::default() }, "{unset:?}");
        }
    }

    #[test]
    fn a_refusal_for_its_own_sake_can_be_read_and_one_for_its_bearers_cannot() {
        let failed = Owed { failures: 3, ..Owed::default() };
        let once = Owed { refusals: 1, since: 7, not_before: 300_007, ..Owed::default() };
        assert_eq!(after(failed.clone(), &Unset::Bearer, 7), once);
        let refused = after(failed, &Unset::Refused("resolution".to_owned()), 7);
        assert_eq!(refused, Owed { why: Some("resolution".to_owned()), ..once });
        let unanswered = after(refused.clone(), &Unset::Unanswered, 9);
        assert_eq!(
            (unanswered.why, unanswered.since, unanswered.refusals),
            (refused.why, 7, 1),
            "it stays refused"
        );
    }

    #[test]
    fn each_is_said_once() {
        let refused = |why: &str| Unset::Refused(why.to_owned());
        let steps = [
            (Unset::Unanswered, true),
            (Unset::Unanswered, false),
            (refused("a"), true),
            (refused("a"), false),
            (refused("b"), true),
            (Unset::NotNow(0), true),
            (refused("b"), false),
        ];
        let mut owed = Owed::default();
        for (unset, new) in steps {
            let next = after(owed.clone(), &unset, 0);
            assert_eq!(is_new(&owed, &next), new, "{unset:?}");
            owed = next;
        }
        assert!(is_new(&owed, &Owed { given_up: true, ..owed.clone() }));
    }

    #[test]
    fn a_newer_state_was_not_refused_but_the_destination_that_is_silent_is_not_asked_the_sooner() {
        let old =
            Owed { hash: Fingerprint::new("old"), failures: 2, refusals: 3, since: 1, ..Owed::default() };
        let mut note =
            PlaceNote { owed: [("status".to_owned(), old.clone())].into(), ..PlaceNote::default() };
        let state = |hash: &str| Decoration::new("status", Fingerprint::new(hash));
        assert_eq!(owed_before(&mut note.clone(), &state("old")), old);
        let new = Owed { hash: Fingerprint::new("new"), failures: 2, ..Owed::default() };
        assert_eq!(owed_before(&mut note, &state("new")), new);
        assert_eq!(note.owed.len(), 0);
    }

    #[test]
    fn only_what_the_destination_asked_for_holds_up_what_is_set() {
        let waiting = Standing::Waiting(9);
        let note = |not_before, parked: Option<&str>| PlaceNote {
            not_before,
            parked: parked.map(str::to_owned),
            ..PlaceNote::default()
        };
        let table = [
            (Standing::Settled, note(9, None), None),
            (Standing::OutOfTime, note(0, None), Some(5)),
            (waiting, note(9, None), Some(9)),
            (waiting, note(9, Some("HTTP 404")), None),
            (waiting, note(5, None), None),
        ];
        for (told, note, until) in table {
            assert_eq!(held(told, &note, 5), until, "{told:?} {note:?}");
        }
    }

    #[test]
    fn what_nobody_wants_any_more_is_owed_no_more() {
        let state = Decoration::new("home", Fingerprint::default());
        let names = ["home", "status"].map(str::to_owned);
        let home = Home { place: "1".to_owned(), name: "SEC-1".to_owned() };
        let mut note = PlaceNote {
            home: Some(home),
            owed: names.iter().map(|name| (name.clone(), Owed::default())).collect(),
            again: names.iter().map(|name| (name.clone(), 0)).collect(),
            ..PlaceNote::default()
        };
        let mut bare = PlaceNote { home: None, ..note.clone() };
        forget_unwanted(&mut note, std::slice::from_ref(&state));
        assert_eq!((note.owed.len(), note.again.len()), (1, 1));
        forget_unwanted(&mut bare, &[]);
        assert_eq!(bare.owed.len(), 2, "without a home nobody can tell");
    }
}
