//! What an answer of Slack means, in all three layers: the transport, the HTTP status, the body's own verdict.

use std::time::Duration;

use serde_json::Value;

use super::{
    channels::{Uninvited, uninvited},
    code::{Code, Meaning},
    method::ApiMethod,
};
use crate::http::{Failure, Response, word};

/// What Slack asks to wait for where a refusal lasts and Slack names no time: a migration, a monthly limit.
const LONG: Duration = Duration::from_secs(600);

pub(super) enum BodyVerdict {
    Yes(Value),
    No(NotOk),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotOk {
    pub code: Code,
    /// `needed`: the scope that is missing.
    needed: Option<String>,
    wait: Option<Duration>,
    /// `errors`: who was refused, and why, when several people were invited.
    pub people: Vec<Uninvited>,
}

impl BodyVerdict {
    /// The answer, where the refusal needs no look.
    pub(crate) fn or_failure(self, method: ApiMethod) -> Result<Value, Failure> {
        match self {
            Self::Yes(value) => Ok(value),
            Self::No(refusal) => refusal.or_done(method),
        }
    }
}

impl NotOk {
    /// `Null` where the refusal says that it is done already, otherwise what it means.
    pub(crate) fn or_done(&self, method: ApiMethod) -> Result<Value, Failure> {
        let why = match &self.needed {
            Some(scope) => format!("{method}: {} ({})", self.code, word(scope)),
            None => format!("{method}: {}", self.code),
        };
        Err(match self.code.meaning() {
            Meaning::Done => return Ok(Value::Null),
            Meaning::Wait => Failure::NotApplied { retry_after: self.wait, why },
            Meaning::WaitLong => Failure::NotApplied { retry_after: Some(self.wait.unwrap_or(LONG)), why },
            Meaning::Unknown => Failure::Unknown { why },
            Meaning::Content => Failure::Content { why },
            Meaning::Gone => Failure::Gone { why },
            Meaning::Place => Failure::Broken { everywhere: false, why },
            Meaning::Shut => Failure::Shut { why },
            Meaning::Everywhere => Failure::Broken { everywhere: true, why },
        })
    }
}

pub(super) fn read(method: ApiMethod, response: &Response) -> Result<BodyVerdict, Failure> {
    let body = response.value();
    let verdict = body.as_ref().and_then(|body| body.get("ok")).and_then(Value::as_bool);
    match (response.status, body, verdict) {
        (429, body, _) => {
            Err(Failure::NotApplied { retry_after: response.wait(), why: limited(method, body) })
        }
        (500.., ..) => Err(Failure::Unknown { why: format!("{method}: HTTP {}", response.status) }),
        (200..=299, Some(body), Some(true)) => Ok(BodyVerdict::Yes(body)),
        (200..=299 | 400..=499, Some(body), Some(false)) => Ok(BodyVerdict::No(not_ok(&body, response))),
        (300..=399, ..) => Err(Failure::redirected(method, response.status)),
        (400..=499, ..) => Err(refused_by_status(method, response.status)),
        _ => Err(Failure::unreadable(method)),
    }
}

fn limited(method: ApiMethod, body: Option<Value>) -> String {
    let code = body.as_ref().and_then(|body| body.get("error")).and_then(Value::as_str);
    format!("{method}: {}", word(code.unwrap_or("HTTP-429")))
}

fn not_ok(body: &Value, response: &Response) -> NotOk {
    let text = |name| body.get(name).and_then(Value::as_str);
    NotOk {
        code: Code::new(text("error").unwrap_or_default()),
        needed: text("needed").map(str::to_owned),
        wait: response.wait(),
        people: uninvited(body),
    }
}

/// A 4xx that Slack itself did not write: a proxy, or not the Web API.
fn refused_by_status(method: ApiMethod, status: u16) -> Failure {
    let why = format!("{method}: HTTP {status}");
    match status {
        408 => Failure::Unknown { why },
        425 => Failure::NotApplied { retry_after: None, why },
        400 | 413 | 414 | 422 => Failure::Content { why },
        _ => Failure::Broken { everywhere: true, why },
    }
}

/// Reads the answer of a `response_url`: a plain `ok`, or a verdict as everywhere; 404 once it is used up.
pub(super) fn read_response_url(method: ApiMethod, response: &Response) -> Result<(), Failure> {
    match response.status {
        404 | 410 => Err(Failure::Gone { why: format!("{method}: HTTP {}", response.status) }),
        // A page of somebody on the way.
        200..=299 if response.body.starts_with(b"<") => Err(Failure::unreadable(method)),
        200..=299 if response.value().is_none() => Ok(()),
        _ => read(method, response)?.or_failure(method).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(status: u16, retry_after: Option<&str>, body: &str) -> Result<Value, Failure> {
        let retry_after = retry_after.map(str::to_owned);
        let response = Response { status, retry_after, body: body.to_owned().into(), ..Response::default() };
        read(ApiMethod::ChatUpdate, &response)?.or_failure(ApiMethod::ChatUpdate)
    }

    fn not_applied(seconds: Option<u64>, why: &str) -> Failure {
        Failure::NotApplied {
            retry_after: seconds.map(Duration::from_secs),
            why: format!("chat.update: {why}"),
        }
    }

    fn unknown(why: &str) -> Failure {
        Failure::Unknown { why: format!("chat.update: {why}") }
    }

    fn content(why: &str) -> Failure {
        Failure::Content { why: format!("chat.update: {why}") }
    }

    fn gone(why: &str) -> Failure {
        Failure::Gone { why: format!("chat.update: {why}") }
    }

    fn broken(everywhere: bool, why: &str) -> Failure {
        Failure::Broken { everywhere, why: format!("chat.update: {why}") }
    }

    #[test]
    fn transport_status_and_verdict_are_all_looked_at() {
        let html = "<html>";
        let refusal = |code: &str| format!(r#"{{"ok":false,"error":"{code}"}}"#);
        let table = [
            (429, Some("30"), html.to_owned(), not_applied(Some(30), "HTTP-429")),
            (429, Some("0"), refusal("ratelimited"), not_applied(Some(0), "ratelimited")),
            (429, Some("garbage"), String::new(), not_applied(None, "HTTP-429")),
            (429, None, String::new(), not_applied(None, "HTTP-429")),
            (200, Some("7"), refusal("ratelimited"), not_applied(Some(7), "ratelimited")),
            (200, None, refusal("org_login_required"), not_applied(Some(600), "org_login_required")),
            (200, Some("900"), refusal("org_login_required"), not_applied(Some(900), "org_login_required")),
            (500, None, html.to_owned(), unknown("HTTP 500")),
            (503, Some("1"), refusal("channel_not_found"), unknown("HTTP 503")),
            (200, None, refusal("internal_error"), unknown("internal_error")),
            (200, None, html.to_owned(), unknown("unreadable answer")),
            (200, None, String::new(), unknown("unreadable answer")),
            (200, None, r#"{"ok":true"#.to_owned(), unknown("unreadable answer")),
            (200, None, r#"{"ok":"true"}"#.to_owned(), unknown("unreadable answer")),
            (200, None, "[]".to_owned(), unknown("unreadable answer")),
            (303, None, html.to_owned(), unknown("redirected (HTTP 303)")),
            (302, None, r#"{"ok":true}"#.to_owned(), broken(true, "redirected (HTTP 302)")),
            (408, None, String::new(), unknown("HTTP 408")),
            (400, None, String::new(), content("HTTP 400")),
            (413, None, html.to_owned(), content("HTTP 413")),
            (403, None, html.to_owned(), broken(true, "HTTP 403")),
            (404, None, html.to_owned(), broken(true, "HTTP 404")),
            (400, None, refusal("invalid_blocks"), content("invalid_blocks")),
            (404, None, r#"{"ok":true}"#.to_owned(), broken(true, "HTTP 404")),
            (200, None, refusal("message_not_found"), gone("message_not_found")),
            (200, None, refusal("not_in_channel"), broken(false, "not_in_channel")),
            (200, None, refusal("token_revoked"), broken(true, "token_revoked")),
            (200, None, refusal("Private text, never logged"), broken(false, "(not a word)")),
            (200, None, r#"{"ok":false}"#.to_owned(), broken(false, "(not a word)")),
            (
                200,
                None,
                r#"{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"x"}"#.to_owned(),
                broken(true, "missing_scope (chat:write)"),
            ),
            (0, None, String::new(), unknown("unreadable answer")),
        ];
        for (status, retry_after, body, expected) in table {
            assert_eq!(of(status, retry_after, &body), Err(expected), "{status} {retry_after:?} {body}");
        }
    }

    #[test]
    fn what_is_done_already_is_done() {
        assert_eq!(of(200, None, r#"{"ok":false,"error":"already_in_channel"}"#), Ok(Value::Null));
        assert_eq!(of(200, None, r#"{"ok":true,"ts":"1"}"#), Ok(json!({"ok": true, "ts": "1"})));
    }

    #[test]
    fn a_response_url_says_ok_or_that_it_is_used_up() {
        let of = |status: u16, body: &str| {
            let body = body.to_owned().into();
            read_response_url(ApiMethod::ChatUpdate, &Response { status, body, ..Response::default() })
        };
        assert_eq!(of(200, "ok"), Ok(()));
        assert_eq!(of(200, r#"{"ok":true}"#), Ok(()));
        assert_eq!(of(200, r#"{"ok":false,"error":"invalid_blocks"}"#), Err(content("invalid_blocks")));
        assert_eq!(of(400, r#"{"ok":false,"error":"invalid_payload"}"#), Err(content("invalid_payload")));
        assert_eq!(of(200, r#"{"ok":false,"error":"expired_url"}"#), Err(gone("expired_url")));
        assert_eq!(of(404, "used_url"), Err(gone("HTTP 404")));
        assert_eq!(of(500, ""), Err(unknown("HTTP 500")));
        assert_eq!(of(302, ""), Err(broken(true, "redirected (HTTP 302)")));
    }
}
