//! What is a case? The domain's values, free of any service's wire format.
//!
//! Limits and spellings: <https://docs.aws.amazon.com/security-ir/latest/APIReference/>.

pub mod author;
mod ids;
pub(crate) mod passage;
pub mod snapshot;
pub(crate) mod stated;
pub mod text;
pub(crate) mod turn;

use serde::{Deserialize, Serialize};

pub use ids::{
    AccountId, AttachmentId, CaseId, ChannelId, CommentId, FileId, GroupId, InvestigationId, IssueCommentId,
    IssueId, IssueKey, MemberId, MembershipId, TeamId, TriggerId, Ts, UserId, ViewId,
};

use crate::case::stated::stated;

/// Milliseconds since 1970, UTC.
pub type Millis = i64;
/// Seconds since 1970, UTC: the unit of the service's own timestamps.
pub type Seconds = i64;

/// Where a case stands. `Acknowledged` and `Ready to Close` occur on AWS-supported cases only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Status {
    /// `Submitted`
    Submitted,
    /// `Acknowledged`
    Acknowledged,
    /// `Detection and Analysis`
    Detection,
    /// `Containment, Eradication and Recovery`
    Containment,
    /// `Post-incident Activities`
    PostIncident,
    /// `Ready to Close`
    ReadyToClose,
    /// `Closed`: final, there is no reopening.
    Closed,
    /// A status newer than this program, kept as it was spelled.
    Other(String),
}

impl Status {
    /// The service's own spelling.
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
    /// AWS engineers: they set the status.
    #[default]
    #[serde(rename = "Aws")]
    Aws,
    /// The user's own team.
    #[serde(rename = "Own")]
    Own,
}

/// A person who gets the case's e-mails. Being one gives no access to the case.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Watcher {
    /// 6 to 254 characters.
    #[serde(rename = "email")]
    pub email: String,
    /// 1 to 50 characters.
    #[serde(rename = "name", deserialize_with = "stated")]
    pub name: Option<String>,
    /// 1 to 50 characters.
    #[serde(rename = "job_title", deserialize_with = "stated")]
    pub job_title: Option<String>,
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
    /// Names the file in the API.
    pub id: AttachmentId,
    /// `[a-zA-Z0-9._-]+`, at most 255 characters.
    pub name: String,
    /// `Pending`, `Verified` or `Failed`.
    pub status: String,
    /// Who attached it, as the service spells a principal.
    pub creator: String,
    /// When.
    pub created: Seconds,
}

/// A case as GetCase tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its ARN: tags hang on it.
    pub arn: String,
    /// At most 300 characters.
    pub title: String,
    /// At most 8,000 characters.
    pub description: String,
    /// Where it stands.
    pub status: Status,
    /// `Security Incident` or `Investigation`.
    pub engagement: String,
    /// Who works it.
    pub resolver: Resolver,
    /// AWS waits for the customer.
    pub waits_for_customer: bool,
    /// When the incident is said to have begun.
    pub reported_start: Option<Seconds>,
    /// When it was found to have begun.
    pub actual_start: Option<Seconds>,
    /// When the case was made.
    pub created: Option<Seconds>,
    /// When anything on it last changed.
    pub updated: Option<Seconds>,
    /// When it was closed.
    pub closed: Option<Seconds>,
    /// Why it was closed; only AWS sets it.
    pub closure: Option<String>,
    /// At most 200 account ids.
    pub accounts: Vec<String>,
    /// At most 50 Regions.
    pub regions: Vec<String>,
    /// At most 600 service names.
    pub services: Vec<String>,
    /// At most 30.
    pub watchers: Vec<Watcher>,
    /// At most 200.
    pub actors: Vec<Actor>,
    /// At most 50.
    pub attachments: Vec<Attachment>,
    /// At most 30 pairs.
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
    /// Its id within the case.
    pub id: CommentId,
    /// When it was made.
    pub created: Seconds,
    /// When its text last changed.
    pub updated: Option<Seconds>,
    /// `AWS Responder`, `security-ir.amazonaws.com`, an account id or an ARN.
    pub creator: String,
    /// At most 12,000 characters.
    pub body: String,
}

/// One line of ListCases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseSummary {
    /// Its id.
    pub id: CaseId,
    /// At most 300 characters.
    pub title: String,
    /// Where it stands.
    pub status: Status,
    /// Who works it.
    pub resolver: Resolver,
    /// AWS waits for the customer.
    pub waits_for_customer: bool,
    /// When anything on it last changed.
    pub updated: Option<Seconds>,
    /// When the case was made.
    pub created: Option<Seconds>,
    /// When it was closed.
    pub closed: Option<Seconds>,
}

/// One step of the AI agent on an AWS-supported case. No event tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Investigation {
    /// Its id.
    pub id: InvestigationId,
    /// `Evidence`, `Investigation` or `Summarization`.
    pub kind: String,
    /// At most 200 characters.
    pub title: String,
    /// Markdown, at most 5,000 characters.
    pub content: String,
    /// `Pending`, `InProgress`, `Waiting`, `Completed`, `Failed` or `Cancelled`.
    pub status: String,
    /// When it last moved.
    pub updated: Seconds,
    /// What was said of it: `USEFUL` or `NOT_USEFUL`.
    pub feedback: Option<String>,
}

/// One line of ListCaseEdits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// When.
    pub at: Option<Seconds>,
    /// Who, as the service spells a principal.
    pub principal: String,
    /// What kind of change.
    pub action: String,
    /// 10 to 4,096 characters.
    pub message: String,
}

/// A member of the incident response team of a membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responder {
    /// 3 to 50 characters.
    #[serde(rename = "name")]
    pub name: String,
    /// 1 to 50 characters.
    #[serde(rename = "job_title")]
    pub job_title: String,
    /// 6 to 254 characters.
    #[serde(rename = "email")]
    pub email: String,
    /// The e-mails that they get, as `Case Created`. A change of the team must send them back or lose them.
    #[serde(rename = "communication", default)]
    pub communication: Vec<String>,
}

/// A membership as GetMembership tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Its ARN: tags hang on it.
    pub arn: String,
    /// 3 to 50 characters.
    pub name: String,
    /// `Active`, `Cancelled` or `Terminated`.
    pub status: String,
    /// The account that holds it.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// How many accounts it covers.
    pub accounts_covered: Option<i64>,
    /// `Standalone` or `Organization`.
    pub customer_type: Option<String>,
    /// Two to ten people.
    pub team: Vec<Responder>,
    /// Opt-in features and whether each is on.
    pub features: Vec<(String, bool)>,
    /// Whether it covers the whole organisation.
    pub covers_organization: Option<bool>,
    /// The organizational units that it covers.
    pub units: Vec<String>,
    /// When it became active.
    pub activated: Option<Seconds>,
    /// When it ended.
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
