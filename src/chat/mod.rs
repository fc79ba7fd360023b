//! From people to the service: what they say, who may, what is done about it, and what they get to read.

pub mod actions;
pub mod deliver;
pub mod forms;
#[cfg(test)]
mod golden;
pub mod ingress;
pub mod language;
pub mod policy;
pub mod reply;
