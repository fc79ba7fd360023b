//! Takes over an issue that another tool made for a case: from now on the case is told in it.

use super::floor::Floor;
use crate::{
    case::{CaseId, IssueKey, Millis},
    http::Failure,
    runtime::World,
    state::{
        self, Note,
        notes::{Home, PlaceNote},
    },
    targets::jira::{self, IssueRef, IssueStatus, Jira},
};

/// How long the case's notes are held meanwhile: longer than it can take.
const LEASE: Millis = 75_000;

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adopted {
    /// It is the case's from now on, or would be.
    Taken,
    Already,
    /// The case has this one.
    HasAnother(String),
    Belongs(CaseId),
    /// Jira shows no such issue.
    Absent,
    OtherProject,
}

/// Why nobody can say.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    #[error("{0}")]
    Jira(#[from] Failure),
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] state::Error),
    /// A worker holds it.
    #[error("the case is being told just now: try again in a minute")]
    Held,
    /// It could not be remembered since when its comments count.
    #[error("since when the issue's comments count could not be written down")]
    Floor,
}

/// Makes an issue the case's, unless it only asks. What people wrote in it before stays there.
///
/// # Errors
/// Jira or the table did not answer.
pub async fn adopt(
    jira: &Jira<'_>,
    projects: &[&str],
    (case, key): (&CaseId, &IssueKey),
    asks: bool,
) -> Result<Adopted, AdoptError> {
    let issue = match jira.issue_status(IssueRef::Key(key)).await {
        Ok(issue) => issue,
        Err(Failure::Gone { .. } | Failure::Content { .. }) => return Ok(Adopted::Absent),
        Err(failure) => return Err(failure.into()),
    };
    if issue.key.as_str().rsplit_once('-').is_none_or(|(of, _)| !projects.contains(&of)) {
        return Ok(Adopted::OtherProject);
    }
    let store = jira.world.store();
    let place = format!("jira/{}", issue.id);
    if let Some(other) = store.bound(&place).await?.filter(|other| other != case) {
        return Ok(Adopted::Belongs(other));
    }
    if let Some(meta) = store.meta(case).await?
        && let Some(home) = meta.note::<PlaceNote>(case, Note::Of(jira::KIND))?.0.home
    {
        let same = home.place == issue.id.as_str();
        return Ok(if same { Adopted::Already } else { Adopted::HasAnother(home.name) });
    }
    if !asks {
        take(jira.world, case, &issue).await?;
        store.bind(&place, case).await?;
    }
    Ok(Adopted::Taken)
}

async fn take(world: &dyn World, case: &CaseId, issue: &IssueStatus) -> Result<(), AdoptError> {
    let (store, now) = (world.store(), world.now());
    // First: nothing is heard in the issue before it is bound.
    let since = issue.updated.ok_or_else(|| Failure::unreadable("read issue"))?;
    Floor::raise(store, &issue.id, since).await.map_err(|_| AdoptError::Floor)?;
    store.hint(case, now, true).await?;
    let meta = store.lease(case, now, now + LEASE).await?.ok_or(AdoptError::Held)?;
    let home = Home { place: issue.id.to_string(), name: issue.key.to_string() };
    let note = PlaceNote { home: Some(home), ..PlaceNote::default() };
    let json = serde_json::to_string(&note).map_err(|error| state::Error::Trouble(error.to_string()))?;
    store.save(case, meta.epoch, Note::Of(jira::KIND), &json).await?;
    store.release(case, meta.epoch, meta.want, Some(now), true).await?;
    Ok(())
}
