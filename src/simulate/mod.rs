//! Do the promises hold under every fault? Runs the core in seeded worlds and looks at what they became.

mod check;
mod clock;
mod faults;
mod jira;
mod sir;
mod slack;
mod store;
mod story;
mod world;

use std::{cell::Cell, rc::Rc};

pub use self::check::Verdict;
use self::{
    clock::Due,
    world::{BEGIN, Happening, JIRA, SLACK, Shared, SimWorld},
};
use crate::{
    case::{CaseId, Millis},
    destination::Destinations,
    jira::Jira,
    notify::Desk,
    secrets::Secret,
    settings::Settings,
    slack::Slack,
    store::Store,
    sweep,
    world::{Rule, World},
};

/// The time that a function has.
const TIMEOUT: Millis = 60_000;
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
}

impl Outcome {
    /// Whether every promise held.
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// What the workers of all worlds share.
pub struct Bench {
    settings: Settings,
    token: Secret,
}

impl Default for Bench {
    fn default() -> Self {
        let toml = format!(
            "[slack]\napi_url = \"{SLACK}\"\nteam = \"T1\"\nchannel = \"C1\"\n\
             [jira]\napi_url = \"{JIRA}\"\nproject = \"SEC\"\n[timing]\nnudge_hours = 0\n"
        );
        #[expect(clippy::expect_used, reason = "the text is ours, and every run reads it")]
        let settings = toml::from_str(&toml).expect("settings of the simulation");
        Self { settings, token: Secret::new("simulated") }
    }
}

/// Runs one seed's world to its end.
pub fn run(bench: &Rc<Bench>, seed: u64, off: Option<Rule>, traced: bool) -> Outcome {
    let world = Shared::new(seed, off, traced);
    story::plan(&world);
    world.plan(BEGIN + 60_000, Happening::Sweep);
    while let Some(step) = world.clock.step(BEGIN + END) {
        let Some(number) = step else { continue };
        let happening = world.planned.borrow_mut().remove(&number);
        if let Some(happening) = happening {
            happen(bench, &world, happening);
        }
    }
    let mut verdict = check::check(&world, &bench.settings);
    let wrong: Vec<String> = world.wrong.borrow().iter().map(|wrong| wrong.0.clone()).collect();
    if !wrong.is_empty() && verdict == Verdict::default() {
        verdict.out_of_order += 1;
    }
    Outcome {
        seed,
        verdict,
        wrong,
        repair: check::repair_times(&world),
        trace: world.trace(),
        lines: world.lines(),
    }
}

fn happen(bench: &Rc<Bench>, world: &Rc<Shared>, happening: Happening) {
    match happening {
        Happening::Story(turn) => story::happen(world, turn),
        Happening::Event(case, full) => event(bench, world, case, full),
        Happening::Redelivery(done, case, full) => {
            if !done.get() {
                event(bench, world, case, full);
            }
        }
        Happening::Sweep => sweep(bench, world),
        Happening::Job(..) => {}
        Happening::Arrives(request) => drop(world.arrive(&request, true)),
        Happening::Called(call) => drop(world.called(call)),
    }
}

/// An event reaches `notify`: hint, then attend. The message comes again unless the hint was written.
fn event(bench: &Rc<Bench>, world: &Rc<Shared>, case: CaseId, full: bool) {
    let done = Rc::new(Cell::new(false));
    let again = Happening::Redelivery(done.clone(), case.clone(), full);
    world.plan(world.clock.now() + VISIBILITY, again);
    let outside = SimWorld::new(world);
    let bench = bench.clone();
    invoke(world, async move {
        let now = outside.now();
        if outside.store().hint(&case, now, full).await.is_ok() {
            attend(&bench, &outside, std::slice::from_ref(&case), now + TIMEOUT).await;
            done.set(true);
        }
    });
}

fn sweep(bench: &Rc<Bench>, world: &Rc<Shared>) {
    let outside = SimWorld::new(world);
    let bench = bench.clone();
    if world.holds(Rule::Sweep) {
        invoke(world, async move {
            let now = outside.now();
            let _ = sweep::discover(&outside, &bench.settings).await;
            if let Ok(due) = outside.store().due(now, 10).await {
                attend(&bench, &outside, &due, now + TIMEOUT).await;
            }
        });
    }
    world.plan(world.clock.now() + 60_000, Happening::Sweep);
}

async fn attend(bench: &Bench, outside: &SimWorld, cases: &[CaseId], deadline: Millis) {
    let slack = Slack { world: outside, settings: &bench.settings.slack, token: &bench.token };
    let jira = bench.settings.jira.as_ref().map(|settings| Jira {
        world: outside,
        settings,
        email: &bench.token,
        token: &bench.token,
    });
    let destinations = Destinations::new(slack, jira);
    let desk = Desk { world: outside, settings: &bench.settings, destinations: &destinations, deadline };
    for case in cases {
        // What it could not do is written down; the sweep comes back to it.
        let _ = desk.attend(case).await;
    }
}

/// Runs a function. It may be killed at any moment, and is when its time is over, unless the platform's clock stands
/// still with it.
fn invoke(world: &Rc<Shared>, function: impl Future<Output = ()> + 'static) {
    let task = world.clock.spawn(function);
    let now = world.clock.now();
    if world.fault(|faults| faults.crash) {
        world.clock.at(now + world.chance.between(0, 3_000), Due::Kill(task));
    }
    let overslept = if world.fault(|faults| faults.stall) { 60_000 } else { 0 };
    world.clock.at(now + TIMEOUT + overslept, Due::Kill(task));
}
