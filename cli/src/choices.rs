//! What somebody chooses, by names that people use, and the settings that it means once Slack and Jira were asked.

use std::{fmt::Write, io};

use casebridge::{
    case::{AccountId, ChannelId, Email, TeamId},
    http::Failure,
    targets::{
        jira::{Jira, ProjectStatus},
        slack::Slack,
    },
};
use serde::Deserialize;

use crate::{output, terminal};

/// Choices, as `--non-interactive` takes them in TOML.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// A channel's name or id.
    pub channel: String,
    /// E-mail addresses, handles of user groups (`@sec-oncall`), or ids.
    #[serde(default)]
    pub viewer: Vec<String>,
    #[serde(default)]
    pub responder: Vec<String>,
    #[serde(default)]
    pub commander: Vec<String>,
    #[serde(default)]
    pub admin: Vec<String>,
    pub jira: Option<JiraChoices>,
    /// Base of Slack's Web API, where it is another than the usual.
    pub slack_api_url: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JiraChoices {
    /// `https://SITE.atlassian.net`
    pub site: String,
    /// The key, as `SEC`.
    pub project: String,
    #[serde(default)]
    pub issue_type: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ChoicesError {
    #[error(
        "the choices cannot be read: {0}. They are channel, viewer, responder, commander, admin and [jira]"
    )]
    Toml(String),
    #[error(
        "Slack shows the app no channel \"{0}\": invite the app there (/invite @Casebridge), or give the channel's id"
    )]
    Channel(String),
    #[error("Slack knows nobody by \"{0}\": give an e-mail address, a group's @handle, or an id (U…, S…)")]
    Member(String),
    #[error("Jira shows the account no project \"{0}\"; it shows: {1}")]
    Project(String, String),
    #[error("the project has no issue type \"{0}\"; it has: {1}")]
    IssueType(String, String),
    #[error("{0}")]
    Service(#[from] Failure),
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl ChoicesError {
    /// Whether another answer to the same question may be right.
    pub fn is_mistyped(&self) -> bool {
        !matches!(self, Self::Toml(_) | Self::Service(_) | Self::Io(_))
    }
}

/// Who chooses: a file, or the person at this terminal.
pub enum Chooser {
    File(Box<Choices>),
    Person,
}

impl Chooser {
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person)
    }

    pub fn read(toml: &str) -> Result<Self, ChoicesError> {
        toml::from_str(toml)
            .map(|read| Self::File(Box::new(read)))
            .map_err(|error| ChoicesError::Toml(error.message().to_owned()))
    }

    fn text(&self, of: impl Fn(&Choices) -> &str, question: &str) -> io::Result<String> {
        match self {
            Self::File(choices) => Ok(of(choices).trim().to_owned()),
            Self::Person => terminal::ask(question),
        }
    }

    fn names(&self, of: impl Fn(&Choices) -> &Vec<String>, question: &str) -> io::Result<Vec<String>> {
        match self {
            Self::File(choices) => Ok(of(choices).clone()),
            Self::Person => {
                let text = terminal::ask(question)?;
                Ok(text.split([',', ' ']).filter(|one| !one.is_empty()).map(str::to_owned).collect())
            }
        }
    }

    /// Base of Slack's Web API, where it is another than the usual.
    pub fn slack_api_url(&self) -> Option<&str> {
        match self {
            Self::File(choices) => choices.slack_api_url.as_deref(),
            Self::Person => None,
        }
    }

    /// Base of Jira's site; empty where there is no Jira.
    pub fn site(&self) -> io::Result<String> {
        let site = self.text(
            |choices| choices.jira.as_ref().map(|jira| jira.site.as_str()).unwrap_or_default(),
            "Jira site, https://SITE.atlassian.net (empty: no Jira)",
        )?;
        Ok(site.trim_end_matches('/').to_owned())
    }

    pub async fn channel(&self, slack: &Slack<'_>) -> Result<ChannelId, ChoicesError> {
        let name = self.text(|choices| &choices.channel, "Slack channel for the cases (name or id)")?;
        let name = name.trim_start_matches('#');
        let found = match is_id(name, &['C', 'G']) {
            true => Some(ChannelId::new(name)),
            false => slack.channel_called(name).await?,
        };
        found.ok_or_else(|| ChoicesError::Channel(name.to_owned()))
    }

    /// The ids of those who have a role; of a person whom Jira knows by the same address, their account there as well.
    pub async fn members(
        &self,
        (_, of, question): &RoleChoice,
        slack: &Slack<'_>,
        jira: Option<&Jira<'_>>,
    ) -> Result<Vec<String>, ChoicesError> {
        let mut ids = Vec::new();
        for name in self.names(of, question)? {
            ids.push(member(slack, &name).await?);
            if let (Some(jira), true) = (jira, is_address(&name)) {
                ids.extend(jira.account_called(&Email::new(&name)).await?.as_ref().map(AccountId::to_string));
            }
        }
        Ok(ids)
    }

    /// The table `[jira]`, with the statuses that the project's workflow lacks.
    pub async fn project(&self, jira: &Jira<'_>) -> Result<String, ChoicesError> {
        let all = jira.projects().await?.join(", ");
        let of =
            |choices: &Choices| choices.jira.as_ref().map(|jira| jira.project.clone()).unwrap_or_default();
        let project = match self {
            Self::File(choices) => of(choices),
            Self::Person => terminal::ask(&format!("Key of the Jira project ({all})"))?,
        };
        let mut settings = jira.settings.clone();
        settings.project = project.to_uppercase();
        let jira = Jira { settings: &settings, ..*jira };
        let Some(kinds) = jira.issue_kinds().await? else { return Err(ChoicesError::Project(project, all)) };
        let all = kinds.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>().join(", ");
        let name = self.text(
            |choices| choices.jira.as_ref().map(|jira| jira.issue_type.as_str()).unwrap_or_default(),
            &format!("Issue type ({all}; empty: Task)"),
        )?;
        let name = if name.is_empty() { "Task".to_owned() } else { name };
        let Some(kind) = kinds.iter().find(|kind| kind.name.eq_ignore_ascii_case(&name)) else {
            return Err(ChoicesError::IssueType(name, all));
        };
        let there = jira.statuses(kind).await?;
        let names = there.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        output::say(&format!("Issues of {} stand on: {names}", settings.project))?;
        Ok(jira_table(&settings.api_url, &settings.project, &kind.name, &mapped(&there)))
    }
}

/// A role: its name, who has it, and what is asked.
pub type RoleChoice = (&'static str, fn(&Choices) -> &Vec<String>, &'static str);

pub const ROLES: [RoleChoice; 4] = [
    (
        "viewer",
        |choices| &choices.viewer,
        "Who may read cases besides (e-mail addresses, @groups; empty: nobody)",
    ),
    ("responder", |choices| &choices.responder, "Who works on cases (e-mail addresses, @groups)"),
    ("commander", |choices| &choices.commander, "Who may close them, or hand them to AWS"),
    ("admin", |choices| &choices.admin, "Who may change the membership (empty: nobody)"),
];

/// What the settings map, with the usual name and the category that stands for it where there is no such name.
const STATUSES: [(&str, &str, &str); 7] = [
    ("Submitted", "To Do", "new"),
    ("Acknowledged", "In Progress", "indeterminate"),
    ("Detection and Analysis", "In Progress", "indeterminate"),
    ("Containment, Eradication and Recovery", "In Progress", "indeterminate"),
    ("Post-incident Activities", "In Review", "indeterminate"),
    ("Ready to Close", "In Review", "indeterminate"),
    ("Closed", "Done", "done"),
];

/// The table `[slack]`.
pub fn slack_table(team: &TeamId, channel: &ChannelId, api_url: Option<&str>) -> String {
    let api = api_url.map(|url| format!("api_url = {}\n", quoted(url))).unwrap_or_default();
    format!("[slack]\nteam = \"{team}\"\nchannel = \"{channel}\"\n{api}")
}

/// The table `[jira]`.
pub fn jira_table(api_url: &str, project: &str, issue_type: &str, statuses: &[(&str, &str)]) -> String {
    let (api_url, project, kind) = (quoted(api_url), quoted(project), quoted(issue_type));
    let mut table = format!("\n[jira]\napi_url = {api_url}\nproject = {project}\nissue_type = {kind}\n");
    if !statuses.is_empty() {
        table += "\n[jira.status]\n";
    }
    for (case, issue) in statuses {
        let _ = writeln!(table, "{} = {}", quoted(case), quoted(issue));
    }
    table
}

/// The table `[roles]`.
pub fn roles_table(roles: &[(&str, Vec<String>)]) -> String {
    let named = roles.iter().filter(|(_, ids)| !ids.is_empty());
    let lines: String = named.map(|(role, ids)| format!("{role} = {ids:?}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n[roles]\n{lines}") }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn is_address(text: &str) -> bool {
    !text.starts_with('@') && text.contains('@')
}

fn is_id(text: &str, kinds: &[char]) -> bool {
    let plain = text.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit());
    text.starts_with(kinds) && text.len() > 6 && plain
}

async fn member(slack: &Slack<'_>, name: &str) -> Result<String, ChoicesError> {
    let found = match name.strip_prefix('@') {
        _ if is_id(name, &['U', 'W', 'S']) => Some(name.to_owned()),
        Some(handle) => slack.group_called(handle).await?.map(|group| group.to_string()),
        None if is_address(name) => {
            slack.user_by_email(&Email::new(name)).await?.map(|person| person.id.to_string())
        }
        None => None,
    };
    found.ok_or_else(|| ChoicesError::Member(name.to_owned()))
}

/// Where the project lacks a usual status its category stands for it.
fn mapped(there: &[ProjectStatus]) -> Vec<(&'static str, &'static str)> {
    let lacking = STATUSES.iter().filter(|(_, usual, _)| !there.iter().any(|one| one.is(usual)));
    lacking.map(|(case, _, category)| (*case, *category)).collect()
}

#[cfg(test)]
mod tests {
    use casebridge::config::{hosts::Reach, settings::Settings};

    use super::*;

    fn status(name: &str, category: &str) -> ProjectStatus {
        ProjectStatus { id: "1".to_owned(), name: name.to_owned(), category: category.to_owned() }
    }

    #[test]
    fn where_a_usual_status_is_missing_its_category_stands_for_it() {
        let usual = [("To Do", "new"), ("In Progress", "indeterminate"), ("Done", "done")];
        let there = usual.map(|(name, category)| status(name, category));
        let review = "indeterminate";
        assert_eq!(mapped(&there), [("Post-incident Activities", review), ("Ready to Close", review)]);
        assert_eq!(mapped(&[status("open", "new")]).len(), 7);
    }

    #[test]
    fn what_was_chosen_gives_settings_that_are_good_whatever_things_are_called() {
        let toml = [
            slack_table(&TeamId::new("T024BE7LD"), &ChannelId::new("C024BE7LR"), None),
            jira_table("https://example.atlassian.net", "SEC", "Task \"big\"", &[("Closed", "done")]),
            roles_table(&[("viewer", vec![]), ("responder", vec!["U024BE7LH".to_owned()])]),
        ]
        .concat();
        let settings = Settings::parse(&toml, Reach::Services).expect("good settings");
        let jira = settings.jira.expect("Jira");
        assert_eq!((jira.issue_type.as_str(), jira.status["Closed"].as_str()), ("Task \"big\"", "done"));
        assert_eq!((settings.roles.viewer.len(), settings.roles.responder.len()), (0, 1));
    }

    #[test]
    fn an_unknown_choice_is_named() {
        let Err(why) = Chooser::read("channel = 'sir'\nresponders = []") else { panic!("it is taken") };
        assert!(why.to_string().contains("responders"), "{why}");
    }
}
