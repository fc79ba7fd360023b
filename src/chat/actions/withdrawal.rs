//! Words that are taken back: their text leaves the case, the thread and the issue, and stays in the record alone.
//!
//! Nobody's role is asked: nothing new goes to AWS, and neither Slack nor Jira tells who deleted something.

use super::{
    comment_edits::{self, Before},
    context::{ActionError, CommandContext, Outcome},
    freeze::Frozen,
    origins, receipts,
    speech::Speech,
};
use crate::{
    case::{CaseId, CommentId, Millis, Ts},
    chat::{
        ingress::{
            act::CommandKey,
            job::{Door, Job},
        },
        policy::{
            identity::Profile,
            roles::{Identity, PersonKind},
        },
        reply::{Paragraph, Reply},
    },
    state::{Saying, Seen, TargetKind},
    targets::slack,
};

/// What the audit trail calls it.
pub(super) const RULE: &str = "takes back what is said there no more";

/// What stands in the place of what somebody took back. The time is UTC's.
pub(super) fn words(name: &str, at: Millis) -> String {
    let minutes = at.div_euclid(60_000);
    format!(
        "[withdrawn by {name}, {:02}:{:02}]",
        minutes.div_euclid(60).rem_euclid(24),
        minutes.rem_euclid(60)
    )
}

/// Whoever deleted a message and is not known to Slack any more.
pub(super) fn somebody(job: &Job) -> Profile {
    let (team, user) = (job.team.clone(), job.user.clone());
    let identity = Identity { team, user, kind: PersonKind::Deactivated, groups: Vec::new() };
    Profile { identity, name: job.user.to_string(), email: None }
}

/// Whether the message was deleted before this was done about it: the news of both may come in any order.
pub(super) async fn came_first(context: &CommandContext<'_>) -> Result<bool, ActionError> {
    Ok(context.world.store().command(context.job.deletion().as_str()).await?.is_some())
}

pub(super) struct Withdrawn {
    /// What stands in its place.
    pub(super) words: String,
    /// The case is closed, and AWS goes on showing it.
    pub(super) stays_at_aws: bool,
    pub(super) had_files: bool,
}

/// A message was deleted, or became one that its writer keeps in Slack.
pub(super) async fn of_message(context: &CommandContext<'_>, ts: &Ts, here: Option<CaseId>) -> Outcome {
    let Some(case) = here else { return Ok(Reply::silence()) };
    context.found.allowed(RULE);
    context.readable(&case).await?;
    origins::of_message_is_gone(context, &case, ts).await?;
    let speech = Speech::in_message(context, ts, String::new());
    let Some(withdrawn) = take_back(context, &case, speech, (slack::KIND, ts.as_str())).await? else {
        return Ok(Reply::silence());
    };
    if context.job.door == Door::Edit {
        receipts::not_on_the_case(context.slack, context.job).await;
    }
    let told = Paragraph::of("Your message was taken back: case ").bold(case.as_str()).text(" shows ");
    let told = told
        .code(&withdrawn.words)
        .text(" in its place. AWS may have read it before, and our record keeps it.");
    Ok(withdrawn.notes().into_iter().fold(Reply::of(told), Reply::say))
}

impl Withdrawn {
    /// What else is true of it.
    pub(super) fn notes(&self) -> Vec<&'static str> {
        let closed = "The case is closed, so AWS itself goes on showing it; Slack and Jira do not.";
        let files = "Files that were attached with it stay on the case.";
        [(self.stays_at_aws, closed), (self.had_files, files)]
            .into_iter()
            .filter_map(|(is_so, note)| is_so.then_some(note))
            .collect()
    }
}

/// Takes back what is called so at a target; `None` where nothing of it is on the case, or all was taken back before.
pub(super) async fn take_back(
    context: &CommandContext<'_>,
    id: &CaseId,
    speech: Speech,
    (kind, remote): (TargetKind, &str),
) -> Result<Option<Withdrawn>, ActionError> {
    let known = made(context, id, (kind, remote)).await?;
    // A repetition says what the first delivery did.
    let begun = context.frozen::<(Option<String>, String)>(Frozen::Body).await?;
    if known.is_empty() && begun.is_none() {
        return Ok(None);
    }
    comment_edits::withdraw(context, id, speech, &Before::of(context.key.clone(), known)).await.map(Some)
}

/// The comments that say what is called so at a target, without those that were taken back before.
async fn made(
    context: &CommandContext<'_>,
    id: &CaseId,
    (kind, remote): (TargetKind, &str),
) -> Result<Vec<(CommentId, Option<CommandKey>)>, ActionError> {
    let store = context.world.store();
    let told = context.or_parked(store.all_told(id, kind).await)?;
    let told = told.into_iter().filter(|(_, told)| told.theirs && told.remote == remote);
    let told = told.filter_map(|(key, told)| Some((CommentId::new(key.0.split('/').nth(1)?), told.seen)));
    let (gone, standing): (Vec<_>, Vec<_>) = told.partition(|(_, seen)| *seen == Seen::Deleted);
    let said: Vec<Saying> = context.or_parked(store.sayings(id).await)?;
    let said = said.into_iter().filter(|saying| saying.at(kind) == Some(remote));
    let mut made: Vec<_> = said
        .filter_map(|saying| Some((CommentId::new(saying.comment?), Some(CommandKey::known(saying.command)))))
        .collect();
    for (comment, _) in standing {
        if made.iter().all(|(known, _)| *known != comment) {
            made.push((comment, None));
        }
    }
    made.retain(|(comment, _)| gone.iter().all(|(taken, _)| taken != comment));
    Ok(made)
}
