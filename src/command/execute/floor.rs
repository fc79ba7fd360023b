//! Since when do the comments of an issue count? What is older never leaves it; the times are Jira's own.

use serde::{Deserialize, Serialize};

use super::desk::Stop;
use crate::{
    case::Millis,
    jira::{Audience, HeardComment},
    settings,
    store::Store,
};

/// What is remembered of an issue, for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Floor {
    /// When the newest of the internal notes was written that the settings kept in the issue: they stay there when the
    /// settings let others out.
    pub notes: Option<Millis>,
}

impl Floor {
    /// An issue's floor, raised first by what the settings keep there now.
    pub async fn of<S: Store>(
        store: &S,
        issue: &str,
        comments: &[HeardComment],
        settings: &settings::Jira,
    ) -> Result<Self, Stop> {
        let name = format!("floor/jira/{issue}");
        let old = store.note(&name).await?;
        let read = old.as_deref().map_or(Ok(Self::default()), serde_json::from_str);
        let before: Self = read.map_err(|error| Stop::Trouble(format!("the floor of an issue: {error}")))?;
        let floor = before.raised(comments, settings);
        if floor != before {
            let json = serde_json::to_string(&floor).map_err(|error| Stop::Trouble(error.to_string()))?;
            if !store.swap_note(&name, old.as_deref(), &json, None).await? {
                return Err(Stop::Trouble("the floor of an issue was raised just now".to_owned()));
            }
        }
        Ok(floor)
    }

    fn raised(self, comments: &[HeardComment], settings: &settings::Jira) -> Self {
        let kept = |comment: &&HeardComment| {
            comment.audience == Audience::Team && !settings.internal_notes_are_comments
        };
        let newest = comments.iter().filter(kept).filter_map(HeardComment::written).max();
        Self { notes: self.notes.max(newest) }
    }
}
