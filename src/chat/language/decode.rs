//! What a person's fingers meant: Slack's escapes, a phone's dashes and quotes, and words out of them.
//!
//! Escapes: <https://docs.slack.dev/messaging/formatting-message-text/#retrieving-messages>.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::CharIndices;

use crate::case::{UserId, text};

/// The longest `<…>` that Slack makes of a mention or a link: a URL of 3,000 characters and its label.
const LONGEST_ENTITY: usize = 8_192;

/// How much of a line is read to see what its next word is.
const PEEKED: usize = 4_096;

/// Reads Slack's text as the person sees it: `&lt;` is `<`, a mention is `@name`, a link its label or address.
pub(crate) fn decode(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let (mut read, mut at) = (0, 0);
    while at < text.len() {
        let found = matches!(text.as_bytes()[at], b'<' | b'&').then(|| special(&text[at..])).flatten();
        if let Some((shown, length)) = &found {
            plain.push_str(&text[read..at]);
            plain.push_str(shown);
            read = at + length;
        }
        at += found.map_or(1, |(_, length)| length);
    }
    plain.push_str(&text[read..]);
    plain
}

/// Writes plain text so that Slack shows it as it is, and [`decode`] gives it back.
pub(crate) fn encode(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What a text begins with that means something else, as it is shown, and its length in bytes.
fn special(text: &str) -> Option<(Cow<'_, str>, usize)> {
    match text.as_bytes() {
        [b'<', ..] => entity(text).map(|content| (readable(content).into(), content.len() + 2)),
        [b'&', b'l', b't', b';', ..] => Some(("<".into(), 4)),
        [b'&', b'g', b't', b';', ..] => Some((">".into(), 4)),
        [b'&', b'a', b'm', b'p', b';', ..] => Some(("&".into(), 5)),
        _ => None,
    }
}

fn entity(text: &str) -> Option<&str> {
    let inside = text.as_bytes().first().filter(|first| **first == b'<').map(|_| &text[1..])?;
    let end = inside.bytes().take(LONGEST_ENTITY).position(|byte| matches!(byte, b'<' | b'>' | b'\n'))?;
    (end > 0 && inside.as_bytes()[end] == b'>').then(|| &inside[..end])
}

fn readable(content: &str) -> String {
    let content = unescape(content);
    let (target, label) = content.split_once('|').unwrap_or((&content, ""));
    match target.split_at_checked(1) {
        Some(("@", id)) => marked("@", named(label, id)),
        Some(("#", id)) => marked("#", named(label, id)),
        Some(("!", special)) if label.is_empty() || special.starts_with("subteam^") => {
            marked("@", named(label, special.strip_prefix("subteam^").unwrap_or(special)))
        }
        Some(("!", _)) => label.to_owned(),
        // Slack links addresses by itself: then the label is what was typed.
        _ => text::linked(label, target),
    }
}

fn marked(sign: &str, name: &str) -> String {
    [sign, name.trim_start_matches(sign)].concat()
}

fn unescape(text: &str) -> Cow<'_, str> {
    match text.contains('&') {
        true => text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").into(),
        false => text.into(),
    }
}

fn named<'a>(label: &'a str, id: &'a str) -> &'a str {
    if label.is_empty() { id } else { label }
}

/// Characters without a width, and those that turn the reading direction: never meant in a word.
pub(crate) fn invisible(character: char) -> bool {
    // Asked of every character of a long text.
    !character.is_ascii()
        && matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Text(String),
    /// A mention of a person, by Slack user id.
    User(UserId),
    /// `--name` or `--name=value`, however many dashes of whatever length.
    Flag {
        /// In lower case.
        name: String,
        value: Option<String>,
    },
}

impl Word {
    /// The word as the person typed it, more or less: for a reply.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::User(id) => format!("@{id}"),
            Self::Flag { name, value: None } => format!("--{name}"),
            Self::Flag { name, value: Some(value) } => format!("--{name}={value}"),
        }
    }
}

/// The words of a line, one after the other; what was not read yet stays as it was typed.
#[derive(Clone, Debug)]
pub(crate) struct LineWords<'a> {
    rest: &'a str,
    /// A quote was met that nothing closes: from there on quotes are signs like any other.
    unclosed: bool,
}

impl<'a> LineWords<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        Self { rest: line, unclosed: false }
    }

    /// All that was not read yet, verbatim but for the blanks around it, with Slack's escapes read.
    pub(crate) fn text(&mut self) -> String {
        let text = decode(std::mem::take(&mut self.rest));
        if text.chars().all(|each| each.is_whitespace() || invisible(each)) {
            return String::new();
        }
        text.trim().to_owned()
    }

    /// All that was not read yet, as Slack sent it.
    pub(crate) fn rest(&self) -> &'a str {
        self.rest.trim()
    }

    /// The next word without reading it; of a very long one how it begins, since no word that means something is as long.
    pub(crate) fn peek(&self) -> Option<Word> {
        let rest = after_blanks(self.rest);
        Self { rest: &rest[..rest.floor_char_boundary(PEEKED)], ..*self }.next()
    }
}

impl Iterator for LineWords<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        self.rest = after_blanks(self.rest);
        if self.rest.is_empty() {
            return None;
        }
        let (word, length) = WordReader::new(self.rest, &mut self.unclosed).word();
        self.rest = &self.rest[length..];
        Some(word)
    }
}

fn after_blanks(line: &str) -> &str {
    line.trim_start_matches(|each: char| each.is_whitespace() || invisible(each))
}

struct WordReader<'a, 'w> {
    source: &'a str,
    unclosed: &'w mut bool,
    characters: Peekable<CharIndices<'a>>,
    text: String,
}

impl<'a, 'w> WordReader<'a, 'w> {
    fn new(source: &'a str, unclosed: &'w mut bool) -> Self {
        let characters = source.char_indices().peekable();
        Self { source, unclosed, characters, text: String::new() }
    }

    fn quotes(&mut self, open: bool, rest: &str) -> bool {
        *self.unclosed = *self.unclosed || !(open || closes(rest));
        open || !*self.unclosed
    }

    /// The word and its length in bytes.
    fn word(mut self) -> (Word, usize) {
        if let Some((user, length)) = user(self.source) {
            return (Word::User(user), length);
        }
        let dashed = self.source.starts_with(dash);
        let mut open = false;
        while let Some((at, each)) = self.characters.next() {
            match straight(each) {
                blank if blank.is_whitespace() && !open => return (self.finish(dashed), at),
                '"' if self.quotes(open, &self.source[at + each.len_utf8()..]) => open = !open,
                '\\' if open => self.escaped(),
                '<' | '&' => self.special(at),
                each if invisible(each) => {}
                '\u{a0}' | '\u{202f}' => self.text.push(' '),
                each if dash(each) && !open => self.text.push('-'),
                each => self.text.push(each),
            }
        }
        let length = self.source.len();
        (self.finish(dashed), length)
    }

    /// After a backslash in quotes: a quote or a backslash stands for itself.
    fn escaped(&mut self) {
        let escaped = self.characters.next_if(|(_, each)| matches!(straight(*each), '"' | '\\'));
        self.text.push(escaped.map_or('\\', |(_, each)| straight(each)));
    }

    fn special(&mut self, at: usize) {
        let source = &self.source[at..];
        let Some((shown, length)) = special(source) else { return self.text.push_str(&source[..1]) };
        self.text.extend(shown.chars().filter(|each| !invisible(*each)).map(straight));
        while self.characters.next_if(|(next, _)| *next < at + length).is_some() {}
    }

    fn finish(self, dashed: bool) -> Word {
        let name = self.text.trim_start_matches(dash);
        if dashed && name.starts_with(|each: char| each.is_ascii_alphabetic()) {
            let (name, value) =
                name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
            return Word::Flag { name: name.to_lowercase(), value: value.map(str::to_owned) };
        }
        Word::Text(self.text)
    }
}

/// A mention of a person that is a word of its own, and its length in bytes.
fn user(text: &str) -> Option<(UserId, usize)> {
    let content = entity(text)?;
    let id = content.strip_prefix('@')?.split('|').next()?;
    let length = content.len() + 2;
    let alone = text[length..].chars().next().is_none_or(|next| next.is_whitespace() || next == ',');
    let comma = usize::from(text[length..].starts_with(','));
    let known =
        id.len() > 1 && id.starts_with(['U', 'W']) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (alone && known).then(|| (UserId::new(id), length + comma))
}

/// A hyphen, or what a phone makes of two.
fn dash(each: char) -> bool {
    matches!(each, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// A phone's quotes as the keyboard's.
pub(crate) fn straight(each: char) -> char {
    match each {
        '\0'..='\u{7f}' => each,
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' => '"',
        '\u{2018}'..='\u{201b}' | '\u{2032}' => '\'',
        other => other,
    }
}

fn closes(rest: &str) -> bool {
    let mut characters = rest.chars().map(straight);
    while let Some(each) = characters.next() {
        match each {
            '"' => return true,
            '\\' => drop(characters.next()),
            _ => {}
        }
    }
    false
}

/// Writes a word so that it is read as this one word.
pub(crate) fn quote(text: &str) -> String {
    let plain = |each: char| each.is_ascii_alphanumeric() || "@._-:/+=#*".contains(each);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("\"{}\"", encode(&text.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{fuzz, growth::is_steady};

    fn text(text: &str) -> Word {
        Word::Text(text.to_owned())
    }

    fn flag(name: &str, value: Option<&str>) -> Word {
        Word::Flag { name: name.to_owned(), value: value.map(str::to_owned) }
    }

    #[test]
    fn slacks_text_is_read_as_the_person_sees_it() {
        for (sent, seen) in [
            ("a &lt;b&gt; &amp; c", "a <b> & c"),
            ("&amp;lt;", "&lt;"),
            ("ask <@U024BE7LH|ana> and <@W012A3CDE>", "ask @ana and @W012A3CDE"),
            ("in <#C024BE7LR|general> or <#C024BE7LR|>", "in #general or #C024BE7LR"),
            ("<!here> <!subteam^SAZ94GDB8|@sec> <!subteam^SAZ94GDB8>", "@here @sec @SAZ94GDB8"),
            ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
            (
                "<http://example.com|example.com> <https://a.test/?x=1&amp;y=2>",
                "example.com https://a.test/?x=1&y=2",
            ),
            ("<https://evil.test|the bank>", "the bank (https://evil.test)"),
            ("<!date^1392734382^{date}|18 February>", "18 February"),
            ("1 < 2 <> <\n>", "1 < 2 <> <\n>"),
        ] {
            assert_eq!(decode(sent), seen, "{sent:?}");
            assert_eq!(decode(&encode(seen)), seen);
        }
    }

    #[test]
    fn a_phones_dashes_quotes_and_blanks_are_the_keyboards() {
        for line in [
            "show --full",
            "show —full",
            "show –full",
            "show -full",
            "show\u{a0}---full",
            "\u{200b}show −full",
        ] {
            assert_eq!(
                LineWords::new(line).collect::<Vec<_>>(),
                [text("show"), flag("full", None)],
                "{line:?}"
            );
        }
        for line in ["\"a b\"  c", "“a b” c", "„a\u{a0}b“ c", "«a b»\nc"] {
            assert_eq!(LineWords::new(line).collect::<Vec<_>>(), [text("a b"), text("c")], "{line:?}");
        }
    }

    #[test]
    fn what_is_only_looked_at_is_read_no_further_than_a_word_goes() {
        let long = format!("{}{} after", " \u{200b}".repeat(PEEKED), "é".repeat(PEEKED));
        let mut words = LineWords::new(&long);
        assert_eq!(words.peek(), Some(text(&"é".repeat(PEEKED / 2))));
        assert_eq!(words.next(), Some(text(&"é".repeat(PEEKED))));
        assert_eq!((words.peek(), words.next()), (Some(text("after")), Some(text("after"))));
        assert_eq!(words.peek(), None);
    }

    #[test]
    fn words_are_split_as_people_mean_them() {
        for (line, words) in [
            ("", vec![]),
            ("K=\"a b\" 5\" x", vec![text("K=a b"), text("5\""), text("x")]),
            ("\"say \\\"hi\\\" \\\\ \\n\"", vec![text("say \"hi\" \\ \\n")]),
            ("<@U024BE7LH|Ana P> x", vec![Word::User(UserId::new("U024BE7LH")), text("x")]),
            ("<@U024BE7LH>,<@U1>x", vec![Word::User(UserId::new("U024BE7LH")), text("@U1x")]),
            ("&lt;@U024BE7LH&gt;", vec![text("<@U024BE7LH>")]),
            ("<mailto:a@b.test|a@b.test>", vec![text("a@b.test")]),
            ("--Name=\"x y\" \"--name\" -5", vec![flag("name", Some("x y")), text("--name"), text("-5")]),
            ("\"\"", vec![text("")]),
            ("2026‑11−20 \"a—b\"", vec![text("2026-11-20"), text("a—b")]),
            ("it’s st\u{200d}op", vec![text("it's"), text("stop")]),
        ] {
            assert_eq!(LineWords::new(line).collect::<Vec<_>>(), words, "{line:?}");
        }
    }

    #[test]
    fn what_is_left_is_verbatim() {
        let mut words = LineWords::new(" comment   a  “b”\n\n—c &lt;d ");
        assert_eq!(words.next(), Some(text("comment")));
        assert_eq!(words.text(), "a  “b”\n\n—c <d");
        assert_eq!(LineWords::new(" \u{200b}\u{a0}").text(), "");
    }

    #[test]
    fn a_quoted_word_is_read_as_that_word() {
        for word in ["", "plain", "--full", "a b", "a\"b\\", "<@U1>", "&lt;", "é", "a,b"] {
            let read = LineWords::new(&quote(word)).collect::<Vec<_>>();
            assert!(matches!(&read[..], [Word::Text(text)] if text == word), "{word:?} {read:?}");
        }
    }

    #[test]
    fn fuzzed_any_text_is_read_back_as_it_was_escaped() {
        fuzz::texts("slack_escapes", |text| assert_eq!(decode(&encode(text)), text));
    }

    #[test]
    fn twice_the_text_is_read_in_twice_the_time() {
        is_steady(decode);
        is_steady(encode);
        is_steady(quote);
        is_steady(|text| LineWords::new(text).count());
    }
}
