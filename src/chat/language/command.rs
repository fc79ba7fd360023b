//! What a person can ask, as values: arguments typed and their shape checked. Nothing here says who may ask, or what the
//! answer is.

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
    pub(crate) fn on(self, case: &CaseId) -> CommandLine {
        CommandLine { case: Some(case.clone()), command: self }
    }
}

/// Everything that can be asked; how it is said stands in `table.rs`. Flags are fields of the command that they belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Command {
    /// `/sir` alone: the action tray of this case; where there is none, the latest open cases as buttons.
    #[serde(rename = "Tray")]
    Tray,
    #[serde(rename = "Help")]
    Help {
        /// The verb as [`super::verbs`] spells it, or the first word of a family: `watch`, `membership new`.
        #[serde(rename = "verb", deserialize_with = "stated")]
        verb: Option<String>,
    },
    #[serde(rename = "Whoami")]
    Whoami,
    #[serde(rename = "Doctor")]
    Doctor,

    #[serde(rename = "Show")]
    Show {
        #[serde(rename = "full")]
        full: bool,
    },
    #[serde(rename = "List")]
    List {
        /// `open` where nothing was said.
        #[serde(rename = "which")]
        which: CaseFilter,
    },
    #[serde(rename = "Comments")]
    Comments {
        /// How many: 1 to 50.
        #[serde(rename = "count")]
        count: u8,
    },
    #[serde(rename = "History")]
    History {
        /// How many: 1 to 50.
        #[serde(rename = "count")]
        count: u8,
    },
    #[serde(rename = "New")]
    New {
        /// 1 to 300 characters: fills the form's title.
        #[serde(rename = "title", deserialize_with = "stated")]
        title: Option<String>,
    },
    #[serde(rename = "Comment")]
    Comment {
        /// 1 to 12,000 characters.
        #[serde(rename = "text", deserialize_with = "stated")]
        text: Option<String>,
    },
    #[serde(rename = "Amend")]
    Amend {
        #[serde(rename = "comment")]
        comment: CommentId,
        /// 1 to 12,000 characters.
        #[serde(rename = "text")]
        text: String,
    },
    #[serde(rename = "Status")]
    Status {
        /// `None`: show the status, and the legal next ones as buttons. Never one that UpdateCaseStatus cannot set.
        #[serde(rename = "to", deserialize_with = "stated")]
        to: Option<Status>,
    },
    #[serde(rename = "Edit")]
    Edit,
    #[serde(rename = "Title")]
    Title {
        /// 1 to 300 characters, one line.
        #[serde(rename = "text")]
        text: String,
    },
    #[serde(rename = "Describe")]
    Describe {
        /// 1 to 8,000 characters.
        #[serde(rename = "text")]
        text: String,
    },
    #[serde(rename = "Type")]
    Type {
        /// `Security Incident` or `Investigation`, as the service spells it.
        #[serde(rename = "engagement")]
        engagement: String,
    },
    #[serde(rename = "Started")]
    Started {
        /// When, resolved against the clock of the moment it was asked.
        #[serde(rename = "at")]
        at: Seconds,
        /// Its words, where they hang on the clock of whoever said them; until then it is read as UTC.
        #[serde(rename = "said", default, skip_serializing_if = "Option::is_none")]
        said: Option<String>,
        /// `reportedIncidentStartDate`; otherwise `actualIncidentStartDate`.
        #[serde(rename = "reported")]
        reported: bool,
    },
    #[serde(rename = "Metadata")]
    Metadata {
        /// 1 to 30 pairs; key 1 to 500 characters, value 1 to 2,000.
        #[serde(rename = "pairs")]
        pairs: Vec<(String, String)>,
    },
    #[serde(rename = "Watch")]
    Watch {
        /// At most 30. Empty: the person who asks.
        #[serde(rename = "people")]
        people: Vec<PersonRef>,
    },
    #[serde(rename = "Unwatch")]
    Unwatch {
        /// At most 30. Empty: the person who asks.
        #[serde(rename = "people")]
        people: Vec<PersonRef>,
    },
    #[serde(rename = "Watchers")]
    Watchers,
    #[serde(rename = "Impact")]
    Impact {
        #[serde(rename = "edit")]
        edit: ListEdit,
        #[serde(rename = "what")]
        what: Impact,
    },
    #[serde(rename = "Actor")]
    Actor {
        #[serde(rename = "edit")]
        edit: ListEdit,
        #[serde(rename = "actor")]
        actor: Actor,
    },
    #[serde(rename = "Attach")]
    Attach,
    #[serde(rename = "Files")]
    Files,
    #[serde(rename = "Get")]
    Get {
        /// Which, as `files` numbers them, from 1.
        #[serde(rename = "number")]
        number: u16,
    },
    #[serde(rename = "Ai")]
    Ai,
    #[serde(rename = "Rate")]
    Rate {
        #[serde(rename = "step")]
        step: InvestigationRef,
        /// `USEFUL`, otherwise `NOT_USEFUL`.
        #[serde(rename = "useful")]
        useful: bool,
        /// 1 to 1,000 characters.
        #[serde(rename = "why", deserialize_with = "stated")]
        why: Option<String>,
    },
    #[serde(rename = "Tags")]
    Tags,
    #[serde(rename = "Tag")]
    Tag {
        /// 1 to 200 pairs; key 1 to 128 characters, value 0 to 256.
        #[serde(rename = "pairs")]
        pairs: Vec<(String, String)>,
    },
    #[serde(rename = "Untag")]
    Untag {
        /// 1 to 200 keys of 1 to 128 characters.
        #[serde(rename = "keys")]
        keys: Vec<String>,
    },
    #[serde(rename = "Close")]
    Close,
    #[serde(rename = "Resolver")]
    Resolver,
    /// "I take it".
    #[serde(rename = "Take")]
    Take,
    #[serde(rename = "Owner")]
    Owner {
        /// `None`: who it is.
        #[serde(rename = "to", deserialize_with = "stated")]
        to: Option<OwnerRef>,
    },
    #[serde(rename = "Clock")]
    Clock {
        /// `None`: which there are.
        #[serde(rename = "name", deserialize_with = "stated")]
        name: Option<String>,
        #[serde(rename = "change")]
        change: ClockChange,
    },
    #[serde(rename = "Brief")]
    Brief {
        /// For everybody who reads the place, without what the case says.
        #[serde(rename = "post")]
        post: bool,
    },
    #[serde(rename = "Timeline")]
    Timeline {
        #[serde(rename = "since", deserialize_with = "stated")]
        since: Option<Seconds>,
        /// As [`Self::Started`] has it.
        #[serde(rename = "said", default, skip_serializing_if = "Option::is_none")]
        said: Option<String>,
    },
    #[serde(rename = "Jira")]
    Jira,
    #[serde(rename = "JiraLink")]
    JiraLink {
        /// As `SEC-12`.
        #[serde(rename = "key")]
        key: IssueKey,
    },
    #[serde(rename = "JiraOpen")]
    JiraOpen,
    #[serde(rename = "JiraBack")]
    JiraBack,
    #[serde(rename = "JiraClose")]
    JiraClose {
        #[serde(rename = "key")]
        key: IssueKey,
    },
    #[serde(rename = "Card")]
    Card,
    /// Only some may know of the case from now on.
    #[serde(rename = "Restrict")]
    Restrict {
        #[serde(rename = "people")]
        people: Vec<UserId>,
    },
    /// Everybody with a role may know of it again.
    #[serde(rename = "Unrestrict")]
    Unrestrict,
    #[serde(rename = "Membership")]
    Membership(MembershipCommand),
    #[serde(rename = "Hub")]
    Hub(HubCommand),
}

/// Who is to have a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ClockChange {
    #[serde(rename = "Start")]
    Start {
        /// As it was typed: whose clock it is on is known later. `None`: now.
        #[serde(rename = "from", deserialize_with = "stated")]
        from: Option<String>,
    },
    #[serde(rename = "Stop")]
    Stop,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OwnerRef {
    #[serde(rename = "Person")]
    Person(UserId),
    #[serde(rename = "Nobody")]
    Nobody,
}

/// What can be asked of memberships. A `membership` of `None` is the only one that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MembershipCommand {
    #[serde(rename = "List")]
    List,
    #[serde(rename = "Show")]
    Show {
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
    },
    #[serde(rename = "Accounts")]
    Accounts {
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
        /// 1 to 100 account ids.
        #[serde(rename = "accounts")]
        accounts: Vec<String>,
    },
    /// `membership metrics [ID] [FROM [TO]]`: whole days, UTC, both included.
    #[serde(rename = "Metrics")]
    Metrics {
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
        /// The first day's midnight. Thirty days before `to` where nothing was said.
        #[serde(rename = "from")]
        from: Seconds,
        /// The last day's midnight. Today where nothing was said.
        #[serde(rename = "to")]
        to: Seconds,
    },
    #[serde(rename = "New")]
    New {
        /// `None`: the form.
        #[serde(rename = "values", deserialize_with = "stated")]
        values: Option<MembershipValues>,
    },
    #[serde(rename = "Update")]
    Update {
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
        /// Empty (its default): the form.
        #[serde(rename = "change")]
        change: MembershipUpdate,
    },
    #[serde(rename = "Cancel")]
    Cancel {
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
    },
    #[serde(rename = "Resume")]
    Resume {
        #[serde(rename = "membership", deserialize_with = "stated")]
        membership: Option<MembershipId>,
    },
}

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
    #[serde(rename = "triage", deserialize_with = "stated")]
    pub(crate) triage: Option<bool>,
    #[serde(rename = "whole_organization", deserialize_with = "stated")]
    pub(crate) whole_organization: Option<bool>,
    /// At most 5 organizational units, as `ou-ab12-cd34ef56`.
    #[serde(rename = "add_units")]
    pub(crate) add_units: Vec<String>,
    /// At most 5 organizational units.
    #[serde(rename = "remove_units")]
    pub(crate) remove_units: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum HubCommand {
    #[serde(rename = "Admin")]
    Admin,
    #[serde(rename = "Members")]
    Members,
    #[serde(rename = "Member")]
    Member {
        #[serde(rename = "accounts")]
        accounts: Vec<String>,
    },
    #[serde(rename = "Products")]
    Products,
    #[serde(rename = "Accept")]
    Accept {
        #[serde(rename = "administrator")]
        administrator: String,
        #[serde(rename = "invitation")]
        invitation: String,
    },
    #[serde(rename = "Leave")]
    Leave,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InvestigationRef {
    /// As `ai` numbers them, from 1.
    #[serde(rename = "Number")]
    Number(u16),
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CaseFilter {
    #[default]
    #[serde(rename = "Open")]
    Open,
    #[serde(rename = "Closed")]
    Closed,
    /// Those that the person made or watches, and that are not closed.
    #[serde(rename = "Mine")]
    Mine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ListEdit {
    #[serde(rename = "Add")]
    Add,
    #[serde(rename = "Remove")]
    Remove,
}

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

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum PersonRef {
    /// A Slack user id, `U…` or `W…`: whose e-mail address the executor looks up.
    #[serde(rename = "User")]
    User(UserId),
    /// An e-mail address of 6 to 254 characters.
    #[serde(rename = "Email")]
    Email(String),
}
