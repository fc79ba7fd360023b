//! A note that all workers share: it is read, changed and swapped, and again where another was faster.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use super::World;
use crate::state::{self, Result, read_note, record::write};

pub(super) async fn read<T: Default + Serialize + DeserializeOwned>(
    world: &dyn World,
    name: &str,
) -> Result<T> {
    match world.store().note(name).await? {
        Some(text) => Ok(read_note(name, &text)?.0),
        None => Ok(T::default()),
    }
}

pub(super) async fn change<T: Default + Serialize + DeserializeOwned>(
    world: &dyn World,
    name: &str,
    change: impl Fn(&mut T),
) -> Result<T> {
    let mut noted = T::default();
    for attempt in 0.. {
        match swap(world, name, &change, &mut noted).await {
            Ok(true) => break,
            // A word that every worker must keep is worth saying again.
            Err(trouble) if attempt >= 4 || matches!(trouble, state::Error::Unreadable(_)) => {
                return Err(trouble);
            }
            Ok(false) if attempt >= 4 => break,
            Ok(false) | Err(_) => world.sleep(Duration::from_millis(50)).await,
        }
    }
    Ok(noted)
}

async fn swap<T: Default + Serialize + DeserializeOwned>(
    world: &dyn World,
    name: &str,
    change: &impl Fn(&mut T),
    noted: &mut T,
) -> Result<bool> {
    let old = world.store().note(name).await?;
    let (was, rest) = old.as_deref().map(|text| read_note(name, text)).transpose()?.unwrap_or_default();
    *noted = was;
    change(noted);
    let new = write(noted, &rest).map_err(|error| state::Error::Trouble(error.to_string()))?;
    world.store().swap_note(name, old.as_deref(), &new, None).await
}
