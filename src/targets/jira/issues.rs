//! How a case's issue is made, found again, read and set.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Jira, JiraRequest, PROPERTY, answer::Concern, clock, text_at};
use crate::{
    case::{AccountId, CaseId, IssueId, IssueKey, Millis},
    http::{Failure, Pages, with},
    targets::mark::Mark,
};

#[derive(Clone, Debug, PartialEq)]
pub struct IssueText<'a> {
    pub case: &'a CaseId,
    pub mark: Mark,
    /// At most 255 characters on one line: see [`super::summary`].
    pub summary: String,
    pub description: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Names it for ever, whatever project it is moved to.
    pub id: IssueId,
    pub key: IssueKey,
}

/// An issue by what is known of it: people know its key, we remember its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueRef<'a> {
    Id(&'a IssueId),
    Key(&'a IssueKey),
}

impl<'a> IssueRef<'a> {
    fn as_str(self) -> &'a str {
        match self {
            Self::Id(id) => id.as_str(),
            Self::Key(key) => key.as_str(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteLink<'a> {
    /// Ours to choose; unique on the issue.
    pub id: &'a str,
    pub url: &'a str,
    pub title: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueStatus {
    pub id: IssueId,
    pub key: IssueKey,
    pub status: String,
    /// `new`, `indeterminate` or `done`.
    pub category: String,
    /// The mark of what we last set it to. None on an issue that we did not make and have not set yet.
    pub mark: Option<Mark>,
    /// The case that it says it shows: anybody who may edit it can set that.
    pub case: Option<CaseId>,
    pub creator: Option<AccountId>,
    pub created: Option<Millis>,
    /// When something happened to it last: no comment on it is younger.
    pub updated: Option<Millis>,
}

impl IssueStatus {
    pub fn is_ours(&self, case: &CaseId, me: &AccountId) -> bool {
        self.creator.as_ref() == Some(me) && self.case.as_ref() == Some(case)
    }
}

impl IssueText<'_> {
    /// Which case it shows, and which version of it: a property that is part of the same request as the text.
    fn properties(&self) -> Value {
        json!([{"key": PROPERTY, "value": {"case": self.case, "mark": self.mark}}])
    }
}

/// The label that finds a case's issue again: properties cannot be searched for.
pub fn label(case: &CaseId) -> String {
    format!("aws-sir-{case}")
}

impl Jira<'_> {
    /// Makes an issue. Label and property are part of the one request: an issue of ours is never without them.
    pub async fn create_issue(&self, issue: IssueText<'_>) -> Result<Created, Failure> {
        let mut labels = vec![label(issue.case)];
        labels.extend(self.settings.labels.iter().cloned());
        let properties = issue.properties();
        let fields = json!({
            "project": {"key": self.settings.project},
            "issuetype": {"name": self.settings.issue_type},
            "summary": issue.summary,
            "labels": labels,
        });
        let fields = with(fields, "description", issue.description);
        let body = with(json!({"properties": properties}), "fields", fields);
        let ask = JiraRequest {
            what: "create issue",
            place: Concern::Site,
            method: Method::POST,
            path: &["issue"],
            query: "",
        };
        created(&self.ask(ask, Some(&body)).await?).ok_or_else(|| Failure::unreadable("create issue"))
    }

    /// Finds the issue that we made for a case, the first if there are several. Anybody can set the label; the
    /// property tells the case, and the creator that it was us. The index may lag behind by minutes.
    pub async fn find_issue(&self, case: &CaseId) -> Result<Option<Created>, Failure> {
        let what = "find issue";
        let me = self.me().await?;
        let mut body = json!({
            "jql": format!("labels = \"{}\"", label(case)),
            "fields": ["creator"],
            "properties": [PROPERTY],
            "maxResults": 100,
        });
        let (mut ours, mut pages) = (Vec::new(), Pages::default());
        loop {
            let ask = JiraRequest {
                what,
                place: Concern::Site,
                method: Method::POST,
                path: &["search", "jql"],
                query: "",
            };
            let answer = self.ask(ask, Some(&body)).await?;
            let issues = answer.get("issues").and_then(Value::as_array);
            let issues = issues.ok_or_else(|| Failure::unreadable(what))?;
            ours.extend(issues.iter().filter(|issue| is_ours(issue, case, &me)).filter_map(created));
            match pages.follow(what, text_at(&answer, "/nextPageToken"))? {
                Some(token) => body["nextPageToken"] = json!(token),
                // Ids rise with time.
                None => {
                    return Ok(ours
                        .into_iter()
                        .min_by_key(|issue| issue.id.as_str().parse().unwrap_or(u64::MAX)));
                }
            }
        }
    }

    /// Sets summary and description, and the mark with them. Repeating it changes nothing.
    pub async fn set_text(&self, issue: &IssueId, text: IssueText<'_>) -> Result<(), Failure> {
        let path = ["issue", issue.as_str()];
        let ask = JiraRequest {
            what: "set fields",
            place: Concern::Issue,
            method: Method::PUT,
            path: &path,
            query: "",
        };
        let properties = text.properties();
        let fields = with(json!({"summary": text.summary}), "description", text.description);
        let body = with(json!({"properties": properties}), "fields", fields);
        self.ask(ask, Some(&body)).await.map(drop)
    }

    /// Reads where an issue stands; [`Failure::Gone`] where it is deleted, or hidden from us.
    pub async fn issue_status(&self, issue: IssueRef<'_>) -> Result<IssueStatus, Failure> {
        let what = "read issue";
        let path = ["issue", issue.as_str()];
        let query = "fields=status,creator,created,updated&properties=casebridge";
        let ask = JiraRequest { what, place: Concern::Issue, method: Method::GET, path: &path, query };
        let answer = self.ask(ask, None).await?;
        let time = |pointer: &str| text_at(&answer, pointer).and_then(|text| clock::millis(&text));
        let read = || {
            Some(IssueStatus {
                id: IssueId::new(text_at(&answer, "/id")?),
                key: IssueKey::new(text_at(&answer, "/key")?),
                status: text_at(&answer, "/fields/status/name")?,
                category: text_at(&answer, "/fields/status/statusCategory/key")?,
                mark: text_at(&answer, "/properties/casebridge/mark").map(Mark::new),
                case: text_at(&answer, "/properties/casebridge/case").map(CaseId::new),
                creator: text_at(&answer, "/fields/creator/accountId").map(AccountId::new),
                created: time("/fields/created"),
                updated: time("/fields/updated"),
            })
        };
        read().ok_or_else(|| Failure::unreadable(what))
    }

    pub async fn remote_link(&self, issue: &IssueId, link: &RemoteLink<'_>) -> Result<(), Failure> {
        let path = ["issue", issue.as_str(), "remotelink"];
        let ask = JiraRequest {
            what: "remote link",
            place: Concern::Issue,
            method: Method::POST,
            path: &path,
            query: "",
        };
        let RemoteLink { id, url, title } = link;
        let body = json!({"globalId": id, "object": {"url": url, "title": title}});
        self.ask(ask, Some(&body)).await.map(drop)
    }
}

fn created(issue: &Value) -> Option<Created> {
    Some(Created { id: IssueId::new(text_at(issue, "/id")?), key: IssueKey::new(text_at(issue, "/key")?) })
}

fn is_ours(issue: &Value, case: &CaseId, me: &AccountId) -> bool {
    let creator = issue.pointer("/fields/creator/accountId").and_then(Value::as_str);
    let told = issue.pointer(&format!("/properties/{PROPERTY}/case")).and_then(Value::as_str);
    creator == Some(me.as_str()) && told == Some(case.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_ours_by_creator_and_property_not_by_label() {
        let (case, me) = (CaseId::new("1234567890"), AccountId::new("me"));
        let issue = |creator: &str, told: Value| json!({"id": "1", "fields": {"creator": {"accountId": creator}}, "properties": {"casebridge": told}});
        assert!(is_ours(&issue("me", json!({"case": "1234567890"})), &case, &me));
        assert!(!is_ours(&issue("you", json!({"case": "1234567890"})), &case, &me));
        assert!(!is_ours(&issue("me", json!({"case": "1234567891"})), &case, &me));
        assert!(!is_ours(&issue("me", json!(null)), &case, &me));
        assert!(!is_ours(&json!({"id": "1", "fields": {"creator": null}}), &case, &me));
    }
}
