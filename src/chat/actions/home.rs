//! A person's home page: their open cases, whose move it is, since when, and what waits.

use serde_json::json;

use super::{
    authorised, cases,
    context::{ActionError, CommandContext, Outcome},
    next_move::NextMove,
};
use crate::{
    case::{CaseSummary, text::cut},
    chat::{
        language::command::{CaseFilter, Command},
        reply::{Button, Paragraph, Reply},
    },
    http::Failure,
};

/// The most cases that the page shows: Slack takes 100 blocks.
const SHOWN: usize = 25;

pub(crate) async fn show(context: &CommandContext<'_>) -> Outcome {
    let page = match page(context).await {
        Err(ActionError::Said(answer)) if answer.is_silence() => return Ok(answer),
        Err(ActionError::Said(answer)) => answer,
        page => page?,
    };
    let view = json!({ "type": "home", "blocks": page.view_blocks() });
    match context.slack.publish_view(&context.job.user, &view).await {
        Ok(_) => Ok(Reply::silence()),
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => Err(failure.into()),
        Err(failure) => {
            tracing::warn!(%failure, "a home page could not be set");
            Ok(Reply::silence())
        }
    }
}

async fn page(context: &CommandContext<'_>) -> Outcome {
    authorised(context, &Command::List { which: CaseFilter::Mine }, None).await?;
    let (open, mine) = cases::open(context).await?;
    let new = Button::run("New case", Command::New { title: None });
    let mut answer = Reply::default().buttons(vec![new]);
    answer = section(context, answer, "Cases that you watch", "You watch no open case.", &mine).await?;
    let others: Vec<_> = open.iter().filter(|case| !mine.iter().any(|one| one.id == case.id)).collect();
    let others: Vec<_> = others.into_iter().take(SHOWN.saturating_sub(mine.len())).cloned().collect();
    section(context, answer, "Other open cases", "No other case is open.", &others).await
}

async fn section(
    context: &CommandContext<'_>,
    answer: Reply,
    title: &str,
    none: &str,
    cases: &[CaseSummary],
) -> Outcome {
    let mut answer = answer.line(Paragraph::default().bold(title));
    if cases.is_empty() {
        return Ok(answer.say(none));
    }
    for case in cases.iter().take(SHOWN) {
        let line = line(case, NextMove::of_summary(context, case).await?);
        let tray = Command::Tray.on(&case.id);
        answer = answer.line(line).buttons(vec![Button::run("Open", tray)]);
    }
    Ok(answer)
}

fn line(case: &CaseSummary, next: NextMove) -> Paragraph {
    let waits = if case.waits_for_customer && next.is_ours() { ". AWS waits for an answer" } else { "" };
    Paragraph::default()
        .bold(case.id.as_str())
        .text("  ")
        .text(cut(&case.title, 120))
        .text(format!("\n{}, next move: {}, since ", case.status.as_str(), next.who()))
        .date(next.since.or(case.updated))
        .text(waits)
}
