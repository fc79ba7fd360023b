//! A FIFO queue, as its senders and Lambda see it:
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html>.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use serde_json::{Value, json};

/// The queue. Clones are the same one.
#[derive(Clone, Default)]
pub struct Fifo(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    waiting: Vec<Message>,
    arrived: Vec<Message>,
    /// Which message a deduplication id stands for, as long as that is remembered.
    known: HashMap<String, String>,
    slowness: Duration,
}

/// A message, until somebody deletes it.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: String,
    pub group: String,
    pub deduplication: String,
    pub body: String,
    /// Given to a worker of which nothing was heard yet.
    given: bool,
}

impl Fifo {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// From now on the answer comes so much later than the message is kept.
    pub fn slow(&self, slowness: Duration) {
        self.state().slowness = slowness;
    }

    pub fn slowness(&self) -> Duration {
        self.state().slowness
    }

    /// SendMessage: keeps a message, unless it is the repetition of one. `Err`: what is wrong with it.
    pub fn send(&self, asked: &Value) -> Result<Value, String> {
        let named = |name: &str| {
            let text = asked[name].as_str().filter(|text| !text.is_empty() && text.len() <= 128);
            text.map(str::to_owned).ok_or_else(|| format!("{name} is missing or too long"))
        };
        let body = asked["MessageBody"].as_str().filter(|body| !body.is_empty() && body.len() <= 1 << 20);
        let body = body.ok_or("MessageBody is missing or too long")?.to_owned();
        let (group, deduplication) = (named("MessageGroupId")?, named("MessageDeduplicationId")?);
        let mut state = self.state();
        let id = format!("m{}", state.arrived.len());
        if let Some(known) = state.known.get(&deduplication) {
            return Ok(json!({"MessageId": known, "SequenceNumber": "1"}));
        }
        state.known.insert(deduplication.clone(), id.clone());
        let message = Message { id: id.clone(), group, deduplication, body, given: false };
        state.arrived.push(message.clone());
        state.waiting.push(message);
        Ok(json!({"MessageId": id, "SequenceNumber": state.arrived.len().to_string()}))
    }

    /// At most so many messages, in order: none of a group of which another worker has some.
    pub fn receive(&self, most: usize) -> Vec<Message> {
        let mut state = self.state();
        let busy: Vec<_> = state.waiting.iter().filter(|it| it.given).map(|it| it.group.clone()).collect();
        let free = state.waiting.iter_mut().filter(|it| !busy.contains(&it.group)).take(most);
        free.map(|message| {
            message.given = true;
            message.clone()
        })
        .collect()
    }

    /// A worker answered: what it did not name is deleted, the rest is given again.
    pub fn answered(&self, batch: &[Message], failed: &[&str]) {
        let of_batch = |message: &Message| batch.iter().any(|other| other.id == message.id);
        let mut state = self.state();
        state.waiting.retain(|message| !of_batch(message) || failed.contains(&message.id.as_str()));
        state
            .waiting
            .iter_mut()
            .filter(|message| of_batch(message))
            .for_each(|message| message.given = false);
    }

    /// Minutes pass: the visibility timeout of what nobody answered for ends, and no repetition is known as one.
    pub fn minutes_pass(&self) {
        let mut state = self.state();
        state.known.clear();
        state.waiting.iter_mut().for_each(|message| message.given = false);
    }

    /// Everything that ever arrived, in order.
    pub fn arrived(&self) -> Vec<Message> {
        self.state().arrived.clone()
    }

    /// How much waits or is being worked on.
    pub fn len(&self) -> usize {
        self.state().waiting.len()
    }
}

/// What Lambda brings of these messages:
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-fifo-message-event>.
pub fn event(batch: &[Message]) -> Value {
    let record = |message: &Message| {
        json!({"messageId": message.id, "body": message.body, "eventSource": "aws:sqs", "messageAttributes": {},
            "attributes": {"MessageGroupId": message.group, "MessageDeduplicationId": message.deduplication}})
    };
    json!({"Records": batch.iter().map(record).collect::<Vec<_>>()})
}
