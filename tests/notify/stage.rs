//! The stage: Slack, Jira and Security Incident Response as stand-ins on loopback, and the bridge between them.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use casebridge::{
    aws::sir,
    case::{CaseId, ChannelId, Millis, Ts},
    config::{
        clock,
        sdk::Aws,
        secrets::{Secret, Secrets},
        settings::Settings,
    },
    entry::notify::Notifier,
    http::{self, transport::Transport},
    runtime::{
        QueueMessage, World,
        breaker::Breaker,
        live::{Inbox, Live, Safe},
    },
    state::{Meta, Store, TargetKind, agenda, memory::Memory, notes::PlaceNote},
    targets::{jira, slack},
};
use casebridge_lab::standins::{HeardCall, JiraStandin, SirStandin, SlackStandin};
use serde_json::{Value, json};
use tokio::sync::{
    Mutex,
    mpsc::{UnboundedReceiver, unbounded_channel},
};

thread_local! {
    /// Connections that all stages of a test share.
    static HTTP: Transport = Transport::default();
}

/// How long each invocation has.
const TIME: Millis = 600_000;

/// The real world over the wire, in which waiting costs no time: whoever waits moves every clock.
pub struct Outside {
    live: Live<Memory>,
    ahead: AtomicI64,
    /// Requests to this path take so long, by every clock.
    takes: std::sync::Mutex<Option<(String, Duration)>>,
    clocks: [casebridge_lab::standins::ServiceClock; 3],
}

impl Outside {
    /// From now on requests to a path that ends so take this long, though nobody really waits.
    pub fn slow(&self, path: &str, by: Duration) {
        *self.takes.lock().unwrap() = Some((path.to_owned(), by));
    }

    fn advance(&self, time: Duration) {
        self.ahead.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
        self.clocks.iter().for_each(|clock| clock.advance(time));
    }
}

#[async_trait::async_trait(?Send)]
impl World for Outside {
    fn store(&self) -> &dyn casebridge::state::Store {
        self.live.store()
    }

    fn now(&self) -> Millis {
        clock::now() + self.ahead.load(Ordering::SeqCst)
    }

    async fn sleep(&self, time: Duration) {
        self.advance(time);
        tokio::task::yield_now().await;
    }

    async fn send(&self, request: http::Request) -> Result<http::Response, http::TransportError> {
        let path = request.url.split('?').next().unwrap_or_default().to_owned();
        let answer = self.live.send(request).await;
        let takes = self.takes.lock().unwrap().clone();
        takes.filter(|(end, _)| path.ends_with(end)).inspect(|(_, time)| self.advance(*time));
        answer
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, sir::Fault> {
        self.live.call(call).await
    }

    async fn enqueue(&self, message: QueueMessage) -> Result<(), String> {
        self.live.enqueue(message).await
    }
}

/// Everything that a test needs.
pub struct Stage {
    pub slack: SlackStandin,
    pub jira: JiraStandin,
    pub sir: SirStandin,
    pub memory: Memory,
    pub world: Outside,
    pub settings: Settings,
    pub secrets: Secrets,
    pub channel: ChannelId,
    jobs: Mutex<UnboundedReceiver<QueueMessage>>,
}

impl Stage {
    /// The settings that everybody begins with.
    pub async fn set() -> Self {
        Self::with("", "").await
    }

    /// With more lines in the settings of Slack and of the rest.
    pub async fn with(slack_lines: &str, more: &str) -> Self {
        let slack = SlackStandin::start().await.unwrap();
        let jira = JiraStandin::start().await.unwrap();
        let sir = SirStandin::start().await.unwrap();
        let (team, channel) = (slack.app().3, slack.security());
        let settings = format!(
            "[slack]\napi_url = '{}/api'\nteam = '{team}'\nchannel = '{channel}'\n{slack_lines}\n\
             [jira]\napi_url = '{}'\nproject = 'SEC'\n{more}",
            slack.url(),
            jira.url()
        );
        let secrets = Secrets {
            slack_bot_token: Secret::new(slack.token()),
            slack_signing_secret: Secret::new(slack.signing_secret()),
            jira_email: Secret::new(jira.credentials().0),
            jira_api_token: Secret::new(jira.credentials().1),
            jira_webhook_secret: Secret::new(jira.webhook_secret()),
            ..Secrets::default()
        };
        let memory = Memory::default();
        memory.put_settings(&settings).await.unwrap();
        // They were pushed long ago.
        agenda::change(&memory, |agenda| std::mem::take(&mut agenda.wake)).await.unwrap();
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .credentials_provider(Credentials::new("AKIDEXAMPLE", "local", None, None, "tests"))
            .region(Region::new("eu-west-1"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(sir.url());
        let (sender, jobs) = unbounded_channel();
        let aws = Aws::from(config.load().await);
        let live = Live::new(memory.clone(), aws, Inbox::Channel(sender), Safe::Given(secrets.clone()));
        let live = live.through(HTTP.with(Transport::clone));
        let settings = live.settings().await.unwrap().as_ref().clone();
        let clocks = [slack.clock().clone(), jira.clock().clone(), sir.clock().clone()];
        let world = Outside { live, ahead: AtomicI64::new(0), takes: Default::default(), clocks };
        Self { slack, jira, sir, memory, world, settings, secrets, channel, jobs: Mutex::new(jobs) }
    }

    /// One invocation of `notify`.
    pub async fn handle(&self, event: Value) -> Value {
        let (world, settings, secrets) = (&self.world, &self.settings, &self.secrets);
        let deadline = world.now() + TIME;
        // In a debug build the future is larger than a test's stack likes.
        Box::pin(Notifier { world, settings, secrets, deadline }.handle(event)).await.unwrap()
    }

    /// An SQS batch, an event a message: the ids of those that must come again. The first is `m0`.
    pub async fn deliver(&self, events: &[Value]) -> Vec<String> {
        let bodies: Vec<String> = events.iter().map(Value::to_string).collect();
        self.deliver_texts(&bodies).await
    }

    /// The same with any texts for bodies.
    pub async fn deliver_texts(&self, bodies: &[String]) -> Vec<String> {
        let records = bodies.iter().enumerate();
        let records = records.map(|(n, body)| json!({"messageId": format!("m{n}"), "body": body}));
        let answer = self.handle(json!({"Records": records.collect::<Vec<_>>()})).await;
        let failures = answer["batchItemFailures"].as_array().unwrap();
        failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
    }

    /// Everything that EventBridge would have delivered since the last time arrives.
    pub async fn events(&self) -> Vec<Value> {
        let events = self.sir.take_events();
        assert_eq!(self.deliver(&events).await, [""; 0]);
        events
    }

    /// The minute's turn.
    pub async fn sweep(&self) {
        self.handle(json!({"sweep": true})).await;
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

    pub async fn meta(&self, case: &CaseId) -> Meta {
        self.memory.meta(case).await.unwrap().unwrap()
    }

    /// What is known of the case at a destination.
    pub async fn place(&self, case: &CaseId, destination: TargetKind) -> PlaceNote {
        let meta = self.meta(case).await;
        serde_json::from_str(&meta.targets[destination.as_str()]).unwrap()
    }

    /// Where a destination is left alone by everybody.
    pub async fn breaker(&self, destination: TargetKind) -> Breaker {
        let note = self.memory.note(&format!("breaker/{}", destination.as_str())).await.unwrap();
        note.map(|json| serde_json::from_str(&json).unwrap()).unwrap_or_default()
    }

    /// The messages of a case's thread, the card first.
    pub async fn thread(&self, case: &CaseId) -> Vec<Value> {
        let home = self.place(case, slack::KIND).await.home.unwrap();
        self.slack.thread(&ChannelId::new(&home.place), &Ts::new(&home.name))
    }

    /// The messages of the common channel that are below no other.
    pub fn cards(&self) -> Vec<Value> {
        let below = |message: &Value| message.get("thread_ts").is_some_and(|ts| *ts != message["ts"]);
        self.slack.messages(&self.channel).into_iter().filter(|message| !below(message)).collect()
    }

    /// What people read in a case's thread, the card first.
    pub async fn lines(&self, case: &CaseId) -> Vec<String> {
        self.thread(case).await.iter().map(SlackStandin::shown).collect()
    }

    /// The case's issue.
    pub async fn issue(&self, case: &CaseId) -> Value {
        let home = self.place(case, jira::KIND).await.home.unwrap();
        self.jira.issue(&home.name).unwrap()
    }

    /// What people read below a case's issue.
    pub async fn comments(&self, case: &CaseId) -> Vec<String> {
        let home = self.place(case, jira::KIND).await.home.unwrap();
        self.jira.comments(&home.name).iter().map(|comment| JiraStandin::plain(&comment["body"])).collect()
    }

    /// All that stands at both destinations, for comparison.
    pub fn everything(&self) -> (Vec<Value>, Value) {
        (self.slack.messages(&self.channel), self.jira.state())
    }

    /// The jobs that were put on the inbox since the last time.
    pub async fn jobs(&self) -> Vec<QueueMessage> {
        let mut jobs = self.jobs.lock().await;
        std::iter::from_fn(|| jobs.try_recv().ok()).collect()
    }

    /// Forgets the calls heard so far.
    pub fn forget_calls(&self) {
        self.calls();
    }

    /// The operations asked for since the last time: at SIR, at Slack, at Jira.
    pub fn calls(&self) -> [Vec<String>; 3] {
        let names = |calls: Vec<HeardCall>| calls.into_iter().map(|call| call.operation).collect();
        [self.sir.take_calls(), self.slack.take_calls(), self.jira.take_calls()].map(names)
    }
}

/// How many of these texts contain `part`.
pub fn count(texts: &[String], part: &str) -> usize {
    texts.iter().filter(|text| text.contains(part)).count()
}

/// The index of the first text that contains `part`.
pub fn place_of(texts: &[String], part: &str) -> usize {
    texts.iter().position(|text| text.contains(part)).unwrap_or_else(|| panic!("no {part} in {texts:#?}"))
}
