//! A button was pressed: what follows at once, and what goes on to the inbox?

use super::{
    context::ChatContext,
    envelope::GatewayResponse,
    job::{Action, Job, Origin},
    modals::{self, ModalOpener},
    payload::BlockActions,
    route::{at_once, mistaken, taken},
};
use crate::{
    case::Millis,
    chat::{
        deliver,
        forms::overflow_field::MORE,
        language::grammar,
        reply::{CONFIRM, DISMISS, LINK, RUN, Reply},
    },
};

/// A button: its value says what it does.
pub async fn clicked(chat: &ChatContext<'_>, click: BlockActions, now: Millis) -> GatewayResponse {
    let Some(action) = click.actions.first() else { return GatewayResponse::bare(400) };
    let value = action.value.clone().unwrap_or_default();
    let action = match action.action_id.split('/').next() {
        Some(RUN) => return ran(chat, &click, value, now).await,
        Some(CONFIRM) => Action::Confirmed { value },
        Some(DISMISS) => return dismissed(chat, &click).await,
        Some(MORE) => match modals::widened(chat, &click).await {
            Some(response) => return response,
            None => of_another_release(),
        },
        // A button that is a link is told to us as well.
        Some(link) if link.starts_with(LINK) => return GatewayResponse::bare(200),
        _ => of_another_release(),
    };
    taken(chat, Some(pressed(&click, action, now))).await
}

/// What this release does not know may have been put there by another.
fn of_another_release() -> Action {
    let answer = Reply::says(
        "This button was made by another release of Casebridge, so nothing was done. Type what you want, or press one that \
         is newer.",
    );
    Action::Mistaken { answer }
}

/// A button that holds a line: opens a form where the line asks for one that this person may fill in.
async fn ran(chat: &ChatContext<'_>, click: &BlockActions, typed: String, now: Millis) -> GatewayResponse {
    let mut job = pressed(click, Action::Home, now);
    let line = match grammar::parse(&typed, now.div_euclid(1_000)) {
        Ok(line) => line,
        Err(mistake) => {
            job.action = Action::Mistaken { answer: mistaken(&mistake) };
            return taken(chat, Some(job)).await;
        }
    };
    let opener = ModalOpener {
        trigger: click.trigger_id.clone(),
        team: job.team.clone(),
        user: job.user.clone(),
        place: job.place.clone(),
        pressed: true,
    };
    let who = (job.team.as_str(), job.user.as_str(), job.place.channel.as_str());
    let refused = at_once(chat.settings, who, &line.command, &typed).is_some();
    job.action = match modals::wanted(chat, &line, &opener).await {
        Some(kind) if !refused => match modals::open(chat, kind, &opener, now).await {
            Ok(response) => return response,
            Err(answer) => Action::Mistaken { answer },
        },
        _ => Action::Asked { line, typed },
    };
    taken(chat, Some(job)).await
}

async fn dismissed(chat: &ChatContext<'_>, click: &BlockActions) -> GatewayResponse {
    if let Some(url) = &click.response_url
        && let Err(failure) = deliver::dismiss(&chat.slack(), url).await
    {
        tracing::warn!(%failure, "a message could not be taken away");
    }
    GatewayResponse::bare(200)
}

fn pressed(click: &BlockActions, action: Action, now: Millis) -> Job {
    let message = click.message.as_ref();
    // A card is its thread's first message. What only one person sees is no thread's.
    let thread = click
        .container
        .thread_ts
        .clone()
        .or_else(|| message.and_then(|message| message.thread_ts.clone()))
        .or_else(|| click.container.message_ts.clone().filter(|_| !click.container.is_ephemeral));
    let team = click.team.as_ref().map(|team| team.id.clone()).or_else(|| click.user.team_id.clone());
    Job {
        act: click.trigger_id.clone(),
        team: team.unwrap_or_default(),
        user: click.user.id.clone(),
        place: Origin { channel: click.channel.as_ref().map(|it| it.id.clone()).unwrap_or_default(), thread },
        replaces: click.container.is_ephemeral && matches!(action, Action::Confirmed { .. }),
        action,
        response_url: click.response_url.clone(),
        at: now,
    }
}
