//! The words of a line, sorted into plain ones and flags; one of a few chosen.

use std::{collections::HashSet, fmt, hash::Hash};

use super::user_error::{UserError, choices, nearest, quoted, unmarked};
use crate::chat::language::decode::{LineWords, Word};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    AddUnit,
    Full,
    Member,
    Name,
    Post,
    RemoveUnit,
    Reported,
    Triage,
    WholeOrganization,
}

impl Flag {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AddUnit => "add-unit",
            Self::Full => "full",
            Self::Member => "member",
            Self::Name => "name",
            Self::Post => "post",
            Self::RemoveUnit => "remove-unit",
            Self::Reported => "reported",
            Self::Triage => "triage",
            Self::WholeOrganization => "whole-organization",
        }
    }

    /// A switch takes no value, every other flag takes one.
    fn is_switch(self) -> bool {
        matches!(self, Self::Full | Self::Post | Self::Reported)
    }

    /// The flag of these that somebody typed; unique prefixes are accepted.
    fn typed(name: &str, known: &[Self]) -> Result<Self, UserError> {
        let fitting: Vec<Self> =
            known.iter().filter(|flag| flag.as_str().starts_with(name)).copied().collect();
        if let Some(exact) = fitting.iter().find(|flag| flag.as_str() == name) {
            return Ok(*exact);
        }
        if let [only] = fitting[..] {
            return Ok(only);
        }
        let near = nearest(name, known.iter().map(|flag| flag.as_str()));
        let remedy = near.map_or_else(
            || {
                let known: Vec<String> = known.iter().map(Self::to_string).collect();
                format!("It knows {}.", choices(known.iter().map(String::as_str)))
            },
            |near| format!("Is it --{near}?"),
        );
        Err(UserError::new(format!("--{name} is not a flag of this verb."), remedy))
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--{}", self.as_str())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// LineWords that are no flags, in their order.
    pub(crate) plain: Vec<String>,
    /// Flags in their order; a switch has no value.
    flags: Vec<(Flag, String)>,
}

impl Arguments {
    pub(crate) fn read(words: &mut LineWords<'_>, known: &[Flag]) -> Result<Self, UserError> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let Word::Flag { name, value } = word else {
                arguments.plain.push(word.shown());
                continue;
            };
            let flag = Flag::typed(&name, known)?;
            let value = match (flag.is_switch(), value) {
                (true, None) => String::new(),
                (true, Some(value)) => {
                    return Err(UserError::new(
                        format!("{flag} takes no value, and {value} is one.", value = quoted(value)),
                        "Leave it away.",
                    ));
                }
                (false, Some(value)) => value,
                (false, None) => value_of(flag, words)?,
            };
            arguments.flags.push((flag, value));
        }
        Ok(arguments)
    }

    /// Whether nothing at all was said.
    pub(crate) fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.flags.is_empty()
    }

    pub(crate) fn has(&self, flag: Flag) -> bool {
        self.flags.iter().any(|(given, _)| *given == flag)
    }

    pub(crate) fn values(&self, flag: Flag) -> impl Iterator<Item = &str> {
        self.flags.iter().filter(move |(given, _)| *given == flag).map(|(_, value)| value.as_str())
    }

    pub(crate) fn last(&self, flag: Flag) -> Option<&str> {
        self.values(flag).last()
    }

    pub(crate) fn nothing_else(&self) -> Result<(), UserError> {
        self.plain.first().map_or(Ok(()), |word| Err(too_much(word)))
    }
}

fn value_of(flag: Flag, words: &mut LineWords<'_>) -> Result<String, UserError> {
    match words.next() {
        Some(Word::Flag { .. }) | None => {
            Err(UserError::new(format!("{flag} has no value."), format!("Write it after {flag}.")))
        }
        Some(word) => Ok(word.shown()),
    }
}

pub(crate) fn too_much(word: &str) -> UserError {
    UserError::new(format!("{word} is more than this verb takes.", word = quoted(word)), "Leave it away.")
}

pub(crate) fn plain(word: &Word) -> Result<String, UserError> {
    match word {
        Word::Flag { name, .. } => Err(UserError::new(
            format!("--{} is not a flag of this verb.", unmarked(name)),
            "Leave it away, or put it in quotes where it is meant as it stands.",
        )),
        word @ (Word::Text(_) | Word::User(_)) => Ok(word.shown()),
    }
}

/// The items in one word of a list: commas separate them, as blanks do.
pub(crate) fn items(word: &Word) -> Result<Vec<String>, UserError> {
    let text = plain(word)?;
    Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
}

pub(crate) fn once<T, K: Hash + Eq + ?Sized>(items: Vec<T>, key: impl Fn(&T) -> &K) -> Vec<T> {
    let mut seen = HashSet::new();
    let new: Vec<bool> = items.iter().map(|item| seen.insert(key(item))).collect();
    items.into_iter().zip(new).filter_map(|(item, new)| new.then_some(item)).collect()
}

/// Chooses by name, in any case, or by a prefix that only one value has.
pub(crate) fn choose<T: Copy>(what: &str, word: &str, from: &[(&str, T)]) -> Result<T, UserError> {
    let lower = word.to_lowercase();
    let fitting: Vec<&(&str, T)> =
        from.iter().filter(|(name, _)| !lower.is_empty() && name.starts_with(&lower)).collect();
    let exact = fitting.iter().find(|(name, _)| *name == lower);
    match (exact, &fitting[..]) {
        (Some((_, value)), _) | (None, [(_, value)]) => Ok(*value),
        _ => {
            let happened = if lower.is_empty() {
                format!("Nothing says which {}.", what.trim_start_matches("a "))
            } else {
                format!("{word} is not {what}.", word = quoted(word))
            };
            let names = || from.iter().map(|(name, _)| *name);
            let mistake = UserError::new(happened, format!("Choose {}.", choices(names())));
            Err(match nearest(word, names()) {
                Some(near) => mistake.instead_of(word, near),
                None => mistake,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, hash::Hasher, rc::Rc};

    use super::*;

    #[test]
    fn a_value_is_chosen_in_any_case_and_by_what_only_one_begins_with() {
        let from = [("open", 1), ("closed", 2), ("close", 3)];
        for (word, chosen) in [
            ("O", Some(1)),
            ("OPEN", Some(1)),
            ("close", Some(3)),
            ("closed", Some(2)),
            ("clos", None),
            ("", None),
        ] {
            assert_eq!(choose("a list", word, &from).ok(), chosen, "{word:?}");
        }
    }

    /// A key that counts how often it is compared.
    struct Compared(usize, Rc<Cell<usize>>);

    impl PartialEq for Compared {
        fn eq(&self, other: &Self) -> bool {
            self.1.set(self.1.get() + 1);
            self.0 == other.0
        }
    }

    impl Eq for Compared {}

    impl Hash for Compared {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }

    #[test]
    fn of_many_items_the_first_of_each_stays_and_none_is_compared_with_all() {
        assert_eq!(once(vec![("a", 1), ("b", 2), ("a", 3)], |item| item.0), [("a", 1), ("b", 2)]);
        let compared = Rc::<Cell<usize>>::default();
        let items = (0..5_000).map(|item| Compared(item % 2_500, compared.clone())).collect();
        assert_eq!(once(items, |item| item).len(), 2_500);
        assert!(compared.get() < 10_000, "{}", compared.get());
    }

    #[test]
    fn flags_are_sorted_from_words_and_unknown_ones_are_named() {
        let known = [Flag::Full, Flag::Reported, Flag::Name, Flag::RemoveUnit];
        let read = |line: &str| Arguments::read(&mut LineWords::new(line), &known);
        let arguments = read("a —f b --name \"x y\" -name=z").unwrap();
        assert_eq!(arguments.plain, ["a", "b"]);
        assert!(arguments.has(Flag::Full));
        assert_eq!(arguments.values(Flag::Name).collect::<Vec<_>>(), ["x y", "z"]);
        assert_eq!(arguments.last(Flag::Name), Some("z"));
        for (line, reply) in [
            ("--ful1", "--ful1 is not a flag of this verb. Is it --full?"),
            (
                "--re x",
                "--re is not a flag of this verb. It knows `--full`, `--reported`, `--name` or `--remove-unit`.",
            ),
            (
                "--zzz",
                "--zzz is not a flag of this verb. It knows `--full`, `--reported`, `--name` or `--remove-unit`.",
            ),
            ("--name", "--name has no value. Write it after --name."),
            ("--name --full", "--name has no value. Write it after --name."),
            ("--full=1", "--full takes no value, and \"1\" is one. Leave it away."),
        ] {
            assert_eq!(read(line).unwrap_err().to_string(), reply, "{line:?}");
        }
    }
}
