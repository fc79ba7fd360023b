//! Whether this person may do this here, and who would read it.

use super::context::{ActionError, CommandContext};
use crate::{
    case::CaseId,
    chat::{
        ingress::{action::Action, job::Job},
        language::command::Command,
        policy::{
            roles::{self, Denied, PersonKind, Venue},
            whose,
        },
        reply::Reply,
    },
    http::Failure,
    targets::slack::known,
};

/// Refuses who may not, and what strangers would read; says nothing to a bot, which could answer.
pub(crate) async fn authorised(
    context: &CommandContext<'_>,
    command: &Command,
    here: Option<&CaseId>,
) -> Result<(), ActionError> {
    let may = |place| roles::may(context.settings, &context.person.identity, command, place);
    let place = place(context.job, here);
    if let Err(refusal) = may(place) {
        return Err(refused(context, &refusal).await);
    }
    context.found.allowed(roles::rule(context.settings, &context.person.identity, command));
    // Who else reads it is asked last, and only where that decides.
    match may(Venue::Shared) {
        Err(refusal) if place != Venue::Direct && is_overheard(context).await? => {
            Err(refused(context, &refusal).await)
        }
        _ => Ok(()),
    }
}

async fn refused(context: &CommandContext<'_>, refusal: &Denied) -> ActionError {
    context.found.refused(refusal.rule());
    ActionError::Said(match context.person.identity.kind {
        PersonKind::Bot | PersonKind::OtherApp => Reply::silence(),
        PersonKind::Member
        | PersonKind::Guest
        | PersonKind::Stranger
        | PersonKind::Deactivated
        | PersonKind::Operator => {
            whose::told(Some(context.slack), context.settings, refusal).await.give_back(&context.typed())
        }
    })
}

/// Whether people of another workspace read where this was asked.
async fn is_overheard(context: &CommandContext<'_>) -> Result<bool, ActionError> {
    let Some(channel) = &context.job.place.channel else { return Ok(false) };
    match known::is_shared(context.slack, channel).await {
        Ok(shared) => Ok(shared),
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => Err(failure.into()),
        Err(failure) => {
            context.found.refused("nobody tells who reads the channel");
            let answer = Reply::says(format!(
                "Slack does not tell whether people of another workspace read this channel ({failure}), so it counts as \
                 if they did. Nothing was done. Invite the app to the channel, or ask in a direct message to yourself."
            ));
            Err(match context.job.action {
                Action::Said { .. } => {
                    let answer = answer.say("What you said is tried again by itself, for a day.");
                    ActionError::Unsettled(answer.give_back(&context.typed()))
                }
                _ => answer.give_back(&context.typed()).into(),
            })
        }
    }
}

pub(crate) fn place(job: &Job, here: Option<&CaseId>) -> Venue {
    match here {
        _ if job.place.is_direct() || job.is_of_a_form() => Venue::Direct,
        Some(_) => Venue::Case,
        None => Venue::Channel,
    }
}
