//! What is answered at once, and what goes on to the inbox.
//!
//! Nothing is computed from a request, and nothing said about it, before its signature was checked. No call to
//! Security Incident Response stands before the answer.

use std::time::Duration;

use serde_json::json;

use super::{
    act::ActId,
    action::Action,
    block_actions,
    context::ChatContext,
    envelope::{GatewayRequest, GatewayResponse, is_crowded},
    events::{self, Delivered},
    job::{Door, Job, Sender, case_of},
    modals::{self, ModalOpener},
    payload::{self, Delivery, EventCallback, Interaction, SlashCommand, SlashRequest},
    signature::{self, SlackSignature, Verified},
};
use crate::{
    case::{Millis, text},
    chat::{
        actions::{
            diagnostics,
            findings::{self, Refusal},
        },
        deliver,
        language::{
            command::Command,
            decode, grammar,
            help::Situation,
            user_error::UserError,
            verbs::{self, Subject, Verb},
        },
        policy::{
            identity, length,
            roles::{self, Denied, Identity, Venue},
            secret_scan, whose,
        },
        reply::{Button, GIVEN_BACK, Paragraph, Reply},
    },
    config::settings::Settings,
    runtime::sighting::{self, Service},
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

    fn service(self) -> Service {
        match self {
            Self::Webhooks => Service::Jira,
            Self::Commands | Self::Interactions | Self::Events => Service::Slack,
        }
    }

    fn signed_in(self) -> &'static str {
        match self.service() {
            Service::Jira => "x-hub-signature",
            Service::Slack => "x-slack-signature",
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
        Err(status) => {
            if status == 401 && request.header(route.signed_in()).is_some() {
                sighting::request(chat.world, route.service(), false).await;
            }
            return GatewayResponse::bare(status);
        }
    };
    let answered = async {
        tokio::join!(
            routed(chat, route, &verified, now),
            sighting::request(chat.world, route.service(), true)
        )
        .0
    };
    tokio::select! {
        response = answered => response,
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
    let Ok(read) = read else { return GatewayResponse::bare(503) };
    let job = delivered.job(read);
    // The answer to such a mention stands already; what was only said is judged once its writer is known.
    if let Some(job) = job.as_ref().filter(|job| job.door == Door::Mention)
        && let Some(rule) = delivered.forbidden(read)
    {
        findings::refused(chat.world, job, Refusal::of(None, rule)).await;
    }
    taken(chat, job).await
}

/// A slash command: help, mistakes and sure refusals are answered here, all else on the inbox.
async fn typed(chat: &ChatContext<'_>, slash: SlashCommand, now: Millis) -> GatewayResponse {
    let sender = slash.sender(now);
    let act = ActId::of_trigger(&slash.trigger_id);
    match length::is_read(chat, &sender, slash.text.len()).await {
        Ok(true) => {}
        Ok(false) => {
            let answer = length::unread(chat.settings, &sender);
            record_refusal(chat, &sender, act, Refusal::of(None, length::RULE)).await;
            return told(&answer);
        }
        Err(_) => return told(&length::unknown()),
    }
    let line = match grammar::parse(&slash.text, now.div_euclid(1_000)) {
        Ok(line) => line,
        Err(mistake) => {
            if mistake.is_secret {
                record_refusal(chat, &sender, act, Refusal::of(mistake.verb, secret_scan::RULE)).await;
            }
            return told(&mistaken(&mistake));
        }
    };
    let refusal = refused(chat.settings, &sender, &line.command);
    if let Some(answer) = at_once(chat, &sender, &line.command, refusal.as_ref()).await {
        if let Some(denied) = &refusal {
            let refusal = Refusal { verb: verbs::of(&line.command), rule: denied.rule(), case: line.case };
            record_refusal(chat, &sender, act, refusal).await;
        }
        return told(&answer.give_back(if refusal.is_some() { &slash.text } else { "" }));
    }
    let opener = ModalOpener { trigger: slash.trigger_id.clone(), sender, pressed: false };
    if refusal.is_none()
        && let Some(kind) = modals::wanted(chat, &line, &opener).await
    {
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

/// Writes down that somebody was refused at the door.
pub(super) async fn record_refusal(chat: &ChatContext<'_>, sender: &Sender, act: ActId, refusal: Refusal) {
    let job = sender.clone().does(act, Action::Mistaken { answer: Reply::silence() });
    let is_of_a_case = refusal.verb.is_none_or(|verb| verb.about == Subject::Case);
    let case = match refusal.case {
        // A line without an id is about the case of its place.
        None if is_of_a_case => case_of(chat.world.store(), &sender.team, &sender.place).await.ok().flatten(),
        known => known,
    };
    findings::refused(chat.world, &job, Refusal { case, ..refusal }).await;
}

/// Why somebody may not, as far as the settings alone tell: not where a user group might make a difference. Whether the
/// person is a guest or a bot is asked later; here that only ever refuses.
pub(super) fn refused(settings: &Settings, sender: &Sender, command: &Command) -> Option<Denied> {
    let may = roles::may(settings, &Identity::of_member(sender), command, venue(sender));
    may.err().filter(|_| is_sure(settings, sender))
}

fn is_sure(settings: &Settings, sender: &Sender) -> bool {
    sender.team != settings.slack.team || !identity::are_named_otherwise(settings)
}

fn venue(sender: &Sender) -> Venue {
    // Home and Jira have no channel, and no line is typed there.
    match sender.place.channel.is_some() && sender.place.is_direct() {
        true => Venue::Direct,
        false => Venue::Channel,
    }
}

/// What can be answered without asking the service: help outside of cases, and refusals.
async fn at_once(
    chat: &ChatContext<'_>,
    sender: &Sender,
    command: &Command,
    refusal: Option<&Denied>,
) -> Option<Reply> {
    match (command, refusal) {
        // Whoever has some role reads names, for which Slack has to be asked: not for anybody else.
        (_, Some(Denied::Role { has: Some(_), .. })) => None,
        (_, Some(refusal)) => Some(whose::told(None, chat.settings, refusal).await),
        (Command::Help { verb }, None) if is_sure(chat.settings, sender) => {
            let at_a_case = verb.is_none()
                && case_of(chat.world.store(), &sender.team, &sender.place).await.ok()?.is_some();
            let asks = diagnostics::Help {
                settings: chat.settings,
                place: venue(sender),
                situation: Situation::Elsewhere,
            };
            (!at_a_case).then(|| asks.answer(&Identity::of_member(sender), verb.as_deref()))
        }
        _ => None,
    }
}

/// What a person gets to read whose line was not understood.
pub(crate) fn mistaken(mistake: &UserError) -> Reply {
    let named = |name: &'static str, line: &str| Paragraph::of(name).code(line);
    let answer = Reply::default().marked(&format!("{} {}", mistake.happened, mistake.remedy));
    let answer = mistake
        .meant()
        .fold(answer, |answer, line| answer.line(named("Did you mean: ", &format!("/sir {line}"))));
    let usage = mistake.verb.map(Verb::usage);
    let answer = usage.iter().fold(answer, |answer, usage| answer.line(named("How to say it: ", usage)));
    let typed = mistake.typed.iter().map(|typed| text::cut(typed, GIVEN_BACK));
    let answer = typed.fold(answer, |answer, typed| answer.line(named("You typed: ", &typed)));
    let buttons = mistake.meant().zip(&mistake.suggests).map(|(label, line)| Button::run(label, line));
    answer.buttons(buttons.filter(|button| button.value.chars().count() <= 2_000).collect())
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
