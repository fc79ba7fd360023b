//! How does what is to stand in Slack come to stand there? From the contract to the Web API, and back from what is
//! read.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_trait::async_trait;
use tokio::sync::{Mutex, OnceCell};
use tracing::warn;

use super::{
    ConversationRef, Heard, Me, MessageRef, Slack,
    calling::Calls,
    code::NO_REPLIES,
    content as shown, known,
    method::ApiMethod,
    planner::{ChannelState, Invitee, SlackPlanner, card_at},
    said_by_a_person,
};
use crate::{
    case::{Case, CaseId, ChannelId, Email, FileId, Millis, Seconds, Ts, UserId, author::Author},
    config::settings::{Layout, Route},
    http::{Failure, Pages},
    state::{
        key::{Fingerprint, Key, KeyName, Plainness},
        notes::{HOME, Intent, PlaceNote},
    },
    targets::{
        attachments::{self, Asked, Opening},
        content::{self, Call, Content, Moment},
        contract::{Creation, Entry, Found, Planner, ReadBack, Target, known_to},
        mark::{Called, Mark, earliest},
        telling::{Decoration, Picture, What, is_of_the_agent, is_of_the_move},
    },
};

/// A card is looked for from this long before its intent: Slack's clock is not ours.
const EARLIER: Millis = 60_000;

/// So many pages of 200 messages are read for cards that nobody remembers.
const RECALLED: usize = 25;

/// Slack as a target; asked at most once who we are.
pub struct SlackTarget<'a> {
    pub slack: Slack<'a>,
    planner: SlackPlanner<'a>,
    me: OnceCell<Me>,
    /// All cards in each common channel that was read, by their case.
    cards: Mutex<HashMap<ChannelId, Arc<Cards>>>,
}

type Cards = HashMap<CaseId, Found>;

impl<'a> SlackTarget<'a> {
    pub fn new(slack: Slack<'a>) -> Self {
        Self {
            planner: SlackPlanner { settings: slack.settings, routes: &[] },
            slack,
            me: OnceCell::new(),
            cards: Mutex::default(),
        }
    }

    /// With channels in which some cases are told instead.
    pub fn by(mut self, routes: &'a [Route]) -> Self {
        self.planner.routes = routes;
        self
    }

    pub(super) async fn me(&self) -> Result<&Me, Failure> {
        self.me.get_or_try_init(|| self.slack.me()).await
    }

    /// Somebody whom Slack does not know, or who may not come, keeps nobody else waiting.
    async fn invite(&self, invitee: &Invitee, note: &PlaceNote) -> Result<(), Failure> {
        let channel = own_channel(note);
        let users: Vec<_> = match invitee {
            Invitee::Email(email) => {
                self.slack.user_by_email(email).await?.map(|person| person.id).into_iter().collect()
            }
            Invitee::Member(id) => match id.group() {
                Some(group) => self.slack.group_members(&group).await?,
                None => vec![UserId::new(id.as_str())],
            },
        };
        if users.is_empty() {
            return Err(Failure::Content { why: "users_not_found".to_owned() });
        }
        match self.slack.invite(&channel, &users).await?.first() {
            Some(one) => Err(Failure::Content { why: one.code.to_string() }),
            None => Ok(()),
        }
    }

    async fn call(
        &self,
        call: &Call,
        (case, mark): (&Case, &Mark),
        plainness: Plainness,
        note: &PlaceNote,
    ) -> Result<Ts, Failure> {
        let to = place(self.planner.layout(note), note)?;
        let rendered = |call| shown(&Content::Call(call), plainness);
        if note.restricted.is_some() {
            let call = self.among(call, &to.channel).await?;
            return self.slack.post(&to, mark, &rendered(call)).await;
        }
        match self.ready(call, case, &to).await? {
            Calls::Made(call) => self.slack.broadcast(&to, mark, &rendered(call)).await,
            Calls::Summed(call) => self.summed(&call, case, (&to, mark)).await,
            Calls::Quiet(call) => self.slack.post(&to, mark, &rendered(call)).await,
        }
    }

    /// The call that a comment's own message is to make; `None` where it is told apart.
    async fn beside(&self, call: Call, case: &Case, note: &PlaceNote) -> Result<Option<Call>, Failure> {
        let to = place(self.planner.layout(note), note)?;
        if call.whom.is_empty() {
            return Ok(Some(call));
        }
        if note.restricted.is_some() {
            return self.among(&call, &to.channel).await.map(Some);
        }
        Ok(match self.ready(&call, case, &to).await? {
            Calls::Made(call) => Some(Call { loud: true, ..call }),
            Calls::Summed(_) => None,
            Calls::Quiet(call) => Some(call),
        })
    }

    /// The call that a message of ours made, as it says itself.
    async fn called_by(&self, at: &MessageRef) -> Result<Option<Called>, Failure> {
        let page = match self.slack.replies(at, None).await {
            Ok(page) => page,
            // The list may be late: whether the message is gone its own rewriting tells.
            Err(Failure::Gone { .. }) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let message = page.items.into_iter().find(|one| one.ts == at.ts);
        Ok(message.and_then(|one| one.mark?.calls))
    }

    async fn channel(&self, case: &CaseId, channel: &ChannelId, oldest: Ts) -> Result<ReadBack, Failure> {
        let me = self.me().await?;
        let (mut all, mut cursor, mut pages) = (ReadBack::default(), None, Pages::default());
        loop {
            let page = self.slack.history(channel, &oldest, cursor.as_deref()).await?;
            page.items.into_iter().for_each(|one| take(&mut all, one, case, me));
            cursor = pages.follow(ApiMethod::ConversationsHistory, page.next)?;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    /// A case's card: in its own common channel, else in another, since nobody knows by which route it was told.
    async fn recalled(&self, case: &CaseId, own: &ChannelId) -> Result<Option<Found>, Failure> {
        if let Some(found) = self.cards_in(own).await?.get(case) {
            return Ok(Some(found.clone()));
        }
        let routed = self.planner.routes.iter().filter_map(|route| route.channel.as_ref());
        let others: BTreeSet<_> = [&self.slack.settings.channel].into_iter().chain(routed).collect();
        for channel in others.into_iter().filter(|channel| *channel != own) {
            let cards = match self.cards_in(channel).await {
                // A channel that is not this case's does not hold it up.
                Err(failure) if !is_for_now(&failure) => {
                    warn!(%channel, %failure, "a channel is not searched for cards");
                    continue;
                }
                cards => cards?,
            };
            if let Some(found) = cards.get(case) {
                return Ok(Some(Found { remote: format!("{channel}/{}", found.remote), ..found.clone() }));
            }
        }
        Ok(None)
    }

    /// The newest pages of a common channel are read once for all cases that ask.
    async fn cards_in(&self, channel: &ChannelId) -> Result<Arc<Cards>, Failure> {
        let mut known = self.cards.lock().await;
        if let Some(cards) = known.get(channel) {
            return Ok(Arc::clone(cards));
        }
        let cards = Arc::new(self.all_cards(channel).await?);
        known.insert(channel.clone(), Arc::clone(&cards));
        Ok(cards)
    }

    async fn all_cards(&self, channel: &ChannelId) -> Result<Cards, Failure> {
        let me = self.me().await?;
        let (mut cards, mut cursor, mut pages) = (HashMap::new(), None, Pages::default());
        for _ in 0..RECALLED {
            let page = self.slack.history(channel, &Ts::new("0"), cursor.as_deref()).await?;
            // The newest come first: of several cards of a case the earliest stays, and before it one of our own.
            for card in page.items {
                let Some(case) = card.mark_by(me).and_then(case_of_card) else { continue };
                let Some(found) = found(&card, &case, me) else { continue };
                let is_own = |card: &Found| card.by.as_ref() == self.slack.world.deployment();
                if is_own(&found) || !cards.get(&case).is_some_and(is_own) {
                    cards.insert(case, found);
                }
            }
            cursor = pages.follow(ApiMethod::ConversationsHistory, page.next)?;
            if cursor.is_none() {
                return Ok(cards);
            }
        }
        warn!("the common channel is longer than is read: a card that stands further up is not found again");
        Ok(cards)
    }

    async fn thread(&self, case: &CaseId, card: &MessageRef) -> Result<ReadBack, Failure> {
        let me = self.me().await?;
        let (mut all, mut cursor, mut pages) = (ReadBack::default(), None, Pages::default());
        loop {
            let page = self.slack.replies(card, cursor.as_deref()).await?;
            page.items.into_iter().for_each(|one| take(&mut all, one, case, me));
            cursor = pages.follow(ApiMethod::ConversationsReplies, page.next)?;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }
}

impl SlackTarget<'_> {
    async fn copy(&self, asked: &Asked<'_>, case: &CaseId, note: &PlaceNote) -> Result<(), Failure> {
        let to = place(self.planner.layout(note), note)?;
        let (Asked::Copy(file) | Asked::TakeBack(file)) = asked;
        let stands = self.copy_of(&file.name, &to).await?;
        match (asked, stands) {
            (Asked::Copy(_), Some(_)) | (Asked::TakeBack(_), None) => Ok(()),
            (Asked::TakeBack(_), Some(id)) => self.slack.delete_file(&id).await,
            (Asked::Copy(file), None) => {
                let opening = Opening { world: self.slack.world, case, until: self.slack.until };
                let opened = self.planner.copying().open(&opening, file).await?;
                self.slack.upload(&to, &file.name, opened).await
            }
        }
    }

    /// A file of this name that we put there: a message with a file can bear no mark.
    async fn copy_of(&self, name: &str, to: &ConversationRef) -> Result<Option<FileId>, Failure> {
        let me = self.me().await?;
        let (mut cursor, mut pages) = (None, Pages::default());
        loop {
            let page = match &to.thread {
                Some(ts) => {
                    let thread = MessageRef { channel: to.channel.clone(), ts: ts.clone() };
                    self.slack.replies(&thread, cursor.as_deref()).await?
                }
                None => self.slack.history(&to.channel, &Ts::new("0"), cursor.as_deref()).await?,
            };
            let ours = page.items.iter().filter(|one| one.is_by(me));
            let mut files = ours.flat_map(|one| &one.beside).filter(|one| one.name == name);
            if let Some(id) = files.find_map(|one| one.file.as_ref()) {
                return Ok(Some(FileId::new(id)));
            }
            cursor = pages.follow("files", page.next)?;
            if cursor.is_none() {
                return Ok(None);
            }
        }
    }
}

#[async_trait(?Send)]
impl Target for SlackTarget<'_> {
    fn planner(&self) -> &dyn Planner {
        &self.planner
    }

    async fn create(&self, creation: &Creation<'_>, note: &PlaceNote) -> Result<String, Failure> {
        let Creation { what, intent, picture } = creation;
        let mark = Mark::of(&picture.view.case.id, &intent.key, &intent.hash);
        let (to, message) = match what {
            What::Container(name) => return self.slack.create_channel(name).await.map(String::from),
            What::Anchor => (in_channel(self.planner.channel(note)), self.planner.card(&picture.view)),
            What::Content(Content::Call(call)) => {
                let about = (&picture.view.case, &mark);
                return self.call(call, about, intent.plainness, note).await.map(String::from);
            }
            What::Content(told) if note.is_lost() => {
                (in_channel(card_of(note)?.channel), shown(told, intent.plainness))
            }
            What::Content(told) => (place(self.planner.layout(note), note)?, shown(told, intent.plainness)),
        };
        match what {
            What::Content(
                Content::Comment { call: Some(call), .. }
                | Content::Investigation { call: Some(call), .. }
                | Content::Changes(_, Some(call)),
            ) => {
                let mark = mark.calling(made(call));
                match call.loud {
                    true => self.slack.broadcast(&to, &mark, &message).await,
                    false => self.slack.post(&to, &mark, &message).await,
                }
            }
            What::Container(_) | What::Anchor | What::Content(_) => {
                self.slack.post(&to, &mark, &message).await
            }
        }
        .map(String::from)
    }

    async fn prepare(&self, what: What, picture: &Picture, note: &PlaceNote) -> Result<What, Failure> {
        let mut what = what;
        if let What::Content(
            Content::Comment { call, .. } | Content::Investigation { call, .. } | Content::Changes(_, call),
        ) = &mut what
            && let Some(asked) = call.take()
        {
            *call = self.beside(*asked, &picture.view.case, note).await?.map(Box::new);
        }
        Ok(what)
    }

    async fn edit(&self, entry: &Entry<'_>, note: &PlaceNote) -> Result<(), Failure> {
        let channel = place(self.planner.layout(note), note)?.channel;
        let at = MessageRef { channel, ts: Ts::new(entry.remote) };
        let (mut told, mut mark) = (entry.content.clone(), Mark::of(entry.case, entry.key, entry.hash));
        if let Some(call) = place_for_a_call(&mut told) {
            mark.calls = self.called_by(&at).await?;
            *call = mark.calls.as_ref().map(as_made).map(Box::new);
        }
        self.slack.update(&at, &mark, &shown(&told, Plainness::Full)).await
    }

    async fn set(&self, state: &Decoration, picture: &Picture, note: &PlaceNote) -> Result<(), Failure> {
        if let Some(asked) = attachments::asked(state, picture) {
            return self.copy(&asked, &picture.view.case.id, note).await;
        }
        let mut states = self.planner.states(picture, note).into_iter();
        match states.find(|(other, _)| other.name == state.name).map(|(_, setting)| setting) {
            Some(ChannelState::Card) => {
                let mark = Mark::of(&picture.view.case.id, &Key(HOME.to_owned()), &state.hash);
                self.slack.update(&card_of(note)?, &mark, &self.planner.card(&picture.view)).await
            }
            Some(ChannelState::Topic(topic)) => self.slack.set_topic(&own_channel(note), &topic).await,
            Some(ChannelState::Pin) => self.slack.pin(&card_of(note)?).await,
            Some(ChannelState::Bookmark { title, link }) => {
                self.slack.bookmark(&own_channel(note), title, &link).await
            }
            Some(ChannelState::Archived) => self.slack.archive(&own_channel(note)).await,
            Some(ChannelState::Invitation(invitee)) => self.invite(&invitee, note).await,
            None => Err(Failure::Content { why: "no such setting here".to_owned() }),
        }
    }

    async fn delete(&self, remote: &str, note: &PlaceNote) -> Result<(), Failure> {
        self.slack.delete(&MessageRef { ts: Ts::new(remote), ..card_of(note)? }).await
    }

    async fn find(
        &self,
        case: &CaseId,
        intent: &Intent,
        note: &PlaceNote,
    ) -> Result<Option<String>, Failure> {
        let oldest = ts((intent.since - EARLIER).max(0) / 1_000);
        let found = match intent.key.named() {
            // A second creation answers with the channel that the first one made.
            KeyName::Container => return Ok(None),
            KeyName::Anchor | KeyName::Lost => {
                self.channel(case, &self.planner.told_in(note), oldest).await?
            }
            KeyName::Description
            | KeyName::Comment { .. }
            | KeyName::Changes(_)
            | KeyName::Call(_)
            | KeyName::Page { .. }
            | KeyName::ByItself => match place(self.planner.layout(note), note)? {
                ConversationRef { channel, thread: Some(ts) } => {
                    match self.thread(case, &MessageRef { channel: channel.clone(), ts }).await {
                        Err(Failure::Gone { why }) => {
                            let strays = self.channel(case, &channel, oldest).await?;
                            let Some(stray) = earliest(&strays.ours, &intent.key) else {
                                return Err(Failure::Gone { why });
                            };
                            return self.slack.take_back(&MessageRef { channel, ts: Ts::new(stray) }).await;
                        }
                        thread => thread?,
                    }
                }
                ConversationRef { channel, thread: None } => {
                    self.channel(case, &channel, Ts::new("0")).await?
                }
            },
        };
        Ok(earliest(&found.ours, &intent.key))
    }

    /// A card of its own channel is looked for there; any other among all of the common channel.
    async fn recall(&self, case: &Case, note: &PlaceNote) -> Result<Option<Found>, Failure> {
        let home = Key(HOME.to_owned());
        match &note.channel {
            Some(channel) => {
                let read = self.channel(&case.id, &ChannelId::new(channel), Ts::new("0")).await?;
                let cards = read.ours.into_iter().filter(|one| one.key == home);
                Ok(cards.min_by_key(|card| card.at))
            }
            None => self.recalled(&case.id, self.planner.common_channel(note)).await,
        }
    }

    async fn read_back(&self, case: &CaseId, note: &PlaceNote) -> Result<ReadBack, Failure> {
        let card = card_of(note)?;
        match self.planner.layout(note) {
            Layout::Thread => self.thread(case, &card).await,
            Layout::Channel => self.channel(case, &card.channel, Ts::new("0")).await,
        }
    }

    fn is_evidence(&self, why: &str) -> bool {
        why.ends_with(NO_REPLIES)
    }

    async fn name_of(&self, email: &Email) -> Result<Option<String>, Failure> {
        Ok(self.slack.user_by_email(email).await?.map(|person| person.name))
    }

    async fn knows_us(&self) -> Result<bool, Failure> {
        known_to(self.slack.me().await)
    }

    fn notes(&self, note: &PlaceNote) -> Vec<String> {
        vec![known::Fact::Channel(&self.planner.told_in(note)).to_string()]
    }

    async fn ours_until(&self, note: &PlaceNote) -> Result<Option<Millis>, Failure> {
        let is_restricted = note.restricted.is_some();
        if is_restricted && note.channel.is_none() {
            // Its channel is still to be made: nothing is said anywhere else.
            return Ok(Some(Millis::MAX));
        }
        let channel = self.planner.told_in(note);
        let ours = known::ours_until(&self.slack, &channel).await?;
        let settings = self.slack.settings;
        let both = |a: Option<Millis>, b: Option<Millis>| a.zip(b).map(|(a, b)| a.min(b));
        let ours = match is_restricted || settings.private_only {
            true => both(ours, known::private_until(&self.slack, &channel).await?),
            false => ours,
        };
        match settings.no_guests {
            true => Ok(both(ours, known::guestless_until(&self.slack, &channel).await?)),
            false => Ok(ours),
        }
    }
}

impl Slack<'_> {
    /// Takes the files away that we put into a thread.
    pub(crate) async fn take_back_copies(&self, card: &MessageRef) -> Result<(), Failure> {
        let (me, mut cursor, mut pages) = (self.me().await?, None, Pages::default());
        loop {
            let page = match self.replies(card, cursor.as_deref()).await {
                Err(Failure::Gone { .. }) => return Ok(()),
                page => page?,
            };
            for one in page.items.iter().filter(|one| one.is_by(&me)) {
                for file in one.beside.iter().filter_map(|one| one.file.as_ref()) {
                    self.delete_file(&FileId::new(file)).await?;
                }
            }
            cursor = pages.follow("files", page.next)?;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }
}

fn is_for_now(failure: &Failure) -> bool {
    matches!(failure, Failure::NotApplied { .. } | Failure::Unknown { .. })
}

fn case_of_card(mark: &Mark) -> Option<CaseId> {
    let case = mark.as_str().split('/').next().and_then(CaseId::parse)?;
    mark.read(&case).filter(|(key, _)| key.0 == HOME).map(|_| case)
}

fn take(all: &mut ReadBack, one: Heard, case: &CaseId, me: &Me) {
    match found(&one, case, me) {
        Some(found) => {
            let calls = one.mark.and_then(|mark| mark.calls);
            let call =
                calls.map(|made| Found { key: made.key, hash: Fingerprint::default(), ..found.clone() });
            all.ours.extend([found].into_iter().chain(call));
        }
        None if one.is_by(me) => {}
        None => all.said.extend(said_by_a_person(one)),
    }
}

/// Where it is ours, on this case.
fn found(one: &Heard, case: &CaseId, me: &Me) -> Option<Found> {
    let mark = one.mark_by(me)?;
    let (key, hash) = mark.read(case)?;
    Some(Found { key, hash, remote: one.ts.to_string(), at: one.ts.millis(), by: mark.by().cloned() })
}

/// Where the call of a message stands that may have made one.
fn place_for_a_call(told: &mut Content) -> Option<&mut Option<Box<Call>>> {
    match told {
        Content::Comment { author: Author::AwsResponder | Author::Service, part, call, .. } => {
            (part.index == 0).then_some(call)
        }
        Content::Investigation { call, .. } => Some(call),
        Content::Comment { .. }
        | Content::Changes(..)
        | Content::Description(_)
        | Content::Nudge { .. }
        | Content::Notice(_)
        | Content::Call(_)
        | Content::Taken(_)
        | Content::Page(..) => None,
    }
}

/// A call as its message says it was made.
fn made(call: &Call) -> Called {
    let member = |one: &content::Called| match one {
        content::Called::Member(id) => Some(id.clone()),
        content::Called::Email(_) => None,
    };
    let whom = call.whom.iter().filter_map(member).collect();
    Called { key: call.key.clone(), whom, remarks: call.remarks.clone() }
}

fn as_made(made: &Called) -> Call {
    let asks = is_of_the_move(&made.key) || is_of_the_agent(&made.key);
    Call {
        key: made.key.clone(),
        moment: if asks { Moment::YourMove } else { Moment::AwsSpoke },
        at: 0,
        whom: made.whom.iter().cloned().map(content::Called::Member).collect(),
        quote: None,
        about: None,
        loud: false,
        rule: 0,
        remarks: made.remarks.clone(),
    }
}

fn no_home() -> Failure {
    Failure::Broken { everywhere: false, why: "no home".to_owned() }
}

fn card_of(note: &PlaceNote) -> Result<MessageRef, Failure> {
    note.home.as_ref().map(card_at).ok_or_else(no_home)
}

/// Empty where the note has none: Slack refuses that.
fn own_channel(note: &PlaceNote) -> ChannelId {
    ChannelId::new(note.channel.as_deref().unwrap_or_default())
}

pub(super) fn in_channel(channel: ChannelId) -> ConversationRef {
    ConversationRef { channel, thread: None }
}

/// Before any message of that second.
pub(super) fn ts(at: Seconds) -> Ts {
    Ts::new(format!("{at}.000000"))
}

fn place(layout: Layout, note: &PlaceNote) -> Result<ConversationRef, Failure> {
    match (layout, &note.home, &note.channel) {
        (Layout::Thread, Some(home), _) => {
            let MessageRef { channel, ts } = card_at(home);
            Ok(ConversationRef { channel, thread: Some(ts) })
        }
        (Layout::Channel, Some(home), _) => Ok(in_channel(card_at(home).channel)),
        // The card was never stored: what stands in the case's own channel stands there without it.
        (Layout::Channel, None, Some(channel)) => Ok(in_channel(ChannelId::new(channel))),
        _ => Err(no_home()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::notes::Home;

    #[test]
    fn a_channel_of_its_own_is_searched_without_a_card_and_a_thread_is_not() {
        let home = Home { place: "C1".to_owned(), name: "1.1".to_owned() };
        let carded = PlaceNote { home: Some(home), ..PlaceNote::default() };
        let bare = PlaceNote { channel: Some("C2".to_owned()), ..PlaceNote::default() };
        let in_thread = ConversationRef { channel: ChannelId::new("C1"), thread: Some(Ts::new("1.1")) };
        assert_eq!(place(Layout::Thread, &carded), Ok(in_thread));
        assert_eq!(place(Layout::Channel, &carded), Ok(in_channel(ChannelId::new("C1"))));
        assert_eq!(place(Layout::Channel, &bare), Ok(in_channel(ChannelId::new("C2"))));
        assert_eq!(place(Layout::Thread, &bare), Err(no_home()));
        assert_eq!(place(Layout::Channel, &PlaceNote::default()), Err(no_home()));
    }
}
