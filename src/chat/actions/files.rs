//! The files on a case, and links to them.

use super::context::{CommandContext, Outcome};
use crate::{
    aws::sir::ask,
    case::{Attachment, Case, CaseId},
    chat::{
        language::command::Command,
        reply::{Button, Paragraph, Reply},
    },
};

pub(crate) async fn list(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let case = context.case(id).await?;
    let files = numbered(&case);
    if files.is_empty() {
        return Ok(Reply::of(Paragraph::of("There is no file on case ").bold(id.as_str()).text(".")));
    }
    let headline = Paragraph::of("Files on case ").bold(id.as_str()).text(":");
    let answer = files.iter().zip(1..).fold(Reply::of(headline), |answer, (file, number)| {
        let line = Paragraph::default().bold(format!("{number}. ")).bold(&file.name);
        answer.line(line.text(format!("\n{}, ", file.status)).date(file.created))
    });
    let ready = files.iter().zip(1_u16..).filter(|(file, _)| file.is_verified());
    let buttons = ready.map(|(file, number)| {
        let command = Command::Get { number };
        Button::run(format!("Get {}", file.name), command.on(id))
    });
    Ok(answer.buttons(buttons.take(25).collect()))
}

/// `get N`: a link, for this person only. It needs no other right, so it is kept nowhere.
pub(crate) async fn get(context: &CommandContext<'_>, id: &CaseId, number: u16) -> Outcome {
    let case = context.case(id).await?;
    let files = numbered(&case);
    let Some(file) = usize::from(number).checked_sub(1).and_then(|index| files.get(index)) else {
        let why = match files.len() {
            0 => Paragraph::of("This case has no files."),
            1 => Paragraph::of("This case has one file, number 1: ").code("get 1").text("."),
            many => Paragraph::of(format!("This case has the files 1 to {many}, which "))
                .code("files")
                .text(" lists."),
        };
        return Ok(Reply::of(why).give_back(&context.typed()));
    };
    if !file.is_verified() {
        let why = match file.status.as_str() {
            "Pending" => "is still being checked by AWS. Try again in a few minutes.",
            _ => "did not pass AWS's check, so it cannot be had.",
        };
        return Ok(Reply::of(Paragraph::default().bold(&file.name).text(" ").text(why)));
    }
    let url = context.ask(ask::download(id, &file.id)).await?;
    let line = Paragraph::of("Only you see this link, and it works for a short time: ")
        .link(url.reveal(), &file.name);
    Ok(Reply::of(line).say("Treat the file as dangerous: it belongs to a security incident."))
}

/// The files as they are numbered: the oldest first, so that a number stays.
fn numbered(case: &Case) -> Vec<&Attachment> {
    let mut files: Vec<_> = case.attachments.iter().collect();
    files.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    files
}
