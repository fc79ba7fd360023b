//! What is read of a case's issue before anything that people did there is done: what they say, and what is known of it.

use super::{
    TOLD_FOR,
    context::{ActionError, CommandContext},
    findings::{AuditEnd, Findings, HeardBy},
    floor::Floor,
    retry::is_for_now,
    stays::Gate,
};
use crate::{
    case::{AccountId, CaseId, IssueId, MemberId, Millis},
    chat::{
        ingress::{act::CommandKey, context::ChatContext, job::Job},
        policy::{
            identity::Profile,
            roles::{self, Identity},
            since::{self, Since},
        },
    },
    http::Failure,
    state::{
        Note, Told,
        key::Key,
        notes::{self, PlaceNote},
    },
    targets::{
        jira::{self, AccountType, HeardComment, Jira, Names, Person},
        slack::Slack,
    },
};

/// The case that an issue is told for, with what is known of it at Jira; `None` where it is another's by now, or nobody's.
pub(super) async fn case_of(
    chat: &ChatContext<'_>,
    issue: &IssueId,
) -> Result<Option<(CaseId, PlaceNote)>, ActionError> {
    let store = chat.world.store();
    let Some(case) = store.bound(&format!("jira/{issue}")).await? else { return Ok(None) };
    notes::readable(store, &case).await?;
    let meta = store.meta(&case).await?.unwrap_or_default();
    let note = meta.note::<PlaceNote>(&case, Note::Of(jira::KIND))?.0;
    let is_its_own = note.home.as_ref().is_none_or(|home| *issue == home.place.as_str());
    Ok(is_its_own.then_some((case, note)))
}

/// What is said in a case's issue, as it stands there now.
pub(super) struct Conversation<'a> {
    pub(super) case: &'a CaseId,
    pub(super) issue: &'a IssueId,
    /// The case is noted to be told there; if not, the issue is being made just now.
    pub(super) is_home: bool,
    pub(super) me: AccountId,
    pub(super) people: Vec<HeardComment>,
    /// What everybody else did; we among them.
    pub(super) others: Vec<HeardComment>,
}

impl<'a> Conversation<'a> {
    pub(super) async fn read(
        jira: &Jira<'_>,
        case: &'a CaseId,
        issue: &'a IssueId,
        is_home: bool,
    ) -> Result<Self, ActionError> {
        let me = jira.me().await?;
        let (people, others) =
            written(jira, issue).await?.into_iter().partition(|comment| is_a_persons(comment, &me));
        Ok(Self { case, issue, is_home, me, people, others })
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &HeardComment> {
        self.people.iter().chain(&self.others)
    }

    /// Who speaks there, by account: a mention need not tell a name.
    pub(super) fn names(&self) -> Names {
        let known = self.all().filter(|comment| !comment.author_name.is_empty());
        known
            .filter_map(|comment| Some((comment.author.clone()?.into(), comment.author_name.clone())))
            .collect()
    }
}

async fn written(jira: &Jira<'_>, issue: &IssueId) -> Result<Vec<HeardComment>, ActionError> {
    let (mut comments, mut next) = (Vec::new(), Some(0));
    while let Some(start) = next {
        let page = jira.comments(issue, start).await?;
        comments.extend(page.items);
        next = page.next;
    }
    Ok(comments)
}

/// By a person of the site: not by us, by another app, or by a customer on a portal. Ours is what bears our mark: a person
/// may have lent us the account.
fn is_a_persons(comment: &HeardComment, me: &AccountId) -> bool {
    comment.account_type == AccountType::Atlassian && comment.mark_by(me).is_none()
}

/// With what a job about an issue works.
pub(super) struct Listening<'a> {
    pub(super) chat: &'a ChatContext<'a>,
    pub(super) jira: &'a Jira<'a>,
    pub(super) job: &'a Job,
    pub(super) since: Since,
}

/// Who does something there, and under which key.
pub(super) struct Acting<'a> {
    pub(super) key: &'a CommandKey,
    pub(super) person: &'a Profile,
    pub(super) slack: &'a Slack<'a>,
    pub(super) found: &'a Findings,
}

impl<'a> Listening<'a> {
    pub(super) async fn begin(
        chat: &'a ChatContext<'a>,
        jira: &'a Jira<'a>,
        job: &'a Job,
    ) -> Result<Self, ActionError> {
        Ok(Self { chat, jira, job, since: since::seen(chat.world, chat.settings).await? })
    }

    pub(super) fn context<'c>(&'c self, acting: &Acting<'c>) -> CommandContext<'c> {
        let Acting { key, person, slack, found } = *acting;
        let ChatContext { world, settings, secrets } = *self.chat;
        CommandContext {
            world,
            settings,
            job: self.job,
            key,
            person,
            slack,
            jira: Some(self.jira),
            secrets,
            since: world.now(),
            again: false,
            found,
        }
    }

    /// What is asked of all that people wrote or put there.
    pub(super) async fn gate(&self, said: &Conversation<'_>) -> Result<Gate<'_>, ActionError> {
        let (job, now) = (self.job, self.chat.world.now());
        Ok(Gate {
            floor: Floor::of(self.jira, said).await?,
            since: &self.since,
            settings: self.jira.settings,
            came: came(job, now),
            ahead: job.act.happened().map_or(0, |happened| job.at - happened),
        })
    }

    pub(super) async fn told(&self, case: &CaseId) -> Result<Vec<(Key, Told)>, ActionError> {
        Ok(self.chat.world.store().all_told(case, jira::KIND).await?)
    }

    /// By what the settings may name somebody in Jira: the account, and those groups of the settings that it is in. Nobody where
    /// there is nobody; `None` where Jira does not tell, and nothing may be taken.
    pub(super) async fn ids(&self, person: Option<&Person>) -> Result<Option<Vec<MemberId>>, ActionError> {
        let Some(Person { account, .. }) = person else { return Ok(Some(Vec::new())) };
        let own = MemberId::new(account.as_str());
        let roles = self.chat.settings.roles_at_hand();
        let speakers = roles.iter().flat_map(|(_, roles)| roles::speakers(roles));
        let named: Vec<_> = speakers.filter(|id| id.group_in_jira().is_some()).collect();
        if named.is_empty() || self.since.names(&own) {
            return Ok(Some(vec![own]));
        }
        match self.jira.groups_of(account).await {
            Ok(groups) => {
                let is_in = |id: &&&MemberId| groups.iter().any(|group| id.group_in_jira() == Some(group));
                Ok(Some(named.iter().filter(is_in).copied().cloned().chain([own]).collect()))
            }
            Err(Failure::Gone { .. }) => Ok(Some(vec![own])),
            Err(failure) if is_for_now(&failure) => Err(failure.into()),
            Err(failure) => {
                tracing::warn!(%failure, "in which groups somebody is in Jira is not known");
                Ok(None)
            }
        }
    }

    pub(super) fn profile(&self, person: &Person) -> Profile {
        let identity = Identity::of_account(self.chat.settings, &person.account);
        Profile { identity, name: person.name.clone(), email: None }
    }

    pub(super) async fn record(&self, heard: &HeardBy<'_>, found: &Findings, error: Option<&ActionError>) {
        let ended = match error {
            None => AuditEnd::Answered,
            Some(ActionError::Said(_)) => AuditEnd::Refused,
            Some(_) => AuditEnd::Unknown,
        };
        let world = self.chat.world;
        world.record(found.line_in_issue(heard, ended, world.now())).await;
    }
}

/// When the news came, where it is tried again by the inbox itself; later it is judged as of now.
fn came(job: &Job, now: Millis) -> Millis {
    if now - job.at < TOLD_FOR { job.at } else { now }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case::IssueCommentId, targets::mark::Mark};

    #[test]
    fn only_what_people_wrote_goes_to_the_case() {
        let me = AccountId::new("me");
        let person = HeardComment {
            author: Some(AccountId::new("a1")),
            account_type: AccountType::Atlassian,
            ..HeardComment::of(IssueCommentId::new("1"))
        };
        assert!(is_a_persons(&person, &me));
        let lent = HeardComment { author: Some(me.clone()), ..person.clone() };
        assert!(is_a_persons(&lent, &me), "whose account is ours as well");
        for other in [
            HeardComment { author: Some(me.clone()), mark: Some(Mark::new("home")), ..person.clone() },
            HeardComment { account_type: AccountType::App, ..person.clone() },
            HeardComment { account_type: AccountType::Customer, ..person.clone() },
            HeardComment { account_type: AccountType::Other(String::new()), ..person },
        ] {
            assert!(!is_a_persons(&other, &me));
        }
    }
}
