//! Under which key something is told, how plainly, and by what it is known to read the same.

use serde::{Deserialize, Serialize};

use crate::case::{CommentId, text};

/// Marks what we sent, so that it can be found again: unique within a case and a destination. Made from what is told,
/// never from time or chance: `home`, `changes/3`, `comment/000123/0`, `description/0`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

/// What stands under a key: nobody else takes one apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyName<'k> {
    /// The card or the issue.
    Anchor,
    /// A channel of the case's own.
    Container,
    /// That nothing can be told below the anchor any more.
    Lost,
    Description,
    Comment {
        id: CommentId,
        /// 0 is the first.
        part: usize,
    },
    Changes(u32),
    /// A call: why, as `move/1795668300`.
    Call(&'k str),
    Page {
        name: &'k str,
        step: &'k str,
    },
    /// What comes by itself: a reminder, a refusal, the agent's steps, who took the case.
    ByItself,
}

/// The key of the card or the issue, and the name under which its state is set.
pub const HOME: &str = "home";
/// The key of the channel of a case, and of its topic's and invitations' sharing it.
pub(crate) const CHANNEL: &str = "channel";
/// Stands for the hash of an anchor below which nothing can be told any more; the key under which that is said.
pub(crate) const LOST: &str = "lost";

impl Key {
    pub(crate) fn description(part: usize) -> Self {
        Self(format!("description/{part}"))
    }

    pub(crate) fn comment(id: &CommentId, part: usize) -> Self {
        Self(format!("comment/{id}/{part}"))
    }

    pub(crate) fn changes(number: u32) -> Self {
        Self(format!("changes/{number}"))
    }

    /// The key of a call: `call/move/1795668300`.
    pub(crate) fn call(why: &str) -> Self {
        Self(format!("call/{why}"))
    }

    /// The key of what goes through steps: `page/overdue/1795668300/trigger`.
    pub(crate) fn page(name: &str, step: &str) -> Self {
        Self(format!("page/{name}/{step}"))
    }

    pub fn named(&self) -> KeyName<'_> {
        let (kind, rest) = self.0.split_once('/').unwrap_or((&self.0, ""));
        let known = match kind {
            HOME => Some(KeyName::Anchor),
            CHANNEL => Some(KeyName::Container),
            LOST => Some(KeyName::Lost),
            "description" => Some(KeyName::Description),
            "comment" => rest.rsplit_once('/').and_then(|(id, part)| {
                Some(KeyName::Comment { id: CommentId::new(id), part: part.parse().ok()? })
            }),
            "changes" => rest.parse().ok().map(KeyName::Changes),
            "call" => Some(KeyName::Call(rest)),
            "page" => rest.rsplit_once('/').map(|(name, step)| KeyName::Page { name, step }),
            _ => None,
        };
        known.unwrap_or(KeyName::ByItself)
    }

    /// Which line of changes it means, if one.
    pub(crate) fn line(&self) -> Option<u32> {
        match self.named() {
            KeyName::Changes(number) => Some(number),
            KeyName::Anchor
            | KeyName::Container
            | KeyName::Lost
            | KeyName::Description
            | KeyName::Comment { .. }
            | KeyName::Call(_)
            | KeyName::Page { .. }
            | KeyName::ByItself => None,
        }
    }

    /// Which of the case's comments it is about, if one.
    pub(crate) fn comment_id(&self) -> Option<CommentId> {
        match self.named() {
            KeyName::Comment { id, .. } => Some(id),
            KeyName::Anchor
            | KeyName::Container
            | KeyName::Lost
            | KeyName::Description
            | KeyName::Changes(_)
            | KeyName::Call(_)
            | KeyName::Page { .. }
            | KeyName::ByItself => None,
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_names_what_it_was_made_of() {
        let id = CommentId::new("000123");
        assert_eq!(Key::comment(&id, 2).named(), KeyName::Comment { id: id.clone(), part: 2 });
        assert_eq!(Key::comment(&id, 2).0, "comment/000123/2");
        assert_eq!(Key::changes(7).named(), KeyName::Changes(7));
        assert_eq!(Key::call("move/9").named(), KeyName::Call("move/9"));
        let page = Key::page("overdue/1795668300", "trigger");
        assert_eq!(page.named(), KeyName::Page { name: "overdue/1795668300", step: "trigger" });
        for (key, named) in [
            ("home", KeyName::Anchor),
            ("channel", KeyName::Container),
            ("lost", KeyName::Lost),
            ("description/0", KeyName::Description),
            ("nudge/true/1795668300", KeyName::ByItself),
            ("refused/lost/SEC-1", KeyName::ByItself),
            ("changes/later", KeyName::ByItself),
            ("of/a/later/release", KeyName::ByItself),
        ] {
            assert_eq!(Key(key.to_owned()).named(), named, "{key}");
        }
    }
}
