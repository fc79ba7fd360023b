//! What may something cost? The figures that `benches/network.rs` prints, with what they may be at most.

use casebridge_lab::load::{Cost, Delays, Flow, Load};
use futures_util::StreamExt;

async fn cost(flow: Flow) -> Cost {
    Box::pin(flow.cost(Delays::EACH, || ())).await
}

/// Where calls take as long as they do, and not so long that a second is over between two of them.
async fn calls(flow: Flow) -> Cost {
    Box::pin(flow.cost(Delays::REAL, || ())).await
}

#[tokio::test(start_paused = true)]
async fn what_is_new_stands_there_after_few_calls_one_after_the_other() {
    for (flow, most) in [
        (Flow::Created, 6),
        (Flow::CommentSlack, 6),
        (Flow::CommentJira, 6),
        (Flow::StatusJira, 7),
        (Flow::Modal, 2),
        (Flow::Show, 5),
        (Flow::ReplyCase, 7),
    ] {
        let cost = cost(flow).await;
        assert!((1..=most).contains(&cost.steps()), "{flow:?}\n{cost}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_happens_costs_few_calls_in_all() {
    for (flow, most) in
        [(Flow::Created, 30), (Flow::CommentSlack, 16), (Flow::Duplicate, 3), (Flow::IdleSweep, 2)]
    {
        let cost = calls(flow).await;
        assert!(cost.made.len() <= most, "{flow:?}\n{cost}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_again_is_not_looked_after_again_and_another_is() {
    let again = cost(Flow::Duplicate).await;
    assert!(again.made.iter().all(|made| !made.what.starts_with("sir ")), "{again}");
    let load = Load::new(Delays::NONE, "");
    let case = load.sir.aws_creates_case("Key leaked");
    let created = load.sir.take_events();
    load.arrive(&created).await;
    load.sir.aws_comments(&case, "AWS Responder", "We are looking at it.").unwrap();
    let commented = load.sir.take_events();
    load.made();
    load.arrive(&[created, commented].concat()).await;
    let posts = load.made().iter().filter(|made| made.what == "slack chat.postMessage").count();
    assert_eq!(posts, 1, "one of them is new");
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_cases_asks_the_service_no_faster_than_it_allows() {
    let load = Load::new(Delays::REAL, "");
    (0..40).for_each(|number| drop(load.sir.aws_creates_case(&format!("Case {number}"))));
    let events = load.sir.take_events();
    let batches = futures_util::stream::iter(events.chunks(10));
    batches.for_each_concurrent(5, async |batch| load.arrive(batch).await).await;
    let made = load.made();
    let asked: Vec<_> = made.iter().filter(|made| made.what.starts_with("sir ")).collect();
    assert!(asked.len() >= 80, "each case was read: {}", asked.len());
    let refused = asked.iter().filter(|made| made.throttled).count();
    assert_eq!(refused, 0, "of {}", asked.len());
}

#[tokio::test(start_paused = true)]
async fn a_thousand_events_of_a_case_cost_two_looks() {
    let load = Load::new(Delays::REAL, "");
    let case = load.known(0).await;
    load.settle().await;
    for number in 0..1_000 {
        load.sir.aws_changes(&case, &serde_json::json!({"title": format!("Title {number}")})).unwrap();
    }
    let events = load.sir.take_events();
    load.made();
    // Five invocations at once, as the template has it; whichever is free takes the next batch.
    let batches = futures_util::stream::iter(events.chunks(10));
    batches.for_each_concurrent(5, async |batch| load.arrive(batch).await).await;
    let looks = load.made().iter().filter(|made| made.what == "sir GetCase").count();
    assert!(looks <= 2, "{looks}");
}
