//! Jira Cloud: how it is asked, and how a case is shown there. <https://developer.atlassian.com/cloud/jira/platform/rest/v3/>
//! Asking goes through [`Jira`], once: no method repeats a request by itself.

mod adf;
mod answer;
mod clock;
mod comments;
mod description;
mod fields;
mod files;
mod groups;
mod history;
mod issues;
mod notice;
mod offers;
mod planner;
mod reading;
mod remark;
mod target;
mod transitions;
pub mod webhooks;

use reqwest::{Method, Url};
use serde_json::Value;

use self::answer::Concern;
pub use self::{
    adf::parts,
    comments::{AccountType, Audience, CommentRef, HeardComment, Person},
    description::{description, summary},
    files::IssueFile,
    history::{IssueNow, StatusMove},
    issues::{Created, FoundIssues, IssueRef, IssueStatus, IssueText, OurIssue, RemoteLink, label},
    offers::{IssueField, IssueKind, ProjectStatus},
    planner::{JiraPlanner, STATUS},
    remark::content,
    target::JiraTarget,
    transitions::{Moved, Transition},
};
pub(crate) use self::{
    files::ShownFiles,
    notice::{file_stays, machine, no_role, refused, too_late, withdrawn, withheld},
    reading::{Names, bare, plain},
    target::ASIDE,
};
use crate::{
    case::{AccountId, Millis},
    config::{
        secrets::{Secret, Secrets},
        settings::{self, Settings},
    },
    http::{Failure, Request, Response, json::text_at},
    runtime::{
        World,
        gate::{self, Counted},
    },
    state::TargetKind,
};

pub const KIND: TargetKind = TargetKind::new("jira");

const PROPERTY: &str = "casebridge";

/// The REST API, asked as the user whose token we have.
pub struct Jira<'a> {
    pub world: &'a dyn World,
    pub settings: &'a settings::JiraSettings,
    pub email: &'a Secret,
    /// An API token: <https://id.atlassian.com/manage-profile/security/api-tokens>.
    pub token: &'a Secret,
    /// When the time of whoever asks ends: nothing is sent whose answer could come later.
    pub until: Millis,
}

impl<'a> Jira<'a> {
    /// As the settings say; `None` where they name no Jira.
    pub fn new(
        world: &'a dyn World,
        settings: &'a Settings,
        secrets: &'a Secrets,
        until: Millis,
    ) -> Option<Self> {
        let (email, token) = (&secrets.jira_email, &secrets.jira_api_token);
        settings.jira.as_ref().map(|settings| Self { world, settings, email, token, until })
    }
}

/// What says that an edit mails nobody. Only who administers the project, or the site, may say it.
const QUIETLY: &str = "notifyUsers=false";
/// So long an edit mails whom it does, after one was refused because it was to mail nobody.
const LOUD: Millis = 3_600_000;

/// One request: what it is called in failures, whom it concerns, and where it goes below `/rest/api/3`.
struct JiraRequest<'a> {
    what: &'static str,
    place: Concern,
    method: Method,
    path: &'a [&'a str],
    query: &'a str,
}

impl JiraRequest<'_> {
    /// As what it is counted: as one of all, at its endpoint, on its issue.
    /// <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>
    fn counted(&self) -> [String; 3] {
        let issue = match self.path {
            ["issue", issue, ..] => issue,
            _ => "none",
        };
        ["all".to_owned(), format!("{} {}", self.method, self.what), format!("issue/{issue}")]
    }
}

impl Jira<'_> {
    pub async fn me(&self) -> Result<AccountId, Failure> {
        let ask = JiraRequest {
            what: "myself",
            place: Concern::Site,
            method: Method::GET,
            path: &["myself"],
            query: "",
        };
        let me = text_at(&self.ask(ask, None).await?, "/accountId").map(AccountId::new);
        me.ok_or_else(|| Failure::unreadable("myself"))
    }

    async fn ask(&self, ask: JiraRequest<'_>, body: Option<&Value>) -> Result<Value, Failure> {
        let response = self.send(&ask, body).await?;
        answer::read(ask.what, ask.place, &response)
    }

    /// Asks for an edit that mails nobody. It may be refused for that alone, as a 400 or a 403: then it is asked for again
    /// without. <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put>
    async fn edit_quietly(&self, ask: JiraRequest<'_>, body: &Value) -> Result<(), Failure> {
        let (recent, now) = (self.world.recent(), self.world.now());
        if !recent.is_some_and(|recent| recent.was_seen_to(QUIETLY, &self.settings.project, (now, LOUD))) {
            let quiet = JiraRequest { query: QUIETLY, method: ask.method.clone(), ..ask };
            let response = self.send(&quiet, Some(body)).await?;
            let is_refused = matches!(response.status, 400 | 403) && response.value().is_some();
            if !is_refused {
                return answer::read(ask.what, ask.place, &response).map(drop);
            }
        }
        self.ask(ask, Some(body)).await?;
        if let Some(recent) = recent {
            recent.saw_to(QUIETLY, self.settings.project.clone(), now);
        }
        Ok(())
    }

    async fn send(&self, ask: &JiraRequest<'_>, body: Option<&Value>) -> Result<Response, Failure> {
        let url = self.url(ask)?;
        let request = match body {
            Some(body) => Request::json(ask.method.clone(), url, body),
            None => Request::bare(ask.method.clone(), url),
        };
        let request = request.basic(self.email, self.token);
        let counted = Counted { target: KIND, names: &ask.counted(), about: answer::limited };
        gate::send(self.world, counted, request, self.until).await
    }

    /// The address below `/rest/api/3`, or that of the webhooks; each segment is escaped, so that no id reaches another place.
    fn url(&self, ask: &JiraRequest<'_>) -> Result<String, Failure> {
        let broken = || Failure::Broken { everywhere: true, why: "jira.api_url is no address".to_owned() };
        let mut url = Url::parse(&self.settings.api_url).map_err(|_| broken())?;
        url.path_segments_mut()
            .map_err(|()| broken())?
            .pop_if_empty()
            .extend(if ask.path.first() == Some(&webhooks::ROOT) {
                &["rest"][..]
            } else {
                &["rest", "api", "3"]
            })
            .extend(ask.path);
        url.set_query((!ask.query.is_empty()).then_some(ask.query));
        Ok(url.to_string())
    }
}
