//! The services of AWS that cases come from, as typed calls with their limits and faults; and CloudWatch Logs, where the
//! audit trail is kept.

pub mod hub;
pub mod logs;
pub(crate) mod requests;
pub mod sessions;
mod signature;
pub mod sir;
