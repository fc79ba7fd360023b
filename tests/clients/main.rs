//! Do the clients say what Slack and Jira understand, and understand what they answer? Each method, over HTTP,
//! against the stand-ins; and each method against every way in which a service can say no.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail as a test does")]

mod jira;
mod slack;

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use casebridge::{
    aws::sir,
    case::Millis,
    config::clock,
    http::{Failure, Request, Response, TransportError, transport::Transport},
    runtime::World,
    state::memory::Memory,
};
use casebridge_lab::standins::{Canned, FaultRule, FaultTarget, Server};

/// A world that has HTTP and nothing else.
#[derive(Default)]
struct Wire {
    http: Transport,
    store: Memory,
    ahead: AtomicI64,
}

impl Wire {
    /// An hour passes: no service asks to be left alone for longer.
    fn hour(&self) {
        self.ahead.fetch_add(3_600_000, Ordering::SeqCst);
    }
}

#[async_trait::async_trait(?Send)]
impl World for Wire {
    fn store(&self) -> &dyn casebridge::state::Store {
        &self.store
    }

    fn now(&self) -> Millis {
        clock::now() + self.ahead.load(Ordering::SeqCst)
    }

    async fn sleep(&self, _: Duration) {
        panic!("a client never waits")
    }

    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.http.send(request, clock::now()).await
    }

    async fn call(&self, _: sir::Call) -> Result<sir::Answer, sir::Fault> {
        panic!("a client of Slack or Jira never asks SIR")
    }

    async fn enqueue(&self, _: casebridge::runtime::QueueMessage) -> Result<(), String> {
        panic!("a client never leaves work to others")
    }
}

/// What became of a request, without its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    NotApplied(Option<u64>),
    Unknown,
    Content,
    Gone,
    Shut,
    BrokenHere,
    BrokenEverywhere,
}

fn outcome<T>(answer: Result<T, Failure>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Done,
        Err(Failure::NotApplied { retry_after, .. }) => {
            Outcome::NotApplied(retry_after.map(|wait| wait.as_secs()))
        }
        Err(Failure::Unknown { .. }) => Outcome::Unknown,
        Err(Failure::Content { .. }) => Outcome::Content,
        Err(Failure::Gone { .. }) => Outcome::Gone,
        Err(Failure::Shut { .. }) => Outcome::Shut,
        Err(Failure::Broken { everywhere: false, .. }) => Outcome::BrokenHere,
        Err(Failure::Broken { everywhere: true, .. }) => Outcome::BrokenEverywhere,
    }
}

/// Something that goes wrong: what it is called, how it is made, and what each client must make of it.
type Case = (&'static str, fn(FaultTarget) -> FaultRule, Outcome);

/// What goes wrong at any service alike.
fn troubles() -> Vec<Case> {
    use Outcome::{BrokenEverywhere, NotApplied, Unknown};
    vec![
        ("429 with 0", |on| on.throttled(Some("0")), NotApplied(Some(0))),
        ("429 with 1", |on| on.throttled(Some("1")), NotApplied(Some(1))),
        ("429 with 1847", |on| on.throttled(Some("1847")), NotApplied(Some(1847))),
        ("500", |on| on.answers(500), Unknown),
        ("503 with a page", |on| on.html(503), Unknown),
        ("200 with a page", |on| on.html(200), Unknown),
        ("408", |on| on.answers(408), Unknown),
        ("reset before", |on| on.reset_before(), Unknown),
        ("reset after", |on| on.reset_after(), Unknown),
        ("redirect", |on| on.redirects(302, "https://evil.example/"), BrokenEverywhere),
        ("see other", |on| on.redirects(303, "https://evil.example/"), Unknown),
        ("403 with a page", |on| on.html(403), BrokenEverywhere),
        ("too long", |on| on.answers_with(too_long()), Unknown),
    ]
}

fn too_long() -> Canned {
    Canned { status: 200, body: " ".repeat(9 << 20), ..Canned::default() }
}

/// Every fault leaves exactly one request behind: no client repeats one by itself.
fn heard_once(server: &Server, operation: &str, what: &str) {
    let calls = server.take_calls();
    let count = calls.iter().filter(|call| call.operation == operation).count();
    assert_eq!(count, 1, "{operation}: {what}: {calls:#?}");
}
