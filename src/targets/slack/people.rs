//! Who are we in Slack, and who are the others?

use serde_json::Value;

use super::{Slack, answer::Said, is_one_of, needed, text_at};
use crate::http::Failure;

/// Who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// `B…`
    pub bot_id: String,
    /// `U…`
    pub user_id: String,
    /// `T…`
    pub team_id: String,
}

/// What must be known of somebody before they may do anything. What Slack does not say counts against them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// `U…` or `W…`
    pub id: String,
    /// The workspace that they belong to; in an organisation, their home. Empty where Slack tells none.
    pub team: String,
    /// All workspaces of an organisation that they are in.
    pub teams: Vec<String>,
    /// Their id in the whole organisation, which user groups do not use.
    pub everywhere: Option<String>,
    /// The name that others see.
    pub name: String,
    /// Where the app may see it: `users:read.email`.
    pub email: Option<String>,
    /// A bot or another app.
    pub is_bot: bool,
    /// A guest, or somebody of another workspace.
    pub is_restricted: bool,
    /// Their account is switched off.
    pub is_deleted: bool,
}

impl Slack<'_> {
    /// Asks who we are.
    pub async fn me(&self) -> Result<Me, Failure> {
        let method = "auth.test";
        let answer = self.read(method, &[]).await?;
        Ok(Me {
            bot_id: needed(method, &answer, "/bot_id")?,
            user_id: needed(method, &answer, "/user_id")?,
            team_id: needed(method, &answer, "/team_id")?,
        })
    }

    /// Asks who somebody is; `None` where Slack knows nobody of this id.
    pub async fn user(&self, id: &str) -> Result<Option<Person>, Failure> {
        let unknown = ["user_not_found", "user_not_visible"];
        let answer = self.known("users.info", &[("user", id)], &unknown).await?;
        answer
            .map(|answer| {
                answer.get("user").and_then(person).ok_or_else(|| Failure::unreadable("users.info"))
            })
            .transpose()
    }

    /// Asks for the id of the person with this e-mail address; `None` where Slack knows nobody.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<String>, Failure> {
        let method = "users.lookupByEmail";
        let answer = self.known(method, &[("email", email)], &["users_not_found"]).await?;
        answer.map(|answer| needed(method, &answer, "/user/id")).transpose()
    }

    /// Asks who is in a user group; nobody where there is no such group.
    pub async fn group_members(&self, group: &str) -> Result<Vec<String>, Failure> {
        let method = "usergroups.users.list";
        let pairs = [("usergroup", group), ("team_id", self.settings.team.as_str())];
        let unknown = ["no_such_subteam", "subteam_not_found"];
        let Some(answer) = self.known(method, &pairs, &unknown).await? else { return Ok(Vec::new()) };
        let users =
            answer.get("users").and_then(Value::as_array).ok_or_else(|| Failure::unreadable(method))?;
        Ok(users.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Reads what may not exist: these codes say that it does not.
    pub(super) async fn known(
        &self,
        method: &str,
        pairs: &[(&str, &str)],
        unknown: &[&str],
    ) -> Result<Option<Value>, Failure> {
        match self.said_read(method, pairs).await? {
            Said::No(refusal) if is_one_of(&refusal, unknown) => Ok(None),
            said => said.or_failure(method).map(Some),
        }
    }
}

fn person(user: &Value) -> Option<Person> {
    let flag = |name: &str| user.get(name).and_then(Value::as_bool);
    let names = ["/profile/display_name", "/real_name", "/profile/real_name", "/name"];
    let id = text_at(user, "/id")?;
    let teams = user.pointer("/enterprise_user/teams").and_then(Value::as_array).into_iter().flatten();
    Some(Person {
        team: text_at(user, "/team_id").unwrap_or_default(),
        teams: teams.filter_map(Value::as_str).map(str::to_owned).collect(),
        everywhere: text_at(user, "/enterprise_user/id").filter(|everywhere| *everywhere != id),
        name: names.iter().find_map(|name| text_at(user, name)).unwrap_or_else(|| id.clone()),
        email: text_at(user, "/profile/email"),
        is_bot: flag("is_bot") != Some(false) || flag("is_workflow_bot") == Some(true) || id == "USLACKBOT",
        is_restricted: flag("is_restricted") != Some(false)
            || flag("is_ultra_restricted") != Some(false)
            || flag("is_stranger") == Some(true),
        is_deleted: flag("deleted") != Some(false),
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
            id: "U1".to_owned(),
            team: "T1".to_owned(),
            teams: Vec::new(),
            everywhere: None,
            name: "Ana".to_owned(),
            email: Some("ana@example.com".to_owned()),
            is_bot: false,
            is_restricted: false,
            is_deleted: false,
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
        assert_eq!(person(&nowhere), Some(Person { team: String::new(), ..ana.clone() }), "of no workspace");
        nowhere["enterprise_user"] = json!({"id": "W1", "teams": ["T1", "T2", null]});
        let teams = vec!["T1".to_owned(), "T2".to_owned()];
        let everywhere = Some("W1".to_owned());
        assert_eq!(person(&nowhere), Some(Person { team: String::new(), teams, everywhere, ..ana }));
    }
}
