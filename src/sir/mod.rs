//! What can be asked of Security Incident Response, and what does it answer? Every operation as a value.
//!
//! - [`operation`]: the table of operations; [`input`] and [`output`]: what they carry and answer;
//! - [`fault`]: why a call did not answer; [`aws`]: how it is made with the SDK;
//! - [`limits`]: what can be said of a call before it is made.
//!
//! The six calls of Security Hub are in [`crate::hub`] and go the same way, as [`Call::Hub`].

pub mod aws;
pub mod fault;
pub mod input;
pub mod limits;
pub mod operation;
pub mod output;

use std::fmt;

pub use fault::{Fault, FaultKind};
pub use input::{CaseChange, MembershipChange, NewCase, NewMembership};
pub use operation::{Operation, Rate};
pub use output::{FindingMetrics, MemberAccount, MemberAccounts, MembershipSummary, UnreadAccount};

use crate::{case::*, hub, secrets::Secret};

pub use crate::wire::Page;

/// One call of the API, as a value: it can be named, compared and counted before it is made.
///
/// Its `Debug` tells the operation and what it is about; never what it carries.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is an operation of the API and carries that operation's input")]
pub enum Call {
    GetCase { case: CaseId },
    ListCases { next: Option<String> },
    ListComments { case: CaseId, next: Option<String> },
    ListCaseEdits { case: CaseId, next: Option<String> },
    CreateCase { new: Box<NewCase> },
    UpdateCase { case: CaseId, change: Box<CaseChange> },
    UpdateCaseStatus { case: CaseId, status: Status },
    UpdateResolverType { case: CaseId, resolver: Resolver },
    CloseCase { case: CaseId },
    CreateCaseComment { case: CaseId, body: String, token: String },
    UpdateCaseComment { case: CaseId, comment: CommentId, body: String },
    ListInvestigations { case: CaseId, next: Option<String> },
    SendFeedback { case: CaseId, investigation: InvestigationId, useful: bool, comment: Option<String> },
    GetCaseAttachmentUploadUrl { case: CaseId, name: String, bytes: u64, token: String },
    GetCaseAttachmentDownloadUrl { case: CaseId, attachment: AttachmentId },
    GetMembership { membership: MembershipId },
    ListMemberships { next: Option<String> },
    BatchGetMemberAccountDetails { membership: MembershipId, accounts: Vec<String> },
    GetFindingMetrics { membership: MembershipId, from: Seconds, to: Seconds },
    CreateMembership { new: Box<NewMembership> },
    UpdateMembership { membership: MembershipId, change: Box<MembershipChange> },
    CancelMembership { membership: MembershipId },
    ListTagsForResource { arn: String },
    TagResource { arn: String, tags: Vec<(String, String)> },
    UntagResource { arn: String, keys: Vec<String> },
    Hub(hub::Call),
}

/// What a call answered. Its `Debug` tells which answer it is and nothing of it.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the answer of the operations that its name says")]
pub enum Answer {
    Case(Box<Case>),
    Cases(Page<CaseSummary>),
    Comments(Page<Comment>),
    Edits(Page<Edit>),
    Investigations(Page<Investigation>),
    /// The case that was made.
    CaseId(CaseId),
    /// The comment that was made or changed.
    CommentId(CommentId),
    /// A link that needs no other right: it is a secret for as long as it lives.
    Url(Secret),
    Membership(Box<Membership>),
    Memberships(Page<MembershipSummary>),
    /// The membership that was made.
    MembershipId(MembershipId),
    MemberAccounts(MemberAccounts),
    Metrics(Box<FindingMetrics>),
    /// Sorted by key.
    Tags(Vec<(String, String)>),
    Hub(hub::Answer),
    /// The operation answers nothing that we use.
    Done,
}

impl Call {
    /// Which operation it is.
    pub fn kind(&self) -> Operation {
        match self {
            Self::GetCase { .. } => Operation::GetCase,
            Self::ListCases { .. } => Operation::ListCases,
            Self::ListComments { .. } => Operation::ListComments,
            Self::ListCaseEdits { .. } => Operation::ListCaseEdits,
            Self::CreateCase { .. } => Operation::CreateCase,
            Self::UpdateCase { .. } => Operation::UpdateCase,
            Self::UpdateCaseStatus { .. } => Operation::UpdateCaseStatus,
            Self::UpdateResolverType { .. } => Operation::UpdateResolverType,
            Self::CloseCase { .. } => Operation::CloseCase,
            Self::CreateCaseComment { .. } => Operation::CreateCaseComment,
            Self::UpdateCaseComment { .. } => Operation::UpdateCaseComment,
            Self::ListInvestigations { .. } => Operation::ListInvestigations,
            Self::SendFeedback { .. } => Operation::SendFeedback,
            Self::GetCaseAttachmentUploadUrl { .. } => Operation::GetCaseAttachmentUploadUrl,
            Self::GetCaseAttachmentDownloadUrl { .. } => Operation::GetCaseAttachmentDownloadUrl,
            Self::GetMembership { .. } => Operation::GetMembership,
            Self::ListMemberships { .. } => Operation::ListMemberships,
            Self::BatchGetMemberAccountDetails { .. } => Operation::BatchGetMemberAccountDetails,
            Self::GetFindingMetrics { .. } => Operation::GetFindingMetrics,
            Self::CreateMembership { .. } => Operation::CreateMembership,
            Self::UpdateMembership { .. } => Operation::UpdateMembership,
            Self::CancelMembership { .. } => Operation::CancelMembership,
            Self::ListTagsForResource { .. } => Operation::ListTagsForResource,
            Self::TagResource { .. } => Operation::TagResource,
            Self::UntagResource { .. } => Operation::UntagResource,
            Self::Hub(call) => call.kind(),
        }
    }

    /// The name of the operation, as in the SDK.
    pub fn operation(&self) -> &'static str {
        self.kind().name()
    }

    /// The IAM action that allows it.
    pub fn action(&self) -> &'static str {
        self.kind().action()
    }

    /// Whether it changes nothing.
    pub fn is_read(&self) -> bool {
        self.kind().is_read()
    }

    /// How often such a call may be made.
    pub fn rate(&self) -> Rate {
        self.kind().rate()
    }

    /// What it is about, for the log: the id of a case or a membership, or an ARN.
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::GetCase { case }
            | Self::ListComments { case, .. }
            | Self::ListCaseEdits { case, .. }
            | Self::UpdateCase { case, .. }
            | Self::UpdateCaseStatus { case, .. }
            | Self::UpdateResolverType { case, .. }
            | Self::CloseCase { case }
            | Self::CreateCaseComment { case, .. }
            | Self::UpdateCaseComment { case, .. }
            | Self::ListInvestigations { case, .. }
            | Self::SendFeedback { case, .. }
            | Self::GetCaseAttachmentUploadUrl { case, .. }
            | Self::GetCaseAttachmentDownloadUrl { case, .. } => Some(case.as_str()),
            Self::GetMembership { membership }
            | Self::BatchGetMemberAccountDetails { membership, .. }
            | Self::GetFindingMetrics { membership, .. }
            | Self::UpdateMembership { membership, .. }
            | Self::CancelMembership { membership } => Some(membership.as_str()),
            Self::ListTagsForResource { arn }
            | Self::TagResource { arn, .. }
            | Self::UntagResource { arn, .. } => Some(arn),
            Self::ListCases { .. }
            | Self::CreateCase { .. }
            | Self::ListMemberships { .. }
            | Self::CreateMembership { .. }
            | Self::Hub(_) => None,
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.subject() {
            Some(subject) => write!(f, "{} {subject:?}", self.operation()),
            None => f.write_str(self.operation()),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Case(_) => "Case",
            Self::Cases(_) => "Cases",
            Self::Comments(_) => "Comments",
            Self::Edits(_) => "Edits",
            Self::Investigations(_) => "Investigations",
            Self::CaseId(_) => "CaseId",
            Self::CommentId(_) => "CommentId",
            Self::Url(_) => "Url",
            Self::Membership(_) => "Membership",
            Self::Memberships(_) => "Memberships",
            Self::MembershipId(_) => "MembershipId",
            Self::MemberAccounts(_) => "MemberAccounts",
            Self::Metrics(_) => "Metrics",
            Self::Tags(_) => "Tags",
            Self::Hub(_) => "Hub",
            Self::Done => "Done",
        })
    }
}
