//! How are groups, channels and files called?

use serde_json::Value;

use super::{
    Slack,
    answer::Said,
    is_one_of,
    reading::{DELETED, HIDDEN},
    text_at,
};
use crate::http::Failure;

impl Slack<'_> {
    /// The handle of a user group; `None` where there is no such group.
    pub async fn group_handle(&self, group: &str) -> Result<Option<String>, Failure> {
        let method = "usergroups.list";
        let pairs = [("include_disabled", "true"), ("team_id", self.settings.team.as_str())];
        let answer = self.read(method, &pairs).await?;
        let groups = answer.get("usergroups").and_then(Value::as_array);
        let groups = groups.ok_or_else(|| Failure::unreadable(method))?;
        let found = groups.iter().find(|one| one["id"] == group);
        Ok(found.and_then(|one| text_at(one, "/handle").or_else(|| text_at(one, "/name"))))
    }

    /// The name of a channel; `None` where the app may not see it.
    pub async fn channel_name(&self, channel: &str) -> Result<Option<String>, Failure> {
        let answer =
            self.known("conversations.info", &[("channel", channel)], &["channel_not_found"]).await?;
        Ok(answer.and_then(|answer| text_at(&answer, "/channel/name")))
    }

    /// What people call a file of which a message tells only the id.
    pub async fn file_name(&self, id: &str) -> Result<String, Failure> {
        let method = "files.info";
        match self.said_read(method, &[("file", id)]).await? {
            Said::No(refusal) if is_one_of(&refusal, &["file_deleted"]) => Ok(DELETED.to_owned()),
            Said::No(refusal) if is_one_of(&refusal, &["file_not_found", "access_denied", "not_visible"]) => {
                Ok(HIDDEN.to_owned())
            }
            said => {
                let answer = said.or_failure(method)?;
                let name = text_at(&answer, "/file/name").or_else(|| text_at(&answer, "/file/title"));
                Ok(name.unwrap_or_else(|| "a file without a name".to_owned()))
            }
        }
    }
}
