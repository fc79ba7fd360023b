//! What is due, and which cases did no event tell of?

use serde::{Deserialize, Serialize};

use crate::{
    aws::sir::{Answer, Call},
    case::{CaseSummary, Millis},
    config::settings::Settings,
    runtime::{Rule, World},
    state::{
        self, Store,
        notes::noted,
        read_note,
        record::{Rest, write},
    },
    sync::{
        observe::unexpected,
        reading::{self, Reader},
    },
    telemetry::metrics,
};

/// A case that was closed longer ago than this and that we never heard of is history: it is not told.
const HISTORY: Millis = 7 * 86_400_000;
/// The note that keeps the time of the next look through ListCases.
const CLOCK: &str = "discover";

#[derive(Default, Serialize, Deserialize)]
struct Clock {
    #[serde(rename = "next")]
    next: Millis,
}

/// Why the discovery stopped. What it had found by then is noted; it goes on at its next turn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not all could be read.
    #[error(transparent)]
    Reading(#[from] reading::Error),
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] state::Error),
}

/// Compares ListCases with what is known, if it is time: a case whose event was lost gets its hint now. One call
/// for 25 cases an hour. The answer is how many were found.
///
/// # Errors
/// The service or the table did not answer.
pub async fn discover(world: &dyn World, settings: &Settings, until: Millis) -> Result<usize, Error> {
    let store = world.store();
    let now = world.now();
    let old = store.note(CLOCK).await?;
    let (clock, rest) = clock_of(old.as_deref())?;
    if clock.next > now || !world.holds(Rule::Discovery) {
        return Ok(0);
    }
    let written =
        |clock: &Clock| write(clock, &rest).map_err(|error| state::Error::Trouble(error.to_string()));
    let next = now + Millis::from(settings.timing.discover_minutes) * 60_000;
    let taken = written(&Clock { next })?;
    if !store.swap_note(CLOCK, old.as_deref(), &taken, None).await? {
        return Ok(0);
    }
    match walk(world, now, until).await {
        Ok(found) => Ok(found),
        Err(error) => {
            // The turn was taken but not done: it is given back.
            store.swap_note(CLOCK, Some(&taken), &written(&clock)?, None).await?;
            Err(error)
        }
    }
}

/// When the next discovery is due.
///
/// # Errors
/// The table did not answer.
pub async fn next_discovery(store: &dyn Store) -> state::Result<Millis> {
    Ok(clock_of(store.note(CLOCK).await?.as_deref())?.0.next)
}

/// 0.1.0 gave its first turn back by writing nothing at all: then it is time.
fn clock_of(text: Option<&str>) -> state::Result<(Clock, Rest)> {
    match text {
        None | Some("") => Ok((Clock::default(), Rest::default())),
        Some(text) => read_note(CLOCK, text),
    }
}

async fn walk(world: &dyn World, now: Millis, until: Millis) -> Result<usize, Error> {
    let reader = Reader::new(world, until);
    let (mut found, mut next) = (0, None);
    loop {
        let page = match reader.ask(Call::ListCases { next }).await? {
            Answer::Cases(page) => page,
            other => return Err(reading::Error::from(unexpected(&other)).into()),
        };
        for summary in page.items {
            if is_news(world, &summary, now).await? {
                world.store().hint(&summary.id, now, false).await?;
                found += 1;
            }
        }
        next = reader.follow(page.next)?;
        if next.is_none() {
            return Ok(found);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

    #[test]
    fn the_clock_of_any_release_is_read_as_it_was_meant() {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        golden::check(
            "clocks",
            &[
                ("set", r#"{"next":1795672800000}"#.to_owned()),
                ("given back before the first turn", String::new()),
            ],
            |text: &String| quoted(text),
            |json| serde_json::from_str::<String>(json).unwrap(),
        );
        assert_eq!(clock_of(Some(r#"{"next":1795672800000}"#)).unwrap().0.next, 1_795_672_800_000);
        assert_eq!(clock_of(Some("")).unwrap().0.next, 0);
        assert_eq!(
            serde_json::to_string(&Clock { next: 1_795_672_800_000 }).unwrap(),
            r#"{"next":1795672800000}"#
        );
    }
}
