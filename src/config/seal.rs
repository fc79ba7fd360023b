//! Whether a job on the inbox is ours: whoever may write to the queue is not thereby somebody who may close a case.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    case::text,
    config::secrets::{Secret, Secrets},
};

/// Keeps these keys apart from any other that is made of the same secret.
const PURPOSE: &[u8] = b"casebridge inbox 1";

impl Secrets {
    /// A text with its code, made under the current signing secret: 64 hexadecimal digits, a dot, the text.
    pub fn seal(&self, text: &str) -> String {
        let code = mac(&self.slack_signing_secret, text).map(|mac| mac.finalize().into_bytes());
        format!("{}.{text}", code.map(|code| text::hex(&code)).unwrap_or_default())
    }

    /// The text, if its code was made under the signing secret, or under the one before it: what waits with the dead
    /// letters can be sent again after the secret was replaced.
    pub fn unseal<'a>(&self, sealed: &'a str) -> Option<&'a str> {
        let (code, text) = sealed.split_once('.')?;
        let code = bytes(code)?;
        let current = Some(&self.slack_signing_secret);
        let mut ours = false;
        for secret in [current, self.slack_signing_secret_previous.as_ref()].into_iter().flatten() {
            // An empty secret seals nothing: anybody could.
            let is_set = !secret.reveal().is_empty();
            ours |= is_set && mac(secret, text).is_some_and(|mac| mac.verify_slice(&code).is_ok());
        }
        ours.then_some(text)
    }
}

fn mac(secret: &Secret, text: &str) -> Option<Hmac<Sha256>> {
    let mut derived = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).ok()?;
    derived.update(PURPOSE);
    let mut mac = Hmac::<Sha256>::new_from_slice(&derived.finalize().into_bytes()).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

fn bytes(code: &str) -> Option<[u8; 32]> {
    let is_lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if code.len() != 64 || !code.bytes().all(is_lower) {
        return None;
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(code.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(current: &str, previous: Option<&str>) -> Secrets {
        Secrets {
            slack_signing_secret: Secret::new(current),
            slack_signing_secret_previous: previous.map(Secret::new),
            ..Secrets::default()
        }
    }

    #[test]
    fn what_was_sealed_under_the_secret_or_the_one_before_is_ours() {
        let sealed = secrets("one", None).seal("{\"act\":\"1.2\"}");
        for (current, previous, expected) in [
            ("one", None, Some("{\"act\":\"1.2\"}")),
            ("two", Some("one"), Some("{\"act\":\"1.2\"}")),
            ("two", None, None),
            ("three", Some("two"), None),
        ] {
            assert_eq!(secrets(current, previous).unseal(&sealed), expected, "{current}");
        }
    }

    #[test]
    fn nothing_near_it_is() {
        let ours = secrets("one", None);
        let sealed = ours.seal("{}");
        let (code, _) = sealed.split_once('.').unwrap();
        for forged in [
            "{}".to_owned(),
            String::new(),
            ".{}".to_owned(),
            format!("{code}.{{ }}"),
            format!("{code}{{}}"),
            format!("{}.{{}}", code.to_uppercase()),
            format!("{}.{{}}", &code[1..]),
            format!("{code}0.{{}}"),
            format!("{}.{{}}", "0".repeat(64)),
            format!("{}é.{{}}", &code[2..]),
        ] {
            assert_eq!(ours.unseal(&forged), None, "{forged}");
        }
        let nobody = Secrets::default();
        assert_eq!(nobody.unseal(&nobody.seal("{}")), None, "an empty secret seals nothing");
    }
}
