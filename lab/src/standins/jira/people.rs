//! Who is there, and who watches?

use serde_json::{Value, json};

use super::{
    super::exchange::WireResponse,
    refused::{Output, bad_payload, message},
    routes::Given,
    state::{Circle, Site},
};

pub(super) fn myself(state: &mut Site, given: &Given<'_>) -> Output {
    let mut own = state.person(&given.who);
    own["emailAddress"] = state.settings.email.clone().into();
    Ok(WireResponse::json(200, &own))
}

/// By name or e-mail. Whoever hides the address is not found by it.
pub(super) fn search(state: &mut Site, given: &Given<'_>) -> Output {
    let query = given.asked.query("query").unwrap_or_default().to_lowercase();
    if query.is_empty() {
        return Err(message(400, "Either query, accountId or property must be given."));
    }
    let has = |user: &&Value, name: &str| {
        user[name].as_str().unwrap_or_default().to_lowercase().starts_with(&query)
    };
    let found = state.users.values().filter(|user| has(user, "displayName") || has(user, "emailAddress"));
    Ok(WireResponse::json(200, &json!(found.collect::<Vec<_>>())))
}

pub(super) fn groups(state: &mut Site, given: &Given<'_>) -> Output {
    if state.denied.contains("USER_PICKER") {
        return Err(message(403, "You are not permitted to browse users and groups."));
    }
    let account = given.asked.query("accountId").unwrap_or_default();
    if !state.users.keys().any(|known| known.as_str() == account) {
        return Err(message(404, "The user does not exist."));
    }
    let is_in = |circle: &&Circle| {
        circle.kind == "group" && circle.members.iter().any(|member| member.as_str() == account)
    };
    let groups = state.circles.iter().filter(is_in);
    let groups = groups.map(|circle| json!({ "name": circle.name, "groupId": circle.identifier }));
    Ok(WireResponse::json(200, &groups.collect()))
}

pub(super) fn watchers(state: &mut Site, given: &Given<'_>) -> Output {
    let accounts = state.issue(&given.parts[0])?.watchers.clone();
    let people: Vec<Value> = accounts.iter().map(|account| state.person(account)).collect();
    let body = json!({ "watchCount": people.len(), "isWatching": accounts.contains(&given.who), "watchers": people });
    Ok(WireResponse::json(200, &body))
}

/// The body is a JSON string, an account id; without one it is the caller.
pub(super) fn watch(state: &mut Site, given: &Given<'_>) -> Output {
    let account = match given.asked.body.is_empty() {
        true => given.who.clone(),
        false => serde_json::from_slice(&given.asked.body).map_err(|_| bad_payload())?,
    };
    if !state.users.contains_key(&account) {
        return Err(message(404, "The user does not exist."));
    }
    let watchers = &mut state.issue(&given.parts[0])?.watchers;
    if !watchers.contains(&account) {
        watchers.push(account);
    }
    Ok(WireResponse::empty(204))
}

pub(super) fn unwatch(state: &mut Site, given: &Given<'_>) -> Output {
    let account = given.asked.query("accountId").unwrap_or_default();
    state.issue(&given.parts[0])?.watchers.retain(|watcher| watcher.as_str() != account);
    Ok(WireResponse::empty(204))
}
