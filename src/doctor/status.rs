//! How things stand: what is to be done and since when, what waits for a person, which targets are left alone and until
//! when. For whoever runs it; nothing of a case's words.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::ago;
use crate::{
    case::{CaseId, DeploymentId, Millis, text::counted},
    runtime::{
        World, breaker,
        deployments::{self, Seen},
        gate, sighting,
    },
    state::{self, TargetKind, notes::PlaceNote},
    targets::{jira, slack},
};

const CASES: usize = 500;
/// An open case is looked at once an hour, a waiting one within it: nothing lies further ahead.
const AHEAD: Millis = 40 * 86_400_000;

/// How things stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BridgeStatus {
    /// When this was.
    pub at: Millis,
    /// Cases with something to be done now or later.
    pub cases: usize,
    /// How long the oldest case that is due has been so, in milliseconds; 0 where none is.
    pub lag: Millis,
    /// Cases that are due.
    pub due: Vec<CaseId>,
    /// What waits for a person, or for a time.
    pub waiting: Vec<Waiting>,
    /// Targets that do not know us.
    pub breakers: Vec<Shut>,
    /// What a target asked to be left alone for.
    pub quiet: Vec<Shut>,
    /// Other deployments that told a case in the last day.
    pub others: BTreeMap<DeploymentId, Seen>,
    /// Messages for `notify`, for `command`, and the dead letters of each; none where the queues were not asked.
    pub queues: Option<[u64; 4]>,
    /// When a sweep last ended with a discovery.
    pub sweep: Option<Millis>,
    /// When an event of the service last came, to the hour.
    pub event: Option<Millis>,
}

/// A case that waits at a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Which.
    pub case: CaseId,
    /// Where; empty where its record itself cannot be read.
    pub target: String,
    /// Why, as an error code; `later` where it only waits for a time.
    pub why: String,
    /// Nothing is tried there before this.
    pub until: Millis,
}

/// Something that is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shut {
    /// The target.
    pub target: String,
    /// Why, or what is left alone.
    pub what: String,
    /// Until when.
    pub until: Millis,
}

/// Reads it. Nothing is changed.
pub async fn status(world: &dyn World) -> state::Result<BridgeStatus> {
    let (store, now) = (world.store(), world.now());
    let mut status = BridgeStatus { at: now, ..BridgeStatus::default() };
    let cases = store.due(now + AHEAD, CASES).await?;
    status.cases = cases.len();
    for case in cases {
        of_a_case(world, case, &mut status).await?;
    }
    for kind in [slack::KIND, jira::KIND] {
        let breaker = breaker::read(world, kind).await?;
        if breaker.trips > 0 {
            let (what, until) = (breaker.why.clone(), breaker.until());
            status.breakers.push(Shut { target: kind.to_string(), what, until });
        }
        status.quiet.extend(quiet(world, kind).await?);
    }
    let known = deployments::read(world).await?;
    status.others = known.at_work(now).map(|(other, seen)| (other.clone(), seen.clone())).collect();
    status.queues = world.queues().await.ok();
    status.sweep = sighting::of(world, sighting::SWEEP).await?.map(|seen| seen.at);
    status.event = sighting::of(world, sighting::EVENT).await?.map(|seen| seen.at);
    Ok(status)
}

async fn quiet(world: &dyn World, kind: TargetKind) -> state::Result<Vec<Shut>> {
    let each = gate::left_alone(world, kind).await?;
    let shut = |(what, until)| Shut { target: kind.to_string(), what, until };
    Ok(each.into_iter().map(shut).collect())
}

async fn of_a_case(world: &dyn World, case: CaseId, status: &mut BridgeStatus) -> state::Result<()> {
    let unread = |error: &state::Error| Waiting {
        case: case.clone(),
        target: String::new(),
        why: error.to_string(),
        until: 0,
    };
    let meta = match world.store().meta(&case).await {
        Ok(Some(meta)) => meta,
        Ok(None) => return Ok(()),
        Err(error @ state::Error::Unreadable(_)) => {
            status.waiting.push(unread(&error));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    for target in meta.targets.keys() {
        match meta.note_of::<PlaceNote>(&case, target) {
            Ok((note, _)) if note.parked.is_some() || note.not_before > status.at => {
                let why = note.parked.unwrap_or_else(|| "later".to_owned());
                let (case, target) = (case.clone(), target.clone());
                status.waiting.push(Waiting { case, target, why, until: note.not_before });
            }
            Ok(_) => {}
            Err(error) => status.waiting.push(unread(&error)),
        }
    }
    if let Some(since) = meta.next_at.filter(|at| *at <= status.at) {
        status.lag = status.lag.max(status.at - since);
        status.due.push(case);
    }
    Ok(())
}

impl BridgeStatus {
    /// Whether nothing needs a person.
    pub fn is_calm(&self) -> bool {
        let parked = self.waiting.iter().any(|waiting| waiting.why != "later");
        let dead = self.queues.is_some_and(|[_, _, events, inbox]| events + inbox > 0);
        !parked && !dead && self.breakers.is_empty() && self.others.is_empty()
    }
}

fn until(now: Millis, at: Millis) -> String {
    match (at - now).max(0) / 1_000 {
        0 => "is tried next".to_owned(),
        seconds @ 1..120 => format!("not before {seconds} s from now"),
        seconds => format!("not before {} minutes from now", seconds / 60),
    }
}

impl fmt::Display for BridgeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.at;
        let age = |at: Option<Millis>| at.map_or_else(|| "never yet".to_owned(), |at| ago(now, at));
        writeln!(f, "cases      {} with work now or later, {} due", self.cases, self.due.len())?;
        writeln!(f, "lag        {} s: so long the oldest that is due has waited", self.lag / 1_000)?;
        for Waiting { case, target, why, until: at } in &self.waiting {
            let word = if why == "later" { "waits" } else { "PARKED" };
            writeln!(f, "{word:<10} {case} {target} {why}: {}", until(now, *at))?;
        }
        for Shut { target, what, until: at } in &self.breakers {
            writeln!(f, "BREAKER    {target} does not know us ({what}): {}", until(now, *at))?;
        }
        for Shut { target, what, until: at } in &self.quiet {
            writeln!(f, "budget     {target} {what}: {}", until(now, *at))?;
        }
        for (other, Seen { at, target, case, .. }) in &self.others {
            writeln!(f, "OTHER      deployment {other} told {case} in {target} {}", ago(now, *at))?;
        }
        match self.queues {
            Some([events, inbox, events_dead, inbox_dead]) => writeln!(
                f,
                "queues     {}, {}; dead letters: {}, {}",
                counted(events, "event", "events"),
                counted(inbox, "job", "jobs"),
                counted(events_dead, "event", "events"),
                counted(inbox_dead, "job", "jobs")
            )?,
            None => writeln!(f, "queues     not seen: the right to read their attributes is missing")?,
        }
        writeln!(f, "sweep      {}", age(self.sweep))?;
        write!(f, "event      {}", age(self.event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_person_is_told_from_what_only_waits() {
        let case = CaseId::new("7000000003");
        let waits = |why: &str| Waiting {
            case: case.clone(),
            target: "jira".to_owned(),
            why: why.to_owned(),
            until: 90_000,
        };
        let other =
            Seen { at: 0, target: "slack".to_owned(), case: case.clone(), at_work: true, first: false };
        let shut = Shut { target: "slack".to_owned(), what: "x".to_owned(), until: 0 };
        let calm = BridgeStatus {
            waiting: vec![waits("later")],
            queues: Some([9, 9, 0, 0]),
            ..BridgeStatus::default()
        };
        assert!(calm.is_calm() && BridgeStatus::default().is_calm());
        assert!(
            calm.to_string().contains("waits      7000000003 jira later: not before 90 s from now"),
            "{calm}"
        );
        for bad in [
            BridgeStatus { waiting: vec![waits("channel_is_shared")], ..calm.clone() },
            BridgeStatus { breakers: vec![shut], ..calm.clone() },
            BridgeStatus { queues: Some([0, 0, 1, 0]), ..calm.clone() },
            BridgeStatus { queues: Some([0, 0, 0, 1]), ..calm.clone() },
            BridgeStatus { others: [(DeploymentId::new("d"), other)].into(), ..calm.clone() },
        ] {
            assert!(!bad.is_calm(), "{bad}");
        }
    }
}
