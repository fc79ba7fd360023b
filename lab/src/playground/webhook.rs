//! What would a webhook make of all this? One that posts a line for each event as it comes, as Slack's own SDK posts: once
//! more where the connection broke, else never again. It posts to a workspace of its own, as broken as the other one.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    io,
    sync::Mutex,
};

use casebridge::{
    config::secrets::Secret,
    http::{Request, Response, TransportError},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::feed::lock;
use crate::standins::{ServiceClock, SlackStandin};

pub struct PlainWebhook {
    pub slack: SlackStandin,
    seen: Mutex<SeenEvents>,
}

#[derive(Default)]
struct SeenEvents {
    /// Of which case, and its id: in the order in which they were made.
    made: Vec<(String, String)>,
    waits: VecDeque<Value>,
}

/// How its channel differs from what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WebhookCounters {
    pub lost: usize,
    pub doubled: usize,
    pub out_of_order: usize,
}

impl PlainWebhook {
    /// Fails: no port could be bound.
    pub async fn start_on(clock: &ServiceClock) -> io::Result<Self> {
        Ok(Self { slack: SlackStandin::start_on(clock).await?, seen: Mutex::default() })
    }

    /// An event of a case was made: it may get lost before it arrives.
    pub fn happened(&self, event: &Value) {
        if let Some(case) = event["detail"]["caseId"].as_str() {
            lock(&self.seen).made.push((case.to_owned(), id(event)));
        }
    }

    /// An event arrives, perhaps not for the first time.
    pub fn arrives(&self, event: &str) {
        let event: Value = serde_json::from_str(event).unwrap_or_default();
        if event["detail"]["caseId"].is_string() {
            lock(&self.seen).waits.push_back(event);
        }
    }

    /// Posts the next line; `false` if there is none.
    pub async fn posts(&self, send: impl AsyncFn(Request) -> Result<Response, TransportError>) -> bool {
        let Some(event) = lock(&self.seen).waits.front().cloned() else { return false };
        let name = event["detail-type"].as_str().unwrap_or_default();
        let text =
            format!("{name}: {} ({})", event["detail"]["caseId"].as_str().unwrap_or_default(), id(&event));
        let body = json!({ "channel": self.slack.security(), "text": text });
        let url = format!("{}/api/chat.postMessage", self.slack.url());
        let post = Request::json(reqwest::Method::POST, url, &body).bearer(&Secret::new(self.slack.token()));
        if send(post.clone()).await.is_err() {
            drop(send(post).await);
        }
        lock(&self.seen).waits.pop_front();
        true
    }

    /// What is still on its way there is not lost.
    pub fn counters(&self, on_its_way: impl Fn(&str) -> bool) -> WebhookCounters {
        let stand: Vec<String> = self
            .slack
            .messages(&self.slack.security())
            .iter()
            .filter_map(|message| Some(message["text"].as_str()?.split_once('(')?.1.replace(')', "")))
            .collect();
        let seen = lock(&self.seen);
        let waits = |id: &str| seen.waits.iter().any(|event| event["id"] == id) || on_its_way(id);
        let missing = seen.made.iter().filter(|(_, id)| !stand.contains(id) && !waits(id));
        let mut counters = WebhookCounters { lost: missing.count(), ..WebhookCounters::default() };
        let (mut told, mut newest) = (BTreeSet::new(), BTreeMap::new());
        for id in &stand {
            let Some(at) = seen.made.iter().position(|(_, made)| made == id) else { continue };
            if !told.insert(id) {
                counters.doubled += 1;
                continue;
            }
            let newest = newest.entry(&seen.made[at].0).or_insert(at);
            counters.out_of_order += usize::from(at < *newest);
            *newest = at.max(*newest);
        }
        counters
    }
}

fn id(event: &Value) -> String {
    event["id"].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::{
        stage::{Beginning, Stage},
        switches::{Place, Trouble},
    };

    async fn comments(stage: &Stage, times: usize) {
        let case = stage.cases().into_iter().next();
        let case = case.unwrap_or_else(|| stage.standins.sir.aws_creates_case("One"));
        for _ in 0..times {
            stage.standins.sir.aws_comments(&case, "AWS Responder", "More").unwrap();
        }
        stage.settle().await;
        while stage.webhook_posts().await {}
    }

    async fn under(place: Place, trouble: Trouble) -> WebhookCounters {
        let stage = Stage::set(Beginning::default()).await.unwrap();
        comments(&stage, 1).await;
        assert_eq!(stage.webhook_counters(), WebhookCounters::default());
        stage.switch((place, trouble), Some(String::new())).unwrap();
        comments(&stage, 3).await;
        stage.switch((place, trouble), None).unwrap();
        stage.pass(120_000).await;
        while stage.webhook_posts().await {}
        stage.webhook_counters()
    }

    #[tokio::test]
    async fn it_loses_doubles_and_disorders_what_the_bridge_does_not() {
        let counts = |lost, doubled, out_of_order| WebhookCounters { lost, doubled, out_of_order };
        for (place, trouble, counters) in [
            (Place::Slack, Trouble::Down, counts(3, 0, 0)),
            (Place::Slack, Trouble::Throttled, counts(3, 0, 0)),
            (Place::Slack, Trouble::NotStored, counts(3, 0, 0)),
            (Place::Slack, Trouble::AnswersLost, counts(0, 3, 0)),
            (Place::Sir, Trouble::EventsLost, counts(3, 0, 0)),
            (Place::Sir, Trouble::EventsDoubled, counts(0, 3, 0)),
            (Place::Jira, Trouble::Down, counts(0, 0, 0)),
        ] {
            assert_eq!(Box::pin(under(place, trouble)).await, counters, "{place:?} {trouble:?}");
        }
        let late = Box::pin(under(Place::Sir, Trouble::EventsShuffled)).await;
        assert_eq!((late.lost, late.doubled, late.out_of_order), (0, 0, 1));
    }
}
