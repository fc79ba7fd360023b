//! What did the user choose? One TOML document in the table; every key has a default or is required.

mod check;
mod key;
mod route;
mod value;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

pub use check::{Problem, utf8};
pub use key::{TOLD, reference};
pub use route::{Conditions, Route};
pub(crate) use route::{RolesAt, called};

use crate::{
    case::{Case, ChannelId, Email, IssueKey, MemberId, Millis, PROACTIVE, RouteName, TeamId, Ts},
    config::hosts::Reach,
};

/// All settings. [`Settings::parse`] is the way to them: it checks every value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub slack: SlackSettings,
    /// Where the team keeps its issues. Without this table there is no Jira.
    pub jira: Option<JiraSettings>,
    #[serde(default)]
    pub sir: Sir,
    /// Who may do what. Empty means nobody.
    #[serde(default)]
    pub roles: Roles,
    #[serde(default)]
    pub timing: Timing,
    #[serde(default)]
    pub notify: Notify,
    /// Whom PagerDuty wakes. Without this table nobody.
    pub pagerduty: Option<PagerDutySettings>,
    /// Where else what happens is told, as JSON. Without this table nowhere.
    pub webhook: Option<WebhookSettings>,
    #[serde(default)]
    pub restrict: Restrict,
    /// Where some cases go instead, and whose they are: the first that fits.
    #[serde(default, rename = "route")]
    pub routes: Vec<Route>,
    /// Who may do what with the one case that these settings are for.
    #[serde(skip)]
    of_case: Option<(Option<RouteName>, Roles)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagerDutySettings {
    /// Base of the Events API. Default `https://events.pagerduty.com`.
    #[serde(default = "pagerduty_api_url")]
    pub api_url: String,
    /// Of what it rings. Default: an answer is overdue.
    #[serde(default = "pages")]
    pub on: Vec<PageMoment>,
    /// After so many minutes an answer is overdue for it. Default: with the last of `notify.escalate_minutes`.
    #[serde(default)]
    pub after_minutes: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageMoment {
    NewCase,
    YourMove,
    Overdue,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Where it is told. Required.
    pub url: String,
    /// With titles, descriptions, comments and the values of fields. Default `false`.
    #[serde(default)]
    pub texts: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// One channel, a card and a thread a case.
    #[default]
    Thread,
    Channel,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackSettings {
    /// Base of the Web API, without a slash at its end. Default `https://slack.com/api`.
    #[serde(default = "slack_api_url")]
    pub api_url: String,
    /// The workspace (`T…`) whose people may speak. Required.
    pub team: TeamId,
    /// The channel (`C…`) of all cases under `layout = "thread"`, and of membership news. Required.
    pub channel: ChannelId,
    /// `thread` (default) or `channel`.
    #[serde(default)]
    pub layout: Layout,
    /// Names of the channels under `layout = "channel"`: this and the case id. Default `sir-case-`.
    #[serde(default = "channel_prefix")]
    pub channel_prefix: String,
    /// E-mail addresses that are invited to each case's channel. Default: none.
    #[serde(default)]
    pub invite: Vec<Email>,
    /// The membership's incident response team is invited to each case's channel, and the case's watchers are. Default
    /// `false`.
    #[serde(default)]
    pub invite_team: bool,
    #[serde(default)]
    pub invite_watchers: bool,
    /// Each case's channel has bookmarks to the console and the issue. Default `false`.
    #[serde(default)]
    pub bookmarks: bool,
    /// The card is pinned in each case's channel. Default `false`.
    #[serde(default)]
    pub pin_card: bool,
    /// So many days after its closing a case's channel is archived. 0 never does. Default 0.
    #[serde(default)]
    pub archive_days: u32,
    /// Which replies in a case's thread become comments on the case. Without it `replies_are_comments` says.
    #[serde(default)]
    pub relay: Option<Relay>,
    /// What a message begins with that stays in Slack. Default `//`.
    #[serde(default = "private_prefix")]
    pub private_prefix: String,
    /// Nothing is told in a channel that is public. Default `false`.
    #[serde(default)]
    pub private_only: bool,
    /// Nothing is told in a channel with a guest in it. Default `false`.
    #[serde(default)]
    pub no_guests: bool,
    /// Whether the files of a case are copied into its thread. Default `link`.
    #[serde(default)]
    pub attachments: Attachments,
    /// A larger one is not copied, in MiB. Default 25.
    #[serde(default = "attachments_mb")]
    pub attachments_mb: u32,
    /// The same as `relay = "all"`, or `"off"`: how that was said before. Default `true`.
    #[serde(default = "yes")]
    pub replies_are_comments: bool,
}

/// Which replies in a case's thread become comments on the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relay {
    All,
    /// Those that mention the app, elsewhere than at their beginning.
    Mention,
    Off,
}

/// What follows where somebody moves a case's issue by hand. Nothing moves the case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusFromJira {
    #[default]
    Say,
    Off,
}

/// What a target has of the files of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attachments {
    /// Their names, and the way to them.
    #[default]
    Link,
    Copy,
}

/// Who becomes the assignee of a case's issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Assignee {
    #[default]
    Off,
    Owner,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JiraSettings {
    /// Base of the REST API, `https://SITE.atlassian.net` or `https://api.atlassian.com/ex/jira/CLOUD_ID`. Required.
    pub api_url: String,
    /// Base of links that people open. Default: `api_url`.
    #[serde(default)]
    pub site_url: Option<String>,
    pub project: String,
    /// Name of the issue type. Default `Task`.
    #[serde(default = "issue_type")]
    pub issue_type: String,
    /// More labels for each issue. Default: none.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Id of the security level of a restricted case's issue. Without it such a case has none.
    #[serde(default)]
    pub restricted_level: Option<String>,
    /// An internal note of a service project becomes a comment on the case too. Default `false`.
    #[serde(default)]
    pub internal_notes_are_comments: bool,
    /// Whether the thread says that somebody moved an issue by hand. Default `say`.
    #[serde(default)]
    pub status_from_jira: StatusFromJira,
    /// Whether the case's owner becomes the issue's assignee. Default `off`.
    #[serde(default)]
    pub assignee: Assignee,
    /// Whether the files of a case are copied to its issue. Default `link`.
    #[serde(default)]
    pub attachments: Attachments,
    /// A larger one is not copied, in MiB. Default 25.
    #[serde(default = "attachments_mb")]
    pub attachments_mb: u32,
    /// What is told in an issue as comments: see [`key::TOLD`]. All else stands in its description.
    #[serde(default = "told_in_jira")]
    pub tell: Vec<String>,
    /// From a case's status to the name, or the category (`new`, `indeterminate`, `done`), of a Jira status.
    /// Default: To Do, In Progress, In Review, Done as the service's own sample maps them; a status that is not
    /// named keeps its default, and one with an empty name is not here.
    #[serde(default = "jira_status", deserialize_with = "status_over_default")]
    pub status: BTreeMap<String, String>,
    /// More fields of a new issue, by their ids, as Jira takes them. Default: none.
    #[serde(default)]
    pub fields: BTreeMap<String, Value>,
    /// Fields that are given on the way to a status, by the status's name as `status` has it. Default: none.
    #[serde(default)]
    pub transitions: BTreeMap<String, BTreeMap<String, Value>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sir {
    #[serde(default)]
    pub region: Option<String>,
    /// Link to a case in the console; `{region}` and `{case}` are replaced. AWS documents no deep link to a case.
    #[serde(default = "console_url")]
    pub console_url: String,
    /// Comments from Slack and Jira begin with a line that says who speaks. Default `true`.
    #[serde(default = "yes")]
    pub name_the_speaker: bool,
    /// Cases are read and planned, and nothing is told. Default `false`.
    #[serde(default)]
    pub observe: bool,
}

/// Who may do what: Slack user ids (`U…`, `W…`) and user group ids (`S…`), and accounts of Jira, who can only comment. Each
/// role includes those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    #[serde(default)]
    pub viewer: Vec<MemberId>,
    #[serde(default)]
    pub responder: Vec<MemberId>,
    /// Closes it, or hands it to AWS.
    #[serde(default)]
    pub commander: Vec<MemberId>,
    #[serde(default)]
    pub admin: Vec<MemberId>,
    /// Closing a case is asked for by one person and confirmed by another. Default false.
    #[serde(default)]
    pub close_takes_two: bool,
}

impl Roles {
    /// Whom they name, those with the least role first.
    pub(crate) fn named(&self) -> impl Iterator<Item = &MemberId> {
        [&self.viewer, &self.responder, &self.commander, &self.admin].into_iter().flatten()
    }
}

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
    /// Days after its closing when what is known of a case is forgotten but for hashes. 0 never is. Default 90.
    #[serde(default = "keep_days")]
    pub keep_days: u32,
    /// Hours of the day without nudges, as `[22, 7]`. Default: none.
    #[serde(default)]
    pub quiet_hours: Option<[u8; 2]>,
    /// How far their clock is from UTC, as `+01:00`. Default: not at all.
    #[serde(default)]
    pub quiet_offset: Option<String>,
}

impl Timing {
    /// The quiet hours, and how many milliseconds their clock is before UTC.
    pub(crate) fn quiet(&self) -> Option<([u8; 2], Millis)> {
        let offset = self.quiet_offset.as_deref().and_then(value::offset).unwrap_or_default();
        self.quiet_hours.map(|hours| (hours, offset))
    }
}

/// Whom to call, at which moment. Without names nobody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    #[serde(default)]
    pub new_case: Vec<Callee>,
    /// AWS, or its AI agent, waits for an answer.
    #[serde(default)]
    pub your_move: Vec<Callee>,
    /// AWS commented.
    #[serde(default)]
    pub aws: Vec<Callee>,
    /// An answer is overdue; those of `your_move` are called too.
    #[serde(default)]
    pub overdue: Vec<Callee>,
    #[serde(default)]
    pub closed: Vec<Callee>,
    /// After so many minutes a question that nobody answered or took calls again, rising. Default 15, 60.
    #[serde(default = "escalate_minutes")]
    pub escalate_minutes: Vec<u32>,
    /// A deadline is near, or now. Default: the case's owner.
    #[serde(default)]
    pub deadline: Vec<Callee>,
    /// So many minutes before a deadline it is said. Default 30, 120.
    #[serde(default = "remind_minutes")]
    pub remind_minutes: Vec<u32>,
    /// Clocks that people may start, by their names: hours from the start, by the deadline's name.
    #[serde(default)]
    pub clocks: BTreeMap<String, BTreeMap<String, u32>>,
    /// For some cases others are called: of those that fit, the first that names the moment.
    #[serde(default)]
    pub rules: Vec<CallRule>,
}

/// Who is called for some cases. Every condition that is there must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRule {
    pub account: Option<String>,
    pub region: Option<String>,
    /// Words that the title holds, in any case.
    pub title: Option<String>,
    #[serde(rename = "type")]
    pub engagement: Option<String>,
    /// `key=value`.
    pub tag: Option<String>,
    pub new_case: Option<Vec<Callee>>,
    pub your_move: Option<Vec<Callee>>,
    pub aws: Option<Vec<Callee>>,
    pub overdue: Option<Vec<Callee>>,
    pub closed: Option<Vec<Callee>>,
    pub deadline: Option<Vec<Callee>>,
}

/// Of which cases only some may know, from their beginning on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restrict {
    #[serde(default)]
    pub rules: Vec<RestrictRule>,
}

/// Every condition that is there must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestrictRule {
    pub account: Option<String>,
    /// How the title begins, in any case.
    pub title: Option<String>,
    /// `key=value`.
    pub tag: Option<String>,
    /// Users (`U…`, `W…`) and user groups (`S…`).
    pub people: Vec<MemberId>,
}

impl Restrict {
    /// Whether the case's tags decide.
    pub(crate) fn asks_for_tags(&self) -> bool {
        self.rules.iter().any(|rule| rule.tag.is_some())
    }

    /// Who alone may know of a case: those of all rules that fit; `None` where none does.
    pub(crate) fn people(&self, case: &Case, tags: &[(String, String)]) -> Option<Vec<MemberId>> {
        let fitting: Vec<_> = self.rules.iter().filter(|rule| rule.fits(case, tags)).collect();
        let people = fitting.iter().flat_map(|rule| rule.people.iter().cloned()).collect();
        (!fitting.is_empty()).then_some(people)
    }
}

impl Settings {
    /// Whether a case may get a channel of its own: each does, or one that is restricted.
    pub fn makes_channels(&self) -> bool {
        let may = |roles: &Roles| !roles.commander.is_empty() || !roles.admin.is_empty();
        let restricts = !self.restrict.rules.is_empty() || self.all_roles().any(|(_, roles)| may(roles));
        self.slack.layout == Layout::Channel || restricts
    }

    /// Whether somebody invites the membership's incident response team to a case.
    pub(crate) fn invites_the_team(&self) -> bool {
        self.slack.layout == Layout::Channel && self.slack.invite_team
    }
}

impl Notify {
    /// Whether a case's tags decide who is called.
    pub(crate) fn asks_for_tags(&self) -> bool {
        self.rules.iter().any(|rule| rule.tag.is_some())
    }
}

impl RestrictRule {
    fn fits(&self, case: &Case, tags: &[(String, String)]) -> bool {
        let title = case.title.to_lowercase();
        // Whoever wrote the rule does not think of what AWS puts before the titles of the cases that it opens.
        let bare = title.strip_prefix(&PROACTIVE.to_lowercase()).unwrap_or(&title).trim_start();
        let begins =
            |words: &String| [&title, bare].iter().any(|title| title.starts_with(&words.to_lowercase()));
        let (account, tag) = (self.account.as_deref(), self.tag.as_deref());
        Conditions { account, tag, ..Conditions::default() }.fit(case, tags)
            && self.title.as_ref().is_none_or(begins)
    }
}

/// Somebody who can be called: a user, a user group, whoever watches the case, or whoever took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Callee {
    Member(MemberId),
    Watchers,
    Owner,
}

impl From<String> for Callee {
    fn from(text: String) -> Self {
        match text.as_str() {
            "watchers" => Self::Watchers,
            "owner" => Self::Owner,
            _ => Self::Member(MemberId::new(text)),
        }
    }
}

impl From<Callee> for String {
    fn from(callee: Callee) -> Self {
        match callee {
            Callee::Watchers => "watchers".to_owned(),
            Callee::Owner => "owner".to_owned(),
            Callee::Member(id) => id.as_str().to_owned(),
        }
    }
}

impl Settings {
    /// Reads a document and checks all of it: an unknown key, a wrong type, a missing key and a value that cannot
    /// be right are each named with their line and what to do. `reach` is how far the tokens may go: an address on
    /// this machine is refused unless AWS is on it too.
    pub fn parse(toml: &str, reach: Reach) -> Result<Self, Vec<Problem>> {
        let problems = check::problems(toml, reach);
        if !problems.is_empty() {
            return Err(problems);
        }
        toml::from_str(toml).map_err(|error: toml::de::Error| {
            vec![Problem {
                key: String::new(),
                line: None,
                wrong: error.message().to_owned(),
                fix: "Compare with docs/settings.md".to_owned(),
            }]
        })
    }
}

impl Settings {
    /// What wakes somebody.
    pub(crate) fn pager(&self) -> Option<&PagerDutySettings> {
        self.pagerduty.as_ref()
    }
}

impl SlackSettings {
    pub fn relay(&self) -> Relay {
        self.relay.unwrap_or(if self.replies_are_comments { Relay::All } else { Relay::Off })
    }

    /// Whether a message, by its text, was written as one that stays in Slack.
    pub fn is_private(&self, text: &str) -> bool {
        text.trim_start().starts_with(&self.private_prefix)
    }

    /// A message's address, for people. Slack redirects it to the workspace's own host.
    pub fn permalink(&self, channel: &ChannelId, ts: &Ts) -> String {
        let host = match self.api_url.contains("slack-gov.com") {
            true => "https://app.slack-gov.com",
            false => "https://app.slack.com",
        };
        format!("{host}/archives/{channel}/p{}", ts.as_str().replace('.', ""))
    }
}

impl JiraSettings {
    /// Whether what is called so is told as comments.
    pub fn tells(&self, what: &str) -> bool {
        self.tell.iter().any(|told| told == what)
    }

    /// What is given on the way to a status.
    pub fn given_on_the_way(&self, to: &str) -> impl Iterator<Item = (&String, &Value)> {
        let same = |status: &str| status.trim().to_lowercase() == to.trim().to_lowercase();
        let ways = self.transitions.iter().filter(move |(status, _)| same(status));
        ways.flat_map(|(_, fields)| fields)
    }

    pub fn browse(&self, key: &IssueKey) -> String {
        format!("{}/browse/{key}", self.site_url.as_ref().unwrap_or(&self.api_url))
    }
}

impl PagerDutySettings {
    /// After so many minutes an answer is overdue for it; with no step at all, after an hour.
    pub(crate) fn after_minutes(&self, notify: &Notify) -> u32 {
        self.after_minutes.or(notify.escalate_minutes.last().copied()).unwrap_or(60)
    }
}

fn pagerduty_api_url() -> String {
    "https://events.pagerduty.com".to_owned()
}

fn pages() -> Vec<PageMoment> {
    vec![PageMoment::Overdue]
}

impl Notify {
    /// Whether anybody is called at any moment. A deadline calls the case's owner where nobody else is named.
    pub fn calls_somebody(&self) -> bool {
        let Self { new_case, your_move, aws, overdue, closed, deadline, rules, clocks, .. } = self;
        let by_rule = rules.iter().flat_map(|rule| {
            let CallRule { new_case, your_move, aws, overdue, closed, deadline, .. } = rule;
            [new_case, your_move, aws, overdue, closed, deadline].into_iter().flatten()
        });
        let named = [new_case, your_move, aws, overdue, closed, deadline].into_iter().chain(by_rule);
        !clocks.is_empty() || named.into_iter().any(|callees| !callees.is_empty())
    }
}

fn slack_api_url() -> String {
    "https://slack.com/api".to_owned()
}

fn attachments_mb() -> u32 {
    25
}

fn channel_prefix() -> String {
    "sir-case-".to_owned()
}

fn private_prefix() -> String {
    "//".to_owned()
}

fn issue_type() -> String {
    "Task".to_owned()
}

fn told_in_jira() -> Vec<String> {
    ["comments", "status", "closure"].map(str::to_owned).into()
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

fn remind_minutes() -> Vec<u32> {
    vec![30, 120]
}

fn keep_days() -> u32 {
    90
}

fn escalate_minutes() -> Vec<u32> {
    vec![15, 60]
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

fn status_over_default<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let mut status = jira_status();
    status.extend(BTreeMap::<String, String>::deserialize(deserializer)?);
    status.retain(|_, name| !name.is_empty());
    Ok(status)
}

impl Default for Sir {
    fn default() -> Self {
        Self { region: None, console_url: console_url(), name_the_speaker: true, observe: false }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            verify_minutes: 60,
            discover_minutes: 60,
            nudge_hours: nudge_hours(),
            keep_days: keep_days(),
            quiet_hours: None,
            quiet_offset: None,
        }
    }
}

impl Default for Notify {
    fn default() -> Self {
        Self {
            new_case: Vec::new(),
            your_move: Vec::new(),
            aws: Vec::new(),
            overdue: Vec::new(),
            closed: Vec::new(),
            escalate_minutes: escalate_minutes(),
            deadline: Vec::new(),
            remind_minutes: remind_minutes(),
            clocks: BTreeMap::new(),
            rules: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::{
        key::{Fallback as Otherwise, KEYS},
        *,
    };

    const LEAST: &str = "[slack]\nteam = 'T1'\nchannel = 'C1'\n[jira]\napi_url = 'https://example.atlassian.net'\nproject = 'SEC'";

    fn parse(toml: &str) -> Result<Settings, Vec<Problem>> {
        Settings::parse(toml, Reach::Services)
    }

    fn document(path: &str) -> (String, String) {
        let path = format!("{}/docs/{path}", env!("CARGO_MANIFEST_DIR"));
        (fs::read_to_string(&path).unwrap(), path)
    }

    fn written(settings: &Settings) -> BTreeMap<String, String> {
        let document = toml::Table::try_from(settings).unwrap();
        let tables = document.iter().filter(|(name, _)| *name != key::ROUTES);
        let tables = tables.flat_map(|(table, values)| {
            let values = values.as_table().unwrap().iter();
            values.map(move |(name, value)| (format!("{table}.{name}"), value.to_string()))
        });
        tables.collect()
    }

    #[test]
    fn every_default_is_the_one_that_the_list_of_keys_tells() {
        let least = format!("{LEAST}\n[pagerduty]\n[webhook]\nurl = 'https://hooks.example.com/in'");
        let written = written(&parse(&least).unwrap());
        for key in KEYS {
            let there = written.get(&format!("{}.{}", key.table, key.name)).map(String::as_str);
            match key.default {
                Otherwise::Required => assert!(there.is_some(), "{}", key.name),
                Otherwise::Value(value) => assert_eq!(there, Some(value), "{}", key.name),
                Otherwise::None(_) if key.name == "status" => {}
                Otherwise::None(_) => {
                    assert!(there.is_none_or(|there| ["[]", "{}"].contains(&there)), "{}", key.name);
                }
            }
        }
    }

    #[test]
    fn the_example_is_good_and_shows_every_key() {
        let (example, _) = document("settings.example.toml");
        let settings = parse(&example).unwrap();
        let shown: BTreeSet<_> = written(&settings).into_keys().collect();
        let known: BTreeSet<_> = KEYS.iter().map(|key| format!("{}.{}", key.table, key.name)).collect();
        assert_eq!(shown, known);
        let route = toml::Table::try_from(&settings.routes[0]).unwrap();
        let not_shown = key::ROUTE.iter().map(|(name, _)| *name).filter(|name| !route.contains_key(*name));
        assert_eq!(not_shown.collect::<Vec<_>>(), ["invite"], "which takes the other layout");
        for key in KEYS {
            assert!(
                example.lines().any(|line| line.trim_start_matches("# ").starts_with(key.name)
                    || line.starts_with(&format!("[{}.{}", key.table, key.name))),
                "{} is not in the example",
                key.name
            );
        }
    }

    #[test]
    fn the_settings_of_any_release_are_still_good_and_mean_the_same() {
        let settings = parse(include_str!("../../../tests/state/v1/settings.toml")).unwrap();
        let jira = settings.jira.unwrap();
        assert_eq!(
            (settings.slack.layout, settings.slack.channel_prefix.as_str()),
            (Layout::Thread, "sir-case-")
        );
        assert_eq!((settings.slack.replies_are_comments, settings.slack.invite.len()), (true, 2));
        assert_eq!((jira.issue_type.as_str(), jira.status["Closed"].as_str()), ("Task", "done"));
        assert_eq!(
            (settings.sir.name_the_speaker, settings.roles.admin),
            (true, vec![MemberId::new("U024BE7LK")])
        );
        assert_eq!((settings.timing.nudge_hours, settings.timing.quiet_hours), (24, Some([22, 7])));
    }

    #[test]
    fn the_document_tells_every_key_with_its_default() {
        let (begin, end) = ("<!-- keys: written by UPDATE_DOCS=1 cargo test -->\n\n", "\n<!-- /keys -->");
        let (text, path) = document("settings.md");
        let (before, rest) = text.split_once(begin).unwrap();
        let (told, after) = rest.split_once(end).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(path, [before, begin, &reference(), end, after].concat()).unwrap();
        } else {
            assert_eq!(told, reference(), "UPDATE_DOCS=1 cargo test rewrites docs/settings.md");
        }
    }

    #[test]
    fn a_status_that_is_not_named_keeps_its_default_and_one_without_a_name_falls_away() {
        let some = format!("{LEAST}\n[jira.status]\nClosed = 'Resolved'\nSubmitted = ''");
        let status = parse(&some).unwrap().jira.unwrap().status;
        assert_eq!(status.get("Closed").map(String::as_str), Some("Resolved"));
        assert_eq!(status.get("Ready to Close").map(String::as_str), Some("In Review"));
        assert_eq!(status.get("Submitted"), None);
        assert_eq!(status.len(), 6);
    }

    #[test]
    fn without_a_jira_table_there_is_no_jira() {
        let settings = parse(LEAST.split("[jira]").next().unwrap()).unwrap();
        assert_eq!(settings.jira, None);
        assert_eq!((settings.sir, settings.timing), (Sir::default(), Timing::default()));
    }

    #[test]
    fn bad_settings_are_refused_with_all_that_is_wrong() {
        let problems = parse("[slack]\nteam = 'x'").unwrap_err();
        let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, ["slack.channel", "slack.team"]);
    }
}
