//! May this destination be written to now? Slots for a channel, and a breaker for a whole destination.
//!
//! Slack: about one post a second a channel (<https://docs.slack.dev/apis/web-api/rate-limits>). Jira: 20 writes in
//! 2 s and 100 in 30 s an issue (<https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    case::Millis,
    store::{Destination, Result, Store},
    world::{Rule, World},
};

/// Milliseconds between two writes at one place.
fn spacing(destination: Destination) -> Millis {
    match destination {
        Destination::Slack => 1_000,
        Destination::Jira => 300,
    }
}

/// When the next write at this place may be made. Takes the slot.
///
/// # Errors
/// The store did not answer.
pub async fn slot<W: World>(world: &W, destination: Destination, place: &str, now: Millis) -> Result<Millis> {
    if !world.holds(Rule::Pace) {
        return Ok(now);
    }
    let name = format!("{}/{place}", destination.as_str());
    world.store().reserve(&name, now, spacing(destination)).await
}

/// A destination that nobody may write to for a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// Until then.
    pub until: Millis,
    /// How many times in a row it was found broken; 0 where it only asked for patience.
    pub trips: u32,
    /// An error code.
    pub why: String,
}

/// The first and the longest time for which a broken destination is left alone.
const OPEN: (Millis, Millis) = (300_000, 3_600_000);

fn name(destination: Destination) -> String {
    format!("breaker/{}", destination.as_str())
}

/// Reads the breaker.
///
/// # Errors
/// The store did not answer.
pub async fn read<W: World>(world: &W, destination: Destination) -> Result<Breaker> {
    read_as(world, &name(destination)).await
}

async fn read_as<W: World>(world: &W, name: &str) -> Result<Breaker> {
    let note = world.store().note(name).await?;
    Ok(note.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

/// The destination asked for patience: its word holds for every worker.
///
/// # Errors
/// The store did not answer.
pub async fn throttle<W: World>(world: &W, destination: Destination, until: Millis) -> Result<()> {
    hush(world, &name(destination), until).await
}

/// Until when the requests of a kind are left alone; 0 where nobody was asked for that.
///
/// # Errors
/// The store did not answer.
pub async fn quiet<W: World>(world: &W, kind: &str) -> Result<Millis> {
    Ok(read_as(world, kind).await?.until)
}

/// The requests of a kind are to wait: that holds for all who make them.
///
/// # Errors
/// The store did not answer.
pub async fn hush<W: World>(world: &W, kind: &str, until: Millis) -> Result<()> {
    change(world, kind, |breaker| breaker.until = breaker.until.max(until)).await.map(|_| ())
}

/// The destination is broken for everybody. `true` for the one who is to say so: the first.
///
/// # Errors
/// The store did not answer.
pub async fn open<W: World>(world: &W, destination: Destination, now: Millis, why: &str) -> Result<bool> {
    let breaker = change(world, &name(destination), |breaker| {
        if breaker.until <= now || breaker.trips == 0 {
            breaker.trips += 1;
            breaker.until = now + OPEN.0.saturating_mul(1 << (breaker.trips - 1).min(8)).min(OPEN.1);
        }
        why.clone_into(&mut breaker.why);
    })
    .await?;
    Ok(breaker.trips == 1)
}

/// The destination answered well again.
///
/// # Errors
/// The store did not answer.
pub async fn close<W: World>(world: &W, destination: Destination) -> Result<()> {
    change(world, &name(destination), |breaker| *breaker = Breaker::default()).await.map(|_| ())
}

async fn change<W: World>(world: &W, name: &str, change: impl Fn(&mut Breaker)) -> Result<Breaker> {
    let mut breaker = Breaker::default();
    for attempt in 0.. {
        match swap(world, name, &change, &mut breaker).await {
            Ok(true) => break,
            // A word that every worker must keep is worth saying again.
            Err(trouble) if attempt >= 4 => return Err(trouble),
            Ok(false) if attempt >= 4 => break,
            Ok(false) | Err(_) => world.sleep(Duration::from_millis(50)).await,
        }
    }
    Ok(breaker)
}

async fn swap<W: World>(
    world: &W,
    name: &str,
    change: &impl Fn(&mut Breaker),
    breaker: &mut Breaker,
) -> Result<bool> {
    let old = world.store().note(name).await?;
    *breaker = old.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    change(breaker);
    let new = serde_json::to_string(&breaker).unwrap_or_default();
    world.store().swap_note(name, old.as_deref(), &new, None).await
}
