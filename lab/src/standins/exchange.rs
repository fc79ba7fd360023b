//! What was asked of a stand-in, and what did it answer?

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One request, read whole.
#[derive(Clone, Debug)]
pub struct WireRequest {
    pub(crate) method: Method,
    /// As sent: segments are still percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl WireRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The path's parts, percent-decoded one by one, so that an encoded `/` stays inside its part.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|part| !part.is_empty()).map(decode_percent).collect()
    }

    /// What is asked of the stand-in itself, by another process: the path below `/_control/`.
    pub(crate) fn control(&self) -> Option<&str> {
        self.path.strip_prefix("/_control/")
    }

    /// The same in its parts, with the JSON body; an empty one is `{}`.
    pub(crate) fn order(&self) -> (Vec<&str>, Value) {
        let parts = self.control().unwrap_or_default().split('/').collect();
        (parts, self.json().unwrap_or_else(|_| json!({})))
    }

    pub(crate) fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    pub(crate) fn content_type(&self) -> &str {
        self.header("content-type").unwrap_or_default()
    }

    pub(crate) fn form(&self) -> Vec<(String, String)> {
        serde_urlencoded::from_bytes(&self.body).unwrap_or_default()
    }

    /// The body as a test wants to look at it: JSON, a form's fields, or only its length.
    pub(crate) fn readable(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        if self.content_type().starts_with("application/x-www-form-urlencoded") {
            return Value::Object(self.form().into_iter().map(|(key, value)| (key, value.into())).collect());
        }
        self.json().unwrap_or_else(|_| json!({ "bytes": self.body.len() }))
    }
}

/// `%2F` → `/`; what is not valid UTF-8 afterwards becomes U+FFFD.
pub(crate) fn decode_percent(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer.
#[derive(Clone, Debug)]
pub struct WireResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl WireResponse {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let empty = Self::empty(status);
        Self { body: body.into(), ..empty }.with("content-type", content_type)
    }

    pub(crate) fn empty(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Adds a header; one that HTTP does not allow is left out.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }
}

/// One request that a stand-in heard, for tests to look at. `Authorization` is left out.
#[derive(Clone, Debug, Serialize)]
pub struct HeardCall {
    /// Counts from 1 in the order in which the requests arrived.
    pub number: u64,
    /// Milliseconds since 1970 on the stand-in's clock.
    pub at: i64,
    /// The service's own name of what was asked: `GetCase`, `chat.postMessage`, `addComment`.
    pub operation: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// As sent, without the query.
    pub path: String,
    /// Query parameters; of a repeated one the last.
    pub query: Map<String, Value>,
    /// Header names in lower case.
    pub headers: BTreeMap<String, String>,
    /// JSON, a form as an object of strings, or `{"bytes": n}`; null when there was none.
    pub body: Value,
    /// The status answered; none while it is being worked on, and when the connection was reset.
    pub status: Option<u16>,
    /// Whether a [`FaultRule`](super::FaultRule) had a hand in it.
    pub faulty: bool,
}

impl HeardCall {
    pub(crate) fn of(asked: &WireRequest, number: u64, at: i64) -> Self {
        let readable = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
        };
        Self {
            number,
            at,
            operation: String::new(),
            method: asked.method.to_string(),
            path: asked.path.clone(),
            query: asked.query.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect(),
            headers: asked
                .headers
                .iter()
                .filter(|(name, _)| *name != "authorization")
                .map(readable)
                .collect(),
            body: asked.readable(),
            status: None,
            faulty: false,
        }
    }
}

/// A request that Slack or Jira would send to us, as plain values to be delivered anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// Where it goes, without a host.
    pub path: String,
    /// Names and values, the signature among them.
    pub headers: Vec<(String, String)>,
    /// The exact bytes that the signature covers.
    pub body: Vec<u8>,
}

impl SignedRequest {
    /// A header's value, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// As JSON for the control API: `{path, headers: {..}, body}`; the body as text.
    pub(crate) fn to_json(&self) -> Value {
        let headers: Map<String, Value> =
            self.headers.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
        json!({ "path": self.path, "headers": headers, "body": String::from_utf8_lossy(&self.body) })
    }
}

#[cfg(test)]
mod tests {
    use super::decode_percent;

    #[test]
    fn percent_signs_are_decoded_inside_one_part() {
        for (sent, meant) in [
            ("arn%3Aaws%3Acase%2F1234567890", "arn:aws:case/1234567890"),
            ("a%zz%4", "a%zz%4"),
            ("%C3%A4", "ä"),
            ("%ff", "\u{fffd}"),
            ("plain", "plain"),
        ] {
            assert_eq!(decode_percent(sent), meant, "{sent}");
        }
    }
}
