//! What is told that belongs to no case? A membership's news, and that a destination is broken.

use std::time::Duration;

use tracing::warn;

use crate::{
    aws::sir::{Answer, Call, FaultKind},
    case::{MembershipId, Millis},
    http::Failure,
    runtime::gate,
    state::{self, Command, Destination},
    targets::slack::{self, Message, Slack, known},
};

/// A message is remembered for this long: longer than the queue keeps one.
const KEPT: Millis = 15 * 86_400_000;
/// A post of which nothing is known may still arrive within this.
const QUARANTINE: Millis = 60_000;

/// For a free slot; what has to wait longer comes again.
const WORTH_WAITING: Duration = Duration::from_secs(10);

/// Why the news was not told. The message comes again; what was begun is found then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] state::Error),
    /// The service did not answer.
    #[error("the service did not answer: {0}")]
    Sir(#[from] crate::aws::sir::Fault),
    /// Slack did not answer.
    #[error("Slack: {0}")]
    Slack(#[from] Failure),
    /// People of another workspace would read it.
    #[error("the channel is shared with another workspace")]
    Shared,
    /// An earlier try may still arrive.
    #[error("an earlier try may still arrive")]
    TooEarly,
}

/// Tells what became of a membership: one message an event, however often the event comes.
///
/// # Errors
/// See [`Error`]: the event must come again.
pub async fn tell(
    slack: &Slack<'_>,
    id: &MembershipId,
    what: &'static str,
    event: &str,
) -> Result<(), Error> {
    let (world, channel) = (slack.world, &slack.settings.channel);
    let (key, mark, now) = (format!("news/{event}"), format!("news/{id}/{event}"), world.now());
    let command = Command { job: what.to_owned(), since: now, answer: None };
    if let Some(begun) = world.store().begin(&key, &command, now + KEPT).await? {
        if begun.answer.is_some() {
            return Ok(());
        }
        if now - begun.since < QUARANTINE {
            return Err(Error::TooEarly);
        }
        if let Some(ts) = find(slack, channel, &mark, begun.since).await? {
            return Ok(world.store().finish(&key, &ts).await.map(drop)?);
        }
    }
    if known::is_shared(slack, channel).await? {
        return Err(Error::Shared);
    }
    let message = match world.call(Call::GetMembership { membership: id.clone() }).await {
        Ok(Answer::Membership(membership)) => slack::membership(&membership, what),
        Ok(_) => slack::unread_membership(id.as_str(), what),
        // A membership that ended may not be readable any more: that it ended is told all the same.
        Err(fault)
            if matches!(fault.kind, FaultKind::NotFound | FaultKind::Denied | FaultKind::NotActive) =>
        {
            slack::unread_membership(id.as_str(), what)
        }
        Err(fault) => return Err(fault.into()),
    };
    in_turn(slack).await?;
    let ts = slack.post(channel, None, &mark, &message).await?;
    Ok(world.store().finish(&key, &ts).await.map(drop)?)
}

/// Waits until the channel takes a post again, where that is soon.
async fn in_turn(slack: &Slack<'_>) -> Result<(), Error> {
    let (world, now) = (slack.world, slack.world.now());
    let slot = gate::slot(world, Destination::Slack, &slack.settings.channel, now).await?;
    let wait = Duration::from_millis(u64::try_from(slot - now).unwrap_or(0));
    if wait > WORTH_WAITING {
        let why = "many posts wait for the channel".to_owned();
        return Err(Failure::NotApplied { retry_after: Some(wait), why }.into());
    }
    world.sleep(wait).await;
    Ok(())
}

async fn find(
    slack: &Slack<'_>,
    channel: &str,
    mark: &str,
    since: Millis,
) -> Result<Option<String>, Failure> {
    let me = slack.me().await?;
    let oldest = format!("{}.000000", since / 1_000 - 60);
    let mut cursor = None;
    loop {
        let page = slack.history(channel, &oldest, cursor.as_deref()).await?;
        if let Some(found) = page.items.iter().find(|heard| heard.mark_by(&me) == Some(mark)) {
            return Ok(Some(found.ts.clone()));
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(None);
        }
    }
}

/// Says once, where people look, that nothing reaches Jira; to nobody where another workspace reads along, or may. The
/// alarm on the breaker says it too.
pub async fn jira_is_broken(slack: &Slack<'_>, channel: &str) {
    if !known::is_shared(slack, channel).await.is_ok_and(|shared| !shared) {
        return warn!(
            "the notice that Jira is broken was not posted: other workspaces read the channel, or may"
        );
    }
    let text = "Casebridge cannot reach Jira: it refuses our credentials or rights. Nothing is lost; what is owed \
                is sent as soon as they are mended. See docs/operations.md.";
    let message = Message { text: text.to_owned(), blocks: Vec::new() };
    if let Err(failure) = slack.post(channel, None, "notice/jira", &message).await {
        warn!(%failure, "the notice could not be posted");
    }
}
