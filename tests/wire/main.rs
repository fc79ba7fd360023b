//! What does the core do when a service says no, in every way in which one can? Every call that it makes to Slack and
//! Jira and every read of the service, times every fault: the reaction is data, and compared.
//!
//! What each answer *means* is tested with the clients (tests/clients); here is what follows from it: what META says
//! then, how many requests were made, when the bridge comes back, and that everything stands once in the end.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod calls;
mod faults;
mod reads;
mod refused;
mod writes;

#[path = "../notify/stage.rs"]
#[allow(dead_code, reason = "the flows of notify use all of it")]
mod stage;
