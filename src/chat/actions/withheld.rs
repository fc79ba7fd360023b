//! How the people of an issue hear, once, that something they wrote there does not go to the case.

use serde_json::Value;

use super::{context::ActionError, issue_comments::Conversation, retry::is_for_now, withdrawal::Withdrawn};
use crate::{
    case::CaseId,
    state::{self, NO_LEASE, Seen, Store, Told, key::Key},
    targets::{
        jira::{self, HeardComment, Jira, Person},
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

    pub(crate) fn closed(case: &CaseId) -> Self {
        Self { key: Key("closed".to_owned()), words: jira::too_late(case) }
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
        let there = said.others.iter().find(|other| other.mark_by(&said.me) == Some(&Mark::new(&key.0)));
        let told = match there {
            Some(there) => Ok(there.id.clone()),
            None => jira.comment(said.issue, &Mark::new(&key.0), self.words.clone()).await,
        };
        match told {
            Ok(remote) => remember(jira.world.store(), case, key, remote.into()).await.map(|()| true),
            Err(failure) if is_for_now(&failure) => Err(failure.into()),
            Err(failure) => {
                tracing::warn!(%case, %key, %failure, "an issue was not told what stays in it");
                Ok(false)
            }
        }
    }
}

/// A notice that somebody deletes is not told again.
async fn remember(store: &dyn Store, case: &CaseId, key: &Key, remote: String) -> Result<(), ActionError> {
    let told = Told { remote, hash: String::new(), seen: Seen::Yes, theirs: true };
    match store.tell(case, NO_LEASE, jira::KIND, key, &told).await {
        Ok(()) | Err(state::Error::Fenced) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
