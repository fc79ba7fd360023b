//! What would a receiver of Standard Webhooks answer?
//!
//! As its libraries do, <https://www.standardwebhooks.com>: it checks the signature under each of its secrets, refuses a
//! timestamp more than five minutes off, and takes each `webhook-id` once. It refuses a body that docs/webhook.schema.json
//! does not describe.

mod schema;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

pub use self::schema::complaints;
use super::{
    Endpoint, ErrorCode, ServiceClock, Standin,
    exchange::{WireRequest, WireResponse},
    standin::ServiceModel,
};

const SECRET: &str = "whsec_Y2FzZWJyaWRnZS1sYWItd2ViaG9vay1zZWNyZXQtMQ==";
const TOLERANCE: i64 = 300;

/// A running receiver.
///
/// Besides what [`Server`](super::Server) offers, its `/_control/` has:
///
/// | request | body | answer |
/// |---|---|---|
/// | `GET events` | | `{events}`: each that was taken, in its order |
pub type WebhookStandin = Standin<WebhookReceiver>;

#[derive(Clone)]
pub struct WebhookReceiver {
    clock: ServiceClock,
    /// The secrets that it knows, as `whsec_…`.
    secrets: Vec<String>,
    events: Vec<Value>,
    seen: BTreeSet<String>,
    /// It wants nothing more.
    ended: bool,
}

impl WebhookStandin {
    /// What the sender signs under.
    pub fn secret(&self) -> &'static str {
        SECRET
    }

    /// What was taken, in its order: each event once.
    pub fn events(&self) -> Vec<Value> {
        self.with(|receiver| receiver.events.clone())
    }

    /// From now on it takes what is signed under this secret, and nothing else.
    pub fn knows_only(&self, secret: &str) {
        self.with(|receiver| receiver.secrets = vec![secret.to_owned()]);
    }

    /// From now on it answers 410; or as before.
    pub fn ends(&self, ended: bool) {
        self.with(|receiver| receiver.ended = ended);
    }
}

impl WebhookReceiver {
    fn take(&mut self, asked: &WireRequest) -> Result<(), (u16, String)> {
        if self.ended {
            return Err((410, "gone".to_owned()));
        }
        let header = |name: &str| {
            asked.header(name).filter(|text| !text.is_empty()).ok_or((400, format!("no {name}")))
        };
        let (id, sent, signature) =
            (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
        let at: i64 = sent.parse().map_err(|_| (400, "webhook-timestamp is no number".to_owned()))?;
        if (self.clock.millis() / 1_000 - at).abs() > TOLERANCE {
            return Err((400, "webhook-timestamp is too old or too new".to_owned()));
        }
        let known = self.secrets.iter().filter_map(|secret| signed(secret, id, sent, &asked.body));
        if !known.into_iter().any(|ours| signature.split(' ').any(|theirs| theirs == ours)) {
            return Err((401, "no signature fits".to_owned()));
        }
        if asked.body.len() > 20_000 {
            return Err((413, "too long".to_owned()));
        }
        let event = asked.json().map_err(|_| (400, "no JSON".to_owned()))?;
        if let Some(wrong) = complaints(&event).into_iter().next() {
            return Err((422, wrong));
        }
        if self.seen.insert(id.to_owned()) && event["type"] != "casebridge.ping" {
            self.events.push(event);
        }
        Ok(())
    }
}

/// `v1,…`; `None` where the secret is none.
fn signed(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

impl ServiceModel for WebhookReceiver {
    fn furnished(endpoint: &Endpoint) -> Self {
        let clock = endpoint.clock.clone();
        Self {
            clock,
            secrets: vec![SECRET.to_owned()],
            events: Vec::new(),
            seen: BTreeSet::new(),
            ended: false,
        }
    }

    fn clock(&self) -> &ServiceClock {
        &self.clock
    }

    fn keep_limits(&mut self) {}

    fn operation(_: &WireRequest) -> String {
        "event".to_owned()
    }

    fn only_reads(_: &WireRequest) -> bool {
        false
    }

    fn answer(&mut self, asked: &WireRequest) -> WireResponse {
        match (asked.method.as_str(), self.take(asked)) {
            ("POST", Ok(())) => WireResponse::empty(204),
            ("POST", Err((status, why))) => WireResponse::json(status, &json!({ "error": why })),
            _ => WireResponse::empty(405),
        }
    }

    fn error(code: &ErrorCode) -> WireResponse {
        WireResponse::empty(match code.as_str() {
            "throttled" => 429,
            "invalid" => 422,
            "unknown" => 401,
            _ => 500,
        })
    }

    fn control(&mut self, asked: &WireRequest) -> Option<WireResponse> {
        let (parts, _) = asked.order();
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["events"]) => Some(WireResponse::json(200, &json!({ "events": self.events }))),
            _ => None,
        }
    }
}
