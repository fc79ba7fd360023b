//! Who changed what on a case.

use super::{
    context::{CommandContext, Outcome},
    format_time::format_time,
};
use crate::{
    aws::sir::{self, Call},
    case::CaseId,
    chat::reply::{Paragraph, Reply},
};

pub(crate) async fn latest(context: &CommandContext<'_>, id: &CaseId, count: u8) -> Outcome {
    let open = |answer| match answer {
        sir::Answer::Edits(page) => Some(page),
        _ => None,
    };
    let ask = |next| Call::ListCaseEdits { case: id.clone(), next };
    let (mut edits, _) = context.pages(ask, open, |_| false).await?;
    edits.sort_by_key(|edit| edit.at);
    let skipped = edits.len().saturating_sub(usize::from(count));
    let edits = edits.split_off(skipped);
    if edits.is_empty() {
        return Ok(Reply::of(Paragraph::of("Nothing on case ").bold(id.as_str()).text(" was ever changed.")));
    }
    let headline =
        Paragraph::of("The latest changes of case ").bold(id.as_str()).text(", the newest at the end:");
    Ok(edits.iter().fold(Reply::of(headline), |answer, edit| {
        let head = Paragraph::default().bold(&edit.action).text(format!("  {}  ", format_time(edit.at)));
        answer.line(head.text(&edit.principal).text("\n").text(&edit.message))
    }))
}
