//! What only the functions can know, written down at most once an hour: when each service last sent something genuine,
//! when a sweep last ended, with which version and settings.

use std::{collections::BTreeMap, sync::Mutex};

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{World, note};
use crate::{
    case::{Millis, text},
    state::{Result, read_note},
};

/// A sweep that ended with a discovery.
pub const SWEEP: &str = "sweep";
/// An event of the service.
pub const EVENT: &str = "event";

const HOUR: Millis = 3_600_000;

/// Something that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    #[serde(rename = "at")]
    pub at: Millis,
    /// The release that saw it.
    #[serde(rename = "version", default)]
    pub version: String,
    /// A hash of the settings by which it worked.
    #[serde(rename = "settings", default)]
    pub settings: String,
}

/// Who signs requests to the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Slack,
    Jira,
}

impl Service {
    fn name(self, genuine: bool) -> &'static str {
        match (self, genuine) {
            (Self::Slack, true) => "slack",
            (Self::Slack, false) => "slack/strange",
            (Self::Jira, true) => "jira",
            (Self::Jira, false) => "jira/strange",
        }
    }

    fn other(name: &str) -> Option<&'static str> {
        match name {
            "slack" => Some("slack/strange"),
            "slack/strange" => Some("slack"),
            "jira" => Some("jira/strange"),
            "jira/strange" => Some("jira"),
            _ => None,
        }
    }
}

/// What this process wrote down already.
#[derive(Default)]
pub struct Sightings(Mutex<BTreeMap<&'static str, Millis>>);

impl Sightings {
    /// Whether it is time to write this down: the first time, an hour later, and when the opposite was seen between.
    fn is_due(&self, name: &'static str, now: Millis) -> bool {
        let mut written = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(other) = Service::other(name) {
            written.remove(other);
        }
        let due = written.get(name).is_none_or(|at| now - at >= HOUR);
        if due {
            written.insert(name, now);
        }
        due
    }
}

fn note_name(name: &str) -> String {
    format!("seen/{name}")
}

/// A request came to the door whose signature fits, or does not.
pub async fn request(world: &dyn World, service: Service, genuine: bool) {
    let name = service.name(genuine);
    if is_due(world, name) {
        write(world, name, String::new()).await;
    }
}

/// An event of the service came.
pub async fn event(world: &dyn World) {
    if is_due(world, EVENT) {
        write(world, EVENT, String::new()).await;
    }
}

/// A sweep came to its end, by these settings.
pub async fn swept(world: &dyn World) {
    if !is_due(world, SWEEP) {
        return;
    }
    match world.store().settings().await {
        Ok(settings) => write(world, SWEEP, fingerprint(settings.as_deref().unwrap_or_default())).await,
        Err(trouble) => warn!(%trouble, "that the sweep runs could not be written down"),
    }
}

fn is_due(world: &dyn World, name: &'static str) -> bool {
    world.sightings().is_some_and(|sightings| sightings.is_due(name, world.now()))
}

/// That it cannot be written stops nothing.
async fn write(world: &dyn World, name: &'static str, settings: String) {
    let now = world.now();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let new = Sighting { at: now, version, settings };
    let newer = |seen: &mut Sighting| {
        if seen.at <= now {
            *seen = new.clone();
        }
    };
    if let Err(trouble) = note::change(world, &note_name(name), newer).await {
        warn!(name, %trouble, "what was seen could not be written down");
    }
}

/// What was seen last under a name.
pub async fn of(world: &dyn World, name: &str) -> Result<Option<Sighting>> {
    let name = note_name(name);
    let text = world.store().note(&name).await?;
    text.map(|text| Ok(read_note::<Sighting>(&name, &text)?.0)).transpose()
}

/// When a service last sent what fits its secret, and what does not.
pub async fn requests(world: &dyn World, service: Service) -> Result<[Option<Millis>; 2]> {
    let mut seen = [None, None];
    for (at, genuine) in seen.iter_mut().zip([true, false]) {
        *at = of(world, service.name(genuine)).await?.map(|sighting| sighting.at);
    }
    Ok(seen)
}

/// What names settings here: a hash of their text.
pub fn fingerprint(settings: &str) -> String {
    text::hash(settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

    #[test]
    fn what_any_release_saw_is_read_as_it_was_meant() {
        let seen = Sighting { at: 1_795_669_200_000, version: "0.1.0".to_owned(), settings: String::new() };
        let swept = Sighting { settings: "58c64f4b7a3b2c1d0e9f".to_owned(), ..seen.clone() };
        golden::check_json("sightings", &[("a request", seen), ("a sweep", swept)]);
        golden::damage::<Sighting>("sightings", &["version", "settings"], &[]);
    }

    #[test]
    fn it_is_written_once_an_hour_and_when_it_changes() {
        let sightings = Sightings::default();
        for (name, now, due) in [
            ("slack", 0, true),
            ("slack", HOUR - 1, false),
            ("jira", HOUR - 1, true),
            ("slack", HOUR, true),
            ("slack/strange", HOUR + 1, true),
            ("slack/strange", HOUR + 2, false),
            ("slack", HOUR + 3, true),
        ] {
            assert_eq!(sightings.is_due(name, now), due, "{name} {now}");
        }
    }
}
