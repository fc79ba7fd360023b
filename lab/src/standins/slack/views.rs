//! What happens to modals and App Homes?
//! <https://docs.slack.dev/surfaces/modals>

use casebridge::case::UserId;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    super::shape::{FieldShape, Shape, list, may, misfits, need, text},
    block_kit::{Surface, complaints},
    elements::PLAIN_24,
    messages::with_ids,
    state::{Args, Workspace},
    trouble::{MethodOutput, SlackRefusal, describe, no, yes},
};

/// A `trigger_id` is good for this long, in milliseconds.
const TRIGGER: i64 = 3000;

const COMMON: [FieldShape; 4] = [
    need("blocks", list(0, usize::MAX, &Shape::Any)),
    may("private_metadata", text(0, 3000)),
    may("callback_id", text(0, 255)),
    may("external_id", text(0, 255)),
];
const SHAPE: Shape = Shape::Tagged(&[
    (
        "modal",
        &[
            need("title", PLAIN_24),
            may("close", PLAIN_24),
            may("submit", PLAIN_24),
            may("clear_on_close", Shape::Flag),
            may("notify_on_close", Shape::Flag),
            may("submit_disabled", Shape::Flag),
            COMMON[0],
            COMMON[1],
            COMMON[2],
            COMMON[3],
        ],
    ),
    ("home", &[COMMON[0], COMMON[1], COMMON[2], COMMON[3]]),
]);

fn checked(args: &Args, kinds: &[&str]) -> Result<Value, SlackRefusal> {
    let view = args.get("view").cloned().unwrap_or_default();
    let mut found: Vec<String> = misfits(&SHAPE, &view, "/view").iter().map(describe).collect();
    found.extend(complaints(&view["blocks"], Surface::View, "/view/blocks"));
    let blocks = view["blocks"].as_array();
    let inputs = blocks.into_iter().flatten().any(|block| block["type"] == "input");
    if inputs && view["type"] == "modal" && view["submit"].is_null() {
        found.push("submit is required when an input is within blocks [json-pointer:/view/submit]".into());
    }
    if !kinds.contains(&view["type"].as_str().unwrap_or_default()) {
        found.push(format!("must be one of: {} [json-pointer:/view/type]", kinds.join(", ")));
    }
    if found.is_empty() { Ok(view) } else { Err(SlackRefusal::because("invalid_arguments", &found)) }
}

fn pull(state: &mut Workspace, args: &Args) -> Result<UserId, SlackRefusal> {
    let now = state.clock.millis();
    let trigger = state.triggers.get_mut(args.text("trigger_id")).ok_or_else(|| no("invalid_trigger_id"))?;
    match () {
        () if trigger.used => Err(no("exchanged_trigger_id")),
        () if now - trigger.at > TRIGGER => Err(no("expired_trigger_id")),
        () => {
            trigger.used = true;
            Ok(trigger.user.clone())
        }
    }
}

pub(super) fn open(state: &mut Workspace, args: &Args) -> MethodOutput {
    show(state, args, None)
}

pub(super) fn push(state: &mut Workspace, args: &Args) -> MethodOutput {
    let user = state.triggers.get(args.text("trigger_id")).map(|trigger| trigger.user.clone());
    let below =
        state.views.values().rev().find(|view| view["user"] == user.as_ref().map_or("", UserId::as_str));
    let below = below.and_then(|view| view["id"].as_str()).map(str::to_owned);
    match below {
        None => Err(no("view_not_found")),
        Some(_) if depth(state, below.as_deref()) >= 3 => Err(no("push_limit_reached")),
        below => show(state, args, below),
    }
}

fn depth(state: &Workspace, view: Option<&str>) -> usize {
    let below = view.and_then(|id| state.views.get(id));
    below.map_or(0, |view| 1 + depth(state, view["previous_view_id"].as_str()))
}

fn show(state: &mut Workspace, args: &Args, below: Option<String>) -> MethodOutput {
    let view = checked(args, &["modal"])?;
    let external = view["external_id"].as_str().filter(|id| !id.is_empty());
    if external.is_some_and(|id| state.views.values().any(|known| known["external_id"] == id)) {
        return Err(no("duplicate_external_id"));
    }
    let user = pull(state, args)?;
    let id = state.id('V');
    let root = below.as_deref().and_then(|id| state.views.get(id)).map(|view| view["root_view_id"].clone());
    let mut view = complete(state, view, &id);
    view["user"] = json!(user);
    view["previous_view_id"] = below.into();
    view["root_view_id"] = root.unwrap_or_else(|| id.clone().into());
    state.views.insert(id, view.clone());
    yes(json!({ "view": public(view) }))
}

fn complete(state: &Workspace, mut view: Value, id: &str) -> Value {
    let settings = &state.settings;
    let hash = format!("{}.{:.8}", state.clock.seconds(), hash_of(&view, state.next()));
    view["blocks"] = with_ids(&view["blocks"]);
    for (name, value) in [
        ("id", json!(id)),
        ("hash", json!(hash)),
        ("team_id", json!(settings.team)),
        ("app_id", json!(settings.app)),
        ("bot_id", json!(settings.bot)),
        ("state", json!({ "values": {} })),
    ] {
        view[name] = value;
    }
    view
}

fn hash_of(view: &Value, number: u64) -> String {
    super::super::server::hex(&Sha256::digest(format!("{view}{number}")))
}

/// Without what only the stand-in knows.
pub(super) fn public(mut view: Value) -> Value {
    view.as_object_mut().map(|view| view.remove("user"));
    view
}

pub(super) fn update(state: &mut Workspace, args: &Args) -> MethodOutput {
    let view = checked(args, &["modal"])?;
    let (id, external) = (args.text("view_id"), args.text("external_id"));
    let found = state
        .views
        .values()
        .find(|known| known["id"] == id || (!external.is_empty() && known["external_id"] == external));
    let Some(known) = found.cloned() else { return Err(no("not_found")) };
    if args.get("hash").is_some_and(|hash| *hash != known["hash"]) {
        return Err(no("hash_conflict"));
    }
    let id = known["id"].as_str().unwrap_or_default().to_owned();
    let mut view = complete(state, view, &id);
    for kept in ["user", "previous_view_id", "root_view_id"] {
        view[kept] = known[kept].clone();
    }
    state.views.insert(id, view.clone());
    yes(json!({ "view": public(view) }))
}

pub(super) fn publish(state: &mut Workspace, args: &Args) -> MethodOutput {
    let view = checked(args, &["home"])?;
    let user = UserId::new(args.text("user_id"));
    if !state.users.contains_key(&user) {
        return Err(no("user_not_found"));
    }
    let known = state.homes.get(&user);
    let stale = args.get("hash").is_some_and(|hash| known.is_some_and(|known| *hash != known["hash"]));
    if stale {
        return Err(no("hash_conflict"));
    }
    let id = known.and_then(|view| view["id"].as_str()).map_or_else(|| state.id('V'), str::to_owned);
    let view = complete(state, view, &id);
    state.homes.insert(user, view.clone());
    yes(json!({ "view": view }))
}
