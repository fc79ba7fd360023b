//! What time is it outside?

use std::time::SystemTime;

use crate::case::Millis;

/// The time now. Decisions never read it: they are given the time.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// When an invocation ends, from what the runtime says of it: a date, as Lambda says it. `cargo lambda watch` says how
/// long it may take, 600,000 ms, in the same place; taken for a date that would be in 1970, and nothing would be begun.
pub fn deadline(said: u64, now: Millis) -> Millis {
    /// Less is no date of our century: in 2001.
    const EARLIEST: Millis = 1_000_000_000_000;
    match Millis::try_from(said).unwrap_or(Millis::MAX) {
        time if time < EARLIEST => now.saturating_add(time),
        date => date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_ends_at_a_date_or_after_a_time() {
        let now = 1_795_305_600_000;
        assert_eq!(deadline(1_795_305_660_000, now), now + 60_000);
        assert_eq!(deadline(1_795_305_599_000, now), now - 1_000, "a date that is past stays past");
        assert_eq!(deadline(600_000, now), now + 600_000);
        assert_eq!(deadline(u64::MAX, now), Millis::MAX);
    }
}
