//! What is told about a case, before it is rendered for anybody?
//! Slack and Jira render the same values: [`crate::targets::slack`] as Block Kit, [`crate::targets::jira`] as ADF.

use serde::{Deserialize, Serialize};

use crate::{
    case::{author::Author, snapshot::Change, *},
    state::{
        key::Key,
        notes::{MovedByHand, Opened},
        owner::Owner,
    },
};

/// One thing that is told in a case's thread and issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// What changed on the case between two looks at it: a line each, and whom that it was closed calls.
    Changes(Vec<ToldChange>, Option<Box<Call>>),
    /// A part of the description as it was first told, or as it now stands.
    Description(Part),
    Comment {
        author: Author,
        /// Their name, where we wrote it into the comment ourselves: it is shown once.
        speaker: Option<String>,
        at: Seconds,
        /// When it was last made to say something else; none where it says what it said.
        edited: Option<Seconds>,
        part: Part,
        /// The call that the message makes as well: what was said and that somebody is needed are one.
        call: Option<Box<Call>>,
    },
    Investigation {
        case: CaseId,
        step: Investigation,
        /// The same of a step that waits for an answer.
        call: Option<Box<Call>>,
    },
    Nudge {
        /// It waits for the user's own team, otherwise for AWS.
        for_us: bool,
        since: Seconds,
    },
    /// What one target has to say where the others are read.
    Notice(Notice),
    /// Somebody is needed.
    Call(Call),
    /// Somebody took the case, or was given it.
    Taken(Owner),
    /// An alert rings, or becomes something else: for a pager alone.
    Page(Page, PageStep),
}

/// Something that may wake somebody, as long as it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Names the alert: `overdue/1795668300`.
    pub name: String,
    pub moment: Moment,
    pub at: Seconds,
    /// It is time to ring.
    pub due: bool,
    /// Somebody has the case, or answered.
    pub taken: bool,
}

/// What becomes of an alert, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageStep {
    Trigger,
    Acknowledge,
    Resolve,
}

impl PageStep {
    const ALL: [Self; 3] = [Self::Trigger, Self::Acknowledge, Self::Resolve];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolve",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// A line that calls somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What is told under it is told once.
    pub key: Key,
    pub moment: Moment,
    /// Since when it is so.
    pub at: Seconds,
    pub whom: Vec<Called>,
    /// The last word of AWS, or the case's title: what a locked phone is to show.
    pub quote: Option<String>,
    /// Under which key its words are told: what is not told yet calls by its own message.
    pub about: Option<Key>,
    /// Whoever looks at the channel is to see it.
    pub loud: bool,
    /// Which rule of the settings named them, counted from 1; 0 where none did.
    pub rule: usize,
    /// What its readers are told of those who are not called, a remark each.
    pub remarks: Vec<String>,
}

impl Content {
    /// The call that it makes.
    pub(crate) fn call(&self) -> Option<&Call> {
        match self {
            Self::Call(call) => Some(call),
            Self::Comment { call, .. } | Self::Investigation { call, .. } | Self::Changes(_, call) => {
                call.as_deref()
            }
            Self::Description(_) | Self::Nudge { .. } | Self::Notice(_) | Self::Taken(_) | Self::Page(..) => {
                None
            }
        }
    }
}

/// Why somebody is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    NewCase,
    YourMove,
    AwsSpoke,
    Overdue,
    Closed,
    /// A deadline of a clock is near, or now.
    Deadline,
}

impl Moment {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NewCase => "new_case",
            Self::YourMove => "your_move",
            Self::AwsSpoke => "aws",
            Self::Overdue => "overdue",
            Self::Closed => "closed",
            Self::Deadline => "deadline",
        }
    }
}

/// Who is called, as far as it is known before anybody is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Called {
    Member(MemberId),
    Email(String),
}

/// What was said last of what waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastWord {
    pub author: Author,
    pub at: Seconds,
    pub text: String,
}

/// A change, and whose doing it was, where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldChange {
    pub change: Change,
    pub by: Option<Doer>,
}

/// Who made a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doer {
    pub author: Author,
    /// How they are called, for those who cannot look an id up; empty where the author says it.
    pub name: String,
}

impl Doer {
    /// Of whoever opened a case, where that is known.
    pub(crate) fn opening(opened: Option<&Opened>) -> Option<Self> {
        let Opened { who, name } = opened?;
        Some(Self { author: who.clone()?, name: name.clone() })
    }
}

/// What became, or is to become, of an issue, of a thread, or of what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Jira does not let it go to a status, or its category, because of a field, our own words, or an error code.
    NotMoved {
        issue: IssueKey,
        to: String,
        why: String,
    },
    /// The case's owner did not become its assignee, in our own words or for an error code.
    NotAssigned {
        issue: IssueKey,
        why: String,
    },
    /// A file of the case was not copied to this place, in our own words or for an error code.
    NotCopied {
        file: String,
        to: String,
        why: String,
    },
    Moved {
        case: CaseId,
        issue: IssueKey,
        moved: MovedByHand,
        stands: Status,
    },
    /// It was deleted, or is hidden from us.
    Lost {
        issue: IssueKey,
        case: CaseId,
    },
    /// We made another for the case as well, which is set aside.
    Spare {
        case: CaseId,
        issue: IssueKey,
        spare: IssueKey,
    },
    /// It bears the case's label, and nothing proves that we made it.
    Strange {
        case: CaseId,
        issue: IssueKey,
        strange: IssueKey,
    },
    NoThread {
        case: CaseId,
    },
    /// What the table holds of the case is forgotten then.
    Forgets {
        case: CaseId,
        at: Seconds,
    },
}

/// Something that is said once where all read it, and that belongs to no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    Membership {
        id: MembershipId,
        /// As it is now, where it can be read.
        membership: Option<Box<Membership>>,
        happened: &'static str,
    },
    Broken {
        title: &'static str,
    },
    /// People closed the place in which a case is told; `None` for one that only some may know of.
    Shut {
        case: Option<CaseId>,
        place: String,
    },
}

/// A piece of a text that was too long for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Counts from 0.
    pub index: usize,
    pub of: usize,
    /// The piece. Empty where a text became shorter and this part fell away.
    pub text: String,
}

/// Where else the case can be seen. Each is `None` until it exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    pub console: Option<String>,
    pub jira_key: Option<IssueKey>,
    pub jira: Option<String>,
    pub slack: Option<String>,
}

/// A case as a card or an issue shows it: the case, and what the bridge knows beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub case: Case,
    pub links: Links,
    /// Since when it waits for whoever must move; `None` where that is not known.
    pub waiting_since: Option<Seconds>,
    /// The service waits for the user still, though they have the last word.
    pub answered: bool,
    pub agent_waits: bool,
    /// Who took it.
    pub owner: Option<Owner>,
    /// Who opened it; `None` where nobody says.
    pub opened: Option<Doer>,
    pub last_word: Option<LastWord>,
}

#[cfg(test)]
impl View {
    /// A case of which nothing more is known than since when it waits.
    pub(crate) fn waiting(case: Case, links: Links, since: Seconds) -> Self {
        let waiting_since = Some(since);
        Self {
            case,
            links,
            waiting_since,
            answered: false,
            agent_waits: false,
            owner: None,
            opened: None,
            last_word: None,
        }
    }
}

impl View {
    /// Whether the user's own team is to move, on a case that is open.
    pub(crate) fn is_ours(&self) -> bool {
        let Case { resolver, waits_for_customer, .. } = self.case;
        resolver == Resolver::Own || self.agent_waits || waits_for_customer && !self.answered
    }
}
