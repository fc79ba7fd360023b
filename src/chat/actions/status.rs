//! Where does a case stand, and where can it go?

use super::{
    compare_and_set::{self, Compared, closed},
    context::{Desk, Outcome},
};
use crate::{
    aws::sir::{Call, limits},
    case::{Case, CaseId, Resolver, Status},
    chat::{
        language::command::{self, Ask},
        reply::{Answer, Button, Line},
    },
};

/// `status` alone: the status, and where the case can go.
pub async fn show(desk: &Desk<'_>, id: &CaseId) -> Outcome {
    let case = desk.case(id).await?;
    let answer = Answer::of(stands(&case));
    Ok(match case.is_closed() {
        true => answer,
        false => ways(answer, &case),
    })
}

/// `status TO`
pub async fn set(desk: &Desk<'_>, id: &CaseId, to: &Status) -> Outcome {
    compare_and_set::case(desk, id, |case| compare(case, to)).await
}

fn compare(case: &Case, to: &Status) -> Result<Compared, Answer> {
    let seen = case.status.as_str().to_owned();
    if case.status == *to {
        let answer = Answer::of(
            Line::of("Case ").bold(case.id.as_str()).text(" is already in ").bold(to.as_str()).text("."),
        );
        return Ok(Compared { seen, call: None, answer });
    }
    if case.is_closed() {
        return Err(closed(&case.id));
    }
    if case.resolver == Resolver::Aws {
        return Err(aws_sets_it(case));
    }
    if !limits::legal_next(case.resolver, &case.status).contains(to) {
        let no = Line::of("From ")
            .bold(case.status.as_str())
            .text(format!(" case {} cannot go to ", case.id))
            .bold(to.as_str())
            .text(".");
        return Err(ways(Answer::of(no), case));
    }
    let answer = Line::of("Case ")
        .bold(case.id.as_str())
        .text(format!(" goes from {} to ", case.status.as_str()))
        .bold(to.as_str())
        .text(".");
    let call = Call::UpdateCaseStatus { case: case.id.clone(), status: to.clone() };
    Ok(Compared { seen, call: Some(call), answer: Answer::of(answer) })
}

fn stands(case: &Case) -> Line {
    Line::of("Case ").bold(case.id.as_str()).text(" is in ").bold(case.status.as_str()).text(".")
}

/// Where a case that is not closed can go, as buttons.
fn ways(answer: Answer, case: &Case) -> Answer {
    if case.resolver == Resolver::Aws {
        return answer.say(AWS).buttons(aws_buttons(case));
    }
    let next = limits::legal_next(case.resolver, &case.status);
    let names = next.iter().map(Status::as_str).collect::<Vec<_>>().join(" · ");
    let mut buttons: Vec<_> =
        next.iter().map(|to| button(case, to.as_str(), Ask::Status { to: Some(to.clone()) })).collect();
    buttons.push(close_button(case));
    answer.say(format!("It can go to: {names}. To finish, close it.")).buttons(buttons)
}

const AWS: &str = "AWS works this case, and AWS alone sets its status. You can comment, or close the case, which asks \
                   AWS's engineers to stop.";

fn aws_sets_it(case: &Case) -> Answer {
    Answer::of(stands(case)).say(AWS).buttons(aws_buttons(case))
}

fn aws_buttons(case: &Case) -> Vec<Button> {
    vec![button(case, "Comment", Ask::Comment { text: None }), close_button(case)]
}

fn close_button(case: &Case) -> Button {
    Button { danger: true, ..button(case, "Close…", Ask::Close) }
}

fn button(case: &Case, label: &str, ask: Ask) -> Button {
    Button::run(label, command::Line { case: Some(case.id.clone()), ask })
}
