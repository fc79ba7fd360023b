//! What would Jira Cloud answer?
//! The calls of REST v3 that the product uses, a search whose index can lag, and webhooks.

mod adf;
mod attachments;
mod circles;
mod comments;
mod control;
mod create;
mod hooks;
mod issues;
mod links;
mod people;
mod projects;
mod properties;
mod refused;
mod routes;
mod search;
mod site;
mod state;
mod transitions;
mod webhooks;

#[cfg(test)]
mod tests;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    Endpoint, ErrorCode, ServiceClock, Standin,
    exchange::{WireRequest, WireResponse},
    standin::ServiceModel,
};
use refused::{JiraRefusal, message};
use routes::Given;
use state::Site;

/// A running stand-in of a Jira Cloud site.
///
/// It starts with the project `SEC` (issue types Task, Incident, Bug; statuses To Do, In Progress, In Review,
/// Done, each of which can follow any other), with Ana ([`ana`](Self::ana), `ana@example.com`), and with the
/// product's own account (`casebridge@example.com`, token `stand-in-token`). Operations in calls and faults have
/// the names of Atlassian's `operationId`s: `createIssue`, `addComment`, `doTransition`,
/// `searchAndReconsileIssuesUsingJqlPost`, …
///
/// Besides what [`Server`](super::Server) offers, its `/_control/` has:
///
/// | request | body | answer |
/// |---|---|---|
/// | `GET state` | | [`state`](Self::state) |
/// | `DELETE webhooks` | | [`take_webhooks`](Self::take_webhooks) as `[{path, headers, body}]` |
/// | `POST issues` | `{by, summary}` | `{key}` |
/// | `PUT issues/KEY` | `{by, fields}` | |
/// | `DELETE issues/KEY` | `{by}` | |
/// | `PUT issues/KEY/status` | `{by, status}` | |
/// | `POST issues/KEY/comments` | `{by, text, visibility, properties}`, the last two as REST takes them, or left out | the comment |
/// | `DELETE issues/KEY/comments/ID` | | |
/// | `PUT issues/KEY/required` | `{status, field, inWords}` | [`require`](Self::require) |
/// | `DELETE required` | | [`require_nothing`](Self::require_nothing) |
/// | `PUT issues/KEY/links` | `{allowed}` | [`allow_links`](Self::allow_links) |
/// | `PUT settings` | `{nextIssue}` | the next issue has this number, if it is the next thing that is made |
/// | `PUT rights` | `{name, allowed}` | what our account may, by the right's name; it is no administrator at first |
/// | `POST index` | | [`index_now`](Self::index_now) |
pub type JiraStandin = Standin<Site>;

impl ServiceModel for Site {
    fn furnished(endpoint: &Endpoint) -> Self {
        let mut site = Self::new(endpoint);
        site::furnish(&mut site);
        site
    }

    fn clock(&self) -> &ServiceClock {
        &self.clock
    }

    fn keep_limits(&mut self) {
        self.settings.enforce_rates = true;
    }

    fn operation(asked: &WireRequest) -> String {
        match routes::find(asked.method.as_str(), &asked.segments()) {
            Some((route, _)) => route.name.to_owned(),
            None => format!("{} {}", asked.method, asked.path),
        }
    }

    fn only_reads(asked: &WireRequest) -> bool {
        asked.method == "GET" || asked.path.ends_with("/search/jql")
    }

    fn answer(&mut self, asked: &WireRequest) -> WireResponse {
        perform(self, asked).unwrap_or_else(JiraRefusal::answer)
    }

    /// By status: `404`, `409`, `429`, …
    fn error(code: &ErrorCode) -> WireResponse {
        refused::by_status(code)
    }

    fn control(&mut self, asked: &WireRequest) -> Option<WireResponse> {
        control::answer(self, asked)
    }
}

fn perform(state: &mut Site, asked: &WireRequest) -> Result<WireResponse, JiraRefusal> {
    let segments = asked.segments();
    if let [first, id] = &segments[..]
        && first == "media"
    {
        return Ok(attachments::media(state, id));
    }
    if segments.iter().map(String::as_str).eq(["rest", "api", "3", "search"]) {
        return Err(message(
            410,
            "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
        ));
    }
    let (email, token) = (&state.settings.email, &state.settings.token);
    let wanted = format!("Basic {}", BASE64_STANDARD.encode(format!("{email}:{token}")));
    if asked.header("authorization") != Some(&wanted) {
        return Err(refused::unauthorized());
    }
    let Some((route, parts)) = routes::find(asked.method.as_str(), &segments) else {
        return Err(JiraRefusal::with(WireResponse::text(
            404,
            "text/html",
            "<html><body>Oops, you&#39;ve found a dead link.</body></html>",
        )));
    };
    if state.settings.expired {
        return refused::expired(route.name);
    }
    state.budget(route.name, asked.method.as_str())?;
    let given = Given { asked, parts, who: state.settings.own.clone() };
    (route.work)(state, &given)
}
