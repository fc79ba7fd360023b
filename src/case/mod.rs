//! What is a case? The domain's values, free of any service's wire format.
//! Limits and spellings: <https://docs.aws.amazon.com/security-ir/latest/APIReference/>.

pub mod author;
#[cfg(test)]
pub(crate) mod fuzz;
#[cfg(test)]
pub(crate) mod growth;
mod ids;
pub(crate) mod passage;
pub mod snapshot;
pub(crate) mod stated;
pub mod text;
pub(crate) mod turn;

use serde::{Deserialize, Serialize};

pub use ids::{
    AccountId, AttachmentId, CaseId, ChannelId, CommentId, DeploymentId, Email, FileId, GroupId,
    InvestigationId, IssueCommentId, IssueId, IssueKey, MemberId, MembershipId, RouteName, TeamId, TriggerId,
    Ts, UserId, ViewId,
};

use crate::case::stated::stated;

/// How the titles of cases begin that AWS opens:
/// <https://docs.aws.amazon.com/security-ir/latest/userguide/detect-and-analyze.html>.
pub(crate) const PROACTIVE: &str = "[Proactive case]";

/// Milliseconds since 1970, UTC.
pub type Millis = i64;
/// Seconds since 1970, UTC: the unit of the service's own timestamps.
pub type Seconds = i64;

/// Where a case stands. `Acknowledged` and `Ready to Close` occur on AWS-supported cases only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Status {
    Submitted,
    Acknowledged,
    Detection,
    Containment,
    PostIncident,
    ReadyToClose,
    /// `Closed`: final, there is no reopening.
    Closed,
    /// A status newer than this program, kept as it was spelled.
    Other(String),
}

impl Status {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Submitted => "Submitted",
            Self::Acknowledged => "Acknowledged",
            Self::Detection => "Detection and Analysis",
            Self::Containment => "Containment, Eradication and Recovery",
            Self::PostIncident => "Post-incident Activities",
            Self::ReadyToClose => "Ready to Close",
            Self::Closed => "Closed",
            Self::Other(text) => text,
        }
    }
}

impl From<String> for Status {
    fn from(text: String) -> Self {
        match text.as_str() {
            "Submitted" => Self::Submitted,
            "Acknowledged" => Self::Acknowledged,
            "Detection and Analysis" => Self::Detection,
            "Containment, Eradication and Recovery" => Self::Containment,
            "Post-incident Activities" => Self::PostIncident,
            "Ready to Close" => Self::ReadyToClose,
            "Closed" => Self::Closed,
            _ => Self::Other(text),
        }
    }
}

impl From<Status> for String {
    fn from(status: Status) -> Self {
        status.as_str().to_owned()
    }
}

/// Who works the case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolver {
    #[default]
    #[serde(rename = "Aws")]
    Aws,
    #[serde(rename = "Own")]
    Own,
}

/// A person who gets the case's e-mails. Being one gives no access to the case. Name and job title: 1 to 50 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Watcher {
    /// 6 to 254 characters.
    #[serde(rename = "email")]
    pub email: String,
    #[serde(rename = "name", deserialize_with = "stated")]
    pub name: Option<String>,
    #[serde(rename = "job_title", deserialize_with = "stated")]
    pub job_title: Option<String>,
}

impl Watcher {
    /// The name that the case has for them, unless that is an address.
    pub(crate) fn named(&self) -> Option<&str> {
        self.name.as_deref().map(str::trim).filter(|name| !name.is_empty() && !name.contains('@'))
    }

    /// How they are called where others read.
    pub(crate) fn shown(&self) -> String {
        self.named().map_or_else(|| somebody(&self.email), str::to_owned)
    }
}

/// Whoever has no name, where others read: their address is for nobody else.
pub(crate) fn somebody(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((_, domain)) => format!("somebody at {domain}"),
        None => "somebody".to_owned(),
    }
}

/// An address that the intruder used.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Actor {
    /// IPv4, or IPv6 in eight upper-case groups.
    #[serde(rename = "ip")]
    pub ip: String,
    /// 1 to 500 characters.
    #[serde(rename = "user_agent", deserialize_with = "stated")]
    pub user_agent: Option<String>,
}

/// A file on the case. At most 50; the service deletes them seven days after the case closes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    /// `[a-zA-Z0-9._-]+`, at most 255 characters.
    pub name: String,
    /// `Pending`, `Verified` or `Failed`.
    pub status: String,
    pub creator: String,
    pub created: Seconds,
}

impl Attachment {
    /// AWS looked at it, and gives it.
    pub fn is_verified(&self) -> bool {
        self.status == "Verified"
    }
}

/// A case as GetCase tells it: at most 200 accounts, 50 Regions, 600 services, 30 watchers, 200 actors, 50 attachments
/// and 30 pairs of metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub id: CaseId,
    pub arn: String,
    /// At most 300 characters.
    pub title: String,
    /// At most 8,000 characters.
    pub description: String,
    pub status: Status,
    /// `Security Incident` or `Investigation`.
    pub engagement: String,
    pub resolver: Resolver,
    pub waits_for_customer: bool,
    pub reported_start: Option<Seconds>,
    pub actual_start: Option<Seconds>,
    pub created: Option<Seconds>,
    pub updated: Option<Seconds>,
    pub closed: Option<Seconds>,
    /// Why it was closed; only AWS sets it.
    pub closure: Option<String>,
    pub accounts: Vec<String>,
    pub regions: Vec<String>,
    pub services: Vec<String>,
    pub watchers: Vec<Watcher>,
    pub actors: Vec<Actor>,
    pub attachments: Vec<Attachment>,
    pub metadata: Vec<(String, String)>,
}

impl Case {
    /// A closed case is read-only for ever.
    pub fn is_closed(&self) -> bool {
        self.status == Status::Closed
    }
}

/// A comment as ListComments tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: CommentId,
    pub created: Seconds,
    pub updated: Option<Seconds>,
    /// `AWS Responder`, `security-ir.amazonaws.com`, an account id or an ARN.
    pub creator: String,
    /// At most 12,000 characters.
    pub body: String,
}

impl Comment {
    /// Whether one of AWS's people, or AWS's service, said it.
    pub(crate) fn is_of_aws(&self) -> bool {
        matches!(author::Author::of(&self.creator), author::Author::AwsResponder | author::Author::Service)
    }
}

/// One line of ListCases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseSummary {
    pub id: CaseId,
    pub title: String,
    pub status: Status,
    pub resolver: Resolver,
    pub waits_for_customer: bool,
    pub updated: Option<Seconds>,
    pub created: Option<Seconds>,
    pub closed: Option<Seconds>,
}

/// One step of the AI agent on an AWS-supported case. No event tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Investigation {
    pub id: InvestigationId,
    /// `Evidence`, `Investigation` or `Summarization`.
    pub kind: String,
    pub title: String,
    /// Markdown, at most 5,000 characters.
    pub content: String,
    /// `Pending`, `InProgress`, `Waiting`, `Completed`, `Failed` or `Cancelled`.
    pub status: String,
    pub updated: Seconds,
    /// What was said of it: `USEFUL` or `NOT_USEFUL`.
    pub feedback: Option<String>,
}

/// One line of ListCaseEdits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    pub at: Option<Seconds>,
    pub principal: String,
    pub action: String,
    /// 10 to 4,096 characters.
    pub message: String,
}

/// A member of the incident response team. Name: 3 to 50 characters; job title: 1 to 50; e-mail: 6 to 254.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responder {
    #[serde(rename = "name")]
    pub name: String,
    #[serde(rename = "job_title")]
    pub job_title: String,
    #[serde(rename = "email")]
    pub email: String,
    /// The e-mails that they get, as `Case Created`. A change of the team must send them back or lose them.
    #[serde(rename = "communication", default)]
    pub communication: Vec<String>,
}

/// A membership as GetMembership tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub id: MembershipId,
    pub arn: String,
    /// 3 to 50 characters.
    pub name: String,
    /// `Active`, `Cancelled` or `Terminated`.
    pub status: String,
    pub account: String,
    pub region: String,
    pub accounts_covered: Option<i64>,
    /// `Standalone` or `Organization`.
    pub customer_type: Option<String>,
    /// Two to ten people.
    pub team: Vec<Responder>,
    pub features: Vec<(String, bool)>,
    pub covers_organization: Option<bool>,
    pub units: Vec<String>,
    pub activated: Option<Seconds>,
    pub deactivated: Option<Seconds>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_id_is_ten_to_thirty_two_digits_and_nothing_else() {
        for good in ["0000000001", "12345678901234567890123456789012"] {
            assert_eq!(CaseId::parse(good).map(|id| id.to_string()), Some(good.to_owned()));
        }
        for bad in [
            "",
            "123456789",
            "12345678901/../x",
            "١٢٣٤٥٦٧٨٩٠",
            "1234567890 ",
            "123456789012345678901234567890123",
        ] {
            assert_eq!(CaseId::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_status_keeps_the_services_spelling_and_one_it_does_not_know() {
        for text in ["Submitted", "Containment, Eradication and Recovery", "Ready to Close", "On Hold"] {
            assert_eq!(Status::from(text.to_owned()).as_str(), text);
        }
    }
}
