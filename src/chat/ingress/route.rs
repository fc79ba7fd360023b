//! What is answered to the world at once, and what goes on to the inbox?
//!
//! Nothing is computed from a request, and nothing said about it, before its signature was checked. No call to
//! Security Incident Response stands before the answer.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::{
    block_actions,
    context::Bridge,
    envelope::{Envelope, Response, is_crowded},
    events,
    job::{Did, Job, Place},
    modals::{self, Opener},
    payload::{self, Callback, Command, Delivery, Interaction, Slash},
    signature::{self, Verified},
};
use crate::{
    case::Millis,
    chat::{
        actions::diagnostics,
        deliver,
        language::{command::Ask, decode, grammar, user_error::Mistake},
        policy::{
            identity, length,
            roles::{self, Identity},
        },
        reply::{Answer, Button},
    },
    config::settings::Settings,
};

/// How long an answer may take: Slack waits for three seconds.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// An address at which something may arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Commands,
    Interactions,
    Events,
    Webhooks,
}

impl Route {
    fn of(method: &str, path: &str) -> Option<Self> {
        match (method, path) {
            ("POST", "/slack/commands") => Some(Self::Commands),
            ("POST", "/slack/interactions") => Some(Self::Interactions),
            ("POST", "/slack/events") => Some(Self::Events),
            ("POST", "/jira/webhooks") => Some(Self::Webhooks),
            _ => None,
        }
    }

    fn is_form(self) -> bool {
        matches!(self, Self::Commands | Self::Interactions)
    }
}

/// Answers a request. A stranger learns a status and nothing else.
pub async fn answer(bridge: &Bridge<'_>, request: &Envelope) -> Response {
    let (method, path) = request.target();
    let Some(route) = Route::of(method, path) else { return Response::bare(404) };
    let Some(body) = request.bytes().filter(|body| !(route.is_form() && is_crowded(body))) else {
        return Response::bare(400);
    };
    let now = bridge.world.now();
    let Some(verified) = verify(bridge, route, request, body, now) else { return Response::bare(401) };
    tokio::select! {
        response = routed(bridge, route, &verified, now) => response,
        () = bridge.world.sleep(PATIENCE) => Response::bare(503),
    }
}

fn verify(
    bridge: &Bridge<'_>,
    route: Route,
    request: &Envelope,
    body: Bytes,
    now: Millis,
) -> Option<Verified> {
    match route {
        Route::Webhooks => signature::jira(&bridge.jira_signs(), request.header("x-hub-signature"), body),
        Route::Commands | Route::Interactions | Route::Events => signature::slack(
            &bridge.slack_signs(),
            request.header("x-slack-request-timestamp"),
            request.header("x-slack-signature"),
            body,
            now.div_euclid(1_000),
        ),
    }
}

async fn routed(bridge: &Bridge<'_>, route: Route, request: &Verified, now: Millis) -> Response {
    match route {
        Route::Commands => match payload::command(request) {
            Some(Command::Typed(slash)) => typed(bridge, slash, now).await,
            Some(Command::SslCheck) => Response::bare(200),
            None => Response::bare(400),
        },
        Route::Interactions => match payload::interaction(request) {
            Some(Interaction::BlockActions(click)) => block_actions::clicked(bridge, click, now).await,
            Some(Interaction::ViewSubmission(sent)) => modals::submitted(bridge, &sent, now).await,
            Some(Interaction::MessageAction(shortcut)) => modals::chosen(bridge, shortcut, now).await,
            Some(Interaction::Shortcut(_) | Interaction::Other) => Response::bare(200),
            None => Response::bare(400),
        },
        Route::Events => match payload::delivery(request) {
            Some(Delivery::UrlVerification { challenge }) => {
                Response::json(json!({ "challenge": challenge }))
            }
            Some(Delivery::EventCallback(callback)) => event(bridge, &callback, now).await,
            Some(Delivery::Other) => Response::bare(200),
            None => Response::bare(400),
        },
        Route::Webhooks => match payload::webhook(request) {
            Some(webhook) => taken(bridge, events::changed(bridge.settings, &webhook, now)).await,
            None => Response::bare(400),
        },
    }
}

/// An event. Where nobody knows just now whether its text may be read, Slack brings it again; after that the hourly
/// check does.
async fn event(bridge: &Bridge<'_>, callback: &Callback, now: Millis) -> Response {
    let read = match events::words(bridge.settings, callback) {
        Some((user, length)) => length::is_read(bridge, (&callback.team_id, user), length).await,
        None => Ok(true),
    };
    match read {
        Ok(read) => taken(bridge, events::happened(bridge.settings, callback, read, now)).await,
        Err(_) => Response::bare(503),
    }
}

/// A slash command: help, mistakes and sure refusals are answered here, all else on the inbox.
async fn typed(bridge: &Bridge<'_>, slash: Slash, now: Millis) -> Response {
    match length::is_read(bridge, (&slash.team_id, &slash.user_id), slash.text.len()).await {
        Ok(true) => {}
        Ok(false) => return told(&length::unread(bridge.settings, &slash.team_id, &slash.user_id)),
        Err(_) => return told(&length::unknown()),
    }
    let line = match grammar::parse(&slash.text, now.div_euclid(1_000)) {
        Ok(line) => line,
        Err(mistake) => return told(&mistaken(&mistake)),
    };
    let who = (slash.team_id.as_str(), slash.user_id.as_str(), slash.channel_id.as_str());
    if let Some(answer) = at_once(bridge.settings, who, &line.ask, &slash.text) {
        return told(&answer);
    }
    let opener = Opener {
        trigger: slash.trigger_id.clone(),
        team: slash.team_id.clone(),
        user: slash.user_id.clone(),
        place: Place { channel: slash.channel_id.clone(), thread: None },
        pressed: false,
    };
    if let Some(kind) = modals::wanted(bridge, &line, &opener).await {
        let opened = modals::open(bridge, kind, &opener, now).await;
        return opened.unwrap_or_else(|answer| told(&answer.give_back(&slash.text)));
    }
    let typed = decode::decode(&slash.text);
    let job = Job {
        act: slash.trigger_id,
        team: slash.team_id,
        user: slash.user_id,
        place: Place { channel: slash.channel_id, thread: None },
        did: Did::Asked { line, typed: typed.clone() },
        response_url: Some(slash.response_url),
        replaces: false,
        at: now,
    };
    match put(bridge, &job).await {
        Ok(()) => Response::bare(200),
        Err(()) => told(
            &Answer::says(
                "This could not be taken just now. Nothing was done: please try again in a minute.",
            )
            .give_back(&typed),
        ),
    }
}

/// What can be answered from the settings alone: help and refusals, unless a user group might make a difference.
/// Whether the person is a guest or a bot is asked later; here that only ever refuses.
pub(super) fn at_once(
    settings: &Settings,
    (team, user, channel): (&str, &str, &str),
    ask: &Ask,
    typed: &str,
) -> Option<Answer> {
    let identity = Identity::by_name(team, user);
    let sure = team != settings.slack.team || !identity::are_named_otherwise(settings);
    let place = match channel.starts_with('D') {
        true => roles::Place::Direct,
        false => roles::Place::Channel,
    };
    match (ask, roles::may(settings, &identity, ask, place)) {
        _ if !sure => None,
        (_, Err(refusal)) => Some(Answer::says(refusal.to_string()).give_back(typed)),
        (Ask::Help { verb }, Ok(())) => Some(diagnostics::help(settings, &identity, place, verb.as_deref())),
        _ => None,
    }
}

/// What a person gets to read whose line was not understood.
pub fn mistaken(mistake: &Mistake) -> Answer {
    let suggested = mistake.suggests.iter().map(|line| Button::run(line.as_str(), line));
    Answer::says(mistake.to_string())
        .buttons(suggested.filter(|button| button.value.chars().count() <= 2_000).collect())
}

fn told(answer: &Answer) -> Response {
    deliver::in_response(answer).map_or(Response::bare(200), Response::json)
}

/// Puts a job on the inbox. Where that fails Slack and Jira are told to come again.
pub(super) async fn taken(bridge: &Bridge<'_>, job: Option<Job>) -> Response {
    let Some(job) = job else { return Response::bare(200) };
    put(bridge, &job).await.map_or(Response::bare(503), |()| Response::bare(200))
}

pub(super) async fn put(bridge: &Bridge<'_>, job: &Job) -> Result<(), ()> {
    let sent = job.put(bridge.world, &job.key()).await;
    sent.map_err(|error| tracing::error!(error, "the inbox does not take a job"))
}
