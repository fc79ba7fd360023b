//! What runs between the stand-ins? What runs in Lambda: the same handlers, clients and signatures, over HTTP.
//! Only three things differ: an in-memory table instead of DynamoDB, queues in this process instead of SQS, and
//! nobody but these loops instead of EventBridge.

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use casebridge::{
    case::Millis,
    chat::{self, ChatContext},
    config::{
        sdk::{self, Aws},
        secrets::{self, Secrets},
    },
    entry::notify::Notifier,
    http::Request,
    runtime::{
        QueueMessage, World,
        live::{self, Chosen, Inbox, Live, Safe},
    },
    state::{Store, memory::Memory},
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tracing::warn;

use super::{
    queue::{self, Queue, QueuedMessage},
    standins::{REGION, Standins},
};
use crate::standins::SignedRequest;

/// How long an invocation may take: the functions' timeout in template.yaml.
const TIMEOUT: Millis = 60_000;
/// How often the schedule lets `notify` look for what is due.
const SWEEP: Duration = Duration::from_secs(60);
/// How often the queues are looked into.
const POLL: Duration = Duration::from_millis(100);

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A stand-in could not be started.
    #[error("a stand-in could not be started: {0}")]
    Start(#[from] io::Error),
    /// Settings or secrets did not fit.
    #[error(transparent)]
    Live(#[from] live::ConfigError),
}

impl From<secrets::SecretsError> for StageError {
    fn from(error: secrets::SecretsError) -> Self {
        Self::Live(error.into())
    }
}

/// What the door answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// JSON; null where there is none.
    pub body: Value,
}

/// The stand-ins and the bridge between them.
pub struct Stage {
    /// The world outside.
    pub standins: Standins,
    live: Live<Memory>,
    chosen: Chosen,
    jobs: Mutex<UnboundedReceiver<QueueMessage>>,
    inbox: Mutex<Queue>,
    events: Mutex<Queue>,
    /// Every event that ever arrived.
    past: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stage {
    /// Sets it up: nothing has happened yet.
    /// Fails: no port could be bound.
    pub async fn set() -> Result<Self, StageError> {
        let standins = Standins::start().await?;
        let credentials = Credentials::new("AKIDEXAMPLE", "example", None, None, "playground");
        // Built by hand, so that nothing of this machine's own AWS configuration counts here.
        let mut config = aws_config::SdkConfig::builder();
        config.set_http_client(sdk::http());
        let config = config
            .behavior_version(BehaviorVersion::v2026_01_12())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new(REGION))
            .endpoint_url(standins.sir.url())
            .build();
        let store = Memory::default();
        store.put_settings(&standins.settings()).await.map_err(live::ConfigError::from)?;
        let (sender, jobs) = unbounded_channel();
        let aws = Aws::from(config).with_security_hub(standins.hub.url());
        let secrets = Secrets::parse(&standins.secret().to_string())?;
        let live = Live::new(store, aws, Inbox::Channel(sender), Safe::Given(secrets));
        let chosen = live.chosen().await?;
        Ok(Self {
            standins,
            live,
            chosen,
            jobs: Mutex::new(jobs),
            inbox: Mutex::default(),
            events: Mutex::default(),
            past: Mutex::default(),
        })
    }

    fn bridge(&self) -> ChatContext<'_> {
        ChatContext { world: &self.live, settings: &self.chosen.settings, secrets: &self.chosen.secrets }
    }

    fn notifier(&self) -> Notifier<'_> {
        let deadline = self.live.now() + TIMEOUT;
        Notifier {
            world: &self.live,
            settings: &self.chosen.settings,
            secrets: &self.chosen.secrets,
            deadline,
        }
    }

    /// Brings a signed request to the HTTP door of `command`, and what it answers to the person.
    pub async fn deliver(&self, delivery: &SignedRequest) -> Answered {
        let handled =
            Box::pin(chat::handle(&self.bridge(), &envelope(delivery), self.live.now() + TIMEOUT)).await;
        let answer = handled.unwrap_or_else(|error| {
            warn!(%error, "a request of a stand-in");
            json!({ "statusCode": 500 })
        });
        let status =
            answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
        let body =
            answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
        let answered = Answered { status, body };
        if let Some(url) = response_url(delivery).filter(|_| !answered.body.is_null()) {
            // Slack shows what the response says as it would show the same at the response_url.
            if let Err(trouble) =
                self.live.send(Request::json(reqwest::Method::POST, url, &answered.body)).await
            {
                warn!(%trouble, "an answer was not shown");
            }
        }
        answered
    }

    /// Lets `command` do the next jobs of the inbox, and tells it what happened in Jira; `false` if there is nothing.
    pub async fn command(&self) -> bool {
        let webhooks = self.standins.jira.take_webhooks();
        for webhook in &webhooks {
            self.deliver(webhook).await;
        }
        {
            let (mut jobs, mut inbox) = (lock(&self.jobs), lock(&self.inbox));
            while let Ok(QueueMessage { group, id, body }) = jobs.try_recv() {
                inbox.put_once(self.live.now(), id, group, body);
            }
        }
        let batch = lock(&self.inbox).take();
        if batch.is_empty() {
            return !webhooks.is_empty();
        }
        let handled =
            Box::pin(chat::handle(&self.bridge(), &queue::event(&batch), self.live.now() + TIMEOUT)).await;
        returned(&self.inbox, batch, handled);
        true
    }

    /// Gives `notify` the next events of SIR; `false` if there is none.
    pub async fn notify(&self) -> bool {
        for event in self.standins.sir.take_events() {
            lock(&self.past).push(event.to_string());
            lock(&self.events).put(event.to_string());
        }
        let batch = lock(&self.events).take();
        if batch.is_empty() {
            return false;
        }
        let handled = Box::pin(self.notifier().handle(queue::event(&batch))).await;
        returned(&self.events, batch, handled);
        true
    }

    /// Every event that ever arrived arrives once more, as EventBridge and SQS may do; says how many.
    pub fn again(&self) -> usize {
        let past = lock(&self.past);
        past.iter().for_each(|event| lock(&self.events).put(event.clone()));
        past.len()
    }

    /// The schedule's minute: `notify` does what is due.
    pub async fn sweep(&self) {
        if let Err(error) = Box::pin(self.notifier().handle(json!({ "sweep": true }))).await {
            warn!(%error, "the sweep");
        }
    }

    /// Goes on until nothing waits any more.
    pub async fn settle(&self) {
        loop {
            let (commanded, notified) = tokio::join!(self.command(), self.notify());
            if !commanded && !notified {
                self.sweep().await;
                return;
            }
        }
    }

    /// Goes on for ever, as the functions do: both at once, and the schedule beside them.
    pub async fn run(&self) {
        let commands = async {
            loop {
                if !self.command().await {
                    tokio::time::sleep(POLL).await;
                }
            }
        };
        let events = async {
            loop {
                if !self.notify().await {
                    tokio::time::sleep(POLL).await;
                }
            }
        };
        let schedule = async {
            loop {
                tokio::time::sleep(SWEEP).await;
                self.sweep().await;
            }
        };
        let ((), (), ()) = tokio::join!(commands, events, schedule);
    }
}

/// What was not done goes back to its queue: some messages of a batch, or all of it where the function failed.
fn returned<E: std::fmt::Display>(
    queue: &Mutex<Queue>,
    batch: Vec<QueuedMessage>,
    handled: Result<Value, E>,
) {
    let answer = handled.unwrap_or_else(|error| {
        warn!(%error, "a batch comes again");
        let all = batch.iter().map(|message| json!({ "itemIdentifier": message.id }));
        json!({ "batchItemFailures": all.collect::<Vec<_>>() })
    });
    let dead = lock(queue).again(batch, &answer);
    if dead > 0 {
        warn!(dead, "messages were given up");
    }
}

fn envelope(delivery: &SignedRequest) -> Value {
    let headers: serde_json::Map<String, Value> =
        delivery.headers.iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
    json!({
        "version": "2.0",
        "rawPath": delivery.path,
        "headers": headers,
        "requestContext": { "http": { "method": "POST", "path": delivery.path } },
        "body": String::from_utf8_lossy(&delivery.body),
        "isBase64Encoded": false,
    })
}

/// Where a slash command's answer goes.
fn response_url(delivery: &SignedRequest) -> Option<String> {
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&delivery.body).ok()?;
    form.into_iter().find(|(name, _)| name == "response_url").map(|(_, url)| url)
}
