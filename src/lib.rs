//! Casebridge: AWS Security Incident Response cases in Slack and Jira; nothing lost, nothing twice, in order.
//!
//! The rooms in reading order; each may use those below it and none above.
//!
//! [`entry`]: the two functions' handlers, what Lambda calls.
//!
//! [`sync`]: from the service to the targets. [`chat`]: from people to the service. They do not know each other.
//!
//! [`doctor`]: does it work? One room of checks, for people in Slack and at a terminal.
//!
//! [`targets`]: Slack and Jira, and what is told there.
//!
//! [`runtime`]: the one seam to everything outside.
//!
//! [`aws`]: the service's calls as values. [`state`]: what is remembered.
//!
//! [`http`]: requests and outcomes as values. [`config`]: settings, secrets, environment.
//!
//! [`case`]: what a case is, in our words. [`telemetry`]: log lines and metrics.
//!
//! What the product is tried in is the crate `lab/`; the command-line tool is the crate `cli/`.

pub mod aws;
pub mod case;
pub mod chat;
pub mod config;
pub mod doctor;
pub mod entry;
pub mod http;
pub mod runtime;
pub mod state;
pub mod sync;
pub mod targets;
pub mod telemetry;
