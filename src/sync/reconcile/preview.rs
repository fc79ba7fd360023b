//! What would be done for a case now, for whoever asks before it is done. Nothing is changed anywhere.

use std::fmt;

use tracing::info;

use super::{
    Seeing,
    notes::{Noted, Notes},
    picture, read_ledgers, route, see,
};
use crate::{
    case::{CaseId, Millis},
    state::{self, TargetKind, notes::PlaceNote},
    sync::{
        context::Context,
        observe::{KnownLedgers, ObserveError},
    },
    targets::{
        contract::Target,
        telling::{Ledger, Picture},
        wording,
    },
};

/// What a target lacks, and what stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Where.
    pub(crate) target: TargetKind,
    /// The first of it that is under way, and of which nobody knows yet whether it was made.
    pub(crate) under_way: Option<String>,
    /// Why a person is needed, as an error code.
    pub(crate) parked: Option<String>,
    pub(crate) not_before: Option<Millis>,
    /// What is to be told, in this order.
    pub(crate) tell: Vec<String>,
    pub(crate) set: Vec<String>,
}

/// Why nobody can say what would be done.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The case could not be read.
    #[error(transparent)]
    Unseen(#[from] ObserveError),
    /// The table did not answer, or cannot be read.
    #[error(transparent)]
    Store(#[from] state::Error),
}

/// Looks at a case, and says what each target lacks. What can only be planned once an anchor stands is not named before.
///
/// # Errors
/// The service or the table did not answer.
pub(crate) async fn preview(context: &Context<'_>, case: &CaseId) -> Result<Vec<Preview>, PreviewError> {
    let store = context.world.store();
    let meta = store.meta(case).await?.unwrap_or_default();
    let mut notes = Notes::read(case, &meta, &context.kinds())?;
    let ledger = KnownLedgers::default();
    let seen = see(context, &Seeing { id: case, full: true, told: &ledger }, &mut notes.case.note).await??;
    let tags = match route::is_open(context.settings, &notes.targets) {
        true => super::tags_for(context, &seen.case, context.settings.routes_ask_for_tags()).await,
        false => Vec::new(),
    };
    route::choose(context.settings, (&seen.case, &tags), &mut notes.targets);
    let known = picture::KnownBeside {
        comments: super::shown(store, &seen).await?,
        sayings: store.sayings(case).await?,
        owner: state::owner::of(store, case).await?,
        clocks: state::case_clocks::of(store, case).await?,
        tags: super::tags(context, &seen.case).await,
        team: super::team::of(context, &seen.case).await,
    };
    let picture = picture::of(context, &seen, known, &notes);
    let mut ledgers = vec![Ledger::new(); context.targets.len()];
    read_ledgers(context, &picture, &notes, &mut ledgers).await?;
    let each = context.targets.iter().zip(&notes.targets).zip(&ledgers);
    let now = context.world.now();
    Ok(each.map(|((target, noted), ledger)| of(*target, noted, &picture, ledger, now)).collect())
}

fn of(
    target: &dyn Target,
    noted: &Noted<PlaceNote>,
    picture: &Picture,
    ledger: &Ledger,
    now: Millis,
) -> Preview {
    let (planner, note) = (target.planner(), &noted.note);
    let due =
        planner.decoration(picture, note, ledger).into_iter().filter(|state| state.due_at(note).is_some());
    Preview {
        target: planner.kind(),
        under_way: note.open.as_ref().map(|intent| intent.key.to_string()),
        parked: note.parked.clone(),
        not_before: Some(note.not_before).filter(|at| *at > now),
        tell: planner.plan(picture, note, ledger).iter().map(ToString::to_string).collect(),
        set: due.map(|state| state.to_string()).collect(),
    }
}

impl Preview {
    /// A line of the log: how much, and never what.
    pub(super) fn log(&self, case: &CaseId) {
        let Self { target, tell, set, .. } = self;
        info!(%case, destination = %target, tell = tell.len(), set = set.len(), "would be told");
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.target)?;
        if let Some(why) = &self.parked {
            write!(f, "\n  parked: {why}")?;
        }
        if let Some(at) = self.not_before {
            write!(f, "\n  waits until {}", wording::utc(at.div_euclid(1_000)))?;
        }
        if let Some(key) = &self.under_way {
            write!(f, "\n  under way: {key}")?;
        }
        for one in self.tell.iter().chain(&self.set) {
            write!(f, "\n  {one}")?;
        }
        let idle = self.tell.is_empty() && self.set.is_empty() && self.under_way.is_none();
        if idle { f.write_str(" nothing is owed") } else { Ok(()) }
    }
}
