//! What is asked before something final is done, and what was confirmed?

use super::context::{Desk, KEPT, Outcome};
use crate::{
    case::{Case, Resolver, Seconds},
    chat::{
        language::command::{self, Ask, Hub, Membership},
        policy::confirmation::{Confirmation, LIFETIME, Rejected},
        reply::{Answer, Button, Line},
    },
};

/// Asks the person whether they mean it, with a button that holds for them, for this, for five minutes, and once.
pub async fn ask(desk: &Desk<'_>, case: Option<&Case>, ask: &Ask) -> Outcome {
    let value = match value(desk, case, ask) {
        Ok(value) => value,
        Err(rejected) => return Ok(Answer::says(rejected.to_string()).give_back(&desk.typed())),
    };
    let (question, label) = question(case, ask);
    Ok(Answer::of(question).buttons(vec![Button::confirm(label, value), Button::dismiss("Leave it")]))
}

/// The confirmation that this person gives by pressing the button that holds it, or by sending its form.
pub fn value(desk: &Desk<'_>, case: Option<&Case>, ask: &Ask) -> Result<String, Rejected> {
    let line = command::Line { case: case.map(|case| case.id.clone()), ask: ask.clone() };
    let confirmation = Confirmation {
        line,
        team: desk.person.identity.team.clone(),
        user: desk.person.identity.user.clone(),
        version: case.and_then(|case| case.updated),
        // From when it was asked, not from now: a repeated delivery asks the same.
        expires: desk.job.at / 1_000 + LIFETIME,
        asked: desk.key.to_owned(),
    };
    confirmation.encode(desk.confirmation_key())
}

/// What is asked, and what the button says.
pub fn question(case: Option<&Case>, ask: &Ask) -> (Line, &'static str) {
    match (ask, case) {
        (Ask::Close, Some(case)) => (close(case), "Close the case"),
        (Ask::Resolver, Some(case)) => (hand_over(case), "Hand it to AWS"),
        (Ask::Membership(Membership::New { values: Some(values) }), _) => (
            Line::of("Make the membership ")
                .bold(&values.name)
                .text(format!(" with a team of {}? AWS charges for a membership.", values.team.len())),
            "Make it",
        ),
        (Ask::Membership(Membership::Update { .. }), _) => {
            (Line::of("Change the membership: ").code(ask.to_string()).text("?"), "Change it")
        }
        (Ask::Membership(Membership::Cancel { .. }), _) => (
            Line::of("Cancel the membership? Cases can no longer be seen or made once it has ended."),
            "Cancel the membership",
        ),
        (Ask::Membership(Membership::Resume { .. }), _) => {
            (Line::of("Take the cancellation of the membership back?"), "Go on with it")
        }
        (Ask::Hub(Hub::Accept { administrator, .. }), _) => (
            Line::of("Let account ")
                .bold(administrator)
                .text(" administer this one in Security Hub? It will see all findings."),
            "Accept",
        ),
        (Ask::Hub(Hub::Leave), _) => (
            Line::of(
                "Leave the administrator in Security Hub? It no longer sees this account's findings, and only a new \
                 invitation brings that back.",
            ),
            "Leave",
        ),
        _ => (Line::of("Do this: ").code(ask.to_string()).text("?"), "Do it"),
    }
}

fn close(case: &Case) -> Line {
    let aws = match case.resolver {
        Resolver::Aws => " AWS works this case: closing it asks AWS's engineers to stop.",
        Resolver::Own => "",
    };
    Line::of("Close case ").bold(case.id.as_str()).text("  ").bold(&case.title).text(format!(
        "? It is in {}. That is final: the service cannot open it again, and deletes its files after seven days.{aws}",
        case.status.as_str()
    ))
}

fn hand_over(case: &Case) -> Line {
    Line::of("Hand case ").bold(case.id.as_str()).text("  ").bold(&case.title).text(
        " to AWS? That is one way. AWS will see everything that is on the case, and its status begins again at \
         Submitted.",
    )
}

/// Whether the case is still what was shown. Looked at once: what a repeated delivery sees has changed by itself.
pub async fn still_holds(
    desk: &Desk<'_>,
    confirmation: &Confirmation,
    version: Option<Seconds>,
) -> Result<Option<Answer>, super::context::Stop> {
    let answer = confirmation.still_of(version).err().map(|rejected| rejected.to_string());
    Ok(desk.decide("confirmed", answer).await?.map(Answer::says))
}

/// How long the record of a confirmed command must last at least: a confirmation is good once.
const _: () = assert!(KEPT > LIFETIME * 1_000);
