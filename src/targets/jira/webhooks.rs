//! The webhook that brings what people do in Jira. Making one takes an administrator of the site:
//! <https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-via-the-jira-rest-api-for-other-integrations>.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Jira, JiraRequest, answer::Concern, text_at};
use crate::{config::secrets::Secret, http::Failure};

/// What the bridge listens to.
pub const EVENTS: [&str; 5] =
    ["jira:issue_updated", "jira:issue_deleted", "comment_created", "comment_updated", "comment_deleted"];

/// Below `/rest`, where all other requests go below `/rest/api/3`.
pub(super) const ROOT: &str = "webhooks";
const PATH: [&str; 3] = [ROOT, "1.0", "webhook"];

/// Which issues the webhook tells of: those of these projects.
pub fn jql(projects: &[&str]) -> String {
    match projects {
        [one] => format!("project = {one}"),
        all => format!("project in ({})", all.join(", ")),
    }
}

/// Where every bridge's webhook leads.
const PLACE: &str = "/jira/webhooks";

/// A webhook that leads to a bridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundWebhook {
    pub url: String,
    /// It was not switched off.
    pub is_on: bool,
    /// What it does not tell of [`EVENTS`].
    pub lacks: Vec<&'static str>,
}

impl Jira<'_> {
    async fn webhooks(&self) -> Result<Vec<Value>, Failure> {
        let what = "webhooks";
        let ask = JiraRequest { what, place: Concern::Issue, method: Method::GET, path: &PATH, query: "" };
        let all = self.ask(ask, None).await?;
        all.as_array().cloned().ok_or_else(|| Failure::unreadable(what))
    }

    /// The webhook that leads to a bridge, this one or another.
    ///
    /// # Errors
    /// [`Failure::Broken`] where the account is no administrator.
    pub async fn webhook(&self) -> Result<Option<FoundWebhook>, Failure> {
        let all = self.webhooks().await?;
        let mut hooks = all.iter().filter_map(|hook| Some((text_at(hook, "/url")?, hook)));
        Ok(hooks.find(|(url, _)| url.ends_with(PLACE)).map(|(url, hook)| {
            let tells = |event: &&str| {
                hook["events"].as_array().is_some_and(|all| all.iter().any(|one| one == *event))
            };
            let lacks = EVENTS.into_iter().filter(|event| !tells(event)).collect();
            FoundWebhook { url, is_on: hook["enabled"] != false, lacks }
        }))
    }

    /// Makes the webhook that goes to this address, for the issues of `jql`, or sets the one that goes there already.
    ///
    /// # Errors
    /// [`Failure::Broken`] where the account may not.
    pub async fn put_webhook(&self, url: &str, secret: &Secret, jql: &str) -> Result<(), Failure> {
        let (place, query) = (Concern::Issue, "");
        let all = self.webhooks().await?;
        let ours = all.iter().find(|hook| hook["url"] == url).and_then(|hook| text_at(hook, "/self"));
        let id = ours.as_deref().and_then(|own| own.rsplit('/').next());
        let hook = json!({
            "name": "Casebridge",
            "url": url,
            "events": EVENTS,
            "filters": { "issue-related-events-section": jql },
            "excludeBody": false,
            "secret": secret.reveal(),
        });
        let answer = match id {
            Some(id) => {
                let path = &[PATH[0], PATH[1], PATH[2], id];
                let set = JiraRequest { what: "set webhook", place, method: Method::PUT, path, query };
                self.ask(set, Some(&hook)).await
            }
            None => {
                let new =
                    JiraRequest { what: "new webhook", place, method: Method::POST, path: &PATH, query };
                self.ask(new, Some(&hook)).await
            }
        };
        answer.map(drop)
    }
}
