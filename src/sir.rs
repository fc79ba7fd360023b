//! What can be asked of Security Incident Response, and what does it answer? Every operation as a value.

use std::time::Duration;

use crate::case::*;

/// A page of a list: at most 25 items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the service's order, which it does not document.
    pub items: Vec<T>,
    /// Asks for the next page; `None` at the end.
    pub next: Option<String>,
}

/// What a new case needs. Limits as in [`Case`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// Makes a repetition harmless: 1 to 255 characters.
    pub token: String,
    /// Who works it.
    pub resolver: Resolver,
    /// 1 to 300 characters.
    pub title: String,
    /// 1 to 8,000 characters.
    pub description: String,
    /// `Security Incident` or `Investigation`.
    pub engagement: String,
    /// When the incident is said to have begun.
    pub reported_start: Seconds,
    /// At most 200.
    pub accounts: Vec<String>,
    /// At most 30.
    pub watchers: Vec<Watcher>,
    /// At most 200.
    pub actors: Vec<Actor>,
    /// At most 600.
    pub services: Vec<String>,
    /// At most 50.
    pub regions: Vec<String>,
    /// At most 200 pairs.
    pub tags: Vec<(String, String)>,
}

/// What UpdateCase can change. Empty means "leave as it is".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseChange {
    /// 1 to 300 characters.
    pub title: Option<String>,
    /// 1 to 8,000 characters.
    pub description: Option<String>,
    /// When the incident is said to have begun.
    pub reported_start: Option<Seconds>,
    /// When it was found to have begun.
    pub actual_start: Option<Seconds>,
    /// `Security Incident` or `Investigation`.
    pub engagement: Option<String>,
    /// At most 30 at once and in all.
    pub add_watchers: Vec<Watcher>,
    /// Matched by e-mail.
    pub remove_watchers: Vec<Watcher>,
    /// At most 200.
    pub add_actors: Vec<Actor>,
    /// At most 200.
    pub remove_actors: Vec<Actor>,
    /// At most 600.
    pub add_services: Vec<String>,
    /// At most 600.
    pub remove_services: Vec<String>,
    /// At most 50.
    pub add_regions: Vec<String>,
    /// At most 50.
    pub remove_regions: Vec<String>,
    /// At most 200.
    pub add_accounts: Vec<String>,
    /// At most 200.
    pub remove_accounts: Vec<String>,
    /// 1 to 30 pairs, or empty to leave as they are.
    pub metadata: Vec<(String, String)>,
}

/// One call of the API, as a value: it can be printed, compared and counted before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is an operation of the API and carries that operation's input")]
pub enum Call {
    GetCase { case: CaseId },
    ListComments { case: CaseId, next: Option<String> },
    ListCaseEdits { case: CaseId, next: Option<String> },
    ListInvestigations { case: CaseId, next: Option<String> },
    ListCases { next: Option<String> },
    GetMembership { membership: MembershipId },
    CreateCaseComment { case: CaseId, body: String, token: String },
    UpdateCaseStatus { case: CaseId, status: Status },
    UpdateCase { case: CaseId, change: Box<CaseChange> },
    CloseCase { case: CaseId },
}

/// What a call answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the answer of the operations that its name says")]
pub enum Answer {
    Case(Box<Case>),
    Comments(Page<Comment>),
    Edits(Page<Edit>),
    Investigations(Page<Investigation>),
    Cases(Page<CaseSummary>),
    Membership(Box<Membership>),
    CommentId(CommentId),
    /// The operation answers nothing that we use.
    Done,
}

/// Why a call did not answer. `message` is the service's own and may name a resource: it is shown, never logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}")]
pub struct Fault {
    /// What may be branched on.
    pub kind: FaultKind,
    /// For the person who asked.
    pub message: String,
}

/// The kinds of [`Fault`]: the nine modelled errors, and what can happen on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// AccessDeniedException, 403.
    Denied,
    /// ConflictException, 409.
    Conflict,
    /// ResourceNotFoundException, 404.
    NotFound,
    /// SecurityIncidentResponseNotActiveException, 400.
    NotActive,
    /// ServiceQuotaExceededException, 402.
    Quota,
    /// ThrottlingException, 429: not applied.
    Throttled {
        /// The service's own word; never undercut.
        retry_after: Option<Duration>,
    },
    /// ValidationException, 400: each field with what is wrong.
    Invalid {
        /// Name and message of each field.
        fields: Vec<(String, String)>,
    },
    /// InvalidTokenException, 423.
    InvalidToken,
    /// Never sent: not applied.
    NotSent,
    /// InternalServerException or no readable answer: maybe applied.
    Unknown,
}

impl Fault {
    /// Whether the call may have taken effect all the same.
    pub fn maybe_applied(&self) -> bool {
        self.kind == FaultKind::Unknown
    }
}
