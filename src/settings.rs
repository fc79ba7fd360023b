//! What did the user choose? One TOML document in the table; every key has a default or is required.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All settings. An unknown key is an error that names the nearest one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the team talks.
    pub slack: Slack,
    /// Where the team keeps its issues. Without this table there is no Jira.
    pub jira: Option<Jira>,
    /// The service.
    #[serde(default)]
    pub sir: Sir,
    /// Who may do what. Empty means nobody.
    #[serde(default)]
    pub roles: Roles,
    /// When the bridge looks, and speaks, by itself.
    #[serde(default)]
    pub timing: Timing,
}

/// The shape of a case in Slack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// One channel, a card and a thread a case.
    #[default]
    Thread,
    /// A private channel a case.
    Channel,
}

/// Where the team talks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slack {
    /// Base of the Web API, without a slash at its end. Default `https://slack.com/api`.
    #[serde(default = "slack_api_url")]
    pub api_url: String,
    /// The workspace (`T…`) whose people may speak. Required.
    pub team: String,
    /// The channel (`C…`) of all cases under `layout = "thread"`, and of membership news. Required.
    pub channel: String,
    /// `thread` (default) or `channel`.
    #[serde(default)]
    pub layout: Layout,
    /// Names of the channels under `layout = "channel"`: this and the case id. Default `sir-case-`.
    #[serde(default = "channel_prefix")]
    pub channel_prefix: String,
    /// E-mail addresses that are invited to each case's channel. Default: none.
    #[serde(default)]
    pub invite: Vec<String>,
    /// A person's reply in a case's thread becomes a comment on the case. Default `true`.
    #[serde(default = "yes")]
    pub replies_are_comments: bool,
}

/// Where the team keeps its issues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jira {
    /// Base of the REST API, `https://SITE.atlassian.net` or `https://api.atlassian.com/ex/jira/CLOUD_ID`. Required.
    pub api_url: String,
    /// Base of links that people open. Default: `api_url`.
    #[serde(default)]
    pub site_url: Option<String>,
    /// Key of the project. Required.
    pub project: String,
    /// Name of the issue type. Default `Task`.
    #[serde(default = "issue_type")]
    pub issue_type: String,
    /// More labels for each issue. Default: none.
    #[serde(default)]
    pub labels: Vec<String>,
    /// From a case's status to the name, or the category (`new`, `indeterminate`, `done`), of a Jira status.
    /// Default: To Do, In Progress, In Review, Done as the service's own sample maps them.
    #[serde(default = "jira_status")]
    pub status: BTreeMap<String, String>,
}

/// The service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sir {
    /// The membership's Region. Default: the function's.
    #[serde(default)]
    pub region: Option<String>,
    /// Link to a case in the console; `{region}` and `{case}` are replaced. AWS documents no deep link to a case.
    #[serde(default = "console_url")]
    pub console_url: String,
    /// Comments from Slack and Jira begin with a line that says who speaks. Default `true`.
    #[serde(default = "yes")]
    pub name_the_speaker: bool,
}

/// Who may do what: Slack user ids (`U…`, `W…`) and user group ids (`S…`). Each role includes those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Reads.
    #[serde(default)]
    pub viewer: Vec<String>,
    /// Works the case.
    #[serde(default)]
    pub responder: Vec<String>,
    /// Closes it, or hands it to AWS.
    #[serde(default)]
    pub commander: Vec<String>,
    /// Membership and Security Hub.
    #[serde(default)]
    pub admin: Vec<String>,
}

/// When the bridge looks, and speaks, by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Minutes between two checks of an open case against its thread and issue. Default 60, at least 5.
    #[serde(default = "sixty")]
    pub verify_minutes: u32,
    /// Minutes between two looks through ListCases for cases whose event never came. Default 60, at least 5.
    #[serde(default = "sixty")]
    pub discover_minutes: u32,
    /// Hours that a case may wait for somebody before its thread says so, once. 0 never does. Default 24.
    #[serde(default = "nudge_hours")]
    pub nudge_hours: u32,
    /// Hours of the day (UTC) without nudges, as `[22, 7]`. Default: none.
    #[serde(default)]
    pub quiet_hours: Option<[u8; 2]>,
}

impl Slack {
    /// A message's address, for people. Slack redirects it to the workspace's own host.
    pub fn permalink(&self, channel: &str, ts: &str) -> String {
        let host = match self.api_url.contains("slack-gov.com") {
            true => "https://app.slack-gov.com",
            false => "https://app.slack.com",
        };
        format!("{host}/archives/{channel}/p{}", ts.replace('.', ""))
    }
}

impl Jira {
    /// An issue's address, for people.
    pub fn browse(&self, key: &str) -> String {
        format!("{}/browse/{key}", self.site_url.as_ref().unwrap_or(&self.api_url))
    }
}

fn slack_api_url() -> String {
    "https://slack.com/api".to_owned()
}

fn channel_prefix() -> String {
    "sir-case-".to_owned()
}

fn issue_type() -> String {
    "Task".to_owned()
}

fn console_url() -> String {
    "https://{region}.console.aws.amazon.com/security-ir/home?region={region}".to_owned()
}

fn yes() -> bool {
    true
}

fn sixty() -> u32 {
    60
}

fn nudge_hours() -> u32 {
    24
}

fn jira_status() -> BTreeMap<String, String> {
    [
        ("Submitted", "To Do"),
        ("Acknowledged", "In Progress"),
        ("Detection and Analysis", "In Progress"),
        ("Containment, Eradication and Recovery", "In Progress"),
        ("Post-incident Activities", "In Review"),
        ("Ready to Close", "In Review"),
        ("Closed", "Done"),
    ]
    .map(|(case, issue)| (case.to_owned(), issue.to_owned()))
    .into()
}

impl Default for Sir {
    fn default() -> Self {
        Self { region: None, console_url: console_url(), name_the_speaker: true }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self { verify_minutes: 60, discover_minutes: 60, nudge_hours: nudge_hours(), quiet_hours: None }
    }
}
