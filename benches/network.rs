//! How many calls come one after the other until something stands there, and how long does that take?
#![expect(clippy::print_stdout, reason = "a program that measures and prints")]

use casebridge_lab::load::{Delays, Flow};

const FLOWS: [(&str, Flow); 9] = [
    ("created_card", Flow::Created),
    ("comment_slack", Flow::CommentSlack),
    ("comment_jira", Flow::CommentJira),
    ("status_jira", Flow::StatusJira),
    ("duplicate", Flow::Duplicate),
    ("idle_sweep", Flow::IdleSweep),
    ("show", Flow::Show),
    ("reply_case", Flow::ReplyCase),
    ("modal", Flow::Modal),
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shown: Vec<String> = std::env::args().skip(1).collect();
    for (name, flow) in FLOWS {
        tokio::time::pause();
        let cost = Box::pin(flow.cost(Delays::EACH)).await;
        tokio::time::resume();
        println!("{name} seq {} calls {}", cost.steps(), cost.made.len());
        if shown.iter().any(|one| one == name) {
            println!("{cost}");
        }
    }
}
