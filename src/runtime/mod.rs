//! What lies outside a step? Clock, store, HTTP and the SIR API, behind one seam.
//! The functions run in the real world, `simulate` runs the same code in a seeded one.

pub mod breaker;
pub(crate) mod cached;
pub mod deployments;
pub mod gate;
pub mod live;
pub(crate) mod note;
pub(crate) mod remembered;
pub mod sighting;

use std::time::Duration;

use async_trait::async_trait;

pub use self::note::Recent;
use crate::{
    aws::{
        sessions::SessionName,
        sir::{self, Question},
    },
    case::{CaseId, DeploymentId, Millis},
    config::environment::LeftOut,
    http::{
        self,
        transport::{Opened, Source},
    },
    state::Store,
    telemetry::audit::{self, AuditLine},
};

/// Everything outside that a step may touch. The two worlds are [`crate::runtime::live`] and the simulation.
#[async_trait(?Send)]
pub trait World {
    fn store(&self) -> &dyn Store;

    fn now(&self) -> Millis;

    /// What it read a moment ago. A world that has none reads each note each time.
    fn recent(&self) -> Option<&Recent> {
        None
    }

    async fn sleep(&self, time: Duration);

    /// Sends a request to Slack or Jira, once: no retry, no redirect.
    async fn send(&self, request: http::Request) -> Result<http::Response, http::TransportError>;

    /// Opens a file of so many bytes, where that is known: once, no retry, no redirect. A world without files answers that
    /// nothing was sent.
    async fn open(&self, _from: http::Request, _bytes: Option<u64>) -> Result<Source, http::TransportError> {
        Err(http::TransportError::NotSent("there are no files in this world".to_owned()))
    }

    /// Sends an opened file to where `to` says, without ever holding all of it, once.
    async fn fill(&self, _to: http::Request, _file: Opened) -> Result<http::Response, http::TransportError> {
        Err(http::TransportError::NotSent("there are no files in this world".to_owned()))
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, sir::Fault>;

    /// Makes a call that somebody asked for. One that changes something arrives at AWS in their name, where the stack has
    /// a role for that; where AWS gives no session in it, nothing is sent.
    async fn call_for(&self, _person: &SessionName, call: sir::Call) -> Result<sir::Answer, sir::Fault> {
        self.call(call).await
    }

    /// Begins a session of that role, and uses it for nothing; `None` where there is no such role.
    async fn try_session(&self, _name: &SessionName) -> Option<Result<(), sir::Fault>> {
        None
    }

    /// Puts a job on the inbox, sealed: see [`crate::config::secrets::Secrets::seal`].
    async fn enqueue(&self, message: QueueMessage) -> Result<(), String>;

    /// Lets `notify` look now at a case of which something is due, and not with the next sweep. Where it is lost, the
    /// sweep comes.
    async fn look_soon(&self, _case: &CaseId) -> Result<(), String> {
        Ok(())
    }

    /// Puts a line into the audit trail. What the trail does not take stands in the log, and is counted.
    async fn record(&self, line: AuditLine) {
        audit::kept_in_the_log(&line, "this world has no audit trail");
    }

    /// How many messages wait for `notify`, for `command`, and among the dead letters of each.
    async fn queues(&self) -> Result<[u64; 4], String> {
        Err("there are no queues in this world".to_owned())
    }

    /// Which deployment works here: it signs what it tells. One that only reads has none.
    fn deployment(&self) -> Option<&DeploymentId> {
        None
    }

    /// For which verbs the functions were given no rights.
    fn left_out(&self) -> LeftOut {
        LeftOut::default()
    }

    /// What this process wrote down of what it saw; none where nobody asks for it.
    fn sightings(&self) -> Option<&sighting::Sightings> {
        None
    }
}

/// Makes a call once, and answers what was asked for.
pub async fn ask<T>(world: &dyn World, question: Question<T>) -> Result<T, sir::Fault> {
    let answer = world.call(question.call().clone()).await?;
    question.answered(answer)
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
    if until - world.now() < http::LONGEST {
        return Err(http::Failure::NotApplied { retry_after: None, why: "no time left to ask".to_owned() });
    }
    world.send(request).await.map_err(http::Failure::from_trouble)
}
