//! What time is it for a stand-in?
//! The real time plus what a test has advanced it by, so that nothing has to be waited for; or a time that only moves
//! when somebody moves it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// The clock of one stand-in; clones share it.
#[derive(Clone, Debug, Default)]
pub struct ServiceClock {
    ahead: Arc<AtomicI64>,
    stands: bool,
}

impl ServiceClock {
    /// A clock that stands at this time, in milliseconds since 1970, until it is advanced or set.
    pub fn standing(millis: i64) -> Self {
        Self { ahead: Arc::new(AtomicI64::new(millis)), stands: true }
    }

    /// Sets a clock that stands; it never goes back.
    pub fn set(&self, millis: i64) {
        self.ahead.fetch_max(millis, Ordering::SeqCst);
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead.fetch_add(millis, Ordering::SeqCst);
    }

    /// Milliseconds since 1970.
    pub fn millis(&self) -> i64 {
        if self.stands {
            return self.ahead.load(Ordering::SeqCst);
        }
        let now = OffsetDateTime::now_utc();
        let real = now.unix_timestamp() * 1000 + i64::from(now.millisecond());
        real + self.ahead.load(Ordering::SeqCst)
    }

    /// Seconds since 1970, whole.
    pub fn seconds(&self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// Seconds since 1970 with milliseconds, as restJson1 writes timestamps.
    pub(crate) fn epoch(&self) -> serde_json::Value {
        (self.millis() as f64 / 1000.0).into()
    }

    /// `2026-11-21T09:30:00Z`.
    pub(crate) fn iso(&self) -> String {
        iso(self.seconds())
    }

    /// `Sat, 21 Nov 2026 09:30:00 GMT`, as HTTP writes it.
    pub(crate) fn http_date(&self) -> String {
        let now = OffsetDateTime::from_unix_timestamp(self.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let date = format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        );
        now.format(date).unwrap_or_default()
    }

    /// `2026-11-21T09:30:00.123+0000`, as Jira writes timestamps.
    pub(crate) fn jira(&self) -> String {
        self.jira_before(0)
    }

    pub(crate) fn jira_before(&self, ago: i64) -> String {
        let at = self.millis().saturating_sub(ago).max(0);
        format!("{}.{:03}+0000", iso(at.div_euclid(1000)).trim_end_matches('Z'), at.rem_euclid(1000))
    }
}

fn iso(seconds: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_it_is_moved() {
        let clock = ServiceClock::standing(1_790_000_000_123);
        assert_eq!((clock.millis(), clock.seconds()), (1_790_000_000_123, 1_790_000_000));
        assert_eq!(clock.epoch().to_string(), "1790000000.123");
        clock.advance(Duration::from_secs(1));
        clock.set(1_790_000_000_500);
        assert_eq!(clock.clone().millis(), 1_790_000_001_123, "it does not go back");
        clock.set(1_790_000_005_000);
        assert_eq!(clock.epoch().to_string(), "1790000005.0");
    }
}
