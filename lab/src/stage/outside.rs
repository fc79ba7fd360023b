//! The real world over the wire, in which waiting costs no time.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use casebridge::{
    aws::{logs::LogStream, sessions::SessionName, sir},
    case::{CaseId, DeploymentId, Millis},
    config::{environment::LeftOut, secrets::Secrets, settings::Settings},
    http::{
        self,
        transport::{Opened, Source, Transport},
    },
    runtime::{
        QueueMessage, Recent, World,
        live::{Inbox, Live, Safe, trigger},
        sighting::Sightings,
    },
    state::{Store, memory::Memory},
    telemetry::audit::AuditLine,
};

use super::{
    HTTP, aws_at,
    refusals::ExpectedRefusals,
    table::{Countdown, WatchedTable},
};
use crate::{
    playground::standins::Standins,
    standins::{AUDIT_GROUP, PERSON_ROLE, ServiceClock},
};

/// What the HTTP door waits for the queue, which is waited for in truth.
const DOOR: Duration = Duration::from_millis(2_500);

/// The real world over the wire: whoever waits moves every clock.
pub struct Outside {
    live: Live<Memory>,
    pub(super) table: WatchedTable,
    pub(super) countdown: Arc<Countdown>,
    pub(super) refusals: ExpectedRefusals,
    clocks: [ServiceClock; 7],
    ahead: AtomicI64,
    /// Where the product's clock was stopped; 0 where it runs.
    stopped: AtomicI64,
    waited: AtomicU64,
    /// So long a copy takes, by the stopped clock.
    copying: AtomicI64,
    /// Requests to this path take so long, by every clock.
    takes: Mutex<Option<(String, Duration)>>,
    queues: Mutex<Option<[u64; 4]>>,
    /// What `command` wants `notify` to look at.
    pub(super) soon: Mutex<Vec<String>>,
    left_out: Mutex<LeftOut>,
    in_names: AtomicBool,
    brought: Mutex<Option<Bytes>>,
    sightings: OnceLock<Sightings>,
    deployments: [DeploymentId; 2],
    signs_as: AtomicUsize,
}

impl Outside {
    pub(super) async fn of(standins: &Standins, memory: &Memory, inbox: Inbox, secrets: &Secrets) -> Self {
        let Standins { slack, jira, sir, hub, logs, pager, webhook, .. } = standins;
        let aws = aws_at(sir.url()).await.with_security_hub(hub.url()).with_logs(logs.url());
        let live = Live::new(memory.clone(), aws, inbox, Safe::Given(secrets.clone()));
        let trail = LogStream { group: AUDIT_GROUP.to_owned(), name: "stage".to_owned() };
        let live = live.audited(trail).in_names_under(Some(PERSON_ROLE.to_owned()));
        let countdown = Arc::new(Countdown::default());
        Self {
            live: live.through(HTTP.with(Transport::clone)),
            table: WatchedTable::new(memory, &countdown),
            countdown,
            refusals: ExpectedRefusals::of([slack, jira, sir, hub]),
            clocks: [
                slack.clock(),
                jira.clock(),
                sir.clock(),
                hub.clock(),
                logs.clock(),
                pager.clock(),
                webhook.clock(),
            ]
            .map(Clone::clone),
            ahead: AtomicI64::default(),
            stopped: AtomicI64::default(),
            waited: AtomicU64::default(),
            copying: AtomicI64::default(),
            takes: Mutex::default(),
            queues: Mutex::default(),
            soon: Mutex::default(),
            left_out: Mutex::default(),
            in_names: AtomicBool::default(),
            brought: Mutex::default(),
            sightings: OnceLock::default(),
            deployments: ["one", "another"].map(DeploymentId::new),
            signs_as: AtomicUsize::default(),
        }
    }

    pub(super) async fn settings(&self) -> Settings {
        self.live.settings().await.unwrap().as_ref().clone()
    }

    /// So much time passes, for everybody.
    pub(super) fn advance(&self, time: Duration) {
        let millis = Millis::try_from(time.as_millis()).unwrap();
        self.ahead.fetch_add(millis, Ordering::SeqCst);
        if self.stopped.load(Ordering::SeqCst) > 0 {
            self.stopped.fetch_add(millis, Ordering::SeqCst);
        }
        self.clocks.iter().for_each(|clock| clock.advance(time));
    }

    /// From now on requests to a path that ends so take this long, though nobody really waits.
    pub fn slow(&self, path: &str, by: Duration) {
        *self.takes.lock().unwrap() = Some((path.to_owned(), by));
    }

    /// From now on so many messages wait for `notify`, for `command`, and among the dead letters of each.
    pub fn has_queues(&self, depths: [u64; 4]) {
        *self.queues.lock().unwrap() = Some(depths);
    }

    /// From now on it signs what it tells as the first deployment (0), as the second (1), or not at all (2), as 0.1.0.
    pub fn signs_as(&self, deployment: usize) {
        self.signs_as.store(deployment, Ordering::SeqCst);
    }

    /// As if the stack had been deployed without these rights.
    pub fn is_deployed_without(&self, left_out: LeftOut) {
        *self.left_out.lock().unwrap() = left_out;
    }

    /// From now on this is opened, whatever is asked for: a file of the machine that somebody sits at.
    pub fn has_at_hand(&self, file: &[u8]) {
        *self.brought.lock().unwrap() = Some(Bytes::copy_from_slice(file));
    }

    /// As if the stack had been deployed with PersonalIdentity=true.
    pub fn acts_in_names(&self) {
        self.in_names.store(true, Ordering::SeqCst);
    }

    /// From now on what is seen is written down, as the functions do it.
    pub fn watches(&self) {
        self.sightings.get_or_init(Sightings::default);
    }

    /// From now on a copy takes so long.
    pub fn copies_slowly(&self, by: Millis) {
        self.copying.store(by, Ordering::SeqCst);
        self.stops_the_clock(self.now());
    }

    /// From now on it is this time for the product, and only waiting moves it; 0 lets its clock run again.
    pub fn stops_the_clock(&self, at: Millis) {
        self.stopped.store(at, Ordering::SeqCst);
    }

    /// The `at`th request to the table from now on is not answered, though it may be taken.
    pub fn loses_a_request(&self, at: usize, taken: bool) {
        self.countdown.loses_a_request(at, taken);
    }

    /// Whether there were so many requests. None is lost from now on.
    pub fn lost_it(&self) -> bool {
        self.countdown.lost_it()
    }

    /// How long was waited between tries, though no time passed.
    pub fn waited(&self) -> Duration {
        Duration::from_millis(self.waited.load(Ordering::SeqCst))
    }
}

#[async_trait::async_trait(?Send)]
impl World for Outside {
    fn store(&self) -> &dyn Store {
        &self.table
    }

    fn now(&self) -> Millis {
        match self.stopped.load(Ordering::SeqCst) {
            0 => self.live.now() + self.ahead.load(Ordering::SeqCst),
            at => at,
        }
    }

    fn recent(&self) -> Option<&Recent> {
        self.live.recent()
    }

    async fn sleep(&self, time: Duration) {
        if time == DOOR {
            return tokio::time::sleep(time).await;
        }
        self.waited.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
        self.advance(time);
        tokio::task::yield_now().await;
    }

    async fn send(&self, request: http::Request) -> Result<http::Response, http::TransportError> {
        self.countdown.moment().await;
        let answer = self.live.send(request.clone()).await;
        let path = request.url.split('?').next().unwrap_or_default();
        let takes = self.takes.lock().unwrap().clone();
        takes.filter(|(end, _)| path.ends_with(end)).inspect(|(_, time)| self.advance(*time));
        self.refusals.answered(&request, &answer);
        self.countdown.moment().await;
        answer
    }

    async fn open(&self, from: http::Request, bytes: Option<u64>) -> Result<Source, http::TransportError> {
        self.countdown.moment().await;
        if let Some(file) = self.brought.lock().unwrap().clone() {
            return Ok(Source::Opened(Opened::of(file.len() as u64, file)));
        }
        let opened = self.live.open(from, bytes).await;
        self.countdown.moment().await;
        opened
    }

    async fn fill(&self, to: http::Request, file: Opened) -> Result<http::Response, http::TransportError> {
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
        let asked = call.clone();
        let answer = self.live.call(call).await;
        self.refusals.called(&asked, &answer);
        self.countdown.moment().await;
        answer
    }

    async fn call_for(&self, person: &SessionName, call: sir::Call) -> Result<sir::Answer, sir::Fault> {
        if !self.in_names.load(Ordering::SeqCst) {
            return self.call(call).await;
        }
        self.countdown.moment().await;
        let asked = call.clone();
        let answer = self.live.call_for(person, call).await;
        self.refusals.called(&asked, &answer);
        self.countdown.moment().await;
        answer
    }

    async fn try_session(&self, name: &SessionName) -> Option<Result<(), sir::Fault>> {
        match self.in_names.load(Ordering::SeqCst) {
            true => self.live.try_session(name).await,
            false => None,
        }
    }

    fn deployment(&self) -> Option<&DeploymentId> {
        self.deployments.get(self.signs_as.load(Ordering::SeqCst))
    }

    fn left_out(&self) -> LeftOut {
        *self.left_out.lock().unwrap()
    }

    async fn queues(&self) -> Result<[u64; 4], String> {
        self.queues.lock().unwrap().ok_or_else(|| "there are no queues here".to_owned())
    }

    fn sightings(&self) -> Option<&Sightings> {
        self.sightings.get()
    }

    async fn enqueue(&self, message: QueueMessage) -> Result<(), String> {
        let QueueMessage { group, id, body } = &message;
        self.table.asked.lock().unwrap().push_str(&format!("{group} {id} {body}\n"));
        self.countdown.moment().await;
        let answer = self.live.enqueue(message).await;
        self.countdown.moment().await;
        answer
    }

    async fn look_soon(&self, case: &CaseId) -> Result<(), String> {
        self.soon.lock().unwrap().push(trigger(case));
        Ok(())
    }

    async fn record(&self, line: AuditLine) {
        self.countdown.moment().await;
        self.live.record(line).await;
        self.countdown.moment().await;
    }
}
