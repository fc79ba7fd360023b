//! Where a case stands, and where it can go.

use super::{
    compare_and_set::{self, PlannedChange, closed},
    context::{CommandContext, Outcome},
};
use crate::{
    aws::sir::{Call, limits},
    case::{Case, CaseId, Resolver, Status},
    chat::{
        language::command::Command,
        reply::{Button, Paragraph, Reply},
    },
};

/// `status` alone: the status, and where the case can go.
pub(crate) async fn show(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let case = context.case(id).await?;
    let answer = Reply::of(stands(&case));
    Ok(match case.is_closed() {
        true => answer,
        false => ways(answer, &case),
    })
}

pub(crate) async fn set(context: &CommandContext<'_>, id: &CaseId, to: &Status) -> Outcome {
    compare_and_set::case(context, id, |case| compare(case, to)).await
}

fn compare(case: &Case, to: &Status) -> Result<PlannedChange, Reply> {
    let seen = case.status.as_str().to_owned();
    if case.status == *to {
        let answer = Reply::of(
            Paragraph::of("Case ").bold(case.id.as_str()).text(" is already in ").bold(to.as_str()).text("."),
        );
        return Ok(PlannedChange { seen, call: None, answer });
    }
    if case.is_closed() {
        return Err(closed(&case.id));
    }
    if case.resolver == Resolver::Aws {
        return Err(aws_sets_it(case));
    }
    if !limits::legal_next(case.resolver, &case.status).contains(to) {
        let no = Paragraph::of("From ")
            .bold(case.status.as_str())
            .text(format!(" case {} cannot go to ", case.id))
            .bold(to.as_str())
            .text(".");
        return Err(ways(Reply::of(no), case));
    }
    let answer = Paragraph::of("Case ")
        .bold(case.id.as_str())
        .text(format!(" goes from {} to ", case.status.as_str()))
        .bold(to.as_str())
        .text(".");
    let call = Call::UpdateCaseStatus { case: case.id.clone(), status: to.clone() };
    Ok(PlannedChange { seen, call: Some(call), answer: Reply::of(answer) })
}

fn stands(case: &Case) -> Paragraph {
    Paragraph::of("Case ").bold(case.id.as_str()).text(" is in ").bold(case.status.as_str()).text(".")
}

/// Where a case that is not closed can go, as buttons.
fn ways(answer: Reply, case: &Case) -> Reply {
    if case.resolver == Resolver::Aws {
        return answer.say(AWS).buttons(aws_buttons(case));
    }
    let next = limits::legal_next(case.resolver, &case.status);
    let names = next.iter().map(Status::as_str).collect::<Vec<_>>().join(" · ");
    let mut buttons: Vec<_> =
        next.iter().map(|to| button(case, to.as_str(), Command::Status { to: Some(to.clone()) })).collect();
    buttons.push(close_button(case));
    answer.say(format!("It can go to: {names}. To finish, close it.")).buttons(buttons)
}

const AWS: &str = "AWS works this case, and AWS alone sets its status. You can comment, or close the case, which asks \
                   AWS's engineers to stop.";

fn aws_sets_it(case: &Case) -> Reply {
    Reply::of(stands(case)).say(AWS).buttons(aws_buttons(case))
}

fn aws_buttons(case: &Case) -> Vec<Button> {
    vec![button(case, "Comment", Command::Comment { text: None }), close_button(case)]
}

fn close_button(case: &Case) -> Button {
    Button { danger: true, ..button(case, "Close…", Command::Close) }
}

fn button(case: &Case, label: &str, command: Command) -> Button {
    Button::run(label, command.on(&case.id))
}
