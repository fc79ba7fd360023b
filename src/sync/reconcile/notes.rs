//! What is known of a case: as META had it, and as it now is.

use serde::{Serialize, de::DeserializeOwned};

use super::edits::Edits;
use crate::{
    case::CaseId,
    state::{
        self, Meta, Note, TargetKind,
        notes::{CaseNote, PlaceNote},
        record::{Rest, write},
    },
};

pub(super) struct Noted<T> {
    of: Note,
    pub(crate) note: T,
    /// What stands in it that this release does not know.
    pub(crate) rest: Rest,
    saved: Option<String>,
}

impl<T: Default + Serialize + DeserializeOwned> Noted<T> {
    fn read(case: &CaseId, meta: &Meta, of: Note) -> state::Result<Self> {
        let (note, rest) = meta.note(case, of)?;
        Ok(Self { of, note, rest, saved: meta.text(of).cloned() })
    }

    /// As it is to be saved, where the table has another.
    fn changed(&self) -> state::Result<Option<(Note, String)>> {
        let trouble = |error: serde_json::Error| state::Error::Trouble(error.to_string());
        let json = write(&self.note, &self.rest).map_err(trouble)?;
        Ok((self.saved.as_ref() != Some(&json)).then_some((self.of, json)))
    }

    /// The table has another note than the one that was read: a worker saved it in between.
    pub(crate) fn stands_otherwise(&mut self) {
        self.saved = None;
    }
}

pub(super) struct Notes {
    pub(crate) case: Noted<CaseNote>,
    pub(crate) targets: Vec<Noted<PlaceNote>>,
    /// Nobody was ever told anything of the case, up to the first turn.
    pub(crate) are_new: bool,
    /// An event says that the case itself changed, up to the first turn.
    pub(crate) say_changed: bool,
    /// What others did, where that was read beside the case.
    pub(crate) edits: Option<Edits>,
}

impl Notes {
    /// What META says.
    ///
    /// # Errors
    /// A note cannot be read: nobody knows what was told of the case.
    pub(crate) fn read(case: &CaseId, meta: &Meta, kinds: &[TargetKind]) -> state::Result<Self> {
        // A target that the settings do not have now may have them again.
        state::notes::noted(case, meta)?;
        let target = |kind: &TargetKind| Noted::read(case, meta, Note::Of(*kind));
        let targets = kinds.iter().map(target).collect::<state::Result<_>>()?;
        let are_new = meta.case.is_none() && meta.targets.is_empty();
        Ok(Self {
            case: Noted::read(case, meta, Note::Case)?,
            targets,
            are_new,
            say_changed: false,
            edits: None,
        })
    }

    /// What others did was read: where that goes on next time stands in the note.
    pub(crate) fn heard(&mut self, edits: Edits) {
        if let Some(pages) = edits.pages() {
            self.case.note.edits = pages.clone();
        }
        self.edits = Some(edits);
    }

    /// What is to be saved.
    pub(crate) fn changed(&self) -> state::Result<Vec<(Note, String)>> {
        let targets = self.targets.iter().map(Noted::changed);
        let all: Vec<_> = [self.case.changed()].into_iter().chain(targets).collect::<state::Result<_>>()?;
        Ok(all.into_iter().flatten().collect())
    }
}
