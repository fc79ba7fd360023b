//! Which issue is a case's.

use super::{
    begin_anew::{begin_anew, noted},
    confirm,
    context::{ActionError, CommandContext, Outcome},
    floor::Floor,
    freeze::Frozen,
};
use crate::{
    case::{CaseId, IssueKey},
    chat::{
        language::command::Command,
        reply::{Paragraph, Reply},
    },
    http::Failure,
    state::notes::{Home, PlaceNote},
    targets::jira::{self, IssueRef, IssueStatus, Jira},
};

pub(crate) async fn show(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let Some(jira) = context.jira else { return Err(no_jira()) };
    let note = noted(context, id, jira::KIND).await?;
    let is_gone = note.is_gone();
    Ok(match note.home {
        Some(home) if is_gone => Reply::of(
            Paragraph::of("The issue ")
                .bold(&home.name)
                .text(" of case ")
                .bold(id.as_str())
                .text(" was deleted, or is hidden from the bridge. Make another with ")
                .code("jira open")
                .text(", or choose one with ")
                .code("jira link SEC-12")
                .text("."),
        ),
        Some(home) => Reply::of(
            Paragraph::of("The issue of case ").bold(id.as_str()).text(" is ").link(&jira.settings.browse(&IssueKey::new(&home.name)), &home.name),
        ),
        None => Reply::of(
            Paragraph::of("Case ")
                .bold(id.as_str())
                .text(" has no issue yet. It is made within minutes; if somebody deleted it, make another with ")
                .code("jira open")
                .text(", or choose one with ")
                .code("jira link SEC-12")
                .text("."),
        ),
    })
}

pub(super) fn no_jira() -> ActionError {
    let line = Paragraph::of("Jira is not in the settings. Whoever deployed the bridge adds the table ");
    Reply::of(line.code("[jira]").text(".")).into()
}

/// `jira open`: an issue that somebody deleted is made again.
pub(crate) async fn open(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    if context.jira.is_none() {
        return Err(no_jira());
    }
    let note = noted(context, id, jira::KIND).await?;
    if note.home.is_some() && !note.is_gone() {
        return Err(show(context, id).await?.say("Nothing was changed.").into());
    }
    begin_anew(context, id, jira::KIND, note.begun_anew()).await?;
    Ok(Reply::of(
        Paragraph::of("The issue of case ")
            .bold(id.as_str())
            .text(" is being made. The card will link to it."),
    ))
}

const TOLD_ANEW: &str = ". It takes the case's title, and the case's whole story is told in it once, from the beginning. What \
                         stands in the issue already stays there; comments that people write in it from now on go to the case.";

/// An issue that the case may be told in, if it can be.
async fn linkable(
    context: &CommandContext<'_>,
    (jira, id): (&Jira<'_>, &CaseId),
    key: &IssueKey,
) -> Result<IssueStatus, ActionError> {
    let issue = match jira.issue_status(IssueRef::Key(key)).await {
        Ok(issue) => issue,
        Err(Failure::Gone { .. } | Failure::Content { .. }) => {
            let why = format!("Jira has no issue {key}, or hides it from the bridge.");
            return Err(context.refuse(why));
        }
        Err(failure) => return Err(failure.into()),
    };
    let project = &jira.settings.project;
    if issue.key.as_str().rsplit_once('-').is_none_or(|(of, _)| of != project) {
        let why = format!(
            "{} is not in the project {project}, which the settings name: nothing of a case goes elsewhere.",
            issue.key
        );
        return Err(context.refuse(why));
    }
    match context.world.store().bound(&place(&issue)).await? {
        Some(other) if other != *id => {
            Err(context.refuse(format!("{} is the issue of case {other} already.", issue.key)))
        }
        _ => Ok(issue),
    }
}

fn place(issue: &IssueStatus) -> String {
    format!("jira/{}", issue.id)
}

fn is_restricted(context: &CommandContext<'_>) -> ActionError {
    context.refuse("Only some may know of this case: it is told in no issue that others may read.")
}

fn home_at(issue: &IssueStatus) -> Home {
    Home { place: issue.id.to_string(), name: issue.key.to_string() }
}

/// `jira link KEY`: asks first, unless it is so already.
pub(crate) async fn ask_to_link(context: &CommandContext<'_>, id: &CaseId, key: &IssueKey) -> Outcome {
    let Some(jira) = context.jira else { return Err(no_jira()) };
    let issue = linkable(context, (jira, id), key).await?;
    let note = noted(context, id, jira::KIND).await?;
    if note.restricted.is_some() {
        return Err(is_restricted(context));
    }
    if note.home.as_ref() == Some(&home_at(&issue)) {
        return link(context, id, key).await;
    }
    let case = context.case(id).await?;
    confirm::ask(context, Some(&case), &Command::JiraLink { key: issue.key }).await
}

/// `jira link KEY`, once it is confirmed: from now on everything is told in this issue, from the beginning, and what people
/// write in it from now on goes to the case.
pub(crate) async fn link(context: &CommandContext<'_>, id: &CaseId, key: &IssueKey) -> Outcome {
    let Some(jira) = context.jira else { return Err(no_jira()) };
    let issue = linkable(context, (jira, id), key).await?;
    let home = home_at(&issue);
    let note = noted(context, id, jira::KIND).await?;
    if note.restricted.is_some() {
        return Err(is_restricted(context));
    }
    let other = note.home.as_ref() != Some(&home);
    // Told once: a repetition finds it linked, and must not say that it was so before.
    let anew = context.freeze(Frozen::Anew, other).await?;
    if other {
        // First: nothing is heard in the issue before it is bound.
        let now = issue.updated.ok_or_else(|| Failure::unreadable("read issue"))?;
        Floor::raise(context.world.store(), &issue.id, now).await?;
        let is_theirs = issue.mark.is_none() || issue.beside;
        let beside = is_theirs && jira.is_described(&issue.id).await?;
        begin_anew(context, id, jira::KIND, PlaceNote { home: Some(home), beside, ..PlaceNote::default() })
            .await?;
    }
    context.world.store().bind(&place(&issue), id).await?;
    context.changed(id).await?;
    let says = |is: &str, told: &str| {
        let line = Paragraph::of("Case ").bold(id.as_str()).text(is);
        Reply::of(line.link(&jira.settings.browse(&issue.key), issue.key.as_str()).text(told))
    };
    match anew {
        true => Ok(says(" is now the issue ", TOLD_ANEW)),
        false => Err(says(" is the issue ", " already. Nothing was changed.").into()),
    }
}
