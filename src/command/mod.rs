//! What do people ask in Slack, who may, and what is done about it?
//!
//! - [`ask`]: everything that can be asked, as values;
//! - [`typed`]: Slack's escapes and a phone's spelling; [`arguments`]: words sorted; [`shapes`], [`when`]: words checked;
//! - [`pasted`]: secrets that are refused; [`mistake`]: what is said to a person who erred;
//! - [`verbs`]: the one table, which parsing, help, roles and documentation read;
//! - [`grammar`]: from a line to a question, and the reverse by its `Display`;
//! - [`roles`]: who may; [`confirmation`]: who confirmed what;
//! - [`help`]: what is said about all of it.

pub mod arguments;
pub mod ask;
pub mod confirmation;
pub mod grammar;
pub mod help;
#[cfg(test)]
mod manual;
pub mod mistake;
pub mod pasted;
mod print;
#[cfg(test)]
mod properties;
mod read;
mod read_organisation;
pub mod roles;
pub mod shapes;
mod table;
pub mod typed;
pub mod verbs;
pub mod when;
