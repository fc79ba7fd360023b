//! How does a seed's world hang together? Clock, table, services, people, and what is planned.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    rc::Rc,
};

use casebridge::{
    aws::sir::Call,
    case::{CaseId, Millis},
    config::settings::{Attachments, Settings},
    http::{Request, Response},
    state::{TargetKind, key::Key, memory::Memory},
};
use serde_json::Value;

use super::{
    Bench, Class, Costs, Script,
    breaks::Break,
    clock::{Chance, Due, VirtualClock},
    conversation::{Conversation, Knock, Side, Speech},
    faults::Faults,
    history::History,
    oracle::{Circumstances, ReadText, told},
    protections::{Protection, Without},
    services::{OURS, Services},
    story::{PERSONS_WORDS, Size},
    visible,
};
use crate::standins::{JiraStandin, SirStandin, SlackStandin};

pub const BEGIN: Millis = 1_790_000_000_000;

pub enum Happening {
    Story(super::story::StoryTurn),
    /// An event reaches `notify`'s queue.
    Event(Rc<str>),
    /// `notify` is given a batch of what is in its queue.
    Batch,
    /// Messages come again that are still there: those whose invocation did not end well.
    Redelivery(Messages),
    Sweep,
    /// A job is delivered to `command`, and will be so many times even if it is done at once.
    Job(Rc<str>, u32),
    /// A job is delivered again, unless the delivery before was the last of those and ended well.
    JobAgain(Rc<Cell<bool>>, Rc<str>, u32),
    /// A request that left arrives: whether it is stored, and where its answer is waited for.
    Arrives(Request, bool, Rc<RefCell<Option<Response>>>),
    /// A call that was given up arrives after all.
    Called(Call),
    /// Somebody does something in a conversation, which ends at a time.
    Talk(Millis),
    /// A request reaches the door of `command`.
    Knock(Knock),
    /// It comes again, unless it was answered well.
    KnockAgain(Rc<Cell<bool>>, Knock),
    /// `command` is given the next job of a group.
    Inbox(String),
    /// The job that a group is at comes again, unless it was done.
    InboxAgain(Rc<Cell<bool>>, String),
}

/// Messages of a batch that were not taken yet.
pub type Messages = Rc<RefCell<Vec<Rc<str>>>>;

/// What was seen to be wrong while the world ran.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation(pub String);

pub struct Shared {
    pub clock: VirtualClock,
    pub chance: Chance,
    /// What can fail. Switched off at the end of the story.
    pub faults: RefCell<Faults>,
    /// Nobody dies here, and the table always answers.
    pub kept_words: bool,
    /// Nothing fails here but what every day brings.
    pub mild: bool,
    /// In a life in which a status is refused for a while, and nothing fails, the thread must say so.
    pub says_what_is_refused: bool,
    pub class: Class,
    pub size: Size,
    pub broken: Option<&'static Break>,
    /// The protection that it lacks.
    pub without: Without,
    pub memory: Memory,
    /// When something was first told: for stale reads of the table.
    pub fresh: RefCell<HashMap<(CaseId, TargetKind, Key), Millis>>,
    /// SIR, Slack and Jira.
    pub services: Services,
    /// What was true on the service's side.
    pub history: RefCell<History>,
    /// What people say, where a world is about that.
    pub conversation: RefCell<Conversation>,
    /// Comments of ours on issues that a person gave other words: issue and comment.
    pub reworded: RefCell<Vec<(String, String)>>,
    /// What waits in `notify`'s queue.
    pub queue: RefCell<VecDeque<Rc<str>>>,
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
    pub wrong: RefCell<Vec<Violation>>,
    pub costs: RefCell<Costs>,
    pub posts: RefCell<Vec<Millis>>,
    /// Paths that must not be asked before a time, and when they were told so.
    pub patience: RefCell<HashMap<String, (Millis, Millis)>>,
    trace: Cell<u64>,
    lines: Option<RefCell<Vec<String>>>,
    count: Cell<u64>,
}

fn choices(bench: &Bench, class: Class) -> [Rc<Settings>; 2] {
    match class {
        Class::Conversation => bench.settings.each_ref().map(|settings| copying(settings)),
        Class::Usual | Class::Hard => bench.settings.clone(),
    }
}

/// The same, with copies of a case's files in Slack and Jira.
fn copying(settings: &Settings) -> Rc<Settings> {
    let mut settings = settings.clone();
    settings.slack.attachments = Attachments::Copy;
    if let Some(jira) = &mut settings.jira {
        jira.attachments = Attachments::Copy;
    }
    Rc::new(settings)
}

impl Shared {
    /// The world of a seed, without one protection where asked.
    pub fn new(script: &Script, bench: &Bench) -> Rc<Self> {
        let Script { seed, class, off, broken, traced, ref life } = *script;
        let chance = Chance::new(seed);
        let faults = if life.is_some() { Faults::default() } else { Faults::drawn(&chance) };
        let own_channel = life.as_ref().map_or_else(|| chance.happens(250), |life| life.own_channel);
        let services = Services::new(&chance, BEGIN);
        let size = match (class, life) {
            (Class::Usual | Class::Conversation, _) | (Class::Hard, Some(_)) => Size::USUAL,
            (Class::Hard, None) => Size::drawn(&chance),
        };
        if faults.stale > 0 && size.comments <= 60 {
            services.remember_the_past();
        }
        // Drawn apart, as it came later: each seed keeps its world otherwise.
        if Chance::new(!seed).happens(200) {
            services.split();
        }
        match class {
            Class::Usual => {}
            Class::Hard => services.harden(&chance),
            Class::Conversation => services.converse(),
        }
        let choices = choices(bench, class);
        Rc::new(Self {
            clock: VirtualClock::new(BEGIN),
            chance,
            kept_words: faults.crash + faults.stall + faults.store_throttles + faults.store_lost == 0,
            mild: faults.are_mild() && life.as_ref().is_none_or(|life| life.kill_at.is_none()),
            says_what_is_refused: life.is_some(),
            faults: RefCell::new(faults),
            class,
            size,
            broken,
            without: Without::new(off),
            memory: Memory::default(),
            fresh: RefCell::default(),
            services,
            history: RefCell::default(),
            conversation: RefCell::default(),
            reworded: RefCell::default(),
            queue: RefCell::default(),
            planned: RefCell::default(),
            said: RefCell::default(),
            settings: RefCell::new(choices[usize::from(own_channel)].clone()),
            choices,
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

    pub fn holds(&self, protection: Protection) -> bool {
        self.without.holds(protection)
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

    pub fn fault(&self, which: impl Fn(&Faults) -> u32) -> bool {
        let thousandths = which(&self.faults.borrow());
        self.chance.happens(thousandths)
    }

    pub fn plan(&self, at: Millis, happening: Happening) {
        self.count.set(self.count.get() + 1);
        self.planned.borrow_mut().insert(self.count.get(), happening);
        self.clock.at(at, Due::Happening(self.count.get()));
    }

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

    pub fn is_traced(&self) -> bool {
        self.lines.is_some()
    }

    pub fn lines(&self) -> Vec<String> {
        self.lines.as_ref().map(|lines| lines.borrow().clone()).unwrap_or_default()
    }

    pub fn is_wrong(&self, what: impl Into<String>) {
        let wrong = Violation(what.into());
        self.note("WRONG", &wrong.0);
        self.wrong.borrow_mut().push(wrong);
    }

    /// Whether this is what a person put in the place of our words.
    pub fn is_reworded(&self, text: &str) -> bool {
        text == PERSONS_WORDS && !self.reworded.borrow().is_empty()
    }

    pub fn drops(&self, request: &Request) -> Response {
        self.note("broken", request.url.split('?').next().unwrap_or_default());
        self.services.drops(request, self.clock.now())
    }

    pub fn sir(&self) -> &SirStandin {
        self.services.sir(self.clock.now())
    }

    pub fn slack(&self) -> &SlackStandin {
        self.services.slack(self.clock.now())
    }

    pub fn jira(&self) -> &JiraStandin {
        self.services.jira(self.clock.now())
    }
}

impl Circumstances for Shared {
    fn channels(&self) -> Vec<Value> {
        self.services.channels()
    }

    fn is_reworded(&self, text: &str) -> bool {
        Self::is_reworded(self, text)
    }

    fn has_swallowed(&self, words: &str) -> bool {
        self.services.has_swallowed(words)
    }

    fn swallowed_changes(&self) -> bool {
        let bodies = self.services.swallowed.borrow();
        let is_changes = |body: &Value| matches!(told(&visible::in_slack(body)), ReadText::Changes(_));
        bodies.iter().any(is_changes)
    }

    /// Where nothing fails but what every day brings, a comment is told within four minutes.
    fn late(&self) -> Option<Millis> {
        self.mild.then_some(240_000)
    }

    fn tells_of_a_withdrawal(&self, text: &str) -> bool {
        let is_taken_back = |one: &Speech| one.side == Side::Jira && one.taken_back;
        text.contains("[withdrawn by ") && self.conversation.borrow().all.iter().any(is_taken_back)
    }

    fn ours(&self) -> &str {
        OURS
    }

    fn people(&self) -> Vec<Value> {
        self.services.people()
    }
}
