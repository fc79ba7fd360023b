//! What is due, and which cases did no event tell of?

use std::mem;

use crate::{
    aws::sir::ask,
    case::{CaseSummary, Millis},
    config::settings::{Settings, Timing},
    runtime::{World, breaker, deployments},
    state::{
        self,
        agenda::{self, Agenda},
        notes::{CaseNote, noted},
    },
    sync::{
        apply::knows_us,
        context::Context,
        reading::{Reader, ReadingError},
        reconcile::keep,
    },
    telemetry::metrics,
};

/// A case that was closed longer ago than this and that we never heard of is history: it is not told.
const HISTORY: Millis = 7 * DAY;
const DAY: Millis = 86_400_000;

/// Why the discovery stopped. What it had found by then is noted; it goes on at its next turn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResyncError {
    #[error(transparent)]
    Reading(#[from] ReadingError),
    #[error(transparent)]
    Store(#[from] state::Error),
}

/// What comes before what is due: what waits is woken where something was mended, and ListCases is compared with what
/// is known where it is time; a case whose event was lost gets its hint now. One call for 25 cases an hour. The answer
/// is whether a breaker is to be looked at.
pub async fn discover(world: &dyn World, settings: &Settings, until: Millis) -> Result<bool, ResyncError> {
    let (store, now) = (world.store(), world.now());
    let agenda = agenda::read(store).await?;
    if agenda.wake && agenda::change(store, |agenda| mem::take(&mut agenda.wake)).await?.is_some() {
        agenda::wake_all(store, now).await?;
    }
    if agenda.next > now {
        return Ok(agenda.broken);
    }
    let pause = Millis::from(settings.timing.discover_minutes) * 60_000;
    let next = now + pause;
    let take = |agenda: &mut Agenda| agenda.next <= now && mem::replace(&mut agenda.next, next) != next;
    let Some(before) = agenda::change(store, take).await? else { return Ok(agenda.broken) };
    let day = |at: Millis| at.div_euclid(DAY);
    let last = before.next - pause;
    let keeping = (day(last) != day(now)).then_some(&settings.timing);
    let walked = match deployments::introduce(world).await {
        Ok(()) => walk(world, keeping, until).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = walked {
        // The turn was taken but not done: it is given back.
        let give_back = |agenda: &mut Agenda| mem::replace(&mut agenda.next, before.next) == next;
        agenda::change(store, give_back).await?;
        return Err(error);
    }
    Ok(agenda.broken)
}

/// Asks the targets that are left alone because they know us no more whether they do again. Where one does, all that
/// waits is tried.
pub(crate) async fn recover(context: &Context<'_>) -> state::Result<()> {
    let (store, mut broken, mut mended) = (context.world.store(), false, false);
    for target in context.targets {
        let kind = target.planner().kind();
        if breaker::read(context.world, kind).await?.trips == 0 {
            continue;
        }
        match knows_us(context.world, *target).await? {
            Some(true) => {
                breaker::close(context.world, kind).await?;
                mended = true;
            }
            Some(false) | None => broken = true,
        }
    }
    if !broken {
        agenda::change(store, |agenda| mem::take(&mut agenda.broken)).await?;
    }
    if mended { agenda::wake_all(store, context.world.now()).await } else { Ok(()) }
}

/// `keeping`: once a day closed cases are asked whether their time is over.
async fn walk(world: &dyn World, keeping: Option<&Timing>, until: Millis) -> Result<(), ResyncError> {
    let (reader, now) = (Reader::new(world, until), world.now());
    let mut next = None;
    loop {
        let page = reader.ask(ask::cases(next)).await?;
        for summary in page.items {
            if is_news(world, &summary, now).await? || is_to_be_forgotten(world, &summary, keeping).await? {
                world.store().hint(&summary.id, now, false).await?;
            }
        }
        next = reader.follow(page.next)?;
        if next.is_none() {
            return Ok(());
        }
    }
}

async fn is_to_be_forgotten(
    world: &dyn World,
    summary: &CaseSummary,
    keeping: Option<&Timing>,
) -> Result<bool, state::Error> {
    let (Some(timing), Some(closed)) = (keeping, summary.closed) else { return Ok(false) };
    // The table is asked of those alone whose time it may be.
    if !keep::is_time(timing, closed * 1_000, &CaseNote::default(), world.now()) {
        return Ok(false);
    }
    match world.store().meta(&summary.id).await {
        Ok(Some(meta)) => match noted(&summary.id, &meta) {
            Ok(note) => Ok(keep::is_time(timing, closed * 1_000, &note, world.now())),
            Err(state::Error::Unreadable(_)) => Ok(false),
            Err(error) => Err(error),
        },
        Ok(None) | Err(state::Error::Unreadable(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn is_news(world: &dyn World, summary: &CaseSummary, now: Millis) -> Result<bool, state::Error> {
    let history = summary.closed.is_some_and(|closed| closed * 1_000 + HISTORY < now);
    if history {
        return Ok(false);
    }
    let meta = match world.store().meta(&summary.id).await {
        Err(state::Error::Unreadable(record)) => {
            // One case that cannot be read is one case.
            metrics::unreadable(&record);
            return Ok(false);
        }
        meta => meta?,
    };
    let Some(meta) = meta else { return Ok(true) };
    match noted(&summary.id, &meta) {
        // Where nobody comes to it by himself, somebody shall, and say so.
        Err(state::Error::Unreadable(_)) => Ok(meta.next_at.is_none()),
        note => Ok(note?.updated < summary.updated),
    }
}
