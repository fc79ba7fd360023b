//! How does a call of the product reach the stand-in of SIR, and its answer the product? In place of the SDK: the same
//! members as on the wire, without the bytes.

use std::time::Duration;

use casebridge::{
    aws::sir::{Answer, Call, CaseChange, Fault, FaultKind, Page, Rate},
    case::{
        Actor, Attachment, AttachmentId, Case, CaseId, CaseSummary, Comment, CommentId, Edit, Investigation,
        InvestigationId, Resolver, Seconds, Watcher,
    },
    config::secrets::Secret,
};
use serde_json::{Map, Value, json};

use crate::standins::SirRefused;

/// How many items the product asks for at once.
const PAGE: u32 = 25;

/// An operation's members; `None` where no world needs the operation.
pub fn members(call: &Call) -> Option<Map<String, Value>> {
    let members = match call {
        Call::GetCase { case } | Call::CloseCase { case } => json!({"caseId": case}),
        Call::ListCases { next } => json!({"nextToken": next, "maxResults": PAGE}),
        Call::ListComments { case, next }
        | Call::ListCaseEdits { case, next }
        | Call::ListInvestigations { case, next } => {
            json!({"caseId": case, "nextToken": next, "maxResults": PAGE})
        }
        Call::UpdateCase { case, change } => changed(case, change),
        Call::UpdateCaseStatus { case, status } => json!({"caseId": case, "caseStatus": status.as_str()}),
        Call::UpdateResolverType { case, resolver } => {
            json!({"caseId": case, "resolverType": match resolver {
                Resolver::Aws => "AWS",
                Resolver::Own => "Self",
            }})
        }
        Call::CreateCaseComment { case, body, token } => {
            json!({"caseId": case, "body": body, "clientToken": token})
        }
        Call::UpdateCaseComment { case, comment, body } => {
            json!({"caseId": case, "commentId": comment, "body": body})
        }
        Call::GetCaseAttachmentUploadUrl { case, name, bytes, token } => {
            json!({"caseId": case, "fileName": name, "contentLength": bytes, "clientToken": token})
        }
        Call::GetCaseAttachmentDownloadUrl { case, attachment } => {
            json!({"caseId": case, "attachmentId": attachment})
        }
        Call::CreateCase { .. }
        | Call::SendFeedback { .. }
        | Call::GetMembership { .. }
        | Call::ListMemberships { .. }
        | Call::BatchGetMemberAccountDetails { .. }
        | Call::GetFindingMetrics { .. }
        | Call::CreateMembership { .. }
        | Call::UpdateMembership { .. }
        | Call::CancelMembership { .. }
        | Call::ListTagsForResource { .. }
        | Call::TagResource { .. }
        | Call::UntagResource { .. }
        | Call::Hub(_) => return None,
    };
    // What is absent is not sent.
    let Value::Object(mut members) = members else { return None };
    members.retain(|_, value| !value.is_null());
    Some(members)
}

/// The members of a change that people can make in the worlds.
fn changed(case: &CaseId, change: &CaseChange) -> Value {
    let emails: Vec<Value> = change
        .add_watchers
        .iter()
        .map(|watcher| json!({"email": watcher.email, "name": watcher.name}))
        .collect();
    json!({
        "caseId": case, "title": change.title, "description": change.description,
        "watchersToAdd": (!emails.is_empty()).then_some(emails),
    })
}

pub fn is_read(call: &Call) -> bool {
    call.is_read() && call.rate() == Rate::Five
}

/// What an operation answered. What cannot be read is no answer, as with the SDK.
pub fn answer(call: Call, output: &Value) -> Result<Answer, Fault> {
    let unreadable = || Fault { kind: FaultKind::Unknown, message: String::new() };
    let comment_id = |value: &Value| Some(Answer::CommentId(CommentId::new(value["commentId"].as_str()?)));
    let read = match call {
        Call::GetCase { case: id } => case(id, output).map(|case| Answer::Case(Box::new(case))),
        Call::ListCases { .. } => Some(Answer::Cases(page(output, "items", summary))),
        Call::ListComments { .. } => {
            let total = output["total"].as_u64();
            Some(Answer::Comments(Page { total, ..page(output, "items", comment) }))
        }
        Call::ListCaseEdits { .. } => Some(Answer::Edits(page(output, "items", edit))),
        Call::ListInvestigations { .. } => {
            Some(Answer::Investigations(page(output, "investigationActions", investigation)))
        }
        Call::CreateCaseComment { .. } | Call::UpdateCaseComment { .. } => comment_id(output),
        Call::UpdateCase { .. }
        | Call::UpdateCaseStatus { .. }
        | Call::UpdateResolverType { .. }
        | Call::CloseCase { .. } => Some(Answer::Done),
        Call::GetCaseAttachmentUploadUrl { .. } | Call::GetCaseAttachmentDownloadUrl { .. } => {
            output["attachmentPresignedUrl"].as_str().map(|url| Answer::Url(Secret::new(url)))
        }
        Call::CreateCase { .. }
        | Call::SendFeedback { .. }
        | Call::GetMembership { .. }
        | Call::ListMemberships { .. }
        | Call::BatchGetMemberAccountDetails { .. }
        | Call::GetFindingMetrics { .. }
        | Call::CreateMembership { .. }
        | Call::UpdateMembership { .. }
        | Call::CancelMembership { .. }
        | Call::ListTagsForResource { .. }
        | Call::TagResource { .. }
        | Call::UntagResource { .. }
        | Call::Hub(_) => None,
    };
    read.ok_or_else(unreadable)
}

pub fn fault(refused: &SirRefused) -> Fault {
    let SirRefused { name, body } = refused;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kind = match name.as_str() {
        "AccessDeniedException" => FaultKind::Denied,
        "ConflictException" => FaultKind::Conflict,
        "ResourceNotFoundException" => FaultKind::NotFound,
        "SecurityIncidentResponseNotActiveException" => FaultKind::NotActive,
        "ServiceQuotaExceededException" => FaultKind::Quota,
        "ThrottlingException" => FaultKind::Throttled { retry_after: Some(Duration::from_secs(1)) },
        "ValidationException" => {
            let fields = body["fieldList"].as_array().into_iter().flatten();
            FaultKind::Invalid {
                fields: fields.map(|field| (text(&field["name"]), text(&field["message"]))).collect(),
            }
        }
        "InvalidTokenException" => FaultKind::InvalidToken,
        _ => FaultKind::Unknown,
    };
    Fault { kind, message: text(&body["message"]) }
}

fn page<T>(output: &Value, name: &str, read: impl Fn(&Value) -> T) -> Page<T> {
    let next = output["nextToken"].as_str().filter(|token| !token.is_empty()).map(str::to_owned);
    Page { items: each(&output[name], read), next, total: None }
}

fn each<T>(list: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    list.as_array().into_iter().flatten().map(read).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn some(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Whole seconds, as the SDK's `secs` gives them.
#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
fn seconds(value: &Value) -> Option<Seconds> {
    value.as_f64().map(|at| at.floor() as Seconds)
}

fn resolver(value: &Value) -> Resolver {
    if value == "Self" { Resolver::Own } else { Resolver::Aws }
}

fn case(id: CaseId, output: &Value) -> Option<Case> {
    Some(Case {
        id,
        arn: text(&output["caseArn"]),
        title: some(&output["title"])?,
        description: text(&output["description"]),
        status: some(&output["caseStatus"])?.into(),
        engagement: text(&output["engagementType"]),
        resolver: resolver(&output["resolverType"]),
        waits_for_customer: output["pendingAction"] == "Customer",
        reported_start: seconds(&output["reportedIncidentStartDate"]),
        actual_start: seconds(&output["actualIncidentStartDate"]),
        created: seconds(&output["createdDate"]),
        updated: seconds(&output["lastUpdatedDate"]),
        closed: seconds(&output["closedDate"]),
        closure: some(&output["closureCode"]),
        accounts: each(&output["impactedAccounts"], text),
        regions: each(&output["impactedAwsRegions"], |item| text(&item["region"])),
        services: each(&output["impactedServices"], text),
        watchers: each(&output["watchers"], |item| Watcher {
            email: text(&item["email"]),
            name: some(&item["name"]),
            job_title: some(&item["jobTitle"]),
        }),
        actors: each(&output["threatActorIpAddresses"], |item| Actor {
            ip: text(&item["ipAddress"]),
            user_agent: some(&item["userAgent"]),
        }),
        attachments: each(&output["caseAttachments"], attachment),
        metadata: each(&output["caseMetadata"], |item| (text(&item["key"]), text(&item["value"]))),
    })
}

fn attachment(item: &Value) -> Attachment {
    Attachment {
        id: AttachmentId::new(text(&item["attachmentId"])),
        name: text(&item["fileName"]),
        status: text(&item["attachmentStatus"]),
        creator: text(&item["creator"]),
        created: seconds(&item["createdDate"]).unwrap_or_default(),
    }
}

fn summary(item: &Value) -> CaseSummary {
    CaseSummary {
        id: CaseId::new(text(&item["caseId"])),
        title: text(&item["title"]),
        status: text(&item["caseStatus"]).into(),
        resolver: resolver(&item["resolverType"]),
        waits_for_customer: item["pendingAction"] == "Customer",
        updated: seconds(&item["lastUpdatedDate"]),
        created: seconds(&item["createdDate"]),
        closed: seconds(&item["closedDate"]),
    }
}

fn comment(item: &Value) -> Comment {
    Comment {
        id: CommentId::new(text(&item["commentId"])),
        created: seconds(&item["createdDate"]).unwrap_or_default(),
        updated: seconds(&item["lastUpdatedDate"]),
        creator: text(&item["creator"]),
        body: text(&item["body"]),
    }
}

fn edit(item: &Value) -> Edit {
    Edit {
        at: seconds(&item["eventTimestamp"]),
        principal: text(&item["principal"]),
        action: text(&item["action"]),
        message: text(&item["message"]),
    }
}

fn investigation(item: &Value) -> Investigation {
    Investigation {
        id: InvestigationId::new(text(&item["investigationId"])),
        kind: text(&item["actionType"]),
        title: text(&item["title"]),
        content: text(&item["content"]),
        status: text(&item["status"]),
        updated: seconds(&item["lastUpdated"]).unwrap_or_default(),
        feedback: some(&item["feedback"]["usefulness"]),
    }
}
