use serde_json::{Value, json};

use super::{EVENTS, PagerDutyStandin};

fn event(key: &str, action: &str, dedup: &str) -> Value {
    let payload =
        json!({ "summary": "Case 7000000003: A new case", "source": "AWS", "severity": "critical" });
    let mut event = json!({ "routing_key": key, "event_action": action, "dedup_key": dedup });
    if action == "trigger" {
        event["payload"] = payload;
    }
    event
}

async fn send(pager: &PagerDutyStandin, event: &Value) -> u16 {
    let url = format!("{}/v2/enqueue", pager.url());
    super::super::http().post(url).json(event).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_alert_is_one_while_it_is_open_and_another_after_its_end() {
    let pager = PagerDutyStandin::start().await.unwrap();
    for action in ["resolve", "trigger", "trigger", "acknowledge", "resolve", "acknowledge", "trigger"] {
        assert_eq!(send(&pager, &event(pager.routing_key(), action, "a")).await, 202);
    }
    let states: Vec<_> = pager.alerts().into_iter().map(|alert| (alert.state, alert.triggers)).collect();
    assert_eq!(states, [("resolved", 2), ("triggered", 1)]);
}

#[tokio::test]
async fn what_it_does_not_understand_is_refused_and_opens_nothing() {
    let pager = PagerDutyStandin::start().await.unwrap();
    let good = event(pager.routing_key(), "trigger", "a");
    let without = |name: &str| {
        let mut event = good.clone();
        event.as_object_mut().unwrap().remove(name);
        event
    };
    let with = |name: &str, value: Value| {
        let mut event = good.clone();
        event["payload"][name] = value;
        event
    };
    for bad in [
        event("R0UT1NGKEY0123456789ABCDEF0123XX", "trigger", "a"),
        event(pager.routing_key(), "wake", "a"),
        event(pager.routing_key(), "resolve", ""),
        event(pager.routing_key(), "trigger", &"x".repeat(256)),
        without("payload"),
        without("routing_key"),
        with("summary", json!("x".repeat(1_025))),
        with("severity", json!("loud")),
        with("text", json!("what it must not know")),
        json!([]),
    ] {
        assert_eq!(send(&pager, &bad).await, 400, "{bad}");
    }
    assert_eq!(pager.alerts(), []);
}

#[tokio::test]
async fn more_than_it_takes_within_a_minute_is_refused() {
    let pager = PagerDutyStandin::start().await.unwrap();
    let good = event(pager.routing_key(), "trigger", "a");
    for _ in 0..EVENTS {
        assert_eq!(send(&pager, &good).await, 202);
    }
    assert_eq!(send(&pager, &good).await, 429);
    pager.clock().advance(std::time::Duration::from_secs(61));
    assert_eq!(send(&pager, &good).await, 202);
}
