//! Which states must a destination be in, and when is each of them to be set?

use super::{Decoration, Picture, Setting, home_hash};
use crate::{
    case::{Case, Millis, text},
    config::settings::{Layout, Settings},
    state::{
        Destination,
        notes::{CHANNEL, GONE, HOME, Owed, PlaceNote, STATUS},
    },
    targets::{content::NotMoved, slack},
};

pub(super) fn channel_name(picture: &Picture, settings: &Settings) -> String {
    format!("{}{}", settings.slack.channel_prefix, picture.view.case.id)
}

/// The states that a destination is to be in, whether it is or not. There is none before its home.
pub fn decoration(
    destination: Destination,
    picture: &Picture,
    note: &PlaceNote,
    settings: &Settings,
) -> Vec<Decoration> {
    if note.home.is_none() {
        return Vec::new();
    }
    let mut wanted = vec![set(HOME, Setting::Home, home_hash(destination, &picture.view))];
    match (destination, settings.slack.layout) {
        (Destination::Slack, Layout::Channel) => wanted.extend(channel_settings(picture, settings)),
        (Destination::Slack, Layout::Thread) => {}
        (Destination::Jira, _) => wanted.extend(issue_settings(picture, settings)),
    }
    wanted
}

impl Decoration {
    /// When it is to be set; `None` where it is set, given up, or its bearer is gone. A state that may have been set by
    /// an older setting that arrived later is set once more.
    pub fn due_at(&self, note: &PlaceNote) -> Option<Millis> {
        // What was refused is that one state; what had no answer is the destination's, whatever is to be set.
        let same = |owed: &&Owed| owed.hash == self.hash || owed.failures > 0;
        let owed = note.owed.get(&self.name).filter(same);
        let differs = note.set.get(&self.name).is_none_or(|was| *was != self.hash && was != GONE);
        let at = if differs { Some(0) } else { note.again.get(&self.name).copied() };
        match owed {
            Some(owed) if owed.given_up => None,
            Some(owed) => at.map(|at| at.max(owed.not_before)),
            None => at,
        }
    }
}

fn set(name: impl Into<String>, setting: Setting, hash: impl Into<String>) -> Decoration {
    Decoration { name: name.into(), setting, hash: hash.into() }
}

fn channel_settings(picture: &Picture, settings: &Settings) -> Vec<Decoration> {
    let topic = slack::channel_topic(&picture.view);
    let hash = text::hash(&topic);
    let invite = |email: &String| {
        let name = format!("invitation/{}", text::hash(email));
        set(name, Setting::Invitation(email.clone()), "done")
    };
    let topic = set(format!("{CHANNEL}/topic"), Setting::Topic(topic), hash);
    settings.slack.invite.iter().map(invite).chain([topic]).collect()
}

fn issue_settings(picture: &Picture, settings: &Settings) -> Vec<Decoration> {
    let links = &picture.view.links;
    let link = |name: &str, title: &str, url: &Option<String>| {
        let url = url.clone()?;
        let hash = text::hash(&url);
        Some(set(format!("link/{name}"), Setting::Link { title: title.to_owned(), url }, hash))
    };
    let target = issue_status(&picture.view.case, settings);
    let transition = target.map(|(target, hash)| set(STATUS, Setting::Status(target.to_owned()), hash));
    [link("console", "AWS Security Incident Response", &links.console), link("slack", "Slack", &links.slack)]
        .into_iter()
        .flatten()
        .chain(transition)
        .collect()
}

/// Where the issue is to stand, and the hash of that state.
fn issue_status<'a>(case: &Case, settings: &'a Settings) -> Option<(&'a str, String)> {
    let status = case.status.as_str();
    let target = settings.jira.as_ref()?.status.get(status)?;
    Some((target, text::hash(status)))
}

/// What there is to say of an issue that Jira does not let go to where it is to stand.
pub fn not_moved(case: &Case, jira: &PlaceNote, settings: &Settings) -> Option<NotMoved> {
    let (to, hash) = issue_status(case, settings)?;
    let owed = jira.owed.get(STATUS).filter(|owed| owed.hash == hash)?;
    let (issue, to) = (jira.home.as_ref()?.name.clone(), to.to_owned());
    Some(NotMoved { issue, to, why: owed.why.clone()? })
}
