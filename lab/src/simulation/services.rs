//! Which services does a world have? The stand-ins themselves, in this process and on the world's clock, with their
//! limits kept and the faults around them.

use std::{cell::RefCell, collections::HashMap};

use casebridge::{
    case::{ChannelId, Millis},
    http::{Request, Response},
};
use serde_json::{Value, json};

use super::oracle::{ReadText, plain, told};
use super::visible;
use super::{
    clock::Chance,
    faults::{Set, SetRefusals},
    journal::{self, Journal},
};
use crate::standins::{
    Endpoint, JiraStandin, Order, Pace, Server, ServiceClock, Sight, SirStandin, SlackStandin,
};

/// What the base URL of Slack begins with.
pub const SLACK: &str = "https://slack.sim";
/// See [`SLACK`].
const SIR: &str = "https://security-ir.within";
/// See [`SLACK`].
pub const JIRA: &str = "https://jira.sim";
/// The principal that our own calls bear.
pub const OURS: &str = "arn:aws:sts::111122223333:assumed-role/casebridge/command";
/// The project role that comments can be for.
pub const RESPONDERS: &str = "Responders";
/// Items a page: fewer than the service's 25, so that short stories have many pages.
const PAGE: usize = 10;
/// The same in some worlds.
const SMALL_PAGE: usize = 4;

/// The three services, with what stands there and stood there.
pub struct Services {
    time: ServiceClock,
    sir: SirStandin,
    slack: SlackStandin,
    jira: JiraStandin,
    pub in_slack: RefCell<Journal>,
    pub in_jira: RefCell<Journal>,
    /// Posts that were answered `ok` and not stored: their bodies.
    pub swallowed: RefCell<Vec<Value>>,
    /// What was answered to `response_url`s.
    pub answers: RefCell<HashMap<String, Vec<String>>>,
    pub refusals: RefCell<SetRefusals>,
    /// Slack answers everything with this, until then.
    pub slack_broken: RefCell<Option<(Millis, &'static str)>>,
    /// Jira takes our token for nobody's, until then.
    pub jira_broken: RefCell<Option<Millis>>,
    made: RefCell<Vec<ChannelId>>,
}

impl Services {
    pub fn new(chance: &Chance, now: Millis) -> Self {
        let time = ServiceClock::standing(now);
        let (sir, slack, jira) = (
            SirStandin::within(Endpoint::new(SIR, &time)),
            SlackStandin::within(Endpoint::new(SLACK, &time)),
            JiraStandin::within(Endpoint::new(JIRA, &time)),
        );
        sir.set_principal(OURS);
        sir.set_page(PAGE);
        sir.set_order(if chance.happens(700) { Order::NewestFirst } else { Order::OldestFirst });
        let steady = chance.happens(500);
        slack.enforce(if steady { Pace::Steady } else { Pace::Burst });
        jira.set_webhook(false);
        jira.set_index_lag(Some(std::time::Duration::from_secs(60)));
        Self {
            time,
            sir,
            slack,
            jira,
            in_slack: RefCell::default(),
            in_jira: RefCell::default(),
            swallowed: RefCell::default(),
            answers: RefCell::default(),
            refusals: RefCell::default(),
            slack_broken: RefCell::default(),
            jira_broken: RefCell::default(),
            made: RefCell::default(),
        }
    }

    /// Reads can be asked for as of up to 5 s ago.
    pub fn remember_the_past(&self) {
        self.sir.remember_the_past();
        self.slack.remember_the_past();
        self.jira.remember_the_past();
    }

    /// Pages are tiny, and their tokens say how many were shown: between two answers of different age a comment can fall.
    pub fn split(&self) {
        self.sir.set_page(SMALL_PAGE);
        self.sir.count_pages();
    }

    /// Pages are the service's own, and the index may be far behind.
    pub fn harden(&self, chance: &Chance) {
        self.sir.set_page(25);
        let lag = if chance.happens(100) { 900 } else { 60 };
        self.jira.set_index_lag(Some(std::time::Duration::from_secs(lag)));
    }

    /// Jira tells what people do there; pages are the service's own.
    pub fn converse(&self) {
        self.sir.set_page(25);
        self.sir.set_files_url(SIR);
        self.slack.grant("files:write");
        self.jira.set_webhook(true);
        let people = self.jira.responders().map(|(account, _)| account);
        let all = [people.to_vec(), vec![self.jira.own_account()]].concat();
        self.jira.add_role(RESPONDERS, &all);
    }

    pub fn sir(&self, now: Millis) -> &SirStandin {
        self.time.set(now);
        &self.sir
    }

    pub fn slack(&self, now: Millis) -> &SlackStandin {
        self.time.set(now);
        &self.slack
    }

    pub fn jira(&self, now: Millis) -> &JiraStandin {
        self.time.set(now);
        &self.jira
    }

    pub fn people(&self) -> Vec<Value> {
        self.slack.people()
    }

    /// The channels that were made for cases, the oldest first.
    pub fn channels(&self) -> Vec<Value> {
        self.made.borrow().iter().filter_map(|id| self.slack.channel(id)).collect()
    }

    /// Whether Slack answered `ok` to a post that has these words, or a part of them, and stored nothing.
    pub fn has_swallowed(&self, words: &str) -> bool {
        self.swallowed.borrow().iter().any(|body| {
            let shown = visible::in_slack(body);
            let part = match told(&shown) {
                ReadText::Words { words, part: (_, 2..), .. } => plain(&words),
                ReadText::Words { .. }
                | ReadText::Description { .. }
                | ReadText::Changes(_)
                | ReadText::NotMoved
                | ReadText::Other => String::new(),
            };
            plain(&shown).contains(words) || !part.is_empty() && words.contains(&part)
        })
    }

    pub fn drops(&self, request: &Request, now: Millis) -> Response {
        let server: &Server = if request.url.starts_with(JIRA) { self.jira(now) } else { self.slack(now) };
        server.answer(request, Sight::Unkept)
    }

    pub fn arrive(&self, request: &Request, now: Millis, sight: Sight) -> Response {
        if request.url.starts_with(JIRA) {
            return self.at_jira(request, now, sight);
        }
        if request.url.starts_with(SIR) {
            return self.sir(now).answer(request, Sight::Now);
        }
        match request.url.strip_prefix(SLACK) {
            Some(path) if path.starts_with("/api/") => self.at_slack(request, now, sight),
            Some(path) if path.starts_with("/files") || path.starts_with("/upload") => {
                self.slack(now).answer(request, sight)
            }
            _ => self.at_hook(request, now),
        }
    }

    fn at_hook(&self, request: &Request, now: Millis) -> Response {
        let text = String::from_utf8_lossy(&request.body).into_owned();
        self.answers.borrow_mut().entry(request.url.clone()).or_default().push(text);
        self.slack(now).answer(request, Sight::Now)
    }

    fn at_slack(&self, request: &Request, now: Millis, sight: Sight) -> Response {
        let broken = self.slack_broken.borrow().filter(|(until, _)| now < *until);
        if let Some((_, code)) = broken {
            return self.slack(now).refusal(code);
        }
        if let Some(code) = self.refused_at_slack(request, now) {
            return self.slack(now).refusal(code);
        }
        let answer = self.slack(now).answer(request, sight);
        let method = request.url.rsplit('/').next().unwrap_or_default();
        if method == "conversations.create"
            && let Some(id) =
                answer.value().and_then(|made| made["channel"]["id"].as_str().map(ChannelId::new))
        {
            self.made.borrow_mut().push(id);
        }
        match sight {
            Sight::Now => {
                journal::in_slack(&mut self.in_slack.borrow_mut(), &self.slack, (request, &answer), now);
            }
            Sight::Unkept if answer.status == 200 => {
                self.swallowed.borrow_mut().extend(serde_json::from_slice::<Value>(&request.body));
            }
            Sight::Unkept | Sight::AsOf(_) => {}
        }
        answer
    }

    /// What is only set can be refused: as a rule of the workspace, a missing scope or a limit does.
    fn refused_at_slack(&self, request: &Request, now: Millis) -> Option<&'static str> {
        let (what, code) = match request.url.rsplit('/').next()? {
            "conversations.setTopic" => (Set::Topic, "restricted_action"),
            "conversations.invite" => (Set::Invitation, "missing_scope"),
            "chat.update" => (Set::Card, "msg_too_long"),
            _ => return None,
        };
        if !self.refusals.borrow().hold(what, now) {
            return None;
        }
        let body: Value = serde_json::from_slice(&request.body).ok()?;
        let concerned = match what {
            // The card: what stands in no thread.
            Set::Card => {
                let (channel, ts) = (body["channel"].as_str()?, body["ts"].as_str()?);
                self.in_slack.borrow_mut().find(channel, ts)?.mark.contains("/home#")
            }
            Set::StatusByField
            | Set::StatusInWords
            | Set::Link
            | Set::IssueText
            | Set::Topic
            | Set::Invitation => {
                body["channel"].as_str() == self.made.borrow().first().map(ChannelId::as_str)
            }
        };
        concerned.then_some(code)
    }

    fn at_jira(&self, request: &Request, now: Millis, sight: Sight) -> Response {
        if self.jira_broken.borrow().is_some_and(|until| now < until) {
            return self.jira(now).refusal("401");
        }
        if let Some(refused) = self.refused_at_jira(request, now) {
            return refused;
        }
        let answer = self.jira(now).answer(request, sight);
        if sight == Sight::Now {
            journal::in_jira(&mut self.in_jira.borrow_mut(), &self.jira, (request, &answer), now);
        }
        answer
    }

    /// What is only set can be refused at the first issue, as a screen, a validator or a missing permission does.
    fn refused_at_jira(&self, request: &Request, now: Millis) -> Option<Response> {
        let (_, path) = request.url.split_once("/rest/api/3/issue/")?;
        let (issue, rest) = path.split_once('/').unwrap_or((path, ""));
        let words = |text: &str| json!({"errorMessages": [text], "errors": {}});
        let refusals = self.refusals.borrow();
        let holds = |what| refusals.hold(what, now);
        let (status, body) = match (request.method.as_str(), rest) {
            ("POST", "transitions") if holds(Set::StatusByField) => {
                (400, json!({"errorMessages": [], "errors": {"resolution": "is required"}}))
            }
            ("POST", "transitions") if holds(Set::StatusInWords) => (400, words("Fill in the resolution.")),
            ("POST", "remotelink") if holds(Set::Link) => (403, words("You may not link issues.")),
            ("PUT", "") if holds(Set::IssueText) => (403, words("You may not edit this issue.")),
            _ => return None,
        };
        if !self.is_first_issue(issue) {
            return None;
        }
        Some(Response { status, body: body.to_string().into(), ..Response::default() })
    }

    fn is_first_issue(&self, issue: &str) -> bool {
        let first = self.jira.issues().first().and_then(|key| self.jira.some_of(key, "status"));
        first.is_some_and(|first| first["key"] == issue || first["id"] == issue)
    }
}
