//! What do people ask in Slack, who may, and what is done about it?
//!
//! - [`ask`]: everything that can be asked, as values.

pub mod ask;
