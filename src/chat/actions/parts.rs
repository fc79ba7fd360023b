//! A text as the comments that hold it: one, or numbered parts where a case takes less in one.

use sha2::{Digest, Sha256};

use crate::{aws::sir::limits::case::MOST_OF_A_COMMENT as COMMENT, case::text};

/// What stands in place of a part that an edit left over: a case forgets no comment.
const FELL_AWAY: &str = "(This part fell away.)";

/// More than `· part 999 of 999:` and a line's end take.
const NUMBERS: usize = 30;

/// The comments that hold what somebody said. The line that names the speaker numbers them.
pub fn bodies(speaker: Option<&str>, words: &str) -> Vec<String> {
    let whole = below(speaker.map(str::to_owned), words);
    if whole.chars().count() <= COMMENT {
        return vec![whole];
    }
    let head = speaker.map_or(0, |speaker| speaker.chars().count()) + NUMBERS;
    let pieces = text::parts(words, COMMENT.saturating_sub(head).max(1));
    let of = pieces.len();
    let numbered = |(index, piece): (usize, &String)| {
        below(Some(line(speaker, &format!("part {} of {of}", index + 1))), piece)
    };
    pieces.iter().enumerate().map(numbered).collect()
}

/// What a comment says that holds no part any more.
pub fn fallen_away(speaker: Option<&str>) -> String {
    below(speaker.map(str::to_owned), FELL_AWAY)
}

/// Which part a comment holds; 0 where it says of none.
pub fn number(body: &str) -> usize {
    let line = body.lines().next().unwrap_or_default();
    let part = line.rsplit_once("part ").and_then(|(_, rest)| rest.split_once(" of "));
    part.and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}

/// Names a part at the service, which makes a comment once for each such name. The first has the command's own.
pub fn token(command: &str, index: usize) -> String {
    match index {
        0 => command.to_owned(),
        _ => text::hex(&Sha256::digest(format!("{command}|{index}"))),
    }
}

/// Whether comments with these hashes, in any order, are those that hold the words.
pub fn hold(speaker: Option<&str>, words: &str, hashes: &[&str]) -> bool {
    let mut needed: Vec<String> = bodies(speaker, words).iter().map(|body| text::hash(body)).collect();
    let left_over = hashes.len().saturating_sub(needed.len());
    needed.extend(std::iter::repeat_n(text::hash(&fallen_away(speaker)), left_over));
    needed.sort_unstable();
    let mut found = hashes.to_vec();
    found.sort_unstable();
    needed == found
}

fn line(speaker: Option<&str>, part: &str) -> String {
    speaker.map_or_else(|| part.to_owned(), |speaker| format!("{speaker} · {part}"))
}

fn below(line: Option<String>, words: &str) -> String {
    line.map_or_else(|| words.to_owned(), |line| format!("{line}:\n{words}"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
                    let line = line(speaker, &format!("part {} of {}:", index + 1, parts.len()));
                    assert_eq!(part.lines().next(), Some(line.as_str()));
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
        assert_eq!(token("made", 0), "made");
        assert!(token("made", 1).len() == 64 && token("made", 1) != token("made", 2));
    }
}
