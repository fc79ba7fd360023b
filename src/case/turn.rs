//! Whose move is it, since when, and when is it time to say so?

use crate::case::{Case, Comment, Millis, Resolver, Seconds, Status};

const HOUR: Millis = 3_600_000;

/// Whether it is the user's own team's move; `None` once the case is closed.
pub fn is_ours(status: &Status, resolver: Resolver, waits_for_customer: bool) -> Option<bool> {
    (*status != Status::Closed).then_some(waits_for_customer || resolver == Resolver::Own)
}

/// Whose move it is (the user's own team: `true`) and since when: since it became so, or since somebody last spoke.
/// `None` once the case is closed.
pub fn since(before: Option<(bool, Seconds)>, case: &Case, comments: &[Comment]) -> Option<(bool, Seconds)> {
    let ours = is_ours(&case.status, case.resolver, case.waits_for_customer)?;
    let turned = match before {
        Some((was_ours, since)) if was_ours == ours => Some(since),
        Some(_) => case.updated,
        None => case.created,
    };
    let spoke = comments.iter().map(|comment| comment.created).max();
    Some((ours, turned.max(spoke).or(case.updated).unwrap_or_default()))
}

/// When the move last passed to whoever has it. `known`: what was known of it before.
pub(crate) fn turned(
    before: Option<(bool, Seconds)>,
    known: Option<Seconds>,
    case: &Case,
) -> Option<Seconds> {
    let ours = is_ours(&case.status, case.resolver, case.waits_for_customer)?;
    match before {
        Some((was_ours, since)) if was_ours == ours => known.or(Some(since)),
        Some(_) => case.updated,
        None => case.created,
    }
}

/// When the thread is reminded: after the configured hours, but not in the quiet ones. `None` where never.
pub(crate) fn nudge_at((_, since): (bool, Seconds), hours: u32, quiet: Option<[u8; 2]>) -> Option<Millis> {
    if hours == 0 {
        return None;
    }
    let at = since * 1_000 + Millis::from(hours) * HOUR;
    let Some([from, to]) = quiet else { return Some(at) };
    let (from, to) = (Millis::from(from), Millis::from(to));
    let hour = at.div_euclid(HOUR).rem_euclid(24);
    let into_the_quiet = (hour - from).rem_euclid(24);
    let quiet = (to - from).rem_euclid(24);
    match into_the_quiet < quiet {
        true => Some((at.div_euclid(HOUR) + quiet - into_the_quiet) * HOUR),
        false => Some(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CommentId, snapshot::tests::case};

    #[test]
    fn the_waiting_begins_when_the_move_passes_or_somebody_speaks() {
        let mut case = case();
        case.created = Some(100);
        case.updated = Some(200);
        assert_eq!(since(None, &case, &[]), Some((false, 100)));
        case.waits_for_customer = true;
        assert_eq!(since(Some((false, 100)), &case, &[]), Some((true, 200)));
        assert_eq!(since(Some((true, 150)), &case, &[]), Some((true, 150)));
        let comment = Comment {
            id: CommentId::new("000001"),
            created: 180,
            updated: None,
            creator: String::new(),
            body: String::new(),
        };
        assert_eq!(since(Some((true, 150)), &case, &[comment]), Some((true, 180)));
        case.status = crate::case::Status::Closed;
        assert_eq!(since(Some((true, 150)), &case, &[]), None);
    }

    #[test]
    fn the_move_passed_when_it_did_and_not_when_somebody_spoke() {
        let mut case = case();
        (case.created, case.updated) = (Some(100), Some(200));
        assert_eq!(turned(None, None, &case), Some(100));
        assert_eq!(turned(Some((false, 180)), Some(100), &case), Some(100));
        case.waits_for_customer = true;
        assert_eq!(turned(Some((false, 180)), Some(100), &case), Some(200));
        assert_eq!(turned(Some((true, 250)), None, &case), Some(250), "of a note of 0.1.0");
        case.status = crate::case::Status::Closed;
        assert_eq!(turned(Some((true, 250)), Some(200), &case), None);
    }

    #[test]
    fn it_is_awss_move_only_on_its_own_case_that_waits_for_nobody() {
        let is_ours = |resolver, waits| is_ours(&Status::Submitted, resolver, waits);
        assert_eq!(is_ours(Resolver::Aws, false), Some(false));
        assert_eq!(is_ours(Resolver::Aws, true), Some(true));
        assert_eq!(is_ours(Resolver::Own, false), Some(true));
        assert_eq!(super::is_ours(&Status::Closed, Resolver::Own, true), None);
    }

    #[test]
    fn a_nudge_waits_for_the_end_of_the_quiet_hours() {
        let at = |hours: i64| Some(hours * HOUR);
        assert_eq!(nudge_at((true, 0), 0, None), None);
        assert_eq!(nudge_at((true, 0), 24, None), at(24));
        assert_eq!(nudge_at((true, 0), 23, Some([22, 7])), at(31));
        assert_eq!(nudge_at((true, 0), 26, Some([22, 7])), at(31));
        assert_eq!(nudge_at((true, 0), 31, Some([22, 7])), at(31));
        assert_eq!(nudge_at((true, 0), 12, Some([11, 13])), at(13));
    }
}
