//! How a case that people took away in Slack is shown there again.

use super::{
    begin_anew::{begin_anew, noted},
    context::{CommandContext, Outcome},
};
use crate::{
    case::{CaseId, ChannelId, Ts},
    chat::reply::{Paragraph, Reply},
    state::notes::{Home, PlaceNote},
    targets::slack,
};

/// `card`: a card that somebody deleted is posted again, with all that was told below it.
pub(crate) async fn open(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let note = noted(context, id, slack::KIND).await?;
    if let Some(home) = note.home.as_ref().filter(|_| !note.is_lost() && !note.is_gone()) {
        return Ok(there(context, id, home));
    }
    let anew = PlaceNote { anew: true, ..note.begun_anew() };
    begin_anew(context, id, slack::KIND, anew).await?;
    Ok(Reply::of(
        Paragraph::of("A new card of case ")
            .bold(id.as_str())
            .text(" is being posted, with its whole story."),
    ))
}

fn there(context: &CommandContext<'_>, id: &CaseId, home: &Home) -> Reply {
    let link = context.settings.slack.permalink(&ChannelId::new(&home.place), &Ts::new(&home.name));
    Reply::of(Paragraph::of("Case ").bold(id.as_str()).text(" has its card: ").link(&link, "here").text("."))
}
