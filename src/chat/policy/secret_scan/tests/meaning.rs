//! What a secret is, said without regard to what it costs to find one: the walk must say the same, and cost little.

use std::{cell::Cell, collections::BTreeMap};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};

use super::super::{TOKENS, decode, invisible, secret, straight, walk};

/// How often a byte of a text may be looked at, whatever stands around it.
const LOOKS: usize = 20;

/// A kind of secret in words for the person, and whether a text holds it.
type Kind = (&'static str, fn(&str) -> bool);

fn meant(text: &str) -> Option<&'static str> {
    let plain: String = decode(text).chars().filter(|each| !invisible(*each)).collect();
    let unquoted = plain.replace(|each| each == '\\' || straight(each) == '"', "");
    let kinds: [Kind; 8] = [
        ("an AWS access key id", access_key),
        ("an AWS session token", session_token),
        ("an AWS secret access key", secret_key),
        ("a private key", private_key),
        ("a Slack token", slack),
        ("a GitHub token", github),
        ("an Atlassian API token", |text| begins(text, "ATATT", 20, word)),
        ("a bearer token", bearer),
    ];
    let kind = |text: &str| kinds.iter().find(|(_, holds)| holds(text)).map(|(kind, _)| *kind);
    [text, &plain, &unquoted].into_iter().find_map(kind)
}

/// Whether `prefix`, not in the middle of a word, is followed by at least `least` characters of a kind.
fn begins(text: &str, prefix: &str, least: usize, part: fn(char) -> bool) -> bool {
    text.match_indices(prefix).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let tail = text[at + prefix.len()..].chars().take_while(|each| part(*each)).count();
        !before.is_some_and(|each| each.is_ascii_alphanumeric()) && tail >= least
    })
}

fn word(each: char) -> bool {
    each.is_ascii_alphanumeric() || matches!(each, '_' | '-')
}

fn base64(each: char) -> bool {
    each.is_ascii_alphanumeric() || matches!(each, '+' | '/')
}

fn letter_or_digit(each: char) -> bool {
    each.is_ascii_alphanumeric()
}

fn access_key(text: &str) -> bool {
    let part = |each: char| each.is_ascii_uppercase() || each.is_ascii_digit();
    ["AKIA", "ASIA"].iter().any(|prefix| begins(text, prefix, 16, part))
}

fn session_token(text: &str) -> bool {
    ["IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz"].iter().any(|prefix| begins(text, prefix, 60, base64))
}

fn secret_key(text: &str) -> bool {
    let class = |byte| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    text.split(|each| !base64(each)).any(|run| {
        let classes: Vec<u8> = run.bytes().map(class).collect();
        let turns = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
        run.len() == 40 && turns >= 15 && (0..3).all(|class| classes.contains(&class))
    })
}

fn private_key(text: &str) -> bool {
    text.match_indices("BEGIN ").any(|(at, begin)| {
        let heading = text[at + begin.len()..]
            .split(|each: char| !(each.is_ascii_uppercase() || each.is_ascii_digit() || each == ' '))
            .next()
            .unwrap_or_default();
        heading.contains("PRIVATE KEY")
    })
}

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

fn bearer(text: &str) -> bool {
    text.split(|each| !word(each) && each != '.').any(|run| {
        let parts: Vec<&str> = run.split('.').collect();
        parts.windows(3).any(|part| {
            let json = part[..2].iter().all(|each| each.starts_with("eyJ"));
            json && part.iter().all(|each| each.len() >= 10)
        })
    })
}

/// What begins something: each token's prefix, and what the runs are known by.
fn beginnings() -> Vec<String> {
    let tokens = TOKENS.iter().map(|token| String::from_utf8_lossy(token.prefix).into_owned());
    let more =
        ["BEGIN ", "BEGIN RSA ", "PRIVATE KEY", "eyJ", "eyJhbGciOiJI.", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY"];
    tokens.chain(more.map(str::to_owned)).collect()
}

/// What may stand between two pieces, and hide that they are one.
const BETWEEN: [&str; 20] = [
    "", " ", ".", "-", "_", "/", "+", "=", "\n", "\"", "“", "\\", "\u{200b}", "é", "<", ">", "&", "&lt;",
    "<@U1|", "|",
];

/// Something that is nearly a secret, or is one, in two halves.
fn near() -> impl Strategy<Value = (String, String)> {
    let token = (0..TOKENS.len(), "[A-Z0-9]{64}", 0..4usize);
    let token = token.prop_map(|(token, tail, more)| {
        let token = &TOKENS[token];
        let tail = tail[..token.least + more - 2].to_owned();
        (String::from_utf8_lossy(token.prefix).into_owned(), tail)
    });
    let json = ("eyJ[a-zA-Z0-9_-]{6,8}", "\\.eyJ[a-zA-Z0-9_-]{6,8}\\.[a-zA-Z0-9_-]{9,11}");
    let heading = ("[A-Z]?BEGIN [A-Z ]{0,4}", " ?PRIVATE KEY?");
    let drawn = ("[A-Za-z0-9+/]{19,21}", "[A-Za-z0-9+/]{20}");
    // With so many turns from one class of characters to another.
    let turning = (14..17usize).prop_map(|turns| {
        let alternating = ['A', '1'].into_iter().cycle().take(turns);
        ("a".repeat(40 - turns), alternating.collect::<String>())
    });
    prop_oneof![6 => token, 2 => json, 2 => heading, 2 => drawn, 1 => turning]
}

fn texts() -> impl Strategy<Value = String> {
    let between = || prop_oneof![3 => Just(""), 1 => prop::sample::select(&BETWEEN[..])];
    let other = prop_oneof![prop::sample::select(beginnings()), "[a-zA-Z0-9 ._-]{0,12}", ".{0,3}"];
    let near = (near(), between()).prop_map(|((one, two), between)| format!("{one}{between}{two}"));
    let pieces = prop::collection::vec((prop_oneof![near, other], between()), 0..5);
    pieces
        .prop_map(|pieces| pieces.into_iter().fold(String::new(), |text, (piece, next)| text + &piece + next))
}

#[test]
fn the_walk_finds_what_is_meant_and_nothing_else() {
    let (texts, mut runner) = (texts(), TestRunner::deterministic());
    let mut seen = BTreeMap::new();
    for _ in 0..5_000 {
        let text = texts.new_tree(&mut runner).unwrap().current();
        let kind = secret(&text);
        assert_eq!(kind, meant(&text), "{text:?}");
        *seen.entry(kind).or_insert(0) += 1;
    }
    assert!(seen.len() == 9 && seen.values().all(|times| *times >= 20), "{seen:?}");
}

proptest! {
    #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_walk_finds_in_any_text_what_is_meant(text in any::<String>()) {
        prop_assert_eq!(secret(&text), meant(&text));
    }
}

/// How often the walk looks at a byte of this text.
fn looks(text: &str) -> usize {
    let looks = Cell::new(0);
    walk(|at| {
        looks.set(looks.get() + 1);
        text.as_bytes().get(at).copied()
    });
    looks.get()
}

/// Everything that could be repeated: each beginning of what begins something, and all of it but the last byte.
fn repeated() -> Vec<String> {
    let parts = beginnings().into_iter().flat_map(|text| {
        let lengths = 1..=text.len();
        lengths.map(|length| text[..length].to_owned()).collect::<Vec<_>>()
    });
    let almost = TOKENS.iter().map(|token| {
        format!("{}{}", String::from_utf8_lossy(token.prefix), "A".repeat(token.least.saturating_sub(1)))
    });
    parts.chain(almost).flat_map(|part| BETWEEN.map(|between| format!("{part}{between}"))).collect()
}

#[test]
fn whatever_is_repeated_costs_so_many_looks_a_byte_and_no_more() {
    for each in repeated() {
        let text = each.repeat(1_500 / each.len());
        assert!(looks(&text) <= LOOKS * text.len(), "{each:?}: {} of {}", looks(&text), text.len());
    }
}

#[test]
fn a_text_that_is_too_long_to_be_looked_through_counts_as_a_secret_one() {
    let most = "a ".repeat(super::super::LONGEST / 2);
    assert_eq!(secret(&most), None);
    assert_eq!(secret(&format!("{most}a")), Some("more than can be looked through for secrets"));
}
