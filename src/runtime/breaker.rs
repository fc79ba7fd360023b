//! May this target be written to at all? A breaker for all of it, what it refused, and whether it still knows us.

use std::{cell::Cell, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{World, note};
use crate::{
    case::Millis,
    state::{Result, TargetKind},
};

/// A destination that nobody may write to for a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    #[serde(rename = "until")]
    pub(crate) until: Millis,
    /// How many times in a row it was found broken; 0 where it only asked for patience.
    #[serde(rename = "trips")]
    pub trips: u32,
    #[serde(rename = "why")]
    pub why: String,
}

impl Breaker {
    /// Until when the target is left alone.
    pub fn until(&self) -> Millis {
        self.until
    }
}

/// The first and the longest time for which a broken destination is left alone.
const OPEN: (Millis, Millis) = (300_000, 3_600_000);

pub(crate) fn name(target: TargetKind) -> String {
    format!("breaker/{}", target.as_str())
}

pub(crate) async fn read(world: &dyn World, target: TargetKind) -> Result<Breaker> {
    note::read(world, &name(target)).await
}

/// Something that is only set and that a destination refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refused {
    pub at: Millis,
    pub case: String,
    pub why: String,
}

/// What was last refused, by what it is: `status`, `link`, `home`, `channel`, `invitation`.
pub(crate) type Refusals = BTreeMap<String, Refused>;

fn refusals_name(target: TargetKind) -> String {
    format!("refused/{}", target.as_str())
}

/// Remembers a refusal for whoever asks whether all works. That it cannot be remembered stops nothing.
pub async fn refused(world: &dyn World, target: TargetKind, what: &str, refused: Refused) {
    let newer = |refusals: &mut Refusals| {
        refusals.insert(what.to_owned(), refused.clone());
    };
    if let Err(trouble) = note::change(world, &refusals_name(target), newer).await {
        warn!(what, %trouble, "a refusal could not be noted");
    }
}

pub async fn refused_since(world: &dyn World, target: TargetKind, since: Millis) -> Result<Refusals> {
    let mut refusals: Refusals = note::read(world, &refusals_name(target)).await?;
    refusals.retain(|_, refused| refused.at >= since);
    Ok(refusals)
}

/// Whether a target knew us when it was last asked; nothing while somebody asks. It holds for a minute: what refuses
/// many is asked once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Evidence {
    #[serde(rename = "at")]
    at: Millis,
    #[serde(rename = "known")]
    known: Option<bool>,
}

/// How long an answer holds, and how long whoever asks may take.
const EVIDENCE: Millis = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Said(bool),
    Asked,
    /// Nobody did: whoever gets this answer is to ask, and to say what came of it.
    Ask,
}

fn evidence_name(target: TargetKind) -> String {
    format!("known/{target}")
}

pub(crate) async fn known(world: &dyn World, target: TargetKind) -> Result<Known> {
    let (now, answer) = (world.now(), Cell::new(Known::Ask));
    note::change(world, &evidence_name(target), |evidence: &mut Evidence| {
        let holds = now - evidence.at < EVIDENCE;
        answer.set(match evidence.known.filter(|_| holds) {
            Some(known) => Known::Said(known),
            None if holds => Known::Asked,
            None => Known::Ask,
        });
        if answer.get() == Known::Ask {
            *evidence = Evidence { at: now, known: None };
        }
    })
    .await?;
    Ok(answer.get())
}

pub(crate) async fn tell_known(world: &dyn World, target: TargetKind, known: Option<bool>) -> Result<()> {
    let at = if known.is_some() { world.now() } else { 0 };
    note::change(world, &evidence_name(target), |evidence: &mut Evidence| *evidence = Evidence { at, known })
        .await
        .map(drop)
}

/// The destination is broken for everybody. `true` for the one who is to say so: the first.
pub(crate) async fn open(world: &dyn World, target: TargetKind, now: Millis, why: &str) -> Result<bool> {
    // As it was at the try that was written: of many at once one finds it shut.
    let was_shut = Cell::new(false);
    note::change(world, &name(target), |breaker: &mut Breaker| {
        was_shut.set(breaker.trips == 0);
        if breaker.until <= now || breaker.trips == 0 {
            breaker.trips += 1;
            breaker.until = now + OPEN.0.saturating_mul(1 << (breaker.trips - 1).min(8)).min(OPEN.1);
        }
        why.clone_into(&mut breaker.why);
    })
    .await?;
    Ok(was_shut.get())
}

pub(crate) async fn close(world: &dyn World, target: TargetKind) -> Result<()> {
    let shut = |breaker: &mut Breaker| *breaker = Breaker::default();
    note::change(world, &name(target), shut).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{sdk::Aws, secrets::Secrets},
        runtime::live::{Inbox, Live, Safe},
        state::{golden, memory::Memory},
    };

    #[test]
    fn a_breaker_that_lacks_something_or_holds_something_unknown_is_refused_or_kept_whole() {
        golden::damage::<Breaker>("breakers", &[], &[]);
        golden::later::<Breaker>("breakers");
    }

    #[tokio::test]
    async fn only_the_first_to_find_a_target_broken_is_to_say_so() {
        let (sender, _jobs) = tokio::sync::mpsc::unbounded_channel();
        let safe = Safe::Given(Secrets::default());
        let world = Live::new(Memory::default(), Aws::default(), Inbox::Channel(sender), safe);
        let target = TargetKind::new("pager");
        let mut first = Vec::new();
        for at in [0, 50, 100, OPEN.0 + 100] {
            first.push(open(&world, target, at, "invalid_auth").await.unwrap());
        }
        assert_eq!(first, [true, false, false, false]);
        assert_eq!(read(&world, target).await.unwrap().trips, 2);
        close(&world, target).await.unwrap();
        assert!(open(&world, target, 0, "invalid_auth").await.unwrap(), "it was mended meanwhile");
    }

    #[tokio::test]
    async fn each_time_it_opens_it_stays_open_twice_as_long_up_to_an_hour() {
        let (sender, _jobs) = tokio::sync::mpsc::unbounded_channel();
        let safe = Safe::Given(Secrets::default());
        let world = Live::new(Memory::default(), Aws::default(), Inbox::Channel(sender), safe);
        let (target, mut now, mut open_for) = (TargetKind::new("pager"), 1_000, Vec::new());
        for _ in 0..6 {
            open(&world, target, now, "invalid_auth").await.unwrap();
            let until = read(&world, target).await.unwrap().until;
            open_for.push((until - now) / 60_000);
            now = until;
        }
        assert_eq!(open_for, [5, 10, 20, 40, 60, 60]);
    }

    #[test]
    fn a_breaker_that_any_release_noted_is_read_as_it_was_meant() {
        let open = Breaker { until: 1_795_669_500_000, trips: 1, why: "invalid_auth".to_owned() };
        let patient = Breaker { trips: 0, why: String::new(), ..open.clone() };
        golden::check_json(
            "breakers",
            &[("shut", Breaker::default()), ("asked for patience", patient), ("open", open)],
        );
    }
}
