//! What is asked again in a moment, what comes again later, and what only a person can mend.

use std::time::Duration;

use super::Redeliver;
use crate::{
    chat::{
        ingress::{context::ChatContext, job::Job},
        policy::identity::{self, Profile},
        reply::Reply,
    },
    http::Failure,
};

/// How long a command waits before it finds out what became of a call without an answer.
pub(crate) const WAIT: Duration = Duration::from_secs(2);

/// Who did it. A short pause that Slack asks for is made; what only a person can mend is an answer.
pub(crate) async fn known(
    chat: &ChatContext<'_>,
    job: &Job,
) -> Result<Result<Option<Profile>, Reply>, Redeliver> {
    let slack = chat.slack();
    let mut asked = identity::acting(&slack, chat.settings, &job.user, &job.team).await;
    if asked.as_ref().is_err_and(is_soon_over) {
        chat.world.sleep(WAIT).await;
        asked = identity::acting(&slack, chat.settings, &job.user, &job.team).await;
    }
    match asked {
        Ok(person) => Ok(Ok(person)),
        Err(failure) if is_for_now(&failure) => Err(failure.into()),
        Err(failure) => {
            let why = format!("Slack does not tell the bridge who you are ({failure}). Nothing was done.");
            Ok(Err(Reply::says(why).say(MENDED).give_back(&job.typed())))
        }
    }
}

/// What helps where neither asking again nor asking otherwise does.
pub(crate) const MENDED: &str = "Please tell whoever deployed the bridge.";

pub(crate) fn is_for_now(failure: &Failure) -> bool {
    matches!(failure, Failure::NotApplied { .. } | Failure::Unknown { .. })
}

/// Whether it may be asked again after [`WAIT`]. The other side's own word on when is never undercut.
pub(crate) fn is_soon_over(failure: &Failure) -> bool {
    match failure {
        Failure::NotApplied { retry_after, .. } => retry_after.is_none_or(|time| time <= WAIT),
        failure @ (Failure::Unknown { .. }
        | Failure::Content { .. }
        | Failure::Gone { .. }
        | Failure::Broken { .. }
        | Failure::Shut { .. }) => is_for_now(failure),
    }
}
