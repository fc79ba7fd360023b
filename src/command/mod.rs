//! What do people ask in Slack, who may, and what is done about it?
//!
//! What they say:
//! - [`ask`]: everything that can be asked, as values;
//! - [`typed`]: Slack's escapes and a phone's spelling; [`arguments`]: words sorted; [`shapes`], [`when`]: words checked;
//! - [`pasted`]: secrets that are refused; [`mistake`]: what is said to a person who erred;
//! - [`verbs`]: the one table, which parsing, help, roles and documentation read;
//! - [`grammar`]: from a line to a question, and the reverse by its `Display`;
//! - [`roles`]: who may; [`confirmation`]: who confirmed what;
//! - [`help`]: what is said about all of it.
//!
//! How it gets done:
//! - [`bridge`]: what arrives, by either door; [`envelope`]: HTTP as the gateway speaks it;
//! - [`door`]: the one for the world: [`signature`] checked, [`payload`] read, put on the inbox as a [`job`]; [`click`]:
//!   what a button asks for; [`happened`]: what an event does; [`length`]: whose long text is read;
//! - [`form`]: what is asked and said in forms, which [`opening`] opens and takes;
//! - [`inbox`]: the one for the queue; [`identity`]: who asks; [`execute`]: doing it once;
//! - [`answer`]: what the person gets to read, and [`reply`]: how.

pub mod answer;
pub mod arguments;
pub mod ask;
pub mod bridge;
pub mod click;
pub mod confirmation;
pub mod door;
pub mod envelope;
pub mod execute;
pub mod form;
#[cfg(test)]
mod golden;
pub mod grammar;
pub mod happened;
pub mod help;
pub mod identity;
pub mod inbox;
pub mod job;
pub mod length;
#[cfg(test)]
mod manual;
pub mod mistake;
pub mod opening;
pub mod pasted;
pub mod payload;
mod print;
#[cfg(test)]
mod properties;
mod read;
mod read_organisation;
pub mod reply;
pub mod roles;
pub mod shapes;
pub mod signature;
mod table;
pub mod typed;
pub mod verbs;
pub mod when;

pub use job::{said, unread, words_of};
