//! What is missing at a destination? From what is true and what is known there, the ordered effects: pure.

mod effect;
mod key;
mod state;
mod telling;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use self::{
    effect::{Effect, Setting},
    key::{keys, keys_of_edited, part_hash},
    state::GONE,
};
use self::{
    state::{channel_name, channel_settings, is_due, issue_settings, set},
    telling::{changed_facts, comments, description, investigations, nudge},
};
use crate::{
    case::{Comment, Investigation, Millis, Seconds},
    content::{Key, View},
    knowledge::{HOME, PlaceNote},
    settings::{Layout, Settings},
    store::{Destination, Saying, Told},
    text,
};

/// What is true of a case: everything that was read.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The case, and what is known beside it.
    pub view: View,
    /// [`home_hash`] of the view.
    pub hash: String,
    /// Oldest first.
    pub comments: Vec<Comment>,
    /// The comments of the last day that were made through the bridge.
    pub sayings: Vec<Saying>,
    /// The AI agent's steps; empty unless AWS works the case.
    pub investigations: Vec<Investigation>,
    /// Whose move it is (ours: `true`) and since when, where that is overdue.
    pub overdue: Option<(bool, Seconds)>,
}

/// What was told, by key.
pub type Ledger = HashMap<Key, Told>;

/// The effects that a destination lacks, in the order in which they must happen.
pub fn plan(
    destination: Destination,
    picture: &Picture,
    note: &PlaceNote,
    ledger: &Ledger,
    settings: &Settings,
    now: Millis,
) -> Vec<Effect> {
    let private = destination == Destination::Slack && settings.slack.layout == Layout::Channel;
    if private && note.channel.is_none() {
        return vec![Effect::Channel { name: channel_name(picture, settings) }];
    }
    let hash = picture.hash.clone();
    if note.home.is_none() {
        return vec![Effect::Home { hash }];
    }
    let mut effects = vec![set(HOME, Setting::Home, hash)];
    if private {
        effects.extend(channel_settings(picture, settings));
    }
    if destination == Destination::Jira {
        effects.extend(issue_settings(picture, settings));
    }
    effects.retain(|effect| is_due(effect, note, now));
    effects.extend(description(destination, picture, ledger));
    effects.extend(comments(destination, picture, ledger));
    effects.extend(changed_facts(picture, note));
    if destination == Destination::Slack {
        effects.extend(investigations(picture, ledger));
        effects.extend(nudge(picture, ledger));
    }
    effects
}

/// How many things nobody was told yet: a comment of several parts is one.
pub fn news(effects: &[Effect]) -> usize {
    let new = |effect: &&Effect| match effect {
        Effect::Channel { .. } | Effect::Home { .. } | Effect::Note(_) => true,
        Effect::Add { key, .. } | Effect::Adopt { key, .. } | Effect::Edit { key, .. } => {
            !key.0.starts_with("nudge/") && (!key.0.starts_with("comment/") || key.0.ends_with("/0"))
        }
        Effect::Set { .. } => false,
    };
    effects.iter().filter(new).count()
}

/// A hash of all that a card or an issue may show. Of the view, not of its rendering: it is made at every look.
pub fn home_hash(view: &View) -> String {
    text::hash(&format!("{view:?}"))
}
