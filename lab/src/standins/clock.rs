//! What time is it for a stand-in?
//!
//! The real time plus what a test has advanced it by, so that nothing has to be waited for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The clock of one stand-in; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead.fetch_add(millis, Ordering::SeqCst);
    }

    /// Milliseconds since 1970.
    pub fn millis(&self) -> i64 {
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
        let whole = self.seconds();
        let rest = self.millis().rem_euclid(1000);
        serde_json::from_str(&format!("{whole}.{rest:03}")).unwrap_or_else(|_| whole.into())
    }

    /// `2026-11-21T09:30:00Z`.
    pub(crate) fn iso(&self) -> String {
        let now = OffsetDateTime::from_unix_timestamp(self.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        now.format(&Rfc3339).unwrap_or_default()
    }

    /// `2026-11-21T09:30:00.123+0000`, as Jira writes timestamps.
    pub(crate) fn jira(&self) -> String {
        let iso = self.iso();
        format!("{}.{:03}+0000", iso.trim_end_matches('Z'), self.millis().rem_euclid(1000))
    }
}
