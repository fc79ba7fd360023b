//! What do Slack's events and Jira's webhooks ask of us?

use super::{
    job::{self, Action, Job, Origin},
    modals,
    payload::{EventCallback, EventMessage, HomeOpened, SlackEvent, Webhook},
    route::mistaken,
};
use crate::{
    case::Millis,
    chat::{
        forms::FormInput,
        language::{
            command::{Command, CommandLine},
            decode, grammar,
        },
        policy::length,
    },
    config::settings::{Layout, Settings},
};

/// Who wrote, and how long it is, where an event's text would be read.
pub fn words<'a>(settings: &Settings, callback: &'a EventCallback) -> Option<(&'a str, usize)> {
    let (message, is_for_us) = match &callback.event {
        SlackEvent::Message(message) => {
            let edited = message.message.as_deref().filter(|_| message.subtype.is_some());
            let newest = edited.unwrap_or(message);
            (newest, written(settings, callback, newest).is_some())
        }
        SlackEvent::AppMention(message) => (&**message, message.bot_id.is_none()),
        SlackEvent::AppHomeOpened(_) | SlackEvent::Other => return None,
    };
    let ours = is_for_us && callback.team_id == settings.slack.team;
    message.user.as_deref().filter(|_| ours).map(|user| (user, message.said().text.len()))
}

/// What an event asks of us; `None` for most: our own messages, other bots', joins, topics, other channels'. `read`:
/// whether the text of [`words`] is to be read.
pub fn happened(settings: &Settings, callback: &EventCallback, read: bool, now: Millis) -> Option<Job> {
    if callback.team_id != settings.slack.team {
        return None;
    }
    match &callback.event {
        SlackEvent::Message(message) => wrote(settings, callback, message, read, now),
        SlackEvent::AppMention(message) => mentioned(settings, callback, message, read, now),
        SlackEvent::AppHomeOpened(opened) => looked(settings, opened, now),
        SlackEvent::Other => None,
    }
}

fn wrote(
    settings: &Settings,
    callback: &EventCallback,
    message: &EventMessage,
    read: bool,
    now: Millis,
) -> Option<Job> {
    let channel = message.channel.clone()?;
    match message.subtype.as_deref() {
        None | Some("file_share" | "thread_broadcast" | "me_message") => {
            let (user, ts) = written(settings, callback, message)?;
            let place = Origin { channel, thread: thread_of(message) };
            let action = job::spoken(&ts, message.said(), read);
            Some(job::message(settings, user, place, &ts, action, now))
        }
        Some("message_changed") => {
            let (new, old) = (message.message.as_deref()?, message.previous_message.as_deref()?);
            // Unfurled links and replies change a message as well. A file that is deleted makes no edit.
            let said = Some(new.said()).filter(|said| *said != old.said())?;
            let edit = new.edited.as_ref().map(|edited| &edited.ts).or(message.ts.as_ref())?;
            let (user, ts) = written(settings, callback, new)?;
            let place = Origin { channel, thread: thread_of(new) };
            let action = match job::spoken(&ts, said, read) {
                Action::Said { ts, text, files, uploads } => Action::Amended { ts, text, files, uploads },
                left_behind => left_behind,
            };
            Some(job::message(settings, user, place, &format!("{ts}/{edit}"), action, now))
        }
        _ => None,
    }
}

/// Who wrote a message, and its `ts`, if it may become a comment: a person's, in a thread or in a case's channel,
/// and not a command to us.
fn written(
    settings: &Settings,
    callback: &EventCallback,
    message: &EventMessage,
) -> Option<(String, String)> {
    let (user, ts) = (message.user.clone()?, message.ts.clone()?);
    let ours = message.bot_id.is_some() || callback.bot() == Some(&user);
    let inside = settings.slack.layout == Layout::Channel || thread_of(message).is_some();
    let command = callback.bot().is_some_and(|bot| addressed(&message.text, bot).is_some());
    (settings.slack.replies_are_comments && inside && !ours && !command).then_some((user, ts))
}

/// The thread that a message stands in; `None` for its first message and outside of one.
fn thread_of(message: &EventMessage) -> Option<String> {
    message.thread_ts.clone().filter(|thread| message.ts.as_ref() != Some(thread))
}

/// What follows our name, where a message begins with it.
fn addressed<'a>(text: &'a str, bot: &str) -> Option<&'a str> {
    let rest = text.trim_start().strip_prefix("<@")?.strip_prefix(bot)?;
    let rest = match rest.strip_prefix('>') {
        Some(rest) => rest,
        None => rest.strip_prefix('|')?.split_once('>')?.1,
    };
    // As people write to somebody: "Casebridge, show".
    Some(rest.trim_start_matches([',', ':', ';', '.', '!', '?', '\u{ff0c}', '\u{ff1a}', '\u{3001}']))
}

/// `@Casebridge VERB …`: a message that names us elsewhere than at its beginning only speaks of us.
fn mentioned(
    settings: &Settings,
    callback: &EventCallback,
    message: &EventMessage,
    read: bool,
    now: Millis,
) -> Option<Job> {
    let (user, ts, channel) = (message.user.clone()?, message.ts.clone()?, message.channel.clone()?);
    if message.bot_id.is_some() || message.edited.is_some() {
        return None;
    }
    let text = addressed(&message.text, callback.bot()?)?;
    let action = match read.then(|| grammar::parse(text, now.div_euclid(1_000))) {
        None => Action::Mistaken { answer: length::unread(settings, &callback.team_id, &user) },
        Some(Ok(CommandLine { case, command: Command::Attach })) if !message.files.is_empty() => {
            Action::Filled { filled: FormInput::Attach { case, files: modals::files(message), before: 0 } }
        }
        Some(Ok(line)) => Action::Asked { line, typed: decode::decode(text).trim().to_owned() },
        Some(Err(mistake)) => Action::Mistaken { answer: mistaken(&mistake) },
    };
    let place = Origin { channel, thread: thread_of(message) };
    Some(job::message(settings, user, place, &ts, action, now))
}

/// Somebody opened our page.
fn looked(settings: &Settings, opened: &HomeOpened, now: Millis) -> Option<Job> {
    (opened.tab == "home").then(|| Job {
        act: format!("home/{}", opened.event_ts),
        team: settings.slack.team.clone(),
        user: opened.user.clone(),
        place: Origin::default(),
        action: Action::Home,
        response_url: None,
        replaces: false,
        at: now,
    })
}

/// A webhook is a hint: its signature covers no time, so everything is read again from Jira.
pub fn changed(settings: &Settings, webhook: &Webhook, now: Millis) -> Option<Job> {
    let issue = webhook.issue.as_ref().filter(|_| settings.jira.is_some())?.id.clone();
    let plain = !issue.is_empty() && issue.len() <= 20 && issue.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| Job {
        act: format!("{issue}/{}", webhook.timestamp),
        team: String::new(),
        user: String::new(),
        place: Origin::default(),
        action: Action::JiraChanged { issue },
        response_url: None,
        replaces: false,
        at: now,
    })
}
