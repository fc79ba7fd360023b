//! What does each call answer? A call that is asked for its answer, with the type that the answer has.

use super::{
    Answer, Call, Fault, FaultKind, FindingMetrics, MemberAccounts, MembershipSummary, NewCase, Page,
};
use crate::{
    aws::{
        hub::{Administrator, HubAnswer, HubCall, Member, Product},
        sir::{NewMembership, UnreadAccount},
    },
    case::*,
    config::secrets::Secret,
};

/// A call, and how its answer is opened.
pub struct Question<T> {
    call: Call,
    open: fn(Answer) -> Option<T>,
}

impl<T> Question<T> {
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// What was asked for. The client answers each call with its own answer; a world that does not has not answered.
    pub fn answered(&self, answer: Answer) -> Result<T, Fault> {
        (self.open)(answer).ok_or_else(|| Fault {
            kind: FaultKind::Unknown,
            message: format!("{} was answered with something else", self.call.operation()),
        })
    }
}

/// The answer's value, where it is of this kind.
macro_rules! opened {
    ($pattern:pat => $value:expr) => {
        |answer| match answer {
            $pattern => Some($value),
            _ => None,
        }
    };
}

pub fn case(case: &CaseId) -> Question<Case> {
    Question { call: Call::GetCase { case: case.clone() }, open: opened!(Answer::Case(case) => *case) }
}

pub fn cases(next: Option<String>) -> Question<Page<CaseSummary>> {
    Question { call: Call::ListCases { next }, open: opened!(Answer::Cases(page) => page) }
}

pub fn comments(case: &CaseId, next: Option<String>) -> Question<Page<Comment>> {
    let call = Call::ListComments { case: case.clone(), next };
    Question { call, open: opened!(Answer::Comments(page) => page) }
}

pub fn edits(case: &CaseId, next: Option<String>) -> Question<Page<Edit>> {
    let call = Call::ListCaseEdits { case: case.clone(), next };
    Question { call, open: opened!(Answer::Edits(page) => page) }
}

pub fn investigations(case: &CaseId, next: Option<String>) -> Question<Page<Investigation>> {
    let call = Call::ListInvestigations { case: case.clone(), next };
    Question { call, open: opened!(Answer::Investigations(page) => page) }
}

pub fn new_case(new: NewCase) -> Question<CaseId> {
    Question { call: Call::CreateCase { new: Box::new(new) }, open: opened!(Answer::CaseId(id) => id) }
}

/// `token`: the same one makes one comment.
pub fn new_comment(case: &CaseId, body: &str, token: String) -> Question<CommentId> {
    let call = Call::CreateCaseComment { case: case.clone(), body: body.to_owned(), token };
    Question { call, open: opened!(Answer::CommentId(id) => id) }
}

/// Where AWS takes a file, once.
pub fn upload(case: &CaseId, name: &str, bytes: u64, token: String) -> Question<Secret> {
    let call = Call::GetCaseAttachmentUploadUrl { case: case.clone(), name: name.to_owned(), bytes, token };
    Question { call, open: opened!(Answer::Url(url) => url) }
}

/// Where AWS gives a file, to whoever has the link, for a short time.
pub fn download(case: &CaseId, attachment: &AttachmentId) -> Question<Secret> {
    let call = Call::GetCaseAttachmentDownloadUrl { case: case.clone(), attachment: attachment.clone() };
    Question { call, open: opened!(Answer::Url(url) => url) }
}

pub fn tags(arn: &str) -> Question<Vec<(String, String)>> {
    let call = Call::ListTagsForResource { arn: arn.to_owned() };
    Question { call, open: opened!(Answer::Tags(tags) => tags) }
}

pub fn membership(membership: &MembershipId) -> Question<Membership> {
    let call = Call::GetMembership { membership: membership.clone() };
    Question { call, open: opened!(Answer::Membership(membership) => *membership) }
}

pub fn memberships(next: Option<String>) -> Question<Page<MembershipSummary>> {
    Question { call: Call::ListMemberships { next }, open: opened!(Answer::Memberships(page) => page) }
}

pub fn accounts(membership: &MembershipId, accounts: &[String]) -> Question<MemberAccounts> {
    let (membership, accounts) = (membership.clone(), accounts.to_vec());
    let call = Call::BatchGetMemberAccountDetails { membership, accounts };
    Question { call, open: opened!(Answer::MemberAccounts(found) => found) }
}

pub fn metrics(membership: &MembershipId, from: Seconds, to: Seconds) -> Question<FindingMetrics> {
    let call = Call::GetFindingMetrics { membership: membership.clone(), from, to };
    Question { call, open: opened!(Answer::Metrics(metrics) => *metrics) }
}

pub fn new_membership(new: NewMembership) -> Question<MembershipId> {
    let call = Call::CreateMembership { new: Box::new(new) };
    Question { call, open: opened!(Answer::MembershipId(id) => id) }
}

pub fn administrator() -> Question<Option<Administrator>> {
    let call = Call::Hub(HubCall::GetAdministratorAccount);
    Question { call, open: opened!(Answer::Hub(HubAnswer::Administrator(one)) => one) }
}

/// Of Security Hub, those included that are not enabled.
pub fn members(next: Option<String>) -> Question<Page<Member>> {
    let call = Call::Hub(HubCall::ListMembers { everybody: true, next });
    Question { call, open: opened!(Answer::Hub(HubAnswer::Members(page)) => page) }
}

pub fn members_of(accounts: &[String]) -> Question<(Vec<Member>, Vec<UnreadAccount>)> {
    let call = Call::Hub(HubCall::GetMembers { accounts: accounts.to_vec() });
    Question { call, open: opened!(Answer::Hub(HubAnswer::Found { members, unread }) => (members, unread)) }
}

pub fn products(next: Option<String>) -> Question<Page<Product>> {
    let call = Call::Hub(HubCall::DescribeProducts { product: None, next });
    Question { call, open: opened!(Answer::Hub(HubAnswer::Products(page)) => page) }
}
