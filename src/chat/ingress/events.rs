//! What Slack's events and Jira's webhooks ask of us.

use super::{
    act::ActId,
    action::Action,
    job::{Door, Job, Origin, Sender},
    modals,
    payload::{EventCallback, EventMessage, HomeOpened, JiraWebhook, SlackEvent},
    route::mistaken,
    said,
};
use crate::{
    case::{ChannelId, Millis, TeamId, Ts, UserId},
    chat::{
        forms::FormInput,
        language::{
            command::{Command, CommandLine},
            decode, grammar,
        },
        policy::{length, secret_scan},
    },
    config::settings::Settings,
};

const TOMBSTONE: &str = "tombstone";

pub(super) struct Delivered<'a> {
    pub(super) settings: &'a Settings,
    pub(super) callback: &'a EventCallback,
    pub(super) now: Millis,
}

impl Delivered<'_> {
    fn is_ours(&self) -> bool {
        self.callback.team_id.as_ref().is_some_and(|team| *team == self.settings.slack.team)
    }

    /// Who wrote, and how long it is, where the event's text would be read.
    pub(super) fn words(&self) -> Option<(Sender, usize)> {
        let (message, is_for_us) = match &self.callback.event {
            SlackEvent::Message(message) => {
                let edited = message.message.as_deref().filter(|_| message.subtype.is_some());
                let newest = edited.unwrap_or(message);
                (newest, self.written(newest).is_some())
            }
            SlackEvent::AppMention(message) => (&**message, message.bot_id.is_none()),
            SlackEvent::MemberJoinedChannel(_)
            | SlackEvent::Unarchived {}
            | SlackEvent::AppHomeOpened(_)
            | SlackEvent::Other => return None,
        };
        let user = message.user.clone().filter(|_| is_for_us && self.is_ours())?;
        Some((self.sender(user, Origin::default(), Door::Reply), message.said().text.len()))
    }

    /// What the event asks of us; `None` for most: our own messages, other bots', joins, topics, other channels'. `read`:
    /// whether the text of [`Delivered::words`] is to be read.
    pub(super) fn job(&self, read: bool) -> Option<Job> {
        if !self.is_ours() {
            return None;
        }
        match &self.callback.event {
            SlackEvent::Message(message) => self.wrote(message, read),
            SlackEvent::AppMention(message) => self.mentioned(message, read),
            SlackEvent::AppHomeOpened(opened) => self.opened(opened),
            // They open a channel, and ask nothing of a case.
            SlackEvent::MemberJoinedChannel(_) | SlackEvent::Unarchived {} | SlackEvent::Other => None,
        }
    }

    /// The rule that keeps a mention from being understood, if one does.
    pub(super) fn forbidden(&self, read: bool) -> Option<&'static str> {
        let SlackEvent::AppMention(message) = &self.callback.event else { return None };
        match read {
            false => Some(length::RULE),
            true => secret_scan::secret(&message.text).map(|_| secret_scan::RULE),
        }
    }

    fn sender(&self, user: UserId, place: Origin, door: Door) -> Sender {
        Sender { team: self.settings.slack.team.clone(), user, place, at: self.now, door }
    }

    fn wrote(&self, message: &EventMessage, read: bool) -> Option<Job> {
        let channel = message.channel.as_ref()?;
        match message.subtype.as_deref() {
            None | Some("file_share" | "thread_broadcast" | "me_message") => {
                let (user, ts) = self.written(message)?;
                let action = said::spoken(&ts, message.said(), read);
                let sender = self.sender(user, place(channel, message), Door::Reply);
                Some(sender.does(ActId::of_message(channel, &ts), action))
            }
            Some("message_changed") => self.amended(channel, message, read),
            Some("message_deleted") => self.deleted(channel, message.previous_message.as_deref()?),
            _ => None,
        }
    }

    fn amended(&self, channel: &ChannelId, message: &EventMessage, read: bool) -> Option<Job> {
        let (new, old) = (message.message.as_deref()?, message.previous_message.as_deref()?);
        // What is left of a thread's first message that was deleted.
        if new.subtype.as_deref() == Some(TOMBSTONE) {
            return self.deleted(channel, old);
        }
        if self.settings.slack.is_private(&new.text) && !self.settings.slack.is_private(&old.text) {
            return self.kept_back(channel, new, message);
        }
        // Unfurled links and replies change a message as well. A file that is deleted makes no edit.
        let words = Some(new.said()).filter(|words| *words != old.said())?;
        let edit = edited_at(new, message)?;
        let (user, ts) = self.written(new)?;
        let action = said::amended(said::spoken(&ts, words, read));
        Some(
            self.sender(user, place(channel, new), Door::Edit)
                .does(ActId::of_edit(channel, &ts, edit), action),
        )
    }

    /// Whatever the settings say now: it may be on a case since they said something else.
    fn deleted(&self, channel: &ChannelId, old: &EventMessage) -> Option<Job> {
        let (user, ts) = self.a_persons(old).filter(|_| old.subtype.as_deref() != Some(TOMBSTONE))?;
        let act = ActId::of_deletion(channel, &ts);
        Some(self.sender(user, place(channel, old), Door::Deletion).does(act, Action::Deleted { ts }))
    }

    /// A message became one that its writer keeps in Slack.
    fn kept_back(&self, channel: &ChannelId, new: &EventMessage, event: &EventMessage) -> Option<Job> {
        let (user, ts) = self.a_persons(new)?;
        let act = ActId::of_edit(channel, &ts, edited_at(new, event)?);
        Some(self.sender(user, place(channel, new), Door::Edit).does(act, Action::Deleted { ts }))
    }

    /// Who wrote a message, and its `ts`, if it may become a comment: one that is for the case, and no command to us.
    fn written(&self, message: &EventMessage) -> Option<(UserId, Ts)> {
        let (settings, bot) = (&self.settings.slack, self.callback.bot());
        let (user, ts) = self.a_persons(message)?;
        let command = bot.is_some_and(|bot| addressed(&message.text, bot).is_some());
        let told = said::is_told(settings, &message.text, bot);
        (told && !command).then_some((user, ts))
    }

    /// Who wrote a message, and its `ts`, where that was a person, in a thread or in a case's channel.
    fn a_persons(&self, message: &EventMessage) -> Option<(UserId, Ts)> {
        let (user, ts) = (message.user.clone()?, message.ts.clone()?);
        let ours = message.bot_id.is_some() || self.callback.bot() == Some(&user);
        // Whatever the layout is now: a case goes on in the channel that was made for it.
        let elsewhere = self
            .callback
            .channel()
            .is_none_or(|channel| self.settings.common_channels().all(|common| common != channel));
        let inside = thread_of(message).is_some() || elsewhere;
        (inside && !ours).then_some((user, ts))
    }

    /// `@Casebridge VERB …`: a message that names us elsewhere than at its beginning only speaks of us.
    fn mentioned(&self, message: &EventMessage, read: bool) -> Option<Job> {
        let (user, ts, channel) = (message.user.clone()?, message.ts.as_ref()?, message.channel.as_ref()?);
        if message.bot_id.is_some() || message.edited.is_some() {
            return None;
        }
        let text = addressed(&message.text, self.callback.bot()?)?;
        let sender = self.sender(user, place(channel, message), Door::Mention);
        let action = match read.then(|| grammar::parse(text, self.now.div_euclid(1_000))) {
            None => Action::Mistaken { answer: length::unread(self.settings, &sender) },
            Some(Ok(CommandLine { case, command: Command::Attach })) if !message.files.is_empty() => {
                Action::Filled {
                    filled: FormInput::Attach { case, files: modals::files(message), before: 0 },
                }
            }
            Some(Ok(line)) => Action::Asked { line, typed: decode::decode(text).trim().to_owned() },
            Some(Err(mistake)) => Action::Mistaken { answer: mistaken(&mistake) },
        };
        Some(sender.does(ActId::of_message(channel, ts), action))
    }

    fn opened(&self, opened: &HomeOpened) -> Option<Job> {
        let sender = || self.sender(opened.user.clone(), Origin::default(), Door::Home);
        (opened.tab == "home").then(|| sender().does(ActId::of_home(opened.event_ts.as_ref()), Action::Home))
    }
}

/// When a message was edited: names the edit.
fn edited_at<'m>(new: &'m EventMessage, event: &'m EventMessage) -> Option<&'m Ts> {
    new.edited.as_ref().and_then(|edited| edited.ts.as_ref()).or(event.ts.as_ref())
}

fn place(channel: &ChannelId, message: &EventMessage) -> Origin {
    Origin { channel: Some(channel.clone()), thread: thread_of(message) }
}

/// The thread that a message stands in; `None` for its first message and outside of one.
fn thread_of(message: &EventMessage) -> Option<Ts> {
    message.thread_ts.clone().filter(|thread| message.ts.as_ref() != Some(thread))
}

/// What follows our name, where a message begins with it.
fn addressed<'a>(text: &'a str, bot: &UserId) -> Option<&'a str> {
    let rest = text.trim_start().strip_prefix("<@")?.strip_prefix(bot.as_str())?;
    let rest = match rest.strip_prefix('>') {
        Some(rest) => rest,
        None => rest.strip_prefix('|')?.split_once('>')?.1,
    };
    // As people write to somebody: "Casebridge, show".
    Some(rest.trim_start_matches([',', ':', ';', '.', '!', '?', '\u{ff0c}', '\u{ff1a}', '\u{3001}']))
}

/// A webhook is a hint: its signature covers no time, so everything is read again from Jira.
pub(super) fn changed(settings: &Settings, webhook: &JiraWebhook, now: Millis) -> Option<Job> {
    let issue = webhook.issue.as_ref().filter(|_| settings.jira.is_some())?.id.clone();
    let digits = issue.as_str();
    let plain = (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (act, nobody) = (ActId::of_issue(&issue, webhook.timestamp), UserId::new(""));
    let (team, place) = (TeamId::new(""), Origin::default());
    let sender = Sender { team, user: nobody, place, at: now, door: Door::Webhook };
    plain.then(|| sender.does(act, Action::JiraChanged { issue }))
}
