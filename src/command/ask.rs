//! What can a person ask? One value a question, its arguments typed and their shape checked.
//!
//! [`super::grammar`] makes these from a line; buttons and forms make them directly. Nothing here says
//! who may ask, or what the answer is.

use serde::{Deserialize, Serialize};

use crate::case::{Actor, CaseId, CommentId, InvestigationId, MembershipId, Responder, Seconds, Status};

/// One line: about which case, and what. Its `Display` is a line that parses to the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The case that the person named. `None`: the thread's, else the channel's, else ask with buttons.
    pub case: Option<CaseId>,
    /// What is asked.
    pub ask: Ask,
}

/// Everything that can be asked. Flags are fields of the question that they belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// `/sir` alone: the action tray of this case; where there is none, the latest open cases as buttons.
    Tray,
    /// `help [VERB]`
    Help {
        /// The verb as [`super::verbs`] spells it, or the first word of a family: `watch`, `membership new`.
        verb: Option<String>,
    },
    /// `whoami`: the person's role and why.
    Whoami,
    /// `doctor`: whether every part of the bridge can do its work.
    Doctor,

    /// `show [--full]`
    Show {
        /// With the description, every list and the tags.
        full: bool,
    },
    /// `list [open|closed|mine]`
    List {
        /// `open` where nothing was said.
        which: Which,
    },
    /// `comments [N]`: the latest.
    Comments {
        /// How many: 1 to 50.
        count: u8,
    },
    /// `history [N]`: the latest edits.
    History {
        /// How many: 1 to 50.
        count: u8,
    },
    /// `new [TITLE]`: opens the form.
    New {
        /// 1 to 300 characters: fills the form's title.
        title: Option<String>,
    },
    /// `comment TEXT`; without a text, the form.
    Comment {
        /// 1 to 12,000 characters.
        text: Option<String>,
    },
    /// `amend COMMENT TEXT`: a new text for a comment of one's own.
    Amend {
        /// Which comment.
        comment: CommentId,
        /// 1 to 12,000 characters.
        text: String,
    },
    /// `status [submitted|detect|contain|post]`
    Status {
        /// `None`: show the status, and the legal next ones as buttons. Never one that UpdateCaseStatus cannot set.
        to: Option<Status>,
    },
    /// `edit`: opens the form with title, description, type and beginnings.
    Edit,
    /// `title TEXT`
    Title {
        /// 1 to 300 characters, one line.
        text: String,
    },
    /// `describe TEXT`
    Describe {
        /// 1 to 8,000 characters.
        text: String,
    },
    /// `type incident|investigation`
    Type {
        /// `Security Incident` or `Investigation`, as the service spells it.
        engagement: String,
    },
    /// `started WHEN [--reported]`
    Started {
        /// When, resolved against the clock of the moment it was asked.
        at: Seconds,
        /// `reportedIncidentStartDate`; otherwise `actualIncidentStartDate`.
        reported: bool,
    },
    /// `metadata KEY=VALUE…`: set, the others stay.
    Metadata {
        /// 1 to 30 pairs; key 1 to 500 characters, value 1 to 2,000.
        pairs: Vec<(String, String)>,
    },
    /// `watch [@user|email…]`
    Watch {
        /// At most 30. Empty: the person who asks.
        people: Vec<Person>,
    },
    /// `unwatch [@user|email…]`
    Unwatch {
        /// At most 30. Empty: the person who asks.
        people: Vec<Person>,
    },
    /// `watchers`
    Watchers,
    /// `impact add|rm account|region|service V…`
    Impact {
        /// Add or remove.
        edit: Edit,
        /// What.
        what: Impact,
    },
    /// `actor add|rm IP [AGENT]`
    Actor {
        /// Add or remove.
        edit: Edit,
        /// The address in the service's form, and the user agent.
        actor: Actor,
    },
    /// `attach`: how to attach a file (the message shortcut does it).
    Attach,
    /// `files`
    Files,
    /// `get N`: a link to download a file.
    Get {
        /// Which, as `files` numbers them, from 1.
        number: u16,
    },
    /// `ai`: the AI agent's investigations.
    Ai,
    /// `ai useful|useless N [WHY]`
    Rate {
        /// Which.
        step: Step,
        /// `USEFUL`, otherwise `NOT_USEFUL`.
        useful: bool,
        /// 1 to 1,000 characters.
        why: Option<String>,
    },
    /// `tag list`
    Tags,
    /// `tag add KEY=VALUE…`
    Tag {
        /// 1 to 200 pairs; key 1 to 128 characters, value 0 to 256.
        pairs: Vec<(String, String)>,
    },
    /// `tag rm KEY…`
    Untag {
        /// 1 to 200 keys of 1 to 128 characters.
        keys: Vec<String>,
    },
    /// `close`: final. Asks for confirmation.
    Close,
    /// `resolver aws`: hands the case to AWS, one way. Asks for confirmation.
    Resolver,
    /// `jira`: the case's issue.
    Jira,
    /// `jira link KEY`: this issue is the case's.
    JiraLink {
        /// As `SEC-12`.
        key: String,
    },
    /// `jira open`: makes the issue if there is none.
    JiraOpen,
    /// `membership VERB …`
    Membership(Membership),
    /// `hub VERB …`
    Hub(Hub),
}

/// What can be asked of memberships. A `membership` of `None` is the only one that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Membership {
    /// `membership list`
    List,
    /// `membership show [ID]`
    Show {
        /// Which.
        membership: Option<MembershipId>,
    },
    /// `membership accounts [ID] ACCOUNT…`
    Accounts {
        /// Which.
        membership: Option<MembershipId>,
        /// 1 to 100 account ids.
        accounts: Vec<String>,
    },
    /// `membership metrics [ID] [FROM [TO]]`: whole days, UTC, both included.
    Metrics {
        /// Which.
        membership: Option<MembershipId>,
        /// The first day's midnight. Thirty days before `to` where nothing was said.
        from: Seconds,
        /// The last day's midnight. Today where nothing was said.
        to: Seconds,
    },
    /// `membership new` opens the form; with values it asks for confirmation.
    New {
        /// `None`: the form.
        values: Option<NewMembership>,
    },
    /// `membership update` opens the form; with values it asks for confirmation.
    Update {
        /// Which.
        membership: Option<MembershipId>,
        /// Empty (its default): the form.
        change: MembershipChange,
    },
    /// `membership cancel [ID]`. Asks for confirmation.
    Cancel {
        /// Which.
        membership: Option<MembershipId>,
    },
    /// `membership resume [ID]`: undoes a cancellation. Asks for confirmation.
    Resume {
        /// Which.
        membership: Option<MembershipId>,
    },
}

/// What a new membership needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMembership {
    /// 3 to 50 characters.
    pub name: String,
    /// 2 to 10 people.
    pub team: Vec<Responder>,
    /// The opt-in feature `Triage`. `None` leaves it to the service.
    pub triage: Option<bool>,
    /// `None` leaves it to the service.
    pub whole_organization: Option<bool>,
}

/// What UpdateMembership can change. Empty means "leave as it is".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipChange {
    /// 3 to 50 characters.
    pub name: Option<String>,
    /// 2 to 10 people: they replace the team.
    pub team: Vec<Responder>,
    /// The opt-in feature `Triage`.
    pub triage: Option<bool>,
    /// Whether the membership covers the whole organisation.
    pub whole_organization: Option<bool>,
    /// At most 5 organizational units, as `ou-ab12-cd34ef56`.
    pub add_units: Vec<String>,
    /// At most 5 organizational units.
    pub remove_units: Vec<String>,
}

/// What can be asked of Security Hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hub {
    /// `hub admin`: whose member this account is.
    Admin,
    /// `hub members`
    Members,
    /// `hub member ACCOUNT…`
    Member {
        /// At least one account id.
        accounts: Vec<String>,
    },
    /// `hub products`
    Products,
    /// `hub accept ADMIN INVITATION`. Asks for confirmation.
    Accept {
        /// The administrator's account id.
        administrator: String,
        /// The invitation's id.
        invitation: String,
    },
    /// `hub leave`: leaves the administrator. Asks for confirmation.
    Leave,
}

/// Which investigation of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// As `ai` numbers them, from 1.
    Number(u16),
    /// By its id, as the buttons below it do.
    Id(InvestigationId),
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Id(id) => id.fmt(f),
        }
    }
}

/// Which cases are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    /// Not closed.
    #[default]
    Open,
    /// Closed.
    Closed,
    /// Those that the person made or watches, and that are not closed.
    Mine,
}

/// Add or remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    /// Add.
    Add,
    /// Remove.
    Remove,
}

/// What the incident reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Impact {
    /// 1 to 200 account ids of twelve digits.
    Accounts(Vec<String>),
    /// 1 to 50 Regions that the service knows.
    Regions(Vec<String>),
    /// 1 to 600 service names of 2 to 50 characters.
    Services(Vec<String>),
}

/// Somebody who is to watch, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Person {
    /// A Slack user id, `U…` or `W…`: whose e-mail address the executor looks up.
    User(String),
    /// An e-mail address of 6 to 254 characters.
    Email(String),
}
