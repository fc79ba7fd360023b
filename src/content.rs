//! What is told about a case, before it is rendered for anybody?
//!
//! Slack and Jira render the same values: [`crate::slack`] as Block Kit, [`crate::jira`] as ADF.

use serde::{Deserialize, Serialize};

use crate::case::*;

/// One thing that is told in a case's thread and issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// What changed on the case between two looks at it: a line each.
    Changes(Vec<Change>),
    /// A part of the description as it was first told, or as it now stands.
    Description(Part),
    /// A part of a comment.
    Comment {
        /// Who said it.
        author: Author,
        /// Their name, where we wrote it into the comment ourselves: it is shown once.
        speaker: Option<String>,
        /// When it was said.
        at: Seconds,
        /// Its text was changed since.
        edited: bool,
        /// The part of its text.
        part: Part,
    },
    /// A step of the AI agent, as it now stands.
    Investigation {
        /// Its case.
        case: CaseId,
        /// The step.
        step: Investigation,
    },
    /// The case has waited for somebody for too long.
    Nudge {
        /// It waits for the user's own team, otherwise for AWS.
        for_us: bool,
        /// Since when.
        since: Seconds,
    },
    /// Jira does not let the case's issue go where it is to stand.
    NotMoved(NotMoved),
}

/// An issue that Jira does not let go to a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotMoved {
    /// Its key, as `SEC-12`.
    pub issue: String,
    /// The status, or its category.
    pub to: String,
    /// Because of what: a field's name, our own words, or an error code.
    pub why: String,
}

/// A piece of a text that was too long for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Counts from 0.
    pub index: usize,
    /// How many there are.
    pub of: usize,
    /// The piece. Empty where a text became shorter and this part fell away.
    pub text: String,
}

/// Who said a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Author {
    /// An engineer of AWS.
    #[serde(rename = "AwsResponder")]
    AwsResponder,
    /// The service itself, the AI agent among it.
    #[serde(rename = "Service")]
    Service,
    /// A person in Slack, through the bridge.
    #[serde(rename = "Slack")]
    Slack {
        /// The Slack user id.
        #[serde(rename = "user")]
        user: String,
    },
    /// A person in Jira, through the bridge.
    #[serde(rename = "Jira")]
    Jira {
        /// The display name.
        #[serde(rename = "name")]
        name: String,
    },
    /// Anybody else in the user's account: an account id or an ARN.
    #[serde(rename = "Principal")]
    Principal(String),
}

/// What a comment says without the line in which we named its speaker. Whose name stands there otherwise, in whatever
/// words, is a part of what was said.
pub fn unnamed<'a>(body: &'a str, speaker: Option<&str>) -> &'a str {
    let named = speaker.and_then(|speaker| body.strip_prefix(speaker)?.strip_prefix(":\n"));
    named.filter(|words| !words.is_empty()).unwrap_or(body)
}

impl Author {
    /// Reads the service's own spelling of who created a comment.
    pub fn of(creator: &str) -> Self {
        match creator {
            "AWS Responder" => Self::AwsResponder,
            "security-ir.amazonaws.com" => Self::Service,
            other => Self::Principal(other.to_owned()),
        }
    }
}

/// One change of one field. `None` where there was, or is, nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A field with one short value: name as people say it, old, new.
    Field {
        /// `Status`, `Title`, `Resolver`, …
        name: &'static str,
        /// The value before.
        old: Option<String>,
        /// The value now.
        new: Option<String>,
    },
    /// A list: what came and what went.
    List {
        /// `Watchers`, `Accounts`, `Regions`, …
        name: &'static str,
        /// What came.
        added: Vec<String>,
        /// What went.
        removed: Vec<String>,
    },
    /// The description was changed; its parts above were rewritten in place.
    Description,
    /// A file came, or its check ended.
    Attachment {
        /// The service's name of the file.
        name: String,
        /// `Pending`, `Verified` or `Failed`.
        status: String,
        /// The status before; `None` where the file is new.
        old: Option<String>,
    },
}

/// Where else the case can be seen. Each is `None` until it exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The case in the AWS console.
    pub console: Option<String>,
    /// The issue's key, as `SEC-12`.
    pub jira_key: Option<String>,
    /// The issue in the browser.
    pub jira: Option<String>,
    /// The card in Slack.
    pub slack: Option<String>,
}

/// A case as a card or an issue shows it: the case, and what the bridge knows beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The case.
    pub case: Case,
    /// Where else it can be seen.
    pub links: Links,
    /// Since when it waits for whoever must move; `None` where that is not known.
    pub waiting_since: Option<Seconds>,
    /// The AI agent asks something.
    pub agent_waits: bool,
}

/// Marks what we sent, so that it can be found again: unique within a case and a destination.
///
/// Made from what is told, never from time or chance: `card`, `change/3`, `comment/000123/0`, `description/0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How plainly something is rendered. A destination that refuses our rendering gets the next plainer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Plainness {
    /// As designed.
    #[default]
    #[serde(rename = "Full")]
    Full,
    /// The same text without structure.
    #[serde(rename = "Plain")]
    Plain,
    /// One line that names what could not be shown and where to read it.
    #[serde(rename = "Stub")]
    Stub,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_that_we_wrote_is_taken_off() {
        for (body, speaker, shown) in [
            ("ana (Slack):\nIt was Bo", Some("ana (Slack)"), "It was Bo"),
            ("ana (Slack):\nIt was Bo", None, "ana (Slack):\nIt was Bo"),
            ("bo (Slack):\nIt was me", Some("ana (Slack)"), "bo (Slack):\nIt was me"),
            ("ana (Slack):\nbo (Slack):\nme", Some("ana (Slack)"), "bo (Slack):\nme"),
            ("ana (Slack): It was Bo", Some("ana (Slack)"), "ana (Slack): It was Bo"),
            ("ana (Slack):\n", Some("ana (Slack)"), "ana (Slack):\n"),
        ] {
            assert_eq!(unnamed(body, speaker), shown);
        }
    }
}
