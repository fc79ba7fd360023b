//! Under which key something is told, how plainly, and by what it is known to read the same.

use serde::{Deserialize, Serialize};

use crate::case::text;

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

/// Of what a reader sees: what has the same reads the same. Empty where nobody can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// One that was written down, in the table or at a target.
    pub fn new(written: impl Into<String>) -> Self {
        Self(written.into())
    }

    pub fn of(text: &str) -> Self {
        Self(text::hash(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0
    }
}

impl std::fmt::Display for Fingerprint {
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
