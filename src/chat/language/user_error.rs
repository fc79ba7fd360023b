//! What is said to a person whose line could not be understood.

use std::fmt;

use super::{decode, verbs::Verb};
use crate::case::CaseId;

/// A person's mistake. Its `Display` is the reply, as plain text: whoever shows it escapes all of it. What stands
/// between backticks can be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    pub(crate) happened: String,
    pub(crate) remedy: String,
    /// The verb that was meant, where that much was clear: says how to use it.
    pub(crate) verb: Option<&'static Verb>,
    /// What the person typed. `None` where it holds a secret, or nothing was typed.
    pub(crate) typed: Option<String>,
    pub(crate) is_secret: bool,
    /// Lines that were probably meant, as Slack would send them, without the command's name: for buttons, or to copy.
    pub(crate) suggests: Vec<String>,
    /// A word, and which was probably meant by it.
    pub(super) instead: Option<Box<(String, String)>>,
    pub(super) of_two_words: bool,
}

impl UserError {
    pub(crate) fn new(happened: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            happened: happened.into(),
            remedy: remedy.into(),
            verb: None,
            typed: None,
            is_secret: false,
            suggests: Vec::new(),
            instead: None,
            of_two_words: false,
        }
    }

    pub(crate) fn suggesting(mut self, line: impl Into<String>) -> Self {
        self.suggests.push(line.into());
        self
    }

    /// Suggests the same line with another word in the place of one.
    pub(crate) fn instead_of(self, word: &str, near: impl Into<String>) -> Self {
        Self { instead: Some(Box::new((word.to_owned(), near.into()))), ..self }
    }

    /// What was typed after a verb that was not understood stays with each verb that may have been meant.
    pub(super) fn followed_by(self, rest: &str) -> Self {
        let line = |verb: String| format!("{verb} {rest}").trim_end().to_owned();
        Self { suggests: self.suggests.into_iter().map(line).collect(), ..self }
    }

    /// The line of this verb with the word in it that was probably meant.
    pub(super) fn corrected(mut self, verb: &str, said: &str) -> Self {
        match self.instead.take().map(|words| *words) {
            Some((word, near)) if said.contains(&word) => {
                self.suggesting(format!("{verb} {}", said.replacen(&word, &near, 1)))
            }
            _ => self,
        }
    }

    pub(super) fn of_case(self, case: Option<&CaseId>) -> Self {
        let Some(case) = case else { return self };
        let suggests = self.suggests.iter().map(|line| format!("{case} {line}")).collect();
        Self { suggests, ..self }
    }

    /// The lines that were probably meant, as they are read.
    pub(crate) fn meant(&self) -> impl Iterator<Item = String> + '_ {
        self.suggests.iter().map(|line| decode::decode(line))
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.happened, self.remedy)?;
        self.meant().try_for_each(|line| write!(f, "\nDid you mean: /sir {line}"))?;
        if let Some(verb) = self.verb {
            write!(f, "\nHow to say it: {}", verb.usage())?;
        }
        match &self.typed {
            Some(typed) => write!(f, "\nYou typed: {typed}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UserError {}

/// The candidate that is nearest to a word, if any is near. Only one of about the same length can be: to compare costs
/// as much as the product of both lengths, and a word may have a megabyte.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let allowed = length.div_ceil(3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::damerau_levenshtein(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A word of somebody's in our own words.
pub(crate) fn quoted(word: impl fmt::Display) -> String {
    format!("\"{}\"", unmarked(&word.to_string()))
}

/// What somebody typed, without the sign that means code in our own words.
pub(crate) fn unmarked(word: &str) -> String {
    word.replace('`', "'")
}

/// Names for a reply: `a`, `b` or `c`.
pub(crate) fn choices<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let verbs = ["show", "status", "started", "comment", "comments"];
        for (word, found) in [
            ("shwo", Some("show")),
            ("STATSU", Some("status")),
            ("commet", Some("comment")),
            ("resolve", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, verbs), found, "{word:?}");
        }
    }

    #[test]
    fn a_word_of_a_megabyte_is_near_to_nothing_and_compared_with_nothing() {
        // To compare these two would need more memory than there is.
        assert_eq!(nearest(&"w".repeat(1_000_000), ["w".repeat(100_000).as_str()]), None);
    }

    #[test]
    fn choices_are_a_sentence() {
        assert_eq!(choices(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(choices(["a"]), "`a`");
        assert_eq!(choices([]), "");
    }
}
