//! What does the product cost? The product between the stand-ins in this process, where every call takes its time and is
//! noted. On tokio's clock: where that is paused, waiting costs nothing.
#![expect(clippy::unwrap_used, reason = "what measures cannot go on without its world")]

mod drive;
mod flows;
mod table;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use casebridge::{
    aws::sir::{self, Answer, Fault},
    case::{CaseId, Millis},
    config::{
        secrets::{Secret, Secrets},
        settings::Settings,
    },
    http::{Request, Response, TransportError},
    runtime::{QueueMessage, Recent, World},
    state::{Store, memory::Memory},
};
pub use flows::{Cost, Flow};
use serde_json::{Map, Value, json};
use table::SlowTable;
use tokio::time::Instant;

use crate::{
    simulation::sir as model,
    standins::{Endpoint, JiraStandin, Pace, ServiceClock, Sight, SirStandin, SlackStandin},
};

const BEGIN: Millis = 1_795_668_500_000;
const SLACK: &str = "https://slack.load";
const JIRA: &str = "https://jira.load";
const SIR: &str = "https://security-ir.load";
const TIME: Millis = 120_000;

/// How long each call takes, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delays {
    pub table: u64,
    pub queue: u64,
    pub sir: u64,
    pub slack: u64,
    pub jira: u64,
}

impl Delays {
    /// As measured between a function and the services.
    pub const REAL: Self = Self { table: 5, queue: 8, sir: 40, slack: 90, jira: 120 };
    /// The same for all: a time counts how many came one after the other.
    pub const EACH: Self = Self { table: STEP, queue: STEP, sir: STEP, slack: STEP, jira: STEP };
    pub const NONE: Self = Self { table: 0, queue: 0, sir: 0, slack: 0, jira: 0 };
}

/// What a call takes by [`Delays::EACH`].
pub const STEP: u64 = 100;

/// A call that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// `table lease`, `slack chat.postMessage`, `jira addComment`, `sir GetCase`, `queue`.
    pub what: String,
    pub body: String,
    /// When it was answered.
    pub at: Millis,
    /// How long it took.
    pub took: u64,
    /// Whether it was asked too often.
    pub throttled: bool,
}

pub(crate) struct ServiceCalls {
    made: RefCell<Vec<Made>>,
    began: Instant,
    keeps_bodies: Cell<bool>,
}

impl ServiceCalls {
    fn now(&self) -> Millis {
        BEGIN + Millis::try_from(self.began.elapsed().as_millis()).unwrap()
    }

    /// Takes its time, and has its effect at the end of it.
    async fn take<T>(&self, (what, body): (String, &str), took: u64, work: impl FnOnce() -> (T, bool)) -> T {
        if took > 0 {
            tokio::time::sleep(Duration::from_millis(took)).await;
        }
        let (done, throttled) = work();
        let body = if self.keeps_bodies.get() { body.to_owned() } else { String::new() };
        self.made.borrow_mut().push(Made { what, body, at: self.now(), took, throttled });
        done
    }
}

/// The product's world, with what stands in for the services.
pub struct Load {
    pub sir: SirStandin,
    pub slack: SlackStandin,
    pub jira: JiraStandin,
    pub memory: Memory,
    pub settings: Settings,
    pub secrets: Secrets,
    clock: ServiceClock,
    delays: Delays,
    calls: Rc<ServiceCalls>,
    table: SlowTable,
    jobs: RefCell<Vec<QueueMessage>>,
    recent: Recent,
}

impl Load {
    /// With these delays, and more lines in the settings.
    pub fn new(delays: Delays, more: &str) -> Self {
        let clock = ServiceClock::standing(BEGIN);
        let (sir, slack, jira) = (
            SirStandin::within(Endpoint::new(SIR, &clock)),
            SlackStandin::within(Endpoint::new(SLACK, &clock)),
            JiraStandin::within(Endpoint::new(JIRA, &clock)),
        );
        slack.enforce(Pace::Steady);
        let (email, token) = jira.credentials();
        let secrets = Secrets {
            slack_bot_token: Secret::new(slack.token()),
            slack_signing_secret: Secret::new(slack.signing_secret()),
            jira_email: Secret::new(email),
            jira_api_token: Secret::new(token),
            ..Secrets::default()
        };
        let ((.., team), channel, ana) = (slack.app(), slack.security(), slack.ana());
        let settings = toml::from_str(&format!(
            "[slack]\napi_url = '{SLACK}/api'\nteam = '{team}'\nchannel = '{channel}'\n[jira]\napi_url = '{JIRA}'\n\
             project = 'SEC'\n[roles]\nadmin = ['{ana}']\n{more}"
        ));
        let memory = Memory::default();
        let calls = Rc::new(ServiceCalls {
            made: RefCell::default(),
            began: Instant::now(),
            keeps_bodies: Cell::new(true),
        });
        let table = SlowTable { memory: memory.clone(), calls: calls.clone(), takes: delays.table };
        let (settings, jobs, recent) = (settings.unwrap(), RefCell::default(), Recent::default());
        Self { sir, slack, jira, memory, settings, secrets, clock, delays, calls, table, jobs, recent }
    }

    fn on_time(&self) {
        self.clock.set(self.calls.now());
    }

    /// All that was asked since the last time.
    pub fn made(&self) -> Vec<Made> {
        self.calls.made.take()
    }

    /// What is said is not kept: there will be much of it.
    pub fn keep_no_bodies(&self) {
        self.calls.keeps_bodies.set(false);
    }

    /// A case that is told, and of which this many comments are known, whoever told them.
    pub async fn known(&self, comments: usize) -> CaseId {
        let case = self.sir.aws_creates_case("Key leaked");
        self.events().await;
        for number in 0..comments {
            self.pass(1_000).await;
            self.sir.aws_comments(&case, "AWS Responder", &format!("comment {number}")).unwrap();
        }
        self.sir.take_events();
        self.know(&case).await;
        case
    }
}

fn operation(request: &Request) -> String {
    let path = request.url.split('?').next().unwrap_or_default();
    match path.strip_prefix(JIRA) {
        Some(path) => format!("jira {} {path}", request.method),
        None => format!("slack {}", path.rsplit('/').next().unwrap_or_default()),
    }
}

#[async_trait::async_trait(?Send)]
impl World for Load {
    fn store(&self) -> &dyn Store {
        &self.table
    }

    fn now(&self) -> Millis {
        self.calls.now()
    }

    fn recent(&self) -> Option<&Recent> {
        Some(&self.recent)
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let to_jira = request.url.starts_with(JIRA);
        let took = if to_jira { self.delays.jira } else { self.delays.slack };
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let answer = || {
            self.on_time();
            let answer = match to_jira {
                true => self.jira.answer(&request, Sight::Now),
                false => self.slack.answer(&request, Sight::Now),
            };
            let throttled = answer.status == 429;
            (answer, throttled)
        };
        Ok(self.calls.take((operation(&request), &body), took, answer).await)
    }

    async fn call(&self, call: sir::Call) -> Result<Answer, Fault> {
        let members: Map<String, Value> = model::members(&call).unwrap();
        let (name, body) = (format!("sir {}", call.operation()), json!(members).to_string());
        let ask = || {
            self.on_time();
            let answer = self.sir.ask(call.operation(), members, Sight::Now);
            let throttled = answer.as_ref().is_err_and(|refused| refused.name == "ThrottlingException");
            (answer, throttled)
        };
        match self.calls.take((name, &body), self.delays.sir, ask).await {
            Ok(output) => model::answer(call, &output),
            Err(refused) => Err(model::fault(&refused)),
        }
    }

    async fn enqueue(&self, message: QueueMessage) -> Result<(), String> {
        let message = QueueMessage { body: self.secrets.seal(&message.body), ..message };
        let put = || (self.jobs.borrow_mut().push(message), false);
        self.calls.take(("queue".to_owned(), ""), self.delays.queue, put).await;
        Ok(())
    }
}
