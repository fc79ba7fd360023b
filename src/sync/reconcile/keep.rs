//! How long what is known of a closed case is kept: then only hashes and places of it are.

use super::notes::Notes;
use crate::{
    case::{Case, Millis},
    config::settings::Timing,
    state::{self, notes::CaseNote},
    sync::{context::Context, forget},
};

const DAY: Millis = 86_400_000;
/// So long before, the thread says so.
const BEFORE: Millis = 14 * DAY;

/// Whether somebody is to look at a closed case of which so much is known: to say when it is forgotten, or to forget it.
pub(crate) fn is_time(timing: &Timing, closed: Millis, note: &CaseNote, now: Millis) -> bool {
    let Some(end) = end(timing, closed) else { return false };
    !note.forgotten && note.forget_at.unwrap_or(end - BEFORE) <= now
}

fn end(timing: &Timing, closed: Millis) -> Option<Millis> {
    (timing.keep_days > 0).then(|| closed + Millis::from(timing.keep_days) * DAY)
}

/// Forgets a case whose time is over: `true`. Where it soon is, the thread is to say when; never less than fourteen days
/// before, however long ago it was closed.
pub(super) async fn is_over(context: &Context<'_>, case: &Case, notes: &mut Notes) -> state::Result<bool> {
    let now = context.world.now();
    let closed = case.closed.filter(|_| case.is_closed()).map(|closed| closed * 1_000);
    let Some((closed, end)) = closed.and_then(|at| Some((at, end(&context.settings.timing, at)?))) else {
        notes.case.note.forget_at = None;
        return Ok(false);
    };
    if !is_time(&context.settings.timing, closed, &notes.case.note, now) {
        return Ok(false);
    }
    if notes.case.note.forget_at.is_none() {
        notes.case.note.forget_at = Some(end.max(now + BEFORE));
        return Ok(false);
    }
    let ledgers = context.world.store().ledgers(&case.id, &context.kinds()).await?;
    let keys = ledgers.into_iter().flatten().map(|(key, _)| key);
    forget::beside(context.world.store(), &case.id, keys, now).await?;
    notes.targets.iter_mut().for_each(|noted| noted.note.shrink());
    notes.case.note = CaseNote {
        wanted: notes.case.note.wanted,
        heard: notes.case.note.heard,
        ..CaseNote::of_a_forgotten_case()
    };
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_case_is_looked_at_when_its_time_comes_and_when_it_is_over_and_never_else() {
        let timing = |keep_days| Timing { keep_days, ..Timing::default() };
        let note = |forget_at, forgotten| CaseNote { forget_at, forgotten, ..CaseNote::default() };
        for (keep_days, note, now, expected) in [
            (90, note(None, false), 76 * DAY - 1, false),
            (90, note(None, false), 76 * DAY, true),
            (90, note(Some(90 * DAY), false), 89 * DAY, false),
            (90, note(Some(90 * DAY), false), 90 * DAY, true),
            (90, note(None, true), 400 * DAY, false),
            (0, note(None, false), 400 * DAY, false),
        ] {
            assert_eq!(is_time(&timing(keep_days), 0, &note, now), expected, "{keep_days} at {now}");
        }
    }
}
