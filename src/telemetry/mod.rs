//! Log lines and metrics.

pub mod log;
pub(crate) mod metrics;
pub mod report;
