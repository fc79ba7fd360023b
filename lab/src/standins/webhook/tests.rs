use serde_json::{Value, json};

use super::{SECRET, WebhookStandin, complaints, signed};

fn event() -> Value {
    let data = json!({ "case": "7000000003", "key": "owner/1795668300", "who": { "name": "Ana", "slack": "U024BE7LH" } });
    json!({ "type": "case.taken", "timestamp": "2026-11-26T02:41:00Z", "data": data })
}

async fn send(receiver: &WebhookStandin, id: &str, (at, secret): (i64, &str), body: &Value) -> u16 {
    let (at, text) = (at.to_string(), body.to_string());
    let signature = signed(secret, id, &at, text.as_bytes()).unwrap();
    let request = super::super::http().post(format!("{}/in", receiver.url())).header("webhook-id", id);
    let request =
        request.header("webhook-timestamp", at).header("webhook-signature", format!("v1,x {signature}"));
    request.body(text).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn what_is_signed_and_new_is_taken_once() {
    let receiver = WebhookStandin::start().await.unwrap();
    let now = receiver.clock().millis() / 1_000;
    for (id, at, status) in [("a", now, 204), ("a", now, 204), ("b", now - 310, 400), ("c", now + 310, 400)] {
        assert_eq!(send(&receiver, id, (at, SECRET), &event()).await, status, "{id}");
    }
    let other = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCBvZiBieXRlcw==";
    assert_eq!(send(&receiver, "d", (now, other), &event()).await, 401);
    assert_eq!(receiver.events(), [event()]);
    receiver.ends(true);
    assert_eq!(send(&receiver, "e", (now, SECRET), &event()).await, 410);
}

#[test]
fn the_schema_says_what_an_event_is_and_nothing_beside_it() {
    assert_eq!(complaints(&event()), [""; 0]);
    let with = |name: &str, value: Value| {
        let mut event = event();
        event["data"][name] = value;
        event
    };
    for bad in [
        with("secret", json!("x")),
        with("case", json!("7")),
        with("case", Value::Null),
        with("who", json!("Ana")),
        json!({ "type": "case.taken", "data": {} }),
        json!({ "type": "case.eaten", "timestamp": "2026-11-26T02:41:00Z", "data": {} }),
        json!({ "type": "casebridge.ping", "timestamp": "yesterday", "data": {} }),
    ] {
        assert_ne!(complaints(&bad), [""; 0], "{bad}");
    }
}
