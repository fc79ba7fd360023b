//! Which jobs of a batch were done, and which must come again.

use std::{
    collections::HashSet,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use serde::Deserialize;
use serde_json::Value;

use super::{action::Action, context::ChatContext, job::Job};
use crate::{
    case::{Millis, text},
    chat::{actions, forms::FormInput},
    state::record,
    telemetry::{
        audit::{AuditLine, Decision},
        metrics,
    },
};

/// How long a job may take: none is begun that could not end in time, in milliseconds.
const LONGEST: Millis = 45_000;

/// Does the jobs of a batch. Those that were not done come again; after the first of a group, the rest of it as well:
/// the queue keeps the order within a group. `None` if this is no batch.
pub(crate) async fn work(chat: &ChatContext<'_>, event: &Value, deadline: Millis) -> Option<Value> {
    let batch = SqsEvent::deserialize(event).ok()?;
    let mut failed = HashSet::new();
    let mut again = Vec::new();
    for message in batch.records {
        let group = message.attributes.get("MessageGroupId").cloned().unwrap_or_default();
        if failed.contains(&group) || !is_done(chat, &message, deadline).await {
            failed.insert(group);
            again.push(message.message_id.unwrap_or_default());
        }
    }
    let failures = again.into_iter().map(|id| {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        failure
    });
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures.collect();
    serde_json::to_value(response).ok()
}

/// Does one job, unless it could not end in time. Whatever goes wrong with it, a panic included, goes wrong with it
/// alone.
async fn is_done(chat: &ChatContext<'_>, message: &SqsMessage, deadline: Millis) -> bool {
    let id = message.message_id.as_deref().unwrap_or_default();
    let Some(body) = chat.secrets.unseal(message.body.as_deref().unwrap_or_default()) else {
        return is_forged(chat, id).await;
    };
    let job = match record::read_whole::<Job>(body) {
        Ok(job) => job,
        Err(why) => {
            // It is kept: a newer release may read it, and it can be sent again from the dead letters.
            tracing::error!(id, %why, "a job cannot be read: it is not done, and goes to the dead letters");
            return false;
        }
    };
    if chat.world.now() + LONGEST > deadline {
        return is_put_off(chat, &job, id).await;
    }
    match unwound(Box::pin(actions::execute(chat, &job))).await {
        Some(Ok(())) => true,
        Some(Err(trouble)) => {
            if let actions::Redeliver::Unreadable(record) = &trouble {
                metrics::unreadable(record);
            }
            tracing::warn!(id, key = %job.key(), %trouble, "a job must come again");
            false
        }
        None => {
            tracing::error!(id, key = %job.key(), "a job panicked");
            false
        }
    }
}

/// Somebody else wrote to the queue, or the signing secret was replaced without its predecessor. It is kept: it can be sent
/// again from the dead letters once that is there.
async fn is_forged(chat: &ChatContext<'_>, id: &str) -> bool {
    tracing::error!(id, "a job is not sealed by us: it is not done, and goes to the dead letters");
    metrics::forged();
    let line = AuditLine {
        at: AuditLine::time(chat.world.now()),
        act: text::hash(id),
        door: "inbox".to_owned(),
        decision: Decision::Refused,
        rule: "job without our seal".to_owned(),
        ..AuditLine::default()
    };
    chat.world.record(line).await;
    false
}

/// A file is a long job, which most batches have no time for at their end: it goes to the end of the queue, where
/// what the queue gives back would wait for minutes, and be dead after five times.
async fn is_put_off(chat: &ChatContext<'_>, job: &Job, message: &str) -> bool {
    let long =
        matches!(job.action, Action::Filled { filled: FormInput::Attach { .. } } | Action::JiraFile { .. });
    long && job.put(chat.world, Some(message)).await.is_ok()
}

/// What comes of a future; `None` if it panicked.
async fn unwound<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_the_end_of_one_job_only() {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let panicked = unwound(async {
            if true {
                panic!("on purpose")
            }
        })
        .await;
        std::panic::set_hook(previous);
        assert_eq!(panicked, None);
        assert_eq!(unwound(async { 1 }).await, Some(1));
    }
}
