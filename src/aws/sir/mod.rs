//! What can be asked of Security Incident Response, and what does it answer? Every operation as a value. The six calls
//! of Security Hub are in [`crate::aws::hub`] and go the same way, as [`Call::Hub`].

pub mod ask;
pub mod aws;
pub mod fault;
pub mod input;
pub mod limits;
pub mod operation;
pub mod output;

use std::fmt;

pub use ask::Question;
pub use fault::{Fault, FaultKind};
pub use input::{CaseChange, MembershipChange, NewCase, NewMembership};
pub use operation::{Operation, Rate};
pub use output::{FindingMetrics, MemberAccount, MemberAccounts, MembershipSummary, UnreadAccount};

use crate::{aws::hub, case::*, config::secrets::Secret};

pub use crate::http::Page;

/// One call of the API, as a value: it can be named, compared and counted before it is made.
/// Its `Debug` tells the operation and what it is about; never what it carries.
#[derive(Clone, PartialEq, Eq)]
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
    Hub(hub::HubCall),
}

/// What a call answered. Its `Debug` tells which answer it is and nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    Case(Box<Case>),
    Cases(Page<CaseSummary>),
    Comments(Page<Comment>),
    Edits(Page<Edit>),
    Investigations(Page<Investigation>),
    CaseId(CaseId),
    CommentId(CommentId),
    /// A link that needs no other right: it is a secret for as long as it lives.
    Url(Secret),
    Membership(Box<Membership>),
    Memberships(Page<MembershipSummary>),
    MembershipId(MembershipId),
    MemberAccounts(MemberAccounts),
    Metrics(Box<FindingMetrics>),
    /// Sorted by key.
    Tags(Vec<(String, String)>),
    Hub(hub::HubAnswer),
    Done,
}

impl Call {
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

    pub fn operation(&self) -> &'static str {
        self.kind().name()
    }

    pub fn action(&self) -> &'static str {
        self.kind().action()
    }

    pub fn is_read(&self) -> bool {
        self.kind().is_read()
    }

    pub fn rate(&self) -> Rate {
        self.kind().rate()
    }

    pub(crate) fn case(&self) -> Option<&CaseId> {
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
            | Self::GetCaseAttachmentDownloadUrl { case, .. } => Some(case),
            Self::ListCases { .. }
            | Self::CreateCase { .. }
            | Self::GetMembership { .. }
            | Self::ListMemberships { .. }
            | Self::BatchGetMemberAccountDetails { .. }
            | Self::GetFindingMetrics { .. }
            | Self::CreateMembership { .. }
            | Self::UpdateMembership { .. }
            | Self::CancelMembership { .. }
            | Self::ListTagsForResource { .. }
            | Self::TagResource { .. }
            | Self::UntagResource { .. }
            | Self::Hub(_) => None,
        }
    }

    /// What it is about, for the log: the id of a case or a membership, or an ARN.
    pub(crate) fn subject(&self) -> Option<&str> {
        if let Some(case) = self.case() {
            return Some(case.as_str());
        }
        match self {
            Self::GetMembership { membership }
            | Self::BatchGetMemberAccountDetails { membership, .. }
            | Self::GetFindingMetrics { membership, .. }
            | Self::UpdateMembership { membership, .. }
            | Self::CancelMembership { membership } => Some(membership.as_str()),
            Self::ListTagsForResource { arn }
            | Self::TagResource { arn, .. }
            | Self::UntagResource { arn, .. } => Some(arn),
            _ => None,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const CANARY: &str = "CANARY";

    fn text() -> String {
        CANARY.to_owned()
    }

    fn pairs() -> Vec<(String, String)> {
        vec![(text(), text())]
    }

    fn watchers() -> Vec<Watcher> {
        vec![Watcher { email: text(), name: Some(text()), job_title: Some(text()) }]
    }

    fn new_case() -> Box<NewCase> {
        Box::new(NewCase {
            token: text(),
            resolver: Resolver::Own,
            title: text(),
            description: text(),
            engagement: text(),
            reported_start: 0,
            accounts: vec![text()],
            watchers: watchers(),
            actors: vec![Actor { ip: text(), user_agent: None }],
            services: vec![text()],
            regions: vec![text()],
            tags: pairs(),
        })
    }

    fn case_calls() -> Vec<Call> {
        let case = || CaseId::new("1234567890");
        let change = CaseChange { title: Some(text()), add_watchers: watchers(), ..CaseChange::default() };
        let (comment, investigation) = (CommentId::new("100001"), InvestigationId::new("inv-0000000001"));
        vec![
            Call::GetCase { case: case() },
            Call::ListCases { next: Some(text()) },
            Call::ListComments { case: case(), next: Some(text()) },
            Call::ListCaseEdits { case: case(), next: Some(text()) },
            Call::CreateCase { new: new_case() },
            Call::UpdateCase { case: case(), change: Box::new(change) },
            Call::UpdateCaseStatus { case: case(), status: Status::Other(text()) },
            Call::UpdateResolverType { case: case(), resolver: Resolver::Aws },
            Call::CloseCase { case: case() },
            Call::CreateCaseComment { case: case(), body: text(), token: text() },
            Call::UpdateCaseComment { case: case(), comment, body: text() },
            Call::ListInvestigations { case: case(), next: Some(text()) },
            Call::SendFeedback { case: case(), investigation, useful: true, comment: Some(text()) },
            Call::GetCaseAttachmentUploadUrl { case: case(), name: text(), bytes: 1, token: text() },
            Call::GetCaseAttachmentDownloadUrl { case: case(), attachment: AttachmentId::new("a") },
        ]
    }

    fn other_calls() -> Vec<Call> {
        let membership = || MembershipId::new("m-0000000001");
        let arn = || "arn:aws:security-ir:eu-west-1:111122223333:case/1234567890".to_owned();
        let new = NewMembership {
            token: text(),
            name: text(),
            team: Vec::new(),
            features: Vec::new(),
            covers_organization: None,
            tags: pairs(),
        };
        let change = MembershipChange { name: Some(text()), ..MembershipChange::default() };
        vec![
            Call::GetMembership { membership: membership() },
            Call::ListMemberships { next: Some(text()) },
            Call::BatchGetMemberAccountDetails { membership: membership(), accounts: vec![text()] },
            Call::GetFindingMetrics { membership: membership(), from: 0, to: 0 },
            Call::CreateMembership { new: Box::new(new) },
            Call::UpdateMembership { membership: membership(), change: Box::new(change) },
            Call::CancelMembership { membership: membership() },
            Call::ListTagsForResource { arn: arn() },
            Call::TagResource { arn: arn(), tags: pairs() },
            Call::UntagResource { arn: arn(), keys: vec![text()] },
            Call::Hub(hub::HubCall::GetAdministratorAccount),
            Call::Hub(hub::HubCall::AcceptAdministratorInvitation {
                administrator: text(),
                invitation: text(),
            }),
            Call::Hub(hub::HubCall::DisassociateFromAdministratorAccount),
            Call::Hub(hub::HubCall::ListMembers { everybody: true, next: Some(text()) }),
            Call::Hub(hub::HubCall::GetMembers { accounts: vec![text()] }),
            Call::Hub(hub::HubCall::DescribeProducts { product: Some(text()), next: Some(text()) }),
        ]
    }

    #[test]
    fn each_operation_is_one_call_that_bears_its_name() {
        let calls = [case_calls(), other_calls()].concat();
        let kinds: BTreeSet<Operation> = calls.iter().map(Call::kind).collect();
        assert_eq!(kinds, Operation::ALL.iter().copied().collect());
        for call in &calls {
            assert_eq!(format!("{call:?}").split(' ').next(), Some(call.operation()));
            assert!(call.action().ends_with(&format!(":{}", call.operation())));
        }
    }

    #[test]
    fn what_a_call_carries_is_in_no_log() {
        for call in [case_calls(), other_calls()].concat() {
            assert!(!format!("{call:?}").contains(CANARY), "{}", call.operation());
        }
        assert_eq!(format!("{:?}", new_case()), "NewCase { .. }");
        assert_eq!(format!("{:?}", Answer::Url(Secret::new(CANARY))), "Url");
        assert_eq!(format!("{:?}", Answer::Tags(pairs())), "Tags");
    }
}
