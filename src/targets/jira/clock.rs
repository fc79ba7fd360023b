//! Which moment does Jira mean?

use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

use crate::case::Millis;

/// A time as Jira writes it, `2026-11-26T05:00:00.000+0000`: its zone is that of whoever asks. `None` where it is none.
pub(super) fn millis(text: &str) -> Option<Millis> {
    let without_colon = format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond][offset_hour sign:mandatory][offset_minute]"
    );
    let time = OffsetDateTime::parse(text, &without_colon).or_else(|_| OffsetDateTime::parse(text, &Rfc3339));
    Millis::try_from(time.ok()?.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_the_same_moment_in_whatever_zone_it_is_written() {
        for text in [
            "2026-11-26T05:00:00.123+0000",
            "2026-11-26T06:00:00.123+0100",
            "2026-11-25T23:30:00.123-0530",
            "2026-11-26T05:00:00.123Z",
            "2026-11-26T05:00:00.123+00:00",
        ] {
            assert_eq!(millis(text), Some(1_795_669_200_123), "{text}");
        }
        for text in ["", "today", "2026-11-26", "2026-11-26T05:00:00.000", "1795669200123"] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
