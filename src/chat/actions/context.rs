//! What a command works with: the world, who asks, and why it may end early.

use std::time::Duration;

use super::{fault, findings::Findings};
use crate::{
    aws::{
        requests,
        sessions::SessionName,
        sir::{self, Call, Fault, FaultKind, Page, Question, ask, limits},
    },
    case::{
        Case, CaseId, Millis, UserId,
        author::{Author, plain_name},
    },
    chat::{
        ingress::{act::CommandKey, action::Action, job::Job},
        policy::{
            identity::{self, Profile},
            roles::PersonKind,
        },
        reply::Reply,
    },
    config::{secrets::Secrets, settings::Settings},
    http::Failure,
    runtime::{self, World},
    state::{self, Unread, notes},
    targets::{jira::Jira, slack::Slack},
    telemetry::metrics,
};

/// How long the record of a command is kept: longer than the queue tries, in milliseconds.
pub(crate) const RECORD_TTL: Millis = 24 * 60 * 60 * 1_000;

/// How long after its beginning a command still tries something once more, in milliseconds. What was begun by then
/// ends within what the inbox gives a job.
const PATIENT: Millis = 12_000;

/// The most pages that are read to answer one question: at five reads a second, eight seconds.
pub(super) const PAGES: usize = 40;

pub(crate) enum ActionError {
    /// There is an answer, and it is final: the person's mistake, or a refusal. Nothing was changed.
    Said(Reply),
    /// Nothing was changed, and that is not final: what was said in a thread is found again by the hourly check.
    Unsettled(Reply),
    /// Nobody knows what became of it: it must be tried again, and will find out.
    Trouble(String),
    /// The table does not let us: trying again changes nothing.
    Denied(String),
    /// What it hangs on cannot be read: it must come again, and is kept with the dead letters until that is mended.
    Unreadable(Unread),
    /// Not now, nor in a moment: the queue brings it again.
    Later(String),
    /// Slack or Jira did not do what was asked: what follows hangs on why.
    Failed(Failure),
    /// A part of it is done, and the next part is on the inbox: that one answers.
    HandedOn,
}

impl From<state::Error> for ActionError {
    fn from(error: state::Error) -> Self {
        match error {
            state::Error::Unreadable(record) => Self::Unreadable(record),
            state::Error::Denied(code) => Self::Denied(code),
            error @ (state::Error::Trouble(_) | state::Error::Fenced) => Self::Trouble(error.to_string()),
        }
    }
}

impl From<Failure> for ActionError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Reply> for ActionError {
    fn from(answer: Reply) -> Self {
        Self::Said(answer)
    }
}

pub(crate) type Outcome = Result<Reply, ActionError>;

pub(crate) struct CommandContext<'a> {
    pub(crate) world: &'a dyn World,
    pub(crate) settings: &'a Settings,
    pub(crate) job: &'a Job,
    /// Names it: the record's key and the service's `clientToken`.
    pub(crate) key: &'a CommandKey,
    pub(crate) person: &'a Profile,
    pub(crate) slack: &'a Slack<'a>,
    pub(crate) jira: Option<&'a Jira<'a>>,
    pub(crate) secrets: &'a Secrets,
    pub(crate) since: Millis,
    /// An earlier try ended nobody knows how: what it asked for may have been done.
    pub(crate) again: bool,
    /// For the line of the audit trail.
    pub(crate) found: &'a Findings,
}

impl CommandContext<'_> {
    /// Makes a call; a refusal for now is waited for where that is short. Any other fault becomes an answer, except
    /// where a change may have been made all the same.
    pub(crate) async fn call(&self, call: Call) -> Result<sir::Answer, ActionError> {
        let (operation, reads) = (call.kind(), call.is_read());
        if let Err(error) = limits::check(&call) {
            return Err(self.refuse(error.to_string()));
        }
        self.noted(&call).await?;
        let person = SessionName::of(self.person.identity.user.as_str());
        for attempt in 0.. {
            let (answer, id) = requests::noted(Box::pin(self.world.call_for(&person, call.clone()))).await;
            let may_change = !reads && answer.as_ref().map_or_else(Fault::maybe_applied, |_| true);
            self.found.called(operation, id, may_change);
            match answer {
                Ok(answer) => return Ok(answer),
                Err(fault) => match pause(&fault, reads, attempt).filter(|_| self.is_patient()) {
                    Some(time) => self.world.sleep(time).await,
                    None if fault.maybe_applied() && !reads => {
                        return Err(ActionError::Trouble(format!("{} without an answer", operation.name())));
                    }
                    // Nobody watches a message for an answer: it is tried again by itself, not by its writer. Nor may
                    // "nothing was changed" be said where an earlier try may have changed it.
                    None if (self.goes_by_itself() || self.again) && is_for_now(&fault) => {
                        return Err(ActionError::Later(format!("{} was refused for now", operation.name())));
                    }
                    None => return Err(self.explained(&call, &fault).await.into()),
                },
            }
        }
        Err(strange(operation.name()))
    }

    /// Makes a call, and answers what was asked for.
    pub(crate) async fn ask<T>(&self, question: Question<T>) -> Result<T, ActionError> {
        let answer = self.call(question.call().clone()).await?;
        question.answered(answer).map_err(|fault| ActionError::Trouble(fault.message))
    }

    /// Why a call was refused: by what is true of its case, where that says it all.
    async fn explained(&self, call: &Call, fault: &Fault) -> Reply {
        let about = call.case().filter(|_| {
            matches!(fault.kind, FaultKind::Conflict | FaultKind::NotFound | FaultKind::Invalid { .. })
        });
        let known = match about {
            Some(case) if matches!(call, Call::GetCase { .. }) => {
                fault::is_missing(fault).then(|| fault::no_case(case))
            }
            Some(case) => match Box::pin(runtime::ask(self.world, ask::case(case))).await {
                Ok(case) if case.is_closed() && !call.is_read() => {
                    self.found.comes_late();
                    Some(fault::on_a_closed_case(&case.id, call.kind(), self.job.is_a_message()))
                }
                Err(fault) if fault::is_missing(&fault) => Some(fault::no_case(case)),
                _ => None,
            },
            None => None,
        };
        match self.is_at_a_terminal() && fault.kind == FaultKind::Denied {
            true => fault::denied_to_operator(call.kind()),
            false => known.unwrap_or_else(|| fault::explain(call.kind(), fault)).give_back(&self.typed()),
        }
    }

    fn goes_by_itself(&self) -> bool {
        self.job.is_a_message() || self.job.is_of_its_files()
    }

    /// Whether there is time to try something once more.
    pub(crate) fn is_patient(&self) -> bool {
        self.world.now() - self.since < PATIENT
    }

    /// Whether somebody asks at a terminal: then neither Slack nor Jira is asked anything.
    pub(crate) fn is_at_a_terminal(&self) -> bool {
        self.person.identity.kind == PersonKind::Operator
    }

    /// Whoever asks, as others are to read who it was.
    pub(crate) fn author(&self) -> Author {
        let user = &self.person.identity.user;
        if self.is_at_a_terminal() {
            Author::Principal(user.to_string())
        } else if matches!(self.job.action, Action::JiraChanged { .. } | Action::JiraFile { .. }) {
            Author::Jira { name: plain_name(&self.person.name) }
        } else {
            Author::Slack { user: user.clone() }
        }
    }

    pub(crate) fn typed(&self) -> String {
        self.job.typed()
    }

    /// An answer that says why nothing was done, and gives back what was typed.
    /// A refusal, and no answer like others: the trail says that nothing was done.
    pub(crate) fn refuse(&self, why: impl Into<String>) -> ActionError {
        ActionError::Said(self.refusal(why))
    }

    pub(crate) fn refusal(&self, why: impl Into<String>) -> Reply {
        Reply::says(why).say("Nothing was changed.").give_back(&self.typed())
    }

    /// Who somebody is; `None` where the workspace knows nobody of this id.
    pub(crate) async fn profile(&self, user: &UserId) -> Result<Option<Profile>, ActionError> {
        if *user == self.person.identity.user {
            return Ok(Some(self.person.clone()));
        }
        Ok(identity::profile(self.slack, self.settings, user).await?)
    }

    pub(crate) fn confirmation_key(&self) -> &[u8] {
        self.secrets.slack_signing_secret.reveal().as_bytes()
    }

    pub(crate) async fn case(&self, case: &CaseId) -> Result<Case, ActionError> {
        self.ask(ask::case(case)).await
    }

    /// Reads pages until there are no more, or `enough` says so after one of them. `true` if that was all.
    pub(crate) async fn pages<T>(
        &self,
        page: impl Fn(Option<String>) -> Question<Page<T>>,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<(Vec<T>, bool), ActionError> {
        let (mut items, mut next) = (Vec::new(), None);
        for _ in 0..PAGES {
            let page = self.ask(page(next)).await?;
            items.extend(page.items);
            next = page.next;
            if next.is_none() || enough(&items) {
                break;
            }
        }
        Ok((items, next.is_none()))
    }

    /// Nothing is changed on a case of which nobody can read what was told.
    pub(crate) async fn readable(&self, case: &CaseId) -> Result<(), ActionError> {
        self.or_parked(notes::readable(self.world.store(), case).await)
    }

    /// For what is read before anything is done: where it cannot be read, the person hears that nothing was.
    pub(crate) fn or_parked<T>(&self, read: state::Result<T>) -> Result<T, ActionError> {
        match read {
            // What an earlier try did is done.
            Err(state::Error::Unreadable(record)) if !self.again => Err(self.parked(&record)),
            read => Ok(read?),
        }
    }

    /// For what is only shown: where it cannot be read the rest is shown all the same, and somebody hears of it.
    pub(crate) fn or_left_out<T: Default>(&self, read: state::Result<T>) -> Result<T, ActionError> {
        match read {
            Err(state::Error::Unreadable(record)) => {
                metrics::unreadable(&record);
                Ok(T::default())
            }
            read => Ok(read?),
        }
    }

    /// What was said in a thread is found again once the record is mended.
    fn parked(&self, record: &Unread) -> ActionError {
        metrics::unreadable(record);
        let answer = Reply::says(format!(
            "What Casebridge wrote down about this case cannot be read ({}), so nothing was changed. Please tell whoever \
             deployed the bridge.",
            record.key
        ));
        match self.job.action {
            Action::Deleted { .. } => {
                let answer = answer.say("What you took back is taken back by itself within the hour.");
                ActionError::Unsettled(answer)
            }
            Action::Said { .. } => {
                let answer = answer.say("What you said is tried again by itself, for a day.");
                ActionError::Unsettled(answer.give_back(&self.typed()))
            }
            Action::Asked { .. }
            | Action::Confirmed { .. }
            | Action::Filled { .. }
            | Action::Opened { .. }
            | Action::Home
            | Action::Mistaken { .. }
            | Action::Withheld { .. }
            | Action::Unread
            | Action::Amended { .. }
            | Action::JiraChanged { .. }
            | Action::JiraFile { .. } => answer.give_back(&self.typed()).into(),
        }
    }

    /// Says that the case changed: somebody should look at it and tell everybody.
    pub(crate) async fn changed(&self, case: &CaseId) -> Result<(), ActionError> {
        Ok(self.world.store().hint(case, self.world.now(), false).await?)
    }
}

impl CommandContext<'_> {
    /// The same where no event of the service follows: everybody reads it now, and not with the next sweep.
    pub(crate) async fn changed_here(&self, case: &CaseId) -> Result<(), ActionError> {
        self.changed(case).await?;
        self.look_soon(case).await;
        Ok(())
    }

    pub(crate) async fn look_soon(&self, case: &CaseId) {
        if let Err(why) = self.world.look_soon(case).await {
            tracing::warn!(%case, why, "a case is looked at with the next sweep only");
        }
    }
}

/// The answer is of another kind than the question. It cannot happen, and must not bring the batch down.
pub(crate) fn strange(what: &str) -> ActionError {
    ActionError::Trouble(format!("{what} was not what was asked for"))
}

/// How long a refusal for now is waited for; `None` if it is not. The service's own word is never undercut.
fn pause(fault: &Fault, reads: bool, attempt: u32) -> Option<Duration> {
    let least = Duration::from_secs(1 << attempt.min(8));
    let time = match &fault.kind {
        FaultKind::Throttled { retry_after } => retry_after.unwrap_or_default().max(least),
        FaultKind::NotSent => least,
        FaultKind::Unknown if reads => least,
        FaultKind::Denied
        | FaultKind::Conflict
        | FaultKind::NotFound
        | FaultKind::NotActive
        | FaultKind::Quota
        | FaultKind::Invalid { .. }
        | FaultKind::InvalidToken
        | FaultKind::NoSession
        | FaultKind::Unknown => return None,
    };
    (attempt < 3 && time <= Duration::from_secs(5)).then_some(time)
}

fn is_for_now(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Throttled { .. } | FaultKind::NotSent | FaultKind::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_surely_not_applied_is_tried_again_at_once() {
        let seconds = Duration::from_secs;
        let throttled = |after: Option<u64>| FaultKind::Throttled { retry_after: after.map(seconds) };
        for (kind, reads, attempt, expected) in [
            (throttled(None), false, 0, Some(1)),
            (throttled(None), false, 2, Some(4)),
            (throttled(None), false, 3, None),
            (throttled(Some(3)), false, 0, Some(3)),
            (throttled(Some(1)), false, 1, Some(2)),
            (throttled(Some(30)), false, 0, None),
            (FaultKind::NotSent, false, 0, Some(1)),
            (FaultKind::Unknown, false, 0, None),
            (FaultKind::Unknown, true, 1, Some(2)),
            (FaultKind::Denied, true, 0, None),
            (FaultKind::Conflict, false, 0, None),
        ] {
            let fault = Fault { kind: kind.clone(), message: String::new() };
            assert_eq!(pause(&fault, reads, attempt), expected.map(seconds), "{kind:?} {reads} {attempt}");
        }
    }
}
