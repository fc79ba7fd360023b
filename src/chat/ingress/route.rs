//! What is answered to the world at once, and what goes on to the inbox?
//!
//! Nothing is computed from a request, and nothing said about it, before its signature was checked. No call to
//! Security Incident Response stands before the answer.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::{
    block_actions,
    context::ChatContext,
    envelope::{GatewayRequest, GatewayResponse, is_crowded},
    events,
    job::{Action, Job, Origin},
    modals::{self, ModalOpener},
    payload::{self, Delivery, EventCallback, Interaction, SlashCommand, SlashRequest},
    signature::{self, Verified},
};
use crate::{
    case::Millis,
    chat::{
        actions::diagnostics,
        deliver,
        language::{command::Command, decode, grammar, user_error::UserError},
        policy::{
            identity, length,
            roles::{self, Identity},
        },
        reply::{Button, Reply},
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
pub async fn answer(chat: &ChatContext<'_>, request: &GatewayRequest) -> GatewayResponse {
    let (method, path) = request.target();
    let Some(route) = Route::of(method, path) else { return GatewayResponse::bare(404) };
    let Some(body) = request.bytes().filter(|body| !(route.is_form() && is_crowded(body))) else {
        return GatewayResponse::bare(400);
    };
    let now = chat.world.now();
    let Some(verified) = verify(chat, route, request, body, now) else { return GatewayResponse::bare(401) };
    tokio::select! {
        response = routed(chat, route, &verified, now) => response,
        () = chat.world.sleep(PATIENCE) => GatewayResponse::bare(503),
    }
}

fn verify(
    chat: &ChatContext<'_>,
    route: Route,
    request: &GatewayRequest,
    body: Bytes,
    now: Millis,
) -> Option<Verified> {
    match route {
        Route::Webhooks => signature::jira(&chat.jira_signs(), request.header("x-hub-signature"), body),
        Route::Commands | Route::Interactions | Route::Events => signature::slack(
            &chat.slack_signs(),
            request.header("x-slack-request-timestamp"),
            request.header("x-slack-signature"),
            body,
            now.div_euclid(1_000),
        ),
    }
}

async fn routed(chat: &ChatContext<'_>, route: Route, request: &Verified, now: Millis) -> GatewayResponse {
    match route {
        Route::Commands => match payload::command(request) {
            Some(SlashRequest::Typed(slash)) => typed(chat, slash, now).await,
            Some(SlashRequest::SslCheck) => GatewayResponse::bare(200),
            None => GatewayResponse::bare(400),
        },
        Route::Interactions => match payload::interaction(request) {
            Some(Interaction::BlockActions(click)) => block_actions::clicked(chat, click, now).await,
            Some(Interaction::ViewSubmission(sent)) => modals::submitted(chat, &sent, now).await,
            Some(Interaction::MessageAction(shortcut)) => modals::chosen(chat, shortcut, now).await,
            Some(Interaction::Shortcut(_) | Interaction::Other) => GatewayResponse::bare(200),
            None => GatewayResponse::bare(400),
        },
        Route::Events => match payload::delivery(request) {
            Some(Delivery::UrlVerification { challenge }) => {
                GatewayResponse::json(json!({ "challenge": challenge }))
            }
            Some(Delivery::EventCallback(callback)) => event(chat, &callback, now).await,
            Some(Delivery::Other) => GatewayResponse::bare(200),
            None => GatewayResponse::bare(400),
        },
        Route::Webhooks => match payload::webhook(request) {
            Some(webhook) => taken(chat, events::changed(chat.settings, &webhook, now)).await,
            None => GatewayResponse::bare(400),
        },
    }
}

/// An event. Where nobody knows just now whether its text may be read, Slack brings it again; after that the hourly
/// check does.
async fn event(chat: &ChatContext<'_>, callback: &EventCallback, now: Millis) -> GatewayResponse {
    let read = match events::words(chat.settings, callback) {
        Some((user, length)) => length::is_read(chat, (&callback.team_id, user), length).await,
        None => Ok(true),
    };
    match read {
        Ok(read) => taken(chat, events::happened(chat.settings, callback, read, now)).await,
        Err(_) => GatewayResponse::bare(503),
    }
}

/// A slash command: help, mistakes and sure refusals are answered here, all else on the inbox.
async fn typed(chat: &ChatContext<'_>, slash: SlashCommand, now: Millis) -> GatewayResponse {
    match length::is_read(chat, (&slash.team_id, &slash.user_id), slash.text.len()).await {
        Ok(true) => {}
        Ok(false) => return told(&length::unread(chat.settings, &slash.team_id, &slash.user_id)),
        Err(_) => return told(&length::unknown()),
    }
    let line = match grammar::parse(&slash.text, now.div_euclid(1_000)) {
        Ok(line) => line,
        Err(mistake) => return told(&mistaken(&mistake)),
    };
    let who = (slash.team_id.as_str(), slash.user_id.as_str(), slash.channel_id.as_str());
    if let Some(answer) = at_once(chat.settings, who, &line.command, &slash.text) {
        return told(&answer);
    }
    let opener = ModalOpener {
        trigger: slash.trigger_id.clone(),
        team: slash.team_id.clone(),
        user: slash.user_id.clone(),
        place: Origin { channel: slash.channel_id.clone(), thread: None },
        pressed: false,
    };
    if let Some(kind) = modals::wanted(chat, &line, &opener).await {
        let opened = modals::open(chat, kind, &opener, now).await;
        return opened.unwrap_or_else(|answer| told(&answer.give_back(&slash.text)));
    }
    let typed = decode::decode(&slash.text);
    let job = Job {
        act: slash.trigger_id,
        team: slash.team_id,
        user: slash.user_id,
        place: Origin { channel: slash.channel_id, thread: None },
        action: Action::Asked { line, typed: typed.clone() },
        response_url: Some(slash.response_url),
        replaces: false,
        at: now,
    };
    match put(chat, &job).await {
        Ok(()) => GatewayResponse::bare(200),
        Err(()) => told(
            &Reply::says("This could not be taken just now. Nothing was done: please try again in a minute.")
                .give_back(&typed),
        ),
    }
}

/// What can be answered from the settings alone: help and refusals, unless a user group might make a difference.
/// Whether the person is a guest or a bot is asked later; here that only ever refuses.
pub(super) fn at_once(
    settings: &Settings,
    (team, user, channel): (&str, &str, &str),
    command: &Command,
    typed: &str,
) -> Option<Reply> {
    let identity = Identity::by_name(team, user);
    let sure = team != settings.slack.team || !identity::are_named_otherwise(settings);
    let place = match channel.starts_with('D') {
        true => roles::Venue::Direct,
        false => roles::Venue::Channel,
    };
    match (command, roles::may(settings, &identity, command, place)) {
        _ if !sure => None,
        (_, Err(refusal)) => Some(Reply::says(refusal.to_string()).give_back(typed)),
        (Command::Help { verb }, Ok(())) => {
            Some(diagnostics::help(settings, &identity, place, verb.as_deref()))
        }
        _ => None,
    }
}

/// What a person gets to read whose line was not understood.
pub fn mistaken(mistake: &UserError) -> Reply {
    let suggested = mistake.suggests.iter().map(|line| Button::run(line.as_str(), line));
    Reply::says(mistake.to_string())
        .buttons(suggested.filter(|button| button.value.chars().count() <= 2_000).collect())
}

fn told(answer: &Reply) -> GatewayResponse {
    deliver::in_response(answer).map_or(GatewayResponse::bare(200), GatewayResponse::json)
}

/// Puts a job on the inbox. Where that fails Slack and Jira are told to come again.
pub(super) async fn taken(chat: &ChatContext<'_>, job: Option<Job>) -> GatewayResponse {
    let Some(job) = job else { return GatewayResponse::bare(200) };
    put(chat, &job).await.map_or(GatewayResponse::bare(503), |()| GatewayResponse::bare(200))
}

pub(super) async fn put(chat: &ChatContext<'_>, job: &Job) -> Result<(), ()> {
    let sent = job.put(chat.world, &job.key()).await;
    sent.map_err(|error| tracing::error!(error, "the inbox does not take a job"))
}
