//! What is true of a case? One look at it: GetCase and as many pages of comments as may hold something new.

use std::{
    cell::{Cell, OnceCell},
    collections::HashMap,
};

use crate::{
    aws::sir::{Fault, FaultKind, Page, ask},
    case::{Case, CaseId, Comment, CommentId, Investigation, Millis, Resolver, Seconds},
    runtime::World,
    state::{
        self, Store, TargetKind,
        key::Key,
        notes::{CaseNote, GoingOn},
    },
    sync::reading::{Reader, ReadingError},
    targets::telling::{Ledger, comment_key},
};

#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) case: Case,
    pub(crate) comments: Vec<Comment>,
    /// When the newest comment was made or edited, where all of them were read, or all behind a page that is kept.
    pub(crate) newest: Option<Seconds>,
    /// The same of those on the last page that was read.
    pub(crate) newest_at_end: Option<Seconds>,
    /// All comments that there are.
    pub(crate) whole: bool,
    pub(crate) more: More,
    /// The last page that was read, where the oldest come first.
    pub(crate) last_page: Option<String>,
    /// The AI agent's steps; read only where AWS works the case.
    pub(crate) investigations: Vec<Investigation>,
}

/// What is to be read once that is told which was read now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum More {
    Nothing,
    At(GoingOn),
    /// The pages before those that were read now.
    FromTheStart,
}

pub(crate) struct Looking<'a> {
    pub(crate) world: &'a dyn World,
    pub(crate) id: &'a CaseId,
    pub(crate) kinds: &'a [TargetKind],
    /// Those of them that are told of comments.
    pub(crate) tellers: &'a [TargetKind],
    /// Nothing is read after this: what was read must still be told.
    pub(crate) until: Millis,
    pub(crate) told: &'a KnownLedgers,
    /// Others are looked at beside it.
    pub(crate) crowd: bool,
}

/// What the ledger has of a case at each target, read whole while it is small, beside the case.
#[derive(Default)]
pub(crate) struct KnownLedgers(OnceCell<Vec<Ledger>>);

impl KnownLedgers {
    /// Of a case that nobody was ever told of.
    pub(crate) fn nothing(targets: usize) -> Self {
        Self(OnceCell::from(vec![Ledger::new(); targets]))
    }

    pub(crate) async fn read(&self, looking: &Looking<'_>) -> Result<(), state::Error> {
        if self.0.get().is_some() {
            return Ok(());
        }
        let all = looking.world.store().ledgers(looking.id, looking.kinds).await?;
        let _ = self.0.set(all.into_iter().map(|told| told.into_iter().collect()).collect());
        Ok(())
    }

    pub(crate) fn get(&self) -> Option<&Vec<Ledger>> {
        self.0.get()
    }
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

/// No look reads more pages: what is behind them waits for the next one.
const MOST_PAGES: usize = 250;
/// Of a case with more comments, the ledger is read entry by entry.
const FEW: usize = 100;

/// Looks at a case. With `full`, all pages of comments are read; otherwise reading stops at the first page on which
/// everything is known, where the newest come first, and begins behind what is known, where the oldest do. Up to 25
/// comments cost two calls, three where AWS works the case. Where there is no time for all, it goes on at the next look.
pub(crate) async fn look(
    looking: &Looking<'_>,
    note: &mut CaseNote,
    full: bool,
) -> Result<Look, ObserveError> {
    let Looking { id, .. } = looking;
    let reader = Reader::new(looking.world, looking.until).among(looking.crowd);
    let start = Start::of(note, full);
    let told = async { if note.comments <= FEW { looking.told.read(looking).await } else { Ok(()) } };
    let (case, first, steps, told) = tokio::join!(
        reader.ask(ask::case(id)),
        reader.ask(ask::comments(id, start.page.clone())),
        async { if note.agent { investigations(&reader, id).await.map(Some) } else { Ok(None) } },
        told,
    );
    told?;
    let (case, steps) = (case?, steps?);
    let (start, first) = match first {
        Err(ReadingError::Sir(Fault { kind: FaultKind::Invalid { .. }, .. })) if start.page.is_some() => {
            (note.known_to, note.going_on) = (None, None);
            (Start::of(note, full), reader.ask(ask::comments(id, None)).await?)
        }
        first => (start, first?),
    };
    note.agent = case.resolver == Resolver::Aws && !case.is_closed();
    let investigations = match (note.agent, steps) {
        (true, None) => investigations(&reader, id).await?,
        (true, Some(steps)) => steps,
        (false, _) => Vec::new(),
    };
    note.newest_first = is_newest_first(&first.items).unwrap_or(note.newest_first);
    let pages = PagesLeft {
        looking,
        reader,
        start,
        newest_first: note.newest_first,
        rising: Cell::new(true),
        latest: Cell::new(Seconds::MIN),
    };
    let read = pages.read(first).await?;
    let ReadSoFar { comments, more, last_page, whole, blind, newest_at_end, to_its_end } = read;
    if let Some(going_on) = blind {
        note.going_on = going_on;
        return Err(ReadingError::OutOfTime.into());
    }
    let newest = comments.iter().map(last_touched).max();
    Ok(Look {
        case,
        comments,
        newest: newest.filter(|_| to_its_end),
        newest_at_end,
        whole,
        more,
        last_page,
        investigations,
    })
}

fn last_touched(comment: &Comment) -> Seconds {
    comment.updated.unwrap_or(comment.created)
}

/// Where reading begins.
struct Start {
    page: Option<String>,
    /// It goes to the last page, whatever is known.
    full: bool,
}

impl Start {
    fn of(note: &CaseNote, full: bool) -> Self {
        match &note.going_on {
            Some(GoingOn { page, full }) => Self { page: Some(page.clone()), full: *full },
            None => Self { page: note.known_to.clone().filter(|_| !full && !note.newest_first), full },
        }
    }
}

struct PagesLeft<'a> {
    looking: &'a Looking<'a>,
    reader: Reader<'a>,
    start: Start,
    newest_first: bool,
    /// So far each comment was younger than the one before it.
    rising: Cell<bool>,
    latest: Cell<Seconds>,
}

struct ReadSoFar {
    /// Oldest first.
    comments: Vec<Comment>,
    more: More,
    last_page: Option<String>,
    whole: bool,
    /// Nothing of it can be told yet: reading goes on there, or begins anew.
    blind: Option<Option<GoingOn>>,
    newest_at_end: Option<Seconds>,
    /// To the last page.
    to_its_end: bool,
}

impl PagesLeft<'_> {
    async fn read(self, first: Page<Comment>) -> Result<ReadSoFar, ObserveError> {
        let mut all = in_all(&first);
        let Page { items: mut page, mut next, .. } = first;
        let (mut comments, mut at) = (HashMap::new(), self.start.page.clone());
        for count in 1.. {
            self.watch_order(&page);
            let stops_early = self.newest_first && !self.start.full && next.is_some();
            let known = stops_early && self.all_known(&page).await?;
            let Some(token) = next.take().filter(|_| !known) else {
                comments.extend(page.iter().map(|comment| (comment.id.clone(), comment.clone())));
                let end = if known { End::Known } else { End::Last };
                return Ok(self.ended(comments, end, (at, &page)));
            };
            comments.extend(page.iter().map(|comment| (comment.id.clone(), comment.clone())));
            let token = self.reader.follow(Some(token))?.unwrap_or_default();
            let newer = match self.next_page(&token, count).await? {
                Some(newer) => newer,
                None if self.newest_first && !(self.start.full && self.all_known(&page).await?) => {
                    // Once more with the page that was read last, so that no two readings end where the other began.
                    let page = at.filter(|_| count > 1).unwrap_or(token);
                    let blind = Some(Some(GoingOn { page, full: false }));
                    return Ok(ReadSoFar { blind, ..self.ended(comments, End::Known, (None, &[])) });
                }
                None if !self.newest_first && !self.rising.get() => {
                    return Ok(ReadSoFar {
                        blind: Some(None),
                        ..self.ended(comments, End::Known, (None, &[]))
                    });
                }
                None => return Ok(self.ended(comments, End::OutOfTime(token), (at, &page))),
            };
            // Comments are never taken away, so fewer than before is an older answer.
            let is_older = newer.total.is_some_and(|now| all.is_some_and(|before| now < before));
            if is_older {
                return Err(ObserveError::Torn);
            }
            all = all.map(|before| newer.total.unwrap_or(before));
            at = Some(token);
            Page { items: page, next, .. } = newer;
        }
        Err(ObserveError::Torn)
    }

    /// The order of the list is not documented: only where the oldest come first may a page be kept.
    fn watch_order(&self, page: &[Comment]) {
        let mut latest = self.latest.get();
        for comment in page {
            self.rising.set(self.rising.get() && comment.created >= latest);
            latest = comment.created;
        }
        self.latest.set(latest);
    }

    /// `None` where there is no time for it: what was read before is kept.
    async fn next_page(&self, token: &str, count: usize) -> Result<Option<Page<Comment>>, ObserveError> {
        if count >= MOST_PAGES {
            return Ok(None);
        }
        match self.reader.ask(ask::comments(self.looking.id, Some(token.to_owned()))).await {
            Ok(page) => Ok(Some(page)),
            Err(ReadingError::OutOfTime) => Ok(None),
            Err(ReadingError::Sir(Fault { kind: FaultKind::Throttled { .. }, .. })) => Ok(None),
            Err(trouble) => Err(trouble.into()),
        }
    }

    fn ended(
        &self,
        comments: HashMap<CommentId, Comment>,
        end: End,
        (at, page): (Option<String>, &[Comment]),
    ) -> ReadSoFar {
        let rising = !self.newest_first && self.rising.get();
        let more = match &end {
            End::OutOfTime(page) => More::At(GoingOn { page: page.clone(), full: self.start.full }),
            End::Last | End::Known if self.start.page.is_some() && !self.start.full && !rising => {
                More::FromTheStart
            }
            End::Last | End::Known => More::Nothing,
        };
        let last = matches!(end, End::Last);
        let mut comments: Vec<Comment> = comments.into_values().collect();
        comments.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        ReadSoFar {
            comments,
            more,
            last_page: at.filter(|_| rising),
            whole: last && self.start.page.is_none(),
            blind: None,
            newest_at_end: page.iter().map(last_touched).max(),
            to_its_end: last && (rising || self.start.page.is_none()),
        }
    }

    /// Whether each target was told of all that stands on a page.
    async fn all_known(&self, page: &[Comment]) -> Result<bool, state::Error> {
        let Looking { world, id, kinds, tellers, told, .. } = self.looking;
        let keys: Vec<Key> = page.iter().map(comment_key).collect();
        if let Some(ledgers) = told.get() {
            let mut each = kinds.iter().zip(ledgers).filter(|(kind, _)| tellers.contains(kind));
            return Ok(each.all(|(_, ledger)| keys.iter().all(|key| ledger.contains_key(key))));
        }
        let told = world.store().told_at(id, tellers, &keys).await?;
        Ok(told.iter().flatten().all(Option::is_some))
    }
}

enum End {
    Last,
    Known,
    /// Before this page.
    OutOfTime(String),
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

pub(crate) struct At<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) case: &'a CaseId,
    pub(crate) kind: TargetKind,
}

pub(crate) async fn ledger(at: &At<'_>, keys: Vec<Key>, ledger: &mut Ledger) -> Result<(), state::Error> {
    if keys.is_empty() {
        return Ok(());
    }
    let told = at.store.told(at.case, at.kind, &keys).await?;
    ledger.extend(keys.into_iter().zip(told).filter_map(|(key, told)| Some((key, told?))));
    Ok(())
}

async fn investigations(reader: &Reader<'_>, id: &CaseId) -> Result<Vec<Investigation>, ReadingError> {
    let (mut steps, mut next) = (Vec::new(), None);
    loop {
        match reader.ask(ask::investigations(id, next)).await {
            Ok(page) => {
                steps.extend(page.items);
                next = reader.follow(page.next)?;
            }
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

#[cfg(test)]
mod tests {
    use super::*;

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
