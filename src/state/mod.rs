//! What does the bridge remember, and under which conditions may it be changed?
//!
//! One table: the debts of each case (META), what was told (TOLD), what people asked (COMMAND),
//! which place belongs to which case (PLACE), gates of the destinations (GATE), and the settings.
//! [`memory`] serves the playground, the tests and the simulation; [`dynamodb`] the functions.
//! One suite, `tests/store.rs`, holds for both.

pub mod agenda;
pub mod case_clocks;
pub mod deeds;
pub mod dynamodb;
pub mod earlier;
#[cfg(test)]
pub(crate) mod golden;
mod item;
pub mod key;
pub mod memory;
pub mod notes;
pub mod owner;
pub(crate) mod record;
pub mod restricted;
mod table;
pub mod versions;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    case::{CaseId, Millis},
    state::{
        key::Key,
        record::{Rest, stated},
    },
};

/// Why the store did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Another worker has taken the case over: whoever sees this must stop at once.
    #[error("the lease was taken over")]
    Fenced,
    /// Throttled, unreachable or no readable answer: a write may have taken effect.
    #[error("the store did not answer: {0}")]
    Trouble(String),
    /// Nothing was read or written.
    #[error(
        "these credentials may not do that on the table ({0}): use those of the account and role that deployed the stack; \
         `aws sts get-caller-identity` says whose they are"
    )]
    Denied(String),
    /// The answer is there and cannot be read: nobody knows what it says, and nothing may be put in its place.
    #[error(transparent)]
    Unreadable(#[from] Unread),
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} cannot be read: {why}")]
pub struct Unread {
    /// Where it stands, without anything of what stands there: `CASE#7000000003/META slack_note`.
    pub key: String,
    pub(crate) why: record::Unreadable,
}

/// A result of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// A target by its name: the spelling in keys and logs. Which targets there are is not the table's to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetKind(&'static str);

impl TargetKind {
    /// A target of this name: lower case, and never `case`.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for TargetKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// What a case's META holds. The three notes are records of the core's own types: [`Meta::note`] reads one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Counts hints: a worker that leaves while it has grown would lose one.
    pub want: u64,
    /// Somebody said that an old comment changed: all pages must be read.
    pub full: bool,
    /// Counts leases: a write with an older epoch is refused.
    pub epoch: u64,
    /// When the lease ends; 0 where there is none.
    pub lease_until: Millis,
    /// When there is something to do again; `None` for a case that is at rest.
    pub next_at: Option<Millis>,
    /// What is known of the case.
    pub case: Option<String>,
    /// What is known of it at each target, by the target's name.
    pub targets: BTreeMap<String, String>,
}

impl Meta {
    /// Reads a note, and what stands in it that this release does not know; the default where none was saved yet.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn note<T: Default + Serialize + DeserializeOwned>(
        &self,
        case: &CaseId,
        note: Note,
    ) -> Result<(T, Rest)> {
        match note {
            Note::Case => read_in_meta(case, "case", self.case.as_deref()),
            Note::Of(kind) => self.note_of(case, kind.as_str()),
        }
    }

    /// The same of a target by its name alone.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub(crate) fn note_of<T: Default + Serialize + DeserializeOwned>(
        &self,
        case: &CaseId,
        target: &str,
    ) -> Result<(T, Rest)> {
        read_in_meta(case, target, self.targets.get(target).map(String::as_str))
    }

    /// What the table has of a note.
    pub fn text(&self, note: Note) -> Option<&String> {
        match note {
            Note::Case => self.case.as_ref(),
            Note::Of(kind) => self.targets.get(kind.as_str()),
        }
    }
}

fn read_in_meta<T: Default + Serialize + DeserializeOwned>(
    case: &CaseId,
    of: &str,
    text: Option<&str>,
) -> Result<(T, Rest)> {
    let Some(text) = text else { return Ok((T::default(), Rest::default())) };
    let key = || format!("{} {}", item::name_of(&item::meta_key(case)), item::note_attribute(of));
    Ok(record::read(text).map_err(|why| Unread { key: key(), why })?)
}

/// The epoch of whoever writes without a lease: it overwrites nothing that a worker wrote.
pub const NO_LEASE: u64 = 0;

/// A note inside META that is saved by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    Case,
    Of(TargetKind),
}

impl Note {
    /// What the note is of, as its attribute's name begins.
    pub(crate) fn of(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Of(kind) => kind.as_str(),
        }
    }
}

/// That something was told: what it is called there, and which text it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The message's `ts`, the comment's id. Empty once a person deleted it.
    #[serde(rename = "remote")]
    pub remote: String,
    /// A hash of what it says.
    #[serde(rename = "hash")]
    pub hash: String,
    /// How the hourly check saw it.
    #[serde(rename = "seen")]
    pub seen: Seen,
    /// It was said there by a person: never edited, never sent again.
    #[serde(rename = "theirs")]
    pub theirs: bool,
}

/// How the hourly check saw something that we told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen {
    /// Not yet: absent in so many checks.
    #[serde(rename = "NotYet")]
    NotYet(u8),
    /// It was there.
    #[serde(rename = "Yes")]
    Yes,
    /// It was there, and a person deleted it: it never comes back.
    #[serde(rename = "Deleted")]
    Deleted,
}

/// What became of a command, by its key. Kept for a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The command as the first delivery brought it, JSON.
    pub job: String,
    /// When it first came.
    pub since: Millis,
    /// The answer, JSON, once there is one.
    pub answer: Option<String>,
}

/// What has come due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueList {
    /// Whether a sweep has something to do besides: see [`agenda`].
    pub agenda: bool,
    /// Oldest first.
    pub cases: Vec<CaseId>,
}

/// A comment that somebody is making through the bridge: so that it is not told back to where it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// The command's key.
    #[serde(rename = "command")]
    pub command: String,
    /// Since when it is being made.
    #[serde(rename = "since")]
    pub since: Millis,
    /// [`crate::case::text::hash`] of the comment's whole body as it is sent to SIR.
    #[serde(rename = "body_hash")]
    pub body_hash: String,
    /// Who says it.
    #[serde(rename = "author")]
    pub author: crate::case::author::Author,
    /// The name that stands before the words, on a line of its own, with a colon behind it.
    #[serde(rename = "speaker", default)]
    pub speaker: Option<String>,
    /// The message that says it already, in Slack: its `ts`.
    #[serde(rename = "slack_ts", deserialize_with = "stated")]
    pub slack_ts: Option<String>,
    /// The comment that says it already, in Jira.
    #[serde(rename = "jira_comment", deserialize_with = "stated")]
    pub jira_comment: Option<String>,
    /// The comment that it became, once known.
    #[serde(rename = "comment", deserialize_with = "stated")]
    pub comment: Option<String>,
}

impl Saying {
    /// What it is called at this target, where a person said it there.
    /// The same where it can be read no more where this target is now; `None` where it never was.
    pub(crate) fn only_elsewhere(&self, kind: TargetKind) -> Option<Self> {
        self.at(kind)?;
        let mut elsewhere = self.clone();
        match kind.as_str() {
            "slack" => elsewhere.slack_ts = None,
            _ => elsewhere.jira_comment = None,
        }
        Some(elsewhere)
    }

    pub(crate) fn at(&self, kind: TargetKind) -> Option<&str> {
        match kind.as_str() {
            "slack" => self.slack_ts.as_deref(),
            "jira" => self.jira_comment.as_deref(),
            _ => None,
        }
    }
}

/// News of a case: how often somebody said that there is some, and whether an old comment changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub times: u64,
    /// All pages must be read.
    pub full: bool,
}

/// How a case is given back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    /// As many hints as were known: where there are more by now, the case is kept.
    pub want: u64,
    pub next_at: Option<Millis>,
    pub full: bool,
    /// The notes that changed since they were saved.
    pub notes: Vec<(Note, String)>,
}

/// A slot that somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Milliseconds to the next one.
    pub spacing: Millis,
    /// A later one is left to others.
    pub latest: Millis,
}

/// What became of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// It is taken, and begins then.
    At(Millis),
    /// None was taken: the next one begins only then.
    NotBefore(Millis),
}

/// The table. Reads are consistent. Every method may fail with [`Error::Trouble`], and then may have taken effect; one
/// that reads may fail with [`Error::Unreadable`], and then has changed nothing.
#[async_trait(?Send)]
pub trait Store {
    /// Notes that somebody should look at the case: `want += 1`, `next_at = now`, and `full` where asked.
    async fn hint(&self, case: &CaseId, now: Millis, full: bool) -> Result<()>;

    /// Takes the case for one worker until `until`: `epoch += 1`, and `next_at = until`, since nobody else needs to come
    /// before; a hint that comes meanwhile makes it due again. `None` while another holds it, or where there is no such
    /// case.
    async fn lease(&self, case: &CaseId, now: Millis, until: Millis) -> Result<Option<Meta>>;

    /// Both in one, where nobody holds the case: notes what was asked, and takes it as [`Self::lease`] does. Where somebody
    /// does, it is noted all the same.
    async fn take_up(&self, case: &CaseId, now: Millis, until: Millis, asked: Asked) -> Result<Option<Meta>>;

    async fn meta(&self, case: &CaseId) -> Result<Option<Meta>>;

    /// Saves one note of META, only if `epoch` is still the current one.
    async fn save(&self, case: &CaseId, epoch: u64, note: Note, json: &str) -> Result<()>;

    /// Gives the case back, only if `epoch` is current (else [`Error::Fenced`]) and `want` has not grown: then the notes
    /// are saved, `next_at` and `full` are set as given, the lease ends and the answer is `true`. Otherwise nothing
    /// changes. A case that was given back already under this epoch stays as it is: the answer is `true` again.
    async fn leave(&self, case: &CaseId, epoch: u64, leaving: &Leaving) -> Result<bool>;

    /// The same without notes.
    async fn release(
        &self,
        case: &CaseId,
        epoch: u64,
        want: u64,
        next_at: Option<Millis>,
        full: bool,
    ) -> Result<bool> {
        self.leave(case, epoch, &Leaving { want, next_at, full, notes: Vec::new() }).await
    }

    /// Puts the next look at a case off until then, and changes nothing else: for one of which something cannot be read.
    /// Who holds it gives `epoch`, and gives it back; where another has taken it over meanwhile, [`Error::Fenced`]. Without
    /// an epoch, its META itself cannot be read; where there is none, nothing happens.
    async fn put_off(&self, case: &CaseId, epoch: Option<u64>, until: Millis) -> Result<()>;

    /// What has come due, of cases at most `limit`. Eventually consistent (an index).
    async fn due_list(&self, now: Millis, limit: usize) -> Result<DueList>;

    /// The cases of it.
    async fn due(&self, now: Millis, limit: usize) -> Result<Vec<CaseId>> {
        Ok(self.due_list(now, limit).await?.cases)
    }

    /// What was told under each of these keys; in their order.
    async fn told(&self, case: &CaseId, target: TargetKind, keys: &[Key]) -> Result<Vec<Option<Told>>>;

    /// The same at several targets, in their order.
    async fn told_at(
        &self,
        case: &CaseId,
        targets: &[TargetKind],
        keys: &[Key],
    ) -> Result<Vec<Vec<Option<Told>>>> {
        let mut all = Vec::new();
        for target in targets {
            all.push(self.told(case, *target, keys).await?);
        }
        Ok(all)
    }

    async fn all_told(&self, case: &CaseId, target: TargetKind) -> Result<Vec<(Key, Told)>>;

    /// The same at these targets, in their order.
    async fn ledgers(&self, case: &CaseId, targets: &[TargetKind]) -> Result<Vec<Vec<(Key, Told)>>>;

    /// Remembers that something was told. Replaces what was remembered under the key, unless a later lease than
    /// `epoch` remembered it: then [`Error::Fenced`]. Who holds no lease gives [`NO_LEASE`].
    async fn tell(&self, case: &CaseId, epoch: u64, target: TargetKind, key: &Key, told: &Told)
    -> Result<()>;

    /// Forgets that something was told: it is owed again. Fenced as [`Self::tell`] is.
    async fn untell(&self, case: &CaseId, epoch: u64, target: TargetKind, key: &Key) -> Result<()>;

    /// Remembers a comment in the making. Replaces the one with the same command key.
    async fn say(&self, case: &CaseId, saying: &Saying, expires: Millis) -> Result<()>;

    /// The comments of the last day that were made through the bridge.
    async fn sayings(&self, case: &CaseId) -> Result<Vec<Saying>>;

    /// Takes the next free slot at a gate, if it comes in time: slots are `spacing` ms apart.
    async fn reserve(&self, gate: &str, now: Millis, wanted: Wanted) -> Result<Reserved>;

    /// A small note under a name that belongs to no case (a breaker, the sweep's clock, a cache).
    async fn note(&self, name: &str) -> Result<Option<String>>;

    /// Such notes, in the order of their names; each at most once.
    async fn notes(&self, names: &[String]) -> Result<Vec<Option<String>>>;

    /// Writes such a note. `old` must be what is there now, else the answer is `false` and nothing changes.
    async fn swap_note(
        &self,
        name: &str,
        old: Option<&str>,
        new: &str,
        expires: Option<Millis>,
    ) -> Result<bool>;

    /// Writes the note of what a sweep is to do besides, as [`Self::swap_note`] does, and when that is due.
    async fn swap_agenda(&self, old: Option<&str>, new: &str, next_at: Millis) -> Result<bool>;

    /// Remembers that a command came: `None` if it is new, else what is known of it.
    async fn begin(&self, key: &str, command: &Command, expires: Millis) -> Result<Option<Command>>;

    /// Remembers what a command answered. The first answer stays: it is what comes back. Nothing is remembered
    /// of a command that never began.
    async fn finish(&self, key: &str, answer: &str) -> Result<String>;

    async fn command(&self, key: &str) -> Result<Option<Command>>;

    /// Says that a place (`slack/T1/C1/169.1`, `slack/T1/C1`, `jira/10001`) belongs to a case.
    async fn bind(&self, place: &str, case: &CaseId) -> Result<()>;

    async fn bound(&self, place: &str) -> Result<Option<CaseId>>;

    /// The settings, as the TOML that was put; `None` before the first time.
    async fn settings(&self) -> Result<Option<String>> {
        self.note(SETTINGS).await
    }
}

/// Replaces the settings. Check them before, with [`crate::config::settings::Settings::parse`].
pub async fn put_settings(store: &dyn Store, toml: &str) -> Result<()> {
    let old = store.note(SETTINGS).await?;
    let put = store.swap_note(SETTINGS, old.as_deref(), toml, None).await?;
    // Where an attempt of this very call took effect and its answer was lost, it stands there.
    if !put && store.note(SETTINGS).await?.as_deref() != Some(toml) {
        return Err(Error::Trouble("somebody else changed the settings at this moment".to_owned()));
    }
    // They may mend what waits; it is tried within an hour anyway.
    let woken = agenda::wake(store).await;
    woken.unwrap_or_else(|trouble| tracing::warn!(%trouble, "what waits was not woken"));
    Ok(())
}

/// Reads the record in a note of this name, and what stands in it that this release does not know.
///
/// # Errors
/// [`Error::Unreadable`].
pub(crate) fn read_note<T: Serialize + DeserializeOwned>(name: &str, text: &str) -> Result<(T, Rest)> {
    Ok(record::read(text).map_err(|why| unread_note(name, why))?)
}

/// As [`read_note`], of which everything must be known.
///
/// # Errors
/// [`Error::Unreadable`].
pub(crate) fn read_note_whole<T: Serialize + DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    Ok(record::read_whole(text).map_err(|why| unread_note(name, why))?)
}

/// Reads the answer that stands in the record of a command.
///
/// # Errors
/// [`Error::Unreadable`].
pub(crate) fn read_answer<T: Serialize + DeserializeOwned>(command: &str, text: &str) -> Result<T> {
    let key = || format!("{} answer", item::name_of(&item::command_key(command)));
    Ok(record::read_whole(text).map_err(|why| Unread { key: key(), why })?)
}

fn unread_note(name: &str, why: record::Unreadable) -> Unread {
    Unread { key: format!("{} note", item::name_of(&item::note_key(name))), why }
}

const SETTINGS: &str = "settings";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::UserId;
    use crate::{case::author::Author, state::golden};

    #[test]
    fn what_any_release_told_is_read_as_it_was_meant() {
        let told = |remote: &str, seen| Told {
            remote: remote.to_owned(),
            hash: "58c64f4b7a3b2c1d0e9f".to_owned(),
            seen,
            theirs: false,
        };
        let theirs = Told { theirs: true, ..told("1795668302.000100", Seen::Yes) };
        let nudge = Told { hash: String::new(), ..told("1795668309.000100", Seen::NotYet(0)) };
        golden::check_json(
            "told",
            &[
                ("message", told("1795668301.000100", Seen::NotYet(0))),
                ("message missed twice", told("1795668301.000100", Seen::NotYet(2))),
                ("comment", told("20001", Seen::Yes)),
                ("issue", told("10001/SEC-1", Seen::Yes)),
                ("deleted", told("20001", Seen::Deleted)),
                ("a person's own", theirs),
                ("reminder", nudge),
            ],
        );
    }

    #[test]
    fn a_record_that_lacks_something_or_holds_something_unknown_is_refused_or_kept_whole() {
        golden::damage::<Told>("told", &[], &[]);
        golden::damage::<Saying>("sayings", &["speaker"], &[]);
        golden::later::<Told>("told");
        golden::later::<Saying>("sayings");
    }

    #[test]
    fn what_any_release_noted_before_a_comment_is_read_as_it_was_meant() {
        let slack = Saying {
            command: "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c".to_owned(),
            since: 1_795_669_200_000,
            body_hash: "58c64f4b7a3b2c1d0e9f".to_owned(),
            author: Author::Slack { user: UserId::new("U0ANAEXAMP") },
            speaker: Some("ana (Slack)".to_owned()),
            slack_ts: Some("1795669199.000100".to_owned()),
            jira_comment: None,
            comment: None,
        };
        let jira = Saying {
            author: Author::Jira { name: "Bo Ek".to_owned() },
            speaker: Some("Bo Ek (Jira)".to_owned()),
            slack_ts: None,
            jira_comment: Some("20007".to_owned()),
            comment: Some("100003".to_owned()),
            ..slack.clone()
        };
        let of = |author| Saying { author, ..slack.clone() };
        golden::check_json(
            "sayings",
            &[
                ("typed", Saying { slack_ts: None, speaker: None, ..slack.clone() }),
                ("known as a comment", Saying { comment: Some("100002".to_owned()), ..slack.clone() }),
                ("in Jira", jira),
                ("of AWS", of(Author::AwsResponder)),
                ("of the service", of(Author::Service)),
                ("of an account", of(Author::Principal("111122223333".to_owned()))),
                ("in a thread", slack),
            ],
        );
    }
}
