//! How an HTTP request reaches the function, and how its answer leaves: in "payload 2.0", which API Gateway HTTP APIs and
//! function URLs speak, <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest body that is looked at, in bytes. Slack's and Jira's own requests are far smaller.
pub(crate) const MAX_BODY: usize = 1024 * 1024;

/// The most form fields that are looked at. Slack sends under twenty.
const MAX_FIELDS: usize = 100;

/// A request as the gateway hands it over: nothing of it is trusted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GatewayRequest {
    raw_path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: RequestContext,
}

#[derive(Deserialize)]
struct RequestContext {
    http: HttpContext,
}

#[derive(Deserialize)]
struct HttpContext {
    method: String,
}

impl GatewayRequest {
    /// Reads the gateway's event; `None` if it is not one.
    pub(crate) fn read(event: &Value) -> Option<Self> {
        Self::deserialize(event).ok()
    }

    pub(crate) fn target(&self) -> (&str, &str) {
        (&self.request_context.http.method, &self.raw_path)
    }

    /// The one header of this name, in whatever case; `None` if there is none, or more than one.
    ///
    /// The gateway joins repeated headers with a comma, which no reader of a signature accepts.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The bytes that were sent, and signed. `None` if there are too many, or too many fields in them, or they
    /// are not the base64 that the gateway says they are.
    pub(crate) fn bytes(&self) -> Option<Bytes> {
        let sent = self.body.as_deref().unwrap_or_default();
        if sent.len() > if self.is_base64_encoded { MAX_BODY.div_ceil(3) * 4 } else { MAX_BODY } {
            return None;
        }
        let bytes = match self.is_base64_encoded {
            true => Bytes::from(STANDARD.decode(sent).ok()?),
            false => Bytes::copy_from_slice(sent.as_bytes()),
        };
        (bytes.len() <= MAX_BODY).then_some(bytes)
    }
}

/// Whether a form has more fields than any that Slack sends: counted before anything is computed from it.
pub(crate) fn is_crowded(form: &[u8]) -> bool {
    form.iter().filter(|byte| **byte == b'&').count() >= MAX_FIELDS
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GatewayResponse {
    pub(crate) status: u16,
    /// JSON, or nothing.
    pub(crate) body: Option<Value>,
}

impl GatewayResponse {
    /// A status and nothing else: what a stranger learns.
    pub(crate) fn bare(status: u16) -> Self {
        Self { status, body: None }
    }

    /// `200` with JSON.
    pub(crate) fn json(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    pub(crate) fn into_value(self) -> Value {
        match self.body {
            None => json!({ "statusCode": self.status, "body": "" }),
            Some(body) => json!({
                "statusCode": self.status,
                "headers": { "content-type": "application/json; charset=utf-8" },
                "body": body.to_string(),
            }),
        }
    }
}

/// Whether an answer in the gateway's format says that no signature fitted.
pub fn is_unsigned(answer: &Value) -> bool {
    answer["statusCode"] == 401
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(body: &str, encoded: bool) -> GatewayRequest {
        GatewayRequest::read(&json!({
            "rawPath": "/slack/commands",
            "headers": { "X-Slack-Signature": "a", "x-one": "1", "X-ONE": "2" },
            "requestContext": { "http": { "method": "POST" } },
            "body": body,
            "isBase64Encoded": encoded,
        }))
        .unwrap()
    }

    #[test]
    fn a_header_is_found_in_any_case_and_a_doubled_one_is_not() {
        let envelope = envelope("", false);
        assert_eq!(envelope.header("x-slack-signature"), Some("a"));
        assert_eq!(envelope.header("x-one"), None);
        assert_eq!(envelope.header("x-none"), None);
    }

    #[test]
    fn the_bytes_are_those_that_were_sent() {
        assert_eq!(envelope("a=b", false).bytes().unwrap(), "a=b");
        assert_eq!(envelope("YT1i", true).bytes().unwrap(), "a=b");
        assert_eq!(envelope("/w==", true).bytes().unwrap(), &b"\xff"[..]);
        assert_eq!(envelope("a=b", true).bytes(), None);
        assert_eq!(envelope("YT1i\n", true).bytes(), None);
    }

    #[test]
    fn a_mebibyte_is_the_most() {
        let most = "x".repeat(MAX_BODY);
        assert_eq!(envelope(&most, false).bytes().map(|bytes| bytes.len()), Some(MAX_BODY));
        assert_eq!(envelope(&format!("{most}x"), false).bytes(), None);
        assert!(envelope(&STANDARD.encode(&most), true).bytes().is_some());
        assert_eq!(envelope(&STANDARD.encode(format!("{most}x")), true).bytes(), None);
        assert_eq!(envelope(&"A".repeat(2 * MAX_BODY), true).bytes(), None);
    }

    #[test]
    fn a_form_of_a_hundred_thousand_fields_is_seen_at_once() {
        assert!(is_crowded("a=b&".repeat(100_000).as_bytes()));
        assert!(!is_crowded("a=b&".repeat(20).as_bytes()));
    }

    #[test]
    fn what_is_not_a_request_is_not_read() {
        for event in [json!(null), json!({}), json!({ "Records": [] }), json!({ "rawPath": 1 }), json!([1])] {
            assert!(GatewayRequest::read(&event).is_none(), "{event}");
        }
    }
}
