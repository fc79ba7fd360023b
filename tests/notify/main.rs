//! What happens on a case, from its event to what people read: `notify` whole, with real clients over the wire, against
//! the stand-ins of Security Incident Response, Slack and Jira, and a table in memory.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod apart;
mod asked;
mod assigned;
mod bill;
mod by_itself;
mod called;
mod canary;
mod clocks;
mod comments;
mod cost;
mod deployments;
mod doors;
mod figures;
mod gone;
mod kept;
mod life;
mod lost;
mod many;
mod older;
mod pager;
mod preview;
mod quiet;
mod repaired;
mod rooms;
mod rules;
mod sample;
mod screens;
mod settings;
mod shared;
mod state;
