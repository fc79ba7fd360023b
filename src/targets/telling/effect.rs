//! What can be missing at a target? One thing to tell or to set there, as a value that can be printed and compared.

use std::fmt;

use crate::{
    case::{Millis, snapshot::Facts},
    state::{
        key::{Fingerprint, Key},
        notes::{CHANNEL, GONE, HOME, PlaceNote},
    },
    targets::content::{Call, Content},
};

/// One thing to do at a target so that all is told there: in its order, and not before the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Create {
        key: Key,
        what: What,
        hash: Fingerprint,
    },
    /// A person said it there already: only remember.
    Adopt {
        key: Key,
        remote: String,
        hash: Fingerprint,
    },
    Edit {
        key: Key,
        remote: String,
        content: Content,
        hash: Fingerprint,
    },
    /// Only an order changed: remember, say nothing.
    Note(Box<Facts>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A place of the case's own, with this name, in which the anchor will stand.
    Container(String),
    /// What shows the case, and what all that is told hangs on: a card, an issue.
    Anchor,
    Content(Content),
}

/// A state in which something is to be, beside what is told: it may be set again without harm, and nothing waits for
/// it. What it means is the target's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoration {
    pub name: String,
    pub hash: Fingerprint,
    /// After so many refusals it is given up. `None` where people go by it: that is owed for as long as the case is
    /// open.
    pub tries: Option<u32>,
    pub needs_a_person: bool,
    /// It is set no earlier.
    pub from: Millis,
    /// Set twice it would stand there twice: its target looks for it first, and no try is made before the one before it must
    /// have arrived.
    pub adds: bool,
}

impl Decoration {
    pub fn new(name: impl Into<String>, hash: Fingerprint) -> Self {
        Self { name: name.into(), hash, tries: None, needs_a_person: false, from: 0, adds: false }
    }

    #[must_use]
    pub(crate) fn given_up_after(self, tries: u32) -> Self {
        Self { tries: Some(tries), ..self }
    }

    #[must_use]
    pub(crate) fn adding(self) -> Self {
        Self { adds: true, ..self }
    }

    #[must_use]
    pub(crate) fn from(self, from: Millis) -> Self {
        Self { from, ..self }
    }

    /// When it is to be set; `None` where it is set, given up, or its bearer is gone. A state that may have been set by
    /// an older setting that arrived later is set once more.
    pub(crate) fn due_at(&self, note: &PlaceNote) -> Option<Millis> {
        // What was refused is that one state; what had no answer is the target's, whatever is to be set.
        let owed = note.owed.get(&self.name).filter(|owed| owed.hash == self.hash || owed.failures > 0);
        let differs = note.set.get(&self.name).is_none_or(|was| was != self.hash.as_str() && was != GONE);
        let at = if differs { Some(self.from) } else { note.again.get(&self.name).copied() };
        match owed {
            Some(owed) if owed.given_up => None,
            Some(owed) => at.map(|at| at.max(owed.not_before)),
            None => at,
        }
    }
}

impl Effect {
    pub fn container(name: String) -> Self {
        Self::Create {
            key: Key(CHANNEL.to_owned()),
            hash: Fingerprint::new(name.clone()),
            what: What::Container(name),
        }
    }

    pub fn anchor(hash: Fingerprint) -> Self {
        Self::Create { key: Key(HOME.to_owned()), what: What::Anchor, hash }
    }

    pub fn add(key: Key, content: Content, hash: Fingerprint) -> Self {
        Self::Create { key, what: What::Content(content), hash }
    }

    /// The call that it makes, alone or beside what it says.
    pub(crate) fn call(&self) -> Option<&Call> {
        match self {
            Self::Create { what: What::Content(content), .. } => content.call(),
            Self::Create { what: What::Container(_) | What::Anchor, .. }
            | Self::Adopt { .. }
            | Self::Edit { .. }
            | Self::Note(_) => None,
        }
    }

    /// Whether others can only be planned once it is done.
    pub(crate) fn comes_alone(&self) -> bool {
        matches!(self, Self::Create { what: What::Container(_) | What::Anchor, .. })
    }
}

impl fmt::Display for Decoration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "set {}", self.name)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { what: What::Container(_), .. } => f.write_str("make the channel"),
            Self::Create { what: What::Anchor, .. } => f.write_str("make home"),
            Self::Create { key, what: What::Content(content), .. } => match content.call() {
                Some(call) if call.key != *key => write!(f, "add {key}, as {}", call.key),
                Some(_) | None => write!(f, "add {key}"),
            },
            Self::Adopt { key, .. } => write!(f, "adopt {key}"),
            Self::Edit { key, .. } => write!(f, "edit {key}"),
            Self::Note(_) => f.write_str("note"),
        }
    }
}
