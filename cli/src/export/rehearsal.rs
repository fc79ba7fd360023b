//! The export of a story's case: signed with a key of its own, verified, and gone again.

use std::{fs, path::PathBuf};

use casebridge::{
    case::{CaseId, Millis},
    targets::{jira::Jira, slack::Slack},
    telemetry::audit::AuditLine,
};
use casebridge_lab::playground::stage::Stage;

use super::{
    Export, ExportError,
    collect::{self, CollectError, Sources},
    entry::{EntryKind, TimelineEntry},
    keys::{self, SigningKey},
    verify,
};
use crate::commands::CliError;

/// A folder that goes again.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, ExportError> {
        let path = std::env::temp_dir().join(format!("casebridge-story-{}", std::process::id()));
        fs::create_dir_all(path.join("case"))
            .map_err(|error| ExportError::Write { path: path.clone(), error })?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of it is in a folder for such things.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Exports the case as it stands on the stage, and verifies what came of it. The answer says what is in it.
pub async fn export(stage: &Stage, id: &CaseId) -> Result<Vec<String>, CliError> {
    let scratch = Scratch::new()?;
    let [folder, key, public] = ["case", "key", "key.pub"].map(|name| scratch.0.join(name));
    keys::make(&key)?;
    let entries = stage.beside(async |world, chosen| -> Result<Vec<TimelineEntry>, CollectError> {
        let (settings, secrets, until) = (&chosen.settings, &chosen.secrets, Millis::MAX);
        let sources = Sources {
            world,
            slack: Slack::new(world, settings, secrets, until),
            jira: Jira::new(world, settings, secrets, until),
            trail: Ok(stage.trail(id)),
            withdrawn: false,
            files: Some(&folder),
        };
        collect::case(&sources, id).await
    });
    let entries = entries.await.map_err(ExportError::from)?;
    let (at, key) = (AuditLine::time(stage.now()), SigningKey::read(&key)?);
    let export = Export { case: id.clone(), at, by: String::new(), key };
    let entries = export.write(&folder, entries)?;
    verify::run(&folder, &public)?;
    Ok(told(id, &entries))
}

fn told(id: &CaseId, entries: &[TimelineEntry]) -> Vec<String> {
    let count = |of: fn(&EntryKind) -> bool| entries.iter().filter(|entry| of(&entry.what)).count();
    let mut lines = vec![
        format!("casebridge export {id} --key KEY --attachments"),
        format!(
            "case-{id} holds what happened, in its order: changes at AWS {}, comments {}, files {}, told in Slack, Jira and \
             elsewhere {}, acts of people {}",
            count(|what| matches!(what, EntryKind::Edit { .. })),
            count(|what| matches!(what, EntryKind::Comment(_))),
            count(|what| matches!(what, EntryKind::File(_))),
            count(|what| matches!(what, EntryKind::Told(_))),
            count(|what| matches!(what, EntryKind::Act { .. })),
        ),
    ];
    lines.extend(entries.iter().filter_map(|entry| match &entry.what {
        EntryKind::Missing { what, why } => Some(format!("not in it: {what} ({why})")),
        _ => None,
    }));
    lines.push(format!("casebridge verify case-{id} --key KEY.pub: it is as it was exported"));
    lines
}
