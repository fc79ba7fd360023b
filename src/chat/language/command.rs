//! What can a person ask? One value a question, its arguments typed and their shape checked.
//!
//! [`super::grammar`] makes these from a line; buttons and forms make them directly. Nothing here says
//! who may ask, or what the answer is.

use serde::{Deserialize, Serialize};

use crate::{
    case::{
        Actor, CaseId, CommentId, InvestigationId, IssueKey, MembershipId, Responder, Seconds, Status, UserId,
    },
    state::record::stated,
};

/// One line: about which case, and what. Its `Display` is a line that parses to the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandLine {
    /// The case that the person named. `None`: the thread's, else the channel's, else ask with buttons.
    #[serde(rename = "case", deserialize_with = "stated")]
    pub(crate) case: Option<CaseId>,
    /// What is asked.
    #[serde(rename = "ask")]
    pub(crate) command: Command,
}

impl CommandLine {
    /// A comment on a case.
    pub fn comment(case: CaseId, text: String) -> Self {
        Self { case: Some(case), command: Command::Comment { text: Some(text) } }
    }
}

impl Command {
    /// The line that gives this command on one case.
    pub(crate) fn on(self, case: &CaseId) -> CommandLine {
        CommandLine { case: Some(case.clone()), command: self }
    }
}

/// Everything that can be asked. Flags are fields of the question that they belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Command {
    /// `/sir` alone: the action tray of this case; where there is none, the latest open cases as buttons.
    #[serde(rename = "Tray")]
    Tray,
    /// `help [VERB]`
    #[serde(rename = "Help")]
    Help {
        /// The verb as [`super::verbs`] spells it, or the first word of a family: `watch`, `membership new`.
        #[serde(rename = "verb", deserialize_with = "stated")]
        verb: Option<String>,
    },
    /// `whoami`: the person's role and why.
    #[serde(rename = "Whoami")]
    Whoami,
    /// `doctor`: whether every part of the bridge can do its work.
    #[serde(rename = "Doctor")]
    Doctor,

    /// `show [--full]`
    #[serde(rename = "Show")]
    Show {
        /// With the description, every list and the tags.
        #[serde(rename = "full")]
        full: bool,
    },
    /// `list [open|closed|mine]`
    #[serde(rename = "List")]
    List {
        /// `open` where nothing was said.
        #[serde(rename = "which")]
        which: CaseFilter,
    },
    /// `comments [N]`: the latest.
    #[serde(rename = "Comments")]
    Comments {
        /// How many: 1 to 50.
        #[serde(rename = "count")]
        count: u8,
    },
    /// `history [N]`: the latest edits.
    #[serde(rename = "History")]
    History {
        /// How many: 1 to 50.
        #[serde(rename = "count")]
        count: u8,
    },
    /// `new [TITLE]`: opens the form.
    #[serde(rename = "New")]
    New {
        /// 1 to 300 characters: fills the form's title.
        #[serde(rename = "title", deserialize_with = "stated")]
        title: Option<String>,
    },
    /// `comment TEXT`; without a text, the form.
    #[serde(rename = "Comment")]
    Comment {
        /// 1 to 12,000 characters.
        #[serde(rename = "text", deserialize_with = "stated")]
        text: Option<String>,
    },
    /// `amend COMMENT TEXT`: a new text for a comment of one's own.
    #[serde(rename = "Amend")]
    Amend {
        /// Which comment.
        #[serde(rename = "comment")]
        comment: CommentId,
        /// 1 to 12,000 characters.
        #[serde(rename = "text")]
        text: String,
    },
    /// `status [submitted|detect|contain|post]`
    #[serde(rename = "Status")]
    Status {
        /// `None`: show the status, and the legal next ones as buttons. Never one that UpdateCaseStatus cannot set.
        #[serde(rename = "to", deserialize_with = "stated")]
        to: Option<Status>,
    },
    /// `edit`: opens the form with title, description, type and beginnings.
    #[serde(rename = "Edit")]
    Edit,
    /// `title TEXT`
    #[serde(rename = "Title")]
    Title {
        /// 1 to 300 characters, one line.
        #[serde(rename = "text")]
        text: String,
    },
    /// `describe TEXT`
    #[serde(rename = "Describe")]
    Describe {
        /// 1 to 8,000 characters.
        #[serde(rename = "text")]
        text: String,
    },
    /// `type incident|investigation`
    #[serde(rename = "Type")]
    Type {
        /// `Security Incident` or `Investigation`, as the service spells it.
        #[serde(rename = "engagement")]
        engagement: String,
    },
    /// `started WHEN [--reported]`
    #[serde(rename = "Started")]
    Started {
        /// When, resolved against the clock of the moment it was asked.
        #[serde(rename = "at")]
        at: Seconds,
        /// `reportedIncidentStartDate`; otherwise `actualIncidentStartDate`.
        #[serde(rename = "reported")]
        reported: bool,
    },
    /// `metadata KEY=VALUE…`: set, the others stay.
    #[serde(rename = "Metadata")]
    Metadata {
        /// 1 to 30 pairs; key 1 to 500 characters, value 1 to 2,000.
        #[serde(rename = "pairs")]
        pairs: Vec<(String, String)>,
    },
    /// `watch [@user|email…]`
    #[serde(rename = "Watch")]
    Watch {
        /// At most 30. Empty: the person who asks.
        #[serde(rename = "people")]
        people: Vec<PersonRef>,
    },
    /// `unwatch [@user|email…]`
    #[serde(rename = "Unwatch")]
    Unwatch {
        /// At most 30. Empty: the person who asks.
        #[serde(rename = "people")]
        people: Vec<PersonRef>,
    },
    /// `watchers`
    #[serde(rename = "Watchers")]
    Watchers,
    /// `impact add|rm account|region|service V…`
    #[serde(rename = "Impact")]
    Impact {
        /// Add or remove.
        #[serde(rename = "edit")]
        edit: ListEdit,
        /// What.
        #[serde(rename = "what")]
        what: Impact,
    },
    /// `actor add|rm IP [AGENT]`
    #[serde(rename = "Actor")]
    Actor {
        /// Add or remove.
        #[serde(rename = "edit")]
        edit: ListEdit,
        /// The address in the service's form, and the user agent.
        #[serde(rename = "actor")]
        actor: Actor,
    },
    /// `attach`: how to attach a file (the message shortcut does it).
    #[serde(rename = "Attach")]
    Attach,
    /// `files`
    #[serde(rename = "Files")]
    Files,
    /// `get N`: a link to download a file.
    #[serde(rename = "Get")]
    Get {
        /// Which, as `files` numbers them, from 1.
        #[serde(rename = "number")]
        number: u16,
    },
    /// `ai`: the AI agent's investigations.
    #[serde(rename = "Ai")]
    Ai,
    /// `ai useful|useless N [WHY]`
    #[serde(rename = "Rate")]
    Rate {
        /// Which.
        #[serde(rename = "step")]
        step: InvestigationRef,
        /// `USEFUL`, otherwise `NOT_USEFUL`.
        #[serde(rename = "useful")]
        useful: bool,
        /// 1 to 1,000 characters.
        #[serde(rename = "why", deserialize_with = "stated")]
        why: Option<String>,
    },
    /// `tag list`
    #[serde(rename = "Tags")]
    Tags,
    /// `tag add KEY=VALUE…`
    #[serde(rename = "Tag")]
    Tag {
        /// 1 to 200 pairs; key 1 to 128 characters, value 0 to 256.
        #[serde(rename = "pairs")]
        pairs: Vec<(String, String)>,
    },
    /// `tag rm KEY…`
    #[serde(rename = "Untag")]
    Untag {
        /// 1 to 200 keys of 1 to 128 characters.
        #[serde(rename = "keys")]
        keys: Vec<String>,
    },
    /// `close`: final. Asks for confirmation.
    #[serde(rename = "Close")]
    Close,
    /// `resolver aws`: hands the case to AWS, one way. Asks for confirmation.
    #[serde(rename = "Resolver")]
    Resolver,
    /// `jira`: the case's issue.
    #[serde(rename = "Jira")]
    Jira,
    /// `jira link KEY`: this issue is the case's.
    #[serde(rename = "JiraLink")]
    JiraLink {
        /// As `SEC-12`.
        #[serde(rename = "key")]
        key: IssueKey,
    },
    /// `jira open`: makes the issue if there is none.
    #[serde(rename = "JiraOpen")]
    JiraOpen,
    /// `membership VERB …`
    #[serde(rename = "Membership")]
    Membership(MembershipCommand),
    /// `hub VERB …`
    #[serde(rename = "Hub")]
    Hub(HubCommand),
}

/// What can be asked of memberships. A `membership` of `None` is the only one that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MembershipCommand {
    /// `membership list`
    #[serde(rename = "List")]
    List,
    /// `membership show [ID]`
    #[serde(rename = "Show")]
    Show {
        /// Which.
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
    },
    /// `membership accounts [ID] ACCOUNT…`
    #[serde(rename = "Accounts")]
    Accounts {
        /// Which.
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
        /// 1 to 100 account ids.
        #[serde(rename = "accounts")]
        accounts: Vec<String>,
    },
    /// `membership metrics [ID] [FROM [TO]]`: whole days, UTC, both included.
    #[serde(rename = "Metrics")]
    Metrics {
        /// Which.
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
        /// The first day's midnight. Thirty days before `to` where nothing was said.
        #[serde(rename = "from")]
        from: Seconds,
        /// The last day's midnight. Today where nothing was said.
        #[serde(rename = "to")]
        to: Seconds,
    },
    /// `membership new` opens the form; with values it asks for confirmation.
    #[serde(rename = "New")]
    New {
        /// `None`: the form.
        #[serde(rename = "values", deserialize_with = "stated")]
        values: Option<MembershipValues>,
    },
    /// `membership update` opens the form; with values it asks for confirmation.
    #[serde(rename = "Update")]
    Update {
        /// Which.
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
        /// Empty (its default): the form.
        #[serde(rename = "change")]
        change: MembershipUpdate,
    },
    /// `membership cancel [ID]`. Asks for confirmation.
    #[serde(rename = "Cancel")]
    Cancel {
        /// Which.
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
    },
    /// `membership resume [ID]`: undoes a cancellation. Asks for confirmation.
    #[serde(rename = "Resume")]
    Resume {
        /// Which.
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
    },
}

/// What a new membership needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MembershipValues {
    /// 3 to 50 characters.
    #[serde(rename = "name")]
    pub(crate) name: String,
    /// 2 to 10 people.
    #[serde(rename = "team")]
    pub(crate) team: Vec<Responder>,
    /// The opt-in feature `Triage`. `None` leaves it to the service.
    #[serde(rename = "triage", deserialize_with = "stated")]
    pub(crate) triage: Option<bool>,
    /// `None` leaves it to the service.
    #[serde(rename = "whole_organization", deserialize_with = "stated")]
    pub(crate) whole_organization: Option<bool>,
}

/// What UpdateMembership can change. Empty means "leave as it is".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MembershipUpdate {
    /// 3 to 50 characters.
    #[serde(rename = "name", deserialize_with = "stated")]
    pub(crate) name: Option<String>,
    /// 2 to 10 people: they replace the team.
    #[serde(rename = "team")]
    pub(crate) team: Vec<Responder>,
    /// The opt-in feature `Triage`.
    #[serde(rename = "triage", deserialize_with = "stated")]
    pub(crate) triage: Option<bool>,
    /// Whether the membership covers the whole organisation.
    #[serde(rename = "whole_organization", deserialize_with = "stated")]
    pub(crate) whole_organization: Option<bool>,
    /// At most 5 organizational units, as `ou-ab12-cd34ef56`.
    #[serde(rename = "add_units")]
    pub(crate) add_units: Vec<String>,
    /// At most 5 organizational units.
    #[serde(rename = "remove_units")]
    pub(crate) remove_units: Vec<String>,
}

/// What can be asked of Security Hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum HubCommand {
    /// `hub admin`: whose member this account is.
    #[serde(rename = "Admin")]
    Admin,
    /// `hub members`
    #[serde(rename = "Members")]
    Members,
    /// `hub member ACCOUNT…`
    #[serde(rename = "Member")]
    Member {
        /// At least one account id.
        #[serde(rename = "accounts")]
        accounts: Vec<String>,
    },
    /// `hub products`
    #[serde(rename = "Products")]
    Products,
    /// `hub accept ADMIN INVITATION`. Asks for confirmation.
    #[serde(rename = "Accept")]
    Accept {
        /// The administrator's account id.
        #[serde(rename = "administrator")]
        administrator: String,
        /// The invitation's id.
        #[serde(rename = "invitation")]
        invitation: String,
    },
    /// `hub leave`: leaves the administrator. Asks for confirmation.
    #[serde(rename = "Leave")]
    Leave,
}

/// Which investigation of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InvestigationRef {
    /// As `ai` numbers them, from 1.
    #[serde(rename = "Number")]
    Number(u16),
    /// By its id, as the buttons below it do.
    #[serde(rename = "Id")]
    Id(InvestigationId),
}

impl std::fmt::Display for InvestigationRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Id(id) => id.fmt(f),
        }
    }
}

/// Which cases are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CaseFilter {
    /// Not closed.
    #[default]
    #[serde(rename = "Open")]
    Open,
    /// Closed.
    #[serde(rename = "Closed")]
    Closed,
    /// Those that the person made or watches, and that are not closed.
    #[serde(rename = "Mine")]
    Mine,
}

/// Add or remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ListEdit {
    /// Add.
    #[serde(rename = "Add")]
    Add,
    /// Remove.
    #[serde(rename = "Remove")]
    Remove,
}

/// What the incident reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Impact {
    /// 1 to 200 account ids of twelve digits.
    #[serde(rename = "Accounts")]
    Accounts(Vec<String>),
    /// 1 to 50 Regions that the service knows.
    #[serde(rename = "Regions")]
    Regions(Vec<String>),
    /// 1 to 600 service names of 2 to 50 characters.
    #[serde(rename = "Services")]
    Services(Vec<String>),
}

/// Somebody who is to watch, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum PersonRef {
    /// A Slack user id, `U…` or `W…`: whose e-mail address the executor looks up.
    #[serde(rename = "User")]
    User(UserId),
    /// An e-mail address of 6 to 254 characters.
    #[serde(rename = "Email")]
    Email(String),
}
