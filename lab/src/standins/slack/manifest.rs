//! How was the app installed? As its manifest says.

use std::{collections::BTreeSet, sync::LazyLock};

use serde_json::Value;

static MANIFEST: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../slack-manifest.json")).unwrap_or_default()
});

/// What the app may do.
pub(super) fn scopes() -> BTreeSet<String> {
    let all = MANIFEST["oauth_config"]["scopes"]["bot"].as_array().into_iter().flatten();
    all.filter_map(|scope| Some(scope.as_str()?.to_owned())).collect()
}

/// Whether people have a tab in which the app's direct messages stand.
pub(super) fn has_messages_tab() -> bool {
    MANIFEST["features"]["app_home"]["messages_tab_enabled"] == true
}

/// What stands in every message's menu.
pub(super) fn message_shortcuts() -> Vec<Value> {
    let all = MANIFEST["features"]["shortcuts"].as_array().into_iter().flatten();
    all.filter(|shortcut| shortcut["type"] == "message").cloned().collect()
}

/// The app's slash commands: `{command, description, usage_hint, …}`.
pub(super) fn commands() -> Vec<Value> {
    MANIFEST["features"]["slash_commands"].as_array().cloned().unwrap_or_default()
}
