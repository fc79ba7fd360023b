//! Since when what people write in Slack becomes a comment: what is older never does.
//!
//! The settings say what holds, and not since when. So the table keeps when each of it was first seen there: that
//! replies become comments, and who may comment. What nobody saw counts as not there, never as there before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    case::{MemberId, Millis, RouteName},
    chat::policy::roles,
    config::settings::{Relay, Settings},
    runtime::World,
    state,
};

/// The note's name in the table.
pub const NOTE: &str = "since";
/// How the note is written. One that is written otherwise counts as not there: everything counts anew.
const VERSION: u32 = 1;
/// So long after it was written an event is on its way: by then it is judged by the settings as they are.
pub(crate) const MOMENTS: Millis = 60_000;
const LOOKED: Millis = 3_600_000;
/// So long a process does not look again.
const LATELY: Millis = 600_000;
/// Where nobody looked for so long, nobody knows what the settings said meanwhile: the functions stood still, or the
/// table is one that was restored.
const UNKNOWN: Millis = 82_800_000;
/// How often the note is read again because somebody else wrote it.
const TRIES: u8 = 5;

/// Since when what the settings say counts, in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Since {
    v: u32,
    looked: Millis,
    /// Since when replies become comments; `None` while they do not.
    replies: Option<Millis>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mentions: bool,
    speakers: BTreeMap<String, Millis>,
}

/// A person's message, as far as it decides whether it may become a comment. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MessageTimes {
    pub(crate) written: Millis,
    /// When its event came, if that was moments later; else when it was written.
    pub(crate) arrived: Millis,
    /// When the case's card was posted there; `None` where nobody knows.
    pub(crate) card: Option<Millis>,
    pub(crate) closed: Option<Millis>,
}

/// Why a message does not become a comment. Its `Display` is said to its writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooOld {
    #[error(
        "Your message was written before replies here became comments on the case, so it was not put on the case. If \
         it belongs there, say it again."
    )]
    Switch,
    #[error("Replies here do not become comments on the case, so your message was not put on the case.")]
    Off,
    #[error(
        "Your message was written before the case had its card here, so it was not put on the case. If it belongs \
         there, say it again."
    )]
    Card,
    #[error(
        "Your message was written before you had a role that may comment, so it was not put on the case. If it belongs \
         there, say it again."
    )]
    Role,
    #[error("You have no role that may comment, so your message was not put on the case.")]
    NoRole,
    #[error("The case was closed when you wrote your message, so it was not put on the case.")]
    Closed,
}

pub(crate) fn is_live(written: Millis, now: Millis) -> bool {
    now - written < MOMENTS
}

/// Since when all that the settings say counts, for somebody who looks at them now: what nobody saw before counts from
/// now.
pub(crate) async fn seen(world: &dyn World, settings: &Settings) -> state::Result<Since> {
    let now = world.now();
    seen_at(world, settings, now, now).await
}

/// The same, unless this process saw the same settings a few minutes ago.
pub(crate) async fn seen_lately(world: &dyn World, settings: &Settings) -> state::Result<()> {
    let said = serde_json::to_string(&Since::of(settings, 0));
    let said = said.map_err(|error| state::Error::Trouble(error.to_string()))?;
    let now = world.now();
    if world.recent().is_some_and(|recent| recent.was_seen_to(NOTE, &said, (now, LATELY))) {
        return Ok(());
    }
    seen(world, settings).await?;
    world.recent().inspect(|recent| recent.saw_to(NOTE, said, now));
    Ok(())
}

/// The same for somebody who knows more: what nobody saw before counts from `at`, when an event came that was taken
/// because of it; and from `first` where nobody ever looked.
pub(crate) async fn seen_at(
    world: &dyn World,
    settings: &Settings,
    at: Millis,
    first: Millis,
) -> state::Result<Since> {
    let store = world.store();
    for _ in 0..TRIES {
        let old = store.note(NOTE).await?;
        let known = read(old.as_deref());
        let at = if old.is_none() { first } else { at };
        let since = known.clone().brought_up_to(settings, world.now(), at);
        if since == known {
            return Ok(since.for_case(settings));
        }
        let json = serde_json::to_string(&since).map_err(|error| state::Error::Trouble(error.to_string()))?;
        if store.swap_note(NOTE, old.as_deref(), &json, None).await? {
            return Ok(since.for_case(settings));
        }
    }
    Err(state::Error::Trouble("since when the settings hold is being written by others".to_owned()))
}

/// What cannot be read only ever makes more messages too old.
fn read(json: Option<&str>) -> Since {
    let read = json.map_or(Ok(Since::default()), serde_json::from_str::<Since>);
    let known =
        read.inspect_err(|error| tracing::error!(%error, "since when the settings hold cannot be read"));
    known.ok().filter(|since| since.v == VERSION).unwrap_or_default()
}

impl Since {
    /// All that the settings say, since the same moment.
    pub fn of(settings: &Settings, at: Millis) -> Self {
        Self::default().brought_up_to(settings, at, at)
    }

    /// What was known stays as long as the settings say it; what is new in them counts from `at`.
    fn brought_up_to(self, settings: &Settings, now: Millis, at: Millis) -> Self {
        let known = if now - self.looked < UNKNOWN { self } else { Self::default() };
        let all = settings.all_roles();
        let named = all.flat_map(|(route, roles)| roles::speakers(roles).map(move |id| named_in(route, id)));
        let speakers = named.map(|name| {
            let since = known.speakers.get(&name).copied().unwrap_or(at);
            (name, since)
        });
        let relay = settings.slack.relay();
        let mentions = relay == Relay::Mention;
        // What was not to be told while only mentions were is not told later.
        let replies = known.replies.filter(|_| mentions || !known.mentions);
        Self {
            v: VERSION,
            looked: if now - known.looked < LOOKED { known.looked } else { now },
            replies: (relay != Relay::Off).then(|| replies.unwrap_or(at)),
            mentions,
            speakers: speakers.collect(),
        }
    }

    /// As far as it is about those who may comment on the case in sight.
    fn for_case(mut self, settings: &Settings) -> Self {
        let Some((route, roles)) = settings.roles_of_case() else { return self };
        let since = |id: &MemberId| Some((id.to_string(), *self.speakers.get(&named_in(route, id))?));
        self.speakers = roles::speakers(roles).filter_map(since).collect();
        self
    }

    /// Whether a message may become a comment on the case where it was written, by the ids of its writer: the person's
    /// own and those of the person's user groups.
    pub(crate) fn may(&self, message: &MessageTimes, by: &[MemberId], now: Millis) -> Result<(), TooOld> {
        self.may_whoever_wrote_it(message, now)?;
        self.has_role(message, by, now)
    }

    /// Whether the settings name somebody by this id.
    pub(crate) fn names(&self, id: &MemberId) -> bool {
        self.speakers.contains_key(id.as_str())
    }

    /// The same where people need no switch and no card: in an issue.
    pub(crate) fn may_in_issue(&self, written: Millis, by: &[MemberId], now: Millis) -> Result<(), TooOld> {
        let message = MessageTimes { written, arrived: written, ..MessageTimes::default() };
        self.has_role(&message, by, now)
    }

    fn has_role(&self, message: &MessageTimes, by: &[MemberId], now: Millis) -> Result<(), TooOld> {
        match by.iter().filter_map(|id| self.speakers.get(id.as_str())).min() {
            None => Err(TooOld::NoRole),
            Some(role) if !message.is_said_since(*role, now) => Err(TooOld::Role),
            Some(_) => Ok(()),
        }
    }

    /// The same as far as it hangs on the place alone.
    pub(crate) fn may_whoever_wrote_it(&self, message: &MessageTimes, now: Millis) -> Result<(), TooOld> {
        let live = is_live(message.written, now);
        match self.replies {
            _ if message.closed.is_some_and(|closed| closed <= message.written) => Err(TooOld::Closed),
            _ if !message.card.map_or(live, |card| card <= message.written) => Err(TooOld::Card),
            None => Err(TooOld::Off),
            Some(switch) if !message.is_said_since(switch, now) => Err(TooOld::Switch),
            Some(_) => Ok(()),
        }
    }
}

/// No id of Slack's or Jira's has a stroke in it.
fn named_in(route: Option<&RouteName>, id: &MemberId) -> String {
    route.map_or_else(|| id.to_string(), |route| format!("{route}/{id}"))
}

impl MessageTimes {
    /// Whether it was said under what the settings say since then. What was written moments ago is judged by them as
    /// they are.
    fn is_said_since(&self, since: Millis, now: Millis) -> bool {
        is_live(self.written, now) || since <= self.arrived
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{sdk::Aws, secrets::Secrets},
        runtime::live::{Inbox, Live, Safe},
        state::memory::Memory,
    };

    const HOUR: Millis = 3_600_000;

    fn settings(replies: bool, roles: &str) -> Settings {
        let text =
            format!("[slack]\nteam = 'T1'\nchannel = 'C1'\nreplies_are_comments = {replies}\n[roles]\n");
        toml::from_str(&(text + roles)).unwrap()
    }

    const BO: &str = "viewer = ['U3']\nresponder = ['U1', 'S1']\nadmin = ['U2']";

    fn said(written: Millis) -> MessageTimes {
        MessageTimes { written, arrived: written, card: Some(0), closed: None }
    }

    fn by(ids: &[&str]) -> Vec<MemberId> {
        ids.iter().map(|id| MemberId::new(*id)).collect()
    }

    #[test]
    fn what_is_new_in_the_settings_counts_from_now_and_what_was_known_stays() {
        let (off, on) = (settings(false, ""), settings(true, BO));
        let first = Since::of(&off, HOUR);
        assert_eq!((first.replies, first.speakers.len()), (None, 0));
        let second = first.brought_up_to(&on, 2 * HOUR, 2 * HOUR);
        assert_eq!(second.replies, Some(2 * HOUR));
        assert_eq!(second.speakers.keys().collect::<Vec<_>>(), ["S1", "U1", "U2"]);
        // Seen by whoever started anew, after somebody else was given a role.
        let more = settings(true, "responder = ['U1', 'U9']");
        let third = second.brought_up_to(&more, 3 * HOUR, 3 * HOUR);
        assert_eq!(third.replies, Some(2 * HOUR));
        assert_eq!(third.speakers, [("U1".to_owned(), 2 * HOUR), ("U9".to_owned(), 3 * HOUR)].into());
        // Switched off and on again; the role taken away and given again.
        let again = third.brought_up_to(&off, 4 * HOUR, 4 * HOUR).brought_up_to(&more, 5 * HOUR, 5 * HOUR);
        assert_eq!((again.replies, again.speakers["U1"]), (Some(5 * HOUR), 5 * HOUR));
    }

    #[test]
    fn what_was_said_while_only_mentions_were_told_is_not_told_once_all_is() {
        let relay = |relay: &str| {
            let text = format!("[slack]\nteam = 'T1'\nchannel = 'C1'\nrelay = '{relay}'\n[roles]\n{BO}");
            toml::from_str::<Settings>(&text).unwrap()
        };
        let all = Since::of(&relay("all"), HOUR);
        let mention = all.brought_up_to(&relay("mention"), 2 * HOUR, 2 * HOUR);
        assert_eq!(mention.replies, Some(HOUR), "those were told before as well");
        let again = mention.brought_up_to(&relay("all"), 3 * HOUR, 3 * HOUR);
        assert_eq!(again.replies, Some(3 * HOUR));
        assert_eq!(again.brought_up_to(&relay("off"), 4 * HOUR, 4 * HOUR).replies, None);
    }

    #[test]
    fn where_nobody_looked_for_a_day_everything_counts_anew() {
        let on = settings(true, BO);
        let mut since = Since::of(&on, 0);
        for hour in 1..100 {
            since = since.brought_up_to(&on, hour * HOUR, hour * HOUR);
            assert_eq!((since.replies, since.looked), (Some(0), hour * HOUR), "{hour}");
        }
        let rested = since.clone().brought_up_to(&on, 121 * HOUR, 121 * HOUR);
        assert_eq!(rested.replies, Some(0));
        let restored = since.brought_up_to(&on, 122 * HOUR, 122 * HOUR);
        assert_eq!((restored.replies, restored.speakers["U1"]), (Some(122 * HOUR), 122 * HOUR));
    }

    #[test]
    fn a_message_becomes_a_comment_only_if_nothing_that_it_needs_is_younger() {
        let known = Since {
            replies: Some(100 * HOUR),
            speakers: [("U1".to_owned(), 100 * HOUR), ("S1".to_owned(), 110 * HOUR)].into(),
            ..Since::default()
        };
        let off = Since { replies: None, ..known.clone() };
        let at = |hour: Millis| said(hour * HOUR);
        for (since, message, writer, expected) in [
            (&known, at(100), &["U1"][..], Ok(())),
            (&known, at(99), &["U1"], Err(TooOld::Switch)),
            (&known, MessageTimes { arrived: 100 * HOUR, ..at(99) }, &["U1"], Ok(())),
            (&off, at(120), &["U1"], Err(TooOld::Off)),
            (&known, at(109), &["U2", "S1"], Err(TooOld::Role)),
            (&known, at(110), &["U2", "S1"], Ok(())),
            (&known, at(101), &["S1", "U1"], Ok(())),
            (&known, at(120), &["U2"], Err(TooOld::NoRole)),
            (&known, MessageTimes { card: Some(111 * HOUR), ..at(110) }, &["U1"], Err(TooOld::Card)),
            (&known, MessageTimes { card: Some(110 * HOUR), ..at(110) }, &["U1"], Ok(())),
            (&known, MessageTimes { card: None, ..at(110) }, &["U1"], Err(TooOld::Card)),
            (&known, MessageTimes { closed: Some(110 * HOUR), ..at(110) }, &["U1"], Err(TooOld::Closed)),
            (&known, MessageTimes { closed: Some(111 * HOUR), ..at(110) }, &["U1"], Ok(())),
        ] {
            let may = since.may(&message, &by(writer), 150 * HOUR);
            assert_eq!(may, expected, "{message:?} by {writer:?}");
        }
    }

    #[test]
    fn what_was_written_moments_ago_is_judged_by_the_settings_as_they_are() {
        let now = 100 * HOUR;
        let known = Since::of(&settings(true, BO), now);
        let (live, late) = (said(now - MOMENTS + 1), said(now - MOMENTS));
        assert_eq!(known.may(&live, &by(&["U1"]), now), Ok(()));
        assert_eq!(known.may(&MessageTimes { card: None, ..live }, &by(&["U1"]), now), Ok(()));
        assert_eq!(known.may(&late, &by(&["U1"]), now), Err(TooOld::Switch));
        assert_eq!(known.may(&live, &by(&["U3"]), now), Err(TooOld::NoRole));
        assert_eq!(
            known.may(&MessageTimes { card: Some(now), ..live }, &by(&["U1"]), now),
            Err(TooOld::Card)
        );
        assert_eq!(
            known.may(&MessageTimes { closed: Some(now - MOMENTS), ..live }, &by(&["U1"]), now),
            Err(TooOld::Closed)
        );
        let off = Since::of(&settings(false, BO), now);
        assert_eq!(off.may(&live, &by(&["U1"]), now), Err(TooOld::Off));
    }

    async fn noted(world: &Live<Memory>) -> Option<String> {
        world.store().note(NOTE).await.unwrap()
    }

    #[tokio::test]
    async fn the_note_outlives_who_wrote_it_and_the_first_to_see_something_says_when() {
        let (sender, _jobs) = tokio::sync::mpsc::unbounded_channel();
        let safe = Safe::Given(Secrets::default());
        let world = Live::new(Memory::default(), Aws::default(), Inbox::Channel(sender), safe);
        let (now, on) = (world.now(), settings(true, "responder = ['U1']"));
        let first = seen_at(&world, &on, now, now - 5).await.unwrap();
        let written = noted(&world).await.unwrap();
        let looked = first.looked;
        let golden = format!(r#"{{"v":1,"looked":{looked},"replies":{0},"speakers":{{"U1":{0}}}}}"#, now - 5);
        assert_eq!(written, golden);
        // A second worker, and one who starts anew.
        assert_eq!(seen_at(&world, &on, now, now - 9).await.unwrap(), first);
        assert_eq!(noted(&world).await.unwrap(), written);
        for unreadable in ["{", "[]", r#"{"v":2,"looked":9999999999999,"replies":1,"speakers":{"U1":1}}"#] {
            let old = noted(&world).await;
            assert!(world.store().swap_note(NOTE, old.as_deref(), unreadable, None).await.unwrap());
            let anew = seen_at(&world, &on, now, 0).await.unwrap();
            assert_eq!((anew.replies, anew.speakers["U1"]), (Some(now), now), "{unreadable}");
        }
    }
}
