//! What people say: every verb, how it is read, printed and explained.

pub(crate) mod args;
pub(crate) mod args_organisation;
pub(crate) mod arguments;
pub(crate) mod command;
pub(crate) mod decode;
pub mod grammar;
pub(crate) mod help;
pub(crate) mod print;
pub(crate) mod shell;
pub(crate) mod table;
pub(crate) mod user_error;
pub(crate) mod validate;
pub mod verbs;
pub(crate) mod when;

#[cfg(test)]
mod tests;
