//! What lies outside a step? Clock, store, HTTP and the SIR API, behind one seam.
//! The functions run in the real world, `simulate` runs the same code in a seeded one.

pub mod breaker;
pub(crate) mod cached;
pub mod gate;
pub mod live;
mod note;

use std::time::Duration;

use async_trait::async_trait;

use crate::{
    aws::sir,
    case::Millis,
    http::{
        self,
        transport::{Opened, Source},
    },
    state::Store,
};

/// Everything outside that a step may touch. The two worlds are [`crate::runtime::live`] and the simulation.
#[async_trait(?Send)]
pub trait World {
    fn store(&self) -> &dyn Store;

    fn now(&self) -> Millis;

    async fn sleep(&self, time: Duration);

    /// Sends a request to Slack or Jira, once: no retry, no redirect.
    async fn send(&self, request: http::Request) -> Result<http::Response, http::TransportError>;

    /// Opens a file of so many bytes: once, no retry, no redirect. A world without files answers that nothing was sent.
    async fn open(&self, _from: http::Request, _bytes: u64) -> Result<Source, http::TransportError> {
        Err(http::TransportError::NotSent("there are no files in this world".to_owned()))
    }

    /// Sends an opened file to where `to` says, without ever holding all of it, once. Answers the HTTP status.
    async fn fill(&self, _to: http::Request, _file: Opened) -> Result<u16, http::TransportError> {
        Err(http::TransportError::NotSent("there are no files in this world".to_owned()))
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, sir::Fault>;

    async fn enqueue(&self, message: QueueMessage) -> Result<(), String>;

    /// Whether a protection is in force. Always, outside the simulation that proves each is needed.
    fn holds(&self, _rule: Rule) -> bool {
        true
    }
}

/// A job on its way to `command`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMessage {
    /// Jobs of a group are done in order.
    pub group: String,
    /// A job whose id came already within five minutes is dropped.
    pub id: String,
    pub body: String,
}

/// Sends a request, unless its answer could come after `until`, when the time of whoever asks ends. A worker that
/// stood still is stopped here: by then another may hold its case.
/// There was no answer, or nothing was sent: see [`http::Failure`].
pub(crate) async fn send_in_time(
    world: &dyn World,
    request: http::Request,
    until: Millis,
) -> Result<http::Response, http::Failure> {
    if until - world.now() < http::LONGEST && world.holds(Rule::SendCheck) {
        return Err(http::Failure::NotApplied { retry_after: None, why: "no time left to ask".to_owned() });
    }
    world.send(request).await.map_err(http::Failure::from_trouble)
}

/// The protections that the promises rest on. `simulate --mutants` switches each off and must see a promise broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// One worker a case at a time.
    Lease,
    /// The lease outlives the worker and what it sent.
    LeaseLength,
    /// A write under an older lease is refused.
    Fence,
    /// A worker leaves only if nobody asked in the meantime.
    WantCheck,
    /// An addition is written down before it is sent.
    Intent,
    /// What may have been made is looked for before it is made again.
    FindAgain,
    /// It is looked for only when it must have arrived.
    Quarantine,
    /// Nothing is sent long after its intent, or near the end of the function's time.
    SendCheck,
    /// An effect that is not done stops its destination for the case.
    StopAtFirst,
    /// What is only set comes after what is told, and does not stop it.
    DecorationApart,
    /// No answer does not mean "not made".
    UnknownIsNotFailure,
    /// No answer does not mean "made".
    UnknownIsNotSuccess,
    /// An addition is remembered as made only after it was sent.
    DoneAfterSend,
    /// What was said through the bridge is not told back to where it was said.
    EchoGuard,
    /// All pages of comments are read.
    AllPages,
    /// Pages of comments that are not of one moment are read again.
    OneMoment,
    /// The table is read consistently.
    ConsistentReads,
    /// No client repeats a post by itself.
    NoClientRetry,
    /// What a state was set to is forgotten before it is set to something else.
    ForgetFirst,
    /// A state whose setting was not answered is set once more when an older one can no longer arrive.
    SetAgain,
    /// An older state of a case than one already seen is not told.
    NewestOnly,
    /// A look that finds less than was announced is repeated.
    LookAgain,
    /// The service's word on when to come back is kept, by all workers.
    RetryAfter,
    /// Slots for posts to a channel.
    Pace,
    /// The hourly comparison of thread and issue with the ledger.
    Verify,
    /// Cases whose events never came are found by ListCases.
    Discovery,
    /// The minute sweep through what is due.
    Sweep,
    /// A repeated command answers from its record.
    CommandRecord,
    /// A comment carries the command's key as its `clientToken`.
    ClientToken,
    /// What is about to be said through the bridge is written down before it is said.
    SayFirst,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 30] = [
        Self::Lease,
        Self::LeaseLength,
        Self::Fence,
        Self::WantCheck,
        Self::Intent,
        Self::FindAgain,
        Self::Quarantine,
        Self::SendCheck,
        Self::StopAtFirst,
        Self::DecorationApart,
        Self::UnknownIsNotFailure,
        Self::UnknownIsNotSuccess,
        Self::DoneAfterSend,
        Self::EchoGuard,
        Self::AllPages,
        Self::OneMoment,
        Self::ConsistentReads,
        Self::NoClientRetry,
        Self::ForgetFirst,
        Self::SetAgain,
        Self::NewestOnly,
        Self::LookAgain,
        Self::RetryAfter,
        Self::Pace,
        Self::Verify,
        Self::Discovery,
        Self::Sweep,
        Self::CommandRecord,
        Self::ClientToken,
        Self::SayFirst,
    ];
}
