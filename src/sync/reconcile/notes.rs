//! What is known of a case: as META had it, and as it now is.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    case::CaseId,
    state::{
        self, Meta, Note, Store, TargetKind,
        notes::{CaseNote, PlaceNote},
        record::{Rest, write},
    },
    sync::context::Lease,
};

/// A note, and what the table has of it.
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

    async fn save(&mut self, store: &dyn Store, lease: &Lease<'_>) -> state::Result<()> {
        let trouble = |error: serde_json::Error| state::Error::Trouble(error.to_string());
        let json = write(&self.note, &self.rest).map_err(trouble)?;
        if self.saved.as_ref() != Some(&json) {
            store.save(lease.case, lease.epoch, self.of, &json).await?;
            self.saved = Some(json);
        }
        Ok(())
    }

    /// The table has another note than the one that was read: a worker saved it in between.
    pub(crate) fn stands_otherwise(&mut self) {
        self.saved = None;
    }
}

/// All notes of a case.
pub(super) struct Notes {
    pub(crate) case: Noted<CaseNote>,
    /// In the order of the targets.
    pub(crate) targets: Vec<Noted<PlaceNote>>,
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
        Ok(Self { case: Noted::read(case, meta, Note::Case)?, targets })
    }

    /// Writes what changed.
    pub(crate) async fn save(&mut self, store: &dyn Store, lease: &Lease<'_>) -> state::Result<()> {
        self.case.save(store, lease).await?;
        for target in &mut self.targets {
            target.save(store, lease).await?;
        }
        Ok(())
    }
}
