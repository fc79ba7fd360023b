//! Pasted secrets are refused before anything is stored, and never said again.
//!
//! Better a harmless text refused than a key kept for ever in a case that many read. A text is walked over once, and no
//! byte costs more than a few looks at those behind it, whatever they are: nobody can write one that takes long.

use std::borrow::Cow;

use crate::chat::language::decode::{decode, invisible, straight};

/// The longest text that is looked through, in bytes: Slack's longest message, all of it escaped, has 200,000.
const LONGEST: usize = 262_144;

/// What refuses a text that holds one, in the audit trail.
pub(crate) const RULE: &str = "secret";

/// The kind of secret that a text holds, in words for the person, whatever was done to hide it in the text. A text that
/// is too long to be looked through (more than 262,144 bytes) counts as one that holds something.
pub fn secret(text: &str) -> Option<&'static str> {
    decoded(text).err()
}

/// A text as the person sees it who wrote it, or the kind of secret that it holds.
pub(crate) fn decoded(text: &str) -> Result<String, &'static str> {
    #[cfg(test)]
    TEXTS.set(looked_through() + 1);
    if text.len() > LONGEST {
        return Err("more than can be looked through for secrets");
    }
    let decoded = decode(text);
    let plain = without(&decoded, invisible);
    let unquoted = without(&plain, |each| each == '\\' || straight(each) == '"');
    let mut views = vec![text, &plain, &unquoted];
    // Most texts read as they were written.
    views.dedup();
    match views.into_iter().find_map(kind) {
        Some(kind) => Err(kind.words()),
        None => Ok(decoded),
    }
}

fn without(text: &str, left_out: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(at) = text.find(&left_out) else { return text.into() };
    let mut kept = String::with_capacity(text.len());
    kept.push_str(&text[..at]);
    kept.extend(text[at..].chars().filter(|each| !left_out(*each)));
    kept.into()
}

/// What the writer of a message reads that holds such a secret.
pub(crate) fn withheld(kind: &str) -> String {
    format!(
        "Your message looks like it holds {kind}, so it was not put on the case. Whoever reads this channel may have seen it: \
         revoke it, and say the same without it."
    )
}

/// What a text may hold. Of several kinds in one text the first of this list is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SecretKind {
    AccessKey,
    SessionToken,
    SecretKey,
    PrivateKey,
    Slack,
    GitHub,
    Atlassian,
    Bearer,
}

impl SecretKind {
    fn words(self) -> &'static str {
        match self {
            Self::AccessKey => "an AWS access key id",
            Self::SessionToken => "an AWS session token",
            Self::SecretKey => "an AWS secret access key",
            Self::PrivateKey => "a private key",
            Self::Slack => "a Slack token",
            Self::GitHub => "a GitHub token",
            Self::Atlassian => "an Atlassian API token",
            Self::Bearer => "a bearer token",
        }
    }
}

fn kind(text: &str) -> Option<SecretKind> {
    let bytes = text.as_bytes();
    walk(|at| bytes.get(at).copied())
}

/// Walks over a text once. `look` tells a byte of it, and `None` behind its end: how often it is asked is what a text
/// costs.
fn walk(look: impl Fn(usize) -> Option<u8>) -> Option<SecretKind> {
    let (mut runs, mut first, mut inside) = (Runs::default(), None, false);
    for at in 0.. {
        let byte = look(at);
        let token = byte.filter(|byte| !inside && is(*byte, START)).and_then(|byte| token(&look, at, byte));
        let run = runs.take(&look, at, byte);
        if token.is_some() || run.is_some() {
            first = [first, token, run].into_iter().flatten().min();
        }
        if byte.is_none() {
            break;
        }
        inside = byte.is_some_and(|byte| is(byte, LETTER_OR_DIGIT));
    }
    first
}

/// Whether these bytes stand at this place.
fn stands(look: &impl Fn(usize) -> Option<u8>, at: usize, bytes: &[u8]) -> bool {
    bytes.iter().zip(at..).all(|(byte, at)| look(at) == Some(*byte))
}

/// Something with a beginning of its own, and at least so many bytes of a kind after it.
struct Token {
    prefix: &'static [u8],
    begins: [u8; 4],
    least: usize,
    part: u8,
    kind: SecretKind,
}

impl Token {
    const fn of(prefix: &'static [u8], least: usize, part: u8, kind: SecretKind) -> Self {
        Self { prefix, begins: [prefix[0], prefix[1], prefix[2], prefix[3]], least, part, kind }
    }

    fn stands(&self, look: &impl Fn(usize) -> Option<u8>, at: usize) -> bool {
        let from = at + self.prefix.len();
        stands(look, at, self.prefix)
            && (from..from + self.least).all(|at| look(at).is_some_and(|byte| is(byte, self.part)))
    }
}

/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>. Slack:
/// <https://docs.slack.dev/authentication/tokens/>, and webhook addresses, which need no token.
const TOKENS: [Token; 24] = [
    Token::of(b"AKIA", 16, CAPITAL_OR_DIGIT, SecretKind::AccessKey),
    Token::of(b"ASIA", 16, CAPITAL_OR_DIGIT, SecretKind::AccessKey),
    Token::of(b"IQoJb3JpZ2lu", 60, BASE64, SecretKind::SessionToken),
    Token::of(b"FwoGZXIvYXdz", 60, BASE64, SecretKind::SessionToken),
    Token::of(b"FQoGZXIvYXdz", 60, BASE64, SecretKind::SessionToken),
    Token::of(b"xoxa-", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxb-", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxc-", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxd-", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxe-", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxe.", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxo-", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxp-", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxr-", 10, WORD, SecretKind::Slack),
    Token::of(b"xoxs-", 10, WORD, SecretKind::Slack),
    Token::of(b"xapp-", 10, WORD, SecretKind::Slack),
    Token::of(b"hooks.slack.com/services/T", 10, PATH, SecretKind::Slack),
    Token::of(b"ghp_", 36, LETTER_OR_DIGIT, SecretKind::GitHub),
    Token::of(b"gho_", 36, LETTER_OR_DIGIT, SecretKind::GitHub),
    Token::of(b"ghu_", 36, LETTER_OR_DIGIT, SecretKind::GitHub),
    Token::of(b"ghs_", 36, LETTER_OR_DIGIT, SecretKind::GitHub),
    Token::of(b"ghr_", 36, LETTER_OR_DIGIT, SecretKind::GitHub),
    Token::of(b"github_pat_", 22, WORD, SecretKind::GitHub),
    Token::of(b"ATATT", 20, WORD, SecretKind::Atlassian),
];

/// What begins at this place, which is not in the middle of a word.
fn token(look: &impl Fn(usize) -> Option<u8>, at: usize, first: u8) -> Option<SecretKind> {
    let begins = [first, look(at + 1)?, look(at + 2)?, look(at + 3)?];
    let mut begun = TOKENS.iter().filter(|token| token.begins == begins);
    begun.find(|token| token.stands(look, at)).map(|token| token.kind)
}

/// What is told only by a whole run of bytes of a kind: as much of each as was walked over.
#[derive(Default)]
struct Runs {
    drawn: Drawn,
    heading: Heading,
    parts: Parts,
}

impl Runs {
    #[inline(always)]
    fn take(
        &mut self,
        look: &impl Fn(usize) -> Option<u8>,
        at: usize,
        byte: Option<u8>,
    ) -> Option<SecretKind> {
        let drawn = self.drawn.ends(byte);
        let heading = self.heading.names_a_key(look, at, byte);
        let parts = self.parts.are_three(look, at, byte);
        match (drawn, heading, parts) {
            (true, ..) => Some(SecretKind::SecretKey),
            (_, true, _) => Some(SecretKind::PrivateKey),
            (.., true) => Some(SecretKind::Bearer),
            _ => None,
        }
    }
}

/// Forty characters of base64 that look drawn by lot: a hash has one case, a path or a name keeps to one for longer.
#[derive(Default)]
struct Drawn {
    length: usize,
    /// How often the class changed from one character to the next.
    turns: usize,
    last: u8,
    classes: u8,
}

impl Drawn {
    #[inline(always)]
    fn ends(&mut self, byte: Option<u8>) -> bool {
        let Some(class) = byte.filter(|byte| is(*byte, BASE64)).map(class) else {
            let run = std::mem::take(self);
            return run.length == 40 && run.turns >= 15 && run.classes == LETTER_OR_DIGIT;
        };
        self.turns += usize::from(self.length > 0 && self.last != class);
        self.length += 1;
        self.last = class;
        self.classes |= class;
        false
    }
}

/// Small, capital, or anything else: a bit each.
#[inline(always)]
fn class(byte: u8) -> u8 {
    match CLASSES[usize::from(byte)] & (SMALL | CAPITAL) {
        0 => DIGIT,
        case => case,
    }
}

/// `BEGIN … PRIVATE KEY`, without its dashes: a phone may have changed them.
#[derive(Default)]
struct Heading {
    begun: bool,
}

impl Heading {
    #[inline(always)]
    fn names_a_key(&mut self, look: &impl Fn(usize) -> Option<u8>, at: usize, byte: Option<u8>) -> bool {
        match byte {
            Some(b'B') => self.begun |= stands(look, at, b"BEGIN "),
            Some(b'P') => return self.begun && stands(look, at, b"PRIVATE KEY"),
            Some(byte) if is(byte, CAPITAL_OR_DIGIT) || byte == b' ' => {}
            _ => self.begun = false,
        }
        false
    }
}

/// A JSON Web Token: three parts between dots, the first two of them JSON objects in base64url.
#[derive(Default)]
struct Parts {
    length: usize,
    /// This part begins as JSON in base64url does.
    json: bool,
    /// How many such parts stand right before this one.
    before: usize,
}

impl Parts {
    const LEAST: usize = 10;

    #[inline(always)]
    fn are_three(&mut self, look: &impl Fn(usize) -> Option<u8>, at: usize, byte: Option<u8>) -> bool {
        match byte {
            Some(b'.') => {
                let good = self.json && self.length >= Self::LEAST;
                *self = Self { before: if good { self.before + 1 } else { 0 }, ..Self::default() };
            }
            Some(byte) if is(byte, WORD) => {
                self.json = if self.length == 0 { stands(look, at, b"eyJ") } else { self.json };
                self.length += 1;
            }
            _ => *self = Self::default(),
        }
        self.before >= 2 && self.length >= Self::LEAST
    }
}

const SMALL: u8 = 1;
const CAPITAL: u8 = 2;
const DIGIT: u8 = 4;
const SLASH: u8 = 8;
const PLUS: u8 = 16;
const DASH: u8 = 32;
/// A token begins with it.
const START: u8 = 64;

const CAPITAL_OR_DIGIT: u8 = CAPITAL | DIGIT;
const LETTER_OR_DIGIT: u8 = SMALL | CAPITAL_OR_DIGIT;
const WORD: u8 = LETTER_OR_DIGIT | DASH;
const PATH: u8 = LETTER_OR_DIGIT | SLASH;
const BASE64: u8 = PATH | PLUS;

/// What each byte is: one look, however small the build.
static CLASSES: [u8; 256] = {
    let (mut classes, mut at) = ([0; 256], 0);
    while at < 256 {
        classes[at] = match at as u8 {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' => DIGIT,
            b'/' => SLASH,
            b'+' => PLUS,
            b'-' | b'_' => DASH,
            _ => 0,
        };
        at += 1;
    }
    at = 0;
    while at < TOKENS.len() {
        classes[TOKENS[at].begins[0] as usize] |= START;
        at += 1;
    }
    classes
};

#[inline(always)]
fn is(byte: u8, classes: u8) -> bool {
    CLASSES[usize::from(byte)] & classes != 0
}

#[cfg(test)]
std::thread_local! {
    static TEXTS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
pub(crate) fn looked_through() -> usize {
    TEXTS.get()
}

#[cfg(test)]
mod tests;
