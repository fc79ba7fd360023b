//! How does a request leave, and what can have become of it? HTTP as plain values.

use std::time::Duration;

use bytes::Bytes;

/// The longest that one request to Slack or Jira may take.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// A request, ready to send. Its `Debug` tells the method and the URL only: the rest may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// Absolute.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: Bytes,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.url.split('?').next().unwrap_or_default())
    }
}

/// An answer, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, as it was sent.
    pub retry_after: Option<String>,
    /// The body, at most [`MAX_BODY`] bytes.
    pub body: Bytes,
}

/// The longest answer that is read.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// There was no answer. Whether the request took effect is the only question that matters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Refused, no DNS, no TLS: nothing was sent.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Sent, or perhaps sent, and no readable answer: it may have taken effect.
    #[error("no answer: {0}")]
    Lost(String),
}

/// What an answer means for an effect: see docs/architecture.md, "An effect's life".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Refused for now, not applied: 429, connection refused, DNS, TLS.
    #[error("refused for now: {why}")]
    NotApplied {
        /// The service's own word; never undercut.
        retry_after: Option<Duration>,
        /// For the log: an error code, never a body.
        why: String,
    },
    /// Maybe applied: no answer, 5xx, an unreadable answer.
    #[error("unknown: {why}")]
    Unknown {
        /// For the log: an error code, never a body.
        why: String,
    },
    /// Our rendering was refused: not applied, and it will not be as it stands.
    #[error("content refused: {why}")]
    Content {
        /// For the log: an error code, never a body.
        why: String,
    },
    /// The thing to be set, or the thread to be continued, is gone: a person deleted it.
    #[error("gone: {why}")]
    Gone {
        /// For the log: an error code, never a body.
        why: String,
    },
    /// Needs a person: the channel, the project, the credentials.
    #[error("broken: {why}")]
    Broken {
        /// The whole destination (credentials, permission), not only this case's place.
        everywhere: bool,
        /// For the log and the notice: an error code, never a body.
        why: String,
    },
}

impl Failure {
    /// What no answer at all means.
    pub fn from_trouble(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotSent(why) => Self::NotApplied { retry_after: None, why },
            Trouble::Lost(why) => Self::Unknown { why },
        }
    }
}
