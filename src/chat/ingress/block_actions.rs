//! A button was pressed: what follows at once, and what goes on to the inbox?

use super::{
    context::Bridge,
    envelope::Response,
    job::{Did, Job, Place},
    modals::{self, Opener},
    payload::Click,
    route::{at_once, mistaken, taken},
};
use crate::{
    case::Millis,
    chat::{
        deliver,
        forms::overflow_field::MORE,
        language::grammar,
        reply::{Answer, CONFIRM, DISMISS, LINK, RUN},
    },
};

/// A button: its value says what it does.
pub async fn clicked(bridge: &Bridge<'_>, click: Click, now: Millis) -> Response {
    let Some(action) = click.actions.first() else { return Response::bare(400) };
    let value = action.value.clone().unwrap_or_default();
    let did = match action.action_id.split('/').next() {
        Some(RUN) => return ran(bridge, &click, value, now).await,
        Some(CONFIRM) => Did::Confirmed { value },
        Some(DISMISS) => return dismissed(bridge, &click).await,
        Some(MORE) => match modals::widened(bridge, &click).await {
            Some(response) => return response,
            None => of_another_release(),
        },
        // A button that is a link is told to us as well.
        Some(link) if link.starts_with(LINK) => return Response::bare(200),
        _ => of_another_release(),
    };
    taken(bridge, Some(pressed(&click, did, now))).await
}

/// What this release does not know may have been put there by another.
fn of_another_release() -> Did {
    let answer = Answer::says(
        "This button was made by another release of Casebridge, so nothing was done. Type what you want, or press one that \
         is newer.",
    );
    Did::Mistaken { answer }
}

/// A button that holds a line: opens a form where the line asks for one that this person may fill in.
async fn ran(bridge: &Bridge<'_>, click: &Click, typed: String, now: Millis) -> Response {
    let mut job = pressed(click, Did::Home, now);
    let line = match grammar::parse(&typed, now.div_euclid(1_000)) {
        Ok(line) => line,
        Err(mistake) => {
            job.did = Did::Mistaken { answer: mistaken(&mistake) };
            return taken(bridge, Some(job)).await;
        }
    };
    let opener = Opener {
        trigger: click.trigger_id.clone(),
        team: job.team.clone(),
        user: job.user.clone(),
        place: job.place.clone(),
        pressed: true,
    };
    let who = (job.team.as_str(), job.user.as_str(), job.place.channel.as_str());
    let refused = at_once(bridge.settings, who, &line.ask, &typed).is_some();
    job.did = match modals::wanted(bridge, &line, &opener).await {
        Some(kind) if !refused => match modals::open(bridge, kind, &opener, now).await {
            Ok(response) => return response,
            Err(answer) => Did::Mistaken { answer },
        },
        _ => Did::Asked { line, typed },
    };
    taken(bridge, Some(job)).await
}

async fn dismissed(bridge: &Bridge<'_>, click: &Click) -> Response {
    if let Some(url) = &click.response_url
        && let Err(failure) = deliver::dismiss(&bridge.slack(), url).await
    {
        tracing::warn!(%failure, "a message could not be taken away");
    }
    Response::bare(200)
}

fn pressed(click: &Click, did: Did, now: Millis) -> Job {
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
        place: Place { channel: click.channel.as_ref().map(|it| it.id.clone()).unwrap_or_default(), thread },
        replaces: click.container.is_ephemeral && matches!(did, Did::Confirmed { .. }),
        did,
        response_url: click.response_url.clone(),
        at: now,
    }
}
