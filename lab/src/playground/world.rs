//! The world of one invocation: the real one over the wire, on the playground's clock, watched, in which a worker can be
//! killed.

use std::{sync::Mutex, time::Duration};

use casebridge::{
    aws::sir::{self, FaultKind},
    case::{CaseId, Millis},
    http::{
        Request, Response, TransportError,
        transport::{Opened, Source},
    },
    runtime::{
        QueueMessage, World,
        live::{Live, trigger},
    },
    state::{Store, memory::Memory},
    telemetry::audit::AuditLine,
};

use super::{
    boundary::Boundary,
    clock::PlayClock,
    feed::{Feed, FeedEntry, FeedKind, lock},
    queue::Queue,
    table::PlayTable,
    witness::Witness,
};

pub struct PlayWorld<'a> {
    pub live: &'a Live<Memory>,
    pub clock: &'a PlayClock,
    pub table: PlayTable<'a>,
    pub boundary: &'a Boundary<'a>,
    pub feed: &'a Feed,
    pub witness: &'a Witness,
    /// What waits for `notify`.
    pub events: &'a Mutex<Queue>,
}

impl PlayWorld<'_> {
    fn sent(&self, request: &Request, answer: &Result<Response, TransportError>) {
        let (place, what) = self.witness.named(request);
        let reads = request.method == "GET"
            || ["history", "replies", "info", "list", "members", "lookupByEmail", "jql"]
                .iter()
                .any(|verb| what.ends_with(verb));
        let kind = if reads { FeedKind::Reads } else { FeedKind::Sends };
        self.feed.add(self.clock.now(), FeedEntry::new(kind, place, what).went(outcome(answer)));
    }
}

/// How a request went: by Slack's own word where it answers 200 to everything.
fn outcome(answer: &Result<Response, TransportError>) -> String {
    match answer {
        Err(TransportError::NotSent(_)) => "not sent".to_owned(),
        Err(TransportError::Lost(_)) => "no answer".to_owned(),
        Ok(answer) => {
            let body = answer.value().unwrap_or_default();
            let word = body["error"].as_str().filter(|_| body["ok"] == false);
            word.map_or_else(|| answer.status.to_string(), str::to_owned)
        }
    }
}

/// The same for AWS, whose client keeps the status to itself.
fn refusal(kind: &FaultKind) -> &'static str {
    match kind {
        FaultKind::Denied => "denied",
        FaultKind::Conflict => "conflict",
        FaultKind::NotFound => "not found",
        FaultKind::NotActive => "no active membership",
        FaultKind::Quota => "quota reached",
        FaultKind::Throttled { .. } => "too many (429)",
        FaultKind::Invalid { .. } => "not valid",
        FaultKind::InvalidToken => "token not valid",
        FaultKind::NoSession => "no session",
        FaultKind::NotSent => "not sent",
        FaultKind::Unknown => "no answer, or 503",
    }
}

#[async_trait::async_trait(?Send)]
impl World for PlayWorld<'_> {
    fn store(&self) -> &dyn Store {
        &self.table
    }

    fn now(&self) -> Millis {
        self.clock.now()
    }

    async fn sleep(&self, time: Duration) {
        self.clock.sleep(time).await;
    }

    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.boundary.pass().await;
        let answer = self.live.send(request.clone()).await;
        self.witness.sent(&request, &answer, self.clock.now());
        self.sent(&request, &answer);
        self.boundary.pass().await;
        answer
    }

    async fn open(&self, from: Request, bytes: Option<u64>) -> Result<Source, TransportError> {
        self.boundary.pass().await;
        self.live.open(from, bytes).await
    }

    async fn fill(&self, to: Request, file: Opened) -> Result<Response, TransportError> {
        self.boundary.pass().await;
        let answer = self.live.fill(to, file).await;
        self.boundary.pass().await;
        answer
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, sir::Fault> {
        self.boundary.pass().await;
        let kind = if call.is_read() { FeedKind::Reads } else { FeedKind::Sends };
        let entry = FeedEntry::new(kind, "sir", call.operation());
        let answer = self.live.call(call).await;
        let how = answer.as_ref().map_or_else(|fault| refusal(&fault.kind), |_| "200");
        self.feed.add(self.clock.now(), entry.went(how));
        self.boundary.pass().await;
        answer
    }

    async fn enqueue(&self, message: QueueMessage) -> Result<(), String> {
        self.live.enqueue(message).await
    }

    async fn look_soon(&self, case: &CaseId) -> Result<(), String> {
        lock(self.events).put(trigger(case));
        Ok(())
    }

    async fn record(&self, line: AuditLine) {
        self.live.record(line).await;
    }
}
