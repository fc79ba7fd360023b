//! Who somebody is to the workspace, and in which user groups. What Slack says is remembered for five minutes.

use serde::{Deserialize, Serialize};

use super::roles::{Identity, PersonKind};
use crate::{
    case::{GroupId, MemberId, TeamId, UserId},
    config::settings::Settings,
    http::Failure,
    state::record::stated,
    targets::slack::{
        Person, Slack,
        known::{Fact, remembered},
    },
};

/// A person, as the workspace knows them. Its `Debug` tells the id only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) identity: Identity,
    pub(crate) name: String,
    /// As far as Slack tells it.
    pub(crate) email: Option<String>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.identity.user.as_str())
    }
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct KnownPerson {
    #[serde(rename = "team")]
    team: TeamId,
    #[serde(rename = "kind")]
    kind: PersonKind,
    #[serde(rename = "name")]
    name: String,
    #[serde(rename = "email", deserialize_with = "stated")]
    email: Option<String>,
    /// Their id in the whole organisation, where that is another.
    #[serde(rename = "everywhere", default, skip_serializing_if = "Option::is_none")]
    everywhere: Option<MemberId>,
}

/// Who somebody is; `None` where Slack knows nobody of this id. Where Slack did not answer nobody knows, and nothing may be
/// done.
pub(crate) async fn profile(
    slack: &Slack<'_>,
    settings: &Settings,
    user: &UserId,
) -> Result<Option<Profile>, Failure> {
    let known = remembered(slack.world, Fact::Person(user), async || {
        Ok(slack.user(user).await?.map(|person| known(person, settings)))
    });
    let Some(KnownPerson { team, kind, name, email, everywhere }) = known.await? else { return Ok(None) };
    let mut groups = match kind {
        PersonKind::Member => groups(slack, settings, user).await?.into_iter().map(MemberId::new).collect(),
        PersonKind::Guest
        | PersonKind::Bot
        | PersonKind::OtherApp
        | PersonKind::Stranger
        | PersonKind::Deactivated
        | PersonKind::Operator => Vec::new(),
    };
    groups.extend(everywhere);
    let identity = Identity { team, user: user.clone(), kind, groups };
    Ok(Some(Profile { identity, name, email }))
}

fn known(person: Person, settings: &Settings) -> KnownPerson {
    let kind = match &person {
        Person { is_deleted: true, .. } => PersonKind::Deactivated,
        Person { is_bot: true, .. } => PersonKind::Bot,
        person if !is_of(person, &settings.slack.team) => PersonKind::Stranger,
        Person { is_restricted: true, .. } => PersonKind::Guest,
        _ => PersonKind::Member,
    };
    let team =
        if is_of(&person, &settings.slack.team) { Some(settings.slack.team.clone()) } else { person.team };
    let team = team.unwrap_or_else(|| TeamId::new(""));
    let Person { name, email, everywhere, .. } = person;
    let everywhere = everywhere.map(MemberId::new);
    KnownPerson { team, kind, name, email, everywhere }
}

/// In an organisation somebody is of several workspaces, and the one that Slack names may be any of them, or none.
fn is_of(person: &Person, team: &TeamId) -> bool {
    person.team.as_ref() == Some(team) || person.teams.contains(team)
}

/// Whether the settings may name somebody otherwise than by the id that Slack sends with what they do: only Slack knows.
pub(crate) fn are_named_otherwise(settings: &Settings) -> bool {
    settings.all_roles().any(|(_, roles)| roles.named().any(|id| id.as_str().starts_with(['S', 'W'])))
}

/// Those user groups of the settings that somebody is in.
pub(crate) async fn groups(
    slack: &Slack<'_>,
    settings: &Settings,
    user: &UserId,
) -> Result<Vec<GroupId>, Failure> {
    let mut groups = Vec::new();
    for group in named_groups(settings) {
        let find = async || slack.group_members(&group).await;
        if remembered(slack.world, Fact::Group(&group), find).await?.contains(user) {
            groups.push(group);
        }
    }
    Ok(groups)
}

/// The user groups (`S…`) that the settings name, each once.
pub(crate) fn named_groups(settings: &Settings) -> Vec<GroupId> {
    let named = settings.all_roles().flat_map(|(_, roles)| roles.named());
    let mut groups: Vec<_> = named.filter_map(MemberId::group).collect();
    groups.sort();
    groups.dedup();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case::Millis, state::golden};

    #[test]
    fn somebody_is_a_member_only_if_nothing_speaks_against_it() {
        let settings: Settings = toml::from_str("[slack]\nteam = 'T1'\nchannel = 'C1'").unwrap();
        let ana = Person {
            id: UserId::new("U1"),
            team: Some(TeamId::new("T1")),
            teams: Vec::new(),
            everywhere: None,
            name: "Ana".to_owned(),
            email: None,
            is_bot: false,
            is_restricted: false,
            is_deleted: false,
            tz_offset: None,
        };
        for (person, kind) in [
            (ana.clone(), PersonKind::Member),
            (Person { team: Some(TeamId::new("T2")), ..ana.clone() }, PersonKind::Stranger),
            (Person { team: None, ..ana.clone() }, PersonKind::Stranger),
            (
                Person { team: Some(TeamId::new("T2")), teams: vec![TeamId::new("T1")], ..ana.clone() },
                PersonKind::Member,
            ),
            (Person { team: None, teams: vec![TeamId::new("T1")], ..ana.clone() }, PersonKind::Member),
            (
                Person { team: Some(TeamId::new("T2")), teams: vec![TeamId::new("T2")], ..ana.clone() },
                PersonKind::Stranger,
            ),
            (Person { is_restricted: true, ..ana.clone() }, PersonKind::Guest),
            (Person { is_bot: true, ..ana.clone() }, PersonKind::Bot),
            (Person { is_deleted: true, ..ana }, PersonKind::Deactivated),
        ] {
            assert_eq!(known(person, &settings).kind, kind);
        }
    }

    #[test]
    fn what_any_release_remembered_of_people_and_channels_is_read_as_it_was_meant() {
        let until: Millis = 1_795_669_500_000;
        let known = |kind, email: Option<&str>| {
            let (team, name) = (TeamId::new("T0CASEBRDG"), "ana".to_owned());
            Some(KnownPerson { team, kind, name, email: email.map(str::to_owned), everywhere: None })
        };
        let everywhere = known(PersonKind::Member, None)
            .map(|ana| KnownPerson { everywhere: Some(MemberId::new("W0ANAEXAMP")), ..ana });
        golden::check_json(
            "people",
            &[
                ("nobody", (until, None)),
                ("member", (until, known(PersonKind::Member, Some("ana@example.com")))),
                ("guest", (until, known(PersonKind::Guest, None))),
                ("bot", (until, known(PersonKind::Bot, None))),
                ("another app", (until, known(PersonKind::OtherApp, None))),
                ("stranger", (until, known(PersonKind::Stranger, None))),
                ("deactivated", (until, known(PersonKind::Deactivated, None))),
                ("of an organisation", (until, everywhere)),
            ],
        );
        let members = vec!["U0ANAEXAMP".to_owned(), "W0BOEXAMPL".to_owned()];
        golden::check_json("groups", &[("two", (until, members)), ("nobody", (until, Vec::new()))]);
        golden::check_json("channels", &[("shared", (until, true)), ("ours", (until, false))]);
    }

    #[test]
    fn groups_of_the_settings_are_each_asked_for_once() {
        let settings =
            "[slack]\nteam = 'T1'\nchannel = 'C1'\n[roles]\nviewer = ['S2', 'U1']\nadmin = ['S1', 'S2']";
        assert_eq!(named_groups(&toml::from_str(settings).unwrap()), ["S1", "S2"]);
    }
}
