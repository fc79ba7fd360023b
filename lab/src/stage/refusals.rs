//! What a stand-in refused for what it was told: a fault of the product's, unless a test says that it expects it.
//!
//! What any service may answer to a right request is let be: something is gone, was done already, is not allowed, or
//! came too fast. So is every answer that a test put into a stand-in's mouth.

use std::{collections::BTreeSet, sync::Mutex};

use casebridge::{
    aws::sir::{self, FaultKind},
    http::{Request, Response, TransportError},
};
use serde_json::Value;

use crate::standins::{HeardCall, Server};

/// What Slack says to a request that is right as such: of the world, not of the words.
const SLACK_MAY: [&str; 13] = [
    "not_found",
    "already_",
    "no_reaction",
    "is_archived",
    "not_in_channel",
    "name_taken",
    "ratelimited",
    "cant_",
    "invalid_auth",
    "_url",
    "no_such_",
    "hash_conflict",
    "trigger_id",
];

#[derive(Default)]
pub(super) struct ExpectedRefusals {
    servers: Mutex<Vec<Server>>,
    heard: Mutex<BTreeSet<String>>,
    expected: Mutex<Vec<(String, bool)>>,
}

impl ExpectedRefusals {
    pub(super) fn of(servers: [&Server; 4]) -> Self {
        let all = Self::default();
        all.hears(servers);
        all
    }

    pub(super) fn hears(&self, servers: [&Server; 4]) {
        *self.servers.lock().unwrap() = servers.map(Clone::clone).to_vec();
    }

    pub(super) fn expect(&self, refusal: &str) {
        self.expected.lock().unwrap().push((refusal.to_owned(), false));
    }

    /// What nobody expected, and what was expected and did not come.
    pub(super) fn wrong(&self) -> Vec<String> {
        let missed = self.expected.lock().unwrap();
        let missed = missed.iter().filter(|(_, came)| !came);
        let missed = missed.map(|(refusal, _)| format!("expected, and it did not come: {refusal}"));
        self.heard.lock().unwrap().iter().cloned().chain(missed).collect()
    }

    pub(super) fn answered(&self, request: &Request, answer: &Result<Response, TransportError>) {
        let Ok(answer) = answer else { return };
        let Some(why) = of_the_words(&request.url, answer) else { return };
        let path = request.url.split('?').next().unwrap_or_default();
        let sent: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let same = |call: &HeardCall| {
            path.ends_with(&call.path)
                && call.method == request.method.as_str()
                && (sent.is_null() || sent == call.body)
        };
        self.note(same, || format!("{request:?}: {why}\n  {}", String::from_utf8_lossy(&request.body)));
    }

    pub(super) fn called(&self, call: &sir::Call, answer: &Result<sir::Answer, sir::Fault>) {
        let Err(fault) = answer else { return };
        if let FaultKind::Invalid { fields } = &fault.kind {
            let name = call.kind().name();
            self.note(|heard| heard.operation == name, || format!("{name}: {} {fields:?}", fault.message));
        }
    }

    fn note(&self, same: impl Fn(&HeardCall) -> bool, what: impl Fn() -> String) {
        let servers = self.servers.lock().unwrap();
        let heard = servers.iter().flat_map(|server| server.calls());
        // One that was never sent was refused by no stand-in.
        let Some(heard) = heard.filter(same).max_by_key(|call| call.number) else { return };
        if heard.faulty {
            return;
        }
        let what = what();
        let mut expected = self.expected.lock().unwrap();
        match expected.iter_mut().find(|(refusal, _)| what.contains(refusal.as_str())) {
            Some((_, came)) => *came = true,
            None => drop(self.heard.lock().unwrap().insert(what)),
        }
    }
}

/// Why a request was refused, if for what it says.
fn of_the_words(url: &str, answer: &Response) -> Option<String> {
    let body = answer.value().unwrap_or_default();
    let text = || format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body));
    match body["error"].as_str() {
        Some(error) if body["ok"] == false => (!SLACK_MAY.iter().any(|may| error.contains(may))).then(text),
        // Jira knows the path, and what is named there is not there; or it knows no such path.
        _ if url.contains("/rest/") && answer.status == 404 => body.is_null().then(text),
        _ => [400, 405, 406, 410, 411, 413, 415, 422].contains(&answer.status).then(text),
    }
}
