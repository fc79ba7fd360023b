//! Do the promises hold in thousands of simulated worlds, and does each protection earn its place?

use std::{rc::Rc, time::Duration};

use casebridge_lab::simulation::{BREAKS, Bench, Class, Protection, Script, Task, caught, report, run, seen};

/// The seeds that every `cargo test` runs: a minute or two of them. `simulate --seeds` runs more, and quicker.
const WORLDS: u64 = 1_000;
/// The conversations that it runs; docs/contributing.md has the command that runs 10,000.
const CONVERSATIONS: u64 = 1;
/// Of a life's boundaries every so manieth; `simulate --crash-points` tries all.
const EVERY: usize = 5;

#[test]
fn nothing_is_lost_doubled_or_out_of_order_in_thousands_of_worlds() {
    let mut told = Vec::new();
    let good = report(Task::Seeds { first: 0, count: WORLDS, class: Class::Usual }, &mut told).unwrap();
    assert!(good, "{}", String::from_utf8_lossy(&told));
}

#[test]
fn a_conversation_across_three_sides_ends_the_same_on_all_of_them() {
    let mut told = Vec::new();
    let task = Task::Seeds { first: 0, count: CONVERSATIONS, class: Class::Conversation };
    let good = report(task, &mut told).unwrap();
    assert!(good, "{}", String::from_utf8_lossy(&told));
}

#[test]
fn no_world_at_all_proves_nothing() {
    assert!(report(Task::Seeds { first: 0, count: 0, class: Class::Usual }, &mut Vec::new()).is_err());
}

#[test]
fn worlds_for_a_time_end_with_it_and_say_how_many_they_were() {
    let (time, mut told) = (Duration::from_millis(200), Vec::new());
    let good = report(Task::Minutes { first: 5, time, class: Class::Usual }, &mut told).unwrap();
    let told = String::from_utf8(told).unwrap();
    let (count, rest) = told.split_once(' ').unwrap();
    assert!(good && rest.starts_with("worlds from seed 5: 0 lost"), "{told}");
    // The first that ends after it is the last: one a core at least.
    assert!((1..500).contains(&count.parse::<u64>().unwrap()), "{told}");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let bench = Rc::new(Bench::default());
    for seed in [7, 965, 327] {
        let script = Script { seed, traced: true, ..Script::default() };
        let (once, again) = (run(&bench, &script), run(&bench, &script));
        assert_eq!((once.trace, once.lines), (again.trace, again.lines));
    }
}

#[test]
fn hard_worlds_are_larger_and_as_repeatable() {
    let bench = Rc::new(Bench::default());
    let world = |seed| run(&bench, &Script { seed, class: Class::Hard, ..Script::default() });
    let sizes: Vec<[usize; 2]> = (0..20).map(|seed| world(seed).size).collect();
    assert!(sizes.iter().any(|[cases, _]| *cases > 2), "{sizes:?}");
    assert!(sizes.iter().any(|[_, comments]| *comments > 50), "{sizes:?}");
    assert_eq!(world(11).trace, world(11).trace);
}

#[test]
fn a_case_life_that_is_killed_at_any_boundary_converges() {
    let mut told = Vec::new();
    let good = report(Task::CrashPoints { every: EVERY }, &mut told).unwrap();
    println!("{}", String::from_utf8_lossy(&told));
    assert!(good, "{}", String::from_utf8_lossy(&told));
}

#[test]
fn a_world_without_a_protection_breaks_a_promise() {
    // The quickest to catch; `casebridge simulate --mutants` shows all.
    for protection in [
        Protection::Intent,
        Protection::FindAgain,
        Protection::AllPages,
        Protection::Sweep,
        Protection::DoneAfterSend,
        Protection::ConsistentReads,
    ] {
        let caught = caught(protection);
        println!("{protection:?} {caught:?}");
        assert!(caught.is_some(), "{protection:?}");
    }
}

#[test]
fn a_break_of_what_people_see_is_seen() {
    // The first of them; `casebridge simulate --mutants` shows all.
    for broken in &BREAKS[..12] {
        let seen = seen(broken);
        println!("{} {seen:?}", broken.name);
        assert!(seen.is_some(), "{}", broken.name);
    }
    assert!(BREAKS.len() >= 40);
}
