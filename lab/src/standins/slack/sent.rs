//! What do Slack's own requests look like?
//! Signed as <https://docs.slack.dev/authentication/verifying-requests-from-slack> says.

use casebridge::case::{ChannelId, UserId};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    super::{exchange::SignedRequest, server::hex},
    state::Workspace,
};

/// Where the app's manifest points.
pub(super) const COMMANDS: &str = "/slack/commands";
pub(super) const EVENTS: &str = "/slack/events";
const INTERACTIONS: &str = "/slack/interactions";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// A body with Slack's signature, as of now.
pub(super) fn sign(state: &Workspace, path: &str, content_type: &str, body: Vec<u8>) -> SignedRequest {
    let at = state.clock.seconds().to_string();
    let base = [b"v0:", at.as_bytes(), b":", &body].concat();
    let mac = Hmac::<Sha256>::new_from_slice(state.settings.signing_secret.as_bytes());
    let signature = mac.map(|mac| hex(&mac.chain_update(base).finalize().into_bytes())).unwrap_or_default();
    let headers = [
        ("Content-Type", content_type.to_owned()),
        ("X-Slack-Request-Timestamp", at),
        ("X-Slack-Signature", format!("v0={signature}")),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    SignedRequest { path: path.to_owned(), headers, body }
}

/// A click, a submission, a shortcut: one form field with JSON.
pub(super) fn interaction(state: &Workspace, kind: &str, user: &UserId, more: Value) -> SignedRequest {
    let settings = &state.settings;
    let known = state.users.get(user);
    let team = known.and_then(|user| user["team_id"].as_str()).unwrap_or(settings.team.as_str());
    let name = known.and_then(|user| user["name"].as_str()).unwrap_or_default();
    let mut payload = json!({ "type": kind, "token": "deprecated", "api_app_id": settings.app,
        "team": { "id": settings.team, "domain": settings.domain }, "enterprise": null,
        "user": { "id": user, "username": name, "name": name, "team_id": team }, "is_enterprise_install": false });
    for (name, value) in more.as_object().into_iter().flatten() {
        payload[name] = value.clone();
    }
    let form = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap_or_default();
    sign(state, INTERACTIONS, FORM, form.into_bytes())
}

pub(super) fn placed(state: &Workspace, mut message: Value, channel: &ChannelId) -> Value {
    let kind = match state.channels.get(channel) {
        Some(place) if place.wire["is_im"] == true => "im",
        Some(place) if place.is_private() => "group",
        _ => "channel",
    };
    message["channel"] = json!(channel);
    message["channel_type"] = kind.into();
    message["event_ts"] = message["ts"].clone();
    message
}

pub(super) fn event(state: &Workspace, event: Value) -> SignedRequest {
    let settings = &state.settings;
    let place = event["channel"].as_str().and_then(|id| state.channels.get(&ChannelId::new(id)));
    let shared = place.is_some_and(|place| place.wire["is_ext_shared"] == true);
    let body = json!({ "token": "deprecated", "team_id": settings.team, "context_team_id": settings.team,
        "context_enterprise_id": null, "api_app_id": settings.app, "event": event, "type": "event_callback",
        "event_id": state.id('E').replacen('E', "Ev0", 1), "event_time": state.clock.seconds(),
        "authorizations": [{ "enterprise_id": null, "team_id": settings.team, "user_id": settings.bot_user,
            "is_bot": true, "is_enterprise_install": false }],
        "is_ext_shared_channel": shared,
        "event_context": format!("4-message-{}-{}", settings.team, state.next()) });
    sign(state, EVENTS, "application/json", body.to_string().into_bytes())
}
