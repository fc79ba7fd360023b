//! What does an answer of the Events API mean?
//! <https://developer.pagerduty.com/docs/events-api-v2-overview#response-codes--retry-logic>

use std::time::Duration;

use serde_json::Value;

use crate::http::{Failure, Response};

/// PagerDuty's own word where it is asked too often: again after this.
const PAUSE: Duration = Duration::from_secs(30);

/// 202 alone is taken: that an event is accepted says nothing of whom it wakes.
pub(super) fn read(response: &Response) -> Result<(), Failure> {
    let status = response.status;
    let why = format!("enqueue: HTTP {status}");
    Err(match status {
        202 => return Ok(()),
        300..=399 => Failure::redirected("enqueue", status),
        400 if is_of_the_key(response) => Failure::Broken { everywhere: true, why },
        400 => Failure::Content { why },
        408 => Failure::Unknown { why },
        429 => Failure::NotApplied { retry_after: Some(response.wait().unwrap_or(PAUSE)), why },
        401..=499 => Failure::Broken { everywhere: true, why },
        _ => Failure::Unknown { why },
    })
}

/// Whether it complains of our key, and of nothing that we said: `{"errors": ["Invalid routing key"]}`.
fn is_of_the_key(response: &Response) -> bool {
    let body = response.value().unwrap_or_default();
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    errors.filter_map(Value::as_str).any(|error| error.replace('_', " ").contains("routing key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_means_what_pagerduty_says_of_it() {
        let of = |status, wait: Option<&str>| {
            read(&Response { status, retry_after: wait.map(str::to_owned), ..Response::default() })
        };
        assert_eq!(of(202, None), Ok(()));
        for status in [200, 201, 204, 408, 500, 503] {
            assert!(matches!(of(status, None), Err(Failure::Unknown { .. })), "{status}");
        }
        let refused = |error: &str| {
            let body = serde_json::json!({ "status": "invalid event", "errors": [error] }).to_string();
            read(&Response { status: 400, body: body.into(), ..Response::default() })
        };
        for of_the_key in ["Invalid routing key", "'routing_key' is missing or blank"] {
            assert!(matches!(refused(of_the_key), Err(Failure::Broken { everywhere: true, .. })));
        }
        assert!(matches!(refused("'payload.summary' is too long"), Err(Failure::Content { .. })));
        for status in [302, 403, 404] {
            assert!(matches!(of(status, None), Err(Failure::Broken { everywhere: true, .. })), "{status}");
        }
        for (header, seconds) in [(None, 30), (Some("7"), 7), (Some("soon"), 30)] {
            let Err(Failure::NotApplied { retry_after, .. }) = of(429, header) else { panic!() };
            assert_eq!(retry_after, Some(Duration::from_secs(seconds)));
        }
    }
}
