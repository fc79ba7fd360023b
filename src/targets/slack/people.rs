//! Who we are in Slack, who the others are, and how groups are called.

use serde_json::Value;

use super::{Slack, method::ApiMethod, needed, text_at};
use crate::{
    case::{Email, GroupId, Seconds, TeamId, UserId},
    http::Failure,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    pub bot_id: String,
    pub user_id: UserId,
    pub team_id: TeamId,
}

/// What must be known of somebody before they may do anything. What Slack does not say counts against them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: UserId,
    /// The workspace that they belong to; in an organisation, their home. `None` where Slack tells none.
    pub team: Option<TeamId>,
    pub teams: Vec<TeamId>,
    /// Their id in the whole organisation, which user groups do not use.
    pub everywhere: Option<UserId>,
    pub name: String,
    /// Where the app may see it: `users:read.email`.
    pub email: Option<String>,
    pub is_bot: bool,
    /// A guest, or somebody of another workspace.
    pub is_restricted: bool,
    pub is_deleted: bool,
    /// So many seconds their clock is ahead of UTC now, as far as Slack tells it.
    pub tz_offset: Option<Seconds>,
}

impl Slack<'_> {
    pub async fn me(&self) -> Result<Me, Failure> {
        let method = ApiMethod::AuthTest;
        me_of(method, &self.read(method, &[]).await?)
    }

    pub async fn user(&self, id: &UserId) -> Result<Option<Person>, Failure> {
        let (method, unknown) = (ApiMethod::UsersInfo, ["user_not_found", "user_not_visible"]);
        let answer = self.try_find(method, &[("user", id.as_str())], &unknown).await?;
        answer.map(|answer| person_in(method, &answer)).transpose()
    }

    /// Asks for the person with this e-mail address; `None` where Slack knows nobody.
    pub async fn user_by_email(&self, email: &Email) -> Result<Option<Person>, Failure> {
        let method = ApiMethod::UsersLookupByEmail;
        let answer = self.try_find(method, &[("email", email.as_str())], &["users_not_found"]).await?;
        answer.map(|answer| person_in(method, &answer)).transpose()
    }

    /// Asks who is in a user group; nobody where there is no such group.
    pub async fn group_members(&self, group: &GroupId) -> Result<Vec<UserId>, Failure> {
        let method = ApiMethod::UsergroupsUsersList;
        let pairs = [("usergroup", group.as_str()), ("team_id", self.settings.team.as_str())];
        let unknown = ["no_such_subteam", "subteam_not_found"];
        let Some(answer) = self.try_find(method, &pairs, &unknown).await? else { return Ok(Vec::new()) };
        let users =
            answer.get("users").and_then(Value::as_array).ok_or_else(|| Failure::unreadable(method))?;
        Ok(users.iter().filter_map(Value::as_str).map(UserId::new).collect())
    }

    pub(crate) async fn group_handle(&self, group: &GroupId) -> Result<Option<String>, Failure> {
        let method = ApiMethod::UsergroupsList;
        let pairs = [("include_disabled", "true"), ("team_id", self.settings.team.as_str())];
        let answer = self.read(method, &pairs).await?;
        let groups = answer.get("usergroups").and_then(Value::as_array);
        let groups = groups.ok_or_else(|| Failure::unreadable(method))?;
        let found = groups.iter().find(|one| one["id"] == group.as_str());
        Ok(found.and_then(|one| text_at(one, "/handle").or_else(|| text_at(one, "/name"))))
    }
}

pub(super) fn me_of(method: ApiMethod, answer: &Value) -> Result<Me, Failure> {
    Ok(Me {
        bot_id: needed(method, answer, "/bot_id")?,
        user_id: UserId::new(needed(method, answer, "/user_id")?),
        team_id: TeamId::new(needed(method, answer, "/team_id")?),
    })
}

fn person_in(method: ApiMethod, answer: &Value) -> Result<Person, Failure> {
    answer.get("user").and_then(person).ok_or_else(|| Failure::unreadable(method))
}

fn person(user: &Value) -> Option<Person> {
    let flag = |name: &str| user.get(name).and_then(Value::as_bool);
    let names = ["/profile/display_name", "/real_name", "/profile/real_name", "/name"];
    let id = UserId::new(text_at(user, "/id")?);
    let teams = user.pointer("/enterprise_user/teams").and_then(Value::as_array).into_iter().flatten();
    let organisation = user.pointer("/enterprise_user/enterprise_id");
    Some(Person {
        team: text_at(user, "/team_id").map(TeamId::new),
        teams: teams.chain(organisation).filter_map(Value::as_str).map(TeamId::new).collect(),
        everywhere: text_at(user, "/enterprise_user/id")
            .map(UserId::new)
            .filter(|everywhere| *everywhere != id),
        name: names.iter().find_map(|name| text_at(user, name)).unwrap_or_else(|| id.to_string()),
        email: text_at(user, "/profile/email"),
        is_bot: flag("is_bot") != Some(false) || flag("is_workflow_bot") == Some(true) || id == "USLACKBOT",
        is_restricted: flag("is_restricted") != Some(false)
            || flag("is_ultra_restricted") != Some(false)
            || flag("is_stranger") == Some(true),
        is_deleted: flag("deleted") != Some(false),
        tz_offset: user.get("tz_offset").and_then(Value::as_i64).filter(|ahead| ahead.abs() <= 50_400),
        id,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_is_trusted_only_as_far_as_slack_says() {
        let plain = json!({
            "id": "U1", "team_id": "T1", "deleted": false, "real_name": "Ana", "is_bot": false,
            "is_restricted": false, "is_ultra_restricted": false, "profile": {"display_name": "", "email": "ana@example.com"},
        });
        let ana = Person {
            id: UserId::new("U1"),
            team: Some(TeamId::new("T1")),
            teams: Vec::new(),
            everywhere: None,
            name: "Ana".to_owned(),
            email: Some("ana@example.com".to_owned()),
            is_bot: false,
            is_restricted: false,
            is_deleted: false,
            tz_offset: None,
        };
        assert_eq!(person(&plain), Some(ana.clone()));
        let bot = Person { is_bot: true, ..ana.clone() };
        let guest = Person { is_restricted: true, ..ana.clone() };
        let gone = Person { is_deleted: true, ..ana.clone() };
        let table = [
            ("is_bot", json!(true), &bot),
            ("is_bot", json!(null), &bot),
            ("is_restricted", json!(true), &guest),
            ("is_restricted", json!(null), &guest),
            ("is_ultra_restricted", json!(true), &guest),
            ("is_ultra_restricted", json!(null), &guest),
            ("is_stranger", json!(true), &guest),
            ("deleted", json!(true), &gone),
            ("deleted", json!(null), &gone),
        ];
        for (name, value, expected) in table {
            let mut user = plain.clone();
            user[name] = value;
            assert_eq!(person(&user).as_ref(), Some(expected), "{name}");
        }
        let mut nowhere = plain;
        nowhere["team_id"] = json!(null);
        assert_eq!(person(&nowhere), Some(Person { team: None, ..ana.clone() }), "of no workspace");
        nowhere["enterprise_user"] = json!({"id": "W1", "teams": ["T1", "T2", null]});
        let teams = vec![TeamId::new("T1"), TeamId::new("T2")];
        let everywhere = Some(UserId::new("W1"));
        assert_eq!(person(&nowhere), Some(Person { team: None, teams, everywhere, ..ana }));
    }
}
