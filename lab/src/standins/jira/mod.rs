//! What would Jira Cloud answer?
//!
//! The calls of REST v3 that the product uses, a search whose index can lag, and webhooks.

mod adf;
mod attachments;
mod circles;
mod comments;
mod control;
mod create;
mod issues;
mod links;
mod people;
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

use std::{
    io,
    ops::Deref,
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    Server, ServiceClock,
    exchange::{WireRequest, WireResponse},
    past::Past,
    server::{Service, bind, lock, on_state},
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
/// Besides what [`Server`] offers, its `/_control/` has:
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
/// | `POST index` | | [`index_now`](Self::index_now) |
#[derive(Clone, Debug)]
pub struct JiraStandin {
    server: Server,
    world: Arc<World>,
}

struct World {
    state: Mutex<Site>,
    past: Past<Site>,
}

impl World {
    fn new(clock: ServiceClock, url: String) -> Arc<Self> {
        let mut state = Site::new(clock, url);
        site::furnish(&mut state);
        Arc::new(Self { state: Mutex::new(state), past: Past::default() })
    }

    /// Works on the state, which may be something else afterwards.
    fn with<T>(&self, work: impl FnOnce(&mut Site) -> T) -> T {
        let mut state = lock(&self.state);
        self.past.remember(state.clock.millis(), &state);
        work(&mut state)
    }

    fn done(&self, asked: &WireRequest) -> WireResponse {
        match only_reads(asked) {
            true => answer(&mut lock(&self.state), asked),
            false => self.with(|state| answer(state, asked)),
        }
    }
}

fn only_reads(asked: &WireRequest) -> bool {
    asked.method == "GET" || asked.path.ends_with("/search/jql")
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl JiraStandin {
    /// Starts a stand-in on a free port of loopback. The API is at `{url}/rest/api/3/`.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> io::Result<Self> {
        let (listener, url) = bind().await?;
        let clock = ServiceClock::default();
        let world = World::new(clock.clone(), url.clone());
        let server = Server::run(listener, url, clock, world.clone());
        Ok(Self { server, world })
    }

    /// One that only this process can ask, on this clock and at this base URL, with Jira's budgets enforced: see
    /// [`Server::answer`].
    pub fn within(clock: ServiceClock, url: &str) -> Self {
        let world = World::new(clock.clone(), url.to_owned());
        let server = Server::within(url.to_owned(), clock, world.clone());
        let jira = Self { server, world };
        jira.enforce_rates(true);
        jira
    }
}

impl Deref for JiraStandin {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Service for World {
    fn operation(&self, asked: &WireRequest) -> String {
        match routes::find(asked.method.as_str(), &asked.segments()) {
            Some((route, _)) => route.name.to_owned(),
            None => format!("{} {}", asked.method, asked.path),
        }
    }

    fn answer(&self, asked: &WireRequest, keep: bool) -> WireResponse {
        match keep {
            true => self.done(asked),
            false => on_state(&self.state, false, |state| answer(state, asked)),
        }
    }

    fn answer_as_of(&self, asked: &WireRequest, seen: i64) -> WireResponse {
        let before = self.past.at(seen, |state| answer(state, asked));
        before.unwrap_or_else(|| self.answer(asked, true))
    }

    /// By status: `404`, `409`, `429`, …
    fn error(&self, name: &str) -> WireResponse {
        refused::by_status(name)
    }

    fn control(&self, what: &str, asked: &WireRequest) -> Option<WireResponse> {
        self.with(|state| control::answer(state, what, asked))
    }
}

fn answer(state: &mut Site, asked: &WireRequest) -> WireResponse {
    perform(state, asked).unwrap_or_else(JiraRefusal::answer)
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
