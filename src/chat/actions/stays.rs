//! The gate that everything which people write in Jira passes, whatever brought it: which comments stay in their issue.

use super::floor::Floor;
use crate::{
    chat::policy::secret_scan,
    config::settings,
    targets::jira::{Audience, HeardComment, bare},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stays {
    /// It is not for everybody who sees the issue.
    Restricted,
    /// It is an internal note of a service project, and the settings keep those, or kept them when it was written.
    Internal,
    /// It was written before the issue was the case's.
    Older,
    /// It looks like it holds a secret of this kind.
    Secret(&'static str),
}

/// Why a comment, whose `words` would go to the case, stays in its issue; `None` where they may go. A secret is looked for
/// last: that a comment holds one is told in the issue, and nothing is told of what would stay anyway.
pub(crate) fn stays(
    comment: &HeardComment,
    words: &str,
    floor: Floor,
    settings: &settings::JiraSettings,
) -> Option<Stays> {
    let is_later = |floor: Option<_>| floor.is_none() || comment.written() > floor;
    match comment.audience {
        Audience::Restricted => return Some(Stays::Restricted),
        Audience::Team if !settings.internal_notes_are_comments || !is_later(floor.notes) => {
            return Some(Stays::Internal);
        }
        Audience::Team | Audience::Everybody if !is_later(floor.since) => return Some(Stays::Older),
        Audience::Team | Audience::Everybody => {}
    }
    secret_scan::secret(words).or_else(|| secret_scan::secret(&bare(&comment.body))).map(Stays::Secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::IssueCommentId;

    /// `2026-11-26T05:00:00.000+0000`
    const FIVE: i64 = 1_795_669_200_000;

    fn written(created: &str, audience: Audience) -> HeardComment {
        HeardComment { created: created.to_owned(), audience, ..HeardComment::of(IssueCommentId::new("1")) }
    }

    fn settings(internal_notes_are_comments: bool) -> settings::JiraSettings {
        let least = serde_json::json!({"api_url": "https://example.atlassian.net", "project": "SEC"});
        settings::JiraSettings { internal_notes_are_comments, ..serde_json::from_value(least).unwrap() }
    }

    #[test]
    fn what_is_not_for_everybody_in_jira_stays_there_and_notes_go_only_where_the_settings_say_so() {
        for (audience, expected, with_notes) in [
            (Audience::Everybody, None, None),
            (Audience::Team, Some(Stays::Internal), None),
            (Audience::Restricted, Some(Stays::Restricted), Some(Stays::Restricted)),
        ] {
            let comment = HeardComment { audience, ..HeardComment::of(IssueCommentId::new("1")) };
            assert_eq!(
                stays(&comment, "words", Floor::default(), &settings(false)),
                expected,
                "{audience:?}"
            );
            assert_eq!(
                stays(&comment, "words", Floor::default(), &settings(true)),
                with_notes,
                "{audience:?}"
            );
        }
    }

    #[test]
    fn a_note_that_was_kept_once_is_kept_for_ever() {
        let floor = Floor { notes: Some(FIVE), ..Floor::default() };
        for (created, expected) in [
            ("2026-11-26T05:00:00.000+0000", Some(Stays::Internal)),
            ("2026-11-26T05:00:00.001+0000", None),
            ("", Some(Stays::Internal)),
        ] {
            assert_eq!(stays(&written(created, Audience::Team), "words", floor, &settings(true)), expected);
            assert_eq!(stays(&written(created, Audience::Everybody), "words", floor, &settings(true)), None);
        }
    }

    #[test]
    fn what_is_older_than_the_link_stays_whoever_reads_it() {
        let floor = Floor { since: Some(FIVE), ..Floor::default() };
        let key = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
        for (created, expected) in [
            ("2026-11-25T05:00:00.000+0000", Some(Stays::Older)),
            ("2026-11-26T06:00:00.000+0100", Some(Stays::Older)),
            ("2026-11-26T05:00:00.001+0000", None),
            ("2026-11-26T04:00:00.001-0100", None),
            ("soon", Some(Stays::Older)),
        ] {
            for audience in [Audience::Everybody, Audience::Team] {
                let of = |words| stays(&written(created, audience), words, floor, &settings(true));
                assert_eq!(of("words"), expected, "{created}");
                assert_eq!(of(&key), expected.or(Some(Stays::Secret("an AWS access key id"))), "{created}");
            }
        }
    }

    #[test]
    fn a_secret_of_which_a_half_is_struck_is_one() {
        let half = |text: &str, marks| serde_json::json!({ "type": "text", "text": text, "marks": marks });
        let halves = [
            half("AKIA", serde_json::json!([])),
            half("IOSFODNN7EXAMPLE", serde_json::json!([{ "type": "strike" }])),
        ];
        let body =
            serde_json::json!({ "type": "doc", "content": [{ "type": "paragraph", "content": halves }] });
        let comment = HeardComment {
            audience: Audience::Everybody,
            body,
            ..HeardComment::of(IssueCommentId::new("1"))
        };
        let words = crate::targets::jira::plain(&comment.body, &Default::default());
        assert_eq!(secret_scan::secret(&words), None);
        let stays = stays(&comment, &words, Floor::default(), &settings(true));
        assert_eq!(stays, Some(Stays::Secret("an AWS access key id")));
    }

    #[test]
    fn a_secret_stays_and_is_named_only_where_everybody_can_read_it_already() {
        let words = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
        let secret = Some(Stays::Secret("an AWS access key id"));
        for (audience, expected) in [
            (Audience::Everybody, secret),
            (Audience::Team, secret),
            (Audience::Restricted, Some(Stays::Restricted)),
        ] {
            let comment = HeardComment { audience, ..HeardComment::of(IssueCommentId::new("1")) };
            assert_eq!(stays(&comment, &words, Floor::default(), &settings(true)), expected, "{audience:?}");
        }
        let note = HeardComment { audience: Audience::Team, ..HeardComment::of(IssueCommentId::new("1")) };
        assert_eq!(stays(&note, &words, Floor::default(), &settings(false)), Some(Stays::Internal));
    }
}
