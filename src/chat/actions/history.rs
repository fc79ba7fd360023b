//! Who changed what on a case, in words.

use std::collections::BTreeMap;

use super::{
    comments::falls,
    context::{ActionError, CommandContext, Outcome, PAGES},
    next_move,
};
use crate::{
    aws::sir::ask,
    case::{CaseId, Edit, Millis, author::Author, snapshot::Facts, text},
    chat::reply::{Paragraph, Reply},
    state::{
        Saying,
        notes::{CaseNote, EditPages, PlaceNote},
    },
    targets::wording,
};

/// So long the page is kept at which the list ended.
const KEPT: Millis = 7 * 24 * 60 * 60 * 1_000;

pub(crate) async fn latest(context: &CommandContext<'_>, id: &CaseId, count: u8) -> Outcome {
    let count = usize::from(count);
    let CaseNote { edits, .. } = next_move::note(context, id).await?;
    let (mut edits, whole) = at_the_end(context, id, edits).await?;
    if edits.len() < count && !whole {
        edits = newest(context, id, count).await?.0;
    }
    let files = file_names(context, id).await?;
    let sayings = context.or_parked(context.world.store().sayings(id).await)?;
    let skipped = edits.len().saturating_sub(count);
    let edits = edits.split_off(skipped);
    if edits.is_empty() {
        return Ok(Reply::of(Paragraph::of("Nothing on case ").bold(id.as_str()).text(" was ever changed.")));
    }
    let headline =
        Paragraph::of("The latest changes of case ").bold(id.as_str()).text(", the newest at the end:");
    Ok(edits.iter().fold(Reply::of(headline), |answer, edit| answer.line(told(edit, &files, &sayings))))
}

/// What was changed on a case, the oldest first, and whether that is all: where the newest come first, no more is read
/// than the page that has as many as these.
pub(super) async fn newest(
    context: &CommandContext<'_>,
    id: &CaseId,
    count: usize,
) -> Result<(Vec<Edit>, bool), ActionError> {
    let enough = |edits: &[Edit]| edits.len() >= count && falls(edits, |edit| edit.at.unwrap_or_default());
    let (mut edits, all) = context.pages(|next| ask::edits(id, next), enough).await?;
    edits.sort_by_key(|edit| edit.at);
    Ok((edits, all))
}

/// The newest edits that one call brings, the oldest of them first, and whether that is all: the first page where the newest
/// come first; else the page at which the list ended when somebody asked before, or where it did when
/// the bridge itself read it. Where nobody knows either, it is read to its end once.
pub(super) async fn at_the_end(
    context: &CommandContext<'_>,
    id: &CaseId,
    read_by_the_bridge: Option<EditPages>,
) -> Result<(Vec<Edit>, bool), ActionError> {
    let (store, name) = (context.world.store(), format!("edits/{id}"));
    let known = store.note(&name).await.ok().flatten();
    let read = match known.clone().or(read_by_the_bridge.map(|pages| pages.end)) {
        Some(page) => read_from(context, id, Some(page)).await.ok(),
        None => None,
    };
    let ((mut edits, page, all), is_begun) = match read {
        Some(read) => (read, false),
        None => (read_from(context, id, None).await?, true),
    };
    edits.sort_by_key(|edit| edit.at);
    let ends = page.as_ref().filter(|_| all && page != known);
    if let Some(page) = ends {
        let until = Some(context.world.now() + KEPT);
        // Where it is not kept, the list is read to its end once more.
        drop(store.swap_note(&name, known.as_deref(), page, until).await);
    }
    Ok((edits, all && is_begun))
}

/// From a page on: the edits, the page at which it was left, and whether the list ends there.
async fn read_from(
    context: &CommandContext<'_>,
    id: &CaseId,
    mut at: Option<String>,
) -> Result<(Vec<Edit>, Option<String>, bool), ActionError> {
    let mut edits = Vec::new();
    for _ in 0..PAGES {
        let page = context.ask(ask::edits(id, at.clone())).await?;
        edits.extend(page.items);
        match page.next {
            None => return Ok((edits, at, true)),
            Some(_) if falls(&edits, |edit| edit.at.unwrap_or_default()) => break,
            next => at = next,
        }
    }
    Ok((edits, at, false))
}

fn told(edit: &Edit, files: &BTreeMap<String, String>, sayings: &[Saying]) -> Paragraph {
    let by = speaker(edit, sayings).unwrap_or_else(|| who(&edit.principal));
    let head = Paragraph::default().bold(by).text(" ").text(what(&edit.action));
    head.text("  ").date(edit.at).text("\n").text(naming(&edit.message, files))
}

/// Who said it through the bridge, which the service knows by its own name alone.
pub(super) fn speaker(edit: &Edit, sayings: &[Saying]) -> Option<String> {
    let is_named =
        |saying: &&Saying| saying.comment.as_ref().is_some_and(|id| edit.message.contains(id.as_str()));
    sayings.iter().find(is_named)?.speaker.clone()
}

/// The case's files by their ids, as far as they were told.
pub(super) async fn file_names(
    context: &CommandContext<'_>,
    id: &CaseId,
) -> Result<BTreeMap<String, String>, ActionError> {
    let Some(meta) = context.or_left_out(context.world.store().meta(id).await)? else {
        return Ok(BTreeMap::new());
    };
    let notes = meta.targets.keys().filter_map(|target| meta.note_of::<PlaceNote>(id, target).ok());
    Ok(notes.filter_map(|(note, _)| note.facts).flat_map(Facts::into_file_names).collect())
}

/// The service names a file by its id, people by its name.
pub(super) fn naming(message: &str, files: &BTreeMap<String, String>) -> String {
    files.iter().fold(message.to_owned(), |said, (id, name)| said.replace(id.as_str(), name))
}

/// Who did it, as people call them.
pub(super) fn who(principal: &str) -> String {
    match Author::of(principal) {
        Author::Service => "AWS".to_owned(),
        author @ (Author::AwsResponder
        | Author::Slack { .. }
        | Author::Jira { .. }
        | Author::Principal(_)) => wording::author(&author),
    }
}

/// What was done, in the past tense. The service documents no list: what it calls otherwise is read out.
pub(super) fn what(action: &str) -> String {
    let words = match action {
        "CREATE_CASE" => "opened the case",
        "UPDATE_CASE" => "changed the case's details",
        "UPDATE_CASE_STATUS" => "moved the case to another status",
        "UPDATE_PENDING_ACTION" => "changed whose move it is",
        "UPDATE_RESOLVER_TYPE" => "changed who works the case",
        "CLOSE_CASE" => "closed the case",
        "CREATE_CASE_COMMENT" => "commented",
        "UPDATE_CASE_COMMENT" => "edited a comment",
        "ADD_ATTACHMENT" => "added a file",
        "UPDATE_ATTACHMENT" => "checked a file",
        other => return text::one_line(&format!("did \"{}\"", other.replace('_', " ").to_lowercase())),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_what_are_words_and_no_names_of_the_api() {
        let table = [
            ("security-ir.amazonaws.com", "UPDATE_PENDING_ACTION", "AWS changed whose move it is"),
            ("AWS Responder", "CREATE_CASE_COMMENT", "AWS Responder commented"),
            ("arn:aws:iam::123456789012:user/ana", "CLOSE_CASE", "ana closed the case"),
            ("123456789012", "RENAME_THE_MOON", "AWS account 123456789012 did \"rename the moon\""),
        ];
        for (principal, action, expected) in table {
            assert_eq!(format!("{} {}", who(principal), what(action)), expected);
        }
    }
}
