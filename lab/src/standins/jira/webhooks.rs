//! What does Jira tell us when something changes?
//! Admin webhooks with a secret: <https://developer.atlassian.com/cloud/jira/platform/webhooks/>. Bodies are those
//! of Jira Cloud: REST v2 strings for texts, no user at the top of comment events.

use casebridge::case::AccountId;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    super::{exchange::SignedRequest, server::hex},
    adf,
    state::Site,
};

const PATH: &str = "/jira/webhooks";

pub(super) fn item(field: &str, before: &Value, after: &Value) -> Value {
    json!({ "field": field, "fieldtype": "jira", "fieldId": field, "from": before["id"], "fromString": flat(before),
        "to": after["id"], "toString": flat(after) })
}

fn flat(value: &Value) -> Value {
    match value {
        Value::Object(map) if map.get("type").is_some_and(|kind| kind == "doc") => adf::plain(value).into(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ").into(),
        Value::Object(map) => ["displayName", "name", "value"]
            .iter()
            .find_map(|name| map.get(*name))
            .cloned()
            .unwrap_or_default(),
        other => other.clone(),
    }
}

/// The issue in the words of REST v2.
fn old_issue(state: &Site, id: u64) -> Value {
    let Some(issue) = state.issues.get(&id) else { return Value::Null };
    let mut fields = issue.fields.clone();
    for value in fields.values_mut().filter(|value| value["type"] == "doc") {
        *value = adf::plain(value).into();
    }
    json!({ "id": issue.id.to_string(), "key": issue.key, "fields": fields,
        "self": format!("{}/rest/api/2/issue/{}", state.settings.url, issue.id) })
}

pub(super) fn issue(state: &mut Site, id: u64, event: &str, kind: &str, who: &AccountId, changes: &[Value]) {
    let change = (50_000 + state.next("change")).to_string();
    let (author, created) = (state.person(who), state.clock.jira());
    if let Some(issue) = state.issues.get_mut(&id).filter(|_| !changes.is_empty()) {
        issue.histories.push(json!({ "id": change, "author": author, "created": created, "items": changes }));
    }
    if !state.settings.webhook {
        return;
    }
    let mut body = json!({ "timestamp": state.clock.millis(), "webhookEvent": event, "issue_event_type_name": kind,
        "user": state.person(who), "issue": old_issue(state, id) });
    if event == "jira:issue_updated" {
        body["changelog"] = json!({ "id": change, "items": changes });
    }
    send(state, &body);
}

pub(super) fn comment(state: &mut Site, issue_id: u64, event: &str, wire: &Value) {
    if !state.settings.webhook {
        return;
    }
    let mut comment = wire.clone();
    comment["body"] = adf::plain(&wire["body"]).into();
    let own = wire["self"].as_str().unwrap_or_default().replace("/api/3/", "/api/2/");
    comment["self"] = own.into();
    let body = json!({ "timestamp": state.clock.millis(), "webhookEvent": event, "comment": comment,
        "issue": old_issue(state, issue_id) });
    send(state, &body);
}

fn send(state: &mut Site, body: &Value) {
    let delivery = sign(state, body.to_string().into_bytes());
    state.webhooks.push(delivery);
}

pub(super) fn sign(state: &Site, body: Vec<u8>) -> SignedRequest {
    let mac = Hmac::<Sha256>::new_from_slice(state.settings.webhook_secret.as_bytes());
    let signature = mac.map(|mac| hex(&mac.chain_update(&body).finalize().into_bytes())).unwrap_or_default();
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        ("X-Hub-Signature", format!("sha256={signature}")),
        (
            "X-Atlassian-Webhook-Identifier",
            format!("{:08x}-0000-4000-8000-000000000000", state.next("webhook")),
        ),
        ("X-Atlassian-Webhook-Flow", "Primary".to_owned()),
        ("User-Agent", "Atlassian Webhook HTTP Client".to_owned()),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    SignedRequest { path: PATH.to_owned(), headers, body }
}
