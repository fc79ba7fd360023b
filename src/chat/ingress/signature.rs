//! Whether Slack, or Jira, really sent a request.
//!
//! Slack: <https://docs.slack.dev/authentication/verifying-requests-from-slack>.
//! Jira: <https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks>.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{case::Seconds, config::secrets::Secret};

/// How far a request's clock may be from ours, either way, in seconds.
const WINDOW: Seconds = 300;

/// A request body whose signature was checked. Only [`slack`] and [`jira`] make one.
pub(crate) struct Verified(Bytes);

impl Verified {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

pub(crate) struct SlackSignature<'a> {
    pub(crate) timestamp: Option<&'a str>,
    pub(crate) signature: Option<&'a str>,
}

/// Checks `X-Slack-Signature` and `X-Slack-Request-Timestamp` over the raw bytes. Each of `secrets` will do.
pub(crate) fn slack(
    secrets: &[&Secret],
    signed: &SlackSignature<'_>,
    body: Bytes,
    now: Seconds,
) -> Option<Verified> {
    let timestamp = signed.timestamp?;
    let said = digest_of(signed.signature?, "v0=")?;
    if (now - seconds(timestamp)?).abs() > WINDOW {
        return None;
    }
    is_signed(secrets, &[b"v0:", timestamp.as_bytes(), b":", &body], &said).then_some(Verified(body))
}

/// Checks `X-Hub-Signature` over the raw bytes. It covers no time: whoever acts on it reads everything again.
pub(crate) fn jira(secrets: &[&Secret], signature: Option<&str>, body: Bytes) -> Option<Verified> {
    let said = digest_of(signature?, "sha256=")?;
    is_signed(secrets, &[&body], &said).then_some(Verified(body))
}

/// Compares in constant time, with every secret, so that the time taken tells nothing. An empty secret signs
/// nothing: anybody could.
fn is_signed(secrets: &[&Secret], message: &[&[u8]], said: &[u8; 32]) -> bool {
    let mut signed = false;
    for secret in secrets.iter().filter(|secret| !secret.reveal().is_empty()) {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()) else { continue };
        message.iter().for_each(|part| mac.update(part));
        signed |= mac.verify_slice(said).is_ok();
    }
    signed
}

/// Seconds since 1970 in plain decimal digits, at most eleven: no sign, blank or leading zero.
fn seconds(text: &str) -> Option<Seconds> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (1..=11).contains(&text.len()) && !text.starts_with('0')).then(|| text.parse().ok()).flatten()
}

/// The method's name, then 64 lower-case hexadecimal digits, and nothing else.
fn digest_of(signature: &str, method: &str) -> Option<[u8; 32]> {
    let digits = signature.strip_prefix(method)?.as_bytes();
    let mut digest = [0; 32];
    if digits.len() != 2 * digest.len() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = (digit(pair[0])? << 4) | digit(pair[1])?;
    }
    Some(digest)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const TIME: &str = "1531420618";
    const NOW: Seconds = 1_531_420_618;
    const GOOD: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    /// Slack's own published example.
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
        &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
        &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
        &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    fn sign(secret: &str, message: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(message);
        crate::case::text::hex(&mac.finalize().into_bytes())
    }

    fn signed(secret: &str, time: &str, body: &[u8]) -> String {
        format!("v0={}", sign(secret, &[b"v0:", time.as_bytes(), b":", body].concat()))
    }

    fn passes(secrets: &[&str], time: Option<&str>, signature: Option<&str>, body: &[u8]) -> bool {
        let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        let secrets: Vec<_> = secrets.iter().collect();
        slack(&secrets, &SlackSignature { timestamp: time, signature }, Bytes::copy_from_slice(body), NOW)
            .is_some()
    }

    #[test]
    fn slacks_published_example_is_genuine() {
        assert!(passes(&[SECRET], Some(TIME), Some(GOOD), BODY.as_bytes()));
    }

    #[test]
    fn a_genuine_request_passes_to_the_edge_of_the_window_and_with_either_secret() {
        for offset in [-300, -299, 0, 299, 300] {
            let time = (NOW + offset).to_string();
            let good = signed(SECRET, &time, b"a=b");
            assert!(passes(&["newer", SECRET], Some(&time), Some(&good), b"a=b"), "{offset}");
            assert!(passes(&[SECRET, "older"], Some(&time), Some(&good), b"a=b"), "{offset}");
        }
        for body in [&b""[..], b"\xff\xfe", "text=%C3%A9+é".as_bytes(), &[b'x'; 100_000]] {
            assert!(passes(&[SECRET], Some(TIME), Some(&signed(SECRET, TIME, body)), body));
        }
    }

    /// Timestamps that are refused although the signature over them is right.
    #[test]
    fn a_strange_time_is_refused_even_if_it_is_signed() {
        let stale = (NOW - 301).to_string();
        let future = (NOW + 301).to_string();
        for time in [
            stale.as_str(),
            &future,
            "",
            " ",
            "0",
            "-1531420618",
            "+1531420618",
            " 1531420618",
            "1531420618 ",
            "1531420618\n",
            "01531420618",
            "1531420618.0",
            "1531420618.5",
            "1.531420618e9",
            "0x5b479c4a",
            "1531420618,1531420618",
            "1531420618000",
            "99999999999",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "99999999999999999999999999",
            "١٥٣١٤٢٠٦١٨",
            "yesterday",
            "null",
            "NaN",
        ] {
            assert!(!passes(&[SECRET], Some(time), Some(&signed(SECRET, time, b"a=b")), b"a=b"), "{time:?}");
        }
    }

    #[test]
    fn a_signature_is_right_to_the_letter_or_refused() {
        let digits = GOOD.trim_start_matches("v0=");
        let flipped = GOOD.replace('a', "b");
        for signature in [
            String::new(),
            "v0=".to_owned(),
            "=".to_owned(),
            digits.to_owned(),
            GOOD[..GOOD.len() - 1].to_owned(),
            GOOD[..GOOD.len() - 2].to_owned(),
            format!("{GOOD}0"),
            format!("{GOOD}00"),
            format!("{GOOD}{digits}"),
            format!("{GOOD},{GOOD}"),
            format!("{GOOD}, {GOOD}"),
            format!(" {GOOD}"),
            format!("{GOOD} "),
            format!("{GOOD}\n"),
            format!("v1={digits}"),
            format!("V0={digits}"),
            format!("v0:{digits}"),
            format!("v0 ={digits}"),
            format!("v00={digits}"),
            format!("sha256={digits}"),
            format!("v0={}", digits.to_uppercase()),
            format!("v0=0x{}", &digits[2..]),
            format!("v0={}", "0".repeat(64)),
            format!("v0={}", "g".repeat(64)),
            format!("v0={}", "é".repeat(32)),
            format!("v0={}\0", &digits[1..]),
            flipped,
        ] {
            assert!(!passes(&[SECRET], Some(TIME), Some(&signature), BODY.as_bytes()), "{signature:?}");
        }
    }

    #[test]
    fn what_was_not_signed_is_refused() {
        let body = BODY.as_bytes();
        assert!(!passes(&[SECRET], None, Some(GOOD), body));
        assert!(!passes(&[SECRET], Some(TIME), None, body));
        assert!(!passes(&[SECRET], Some("1531420619"), Some(GOOD), body));
        assert!(!passes(&[SECRET], Some(TIME), Some(GOOD), &body[1..]));
        assert!(!passes(&[SECRET], Some(TIME), Some(GOOD), &[body, b"\n"].concat()));
        assert!(!passes(
            &[SECRET],
            Some(TIME),
            Some(GOOD),
            BODY.replace('+', " ").replace("%2F", "%2f").as_bytes()
        ));
        assert!(!passes(&["8F742231b10e8888abcd99yyyzzz85a5"], Some(TIME), Some(GOOD), body));
        assert!(!passes(&["other", "secrets"], Some(TIME), Some(GOOD), body));
        assert!(!passes(&[], Some(TIME), Some(GOOD), body));
        assert!(
            !passes(&[""], Some(TIME), Some(&signed("", TIME, body)), body),
            "an empty secret signs nothing"
        );
    }

    fn jira_passes(secrets: &[&str], signature: Option<&str>, body: &[u8]) -> bool {
        let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        let secrets: Vec<_> = secrets.iter().collect();
        jira(&secrets, signature, Bytes::copy_from_slice(body)).is_some()
    }

    #[test]
    fn atlassians_published_example_is_genuine_and_nothing_near_it() {
        let secret = "It's a Secret to Everybody";
        let digits = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
        let good = format!("sha256={digits}");
        let body = b"Hello World!";
        assert!(jira_passes(&[secret], Some(&good), body));
        assert!(jira_passes(&["newer", secret], Some(&good), body));
        for signature in [
            String::new(),
            digits.to_owned(),
            "sha256=".to_owned(),
            format!("sha1={}", &digits[..40]),
            format!("sha1={digits}"),
            format!("sha512={digits}"),
            format!("SHA256={digits}"),
            format!("v0={digits}"),
            format!("sha256={}", digits.to_uppercase()),
            format!("sha256={}", &digits[1..]),
            format!("sha256={digits}0"),
            format!("sha256= {digits}"),
            format!("{good},{good}"),
            format!("{good} "),
            format!(" {good}"),
            format!("{good}\r\n"),
            format!("sha256={}", "0".repeat(64)),
            format!("sha256={}", digits.replace('a', "b")),
            format!("sha256:{digits}"),
        ] {
            assert!(!jira_passes(&[secret], Some(&signature), body), "{signature:?}");
        }
        assert!(!jira_passes(&[secret], None, body));
        assert!(!jira_passes(&[secret], Some(&good), b"Hello World"));
        assert!(!jira_passes(&["other"], Some(&good), body));
        assert!(!jira_passes(&[""], Some(&format!("sha256={}", sign("", body))), body));
    }
}
