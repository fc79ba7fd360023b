//! The gate that everything which people write in Jira passes, whatever brought it: which comments stay in their issue.

use super::floor::Floor;
use crate::{
    case::{MemberId, Millis},
    chat::policy::{
        roles, secret_scan,
        since::{Since, TooOld},
    },
    config::settings,
    targets::jira::{Audience, HeardComment, IssueFile, ShownFiles, bare},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stays {
    /// It is not for everybody who sees the issue.
    Restricted,
    /// It is an internal note of a service project, and the settings keep those, or kept them when it was written.
    Internal,
    /// It was written before the issue was the case's, or before its writer had a role.
    Older,
    /// A bridge wrote it, ours or another: what the case says would come back to it, round after round.
    Bridge,
    /// Whoever wrote it may not comment on cases; nor may anybody of whom Jira says nothing.
    NoRole,
    /// A machine wrote it, under the account of a person who has a role.
    Machine,
    /// It looks like it holds a secret of this kind.
    Secret(&'static str),
}

/// What is asked of each comment of an issue.
pub(crate) struct Gate<'g> {
    pub(crate) floor: Floor,
    pub(crate) since: &'g Since,
    pub(crate) settings: &'g settings::JiraSettings,
    /// When the news came: what was written moments before is judged by the settings as they are.
    pub(crate) came: Millis,
    /// How far our clock is ahead of Jira's, as far as the news tells.
    pub(crate) ahead: Millis,
}

impl Gate<'_> {
    /// Why a comment, whose `words` would go to the case, stays in its issue; `None` where they may go. A secret is looked
    /// for last: that a comment holds one is told in the issue, and nothing is told of what would stay anyway.
    /// `by`: the ids by which the settings may name whoever wrote it as it stands.
    pub(crate) fn stays(&self, comment: &HeardComment, words: &str, by: &[MemberId]) -> Option<Stays> {
        if let Some(hidden) = self.hides(comment) {
            return Some(hidden);
        }
        if self.is_older(comment.written()) {
            return Some(Stays::Older);
        }
        if comment.mark.is_some() {
            return Some(Stays::Bridge);
        }
        if let Some(stays) = self.may(by, comment.changed().or(comment.written())) {
            return Some(stays);
        }
        secret_scan::secret(words).or_else(|| secret_scan::secret(&bare(&comment.body))).map(Stays::Secret)
    }

    /// Whether it is not for everybody: then what the case has of it is taken back, too.
    pub(crate) fn hides(&self, comment: &HeardComment) -> Option<Stays> {
        let lets_notes_out = self.settings.internal_notes_are_comments && is_later(comment, self.floor.notes);
        match comment.audience {
            Audience::Restricted => Some(Stays::Restricted),
            Audience::Team => (!lets_notes_out).then_some(Stays::Internal),
            Audience::Everybody => None,
        }
    }

    /// The same of a file. It is for those for whom a comment is that shows it, whoever wrote that.
    pub(crate) fn file_stays<'c>(
        &self,
        file: &IssueFile,
        comments: impl Iterator<Item = &'c HeardComment>,
        by: &[MemberId],
    ) -> Option<Stays> {
        let mut hidden = comments.filter_map(|one| Some((self.hides(one)?, one)));
        if let Some((stays, _)) = hidden.find(|(_, one)| may_show(one, file)) {
            return Some(stays);
        }
        if self.is_older(file.created) {
            return Some(Stays::Older);
        }
        let stays = self.may(by, file.created);
        stays.or_else(|| secret_scan::secret(&file.name).map(Stays::Secret))
    }

    /// Whether something stood there before the issue was the case's, or may have.
    pub(crate) fn is_older(&self, written: Option<Millis>) -> bool {
        self.floor.since.is_some() && written <= self.floor.since
    }

    fn may(&self, by: &[MemberId], written: Option<Millis>) -> Option<Stays> {
        let written = written.unwrap_or_default().saturating_add(self.ahead);
        match self.since.may_in_issue(written, by, self.came) {
            Ok(()) => None,
            Err(TooOld::Role) => Some(Stays::Older),
            Err(_) => Some(Stays::NoRole),
        }
    }
}

/// Whether a comment shows a file, as far as anybody can tell: one without a name may be any of its writer's until then.
fn may_show(comment: &HeardComment, file: &IssueFile) -> bool {
    let shown = ShownFiles::of(&comment.body);
    let is_theirs = || {
        let by = [comment.author.as_ref(), comment.editor.as_ref().map(|editor| &editor.account)];
        by.contains(&file.author.as_ref().map(|author| &author.account)) && file.created <= comment.changed()
    };
    shown.names(&file.name) || (shown.some_without_a_name && is_theirs())
}

impl Stays {
    /// What the audit trail calls it.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::Restricted => "for some in Jira only",
            Self::Internal => "an internal note in Jira",
            Self::Older => "older than its link or role",
            Self::Bridge => "written by a bridge",
            Self::NoRole => roles::RULE,
            Self::Machine => "written by a machine",
            Self::Secret(_) => secret_scan::RULE,
        }
    }
}

fn is_later(comment: &HeardComment, floor: Option<Millis>) -> bool {
    floor.is_none() || comment.written() > floor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{AccountId, IssueCommentId},
        targets::{jira::Person, mark::Mark},
    };

    /// `2026-11-26T05:00:00.000+0000`
    const FIVE: i64 = 1_795_669_200_000;

    const ANA: &str = "5b10ac8d82e05b22cc7d4ef5";

    fn by_ana(audience: Audience) -> HeardComment {
        let author = Some(AccountId::new(ANA));
        HeardComment { author, audience, ..HeardComment::of(IssueCommentId::new("1")) }
    }

    fn written(created: &str, audience: Audience) -> HeardComment {
        let [created, updated] = [created, created].map(str::to_owned);
        HeardComment { created, updated, ..by_ana(audience) }
    }

    fn jira(internal_notes_are_comments: bool) -> settings::JiraSettings {
        let least = serde_json::json!({"api_url": "https://example.atlassian.net", "project": "SEC"});
        settings::JiraSettings { internal_notes_are_comments, ..serde_json::from_value(least).unwrap() }
    }

    /// What holds since this time; Ana may comment.
    fn since(at: Millis) -> Since {
        let text = format!("[slack]\nteam = 'T1'\nchannel = 'C1'\n[roles]\nresponder = ['{ANA}']");
        Since::of(&toml::from_str(&text).unwrap(), at)
    }

    fn by(comment: &HeardComment) -> Vec<MemberId> {
        comment.speaker().iter().map(|person| MemberId::new(person.account.as_str())).collect()
    }

    fn stays(
        comment: &HeardComment,
        words: &str,
        floor: Floor,
        settings: &settings::JiraSettings,
    ) -> Option<Stays> {
        Gate { floor, since: &since(-1), settings, came: FIVE, ahead: 0 }.stays(comment, words, &by(comment))
    }

    #[test]
    fn only_what_somebody_wrote_who_had_a_role_then_leaves_its_issue() {
        let (before, after) = ("2026-11-26T04:00:00.000+0000", "2026-11-26T05:00:00.000+0000");
        let eve = || Some(Person { account: AccountId::new("eve"), name: "Eve".to_owned() });
        let of = |comment: &HeardComment| {
            Gate {
                floor: Floor::default(),
                since: &since(FIVE),
                settings: &jira(false),
                came: FIVE + 600_000,
                ahead: 0,
            }
            .stays(comment, "words", &by(comment))
        };
        let mine = |created: &str| written(created, Audience::Everybody);
        assert_eq!(of(&mine(after)), None);
        assert_eq!(of(&mine(before)), Some(Stays::Older));
        for held in [
            HeardComment { author: eve().map(|eve| eve.account), ..mine(after) },
            HeardComment { author: None, ..mine(after) },
            HeardComment { updated: after.to_owned(), editor: eve(), ..mine(before) },
            HeardComment { updated: after.to_owned(), editor: None, ..mine(before) },
        ] {
            assert_eq!(of(&held), Some(Stays::NoRole), "{held:?}");
        }
        let marked = HeardComment { mark: Some(Mark::new("home#x")), ..mine(after) };
        assert_eq!(of(&marked), Some(Stays::Bridge), "whatever role its account has");
        let again = Some(Person { account: AccountId::new(ANA), name: "Ana".to_owned() });
        let edited = HeardComment { updated: after.to_owned(), editor: again, ..mine(before) };
        assert_eq!(of(&edited), None, "said again with a role");
    }

    #[test]
    fn what_is_not_for_everybody_in_jira_stays_there_and_notes_go_only_where_the_settings_say_so() {
        for (audience, expected, with_notes) in [
            (Audience::Everybody, None, None),
            (Audience::Team, Some(Stays::Internal), None),
            (Audience::Restricted, Some(Stays::Restricted), Some(Stays::Restricted)),
        ] {
            let comment = by_ana(audience);
            assert_eq!(stays(&comment, "words", Floor::default(), &jira(false)), expected, "{audience:?}");
            assert_eq!(stays(&comment, "words", Floor::default(), &jira(true)), with_notes, "{audience:?}");
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
            assert_eq!(stays(&written(created, Audience::Team), "words", floor, &jira(true)), expected);
            assert_eq!(stays(&written(created, Audience::Everybody), "words", floor, &jira(true)), None);
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
                let of = |words| stays(&written(created, audience), words, floor, &jira(true));
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
        let comment = HeardComment { body, ..by_ana(Audience::Everybody) };
        let words = crate::targets::jira::plain(&comment.body, &Default::default());
        assert_eq!(secret_scan::secret(&words), None);
        let stays = stays(&comment, &words, Floor::default(), &jira(true));
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
            let comment = by_ana(audience);
            assert_eq!(stays(&comment, &words, Floor::default(), &jira(true)), expected, "{audience:?}");
        }
        let note = by_ana(Audience::Team);
        assert_eq!(stays(&note, &words, Floor::default(), &jira(false)), Some(Stays::Internal));
    }
}
