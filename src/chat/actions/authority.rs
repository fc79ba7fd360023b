//! May this person do this here, and who would read it?

use super::context::{Desk, Stop};
use crate::{
    case::CaseId,
    chat::{
        ingress::job::{Did, Job},
        language::command::Ask,
        policy::roles::{self, Kind, Place, Refusal},
        reply::Answer,
    },
    http::Failure,
    targets::slack::known,
};

/// Refuses who may not, and what strangers would read; says nothing to a bot, which could answer.
pub async fn authorised(desk: &Desk<'_>, ask: &Ask, here: Option<&CaseId>) -> Result<(), Stop> {
    let may = |place| roles::may(desk.settings, &desk.person.identity, ask, place);
    let refused = |refusal: Refusal| {
        Stop::Said(match desk.person.identity.kind {
            Kind::Bot | Kind::OtherApp => Answer::silence(),
            _ => Answer::says(refusal.to_string()).give_back(&desk.typed()),
        })
    };
    let place = place(desk.job, here);
    may(place).map_err(refused)?;
    // Who else reads it is asked last, and only where that decides.
    match may(Place::Shared) {
        Err(refusal) if place != Place::Direct && is_overheard(desk).await? => Err(refused(refusal)),
        _ => Ok(()),
    }
}

/// Whether people of another workspace read where this was asked.
async fn is_overheard(desk: &Desk<'_>) -> Result<bool, Stop> {
    match known::is_shared(desk.slack, &desk.job.place.channel).await {
        Ok(shared) => Ok(shared),
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => Err(failure.into()),
        Err(failure) => {
            let answer = Answer::says(format!(
                "Slack does not tell whether people of another workspace read this channel ({failure}), so it counts as \
                 if they did. Nothing was done. Invite the app to the channel, or ask in a direct message to yourself."
            ));
            Err(match desk.job.did {
                Did::Said { .. } => {
                    let answer = answer.say("What you said is tried again by itself, for a day.");
                    Stop::Unsettled(answer.give_back(&desk.typed()))
                }
                _ => answer.give_back(&desk.typed()).into(),
            })
        }
    }
}

/// Where it was asked, as far as the job tells.
pub fn place(job: &Job, here: Option<&CaseId>) -> Place {
    match (job.place.channel.chars().next(), here) {
        (None | Some('D'), _) => Place::Direct,
        _ if job.is_of_a_form() => Place::Direct,
        (_, Some(_)) => Place::Case,
        (_, None) => Place::Channel,
    }
}
