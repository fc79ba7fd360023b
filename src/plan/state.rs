//! Which states must a destination be in, and which of them must be set now?

use super::{Effect, Picture, Setting};
use crate::{
    case::Millis,
    knowledge::{CHANNEL, PlaceNote},
    settings::Settings,
    slack, text,
};

pub(super) fn channel_name(picture: &Picture, settings: &Settings) -> String {
    format!("{}{}", settings.slack.channel_prefix, picture.view.case.id)
}

pub(super) fn set(name: impl Into<String>, setting: Setting, hash: impl Into<String>) -> Effect {
    Effect::Set { name: name.into(), setting, hash: hash.into() }
}

/// A state is due where it differs, or where an older setting may have arrived after it.
pub(super) fn is_due(effect: &Effect, note: &PlaceNote, now: Millis) -> bool {
    let Effect::Set { name, hash, .. } = effect else { return true };
    let repeat = note.again.get(name).is_some_and(|at| *at <= now);
    repeat || note.set.get(name).is_none_or(|was| was != hash && was != GONE)
}

/// Stands for the hash of a state whose bearer a person deleted.
pub const GONE: &str = "gone";

pub(super) fn channel_settings(picture: &Picture, settings: &Settings) -> Vec<Effect> {
    let topic = slack::channel_topic(&picture.view);
    let hash = text::hash(&topic);
    let invite = |email: &String| {
        let name = format!("invitation/{}", text::hash(email));
        set(name, Setting::Invitation(email.clone()), "done")
    };
    let topic = set(format!("{CHANNEL}/topic"), Setting::Topic(topic), hash);
    settings.slack.invite.iter().map(invite).chain([topic]).collect()
}

pub(super) fn issue_settings(picture: &Picture, settings: &Settings) -> Vec<Effect> {
    let links = &picture.view.links;
    let link = |name: &str, title: &str, url: &Option<String>| {
        let url = url.clone()?;
        let hash = text::hash(&url);
        Some(set(format!("link/{name}"), Setting::Link { title: title.to_owned(), url }, hash))
    };
    let status = picture.view.case.status.as_str();
    let target = settings.jira.as_ref().and_then(|jira| jira.status.get(status));
    let transition = target.map(|target| set("status", Setting::Status(target.clone()), text::hash(status)));
    [link("console", "AWS Security Incident Response", &links.console), link("slack", "Slack", &links.slack)]
        .into_iter()
        .flatten()
        .chain(transition)
        .collect()
}
