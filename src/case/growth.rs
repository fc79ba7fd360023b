//! For tests: twice the text costs about twice the CPU, whatever is repeated in it.

use std::{hint::black_box, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// Beginnings of tokens and of markup, signs that are read in another way, and what ends lines.
const REPEATED: [&str; 32] = [
    "a",
    "a ",
    "é",
    "\n",
    "\r\n",
    "\u{200b}",
    "\u{202e}",
    "<",
    ">",
    "&",
    "&amp;",
    "<@U1>",
    "<a|b>\"\u{200b}",
    "<https://a.b|",
    "\"",
    "\\\"",
    "“",
    "—",
    "--a=",
    "`",
    "```\n",
    "`a`",
    "- a\n",
    "1. a\n",
    "https://a.b ",
    "[a](",
    "BEGIN ",
    "xox",
    "xoxe.\"",
    "ghp_",
    "eyJ.",
    "AKIA",
];

/// A text is made longer until it costs so much: less is not told from chance.
const ENOUGH: Duration = Duration::from_micros(500);
/// The longest of the shorter texts, in bytes; one that costs less than this is not compared more closely.
const LONGEST: usize = 1 << 15;
const QUICK: Duration = Duration::from_micros(500);
/// So often the text is doubled before it is compared: over one doubling alone chance is not told from growth.
const DOUBLINGS: i32 = 3;
const TRIES: usize = 20;
/// What else runs on the machine may slow a moment down.
const PAUSE: Duration = Duration::from_millis(5);

/// How much longer the texts are that are tried where the first ones seem to cost too much: what no longer fits into the
/// processor's memory costs more once, and what looks back costs more with every doubling.
const AGAIN: usize = 4;

/// Fails where, of some text, twice as much costs over 2.5 times as much, doubling after doubling, in each of several tries.
pub(crate) fn is_steady<T>(work: impl Fn(&str) -> T) {
    for token in REPEATED {
        let text = |bytes: usize| token.repeat(bytes / token.len());
        let mut bytes = 4 << 10;
        while bytes < LONGEST && cost(&work, &text(bytes)) < ENOUGH {
            bytes *= 2;
        }
        if !is_steady_from(&work, token, bytes).0 {
            let (is_steady, costs) = is_steady_from(&work, token, bytes * AGAIN);
            assert!(is_steady, "{token:?}: {costs}");
        }
    }
}

/// Whether a text of so many bytes and its doublings cost as they should, and what they cost.
fn is_steady_from<T>(work: &impl Fn(&str) -> T, token: &str, bytes: usize) -> (bool, String) {
    let text = |bytes: usize| token.repeat(bytes / token.len());
    let (once, longer) = (text(bytes), text(bytes << DOUBLINGS));
    let (mut least, mut most) = (cost(work, &once), cost(work, &longer));
    for _ in 0..TRIES {
        if is_steady_at(bytes, least, most) {
            break;
        }
        std::thread::sleep(PAUSE);
        (least, most) = (least.min(cost(work, &once)), most.min(cost(work, &longer)));
    }
    let costs = format!("{bytes} bytes cost {least:?}, after {DOUBLINGS} doublings {most:?}");
    (is_steady_at(bytes, least, most), costs)
}

/// What is quick even at the longest costs as much as the memory that it moves.
fn is_steady_at(bytes: usize, least: Duration, most: Duration) -> bool {
    let least = if bytes < LONGEST { least } else { least.max(QUICK) };
    most.as_secs_f64() <= 2.5_f64.powi(DOUBLINGS) * least.as_secs_f64()
}

/// The CPU of this thread: what else runs on the machine does not count.
fn cost<T>(work: impl Fn(&str) -> T, text: &str) -> Duration {
    let begun = clock_gettime(ClockId::ThreadCPUTime);
    black_box(work(black_box(text)));
    let ended = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(ended - begun).unwrap()
}

#[test]
#[should_panic(expected = "doublings")]
fn what_looks_back_at_all_before_is_not_steady() {
    is_steady(|text| {
        let bytes = text.as_bytes();
        let looked_back =
            (0..bytes.len()).step_by(64).map(|at| bytes[..at].iter().filter(|byte| **byte == b'a').count());
        looked_back.sum::<usize>()
    });
}
