//! What is missing at a destination? From what is true and what is known there, what is to be told, in order, and what is
//! to be set beside it: pure.

mod effect;
mod fingerprint;
mod key;
mod state;
mod telling;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use self::{
    effect::{Decoration, Effect, Setting},
    fingerprint::home_hash,
    key::{keys, keys_of_edited, part_hash},
    state::{decoration, not_moved},
};
use self::{
    state::channel_name,
    telling::{changed_facts, comments, description, investigations, nudge, refused_move},
};
pub use crate::state::notes::GONE;
use crate::{
    case::{Comment, Investigation, Seconds},
    config::settings::{Layout, Settings},
    state::{Destination, Saying, Told, key::Key, notes::PlaceNote},
    targets::content::{NotMoved, View},
};

/// What is true of a case: everything that was read.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The case, and what is known beside it.
    pub view: View,
    /// Oldest first.
    pub comments: Vec<Comment>,
    /// The comments of the last day that were made through the bridge.
    pub sayings: Vec<Saying>,
    /// The AI agent's steps; empty unless AWS works the case.
    pub investigations: Vec<Investigation>,
    /// Whose move it is (ours: `true`) and since when, where that is overdue.
    pub overdue: Option<(bool, Seconds)>,
    /// What Jira does not let the issue do.
    pub not_moved: Option<NotMoved>,
}

/// What was told, by key.
pub type Ledger = HashMap<Key, Told>;

/// The effects that a destination lacks so that all is told there, in the order in which they must happen.
pub fn plan(
    destination: Destination,
    picture: &Picture,
    note: &PlaceNote,
    ledger: &Ledger,
    settings: &Settings,
) -> Vec<Effect> {
    let private = destination == Destination::Slack && settings.slack.layout == Layout::Channel;
    if private && note.channel.is_none() {
        return vec![Effect::Channel { name: channel_name(picture, settings) }];
    }
    if note.home.is_none() {
        return vec![Effect::Home { hash: home_hash(destination, &picture.view) }];
    }
    let mut effects = description(destination, picture, ledger);
    effects.extend(comments(destination, picture, ledger));
    effects.extend(changed_facts(destination, picture, note));
    if destination == Destination::Slack {
        effects.extend(investigations(picture, ledger));
        effects.extend(nudge(picture, ledger));
        effects.extend(refused_move(picture, ledger));
    }
    effects
}

/// How many things nobody was told yet: a comment of several parts is one.
pub fn news(effects: &[Effect]) -> usize {
    let new = |effect: &&Effect| match effect {
        Effect::Channel { .. } | Effect::Home { .. } | Effect::Note(_) => true,
        Effect::Add { key, .. } | Effect::Adopt { key, .. } | Effect::Edit { key, .. } => {
            let ours = ["nudge/", "refused/"].iter().any(|start| key.0.starts_with(start));
            !ours && (!key.0.starts_with("comment/") || key.0.ends_with("/0"))
        }
    };
    effects.iter().filter(new).count()
}
