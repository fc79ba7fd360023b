//! Which act of somebody a job is for, and the key under which that act is done once.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::case::{ChannelId, FileId, IssueCommentId, IssueId, TriggerId, Ts, ViewId, text};

const FORM: &str = "form/";
const FILES: &str = "/files";
const DELETED: &str = "deleted";

/// Names one act of one person: the same act always has the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActId(String);

impl ActId {
    pub(crate) fn of_trigger(trigger: &TriggerId) -> Self {
        Self(trigger.as_str().to_owned())
    }

    /// Opening a form and sending it are one act each.
    pub(crate) fn of_form(view: &ViewId) -> Self {
        Self(format!("{FORM}{view}"))
    }

    pub(crate) fn of_message(channel: &ChannelId, ts: &Ts) -> Self {
        Self(format!("{channel}/{ts}"))
    }

    pub(crate) fn of_edit(channel: &ChannelId, ts: &Ts, edit: &Ts) -> Self {
        Self(format!("{channel}/{ts}/{edit}"))
    }

    /// That an edit was found, whatever its event brought: that may have come before its message's.
    pub(crate) fn of_found_edit(channel: &ChannelId, ts: &Ts, edit: &Ts) -> Self {
        Self(format!("{channel}/{ts}/{edit}/found"))
    }

    pub(crate) fn of_deletion(channel: &ChannelId, ts: &Ts) -> Self {
        Self(format!("{channel}/{ts}/{DELETED}"))
    }

    /// The message that this act wrote or edited; `None` where it is no message's.
    pub(crate) fn message(&self) -> Option<Ts> {
        let ts = self.0.split('/').nth(1).map(Ts::new)?;
        (ts.millis() > 0).then_some(ts)
    }

    /// That the message was deleted which this act wrote, edited or brought files with.
    pub(crate) fn deletion(&self) -> Self {
        let mut parts = self.0.splitn(3, '/');
        let mut part = || parts.next().unwrap_or_default();
        Self(format!("{}/{}/{DELETED}", part(), part()))
    }

    pub(crate) fn of_home(opened: Option<&Ts>) -> Self {
        Self(format!("home/{}", opened.map_or("", Ts::as_str)))
    }

    /// `at`: when something happened to the issue, in milliseconds since 1970.
    pub(crate) fn of_issue(issue: &IssueId, at: i64) -> Self {
        Self(format!("{issue}/{at}"))
    }

    /// A file that hangs on an issue, whatever news brought it.
    pub(crate) fn of_issue_file(issue: &IssueId, file: &FileId) -> Self {
        Self(format!("{issue}/{file}/file"))
    }

    /// When that happened in Jira, by its clock, of which a webhook told.
    pub(crate) fn happened(&self) -> Option<i64> {
        self.0.rsplit_once('/').and_then(|(_, at)| at.parse().ok()).filter(|at| *at > 0)
    }

    /// The files of a message follow its words, in a job of their own.
    pub(crate) fn files(&self) -> Self {
        Self(format!("{}{FILES}", self.0))
    }

    pub(crate) fn is_of_files(&self) -> bool {
        self.0.ends_with(FILES)
    }

    pub(crate) fn is_of_form(&self) -> bool {
        self.0.starts_with(FORM)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names what is done once: the queue's deduplication id, the record's key and the service's `clientToken`. 64 hexadecimal
/// digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandKey(String);

impl CommandKey {
    pub(crate) fn known(key: String) -> Self {
        Self(key)
    }

    pub(crate) fn of(named: impl AsRef<[u8]>) -> Self {
        Self(text::hex(&Sha256::digest(named)))
    }

    pub(crate) fn of_issue_comment(issue: &IssueId, comment: &IssueCommentId) -> Self {
        Self::of(format!("jira|{issue}|{comment}"))
    }

    pub(crate) fn of_issue_edit(issue: &IssueId, comment: &IssueCommentId, updated: &str) -> Self {
        Self::of(format!("jira|{issue}|{comment}|{updated}"))
    }

    /// That what is called so was taken back, as it was changed at this time.
    pub(crate) fn of_issue_withdrawal(issue: &IssueId, comment: &str, updated: &str) -> Self {
        Self::of(format!("jira|{issue}|{comment}|withdrawn|{updated}"))
    }

    /// A part of what is done; the first has the command's own key.
    pub(crate) fn part(&self, index: usize) -> Self {
        match index {
            0 => self.clone(),
            _ => Self::of(format!("{}|{index}", self.0)),
        }
    }

    /// As the store and the service take it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<CommandKey> for String {
    fn from(key: CommandKey) -> Self {
        key.0
    }
}

impl fmt::Display for CommandKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
