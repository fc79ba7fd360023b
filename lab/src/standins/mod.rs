//! What would SIR, Security Hub, Slack, Jira, CloudWatch Logs, PagerDuty and the receiver of a webhook have answered?
//!
//! Seven servers over real HTTP on loopback. The playground, the tests and the deployment check talk to them
//! with the same clients as in production. They keep their state in the wire's own JSON, refuse what they do
//! not know, check authorization, and can be told to fail.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use casebridge_lab::standins::{FaultRule, SirStandin};
//!
//! let sir = SirStandin::start().await?;
//! let case = sir.aws_creates_case("Credentials used from a new country");
//! sir.aws_comments(&case, "AWS Responder", "We are looking at it.");
//! sir.fault(FaultRule::on("CreateCaseComment").once().throttled(Some("1")));
//! // point an SDK client at sir.url(), then:
//! assert_eq!(sir.count("GetCase"), 1);
//! let events = sir.take_events(); // what EventBridge would have delivered
//! # Ok(()) }
//! ```
//!
//! Every handle is cheap to clone and dereferences to [`Server`], which knows the address, the calls heard,
//! the faults and the clock. The server stops when the last handle is dropped. All of it can also be reached
//! by other processes under `/_control/` on the same port; see [`Server`].

mod clock;
mod exchange;
mod fault;
mod hub;
mod jira;
mod logs;
mod pagerduty;
mod past;
mod rate;
mod server;
mod shape;
mod sigv4;
mod sir;
mod slack;
mod standin;
mod webhook;
mod wire;
mod within;

pub use clock::ServiceClock;
pub use exchange::{HeardCall, SignedRequest};
pub use fault::{Canned, ErrorCode, FaultEffect, FaultRule, FaultTarget};
pub use hub::HubStandin;
pub use jira::JiraStandin;
pub use logs::{AUDIT_GROUP, LogsStandin};
pub use pagerduty::{Alert, PagerDutyStandin, shown as shown_alerts};
pub use server::{Endpoint, Server};
pub use sir::{Order, PERSON_ROLE, Scan, SirRefused, SirStandin};
pub use slack::{LiveText, Pace, Sharing, SlackStandin, tier as slack_tier};
pub use standin::Standin;
pub use webhook::{WebhookStandin, complaints as webhook_complaints};
pub use within::Sight;

/// A client for loopback: reading the system's root certificates takes longer than most tests.
#[cfg(test)]
fn http() -> reqwest::Client {
    let builder = reqwest::Client::builder().tls_certs_only([]).no_proxy();
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}
