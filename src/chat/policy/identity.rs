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
    /// What else of the organisation they are in: its workspaces and itself, by their ids.
    #[serde(rename = "teams", default, skip_serializing_if = "Vec::is_empty")]
    teams: Vec<TeamId>,
}

impl KnownPerson {
    /// As somebody who does something in such a workspace: where that is neither ours nor of our organisation, a stranger.
    fn acting_in(self, team: &TeamId) -> Self {
        let is_theirs = *team == "" || *team == self.team || self.teams.contains(team);
        match self.kind {
            PersonKind::Member | PersonKind::Guest if !is_theirs => {
                Self { team: team.clone(), kind: PersonKind::Stranger, ..self }
            }
            PersonKind::Member
            | PersonKind::Guest
            | PersonKind::Bot
            | PersonKind::OtherApp
            | PersonKind::Stranger
            | PersonKind::Deactivated
            | PersonKind::Operator => self,
        }
    }
}

/// Who somebody is; `None` where Slack knows nobody of this id. Where Slack did not answer nobody knows, and nothing may be
/// done.
pub(crate) async fn profile(
    slack: &Slack<'_>,
    settings: &Settings,
    user: &UserId,
) -> Result<Option<Profile>, Failure> {
    described(slack, settings, user, asked(slack, settings, user).await?).await
}

/// Who somebody is that does something in a workspace, as the request says that brings it.
pub(crate) async fn acting(
    slack: &Slack<'_>,
    settings: &Settings,
    user: &UserId,
    team: &TeamId,
) -> Result<Option<Profile>, Failure> {
    let known = asked(slack, settings, user).await?;
    described(slack, settings, user, known.map(|known| known.acting_in(team))).await
}

async fn asked(
    slack: &Slack<'_>,
    settings: &Settings,
    user: &UserId,
) -> Result<Option<KnownPerson>, Failure> {
    let find = async || Ok(slack.user(user).await?.map(|person| known(person, settings)));
    remembered(slack.world, Fact::Person(user), find).await
}

async fn described(
    slack: &Slack<'_>,
    settings: &Settings,
    user: &UserId,
    known: Option<KnownPerson>,
) -> Result<Option<Profile>, Failure> {
    let Some(KnownPerson { team, kind, name, email, everywhere, teams: _ }) = known else { return Ok(None) };
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
    let Person { name, email, everywhere, teams, .. } = person;
    let everywhere = everywhere.map(MemberId::new);
    KnownPerson { team, kind, name, email, everywhere, teams }
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
            let (email, teams) = (email.map(str::to_owned), Vec::new());
            Some(KnownPerson { team, kind, name, email, everywhere: None, teams })
        };
        let everywhere = known(PersonKind::Member, None)
            .map(|ana| KnownPerson { everywhere: Some(MemberId::new("W0ANAEXAMP")), ..ana });
        let teams = ["T0CASEBRDG", "T0OTHERWSP"].map(TeamId::new).to_vec();
        let elsewhere = known(PersonKind::Member, None).map(|ana| KnownPerson { teams, ..ana });
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
                ("of two workspaces", (until, elsewhere)),
            ],
        );
        let members = vec!["U0ANAEXAMP".to_owned(), "W0BOEXAMPL".to_owned()];
        golden::check_json("groups", &[("two", (until, members)), ("nobody", (until, Vec::new()))]);
        golden::check_json("channels", &[("shared", (until, true)), ("ours", (until, false))]);
    }

    #[test]
    fn who_acts_in_a_workspace_that_is_not_of_our_organisation_is_a_stranger() {
        let ana = KnownPerson {
            team: TeamId::new("T1"),
            kind: PersonKind::Member,
            name: "Ana".to_owned(),
            email: None,
            everywhere: None,
            teams: ["T1", "T2", "E1"].map(TeamId::new).to_vec(),
        };
        let kind = |kind, team: &str| KnownPerson { kind, ..ana.clone() }.acting_in(&TeamId::new(team)).kind;
        for team in ["T1", "T2", "E1", ""] {
            assert_eq!(kind(PersonKind::Member, team), PersonKind::Member, "{team}");
        }
        for (is, counts) in [
            (PersonKind::Member, PersonKind::Stranger),
            (PersonKind::Guest, PersonKind::Stranger),
            (PersonKind::Bot, PersonKind::Bot),
            (PersonKind::Deactivated, PersonKind::Deactivated),
        ] {
            assert_eq!(kind(is, "T9"), counts);
        }
    }

    #[test]
    fn groups_of_the_settings_are_each_asked_for_once() {
        let settings =
            "[slack]\nteam = 'T1'\nchannel = 'C1'\n[roles]\nviewer = ['S2', 'U1']\nadmin = ['S1', 'S2']";
        assert_eq!(named_groups(&toml::from_str(settings).unwrap()), ["S1", "S2"]);
    }
}
