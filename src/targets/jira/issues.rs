//! How a case's issue is made, found again, read and set.

use reqwest::Method;
use serde_json::{Map, Value, json};
use tracing::warn;

use super::{
    ASIDE, Jira, JiraRequest, PROPERTY,
    answer::{self, Concern},
    clock, fields,
    reading::{Names, plain},
    text_at,
};
use crate::{
    case::{AccountId, CaseId, DeploymentId, IssueId, IssueKey, Millis},
    http::{Failure, Pages, Response, with},
    targets::mark::Mark,
};

/// What is read of an issue.
pub(super) const FIELDS: &str = "fields=status,creator,created,updated";
/// What is ours on it.
pub(super) const OURS: &str = "properties=casebridge";
const DESCRIPTION: &str = "description";
const SECURITY: &str = "security";
/// So many minutes two clocks may differ.
const CLOCKS: Millis = 5;
/// So many pages of issues are looked through.
const PAGES: usize = 20;

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

/// An issue that we made for a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OurIssue {
    pub issue: Created,
    /// Which deployment did, where it says so.
    pub by: Option<DeploymentId>,
}

/// What a search for a case's issues found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundIssues {
    /// The first before the others.
    pub ours: Vec<OurIssue>,
    /// What bears the label, and is not proven to be ours.
    pub strange: Vec<Created>,
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
    /// Its description was a person's when it was linked.
    pub beside: bool,
    pub creator: Option<AccountId>,
    pub created: Option<Millis>,
    /// When something happened to it last: no comment on it is younger.
    pub updated: Option<Millis>,
}

impl IssueStatus {
    pub(super) fn of(issue: &Value) -> Option<Self> {
        let time = |pointer: &str| text_at(issue, pointer).and_then(|text| clock::millis(&text));
        Some(Self {
            id: IssueId::new(text_at(issue, "/id")?),
            key: IssueKey::new(text_at(issue, "/key")?),
            status: text_at(issue, "/fields/status/name")?,
            category: text_at(issue, "/fields/status/statusCategory/key")?,
            mark: issue.pointer("/properties/casebridge").and_then(Mark::of_payload),
            case: text_at(issue, "/properties/casebridge/case").map(CaseId::new),
            beside: issue.pointer("/properties/casebridge/beside") == Some(&Value::Bool(true)),
            creator: text_at(issue, "/fields/creator/accountId").map(AccountId::new),
            created: time("/fields/created"),
            updated: time("/fields/updated"),
        })
    }

    /// Whether it stands at a status that is called so, or in a category.
    pub(crate) fn is_in(&self, name: &str) -> bool {
        self.status.trim().to_lowercase() == name.trim().to_lowercase() || self.category == name
    }

    /// Whether we made it for the case, and it is not the case's.
    pub(crate) fn is_set_aside(&self, case: &CaseId, me: &AccountId) -> bool {
        let aside = |mark: &Mark| mark.read(case).is_some_and(|(key, _)| key.0 == ASIDE);
        self.creator.as_ref() == Some(me) && self.case.is_none() && self.mark.as_ref().is_some_and(aside)
    }

    pub fn is_ours(&self, case: &CaseId, me: &AccountId) -> bool {
        self.creator.as_ref() == Some(me) && self.case.as_ref() == Some(case)
    }
}

/// The label that finds a case's issue again: properties cannot be searched for.
pub fn label(case: &CaseId) -> String {
    format!("aws-sir-{case}")
}

impl Jira<'_> {
    /// Which case an issue shows, and which version of it: a property that is part of the same request as the text.
    fn property(&self, text: &IssueText<'_>) -> Value {
        with(self.sign(&text.mark), "case", json!(text.case))
    }

    /// Makes an issue. The property is part of the one request: an issue of ours is never without it. What the project's
    /// create screen does not have is left out; a description is set then.
    pub async fn create_issue(&self, issue: IssueText<'_>) -> Result<Created, Failure> {
        self.create_issue_under(issue, None).await
    }

    /// The same under a security level, from its beginning on: never without it.
    pub async fn create_issue_under(
        &self,
        issue: IssueText<'_>,
        level: Option<&str>,
    ) -> Result<Created, Failure> {
        let mut fields = self.new_fields(&issue);
        fields.extend(level.map(|level| (SECURITY.to_owned(), json!({"id": level}))));
        let answer = self.post_issue(&issue, &fields).await?;
        if answer.status != 400 || answer::fields(&answer).is_empty() {
            return made(&answer);
        }
        let Ok(Some(screen)) = self.create_screen().await else { return made(&answer) };
        let left_out = fields::fit(&mut fields, &screen);
        if left_out.is_empty() || left_out.contains(SECURITY) {
            return made(&answer);
        }
        let made = made(&self.post_issue(&issue, &fields).await?)?;
        warn!(case = %issue.case, fields = ?left_out, "the create screen has no such fields");
        if left_out.contains(DESCRIPTION) {
            let case = issue.case;
            if let Err(failure) = self.set_text(&made.id, issue).await {
                warn!(%case, %failure, "the issue has no description");
            }
        }
        Ok(made)
    }

    fn new_fields(&self, issue: &IssueText<'_>) -> Map<String, Value> {
        let mut labels = vec![label(issue.case)];
        labels.extend(self.settings.labels.iter().cloned());
        let mut fields = fields::given(&self.settings.fields);
        fields.insert("summary".to_owned(), json!(issue.summary));
        fields.insert("labels".to_owned(), json!(labels));
        fields.insert(DESCRIPTION.to_owned(), issue.description.clone());
        fields
    }

    async fn post_issue(
        &self,
        issue: &IssueText<'_>,
        fields: &Map<String, Value>,
    ) -> Result<Response, Failure> {
        let mut all = fields.clone();
        all.insert("project".to_owned(), json!({"key": self.settings.project}));
        all.insert("issuetype".to_owned(), json!({"name": self.settings.issue_type}));
        let body = json!({"properties": [{"key": PROPERTY, "value": self.property(issue)}], "fields": all});
        let ask = JiraRequest {
            what: "create issue",
            place: Concern::Site,
            method: Method::POST,
            path: &["issue"],
            query: "",
        };
        self.send(&ask, Some(&body)).await
    }

    /// Finds the issues that we made for a case since then, the first before the others. Anybody can set the label; the
    /// property tells the case, and the creator that it was us. A project may have no labels: then they are looked for among
    /// all that we made. The index may lag behind by minutes.
    pub async fn issues_of(&self, case: &CaseId, since: Millis) -> Result<FoundIssues, Failure> {
        let me = self.me().await?;
        let labelled = format!("labels = \"{}\"", label(case));
        let found = self.all_of(case, &me, &labelled).await?;
        if !found.ours.is_empty() {
            return Ok(found);
        }
        // A date would be read in the time zone of our account.
        let minutes = (self.world.now() - since).div_euclid(60_000) + CLOCKS;
        let by_us = format!("creator = currentUser() AND created >= \"-{minutes}m\" ORDER BY created ASC");
        let FoundIssues { ours, .. } = self.all_of(case, &me, &by_us).await?;
        Ok(FoundIssues { ours, ..found })
    }

    async fn all_of(&self, case: &CaseId, me: &AccountId, jql: &str) -> Result<FoundIssues, Failure> {
        let what = "find issue";
        let mut body = json!({
            "jql": jql,
            "fields": ["creator"],
            "properties": [PROPERTY],
            "maxResults": 100,
        });
        let (mut found, mut pages, mut read) = (FoundIssues::default(), Pages::default(), 0);
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
            let (ours, strange): (Vec<_>, Vec<_>) = issues.iter().partition(|issue| is_ours(issue, case, me));
            found.ours.extend(ours.into_iter().filter_map(our_issue));
            found.strange.extend(strange.into_iter().filter_map(created));
            let next = pages.follow(what, text_at(&answer, "/nextPageToken"))?;
            read += 1;
            match next.filter(|_| read < PAGES) {
                Some(token) => body["nextPageToken"] = json!(token),
                None => {
                    // Ids rise with time. What this deployment made comes before what another did.
                    found.ours.sort_by_key(|OurIssue { issue, by }| {
                        let is_anothers = by.as_ref() != self.world.deployment();
                        (is_anothers, issue.id.as_str().parse().unwrap_or(u64::MAX))
                    });
                    return Ok(found);
                }
            }
        }
    }

    /// Sets summary and description, and the mark with them. Repeating it changes nothing.
    pub async fn set_text(&self, issue: &IssueId, text: IssueText<'_>) -> Result<(), Failure> {
        let properties = json!([{"key": PROPERTY, "value": self.property(&text)}]);
        let fields = with(json!({"summary": text.summary}), "description", text.description);
        self.put(issue, with(json!({"properties": properties}), "fields", fields)).await
    }

    /// Sets the summary alone, and the mark with it: the description is a person's.
    pub async fn set_summary(&self, issue: &IssueId, text: &IssueText<'_>) -> Result<(), Failure> {
        let value = with(self.property(text), "beside", json!(true));
        let properties = json!([{"key": PROPERTY, "value": value}]);
        self.put(issue, json!({"properties": properties, "fields": {"summary": text.summary}})).await
    }

    /// Lets an issue bear no mark of its case any more but this one: it is no longer found as the case's. Whatever screen
    /// has no labels has none to take off.
    pub async fn disown(&self, issue: &IssueId, case: &CaseId, mark: &Mark) -> Result<(), Failure> {
        let properties = json!([{"key": PROPERTY, "value": self.sign(mark)}]);
        let off = json!({"labels": [{"remove": label(case)}]});
        match self.put(issue, json!({"properties": properties, "update": off})).await {
            Err(Failure::Content { .. }) => self.put(issue, json!({"properties": properties})).await,
            put => put,
        }
    }

    async fn put(&self, issue: &IssueId, body: Value) -> Result<(), Failure> {
        let path = ["issue", issue.as_str()];
        let ask = JiraRequest {
            what: "set fields",
            place: Concern::Issue,
            method: Method::PUT,
            path: &path,
            query: "",
        };
        self.edit_quietly(ask, &body).await
    }

    /// Whether it has a description.
    pub async fn is_described(&self, issue: &IssueId) -> Result<bool, Failure> {
        let answer = self.read_issue(IssueRef::Id(issue), "fields=description").await?;
        let description = answer.pointer("/fields/description").unwrap_or(&Value::Null);
        Ok(!plain(description, &Names::default()).trim().is_empty())
    }

    /// Lets only those see an issue who are in this security level.
    pub async fn set_level(&self, issue: &IssueId, level: &str) -> Result<(), Failure> {
        self.put(issue, json!({"fields": {"security": {"id": level}}})).await
    }

    /// Makes somebody the assignee.
    pub async fn assign(&self, issue: &IssueId, account: &AccountId) -> Result<(), Failure> {
        self.put(issue, json!({"fields": {"assignee": {"accountId": account}}})).await
    }

    /// Reads where an issue stands; [`Failure::Gone`] where it is deleted, or hidden from us.
    pub async fn issue_status(&self, issue: IssueRef<'_>) -> Result<IssueStatus, Failure> {
        let answer = self.read_issue(issue, &format!("{FIELDS}&{OURS}")).await?;
        IssueStatus::of(&answer).ok_or_else(|| Failure::unreadable("read issue"))
    }

    pub(super) async fn read_issue(&self, issue: IssueRef<'_>, query: &str) -> Result<Value, Failure> {
        let path = ["issue", issue.as_str()];
        let ask = JiraRequest {
            what: "read issue",
            place: Concern::Issue,
            method: Method::GET,
            path: &path,
            query,
        };
        self.ask(ask, None).await
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

fn made(answer: &Response) -> Result<Created, Failure> {
    let what = "create issue";
    let issue = answer::read(what, Concern::Site, answer)?;
    created(&issue).ok_or_else(|| Failure::unreadable(what))
}

fn created(issue: &Value) -> Option<Created> {
    Some(Created { id: IssueId::new(text_at(issue, "/id")?), key: IssueKey::new(text_at(issue, "/key")?) })
}

fn our_issue(issue: &Value) -> Option<OurIssue> {
    let mark = issue.pointer(&format!("/properties/{PROPERTY}")).and_then(Mark::of_payload);
    Some(OurIssue { issue: created(issue)?, by: mark.and_then(|mark| mark.by().cloned()) })
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
