//! Where else a case can be seen.

use super::context::{ActionError, CommandContext};
use crate::{
    case::{CaseId, ChannelId, IssueKey, Ts},
    chat::reply::Paragraph,
    state::{Meta, Note, TargetKind, notes::PlaceNote},
    targets::{content::Links, jira, slack},
};

/// The case's thread, issue and page in the console, as far as they are there.
pub(super) async fn of(context: &CommandContext<'_>, case: &CaseId) -> Result<Links, ActionError> {
    let meta = context.or_parked(context.world.store().meta(case).await)?;
    in_meta(context, case, meta.as_ref())
}

/// The same, of what the table holds of it.
pub(super) fn in_meta(
    context: &CommandContext<'_>,
    case: &CaseId,
    meta: Option<&Meta>,
) -> Result<Links, ActionError> {
    let sir = &context.settings.sir;
    let console =
        |region: &String| sir.console_url.replace("{region}", region).replace("{case}", case.as_str());
    let mut links = Links { console: sir.region.as_ref().map(console), ..Links::default() };
    let Some(meta) = meta else { return Ok(links) };
    let home = |target: TargetKind| home(context, case, meta, target);
    links.slack = home(slack::KIND)?
        .map(|home| context.settings.slack.permalink(&ChannelId::new(home.place), &Ts::new(home.name)));
    if let (Some(jira), Some(home)) = (&context.settings.jira, home(jira::KIND)?) {
        let key = IssueKey::new(home.name);
        links.jira = Some(jira.browse(&key));
        links.jira_key = Some(key);
    }
    Ok(links)
}

fn home(
    context: &CommandContext<'_>,
    case: &CaseId,
    meta: &Meta,
    target: TargetKind,
) -> Result<Option<crate::state::notes::Home>, ActionError> {
    let (note, _) = context.or_parked(meta.note::<PlaceNote>(case, Note::Of(target)))?;
    let is_gone = note.is_gone();
    Ok(note.home.filter(|_| !is_gone))
}

pub(super) fn line(links: &Links) -> Paragraph {
    after(Paragraph::default(), links)
}

/// Goes on with where else the case can be seen.
pub(super) fn after(line: Paragraph, links: &Links) -> Paragraph {
    let key = links.jira_key.as_ref().map_or("Issue", IssueKey::as_str);
    let all = [("Thread", &links.slack), (key, &links.jira), ("AWS console", &links.console)];
    let there = all.into_iter().filter_map(|(name, url)| Some((name, url.as_deref()?)));
    there.enumerate().fold(line, |line, (index, (name, url))| {
        let line = if index == 0 { line } else { line.text(" · ") };
        line.link(url, name)
    })
}
