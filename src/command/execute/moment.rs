//! How is a time written, and whose move is it?

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::case::{Case, CaseSummary, Resolver, Seconds, Status};

const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");

/// `2026-03-01 09:30 UTC`; a dash where there is no time.
pub fn moment(at: Option<Seconds>) -> String {
    at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok())
        .and_then(|at| at.format(FORMAT).ok())
        .unwrap_or_else(|| "–".to_owned())
}

/// Who must act on a case.
pub fn next_move(case: &Case) -> &'static str {
    whose(&case.status, case.resolver, case.waits_for_customer)
}

/// Who must act on a case of a list.
pub fn next_move_of(case: &CaseSummary) -> &'static str {
    whose(&case.status, case.resolver, case.waits_for_customer)
}

fn whose(status: &Status, resolver: Resolver, waits_for_customer: bool) -> &'static str {
    match (status, resolver, waits_for_customer) {
        (Status::Closed, ..) => "nobody, it is closed",
        (_, Resolver::Own, _) | (_, Resolver::Aws, true) => "your team",
        (_, Resolver::Aws, false) => "AWS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_the_minute_and_in_utc() {
        assert_eq!(moment(Some(1_772_357_400)), "2026-03-01 09:30 UTC");
        assert_eq!(moment(Some(0)), "1970-01-01 00:00 UTC");
        assert_eq!(moment(None), "–");
        assert_eq!(moment(Some(Seconds::MAX)), "–");
    }

    #[test]
    fn it_is_awss_move_only_on_its_own_case_that_waits_for_nobody() {
        assert_eq!(whose(&Status::Submitted, Resolver::Aws, false), "AWS");
        assert_eq!(whose(&Status::Submitted, Resolver::Aws, true), "your team");
        assert_eq!(whose(&Status::Submitted, Resolver::Own, false), "your team");
        assert_eq!(whose(&Status::Closed, Resolver::Own, true), "nobody, it is closed");
    }
}
