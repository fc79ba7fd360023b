//! How does a request leave, and what can have become of it? HTTP as plain values.

pub mod json;
pub mod transport;

use std::{collections::HashSet, fmt, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use reqwest::Method;
use serde_json::Value;

use crate::{case::Millis, config::secrets::Secret};

pub const TIMEOUT: Duration = Duration::from_secs(5);

/// [`TIMEOUT`] and a margin, in milliseconds: nothing is sent with less time left than this.
pub const LONGEST: Millis = TIMEOUT.as_secs().cast_signed() * 1_000 + 2_000;

/// A request, ready to send. Its `Debug` tells the method and the URL only: the rest may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// It goes to no address inside anybody's own network, whatever a name leads to.
    pub only_public: bool,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.url.split('?').next().unwrap_or_default())
    }
}

impl Request {
    pub fn bare(method: Method, url: String) -> Self {
        let headers = vec![("accept", "application/json".to_owned())];
        Self { method, url, headers, body: Bytes::new(), only_public: false }
    }

    /// A request with a JSON body. Slack warns where the charset is missing.
    pub fn json(method: Method, url: String, body: &Value) -> Self {
        let request = Self::bare(method, url).header("content-type", "application/json; charset=utf-8");
        Self { body: body.to_string().into(), ..request }
    }

    pub fn form(url: String, pairs: &[(&str, &str)]) -> Self {
        #[expect(clippy::expect_used, reason = "pairs of strings always encode")]
        let body = serde_urlencoded::to_string(pairs).expect("pairs of strings");
        let request =
            Self::bare(Method::POST, url).header("content-type", "application/x-www-form-urlencoded");
        Self { body: body.into(), ..request }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn only_public(self) -> Self {
        Self { only_public: true, ..self }
    }

    pub fn bearer(self, token: &Secret) -> Self {
        let value = format!("Bearer {}", token.reveal());
        self.header("authorization", value)
    }

    pub fn basic(self, user: &Secret, password: &Secret) -> Self {
        let pair = BASE64_STANDARD.encode(format!("{}:{}", user.reveal(), password.reveal()));
        self.header("authorization", format!("Basic {pair}"))
    }
}

/// An answer, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub retry_after: Option<String>,
    /// `X-Seraph-LoginReason`, as it was sent: what Jira says of our login, whatever the status.
    pub login: Option<String>,
    pub limit: Option<String>,
    /// `X-OAuth-Scopes`: what Slack granted the app.
    pub scopes: Option<String>,
    /// `Date`: what time it is there.
    pub date: Option<String>,
    pub body: Bytes,
}

impl Response {
    /// `Retry-After` in seconds. `None` where it is missing or no number of seconds: whoever waits has a default.
    pub fn wait(&self) -> Option<Duration> {
        let seconds: u32 = self.retry_after.as_deref()?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds.into()))
    }

    pub fn value(&self) -> Option<Value> {
        if self.body.len() > MAX_BODY {
            return None;
        }
        json::read(&self.body)
    }
}

/// The pages of one list that were followed.
#[derive(Debug, Default)]
pub(crate) struct Pages(HashSet<String>);

impl Pages {
    /// The page after this one. One that was followed already would be read for ever: a person must look.
    ///
    /// # Errors
    /// [`Failure::Broken`], of this place alone.
    pub(crate) fn follow(
        &mut self,
        what: impl fmt::Display,
        next: Option<String>,
    ) -> Result<Option<String>, Failure> {
        match next {
            Some(token) if !self.0.insert(token.clone()) => Err(Failure::Broken {
                everywhere: false,
                why: format!("{what}: a page leads back to one that was read"),
            }),
            next => Ok(next),
        }
    }
}

/// The same object with one more member, which is moved in: `json!` would copy all of it, at each level of a document.
pub fn with(mut object: Value, name: &str, member: impl Into<Value>) -> Value {
    object[name] = member.into();
    object
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, Next = String> {
    pub items: Vec<T>,
    pub next: Option<Next>,
    pub total: Option<u64>,
}

pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// There was no answer. Whether the request took effect is the only question that matters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Refused, no DNS, no TLS: nothing was sent.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Sent, or perhaps sent, and no readable answer: it may have taken effect.
    #[error("no answer: {0}")]
    Lost(String),
}

/// What an answer means for an effect: docs/architecture.md, "An effect's life". `why` is an error code, never a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Refused for now, not applied: 429, connection refused, DNS, TLS.
    #[error("refused for now: {why}")]
    NotApplied {
        /// The service's own word; never undercut.
        retry_after: Option<Duration>,
        why: String,
    },
    /// Maybe applied: no answer, 5xx, an unreadable answer.
    #[error("unknown: {why}")]
    Unknown { why: String },
    #[error("content refused: {why}")]
    Content { why: String },
    #[error("gone: {why}")]
    Gone { why: String },
    #[error("broken: {why}")]
    Broken {
        /// The whole destination (credentials, permission), not only this case's place.
        everywhere: bool,
        why: String,
    },
    /// People closed the place for now: a channel that is archived.
    #[error("shut: {why}")]
    Shut { why: String },
}

impl Failure {
    pub(crate) fn from_trouble(trouble: TransportError) -> Self {
        match trouble {
            TransportError::NotSent(why) => Self::NotApplied { retry_after: None, why },
            TransportError::Lost(why) => Self::Unknown { why },
        }
    }

    pub fn unreadable(what: impl std::fmt::Display) -> Self {
        Self::Unknown { why: format!("{what}: unreadable answer") }
    }

    /// None is followed: tokens stay where they are sent. 303 alone says that the request was worked on.
    pub(crate) fn redirected(what: impl std::fmt::Display, status: u16) -> Self {
        let why = format!("{what}: redirected (HTTP {status})");
        match status {
            303 => Self::Unknown { why },
            _ => Self::Broken { everywhere: true, why },
        }
    }
}

/// A word from outside that may stand in a log: an error code or a field's name, otherwise nothing of it.
pub fn word(text: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:,".contains(&byte);
    if !text.is_empty() && text.len() <= 80 && text.bytes().all(plain) { text } else { "(not a word)" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_was_followed_is_not_followed_again_however_far_back() {
        let (mut pages, token) = (Pages::default(), |token: &str| Some(token.to_owned()));
        assert_eq!(pages.follow("list", token("a")), Ok(token("a")));
        assert_eq!(pages.follow("list", token("b")), Ok(token("b")));
        assert!(matches!(pages.follow("list", token("a")), Err(Failure::Broken { everywhere: false, .. })));
        assert_eq!(pages.follow("list", None), Ok(None));
    }

    #[test]
    fn the_services_word_on_waiting_is_taken_or_none_is() {
        let table = [
            (None, None),
            (Some("0"), Some(0)),
            (Some("30"), Some(30)),
            (Some(" 1847 "), Some(1847)),
            (Some("-1"), None),
            (Some("soon"), None),
            (Some("99999999999999999999"), None),
            (Some("Wed, 21 Oct 2026 07:28:00 GMT"), None),
        ];
        for (header, seconds) in table {
            let response = Response { retry_after: header.map(str::to_owned), ..Response::default() };
            assert_eq!(response.wait(), seconds.map(Duration::from_secs), "{header:?}");
        }
    }

    #[test]
    fn an_answer_longer_than_the_limit_is_not_read() {
        let body = |length: usize| {
            let text = format!("{}1", " ".repeat(length - 1));
            Response { body: text.into(), ..Response::default() }.value()
        };
        assert_eq!(body(MAX_BODY), Some(Value::from(1)));
        assert_eq!(body(MAX_BODY + 1), None);
    }

    #[test]
    fn a_request_carries_what_it_was_given_and_shows_none_of_it() {
        let request = Request::form("https://slack.com/api/users.info?x=1".to_owned(), &[("user", "U1 &=")])
            .bearer(&Secret::new("xoxb-1"));
        let expected = [
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", "Bearer xoxb-1"),
        ];
        assert_eq!(request.headers, expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(request.body, "user=U1+%26%3D");
        assert_eq!(format!("{request:?}"), "POST https://slack.com/api/users.info");
        let request =
            Request::bare(Method::GET, "https://x".to_owned()).basic(&Secret::new("a"), &Secret::new("b"));
        assert_eq!(request.headers[1], ("authorization", "Basic YTpi".to_owned()));
    }

    #[test]
    fn a_word_for_the_log_is_a_code_and_nothing_else() {
        for good in ["channel_not_found", "customfield_10010", "chat:write,groups:read"] {
            assert_eq!(word(good), good);
        }
        for bad in ["", "two words", "a\nb", "<script>", &"x".repeat(81)] {
            assert_eq!(word(bad), "(not a word)");
        }
    }
}
