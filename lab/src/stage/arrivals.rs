//! What arrives at the two functions, and what time it is then.

use std::time::Duration;

use casebridge::{
    case::Millis,
    chat::{self, job::Job},
    runtime::QueueMessage,
};
use serde_json::{Map, Value, json};

use super::Stage;
use crate::standins::SignedRequest;

/// Events and the minute's turn, for `notify`.
impl Stage {
    /// One invocation of `notify`.
    pub async fn handle(&self, event: Value) -> Value {
        // In a debug build the future is larger than a test's stack likes.
        Box::pin(self.notifier().handle(event)).await.unwrap()
    }

    /// An SQS batch, an event a message: the ids of those that must come again. The first is `m0`.
    pub async fn arrive(&self, events: &[Value]) -> Vec<String> {
        let bodies: Vec<String> = events.iter().map(Value::to_string).collect();
        self.arrive_as(&bodies).await
    }

    /// The same with any texts for bodies.
    pub async fn arrive_as(&self, bodies: &[String]) -> Vec<String> {
        let records = bodies.iter().enumerate();
        let records = records.map(|(n, body)| json!({"messageId": format!("m{n}"), "body": body}));
        again(&self.handle(json!({"Records": records.collect::<Vec<_>>()})).await)
    }

    /// Everything that EventBridge would have delivered since the last time arrives.
    pub async fn events(&self) -> Vec<Value> {
        let events = self.sir.take_events();
        assert_eq!(self.arrive(&events).await, [""; 0]);
        self.soon().await;
        events
    }

    /// What `command` left for `notify` to look at arrives; whether there was anything.
    pub async fn soon(&self) -> bool {
        let left = std::mem::take(&mut *self.world.soon.lock().unwrap());
        assert_eq!(self.arrive_as(&left).await, [""; 0]);
        !left.is_empty()
    }

    /// The minute's turn.
    pub async fn sweep(&self) {
        self.handle(json!({"sweep": true})).await;
    }

    /// Everything that happened at the service arrives, and the minute's turn.
    pub async fn notify(&self) {
        self.events().await;
        self.sweep().await;
    }

    /// So much time passes, for everybody.
    pub fn later(&self, time: Millis) {
        self.world.advance(Duration::from_millis(time.unsigned_abs()));
    }

    /// So many minutes pass, with a sweep in each.
    pub async fn minutes(&self, count: u32) {
        for _ in 0..count {
            self.later(60_000);
            self.sweep().await;
        }
    }
}

/// Requests and jobs, for `command`.
impl Stage {
    /// Brings a request to the HTTP door: the status and what was answered.
    pub async fn deliver(&self, delivery: &SignedRequest) -> (u64, Value) {
        let answer = chat::handle(&self.bridge(), &envelope(delivery), Millis::MAX).await.unwrap();
        let body = answer["body"].as_str().unwrap_or_default();
        (answer["statusCode"].as_u64().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// The jobs that were put on the inbox since the last time, as they stand there.
    pub fn sealed_jobs(&self) -> Vec<QueueMessage> {
        let mut jobs = self.jobs.lock().unwrap();
        let jobs = jobs.as_mut().unwrap();
        std::iter::from_fn(|| jobs.try_recv().ok()).collect()
    }

    /// The same without their seals. Each had one.
    pub fn jobs(&self) -> Vec<QueueMessage> {
        let jobs = self.sealed_jobs().into_iter();
        let opened = |job: QueueMessage| {
            let body = self.inbox_secrets.unseal(&job.body).unwrap().to_owned();
            QueueMessage { body, ..job }
        };
        jobs.map(opened).collect()
    }

    /// The one job that was put there.
    pub fn job(&self) -> Job {
        let [job] = <[_; 1]>::try_from(self.jobs()).unwrap();
        serde_json::from_str(&job.body).unwrap()
    }

    /// Nobody takes jobs any more.
    pub fn close_inbox(&self) {
        self.jobs.lock().unwrap().take();
    }

    /// Brings jobs to the SQS door as one batch: the ids of those that must come again.
    pub async fn work(&self, jobs: &[QueueMessage]) -> Vec<String> {
        self.work_until(jobs, Millis::MAX).await
    }

    /// The same by a function whose time ends at `deadline`.
    pub async fn work_until(&self, jobs: &[QueueMessage], deadline: Millis) -> Vec<String> {
        let seal = |job: &QueueMessage| QueueMessage { body: self.secrets.seal(&job.body), ..job.clone() };
        self.work_sealed(&jobs.iter().map(seal).collect::<Vec<_>>(), deadline).await
    }

    /// The same as they stand on the inbox.
    pub async fn work_sealed(&self, jobs: &[QueueMessage], deadline: Millis) -> Vec<String> {
        let records = jobs.iter().enumerate().map(|(index, job)| {
            json!({ "messageId": format!("m{index}"), "body": job.body, "eventSource": "aws:sqs",
                "attributes": { "MessageGroupId": job.group }, "messageAttributes": {} })
        });
        let event = json!({ "Records": records.collect::<Vec<_>>() });
        again(&chat::handle(&self.bridge(), &event, deadline).await.unwrap())
    }

    /// Does a job until the worker is stopped at the `at`th moment; `true` if it came to the end before that.
    pub async fn until(&self, job: &Job, at: usize) -> bool {
        let bridge = self.bridge();
        let done = self.world.countdown.until(at, chat::execute(&bridge, job)).await;
        done.map(Result::unwrap).is_some()
    }
}

/// The messages of a batch that must come again.
fn again(answer: &Value) -> Vec<String> {
    let failures = answer["batchItemFailures"].as_array().into_iter().flatten();
    failures.map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

/// A request as the function URL hands it over.
pub fn envelope(delivery: &SignedRequest) -> Value {
    let headers: Map<_, _> =
        delivery.headers.iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
    json!({
        "version": "2.0",
        "rawPath": delivery.path,
        "headers": headers,
        "requestContext": { "http": { "method": "POST", "path": delivery.path } },
        "body": String::from_utf8(delivery.body.clone()).unwrap(),
        "isBase64Encoded": false,
    })
}
