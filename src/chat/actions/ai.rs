//! What the AI agent found, and whether it was of use.

use super::{
    compare_and_set::{self, PlannedChange},
    context::{ActionError, CommandContext, Outcome},
    naming,
};
use crate::{
    aws::sir::{Call, ask},
    case::{CaseId, Investigation},
    chat::{
        language::command::{Command, InvestigationRef},
        reply::{Button, Paragraph, Reply},
    },
};

pub(crate) async fn list(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let steps = investigations(context, id).await?;
    if steps.is_empty() {
        return Ok(Reply::of(
            Paragraph::of("The AI agent has not looked into case ")
                .bold(id.as_str())
                .text(". It works on cases that AWS works, and begins by itself."),
        ));
    }
    let headline = Paragraph::of("What the AI agent did on case ").bold(id.as_str()).text(":");
    Ok(steps.iter().zip(1_u16..).fold(Reply::of(headline), |answer, (step, number)| {
        let answer = answer.line(told(step, number));
        match step.feedback {
            None if step.status == "Completed" => answer.buttons(rate_buttons(id, number)),
            _ => answer,
        }
    }))
}

fn told(step: &Investigation, number: u16) -> Paragraph {
    let rated = match step.feedback.as_deref() {
        Some("USEFUL") => ", found useful",
        Some(_) => ", found not useful",
        None => "",
    };
    let asks = if step.status == "Waiting" { "It waits for an answer. " } else { "" };
    Paragraph::default()
        .bold(format!("{number}. "))
        .bold(&step.title)
        .text(format!("\n{}, {}, ", step.kind, step.status))
        .date(step.updated)
        .text(format!("{rated}\n{asks}"))
        .text(&step.content)
}

fn rate_buttons(id: &CaseId, number: u16) -> Vec<Button> {
    let rate = |label: &str, useful| {
        let command = Command::Rate { step: InvestigationRef::Number(number), useful, why: None };
        Button::run(label, command.on(id))
    };
    vec![rate("Useful", true), rate("Not useful", false)]
}

pub(crate) async fn rate(
    context: &CommandContext<'_>,
    id: &CaseId,
    which: &InvestigationRef,
    useful: bool,
    why: Option<&str>,
) -> Outcome {
    let said = match why {
        Some(why) => Some(naming::called(context, why).await?),
        None => None,
    };
    let steps = investigations(context, id).await?;
    let found = match which {
        InvestigationRef::Number(number) => {
            usize::from(*number).checked_sub(1).and_then(|index| steps.get(index))
        }
        InvestigationRef::Id(id) => steps.iter().find(|step| step.id == *id),
    };
    let Some(step) = found else {
        let why = Paragraph::of(format!("The AI agent did nothing by the name {which} on this case: "));
        return Ok(Reply::of(why.code("ai").text(" lists what it did.")).give_back(&context.typed()));
    };
    let rating = if useful { "USEFUL" } else { "NOT_USEFUL" };
    let words = if useful { "useful" } else { "not useful" };
    let answer = Paragraph::of("AWS now knows that this was ").text(format!("{words}: ")).bold(&step.title);
    let call = Call::SendFeedback { case: id.clone(), investigation: step.id.clone(), useful, comment: said };
    // What was said of it before cannot be read back with its reason, so only the same rating without one is left out.
    let done = why.is_none() && step.feedback.as_deref() == Some(rating);
    let seen = step.id.to_string();
    compare_and_set::change(
        context,
        PlannedChange { seen, call: (!done).then_some(call), answer: Reply::of(answer) },
    )
    .await
}

/// The agent's steps in the order of their ids: a number means the same step while the others move.
async fn investigations(
    context: &CommandContext<'_>,
    id: &CaseId,
) -> Result<Vec<Investigation>, ActionError> {
    let (mut steps, _) = context.pages(|next| ask::investigations(id, next), |_| false).await?;
    steps.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(steps)
}
