//! How many calls come one after the other until something stands there, and how long does that take where each takes its
//! time: the table 5 ms, a queue 8, SIR 40, Slack 90, Jira 120? A flow's name as an argument shows its calls.
#![expect(clippy::print_stdout, reason = "a program that measures and prints")]

#[path = "figures.rs"]
mod figures;

use casebridge_lab::load::{Delays, Flow};
use figures::Figures;

/// Its name, the most calls one after the other, and the most in all.
const FLOWS: [(&str, Flow, Option<u8>, Option<u8>); 9] = [
    ("created_card", Flow::Created, Some(6), Some(30)),
    ("comment_slack", Flow::CommentSlack, Some(6), Some(16)),
    ("comment_jira", Flow::CommentJira, Some(6), None),
    ("status_jira", Flow::StatusJira, Some(7), None),
    ("duplicate", Flow::Duplicate, None, Some(3)),
    ("idle_sweep", Flow::IdleSweep, None, Some(1)),
    ("show", Flow::Show, Some(5), None),
    ("reply_case", Flow::ReplyCase, Some(5), None),
    ("modal", Flow::Modal, Some(2), None),
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shown: Vec<String> = std::env::args().skip(1).collect();
    let mut figures = Figures::of("network");
    for (name, flow, most_one_by_one, most) in FLOWS {
        tokio::time::pause();
        let steps = Box::pin(flow.cost(Delays::EACH, || ())).await;
        if shown.iter().any(|one| one == name) {
            println!("{steps}");
        }
        if let Some(most) = most_one_by_one {
            figures.say(&format!("seq_{name}"), (steps.steps() as f64, "calls"), Some(most.into()));
        }
        // The delays alone; then in truth, with all that is computed between them.
        let real = Box::pin(flow.cost(Delays::REAL, || ())).await;
        figures.say(&format!("calls_{name}"), (real.made.len() as f64, "calls"), most.map(f64::from));
        if most_one_by_one.is_some() {
            let delays = real.until as f64;
            let took = Box::pin(flow.cost(Delays::REAL, tokio::time::resume)).await.until as f64;
            figures.say(&format!("{name}_ms"), (took, "ms"), Some(1.25 * delays));
        } else {
            tokio::time::resume();
        }
    }
    figures.written();
}
