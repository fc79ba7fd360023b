//! What may something cost? The figures that `benches/network.rs` prints, with what they may be at most.

use casebridge_lab::load::{Cost, Delays, Flow, Load};
use futures_util::StreamExt;

async fn cost(flow: Flow) -> Cost {
    Box::pin(flow.cost(Delays::EACH, || ())).await
}

#[tokio::test(start_paused = true)]
async fn what_is_new_stands_there_after_few_calls_one_after_the_other() {
    for (flow, most) in [
        (Flow::Created, 7),
        (Flow::CommentSlack, 7),
        (Flow::CommentJira, 7),
        (Flow::StatusJira, 11),
        (Flow::Modal, 2),
    ] {
        let cost = cost(flow).await;
        assert!((1..=most).contains(&cost.steps()), "{flow:?}\n{cost}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_happens_costs_few_calls_in_all() {
    for (flow, most) in
        [(Flow::Created, 36), (Flow::CommentSlack, 19), (Flow::Duplicate, 3), (Flow::IdleSweep, 2)]
    {
        let cost = cost(flow).await;
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
