//! What is to be done at the queue? One verified act of one person, as a value that survives the way there.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ask::Line;
use crate::{case::Millis, text};

/// One act of one person, verified, not yet authorised.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Which act it was: a trigger id, a message's channel and `ts`. The same act always has the same.
    pub act: String,
    /// The workspace. Empty for Jira.
    pub team: String,
    /// Who did it: a Slack user id. Empty for Jira.
    pub user: String,
    /// Where it was done.
    pub place: Place,
    /// What was done.
    pub did: Did,
    /// Where the answer goes. Whoever knows it can post: it is a secret.
    pub response_url: Option<String>,
    /// The answer replaces the message that holds the button.
    #[serde(default)]
    pub replaces: bool,
    /// When the door took it.
    pub at: Millis,
}

/// Where something was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The channel. Empty on the home tab, and for Jira.
    pub channel: String,
    /// The thread, by its first message's `ts`.
    pub thread: Option<String>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Did {
    /// A line was typed, or a button that holds one was pressed.
    Asked {
        /// What it says.
        line: Line,
        /// As it was typed: it is given back with an error.
        typed: String,
    },
    /// A confirmation's button was pressed; the value is what the button held.
    Confirmed {
        /// The button's value.
        value: String,
    },
    /// A message was written in a case's thread or channel.
    Said {
        /// Its `ts`.
        ts: String,
        /// What it says, as mrkdwn.
        text: String,
        /// Names of the files on it.
        files: Vec<String>,
    },
    /// A message was edited in a case's thread or channel.
    Amended {
        /// Its `ts`: the message's, not the edit's.
        ts: String,
        /// What it says now, as mrkdwn.
        text: String,
    },
    /// Something happened to an issue.
    JiraChanged {
        /// The issue's id.
        issue: String,
    },
}

impl Did {
    /// Tells acts apart that have the same id: a mention is a message as well.
    fn kind(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Confirmed { .. } => "confirmed",
            Self::Said { .. } => "said",
            Self::Amended { .. } => "amended",
            Self::JiraChanged { .. } => "jira",
        }
    }
}

impl Job {
    /// Names what the person did: 64 hexadecimal digits. It is the queue's deduplication id, the record's key and
    /// the service's `clientToken`.
    pub fn key(&self) -> String {
        let named = [&self.team, &self.user, &self.act, self.did.kind()].join("|");
        text::hex(&Sha256::digest(named.as_bytes()))
    }

    /// What is done one after the other: the acts on one case, else in one thread, channel or issue.
    pub fn group(&self) -> String {
        match (&self.did, &self.place.thread) {
            (Did::Asked { line: Line { case: Some(case), .. }, .. }, _) => format!("case/{case}"),
            (Did::JiraChanged { issue }, _) => format!("jira/{issue}"),
            (_, Some(thread)) => format!("slack/{}/{}/{thread}", self.team, self.place.channel),
            (_, None) => format!("slack/{}/{}", self.team, self.place.channel),
        }
    }
}

/// Tells which act it is and nothing of what was said.
impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {} in {}", self.did.kind(), self.user, self.place.channel)
    }
}
