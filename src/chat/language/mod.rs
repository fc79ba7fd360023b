//! What people say: every verb, how it is read, printed and explained.

pub mod arguments;
pub mod ask;
pub mod grammar;
pub mod help;
#[cfg(test)]
mod manual;
pub mod mistake;
pub(in crate::chat) mod print;
#[cfg(test)]
mod properties;
pub(in crate::chat) mod read;
pub(in crate::chat) mod read_organisation;
pub mod shapes;
pub(in crate::chat) mod table;
pub mod verbs;
pub mod when;
