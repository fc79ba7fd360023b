//! What people say: every verb, how it is read, printed and explained.

pub(in crate::chat) mod args;
pub(in crate::chat) mod args_organisation;
pub mod arguments;
pub mod command;
pub mod decode;
pub mod grammar;
pub mod help;
#[cfg(test)]
mod manual;
pub(in crate::chat) mod print;
#[cfg(test)]
mod properties;
pub(in crate::chat) mod table;
pub mod user_error;
pub mod validate;
pub mod verbs;
pub mod when;
