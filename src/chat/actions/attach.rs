//! The way of a file from Slack to a case: streamed, under a name that the service takes, and once.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{
    comments,
    compare_and_set::closed,
    context::{ActionError, CommandContext, Outcome},
    freeze::Frozen,
    origins::{self, Origin},
    speech::{Speech, TERMINAL},
    withdrawal,
};
use crate::{
    aws::sir::{ask, limits},
    case::{Case, CaseId, FileId, text},
    chat::{
        forms::FormInput,
        ingress::{act::CommandKey, action::Action, job::Job},
        policy::secret_scan,
        reply::{Paragraph, Reply},
    },
    http::{Failure, Request, transport::Source},
    targets::slack::File,
};

/// The most files of one message that are attached: what a message can carry.
const MOST: usize = 10;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
enum CopyEnd {
    #[serde(rename = "Attached")]
    Attached(Attached),
    #[serde(rename = "Refused")]
    Refused(Paragraph),
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Attached {
    #[serde(rename = "in_slack")]
    in_slack: String,
    #[serde(rename = "on_case")]
    on_case: String,
}

/// Attaches the next of a message's files: a job takes one, so that each ends in time. The last one says on the case,
/// and to the person, what became of all of them.
pub(crate) async fn next(
    context: &CommandContext<'_>,
    id: &CaseId,
    files: &[FileId],
    before: usize,
) -> Outcome {
    if context.job.is_of_its_files() && withdrawal::came_first(context).await? {
        return Ok(Reply::silence());
    }
    let case = context.case(id).await?;
    if case.is_closed() && before == 0 {
        return Err(closed(id).into());
    }
    let mut ends = Vec::new();
    for (index, file) in files.iter().enumerate().take(before + 1) {
        ends.push(match context.frozen(Frozen::FileEnd(index)).await? {
            Some(end) => end,
            None => {
                let end = one(context, &case, file, &ends).await?;
                context.freeze(Frozen::FileEnd(index), end).await?
            }
        });
    }
    if before + 1 < files.len() {
        go_on(context, before + 1).await?;
        return Err(ActionError::HandedOn);
    }
    told(context, id, &ends).await
}

/// Attaches a file that somebody has at hand at a terminal, by its name and length.
pub(crate) async fn brought(
    context: &CommandContext<'_>,
    id: &CaseId,
    (name, bytes): (&str, u64),
) -> Outcome {
    let case = context.case(id).await?;
    if case.is_closed() {
        return Err(closed(id).into());
    }
    let there = Elsewhere {
        id: &FileId::new(name),
        name,
        bytes: Some(bytes),
        from: Ok(Request::bare(Method::GET, String::new())),
        origin: None,
        place: TERMINAL,
        sign_in: "",
    };
    let end = ended(name, copied(context, &case, &there, &[]).await?);
    told(context, id, &[end]).await
}

/// Puts the job of the next file on the inbox, once: a repetition of this one finds that it is there.
async fn go_on(context: &CommandContext<'_>, before: usize) -> Result<(), ActionError> {
    if context.frozen::<bool>(Frozen::FileBegun(before)).await?.is_some() {
        return Ok(());
    }
    let mut job = context.job.clone();
    if let Action::Filled { filled: FormInput::Attach { before: now, .. } } = &mut job.action {
        *now = before;
    }
    job.put(context.world, Some(&before.to_string())).await.map_err(ActionError::Trouble)?;
    context.freeze(Frozen::FileBegun(before), true).await.map(drop)
}

/// Puts the files of a message on their way to the case that its words are on already.
pub(crate) async fn begin(
    context: &CommandContext<'_>,
    id: &CaseId,
    files: &[FileId],
) -> Result<(), ActionError> {
    let files: Vec<_> = files.iter().take(MOST).cloned().collect();
    if files.is_empty() {
        return Ok(());
    }
    let action = Action::Filled { filled: FormInput::Attach { case: Some(id.clone()), files, before: 0 } };
    let job = Job { act: context.job.act.files(), action, ..context.job.clone() };
    job.put(context.world, None).await.map_err(ActionError::Trouble)
}

/// Says on the case what was attached, and to the person what became of each file.
async fn told(context: &CommandContext<'_>, id: &CaseId, ends: &[CopyEnd]) -> Outcome {
    let attached = attached(ends);
    let is_of_a_message = context.job.is_of_its_files();
    // The message's own comment names its files; nothing is new where they are called the same on the case.
    let is_known = is_of_a_message && attached.iter().all(|file| file.in_slack == file.on_case);
    if !attached.is_empty() && !is_known {
        let place = if context.is_at_a_terminal() { TERMINAL } else { "Slack" };
        comments::create(context, id, &Speech::typed(context, announced(place, &attached))).await?;
    }
    if is_of_a_message && attached.len() == ends.len() {
        return Ok(Reply::silence());
    }
    let answer = match attached.len() {
        0 => Reply::of(Paragraph::of("Nothing was attached to case ").bold(id.as_str()).text(".")),
        1 => Reply::of(
            Paragraph::of("The file is on case ")
                .bold(id.as_str())
                .text(": AWS checks it now. The case's thread says when it is verified, or has failed."),
        ),
        many => Reply::of(Paragraph::of(format!("{many} files are on case ")).bold(id.as_str()).text(
            ": AWS checks them now. The case's thread says of each when it is verified, or has failed.",
        )),
    };
    let answer =
        attached.iter().fold(answer, |answer, name| answer.line(Paragraph::of("• ").bold(&name.on_case)));
    let refused = ends.iter().filter_map(|end| match end {
        CopyEnd::Refused(why) => Some(why.clone()),
        CopyEnd::Attached(_) => None,
    });
    Ok(refused.fold(answer, Reply::line))
}

fn attached(ends: &[CopyEnd]) -> Vec<&Attached> {
    let attached = ends.iter().filter_map(|end| match end {
        CopyEnd::Attached(file) => Some(file),
        CopyEnd::Refused(_) => None,
    });
    attached.collect()
}

fn announced(place: &str, attached: &[&Attached]) -> String {
    let lines = attached.iter().map(|file| line(place, &file.in_slack, &file.on_case));
    format!("{}\n{}", heading(place), lines.collect::<Vec<_>>().join("\n"))
}

pub(super) fn heading(place: &str) -> String {
    format!("[Attached from {place}]")
}

/// What the case says of a file, by what it is called where it was and on the case.
pub(super) fn line(place: &str, there: &str, on_case: &str) -> String {
    match there == on_case {
        true => format!("- {on_case}"),
        false => format!("- {on_case} (in {place}: {})", text::one_line(there)),
    }
}

/// Attaches one file, or says why it cannot be.
async fn one(
    context: &CommandContext<'_>,
    case: &Case,
    id: &FileId,
    before: &[CopyEnd],
) -> Result<CopyEnd, ActionError> {
    let file = match context.slack.file(id).await {
        Ok(file) => file,
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => return Err(failure.into()),
        Err(failure) => {
            return Ok(CopyEnd::Refused(Paragraph::of(format!("Slack does not give the file: {failure}."))));
        }
    };
    let before: Vec<&str> = attached(before).into_iter().map(|file| file.on_case.as_str()).collect();
    let there =
        Elsewhere { origin: origins::in_slack(context, &case.id).await?, ..elsewhere(context, &file) };
    Ok(ended(&file.name, copied(context, case, &there, &before).await?))
}

fn ended(name: &str, became: Copied) -> CopyEnd {
    match became {
        Copied::As(on_case) => CopyEnd::Attached(Attached { in_slack: name.to_owned(), on_case }),
        Copied::Not(why) => CopyEnd::Refused(Paragraph::of("• ").bold(name).text(format!(": {why}"))),
    }
}

fn elsewhere<'f>(context: &CommandContext<'_>, file: &'f File) -> Elsewhere<'f> {
    let from = match file.url.as_deref() {
        None => Err("Slack does not say where it is: it may be kept elsewhere."),
        Some(url) => {
            context.slack.download(url).ok_or("it is kept outside of Slack, where nobody may send us.")
        }
    };
    let (id, name, bytes) = (&file.id, &file.name, file.size);
    Elsewhere { id, name, bytes, from, origin: None, place: "Slack", sign_in: SIGN_IN }
}

/// A file where people put it.
pub(super) struct Elsewhere<'f> {
    pub(super) id: &'f FileId,
    pub(super) name: &'f str,
    pub(super) bytes: Option<u64>,
    /// How it is asked for, or why it cannot be.
    pub(super) from: Result<Request, &'static str>,
    /// Where it hangs beside the case.
    pub(super) origin: Option<Origin>,
    pub(super) place: &'static str,
    /// What is wrong where a page to sign in at comes in its place.
    pub(super) sign_in: &'static str,
}

/// What became of a file.
pub(super) enum Copied {
    /// It is on the case, and called so there.
    As(String),
    /// It is not, and that is final.
    Not(String),
}

/// Copies a file to a case, once, under a name that nothing else there has; `before`: names that the case may not show yet.
pub(super) async fn copied(
    context: &CommandContext<'_>,
    case: &Case,
    file: &Elsewhere<'_>,
    before: &[&str],
) -> Result<Copied, ActionError> {
    let (bytes, from) = match checked(case, file) {
        Ok(checked) => checked,
        Err(why) => return Ok(Copied::Not(why)),
    };
    let place = file.place;
    // Opened before anything is asked of AWS: a name that was announced stays on the case for ever.
    let opened = match context.world.open(from, Some(bytes)).await.map_err(Failure::from_trouble)? {
        Source::Opened(opened) => opened,
        Source::Refused { status: status @ (401 | 429 | 500..) } => {
            return Err(ActionError::Later(format!("{place} did not give the file (HTTP {status})")));
        }
        Source::Refused { status } => {
            return Ok(Copied::Not(format!("{place} did not give it (HTTP {status}).")));
        }
        Source::SignIn => return Ok(Copied::Not(file.sign_in.to_owned())),
        Source::Length { bytes: given } => {
            return Ok(Copied::Not(format!("{place} says that it has {bytes} bytes, and gives {given}.")));
        }
    };
    let taken = case.attachments.iter().map(|file| file.name.as_str());
    let taken: Vec<&str> = taken.chain(before.iter().copied()).collect();
    // Once it was announced its name is taken: a repetition keeps the name that was decided first.
    let name =
        context.freeze(Frozen::FileName(file.id.clone()), limits::file::fit(file.name, &taken)).await?;
    if let Some(origin) = &file.origin {
        origins::keep(context, &case.id, origin, &name).await?;
        // A deletion that came since then did not see it kept, or saw it and took it back.
        if context.job.is_of_its_files() && withdrawal::came_first(context).await? {
            return Ok(Copied::Not("its message was deleted meanwhile.".to_owned()));
        }
    }
    let to = match place_of(context, case, &PlacedFile { id: file.id, name: &name, size: bytes }).await {
        Ok(to) => to,
        // The files before this one are on the case all the same.
        Err(ActionError::Said(answer)) => return Ok(Copied::Not(answer.plain().replace('\n', " "))),
        Err(stop) => return Err(stop),
    };
    match context.world.fill(to, opened).await.map_err(Failure::from_trouble)?.status {
        // 412: it is there already, from a delivery before this one.
        200..=299 | 412 => Ok(Copied::As(name)),
        status @ (429 | 500..) => Err(ActionError::Later(format!("the file's place answered HTTP {status}"))),
        status => Ok(Copied::Not(format!("AWS did not take it (HTTP {status})."))),
    }
}

const SIGN_IN: &str = "Slack asked us to sign in instead of giving the file: the app lacks the scope files:read, or is not in \
                       the file's channel.";

struct PlacedFile<'a> {
    id: &'a FileId,
    name: &'a str,
    /// In bytes.
    size: u64,
}

/// Where AWS takes the file, once.
async fn place_of(
    context: &CommandContext<'_>,
    case: &Case,
    file: &PlacedFile<'_>,
) -> Result<Request, ActionError> {
    let token = CommandKey::of(format!("{}|{}", context.key, file.id)).into();
    let url = context.ask(ask::upload(&case.id, file.name, file.size, token)).await?;
    Ok(Request::bare(Method::PUT, url.reveal().to_owned())
        .header("if-none-match", "*")
        .header("content-type", "application/octet-stream"))
}

/// The size and how the file is asked for, or why it cannot go to the case.
fn checked(case: &Case, file: &Elsewhere<'_>) -> Result<(u64, Request), String> {
    let is_known = case.attachments.len() < limits::file::MOST_FILES;
    if !is_known {
        limits::case::room_for_a_file(case).map_err(|error| error.to_string())?;
    }
    if let Some(kind) = secret_scan::secret(file.name) {
        return Err(format!("its name looks like it holds {kind}: give it another name."));
    }
    let bytes = file.bytes.ok_or(format!("{} does not say how large it is.", file.place))?;
    limits::file::size(bytes).map_err(|error| error.to_string())?;
    Ok((bytes, file.from.clone()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

    #[test]
    fn what_any_release_decided_of_a_file_is_read_as_it_was_meant() {
        let attached = Attached { in_slack: "auth log.txt".to_owned(), on_case: "auth_log.txt".to_owned() };
        golden::check_json(
            "file-ends",
            &[
                ("attached", CopyEnd::Attached(attached)),
                ("refused", CopyEnd::Refused(Paragraph::of("• ").bold("big.bin").text(": too large"))),
            ],
        );
    }
}
