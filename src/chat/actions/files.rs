//! Which files are on a case, and how does somebody get one?

use super::{
    context::{Desk, Outcome, strange},
    format_time::format_time,
};
use crate::{
    aws::sir::{self, Call},
    case::{Attachment, Case, CaseId},
    chat::{
        language::command::{self, Ask},
        reply::{Answer, Button, Line},
    },
};

/// `files`
pub async fn list(desk: &Desk<'_>, id: &CaseId) -> Outcome {
    let case = desk.case(id).await?;
    let files = numbered(&case);
    if files.is_empty() {
        return Ok(Answer::of(Line::of("There is no file on case ").bold(id.as_str()).text(".")));
    }
    let headline = Line::of("Files on case ").bold(id.as_str()).text(":");
    let answer = files.iter().zip(1..).fold(Answer::of(headline), |answer, (file, number)| {
        let line = Line::default().bold(format!("{number}. ")).bold(&file.name);
        answer.line(line.text(format!("\n{}, {}", file.status, format_time(Some(file.created)))))
    });
    let ready = files.iter().zip(1_u16..).filter(|(file, _)| file.status == "Verified");
    let buttons = ready.map(|(file, number)| {
        let ask = Ask::Get { number };
        Button::run(format!("Get {}", file.name), command::Line { case: Some(id.clone()), ask })
    });
    Ok(answer.buttons(buttons.take(25).collect()))
}

/// `get N`: a link, for this person only. It needs no other right, so it is kept nowhere.
pub async fn get(desk: &Desk<'_>, id: &CaseId, number: u16) -> Outcome {
    let case = desk.case(id).await?;
    let files = numbered(&case);
    let Some(file) = usize::from(number).checked_sub(1).and_then(|index| files.get(index)) else {
        let many =
            format!("There are {} files on this case, and {number} is none of them. See ", files.len());
        return Ok(Answer::of(Line::of(many).code("files").text(".")).give_back(&desk.typed()));
    };
    if file.status != "Verified" {
        let why = match file.status.as_str() {
            "Pending" => "is still being checked by AWS. Try again in a few minutes.",
            _ => "did not pass AWS's check, so it cannot be had.",
        };
        return Ok(Answer::of(Line::default().bold(&file.name).text(" ").text(why)));
    }
    let call = Call::GetCaseAttachmentDownloadUrl { case: id.clone(), attachment: file.id.clone() };
    let sir::Answer::Url(url) = desk.call(call).await? else {
        return Err(strange("GetCaseAttachmentDownloadUrl"));
    };
    let line =
        Line::of("Only you see this link, and it works for a short time: ").link(url.reveal(), &file.name);
    Ok(Answer::of(line).say("Treat the file as dangerous: it belongs to a security incident."))
}

/// The files as they are numbered: the oldest first, so that a number stays.
fn numbered(case: &Case) -> Vec<&Attachment> {
    let mut files: Vec<_> = case.attachments.iter().collect();
    files.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    files
}
