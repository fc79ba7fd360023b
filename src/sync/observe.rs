//! What is true of a case? One look at it: GetCase and as many pages of comments as may hold something new.

use std::collections::HashMap;

use crate::{
    aws::sir::{Answer, Call, Fault, FaultKind, Page},
    case::{Case, CaseId, Comment, Investigation, Millis, Resolver, Seconds},
    runtime::World,
    state::{self, Store, TargetKind, key::Key, notes::CaseNote},
    sync::reading::{Reader, ReadingError},
    targets::telling::{Ledger, comment_key},
};

#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) case: Case,
    pub(crate) comments: Vec<Comment>,
    /// When the newest comment was made or edited, where all of them were read.
    pub(crate) newest: Option<Seconds>,
    /// The AI agent's steps; read only where AWS works the case.
    pub(crate) investigations: Vec<Investigation>,
}

pub(crate) struct Looking<'a> {
    pub(crate) world: &'a dyn World,
    pub(crate) id: &'a CaseId,
    pub(crate) kinds: &'a [TargetKind],
    /// Nothing is read after this: what was read must still be told.
    pub(crate) until: Millis,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObserveError {
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// A later page is older than an earlier one: between them a comment may be missing.
    #[error("the pages are not of one moment")]
    Torn,
    #[error(transparent)]
    Store(#[from] state::Error),
}

/// Looks at a case. With `full`, all pages of comments are read; otherwise reading stops at the first page on which
/// everything is known, where the newest come first. Up to 25 comments cost two calls, three where AWS works the case.
pub(crate) async fn look(
    looking: &Looking<'_>,
    note: &mut CaseNote,
    full: bool,
) -> Result<Look, ObserveError> {
    let Looking { id, .. } = looking;
    let reader = Reader::new(looking.world, looking.until);
    let (case, first) = tokio::join!(get_case(&reader, id), comments_page(&reader, id, None));
    let (case, first) = (case?, first?);
    let investigations = match (case.resolver, case.is_closed()) {
        (Resolver::Aws, false) => investigations(&reader, id).await?,
        _ => Vec::new(),
    };
    note.newest_first = is_newest_first(&first.items).unwrap_or(note.newest_first);
    let stop_early = note.newest_first && !full;
    let (comments, whole) = all_comments(looking, &reader, first, stop_early).await?;
    let newest = comments.iter().map(|comment| comment.updated.unwrap_or(comment.created)).max();
    Ok(Look { case, comments, newest: newest.filter(|_| whole), investigations })
}

/// Comments, oldest first, and whether these are all.
async fn all_comments(
    looking: &Looking<'_>,
    reader: &Reader<'_>,
    first: Page<Comment>,
    stop_early: bool,
) -> Result<(Vec<Comment>, bool), ObserveError> {
    let Looking { world, id, kinds, .. } = looking;
    let mut all = in_all(&first);
    let Page { items: mut page, mut next, .. } = first;
    let mut comments: HashMap<_, Comment> = HashMap::new();
    let whole = loop {
        let known = stop_early && next.is_some() && all_known(*world, id, &page, kinds).await?;
        comments.extend(page.into_iter().map(|comment| (comment.id.clone(), comment)));
        let Some(token) = next.take().filter(|_| !known) else { break !known };
        let token = reader.follow(Some(token))?;
        let newer = comments_page(reader, id, token).await?;
        // Comments are never taken away, so fewer than before is an older answer.
        let is_older = newer.total.is_some_and(|now| all.is_some_and(|before| now < before));
        if is_older {
            return Err(ObserveError::Torn);
        }
        all = all.map(|before| newer.total.unwrap_or(before));
        Page { items: page, next, .. } = newer;
    };
    let mut comments: Vec<Comment> = comments.into_values().collect();
    comments.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    Ok((comments, whole))
}

/// How many comments there are, if the first page says so. The model does not say what `total` counts: where it is no
/// more than this page although another follows, it counts the page and tells nothing.
fn in_all(first: &Page<Comment>) -> Option<u64> {
    let here = u64::try_from(first.items.len()).unwrap_or(u64::MAX);
    first.total.filter(|total| first.next.is_some() && *total > here)
}

/// The order of ListComments is not documented: it is learned from a page on which it shows.
fn is_newest_first(page: &[Comment]) -> Option<bool> {
    let (first, last) = (page.first()?, page.last()?);
    let falling = page.is_sorted_by(|a, b| a.created >= b.created);
    (first.created != last.created).then_some(falling)
}

async fn all_known(
    world: &dyn World,
    id: &CaseId,
    page: &[Comment],
    kinds: &[TargetKind],
) -> Result<bool, state::Error> {
    let keys: Vec<Key> = page.iter().map(comment_key).collect();
    for kind in kinds {
        if world.store().told(id, *kind, &keys).await?.iter().any(Option::is_none) {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) struct At<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) case: &'a CaseId,
    pub(crate) kind: TargetKind,
}

/// The ledger's entries under these keys.
pub(crate) async fn ledger(at: &At<'_>, keys: Vec<Key>, ledger: &mut Ledger) -> Result<(), state::Error> {
    if keys.is_empty() {
        return Ok(());
    }
    let told = at.store.told(at.case, at.kind, &keys).await?;
    ledger.extend(keys.into_iter().zip(told).filter_map(|(key, told)| Some((key, told?))));
    Ok(())
}

async fn get_case(reader: &Reader<'_>, id: &CaseId) -> Result<Case, ReadingError> {
    match reader.ask(Call::GetCase { case: id.clone() }).await? {
        Answer::Case(case) => Ok(*case),
        other => Err(unexpected(&other).into()),
    }
}

async fn comments_page(
    reader: &Reader<'_>,
    id: &CaseId,
    next: Option<String>,
) -> Result<Page<Comment>, ReadingError> {
    match reader.ask(Call::ListComments { case: id.clone(), next }).await? {
        Answer::Comments(page) => Ok(page),
        other => Err(unexpected(&other).into()),
    }
}

async fn investigations(reader: &Reader<'_>, id: &CaseId) -> Result<Vec<Investigation>, ReadingError> {
    let (mut steps, mut next) = (Vec::new(), None);
    loop {
        match reader.ask(Call::ListInvestigations { case: id.clone(), next }).await {
            Ok(Answer::Investigations(page)) => {
                steps.extend(page.items);
                next = reader.follow(page.next)?;
            }
            Ok(other) => return Err(unexpected(&other).into()),
            // Not every membership has the agent: its absence must not keep the case from being told.
            Err(ReadingError::Sir(fault))
                if matches!(fault.kind, FaultKind::Denied | FaultKind::NotFound) =>
            {
                return Ok(steps);
            }
            Err(trouble) => return Err(trouble),
        }
        if next.is_none() {
            steps.sort_by(|a, b| (a.updated, &a.id).cmp(&(b.updated, &b.id)));
            return Ok(steps);
        }
    }
}

/// An answer of another operation cannot come from [`World::call`]; it is handled as no answer.
pub(crate) fn unexpected(_: &Answer) -> Fault {
    Fault { kind: FaultKind::Unknown, message: "an answer of another operation".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CommentId;

    fn page(items: usize, total: Option<u64>, next: Option<&str>) -> Page<Comment> {
        let comment = |number: usize| Comment {
            id: CommentId::new(format!("{number:06}")),
            created: 0,
            updated: None,
            creator: String::new(),
            body: String::new(),
        };
        Page { items: (0..items).map(comment).collect(), next: next.map(str::to_owned), total }
    }

    #[test]
    fn a_total_that_counts_only_its_page_tells_nothing() {
        assert_eq!(in_all(&page(25, Some(60), Some("next"))), Some(60));
        assert_eq!(in_all(&page(25, Some(25), Some("next"))), None);
        assert_eq!(in_all(&page(25, None, Some("next"))), None);
        assert_eq!(in_all(&page(3, Some(3), None)), None, "there is no later page to compare");
    }
}
