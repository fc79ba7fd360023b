//! What stays in an issue: how its people hear of that, once, and how the audit trail does.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    context::ActionError,
    findings::{AuditEnd, Findings, HeardBy},
    issue_files,
    listening::{Conversation, Listening},
    retry::is_for_now,
    withdrawal::Withdrawn,
};
use crate::{
    case::{AccountId, CaseId},
    chat::ingress::act::CommandKey,
    state::{self, NO_LEASE, Seen, Store, Told, key::Key},
    targets::{
        jira::{self, HeardComment, IssueFile, Jira, Person},
        mark::Mark,
    },
};

/// What an issue is told, under the key under which that is told once.
pub(crate) struct IssueNotice {
    pub(crate) key: Key,
    words: Value,
}

impl IssueNotice {
    /// A comment looks like it holds a secret of this kind: told as the comment was written, and once more after each edit
    /// that leaves a secret in it.
    pub(crate) fn secret(comment: &HeardComment, case: &CaseId, kind: &str) -> Self {
        let key = Key(format!("withheld/{}/{}", comment.id, comment.changed().unwrap_or_default()));
        Self { key, words: jira::withheld(comment, case, kind) }
    }

    /// Somebody has no role: told once an issue, of the first of them.
    pub(crate) fn no_role(person: &Person, case: &CaseId) -> Self {
        Self { key: Key("norole".to_owned()), words: jira::no_role(person, case) }
    }

    /// Somebody's account answers all that we tell: told once an issue.
    pub(crate) fn machine(person: &Person, case: &CaseId) -> Self {
        Self { key: Key("machine".to_owned()), words: jira::machine(person, case) }
    }

    pub(crate) fn closed(case: &CaseId) -> Self {
        Self { key: Key("closed".to_owned()), words: jira::too_late(case) }
    }

    /// AWS did not take a comment: told once for each of its texts.
    pub(crate) fn refused(comment: &HeardComment, case: &CaseId, why: &str) -> Self {
        let key = Key(format!("untaken/{}/{}", comment.id, comment.changed().unwrap_or_default()));
        Self { key, words: jira::refused(comment, case, why) }
    }

    /// A file is not attached, and never will be.
    pub(crate) fn file(file: &IssueFile, case: &CaseId, why: &str) -> Self {
        let key = Key(format!("untaken/{}", issue_files::key(&file.id)));
        Self { key, words: jira::file_stays(&file.name, case, why) }
    }

    /// What somebody wrote was taken back from the case.
    pub(crate) fn withdrawn(comment: &HeardComment, case: &CaseId, withdrawn: &Withdrawn) -> Self {
        let of = Self::of_withdrawn(comment.id.as_str());
        let key = Key(format!("{of}{}", comment.changed().unwrap_or_default()));
        Self { key, words: jira::withdrawn(case, &withdrawn.words, &withdrawn.notes()) }
    }

    /// How the keys of such notices about a comment begin.
    pub(crate) fn of_withdrawn(comment: &str) -> String {
        format!("withdrawn/{comment}/")
    }

    /// Tells it, unless it stands in the issue.
    ///
    /// Jobs on one issue come one after the other, and one that had no answer comes again only when its request must
    /// have arrived (the inbox's visibility timeout): what does not stand there then was not told.
    ///
    /// # Errors
    /// It may be told, or can be soon: the job must come again. Where Jira takes no comment of ours at all, no error: the
    /// issue's other comments must not wait for this. Answers whether it stands there.
    pub(crate) async fn tell(&self, jira: &Jira<'_>, said: &Conversation<'_>) -> Result<bool, ActionError> {
        let (key, case) = (&self.key, said.case);
        let is_there = |mark: &Mark| mark.as_str() == key.0;
        let there = said.others.iter().find(|other| other.mark_by(&said.me).is_some_and(is_there));
        let told = match there {
            Some(there) => Ok(there.id.clone()),
            None => jira.comment(said.issue, &Mark::new(&key.0), self.words.clone()).await,
        };
        match told {
            Ok(remote) => remember(jira.world.store(), case, key.clone(), remote.into()).await.map(|()| true),
            Err(failure) if is_for_now(&failure) => Err(failure.into()),
            Err(failure) => {
                tracing::warn!(%case, %key, %failure, "an issue was not told what stays in it");
                Ok(false)
            }
        }
    }
}

/// Something that stays in its issue.
pub(super) struct Kept {
    /// What the issue is told of it, if anything.
    notice: Option<IssueNotice>,
    /// Under which the audit trail has a line of it, once.
    line: Key,
    who: Option<AccountId>,
    act: CommandKey,
    found: Findings,
}

impl Kept {
    pub(super) fn comment(said: &Conversation<'_>, comment: &HeardComment, rule: &'static str) -> Self {
        let found = Findings::of_comment(said.case);
        found.refused(rule);
        Self {
            notice: None,
            line: Key(format!("stays/{}/{}/{rule}", comment.id, comment.changed().unwrap_or_default())),
            who: comment.speaker().map(|person| person.account),
            act: CommandKey::of_issue_comment(said.issue, &comment.id),
            found,
        }
    }

    pub(super) fn file(said: &Conversation<'_>, file: &IssueFile, rule: &'static str) -> Self {
        let found = Findings::of_file(said.case);
        found.refused(rule);
        Self {
            notice: None,
            line: Key(format!("stays/{}/{rule}", issue_files::key(&file.id))),
            who: file.author.as_ref().map(|person| person.account.clone()),
            act: CommandKey::of(format!("jira|{}|file|{}", said.issue, file.id)),
            found,
        }
    }

    /// What was found out when it was tried.
    pub(super) fn after(self, found: Findings) -> Self {
        Self { found, ..self }
    }

    pub(super) fn told(self, notice: IssueNotice) -> Self {
        Self { notice: Some(notice), ..self }
    }

    pub(super) fn is_known_to(&self, told: &[(Key, Told)]) -> bool {
        told.iter().any(|(key, _)| *key == self.line)
    }

    /// Tells the issue and the audit trail what they do not know yet. Answers whether the issue knows all of it.
    pub(super) async fn say_all(
        with: &Listening<'_>,
        said: &Conversation<'_>,
        (kept, told): (&[Self], &[(Key, Told)]),
    ) -> Result<bool, ActionError> {
        let mut known: HashSet<&Key> = told.iter().map(|(key, _)| key).collect();
        let mut all_told = true;
        for one in kept {
            if let Some(notice) = one.notice.as_ref().filter(|notice| known.insert(&notice.key)) {
                all_told &= notice.tell(with.jira, said).await?;
            }
            if known.insert(&one.line) {
                let heard = HeardBy { who: one.who.clone(), issue: said.issue, act: &one.act };
                let world = with.chat.world;
                world.record(one.found.line_in_issue(&heard, AuditEnd::Refused, world.now())).await;
                remember(world.store(), said.case, one.line.clone(), String::new()).await?;
            }
        }
        Ok(all_told)
    }
}

/// A notice that somebody deletes is not told again.
pub(super) async fn remember(
    store: &dyn Store,
    case: &CaseId,
    key: Key,
    remote: String,
) -> Result<(), ActionError> {
    let told = Told { remote, hash: String::new(), seen: Seen::Yes, theirs: true };
    match store.tell(case, NO_LEASE, jira::KIND, &key, &told).await {
        Ok(()) | Err(state::Error::Fenced) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
