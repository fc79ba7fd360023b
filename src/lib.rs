//! Casebridge: AWS Security Incident Response cases in Slack and Jira; nothing lost, nothing twice, in order.
//!
//! The modules in reading order:
//! - [`case`]: what a case is, in our own words;
//! - [`world`]: everything outside that a step may touch, behind one seam;
//! - [`wire`]: HTTP as values; [`sir`] and [`hub`]: the calls of Security Incident Response and of Security Hub as values;
//! - [`store`]: the table that holds the debts;
//! - [`settings`]: what the user chose;
//! - [`content`]: what is told, before it is rendered for anybody.

pub mod case;
pub mod content;
pub mod hub;
pub mod secrets;
pub mod settings;
pub mod sir;
#[cfg(feature = "playground")]
pub mod standin;
pub mod store;
pub mod text;
pub mod wire;
pub mod world;
