//! How does a file get from Slack to a case? Streamed, under a name that the service takes, and once.

use sha2::{Digest, Sha256};

use super::{
    comments::{self, Spoken},
    desk::{Desk, Outcome, Stop, strange},
    settle::closed,
};
use crate::{
    case::{Case, CaseId},
    command::answer::{Answer, Line},
    sir::{self, Call, limits},
    slack::File,
    text,
    wire::{Failure, Request},
    world::{Copied, World},
};

/// Attaches files to a case, and says on the case which ones.
pub async fn all<W: World>(desk: &Desk<'_, W>, id: &CaseId, files: &[String]) -> Outcome {
    let case = desk.case(id).await?;
    if case.is_closed() {
        return Err(closed(id).into());
    }
    let (mut attached, mut refused) = (Vec::new(), Vec::new());
    for file in files {
        match one(desk, &case, file, &attached).await? {
            Ok(name) => attached.push(name),
            Err(why) => refused.push(why),
        }
    }
    if !attached.is_empty() {
        comments::create(desk, id, &announced(&attached), &Spoken::slash(desk)).await?;
    }
    let answer = match attached.len() {
        0 => Answer::of(Line::of("Nothing was attached to case ").bold(id.as_str()).text(".")),
        1 => Answer::of(Line::of("The file is on case ").bold(id.as_str()).text(": AWS checks it now.")),
        many => Answer::of(
            Line::of(format!("{many} files are on case ")).bold(id.as_str()).text(": AWS checks them now."),
        ),
    };
    let answer = attached.iter().fold(answer, |answer, name| answer.line(Line::of("• ").bold(&name.on_case)));
    Ok(refused.into_iter().fold(answer, Answer::line))
}

/// A file that was attached.
struct Attached {
    in_slack: String,
    on_case: String,
}

fn announced(attached: &[Attached]) -> String {
    let lines = attached.iter().map(|file| match file.in_slack == file.on_case {
        true => format!("- {}", file.on_case),
        false => format!("- {} (in Slack: {})", file.on_case, text::one_line(&file.in_slack)),
    });
    format!("[Attached from Slack]\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Attaches one file; `Err` inside says why it cannot be.
async fn one<W: World>(
    desk: &Desk<'_, W>,
    case: &Case,
    id: &str,
    before: &[Attached],
) -> Result<Result<Attached, Line>, Stop> {
    let file = match desk.slack.file(id).await {
        Ok(file) => file,
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => return Err(failure.into()),
        Err(failure) => {
            return Ok(Err(Line::of(format!("Slack does not give the file: {failure}."))));
        }
    };
    let named = |why: String| Line::of("• ").bold(&file.name).text(format!(": {why}"));
    let (size, from) = match checked(desk, case, &file) {
        Ok(checked) => checked,
        Err(why) => return Ok(Err(named(why))),
    };
    let taken: Vec<&str> = case.attachments.iter().map(|file| file.name.as_str()).collect();
    let taken: Vec<&str> = taken.into_iter().chain(before.iter().map(|file| file.on_case.as_str())).collect();
    // Once it was announced its name is taken: a repetition keeps the name that was decided first.
    let name = desk.decide(&format!("file/{id}"), limits::file::fit(&file.name, &taken)).await?;
    let token = text::hex(&Sha256::digest(format!("{}|{id}", desk.key)));
    let call =
        Call::GetCaseAttachmentUploadUrl { case: case.id.clone(), name: name.clone(), bytes: size, token };
    let sir::Answer::Url(url) = desk.call(call).await? else {
        return Err(strange("GetCaseAttachmentUploadUrl"));
    };
    let to = Request::bare("PUT", url.reveal().to_owned())
        .header("if-none-match", "*")
        .header("content-type", "application/octet-stream");
    let copied = desk.world.copy(from, to, size).await.map_err(Failure::from_trouble)?;
    match copied {
        // 412: it is there already, from a delivery before this one.
        Copied::Put { status: 200..=299 | 412 } => {
            Ok(Ok(Attached { in_slack: file.name.clone(), on_case: name }))
        }
        Copied::Put { status: status @ (429 | 500..) } => {
            Err(Stop::Later(format!("the file's place answered HTTP {status}")))
        }
        Copied::Source { status: status @ (429 | 500..) } => {
            Err(Stop::Later(format!("Slack did not give the file (HTTP {status})")))
        }
        Copied::Put { status } => Ok(Err(named(format!("AWS did not take it (HTTP {status}).")))),
        Copied::SignIn => Ok(Err(named(
            "Slack asked us to sign in instead of giving the file: the app lacks the scope files:read, or is not in \
             the file's channel."
                .to_owned(),
        ))),
        Copied::Source { status } => Ok(Err(named(format!("Slack did not give it (HTTP {status}).")))),
        Copied::Length { bytes } => {
            Ok(Err(named(format!("Slack says that it has {size} bytes, and gives {bytes}."))))
        }
    }
}

/// The size and how the file is asked for, or why it cannot go to the case.
fn checked<W: World>(desk: &Desk<'_, W>, case: &Case, file: &File) -> Result<(u64, Request), String> {
    let is_known = case.attachments.len() < limits::file::MOST_FILES;
    if !is_known {
        limits::case::room_for_a_file(case).map_err(|error| error.to_string())?;
    }
    let size = file.size.ok_or("Slack does not say how large it is.")?;
    limits::file::size(size).map_err(|error| error.to_string())?;
    let url = file.url.as_deref().ok_or("Slack does not say where it is: it may be kept elsewhere.")?;
    let from = desk.slack.download(url).ok_or("it is kept outside of Slack, where nobody may send us.")?;
    Ok((size, from))
}
