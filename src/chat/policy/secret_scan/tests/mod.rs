//! What counts as a secret, by example; and by meaning.

mod meaning;

use super::*;
use crate::case::{fuzz, growth::is_steady};

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

#[test]
fn twice_the_text_is_looked_through_in_twice_the_time() {
    is_steady(secret);
}

#[test]
fn fuzzed_a_key_is_found_whatever_stands_around_it() {
    fuzz::texts("secret_scan", |text| {
        secret(text);
        assert!(secret(&format!("{text} AKIA2E3F4G5H6I7J2K3L {text}")).is_some(), "{text:?}");
    });
}
