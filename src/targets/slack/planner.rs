//! What of a case is to stand in Slack? A card, in the channel of all cases or in one of the case's own; what is told,
//! in its thread or in that channel; and the channel's topic and people.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{KIND, Message, MessageRef, card::card_with_replies, channel_topic, content, parts};
use crate::{
    case::{Case, ChannelId, Email, MemberId, Ts, text},
    config::settings::{self, Layout},
    state::{
        TargetKind,
        key::{Fingerprint, Key, KeyName, Plainness},
        notes::{HOME, Home, LOST, PlaceNote},
    },
    targets::{
        attachments::Copying,
        content::{Content, Links, Notice, View},
        contract::{Planner, Slot},
        telling::{self, Decoration, Effect, Ledger, Picture},
    },
};

/// About one post a second a channel: <https://docs.slack.dev/apis/web-api/rate-limits>.
/// One is on its way a little longer than the one before it.
const SPACING: i64 = 1_050;
/// After so many refusals nobody is invited any more.
const INVITATIONS: u32 = 5;
const TOPIC: &str = "channel/topic";

#[derive(Clone, Copy, Debug)]
pub struct SlackPlanner<'a> {
    pub settings: &'a settings::SlackSettings,
    pub routes: &'a [settings::Route],
}

const PIN: &str = "pin";
const BOOKMARK: &str = "bookmark";
const ARCHIVE: &str = "channel/archive";
/// After so many refusals the furniture of a channel is left as it is.
const FURNITURE: u32 = 5;
const DAY: i64 = 86_400_000;

pub(super) enum ChannelState {
    Card,
    Pin,
    Bookmark { title: &'static str, link: String },
    Archived,
    Topic(String),
    Invitation(Invitee),
}

/// Somebody who is to be in a case's channel.
pub(super) enum Invitee {
    Email(Email),
    Member(MemberId),
}

impl SlackPlanner<'_> {
    pub(super) fn card(&self, view: &View) -> Message {
        card_with_replies(view, self.settings)
    }

    pub(super) fn channel(&self, note: &PlaceNote) -> ChannelId {
        note.channel.as_ref().map_or_else(|| self.common_channel(note).clone(), ChannelId::new)
    }

    /// The channel that the case's card shares with others.
    pub(super) fn common_channel(&self, note: &PlaceNote) -> &ChannelId {
        let routed = self.route(note).and_then(|route| route.channel.as_ref());
        routed.unwrap_or(&self.settings.channel)
    }

    fn route(&self, note: &PlaceNote) -> Option<&settings::Route> {
        settings::called(self.routes, note.route.as_ref())
    }

    /// The channel in which the case is told: with its card, once there is one.
    pub(super) fn told_in(&self, note: &PlaceNote) -> ChannelId {
        note.home.as_ref().map_or_else(|| self.channel(note), |home| card_at(home).channel)
    }

    /// A case goes on as it was begun: the settings are for new ones.
    pub(super) fn layout(&self, note: &PlaceNote) -> Layout {
        let being_made = note.open.as_ref().map(|intent| intent.key.named());
        match (&note.channel, &note.home, being_made) {
            (Some(_), ..) | (None, None, Some(KeyName::Container)) => Layout::Channel,
            (None, Some(_), _) | (None, None, Some(KeyName::Anchor)) => Layout::Thread,
            (None, None, _) if note.restricted.is_some() => Layout::Channel,
            (None, None, _) => self.settings.layout,
        }
    }

    /// Into the channel of a restricted case come those alone who may know of it.
    fn invited(&self, picture: &Picture, note: &PlaceNote) -> Vec<Invitee> {
        if let Some(people) = &note.restricted {
            return people.iter().cloned().map(Invitee::Member).collect();
        }
        let case = &picture.view.case;
        let watchers = case.watchers.iter().filter(|_| self.settings.invite_watchers && !case.is_closed());
        let named = self.route(note).and_then(|route| route.invite.as_ref()).unwrap_or(&self.settings.invite);
        let mut all: Vec<_> = named.iter().chain(&picture.team).cloned().collect();
        all.extend(watchers.map(|watcher| Email::new(&watcher.email)));
        let mut seen = BTreeSet::new();
        all.retain(|email| seen.insert(email.as_str().to_lowercase()));
        all.into_iter().map(Invitee::Email).collect()
    }

    /// What makes a case's channel easier to use: nothing waits for it.
    fn furniture(&self, picture: &Picture, note: &PlaceNote) -> Vec<(Decoration, ChannelState)> {
        let (View { case, links, .. }, settings) = (&picture.view, self.settings);
        let mut states = Vec::new();
        if let Some(home) = note.home.as_ref().filter(|_| settings.pin_card) {
            states.push((Decoration::new(PIN, Fingerprint::of(&home.name)), ChannelState::Pin));
        }
        let marked = [("AWS console", "console", &links.console), ("Jira issue", "issue", &links.jira)];
        for (title, name, link) in marked.into_iter().filter(|_| settings.bookmarks) {
            let Some(link) = link.clone() else { continue };
            let state = Decoration::new(format!("{BOOKMARK}/{name}"), Fingerprint::of(&link));
            states.push((state, ChannelState::Bookmark { title, link }));
        }
        if let Some(closed) = case.closed.filter(|_| case.is_closed() && settings.archive_days > 0) {
            let at = closed * 1_000 + i64::from(settings.archive_days) * DAY;
            states
                .push((Decoration::new(ARCHIVE, Fingerprint::new("done")).from(at), ChannelState::Archived));
        }
        let gives_up = |(state, what): (Decoration, _)| (state.given_up_after(FURNITURE), what);
        states.into_iter().map(gives_up).collect()
    }

    pub(super) fn copying(&self) -> Copying {
        Copying { attachments: self.settings.attachments, most_mb: self.settings.attachments_mb }
    }

    fn has_own_channel(&self, note: &PlaceNote) -> bool {
        self.layout(note) == Layout::Channel
    }

    pub(super) fn states(&self, picture: &Picture, note: &PlaceNote) -> Vec<(Decoration, ChannelState)> {
        if note.set.contains_key(ARCHIVE) && picture.view.case.is_closed() {
            return Vec::new();
        }
        let card = Decoration::new(HOME, self.anchor_fingerprint(&picture.view));
        let mut states = vec![(card, ChannelState::Card)];
        if self.has_own_channel(note) {
            let topic = channel_topic(&picture.view);
            states.extend(self.invited(picture, note).into_iter().map(invitation));
            states.push((Decoration::new(TOPIC, Fingerprint::of(&topic)), ChannelState::Topic(topic)));
            states.extend(self.furniture(picture, note));
        }
        states
    }
}

/// The name of the state that somebody was invited.
pub(crate) fn invitation_name(whom: &str) -> String {
    format!("invitation/{}", text::hash(whom))
}

fn invitation(invitee: Invitee) -> (Decoration, ChannelState) {
    let name = invitation_name(match &invitee {
        Invitee::Email(email) => email.as_str(),
        Invitee::Member(id) => id.as_str(),
    });
    (
        Decoration::new(name, Fingerprint::new("done")).given_up_after(INVITATIONS),
        ChannelState::Invitation(invitee),
    )
}

impl Planner for SlackPlanner<'_> {
    fn kind(&self) -> TargetKind {
        KIND
    }

    fn title(&self) -> &'static str {
        "Slack"
    }

    fn plan(&self, picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Effect> {
        if self.has_own_channel(note) && note.channel.is_none() {
            let prefix = self.route(note).and_then(|route| route.channel_prefix.as_ref());
            let prefix = prefix.unwrap_or(&self.settings.channel_prefix);
            let name = format!("{prefix}{}", picture.view.case.id);
            return vec![Effect::container(name)];
        }
        if note.home.is_none() {
            return vec![Effect::anchor(self.anchor_fingerprint(&picture.view))];
        }
        if note.is_lost() {
            return no_thread(&picture.view.case, note).into_iter().collect();
        }
        let mut effects = telling::description(self, picture, ledger);
        effects.extend(telling::talk(self, picture, note, ledger));
        effects.extend(telling::taken(picture, ledger));
        effects.extend(telling::nudge(picture, ledger));
        if !note.set.contains_key(ARCHIVE) {
            effects.extend(telling::notices(picture, ledger));
        }
        effects
    }

    fn keys(&self, picture: &Picture) -> Vec<Key> {
        let mut keys = telling::text_keys(self, picture);
        keys.extend(telling::other_keys(picture));
        keys.extend(self.copying().keys(&picture.view.case));
        keys
    }

    fn decoration(&self, picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Decoration> {
        if note.home.is_none() || note.is_lost() {
            return Vec::new();
        }
        let mut states: Vec<_> = self.states(picture, note).into_iter().map(|(state, _)| state).collect();
        if !note.set.contains_key(ARCHIVE) {
            states.extend(self.copying().states(&picture.view.case, note, ledger));
        }
        states
    }

    fn notices(&self, case: &Case, note: &PlaceNote) -> Vec<Notice> {
        self.copying().notices(case, note, "this thread")
    }

    fn parts(&self, text: &str) -> Vec<String> {
        parts(text)
    }

    fn anchor_fingerprint(&self, view: &View) -> Fingerprint {
        fingerprint(self.card(view))
    }

    fn content_fingerprint(&self, shown: &Content) -> Fingerprint {
        fingerprint(content(shown, Plainness::Full))
    }

    /// A card is named by its `ts` within the channel that we chose; one that was found elsewhere by that channel as well.
    fn anchor(&self, remote: &str, note: &PlaceNote) -> Home {
        match remote.split_once('/') {
            Some((channel, ts)) => Home { place: channel.to_owned(), name: ts.to_owned() },
            None => Home { place: self.channel(note).into(), name: remote.to_owned() },
        }
    }

    fn bindings(&self, anchor: &Home, note: &PlaceNote) -> Vec<String> {
        let team = &self.settings.team;
        let thread = format!("{KIND}/{team}/{}/{}", anchor.place, anchor.name);
        let own = note.channel.as_ref().map(|channel| format!("{KIND}/{team}/{channel}"));
        [thread].into_iter().chain(own).collect()
    }

    fn link(&self, anchor: &Home, links: &mut Links) {
        links.slack = Some(self.settings.permalink(&ChannelId::new(&anchor.place), &Ts::new(&anchor.name)));
    }

    fn slot(&self, note: &PlaceNote, adds: bool) -> Option<Slot> {
        adds.then(|| turn_in(&self.told_in(note)))
    }

    fn forgets_what_is_gone(&self) -> bool {
        true
    }

    /// In a thread nothing can be seen that hangs on a card which is not there.
    fn stands_alone(&self, note: &PlaceNote) -> bool {
        self.has_own_channel(note)
    }
}

/// Said once in the channel; of a closed case nothing is owed any more.
fn no_thread(case: &Case, note: &PlaceNote) -> Option<Effect> {
    if case.is_closed() || note.set.contains_key(LOST) {
        return None;
    }
    let content = Content::Notice(Notice::NoThread { case: case.id.clone() });
    Some(Effect::add(Key(LOST.to_owned()), content, Fingerprint::new(LOST)))
}

pub(super) fn turn_in(channel: &ChannelId) -> Slot {
    Slot { place: channel.to_string(), spacing: SPACING, own: None }
}

pub(super) fn card_at(home: &Home) -> MessageRef {
    MessageRef { channel: ChannelId::new(&home.place), ts: Ts::new(&home.name) }
}

fn fingerprint(message: Message) -> Fingerprint {
    telling::fingerprint(vec![message.text.into(), Value::Array(message.blocks)])
}
