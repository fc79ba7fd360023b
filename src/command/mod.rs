//! What do people ask in Slack, who may, and what is done about it?
//!
//! - [`ask`]: everything that can be asked, as values.

pub mod answer;
pub mod ask;
pub mod envelope;
pub mod job;
pub mod payload;
pub mod signature;
