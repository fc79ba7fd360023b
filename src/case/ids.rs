//! Identifiers that cross a room: each service's own text, which nobody can mistake for another's.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Millis;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.0 == *text
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, text: &String) -> bool {
                self.0 == *text
            }
        }
    )+};
}

id! {
    /// A case: 10 to 32 digits. Use [`CaseId::parse`] on anything from outside.
    CaseId
    /// A comment: six digits, unique within its case.
    CommentId
    /// A membership: `m-` and 10 to 32 letters and digits. Use [`MembershipId::parse`] on anything from outside.
    MembershipId
    AttachmentId
    /// An AI investigation's action: `inv-` and 10 to 32 letters and digits.
    InvestigationId
    /// A Slack workspace: `T…`; of an Enterprise Grid organisation `E…`.
    TeamId
    /// Somebody in Slack: `U…` or `W…`.
    UserId
    /// A Slack channel: `C…`, `G…`, or `D…` for a direct message.
    ChannelId
    /// A user group of Slack: `S…`.
    GroupId
    MemberId
    Email
    /// A file in Slack (`F…`), or on a Jira issue (digits).
    FileId
    ViewId
    /// What lets us open a form: it works once, within three seconds of what a person did.
    TriggerId
    /// A Slack message within its channel: seconds and microseconds, as `1795668300.000100`.
    Ts
    /// A Jira issue's lasting id: digits. It survives a move to another project.
    IssueId
    /// A Jira issue's name, as `SEC-1`. It changes when the issue is moved.
    IssueKey
    /// A comment on a Jira issue: digits that rise with time.
    IssueCommentId
    /// Somebody in Jira: an Atlassian account, up to 128 characters.
    AccountId
    /// A deployment of the bridge: a hash of its table's name.
    DeploymentId
    /// A route of the settings; empty where a case goes by none.
    RouteName
}

impl CaseId {
    /// Accepts 10 to 32 ASCII digits and nothing else, so that an id can stand in a path.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        ((10..=32).contains(&text.len()) && digits).then(|| Self(text.to_owned()))
    }
}

impl Ts {
    /// In milliseconds since 1970; 0 for what is none.
    pub fn millis(&self) -> Millis {
        let (seconds, micros) = self.0.split_once('.').unwrap_or((&self.0, "0"));
        seconds.parse::<Millis>().map_or(0, |seconds| seconds.saturating_mul(1_000))
            + micros.get(..3).and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}

impl MemberId {
    /// Whether it names an account or a group in Jira; all ids of Slack's are capitals and digits behind a letter of their own.
    pub fn is_of_jira(&self) -> bool {
        !self.0.is_empty() && !self.0.starts_with(['U', 'W', 'S'])
    }

    /// The id of a group in Jira: `group:…`.
    pub fn group_in_jira(&self) -> Option<&str> {
        self.0.strip_prefix("group:")
    }

    pub fn group(&self) -> Option<GroupId> {
        self.0.starts_with('S').then(|| GroupId(self.0.clone()))
    }
}

impl MembershipId {
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("m-")?;
        let plain = rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        ((10..=32).contains(&rest.len()) && plain).then(|| Self(text.to_owned()))
    }
}
