//! Which calls does the REST API have here?
//! Names are the `operationId`s of the OpenAPI document, <https://developer.atlassian.com/cloud/jira/platform/rest/v3/>.

use casebridge::case::AccountId;

use super::{
    super::exchange::WireRequest, attachments, comments, create, hooks, issues, links, people, projects,
    properties, refused::Output, search, state::Site, transitions,
};

/// The parts of the path that are variable, and the whole request.
pub(super) struct Given<'a> {
    pub(super) asked: &'a WireRequest,
    pub(super) parts: Vec<String>,
    pub(super) who: AccountId,
}

impl Given<'_> {
    /// It is to mail nobody.
    pub(super) fn is_quiet(&self) -> bool {
        self.asked.query("notifyUsers") == Some("false")
    }
}

pub(super) struct RestCall {
    pub(super) name: &'static str,
    method: &'static str,
    /// Below `/rest/api/3/`, that of webhooks below `/rest/`; `{}` is variable.
    path: &'static str,
    pub(super) work: fn(&mut Site, &Given<'_>) -> Output,
}

const fn route(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    work: fn(&mut Site, &Given<'_>) -> Output,
) -> RestCall {
    RestCall { name, method, path, work }
}

pub(super) const ROUTES: &[RestCall] = &[
    route("getCurrentUser", "GET", "myself", people::myself),
    route("findUsers", "GET", "user/search", people::search),
    route("getUserGroups", "GET", "user/groups", people::groups),
    route("getCreateIssueMetaIssueTypes", "GET", "issue/createmeta/{}/issuetypes", create::issue_types),
    route("getCreateIssueMetaIssueTypeId", "GET", "issue/createmeta/{}/issuetypes/{}", create::fields),
    route("searchProjects", "GET", "project/search", projects::search),
    route("getAllStatuses", "GET", "project/{}/statuses", projects::statuses),
    route("getMyPermissions", "GET", "mypermissions", projects::rights),
    route("getWebhooks", "GET", "webhooks/1.0/webhook", hooks::list),
    route("createWebhook", "POST", "webhooks/1.0/webhook", hooks::create),
    route("updateWebhook", "PUT", "webhooks/1.0/webhook/{}", hooks::update),
    route("createIssue", "POST", "issue", create::create),
    route("getIssue", "GET", "issue/{}", issues::get),
    route("editIssue", "PUT", "issue/{}", issues::edit),
    route("deleteIssue", "DELETE", "issue/{}", issues::delete),
    route("getTransitions", "GET", "issue/{}/transitions", transitions::list),
    route("doTransition", "POST", "issue/{}/transitions", transitions::perform),
    route("getComments", "GET", "issue/{}/comment", comments::list),
    route("addComment", "POST", "issue/{}/comment", comments::create),
    route("getComment", "GET", "issue/{}/comment/{}", comments::get),
    route("updateComment", "PUT", "issue/{}/comment/{}", comments::update),
    route("deleteComment", "DELETE", "issue/{}/comment/{}", comments::delete),
    route("getCommentPropertyKeys", "GET", "comment/{}/properties", properties::of_comment_keys),
    route("getCommentProperty", "GET", "comment/{}/properties/{}", properties::of_comment),
    route("setCommentProperty", "PUT", "comment/{}/properties/{}", properties::set_of_comment),
    route("getIssuePropertyKeys", "GET", "issue/{}/properties", properties::of_issue_keys),
    route("getIssueProperty", "GET", "issue/{}/properties/{}", properties::of_issue),
    route("setIssueProperty", "PUT", "issue/{}/properties/{}", properties::set_of_issue),
    route("getRemoteIssueLinks", "GET", "issue/{}/remotelink", links::list),
    route("createOrUpdateRemoteIssueLink", "POST", "issue/{}/remotelink", links::put),
    route("getIssueWatchers", "GET", "issue/{}/watchers", people::watchers),
    route("addWatcher", "POST", "issue/{}/watchers", people::watch),
    route("removeWatcher", "DELETE", "issue/{}/watchers", people::unwatch),
    route("addAttachment", "POST", "issue/{}/attachments", attachments::add),
    route("getAttachmentMeta", "GET", "attachment/meta", attachments::meta),
    route("getAttachmentContent", "GET", "attachment/content/{}", attachments::content),
    route("getAttachment", "GET", "attachment/{}", attachments::get),
    route("removeAttachment", "DELETE", "attachment/{}", attachments::remove),
    route("searchAndReconsileIssuesUsingJqlPost", "POST", "search/jql", search::post),
    route("searchAndReconsileIssuesUsingJql", "GET", "search/jql", search::get),
];

pub(super) fn find(method: &str, parts: &[String]) -> Option<(&'static RestCall, Vec<String>)> {
    let [rest, below @ ..] = parts else { return None };
    let below = match below {
        [first, ..] if first == "webhooks" => below,
        [api, version, below @ ..] if api == "api" && version == "3" => below,
        _ => return None,
    };
    if rest != "rest" {
        return None;
    }
    ROUTES.iter().filter(|route| route.method == method).find_map(|route| {
        let wanted: Vec<&str> = route.path.split('/').collect();
        let fits = wanted.len() == below.len()
            && wanted.iter().zip(below).all(|(wanted, part)| *wanted == "{}" || wanted == part);
        let variable = wanted.iter().zip(below).filter(|(wanted, _)| **wanted == "{}");
        fits.then(|| (route, variable.map(|(_, part)| part.clone()).collect()))
    })
}
