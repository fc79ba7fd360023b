//! Do the promises hold under every fault? Runs the core in seeded worlds and looks at what they became.

mod acts;
mod arrivals;
mod breaks;
mod clock;
mod conversation;
mod costs;
mod faults;
pub(crate) mod history;
pub(crate) mod journal;
pub(crate) mod oracle;
mod protections;
mod report;
mod services;
pub(crate) mod sir;
mod store;
mod story;
pub(crate) mod visible;
mod wording;
mod worker;
mod world;

use std::{
    cell::Cell,
    collections::HashSet,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Instant,
};

use casebridge::{
    case::Millis,
    chat::{
        self, ChatContext,
        since::{self, Since},
    },
    config::{
        secrets::{Secret, Secrets},
        settings::{Layout, Settings},
    },
    entry::notify::Notifier,
    runtime::World,
    state::{DueList, Store, agenda},
};
use serde_json::{Value, json};

pub use self::{
    breaks::{BREAKS, Break, CONVERSATION_BREAKS},
    costs::Costs,
    oracle::Verdict,
    protections::Protection,
    report::{BREAK_SEEDS, MUTANT_SEEDS, Task, caught, report, report_with, seen},
};
use self::{
    clock::{Chance, Due},
    services::{JIRA, SLACK, Services},
    worker::SimWorld,
    world::{BEGIN, Happening, Messages, Shared},
};
use crate::standins::SlackStandin;

const TIMEOUT: Millis = 60_000;
const BATCH: usize = 10;
/// A message whose invocation did not end well comes again after this.
const VISIBILITY: Millis = 90_000;
/// A world ends this long after it began: by then everything must be told and mended.
const END: Millis = 5 * 3_600_000;

/// What became of one seed's world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// What went wrong.
    pub verdict: Verdict,
    /// In words.
    pub wrong: Vec<String>,
    /// Milliseconds from each comment to its being told.
    pub repair: Vec<Millis>,
    /// A number for all that happened, in its order.
    pub trace: u64,
    /// All that happened, where it was asked for.
    pub lines: Vec<String>,
    /// How many boundaries its workers crossed: each a moment at which one can be killed.
    pub boundaries: u64,
    /// How many cases it had, and how many comments they have.
    pub size: [usize; 2],
    /// What it cost to run.
    pub costs: Costs,
}

impl Outcome {
    /// Whether every promise held.
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// What the workers of all worlds share.
pub struct Bench {
    /// With a thread a case, and with a channel a case.
    settings: [Rc<Settings>; 2],
    secrets: Secrets,
}

impl Default for Bench {
    fn default() -> Self {
        let services = Services::new(&Chance::new(0), BEGIN);
        let (slack, (email, token)) = (services.slack(BEGIN), services.jira(BEGIN).credentials());
        let secrets = Secrets {
            slack_bot_token: Secret::new(slack.token()),
            slack_signing_secret: Secret::new(slack.signing_secret()),
            jira_email: Secret::new(email),
            jira_api_token: Secret::new(token),
            jira_webhook_secret: Secret::new(services.jira(BEGIN).webhook_secret()),
            ..Secrets::default()
        };
        let jira = services.jira(BEGIN).responders().map(|(account, _)| account.to_string());
        let settings = [Layout::Thread, Layout::Channel].map(|layout| settings(layout, slack, &jira));
        Self { settings, secrets }
    }
}

fn settings(layout: Layout, slack: &SlackStandin, jira: &[String; 2]) -> Rc<Settings> {
    let ((.., team), channel, responder) = (slack.app(), slack.security(), slack.ana());
    let layout = match layout {
        Layout::Thread => "thread",
        Layout::Channel => "channel",
    };
    let toml = format!(
        "[slack]\napi_url = \"{SLACK}/api\"\nteam = \"{team}\"\nchannel = \"{channel}\"\nlayout = \"{layout}\"\n\
         invite = [\"ana@example.com\"]\n[jira]\napi_url = \"{JIRA}\"\nproject = \"SEC\"\n\
         [timing]\nnudge_hours = 0\n[notify]\nescalate_minutes = []\n[roles]\nresponder = [\"{responder}\", \"U024BE7LJ\", \"{}\", \"{}\"]\n",
        jira[0], jira[1]
    );
    #[expect(clippy::expect_used, reason = "the text is ours, and every run reads it")]
    Rc::new(toml::from_str(&toml).expect("settings of the simulation"))
}

/// How hard a world is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Class {
    /// As hard as the product stands: every promise must hold.
    #[default]
    Usual,
    /// As hard as the real one. What fails here is written down in docs/decisions/0007-worlds-that-still-fail.md.
    Hard,
    /// Two hundred messages about one case across console, Slack and Jira.
    Conversation,
}

/// Which world is run.
#[derive(Clone, Copy, Default)]
pub struct Script {
    /// Everything that is drawn is drawn from it.
    pub seed: u64,
    /// How hard it is.
    pub class: Class,
    /// What is broken of what people see, where something is.
    pub broken: Option<&'static Break>,
    /// The protection that is switched off, where one is.
    pub off: Option<Protection>,
    /// All that happens is told.
    pub traced: bool,
    /// Instead of what the seed has: a case's life in which nothing fails, but for one kill.
    pub life: Option<Life>,
}

/// A case's life from its creation to its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Life {
    /// It has a channel of its own; otherwise a thread.
    pub own_channel: bool,
    /// At this boundary, counted from 0, its worker is killed: just before or just after something outside was read
    /// or changed.
    pub kill_at: Option<u64>,
}

/// Runs a world to its end.
pub fn run(bench: &Rc<Bench>, script: &Script) -> Outcome {
    let began = Instant::now();
    let world = play(bench, script);
    let judge = oracle::judge(&world);
    let mut verdict = Verdict::default();
    for (kind, wrong) in judge.found {
        verdict.counts(kind);
        world.is_wrong(wrong);
    }
    let wrong: Vec<String> = world.wrong.borrow().iter().map(|wrong| wrong.0.clone()).collect();
    if !wrong.is_empty() && verdict == Verdict::default() {
        verdict.out_of_order += 1;
    }
    let size = world.history.borrow().size();
    let costs = world.costs.take().ended(began.elapsed());
    let (repair, trace, lines) = (judge.repair, world.trace(), world.lines());
    let (seed, boundaries) = (script.seed, world.boundaries.get());
    Outcome { seed, verdict, wrong, repair, trace, lines, boundaries, size, costs }
}

/// A world at its end.
fn play(bench: &Rc<Bench>, script: &Script) -> Rc<Shared> {
    let world = Shared::new(script, bench);
    // Somebody saw the settings long before.
    let since = serde_json::to_string(&Since::of(&world.settings(), BEGIN)).unwrap_or_default();
    ready(world.memory.swap_note(since::NOTE, None, &since, None));
    if !world.holds(Protection::Discovery) {
        let (name, never) = protections::NEVER_DISCOVER;
        ready(world.memory.swap_note(name, None, never, None));
    }
    match script.life {
        Some(_) => story::life(&world),
        None => story::plan(&world),
    }
    world.plan(BEGIN + 60_000, Happening::Sweep);
    while let Some(step) = world.clock.step(BEGIN + END) {
        let Some(number) = step else { continue };
        let happening = world.planned.borrow_mut().remove(&number);
        if let Some(happening) = happening {
            happen(bench, &world, happening);
        }
    }
    world
}

fn happen(bench: &Rc<Bench>, world: &Rc<Shared>, happening: Happening) {
    match happening {
        Happening::Story(turn) => acts::happen(world, turn),
        Happening::Event(message) => enqueue(world, [message]),
        Happening::Batch => batch(bench, world),
        Happening::Redelivery(messages) => enqueue(world, messages.take()),
        Happening::Sweep => sweep(bench, world),
        Happening::Job(body, times) => job(bench, world, body, times),
        Happening::JobAgain(done, body, times) => {
            if !done.get() || times > 1 {
                job(bench, world, body, times.saturating_sub(1));
            }
        }
        Happening::Arrives(request, stored, answer) => {
            let arrived = world.arrive(&request, stored);
            answer.replace(Some(arrived));
        }
        Happening::Called(call) => drop(world.called(call)),
        Happening::Talk(until) => conversation::turn(world, until),
        Happening::Knock(knock) => conversation::answer(bench, world, knock),
        Happening::KnockAgain(done, knock) => {
            if !done.get() {
                conversation::answer(bench, world, knock);
            }
        }
        Happening::Inbox(group) => conversation::inbox(bench, world, group),
        Happening::InboxAgain(done, group) => {
            if !done.get() {
                conversation::inbox_again(world, &group);
            }
        }
    }
}

/// Messages come into the queue of `notify`, which is soon given a batch of them.
fn enqueue(world: &Shared, messages: impl IntoIterator<Item = Rc<str>>) {
    let mut queue = world.queue.borrow_mut();
    let was_empty = queue.is_empty();
    queue.extend(messages);
    if was_empty && !queue.is_empty() {
        world.plan(world.clock.now() + world.chance.between(5, 300), Happening::Batch);
    }
}

/// `notify` is given what waits, up to ten messages. What it does not take comes again.
fn batch(bench: &Rc<Bench>, world: &Rc<Shared>) {
    let now = world.clock.now();
    let messages: Vec<Rc<str>> = {
        let mut queue = world.queue.borrow_mut();
        let most = queue.len().min(BATCH);
        queue.drain(..most).collect()
    };
    if !world.queue.borrow().is_empty() {
        world.plan(now + world.chance.between(5, 300), Happening::Batch);
    }
    let record = |(id, body): (usize, &Rc<str>)| json!({"messageId": id.to_string(), "body": &**body});
    let records: Vec<Value> = messages.iter().enumerate().map(record).collect();
    let left = Messages::new(messages.into());
    world.plan(now + VISIBILITY, Happening::Redelivery(left.clone()));
    notify(bench, world, json!({"Records": records}), move |answer| {
        let failed = answer["batchItemFailures"].as_array().map(Vec::as_slice).unwrap_or_default();
        let failed: HashSet<&str> = failed.iter().filter_map(|one| one["itemIdentifier"].as_str()).collect();
        let is_failed = |id: usize| failed.contains(id.to_string().as_str());
        let mut ids = 0..;
        left.borrow_mut().retain(|_| ids.next().is_some_and(is_failed));
    });
}

/// Runs `notify` itself, as its binary does.
fn notify(bench: &Rc<Bench>, world: &Rc<Shared>, event: Value, answered: impl FnOnce(Value) + 'static) {
    let (outside, bench) = (SimWorld::new(world), bench.clone());
    invoke(world, async move {
        let deadline = outside.now() + TIMEOUT;
        let (settings, secrets) = (&outside.settings, &bench.secrets);
        let notifier = Notifier { world: &outside, settings, secrets, deadline };
        if let Ok(answer) = notifier.handle(event).await {
            answered(answer);
        }
    });
}

fn sweep(bench: &Rc<Bench>, world: &Rc<Shared>) {
    if world.holds(Protection::Sweep) && !is_quiet(world) {
        notify(bench, world, json!({"sweep": true}), drop);
    }
    world.plan(world.clock.now() + 60_000, Happening::Sweep);
}

/// Whether a sweep would find nothing now. It would read twice and write nothing: leaving it out makes worlds quick.
fn is_quiet(world: &Shared) -> bool {
    let now = world.clock.now();
    let nothing = ready(world.memory.due_list(now, 1)) == Some(Ok(DueList::default()));
    let next = ready(agenda::read(&world.memory)).and_then(Result::ok);
    nothing && next.is_some_and(|agenda| agenda.next > now && !agenda.wake && !agenda.broken)
}

/// What a future answers that never waits, as the table in memory does.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// A job reaches `command`. It comes again where its invocation did not end well, and for as often as the seed has it.
fn job(bench: &Rc<Bench>, world: &Rc<Shared>, body: Rc<str>, times: u32) {
    let done = Rc::new(Cell::new(false));
    world.plan(world.clock.now() + VISIBILITY, Happening::JobAgain(done.clone(), body.clone(), times));
    command(bench, world, inboxed(bench, &body), move |answer| done.set(is_done(&answer)));
}

/// A job as the inbox brings it.
fn inboxed(bench: &Bench, body: &str) -> Value {
    json!({"Records": [{"messageId": "1", "body": bench.secrets.seal(body)}]})
}

fn is_done(answer: &Value) -> bool {
    answer["batchItemFailures"].as_array().is_some_and(Vec::is_empty)
}

/// Runs `command` itself, as its binary does.
fn command(bench: &Rc<Bench>, world: &Rc<Shared>, event: Value, answered: impl FnOnce(Value) + 'static) {
    let (outside, bench) = (SimWorld::new(world), bench.clone());
    invoke(world, async move {
        let deadline = outside.now() + TIMEOUT;
        let settings = &outside.settings;
        let bridge = ChatContext { world: &outside, settings, secrets: &bench.secrets };
        if let Ok(answer) = chat::handle(&bridge, &event, deadline).await {
            answered(answer);
        }
    });
}

/// Runs a function. It may be killed at any moment, and is when its time is over, unless the platform's clock stands
/// still with it.
fn invoke(world: &Rc<Shared>, function: impl Future<Output = ()> + 'static) {
    let task = world.clock.spawn(function);
    let now = world.clock.now();
    if world.fault(|faults| faults.crash) {
        world.clock.at(now + world.chance.between(0, 3_000), Due::Kill(task));
    }
    let pauses = world.faults.borrow().stall > 0;
    let overslept = if pauses && world.chance.happens(500) { 200_000 } else { 0 };
    world.clock.at(now + TIMEOUT + overslept, Due::Kill(task));
}
