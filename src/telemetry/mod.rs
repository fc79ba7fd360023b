//! Log lines, metrics and the audit trail.

pub mod audit;
pub mod log;
pub(crate) mod metrics;
pub mod report;
