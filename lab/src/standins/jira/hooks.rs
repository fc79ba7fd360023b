//! How is a webhook made by a call? Only by an administrator of the site:
//! <https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-via-the-jira-rest-api-for-other-integrations>.

use serde_json::{Value, json};

use super::{
    super::exchange::WireResponse,
    refused::{Output, message},
    routes::Given,
    state::Site,
};

/// What may be said of one.
const FIELDS: [&str; 7] = ["name", "url", "events", "filters", "excludeBody", "secret", "enabled"];

fn is_admin(state: &Site) -> Result<(), super::refused::JiraRefusal> {
    match state.denied.contains("ADMINISTER") {
        true => Err(message(403, "You do not have permission to administer webhooks.")),
        false => Ok(()),
    }
}

pub(super) fn list(state: &mut Site, _: &Given<'_>) -> Output {
    is_admin(state)?;
    // A secret is never told again.
    let all: Vec<Value> = state.hooks.iter().map(|(id, hook)| shown(state, *id, hook)).collect();
    Ok(WireResponse::json(200, &json!(all)))
}

pub(super) fn create(state: &mut Site, given: &Given<'_>) -> Output {
    is_admin(state)?;
    let id = state.next("hook");
    put(state, given, id, 201)
}

pub(super) fn update(state: &mut Site, given: &Given<'_>) -> Output {
    is_admin(state)?;
    let id = given.parts[0].parse().ok().filter(|id| state.hooks.contains_key(id));
    let id = id.ok_or_else(|| message(404, "No webhook with that id."))?;
    put(state, given, id, 200)
}

fn put(state: &mut Site, given: &Given<'_>, id: u64, status: u16) -> Output {
    let hook: Value = serde_json::from_slice(&given.asked.body).unwrap_or_default();
    let fields = hook.as_object().ok_or_else(|| message(400, "Unexpected body."))?;
    if let Some(unknown) = fields.keys().find(|field| !FIELDS.contains(&field.as_str())) {
        return Err(message(400, &format!("Unrecognized field {unknown}")));
    }
    let text = |name: &str| hook[name].as_str().filter(|text| !text.is_empty());
    if text("name").is_none() || !text("url").is_some_and(|url| url.starts_with("https://")) {
        return Err(message(400, "A webhook needs a name and an https address."));
    }
    if let Some(secret) = text("secret") {
        secret.clone_into(&mut state.settings.webhook_secret);
        state.settings.webhook = true;
    }
    let answer = shown(state, id, &hook);
    state.hooks.insert(id, hook);
    Ok(WireResponse::json(status, &answer))
}

fn shown(state: &Site, id: u64, hook: &Value) -> Value {
    let mut shown = hook.clone();
    if let Some(shown) = shown.as_object_mut() {
        let signed = shown.remove("secret").is_some();
        shown.insert("isSigned".to_owned(), signed.into());
    }
    shown["self"] = format!("{}/rest/webhooks/1.0/webhook/{id}", state.settings.url).into();
    shown
}
