//! Does a machine write in an issue, under a person's account? A rule of Jira's that runs as a person answers what we tell
//! there, and what it says would come back from the case as something new to answer.

use super::listening::Conversation;
use crate::{case::Millis, targets::jira::HeardComment};

/// Whoever reads before they answer takes longer, now and then.
const AT_ONCE: Millis = 10_000;
/// So many comments of ours, one after the other, each answered at once.
const IN_A_ROW: usize = 10;

pub(super) fn answers_at_once(comment: &HeardComment, said: &Conversation<'_>) -> bool {
    let until = comment.written();
    let is_theirs = |one: &&HeardComment| one.author == comment.author && one.written() <= until;
    let is_ours = |one: &&HeardComment| one.mark_by(&said.me).is_some() && one.written() <= until;
    answers_each(times(said.others.iter().filter(is_ours)), &times(said.people.iter().filter(is_theirs)))
}

fn times<'a>(comments: impl Iterator<Item = &'a HeardComment>) -> Vec<Millis> {
    let mut times: Vec<_> = comments.filter_map(HeardComment::written).collect();
    times.sort_unstable();
    times
}

/// Whether each of the last ones of ours has an answer of its own, at once.
fn answers_each(mut ours: Vec<Millis>, theirs: &[Millis]) -> bool {
    let latest = ours.split_off(ours.len().saturating_sub(IN_A_ROW));
    let mut answers = theirs.iter();
    latest.len() == IN_A_ROW
        && latest.into_iter().all(|asked| {
            let answer = answers.find(|at| **at >= asked);
            answer.is_some_and(|at| at - asked <= AT_ONCE)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_answers_each_of_ten_in_a_row_at_once_and_a_person_does_not() {
        let each = |count: i64, pause: Millis| (0..count).map(|number| number * pause).collect::<Vec<_>>();
        let after = |ours: &[Millis], time: Millis| ours.iter().map(|at| at + time).collect::<Vec<_>>();
        let ours = each(10, 60_000);
        assert!(answers_each(ours.clone(), &after(&ours, 10_000)));
        assert!(!answers_each(ours.clone(), &after(&ours, 10_001)), "too late");
        assert!(!answers_each(each(9, 60_000), &after(&ours, 1_000)), "too few");
        let mut most = after(&ours, 1_000);
        most.remove(4);
        assert!(!answers_each(ours.clone(), &most), "one was left alone");
        let many = each(40, 1_000);
        assert!(!answers_each(many.clone(), &[9_000, 19_000, 39_500]), "somebody writes while much is told");
        let earlier = [vec![-900_000, -800_000], ours.clone()].concat();
        assert!(answers_each(earlier, &after(&ours, 1)), "what was before counts no more");
    }
}
