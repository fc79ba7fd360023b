//! The faults, and what each means at each service.

use std::{collections::BTreeMap, time::Duration};

use casebridge_lab::standins::{Canned, FaultRule, FaultTarget};

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Not applied; the service asks to wait for so many milliseconds, if any.
    Wait(i64),
    /// Maybe applied.
    Unknown,
    /// What we wrote is refused.
    Content,
    /// What we would change or continue is gone.
    Gone,
    /// This place needs a person.
    Here,
    /// The whole destination needs a person.
    Everywhere,
}

use Means::*;

/// A name, the fault, and what it means at Slack and at Jira; `None` where the service never says that.
pub type Row = (&'static str, fn(FaultTarget) -> FaultRule, Option<Means>, Option<Means>);

fn says(target: FaultTarget, status: u16, body: &str) -> FaultRule {
    let headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
    target.answers_with(Canned { status, headers, body: body.to_owned() })
}

macro_rules! slack_says {
    ($code:literal) => {
        |target| says(target, 200, concat!(r#"{"ok":false,"error":""#, $code, r#""}"#))
    };
}

/// Every fault once.
pub const FAULTS: [Row; 28] = [
    ("429, Retry-After 0", |on| on.throttled(Some("0")), Some(Wait(0)), Some(Wait(0))),
    ("429, Retry-After 1", |on| on.throttled(Some("1")), Some(Wait(1_000)), Some(Wait(1_000))),
    ("429, Retry-After 30", |on| on.throttled(Some("30")), Some(Wait(30_000)), Some(Wait(30_000))),
    ("429 without Retry-After", |on| on.throttled(None), Some(Wait(0)), Some(Wait(0))),
    ("429, Retry-After soon", |on| on.throttled(Some("soon")), Some(Wait(0)), Some(Wait(0))),
    ("500", |on| on.answers(500), Some(Unknown), Some(Unknown)),
    ("503", |on| on.answers(503), Some(Unknown), Some(Unknown)),
    ("503 in HTML", |on| on.html(503), Some(Unknown), Some(Unknown)),
    ("200 in HTML", |on| on.html(200), Some(Unknown), Some(Unknown)),
    ("200 and nothing", |on| on.answers(200), Some(Unknown), Some(Unknown)),
    ("reset before it is read", |on| on.reset_before(), Some(Unknown), Some(Unknown)),
    ("reset after it is done", |on| on.reset_after(), Some(Unknown), Some(Unknown)),
    ("slow", |on| on.slow(Duration::from_millis(5_500)), Some(Unknown), Some(Unknown)),
    ("half of the JSON", |on| on.truncated(), Some(Unknown), Some(Unknown)),
    ("redirect 302", |on| on.redirects(302, "http://127.0.0.1:1/"), Some(Everywhere), Some(Everywhere)),
    ("redirect 303", |on| on.redirects(303, "http://127.0.0.1:1/"), Some(Unknown), Some(Unknown)),
    ("ratelimited", slack_says!("ratelimited"), Some(Wait(0)), None),
    ("team_added_to_org", slack_says!("team_added_to_org"), Some(Wait(600_000)), None),
    ("internal_error", slack_says!("internal_error"), Some(Unknown), None),
    ("fatal_error", slack_says!("fatal_error"), Some(Unknown), None),
    ("msg_too_long", slack_says!("msg_too_long"), Some(Content), None),
    ("message_not_found", slack_says!("message_not_found"), Some(Gone), None),
    ("channel_not_found", slack_says!("channel_not_found"), Some(Here), None),
    ("invalid_auth", slack_says!("invalid_auth"), Some(Everywhere), None),
    ("400", |on| says(on, 400, r#"{"errorMessages":[],"errors":{}}"#), None, Some(Content)),
    ("401", |on| says(on, 401, "{}"), None, Some(Everywhere)),
    ("404", |on| says(on, 404, "{}"), None, Some(Gone)),
    ("409", |on| says(on, 409, "{}"), None, Some(Wait(0))),
];
