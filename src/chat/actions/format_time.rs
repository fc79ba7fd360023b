//! When, and whose move it is, in the words of an answer.

use crate::{
    case::{Case, CaseSummary, Seconds, turn},
    targets::wording,
};

/// `2026-03-01 09:30 UTC`; a dash where there is no time.
pub(crate) fn format_time(at: Option<Seconds>) -> String {
    at.map_or_else(|| "–".to_owned(), wording::utc)
}

pub(crate) fn next_move(case: &Case) -> &'static str {
    named(turn::is_ours(&case.status, case.resolver, case.waits_for_customer))
}

pub(crate) fn next_move_of(case: &CaseSummary) -> &'static str {
    named(turn::is_ours(&case.status, case.resolver, case.waits_for_customer))
}

fn named(ours: Option<bool>) -> &'static str {
    match ours {
        None => "nobody, it is closed",
        Some(true) => "your team",
        Some(false) => "AWS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_the_minute_and_in_utc() {
        assert_eq!(format_time(Some(1_772_357_400)), "2026-03-01 09:30 UTC");
        assert_eq!(format_time(Some(0)), "1970-01-01 00:00 UTC");
        assert_eq!(format_time(None), "–");
    }

    #[test]
    fn whose_move_it_is_has_a_name() {
        assert_eq!([None, Some(true), Some(false)].map(named), ["nobody, it is closed", "your team", "AWS"]);
    }
}
