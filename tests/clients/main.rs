//! Do the clients say what Slack and Jira understand, and understand what they answer? Each method, over HTTP,
//! against the stand-ins; and each method against every way in which a service can say no.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail as a test does")]

mod jira;
mod slack;

use casebridge::http::Failure;
use casebridge_lab::standins::{Canned, FaultRule, FaultTarget, Server};

/// No service asks to be left alone for longer.
const HOUR: i64 = 3_600_000;

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
