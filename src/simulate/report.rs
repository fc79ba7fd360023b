//! What do many seeds' worlds say together? Runs them on all cores and prints what is lost, doubled, out of order.

use std::{
    io::Write,
    rc::Rc,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{Bench, Costs, Outcome, Verdict, run};
use crate::{case::Millis, world::Rule};

/// So many seeds must suffice to see that a rule is missing.
pub const MUTANT_SEEDS: u64 = 10_000;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// So many worlds, from this seed on.
    Seeds {
        /// The first.
        first: u64,
        /// How many.
        count: u64,
    },
    /// One world, told line by line.
    One(u64),
    /// For each rule, worlds without it until a promise breaks.
    Mutants,
}

/// Runs a task and prints what came of it. The answer is whether every promise held, and every mutant was caught.
///
/// # Errors
/// The report could not be written.
pub fn report(task: Task, out: &mut impl Write) -> std::io::Result<bool> {
    match task {
        Task::Seeds { first, count } => seeds(first, count, out),
        Task::One(seed) => one(seed, out),
        Task::Mutants => mutants(out),
    }
}

/// What many worlds came to.
#[derive(Default)]
struct Sum {
    verdict: Verdict,
    failing: Option<(u64, Vec<String>)>,
    repair: Vec<Millis>,
    costs: Costs,
}

impl Sum {
    fn add(&mut self, outcome: Outcome) {
        self.verdict.lost += outcome.verdict.lost;
        self.verdict.doubled += outcome.verdict.doubled;
        self.verdict.out_of_order += outcome.verdict.out_of_order;
        self.costs.add(&outcome.costs);
        self.repair.extend(outcome.repair);
        let earliest = self.failing.as_ref().is_none_or(|(seed, _)| outcome.seed < *seed);
        if !outcome.wrong.is_empty() && earliest {
            self.failing = Some((outcome.seed, outcome.wrong));
        }
    }

    fn join(&mut self, other: Self) {
        let Self { verdict, failing, repair, costs } = other;
        self.verdict.lost += verdict.lost;
        self.verdict.doubled += verdict.doubled;
        self.verdict.out_of_order += verdict.out_of_order;
        self.costs.add(&costs);
        self.repair.extend(repair);
        let earlier =
            |(seed, _): &(u64, Vec<String>)| self.failing.as_ref().is_none_or(|(other, _)| seed < other);
        if failing.as_ref().is_some_and(earlier) {
            self.failing = failing;
        }
    }
}

/// Runs worlds on all cores; `enough` may end it early.
fn many(first: u64, count: u64, off: Option<Rule>, enough: impl Fn(&Outcome) -> bool + Sync) -> Sum {
    let (next, end) = (AtomicU64::new(first), AtomicU64::new(first + count));
    let sum = Mutex::new(Sum::default());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let bench = Rc::new(Bench::default());
                let mut mine = Sum::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end.load(Ordering::Relaxed) {
                        break;
                    }
                    let outcome = run(&bench, seed, off, false);
                    if enough(&outcome) {
                        end.fetch_min(seed, Ordering::Relaxed);
                    }
                    mine.add(outcome);
                }
                sum.lock().unwrap_or_else(PoisonError::into_inner).join(mine);
            });
        }
    });
    sum.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn seeds(first: u64, count: u64, out: &mut impl Write) -> std::io::Result<bool> {
    let began = Instant::now();
    let mut sum = many(first, count, None, |_| false);
    let took = began.elapsed();
    let Verdict { lost, doubled, out_of_order } = sum.verdict;
    writeln!(
        out,
        "{count} worlds from seed {first}: {lost} lost, {doubled} doubled, {out_of_order} out of order"
    )?;
    sum.repair.sort_unstable();
    let part = |share: usize| sum.repair.get(sum.repair.len() * share / 100).copied().unwrap_or(0);
    writeln!(
        out,
        "{} comments told; from being made to being told, under these faults: p50 {}, p99 {}",
        sum.repair.len(),
        seconds(part(50)),
        seconds(part(99))
    )?;
    let rate = count as f64 / took.as_secs_f64().max(0.001);
    writeln!(out, "{rate:.0} worlds a second; {}", sum.costs)?;
    match &sum.failing {
        None => Ok(true),
        Some((seed, wrong)) => {
            writeln!(out, "first failing seed {seed}: {}", wrong.join("; "))?;
            Ok(false)
        }
    }
}

fn seconds(time: Millis) -> String {
    format!("{:.1} s", Duration::from_millis(time.unsigned_abs()).as_secs_f64())
}

fn one(seed: u64, out: &mut impl Write) -> std::io::Result<bool> {
    let outcome = run(&Rc::new(Bench::default()), seed, None, true);
    for line in &outcome.lines {
        writeln!(out, "{line}")?;
    }
    let verdict = if outcome.is_good() { "every promise held".to_owned() } else { outcome.wrong.join("; ") };
    writeln!(out, "seed {seed}, trace {:016x}: {verdict}", outcome.trace)?;
    Ok(outcome.is_good())
}

fn mutants(out: &mut impl Write) -> std::io::Result<bool> {
    let mut all = true;
    writeln!(out, "{:<22} {:>6}  what breaks without it", "rule", "seed")?;
    for rule in Rule::ALL {
        match caught(rule) {
            Some((seed, wrong)) => writeln!(out, "{:<22} {seed:>6}  {wrong}", format!("{rule:?}"))?,
            None => {
                all = false;
                writeln!(out, "{:<22} {:>6}  NOT CAUGHT in {MUTANT_SEEDS} seeds", format!("{rule:?}"), "-")?;
            }
        }
    }
    Ok(all)
}

/// The first seed whose world breaks without the rule, and how.
pub fn caught(rule: Rule) -> Option<(u64, String)> {
    let sum = many(0, MUTANT_SEEDS, Some(rule), |outcome| !outcome.is_good());
    let (seed, wrong) = sum.failing?;
    Some((seed, wrong.into_iter().next()?))
}
