//! A button was pressed: what follows at once, and what goes on to the inbox.

use super::{
    act::ActId,
    action::Action,
    context::ChatContext,
    envelope::GatewayResponse,
    job::{Door, Job, Origin, Sender},
    modals::{self, ModalOpener},
    payload::BlockActions,
    route::{mistaken, refused, taken},
};
use crate::{
    case::Millis,
    chat::{
        deliver,
        forms::ModalKind,
        language::{command::Command, grammar},
        reply::{ButtonAction, Reply},
    },
};

/// A button: its value says what it does.
pub(super) async fn clicked(chat: &ChatContext<'_>, click: BlockActions, now: Millis) -> GatewayResponse {
    let Some(pressed) = click.actions.first() else { return GatewayResponse::bare(400) };
    let chosen = pressed.selected_option.as_ref().map(|option| option.value.clone());
    let value = pressed.value.clone().or(chosen).unwrap_or_default();
    // Slack opened an address, and tells us that as well.
    if value.starts_with(ButtonAction::Link.as_str()) {
        return GatewayResponse::bare(200);
    }
    let action = match ButtonAction::of(&pressed.action_id) {
        Some(ButtonAction::Run) => return ran(chat, &click, value, now).await,
        Some(ButtonAction::Confirm) => Action::Confirmed { value },
        Some(ButtonAction::Dismiss) => return dismissed(chat, &click).await,
        Some(ButtonAction::More) => match modals::widened(chat, &click).await {
            Some(response) => return response,
            None => of_another_release(),
        },
        // A button that is a link is told to us as well.
        Some(ButtonAction::Link) => return GatewayResponse::bare(200),
        None => of_another_release(),
    };
    taken(chat, Some(job(&click, action, now))).await
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
    let line = match grammar::parse(&typed, now.div_euclid(1_000)) {
        Ok(line) => line,
        Err(mistake) => {
            let action = Action::Mistaken { answer: mistaken(&mistake) };
            return taken(chat, Some(job(click, action, now))).await;
        }
    };
    let opener = ModalOpener { trigger: click.trigger_id.clone(), sender: sender(click, now), pressed: true };
    let refused = refused(chat.settings, &opener.sender, &line.command).is_some();
    let wanted = match (&line.command, &line.case) {
        // On the home page an answer would come as a direct message: the case opens in a form instead.
        (Command::Tray, Some(case)) if is_home(click) => Some(ModalKind::Case { case: case.clone() }),
        _ => modals::wanted(chat, &line, &opener).await,
    };
    let action = match wanted {
        Some(kind) if !refused => match modals::open(chat, kind, &opener).await {
            Ok(response) => return response,
            Err(answer) => Action::Mistaken { answer },
        },
        _ => Action::Asked { line, typed },
    };
    taken(chat, Some(job(click, action, now))).await
}

fn is_home(click: &BlockActions) -> bool {
    click.view.as_ref().is_some_and(|view| view["type"] == "home")
}

async fn dismissed(chat: &ChatContext<'_>, click: &BlockActions) -> GatewayResponse {
    if let Some(url) = &click.response_url
        && let Err(failure) = deliver::dismiss(&chat.slack(), url).await
    {
        tracing::warn!(%failure, "a message could not be taken away");
    }
    GatewayResponse::bare(200)
}

fn sender(click: &BlockActions, now: Millis) -> Sender {
    let message = click.message.as_ref();
    // A card is its thread's first message. What only one person sees is no thread's.
    let thread = click
        .container
        .thread_ts
        .clone()
        .or_else(|| message.and_then(|message| message.thread_ts.clone()))
        .or_else(|| click.container.message_ts.clone().filter(|_| !click.container.is_ephemeral));
    let place = Origin { channel: click.channel.as_ref().map(|it| it.id.clone()), thread };
    Sender { door: Door::Button, ..click.user.sends(click.team.as_ref(), place, now) }
}

fn job(click: &BlockActions, action: Action, now: Millis) -> Job {
    let replaces = click.container.is_ephemeral && matches!(action, Action::Confirmed { .. });
    let job = sender(click, now).does(ActId::of_trigger(&click.trigger_id), action);
    Job { replaces, response_url: click.response_url.clone(), ..job }
}
