//! What stands on a person's home page? Their open cases: whose move it is, since when, and what waits.

use serde_json::json;

use super::{
    authorised, cases,
    context::{Desk, Outcome, Stop},
    format_time::{format_time, next_move_of},
};
use crate::{
    case::{CaseSummary, Seconds, text::cut},
    chat::{
        language::command::{self, Ask, Which},
        reply::{Answer, Button, Line},
    },
    http::Failure,
    state::{self, Note, notes::CaseNote},
    telemetry::metrics,
};

/// The most cases that the page shows: Slack takes 100 blocks.
const SHOWN: usize = 25;

/// Sets the person's home page.
pub async fn show(desk: &Desk<'_>) -> Outcome {
    let page = match page(desk).await {
        Err(Stop::Said(answer)) if answer.is_silence() => return Ok(answer),
        Err(Stop::Said(answer)) => answer,
        page => page?,
    };
    let view = json!({ "type": "home", "blocks": page.view_blocks() });
    match desk.slack.publish_view(&desk.job.user, &view).await {
        Ok(_) => Ok(Answer::silence()),
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => Err(failure.into()),
        Err(failure) => {
            tracing::warn!(%failure, "a home page could not be set");
            Ok(Answer::silence())
        }
    }
}

async fn page(desk: &Desk<'_>) -> Outcome {
    authorised(desk, &Ask::List { which: Which::Mine }, None).await?;
    let (open, mine) = cases::open(desk).await?;
    let new = Button::run("New case", Ask::New { title: None });
    let mut answer = Answer::default().buttons(vec![new]);
    answer = section(desk, answer, "Cases that you watch", "You watch no open case.", &mine).await?;
    let others: Vec<_> = open.iter().filter(|case| !mine.iter().any(|one| one.id == case.id)).collect();
    let others: Vec<_> = others.into_iter().take(SHOWN.saturating_sub(mine.len())).cloned().collect();
    section(desk, answer, "Other open cases", "No other case is open.", &others).await
}

async fn section(desk: &Desk<'_>, answer: Answer, title: &str, none: &str, cases: &[CaseSummary]) -> Outcome {
    let mut answer = answer.line(Line::default().bold(title));
    if cases.is_empty() {
        return Ok(answer.say(none));
    }
    for case in cases.iter().take(SHOWN) {
        let line = line(case, waiting(desk, case).await?);
        let tray = command::Line { case: Some(case.id.clone()), ask: Ask::Tray };
        answer = answer.line(line).buttons(vec![Button::run("Open", tray)]);
    }
    Ok(answer)
}

/// Since when somebody must move, as the bridge knows it. Where that cannot be read the page shows what the service says.
async fn waiting(desk: &Desk<'_>, case: &CaseSummary) -> Result<Option<Seconds>, Stop> {
    let meta = desk.world.store().meta(&case.id).await;
    let note = meta.and_then(|meta| meta.map(|meta| meta.note::<CaseNote>(&case.id, Note::Case)).transpose());
    match note {
        Ok(note) => Ok(note.and_then(|(note, _)| note.waiting).map(|(_, since)| since)),
        Err(state::Error::Unreadable(record)) => {
            metrics::unreadable(&record);
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn line(case: &CaseSummary, since: Option<Seconds>) -> Line {
    let waits = if case.waits_for_customer { ". AWS waits for an answer" } else { "" };
    let since = since.or(case.updated);
    Line::default().bold(case.id.as_str()).text("  ").text(cut(&case.title, 120)).text(format!(
        "\n{}, next move: {}, since {}{waits}",
        case.status.as_str(),
        next_move_of(case),
        format_time(since)
    ))
}
