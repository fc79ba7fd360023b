//! What is told that belongs to no case? A membership's news, and that a target is broken.

use std::time::Duration;

use tracing::warn;

use crate::{
    aws::sir::{FaultKind, ask},
    case::{CaseId, MembershipId, Millis},
    http::Failure,
    runtime::{self, World, gate},
    state::{self, Command, Reserved, TargetKind},
    sync::context::Context,
    targets::{
        content::Announcement,
        contract::{Announcer, Target},
        mark::Mark,
    },
};

/// A message is remembered for this long: longer than the queue keeps one.
const KEPT: Millis = 15 * 86_400_000;
/// A post of which nothing is known may still arrive within this.
const QUARANTINE: Millis = 60_000;

/// For a free slot; what has to wait longer comes again.
const WORTH_WAITING: Millis = 10_000;

/// Why the news was not told. The message comes again; what was begun is found then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnnounceError {
    #[error(transparent)]
    Store(#[from] state::Error),
    #[error("the service did not answer: {0}")]
    Sir(#[from] crate::aws::sir::Fault),
    #[error("not said: {0}")]
    Target(#[from] Failure),
    #[error("the channel is shared with another workspace")]
    Shared,
    #[error("an earlier try may still arrive")]
    TooEarly,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct News<'n> {
    pub(crate) id: &'n MembershipId,
    pub(crate) happened: &'static str,
    pub(crate) event: &'n str,
}

/// Tells what became of a membership: one message an event, however often the event comes.
pub(crate) async fn tell(
    world: &dyn World,
    announcer: &dyn Announcer,
    news: News<'_>,
) -> Result<(), AnnounceError> {
    let News { id, happened, event } = news;
    let (key, mark, now) = (format!("news/{event}"), Mark::new(format!("news/{id}/{event}")), world.now());
    let command = Command { job: happened.to_owned(), since: now, answer: None };
    if let Some(begun) = world.store().begin(&key, &command, now + KEPT).await? {
        if begun.answer.is_some() {
            return Ok(());
        }
        if now - begun.since < QUARANTINE {
            return Err(AnnounceError::TooEarly);
        }
        if let Some(remote) = announcer.find(&mark, begun.since).await? {
            return Ok(world.store().finish(&key, &remote).await.map(drop)?);
        }
    }
    if announcer.is_overheard().await? {
        return Err(AnnounceError::Shared);
    }
    let membership = match runtime::ask(world, ask::membership(id)).await {
        Ok(membership) => Some(Box::new(membership)),
        // A membership that ended may not be readable any more: that it ended is told all the same.
        Err(fault)
            if matches!(fault.kind, FaultKind::NotFound | FaultKind::Denied | FaultKind::NotActive) =>
        {
            None
        }
        Err(fault) => return Err(fault.into()),
    };
    in_turn(world, announcer).await?;
    let announcement = Announcement::Membership { id: id.clone(), membership, happened };
    let remote = announcer.announce(&announcement, &mark).await?;
    Ok(world.store().finish(&key, &remote).await.map(drop)?)
}

/// Waits until the place takes a post again, where that is soon.
async fn in_turn(world: &dyn World, announcer: &dyn Announcer) -> Result<(), AnnounceError> {
    let latest = world.now() + WORTH_WAITING;
    let reserved = gate::reserve(world, announcer.kind(), &announcer.slot(), latest).await?;
    let (Reserved::At(at) | Reserved::NotBefore(at)) = reserved;
    let wait = Duration::from_millis(u64::try_from(at - world.now()).unwrap_or(0));
    if matches!(reserved, Reserved::NotBefore(_)) {
        let why = "many posts wait for the channel".to_owned();
        return Err(Failure::NotApplied { retry_after: Some(wait), why }.into());
    }
    world.sleep(wait).await;
    Ok(())
}

/// Says once, where people look, that nothing reaches these targets; to nobody where strangers read along, or may. The
/// alarm on the breaker says it too.
pub(crate) async fn are_broken(context: &Context<'_>, announcer: &dyn Announcer, broken: &[TargetKind]) {
    // Nothing can be said where it is broken.
    let is_broken = |target: &&&dyn Target| broken.contains(&target.planner().kind());
    let elsewhere = context.targets.iter().filter(is_broken).map(|target| target.planner());
    for planner in elsewhere.filter(|planner| planner.kind() != announcer.kind()) {
        let mark = Mark::new(format!("notice/{}", planner.kind()));
        notify(announcer, &Announcement::Broken { title: planner.title() }, &mark).await;
    }
}

/// Says once that people closed the places of these cases.
pub(crate) async fn are_shut(announcer: &dyn Announcer, shut: Vec<(Option<CaseId>, String)>) {
    for (case, place) in shut {
        let mark = Mark::new(format!("shut/{place}"));
        notify(announcer, &Announcement::Shut { case, place }, &mark).await;
    }
}

async fn notify(announcer: &dyn Announcer, announcement: &Announcement, mark: &Mark) {
    if !announcer.is_overheard().await.is_ok_and(|overheard| !overheard) {
        return warn!(what = mark.as_str(), "a notice was not said: strangers read along, or may");
    }
    if let Err(failure) = announcer.announce(announcement, mark).await {
        warn!(%failure, "the notice could not be posted");
    }
}
