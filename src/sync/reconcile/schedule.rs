//! When is a case looked at again?

use crate::{
    aws::sir::FaultKind,
    case::{Investigation, Millis, Resolver, turn},
    state::notes::{CaseNote, GoingOn},
    sync::{
        apply::{Left, Standing},
        context::Context,
        observe::{Look, More},
    },
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
/// An agent's step that did not move within this is left to the hourly check, and to events.
const AGENT_WATCHED: Millis = 86_400_000;
/// A case that was not found within this is none.
const NOT_FOUND: Millis = 86_400_000;
/// The pause between two looks while the service checks a file: no event tells of its end.
const CHECK_PAUSE: Millis = 60_000;
/// A file that is not checked within this is left to the hourly check.
const CHECK_WATCHED: Millis = 1_800_000;
/// The pause after a check that missed something which we had sent.
const VERIFY_AGAIN: Millis = 300_000;

/// What a look was to answer.
#[derive(Clone, Copy)]
pub(super) struct AskedBefore {
    /// How many hints there were.
    pub(crate) want: u64,
    /// How many things were seen that nobody was told.
    pub(crate) news: usize,
    /// When it began.
    pub(crate) started: Millis,
}

/// What the next look must know of this one.
pub(super) fn remember(context: &Context<'_>, seen: &Look, asked: AskedBefore, note: &mut CaseNote) {
    let AskedBefore { want, news, started } = asked;
    let asked_since = want > note.wanted;
    note.wanted = want;
    let missing = want.saturating_sub(note.heard).saturating_sub(u64::try_from(news).unwrap_or(u64::MAX));
    let over = !asked_since && note.look_again_at.is_some_and(|at| at <= started);
    if missing == 0 || over {
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
        note.verify_at = Some(next_verify(context, started, false));
    }
}

pub(super) fn next_verify(context: &Context<'_>, now: Millis, absent: bool) -> Millis {
    let pause = match absent {
        true => VERIFY_AGAIN,
        false => Millis::from(context.settings.timing.verify_minutes) * 60_000,
    };
    now + pause
}

/// At how many targets something that is told is owed.
pub(super) fn waiting(left: &[Left]) -> u32 {
    let owed = left.iter().filter(|left| left.told != Standing::Settled).count();
    u32::try_from(owed).unwrap_or(u32::MAX)
}

/// The earliest of all reasons to come back; `None` for a case that is at rest for ever.
pub(super) fn come_back(
    context: &Context<'_>,
    seen: &Look,
    note: &CaseNote,
    left: &[Left],
) -> Option<Millis> {
    let now = context.world.now();
    let owed = left.iter().filter_map(|left| match left.told {
        Standing::Settled => None,
        Standing::Waiting(at) => Some(at),
        Standing::OutOfTime => Some(now),
    });
    let decoration = left.iter().filter_map(|left| left.decorate_at);
    let at_work = seen.investigations.iter().any(|step| is_at_work(step, now));
    let checked = seen.case.attachments.iter().any(|file| {
        file.status == "Pending" && now - file.created * 1_000 < CHECK_WATCHED && !seen.case.is_closed()
    });
    let timing = &context.settings.timing;
    let nudged = note.waiting.filter(|(ours, _)| !*ours || seen.case.resolver == Resolver::Own);
    let nudge = nudged.and_then(|waiting| turn::nudge_at(waiting, timing.nudge_hours, timing.quiet()));
    let more = (seen.more != More::Nothing).then_some(now);
    owed.chain(decoration)
        .chain(more)
        .chain(note.verify_at)
        .chain(note.look_again_at)
        .chain(at_work.then_some(now + AGENT_PAUSE))
        .chain(checked.then_some(now + CHECK_PAUSE))
        .chain(nudge.filter(|at| *at > now))
        .min()
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
        // A reading that was cut short says how many there are at least.
        self.comments = match seen.whole {
            true => seen.comments.len(),
            false => self.comments.max(seen.comments.len()),
        };
    }

    /// What was read was told: the next look need not read it again.
    pub(super) fn told(&mut self, seen: &Look) {
        self.going_on = None;
        match &seen.more {
            More::At(GoingOn { page, full: false }) if !self.newest_first => {
                self.known_to = Some(page.clone())
            }
            More::At(page) => self.going_on = Some(page.clone()),
            More::FromTheStart => self.known_to = None,
            More::Nothing => {
                self.known_to.clone_from(&seen.last_page);
                if seen.last_page.is_some() {
                    // From now on only these are seen.
                    self.newest = seen.newest_at_end.or(self.newest);
                }
            }
        }
    }
}

/// Whether the agent may say something of this step soon.
fn is_at_work(step: &Investigation, now: Millis) -> bool {
    matches!(step.status.as_str(), "Pending" | "InProgress") && now - step.updated * 1_000 < AGENT_WATCHED
}

/// Whether there is no such case, and never was one for as long as anybody could tell.
pub(super) fn is_none(kind: &FaultKind, unseen: Millis) -> bool {
    *kind == FaultKind::NotFound && unseen >= NOT_FOUND
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
        FaultKind::Conflict
        | FaultKind::Quota
        | FaultKind::Throttled { .. }
        | FaultKind::Invalid { .. }
        | FaultKind::InvalidToken
        | FaultKind::NoSession
        | FaultKind::NotSent
        | FaultKind::Unknown => SIR_PAUSE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, Comment, CommentId, InvestigationId, Seconds, snapshot::tests::case};

    fn look(updated: Seconds, newest: Option<Seconds>) -> Look {
        let case = Case { updated: Some(updated), ..case() };
        Look {
            case,
            comments: Vec::new(),
            newest,
            newest_at_end: newest,
            whole: true,
            more: More::Nothing,
            last_page: None,
            investigations: Vec::new(),
        }
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
    fn a_reading_that_was_cut_short_counts_what_it_saw() {
        let of = |comments: usize, whole: bool| {
            let (creator, body) = (String::new(), String::new());
            let one = Comment { id: CommentId::new("1"), created: 1, updated: None, creator, body };
            Look { comments: vec![one; comments], whole, ..look(5, None) }
        };
        let mut note = CaseNote::default();
        for (look, known) in [(of(300, false), 300), (of(25, false), 300), (of(250, true), 250)] {
            note.seen(&look);
            assert_eq!(note.comments, known);
        }
    }

    #[test]
    fn a_step_that_did_not_move_for_a_day_is_not_watched_any_more() {
        let step = |status: &str| Investigation {
            id: InvestigationId::new("inv-0123456789ab"),
            kind: String::new(),
            title: String::new(),
            content: String::new(),
            status: status.to_owned(),
            updated: 1,
            feedback: None,
        };
        let table = [
            ("Pending", 0, true),
            ("InProgress", AGENT_WATCHED, true),
            ("Pending", AGENT_WATCHED + 1_000, false),
        ];
        for (status, now, expected) in table {
            assert_eq!(is_at_work(&step(status), now), expected, "{status} at {now}");
        }
        assert!(!is_at_work(&step("Completed"), 0) && !is_at_work(&step("Waiting"), 0));
    }

    #[test]
    fn a_case_that_was_not_found_for_a_day_is_looked_for_no_more() {
        assert!(!is_none(&FaultKind::NotFound, NOT_FOUND - 1));
        assert!(is_none(&FaultKind::NotFound, NOT_FOUND));
        assert!(!is_none(&FaultKind::Denied, 10 * NOT_FOUND), "a right may be given");
    }

    #[test]
    fn a_case_that_is_not_found_just_after_its_event_is_looked_for_soon_and_else_left_alone() {
        assert_eq!(pause_after(&FaultKind::NotFound, true), LOOK_AGAIN);
        assert_eq!(pause_after(&FaultKind::NotFound, false), SIR_DENIED);
        assert_eq!(pause_after(&FaultKind::Denied, true), SIR_DENIED);
    }
}
