//! A text as the comments that hold it: one, or numbered parts where a case takes less in one.

use crate::{aws::sir::limits::case::MOST_OF_A_COMMENT as COMMENT, case::text};

/// What stands in place of a part that an edit left over: a case forgets no comment.
const FELL_AWAY: &str = "(This part fell away.)";

/// More than `· part 999 of 999:` and a line's end take.
const NUMBERS: usize = 30;

/// Words, and the name that stands before them.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) speaker: Option<&'a str>,
    pub(super) words: &'a str,
}

impl Named<'_> {
    pub(super) fn bodies(self) -> Vec<String> {
        let whole = self.below(self.speaker.map(str::to_owned));
        if whole.chars().count() <= COMMENT {
            return vec![whole];
        }
        let head = self.speaker.map_or(0, |speaker| speaker.chars().count()) + NUMBERS;
        let pieces = text::parts(self.words, COMMENT.saturating_sub(head).max(1));
        let of = pieces.len();
        let numbered = |(index, piece): (usize, &String)| {
            Named { words: piece, speaker: self.speaker }.below(Some(self.line(index + 1, of)))
        };
        pieces.iter().enumerate().map(numbered).collect()
    }

    /// Whether comments with these hashes, in any order, are those that hold the words.
    pub(super) fn is_held_by(self, hashes: &[&str]) -> bool {
        let mut needed: Vec<String> = self.bodies().iter().map(|body| text::hash(body)).collect();
        let left_over = hashes.len().saturating_sub(needed.len());
        needed.extend(std::iter::repeat_n(text::hash(&fallen_away(self.speaker)), left_over));
        needed.sort_unstable();
        let mut found = hashes.to_vec();
        found.sort_unstable();
        needed == found
    }

    fn line(self, part: usize, of: usize) -> String {
        let part = format!("part {part} of {of}");
        self.speaker.map_or_else(|| part.clone(), |speaker| format!("{speaker} · {part}"))
    }

    fn below(self, line: Option<String>) -> String {
        line.map_or_else(|| self.words.to_owned(), |line| format!("{line}:\n{}", self.words))
    }
}

pub(super) fn fallen_away(speaker: Option<&str>) -> String {
    Named { speaker, words: FELL_AWAY }.below(speaker.map(str::to_owned))
}

/// Which part a comment holds; 0 where it says of none.
pub(super) fn number(body: &str) -> usize {
    let line = body.lines().next().unwrap_or_default();
    let part = line.rsplit_once("part ").and_then(|(_, rest)| rest.split_once(" of "));
    part.and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    fn bodies(speaker: Option<&str>, words: &str) -> Vec<String> {
        Named { speaker, words }.bodies()
    }

    fn hold(speaker: Option<&str>, words: &str, hashes: &[&str]) -> bool {
        Named { speaker, words }.is_held_by(hashes)
    }

    #[test]
    fn what_fits_is_one_comment_and_of_what_does_not_every_character_is_in_a_part() {
        let named = Some("Ana (Jira)");
        assert_eq!(bodies(named, "short"), ["Ana (Jira):\nshort"]);
        assert_eq!(bodies(None, "short"), ["short"]);
        for speaker in [named, None] {
            for text in [
                "log line 0123456789 ".repeat(650),
                "é".repeat(12_001),
                "\n".repeat(30_000),
                "😀 ".repeat(20_000),
            ] {
                let parts = bodies(speaker, &text);
                let words: String = parts.iter().map(|part| part.split_once(":\n").unwrap().1).collect();
                assert_eq!(words, text);
                for (index, part) in parts.iter().enumerate() {
                    assert!(part.chars().count() <= COMMENT, "{}", part.chars().count());
                    let line = Named { speaker, words: "" }.line(index + 1, parts.len());
                    assert_eq!(part.lines().next(), Some(format!("{line}:").as_str()));
                    assert_eq!(number(part), index + 1);
                }
            }
        }
        assert_eq!(bodies(named, &"log line 0123456789 ".repeat(650)).len(), 2);
        assert_eq!(bodies(None, &"é".repeat(12_000)).len(), 1, "characters are counted");
        assert_eq!(number("Ana (Jira):\npart 2 of 3"), 0);
    }

    #[test]
    fn the_parts_that_a_case_holds_are_recognised_in_any_order_and_with_what_fell_away() {
        let (speaker, long) = (Some("Ana (Jira)"), "x".repeat(13_000));
        let hash = |text: &str| text::hash(text);
        let two: Vec<_> = bodies(speaker, &long).iter().map(|body| hash(body)).collect();
        let [first, second] = &two[..] else { panic!("two parts") };
        assert!(hold(speaker, &long, &[second, first]));
        let short = hash("Ana (Jira):\nshort");
        let fell = hash(&fallen_away(speaker));
        assert!(hold(speaker, "short", &[&short]) && hold(speaker, "short", &[&fell, &short]));
        for (words, other) in
            [(long.as_str(), vec![first.as_str()]), ("short", vec![&short, second]), ("short", vec![])]
        {
            assert!(!hold(speaker, words, &other));
        }
    }

    #[test]
    fn twice_the_text_is_parted_and_compared_in_twice_the_time() {
        is_steady(|text| bodies(Some("ana"), text).iter().map(|body| number(body)).sum::<usize>());
        is_steady(|text| hold(None, text, &[]));
    }
}
