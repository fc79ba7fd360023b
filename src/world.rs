//! What lies outside a step? Clock, store, HTTP and the SIR API, behind one seam.
//!
//! The functions run in the real world, `simulate` runs the same code in a seeded one.

use std::{future::Future, time::Duration};

use crate::{case::Millis, sir, store::Store, wire};

/// Everything outside that a step may touch. The two worlds are [`crate::live`] and the simulation.
pub trait World {
    /// The table.
    type Store: Store;

    /// The table.
    fn store(&self) -> &Self::Store;

    /// The time now.
    fn now(&self) -> Millis;

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()>;

    /// Sends a request to Slack or Jira, once: no retry, no redirect.
    fn send(&self, request: wire::Request) -> impl Future<Output = Result<wire::Response, wire::Trouble>>;

    /// Makes one call to SIR (or Security Hub).
    fn call(&self, call: sir::Call) -> impl Future<Output = Result<sir::Answer, sir::Fault>>;

    /// Puts a job on the inbox of `command`. `group` orders, `id` removes repetitions within five minutes.
    fn enqueue(&self, group: &str, id: &str, job: String) -> impl Future<Output = Result<(), String>>;

    /// Whether a protection is in force. Always, outside the simulation that proves each is needed.
    fn holds(&self, _rule: Rule) -> bool {
        true
    }
}

/// The protections that the promises rest on. `simulate --mutants` switches each off and must see a promise broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// One worker a case at a time.
    Lease,
    /// The lease outlives the worker.
    LeaseLength,
}
