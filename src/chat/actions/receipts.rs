//! What becomes of a message, as a sign on the message itself. Decoration: nothing waits for one, and nobody is told where
//! Slack takes none.

use super::context::CommandContext;
use crate::{
    case::Millis,
    chat::{
        ingress::{
            action::Action,
            job::{Door, Job},
        },
        reply::Reply,
    },
    http::Failure,
    targets::slack::{MessageRef, Slack, known},
};

/// So long after it was written a message that is not on its case yet says that it waits.
const AT_ONCE: Millis = 10_000;

/// So long nothing is asked after the app was found to lack the scope.
const OFF: Millis = 600_000;
const NOTE: &str = "receipts";
const LACKS: &str = "lacks the scope";

#[derive(Clone, Copy)]
enum Receipt {
    OnTheCase,
    Waits,
    Refused,
}

impl Receipt {
    fn name(self) -> &'static str {
        match self {
            Self::OnTheCase => "white_check_mark",
            Self::Waits => "eyes",
            Self::Refused => "warning",
        }
    }
}

pub(super) async fn on_the_case(context: &CommandContext<'_>) {
    give(context.slack, context.job, Receipt::OnTheCase).await;
}

/// It is taken up now; it says so where its writer waited.
pub(super) async fn taken_up(context: &CommandContext<'_>) {
    let written = context.job.act.message().map(|ts| ts.millis());
    if written.is_some_and(|written| context.world.now() - written > AT_ONCE) {
        give(context.slack, context.job, Receipt::Waits).await;
    }
}

/// What it says now is not on the case, whatever it said before.
pub(super) async fn not_on_the_case(slack: &Slack<'_>, job: &Job) {
    let Some(at) = message(job) else { return };
    if !is_off(slack) {
        noted(slack, slack.unreact(&at, Receipt::OnTheCase.name()).await);
    }
}

/// Its writer reads why something they said was not put on the case. Where strangers read along, or nobody knows whether they
/// do, there is no sign of it.
pub(super) async fn answered(slack: &Slack<'_>, job: &Job, answer: &Reply) {
    let is_said = matches!(
        job.action,
        Action::Said { .. } | Action::Amended { .. } | Action::Withheld { .. } | Action::Unread
    );
    let Some(at) = message(job).filter(|_| is_said && !answer.is_silence()) else { return };
    if !matches!(known::is_shared(slack, &at.channel).await, Ok(false)) {
        return;
    }
    give(slack, job, Receipt::Refused).await;
    if job.door == Door::Edit {
        not_on_the_case(slack, job).await;
    }
}

fn message(job: &Job) -> Option<MessageRef> {
    Some(MessageRef { channel: job.place.channel.clone()?, ts: job.act.message()? })
}

async fn give(slack: &Slack<'_>, job: &Job, receipt: Receipt) {
    let Some(at) = message(job) else { return };
    if !is_off(slack) {
        noted(slack, slack.react(&at, receipt.name()).await);
    }
}

fn is_off(slack: &Slack<'_>) -> bool {
    let now = slack.world.now();
    slack.world.recent().is_some_and(|recent| recent.was_seen_to(NOTE, LACKS, (now, OFF)))
}

fn noted(slack: &Slack<'_>, given: Result<(), Failure>) {
    let Err(failure) = given else { return };
    tracing::debug!(%failure, "a receipt was not given");
    if let (Failure::Broken { everywhere: true, .. }, Some(recent)) = (failure, slack.world.recent()) {
        recent.saw_to(NOTE, LACKS.to_owned(), slack.world.now());
    }
}
