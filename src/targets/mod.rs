//! Where are cases told, and how? The contract of a target, what they all tell, and each target in its own room, which
//! knows only itself.

pub(crate) mod attachments;
pub mod content;
pub mod contract;
pub mod jira;
pub mod mark;
pub mod pagerduty;
pub mod slack;
pub mod telling;
pub mod webhook;
pub mod wording;
