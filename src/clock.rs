//! What time is it outside?

use std::time::SystemTime;

use crate::case::Millis;

/// The time now. Decisions never read it: they are given the time.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
