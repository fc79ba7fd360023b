//! The bridge itself: its table, its queues, its work, and what only its functions can know.

use super::{Answer, Examined, Patient, ago, behind, fine, unseen, wrong};
use crate::{
    case::{CaseId, Millis, text::counted},
    runtime::{
        breaker,
        deployments::{self, Seen},
        sighting,
    },
    state::{self, notes::PlaceNote},
    targets::{jira, slack},
};

const WORK: [&str; 2] = ["work.due", "work.parked"];
const TABLE: &str = "CASEBRIDGE_TABLE is the output TableName of the stack, and its role or your credentials must be \
                     able to read it";
const UNREADABLE: &str = "docs/operations.md, A record that cannot be read";
/// Longer than this nothing that is due waits where the sweep runs.
const LATE: Millis = 600_000;
/// Parked work is tried again within an hour.
const PARKED_FOR: Millis = 3_600_000;
const CASES: usize = 100;
const REFUSED: Millis = 86_400_000;
/// The note that tries whether the table can be written.
const PROBE: &str = "doctor";

pub(super) async fn examine(patient: &Patient<'_>, found: &mut Examined) {
    let read = patient.world.store().note(PROBE).await;
    let readable = read.is_ok();
    found.add("table.read", of_the_table(read.map(drop), "it answered"));
    match readable {
        true => of_the_work(patient, found).await,
        false => found.add_all(&[&["table.write", "table.index"], &WORK[..]].concat(), &behind("table.read")),
    }
    of_the_queues(patient, found).await;
    for kind in [slack::KIND, jira::KIND] {
        let [breaker, refusals] = match kind == slack::KIND {
            true => ["slack.breaker", "slack.refused"],
            false => ["jira.breaker", "jira.refused"],
        };
        found.add(breaker, is_open(patient, kind).await);
        found.add(refusals, refused(patient, kind).await);
    }
    of_the_functions(patient, found).await;
}

fn of_the_table(asked: state::Result<()>, seen: &str) -> Answer {
    match asked {
        Ok(()) => fine(seen),
        Err(error) => wrong(error.to_string(), TABLE),
    }
}

async fn of_the_work(patient: &Patient<'_>, found: &mut Examined) {
    let (store, now) = (patient.world.store(), patient.world.now());
    let old = store.note(PROBE).await.ok().flatten();
    let written = store.swap_note(PROBE, old.as_deref(), &now.to_string(), None).await;
    found.add("table.write", of_the_table(written.map(drop), "a note could be written"));
    let due = match store.due(now + PARKED_FOR, CASES).await {
        Ok(due) => due,
        Err(error) => {
            found.add("table.index", wrong(error.to_string(), TABLE));
            return found.add_all(&WORK, &behind("table.index"));
        }
    };
    found.add("table.index", fine("it answered"));
    let (mut late, mut parked) = (None, None);
    for case in &due {
        let (since, why) = match of_a_case(patient, case).await {
            Ok(state) => state,
            Err(error) => (None, Some(error.to_string())),
        };
        late = late.or(since.filter(|since| now - since > LATE).map(|since| (case, since)));
        parked = parked.or(why.map(|why| (case, why)));
    }
    found.add(
        WORK[0],
        match late {
            None => fine(format!(
                "{} with work in the next hour, none is late",
                counted(due.len(), "case", "cases")
            )),
            Some((case, since)) => wrong(
                format!("case {case} was due {}", ago(now, since)),
                "See functions.sweep and the dead letters; the log of notify says what keeps it",
            ),
        },
    );
    found.add(
        WORK[1],
        match parked {
            None => fine("nothing waits for a person"),
            Some((case, why)) => wrong(
                format!("case {case} waits for a person: {why}"),
                format!("`casebridge plan {case}` says at which target; docs/operations.md says what each reason wants"),
            ),
        },
    );
}

/// Since when a case is due, and why it is parked.
async fn of_a_case(patient: &Patient<'_>, case: &CaseId) -> state::Result<(Option<Millis>, Option<String>)> {
    let Some(meta) = patient.world.store().meta(case).await? else { return Ok((None, None)) };
    let mut parked = None;
    for target in meta.targets.keys() {
        let (note, _) = meta.note_of::<PlaceNote>(case, target)?;
        parked = parked.or(note.parked);
    }
    Ok((meta.next_at, parked))
}

async fn of_the_queues(patient: &Patient<'_>, found: &mut Examined) {
    const CHECKS: [&str; 4] = ["queue.events", "queue.inbox", "queue.events_dead", "queue.inbox_dead"];
    let depths = match patient.world.queues().await {
        Ok(depths) => depths,
        Err(why) => {
            let how = "`casebridge doctor` with CASEBRIDGE_INBOX_URL (the output InboxQueueUrl) and the right to read \
                       the queues' attributes";
            return found.add_all(&CHECKS, &unseen(why, how));
        }
    };
    for (number, (check, depth)) in CHECKS.into_iter().zip(depths).enumerate() {
        let dead = number >= 2;
        found.add(
            check,
            match depth {
                0 => fine("it is empty"),
                depth if dead => wrong(
                    format!("{} given up", counted(depth, "message", "messages")),
                    "docs/operations.md, Dead letters: read one, mend the cause, put all of them back",
                ),
                depth if depth > BACKLOG => wrong(
                    format!("{} waiting", counted(depth, "message", "messages")),
                    "See the function's errors and throttles in its log and alarms",
                ),
                depth => fine(format!("{} waiting", counted(depth, "message", "messages"))),
            },
        );
    }
}

/// More than that is worked off in minutes, not in seconds.
const BACKLOG: u64 = 1_000;

async fn is_open(patient: &Patient<'_>, kind: state::TargetKind) -> Answer {
    match breaker::read(patient.world, kind).await {
        Ok(breaker) if breaker.trips == 0 => fine("it is shut: all goes there"),
        Ok(breaker) => wrong(
            format!("{kind} is left alone, since it does not know us: {}", breaker.why),
            format!("Mend {kind}.token; it goes on by itself within a minute"),
        ),
        Err(error) => wrong(error.to_string(), UNREADABLE),
    }
}

async fn refused(patient: &Patient<'_>, kind: state::TargetKind) -> Answer {
    match breaker::refused_since(patient.world, kind, patient.world.now() - REFUSED).await {
        Ok(refusals) => match refusals.iter().next_back() {
            None => fine("nothing was refused in the last day"),
            Some((what, one)) => wrong(
                format!("in the last day it refused the {what} of case {}: {}", one.case, one.why),
                "docs/operations.md, What Jira or Slack refuses. Nothing else waits for it",
            ),
        },
        Err(error) => wrong(error.to_string(), UNREADABLE),
    }
}

/// What the functions wrote down of themselves, with its age.
async fn of_the_functions(patient: &Patient<'_>, found: &mut Examined) {
    found.add("functions.telling", telling(patient));
    found.add("functions.alone", alone(patient).await);
    let now = patient.world.now();
    let sweep = match sighting::of(patient.world, sighting::SWEEP).await {
        Ok(Some(sweep)) => sweep,
        Ok(None) => {
            let why = "no sweep with a discovery ended yet";
            let how = "wait a minute after the setup; then see the log of notify and the alarm no-sweep";
            found.add_all(&["functions.sweep", "functions.version", "functions.settings"], &unseen(why, how));
            return found.add("functions.event", event(patient).await);
        }
        Err(error) => {
            found.add("functions.sweep", wrong(error.to_string(), UNREADABLE));
            found.add_all(&["functions.version", "functions.settings"], &behind("functions.sweep"));
            return found.add("functions.event", event(patient).await);
        }
    };
    let allowed = 2 * Millis::from(patient.settings.timing.discover_minutes) * 60_000;
    found.add(
        "functions.sweep",
        match now - sweep.at <= allowed {
            true => fine(format!("the last sweep with a discovery ended {}", ago(now, sweep.at))),
            false => wrong(
                format!("the last sweep with a discovery ended {}", ago(now, sweep.at)),
                "See the alarm no-sweep: is the schedule enabled, is notify's concurrency 0, what does its log say?",
            ),
        },
    );
    found.add("functions.version", version(&sweep.version, ago(now, sweep.at)));
    found.add("functions.settings", settings(patient, &sweep, now).await);
    found.add("functions.event", event(patient).await);
}

fn telling(patient: &Patient<'_>) -> Answer {
    match patient.settings.sir.observe {
        false => fine("cases are told"),
        true => wrong(
            "cases are read and planned, and nothing is told",
            "Set sir.observe = false and run casebridge settings push; all of it is told then",
        ),
    }
}

async fn alone(patient: &Patient<'_>) -> Answer {
    let now = patient.world.now();
    match deployments::read(patient.world).await {
        Ok(known) => match known.at_work(now).next() {
            None => fine("no other deployment was seen at work in the last day"),
            Some((other, Seen { at, target, case, .. })) => wrong(
                format!("the deployment {other} told case {case} in {target} {}", ago(now, *at)),
                "Delete one of the two stacks: docs/operations.md, Two deployments",
            ),
        },
        Err(error) => wrong(error.to_string(), UNREADABLE),
    }
}

fn version(theirs: &str, age: String) -> Answer {
    let ours = env!("CARGO_PKG_VERSION");
    match theirs == ours {
        true => fine(format!("the functions are {theirs}, said {age}")),
        false => wrong(
            format!("the functions are {theirs} (said {age}), this is {ours}"),
            "Deploy the release that you want, and use the tool of the same",
        ),
    }
}

async fn settings(patient: &Patient<'_>, sweep: &sighting::Sighting, now: Millis) -> Answer {
    let stored = match patient.world.store().settings().await {
        Ok(stored) => sighting::fingerprint(stored.as_deref().unwrap_or_default()),
        Err(error) => return wrong(error.to_string(), TABLE),
    };
    match stored == sweep.settings {
        true => fine(format!("the functions use what is stored, said {}", ago(now, sweep.at))),
        false => unseen(
            format!("what the functions used {} is not what is stored now", ago(now, sweep.at)),
            "wait for the next discovery: they take up a push within a minute",
        ),
    }
}

async fn event(patient: &Patient<'_>) -> Answer {
    match sighting::of(patient.world, sighting::EVENT).await {
        Ok(Some(event)) => fine(format!(
            "the last event of the service came {}, to the hour",
            ago(patient.world.now(), event.at)
        )),
        Ok(None) => unseen(
            "no event of the service came yet",
            "open a case of your own with /sir new; cases are found hourly all the same",
        ),
        Err(error) => wrong(error.to_string(), UNREADABLE),
    }
}
