//! What Slack said of people and channels, remembered for five minutes.

use serde::{Serialize, de::DeserializeOwned};

use super::Slack;
use crate::{case::Millis, http::Failure, runtime::World, state::record};

/// How long what Slack said holds: so long somebody who left the team may still act.
const FRESH: Millis = 5 * 60 * 1_000;

/// Whether people of another workspace read a channel.
///
/// # Errors
/// Slack did not say: then nobody knows, and nothing may be done there.
pub async fn is_shared(slack: &Slack<'_>, channel: &str) -> Result<bool, Failure> {
    Ok(ours_until(slack, channel).await?.is_none())
}

/// Until when it holds that nobody of another workspace reads a channel; `None` where somebody does.
///
/// # Errors
/// As [`is_shared`].
pub async fn ours_until(slack: &Slack<'_>, channel: &str) -> Result<Option<Millis>, Failure> {
    let name = format!("channel/{channel}");
    let (until, shared) = dated(slack.world, &name, async || slack.is_shared(channel).await).await?;
    Ok((!shared).then_some(until))
}

/// What was found out under this name less than five minutes ago, or is found out now.
pub async fn remembered<T: Serialize + DeserializeOwned>(
    world: &dyn World,
    name: &str,
    find: impl AsyncFnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    dated(world, name, find).await.map(|(_, found)| found)
}

/// The same with the time until which it holds. The store only spares calls here: where it fails, Slack is asked.
async fn dated<T: Serialize + DeserializeOwned>(
    world: &dyn World,
    name: &str,
    find: impl AsyncFnOnce() -> Result<T, Failure>,
) -> Result<(Millis, T), Failure> {
    let old = world.store().note(name).await.ok().flatten();
    if let Some((until, found)) = old.as_deref().and_then(|json| record::read_whole::<(Millis, T)>(json).ok())
        && world.now() < until
    {
        return Ok((until, found));
    }
    let until = world.now() + FRESH;
    let found = find().await?;
    if let Ok(json) = serde_json::to_string(&(until, &found)) {
        let _ = world.store().swap_note(name, old.as_deref(), &json, Some(until)).await;
    }
    Ok((until, found))
}
