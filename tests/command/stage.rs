//! The stage: a workspace, a service, a table, and the bridge between them.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use casebridge::{
    aws::{hub, sir},
    case::{CaseId, ChannelId, Millis, Ts, UserId},
    chat::{self, ChatContext, job::Job},
    config::{
        hosts::Reach,
        sdk::Aws,
        secrets::{Secret, Secrets},
        settings::Settings,
    },
    entry::notify::Notifier,
    http::{
        self,
        transport::{Opened, Source, Transport},
    },
    runtime::{
        World,
        live::{Inbox, Live, Safe},
    },
    state::{
        self, Command, Meta, Note, Reserved, Result as Stored, Saying, Store, TargetKind, Told, Wanted,
        key::Key, memory::Memory,
    },
    targets::mark::Mark,
    targets::slack::ConversationRef,
};
use casebridge_lab::standins::{HubStandin, JiraStandin, SignedRequest, SirStandin, SlackStandin};
use serde_json::{Value, json};
use tokio::sync::{
    Notify,
    mpsc::{UnboundedReceiver, unbounded_channel},
};
use tracing::Level;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt};

/// A commander of every workspace.
pub const ANA: &str = "U024BE7LH";

/// The same, as the stand-in knows her.
pub fn ana() -> UserId {
    UserId::new(ANA)
}

thread_local! {
    /// Connections that all stages of a test share.
    static HTTP: Transport = Transport::default();
}

/// Counts the moments before and after each thing that is done outside; at the last, whoever does it stops for ever.
#[derive(Default)]
pub struct Countdown {
    left: AtomicUsize,
    passed: AtomicUsize,
    killed: Notify,
    /// So many requests to the table until one is not answered; and whether that one is taken.
    until_lost: AtomicUsize,
    taken: AtomicBool,
}

impl Countdown {
    async fn moment(&self) {
        self.passed.fetch_add(1, Ordering::SeqCst);
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.killed.notify_one();
            std::future::pending::<()>().await;
        }
    }

    fn loses(&self) -> bool {
        let left = self.until_lost.load(Ordering::SeqCst);
        self.until_lost.store(left.saturating_sub(1), Ordering::SeqCst);
        left == 1
    }
}

/// A table whose worker can be stopped at any moment.
pub struct Table {
    memory: Memory,
    countdown: Arc<Countdown>,
    /// All that it was ever asked to keep or to find.
    asked: Mutex<String>,
}

macro_rules! watched {
    ($($name:ident($($arg:ident: $kind:ty),*) -> $out:ty;)*) => {
        #[async_trait::async_trait(?Send)]
        impl Store for Table {
            $(async fn $name(&self $(, $arg: $kind)*) -> Stored<$out> {
                let lost = self.countdown.loses();
                if lost && !self.countdown.taken.load(Ordering::SeqCst) {
                    return Err(state::Error::Trouble("no answer".to_owned()));
                }
                self.asked.lock().unwrap().push_str(&format!("{:?}\n", ($(&$arg,)*)));
                self.countdown.moment().await;
                let answer = self.memory.$name($($arg),*).await;
                self.countdown.moment().await;
                if lost { Err(state::Error::Trouble("no answer".to_owned())) } else { answer }
            })*
        }
    };
}

watched! {
    hint(case: &CaseId, now: Millis, full: bool) -> ();
    lease(case: &CaseId, now: Millis, until: Millis) -> Option<Meta>;
    meta(case: &CaseId) -> Option<Meta>;
    save(case: &CaseId, epoch: u64, note: Note, json: &str) -> ();
    release(case: &CaseId, epoch: u64, want: u64, next_at: Option<Millis>, full: bool) -> bool;
    put_off(case: &CaseId, epoch: Option<u64>, until: Millis) -> ();
    due(now: Millis, limit: usize) -> Vec<CaseId>;
    told(case: &CaseId, destination: TargetKind, keys: &[Key]) -> Vec<Option<Told>>;
    all_told(case: &CaseId, destination: TargetKind) -> Vec<(Key, Told)>;
    tell(case: &CaseId, epoch: u64, destination: TargetKind, key: &Key, told: &Told) -> ();
    untell(case: &CaseId, epoch: u64, destination: TargetKind, key: &Key) -> ();
    say(case: &CaseId, saying: &Saying, expires: Millis) -> ();
    sayings(case: &CaseId) -> Vec<Saying>;
    reserve(gate: &str, now: Millis, wanted: Wanted) -> Reserved;
    note(name: &str) -> Option<String>;
    swap_note(name: &str, old: Option<&str>, new: &str, expires: Option<Millis>) -> bool;
    begin(key: &str, command: &Command, expires: Millis) -> Option<Command>;
    finish(key: &str, answer: &str) -> String;
    command(key: &str) -> Option<Command>;
    bind(place: &str, case: &CaseId) -> ();
    bound(place: &str) -> Option<CaseId>;
}

/// The real world over the wire; Security Hub at its own stand-in, and no waiting.
pub struct Outside {
    live: Live<Memory>,
    table: Table,
    hub: hub::Hub,
    countdown: Arc<Countdown>,
    /// Where the clock was stopped; 0 where it runs.
    stopped: AtomicI64,
    /// How long was waited between tries, though no time passed, in milliseconds.
    waited: AtomicU64,
    /// So long a copy takes, by the stopped clock.
    copying: AtomicI64,
}

impl Outside {
    /// From now on a copy takes so long.
    pub fn copies_slowly(&self, by: Millis) {
        self.copying.store(by, Ordering::SeqCst);
        self.stops_the_clock(self.now());
    }

    /// From now on it is this time.
    pub fn stops_the_clock(&self, at: Millis) {
        self.stopped.store(at, Ordering::SeqCst);
    }

    /// The `at`th request to the table from now on is not answered, though it may be taken.
    #[allow(dead_code, reason = "the table of faults of the wire uses it")]
    pub fn loses_a_request(&self, at: usize, taken: bool) {
        self.countdown.taken.store(taken, Ordering::SeqCst);
        self.countdown.until_lost.store(at, Ordering::SeqCst);
    }

    /// Whether there were so many requests. None is lost from now on.
    #[allow(dead_code, reason = "the table of faults of the wire uses it")]
    pub fn lost_it(&self) -> bool {
        self.countdown.until_lost.swap(0, Ordering::SeqCst) == 0
    }

    /// How long would have been waited between tries.
    #[allow(dead_code, reason = "the table of faults of the wire uses it")]
    pub fn waited(&self) -> Duration {
        Duration::from_millis(self.waited.load(Ordering::SeqCst))
    }
}

#[async_trait::async_trait(?Send)]
impl World for Outside {
    fn store(&self) -> &dyn casebridge::state::Store {
        &self.table
    }

    fn now(&self) -> Millis {
        match self.stopped.load(Ordering::SeqCst) {
            0 => self.live.now() + Millis::try_from(self.waited.load(Ordering::SeqCst)).unwrap(),
            at => at,
        }
    }

    async fn sleep(&self, time: Duration) {
        // The door's own patience is real; waiting between tries is not what is tested here.
        match time == Duration::from_millis(2_500) {
            true => tokio::time::sleep(time).await,
            false => {
                let time = u64::try_from(time.as_millis()).unwrap();
                self.waited.fetch_add(time, Ordering::SeqCst);
                if self.stopped.load(Ordering::SeqCst) > 0 {
                    self.stopped.fetch_add(Millis::try_from(time).unwrap(), Ordering::SeqCst);
                }
                tokio::task::yield_now().await;
            }
        }
    }

    async fn send(&self, request: http::Request) -> Result<http::Response, http::TransportError> {
        self.countdown.moment().await;
        let answer = self.live.send(request).await;
        self.countdown.moment().await;
        answer
    }

    async fn open(&self, from: http::Request, bytes: u64) -> Result<Source, http::TransportError> {
        self.countdown.moment().await;
        let opened = self.live.open(from, bytes).await;
        self.countdown.moment().await;
        opened
    }

    async fn fill(&self, to: http::Request, file: Opened) -> Result<u16, http::TransportError> {
        self.countdown.moment().await;
        let answer = self.live.fill(to, file).await;
        if self.copying.load(Ordering::SeqCst) > 0 {
            self.stopped.fetch_add(self.copying.load(Ordering::SeqCst), Ordering::SeqCst);
        }
        self.countdown.moment().await;
        answer
    }

    async fn call(&self, call: sir::Call) -> Result<sir::Answer, sir::Fault> {
        self.countdown.moment().await;
        let answer = match call {
            sir::Call::Hub(call) => self.hub.call(call).await.map(sir::Answer::Hub),
            call => self.live.call(call).await,
        };
        self.countdown.moment().await;
        answer
    }

    async fn enqueue(&self, message: casebridge::runtime::QueueMessage) -> Result<(), String> {
        let casebridge::runtime::QueueMessage { group, id, body } = &message;
        self.table.asked.lock().unwrap().push_str(&format!("{group} {id} {body}\n"));
        self.countdown.moment().await;
        let answer = self.live.enqueue(message).await;
        self.countdown.moment().await;
        answer
    }
}

/// Everything that a test needs.
pub struct Stage {
    pub slack: SlackStandin,
    pub sir: SirStandin,
    pub hub: HubStandin,
    pub jira: JiraStandin,
    pub memory: Memory,
    pub world: Outside,
    pub settings: Settings,
    pub secrets: Secrets,
    pub channel: ChannelId,
    jobs: Mutex<Option<UnboundedReceiver<casebridge::runtime::QueueMessage>>>,
}

impl Stage {
    /// A workspace in which Ana is a commander and an admin.
    pub async fn set() -> Self {
        let (slack, sir, hub) = (
            SlackStandin::start().await.unwrap(),
            SirStandin::start().await.unwrap(),
            HubStandin::start().await.unwrap(),
        );
        let jira = JiraStandin::start().await.unwrap();
        let (.., team) = slack.app();
        let channel = slack.security();
        let settings = format!(
            "[slack]\napi_url = '{}/api'\nteam = '{team}'\nchannel = '{channel}'\n[jira]\napi_url = '{}'\nproject = 'SEC'\n\
             [roles]\nadmin = ['{ANA}']",
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
        let credentials = Credentials::new("AKIDEXAMPLE", "local", None, None, "tests");
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .credentials_provider(credentials.clone())
            .region(Region::new("eu-west-1"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(sir.url());
        let (sender, jobs) = unbounded_channel();
        let aws = Aws::from(config.load().await);
        let live = Live::new(memory.clone(), aws, Inbox::Channel(sender), Safe::Given(secrets.clone()));
        let live = live.through(HTTP.with(Transport::clone));
        let client = reqwest::Client::builder().tls_certs_only([]).no_proxy();
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let countdown = Arc::new(Countdown::default());
        let world = Outside {
            live,
            table: Table { memory: memory.clone(), countdown: countdown.clone(), asked: Mutex::default() },
            hub: hub::Hub::new(client, SharedCredentialsProvider::new(credentials), "eu-west-1", hub.url()),
            countdown,
            stopped: AtomicI64::new(0),
            waited: AtomicU64::new(0),
            copying: AtomicI64::new(0),
        };
        let settings = Settings::parse(&settings, Reach::Loopback).unwrap();
        let jobs = Mutex::new(Some(jobs));
        Self { slack, sir, hub, jira, memory, world, settings, secrets, channel, jobs }
    }

    pub fn bridge(&self) -> ChatContext<'_> {
        ChatContext { world: &self.world, settings: &self.settings, secrets: &self.secrets }
    }

    /// What the time is, for the bridge.
    #[allow(dead_code, reason = "the table of faults of the wire has its own")]
    pub fn now(&self) -> Millis {
        self.world.now()
    }

    /// Brings a request to the HTTP door: the status and what was answered.
    pub async fn deliver(&self, delivery: &SignedRequest) -> (u64, Value) {
        let headers: serde_json::Map<_, _> =
            delivery.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        self.post(&delivery.path, Value::Object(headers), &String::from_utf8(delivery.body.clone()).unwrap())
            .await
    }

    pub async fn post(&self, path: &str, headers: Value, body: &str) -> (u64, Value) {
        let event = json!({
            "version": "2.0",
            "rawPath": path,
            "headers": headers,
            "requestContext": { "http": { "method": "POST", "path": path } },
            "body": body,
            "isBase64Encoded": false,
        });
        let answer = chat::handle(&self.bridge(), &event, Millis::MAX).await.unwrap();
        let body = answer["body"].as_str().unwrap_or_default();
        (answer["statusCode"].as_u64().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// The jobs that were put on the inbox since the last time.
    pub fn jobs(&self) -> Vec<casebridge::runtime::QueueMessage> {
        let mut jobs = self.jobs.lock().unwrap();
        let jobs = jobs.as_mut().unwrap();
        std::iter::from_fn(|| jobs.try_recv().ok()).collect()
    }

    pub fn job(&self) -> Job {
        let [job] = <[_; 1]>::try_from(self.jobs()).unwrap();
        serde_json::from_str(&job.body).unwrap()
    }

    /// Nobody takes jobs any more.
    pub fn close_inbox(&self) {
        self.jobs.lock().unwrap().take();
    }

    /// Brings jobs to the SQS door as one batch: the ids of those that must come again.
    pub async fn work(&self, jobs: &[casebridge::runtime::QueueMessage]) -> Vec<String> {
        self.work_until(jobs, Millis::MAX).await
    }

    /// The same by a function whose time ends at `deadline`.
    pub async fn work_until(
        &self,
        jobs: &[casebridge::runtime::QueueMessage],
        deadline: Millis,
    ) -> Vec<String> {
        let records: Vec<_> = jobs
            .iter()
            .enumerate()
            .map(|(index, job)| {
                json!({ "messageId": format!("m{index}"), "body": job.body, "eventSource": "aws:sqs",
                    "attributes": { "MessageGroupId": job.group }, "messageAttributes": {} })
            })
            .collect();
        let answer = chat::handle(&self.bridge(), &json!({ "Records": records }), deadline).await.unwrap();
        let failures = answer["batchItemFailures"].as_array().cloned().unwrap_or_default();
        failures.iter().map(|it| it["itemIdentifier"].as_str().unwrap().to_owned()).collect()
    }

    /// Ana types a line; everything that follows happens. What she reads, in full.
    pub async fn ana(&self, line: &str) -> String {
        self.types(&ana(), line).await
    }

    pub async fn types(&self, user: &UserId, line: &str) -> String {
        let (status, said) = self.deliver(&self.slack.types(user, &self.channel, "/sir", line)).await;
        assert_eq!(status, 200);
        if !said.is_null() {
            assert_eq!(said["response_type"], "ephemeral");
            assert_eq!(SlackStandin::block_complaints(&said["blocks"]), [""; 0]);
            return SlackStandin::shown(&said);
        }
        let before = self.slack.ephemerals(user).len();
        assert_eq!(self.work(&self.jobs()).await, [""; 0]);
        self.since(user, before)
    }

    /// What only this person can read since there were `before` messages.
    pub fn since(&self, user: &UserId, before: usize) -> String {
        let messages = self.slack.ephemerals(user);
        messages[before.min(messages.len())..].iter().map(SlackStandin::shown).collect::<Vec<_>>().join("\n")
    }

    /// The latest message that only Ana can read.
    pub fn latest(&self) -> Value {
        self.slack.ephemerals(&ana()).pop().unwrap()
    }

    /// Ana presses the button of this action in the latest message, and everything follows. What she then reads.
    pub async fn presses(&self, user: &UserId, action: &str) -> String {
        let ts = self.latest()["ts"].as_str().unwrap().to_owned();
        let click = self.slack.clicks(user, &self.channel, &Ts::new(&ts), action, &Value::Null).unwrap();
        assert_eq!(self.deliver(&click).await.0, 200);
        assert_eq!(self.work(&self.jobs()).await, [""; 0]);
        let messages = self.slack.ephemerals(user);
        messages.last().map(SlackStandin::shown).unwrap_or_default()
    }

    /// Does a job until the worker is stopped at the `at`th moment; `true` if it came to the end before that.
    pub async fn until(&self, job: &Job, at: usize) -> bool {
        self.world.countdown.left.store(at, Ordering::SeqCst);
        let bridge = self.bridge();
        let ended = tokio::select! {
            done = chat::execute(&bridge, job) => { done.unwrap(); true }
            () = self.world.countdown.killed.notified() => false,
        };
        self.world.countdown.left.store(0, Ordering::SeqCst);
        ended
    }

    /// One invocation of `notify`, after all that happened since the last.
    pub async fn notify(&self) {
        let events = self.sir.take_events();
        let records: Vec<_> =
            events.iter().map(|event| json!({ "messageId": "m", "body": event.to_string() })).collect();
        for event in [json!({ "Records": records }), json!({ "sweep": true })] {
            let deadline = self.world.now() + 600_000;
            let Self { world, settings, secrets, .. } = self;
            Notifier { world, settings, secrets, deadline }.handle(event).await.unwrap();
        }
    }

    /// Everything outside Jira that a word can have come to: the service, Slack, all that the table and the inbox were
    /// ever asked to keep.
    pub fn outside_jira(&self) -> String {
        let asked = self.world.table.asked.lock().unwrap().clone();
        format!("{}\n{}\n{asked}", self.sir.state(), self.slack.state())
    }

    /// How many requests of an operation the service granted.
    pub fn granted(&self, operation: &str) -> usize {
        self.sir.calls_of(operation).iter().filter(|call| call.status.is_some_and(|it| it < 300)).count()
    }

    /// The bodies of a case's comments.
    pub fn comments(&self, case: &CaseId) -> Vec<String> {
        let state = self.sir.state();
        let comments = state["cases"][case.as_str()]["comments"].clone();
        let all: Vec<Value> = match comments {
            Value::Array(all) => all,
            Value::Object(all) => all.into_iter().map(|(_, comment)| comment).collect(),
            _ => Vec::new(),
        };
        all.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
    }

    /// Says that a thread is a case's, and starts it.
    pub async fn thread_of(&self, case: &CaseId) -> Ts {
        let (ts, _) = self.slack.says(&ana(), &self.channel, "a card", None);
        let place = format!("slack/{}/{}/{ts}", self.settings.slack.team, self.channel);
        self.memory.bind(&place, &case.clone()).await.unwrap();
        ts
    }
}

/// The log of this test, from its beginning to the value's end.
pub struct Log {
    lines: Arc<Mutex<Vec<u8>>>,
    _until_dropped: tracing::subscriber::DefaultGuard,
}

impl Log {
    pub fn listen() -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let writer = lines.clone();
        let ours = Targets::new().with_default(Level::WARN).with_target("casebridge", Level::TRACE);
        let layer = tracing_subscriber::fmt::layer().with_writer(move || Lines(writer.clone()));
        let subscriber = tracing_subscriber::registry().with(ours).with(layer);
        Self { lines, _until_dropped: tracing::subscriber::set_default(subscriber) }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.lines.lock().unwrap().clone()).unwrap()
    }
}

struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Forms, and what is chosen in them.
impl Stage {
    /// Somebody presses a button of a message; what stands behind it happens.
    pub async fn clicks(&self, user: &UserId, ts: &Ts, action: &str) {
        let click = self.slack.clicks(user, &self.channel, ts, action, &Value::Null).unwrap();
        assert_eq!(self.deliver(&click).await.0, 200);
        assert_eq!(self.work(&self.jobs()).await, [""; 0]);
    }

    /// The form that somebody sees.
    pub fn form(&self, user: &UserId) -> Value {
        self.slack.view(user.as_str()).unwrap()
    }

    /// Somebody sends the form that they see: what the door answers. What follows from it happens.
    pub async fn sends(&self, user: &UserId, values: &[(&str, Value)]) -> Value {
        let view = self.form(user)["id"].as_str().unwrap().to_owned();
        let values: serde_json::Map<_, _> =
            values.iter().map(|(name, value)| ((*name).to_owned(), json!({ "it": value }))).collect();
        let sent = self.slack.submits(user, &view, &Value::Object(values)).unwrap();
        let (status, said) = self.deliver(&sent).await;
        assert_eq!(status, 200);
        assert_eq!(self.work(&self.jobs()).await, [""; 0]);
        said
    }

    /// Says that a thread is a case's, under the case's own card.
    pub async fn card_of(&self, case: &CaseId) -> Ts {
        let id = case.clone();
        let read = self.world.call(sir::Call::GetCase { case: id.clone() }).await.unwrap();
        let case = match read {
            sir::Answer::Case(case) => Some(case),
            _ => None,
        };
        let links = casebridge::targets::content::Links::default();
        let view = casebridge::targets::content::View {
            case: *case.unwrap(),
            links,
            waiting_since: None,
            agent_waits: false,
        };
        let card = casebridge::targets::slack::card(&view);
        let channel = ConversationRef { channel: self.channel.clone(), thread: None };
        let ts = self.bridge().slack().post(&channel, &Mark::new("home"), &card).await.unwrap().to_string();
        let place = format!("slack/{}/{}/{ts}", self.settings.slack.team, self.channel);
        self.memory.bind(&place, &id).await.unwrap();
        Ts::new(ts)
    }
}

/// What was typed into a field.
pub fn typed(text: &str) -> Value {
    json!({ "type": "plain_text_input", "value": text })
}

/// What was chosen in a menu.
pub fn chosen(value: &str) -> Value {
    json!({ "type": "static_select", "selected_option": { "value": value } })
}

/// A box that was ticked.
pub fn ticked() -> Value {
    json!({ "type": "checkboxes", "selected_options": [{ "value": "yes" }] })
}

/// A moment that was chosen.
pub fn moment(at: i64) -> Value {
    json!({ "type": "datetimepicker", "selected_date_time": at })
}
