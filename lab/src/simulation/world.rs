//! How does a seed's world hang together? Clock, table, services, people, and what is planned.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Instant,
};

use casebridge::{
    aws::sir::{Answer, Call, Fault, FaultKind},
    case::{CaseId, Millis},
    config::settings::Settings,
    http::{Request, Response},
    runtime::Rule,
    state::{Destination, key::Key, memory::Memory},
    sync::trigger::{self, Hint},
};

use super::{
    Bench, Class, Costs, Script,
    breaks::Break,
    clock::{Chance, Clock, Due},
    faults::Faults,
    history::History,
    services::Services,
    sir,
    story::{PERSONS_WORDS, Size},
};
use crate::standins::{Jira, Sight, Sir, Slack};

/// When the simulated worlds begin.
pub const BEGIN: Millis = 1_790_000_000_000;

/// Something that the simulation planned.
pub enum Happening {
    /// What the story has next.
    Story(super::story::Turn),
    /// An event reaches `notify`'s queue: the case, and whether an old comment changed.
    Event(CaseId, bool),
    /// The event's message comes again, unless its invocation ended well.
    Redelivery(Rc<Cell<bool>>, CaseId, bool),
    /// The minute's sweep.
    Sweep,
    /// A job is delivered to `command`, and will be so many times even if it is done at once.
    Job(Rc<str>, u32),
    /// A job is delivered again, unless the delivery before was the last of those and ended well.
    JobAgain(Rc<Cell<bool>>, Rc<str>, u32),
    /// A request that left arrives: whether it is stored, and where its answer is waited for.
    Arrives(Request, bool, Rc<RefCell<Option<Response>>>),
    /// A call that was given up arrives after all.
    Called(Call),
}

/// What was seen to be wrong while the world ran.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong(pub String);

/// All of a seed's world.
pub struct Shared {
    /// The time, the tasks.
    pub clock: Clock,
    /// All chance.
    pub chance: Chance,
    /// What can fail. Switched off at the end of the story.
    pub faults: RefCell<Faults>,
    /// Nobody dies here, and the table always answers.
    kept_words: bool,
    /// Nothing fails here but what every day brings.
    pub mild: bool,
    /// In a life in which a status is refused for a while, and nothing fails, the thread must say so.
    pub says_what_is_refused: bool,
    /// How hard it is.
    pub class: Class,
    /// How much happens in it.
    pub size: Size,
    /// What is broken of what people see, where something is.
    pub broken: Option<&'static Break>,
    /// The rule that is switched off, where one is.
    pub off: Option<Rule>,
    /// The table itself.
    pub memory: Memory,
    /// When something was first told: for stale reads of the table.
    pub fresh: RefCell<HashMap<(CaseId, Destination, Key), Millis>>,
    /// SIR, Slack and Jira.
    pub services: Services,
    /// What was true on the service's side.
    pub history: RefCell<History>,
    /// Comments of ours on issues that a person gave other words: issue and comment.
    pub reworded: RefCell<Vec<(String, String)>>,
    /// What is planned, by its number.
    pub planned: RefCell<HashMap<u64, Happening>>,
    /// What people said through the bridge, which answers they wait for, and the command's key.
    pub said: RefCell<Vec<(String, Option<String>, String)>>,
    /// What the user chose, by now.
    settings: RefCell<Rc<Settings>>,
    /// What else they can choose: a thread a case, and a channel a case.
    choices: [Rc<Settings>; 2],
    chosen: Cell<bool>,
    /// The table as somebody kept it.
    pub backup: Memory,
    /// Workers are killed at this boundary, counted from 0, and at no other.
    pub kill_at: Option<u64>,
    /// How many boundaries there were: moments just before or after something outside was read or changed.
    pub boundaries: Cell<u64>,
    /// What was seen to be wrong.
    pub wrong: RefCell<Vec<Wrong>>,
    /// What it costs to run this world.
    pub costs: RefCell<Costs>,
    /// When posts left for the channel.
    posts: RefCell<Vec<Millis>>,
    /// Paths that must not be asked before a time, and when they were told so.
    pub patience: RefCell<HashMap<String, (Millis, Millis)>>,
    trace: Cell<u64>,
    lines: Option<RefCell<Vec<String>>>,
    count: Cell<u64>,
}

impl Shared {
    /// The world of a seed, with one rule switched off where asked.
    pub fn new(script: &Script, bench: &Bench) -> Rc<Self> {
        let Script { seed, class, off, broken, traced, ref life } = *script;
        let chance = Chance::new(seed);
        let faults = if life.is_some() { Faults::default() } else { Faults::drawn(&chance) };
        let own_channel = life.as_ref().map_or_else(|| chance.happens(250), |life| life.own_channel);
        let services = Services::new(&chance, BEGIN);
        let size = match (class, life) {
            (Class::Usual, _) | (Class::Hard, Some(_)) => Size::USUAL,
            (Class::Hard, None) => Size::drawn(&chance),
        };
        if faults.stale > 0 && size.comments <= 60 {
            services.remember_the_past();
        }
        if class == Class::Hard {
            services.harden(&chance);
        }
        Rc::new(Self {
            clock: Clock::new(BEGIN),
            chance,
            kept_words: faults.crash + faults.stall + faults.store_throttles + faults.store_lost == 0,
            mild: faults.are_mild() && life.as_ref().is_none_or(|life| life.kill_at.is_none()),
            says_what_is_refused: life.is_some(),
            faults: RefCell::new(faults),
            class,
            size,
            broken,
            off,
            memory: Memory::default(),
            fresh: RefCell::default(),
            services,
            history: RefCell::default(),
            reworded: RefCell::default(),
            planned: RefCell::default(),
            said: RefCell::default(),
            settings: RefCell::new(bench.settings[usize::from(own_channel)].clone()),
            choices: bench.settings.clone(),
            chosen: Cell::new(false),
            backup: Memory::default(),
            kill_at: life.as_ref().and_then(|life| life.kill_at),
            boundaries: Cell::new(0),
            wrong: RefCell::default(),
            costs: RefCell::default(),
            posts: RefCell::default(),
            patience: RefCell::default(),
            trace: Cell::new(0),
            lines: traced.then(RefCell::default),
            count: Cell::new(0),
        })
    }

    /// What the user chose, by now.
    pub fn settings(&self) -> Rc<Settings> {
        self.settings.borrow().clone()
    }

    /// Whether they chose otherwise since the world began.
    pub fn has_chosen(&self) -> bool {
        self.chosen.get()
    }

    /// They choose otherwise: a channel a case, or a thread.
    pub fn choose(&self, own_channel: bool) {
        self.chosen.set(true);
        *self.settings.borrow_mut() = self.choices[usize::from(own_channel)].clone();
    }

    /// Whether a rule is in force.
    pub fn holds(&self, rule: Rule) -> bool {
        self.off != Some(rule)
    }

    /// A step of the way, of a random length.
    pub fn delay(&self, least: Millis, most: Millis) -> impl Future<Output = ()> + '_ {
        let boundary = self.boundaries.replace(self.boundaries.get() + 1);
        if self.kill_at == Some(boundary) {
            self.note("killed", "at this boundary");
            self.clock.kill_running();
        }
        if self.fault(|faults| faults.stall) {
            self.clock.stall(self.chance.between(1_000, 180_000));
        }
        self.clock.delay(self.chance.between(least, most))
    }

    /// Whether a fault happens now.
    pub fn fault(&self, which: impl Fn(&Faults) -> u32) -> bool {
        let thousandths = which(&self.faults.borrow());
        self.chance.happens(thousandths)
    }

    /// Plans a happening.
    pub fn plan(&self, at: Millis, happening: Happening) {
        self.count.set(self.count.get() + 1);
        self.planned.borrow_mut().insert(self.count.get(), happening);
        self.clock.at(at, Due::Happening(self.count.get()));
    }

    /// Adds to the trace.
    pub fn note(&self, what: &str, more: &str) {
        let mut hash = self.trace.get() ^ self.clock.now().cast_unsigned();
        for byte in what.bytes().chain(more.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.trace.set(hash);
        if let Some(lines) = &self.lines {
            lines.borrow_mut().push(format!("{:>9} {what} {more}", self.clock.now() - BEGIN));
        }
    }

    /// A number for the whole trace: the same seed gives the same.
    pub fn trace(&self) -> u64 {
        self.trace.get()
    }

    /// The trace's lines, where they were asked for.
    pub fn lines(&self) -> Vec<String> {
        self.lines.as_ref().map(|lines| lines.borrow().clone()).unwrap_or_default()
    }

    /// Something is wrong.
    pub fn is_wrong(&self, what: impl Into<String>) {
        let wrong = Wrong(what.into());
        self.note("WRONG", &wrong.0);
        self.wrong.borrow_mut().push(wrong);
    }

    /// Reads may be up to 5 s old.
    fn seen(&self) -> Option<Millis> {
        let now = self.clock.now();
        self.fault(|faults| faults.stale).then(|| now - self.chance.between(0, 5_000))
    }

    /// A request has its effect, now.
    pub fn arrive(&self, request: &Request, stored: bool) -> Response {
        let began = Instant::now();
        let answer = self.take_in(request, stored);
        self.costs.borrow_mut().request(began.elapsed());
        answer
    }

    fn take_in(&self, request: &Request, stored: bool) -> Response {
        let now = self.clock.now();
        let path = request.url.split('?').next().unwrap_or_default();
        self.note("arrives", path);
        if self.lines.is_some() {
            self.note("    marked", mark_in(&request.body));
        }
        let lists = path.ends_with("/conversations.replies")
            || path.ends_with("/conversations.history")
            || request.method == "GET" && path.ends_with("/comment");
        let sight = match (stored, lists) {
            (false, _) => Sight::Unkept,
            (true, true) => self.seen().map_or(Sight::Now, Sight::AsOf),
            (true, false) => Sight::Now,
        };
        let answer = self.services.arrive(request, now, sight);
        if !stored {
            self.note("    swallowed", path);
        }
        if self.lines.is_some() {
            let body = String::from_utf8_lossy(&answer.body);
            let wrong = answer.status >= 400 || body.starts_with("{\"ok\":false");
            let more = if wrong { body.into_owned() } else { String::new() };
            self.note("    answered", &format!("{} {more}", answer.status));
        }
        answer
    }

    /// Whether this is what a person put in the place of our words.
    pub fn is_reworded(&self, text: &str) -> bool {
        text == PERSONS_WORDS && !self.reworded.borrow().is_empty()
    }

    /// A request is answered as if it were done, and is not.
    pub fn drops(&self, request: &Request) -> Response {
        self.note("broken", request.url.split('?').next().unwrap_or_default());
        self.services.drops(request, self.clock.now())
    }

    /// The service, now.
    pub fn sir(&self) -> &Sir {
        self.services.sir(self.clock.now())
    }

    /// The workspace, now.
    pub fn slack(&self) -> &Slack {
        self.services.slack(self.clock.now())
    }

    /// The site, now.
    pub fn jira(&self) -> &Jira {
        self.services.jira(self.clock.now())
    }

    /// A call has its effect, now. The event that follows is planned.
    pub fn called(&self, call: Call) -> Result<Answer, Fault> {
        self.note("calls", call.operation());
        let refused = || Fault { kind: FaultKind::Invalid { fields: vec![] }, message: String::new() };
        let members = sir::members(&call).ok_or_else(refused)?;
        let sight = match sir::is_read(&call) {
            true => self.seen().map_or(Sight::Now, Sight::AsOf),
            false => Sight::Now,
        };
        let began = Instant::now();
        let answer = self.sir().ask(call.operation(), members, sight);
        self.costs.borrow_mut().call(began.elapsed());
        self.happened();
        match answer {
            Ok(output) => sir::answer(call, &output),
            Err(refused) => {
                self.note("    refused", &refused.name);
                Err(sir::fault(&refused))
            }
        }
    }

    /// Writes down what changed on the service's side; its events go on their way.
    pub fn happened(&self) {
        for event in self.sir().take_events() {
            if let Ok(Hint::Case { id, full }) = trigger::decode_value(event) {
                self.history.borrow_mut().look(self.sir(), (id.as_str(), full), self.clock.now());
                self.announce(&id, full);
            }
        }
    }

    /// The event of a change goes on its way: once, twice, late or never.
    pub fn announce(&self, case: &CaseId, full: bool) {
        let now = self.clock.now();
        if self.fault(|faults| faults.event_lost) {
            return self.note("event", "lost");
        }
        let times = if self.fault(|faults| faults.event_twice) { self.chance.between(2, 4) } else { 1 };
        for _ in 0..times {
            let late = if self.fault(|faults| faults.event_late) { 600_000 } else { 1_500 };
            self.plan(now + self.chance.between(200, late), Happening::Event(case.clone(), full));
        }
    }

    pub fn watch_departure(&self, request: &Request) {
        let now = self.clock.now();
        let path = request.url.split('?').next().unwrap_or_default();
        if is_post(path) && says(&request.body, &self.settings.borrow().slack.channel) {
            let mut posts = self.posts.borrow_mut();
            posts.push(now);
            posts.retain(|at| now - at < 5_000);
            // Five a five seconds, and some that were held up on their way to the door.
            if posts.len() > 9 {
                drop(posts);
                self.is_wrong("more than a post a second");
            }
        }
        // Where workers die, or the table does not answer, a service's word can die with whoever heard it.
        let early = self.kept_words
            && self
                .patience
                .borrow()
                .get(path)
                .is_some_and(|(told, until)| now > told + 2_500 && now < *until);
        if early {
            self.is_wrong(format!("came back too early to {path}"));
        }
    }
}

/// The mark in a request's body, for the trace.
fn mark_in(body: &[u8]) -> &str {
    let text = std::str::from_utf8(body).unwrap_or_default();
    text.split("\"mark\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// Whether this method adds a message.
pub fn is_post(path: &str) -> bool {
    path.ends_with("/chat.postMessage")
}

/// Whether a request's body has these words in it.
fn says(body: &[u8], words: &str) -> bool {
    body.windows(words.len()).any(|some| some == words.as_bytes())
}
