//! What a line of an exported timeline says.

use casebridge::{
    case::{Case, Millis, Seconds, Ts},
    telemetry::audit::AuditLine,
};
use serde::Serialize;

/// One line: when it happened, where somebody knows, and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// UTC.
    pub at: Option<String>,
    #[serde(flatten)]
    pub what: EntryKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntryKind {
    /// Who exported it, with what.
    Export {
        by: String,
        tool: String,
    },
    /// Something that could not be read, so that it is not in the export.
    Missing {
        what: String,
        why: String,
    },
    /// As the service had it at that moment; its times are seconds since 1970.
    Case {
        case: Box<Case>,
        tags: Vec<(String, String)>,
    },
    /// How somebody was called at that moment.
    Person {
        id: String,
        name: String,
    },
    /// Where the case is told.
    Place {
        target: String,
        place: String,
        name: String,
    },
    Owner {
        user: String,
        name: String,
    },
    /// A line of ListCaseEdits.
    Edit {
        principal: String,
        action: String,
        message: String,
    },
    Comment(ExportedComment),
    /// A step of AWS's agent, which the service keeps for 90 days.
    Investigation(ExportedStep),
    File(ExportedFile),
    Told(ToldLine),
    /// Who set what through Casebridge in the last day, by the record.
    Deed {
        who: String,
        name: String,
        fields: Vec<String>,
    },
    /// A line of the audit trail.
    Act {
        line: AuditLine,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedComment {
    pub id: String,
    /// Whom the service names.
    pub creator: String,
    /// When it was last edited.
    pub updated: Option<String>,
    pub body: String,
    /// What it said before, by the record, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierText>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EarlierText {
    pub until: String,
    /// Who put something else in its place.
    pub by: String,
    pub withdrawn: bool,
    /// Left out where it was withdrawn and nobody asked for it.
    pub text: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedStep {
    pub id: String,
    pub step: String,
    pub title: String,
    pub content: String,
    pub status: String,
    pub feedback: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedFile {
    pub id: String,
    pub name: String,
    pub status: String,
    pub creator: String,
    #[serde(flatten)]
    pub fetched: Fetched,
}

/// What became of a file's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Fetched {
    Here { path: String, bytes: u64, sha256: String },
    Not { not_fetched: String },
}

/// What stands in Slack or Jira: by the ledger, its key says what it tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToldLine {
    pub target: String,
    pub key: String,
    /// The message's `ts`, the comment's id.
    pub remote: String,
    /// Whether Casebridge put it there, or a person.
    pub by: &'static str,
    /// How the last check saw it.
    pub seen: &'static str,
    pub hash: String,
}

impl TimelineEntry {
    pub fn at(at: Millis, what: EntryKind) -> Self {
        Self { at: Some(AuditLine::time(at)), what }
    }

    pub fn seconds(at: impl Into<Option<Seconds>>, what: EntryKind) -> Self {
        Self { at: at.into().map(moment), what }
    }

    /// A message of Slack's says when it was posted.
    pub fn ts(ts: &str, what: EntryKind) -> Self {
        let at = Ts::new(ts).millis();
        Self { at: (at > 0).then(|| AuditLine::time(at)), what }
    }

    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

pub fn moment(seconds: Seconds) -> String {
    AuditLine::time(seconds.saturating_mul(1_000))
}

/// In the order of a timeline: first how things stand, then what happened by its time, at last what has no time.
pub fn sort(entries: &mut [TimelineEntry]) {
    entries.sort_by_key(|entry| {
        let rank = match entry.what {
            EntryKind::Export { .. } => 0,
            EntryKind::Missing { .. } => 1,
            EntryKind::Case { .. } => 2,
            EntryKind::Person { .. } => 3,
            EntryKind::Place { .. } => 4,
            _ if entry.at.is_some() => 5,
            _ => 6,
        };
        // Of one second, comments stand as they were numbered.
        let number = match &entry.what {
            EntryKind::Comment(comment) => comment.id.clone(),
            _ => String::new(),
        };
        (rank, entry.at.clone(), number)
    });
}
