//! Bold and italic of a text without rich text: what is read loses the marks and keeps the words.
//! <https://docs.slack.dev/messaging/formatting-message-text/#basic-formatting>

const MARKS: [char; 2] = ['*', '_'];
const FENCE: &str = "```";

/// The words without their marks. What stands in code, or in a mention or link, stays as it is; struck words keep theirs,
/// which say something.
pub(super) fn unmarked(text: &str) -> String {
    if !text.contains(MARKS) {
        return text.to_owned();
    }
    each_second(text, FENCE, each_second_line)
}

fn each_second_line(lines: &str) -> String {
    lines.split_inclusive('\n').map(|line| each_second(line, "`", plain)).collect()
}

/// What stands outside of such signs, changed so; what stands between two of them stays.
fn each_second(text: &str, sign: &str, change: impl Fn(&str) -> String) -> String {
    let parts: Vec<&str> = text.split(sign).collect();
    let pairs = (parts.len() - 1) / 2 * 2;
    let each = parts.iter().enumerate();
    let each =
        each.map(|(at, part)| if at % 2 == 0 || at > pairs { change(part) } else { (*part).to_owned() });
    each.collect::<Vec<_>>().join(sign)
}

/// Of a piece of a line.
fn plain(piece: &str) -> String {
    let letters: Vec<char> = piece.chars().collect();
    let mut dropped = vec![false; letters.len()];
    let inside = inside_entities(&letters);
    for mark in MARKS {
        let is_mark = |at: usize| letters[at] == mark && !inside[at];
        let before = |at: usize| at.checked_sub(1).map(|at| letters[at]);
        let after = |at: usize| letters.get(at + 1).copied();
        let is_edge = |letter: Option<char>| letter.is_none_or(|one| !one.is_alphanumeric() && one != mark);
        let is_word = |letter: Option<char>| letter.is_some_and(|one| !one.is_whitespace() && one != mark);
        let begins = |at: usize| is_mark(at) && is_edge(before(at)) && is_word(after(at));
        let ends = |at: usize| is_mark(at) && is_word(before(at)) && is_edge(after(at));
        let mut begun = None;
        for at in 0..letters.len() {
            match begun {
                Some(from) if ends(at) => {
                    (dropped[from], dropped[at], begun) = (true, true, None);
                }
                None if begins(at) => begun = Some(at),
                _ => {}
            }
        }
    }
    letters.into_iter().zip(dropped).filter(|(_, dropped)| !dropped).map(|(letter, _)| letter).collect()
}

/// Which letters stand in `<…>`.
fn inside_entities(letters: &[char]) -> Vec<bool> {
    let mut inside = vec![false; letters.len()];
    let mut begun = None;
    for (at, letter) in letters.iter().enumerate() {
        match (letter, begun) {
            ('<', _) => begun = Some(at),
            ('>', Some(from)) => {
                inside[from..=at].fill(true);
                begun = None;
            }
            _ => {}
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    #[test]
    fn marks_of_bold_and_italic_go_and_all_else_stays() {
        for (sent, read) in [
            ("*done* :tada:", "done :tada:"),
            ("_really_ *all of it*, (*now*)", "really all of it, (now)"),
            ("*_both_* ~not this~", "both ~not this~"),
            ("2 * 3 * 4, 5*6*7, snake_case_name, __init__", "2 * 3 * 4, 5*6*7, snake_case_name, __init__"),
            ("rm *.log and *.txt", "rm *.log and *.txt"),
            ("`*a*` *b* ```\n*c*\n``` *d*", "`*a*` b ```\n*c*\n``` d"),
            ("one ` tick *b*", "one ` tick b"),
            ("<https://a.test/*x*|*y*> <@U1> *z*", "<https://a.test/*x*|*y*> <@U1> z"),
            ("*over\na line*", "*over\na line*"),
            ("** * *", "** * *"),
        ] {
            assert_eq!(unmarked(sent), read, "{sent:?}");
        }
    }

    #[test]
    fn twice_the_text_is_read_in_twice_the_time() {
        is_steady(unmarked);
        is_steady(|text| unmarked(&format!("*a {text}").replace('a', "*a ")));
    }
}
