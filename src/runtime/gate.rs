//! May this target be written to now? Slots for a place in it, a breaker for all of it, and what it refused.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    rc::Rc,
    time::Duration,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::sync::Mutex;
use tracing::warn;

use crate::{
    case::Millis,
    http::{Failure, Request, Response},
    runtime::{Rule, World, send_in_time},
    state::{self, Reserved, Result, TargetKind, Wanted, read_note, record::write},
    telemetry::metrics,
};

/// A turn at a place that takes one write at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The place.
    pub place: String,
    /// Milliseconds between two writes.
    pub spacing: Millis,
}

/// Takes the next slot of this place, if it begins in time. What is taken is waited for: nobody else gets it.
///
/// # Errors
/// The store did not answer.
pub async fn reserve(world: &dyn World, target: TargetKind, slot: &Slot, latest: Millis) -> Result<Reserved> {
    let now = world.now();
    if !world.holds(Rule::Pace) {
        return Ok(Reserved::At(now));
    }
    let wanted = Wanted { spacing: slot.spacing, latest };
    world.store().reserve(&gate_of(target, slot), now, wanted).await
}

fn gate_of(target: TargetKind, slot: &Slot) -> String {
    format!("{target}/{}", slot.place)
}

/// Who waits for a place in this process: one after the other, so that whoever was told last comes last.
#[derive(Default)]
pub struct Queues(RefCell<HashMap<String, Rc<Mutex<()>>>>);

impl Queues {
    /// The queue before a place.
    pub fn before(&self, target: TargetKind, slot: &Slot) -> Rc<Mutex<()>> {
        self.0.borrow_mut().entry(gate_of(target, slot)).or_default().clone()
    }
}

/// A destination that nobody may write to for a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// Until then.
    #[serde(rename = "until")]
    pub until: Millis,
    /// How many times in a row it was found broken; 0 where it only asked for patience.
    #[serde(rename = "trips")]
    pub trips: u32,
    /// An error code.
    #[serde(rename = "why")]
    pub why: String,
}

/// The first and the longest time for which a broken destination is left alone.
const OPEN: (Millis, Millis) = (300_000, 3_600_000);

fn name(target: TargetKind) -> String {
    format!("breaker/{}", target.as_str())
}

/// Reads the breaker.
///
/// # Errors
/// The store did not answer.
pub async fn read(world: &dyn World, target: TargetKind) -> Result<Breaker> {
    read_as(world, &name(target)).await
}

async fn read_as<T: Default + Serialize + DeserializeOwned>(world: &dyn World, name: &str) -> Result<T> {
    match world.store().note(name).await? {
        Some(text) => Ok(read_note(name, &text)?.0),
        None => Ok(T::default()),
    }
}

/// The destination asked for patience: its word holds for every worker.
///
/// # Errors
/// The store did not answer.
pub async fn throttle(world: &dyn World, target: TargetKind, until: Millis) -> Result<()> {
    let longer = |breaker: &mut Breaker| breaker.until = breaker.until.max(until);
    change(world, &name(target), longer).await.map(|_| ())
}

/// Something that is only set and that a destination refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refused {
    /// When.
    pub at: Millis,
    /// On which case.
    pub case: String,
    /// An error code, or a field's name.
    pub why: String,
}

/// What was last refused, by what it is: `status`, `link`, `home`, `channel`, `invitation`.
pub type Refusals = BTreeMap<String, Refused>;

fn refusals_name(target: TargetKind) -> String {
    format!("refused/{}", target.as_str())
}

/// Remembers a refusal for whoever asks whether all works. That it cannot be remembered stops nothing.
pub async fn refused(world: &dyn World, target: TargetKind, what: &str, refused: Refused) {
    let newer = |refusals: &mut Refusals| {
        refusals.insert(what.to_owned(), refused.clone());
    };
    if let Err(trouble) = change(world, &refusals_name(target), newer).await {
        warn!(what, %trouble, "a refusal could not be noted");
    }
}

/// What was refused since then.
///
/// # Errors
/// The store did not answer.
pub async fn refused_since(world: &dyn World, target: TargetKind, since: Millis) -> Result<Refusals> {
    let mut refusals: Refusals = read_as(world, &refusals_name(target)).await?;
    refusals.retain(|_, refused| refused.at >= since);
    Ok(refusals)
}

/// Sends a request as [`send_in_time`], unless somebody was told that requests of this kind are to wait: a
/// `Retry-After` holds for all who make them. Slack's limits are a method's, Jira's are everybody's.
///
/// # Errors
/// As there; [`Failure::NotApplied`] with what is left of the wait.
pub async fn send(
    world: &dyn World,
    kind: &str,
    request: Request,
    until: Millis,
) -> std::result::Result<Response, Failure> {
    let name = format!("quiet/{kind}");
    let quiet: Millis = match read_as(world, &name).await {
        Ok(quiet) => quiet,
        Err(state::Error::Unreadable(record)) => {
            metrics::unreadable(&record);
            return Err(Failure::NotApplied {
                retry_after: None,
                why: format!("{kind}: its Retry-After is unreadable"),
            });
        }
        // Where the table does not answer, nobody knows of a word.
        Err(_) => 0,
    };
    if let Ok(left @ 1..) = u64::try_from(quiet - world.now())
        && world.holds(Rule::RetryAfter)
    {
        let why = format!("{kind}: to be left alone for now");
        return Err(Failure::NotApplied { retry_after: Some(Duration::from_millis(left)), why });
    }
    let response = send_in_time(world, request, until).await?;
    if let Some(time) = response.wait().filter(|time| !time.is_zero()) {
        let word = world.now() + Millis::try_from(time.as_millis()).unwrap_or(0);
        if let Err(trouble) = change(world, &name, |quiet: &mut Millis| *quiet = word.max(*quiet)).await {
            warn!(kind, %trouble, "a Retry-After could not be kept");
        }
    }
    Ok(response)
}

/// Whether a target knew us when it was last asked; nothing while somebody asks. It holds for a minute: what refuses many
/// is asked once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Evidence {
    #[serde(rename = "at")]
    at: Millis,
    #[serde(rename = "known")]
    known: Option<bool>,
}

/// How long an answer holds, and how long whoever asks may take.
const EVIDENCE: Millis = 60_000;

/// What is known of whether a target knows us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It said so within the last minute.
    Said(bool),
    /// Somebody is asking.
    Asked,
    /// Nobody did: whoever gets this answer is to ask, and to say what came of it.
    Ask,
}

fn evidence_name(target: TargetKind) -> String {
    format!("known/{target}")
}

/// Whether a target knows us, as far as anybody asked.
///
/// # Errors
/// The store did not answer.
pub async fn known(world: &dyn World, target: TargetKind) -> Result<Known> {
    let (now, answer) = (world.now(), Cell::new(Known::Ask));
    change(world, &evidence_name(target), |evidence: &mut Evidence| {
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

/// What came of asking; nothing where there was no answer.
///
/// # Errors
/// The store did not answer.
pub async fn tell_known(world: &dyn World, target: TargetKind, known: Option<bool>) -> Result<()> {
    let at = if known.is_some() { world.now() } else { 0 };
    change(world, &evidence_name(target), |evidence: &mut Evidence| *evidence = Evidence { at, known })
        .await
        .map(drop)
}

/// The destination is broken for everybody. `true` for the one who is to say so: the first.
///
/// # Errors
/// The store did not answer.
pub async fn open(world: &dyn World, target: TargetKind, now: Millis, why: &str) -> Result<bool> {
    // As it was at the try that was written: of many at once one finds it shut.
    let was_shut = Cell::new(false);
    change(world, &name(target), |breaker: &mut Breaker| {
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

/// The destination answered well again.
///
/// # Errors
/// The store did not answer.
pub async fn close(world: &dyn World, target: TargetKind) -> Result<()> {
    let shut = |breaker: &mut Breaker| *breaker = Breaker::default();
    change(world, &name(target), shut).await.map(|_| ())
}

async fn change<T: Default + Serialize + DeserializeOwned>(
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

    #[test]
    fn what_any_release_noted_of_a_destination_is_read_as_it_was_meant() {
        let open = Breaker { until: 1_795_669_500_000, trips: 1, why: "invalid_auth".to_owned() };
        let patient = Breaker { trips: 0, why: String::new(), ..open.clone() };
        golden::check_json(
            "breakers",
            &[("shut", Breaker::default()), ("asked for patience", patient), ("open", open)],
        );
        golden::check_json::<Millis>("quiet", &[("until", 1_795_669_230_000), ("nothing", 0)]);
    }
}
