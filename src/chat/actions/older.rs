//! Whether a message was written after it could become a comment.

use futures_util::future::join;
use serde::Deserialize;

use super::{
    TOLD_FOR,
    context::{ActionError, CommandContext},
};
use crate::{
    case::{CaseId, MemberId, Millis, Ts},
    chat::policy::since::{self, MessageTimes, TooOld},
    state::{Note, notes::Home},
    targets::slack,
};

/// Whether a message of this `ts` may become a comment. One that came moments after it was written is judged by the
/// settings as they are; one that came late, or that lay in the queue, by since when they are so.
pub(crate) async fn judged(
    context: &CommandContext<'_>,
    case: &CaseId,
    ts: &Ts,
) -> Result<Result<(), TooOld>, ActionError> {
    let (now, written, came) = (context.world.now(), ts.millis(), context.job.at);
    let (live, at_once) = (since::is_live(written, now), since::is_live(written, came));
    let arrived = if at_once { written.max(came) } else { written };
    // The door took what came at once because the settings said so: then that was seen.
    let at = if live { arrived } else { now };
    let first = if at_once && now - came < TOLD_FOR { arrived } else { now };
    let since = since::seen_at(context.world, context.settings, at, first);
    let (since, card) = join(since, card(context, case)).await;
    let (since, card) = (since?, card?);
    // The service itself takes no comment on a closed case.
    let closed = if live { None } else { context.case(case).await?.closed.map(|closed| closed * 1_000) };
    let message = MessageTimes { written, arrived, card, closed };
    let identity = &context.person.identity;
    let by = [identity.groups.clone(), vec![MemberId::new(identity.user.as_str())]].concat();
    Ok(since.may(&message, &by, now))
}

/// When the case's card was posted; where the table does not know it, when the thread's first message was.
async fn card(context: &CommandContext<'_>, case: &CaseId) -> Result<Option<Millis>, ActionError> {
    #[derive(Deserialize)]
    struct SlackState {
        home: Option<Home>,
    }
    let meta = context.world.store().meta(case).await?;
    let note = meta.as_ref().and_then(|meta| meta.text(Note::Of(slack::KIND)));
    let told = note.map(String::as_str).map(serde_json::from_str::<SlackState>).transpose();
    let told = told.map_err(|error| ActionError::Trouble(format!("the note on Slack: {error}")))?;
    let home = told.and_then(|told| told.home).map(|home| Ts::new(home.name));
    Ok(home.as_ref().or(context.job.place.thread.as_ref()).map(Ts::millis))
}

/// Whether an earlier delivery began to make the comment: it was judged then, and may stand on the case.
pub(crate) async fn is_begun(context: &CommandContext<'_>, case: &CaseId) -> Result<bool, ActionError> {
    if !context.again {
        return Ok(false);
    }
    let sayings = context.world.store().sayings(case).await?;
    Ok(sayings.iter().any(|saying| saying.command == context.key.as_str()))
}
