//! What is missing at a target? From what is true and what is known there, what is to be told, in order: pure. Each
//! question gives its effects; a target's plan puts together those that it tells.

mod calls;
mod effect;
mod fingerprint;
mod key;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{BTreeMap, HashMap};

pub(crate) use self::{
    calls::{Calling, FIRST_RESPONSE, deadline, is_fresh, is_of_the_agent, is_of_the_move, taken},
    fingerprint::fingerprint,
    key::{Stem, comment_key, keys_of_edited, other_keys, part_key},
    told::{changed_facts, notices, nudge, talk},
};
pub use self::{
    effect::{Decoration, Effect, What},
    key::text_keys,
    told::{comments, description, investigations},
};
use super::content::{Call, Notice, Page, View};
use crate::{
    case::{Comment, Email, Investigation, Seconds},
    state::{
        Saying, Told,
        deeds::Deed,
        key::{Key, KeyName},
    },
};

#[derive(Clone, Debug)]
pub struct Picture {
    pub view: View,
    /// Oldest first.
    pub comments: Vec<Comment>,
    /// The comments of the last day that were made through the bridge.
    pub sayings: Vec<Saying>,
    /// Who changed what of the case lately; the last counts.
    pub deeds: Vec<Deed>,
    /// The people behind addresses that a change names, as far as a target knows them.
    pub names: BTreeMap<String, String>,
    /// The AI agent's steps; empty unless AWS works the case.
    pub investigations: Vec<Investigation>,
    /// Whose move it is (ours: `true`) and since when, where that is overdue.
    pub overdue: Option<(bool, Seconds)>,
    /// What calls somebody, as it now stands.
    pub calls: Vec<Call>,
    /// What may wake somebody, as long as it is so.
    pub pages: Vec<Page>,
    /// What other targets have to say of their anchors.
    pub notices: Vec<Notice>,
    /// The membership's incident response team, where the settings ask for it.
    pub team: Vec<Email>,
}

pub type Ledger = HashMap<Key, Told>;

/// How many events there must have been for what nobody was told yet, at least: one for each comment, of several parts or
/// not, and one for all that changed on the case itself. Of the agent's steps, and of what comes by itself, none tells.
pub fn news(effects: &[Effect]) -> usize {
    let (mut comments, mut case) = (0, false);
    for effect in effects {
        match effect {
            Effect::Note(_) => case = true,
            Effect::Create { key, .. } | Effect::Adopt { key, .. } | Effect::Edit { key, .. } => {
                match key.named() {
                    KeyName::Comment { part, .. } => comments += usize::from(part == 0),
                    KeyName::Anchor | KeyName::Container | KeyName::Description | KeyName::Changes(_) => {
                        case = true
                    }
                    KeyName::Lost | KeyName::Call(_) | KeyName::Page { .. } | KeyName::ByItself => {}
                }
            }
        }
    }
    comments + usize::from(case)
}
