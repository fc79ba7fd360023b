//! What would PagerDuty's Events API answer?
//!
//! One operation, <https://developer.pagerduty.com/docs/events-api-v2-overview>: an event of one integration. A trigger
//! opens an alert or adds to the open one of its `dedup_key`; what ends or acknowledges an alert that is not open is
//! taken, and dropped. It answers 202 to what it takes, 400 to what it does not understand, 429 to more than 120 events
//! within 60 seconds.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::{
    Endpoint, ErrorCode, ServiceClock, Standin,
    exchange::{WireRequest, WireResponse},
    standin::ServiceModel,
};

const ROUTING_KEY: &str = "R0UT1NGKEY0123456789ABCDEF012345";

/// So many events of a key are taken within [`WINDOW`].
const EVENTS: usize = 120;
const WINDOW: i64 = 60_000;

/// A running stand-in of PagerDuty.
///
/// It starts with one service, rung by [`PagerDutyStandin::routing_key`]. Besides what [`Server`](super::Server) offers,
/// its `/_control/` has:
///
/// | request | body | answer |
/// |---|---|---|
/// | `GET alerts` | | `{alerts}`: each with `dedup_key`, `state` and `events`, in the order in which they opened |
pub type PagerDutyStandin = Standin<PagerDutyAccount>;

/// An alert: one that was resolved stays, and its key opens another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub dedup_key: String,
    /// `triggered`, `acknowledged` or `resolved`.
    pub state: &'static str,
    /// What it says to whoever it wakes.
    pub summary: String,
    /// How many triggers it had.
    pub triggers: usize,
    /// When it opened, in milliseconds.
    pub at: i64,
}

#[derive(Clone)]
pub struct PagerDutyAccount {
    clock: ServiceClock,
    alerts: Vec<Alert>,
    /// When the last events came, by their key.
    came: BTreeMap<String, VecDeque<i64>>,
}

impl PagerDutyStandin {
    /// The key of the one integration.
    pub fn routing_key(&self) -> &'static str {
        ROUTING_KEY
    }

    /// Every alert, in the order in which they opened.
    pub fn alerts(&self) -> Vec<Alert> {
        self.with(|account| account.alerts.clone())
    }
}

impl PagerDutyAccount {
    fn enqueue(&mut self, event: &Value) -> WireResponse {
        let errors = complaints(event);
        if !errors.is_empty() {
            return invalid(&errors);
        }
        let [key, action, dedup] = ["routing_key", "event_action", "dedup_key"].map(|name| text(event, name));
        if key != ROUTING_KEY {
            return invalid(&["Invalid routing key".to_owned()]);
        }
        let now = self.clock.millis();
        let came = self.came.entry(key.to_owned()).or_default();
        came.retain(|at| now - at < WINDOW);
        if came.len() >= EVENTS {
            return WireResponse::empty(429);
        }
        came.push_back(now);
        let dedup = if dedup.is_empty() { format!("{now}-{}", self.alerts.len()) } else { dedup.to_owned() };
        self.take(&dedup, action, event, now);
        let body = json!({ "status": "success", "message": "Event processed", "dedup_key": dedup });
        WireResponse::json(202, &body)
    }

    fn take(&mut self, dedup: &str, action: &str, event: &Value, at: i64) {
        let open = self.alerts.iter_mut().find(|alert| alert.dedup_key == dedup && alert.state != "resolved");
        match (open, action) {
            (Some(alert), "trigger") => alert.triggers += 1,
            (Some(alert), "acknowledge") => alert.state = "acknowledged",
            (Some(alert), _) => alert.state = "resolved",
            (None, "trigger") => self.alerts.push(Alert {
                dedup_key: dedup.to_owned(),
                state: "triggered",
                summary: text(&event["payload"], "summary").to_owned(),
                triggers: 1,
                at,
            }),
            (None, _) => {}
        }
    }
}

fn invalid(errors: &[String]) -> WireResponse {
    let body = json!({ "status": "invalid event", "message": "Event object is invalid", "errors": errors });
    WireResponse::json(400, &body)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// What is wrong with an event, in PagerDuty's way.
fn complaints(event: &Value) -> Vec<String> {
    const KNOWN: [&str; 8] =
        ["routing_key", "event_action", "dedup_key", "payload", "client", "client_url", "links", "images"];
    let Some(fields) = event.as_object() else { return vec!["the event is no object".to_owned()] };
    let mut wrong: Vec<String> =
        fields.keys().filter(|name| !KNOWN.contains(&name.as_str())).cloned().collect();
    let action = text(event, "event_action");
    if text(event, "routing_key").is_empty() {
        wrong.push("'routing_key' is missing or blank".to_owned());
    }
    if !["trigger", "acknowledge", "resolve"].contains(&action) {
        wrong.push("'event_action' is missing or not one of: trigger, acknowledge, resolve".to_owned());
    }
    let dedup = text(event, "dedup_key");
    if dedup.len() > 255 || dedup.is_empty() && action != "trigger" {
        wrong.push("'dedup_key' is missing or longer than 255 characters".to_owned());
    }
    if action == "trigger" {
        wrong.extend(payload(&event["payload"]));
    }
    let link = |link: &Value| text(link, "href").starts_with("http") && link["text"].is_string();
    if event["links"].as_array().is_some_and(|links| !links.iter().all(link)) {
        wrong.push("'links' has one without href or text".to_owned());
    }
    wrong
}

fn payload(payload: &Value) -> Vec<String> {
    const KNOWN: [&str; 8] =
        ["summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"];
    let Some(fields) = payload.as_object() else { return vec!["'payload' is missing".to_owned()] };
    let mut wrong: Vec<String> =
        fields.keys().filter(|name| !KNOWN.contains(&name.as_str())).cloned().collect();
    let summary = text(payload, "summary").chars().count();
    if !(1..=1_024).contains(&summary) {
        wrong.push("'payload.summary' is missing or longer than 1024 characters".to_owned());
    }
    if text(payload, "source").is_empty() {
        wrong.push("'payload.source' is missing or blank".to_owned());
    }
    if !["critical", "error", "warning", "info"].contains(&text(payload, "severity")) {
        wrong.push("'payload.severity' is missing or not one of: critical, error, warning, info".to_owned());
    }
    wrong
}

impl ServiceModel for PagerDutyAccount {
    fn furnished(endpoint: &Endpoint) -> Self {
        Self { clock: endpoint.clock.clone(), alerts: Vec::new(), came: BTreeMap::new() }
    }

    fn clock(&self) -> &ServiceClock {
        &self.clock
    }

    fn keep_limits(&mut self) {}

    fn operation(asked: &WireRequest) -> String {
        asked.path.trim_start_matches('/').to_owned()
    }

    fn only_reads(_: &WireRequest) -> bool {
        false
    }

    fn answer(&mut self, asked: &WireRequest) -> WireResponse {
        let is_json = asked.content_type().starts_with("application/json");
        match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", "/v2/enqueue") if is_json && asked.body.len() <= 512 * 1_024 => match asked.json() {
                Ok(event) => self.enqueue(&event),
                Err(_) => invalid(&["the event is no JSON".to_owned()]),
            },
            ("POST", "/v2/enqueue") => invalid(&["the event is no JSON, or longer than 512 KB".to_owned()]),
            _ => WireResponse::empty(404),
        }
    }

    fn error(code: &ErrorCode) -> WireResponse {
        match code.as_str() {
            "throttled" => WireResponse::empty(429),
            "invalid" => invalid(&["'payload.summary' is too long".to_owned()]),
            "key" => invalid(&["Invalid routing key".to_owned()]),
            _ => WireResponse::empty(500),
        }
    }

    fn control(&mut self, asked: &WireRequest) -> Option<WireResponse> {
        let (parts, _) = asked.order();
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["alerts"]) => Some(WireResponse::json(200, &json!({ "alerts": shown(&self.alerts) }))),
            _ => None,
        }
    }
}

/// As JSON.
pub fn shown(alerts: &[Alert]) -> Vec<Value> {
    let one = |Alert { dedup_key, state, summary, triggers, at }: &Alert| json!({ "dedup_key": dedup_key, "state": state, "summary": summary, "triggers": triggers, "at": at });
    alerts.iter().map(one).collect()
}
