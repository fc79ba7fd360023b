//! What does the receiver's answer mean?
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#operational-considerations>

use crate::http::{Failure, Response};

/// 2xx alone is taken; nothing is followed.
pub(super) fn read(response: &Response) -> Result<(), Failure> {
    let status = response.status;
    let why = format!("event: HTTP {status}");
    Err(match status {
        200..=299 => return Ok(()),
        300..=399 => Failure::redirected("event", status),
        400 | 413 | 422 => Failure::Content { why },
        429 => Failure::NotApplied { retry_after: response.wait(), why },
        502..=504 if response.wait().is_some() => Failure::NotApplied { retry_after: response.wait(), why },
        408 => Failure::Unknown { why },
        401..=499 => Failure::Broken { everywhere: true, why },
        _ => Failure::Unknown { why },
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_status_means_what_the_standard_says_of_it() {
        let of = |status, wait: Option<&str>| {
            read(&Response { status, retry_after: wait.map(str::to_owned), ..Response::default() })
        };
        for status in [200, 202, 204] {
            assert_eq!(of(status, None), Ok(()));
        }
        for status in [408, 500, 502, 504] {
            assert!(matches!(of(status, None), Err(Failure::Unknown { .. })), "{status}");
        }
        for status in [301, 302, 307, 401, 403, 404, 410] {
            assert!(matches!(of(status, None), Err(Failure::Broken { everywhere: true, .. })), "{status}");
        }
        for status in [400, 413, 422] {
            assert!(matches!(of(status, None), Err(Failure::Content { .. })), "{status}");
        }
        for status in [429, 503] {
            let Err(Failure::NotApplied { retry_after, .. }) = of(status, Some("20")) else {
                panic!("{status}")
            };
            assert_eq!(retry_after, Some(Duration::from_secs(20)));
        }
    }
}
