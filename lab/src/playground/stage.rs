//! What runs between the stand-ins? What runs in Lambda: the same handlers, clients and signatures, over HTTP.
//! Only three things differ: an in-memory table instead of DynamoDB, queues in this process instead of SQS, and
//! nobody but these loops instead of EventBridge.

use std::{
    io,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use casebridge::{
    aws::logs::LogStream,
    case::{CaseId, Millis},
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
    state::{agenda, memory::Memory},
    telemetry::audit::AuditLine,
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tracing::warn;

use super::{
    boundary::Boundary,
    budgets::Budgets,
    clock::PlayClock,
    feed::{Feed, FeedEntry, FeedKind, lock},
    queue::{self, Queue, QueuedMessage},
    standins::{REGION, Standins},
    switches::{Place, Switches, Trouble},
    table::{KnownNotes, PlayTable},
    telling::StoryTelling,
    webhook::{PlainWebhook, WebhookCounters},
    witness::{Counters, Witness},
    world::PlayWorld,
};
use crate::{
    stage::envelope,
    standins::{AUDIT_GROUP, SignedRequest},
};

/// How long an invocation may take: the functions' timeout in template.yaml.
const TIMEOUT: Millis = 60_000;
/// How often the schedule lets `notify` look for what is due.
const SWEEP: Millis = 60_000;
/// How often the queues are looked into.
const POLL: Duration = Duration::from_millis(50);
/// How long nobody sees the messages of a killed worker: `VisibilityTimeout` in template.yaml.
const UNSEEN: [Millis; 2] = [720_000, 360_000];
/// What a deployment may have besides, where somebody acts by hand.
const BY_HAND: &str =
    "[notify.clocks.NIS2]\n\"Early warning\" = 24\nNotification = 72\n\n[pagerduty]\napi_url = \"{pager}\"\n";
/// Where Slack brings events; what else it brings has a person who waits for the answer.
const EVENTS: &str = "/slack/events";

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error("a stand-in could not be started: {0}")]
    Start(#[from] io::Error),

    /// Settings or secrets did not fit.
    #[error(transparent)]
    Live(#[from] live::ConfigError),
    #[error(transparent)]
    Story(#[from] super::telling::StoryFileError),
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
    pub(super) clock: PlayClock,
    pub(super) feed: Feed,
    pub(super) switches: Switches,
    /// The story that is told, where one is.
    pub(super) telling: Mutex<Option<StoryTelling>>,
    /// What Jira says that changed of its issues: key and changelog entry.
    pub(super) changes: Mutex<Vec<(String, Value)>>,
    witness: Witness,
    webhook: PlainWebhook,
    notes: KnownNotes,
    pub(super) budgets: Budgets,
    live: Live<Memory>,
    chosen: Chosen,
    jobs: Mutex<UnboundedReceiver<QueueMessage>>,
    inbox: Mutex<Queue>,
    events: Mutex<Queue>,
    /// Events and requests that come later, with their time.
    late: Mutex<Vec<(Millis, LateEffect)>>,
    /// Every event that ever arrived.
    past: Mutex<Vec<String>>,
    busy: AtomicUsize,
    swept: Mutex<Millis>,
    sweeping: tokio::sync::Mutex<()>,
    turns: tokio::sync::Mutex<()>,
}

enum LateEffect {
    Event(String),
    Request(SignedRequest),
}

/// How a stage begins.
#[derive(Default)]
pub struct Beginning {
    /// The story that is told there.
    pub story: Option<StoryTelling>,
    /// A person of each role, a guest and a stranger are there besides Ana and Bo.
    pub peopled: bool,
}

impl Stage {
    /// Sets it up: nothing has happened yet.
    /// Fails: no port could be bound.
    pub async fn set(beginning: Beginning) -> Result<Self, StageError> {
        let Beginning { story, peopled } = beginning;
        let begins = story.as_ref().and_then(StoryTelling::begins);
        let now = begins.unwrap_or_else(casebridge::config::clock::now);
        // Where nobody lets the stage run, whoever waits moves the clock.
        let clock = PlayClock::at(now, begins.is_none() && peopled);
        let standins = Standins::start_on(clock.service()).await?;
        let standins = if peopled { standins.peopled(story.is_none()) } else { standins };
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
        let more = match &story {
            Some(story) => story.settings(),
            None if peopled => BY_HAND,
            None => "",
        };
        casebridge::state::put_settings(&store, &standins.settings_with(more))
            .await
            .map_err(live::ConfigError::from)?;
        // They were pushed long ago.
        agenda::change(&store, |agenda| std::mem::take(&mut agenda.wake))
            .await
            .map_err(live::ConfigError::from)?;
        let (sender, jobs) = unbounded_channel();
        let aws = Aws::from(config).with_security_hub(standins.hub.url()).with_logs(standins.logs.url());
        let secrets = Secrets::parse(&standins.secret().to_string())?;
        let trail = LogStream { group: AUDIT_GROUP.to_owned(), name: "playground".to_owned() };
        let live = Live::new(store, aws, Inbox::Channel(sender), Safe::Given(secrets)).audited(trail);
        let chosen = live.chosen().await?;
        Ok(Self {
            witness: Witness::new(&standins),
            webhook: PlainWebhook::start_on(clock.service()).await?,
            standins,
            clock,
            feed: Feed::default(),
            switches: Switches::default(),
            telling: Mutex::new(story),
            changes: Mutex::default(),
            notes: KnownNotes::default(),
            budgets: Budgets::default(),
            live,
            chosen,
            jobs: Mutex::new(jobs),
            inbox: Mutex::default(),
            events: Mutex::default(),
            late: Mutex::default(),
            past: Mutex::default(),
            busy: AtomicUsize::new(0),
            swept: Mutex::new(now),
            sweeping: tokio::sync::Mutex::default(),
            turns: tokio::sync::Mutex::default(),
        })
    }

    fn world<'a>(&'a self, boundary: &'a Boundary<'a>) -> PlayWorld<'a> {
        let Self { live, clock, feed, switches, notes, budgets, witness, events, .. } = self;
        let table = PlayTable { table: live.store(), boundary, clock, switches, feed, notes, budgets };
        PlayWorld { live, clock, table, boundary, feed, witness, events }
    }

    fn bridge<'a>(&'a self, world: &'a PlayWorld<'a>) -> ChatContext<'a> {
        ChatContext { world, settings: &self.chosen.settings, secrets: &self.chosen.secrets }
    }

    fn notifier<'a>(&'a self, world: &'a PlayWorld<'a>) -> Notifier<'a> {
        let Chosen { settings, secrets } = &self.chosen;
        Notifier { world, settings, secrets, deadline: self.clock.now() + TIMEOUT }
    }

    pub(super) fn tells(&self, entry: FeedEntry) {
        self.feed.add(self.clock.now(), entry);
    }

    /// Brings a signed request to the HTTP door of `command`, and what it answers to the person.
    pub async fn deliver(&self, delivery: &SignedRequest) -> Answered {
        let never = std::sync::atomic::AtomicBool::new(false);
        let boundary = Boundary::new(&never);
        let world = self.world(&boundary);
        let until = self.clock.now() + TIMEOUT;
        let handled = Box::pin(chat::handle(&self.bridge(&world), &envelope(delivery), until)).await;
        let answer = handled.unwrap_or_else(|error| {
            warn!(%error, "a request of a stand-in");
            json!({ "statusCode": 500 })
        });
        let status =
            answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
        let body =
            answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
        let answered = Answered { status, body };
        let place = if delivery.path.starts_with("/slack/") { "slack" } else { "jira" };
        self.tells(FeedEntry::new(FeedKind::Asked, place, delivery.path.as_str()).went(status.to_string()));
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

    /// What Slack sends for something that a person did: an event may be lost, doubled or late on its way.
    pub async fn arrive(&self, delivery: SignedRequest) -> Option<Answered> {
        if delivery.path != EVENTS {
            return Some(self.deliver(&delivery).await);
        }
        self.route(Place::Slack, "an event of Slack", || LateEffect::Request(delivery.clone()));
        self.late_requests().await;
        None
    }

    /// Sends copies of something on their way, as the switches say.
    fn route(&self, place: Place, what: &str, copy: impl Fn() -> LateEffect) {
        let (now, copies) = (self.clock.now(), self.switches.arrivals(place));
        let how = match copies.as_slice() {
            [] => "lost",
            [0] => "",
            [_] => "late",
            _ => "doubled",
        };
        let name = serde_json::to_value(place).unwrap_or_default();
        let name = name.as_str().unwrap_or_default();
        if !how.is_empty() {
            self.tells(FeedEntry::new(FeedKind::Meddled, name, what).went(how));
        }
        lock(&self.late).extend(copies.into_iter().map(|after| (now + after, copy())));
    }

    /// Brings the requests whose time has come; whether there were any.
    async fn late_requests(&self) -> bool {
        let now = self.clock.now();
        let due: Vec<(Millis, LateEffect)> = {
            let is_due =
                |(at, late): &mut (Millis, LateEffect)| *at <= now && matches!(late, LateEffect::Request(_));
            lock(&self.late).extract_if(.., is_due).collect()
        };
        let any = !due.is_empty();
        for (_, late) in due {
            if let LateEffect::Request(delivery) = late {
                self.deliver(&delivery).await;
            }
        }
        any
    }

    /// Lets `command` do the next jobs of the inbox, and tells it what happened in Jira; `false` if there is nothing.
    pub async fn command(&self) -> bool {
        let (_busy, _turn) = (self.works(), self.turn().await);
        for webhook in self.standins.jira.take_webhooks() {
            self.remember_change(&webhook);
            self.route(Place::Jira, "a webhook of Jira", || LateEffect::Request(webhook.clone()));
        }
        let asked = self.late_requests().await;
        {
            let (mut jobs, mut inbox) = (lock(&self.jobs), lock(&self.inbox));
            while let Ok(QueueMessage { group, id, body }) = jobs.try_recv() {
                inbox.put_once(self.clock.now(), id, group, body);
            }
        }
        let batch = lock(&self.inbox).take(self.clock.now());
        if batch.is_empty() {
            return asked;
        }
        let boundary = Boundary::new(&self.switches.crash);
        let world = self.world(&boundary);
        let (bridge, event) = (self.bridge(&world), queue::event(&batch));
        let work = Box::pin(chat::handle(&bridge, &event, self.clock.now() + TIMEOUT));
        let handled = boundary.invoke(work).await;
        self.returned(&self.inbox, batch, (handled, UNSEEN[1]));
        true
    }

    fn remember_change(&self, webhook: &SignedRequest) {
        let body: Value = serde_json::from_slice(&webhook.body).unwrap_or_default();
        if let (Some(key), true) = (body["issue"]["key"].as_str(), body["changelog"].is_object()) {
            let entry = json!({ "at": body["timestamp"], "by": body["user"]["displayName"], "items": body["changelog"]["items"] });
            lock(&self.changes).push((key.to_owned(), entry));
        }
    }

    /// Gives `notify` the next events of SIR; `false` if there is none.
    pub async fn notify(&self) -> bool {
        let (_busy, _turn) = (self.works(), self.turn().await);
        self.take_events();
        let batch = lock(&self.events).take(self.clock.now());
        if batch.is_empty() {
            return false;
        }
        let boundary = Boundary::new(&self.switches.crash);
        let world = self.world(&boundary);
        let notifier = self.notifier(&world);
        let handled = boundary.invoke(Box::pin(notifier.handle(queue::event(&batch)))).await;
        self.returned(&self.events, batch, (handled, UNSEEN[0]));
        true
    }

    /// Events that happened go on their way, and those whose time has come are there.
    fn take_events(&self) {
        let now = self.clock.now();
        for event in self.standins.sir.take_events() {
            self.witness.happened(&event, now);
            self.webhook.happened(&event);
            let text = event.to_string();
            lock(&self.past).push(text.clone());
            let name = event["detail-type"].as_str().unwrap_or_default();
            let mut entry = FeedEntry::new(FeedKind::Event, "sir", name);
            entry.case = event["detail"]["caseId"].as_str().and_then(CaseId::parse);
            self.tells(entry);
            self.route(Place::Sir, name, || LateEffect::Event(text.clone()));
        }
        let is_due =
            |(at, late): &mut (Millis, LateEffect)| *at <= now && matches!(late, LateEffect::Event(_));
        let due: Vec<(Millis, LateEffect)> = lock(&self.late).extract_if(.., is_due).collect();
        for (_, late) in due {
            if let LateEffect::Event(text) = late {
                self.webhook.arrives(&text);
                lock(&self.events).put(text);
            }
        }
    }

    /// What was not done goes back to its queue: some messages of a batch, or all of it where the function failed or died.
    fn returned<E: std::fmt::Display>(
        &self,
        queue: &Mutex<Queue>,
        batch: Vec<QueuedMessage>,
        (handled, unseen): (Option<Result<Value, E>>, Millis),
    ) {
        let Some(handled) = handled else {
            let until = self.clock.now() + unseen;
            self.tells(FeedEntry::new(FeedKind::Killed, "worker", until.to_string()));
            return lock(queue).hide(until, batch);
        };
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

    /// Every event that ever arrived arrives once more, as EventBridge and SQS may do; says how many.
    pub fn again(&self) -> usize {
        let past = lock(&self.past);
        for event in past.iter() {
            self.webhook.arrives(event);
            lock(&self.events).put(event.clone());
        }
        past.len()
    }

    /// The schedule's minute: `notify` does what is due.
    pub async fn sweep(&self) {
        let (_one, _turn) = (self.sweeping.lock().await, self.turn().await);
        *lock(&self.swept) = self.clock.now();
        let boundary = Boundary::new(&self.switches.crash);
        let world = self.world(&boundary);
        let notifier = self.notifier(&world);
        match boundary.invoke(Box::pin(notifier.handle(json!({ "sweep": true })))).await {
            Some(Ok(_)) => {}
            Some(Err(error)) => warn!(%error, "the sweep"),
            None => self.tells(FeedEntry::new(FeedKind::Killed, "worker", "")),
        }
    }

    /// Goes on until nothing waits any more.
    pub async fn settle(&self) {
        self.quiet().await;
        self.sweep().await;
    }

    /// Goes on until no event, request or job is left that could be done now.
    pub(super) async fn quiet(&self) {
        loop {
            let (commanded, notified) = tokio::join!(self.command(), self.notify());
            if commanded || notified {
                continue;
            }
            if self.busy.load(Ordering::SeqCst) == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// So much time passes for everybody, and what happens in it happens.
    pub(super) async fn pass(&self, time: Millis) {
        let _hurry = self.clock.hurry();
        let end = self.clock.now() + time;
        self.quiet().await;
        while self.clock.now() < end {
            let next = *lock(&self.swept) + SWEEP;
            self.clock.reach(next.clamp(self.clock.now(), end).max(self.clock.now() + 1));
            if self.clock.now() >= next {
                self.sweep().await;
            }
            self.quiet().await;
        }
    }

    /// In a story one works after the other: told again, it shows the same screens.
    async fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let is_told = lock(&self.telling).is_some();
        if is_told { Some(self.turns.lock().await) } else { None }
    }

    fn works(&self) -> Busy<'_> {
        self.busy.fetch_add(1, Ordering::SeqCst);
        Busy(&self.busy)
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
                tokio::time::sleep(POLL).await;
                let due = self.clock.now() >= *lock(&self.swept) + SWEEP;
                if due && !self.clock.is_hurried() {
                    self.sweep().await;
                }
            }
        };
        let webhook = async {
            loop {
                if !self.webhook_posts().await {
                    tokio::time::sleep(POLL).await;
                }
            }
        };
        tokio::join!(commands, events, schedule, webhook, self.clock.tick());
    }

    /// What would be done for a case now.
    /// Fails: the case or the table cannot be read.
    pub(super) async fn plan(&self, case: &CaseId) -> Result<Vec<String>, String> {
        let never = std::sync::atomic::AtomicBool::new(false);
        let boundary = Boundary::new(&never);
        let world = self.world(&boundary);
        let planned = Box::pin(self.notifier(&world).preview(case)).await;
        planned.map(|all| all.iter().map(ToString::to_string).collect()).map_err(|error| error.to_string())
    }

    /// Lets somebody beside the functions work with what lies outside, as the command line does.
    pub async fn beside<T>(&self, work: impl AsyncFnOnce(&dyn World, &Chosen) -> T) -> T {
        let never = std::sync::atomic::AtomicBool::new(false);
        let boundary = Boundary::new(&never);
        let world = self.world(&boundary);
        work(&world, &self.chosen).await
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// The cases of which something was said, the first first.
    pub fn cases(&self) -> Vec<CaseId> {
        self.comments().into_keys().collect()
    }

    /// What the audit trail says of a case.
    pub fn trail(&self, case: &CaseId) -> Vec<AuditLine> {
        let lines = self.standins.logs.lines();
        let lines = lines.iter().filter_map(|line| serde_json::from_str::<AuditLine>(line).ok());
        lines.filter(|line| line.case.as_ref() == Some(case)).collect()
    }

    /// Whether anything is lost, doubled, or out of order.
    pub(super) fn counters(&self) -> Counters {
        let now = self.clock.now();
        let held: Vec<CaseId> = self.held().into_iter().map(|held| held.0).collect();
        let unseen = lock(&self.events).len() + lock(&self.inbox).len() > 0;
        self.witness.judge(now, |case| unseen || held.contains(case))
    }

    /// The same of a webhook beside the bridge.
    pub(super) fn webhook_counters(&self) -> WebhookCounters {
        self.webhook.counters(|id| {
            let is_it = |late: &LateEffect| matches!(late, LateEffect::Event(text) if text.contains(id));
            lock(&self.late).iter().any(|(_, late)| is_it(late))
        })
    }

    pub(super) async fn webhook_posts(&self) -> bool {
        self.webhook.posts(async |post| self.live.send(post).await).await
    }

    /// Switches a trouble on, with what it is about, or off.
    /// Fails: there is no such switch.
    pub(super) fn switch(
        &self,
        (place, trouble): (Place, Trouble),
        on: Option<String>,
    ) -> Result<(), String> {
        let is_on = on.is_some();
        self.switches.set((place, trouble), on)?;
        let Standins { sir, slack, jira, .. } = &self.standins;
        let plain = &self.webhook.slack;
        self.switches.apply([
            (Place::Sir, &**sir),
            (Place::Slack, &**slack),
            (Place::Slack, &**plain),
            (Place::Jira, &**jira),
        ]);
        if trouble == Trouble::Archived {
            let (channel, ana) = (plain.security(), plain.ana());
            drop(if is_on { plain.archives(&channel, &ana) } else { plain.unarchives(&channel, &ana) });
        }
        Ok(())
    }

    /// What stands in a case's way, target by target: case, target, why, until when.
    pub(super) fn held(&self) -> Vec<(CaseId, &'static str, String, Millis)> {
        let now = self.clock.now();
        let notes = self.notes.all().into_iter();
        let held = notes.filter_map(|(case, target, note)| {
            let why = match (&note.parked, &note.open) {
                (Some(why), _) => why.clone(),
                (None, Some(open)) => open.key.to_string(),
                (None, None) if note.not_before > now => String::new(),
                (None, None) => return None,
            };
            Some((case, target, why, note.not_before))
        });
        held.collect()
    }

    pub(super) fn waiting(&self) -> [usize; 2] {
        let late = lock(&self.late).iter().filter(|(_, late)| matches!(late, LateEffect::Event(_))).count();
        [lock(&self.events).len() + late, lock(&self.inbox).len()]
    }

    pub(super) fn comments(&self) -> std::collections::BTreeMap<CaseId, usize> {
        self.witness.comments()
    }
}

/// As long as it lives, a function is at work.
struct Busy<'a>(&'a AtomicUsize);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Where a slash command's answer goes.
fn response_url(delivery: &SignedRequest) -> Option<String> {
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&delivery.body).ok()?;
    form.into_iter().find(|(name, _)| name == "response_url").map(|(_, url)| url)
}
