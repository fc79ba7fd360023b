//! What is asked before something final is done, and what was confirmed.

use super::{
    context::{ActionError, CommandContext, Outcome, RECORD_TTL},
    freeze::Frozen,
};
use crate::{
    case::{Case, IssueKey, Resolver, Seconds},
    chat::{
        language::command::{self, Command, HubCommand, MembershipCommand},
        policy::confirmation::{Confirmation, ConfirmationError, LIFETIME},
        reply::{Button, Paragraph, Reply},
    },
};

/// Asks the person whether they mean it, with a button that holds for them, for this, for five minutes, and once.
pub(crate) async fn ask(context: &CommandContext<'_>, case: Option<&Case>, command: &Command) -> Outcome {
    let value = match value(context, case, command) {
        Ok(value) => value,
        Err(rejected) => return Ok(Reply::says(rejected.to_string()).give_back(&context.typed())),
    };
    context.found.asks();
    let (question, label) = question(case, command);
    Ok(Reply::of(question).buttons(vec![Button::confirm(label, value), Button::dismiss("Leave it")]))
}

/// The confirmation that this person gives by pressing the button that holds it, or by sending its form.
pub(crate) fn value(
    context: &CommandContext<'_>,
    case: Option<&Case>,
    command: &Command,
) -> Result<String, ConfirmationError> {
    let line = command::CommandLine { case: case.map(|case| case.id.clone()), command: command.clone() };
    let confirmation = Confirmation {
        line,
        team: context.person.identity.team.clone(),
        user: context.person.identity.user.clone(),
        version: case.and_then(|case| case.updated),
        // From when it was asked, not from now: a repeated delivery asks the same.
        expires: context.job.at / 1_000 + LIFETIME,
        asked: context.key.clone(),
    };
    confirmation.encode(context.confirmation_key())
}

pub(crate) fn question(case: Option<&Case>, command: &Command) -> (Paragraph, &'static str) {
    match (command, case) {
        (Command::Close, Some(case)) => (close(case), "Close the case"),
        (Command::Resolver, Some(case)) => (hand_over(case), "Hand it to AWS"),
        (Command::JiraLink { key }, Some(case)) => (link(case, key), "Link it"),
        (Command::Unrestrict, Some(case)) => (lift(case), "Lift it"),
        (Command::Membership(MembershipCommand::New { values: Some(values) }), _) => (
            Paragraph::of("Make the membership ")
                .bold(&values.name)
                .text(format!(" with a team of {}? AWS charges for a membership.", values.team.len())),
            "Make it",
        ),
        (Command::Membership(MembershipCommand::Update { .. }), _) => {
            (Paragraph::of("Change the membership: ").code(command.to_string()).text("?"), "Change it")
        }
        (Command::Membership(MembershipCommand::Cancel { .. }), _) => (
            Paragraph::of("Cancel the membership? Cases can no longer be seen or made once it has ended."),
            "Cancel the membership",
        ),
        (Command::Membership(MembershipCommand::Resume { .. }), _) => {
            (Paragraph::of("Take the cancellation of the membership back?"), "Go on with it")
        }
        (Command::Hub(HubCommand::Accept { administrator, .. }), _) => (
            Paragraph::of("Let account ")
                .bold(administrator)
                .text(" administer this one in Security Hub? It will see all findings."),
            "Accept",
        ),
        (Command::Hub(HubCommand::Leave), _) => (
            Paragraph::of(
                "Leave the administrator in Security Hub? It no longer sees this account's findings, and only a new \
                 invitation brings that back.",
            ),
            "Leave",
        ),
        _ => (Paragraph::of("Do this: ").code(command.to_string()).text("?"), "Do it"),
    }
}

fn close(case: &Case) -> Paragraph {
    let aws = match case.resolver {
        Resolver::Aws => " AWS works this case: closing it asks AWS's engineers to stop.",
        Resolver::Own => "",
    };
    Paragraph::of("Close case ").bold(case.id.as_str()).text("  ").bold(&case.title).text(format!(
        "? It is in {}. That is final: the service cannot open it again, and deletes its files after seven days.{aws}",
        case.status.as_str()
    ))
}

fn link(case: &Case, key: &IssueKey) -> Paragraph {
    Paragraph::of("Make ").bold(key.as_str()).text(" the issue of case ").bold(case.id.as_str()).text("  ").bold(&case.title).text(
        "? Its title becomes the case's, and the case's whole story is told in it: whoever sees that issue reads it. Its \
         description, and what stands in it already, stay there; what people write in it from then on goes to the case.",
    )
}

fn lift(case: &Case) -> Paragraph {
    Paragraph::of("Let everybody with a role know of case ").bold(case.id.as_str()).text("  ").bold(&case.title).text(
        " again? It is told where other cases are told, with its whole story and all that was said on it while only some knew of it. \
         What they read then cannot be taken back.",
    )
}

fn hand_over(case: &Case) -> Paragraph {
    Paragraph::of("Hand case ").bold(case.id.as_str()).text("  ").bold(&case.title).text(
        " to AWS? That is one way. AWS will see everything that is on the case, and its status begins again at \
         Submitted.",
    )
}

/// Whether the case is still what was shown. Looked at once: what a repeated delivery sees has changed by itself.
pub(crate) async fn still_holds(
    context: &CommandContext<'_>,
    confirmation: &Confirmation,
    version: Option<Seconds>,
) -> Result<Option<Reply>, ActionError> {
    let answer = confirmation.still_of(version).err().map(|rejected| rejected.to_string());
    Ok(context.freeze(Frozen::Confirmed, answer).await?.map(Reply::says))
}

/// How long the record of a confirmed command must last at least: a confirmation is good once.
const _: () = assert!(RECORD_TTL > LIFETIME * 1_000);
