//! Casebridge: AWS Security Incident Response cases in Slack and Jira; nothing lost, nothing twice, in order.
//!
//! The modules in reading order:
//! - [`case`]: what a case is, in our own words;
//! - [`world`]: everything outside that a step may touch, behind one seam;
//! - [`wire`]: HTTP as values; [`sir`]: the calls of Security Incident Response as values;
//! - [`store`]: the table that holds the debts;
//! - [`settings`]: what the user chose;
//! - [`content`]: what is told, before it is rendered for anybody.

pub mod aws;
pub mod case;
pub mod clock;
pub mod content;
pub mod secrets;
pub mod settings;
pub mod sir;
pub mod store;
pub mod text;
pub mod wire;
pub mod world;
