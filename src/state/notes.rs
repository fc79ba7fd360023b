//! The notes that META keeps, as values. A field with a default may be missing: without it something is done once more
//! that may be repeated. Without any other field nobody knows what was told, and the note is not read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    case::{CaseId, DeploymentId, MemberId, Millis, RouteName, Seconds, author::Author, snapshot::Facts},
    state::{
        self, Meta, Note, Store,
        key::{Fingerprint, Key, KeyName, Plainness},
        record::stated,
    },
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseNote {
    /// The newest `lastUpdatedDate` ever read: an older one is a stale read.
    #[serde(rename = "updated", deserialize_with = "stated")]
    pub(crate) updated: Option<Seconds>,
    /// The same of its comments.
    #[serde(rename = "newest", deserialize_with = "stated")]
    pub(crate) newest: Option<Seconds>,
    #[serde(rename = "older_since", default)]
    pub(crate) older_since: Option<Millis>,
    /// Since when no look saw the case.
    #[serde(rename = "unseen_since", default, skip_serializing_if = "Option::is_none")]
    pub(crate) unseen_since: Option<Millis>,
    /// When the thread and the issue are next compared with the ledger; `None` once that is over.
    #[serde(rename = "verify_at", deserialize_with = "stated")]
    pub(crate) verify_at: Option<Millis>,
    /// The one comparison after closing was made.
    #[serde(rename = "verified_closed")]
    pub(crate) verified_closed: bool,
    /// ListComments was seen to give the newest first.
    #[serde(rename = "newest_first", default)]
    pub(crate) newest_first: bool,
    #[serde(rename = "look_again_at", default)]
    pub(crate) look_again_at: Option<Millis>,
    /// How many comments there were when all of them were read; at least so many, where they never were at once.
    #[serde(rename = "comments", default, skip_serializing_if = "is_zero")]
    pub(crate) comments: usize,
    /// AWS works the case: its agent's steps are read beside it.
    #[serde(rename = "agent", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) agent: bool,
    /// The page before which everything was told, where the oldest come first. A hint: where it is refused, reading begins
    /// at the first page.
    #[serde(rename = "known_to", default, skip_serializing_if = "Option::is_none")]
    pub(crate) known_to: Option<String>,
    /// Where the service's list of edits is read next, where the oldest come first: hints as well.
    #[serde(rename = "edits", default, skip_serializing_if = "Option::is_none")]
    pub(crate) edits: Option<EditPages>,
    /// Where a reading goes on that had no time.
    #[serde(rename = "going_on", default, skip_serializing_if = "Option::is_none")]
    pub(crate) going_on: Option<GoingOn>,
    /// Whose move it is (ours: `true`) and since when.
    #[serde(rename = "waiting", deserialize_with = "stated")]
    pub(crate) waiting: Option<(bool, Seconds)>,
    /// When the move last passed to whoever has it.
    #[serde(rename = "turned", default, skip_serializing_if = "Option::is_none")]
    pub(crate) turned: Option<Seconds>,
    /// The service waits for the user still, though they have the last word: it is AWS's move.
    #[serde(rename = "answered", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) answered: bool,
    /// The AI agent of AWS waits for an answer.
    #[serde(rename = "agent_waits", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) agent_waits: bool,
    /// How many hints were answered by something new that was seen, or by a second look that saw nothing.
    #[serde(rename = "heard")]
    pub(crate) heard: u64,
    #[serde(rename = "wanted")]
    pub(crate) wanted: u64,
    /// The last events that asked for it: one that comes again asks for nothing.
    #[serde(rename = "events", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) events: Vec<String>,
    /// When what stands here of the case is forgotten; its thread says so before.
    #[serde(rename = "forget_at", default, skip_serializing_if = "Option::is_none")]
    pub(crate) forget_at: Option<Millis>,
    /// It was: the case is looked at no more, and told nowhere.
    #[serde(rename = "forgotten", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) forgotten: bool,
    /// Somebody let everybody with a role know of it again, whatever the rules say.
    #[serde(rename = "unrestricted", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unrestricted: bool,
    /// When it was to be looked at next, as it was given back.
    #[serde(rename = "rests_until", default, skip_serializing_if = "Option::is_none")]
    pub(crate) rests_until: Option<Millis>,
    /// Who opened it; none until that was looked for.
    #[serde(rename = "opened", default, skip_serializing_if = "Option::is_none")]
    pub(crate) opened: Option<Opened>,
}

/// Who opened a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Opened {
    /// None where nobody says it.
    #[serde(rename = "who", default, skip_serializing_if = "Option::is_none")]
    pub(crate) who: Option<Author>,
    /// How they are called, for those who cannot look an id up.
    #[serde(rename = "name", default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
}

/// Pages of a list that may be refused later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EditPages {
    /// Where its last day begins; none is the first.
    #[serde(rename = "last_day", default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_day: Option<String>,
    /// Where it ended.
    #[serde(rename = "end")]
    pub(crate) end: String,
}

/// A page at which reading goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GoingOn {
    #[serde(rename = "page")]
    pub(crate) page: String,
    /// To the last page, whatever is known.
    #[serde(rename = "full", default)]
    pub(crate) full: bool,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn is_none(count: &u8) -> bool {
    *count == 0
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceNote {
    /// The channel made for this case, under `layout = "channel"`.
    #[serde(rename = "channel", deserialize_with = "stated")]
    pub channel: Option<String>,
    #[serde(rename = "home", deserialize_with = "stated")]
    pub home: Option<Home>,
    /// What was set, by its name: the hash of what it was set to.
    #[serde(rename = "set")]
    pub set: BTreeMap<String, String>,
    /// What must be set once more after this time, since an older setting may still be on its way.
    #[serde(rename = "again", default)]
    pub again: BTreeMap<String, Millis>,
    /// What could not be set, by the same name.
    #[serde(rename = "owed", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owed: BTreeMap<String, Owed>,
    #[serde(rename = "facts", deserialize_with = "stated")]
    pub facts: Option<Facts>,
    #[serde(rename = "changes")]
    pub changes: u32,
    /// The lines of changes that nobody saw there yet, by their number.
    #[serde(rename = "lines", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<u32, ChangeLine>,
    /// What was last told of each thing that goes through steps, by its name.
    #[serde(rename = "steps", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub steps: BTreeMap<String, String>,
    /// The addition that is being made, or of which it is not known whether it was.
    #[serde(rename = "open", deserialize_with = "stated")]
    pub open: Option<Intent>,
    /// More may stand there than the ledger knows of: nothing is told before it was read back.
    #[serde(rename = "read_first", default, skip_serializing_if = "std::ops::Not::not")]
    pub read_first: bool,
    /// Another anchor of ours may stand there that nobody knows of: this one was sent more than once, or taken up.
    #[serde(rename = "maybe_two", default, skip_serializing_if = "std::ops::Not::not")]
    pub maybe_two: bool,
    /// Such anchors, once they were found.
    #[serde(rename = "spares", default, skip_serializing_if = "Vec::is_empty")]
    pub spares: Vec<Home>,
    /// What bears the case's sign and is not proven to be ours: it is left alone, and offered once.
    #[serde(rename = "strange", default, skip_serializing_if = "Vec::is_empty")]
    pub strange: Vec<Home>,
    /// Somebody asked for another anchor: one that is there already is not taken up.
    #[serde(rename = "anew", default, skip_serializing_if = "std::ops::Not::not")]
    pub anew: bool,
    /// The anchor bears the name of another deployment, which tells the case.
    #[serde(rename = "another", default, skip_serializing_if = "Option::is_none")]
    pub another: Option<Another>,
    /// The issue's description is a person's and stays: what we would write there stands in a comment.
    #[serde(rename = "beside", default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
    /// The last time that somebody else set the anchor to a status.
    #[serde(rename = "moved", default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<MovedByHand>,
    #[serde(rename = "not_before", default)]
    pub not_before: Millis,
    #[serde(rename = "failures", default)]
    pub failures: u32,
    #[serde(rename = "parked", default)]
    pub parked: Option<String>,
    /// Only these may know of the case, and whoever is in its channel.
    #[serde(rename = "restricted", default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<Vec<MemberId>>,
    /// By which route of the settings the case is told, for ever; empty for none. Without it nobody chose yet.
    #[serde(rename = "route", default, skip_serializing_if = "Option::is_none")]
    pub route: Option<RouteName>,
}

/// Another deployment tells the case where this one would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Another {
    #[serde(rename = "by")]
    pub by: DeploymentId,
    /// What it had told was read: what it tells from here on shows that it is at work.
    #[serde(rename = "known", default)]
    pub known: bool,
    /// Since when something is untold that every deployment tells.
    #[serde(rename = "owed_since", default, skip_serializing_if = "Option::is_none")]
    pub owed_since: Option<Millis>,
}

impl Another {
    /// One of whose work nothing was read yet.
    pub(crate) fn new(by: DeploymentId) -> Self {
        Self { by, known: false, owed_since: None }
    }
}

/// A line of changes: kept until it is seen, since only what the case was before and after it says what stood in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLine {
    #[serde(rename = "before")]
    pub(crate) before: Facts,
    #[serde(rename = "after")]
    pub(crate) after: Facts,
    /// It was never stored: it is told again.
    #[serde(rename = "owed", default)]
    pub(crate) owed: bool,
}

/// More lines than are told between two checks of a case; the oldest are given up first.
const MOST_LINES: usize = 16;

/// Somebody set an issue to a status by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedByHand {
    /// Names the change.
    #[serde(rename = "id")]
    pub id: String,
    /// The status.
    #[serde(rename = "to")]
    pub to: String,
    /// Who, as Jira shows them.
    #[serde(rename = "by")]
    pub by: String,
    /// Whether work is over there.
    #[serde(rename = "done", default)]
    pub done: bool,
}

/// A state that could not be set. It is tried by itself, and nothing else waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Owed {
    /// Hash of that state: where it was refused, another one is tried at once.
    #[serde(rename = "hash")]
    pub(crate) hash: Fingerprint,
    #[serde(rename = "not_before")]
    pub not_before: Millis,
    /// How many tries in a row had no answer.
    #[serde(rename = "failures")]
    pub(crate) failures: u32,
    #[serde(rename = "refusals")]
    pub refusals: u32,
    /// When it was first refused.
    #[serde(rename = "since")]
    pub(crate) since: Millis,
    /// Why it was refused, as a field's name or an error code. `None` where that was not for its own sake.
    #[serde(rename = "why")]
    pub(crate) why: Option<String>,
    #[serde(rename = "given_up")]
    pub(crate) given_up: bool,
}

/// Where the case is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The channel's id; the issue's id.
    #[serde(rename = "place")]
    pub place: String,
    /// The card's `ts`; the issue's key.
    #[serde(rename = "name")]
    pub name: String,
}

/// An addition that was decided: written before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    #[serde(rename = "key")]
    pub key: Key,
    /// When it was written, just before sending.
    #[serde(rename = "since")]
    pub since: Millis,
    /// Counts sendings, from 1.
    #[serde(rename = "attempt")]
    pub attempt: u8,
    /// How often it was looked for since it was sent last.
    #[serde(rename = "looks", default, skip_serializing_if = "is_none")]
    pub looks: u8,
    #[serde(rename = "plainness")]
    pub plainness: Plainness,
    #[serde(rename = "hash")]
    pub hash: Fingerprint,
    /// What will have been told of the case's fields once it is done.
    #[serde(rename = "facts", deserialize_with = "stated")]
    pub facts: Option<Facts>,
    /// The call that the same message makes.
    #[serde(rename = "also", default, skip_serializing_if = "Option::is_none")]
    pub also: Option<Key>,
}

/// Whether the notes of a case can be read, and what is being said on it: of one where they cannot, nobody knows what
/// was told.
pub(crate) async fn readable(store: &dyn Store, case: &CaseId) -> state::Result<()> {
    let (meta, said) = tokio::join!(store.meta(case), store.sayings(case));
    let Some(meta) = meta? else { return Ok(()) };
    noted(case, &meta)?;
    said.map(drop)
}

pub(crate) fn noted(case: &CaseId, meta: &Meta) -> state::Result<CaseNote> {
    for target in meta.targets.keys() {
        meta.note_of::<PlaceNote>(case, target)?;
    }
    Ok(meta.note(case, Note::Case)?.0)
}

impl CaseNote {
    pub(crate) fn of_a_forgotten_case() -> Self {
        Self { forgotten: true, verified_closed: true, ..Self::default() }
    }
}

impl PlaceNote {
    /// Whether people took the anchor away.
    pub fn is_gone(&self) -> bool {
        self.set.get(HOME).is_some_and(|hash| hash == GONE)
    }

    /// Whether nothing can be told there any more: people took away the anchor with all that hung on it.
    pub fn is_lost(&self) -> bool {
        self.set.get(HOME).is_some_and(|hash| hash == LOST)
    }

    /// People took the anchor away: nothing is tried there any more, until it is there again.
    pub(crate) fn bury(&mut self) {
        self.set.insert(HOME.to_owned(), GONE.to_owned());
        self.owed.clear();
        self.again.clear();
        (self.parked, self.failures, self.not_before) = (None, 0, 0);
    }

    /// Forgets what it holds of the case itself: hashes and places stay.
    pub(crate) fn shrink(&mut self) {
        (self.facts, self.open) = (None, None);
    }

    /// What stays where a case is told there once more from the beginning.
    pub(crate) fn begun_anew(&self) -> Self {
        let (channel, restricted) = (self.channel.clone(), self.restricted.clone());
        let by_none = || self.is_begun().then(|| RouteName::new(""));
        let route = self.route.clone().or_else(by_none);
        Self { channel, restricted, route, ..Self::default() }
    }

    /// Something of the case was told, or is being told: where it goes is settled.
    pub(crate) fn is_begun(&self) -> bool {
        self.channel.is_some() || self.open.is_some() || !self.set.is_empty() || self.facts.is_some()
    }

    pub(crate) fn is_untouched(&self) -> bool {
        self.home.is_none() && self.channel.is_none() && self.open.is_none() && self.set.is_empty()
    }

    /// Nothing is told there any more, but once that it is so.
    pub(crate) fn lose(&mut self) {
        let home = self.home.take();
        let (facts, changes) = (self.facts.take(), self.changes);
        *self = Self { home, facts, changes, route: self.route.take(), ..self.begun_anew() };
        self.set.insert(HOME.to_owned(), LOST.to_owned());
    }

    /// What follows from an addition that is known to be made; `anchor` is what it would be as the anchor.
    pub(crate) fn adopt(&mut self, intent: Intent, remote: &str, anchor: Home) {
        let Intent { key, since: _, attempt, looks: _, plainness: _, hash, facts, also: _ } = intent;
        match key.named() {
            KeyName::Container => self.channel = Some(remote.to_owned()),
            KeyName::Anchor => {
                self.home = Some(anchor);
                self.anew = false;
                self.maybe_two |= attempt > 1;
                self.set.insert(HOME.to_owned(), hash.into());
                // Where a card is made a second time, what was told since the first stays told.
                self.facts = self.facts.take().or(facts);
            }
            KeyName::Lost => {
                self.set.insert(LOST.to_owned(), hash.into());
            }
            KeyName::Changes(number) => self.told_line(number, facts),
            KeyName::Page { name, step } => {
                self.steps.insert(name.to_owned(), step.to_owned());
            }
            // That the move passed was told with it.
            KeyName::Comment { .. } => self.facts = facts.or(self.facts.take()),
            KeyName::Description | KeyName::Call(_) | KeyName::ByItself => {}
        }
        self.open = None;
        self.failures = 0;
        self.parked = None;
    }

    /// A line of changes was told: the next one, or one of before once more.
    fn told_line(&mut self, number: u32, facts: Option<Facts>) {
        if let Some(again) = self.lines.get_mut(&number) {
            again.owed = false;
            return;
        }
        if let (Some(before), Some(after)) = (&self.facts, &facts) {
            let line = ChangeLine { before: before.clone(), after: after.clone(), owed: false };
            self.lines.insert(number, line);
        }
        if self.lines.len() > MOST_LINES {
            self.lines.pop_first();
        }
        self.changes += 1;
        self.facts = facts;
    }
}

pub use super::key::HOME;
pub(crate) use super::key::{CHANNEL, LOST};

/// Stands for the hash of a state whose bearer a person deleted.
pub(crate) const GONE: &str = "gone";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{
            Actor, Attachment, AttachmentId, Case, Resolver, Status, UserId, Watcher, snapshot::tests::case,
        },
        state::golden,
    };

    fn key(key: &str) -> Key {
        Key(key.to_owned())
    }

    fn texts<const N: usize>(texts: [(&str, &str); N]) -> BTreeMap<String, String> {
        texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into()
    }

    fn full() -> Case {
        Case {
            status: Status::Other("On Hold".to_owned()),
            resolver: Resolver::Own,
            waits_for_customer: true,
            actual_start: Some(1_789_990_000),
            closure: Some("False Positive".to_owned()),
            watchers: vec![Watcher { email: "ana@example.com".to_owned(), ..Watcher::default() }],
            actors: vec![Actor { ip: "203.0.113.9".to_owned(), user_agent: None }],
            attachments: vec![Attachment {
                id: AttachmentId::new("11111111-1111-1111-1111-111111111111"),
                name: "trail \"1\".json".to_owned(),
                status: "Verified".to_owned(),
                creator: "111122223333".to_owned(),
                created: 1_790_000_000,
            }],
            metadata: vec![("ticket".to_owned(), "SEC-12 é".to_owned())],
            ..case()
        }
    }

    fn intent(key_of: &str, plainness: Plainness, facts: Option<Facts>) -> Intent {
        let hash = Fingerprint::new("58c64f4b7a3b2c1d0e9f");
        let (since, attempt, looks, also) = (1_795_669_201_000, 1, 0, None);
        Intent { key: key(key_of), since, attempt, looks, plainness, hash, facts, also }
    }

    #[test]
    fn what_any_release_knew_of_a_case_is_read_as_it_was_meant() {
        let told = CaseNote {
            updated: Some(1_795_669_200),
            newest: Some(1_795_669_200),
            verify_at: Some(1_795_672_800_000),
            waiting: Some((false, 1_795_668_300)),
            heard: 1,
            wanted: 1,
            ..CaseNote::default()
        };
        let looking = CaseNote {
            older_since: Some(1_795_669_205_000),
            look_again_at: Some(1_795_669_210_000),
            newest_first: true,
            waiting: Some((true, 1_795_668_900)),
            wanted: 3,
            ..told.clone()
        };
        let turned = CaseNote { turned: Some(1_795_668_900), ..looking.clone() };
        let answered = CaseNote { waiting: Some((false, 1_795_669_000)), answered: true, ..turned.clone() };
        let asked = CaseNote { agent_waits: true, ..looking.clone() };
        let closed = CaseNote { verify_at: None, verified_closed: true, waiting: None, ..told.clone() };
        let in_part = CaseNote {
            comments: 60,
            agent: true,
            known_to: Some("page-3".to_owned()),
            going_on: Some(GoingOn { page: "page-2".to_owned(), full: true }),
            events: vec!["0b3c7e5a-91d2".to_owned()],
            rests_until: Some(1_795_672_800_000),
            ..told.clone()
        };
        let edits = |last_day: Option<&str>| EditPages {
            last_day: last_day.map(str::to_owned),
            end: "page-4".to_owned(),
        };
        let who = Some(Author::Slack { user: UserId::new("U024BE7LH") });
        let opened = Opened { who, name: "Ana Lima".to_owned() };
        golden::check_json(
            "case-notes",
            &[
                ("unseen", CaseNote::default()),
                ("told", told),
                ("looking", looking),
                ("turned", turned),
                ("answered", answered),
                ("asked by the agent", asked),
                ("closed", closed),
                ("read in part", in_part),
                ("to be forgotten", CaseNote { forget_at: Some(1_803_444_300_000), ..CaseNote::default() }),
                ("forgotten", CaseNote::of_a_forgotten_case()),
                ("unrestricted", CaseNote { unrestricted: true, ..CaseNote::default() }),
                ("opened", CaseNote { opened: Some(opened), ..CaseNote::default() }),
                ("edited often today", CaseNote { edits: Some(edits(None)), ..CaseNote::default() }),
                (
                    "edited often for days",
                    CaseNote { edits: Some(edits(Some("page-2"))), ..CaseNote::default() },
                ),
                ("opened by nobody", CaseNote { opened: Some(Opened::default()), ..CaseNote::default() }),
            ],
        );
    }

    #[test]
    fn a_note_that_lacks_something_or_holds_something_unknown_is_refused_or_kept_whole() {
        let may_lack = [
            "older_since",
            "newest_first",
            "look_again_at",
            "comments",
            "agent",
            "known_to",
            "edits",
            "last_day",
            "going_on",
            "full",
            "events",
            "rests_until",
            "turned",
            "answered",
            "agent_waits",
            "forget_at",
            "forgotten",
            "unrestricted",
            "opened",
            "who",
            "name",
        ];
        golden::damage::<CaseNote>("case-notes", &may_lack, &["events"]);
        let may_lack = [
            "again",
            "not_before",
            "failures",
            "parked",
            "read_first",
            "lines",
            "owed",
            "steps",
            "moved",
            "anew",
            "beside",
            "done",
            "restricted",
            "route",
            "maybe_two",
            "spares",
            "looks",
            "another",
            "strange",
            "known",
            "owed_since",
            "names",
            "also",
        ];
        golden::damage::<PlaceNote>(
            "place-notes",
            &may_lack,
            &["set", "again", "attachments", "lines", "steps", "spares", "names", "strange"],
        );
        golden::later::<CaseNote>("case-notes");
        golden::later::<PlaceNote>("place-notes");
    }

    fn told() -> [PlaceNote; 3] {
        let home = |place: &str, name: &str| Some(Home { place: place.to_owned(), name: name.to_owned() });
        let thread = PlaceNote {
            home: home("C0SECURITY", "1795668300.000100"),
            set: texts([("home", "0ff94921abf810966091")]),
            facts: Some(Facts::of(&case())),
            changes: 2,
            ..PlaceNote::default()
        };
        let channel = PlaceNote {
            channel: Some("C0CASE0001".to_owned()),
            home: home("C0CASE0001", "1795668300.000100"),
            set: texts([
                ("channel/topic", "1f3870be274f6c49b3e3"),
                ("home", "0ff94921abf810966091"),
                ("invitation/9f86d081884c7d659a2f", "done"),
            ]),
            facts: Some(Facts::of(&full())),
            ..PlaceNote::default()
        };
        let issue = PlaceNote {
            home: home("10001", "SEC-1"),
            set: texts([
                ("home", "0ff94921abf810966091"),
                ("link/console", "06407108011611b55409"),
                ("link/slack", "5f4dcc3b5aa765d61d83"),
                ("status", "7c4a8d09ca3762af61e5"),
            ]),
            ..thread.clone()
        };
        [thread, channel, issue]
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of all that a note can say")]
    fn what_any_release_knew_of_a_place_is_read_as_it_was_meant() {
        let [thread, channel, issue] = told();
        let facts = || Some(Facts::of(&case()));
        let linked = Some(Home { place: "10002".to_owned(), name: "SEC-2".to_owned() });
        let open = |key, plainness, facts| Some(intent(key, plainness, facts));
        let waiting = PlaceNote { not_before: 1_795_669_261_000, failures: 2, ..thread.clone() };
        golden::check_json(
            "place-notes",
            &[
                ("nothing yet", PlaceNote::default()),
                (
                    "alert that rang",
                    PlaceNote {
                        steps: texts([("overdue/1795668300", "acknowledge")]),
                        ..PlaceNote::default()
                    },
                ),
                ("linked issue", PlaceNote { home: linked, ..PlaceNote::default() }),
                ("thread that people took away", {
                    let mut lost = thread.clone();
                    lost.lose();
                    lost.set.insert(LOST.to_owned(), LOST.to_owned());
                    lost
                }),
                ("channel being made", {
                    PlaceNote { open: open("channel", Plainness::Full, None), ..PlaceNote::default() }
                }),
                ("card being made", {
                    PlaceNote { open: open("home", Plainness::Full, facts()), ..PlaceNote::default() }
                }),
                ("comment being told", {
                    PlaceNote { open: open("comment/100002/0", Plainness::Plain, None), ..waiting.clone() }
                }),
                ("changes that nobody saw yet", {
                    let line =
                        |owed| ChangeLine { before: Facts::of(&case()), after: Facts::of(&full()), owed };
                    PlaceNote { lines: [(0, line(true)), (1, line(false))].into(), ..thread.clone() }
                }),
                ("watchers with names", {
                    let mut named = full();
                    named.watchers[0].name = Some("Ana Lima".to_owned());
                    PlaceNote { facts: Some(Facts::of(&named)), ..thread.clone() }
                }),
                ("changes being told", {
                    let open = open("changes/2", Plainness::Stub, Some(Facts::of(&full())));
                    PlaceNote { open, ..thread.clone() }
                }),
                ("card set again", {
                    let again = [("home".to_owned(), 1_795_669_261_000)].into();
                    PlaceNote { again, set: BTreeMap::new(), ..waiting.clone() }
                }),
                ("parked", PlaceNote { parked: Some("channel_is_shared".to_owned()), ..waiting }),
                ("found again", PlaceNote { read_first: true, ..thread.clone() }),
                ("told by another deployment", {
                    let by = DeploymentId::new("58c64f4b7a3b2c1d0e9f");
                    let owed_since = Some(1_795_669_261_000);
                    PlaceNote { another: Some(Another { by, known: true, owed_since }), ..thread.clone() }
                }),
                (
                    "restricted",
                    PlaceNote { restricted: Some(vec![MemberId::new("U0ANAEXAMP")]), ..thread.clone() },
                ),
                ("by a route", PlaceNote { route: Some(RouteName::new("payments")), ..thread.clone() }),
                ("by no route", PlaceNote { route: Some(RouteName::new("")), ..thread.clone() }),
                ("card deleted", PlaceNote { set: texts([("home", "gone")]), ..thread.clone() }),
                ("thread", thread),
                ("channel", channel),
                ("another card wanted", PlaceNote { anew: true, ..PlaceNote::default() }),
                ("issue with a person's description", PlaceNote { beside: true, ..issue.clone() }),
                ("issue beside another", {
                    let spare = Home { place: "10002".to_owned(), name: "SEC-2".to_owned() };
                    PlaceNote { maybe_two: true, spares: vec![spare], ..issue.clone() }
                }),
                ("issue beside a strange one", {
                    let strange = vec![Home { place: "10040".to_owned(), name: "SEC-40".to_owned() }];
                    PlaceNote { strange, ..issue.clone() }
                }),
                ("issue looked for", {
                    let sent = intent("home", Plainness::Full, facts());
                    let open = Some(Intent { attempt: 2, looks: 1, ..sent });
                    PlaceNote { open, ..PlaceNote::default() }
                }),
                ("a comment that calls is under way", {
                    let sent = intent("comment/100001/0", Plainness::Full, None);
                    let open = Some(Intent { also: Some(key("call/move/1795668300")), ..sent });
                    PlaceNote { open, ..PlaceNote::default() }
                }),
                ("issue moved by hand", {
                    let [id, to, by] = ["50007", "Done", "Ana Alvarez"].map(str::to_owned);
                    PlaceNote { moved: Some(MovedByHand { id, to, by, done: true }), ..issue.clone() }
                }),
                ("issue", issue),
            ],
        );
    }

    #[test]
    fn a_card_that_is_made_a_second_time_keeps_what_was_told_of_the_case() {
        let home = Home { place: "C0CASE0001".to_owned(), name: "1795668400.000100".to_owned() };
        let second = || intent("home", Plainness::Full, Some(Facts::of(&full())));
        let [_, told, _] = told();
        let mut again = PlaceNote { home: None, facts: Some(Facts::of(&case())), ..told };
        again.adopt(second(), "1795668400.000100", home.clone());
        assert_eq!(again.facts, Some(Facts::of(&case())), "what changed since is told below it");
        let mut first = PlaceNote::default();
        first.adopt(second(), "1795668400.000100", home);
        assert_eq!(first.facts, Some(Facts::of(&full())));
    }

    #[test]
    fn what_is_owed_is_read_back_and_may_lack_what_is_not_known() {
        let why = Some("resolution".to_owned());
        let owed = Owed {
            hash: Fingerprint::new("h"),
            not_before: 5,
            refusals: 2,
            since: 1,
            why,
            ..Owed::default()
        };
        let note = PlaceNote { owed: [("status".to_owned(), owed)].into(), ..PlaceNote::default() };
        assert_eq!(serde_json::from_str::<PlaceNote>(&serde_json::to_string(&note).unwrap()).unwrap(), note);
        let least: Owed = serde_json::from_str(r#"{"hash":"h"}"#).unwrap();
        assert_eq!(least, Owed { hash: Fingerprint::new("h"), ..Owed::default() });
    }
}
