//! What may the app do with channels?

use casebridge::case::UserId;
use serde_json::{Value, json};

use super::{
    state::{Args, Channel, Workspace},
    trouble::{MethodOutput, SlackRefusal, no, yes},
};

pub(super) fn create(state: &mut Workspace, args: &Args) -> MethodOutput {
    let name = args.text("name");
    let letters =
        |c: char| c.is_lowercase() && c.is_alphanumeric() || c.is_ascii_digit() || matches!(c, '-' | '_');
    match () {
        () if name.is_empty() => return Err(no("invalid_name_required")),
        () if name.chars().count() > 80 => return Err(no("invalid_name_maxlength")),
        () if !name.chars().all(letters) => return Err(no("invalid_name_specials")),
        () if name.chars().all(|c| matches!(c, '-' | '_')) => return Err(no("invalid_name_punctuation")),
        () if state.channels.values().any(|channel| channel.wire["name"] == name) => {
            return Err(no("name_taken"));
        }
        () => {}
    }
    let bot = state.settings.bot_user.clone();
    let id = state.found(name, args.flag("is_private"), &bot);
    yes(json!({ "channel": state.channels[&id].seen_by(&bot) }))
}

pub(super) fn info(state: &mut Workspace, args: &Args) -> MethodOutput {
    let bot = state.settings.bot_user.clone();
    yes(json!({ "channel": state.visible(&args.channel())?.seen_by(&bot) }))
}

pub(super) fn invite(state: &mut Workspace, args: &Args) -> MethodOutput {
    let (bot, force) = (state.settings.bot_user.clone(), args.flag("force"));
    let users: Vec<&str> =
        args.text("users").split(',').map(str::trim).filter(|user| !user.is_empty()).collect();
    if users.len() > 100 {
        return Err(no("too_many_users"));
    }
    let known: Vec<bool> = users.iter().map(|user| state.users.contains_key(&UserId::new(*user))).collect();
    let channel = state.joined(&args.channel())?;
    let mut errors = vec![];
    let mut fit = vec![];
    for (user, known) in users.into_iter().zip(known) {
        let error = match () {
            () if bot == user => "cant_invite_self",
            () if !known => "user_not_found",
            () if channel.members.contains(&UserId::new(user)) => "already_in_channel",
            () => {
                fit.push(UserId::new(user));
                continue;
            }
        };
        errors.push(json!({ "user": user, "ok": false, "error": error }));
    }
    // Without `force`, one who cannot be invited keeps the others out.
    if let Some(first) = errors.first().filter(|_| !force || fit.is_empty()) {
        let error = first["error"].as_str().unwrap_or_default().to_owned();
        return Err(SlackRefusal::with(&error, json!({ "errors": errors })));
    }
    channel.members.extend(fit);
    let seen = channel.seen_by(&bot);
    yes(if errors.is_empty() {
        json!({ "channel": seen })
    } else {
        json!({ "channel": seen, "errors": errors })
    })
}

pub(super) fn join(state: &mut Workspace, args: &Args) -> MethodOutput {
    let bot = state.settings.bot_user.clone();
    let channel = state.visible(&args.channel())?;
    match () {
        () if channel.is_private() => return Err(no("method_not_supported_for_channel_type")),
        () if channel.wire["is_archived"] == true => return Err(no("is_archived")),
        () => channel.members.insert(bot.clone()),
    };
    yes(json!({ "channel": channel.seen_by(&bot) }))
}

pub(super) fn archive(state: &mut Workspace, args: &Args) -> MethodOutput {
    let bot = state.settings.bot_user.clone();
    let channel = state.visible(&args.channel())?;
    match () {
        () if channel.wire["is_archived"] == true => return Err(no("already_archived")),
        () if channel.wire["is_general"] == true => return Err(no("cant_archive_general")),
        () if !channel.members.contains(&bot) => return Err(no("not_in_channel")),
        () => channel.wire["is_archived"] = true.into(),
    }
    yes(json!({}))
}

pub(super) fn set_topic(state: &mut Workspace, args: &Args) -> MethodOutput {
    describe(state, args, "topic")
}

pub(super) fn set_purpose(state: &mut Workspace, args: &Args) -> MethodOutput {
    describe(state, args, "purpose")
}

fn describe(state: &mut Workspace, args: &Args, what: &str) -> MethodOutput {
    let (bot, now) = (state.settings.bot_user.clone(), state.clock.seconds());
    let channel = state.joined(&args.channel())?;
    if args.text(what).chars().count() > 250 {
        return Err(no("too_long"));
    }
    channel.wire[what] = json!({ "value": args.text(what), "creator": bot, "last_set": now });
    yes(json!({ "channel": channel.seen_by(&bot), what: args.text(what) }))
}

pub(super) fn list(state: &mut Workspace, args: &Args) -> MethodOutput {
    let bot = state.settings.bot_user.clone();
    let types = Some(args.text("types")).filter(|types| !types.is_empty()).unwrap_or("public_channel");
    let types: Vec<&str> = types.split(',').map(str::trim).collect();
    if !types.iter().all(|kind| matches!(*kind, "public_channel" | "private_channel" | "mpim" | "im")) {
        return Err(no("invalid_types"));
    }
    let wanted = |channel: &&Channel| {
        let kind = match () {
            () if channel.wire["is_im"] == true => "im",
            () if channel.wire["is_private"] == true => "private_channel",
            () => "public_channel",
        };
        types.contains(&kind)
            && (kind == "public_channel" || channel.members.contains(&bot))
            && !(args.flag("exclude_archived") && channel.wire["is_archived"] == true)
    };
    let channels = state.channels.values().filter(wanted).map(|channel| channel.seen_by(&bot)).collect();
    cut("channels", channels, args)
}

pub(super) fn members(state: &mut Workspace, args: &Args) -> MethodOutput {
    let channel = state.visible(&args.channel())?;
    let members = channel.members.iter().map(|member| json!(member)).collect();
    cut("members", members, args)
}

/// A page of a list, with a cursor that says where the next begins.
fn cut(name: &str, items: Vec<Value>, args: &Args) -> MethodOutput {
    let start = match args.text("cursor") {
        "" => 0,
        cursor => {
            cursor.strip_prefix("at:").and_then(|at| at.parse().ok()).ok_or_else(|| no("invalid_cursor"))?
        }
    };
    let end = items.len().min(start + args.whole("limit", 100));
    let cursor = if end < items.len() { format!("at:{end}") } else { String::new() };
    let shown = items.get(start..end).ok_or_else(|| no("invalid_cursor"))?;
    yes(json!({ name: shown, "response_metadata": { "next_cursor": cursor } }))
}
