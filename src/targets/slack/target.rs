//! How does what is to stand in Slack come to stand there? From the contract to the Web API, and back from what is read.

use std::collections::HashMap;

use async_trait::async_trait;
use tokio::sync::OnceCell;
use tracing::warn;

use super::{
    Beside, Heard, KIND, Me, Message, Slack, card, content, known, membership, millis,
    planner::{Setting, SlackPlanner, turn_in},
    unread_membership,
};
use crate::{
    case::{Case, CaseId, Millis},
    config::settings::Layout,
    http::Failure,
    state::{
        TargetKind,
        key::{Key, Plainness},
        notes::{CHANNEL, HOME, Home, Intent, PlaceNote},
    },
    targets::{
        content::Announcement,
        contract::{Announcer, Creation, Entry, Found, Planner, ReadBack, Said, Slot, Target, known_to},
        mark::{earliest, mark, unmark},
        telling::{Decoration, Picture, What},
    },
};

/// A card is looked for from this long before its intent: Slack's clock is not ours.
const EARLIER: Millis = 60_000;

/// So many pages of 200 messages are read for cards that nobody remembers.
const RECALLED: usize = 25;

/// Slack as a target; asked at most once who we are.
pub struct SlackTarget<'a> {
    /// The Web API.
    pub slack: Slack<'a>,
    planner: SlackPlanner<'a>,
    me: OnceCell<Me>,
    /// The `ts` of all cards in the common channel, by their case.
    cards: OnceCell<HashMap<String, String>>,
}

impl<'a> SlackTarget<'a> {
    /// Tells through this.
    pub fn new(slack: Slack<'a>) -> Self {
        Self {
            planner: SlackPlanner { settings: slack.settings },
            slack,
            me: OnceCell::new(),
            cards: OnceCell::new(),
        }
    }

    async fn me(&self) -> Result<&Me, Failure> {
        self.me.get_or_try_init(|| self.slack.me()).await
    }

    /// Somebody whom Slack does not know, or who may not come, keeps nobody else waiting.
    async fn invite(&self, email: &str, note: &PlaceNote) -> Result<(), Failure> {
        let channel = note.channel.as_deref().unwrap_or_default();
        let Some(user) = self.slack.user_by_email(email).await? else {
            return Err(Failure::Content { why: "users_not_found".to_owned() });
        };
        match self.slack.invite(channel, &[user]).await?.first() {
            Some((_, code)) => Err(Failure::Content { why: code.clone() }),
            None => Ok(()),
        }
    }

    /// All of a channel since then.
    async fn channel(&self, case: &CaseId, channel: &str, oldest: &str) -> Result<ReadBack, Failure> {
        let me = self.me().await?;
        let (mut all, mut cursor) = (ReadBack::default(), None);
        loop {
            let page = self.slack.history(channel, oldest, cursor.as_deref()).await?;
            page.items.into_iter().for_each(|one| take(&mut all, one, case, me));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    /// The newest pages of the common channel are read once for all cases that ask.
    async fn all_cards(&self) -> Result<HashMap<String, String>, Failure> {
        let (me, channel) = (self.me().await?, &self.slack.settings.channel);
        let (mut cards, mut cursor) = (HashMap::new(), None);
        for _ in 0..RECALLED {
            let page = self.slack.history(channel, "0", cursor.as_deref()).await?;
            // The newest come first: of several cards of a case the earliest stays.
            let ours = page.items.iter().filter_map(|one| Some((card_of(one.mark_by(me)?)?, one.ts.clone())));
            cards.extend(ours);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(cards);
            }
        }
        warn!("the common channel is longer than is read: a card that stands further up is not found again");
        Ok(cards)
    }

    async fn thread(&self, case: &CaseId, card: &Home) -> Result<ReadBack, Failure> {
        let me = self.me().await?;
        let (mut all, mut cursor) = (ReadBack::default(), None);
        loop {
            let page = self.slack.replies(&card.place, &card.name, cursor.as_deref()).await?;
            page.items.into_iter().for_each(|one| take(&mut all, one, case, me));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(all);
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
        let mark = mark(&picture.view.case.id, &intent.key, &intent.hash);
        match what {
            What::Container(name) => self.slack.create_channel(name, true).await,
            What::Anchor => {
                self.slack.post(self.planner.channel(note), None, &mark, &card(&picture.view)).await
            }
            What::Content(told) => {
                let (channel, thread) = place(self.planner.layout(note), note)?;
                self.slack.post(channel, thread, &mark, &content(told, intent.plainness)).await
            }
        }
    }

    async fn edit(&self, entry: &Entry<'_>, note: &PlaceNote) -> Result<(), Failure> {
        let (channel, _) = place(self.planner.layout(note), note)?;
        let message = content(entry.content, Plainness::Full);
        let mark = mark(entry.case, entry.key, entry.hash);
        self.slack.update(channel, entry.remote, &mark, &message).await
    }

    async fn set(&self, state: &Decoration, picture: &Picture, note: &PlaceNote) -> Result<(), Failure> {
        let mut states = self.planner.states(picture, note).into_iter();
        match states.find(|(other, _)| other.name == state.name).map(|(_, setting)| setting) {
            Some(Setting::Card) => {
                let card_at = note.home.as_ref().ok_or_else(no_home)?;
                let mark = mark(&picture.view.case.id, &Key(HOME.to_owned()), &state.hash);
                self.slack.update(&card_at.place, &card_at.name, &mark, &card(&picture.view)).await
            }
            Some(Setting::Topic(topic)) => {
                self.slack.set_topic(note.channel.as_deref().unwrap_or_default(), &topic).await
            }
            Some(Setting::Invitation(email)) => self.invite(email, note).await,
            None => Err(Failure::Content { why: "no such setting here".to_owned() }),
        }
    }

    async fn delete(&self, remote: &str, note: &PlaceNote) -> Result<(), Failure> {
        self.slack.delete(&note.home.as_ref().ok_or_else(no_home)?.place, remote).await
    }

    async fn find(
        &self,
        case: &CaseId,
        intent: &Intent,
        note: &PlaceNote,
    ) -> Result<Option<String>, Failure> {
        let found = match intent.key.0.as_str() {
            // A second creation answers with the channel that the first one made.
            CHANNEL => return Ok(None),
            HOME => {
                let oldest = format!("{}.000000", (intent.since - EARLIER).max(0) / 1_000);
                self.channel(case, self.planner.channel(note), &oldest).await?
            }
            _ => match place(self.planner.layout(note), note)? {
                (channel, Some(thread)) => {
                    let card = Home { place: channel.to_owned(), name: thread.to_owned() };
                    self.thread(case, &card).await?
                }
                (channel, None) => self.channel(case, channel, "0").await?,
            },
        };
        Ok(earliest(&found.ours, &intent.key))
    }

    /// A card of its own channel is looked for there; any other among all of the common channel.
    async fn recall(&self, case: &Case, note: &PlaceNote) -> Result<Option<String>, Failure> {
        let home = Key(HOME.to_owned());
        match &note.channel {
            Some(channel) => Ok(earliest(&self.channel(&case.id, channel, "0").await?.ours, &home)),
            None => Ok(self.cards.get_or_try_init(|| self.all_cards()).await?.get(case.id.as_str()).cloned()),
        }
    }

    async fn read_back(&self, case: &CaseId, note: &PlaceNote) -> Result<ReadBack, Failure> {
        let card = note.home.as_ref().ok_or_else(no_home)?;
        match self.planner.layout(note) {
            Layout::Thread => self.thread(case, card).await,
            Layout::Channel => self.channel(case, &card.place, "0").await,
        }
    }

    async fn knows_us(&self) -> Result<bool, Failure> {
        known_to(self.slack.me().await)
    }

    async fn ours_until(&self, note: &PlaceNote) -> Result<Option<Millis>, Failure> {
        known::ours_until(&self.slack, self.planner.told_in(note)).await
    }
}

#[async_trait(?Send)]
impl Announcer for SlackTarget<'_> {
    fn kind(&self) -> TargetKind {
        KIND
    }

    fn slot(&self) -> Slot {
        turn_in(&self.slack.settings.channel)
    }

    async fn announce(&self, announcement: &Announcement, mark: &str) -> Result<String, Failure> {
        let message = match announcement {
            Announcement::Membership { id, membership: None, happened } => {
                unread_membership(id.as_str(), happened)
            }
            Announcement::Membership { membership: Some(known), happened, .. } => membership(known, happened),
            Announcement::Broken { title } => broken(title),
        };
        self.slack.post(&self.slack.settings.channel, None, mark, &message).await
    }

    async fn find(&self, mark: &str, since: Millis) -> Result<Option<String>, Failure> {
        let me = self.me().await?;
        let oldest = format!("{}.000000", since / 1_000 - 60);
        let mut cursor = None;
        loop {
            let page = self.slack.history(&self.slack.settings.channel, &oldest, cursor.as_deref()).await?;
            if let Some(found) = page.items.iter().find(|heard| heard.mark_by(me) == Some(mark)) {
                return Ok(Some(found.ts.clone()));
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(None);
            }
        }
    }

    async fn is_overheard(&self) -> Result<bool, Failure> {
        known::is_shared(&self.slack, &self.slack.settings.channel).await
    }
}

fn broken(title: &str) -> Message {
    let text = format!(
        "Casebridge cannot reach {title}: it refuses our credentials or rights. Nothing is lost; what is owed is sent as \
         soon as they are mended. See docs/operations.md."
    );
    Message { text, blocks: Vec::new() }
}

/// Whose card bears this mark.
fn card_of(mark: &str) -> Option<String> {
    let case = mark.split('/').next().and_then(CaseId::parse)?;
    unmark(&case, mark).filter(|(key, _)| key.0 == HOME).map(|_| case.to_string())
}

/// Takes a message as ours, or as a person's.
fn take(all: &mut ReadBack, one: Heard, case: &CaseId, me: &Me) {
    match one.mark_by(me).and_then(|mark| unmark(case, mark)) {
        Some((key, hash)) => {
            let at = millis(&one.ts);
            all.ours.push(Found { key, hash, remote: one.ts, at });
        }
        None => all.said.extend(said_by_a_person(one)),
    }
}

/// A message as a person said it; `None` where none did.
pub fn said_by_a_person(one: Heard) -> Option<Said> {
    let spoken = matches!(one.subtype.as_deref(), None | Some("file_share" | "thread_broadcast"));
    let author = one.user.filter(|_| spoken && one.bot_id.is_none())?;
    let thread = one.thread_ts.filter(|thread| *thread != one.ts);
    let files = one.beside.iter().map(Beside::called).collect();
    let uploads = one.beside.into_iter().filter_map(|one| one.file).collect();
    Some(Said { at: millis(&one.ts), remote: one.ts, author, thread, text: one.text, files, uploads })
}

fn no_home() -> Failure {
    Failure::Broken { everywhere: false, why: "no home".to_owned() }
}

/// The channel, and under `layout = "thread"` the thread.
fn place(layout: Layout, note: &PlaceNote) -> Result<(&str, Option<&str>), Failure> {
    match (layout, &note.home, &note.channel) {
        (Layout::Thread, Some(home), _) => Ok((&home.place, Some(&home.name))),
        (Layout::Channel, Some(home), _) => Ok((&home.place, None)),
        // The card was never stored: what stands in the case's own channel stands there without it.
        (Layout::Channel, None, Some(channel)) => Ok((channel, None)),
        _ => Err(no_home()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_of_its_own_is_searched_without_a_card_and_a_thread_is_not() {
        let home = Home { place: "C1".to_owned(), name: "1.1".to_owned() };
        let carded = PlaceNote { home: Some(home), ..PlaceNote::default() };
        let bare = PlaceNote { channel: Some("C2".to_owned()), ..PlaceNote::default() };
        assert_eq!(place(Layout::Thread, &carded), Ok(("C1", Some("1.1"))));
        assert_eq!(place(Layout::Channel, &carded), Ok(("C1", None)));
        assert_eq!(place(Layout::Channel, &bare), Ok(("C2", None)));
        assert_eq!(place(Layout::Thread, &bare), Err(no_home()));
        assert_eq!(place(Layout::Channel, &PlaceNote::default()), Err(no_home()));
    }
}
