//! What is answered to the world at once, and what goes on to the inbox?
//!
//! Nothing is computed from a request, and nothing said about it, before its signature was checked. No call to
//! Security Incident Response stands before the answer.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::{
    answer::{Answer, Button, CONFIRM, DISMISS, RUN},
    ask::{Ask, Line},
    bridge::Bridge,
    envelope::{Envelope, Response, is_crowded},
    execute::about,
    form::{Filled, room::MORE},
    grammar, identity,
    job::{self, Did, Job, Place},
    mistake::Mistake,
    opening::{self, Opener},
    payload::{self, Callback, Click, Command, Delivery, Event, Interaction, Message, Slash},
    reply,
    roles::{self, Identity, Kind},
    signature::{self, Verified},
};
use crate::{
    case::Millis,
    settings::{Layout, Settings},
    world::World,
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
pub async fn answer<W: World>(bridge: &Bridge<'_, W>, request: &Envelope) -> Response {
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

fn verify<W: World>(
    bridge: &Bridge<'_, W>,
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

async fn routed<W: World>(bridge: &Bridge<'_, W>, route: Route, request: &Verified, now: Millis) -> Response {
    match route {
        Route::Commands => match payload::command(request) {
            Some(Command::Typed(slash)) => typed(bridge, slash, now).await,
            Some(Command::SslCheck) => Response::bare(200),
            None => Response::bare(400),
        },
        Route::Interactions => match payload::interaction(request) {
            Some(Interaction::BlockActions(click)) => clicked(bridge, click, now).await,
            Some(Interaction::ViewSubmission(sent)) => opening::submitted(bridge, &sent, now).await,
            Some(Interaction::MessageAction(shortcut)) => opening::chosen(bridge, shortcut, now).await,
            Some(Interaction::Shortcut(_) | Interaction::Other) => Response::bare(200),
            None => Response::bare(400),
        },
        Route::Events => match payload::delivery(request) {
            Some(Delivery::UrlVerification { challenge }) => {
                Response::json(json!({ "challenge": challenge }))
            }
            Some(Delivery::EventCallback(callback)) => {
                taken(bridge, happened(bridge.settings, &callback, now)).await
            }
            Some(Delivery::Other) => Response::bare(200),
            None => Response::bare(400),
        },
        Route::Webhooks => match payload::webhook(request) {
            Some(webhook) => taken(bridge, changed(bridge.settings, &webhook, now)).await,
            None => Response::bare(400),
        },
    }
}

/// A slash command: help, mistakes and sure refusals are answered here, all else on the inbox.
async fn typed<W: World>(bridge: &Bridge<'_, W>, slash: Slash, now: Millis) -> Response {
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
    if let Some(kind) = opening::wanted(bridge, &line, &opener).await {
        let opened = opening::open(bridge, kind, &opener, now).await;
        return opened.unwrap_or_else(|answer| told(&answer.give_back(&slash.text)));
    }
    let typed = super::typed::decode(&slash.text);
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
    let identity =
        Identity { team: team.to_owned(), user: user.to_owned(), kind: Kind::Member, groups: Vec::new() };
    let sure = team != settings.slack.team || identity::named_groups(settings).is_empty();
    let place = match channel.starts_with('D') {
        true => roles::Place::Direct,
        false => roles::Place::Channel,
    };
    match (ask, roles::may(settings, &identity, ask, place)) {
        _ if !sure => None,
        (_, Err(refusal)) => Some(Answer::says(refusal.to_string()).give_back(typed)),
        (Ask::Help { verb }, Ok(())) => Some(about::help(settings, &identity, place, verb.as_deref())),
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
    reply::in_response(answer).map_or(Response::bare(200), Response::json)
}

/// A button: its value says what it does.
async fn clicked<W: World>(bridge: &Bridge<'_, W>, click: Click, now: Millis) -> Response {
    let Some(action) = click.actions.first() else { return Response::bare(400) };
    let value = action.value.clone().unwrap_or_default();
    let did = match action.action_id.split('/').next() {
        Some(RUN) => return ran(bridge, &click, value, now).await,
        Some(CONFIRM) => Did::Confirmed { value },
        Some(DISMISS) => return dismissed(bridge, &click).await,
        Some(MORE) => return opening::widened(bridge, &click).await,
        // A button that is a link is told to us as well.
        _ => return Response::bare(200),
    };
    taken(bridge, Some(pressed(&click, did, now))).await
}

/// A button that holds a line: opens a form where the line asks for one that this person may fill in.
async fn ran<W: World>(bridge: &Bridge<'_, W>, click: &Click, typed: String, now: Millis) -> Response {
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
    job.did = match opening::wanted(bridge, &line, &opener).await {
        Some(kind) if !refused => match opening::open(bridge, kind, &opener, now).await {
            Ok(response) => return response,
            Err(answer) => Did::Mistaken { answer },
        },
        _ => Did::Asked { line, typed },
    };
    taken(bridge, Some(job)).await
}

async fn dismissed<W: World>(bridge: &Bridge<'_, W>, click: &Click) -> Response {
    if let Some(url) = &click.response_url
        && let Err(failure) = reply::dismiss(&bridge.slack(), url).await
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

/// What an event asks of us; `None` for most: our own messages, other bots', joins, topics, other channels'.
fn happened(settings: &Settings, callback: &Callback, now: Millis) -> Option<Job> {
    if callback.team_id != settings.slack.team {
        return None;
    }
    match &callback.event {
        Event::Message(message) => wrote(settings, callback, message, now),
        Event::AppMention(message) => mentioned(settings, callback, message, now),
        Event::AppHomeOpened(opened) => looked(settings, opened, now),
        Event::Other => None,
    }
}

fn wrote(settings: &Settings, callback: &Callback, message: &Message, now: Millis) -> Option<Job> {
    let channel = message.channel.clone()?;
    match message.subtype.as_deref() {
        None | Some("file_share" | "thread_broadcast" | "me_message") => {
            let (user, ts) = written(settings, callback, message)?;
            let files = message.files.iter().map(|file| file.name.clone().unwrap_or_else(|| file.id.clone()));
            let place = Place { channel, thread: thread_of(message) };
            let did = job::spoken(&ts, &message.text, files.collect());
            Some(job::message(settings, user, place, &ts, did, now))
        }
        Some("message_changed") => {
            let (new, old) = (message.message.as_deref()?, message.previous_message.as_deref()?);
            // Unfurled links and replies change a message as well.
            let edit = new.edited.as_ref().filter(|_| new.text != old.text)?;
            let (user, ts) = written(settings, callback, new)?;
            let place = Place { channel, thread: thread_of(new) };
            let did = match job::spoken(&ts, &new.text, Vec::new()) {
                Did::Said { ts, text, .. } => Did::Amended { ts, text },
                withheld => withheld,
            };
            Some(job::message(settings, user, place, &format!("{ts}/{}", edit.ts), did, now))
        }
        _ => None,
    }
}

/// Who wrote a message, and its `ts`, if it may become a comment: a person's, in a thread or in a case's channel,
/// and not a command to us.
fn written(settings: &Settings, callback: &Callback, message: &Message) -> Option<(String, String)> {
    let (user, ts) = (message.user.clone()?, message.ts.clone()?);
    let ours = message.bot_id.is_some() || callback.bot() == Some(&user);
    let inside = settings.slack.layout == Layout::Channel || thread_of(message).is_some();
    let command = callback.bot().is_some_and(|bot| addressed(&message.text, bot).is_some());
    (settings.slack.replies_are_comments && inside && !ours && !command).then_some((user, ts))
}

/// The thread that a message stands in; `None` for its first message and outside of one.
fn thread_of(message: &Message) -> Option<String> {
    message.thread_ts.clone().filter(|thread| message.ts.as_ref() != Some(thread))
}

/// What follows our name, where a message begins with it.
fn addressed<'a>(text: &'a str, bot: &str) -> Option<&'a str> {
    let rest = text.trim_start().strip_prefix("<@")?.strip_prefix(bot)?;
    match rest.strip_prefix('>') {
        Some(rest) => Some(rest),
        None => rest.strip_prefix('|')?.split_once('>').map(|(_, rest)| rest),
    }
}

/// `@Casebridge VERB …`: a message that names us elsewhere than at its beginning only speaks of us.
fn mentioned(settings: &Settings, callback: &Callback, message: &Message, now: Millis) -> Option<Job> {
    let (user, ts, channel) = (message.user.clone()?, message.ts.clone()?, message.channel.clone()?);
    if message.bot_id.is_some() || message.edited.is_some() {
        return None;
    }
    let text = addressed(&message.text, callback.bot()?)?;
    let did = match grammar::parse(text, now.div_euclid(1_000)) {
        Ok(Line { case, ask: Ask::Attach }) if !message.files.is_empty() => {
            Did::Filled { filled: Filled::Attach { case, files: opening::files(message), before: 0 } }
        }
        Ok(line) => Did::Asked { line, typed: super::typed::decode(text).trim().to_owned() },
        Err(mistake) => Did::Mistaken { answer: mistaken(&mistake) },
    };
    let place = Place { channel, thread: thread_of(message) };
    Some(job::message(settings, user, place, &ts, did, now))
}

/// Somebody opened our page.
fn looked(settings: &Settings, opened: &payload::HomeOpened, now: Millis) -> Option<Job> {
    (opened.tab == "home").then(|| Job {
        act: format!("home/{}", opened.event_ts),
        team: settings.slack.team.clone(),
        user: opened.user.clone(),
        place: Place::default(),
        did: Did::Home,
        response_url: None,
        replaces: false,
        at: now,
    })
}

/// A webhook is a hint: its signature covers no time, so everything is read again from Jira.
fn changed(settings: &Settings, webhook: &payload::Webhook, now: Millis) -> Option<Job> {
    let issue = webhook.issue.as_ref().filter(|_| settings.jira.is_some())?.id.clone();
    let plain = !issue.is_empty() && issue.len() <= 20 && issue.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| Job {
        act: format!("{issue}/{}", webhook.timestamp),
        team: String::new(),
        user: String::new(),
        place: Place::default(),
        did: Did::JiraChanged { issue },
        response_url: None,
        replaces: false,
        at: now,
    })
}

/// Puts a job on the inbox. Where that fails Slack and Jira are told to come again.
pub(super) async fn taken<W: World>(bridge: &Bridge<'_, W>, job: Option<Job>) -> Response {
    let Some(job) = job else { return Response::bare(200) };
    put(bridge, &job).await.map_or(Response::bare(503), |()| Response::bare(200))
}

pub(super) async fn put<W: World>(bridge: &Bridge<'_, W>, job: &Job) -> Result<(), ()> {
    let sent = job.put(bridge.world, &job.key()).await;
    sent.map_err(|error| tracing::error!(error, "the inbox does not take a job"))
}
