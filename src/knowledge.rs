//! What does the bridge know about a case and what it told of it? The notes that META keeps, as values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    case::{Millis, Seconds},
    content::{Key, Plainness},
    facts::Facts,
};

/// What is known of the case itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseNote {
    /// The newest `lastUpdatedDate` ever read: an older one is a stale read.
    pub updated: Option<Seconds>,
    /// The same of its comments.
    pub newest: Option<Seconds>,
    /// Since when every read was older than that.
    pub older_since: Option<Millis>,
    /// When the thread and the issue are next compared with the ledger; `None` once that is over.
    pub verify_at: Option<Millis>,
    /// The one comparison after closing was made.
    pub verified_closed: bool,
    /// ListComments was seen to give the newest first.
    pub newest_first: bool,
    /// When a look that found less than was announced is repeated.
    pub look_again_at: Option<Millis>,
    /// Whose move it is (ours: `true`) and since when.
    pub waiting: Option<(bool, Seconds)>,
    /// How many hints were answered by something new that was seen, or by a second look that saw nothing.
    pub heard: u64,
    /// How many hints there were at the last look.
    pub wanted: u64,
}

/// What is known of the case at one destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceNote {
    /// The channel made for this case, under `layout = "channel"`.
    pub channel: Option<String>,
    /// The card or the issue, once it exists.
    pub home: Option<Home>,
    /// What was set, by its name: the hash of what it was set to.
    pub set: BTreeMap<String, String>,
    /// What must be set once more after this time, since an older setting may still be on its way.
    pub again: BTreeMap<String, Millis>,
    /// What was told of the case's fields.
    pub facts: Option<Facts>,
    /// How many times changes were told.
    pub changes: u32,
    /// The addition that is being made, or of which it is not known whether it was.
    pub open: Option<Intent>,
    /// Nothing is sent before this.
    pub not_before: Millis,
    /// How many sendings in a row came to nothing.
    pub failures: u32,
    /// Why a person is needed, as an error code.
    pub parked: Option<String>,
}

/// Where the case is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The channel's id; the id.
    pub place: String,
    /// The card's `ts`; the key.
    pub name: String,
}

/// An addition that was decided: written before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Marks it at the destination.
    pub key: Key,
    /// When it was written, just before sending.
    pub since: Millis,
    /// Counts sendings, from 1.
    pub attempt: u8,
    /// How plainly it was rendered.
    pub plainness: Plainness,
    /// Hash of what is told.
    pub hash: String,
    /// What will have been told of the case's fields once it is done.
    pub facts: Option<Facts>,
}

impl PlaceNote {
    /// What follows from an addition that is known to be made.
    pub fn adopt(&mut self, intent: Intent, place: &str, remote: &str) {
        let Intent { key, since: _, attempt: _, plainness: _, hash, facts } = intent;
        match key.0.as_str() {
            CHANNEL => self.channel = Some(remote.to_owned()),
            HOME => {
                let (place, name) = split_home(place, remote);
                self.home = Some(Home { place, name });
                self.set.insert(HOME.to_owned(), hash);
                // Where a card is made a second time, what was told since the first stays told.
                self.facts = self.facts.take().or(facts);
            }
            other if other.starts_with(CHANGES) => {
                self.changes += 1;
                self.facts = facts;
            }
            _ => {}
        }
        self.open = None;
        self.failures = 0;
        self.parked = None;
    }
}

/// The key of the channel of a case, and of its topic's and invitations' sharing it.
pub const CHANNEL: &str = "channel";
/// The key of the card or the issue, and the name under which its state is set.
pub const HOME: &str = "home";
/// Keys of told changes begin so.
pub const CHANGES: &str = "changes/";

/// A card is named by its `ts` within the channel that we chose; an issue brings its id and key, `10001/SEC-1`.
fn split_home(place: &str, remote: &str) -> (String, String) {
    match remote.split_once('/') {
        Some((id, key)) => (id.to_owned(), key.to_owned()),
        None => (place.to_owned(), remote.to_owned()),
    }
}
