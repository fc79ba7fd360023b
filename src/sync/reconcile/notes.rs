//! What is known of a case: as META had it, and as it now is.

use crate::{
    case::CaseId,
    runtime::World,
    state::{
        self, Destination, Meta, Note,
        notes::{CaseNote, PlaceNote},
        record::{Rest, write},
    },
};

/// The three notes, and what the table has of them.
pub(super) struct Notes {
    pub case: CaseNote,
    pub slack: PlaceNote,
    pub jira: PlaceNote,
    /// What stands in each that this release does not know.
    pub rest: [Rest; 3],
    saved: [Option<String>; 3],
}

impl Notes {
    /// What META says.
    ///
    /// # Errors
    /// A note cannot be read: nobody knows what was told of the case.
    pub fn read(case: &CaseId, meta: &Meta) -> state::Result<Self> {
        let (of_case, case_rest) = meta.note(case, Note::Case)?;
        let (slack, slack_rest) = meta.note(case, Note::Of(Destination::Slack))?;
        let (jira, jira_rest) = meta.note(case, Note::Of(Destination::Jira))?;
        let saved = [meta.case.clone(), meta.slack.clone(), meta.jira.clone()];
        Ok(Self { case: of_case, slack, jira, rest: [case_rest, slack_rest, jira_rest], saved })
    }

    pub fn of(&self, destination: Destination) -> &PlaceNote {
        match destination {
            Destination::Slack => &self.slack,
            Destination::Jira => &self.jira,
        }
    }

    /// The table has another note than the one that was read: a worker saved it in between.
    pub fn stand_otherwise(&mut self, destination: Destination) {
        self.saved[destination as usize + 1] = None;
    }

    /// Writes what changed.
    pub async fn save(&mut self, world: &dyn World, case: &CaseId, epoch: u64) -> Result<(), state::Error> {
        let trouble = |error: serde_json::Error| state::Error::Trouble(error.to_string());
        let [case_rest, slack_rest, jira_rest] = &self.rest;
        let notes = [
            (Note::Case, write(&self.case, case_rest).map_err(trouble)?),
            (Note::Of(Destination::Slack), write(&self.slack, slack_rest).map_err(trouble)?),
            (Note::Of(Destination::Jira), write(&self.jira, jira_rest).map_err(trouble)?),
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
