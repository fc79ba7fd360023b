//! What is known of a case: as META had it, and as it now is.

use crate::{
    case::CaseId,
    knowledge::{CaseNote, PlaceNote},
    store::{self, Destination, Meta, Note, Store},
    world::World,
};

/// The three notes, and what the table has of them.
pub(super) struct Notes {
    pub case: CaseNote,
    pub slack: PlaceNote,
    pub jira: PlaceNote,
    saved: [Option<String>; 3],
}

impl Notes {
    pub fn read(meta: &Meta) -> Self {
        fn parse<T: Default + serde::de::DeserializeOwned>(json: Option<&String>) -> T {
            json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
        }
        Self {
            case: parse(meta.case.as_ref()),
            slack: parse(meta.slack.as_ref()),
            jira: parse(meta.jira.as_ref()),
            saved: [meta.case.clone(), meta.slack.clone(), meta.jira.clone()],
        }
    }

    pub fn of(&self, destination: Destination) -> &PlaceNote {
        match destination {
            Destination::Slack => &self.slack,
            Destination::Jira => &self.jira,
        }
    }

    /// Writes what changed.
    pub async fn save<W: World>(&mut self, world: &W, case: &CaseId, epoch: u64) -> Result<(), store::Error> {
        let trouble = |error: serde_json::Error| store::Error::Trouble(error.to_string());
        let notes = [
            (Note::Case, serde_json::to_string(&self.case).map_err(trouble)?),
            (Note::Of(Destination::Slack), serde_json::to_string(&self.slack).map_err(trouble)?),
            (Note::Of(Destination::Jira), serde_json::to_string(&self.jira).map_err(trouble)?),
        ];
        for ((note, json), saved) in notes.into_iter().zip(&mut self.saved) {
            if saved.as_ref() != Some(&json) {
                world.store().save(case, epoch, note, &json).await?;
                *saved = Some(json);
            }
        }
        Ok(())
    }
}
