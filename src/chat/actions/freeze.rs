//! What a command saw or decided first, under names that later releases read.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use super::context::{ActionError, CommandContext, RECORD_TTL, strange};
use crate::{case::FileId, state::read_note_whole};

/// What is kept of a command: the first delivery's stays.
#[derive(Clone, Debug)]
pub(super) enum Frozen {
    /// Whether the issue was not the case's before.
    Anew,
    Body,
    /// Why a confirmation does not hold.
    Confirmed,
    FileBegun(usize),
    FileEnd(usize),
    FileName(FileId),
    /// What of ours stood where others read it.
    Hidden,
    /// The channel that a case leaves.
    Left,
    /// Who asked for it before.
    Second,
    /// The state before a change, and what is answered once it is made.
    Seen,
    Watchers,
}

impl fmt::Display for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anew => f.write_str("anew"),
            Self::Body => f.write_str("body"),
            Self::Confirmed => f.write_str("confirmed"),
            Self::FileBegun(index) => write!(f, "file/{index}/begun"),
            Self::FileEnd(index) => write!(f, "file/{index}/end"),
            Self::FileName(file) => write!(f, "file/{file}"),
            Self::Hidden => f.write_str("hidden"),
            Self::Left => f.write_str("left"),
            Self::Second => f.write_str("second"),
            Self::Seen => f.write_str("seen"),
            Self::Watchers => f.write_str("watchers"),
        }
    }
}

impl CommandContext<'_> {
    fn frozen_name(&self, what: &Frozen) -> String {
        format!("command/{}/{what}", self.key)
    }

    /// Remembers what was seen when the command was decided. A later delivery carries out what the first one decided, and
    /// can tell its own change from somebody else's.
    pub(super) async fn freeze<T: Serialize + DeserializeOwned>(
        &self,
        what: Frozen,
        seen: T,
    ) -> Result<T, ActionError> {
        let name = self.frozen_name(&what);
        let json = serde_json::to_string(&seen).map_err(|error| ActionError::Trouble(error.to_string()))?;
        let store = self.world.store();
        if store.swap_note(&name, None, &json, Some(self.world.now() + RECORD_TTL)).await? {
            return Ok(seen);
        }
        let first = store.note(&name).await?.ok_or_else(|| strange("the record of a decision"))?;
        Ok(read_note_whole(&name, &first)?)
    }

    /// What was remembered so before; `None` where nothing was.
    pub(super) async fn frozen<T: Serialize + DeserializeOwned>(
        &self,
        what: Frozen,
    ) -> Result<Option<T>, ActionError> {
        let name = self.frozen_name(&what);
        let note = self.world.store().note(&name).await?;
        Ok(note.as_deref().map(|text| read_note_whole(&name, text)).transpose()?)
    }
}
