//! What would SQS do with a message? Deliver it in a batch, drop its repetition, bring it again if it was not done.

use std::collections::{HashMap, VecDeque};

use casebridge::case::Millis;
use serde_json::{Value, json};

/// The most messages in a batch, as in template.yaml.
const BATCH: usize = 10;
/// After so many deliveries a message is dead.
const DELIVERIES: u32 = 5;
/// A FIFO queue drops what came already within this.
const DEDUPLICATED: Millis = 300_000;

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMessage {
    /// Unique in its queue.
    pub id: String,
    /// Messages of a group stay in order.
    pub group: String,
    pub body: String,
    /// How often it was delivered.
    pub deliveries: u32,
}

#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<QueuedMessage>,
    /// Until when nobody sees them.
    unseen: Vec<(Millis, QueuedMessage)>,
    seen: HashMap<String, Millis>,
    count: u64,
}

impl Queue {
    /// Takes a message as a FIFO queue does: not again if one with this id came a moment ago.
    pub fn put_once(&mut self, now: Millis, id: String, group: String, body: String) {
        self.seen.retain(|_, at| *at + DEDUPLICATED > now);
        if self.seen.insert(id.clone(), now).is_none() {
            self.waiting.push_back(QueuedMessage { id, group, body, deliveries: 0 });
        }
    }

    /// Takes a message as a standard queue does: every time.
    pub fn put(&mut self, body: String) {
        self.count += 1;
        self.waiting.push_back(QueuedMessage {
            id: self.count.to_string(),
            group: String::new(),
            body,
            deliveries: 0,
        });
    }

    /// A batch whose worker was killed: it comes again once it is seen again.
    pub fn hide(&mut self, until: Millis, batch: Vec<QueuedMessage>) {
        self.unseen.extend(batch.into_iter().map(|message| (until, message)));
    }

    /// How many messages wait, those that nobody sees among them.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.unseen.len()
    }

    /// The next batch; empty when nothing waits.
    pub fn take(&mut self, now: Millis) -> Vec<QueuedMessage> {
        let back = self.unseen.extract_if(.., |(until, _)| *until <= now).map(|(_, message)| message);
        self.waiting.extend(back);
        let count = BATCH.min(self.waiting.len());
        let mut batch: Vec<_> = self.waiting.drain(..count).collect();
        batch.iter_mut().for_each(|message| message.deliveries += 1);
        batch
    }

    /// What was not done waits again, before all others. The answer is how many are dead.
    pub fn again(&mut self, batch: Vec<QueuedMessage>, answer: &Value) -> usize {
        let failures = answer["batchItemFailures"].as_array().map(Vec::as_slice).unwrap_or_default();
        let failed = |message: &QueuedMessage| failures.iter().any(|it| it["itemIdentifier"] == message.id);
        let (again, dead): (Vec<_>, Vec<_>) =
            batch.into_iter().filter(failed).partition(|message| message.deliveries < DELIVERIES);
        again.into_iter().rev().for_each(|message| self.waiting.push_front(message));
        dead.len()
    }
}

/// The event that Lambda makes of a batch.
pub fn event(batch: &[QueuedMessage]) -> Value {
    let record = |message: &QueuedMessage| {
        json!({
            "messageId": message.id,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": message.deliveries.to_string(),
                "MessageGroupId": message.group,
                "MessageDeduplicationId": message.id,
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
        })
    };
    json!({ "Records": batch.iter().map(record).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(queue: &mut Queue, now: Millis, id: &str) {
        queue.put_once(now, id.to_owned(), "g".to_owned(), "{}".to_owned());
    }

    fn ids(batch: &[QueuedMessage]) -> Vec<&str> {
        batch.iter().map(|message| message.id.as_str()).collect()
    }

    #[test]
    fn a_repetition_is_dropped_for_five_minutes() {
        let mut queue = Queue::default();
        for (now, id) in [(0, "a"), (299_999, "a"), (299_999, "b"), (700_000, "a")] {
            put(&mut queue, now, id);
        }
        assert_eq!(ids(&queue.take(0)), ["a", "b", "a"]);
    }

    #[test]
    fn a_standard_queue_takes_the_same_twice_and_tells_them_apart() {
        let mut queue = Queue::default();
        (0..2).for_each(|_| queue.put("{}".to_owned()));
        assert_eq!(ids(&queue.take(0)), ["1", "2"]);
    }

    #[test]
    fn what_a_killed_worker_had_comes_again_once_it_is_seen() {
        let mut queue = Queue::default();
        put(&mut queue, 0, "a");
        let batch = queue.take(0);
        queue.hide(720_000, batch);
        put(&mut queue, 1, "b");
        assert_eq!((ids(&queue.take(719_999)), queue.len()), (vec!["b"], 1));
        let batch = queue.take(720_000);
        assert_eq!((ids(&batch), batch[0].deliveries, queue.len()), (vec!["a"], 2, 0));
    }

    #[test]
    fn what_was_not_done_comes_again_before_the_rest_and_five_times_at_most() {
        let mut queue = Queue::default();
        (0..12).for_each(|n| put(&mut queue, 0, &n.to_string()));
        let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "3" }, { "itemIdentifier": "4" }] });
        let first = queue.take(0);
        assert_eq!(queue.again(first, &failed), 0);
        for _ in 0..3 {
            let batch = queue.take(0);
            assert_eq!(ids(&batch)[..2], ["3", "4"]);
            assert_eq!(queue.again(batch, &failed), 0);
        }
        let last = queue.take(0);
        assert_eq!(event(&last)["Records"][0]["attributes"]["ApproximateReceiveCount"], "5");
        assert_eq!(queue.again(last, &failed), 2);
        assert_eq!(queue.take(0), []);
    }
}
