//! How is an event signed? `webhook-id`, `webhook-timestamp` and the body, under one or two secrets.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use sha2::Sha256;

use crate::{case::Seconds, http::Request};

pub(super) struct Signed<'e> {
    id: &'e str,
    /// Of this try: a receiver refuses an old one.
    timestamp: Seconds,
    body: String,
}

impl<'e> Signed<'e> {
    pub(super) fn new(id: &'e str, timestamp: Seconds, body: String) -> Self {
        Self { id, timestamp, body }
    }

    /// While a secret is replaced, each signs: the receiver takes the one that it knows.
    fn signatures(&self, keys: &[Vec<u8>]) -> String {
        let each = keys.iter().filter_map(|key| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
            mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
            Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
        });
        each.collect::<Vec<_>>().join(" ")
    }

    pub(super) fn request(self, url: &str, keys: &[Vec<u8>]) -> Request {
        let signatures = self.signatures(keys);
        let request = Request::bare(Method::POST, url.to_owned())
            .only_public()
            .header("content-type", "application/json")
            .header("webhook-id", self.id)
            .header("webhook-timestamp", self.timestamp.to_string())
            .header("webhook-signature", signatures);
        Request { body: Bytes::from(self.body), ..request }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::secrets::{Secret, Secrets};

    fn keys(text: &str) -> Option<Vec<Vec<u8>>> {
        Secrets { webhook_secret: Secret::new(text), ..Secrets::default() }.webhook_keys()
    }

    /// The example of the standard's own libraries:
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/python/tests/test_webhooks.py>.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn it_is_signed_as_the_standards_own_libraries_do() {
        let signed =
            Signed::new("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#.to_owned());
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed.signatures(&keys(SECRET).unwrap()), expected);
        let both = signed.signatures(&keys(&format!("{SECRET} whsec_{}", "QUJD".repeat(8))).unwrap());
        assert_eq!(both.split(' ').count(), 2);
        assert!(both.starts_with(expected));
    }

    #[test]
    fn a_secret_that_is_none_signs_nothing() {
        let of = |bytes: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![7; bytes]));
        for good in [of(24), of(64), format!("{} {}", of(32), of(24))] {
            assert!(keys(&good).is_some(), "{good}");
        }
        for bad in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", &of(23), &of(65)] {
            assert!(keys(bad).is_none(), "{bad}");
        }
        assert!(keys(&[of(32), of(32), of(32)].join(" ")).is_none(), "no more than two");
    }
}
