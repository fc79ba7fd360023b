//! How are a line's words sorted into plain ones and flags, and one of a few chosen?

use std::{collections::HashSet, hash::Hash};

use super::user_error::{UserError, choices, nearest};
use crate::chat::language::decode::{Word, Words};

/// The words after a verb.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// Words that are no flags, in their order.
    pub(crate) plain: Vec<String>,
    /// Flags in their order; a switch has no value.
    flags: Vec<(&'static str, String)>,
}

impl Arguments {
    /// Reads all words. `switches` take no value, `valued` one each; unique prefixes are accepted.
    pub(crate) fn read(
        words: &mut Words<'_>,
        switches: &[&'static str],
        valued: &[&'static str],
    ) -> Result<Self, UserError> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let Word::Flag { name, value } = word else {
                arguments.plain.push(word.shown());
                continue;
            };
            let name = flag(&name, switches, valued)?;
            let value = match (switches.contains(&name), value) {
                (true, None) => String::new(),
                (true, Some(value)) => {
                    return Err(UserError::new(
                        format!("--{name} takes no value, and \"{value}\" is one."),
                        "Leave it away.",
                    ));
                }
                (false, Some(value)) => value,
                (false, None) => value_of(name, words)?,
            };
            arguments.flags.push((name, value));
        }
        Ok(arguments)
    }

    /// Whether nothing at all was said.
    pub(crate) fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.flags.is_empty()
    }

    /// Whether a flag was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|(flag, _)| *flag == name)
    }

    /// The values of a flag.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.flags.iter().filter(move |(flag, _)| *flag == name).map(|(_, value)| value.as_str())
    }

    /// The last value of a flag.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        self.values(name).last()
    }

    /// Refuses plain words.
    pub(crate) fn nothing_else(&self) -> Result<(), UserError> {
        self.plain.first().map_or(Ok(()), |word| Err(too_much(word)))
    }
}

fn value_of(name: &str, words: &mut Words<'_>) -> Result<String, UserError> {
    match words.next() {
        Some(Word::Flag { .. }) | None => {
            Err(UserError::new(format!("--{name} has no value."), format!("Write it after --{name}.")))
        }
        Some(word) => Ok(word.shown()),
    }
}

/// A word that has no place in the line.
pub(crate) fn too_much(word: &str) -> UserError {
    UserError::new(format!("\"{word}\" is more than this verb takes."), "Leave it away.")
}

fn flag(name: &str, switches: &[&'static str], valued: &[&'static str]) -> Result<&'static str, UserError> {
    let all = || switches.iter().chain(valued).copied();
    let fitting: Vec<&'static str> = all().filter(|known| known.starts_with(name)).collect();
    match fitting[..] {
        [only] => Ok(only),
        _ if fitting.contains(&name) => Ok(all().find(|known| *known == name).unwrap_or_default()),
        _ => {
            let near = nearest(name, all()).map(|near| format!("Is it --{near}?"));
            let known: Vec<String> = all().map(|known| format!("--{known}")).collect();
            let remedy =
                near.unwrap_or_else(|| format!("It knows {}.", choices(known.iter().map(String::as_str))));
            Err(UserError::new(format!("--{name} is not a flag of this verb."), remedy))
        }
    }
}

/// A word that is no flag.
pub(crate) fn plain(word: &Word) -> Result<String, UserError> {
    match word {
        Word::Flag { name, .. } => Err(UserError::new(
            format!("--{name} is not a flag of this verb."),
            "Leave it away, or put it in quotes where it is meant as it stands.",
        )),
        word => Ok(word.shown()),
    }
}

/// The items in one word of a list: commas separate them, as blanks do.
pub(crate) fn items(word: &Word) -> Result<Vec<String>, UserError> {
    let text = plain(word)?;
    Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
}

/// The first of the items that have the same key.
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
                format!("\"{word}\" is not {what}.")
            };
            Err(UserError::new(happened, format!("Choose {}.", choices(from.iter().map(|(name, _)| *name)))))
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
    struct PlannedChange(usize, Rc<Cell<usize>>);

    impl PartialEq for PlannedChange {
        fn eq(&self, other: &Self) -> bool {
            self.1.set(self.1.get() + 1);
            self.0 == other.0
        }
    }

    impl Eq for PlannedChange {}

    impl Hash for PlannedChange {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }

    #[test]
    fn of_many_items_the_first_of_each_stays_and_none_is_compared_with_all() {
        assert_eq!(once(vec![("a", 1), ("b", 2), ("a", 3)], |item| item.0), [("a", 1), ("b", 2)]);
        let compared = Rc::<Cell<usize>>::default();
        let items = (0..5_000).map(|item| PlannedChange(item % 2_500, compared.clone())).collect();
        assert_eq!(once(items, |item| item).len(), 2_500);
        assert!(compared.get() < 10_000, "{}", compared.get());
    }

    #[test]
    fn flags_are_sorted_from_words_and_unknown_ones_are_named() {
        let read = |line: &str| Arguments::read(&mut Words::new(line), &["full"], &["name", "number"]);
        let arguments = read("a —f b --name \"x y\" -name=z").unwrap();
        assert_eq!(arguments.plain, ["a", "b"]);
        assert!(arguments.has("full"));
        assert_eq!(arguments.values("name").collect::<Vec<_>>(), ["x y", "z"]);
        assert_eq!(arguments.last("name"), Some("z"));
        for (line, reply) in [
            ("--ful1", "--ful1 is not a flag of this verb. Is it --full?"),
            ("--n x", "--n is not a flag of this verb. It knows `--full`, `--name` or `--number`."),
            ("--zzz", "--zzz is not a flag of this verb. It knows `--full`, `--name` or `--number`."),
            ("--name", "--name has no value. Write it after --name."),
            ("--name --full", "--name has no value. Write it after --name."),
            ("--full=1", "--full takes no value, and \"1\" is one. Leave it away."),
        ] {
            assert_eq!(read(line).unwrap_err().to_string(), reply, "{line:?}");
        }
    }
}
