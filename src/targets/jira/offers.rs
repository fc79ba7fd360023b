//! What a project offers: what its issues are made of, where they can go, and what our account may do there.

use std::collections::BTreeSet;

use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::{Jira, JiraRequest, answer::Concern, text_at};
use crate::{
    case::{AccountId, Email, IssueId},
    http::Failure,
};

/// A type of issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueKind {
    pub id: String,
    pub name: String,
}

/// A field of a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueField {
    pub id: String,
    /// It must be given: it has no default.
    pub is_needed: bool,
}

impl IssueKind {
    /// Whether the settings mean it by this name.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl IssueField {
    pub(super) fn of(id: String, meta: &Value) -> Self {
        let flag = |name: &str| meta.get(name).and_then(Value::as_bool) == Some(true);
        Self { id, is_needed: flag("required") && !flag("hasDefaultValue") }
    }
}

/// A status of a type's workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectStatus {
    pub id: String,
    pub name: String,
    /// `new`, `indeterminate` or `done`.
    pub category: String,
}

impl ProjectStatus {
    /// Whether the settings mean it by this name or category.
    pub fn is(&self, name: &str) -> bool {
        self.name.trim().to_lowercase() == name.trim().to_lowercase() || self.category == name
    }
}

/// So many are on a page; no project has more types or fields on one screen than a few pages.
const PAGE: usize = 50;
const PAGES: usize = 20;

impl Jira<'_> {
    /// The keys of the projects that the account sees: the first page.
    pub async fn projects(&self) -> Result<Vec<String>, Failure> {
        let what = "projects";
        let answer = self.read_offer(what, &["project", "search"], "").await?;
        let all = answer.get("values").and_then(Value::as_array).ok_or_else(|| Failure::unreadable(what))?;
        Ok(all.iter().filter_map(|project| text_at(project, "/key")).collect())
    }

    /// Whose e-mail address this is, where Jira tells of one person alone. Who hides their address is found by it all the same.
    pub async fn account_called(&self, email: &Email) -> Result<Option<AccountId>, Failure> {
        let what = "people";
        let query = Url::parse_with_params("https://x", [("query", email.as_str())]).ok();
        let query = query.as_ref().and_then(Url::query).unwrap_or_default();
        let answer = self.read_offer(what, &["user", "search"], query).await?;
        let all = answer.as_array().ok_or_else(|| Failure::unreadable(what))?;
        let is_them = |user: &&Value| {
            let address = text_at(user, "/emailAddress").filter(|address| !address.is_empty());
            user["accountType"] == "atlassian"
                && address.is_none_or(|address| address.eq_ignore_ascii_case(email.as_str()))
        };
        let them: Vec<_> = all.iter().filter(is_them).collect();
        Ok(match them[..] {
            [one] => text_at(one, "/accountId").map(AccountId::new),
            _ => None,
        })
    }

    /// The types of issue that can be made in the project; `None` where the account sees no such project.
    pub async fn issue_kinds(&self) -> Result<Option<Vec<IssueKind>>, Failure> {
        let what = "issue types";
        let path = ["issue", "createmeta", &self.settings.project, "issuetypes"];
        let kinds = match self.all(what, &path, &["issueTypes", "values"]).await {
            Err(Failure::Gone { .. }) => return Ok(None),
            kinds => kinds?,
        };
        let kind =
            |kind: &Value| Some(IssueKind { id: text_at(kind, "/id")?, name: text_at(kind, "/name")? });
        Ok(Some(kinds.iter().filter_map(kind).collect()))
    }

    /// The fields of the screen on which an issue of a case is made; `None` where the project or its type is not there.
    pub(super) async fn create_screen(&self) -> Result<Option<Vec<IssueField>>, Failure> {
        let kinds = self.issue_kinds().await?.unwrap_or_default();
        match kinds.iter().find(|kind| kind.is(&self.settings.issue_type)) {
            Some(kind) => self.fields(kind).await.map(Some),
            None => Ok(None),
        }
    }

    /// The fields of the screen on which such an issue is made.
    pub async fn fields(&self, kind: &IssueKind) -> Result<Vec<IssueField>, Failure> {
        let what = "fields";
        let path = ["issue", "createmeta", &self.settings.project, "issuetypes", &kind.id];
        let fields = self.all(what, &path, &["fields", "results"]).await?;
        let field = |field: &Value| {
            let id = text_at(field, "/fieldId").or_else(|| text_at(field, "/key"))?;
            Some(IssueField::of(id, field))
        };
        Ok(fields.iter().filter_map(field).collect())
    }

    /// The statuses that such an issue can have.
    pub async fn statuses(&self, kind: &IssueKind) -> Result<Vec<ProjectStatus>, Failure> {
        let what = "statuses";
        let path = ["project", &self.settings.project, "statuses"];
        let answer = self.read_offer(what, &path, "").await?;
        let kinds = answer.as_array().ok_or_else(|| Failure::unreadable(what))?;
        let of =
            kinds.iter().find(|one| one["id"] == kind.id.as_str()).and_then(|one| one["statuses"].as_array());
        let status = |status: &Value| {
            Some(ProjectStatus {
                id: text_at(status, "/id")?,
                name: text_at(status, "/name")?,
                category: text_at(status, "/statusCategory/key").unwrap_or_default(),
            })
        };
        Ok(of.ok_or_else(|| Failure::unreadable(what))?.iter().filter_map(status).collect())
    }

    /// An issue of the project that stands in this status: the newest.
    pub async fn newest_in(&self, status: &ProjectStatus) -> Result<Option<IssueId>, Failure> {
        let project = &self.settings.project;
        let name = status.name.replace('\\', "\\\\").replace('"', "\\\"");
        let jql = format!("project = \"{project}\" AND status = \"{name}\" ORDER BY created DESC");
        let body = json!({ "jql": jql, "fields": ["status"], "maxResults": 1 });
        let ask = JiraRequest {
            what: "newest issue",
            place: Concern::Issue,
            method: Method::POST,
            path: &["search", "jql"],
            query: "",
        };
        let answer = self.ask(ask, Some(&body)).await?;
        Ok(text_at(&answer, "/issues/0/id").map(IssueId::new))
    }

    /// Which of these rights the account has in the project: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/>.
    pub async fn granted(&self, rights: &[&str]) -> Result<BTreeSet<String>, Failure> {
        let what = "permissions";
        let pairs = [("projectKey", self.settings.project.as_str()), ("permissions", &rights.join(","))];
        let query = Url::parse_with_params("https://x", pairs).ok();
        let query = query.as_ref().and_then(Url::query).unwrap_or_default();
        let answer = self.read_offer(what, &["mypermissions"], query).await?;
        let all =
            answer.get("permissions").and_then(Value::as_object).ok_or_else(|| Failure::unreadable(what))?;
        let granted = all.iter().filter(|(_, right)| right["havePermission"] == true);
        Ok(granted.map(|(name, _)| name.clone()).collect())
    }

    async fn all(&self, what: &'static str, path: &[&str], names: &[&str]) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let query = format!("startAt={}&maxResults={PAGE}", all.len());
            let answer = self.read_offer(what, path, &query).await?;
            let some = names.iter().find_map(|name| answer.get(*name)).and_then(Value::as_array);
            let some = some.ok_or_else(|| Failure::unreadable(what))?;
            all.extend(some.iter().cloned());
            let total =
                answer.get("total").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
            if some.is_empty() || total.is_none_or(|total| all.len() >= total) {
                break;
            }
        }
        Ok(all)
    }

    async fn read_offer(&self, what: &'static str, path: &[&str], query: &str) -> Result<Value, Failure> {
        self.ask(JiraRequest { what, place: Concern::Issue, method: Method::GET, path, query }, None).await
    }
}
