//! What may something cost? The figures that `benches/network.rs` prints, with what they may be at most.

use casebridge::{config::settings::Layout, runtime::World, targets::slack::manifest};
use casebridge_lab::load::{Cost, Delays, Flow, Load, Made};
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

#[tokio::test(start_paused = true)]
async fn many_cases_are_shown_furnished_and_rewritten_as_fast_as_slack_allows() {
    for layout in [Layout::Thread, Layout::Channel] {
        let mut load = Load::new(Delays::REAL, "");
        load.settings.slack.layout = layout;
        (load.settings.slack.pin_card, load.settings.slack.bookmarks) = (true, true);
        load.slack.set_scopes(manifest::scopes(Some(&load.settings)).into_iter().map(|(scope, _)| scope));
        let cases: Vec<_> =
            (0..40).map(|number| load.sir.aws_creates_case(&format!("Case {number}"))).collect();
        minutes(&load, 5).await;
        let shown = load.made();
        let begun = load.now();
        for case in &cases {
            load.sir.aws_comments(case, "AWS Responder", "Please turn the key.").unwrap();
            load.sir.aws_sets_pending_action(case, "Customer").unwrap();
        }
        minutes(&load, 3).await;
        let told = load.made();
        let of = |made: &[Made], what: &str, throttled: bool| {
            let is_it = |one: &&Made| one.what == format!("slack {what}") && one.throttled == throttled;
            made.iter().filter(is_it).count()
        };
        let own = ["conversations.create", "pins.add", "bookmarks.add"];
        let expected = if layout == Layout::Thread { [0; 3] } else { [40; 3] };
        assert_eq!(own.map(|what| of(&shown, what, false)), expected, "{layout:?}: once for each case");
        // Asked too often for all cases together, a method rests as long as Slack says, for every worker.
        for what in own.iter().chain(&["conversations.setTopic", "chat.update", "conversations.info"]) {
            let refused = [&shown, &told].map(|made| of(made, what, true));
            assert!(refused.iter().all(|count| *count <= 2), "{layout:?} {what}: {refused:?}");
        }
        let updates = told.iter().filter(|one| one.what == "slack chat.update" && !one.throttled);
        let updates: Vec<_> = updates.map(|one| one.at - begun).collect();
        assert_eq!(updates.len(), 40, "{layout:?}: each card says once whose move it is");
        assert!(updates.iter().all(|at| *at <= 75_000), "{layout:?}: {updates:?}");
    }
}

/// What happened arrives in batches, five invocations at once, and a sweep a minute goes on.
async fn minutes(load: &Load, minutes: u64) {
    let events = load.sir.take_events();
    let batches = futures_util::stream::iter(events.chunks(10));
    let arrivals = batches.for_each_concurrent(5, async |batch| load.arrive(batch).await);
    let sweeps = futures_util::stream::iter(1..=minutes).for_each_concurrent(None, async |minute| {
        load.pass(60_000 * minute).await;
        load.sweep().await;
    });
    futures_util::future::join(arrivals, sweeps).await;
}
