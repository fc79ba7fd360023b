//! Who is in the workspace, and who is the app?

use serde_json::{Value, json};

use super::{
    SlackStandin,
    state::{Args, Workspace},
    trouble::{MethodOutput, no, yes},
};

impl SlackStandin {
    /// Everybody who is no bot, as `users.info` shows them.
    pub fn people(&self) -> Vec<Value> {
        let is_person = |user: &&Value| user["is_bot"] != true;
        self.with(|state| state.users.values().filter(is_person).cloned().collect())
    }
}

pub(super) fn auth_test(state: &mut Workspace, _: &Args) -> MethodOutput {
    let settings = &state.settings;
    yes(
        json!({ "url": format!("https://{}.slack.com/", settings.domain), "team": "Example", "user": "casebridge",
        "team_id": settings.team, "user_id": settings.bot_user, "bot_id": settings.bot,
        "is_enterprise_install": false }),
    )
}

pub(super) fn info(state: &mut Workspace, args: &Args) -> MethodOutput {
    let user = state.users.get(&args.user()).ok_or_else(|| no("user_not_found"))?;
    let mut user = user.clone();
    if !state.settings.scopes.contains("users:read.email") {
        user["profile"].as_object_mut().map(|profile| profile.remove("email"));
    }
    yes(json!({ "user": user }))
}

pub(super) fn by_email(state: &mut Workspace, args: &Args) -> MethodOutput {
    let email = args.text("email");
    let same = |user: &&Value| {
        let known = user["profile"]["email"].as_str().unwrap_or_default();
        known.eq_ignore_ascii_case(email) && user["deleted"] != true
    };
    let user = state.users.values().find(same).ok_or_else(|| no("users_not_found"))?;
    yes(json!({ "user": user }))
}

pub(super) fn groups(state: &mut Workspace, args: &Args) -> MethodOutput {
    let shown = |group: &super::state::UserGroup| {
        let mut wire = group.wire.clone();
        if args.flag("include_users") {
            wire["users"] = json!(group.users);
        }
        wire["user_count"] = group.users.len().into();
        wire
    };
    yes(json!({ "usergroups": state.groups.values().map(shown).collect::<Vec<_>>() }))
}

pub(super) fn group_users(state: &mut Workspace, args: &Args) -> MethodOutput {
    let group = state.groups.get(args.text("usergroup")).ok_or_else(|| no("no_such_subteam"))?;
    yes(json!({ "users": group.users }))
}
