//! What happens to the two functions: batches and sweeps, requests and jobs.

use casebridge::{
    case::{CaseId, CommentId, Millis},
    chat::{self, ChatContext},
    entry::notify::Notifier,
    runtime::World,
    state::{NO_LEASE, Seen, Store, Told, key::Key},
    targets::{jira, slack},
};
use serde_json::{Value, json};

use super::{Load, TIME};
use crate::{stage::envelope, standins::SignedRequest};

impl Load {
    /// So much time passes.
    pub async fn pass(&self, time: u64) {
        tokio::time::sleep(std::time::Duration::from_millis(time)).await;
        self.on_time();
    }

    /// One invocation of `notify`.
    pub async fn notify(&self, event: Value) {
        let (settings, secrets, deadline) = (&self.settings, &self.secrets, self.now() + TIME);
        let notifier = Notifier { world: self, settings, secrets, deadline };
        Box::pin(notifier.handle(event)).await.unwrap();
    }

    /// One batch.
    pub async fn arrive(&self, events: &[Value]) {
        let record =
            |(id, event): (usize, &Value)| json!({"messageId": id.to_string(), "body": event.to_string()});
        let records: Vec<Value> = events.iter().enumerate().map(record).collect();
        self.notify(json!({"Records": records})).await;
    }

    /// What happened at the service arrives.
    pub async fn events(&self) {
        self.arrive(&self.sir.take_events()).await;
    }

    pub async fn sweep(&self) {
        self.notify(json!({"sweep": true})).await;
    }

    /// As long as something is due, with a sweep a minute.
    pub async fn settle(&self) {
        for _ in 0..120 {
            let now = self.now();
            if self.memory.due(now + 120_000, 1).await.unwrap().is_empty() {
                return;
            }
            self.pass(60_000).await;
            self.sweep().await;
        }
    }

    pub(super) async fn know(&self, case: &CaseId) {
        let told = Told { remote: String::new(), hash: String::new(), seen: Seen::Yes, theirs: true };
        for comment in self.sir.comments(case) {
            let id = CommentId::new(comment["commentId"].as_str().unwrap());
            let key = Key(format!("comment/{id}/0"));
            for kind in [slack::KIND, jira::KIND] {
                self.memory.tell(case, NO_LEASE, kind, &key, &told).await.unwrap();
            }
        }
    }

    /// A request reaches the door of `command`, and what it put on the inbox is done.
    pub async fn people(&self, request: &SignedRequest) {
        self.command(envelope(request)).await;
        for job in self.jobs.take() {
            let record = json!({"messageId": "0", "body": job.body, "eventSource": "aws:sqs",
                "attributes": {"MessageGroupId": job.group}, "messageAttributes": {}});
            self.command(json!({"Records": [record]})).await;
        }
    }

    async fn command(&self, event: Value) {
        let context = ChatContext { world: self, settings: &self.settings, secrets: &self.secrets };
        let deadline: Millis = self.now() + TIME;
        Box::pin(chat::handle(&context, &event, deadline)).await.unwrap();
    }
}
