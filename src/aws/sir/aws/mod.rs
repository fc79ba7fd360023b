//! How is a call made with the AWS SDK? `policy` says how long it may take and what may be repeated, `fault` what a
//! failure means. What the SDK does not know yet (a new status, say) is kept as the service spelled it.

mod attachment;
mod case;
mod comment;
mod fault;
mod membership;
mod policy;
mod tag;
mod whole;

use aws_sdk_securityir::{Client, primitives::DateTime};
use futures_util::future::LocalBoxFuture;

use super::{Answer, Call, Fault, Page};
use crate::{aws::hub, case::Seconds};
use policy::Policy;

/// The most items that a page may have: <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_ListCases.html>.
const PAGE: i32 = 25;

/// Security Incident Response through its SDK, and Security Hub beside it.
#[derive(Clone, Debug)]
pub struct SirClient {
    client: Client,
    hub: hub::Hub,
    policy: Policy,
    make: Make,
}

type AnswerFuture = LocalBoxFuture<'static, Result<Answer, Fault>>;
type Make = fn(SirClient, Call) -> AnswerFuture;

impl SirClient {
    /// Takes clients that know Region and credentials. How long calls take and what is repeated is set here.
    pub fn new(client: Client, hub: hub::Hub) -> Self {
        Self { client, hub, policy: Policy::default(), make: all }
    }

    /// Makes only the calls that a case is told by. The code of all others stays out of the program.
    pub fn reading(client: Client, hub: hub::Hub) -> Self {
        Self { client, hub, policy: Policy::default(), make: reads }
    }

    /// Makes a call. A change is sent once: whoever asked decides whether it may be repeated.
    pub async fn call(&self, call: Call) -> Result<Answer, Fault> {
        (self.make)(self.clone(), call).await
    }
}

fn reads(sir: SirClient, call: Call) -> AnswerFuture {
    let made = async move {
        match call {
            Call::GetCase { case } => sir.get_case(case).await,
            Call::ListCases { next } => sir.list_cases(next).await,
            Call::ListComments { case, next } => sir.list_comments(case, next).await,
            Call::ListCaseEdits { case, next } => sir.list_edits(case, next).await,
            Call::ListInvestigations { case, next } => sir.list_investigations(case, next).await,
            Call::GetMembership { membership } => sir.get_membership(membership).await,
            Call::ListTagsForResource { arn } => sir.list_tags(arn).await,
            _ => Err(Fault::not_sent("This function reads cases and changes nothing.")),
        }
    };
    Box::pin(made)
}

fn all(sir: SirClient, call: Call) -> AnswerFuture {
    let made = async move {
        match call {
            Call::GetCase { .. }
            | Call::ListCases { .. }
            | Call::ListComments { .. }
            | Call::ListCaseEdits { .. }
            | Call::ListInvestigations { .. }
            | Call::GetMembership { .. }
            | Call::ListTagsForResource { .. } => reads(sir, call).await,
            Call::CreateCase { new } => sir.create_case(*new).await,
            Call::UpdateCase { case, change } => sir.update_case(case, *change).await,
            Call::UpdateCaseStatus { case, status } => sir.update_status(case, status).await,
            Call::UpdateResolverType { case, resolver } => sir.update_resolver(case, resolver).await,
            Call::CloseCase { case } => sir.close_case(case).await,
            Call::CreateCaseComment { case, body, token } => sir.create_comment(case, body, token).await,
            Call::UpdateCaseComment { case, comment, body } => sir.update_comment(case, comment, body).await,
            Call::SendFeedback { case, investigation, useful, comment } => {
                sir.send_feedback(case, investigation, useful, comment).await
            }
            Call::GetCaseAttachmentUploadUrl { case, name, bytes, token } => {
                sir.upload_url(case, name, bytes, token).await
            }
            Call::GetCaseAttachmentDownloadUrl { case, attachment } => {
                sir.download_url(case, attachment).await
            }
            Call::ListMemberships { next } => sir.list_memberships(next).await,
            Call::BatchGetMemberAccountDetails { membership, accounts } => {
                sir.member_accounts(membership, accounts).await
            }
            Call::GetFindingMetrics { membership, from, to } => sir.metrics(membership, from, to).await,
            Call::CreateMembership { new } => sir.create_membership(*new).await,
            Call::UpdateMembership { membership, change } => sir.update_membership(membership, *change).await,
            Call::CancelMembership { membership } => sir.cancel_membership(membership).await,
            Call::TagResource { arn, tags } => sir.tag(arn, tags).await,
            Call::UntagResource { arn, keys } => sir.untag(arn, keys).await,
            Call::Hub(call) => sir.hub.call(call).await.map(Answer::Hub),
        }
    };
    Box::pin(made)
}

/// A page in our words. The end is told by no token, or by an empty one.
fn page<F, T>(items: Vec<F>, next: Option<String>, read: impl Fn(F) -> T) -> Page<T> {
    let next = next.filter(|token| !token.is_empty());
    Page { items: items.into_iter().map(read).collect(), next, total: None }
}

/// A list to send: an empty one is left out, since some have a least length of one.
fn some<F, T>(items: Vec<F>, write: impl Fn(F) -> T) -> Option<Vec<T>> {
    (!items.is_empty()).then(|| items.into_iter().map(write).collect())
}

fn some_built<F, T>(
    items: Vec<F>,
    write: impl Fn(F) -> Result<T, aws_sdk_securityir::error::BuildError>,
) -> Result<Option<Vec<T>>, Fault> {
    let built: Result<Vec<T>, _> = items.into_iter().map(write).collect();
    Ok(Some(built.map_err(fault::unbuilt)?).filter(|items| !items.is_empty()))
}

/// A time in our words. The service's fractions of a second are dropped.
fn seconds(time: Option<DateTime>) -> Option<Seconds> {
    time.map(|time| time.secs())
}

/// The SDK fills a field that is missing from an answer with nothing. An id of nothing is no answer.
fn present(id: String) -> Result<String, Fault> {
    if id.is_empty() { Err(fault::unreadable()) } else { Ok(id) }
}
