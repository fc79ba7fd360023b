//! From the words that a shell made of a line, back to the line, and how a word is written for a shell.

use super::{
    decode::{encode, quote},
    grammar,
};

/// The line that was meant. What is said in free words stands as it is; elsewhere a word with blanks in it stays one word.
pub(crate) fn line(words: &[String]) -> String {
    let plain = words.iter().map(|word| encode(word)).collect::<Vec<_>>().join(" ");
    let in_quotes = |word: &String| match word.contains(char::is_whitespace) {
        true => quote_value(word),
        false => encode(word),
    };
    let quoted = words.iter().map(in_quotes).collect::<Vec<_>>().join(" ");
    match grammar::ends_in_free_words(&plain) {
        true => plain,
        false => quoted,
    }
}

/// `team=Blue team` is `team="Blue team"`, so that a name stays a name.
fn quote_value(word: &str) -> String {
    match word.split_once('=') {
        Some((name, value)) if !name.contains(char::is_whitespace) => {
            format!("{}={}", encode(name), quote(value))
        }
        _ => quote(word),
    }
}

/// A word as a shell reads it as this one word.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-:/=@,+".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;
    use crate::chat::language::command::Command;

    /// 2026-11-21T10:00:00Z.
    const NOW: i64 = 1_795_255_200;

    fn asked(words: &[&str]) -> Command {
        let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
        let line = line(&words);
        grammar::parse(&line, NOW).unwrap_or_else(|mistake| panic!("{line}: {mistake}")).command
    }

    #[test]
    fn what_a_shell_split_is_read_as_it_was_meant() {
        let typed = |line: &str| grammar::parse(line, NOW).unwrap().command;
        for (words, line) in [
            (&["7000000003", "comment", "two words"][..], "comment two words"),
            (&["comment", "two", "words"], "comment two words"),
            (&["comment", "He said \"no\"."], "comment He said \"no\"."),
            (&["comment", "a <b> & c\nd"], "comment a &lt;b&gt; &amp; c\nd"),
            (
                &["7000000003", "amend", "000123", "It was <@U024BE7LH>"],
                "amend 000123 It was &lt;@U024BE7LH&gt;",
            ),
            (&["comment", "--yes", "x"], "comment --yes x"),
            (&["started", "yesterday 14:00"], "started yesterday 14:00"),
            (&["tag", "add", "team=Blue team"], "tag add team=\"Blue team\""),
            (&["impact", "add", "service", "AWS Lambda", "EC2"], "impact add service \"AWS Lambda\" EC2"),
            (&["show", "--full"], "show --full"),
            (&["ai", "useful", "1", "It found \"it\""], "ai useful 1 It found \"it\""),
            (&[], "tray"),
        ] {
            assert_eq!(asked(words), typed(line), "{words:?}");
        }
    }

    #[test]
    fn a_word_for_a_shell_is_one_word_and_runs_nothing() {
        for (word, expected) in [
            ("7000000003", "7000000003"),
            ("team=blue", "team=blue"),
            ("$(rm)", "'$(rm)'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn twice_the_words_are_one_line_in_twice_the_time() {
        is_steady(|text| line(&["comment".to_owned(), text.to_owned()]));
        is_steady(|text| line(&["tag".to_owned(), "add".to_owned(), format!("{text} {text}")]));
        is_steady(quoted);
    }
}
