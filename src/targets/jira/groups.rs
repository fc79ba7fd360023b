//! In which groups of the site somebody is.
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-users/#api-rest-api-3-user-groups-get>

use reqwest::{Method, Url};
use serde_json::Value;

use super::{Jira, JiraRequest, answer::Concern, text_at};
use crate::{case::AccountId, http::Failure, runtime::remembered};

impl Jira<'_> {
    /// The ids of somebody's groups, as Jira told them less than five minutes ago. It takes the global permission Browse users
    /// and groups; [`Failure::Gone`] where there is nobody of this account.
    pub async fn groups_of(&self, account: &AccountId) -> Result<Vec<String>, Failure> {
        let find = async || self.ask_groups(account).await;
        remembered::dated(self.world, &format!("jira/groups/{account}"), find).await.map(|(_, found)| found)
    }

    async fn ask_groups(&self, account: &AccountId) -> Result<Vec<String>, Failure> {
        let what = "groups";
        let mut query = Url::parse("query:").map_err(|_| Failure::unreadable(what))?;
        query.query_pairs_mut().append_pair("accountId", account.as_str());
        let ask = JiraRequest {
            what: "groups",
            place: Concern::Issue,
            method: Method::GET,
            path: &["user", "groups"],
            query: query.query().unwrap_or_default(),
        };
        let answer = self.ask(ask, None).await?;
        let groups = answer.as_array().ok_or_else(|| Failure::unreadable(what))?;
        Ok(groups.iter().filter_map(|group: &Value| text_at(group, "/groupId")).collect())
    }
}
