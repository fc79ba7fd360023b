//! Where some cases go, and whose they are: the first route that fits a case holds for it from its first telling on.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{CallRule, Roles, Settings};
use crate::case::{Case, ChannelId, Email, RouteName};

/// Every condition that is there must fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// What a case remembers of it.
    pub name: RouteName,
    pub account: Option<String>,
    pub region: Option<String>,
    /// Words that the title holds, in any case.
    pub title: Option<String>,
    #[serde(rename = "type")]
    pub engagement: Option<String>,
    /// `key=value`.
    pub tag: Option<String>,
    /// In the place of the key of `[slack]` or `[jira]` that is called so.
    pub channel: Option<ChannelId>,
    pub channel_prefix: Option<String>,
    pub invite: Option<Vec<Email>>,
    pub project: Option<String>,
    pub issue_type: Option<String>,
    /// Who may do what with its cases, in the place of all of `[roles]`.
    pub roles: Option<Roles>,
}

/// What a rule asks of a case; what it does not ask fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions<'a> {
    pub account: Option<&'a str>,
    pub region: Option<&'a str>,
    pub title: Option<&'a str>,
    pub engagement: Option<&'a str>,
    pub tag: Option<&'a str>,
}

impl Conditions<'_> {
    pub(crate) fn fit(&self, case: &Case, tags: &[(String, String)]) -> bool {
        let has = |wanted: Option<&str>, there: &[String]| {
            wanted.is_none_or(|it| there.iter().any(|one| one == it))
        };
        let is = |tag: &str| tags.iter().any(|(key, value)| format!("{key}={value}") == tag);
        has(self.account, &case.accounts)
            && has(self.region, &case.regions)
            && self.title.is_none_or(|words| holds(&case.title, words))
            && self.engagement.is_none_or(|engagement| case.engagement == engagement)
            && self.tag.is_none_or(is)
    }

    /// Whether these fit every case that the others fit.
    pub(super) fn cover(&self, others: &Self) -> bool {
        let same = |one: Option<&str>, other: Option<&str>| one.is_none_or(|one| other == Some(one));
        let title = |one: &str| others.title.is_some_and(|other| holds(other, one));
        same(self.account, others.account)
            && same(self.region, others.region)
            && same(self.engagement, others.engagement)
            && same(self.tag, others.tag)
            && self.title.is_none_or(title)
    }
}

fn holds(title: &str, words: &str) -> bool {
    title.to_lowercase().contains(&words.to_lowercase())
}

/// Both are asked the same; a table of the settings cannot be flattened into another and still refuse unknown keys.
macro_rules! conditional {
    ($($rule:ty),+) => {
        $(impl $rule {
            pub(crate) fn conditions(&self) -> Conditions<'_> {
                Conditions {
                    account: self.account.as_deref(),
                    region: self.region.as_deref(),
                    title: self.title.as_deref(),
                    engagement: self.engagement.as_deref(),
                    tag: self.tag.as_deref(),
                }
            }
        })+
    };
}

conditional!(CallRule, Route);

/// Roles, and the route that gives them; `None` for those of all other cases.
pub(crate) type RolesAt<'a> = (Option<&'a RouteName>, &'a Roles);

/// The route of this name.
pub(crate) fn called<'a>(routes: &'a [Route], name: Option<&RouteName>) -> Option<&'a Route> {
    name.and_then(|name| routes.iter().find(|route| route.name == *name))
}

impl Settings {
    /// The route of a case that was told nowhere yet; empty where none fits.
    pub(crate) fn route_for(&self, case: &Case, tags: &[(String, String)]) -> RouteName {
        let first = self.routes.iter().find(|route| route.conditions().fit(case, tags));
        first.map_or_else(|| RouteName::new(""), |route| route.name.clone())
    }

    /// Whether a case's tags decide where it goes.
    pub(crate) fn routes_ask_for_tags(&self) -> bool {
        self.routes.iter().any(|route| route.tag.is_some())
    }

    /// Who may do what with the cases of a route, and whether that is its own word. With those of one that the settings name
    /// no more only the admins of all others may do anything: it may be called otherwise by mistake.
    pub(crate) fn roles_of(&self, name: Option<&RouteName>) -> (Option<RouteName>, Roles) {
        let Some(name) = name.filter(|name| **name != "") else { return (None, self.roles.clone()) };
        match called(&self.routes, Some(name)).map(|route| &route.roles) {
            Some(Some(roles)) => (Some(name.clone()), roles.clone()),
            Some(None) => (None, self.roles.clone()),
            None => (None, Roles { admin: self.roles.admin.clone(), ..Roles::default() }),
        }
    }

    /// The settings as they are for a case of this route.
    pub(crate) fn for_case(&self, name: Option<&RouteName>) -> Cow<'_, Self> {
        if self.routes.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut own = self.clone();
        own.of_case = Some(self.roles_of(name));
        if let Some(route) = called(&self.routes, name) {
            own.slack = route.slack(own.slack);
            own.jira = own.jira.map(|jira| route.jira(jira));
        }
        Cow::Owned(own)
    }

    /// Who may do what with the case in sight; where none is, all who may do something with some case.
    pub(crate) fn roles_at_hand(&self) -> Vec<RolesAt<'_>> {
        self.roles_of_case().map_or_else(|| self.all_roles().collect(), |roles| vec![roles])
    }

    pub(crate) fn roles_of_case(&self) -> Option<RolesAt<'_>> {
        self.of_case.as_ref().map(|(route, roles)| (route.as_ref(), roles))
    }

    /// The roles of no route, then those of each that gives some.
    pub(crate) fn all_roles(&self) -> impl Iterator<Item = RolesAt<'_>> {
        let routed = self.routes.iter().filter_map(|route| Some((Some(&route.name), route.roles.as_ref()?)));
        [(None, &self.roles)].into_iter().chain(routed)
    }

    /// Whether closing the case in sight takes two.
    pub(crate) fn close_takes_two(&self) -> bool {
        self.roles_of_case().map_or(&self.roles, |(_, roles)| roles).close_takes_two
    }

    /// The channels in which many cases are told.
    pub(crate) fn common_channels(&self) -> impl Iterator<Item = &ChannelId> {
        let routed = self.routes.iter().filter_map(|route| route.channel.as_ref());
        [&self.slack.channel].into_iter().chain(routed)
    }

    /// The projects in which issues are made, each once.
    pub fn projects(&self) -> Vec<&str> {
        let Some(jira) = &self.jira else { return Vec::new() };
        let routed = self.routes.iter().filter_map(|route| route.project.as_deref());
        let mut projects = vec![jira.project.as_str()];
        for project in routed {
            if !projects.contains(&project) {
                projects.push(project);
            }
        }
        projects
    }
}

impl Route {
    pub(crate) fn slack(&self, general: super::SlackSettings) -> super::SlackSettings {
        super::SlackSettings {
            channel: self.channel.clone().unwrap_or(general.channel),
            channel_prefix: self.channel_prefix.clone().unwrap_or(general.channel_prefix),
            invite: self.invite.clone().unwrap_or(general.invite),
            ..general
        }
    }

    pub(crate) fn jira(&self, general: super::JiraSettings) -> super::JiraSettings {
        super::JiraSettings {
            project: self.project.clone().unwrap_or(general.project),
            issue_type: self.issue_type.clone().unwrap_or(general.issue_type),
            ..general
        }
    }
}
