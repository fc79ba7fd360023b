//! Where people's files came from, by their names on the case: none is copied back to where it was, and none anywhere
//! once what brought it is taken back.

use super::context::{ActionError, CommandContext};
use crate::{
    case::{CaseId, FileId, Ts},
    chat::ingress::job,
    state::{self, NO_LEASE, Seen, Store, TargetKind, Told, key::Key},
    targets::{
        attachments::{is_kept, key},
        jira, slack,
    },
};

/// The target where a file hangs, and what it is called there.
pub(super) type Origin = (TargetKind, String);

pub(super) fn in_jira(file: &FileId) -> Origin {
    (jira::KIND, format!("file/{file}"))
}

fn of_message(ts: &Ts) -> Origin {
    (slack::KIND, format!("file/{ts}"))
}

/// `None` where it was put into another conversation than the case's.
pub(super) async fn in_slack(
    context: &CommandContext<'_>,
    case: &CaseId,
) -> Result<Option<Origin>, ActionError> {
    let (store, job) = (context.world.store(), context.job);
    let here = job::case_of(store, &job.team, &job.place).await?;
    let ts = job.act.message().unwrap_or_else(|| Ts::new(""));
    Ok(here.filter(|here| here == case).map(|_| of_message(&ts)))
}

/// Kept before the file is on the case: whoever sees it there knows it already.
pub(super) async fn keep(
    context: &CommandContext<'_>,
    case: &CaseId,
    (kind, remote): &Origin,
    name: &str,
) -> Result<(), ActionError> {
    let told = Told { remote: remote.clone(), hash: String::new(), seen: Seen::Yes, theirs: true };
    tell(context.world.store(), case, *kind, (&key(name), &told)).await
}

/// What a message brought is taken off every target to which it was copied.
pub(super) async fn of_message_is_gone(
    context: &CommandContext<'_>,
    case: &CaseId,
    ts: &Ts,
) -> Result<(), ActionError> {
    let (kind, remote) = of_message(ts);
    let store = context.world.store();
    let told = context.or_parked(store.all_told(case, kind).await)?;
    for (key, told) in told.iter().filter(|(_, told)| told.remote == remote) {
        take_back(store, case, (key, told)).await?;
    }
    Ok(())
}

/// Of what is kept of an issue's files: what each is called there, unless it is taken back.
pub(super) fn of_issue(told: &[(Key, Told)]) -> impl Iterator<Item = (&Key, &Told, FileId)> {
    let kept = told.iter().filter(|(key, told)| is_kept(key) && told.seen != Seen::Deleted);
    kept.filter_map(|(key, told)| Some((key, told, FileId::new(told.remote.strip_prefix("file/")?))))
}

/// From now on it stands nowhere but on the case.
pub(super) async fn take_back(
    store: &dyn Store,
    case: &CaseId,
    (key, told): (&Key, &Told),
) -> Result<(), ActionError> {
    let gone = Told { seen: Seen::Deleted, ..told.clone() };
    for kind in [slack::KIND, jira::KIND] {
        tell(store, case, kind, (key, &gone)).await?;
    }
    Ok(())
}

async fn tell(
    store: &dyn Store,
    case: &CaseId,
    kind: TargetKind,
    (key, told): (&Key, &Told),
) -> Result<(), ActionError> {
    match store.tell(case, NO_LEASE, kind, key, told).await {
        Ok(()) | Err(state::Error::Fenced) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
