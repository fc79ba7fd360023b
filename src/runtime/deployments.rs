//! Which other deployments tell cases where this one does. The table remembers by which names it was known itself: one that
//! was restored has another, and what it told before is its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{World, note};
use crate::{
    case::{CaseId, DeploymentId, Millis},
    state::Result,
    telemetry::metrics,
};

/// The note's name.
pub(crate) const NAME: &str = "deployments";
/// Another that gave no sign for so long is taken for gone.
const GONE: Millis = 86_400_000;
/// One whose name was read, and that was not seen at work, is waited for so long.
const UNPROVEN: Millis = 7_200_000;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployments {
    /// The names that this table had.
    #[serde(rename = "ours", default)]
    ours: Vec<DeploymentId>,
    /// The others, and when each was last seen at work.
    #[serde(rename = "others", default)]
    others: BTreeMap<DeploymentId, Seen>,
}

/// Another deployment at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    #[serde(rename = "at")]
    pub at: Millis,
    /// Where.
    #[serde(rename = "target")]
    pub target: String,
    /// The case that it told there.
    #[serde(rename = "case")]
    pub case: CaseId,
    /// It did something there; else only its name was read.
    #[serde(rename = "at_work", default)]
    pub at_work: bool,
    /// New cases are its to tell.
    #[serde(rename = "first", default)]
    pub first: bool,
}

impl Deployments {
    /// Whether the table was ever known by this name.
    pub fn calls_itself(&self, name: &str) -> bool {
        self.ours.iter().any(|own| *own == name)
    }

    /// Whether it was seen at work within the last day.
    pub(crate) fn knows(&self, other: &DeploymentId, now: Millis) -> bool {
        self.at_work(now).any(|(id, _)| id == other)
    }

    /// The others that were seen at work within the last day.
    pub fn at_work(&self, now: Millis) -> impl Iterator<Item = (&DeploymentId, &Seen)> {
        self.others.iter().filter(move |(_, seen)| seen.at_work && now - seen.at < GONE)
    }
}

/// What is known of them.
pub async fn read(world: &dyn World) -> Result<Deployments> {
    note::read(world, NAME).await
}

/// Whether somebody else signs so. Only a name that is not the world's own costs a read.
pub(crate) async fn is_another(world: &dyn World, by: Option<&DeploymentId>) -> Result<bool> {
    let Some(by) = by.filter(|by| world.deployment() != Some(by)) else { return Ok(false) };
    Ok(!read(world).await?.ours.contains(by))
}

/// Whether another is known that tells new cases first: whoever stood by once waits until they are told.
pub(crate) async fn goes_another_first(world: &dyn World) -> Result<bool> {
    let now = world.now();
    let counts = |seen: &Seen| seen.first && now - seen.at < if seen.at_work { GONE } else { UNPROVEN };
    Ok(read(world).await?.others.values().any(counts))
}

/// Writes down by which name the table is known now.
pub(crate) async fn introduce(world: &dyn World) -> Result<()> {
    let Some(own) = world.deployment() else { return Ok(()) };
    if read(world).await?.ours.contains(own) {
        return Ok(());
    }
    let add = |known: &mut Deployments| {
        known.others.remove(own);
        known.ours.push(own.clone());
    };
    note::change(world, NAME, add).await.map(drop)
}

/// Another's name was read. That it is at work is said in the log, where an alarm counts it, once a day.
pub(crate) async fn notice(world: &dyn World, other: &DeploymentId, seen: Seen) -> Result<()> {
    let Seen { target, case, .. } = &seen;
    if seen.at_work && !read(world).await?.knows(other, seen.at) {
        warn!(%case, destination = target, %other, "another deployment tells this case");
        metrics::parked();
    }
    let add = |known: &mut Deployments| {
        let before = known.others.get(other);
        let first = seen.first || before.is_some_and(|before| before.first);
        // That its name was read says nothing that its work did not.
        let last = before.filter(|before| before.at_work && !seen.at_work).unwrap_or(&seen);
        known.others.insert(other.clone(), Seen { first, ..last.clone() });
    };
    note::change(world, NAME, add).await.map(drop)
}

/// Another told nothing where something was to be told: it is gone.
pub(crate) async fn is_gone(world: &dyn World, by: &DeploymentId) -> Result<()> {
    let remove = |known: &mut Deployments| drop(known.others.remove(by));
    note::change(world, NAME, remove).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

    #[test]
    fn what_any_release_knew_of_others_is_read_as_it_was_meant() {
        let [own, other] = ["0ff94921abf810966091", "58c64f4b7a3b2c1d0e9f"].map(DeploymentId::new);
        let seen = Seen {
            at: 1_795_669_200_000,
            target: "slack".to_owned(),
            case: CaseId::new("7000000003"),
            at_work: true,
            first: true,
        };
        let alone = Deployments { ours: vec![own], others: BTreeMap::new() };
        let two = Deployments { others: [(other.clone(), seen)].into(), ..alone.clone() };
        assert_eq!(two.at_work(1_795_669_200_000 + GONE - 1).map(|(id, _)| id).collect::<Vec<_>>(), [&other]);
        assert_eq!(two.at_work(1_795_669_200_000 + GONE).count(), 0);
        golden::check_json("deployments", &[("alone", alone), ("two", two)]);
        golden::damage::<Deployments>(
            "deployments",
            &["ours", "others", "at_work", "first"],
            &["ours", "others"],
        );
    }
}
