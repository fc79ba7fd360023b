//! What is the receiver told? That there is a case, and then all that happens on it, in its order.

use super::{KIND, event};
use crate::{
    case::text,
    config::settings::WebhookSettings,
    state::{
        TargetKind,
        key::{Fingerprint, Key},
        notes::{Home, PlaceNote},
    },
    targets::{
        content::{Content, View},
        contract::Planner,
        telling::{self, Effect, Ledger, Picture},
    },
};

/// An event is to stay below 20 kB, and JSON writes a control character with six.
const PART: usize = 3_000;

#[derive(Clone, Copy, Debug)]
pub struct WebhookPlanner<'a> {
    pub settings: &'a WebhookSettings,
}

impl Planner for WebhookPlanner<'_> {
    fn kind(&self) -> TargetKind {
        KIND
    }

    fn title(&self) -> &'static str {
        "the webhook"
    }

    /// Of a case of which only some may know nothing is told here.
    fn plan(&self, picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Effect> {
        if note.restricted.is_some() {
            return Vec::new();
        }
        if note.home.is_none() {
            return vec![Effect::anchor(self.anchor_fingerprint(&picture.view))];
        }
        let mut effects = telling::comments(self, picture, ledger);
        effects.extend(telling::changed_facts(self, picture, note));
        effects.extend(telling::taken(picture, ledger));
        effects.extend(telling::investigations(self, picture, ledger));
        effects
    }

    fn keys(&self, picture: &Picture) -> Vec<Key> {
        let mut keys = telling::text_keys(self, picture);
        keys.extend(telling::other_keys(picture));
        keys
    }

    fn parts(&self, text: &str) -> Vec<String> {
        text::parts(text, PART)
    }

    fn anchor_fingerprint(&self, view: &View) -> Fingerprint {
        Fingerprint::of(view.case.id.as_str())
    }

    fn content_fingerprint(&self, content: &Content) -> Fingerprint {
        event::fingerprint(content, self.settings.texts)
    }

    fn anchor(&self, remote: &str, _note: &PlaceNote) -> Home {
        Home { place: KIND.to_string(), name: remote.to_owned() }
    }
}
