//! What can be missing at a destination? One thing to tell or to set there, as a value that can be printed and compared.

use std::fmt;

use crate::{case::snapshot::Facts, state::key::Key, targets::content::Content};

/// One thing to do at a destination so that all is told there: in its order, and not before the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make the case's channel.
    Channel {
        /// Its name.
        name: String,
    },
    /// Make the card or the issue.
    Home {
        /// Hash of what it shows.
        hash: String,
    },
    /// Say something new.
    Add {
        /// Marks it.
        key: Key,
        /// What is said.
        content: Content,
        /// Hash of what is said.
        hash: String,
    },
    /// A person said it there already: only remember.
    Adopt {
        /// What it would have been marked with.
        key: Key,
        /// The person's message or comment.
        remote: String,
        /// Hash of what it says.
        hash: String,
    },
    /// Something that was said reads differently now.
    Edit {
        /// Marks it.
        key: Key,
        /// Where it stands.
        remote: String,
        /// What it must say.
        content: Content,
        /// Hash of that.
        hash: String,
    },
    /// Only an order changed: remember, say nothing.
    Note(Box<Facts>),
}

/// A state in which something is to be, beside what is told: it may be set again without harm, and nothing waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoration {
    /// Under this name it is remembered.
    pub name: String,
    /// The state.
    pub setting: Setting,
    /// Hash of the state.
    pub hash: String,
}

/// A state that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The card; the summary and description.
    Home,
    /// The channel's topic.
    Topic(String),
    /// A person in the channel, by e-mail.
    Invitation(String),
    /// The status: a name or a category.
    Status(String),
    /// A link on the issue.
    Link {
        /// What it is called.
        title: String,
        /// Where it leads.
        url: String,
    },
}

impl Setting {
    /// After so many refusals it is given up. `None` where people go by it: that is owed for as long as the case is open.
    pub fn tries(&self) -> Option<u32> {
        match self {
            Self::Home | Self::Topic(_) | Self::Status(_) => None,
            Self::Invitation(_) | Self::Link { .. } => Some(5),
        }
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
            Self::Channel { .. } => f.write_str("make the channel"),
            Self::Home { .. } => f.write_str("make home"),
            Self::Add { key, .. } => write!(f, "add {key}"),
            Self::Adopt { key, .. } => write!(f, "adopt {key}"),
            Self::Edit { key, .. } => write!(f, "edit {key}"),
            Self::Note(_) => f.write_str("note"),
        }
    }
}
