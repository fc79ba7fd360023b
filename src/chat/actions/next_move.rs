//! Whose move it is, in the words of an answer.

use crate::case::{Case, CaseSummary, turn};

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
    fn whose_move_it_is_has_a_name() {
        assert_eq!([None, Some(true), Some(false)].map(named), ["nobody, it is closed", "your team", "AWS"]);
    }
}
