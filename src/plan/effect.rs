//! What can be missing at a destination? One thing to do there, as a value that can be printed and compared.

use std::fmt;

use crate::{
    content::{Content, Key},
    facts::Facts,
};

/// One thing to do at a destination.
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
    /// Something must be in a state: may be repeated without harm.
    Set {
        /// Under this name it is remembered.
        name: String,
        /// The state.
        setting: Setting,
        /// Hash of the state.
        hash: String,
    },
    /// Only an order changed: remember, say nothing.
    Note(Box<Facts>),
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

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel { .. } => f.write_str("make the channel"),
            Self::Home { .. } => f.write_str("make home"),
            Self::Add { key, .. } => write!(f, "add {key}"),
            Self::Adopt { key, .. } => write!(f, "adopt {key}"),
            Self::Edit { key, .. } => write!(f, "edit {key}"),
            Self::Set { name, .. } => write!(f, "set {name}"),
            Self::Note(_) => f.write_str("note"),
        }
    }
}
