//! Whose move is it, since when, and when is it time to say so?

use crate::case::{Case, Comment, Millis, Resolver, Seconds, Status};

const HOUR: Millis = 3_600_000;

/// Whether it is the user's own team's move; `None` once the case is closed.
pub fn is_ours(status: &Status, resolver: Resolver, waits_for_customer: bool) -> Option<bool> {
    (*status != Status::Closed).then_some(waits_for_customer || resolver == Resolver::Own)
}

/// What is known of whose move it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turn {
    /// The user's own team's (`true`), and since it became so or somebody last spoke. `None` once the case is closed.
    pub(crate) waiting: Option<(bool, Seconds)>,
    /// When the service last passed it to whoever has it.
    pub(crate) turned: Option<Seconds>,
    /// The service waits for the user still, though they have the last word.
    pub(crate) answered: bool,
}

impl Turn {
    /// What it is now, with what the comments add that are newer than what was known.
    pub(crate) fn passed(self, case: &Case, comments: &[Comment]) -> Self {
        let Some(asks) = is_ours(&case.status, case.resolver, case.waits_for_customer) else {
            return Self::default();
        };
        let asked = self.waiting.map(|(ours, _)| ours || self.answered);
        let known_to = self.waiting.map(|(_, since)| since);
        let turned = match asked {
            Some(before) if before == asks => self.turned.or(known_to),
            Some(_) => case.updated,
            None => case.created,
        };
        let newest = comments.iter().rfind(|one| known_to.is_none_or(|known| one.created >= known));
        let last_word_is_ours = match newest {
            Some(said) => !said.is_of_aws() && turned.is_none_or(|turned| said.created >= turned),
            None => self.answered && asked == Some(asks),
        };
        let answered = asks && case.resolver == Resolver::Aws && last_word_is_ours;
        let ours = asks && !answered;
        let kept = self.waiting.filter(|(before, _)| *before == ours).and(known_to);
        let spoke = comments.iter().map(|comment| comment.created).max();
        let since = kept.or(turned).max(spoke).or(case.updated).unwrap_or_default();
        Self { waiting: Some((ours, since)), turned, answered }
    }
}

/// When the thread is reminded: after the configured hours, but not in the quiet ones. `None` where never.
pub(crate) fn nudge_at(
    (_, since): (bool, Seconds),
    hours: u32,
    quiet: Option<([u8; 2], Millis)>,
) -> Option<Millis> {
    if hours == 0 {
        return None;
    }
    let at = since * 1_000 + Millis::from(hours) * HOUR;
    let Some(([from, to], offset)) = quiet else { return Some(at) };
    let at = at + offset;
    let (from, to) = (Millis::from(from), Millis::from(to));
    let hour = at.div_euclid(HOUR).rem_euclid(24);
    let into_the_quiet = (hour - from).rem_euclid(24);
    let quiet = (to - from).rem_euclid(24);
    let at = match into_the_quiet < quiet {
        true => (at.div_euclid(HOUR) + quiet - into_the_quiet) * HOUR,
        false => at,
    };
    Some(at - offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CommentId, snapshot::tests::case};

    fn said(by: &str, at: Seconds) -> Comment {
        Comment {
            id: CommentId::new(format!("{at:06}")),
            created: at,
            updated: None,
            creator: by.to_owned(),
            body: String::new(),
        }
    }

    fn aws(at: Seconds) -> Comment {
        said("AWS Responder", at)
    }

    fn us(at: Seconds) -> Comment {
        said("123456789012", at)
    }

    fn at(waiting: (bool, Seconds), turned: Seconds, answered: bool) -> Turn {
        Turn { waiting: Some(waiting), turned: Some(turned), answered }
    }

    /// A case of AWS's that was opened at 100 and changed at 200.
    fn case_that(waits_for_customer: bool) -> Case {
        Case { created: Some(100), updated: Some(200), waits_for_customer, ..case() }
    }

    #[test]
    fn the_waiting_begins_when_the_move_passes_or_somebody_speaks() {
        let (works, asks) = (case_that(false), case_that(true));
        let before = at((false, 100), 100, false);
        assert_eq!(Turn::default().passed(&works, &[]), before);
        assert_eq!(before.passed(&asks, &[]), at((true, 200), 200, false));
        assert_eq!(at((true, 150), 150, false).passed(&asks, &[]), at((true, 150), 150, false));
        assert_eq!(at((true, 150), 150, false).passed(&asks, &[aws(180)]), at((true, 180), 150, false));
        assert_eq!(at((false, 180), 100, false).passed(&works, &[us(190)]), at((false, 190), 100, false));
        let of_0_1_0 = Turn { waiting: Some((true, 250)), turned: None, answered: false };
        assert_eq!(of_0_1_0.passed(&asks, &[]), at((true, 250), 250, false));
        let closed = Case { status: Status::Closed, ..asks };
        assert_eq!(at((true, 150), 150, false).passed(&closed, &[]), Turn::default());
    }

    #[test]
    fn who_answered_waits_for_aws_since_their_answer_until_aws_speaks_again() {
        let (works, asks) = (case_that(false), case_that(true));
        let asked = at((true, 200), 200, false);
        let answered = asked.passed(&asks, &[aws(200), us(260)]);
        assert_eq!(answered, at((false, 260), 200, true));
        assert_eq!(answered.passed(&asks, &[]), answered, "no page of what was said");
        assert_eq!(answered.passed(&asks, &[aws(200), us(260), us(270)]), at((false, 270), 200, true));
        let again = answered.passed(&asks, &[aws(200), us(260), aws(300)]);
        assert_eq!(again, at((true, 300), 200, false));
        assert_eq!(again.passed(&asks, &[us(260), aws(300), us(310)]), at((false, 310), 200, true));
        assert_eq!(answered.passed(&works, &[us(260)]), at((false, 260), 200, false));
    }

    #[test]
    fn what_we_said_before_aws_asked_answers_nothing() {
        let asks = case_that(true);
        let before = at((false, 180), 100, false);
        assert_eq!(before.passed(&asks, &[us(180)]), at((true, 200), 200, false));
        assert_eq!(before.passed(&asks, &[us(180), us(230)]), at((false, 230), 200, true));
        assert_eq!(Turn::default().passed(&asks, &[aws(120), us(130)]), at((false, 130), 100, true));
        let of_ours = Case { resolver: Resolver::Own, ..asks };
        assert_eq!(Turn::default().passed(&of_ours, &[aws(120), us(130)]), at((true, 130), 100, false));
    }

    #[test]
    fn it_is_awss_move_only_on_its_own_case_that_waits_for_nobody() {
        let is_ours = |resolver, waits| is_ours(&Status::Submitted, resolver, waits);
        assert_eq!(is_ours(Resolver::Aws, false), Some(false));
        assert_eq!(is_ours(Resolver::Aws, true), Some(true));
        assert_eq!(is_ours(Resolver::Own, false), Some(true));
        assert_eq!(super::is_ours(&Status::Closed, Resolver::Own, true), None);
    }

    #[test]
    fn a_nudge_waits_for_the_end_of_the_quiet_hours() {
        let at = |hours: i64| Some(hours * HOUR);
        let night = |minutes: i64| Some(([22, 7], minutes * 60_000));
        assert_eq!(nudge_at((true, 0), 0, None), None);
        assert_eq!(nudge_at((true, 0), 24, None), at(24));
        assert_eq!(nudge_at((true, 0), 23, night(0)), at(31));
        assert_eq!(nudge_at((true, 0), 26, night(0)), at(31));
        assert_eq!(nudge_at((true, 0), 31, night(0)), at(31));
        assert_eq!(nudge_at((true, 0), 12, Some(([11, 13], 0))), at(13));
        // At 21:00 and at 06:00 UTC it is 22:30 and 07:30 there.
        assert_eq!(nudge_at((true, 0), 21, night(90)), Some(29 * HOUR + HOUR / 2));
        assert_eq!(nudge_at((true, 0), 30, night(90)), at(30));
        assert_eq!(nudge_at((true, 0), 8, night(-60)), at(8));
        assert_eq!(nudge_at((true, 0), 7, night(-60)), at(8));
    }
}
