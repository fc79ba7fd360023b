//! How do the tags of cases and memberships cross the wire?

use super::{SirClient, fault::fault};
use crate::aws::sir::{Answer, Fault};

impl SirClient {
    pub(super) async fn list_tags(&self, arn: String) -> Result<Answer, Fault> {
        let asked = self.client.list_tags_for_resource().resource_arn(arn);
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(fault)?;
        let mut tags: Vec<(String, String)> = answer.tags.into_iter().collect();
        tags.sort();
        Ok(Answer::Tags(tags))
    }

    pub(super) async fn tag(&self, arn: String, tags: Vec<(String, String)>) -> Result<Answer, Fault> {
        let asked = self.client.tag_resource().resource_arn(arn).set_tags(Some(tags.into_iter().collect()));
        asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        Ok(Answer::Done)
    }

    pub(super) async fn untag(&self, arn: String, keys: Vec<String>) -> Result<Answer, Fault> {
        let asked = self.client.untag_resource().resource_arn(arn).set_tag_keys(Some(keys));
        asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        Ok(Answer::Done)
    }
}
