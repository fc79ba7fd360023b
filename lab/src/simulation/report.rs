//! What do many seeds' worlds say together? Runs them on all cores and prints what is lost, doubled, out of order.

use std::{
    collections::BTreeMap,
    io::Write,
    ops::Range,
    rc::Rc,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use casebridge::case::Millis;

use super::{
    BREAKS, Bench, Break, CONVERSATION_BREAKS, Class, Costs, Life, Outcome, Protection, Script, Verdict, run,
};

/// So many seeds must suffice to see a break of what people see.
pub const BREAK_SEEDS: u64 = 500;

/// So many seeds must suffice to see that a protection is missing.
pub const MUTANT_SEEDS: u64 = 10_000;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// So many worlds, from this seed on.
    Seeds { first: u64, count: u64, class: Class },
    /// Worlds from this seed on, until so much time is over.
    Minutes { first: u64, time: Duration, class: Class },
    /// One world, told line by line.
    One(u64, Class),
    /// For each protection, worlds without it until a promise breaks.
    Mutants,
    /// A case's life, killed at each of its boundaries, or at each so manieth.
    CrashPoints {
        /// 1 for all of them.
        every: usize,
    },
}

/// Runs a task and prints what came of it. The answer is whether every promise held, and every mutant was caught.
/// Fails: the report could not be written.
pub fn report(task: Task, out: &mut impl Write) -> std::io::Result<bool> {
    report_with(task, out, &|_| {})
}

/// The same; `done` hears how many worlds are done, from any thread.
/// Fails: the report could not be written.
pub fn report_with(task: Task, out: &mut impl Write, done: &(dyn Fn(u64) + Sync)) -> std::io::Result<bool> {
    match task {
        Task::Seeds { first, count, class } => {
            seeds(Worlds { numbers: first..first + count, class, until: None }, out, done)
        }
        Task::Minutes { first, time, class } => {
            seeds(Worlds { numbers: first..u64::MAX, class, until: Some(Instant::now() + time) }, out, done)
        }
        Task::One(seed, class) => one(seed, class, out),
        Task::Mutants => mutants(out),
        Task::CrashPoints { every } => crash_points(every, out),
    }
}

/// Which worlds are run.
struct Worlds {
    numbers: Range<u64>,
    class: Class,
    /// No other is begun after that.
    until: Option<Instant>,
}

/// What many worlds came to.
#[derive(Default)]
struct Sum {
    verdict: Verdict,
    failed: u64,
    failing: BTreeMap<u64, Vec<String>>,
    repair: Vec<Millis>,
    size: [usize; 2],
    costs: Costs,
}

const NAMED: usize = 10;

impl Sum {
    fn add(&mut self, number: u64, outcome: Outcome) {
        let failed = u64::from(!outcome.is_good());
        let Outcome { verdict, repair, costs, wrong, size, .. } = outcome;
        let failing = if failed > 0 { [(number, wrong)].into() } else { BTreeMap::new() };
        self.join(Self { verdict, failed, failing, repair, size, costs });
    }

    fn join(&mut self, other: Self) {
        let Self { verdict, failed, failing, repair, size, costs } = other;
        self.size = [self.size[0] + size[0], self.size[1] + size[1]];
        self.failed += failed;
        self.verdict.lost += verdict.lost;
        self.verdict.doubled += verdict.doubled;
        self.verdict.out_of_order += verdict.out_of_order;
        self.verdict.untrue += verdict.untrue;
        self.costs.add(&costs);
        self.repair.extend(repair);
        self.failing.extend(failing);
        while self.failing.len() > NAMED {
            self.failing.pop_last();
        }
    }
}

/// One world on a thread of its own: where a runtime of tokio's is about, its budget would stop what waits for nothing.
fn alone(script: &Script) -> Outcome {
    std::thread::scope(|scope| {
        let world = scope.spawn(|| run(&Rc::new(Bench::default()), script));
        world.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Runs the worlds of these numbers on all cores; `enough` may end it early.
fn many(
    numbers: Range<u64>,
    script: impl Fn(u64) -> Script + Sync,
    enough: impl Fn(&Outcome) -> bool + Sync,
) -> Sum {
    let (next, end) = (AtomicU64::new(numbers.start), AtomicU64::new(numbers.end));
    let sum = Mutex::new(Sum::default());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let bench = Rc::new(Bench::default());
                let mut mine = Sum::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end.load(Ordering::Relaxed) {
                        break;
                    }
                    let outcome = run(&bench, &script(number));
                    if enough(&outcome) {
                        end.fetch_min(number, Ordering::Relaxed);
                    }
                    mine.add(number, outcome);
                }
                sum.lock().unwrap_or_else(PoisonError::into_inner).join(mine);
            });
        }
    });
    sum.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn seeds(worlds: Worlds, out: &mut impl Write, done: &(dyn Fn(u64) + Sync)) -> std::io::Result<bool> {
    let Worlds { numbers, class, until } = worlds;
    let first = numbers.start;
    if numbers.is_empty() {
        return Err(std::io::Error::other("no world was run: nothing is proved by none"));
    }
    let (began, ended) = (Instant::now(), AtomicU64::new(0));
    let drawn = |seed| Script { seed, class, ..Script::default() };
    let mut sum = many(numbers, drawn, |_| {
        done(ended.fetch_add(1, Ordering::Relaxed) + 1);
        until.is_some_and(|until| Instant::now() >= until)
    });
    let (count, took) = (ended.into_inner(), began.elapsed());
    let Verdict { lost, doubled, out_of_order, untrue } = sum.verdict;
    writeln!(
        out,
        "{count} worlds from seed {first}: {lost} lost, {doubled} doubled, {out_of_order} out of order, {untrue} untrue"
    )?;
    sum.repair.sort_unstable();
    let part = |share: usize| sum.repair.get(sum.repair.len() * share / 100).copied().unwrap_or(0);
    writeln!(
        out,
        "{} cases, {} comments, told {} times; from being made to being told, under these faults: p50 {}, p99 {}",
        sum.size[0],
        sum.size[1],
        sum.repair.len(),
        seconds(part(50)),
        seconds(part(99))
    )?;
    let rate = count as f64 / took.as_secs_f64().max(0.001);
    writeln!(out, "{rate:.0} worlds a second; {}", sum.costs)?;
    if sum.failed > 0 {
        writeln!(out, "{} worlds failed", sum.failed)?;
    }
    name_failing("seed", &sum, out)
}

/// Names the first worlds that failed; the answer is whether none did.
fn name_failing(what: &str, sum: &Sum, out: &mut impl Write) -> std::io::Result<bool> {
    for (number, wrong) in &sum.failing {
        writeln!(out, "failing {what} {number}: {}", wrong.join("; "))?;
    }
    Ok(sum.failing.is_empty())
}

/// A whole case life, killed at each boundary in turn.
fn crash_points(every: usize, out: &mut impl Write) -> std::io::Result<bool> {
    let mut all = true;
    for (own_channel, layout) in [(false, "thread"), (true, "channel")] {
        let life = |kill_at| Script { life: Some(Life { own_channel, kill_at }), ..Script::default() };
        let whole = alone(&life(None));
        let each = u64::try_from(every.max(1)).unwrap_or(1);
        let points = whole.boundaries / each;
        // A kill later than the last boundary would kill nobody.
        let sum = many(0..points, |point| life(Some(point * each)), |outcome| outcome.boundaries == 0);
        writeln!(
            out,
            "a case's life in a {layout}, killed at {points} of its {} boundaries: {} of {points} converge",
            whole.boundaries,
            points - sum.failed
        )?;
        all &= name_failing("boundary", &sum, out)? && whole.is_good() && points > 0;
    }
    Ok(all)
}

fn seconds(time: Millis) -> String {
    format!("{:.1} s", Duration::from_millis(time.unsigned_abs()).as_secs_f64())
}

fn one(seed: u64, class: Class, out: &mut impl Write) -> std::io::Result<bool> {
    let script = Script { seed, class, traced: true, ..Script::default() };
    let outcome = alone(&script);
    for line in &outcome.lines {
        writeln!(out, "{line}")?;
    }
    let verdict = if outcome.is_good() { "every promise held".to_owned() } else { outcome.wrong.join("; ") };
    writeln!(out, "seed {seed}, trace {:016x}: {verdict}", outcome.trace)?;
    Ok(outcome.is_good())
}

fn mutants(out: &mut impl Write) -> std::io::Result<bool> {
    let mut all = true;
    writeln!(out, "{:<22} {:>6}  what breaks without it", "protection", "seed")?;
    for protection in Protection::ALL {
        out.flush()?;
        match caught(protection) {
            Some((seed, wrong)) => {
                writeln!(out, "{:<22} {seed:>6}  {}", format!("{protection:?}"), brief(&wrong))?
            }
            None => {
                all = false;
                writeln!(
                    out,
                    "{:<22} {:>6}  NOT CAUGHT in {MUTANT_SEEDS} seeds",
                    format!("{protection:?}"),
                    "-"
                )?;
            }
        }
    }
    writeln!(out, "\n{:<52} {:>6}  what is seen of it", "broken", "seed")?;
    for broken in BREAKS.iter().chain(CONVERSATION_BREAKS) {
        match seen(broken) {
            Some((seed, wrong)) => writeln!(out, "{:<52} {seed:>6}  {}", broken.name, brief(&wrong))?,
            None => {
                all = false;
                writeln!(out, "{:<52} {:>6}  NOT SEEN in {BREAK_SEEDS} seeds", broken.name, "-")?;
            }
        }
        out.flush()?;
    }
    Ok(all)
}

/// On one line, with the end, which says what is wrong, and the beginning, which says of what.
fn brief(wrong: &str) -> String {
    const PART: usize = 60;
    let line: Vec<char> = wrong.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    match line.len() > 2 * PART {
        true => line[..PART].iter().chain(&['…']).chain(&line[line.len() - PART..]).collect(),
        false => line.into_iter().collect(),
    }
}

/// The first seed in whose world a break is seen, and how.
pub fn seen(broken: &'static Break) -> Option<(u64, String)> {
    let class = broken.class;
    first(BREAK_SEEDS, |seed| Script { seed, class, broken: Some(broken), ..Script::default() })
}

/// The first world that is wrong as this script has it, and right without what the script breaks.
fn first(count: u64, script: impl Fn(u64) -> Script + Sync) -> Option<(u64, String)> {
    let seen = Mutex::new(BTreeMap::new());
    let unbroken = |seed| alone(&Script { broken: None, off: None, ..script(seed) }).is_good();
    many(0..count, &script, |outcome| {
        let is_seen = !outcome.is_good() && unbroken(outcome.seed);
        if is_seen && let Some(wrong) = outcome.wrong.first() {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert(outcome.seed, wrong.clone());
        }
        is_seen
    });
    seen.into_inner().unwrap_or_else(PoisonError::into_inner).pop_first()
}

/// The first seed whose world breaks without the protection, and how.
pub fn caught(protection: Protection) -> Option<(u64, String)> {
    first(MUTANT_SEEDS, |seed| Script { seed, off: Some(protection), ..Script::default() })
}
