//! A note that all workers share: it is read, changed and swapped, and again where another was faster.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};

use super::World;
use crate::{
    case::Millis,
    state::{self, Result, read_note, record::write},
};

/// What was read is taken for true for so long: a word that others heard meanwhile is heard that much later.
const RECENT: Millis = 2_000;

/// The notes that this worker read a moment ago. What is asked before every request is not asked of the table each time.
#[derive(Default)]
pub struct Recent {
    notes: Mutex<HashMap<String, (Millis, Option<String>)>>,
    /// What this process has seen to, in which words, and when.
    seen_to: Mutex<HashMap<&'static str, (Millis, String)>>,
    /// Whoever comes while some are being read waits for that one reading.
    reading: tokio::sync::Mutex<()>,
}

impl Recent {
    fn get(&self, name: &str, now: Millis) -> Option<Option<String>> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.get(name).filter(|(at, _)| (0..RECENT).contains(&(now - at))).map(|(_, text)| text.clone())
    }

    /// Whether this process saw to the same less than `age` ago.
    pub(crate) fn was_seen_to(&self, what: &'static str, words: &str, (now, age): (Millis, Millis)) -> bool {
        let seen_to = self.seen_to.lock().unwrap_or_else(PoisonError::into_inner);
        seen_to.get(what).is_some_and(|(at, said)| said == words && (0..age).contains(&(now - at)))
    }

    pub(crate) fn saw_to(&self, what: &'static str, words: String, now: Millis) {
        self.seen_to.lock().unwrap_or_else(PoisonError::into_inner).insert(what, (now, words));
    }

    fn put(&self, name: &str, now: Millis, text: Option<String>) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.retain(|_, (at, _)| now - *at < RECENT);
        notes.insert(name.to_owned(), (now, text));
    }
}

/// Reads these at once, for whoever asks for one of them soon.
pub(crate) async fn fetch(world: &dyn World, names: &[String]) -> Result<()> {
    let Some(recent) = world.recent() else { return Ok(()) };
    let _reading = recent.reading.lock().await;
    let (now, mut names) = (world.now(), names.to_vec());
    names.retain(|name| recent.get(name, now).is_none());
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(());
    }
    let notes = world.store().notes(&names).await?;
    names.iter().zip(notes).for_each(|(name, text)| recent.put(name, now, text));
    Ok(())
}

/// What was read of these counts no more: the next reading is of the table.
pub(crate) fn forget(world: &dyn World, names: &[String]) {
    if let Some(recent) = world.recent() {
        recent.notes.lock().unwrap_or_else(PoisonError::into_inner).retain(|name, _| !names.contains(name));
    }
}

/// The text of a note, as it was a moment ago at the earliest.
pub(crate) async fn text(world: &dyn World, name: &str) -> Result<Option<String>> {
    let now = world.now();
    if let Some(text) = world.recent().and_then(|recent| recent.get(name, now)) {
        return Ok(text);
    }
    let text = world.store().note(name).await?;
    wrote(world, name, text.clone());
    Ok(text)
}

/// What a note says now, as far as this worker knows.
pub(crate) fn wrote(world: &dyn World, name: &str, text: Option<String>) {
    if let Some(recent) = world.recent() {
        recent.put(name, world.now(), text);
    }
}

pub(super) async fn read<T: Default + Serialize + DeserializeOwned>(
    world: &dyn World,
    name: &str,
) -> Result<T> {
    match text(world, name).await? {
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
    let swapped = world.store().swap_note(name, old.as_deref(), &new, None).await?;
    if swapped {
        wrote(world, name, Some(new));
    }
    Ok(swapped)
}
