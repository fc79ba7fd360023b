//! What Slack or Jira said of somebody or something, remembered for five minutes.

use serde::{Serialize, de::DeserializeOwned};

use super::{World, note};
use crate::{case::Millis, http::Failure, state::record};

/// How long it holds: so long somebody who left the team may still act.
const FRESH: Millis = 5 * 60 * 1_000;

/// What was found out under this name less than five minutes ago, or is found out now, with the time until which it holds.
/// The store only spares calls here: where it fails, the service is asked.
pub(crate) async fn dated<T: Serialize + DeserializeOwned>(
    world: &dyn World,
    name: &str,
    find: impl AsyncFnOnce() -> Result<T, Failure>,
) -> Result<(Millis, T), Failure> {
    let old = note::text(world, name).await.ok().flatten();
    if let Some((until, found)) = old.as_deref().and_then(|json| record::read_whole::<(Millis, T)>(json).ok())
        && world.now() < until
    {
        return Ok((until, found));
    }
    let until = world.now() + FRESH;
    let found = find().await?;
    if let Ok(json) = serde_json::to_string(&(until, &found)) {
        let _ = world.store().swap_note(name, old.as_deref(), &json, Some(until)).await;
        note::wrote(world, name, Some(json));
    }
    Ok((until, found))
}
