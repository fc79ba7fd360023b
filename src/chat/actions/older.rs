//! Was a message written after it could become a comment?

use serde::Deserialize;

use super::{
    TOLD_FOR,
    context::{Desk, Stop},
};
use crate::{
    case::{CaseId, Millis},
    chat::policy::since::{self, Message, Older},
    state::{Note, notes::Home},
    targets::slack,
};

/// Whether a message of this `ts` may become a comment. One that came moments after it was written is judged by the
/// settings as they are; one that came late, or that lay in the queue, by since when they are so.
pub async fn judged(desk: &Desk<'_>, case: &CaseId, ts: &str) -> Result<Result<(), Older>, Stop> {
    let (now, written, came) = (desk.world.now(), slack::millis(ts), desk.job.at);
    let (live, at_once) = (since::is_live(written, now), since::is_live(written, came));
    let arrived = if at_once { written.max(came) } else { written };
    // The door took what came at once because the settings said so: then that was seen.
    let at = if live { arrived } else { now };
    let first = if at_once && now - came < TOLD_FOR { arrived } else { now };
    let since = since::seen_at(desk.world, desk.settings, at, first).await?;
    // The service itself takes no comment on a closed case.
    let closed = if live { None } else { desk.case(case).await?.closed.map(|closed| closed * 1_000) };
    let message = Message { written, arrived, card: card(desk, case).await?, closed };
    let identity = &desk.person.identity;
    let by = [identity.groups.clone(), vec![identity.user.clone()]].concat();
    Ok(since.may(&message, &by, now))
}

/// When the case's card was posted; where the table does not know it, when the thread's first message was.
async fn card(desk: &Desk<'_>, case: &CaseId) -> Result<Option<Millis>, Stop> {
    #[derive(Deserialize)]
    struct Told {
        home: Option<Home>,
    }
    let meta = desk.world.store().meta(case).await?;
    let note = meta.as_ref().and_then(|meta| meta.text(Note::Of(slack::KIND)));
    let told = note.map(String::as_str).map(serde_json::from_str::<Told>).transpose();
    let told = told.map_err(|error| Stop::Trouble(format!("the note on Slack: {error}")))?;
    let home = told.and_then(|told| told.home).map(|home| home.name);
    Ok(home.as_ref().or(desk.job.place.thread.as_ref()).map(|ts| slack::millis(ts)))
}

/// Whether an earlier delivery began to make the comment: it was judged then, and may stand on the case.
pub async fn is_begun(desk: &Desk<'_>, case: &CaseId) -> Result<bool, Stop> {
    if !desk.again {
        return Ok(false);
    }
    let sayings = desk.world.store().sayings(case).await?;
    Ok(sayings.iter().any(|saying| saying.command == desk.key))
}
