//! Does every line hold what the grammar promises? Drawn by lot, and by lot from what people type.

use proptest::prelude::*;

use crate::chat::language::{grammar::parse, verbs};
use crate::chat::{
    language::decode::{LineWords, decode, encode, quote},
    policy::secret_scan,
};

/// 2026-11-21T10:00:00Z.
const NOW: i64 = 1_795_255_200;

/// Pieces of lines, joined with or without blanks.
const PIECES: [&str; 64] = [
    "1234567890",
    "#",
    "--",
    "—",
    "-x",
    "=",
    ",",
    "\"",
    "“",
    "”",
    "\\",
    "'",
    "’",
    "<",
    ">",
    "&",
    "&lt;",
    "&gt;",
    "&amp;",
    "<@U024BE7LH|ana>",
    "<@U024BE7LH>",
    "<mailto:ana@example.com|ana@example.com>",
    "<https://a.test|a.test>",
    "<!here>",
    "ana@example.com",
    "203.0.113.9",
    "2001:db8::1",
    "eu-west-1",
    "account",
    "region",
    "service",
    "111122223333",
    "team=blue",
    "m-abcdef1234567890",
    "ou-ab12-cd34ef56",
    "000123",
    "SEC-12",
    "7",
    "open",
    "contain",
    "yesterday",
    "14:00",
    "2h ago",
    "2026-11-20",
    "--full",
    "--reported",
    "--member",
    "--triage",
    "on",
    "--name",
    "--add-unit",
    "\"Ana Lima|Lead|ana@example.com\"",
    "\"Bo Ek|Analyst|bo@example.com\"",
    "\n",
    "\u{a0}",
    "\u{200b}",
    "\u{202e}",
    "é",
    "🔥",
    "aws",
    "incident",
    "AWS Lambda",
    "add",
    "rm",
];

/// Something near to what a person types: perhaps a case, a verb or its beginning, then pieces.
fn line() -> impl Strategy<Value = String> {
    let names: Vec<&'static str> =
        verbs::all().flat_map(|verb| [&[verb.name], verb.aliases].concat()).collect();
    let pieces = prop::collection::vec(
        (prop::sample::select(&PIECES[..]), prop::sample::select(vec!["", " ", "  "])),
        0..8,
    );
    (prop::sample::select(vec!["", "", "", "1234567890 "]), prop::sample::select(names), 1..30usize, pieces)
        .prop_map(|(case, name, length, pieces)| {
            let shown = name.get(..length).unwrap_or(name);
            pieces.iter().fold(format!("{case}{shown} "), |line, (piece, blank)| line + piece + blank)
        })
}

/// An example of the table with something after it.
fn example() -> impl Strategy<Value = String> {
    let examples: Vec<&'static str> = verbs::all().flat_map(|verb| verb.examples.iter().copied()).collect();
    (prop::sample::select(examples), ".{0,12}").prop_map(|(example, tail)| format!("{example} {tail}"))
}

/// Parses, and prints what was parsed to a line that parses to the same.
fn prints_to_itself(text: &str, now: i64) -> Result<(), TestCaseError> {
    if let Ok(line) = parse(text, now) {
        let printed = line.to_string();
        prop_assert_eq!(parse(&printed, now), Ok(line), "{:?} printed as {:?}", text, printed);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_question_that_prints_to_itself_or_a_mistake(text in any::<String>(), now in any::<i64>()) {
        prints_to_itself(&text, now)?;
    }

    #[test]
    fn what_people_type_is_a_question_that_prints_to_itself_or_a_mistake(text in line()) {
        prints_to_itself(&text, NOW)?;
    }

    #[test]
    fn an_example_with_something_after_it_prints_to_itself_or_is_a_mistake(text in example()) {
        prints_to_itself(&text, NOW)?;
    }

    #[test]
    fn a_free_text_comes_through_as_it_was_meant(text in "[a-z0-9<&“—].{0,80}[^\\s]") {
        prop_assume!(secret_scan::secret(&text).is_none());
        let asked = parse(&format!("comment {}", encode(&text)), NOW).map(|line| line.command);
        prop_assert_eq!(asked, Ok(crate::chat::language::command::Command::Comment { text: Some(text) }));
    }

    #[test]
    fn slacks_escapes_are_read_back(text in any::<String>()) {
        prop_assert_eq!(decode(&encode(&text)), text);
    }

    #[test]
    fn a_quoted_word_is_one_word(text in "[a-z <>&\"\\\\—|=,-]{0,20}") {
        prop_assert_eq!(LineWords::new(&quote(&text)).map(|word| word.shown()).collect::<Vec<_>>(), [text]);
    }

    #[test]
    fn a_mistake_gives_back_what_was_typed(text in line()) {
        if let Err(mistake) = parse(&text, NOW) {
            let typed = decode(&text).trim().to_owned();
            prop_assert!(mistake.to_string().ends_with(&typed) && mistake.typed == Some(typed));
        }
    }
}

#[test]
fn every_verbs_name_is_reached_by_each_of_its_prefixes_or_by_none_but_itself() {
    for verb in verbs::all().filter(|verb| !verb.guarded && verb.tail().is_none()) {
        for length in 1..=verb.name.len() {
            let prefix = &verb.name[..length];
            let rest = verb.examples[0].strip_prefix(verb.name).unwrap_or_default();
            if let Ok(line) = parse(&format!("{prefix}{rest}"), NOW) {
                let found = verbs::name(&line.command);
                assert!(found.starts_with(prefix), "{prefix} asks {found}");
                let heads = verbs::all()
                    .filter(|other| other.head().starts_with(prefix) && other.head() != verb.name);
                assert!(
                    found == prefix || heads.count() == 0,
                    "{prefix} is {found} although it can mean more"
                );
            }
        }
    }
}
