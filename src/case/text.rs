//! How is a text cut, hashed and made harmless, whoever it goes to?

use std::fmt;

use sha2::{Digest, Sha256};

/// Twenty hexadecimal digits of SHA-256: names a text in keys and ledgers without telling it.
pub fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..10])
}

pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// So many of something: `1 reply`, `2 replies`.
pub fn counted(count: impl fmt::Display, one: &str, many: &str) -> String {
    let count = count.to_string();
    format!("{count} {}", if count == "1" { one } else { many })
}

/// Cuts a text into pieces of at most `most` characters, at a line's end or a blank where there is one in the
/// last quarter of the piece. Joined, the pieces are the text. An empty text is one empty piece.
pub fn parts(text: &str, most: usize) -> Vec<String> {
    parts_by(text, most, |_| 1)
}

/// As [`parts`], where a character counts as much as `weight` says: escaping makes some of them longer.
pub(crate) fn parts_by(text: &str, most: usize, weight: impl Fn(char) -> usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(limit) = overflow(rest, most, &weight) {
        let window = &rest[..limit];
        let least = window.len() - window.len() / 4;
        let cut = [window.rfind('\n'), window.rfind(' ')]
            .into_iter()
            .flatten()
            .map(|at| at + 1)
            .find(|at| *at >= least)
            .unwrap_or(limit);
        pieces.push(rest[..cut].to_owned());
        rest = &rest[cut..];
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

fn overflow(text: &str, most: usize, weight: impl Fn(char) -> usize) -> Option<usize> {
    let mut sum = 0;
    for (at, char) in text.char_indices() {
        sum += weight(char);
        if sum > most && at > 0 {
            return Some(at);
        }
    }
    None
}

/// The beginning of a text that weighs at most `most`, with `…` where something was left out.
pub(crate) fn cut_by(text: &str, most: usize, weight: impl Fn(char) -> usize) -> String {
    if text.chars().map(&weight).sum::<usize>() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(weight('…'));
    let fits = |char: &char| {
        let weighs = weight(*char);
        let fits = weighs <= left;
        left = left.saturating_sub(weighs);
        fits
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.push('…');
    kept
}

/// The first `most` characters of a text, the last of them `…` where something was left out.
pub fn cut(text: &str, most: usize) -> String {
    cut_by(text, most, |_| 1)
}

/// A text as a reader should see it: what would hide or reorder it is shown as U+FFFD, what has no width falls
/// away, every line's end is `\n`. Never longer than it was.
pub fn visible(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter_map(shown).collect()
}

/// A text, and below it what belongs to it and could not be carried along; `on` says where that is to be found.
pub fn beside(words: &str, on: &str, names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| cut(&one_line(name), 300)).collect();
    match (names.is_empty(), words.trim().is_empty()) {
        (true, _) => words.to_owned(),
        (false, true) => format!("[On this {on}: {}]", names.join(", ")),
        (false, false) => format!("{words}\n\n[On this {on}: {}]", names.join(", ")),
    }
}

/// Whether such a line stands below a text.
pub(crate) fn names_files(text: &str) -> bool {
    text.lines().last().is_some_and(|line| line.starts_with("[On this ") && line.ends_with(']'))
}

/// A link as text. Where the words are the address, they stand alone; words of another meaning keep it.
pub fn linked(label: &str, address: &str) -> String {
    let address =
        ["mailto:", "tel:"].iter().find_map(|scheme| address.strip_prefix(scheme)).unwrap_or(address);
    let (_, after) = address.split_once(':').unwrap_or_default();
    let bare = after.strip_prefix("//").unwrap_or(address).trim_end_matches('/');
    match label {
        "" => address.to_owned(),
        label if label == address || label.trim_end_matches('/') == bare => label.to_owned(),
        label => [label, " (", address, ")"].concat(),
    }
}

pub(crate) fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same for a service that may refuse controls, or read them: each stands as its picture. Ends of lines and tabs stay.
pub fn harmless(text: &str) -> String {
    let picture = |char: char| match char {
        '\n' | '\r' | '\t' => char,
        '\u{85}' => '\n',
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(char)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        char => char,
    };
    text.chars().map(picture).collect()
}

/// What a character is shown as: <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>.
fn shown(char: char) -> Option<char> {
    match char {
        '\n' | '\t' => Some(char),
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        // Controls of direction: they make a text read otherwise than it is.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' => Some('\u{fffd}'),
        // No width, or a second alphabet that nobody sees (tags).
        '\u{ad}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{2064}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => None,
        _ if char.is_control() => Some('\u{fffd}'),
        _ => Some(char),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{fuzz, growth::is_steady};

    #[test]
    fn pieces_joined_are_the_text_and_none_is_too_long() {
        for text in ["", "short", &"word ".repeat(4_000), &"x".repeat(12_000), &"é\n".repeat(6_000)] {
            let pieces = parts(text, 2_900);
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| piece.chars().count() <= 2_900));
        }
    }

    #[test]
    fn controls_stand_as_pictures_and_all_else_stays() {
        let text = "a\0b\u{1b}[31m\u{7f}\u{9b}\u{85}\r\n\té \u{202e}日本 🔒\u{ffff}";
        assert_eq!(harmless(text), "a␀b␛[31m␡\u{fffd}\n\r\n\té \u{202e}日本 🔒\u{fffd}");
        let every = (0..0x110000).filter_map(char::from_u32).map(|char| harmless(&char.to_string()));
        assert!(every.clone().all(|text| text.chars().count() == 1));
        assert_eq!(
            every.filter(|text| text.contains(char::is_control)).count(),
            3 + 1,
            "\n \r \t, and one more \n"
        );
    }

    #[test]
    fn a_cut_prefers_the_end_of_a_line() {
        assert_eq!(parts("aaaa bbb\ncc", 10), ["aaaa bbb\n", "cc"]);
        assert_eq!(parts("aaaaaaaaaaaa", 10), ["aaaaaaaaaa", "aa"]);
    }

    #[test]
    fn a_hash_names_a_text_without_telling_it() {
        assert_eq!(hash("a").len(), 20);
        assert_ne!(hash("a"), hash("b"));
    }

    #[test]
    fn pieces_by_weight_keep_the_text_and_their_limit() {
        let weight = |char| if char == '&' { 5 } else { 1 };
        for text in ["&&&&&&&", "a & b & c & d & e", "", &"&".repeat(500)] {
            let pieces = parts_by(text, 11, weight);
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| piece.chars().map(weight).sum::<usize>() <= 11), "{pieces:?}");
        }
        assert_eq!(
            parts_by("&&", 3, weight),
            ["&", "&"],
            "a character that outweighs the limit stands alone"
        );
    }

    #[test]
    fn what_is_beside_a_text_is_named_on_one_line_and_nothing_is_named_where_nothing_is() {
        let names = ["a.txt".to_owned(), "b\n[x]".to_owned()];
        assert_eq!(
            beside("see", "message in Slack", &names),
            "see\n\n[On this message in Slack: a.txt, b [x]]"
        );
        assert_eq!(beside(" \n", "comment in Jira", &names[..1]), "[On this comment in Jira: a.txt]");
        assert_eq!(beside("see", "message in Slack", &[]), "see");
    }

    #[test]
    fn a_link_keeps_its_address_unless_its_words_say_it() {
        for (label, address, expected) in [
            ("", "https://a.test/x", "https://a.test/x"),
            ("a.test/x", "https://a.test/x/", "a.test/x"),
            ("here", "https://a.test/x", "here (https://a.test/x)"),
            ("ana@a.test", "mailto:ana@a.test", "ana@a.test"),
            ("https://bank.test", "https://evil.test", "https://bank.test (https://evil.test)"),
        ] {
            assert_eq!(linked(label, address), expected);
        }
    }

    #[test]
    fn a_cut_says_that_something_was_left_out() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut_by("a&bc", 6, |char| if char == '&' { 5 } else { 1 }), "a…");
    }

    #[test]
    fn what_hides_or_reorders_a_text_is_shown_and_what_has_no_width_falls_away() {
        let table = [
            ("plain\ttext\n", "plain\ttext\n"),
            ("a\r\nb\rc\u{2028}d\u{2029}e", "a\nb\nc\nd\ne"),
            ("invoice\u{202e}fdp.exe", "invoice\u{fffd}fdp.exe"),
            ("\u{2066}x\u{2069}", "\u{fffd}x\u{fffd}"),
            ("a\0b\u{1b}[31mc\u{9b}d", "a\u{fffd}b\u{fffd}[31mc\u{fffd}d"),
            ("a\u{200b}b\u{feff}c\u{200d}d\u{e0041}e\u{ad}f", "abcdef"),
            ("é 漢 😀", "é 漢 😀"),
        ];
        for (text, expected) in table {
            assert_eq!(visible(text), expected, "{text:?}");
            assert!(visible(text).chars().count() <= text.chars().count());
        }
        assert_eq!(one_line(" a\r\nb \u{200b} c\u{2028}"), "a b c");
    }

    #[test]
    fn fuzzed_the_parts_of_a_text_are_the_text_and_each_fits() {
        fuzz::texts("parts", |text| {
            let parts = parts(text, 40);
            assert!(parts.iter().all(|part| part.chars().count() <= 40), "{text:?}");
            let letters = |text: &str| text.chars().filter(|char| !char.is_whitespace()).collect::<String>();
            assert_eq!(letters(&parts.concat()), letters(text));
        });
    }

    #[test]
    fn twice_the_text_is_cut_and_shown_in_twice_the_time() {
        is_steady(|text| parts(text, 3_000));
        is_steady(|text| cut(text, 3_000));
        is_steady(visible);
        is_steady(one_line);
        is_steady(|text| linked(text, text));
        is_steady(|text| beside(text, "message", &[]));
    }
}
