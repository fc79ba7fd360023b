//! What people do to a case's issue itself: they set it to a status, move it to another project, or delete it. It is
//! followed, and said; the case stays as it is.

use super::{
    begin_anew::{hold, noted},
    context::{ActionError, CommandContext, Outcome},
    floor::Floor,
};
use crate::{
    case::{CaseId, IssueId, IssueKey, Millis, Status},
    chat::{
        ingress::context::ChatContext,
        reply::{Paragraph, Reply},
    },
    config::settings::{JiraSettings, StatusFromJira},
    http::Failure,
    state::{
        Note, Store,
        key::Fingerprint,
        notes::{MovedByHand, PlaceNote},
        record,
    },
    targets::jira::{self, IssueNow, IssueRef, IssueStatus, Jira, STATUS, StatusMove},
};

const NEWS: Millis = 82_800_000;

/// Follows what became of a case's issue, as it was read.
pub(super) async fn follow(
    (chat, jira): (&ChatContext<'_>, &Jira<'_>),
    (case, issue): (&CaseId, &IssueId),
    read: Result<IssueNow, Failure>,
    note: &PlaceNote,
) -> Result<(), ActionError> {
    let mut after = note.clone();
    match read {
        Ok(IssueNow { stands, last, .. }) => {
            if let Some(home) = &mut after.home {
                home.name = stands.key.to_string();
            }
            if let Some(last) = last
                && is_news(chat, jira, (issue, &stands, &last), note).await?
            {
                let StatusMove { id, to, name: by, .. } = last;
                after.moved = Some(MovedByHand { id, to, by, done: stands.category == "done" });
            }
        }
        Err(Failure::Gone { .. }) => after.bury(),
        Err(failure) => return Err(failure.into()),
    }
    if after == *note || note.home.is_none() {
        return Ok(());
    }
    let change = |note: &mut PlaceNote| {
        // It may have been linked to another meanwhile.
        if note.home.as_ref().is_some_and(|home| *issue == home.place.as_str()) {
            if after.is_gone() && !note.is_gone() {
                note.bury();
            }
            (note.home, note.moved) = (after.home, after.moved);
        }
    };
    amend(chat.world.store(), (case, chat.world.now()), change).await
}

/// Whether somebody else moved it lately, since it is the case's, to where it should not be.
async fn is_news(
    chat: &ChatContext<'_>,
    jira: &Jira<'_>,
    (issue, stands, last): (&IssueId, &IssueStatus, &StatusMove),
    note: &PlaceNote,
) -> Result<bool, ActionError> {
    let known = note.moved.as_ref().is_some_and(|moved| moved.id == last.id);
    if jira.settings.status_from_jira == StatusFromJira::Off
        || known
        || chat.world.now() - last.at > NEWS
        || wanted(jira.settings, note).is_some_and(|to| stands.is_in(to))
        || Floor::since(chat.world.store(), issue).await?.is_some_and(|since| last.at <= since)
    {
        return Ok(false);
    }
    Ok(last.by.as_ref() != Some(&jira.me().await?))
}

/// Where the issue was last to be: it was set to that, or that is owed.
fn wanted<'a>(settings: &'a JiraSettings, note: &PlaceNote) -> Option<&'a str> {
    let owed = note.owed.get(STATUS).map(|owed| owed.hash.as_str());
    let hash = owed.or(note.set.get(STATUS).map(String::as_str))?;
    let is_it = |case: &&String| Fingerprint::of(case).as_str() == hash;
    settings.status.keys().find(is_it).and_then(|case| settings.status.get(case)).map(String::as_str)
}

/// Changes what is known of the case at Jira, and has it looked at.
async fn amend(
    store: &dyn Store,
    (case, now): (&CaseId, Millis),
    change: impl FnOnce(&mut PlaceNote),
) -> Result<(), ActionError> {
    let meta = hold(store, (case, now), false).await?;
    let (mut note, rest) = meta.note::<PlaceNote>(case, Note::Of(jira::KIND))?;
    change(&mut note);
    let json = record::write(&note, &rest).map_err(|error| ActionError::Trouble(error.to_string()))?;
    store.save(case, meta.epoch, Note::Of(jira::KIND), &json).await?;
    store.release(case, meta.epoch, meta.want, Some(now), meta.full).await?;
    Ok(())
}

/// `jira back`: the issue is set once more to where it goes with its case.
pub(crate) async fn put_back(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let Some(jira) = context.jira else { return Err(super::issue::no_jira()) };
    let (note, case) = (noted(context, id, jira::KIND).await?, context.case(id).await?);
    let Some(home) = note.home.as_ref().filter(|_| !note.is_gone()) else {
        return super::issue::show(context, id).await;
    };
    let key = IssueKey::new(&home.name);
    let Some(to) = jira.settings.status.get(case.status.as_str()) else {
        let why = format!(
            "The settings name no status of {key} for a case that stands at {}: see [jira.status].",
            case.status.as_str()
        );
        return Err(context.refuse(why));
    };
    let again = |note: &mut PlaceNote| {
        note.set.remove(STATUS);
        note.owed.remove(STATUS);
    };
    amend(context.world.store(), (id, context.world.now()), again).await?;
    let line = Paragraph::default().link(&jira.settings.browse(&key), key.as_str());
    Ok(Reply::of(
        line.text(" is put back to ")
            .bold(to)
            .text(", as the case stands at ")
            .bold(case.status.as_str())
            .text("."),
    ))
}

/// `jira close KEY`: an issue that is set aside goes where closed cases go.
pub(crate) async fn close(context: &CommandContext<'_>, id: &CaseId, key: &IssueKey) -> Outcome {
    let Some(jira) = context.jira else { return Err(super::issue::no_jira()) };
    let issue = match jira.issue_status(IssueRef::Key(key)).await {
        Ok(issue) => issue,
        Err(Failure::Gone { .. } | Failure::Content { .. }) => {
            let why = format!("Jira has no issue {key}, or hides it from the bridge.");
            return Err(context.refuse(why));
        }
        Err(failure) => return Err(failure.into()),
    };
    if !issue.is_set_aside(id, &jira.me().await?) {
        let why =
            format!("{key} is no issue that was made for case {id} and set aside: nothing was done with it.");
        return Err(context.refuse(why));
    }
    let to = jira.settings.status.get(Status::Closed.as_str()).map_or("done", String::as_str);
    let why = match jira.transition(&issue.id, to).await {
        Ok(jira::Moved::There) => {
            let line = Paragraph::default().link(&jira.settings.browse(&issue.key), issue.key.as_str());
            return Ok(Reply::of(line.text(" is moved to ").bold(to).text(".")));
        }
        Ok(jira::Moved::NotPossible { .. }) => "its workflow, which has no way there".to_owned(),
        Err(Failure::Content { why } | Failure::Broken { everywhere: false, why }) => why,
        Err(failure) => return Err(failure.into()),
    };
    Err(context.refuse(format!("{key} could not be moved to {to} because of {why}.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::notes::Owed;

    #[test]
    fn an_issue_is_wanted_where_it_was_set_to_or_is_owed_to_be_set_to() {
        let settings: JiraSettings =
            toml::from_str("api_url = 'https://example.atlassian.net'\nproject = 'SEC'").unwrap();
        let set = |status: &str| [(STATUS.to_owned(), Fingerprint::of(status).into())].into();
        let owed = |status: &str| {
            let hash = Fingerprint::of(status);
            [(STATUS.to_owned(), Owed { hash, ..Owed::default() })].into()
        };
        let table = [
            (PlaceNote::default(), None),
            (PlaceNote { set: set("Submitted"), ..PlaceNote::default() }, Some("To Do")),
            (PlaceNote { set: set("Submitted"), owed: owed("Closed"), ..PlaceNote::default() }, Some("Done")),
            (PlaceNote { set: set("A status of tomorrow"), ..PlaceNote::default() }, None),
        ];
        for (note, to) in table {
            assert_eq!(wanted(&settings, &note), to, "{note:?}");
        }
    }
}
