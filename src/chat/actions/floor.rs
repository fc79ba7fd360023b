//! Since when the comments of an issue count: what is older never leaves it. All times are Jira's own.

use serde::{Deserialize, Serialize};

use super::{context::ActionError, listening::Conversation};
use crate::{
    case::{IssueId, Millis},
    http::Failure,
    state::Store,
    targets::jira::{Audience, HeardComment, IssueRef, Jira},
};

/// What is remembered of an issue, for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Floor {
    /// Since when it is the case's: what was written until then stays there.
    pub(crate) since: Option<Millis>,
    /// When the newest of the internal notes was written that the settings kept in the issue: they stay there when the
    /// settings let others out.
    pub(crate) notes: Option<Millis>,
    /// When it was last read to its end, by our clock: what came before that is heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) heard: Option<Millis>,
}

impl Floor {
    /// An issue becomes a case's; `now` is when something happened to it last.
    pub(crate) async fn raise(store: &dyn Store, issue: &IssueId, now: Millis) -> Result<(), ActionError> {
        let (json, before) = read(store, issue).await?;
        let floor = Self { since: before.since.max(Some(now)), ..before };
        write(store, issue, json.as_deref(), floor).await
    }

    /// Since when an issue is its case's, where that was written down.
    pub(crate) async fn since(store: &dyn Store, issue: &IssueId) -> Result<Option<Millis>, ActionError> {
        Ok(read(store, issue).await?.1.since)
    }

    /// Whether an issue was read to its end since something came about it.
    pub(crate) async fn is_heard(
        store: &dyn Store,
        issue: &IssueId,
        came: Millis,
    ) -> Result<bool, ActionError> {
        Ok(read(store, issue).await?.1.heard.is_some_and(|heard| came < heard))
    }

    /// An issue was read to its end, from `began` on.
    pub(crate) async fn hear(store: &dyn Store, issue: &IssueId, began: Millis) -> Result<(), ActionError> {
        let (json, before) = read(store, issue).await?;
        write(store, issue, json.as_deref(), Self { heard: Some(began), ..before }).await
    }

    /// An issue's floor, raised first by what the settings keep there now. Without [`Self::since`] where the case has no
    /// issue yet: it is being made, by us, and nothing in it is older.
    pub(crate) async fn of(jira: &Jira<'_>, said: &Conversation<'_>) -> Result<Self, ActionError> {
        let store = jira.world.store();
        let (json, before) = read(store, said.issue).await?;
        let mut floor = before;
        if said.is_home && floor.since.is_none() {
            floor.since = Some(found(jira, said).await?);
        }
        if !jira.settings.internal_notes_are_comments {
            let notes = said.people.iter().filter(|comment| comment.audience == Audience::Team);
            floor.notes = floor.notes.max(notes.filter_map(HeardComment::written).max());
        }
        if floor != before {
            write(store, said.issue, json.as_deref(), floor).await?;
        }
        Ok(floor)
    }
}

/// Since when an issue is its case's, where nobody wrote it down: an issue of ours from its beginning. Another was linked
/// under version 0.1.0, by the time of our first comment there; where there is none, nobody knows when, and nothing that
/// stands there counts.
async fn found(jira: &Jira<'_>, said: &Conversation<'_>) -> Result<Millis, ActionError> {
    let issue = jira.issue_status(IssueRef::Id(said.issue)).await?;
    let ours = said.others.iter().filter(|other| other.mark_by(&said.me).is_some());
    let since = match issue.is_ours(said.case, &said.me) {
        // A comment can be as old as the issue to the millisecond.
        true => issue.created.map(|at| at - 1),
        false => ours.filter_map(HeardComment::written).min().or(issue.updated),
    };
    since.ok_or_else(|| Failure::unreadable("read issue").into())
}

async fn read(store: &dyn Store, issue: &IssueId) -> Result<(Option<String>, Floor), ActionError> {
    let json = store.note(&name(issue)).await?;
    let floor = json.as_deref().map_or(Ok(Floor::default()), serde_json::from_str);
    Ok((json, floor.map_err(|error| ActionError::Trouble(format!("the floor of an issue: {error}")))?))
}

async fn write(
    store: &dyn Store,
    issue: &IssueId,
    old: Option<&str>,
    floor: Floor,
) -> Result<(), ActionError> {
    let json = serde_json::to_string(&floor).map_err(|error| ActionError::Trouble(error.to_string()))?;
    match store.swap_note(&name(issue), old, &json, None).await? {
        true => Ok(()),
        false => Err(ActionError::Trouble("the floor of an issue was raised just now".to_owned())),
    }
}

fn name(issue: &IssueId) -> String {
    format!("floor/jira/{issue}")
}
