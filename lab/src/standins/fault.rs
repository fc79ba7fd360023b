//! How shall a stand-in fail, when, and how often?

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::exchange::WireRequest;

/// An answer made up by a test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canned {
    /// The HTTP status.
    pub status: u16,
    /// Headers besides `content-length`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, sent as it is.
    #[serde(default)]
    pub body: String,
}

/// A service's own name of an error: an exception (SIR, Security Hub), an error string (Slack), a status (Jira).
/// `throttled` is everybody's too many requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorCode(String);

impl ErrorCode {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ErrorCode {
    fn from(code: &str) -> Self {
        Self(code.to_owned())
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultEffect {
    Answer(Canned),
    AppliedThenAnswer(Canned),
    /// Nothing is applied; the service's own error of this name or status is answered.
    Error(ErrorCode),
    /// It is applied, but the service's own error is answered.
    AppliedThenError(ErrorCode),
    /// Nothing is applied; the service's own "too many requests", with this `Retry-After` or none.
    Throttled {
        /// The header's value, sent as it is; seconds, or rubbish to see what a client makes of it.
        retry_after: Option<String>,
    },
    /// It is applied; only the first half of the answer's body is sent.
    Truncated,
    /// Applied; wherever a text says `{half}`, half of a surrogate pair stands in the answer.
    HalfCharacters,
    /// The connection is reset before the body is read; nothing is applied.
    ResetBefore,
    /// It is applied, then the connection is reset without an answer.
    ResetAfter,
    /// It is applied; the answer comes this many milliseconds later.
    Slow(u64),
    /// The true answer is given, but nothing is kept.
    NeverStored,
    /// The connection is reset; it is applied when [`Server::apply_late`](super::Server::apply_late) says so.
    Late,
}

/// One thing that goes wrong for the requests that it matches. Made by [`FaultRule::on`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRule {
    #[serde(flatten)]
    target: FaultTarget,
    effect: FaultEffect,
}

/// Which requests a [`FaultRule`] is for; a method that names an effect finishes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultTarget {
    operation: Option<String>,
    method: Option<String>,
    path: Option<String>,
    body: Option<String>,
    #[serde(default)]
    skip: u32,
    times: Option<u32>,
}

impl FaultRule {
    /// For an operation by the service's own name: `GetCase`, `chat.postMessage`, `addComment`.
    /// For ever, unless [`FaultTarget::times`] or [`FaultTarget::once`] says otherwise.
    pub fn on(operation: &str) -> FaultTarget {
        FaultTarget { operation: Some(operation.to_owned()), ..FaultTarget::default() }
    }

    /// For every request.
    pub fn on_all() -> FaultTarget {
        FaultTarget::default()
    }

    /// For requests whose path contains `part`.
    pub fn on_path(part: &str) -> FaultTarget {
        FaultTarget { path: Some(part.to_owned()), ..FaultTarget::default() }
    }

    /// The effect, when this fault is for `asked`; counts down.
    pub(crate) fn strike(&mut self, asked: &WireRequest, operation: &str) -> Option<FaultEffect> {
        self.target.hit(asked, operation).then(|| self.effect.clone())
    }

    /// Whether it can be decided without the body, and resets the connection unread.
    pub(crate) fn resets_unread(&self) -> bool {
        self.effect == FaultEffect::ResetBefore && self.target.body.is_none()
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.target.times == Some(0)
    }
}

impl FaultTarget {
    /// Only with this HTTP method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only with a path that contains `part`.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        self.path = Some(part.to_owned());
        self
    }

    /// Only with a body that contains `part`.
    #[must_use]
    pub fn body(mut self, part: &str) -> Self {
        self.body = Some(part.to_owned());
        self
    }

    /// Lets the first `count` matching requests through.
    #[must_use]
    pub fn skip(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// Strikes `count` times, then is gone.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.times = Some(count);
        self
    }

    /// Strikes once, then is gone.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    fn hit(&mut self, asked: &WireRequest, operation: &str) -> bool {
        let wanted = |wish: &Option<String>, has: &dyn Fn(&str) -> bool| wish.as_deref().is_none_or(has);
        let body = || String::from_utf8_lossy(&asked.body);
        let matches = self.times != Some(0)
            && wanted(&self.operation, &|name| name == operation)
            && wanted(&self.method, &|method| asked.method.as_str().eq_ignore_ascii_case(method))
            && wanted(&self.path, &|part| asked.path.contains(part))
            && wanted(&self.body, &|part| body().contains(part));
        if matches && self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if matches && let Some(left) = &mut self.times {
            *left -= 1;
        }
        matches
    }

    /// Finishes with any effect.
    pub fn has(self, effect: FaultEffect) -> FaultRule {
        FaultRule { target: self, effect }
    }

    /// Nothing is applied; answers this status with an empty body.
    pub fn answers(self, status: u16) -> FaultRule {
        self.answers_with(Canned { status, ..Canned::default() })
    }

    /// Nothing is applied; answers this.
    pub fn answers_with(self, canned: Canned) -> FaultRule {
        self.has(FaultEffect::Answer(canned))
    }

    /// Nothing is applied; a gateway's HTML page with this status.
    pub fn html(self, status: u16) -> FaultRule {
        let body = format!("<html><head><title>{status}</title></head><body>Gateway</body></html>");
        let headers = BTreeMap::from([("content-type".to_owned(), "text/html".to_owned())]);
        self.answers_with(Canned { status, headers, body })
    }

    /// Nothing is applied; sends the client elsewhere.
    pub fn redirects(self, status: u16, location: &str) -> FaultRule {
        let headers = BTreeMap::from([("location".to_owned(), location.to_owned())]);
        self.answers_with(Canned { status, headers, body: String::new() })
    }

    /// Nothing is applied; the service's own error: an exception's name (SIR, Security Hub), an error string
    /// (Slack), a status (Jira).
    pub fn error(self, code: impl Into<ErrorCode>) -> FaultRule {
        self.has(FaultEffect::Error(code.into()))
    }

    /// It is applied, but the service's own error is answered.
    pub fn applied_then_error(self, code: impl Into<ErrorCode>) -> FaultRule {
        self.has(FaultEffect::AppliedThenError(code.into()))
    }

    /// It is applied, but this status is answered with an empty body.
    pub fn applied_then(self, status: u16) -> FaultRule {
        self.has(FaultEffect::AppliedThenAnswer(Canned { status, ..Canned::default() }))
    }

    /// Nothing is applied; too many requests, with this `Retry-After` or none.
    pub fn throttled(self, retry_after: Option<&str>) -> FaultRule {
        self.has(FaultEffect::Throttled { retry_after: retry_after.map(str::to_owned) })
    }

    /// Applied; half of the body arrives.
    pub fn truncated(self) -> FaultRule {
        self.has(FaultEffect::Truncated)
    }

    /// Applied; wherever a text says `{half}`, half of a surrogate pair stands in the answer.
    pub fn half_characters(self) -> FaultRule {
        self.has(FaultEffect::HalfCharacters)
    }

    /// Not applied; connection reset before the body is read.
    pub fn reset_before(self) -> FaultRule {
        self.has(FaultEffect::ResetBefore)
    }

    /// Applied; connection reset instead of an answer.
    pub fn reset_after(self) -> FaultRule {
        self.has(FaultEffect::ResetAfter)
    }

    /// Applied; the answer comes late.
    pub fn slow(self, by: Duration) -> FaultRule {
        self.has(FaultEffect::Slow(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Answered as if it had been done, but never stored.
    pub fn never_stored(self) -> FaultRule {
        self.has(FaultEffect::NeverStored)
    }

    /// Connection reset; applied when [`Server::apply_late`](super::Server::apply_late) says so.
    pub fn late(self) -> FaultRule {
        self.has(FaultEffect::Late)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Method};

    use super::*;

    fn asked(path: &str, body: &'static str) -> WireRequest {
        let (method, headers) = (Method::POST, HeaderMap::new());
        WireRequest { method, path: path.to_owned(), query: vec![], headers, body: body.into() }
    }

    #[test]
    fn a_fault_strikes_what_it_names_as_often_as_it_says() {
        let hi = asked("/api/chat.postMessage", "hi");
        let mut fault = FaultRule::on("chat.postMessage").body("hi").skip(1).times(2).answers(503);
        let struck: Vec<bool> = (0..5).map(|_| fault.strike(&hi, "chat.postMessage").is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert!(fault.is_spent());
    }

    #[test]
    fn a_fault_leaves_other_requests_alone() {
        let hi = asked("/api/chat.postMessage", "hi");
        for (fault, operation) in [
            (FaultRule::on("chat.update").answers(500), "chat.postMessage"),
            (FaultRule::on_path("/other").answers(500), "chat.postMessage"),
            (FaultRule::on_all().body("bye").answers(500), "chat.postMessage"),
            (FaultRule::on_all().method("GET").answers(500), "chat.postMessage"),
        ] {
            assert_eq!(fault.clone().strike(&hi, operation), None, "{fault:?}");
        }
    }

    #[test]
    fn a_fault_can_be_written_as_json() {
        let text = r#"{"operation":"GetCase","times":2,"effect":{"answer":{"status":503,"body":"<html>"}}}"#;
        let fault: FaultRule = serde_json::from_str(text).unwrap();
        let canned = Canned { status: 503, headers: BTreeMap::new(), body: "<html>".into() };
        assert_eq!(fault, FaultRule::on("GetCase").times(2).answers_with(canned));
        let throttled: FaultRule =
            serde_json::from_str(r#"{"effect":{"throttled":{"retry_after":"30"}}}"#).unwrap();
        assert_eq!(throttled, FaultRule::on_all().throttled(Some("30")));
        assert_eq!(
            serde_json::from_str::<FaultRule>(r#"{"effect":"reset_after"}"#).unwrap(),
            FaultRule::on_all().reset_after()
        );
    }
}
