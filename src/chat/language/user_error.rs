//! What is said to a person whose line could not be understood.

use std::fmt;

use super::verbs::Verb;

/// A person's mistake. Its `Display` is the reply, as plain text: whoever shows it escapes all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    pub(crate) happened: String,
    pub(crate) remedy: String,
    /// The verb that was meant, where that much was clear: says how to use it.
    pub(crate) verb: Option<&'static Verb>,
    /// What the person typed. `None` where it holds a secret, or nothing was typed.
    pub(crate) typed: Option<String>,
    /// A line that was probably meant, without the command's name: for a button, or to copy.
    pub(crate) suggests: Option<String>,
}

impl UserError {
    pub(crate) fn new(happened: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { happened: happened.into(), remedy: remedy.into(), verb: None, typed: None, suggests: None }
    }

    pub(crate) fn suggesting(self, line: impl Into<String>) -> Self {
        Self { suggests: Some(line.into()), ..self }
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.happened, self.remedy)?;
        if let Some(line) = &self.suggests {
            write!(f, "\nDid you mean: /sir {line}")?;
        }
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
