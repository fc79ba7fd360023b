//! Under which key something is told, and how plainly.

use serde::{Deserialize, Serialize};

/// Marks what we sent, so that it can be found again: unique within a case and a destination. Made from what is told,
/// never from time or chance: `card`, `change/3`, `comment/000123/0`, `description/0`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How plainly something is rendered. A destination that refuses our rendering gets the next plainer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Plainness {
    #[default]
    #[serde(rename = "Full")]
    Full,
    #[serde(rename = "Plain")]
    Plain,
    /// One line that names what could not be shown and where to read it.
    #[serde(rename = "Stub")]
    Stub,
}
