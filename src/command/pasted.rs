//! Did somebody paste a secret? It is refused before anything is stored, and never said again.
//!
//! Better a harmless text refused than a key kept for ever in a case that many read.

use super::typed::{decode, invisible, straight};

/// The kind of secret that a text holds, in words for the person, whatever was done to hide it in the text.
pub fn secret(text: &str) -> Option<&'static str> {
    let plain: String = decode(text).chars().filter(|each| !invisible(*each)).collect();
    let unquoted = plain.replace(|each| each == '\\' || straight(each) == '"', "");
    [text, &plain, &unquoted].into_iter().find_map(kind)
}

/// A kind of secret in words for the person, and how it is seen in a text.
type Kind = (&'static str, fn(&str) -> bool);

fn kind(text: &str) -> Option<&'static str> {
    const KINDS: [Kind; 8] = [
        ("an AWS access key id", access_key),
        ("an AWS session token", session_token),
        ("an AWS secret access key", secret_key),
        ("a private key", private_key),
        ("a Slack token", slack),
        ("a GitHub token", github),
        ("an Atlassian API token", atlassian),
        ("a bearer token", bearer),
    ];
    KINDS.iter().find(|(_, holds)| holds(text)).map(|(kind, _)| *kind)
}

/// Whether `prefix`, not in the middle of a word, is followed by at least `least` characters of a kind.
fn begins(text: &str, prefix: &str, least: usize, part: fn(char) -> bool) -> bool {
    text.match_indices(prefix).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let tail = text[at + prefix.len()..].chars().take_while(|each| part(*each)).take(least).count();
        !before.is_some_and(|each| each.is_ascii_alphanumeric()) && tail == least
    })
}

fn letter_or_digit(each: char) -> bool {
    each.is_ascii_alphanumeric()
}

fn word(each: char) -> bool {
    each.is_ascii_alphanumeric() || matches!(each, '_' | '-')
}

fn base64(each: char) -> bool {
    each.is_ascii_alphanumeric() || matches!(each, '+' | '/')
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
fn access_key(text: &str) -> bool {
    let part = |each: char| each.is_ascii_uppercase() || each.is_ascii_digit();
    ["AKIA", "ASIA"].iter().any(|prefix| begins(text, prefix, 16, part))
}

fn session_token(text: &str) -> bool {
    ["IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz"].iter().any(|prefix| begins(text, prefix, 60, base64))
}

/// Forty characters of base64 that look drawn by lot: a hash has one case, a path or a name keeps to one for longer.
fn secret_key(text: &str) -> bool {
    text.split(|each| !base64(each)).any(|run| {
        let classes: Vec<u8> = run.bytes().map(class).collect();
        let turns = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
        run.len() == 40 && turns >= 15 && (0..3).all(|class| classes.contains(&class))
    })
}

/// Small, capital, or anything else.
fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    }
}

/// `BEGIN … PRIVATE KEY`, without its dashes: a phone may have changed them.
fn private_key(text: &str) -> bool {
    text.match_indices("BEGIN ").any(|(at, begin)| {
        let heading = text[at + begin.len()..]
            .split(|each: char| !(each.is_ascii_uppercase() || each.is_ascii_digit() || each == ' '))
            .next()
            .unwrap_or_default();
        heading.contains("PRIVATE KEY")
    })
}

/// <https://docs.slack.dev/authentication/tokens/>, and webhook addresses, which need no token.
fn slack(text: &str) -> bool {
    ["xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-"]
        .iter()
        .any(|prefix| begins(text, prefix, 10, word))
        || begins(text, "hooks.slack.com/services/T", 10, |each| each == '/' || letter_or_digit(each))
}

fn github(text: &str) -> bool {
    ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].iter().any(|prefix| begins(text, prefix, 36, letter_or_digit))
        || begins(text, "github_pat_", 22, word)
}

fn atlassian(text: &str) -> bool {
    begins(text, "ATATT", 20, word)
}

/// A JSON Web Token: three parts, the first two of them JSON objects in base64url.
fn bearer(text: &str) -> bool {
    text.split(|each| !word(each) && each != '.').any(|run| {
        let parts: Vec<&str> = run.split('.').collect();
        parts.windows(3).any(|part| {
            part[0].starts_with("eyJ")
                && part[1].starts_with("eyJ")
                && part.iter().all(|each| each.len() >= 10)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written in two halves, so that no scanner takes this file for a leak.
    fn joined(halves: [&str; 2]) -> String {
        halves.concat()
    }

    #[test]
    fn each_kind_of_secret_is_seen_wherever_it_stands() {
        let long = "Ab3".repeat(30);
        for (halves, kind) in [
            (["AKIA", "IOSFODNN7EXAMPLE"], "an AWS access key id"),
            (["ASIA", "IOSFODNN7EXAMPLE"], "an AWS access key id"),
            (["wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYEXAMPLEKEY"], "an AWS secret access key"),
            (["IQoJb3JpZ2lu", &long], "an AWS session token"),
            (["-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE"], "a private key"),
            (["—BEGIN ", "PRIVATE KEY—"], "a private key"),
            (["xoxb", "-17653672481-19874698323"], "a Slack token"),
            (["xapp", "-1-A0123456789-abcdef"], "a Slack token"),
            (["https://hooks.slack.com/", "services/T00000000/B00000000"], "a Slack token"),
            (["ghp", "_16C7e42F292c6912E7710c838347Ae178B4a"], "a GitHub token"),
            (["github_pat", "_11ABCDEFG0abcdefghijkl_x"], "a GitHub token"),
            (["ATATT", "3xFfGF0abcdefghijklmnop"], "an Atlassian API token"),
            (["eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27u"], "a bearer token"),
        ] {
            let secret_text = joined(halves);
            let hidden = format!("comment {}\u{200b}{}", &halves[0], &halves[1]);
            let quoted = format!("tag add key={}“{}”", &halves[0], &halves[1]);
            for text in [&secret_text, &format!("comment key=\"{secret_text}\", please"), &hidden, &quoted] {
                assert_eq!(secret(text), Some(kind), "{text:?}");
            }
        }
    }

    #[test]
    fn what_people_write_in_a_case_is_no_secret() {
        for text in [
            "comment commit da39a3ee5e6b4b0d3255bfef95601890afd80709 and DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "arn:aws:iam::111122223333:role/AWSServiceRoleForSecurityIncidentResponse",
            "/aws/lambda/SecurityIncidentResponseBridge",
            "in Documents/IncidentReports/Case/Evidence1 of the share",
            "role AROAIOSFODNN7EXAMPLE2, key ending in MPLE, AKIA is a prefix",
            "they begin with a private key, BEGIN TRANSACTION",
            "xoxb is how tokens begin; ghp_short",
            "9c0c1d1e-6f0b-4d0e-8a3b-0f4a0c1d2e3f 2001:DB8:0:0:0:0:0:1 ana@example.com",
            "3.14.15 www.example.com eyJ is how one begins",
            "",
        ] {
            assert_eq!(secret(text), None, "{text:?}");
        }
    }
}
