//! What is answered at once, and what goes on to the inbox.
//!
//! Nothing is computed from a request, and nothing said about it, before its signature was checked. No call to
//! Security Incident Response stands before the answer.

use std::time::Duration;

use serde_json::json;

use super::{
    block_actions,
    context::ChatContext,
    envelope::{GatewayRequest, GatewayResponse, is_crowded},
    events::{self, Delivered},
    job::{Job, Sender},
    modals::{self, ModalOpener},
    payload::{self, Delivery, EventCallback, Interaction, SlashCommand, SlashRequest},
    signature::{self, SlackSignature, Verified},
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
    state::agenda,
};

/// How long an answer may take: Slack waits for three seconds.
const TIMEOUT: Duration = Duration::from_millis(2_500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Commands,
    Interactions,
    Events,
    Webhooks,
}

impl Route {
    fn of(request: &GatewayRequest) -> Option<Self> {
        match request.target() {
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
pub(super) async fn answer(chat: &ChatContext<'_>, request: &GatewayRequest) -> GatewayResponse {
    let Some(route) = Route::of(request) else { return GatewayResponse::bare(404) };
    let now = chat.world.now();
    let verified = match verify(chat, route, request, now) {
        Ok(verified) => verified,
        Err(status) => return GatewayResponse::bare(status),
    };
    tokio::select! {
        response = routed(chat, route, &verified, now) => response,
        () = chat.world.sleep(TIMEOUT) => GatewayResponse::bare(503),
    }
}

/// The body, if it can be read and its signature fits; else the status to answer.
fn verify(
    chat: &ChatContext<'_>,
    route: Route,
    request: &GatewayRequest,
    now: Millis,
) -> Result<Verified, u16> {
    let body = request.bytes().filter(|body| !(route.is_form() && is_crowded(body))).ok_or(400_u16)?;
    let verified = match route {
        Route::Webhooks => signature::jira(&chat.jira_signs(), request.header("x-hub-signature"), body),
        Route::Commands | Route::Interactions | Route::Events => {
            let signed = SlackSignature {
                timestamp: request.header("x-slack-request-timestamp"),
                signature: request.header("x-slack-signature"),
            };
            signature::slack(&chat.slack_signs(), &signed, body, now.div_euclid(1_000))
        }
    };
    verified.ok_or(401)
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
    let ours = callback.team_id.as_ref() == Some(&chat.settings.slack.team);
    if callback.opens_a_channel() && ours {
        return match agenda::wake(chat.world.store()).await {
            Ok(()) => GatewayResponse::bare(200),
            Err(_) => GatewayResponse::bare(503),
        };
    }
    let delivered = Delivered { settings: chat.settings, callback, now };
    let read = match delivered.words() {
        Some((sender, length)) => length::is_read(chat, &sender, length).await,
        None => Ok(true),
    };
    match read {
        Ok(read) => taken(chat, delivered.job(read)).await,
        Err(_) => GatewayResponse::bare(503),
    }
}

/// A slash command: help, mistakes and sure refusals are answered here, all else on the inbox.
async fn typed(chat: &ChatContext<'_>, slash: SlashCommand, now: Millis) -> GatewayResponse {
    let sender = slash.sender(now);
    match length::is_read(chat, &sender, slash.text.len()).await {
        Ok(true) => {}
        Ok(false) => return told(&length::unread(chat.settings, &sender)),
        Err(_) => return told(&length::unknown()),
    }
    let line = match grammar::parse(&slash.text, now.div_euclid(1_000)) {
        Ok(line) => line,
        Err(mistake) => return told(&mistaken(&mistake)),
    };
    if let Some(answer) = at_once(chat.settings, &sender, &line.command, &slash.text) {
        return told(&answer);
    }
    let opener = ModalOpener { trigger: slash.trigger_id.clone(), sender, pressed: false };
    if let Some(kind) = modals::wanted(chat, &line, &opener).await {
        let opened = modals::open(chat, kind, &opener).await;
        return opened.unwrap_or_else(|answer| told(&answer.give_back(&slash.text)));
    }
    let typed = decode::decode(&slash.text);
    let job = opener.sender.asks(&slash.trigger_id, line, typed.clone());
    match put(chat, &job.answered_at(Some(slash.response_url))).await {
        Ok(()) => GatewayResponse::bare(200),
        Err(()) => told(
            &Reply::says("This could not be taken just now. Nothing was done: please try again in a minute.")
                .give_back(&typed),
        ),
    }
}

/// What can be answered from the settings alone: help and refusals, unless a user group might make a difference.
/// Whether the person is a guest or a bot is asked later; here that only ever refuses.
pub(super) fn at_once(settings: &Settings, sender: &Sender, command: &Command, typed: &str) -> Option<Reply> {
    let identity = Identity::of_member(sender);
    let sure = sender.team != settings.slack.team || !identity::are_named_otherwise(settings);
    // Home and Jira have no channel, and no line is typed there.
    let direct = sender.place.channel.is_some() && sender.place.is_direct();
    let venue = if direct { roles::Venue::Direct } else { roles::Venue::Channel };
    match (command, roles::may(settings, &identity, command, venue)) {
        _ if !sure => None,
        (_, Err(refusal)) => Some(Reply::says(refusal.to_string()).give_back(typed)),
        (Command::Help { verb }, Ok(())) => {
            Some(diagnostics::help(settings, &identity, venue, verb.as_deref()))
        }
        _ => None,
    }
}

/// What a person gets to read whose line was not understood.
pub(super) fn mistaken(mistake: &UserError) -> Reply {
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
    let sent = job.put(chat.world, None).await;
    sent.map_err(|error| tracing::error!(error, "the inbox does not take a job"))
}
