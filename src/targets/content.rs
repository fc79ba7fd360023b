//! What is told about a case, before it is rendered for anybody?
//!
//! Slack and Jira render the same values: [`crate::targets::slack`] as Block Kit, [`crate::targets::jira`] as ADF.

use serde::{Deserialize, Serialize};

use crate::case::{author::Author, snapshot::Change, *};

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
    /// What one target has to say where the others are read.
    Notice(Notice),
}

/// What became of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Jira does not let it go to a status, or its category, because of a field, our own words, or an error code.
    NotMoved { issue: IssueKey, to: String, why: String },
    /// It was deleted, or is hidden from us.
    Lost { issue: IssueKey, case: CaseId },
}

/// Something that is said once where all read it, and that belongs to no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// Something became of a membership.
    Membership {
        /// Which.
        id: MembershipId,
        /// As it is now, where it can be read.
        membership: Option<Box<Membership>>,
        /// `Membership Created`, …
        happened: &'static str,
    },
    /// A target refuses us.
    Broken {
        /// What people call it.
        title: &'static str,
    },
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

/// Where else the case can be seen. Each is `None` until it exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The case in the AWS console.
    pub console: Option<String>,
    /// The issue's key.
    pub jira_key: Option<IssueKey>,
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
