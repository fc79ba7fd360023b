//! The service's list of who edited a case: as much of it as tells whose doing its last day was.

use crate::{
    aws::sir::{Fault, FaultKind, ask},
    case::{CaseId, Edit, Millis, Seconds},
    state::notes::{CaseNote, EditPages},
    sync::{
        context::Context,
        reading::{Reader, ReadingError},
    },
};

pub(super) const DAY: Millis = 24 * 60 * 60 * 1_000;

/// So many pages are read at most, each of 25 edits.
const PAGES: usize = 20;

/// What was read of the list, the oldest first.
#[derive(Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
    /// All of the last day are among them.
    is_current: bool,
    /// Where the next reading begins.
    pages: Option<EditPages>,
    /// Nothing more could be read of it.
    is_over: bool,
}

impl Edits {
    pub(super) fn list(&self) -> &[Edit] {
        &self.list
    }

    /// All of the last day, among others; none where some of them were not read: old edits say nothing of today.
    pub(super) fn newest(&self) -> &[Edit] {
        if self.is_current { &self.list } else { &[] }
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Where the next reading begins, if not at the first page; none where this one does not know.
    pub(super) fn pages(&self) -> Option<&Option<EditPages>> {
        (self.is_current || self.pages.is_some()).then_some(&self.pages)
    }
}

/// Reads the list: the first time from its beginning, for whoever opened the case, later from where the last day begins.
pub(super) async fn read(context: &Context<'_>, case: &CaseId, note: &CaseNote) -> Edits {
    let wants_opener = note.opened.is_none();
    let known = note.edits.as_ref().and_then(|pages| pages.last_day.clone());
    if let Some(page) = known.filter(|_| !wants_opener) {
        let mut reading = Reading::default();
        // A page that is not known any more is a hint that does not help.
        if reading.read(context, case, Some(page)).await.is_ok() || !reading.pages.is_empty() {
            return reading.edits();
        }
    }
    let mut reading = Reading { wants_opener, ..Reading::default() };
    let read = reading.read(context, case, None).await;
    let mut edits = reading.edits();
    if let Err(trouble) = read {
        tracing::warn!(%case, %trouble, "who changed the case is not known, and not told");
        // A right that is missing now is missing at the next look: who opened the case is asked for once.
        edits.is_over = matches!(trouble, ReadingError::Sir(Fault { kind: FaultKind::Denied, .. }));
    }
    edits
}

#[derive(Default)]
struct Reading {
    /// Each page with its edits as they came.
    pages: Vec<(Option<String>, Vec<Edit>)>,
    ended: bool,
    /// The oldest edit is asked for as well.
    wants_opener: bool,
}

impl Reading {
    async fn read(
        &mut self,
        context: &Context<'_>,
        case: &CaseId,
        from: Option<String>,
    ) -> Result<(), ReadingError> {
        let reader = Reader::new(context.world, context.deadline).among(context.crowd);
        let mut at = from;
        for _ in 0..PAGES {
            let page = reader.ask(ask::edits(case, at.clone())).await?;
            self.pages.push((at, page.items));
            at = reader.follow(page.next)?;
            self.ended = at.is_none();
            if self.ended || self.falls() && !self.wants_opener && self.reaches_back() {
                break;
            }
        }
        Ok(())
    }

    fn times(&self) -> impl DoubleEndedIterator<Item = Seconds> {
        self.pages.iter().flat_map(|(_, edits)| edits).filter_map(|edit| edit.at)
    }

    /// Whether the newest come first.
    fn falls(&self) -> bool {
        self.times().is_sorted_by(|a, b| a >= b) && self.times().next() > self.times().next_back()
    }

    /// Whether a day's edits were read, or more.
    fn reaches_back(&self) -> bool {
        self.times().min().is_some_and(|oldest| self.is_before_the_last_day(oldest))
    }

    fn is_before_the_last_day(&self, at: Seconds) -> bool {
        self.times().max().is_some_and(|newest| (newest - at) * 1_000 > DAY)
    }

    /// Where the next reading begins: where the last day does, or where this one had to stop. None where that is at the
    /// first page.
    fn next(&self) -> Option<EditPages> {
        let is_early = |(_, edits): &&(Option<String>, Vec<Edit>)| {
            edits.first().and_then(|edit| edit.at).is_some_and(|at| self.is_before_the_last_day(at))
        };
        let end = self.pages.last().filter(|_| !self.falls())?.0.clone()?;
        let last_day = match self.ended {
            true => self.pages.iter().rfind(is_early).or(self.pages.first())?.0.clone(),
            false => Some(end.clone()),
        };
        Some(EditPages { last_day, end })
    }

    fn edits(self) -> Edits {
        let is_begun = self.pages.first().is_some_and(|(page, _)| page.is_none());
        let is_current = (self.ended || self.falls()) && self.reaches_back() || self.ended && is_begun;
        let pages = self.next();
        let mut list: Vec<Edit> = self.pages.into_iter().flat_map(|(_, edits)| edits).collect();
        list.sort_by_key(|edit| edit.at);
        Edits { list, is_current, pages, is_over: true }
    }
}
