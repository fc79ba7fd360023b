//! May this target be written to now? Slots for a place in it, a breaker for all of it, and what it refused.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    mem,
    rc::Rc,
    time::Duration,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::sync::Mutex;
use tracing::warn;

use crate::{
    case::Millis,
    http::{Failure, Request, Response},
    runtime::{World, send_in_time},
    state::{self, Reserved, Result, TargetKind, Wanted, read_note, record::write},
    telemetry::metrics,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub place: String,
    /// Milliseconds between two writes.
    pub spacing: Millis,
}

/// Takes the next slot of this place, if it begins in time. What is taken is waited for: nobody else gets it.
pub(crate) async fn reserve(
    world: &dyn World,
    target: TargetKind,
    slot: &Slot,
    latest: Millis,
) -> Result<Reserved> {
    let now = world.now();
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
    pub(crate) fn before(&self, target: TargetKind, slot: &Slot) -> Rc<Mutex<()>> {
        self.0.borrow_mut().entry(gate_of(target, slot)).or_default().clone()
    }
}

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

/// The first and the longest time for which a broken destination is left alone.
const OPEN: (Millis, Millis) = (300_000, 3_600_000);

fn name(target: TargetKind) -> String {
    format!("breaker/{}", target.as_str())
}

pub(crate) async fn read(world: &dyn World, target: TargetKind) -> Result<Breaker> {
    read_as(world, &name(target)).await
}

async fn read_as<T: Default + Serialize + DeserializeOwned>(world: &dyn World, name: &str) -> Result<T> {
    match world.store().note(name).await? {
        Some(text) => Ok(read_note(name, &text)?.0),
        None => Ok(T::default()),
    }
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
    if let Err(trouble) = change(world, &refusals_name(target), newer).await {
        warn!(what, %trouble, "a refusal could not be noted");
    }
}

pub async fn refused_since(world: &dyn World, target: TargetKind, since: Millis) -> Result<Refusals> {
    let mut refusals: Refusals = read_as(world, &refusals_name(target)).await?;
    refusals.retain(|_, refused| refused.at >= since);
    Ok(refusals)
}

/// Until when what is asked of a target is left alone, by what a `Retry-After` was about: a method, a channel, an
/// issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Quiet {
    Each(BTreeMap<String, Millis>),
    /// As 0.1.0 wrote it, with one note for each.
    All(Millis),
}

impl Default for Quiet {
    fn default() -> Self {
        Self::Each(BTreeMap::new())
    }
}

impl Quiet {
    fn until(&self, names: &[String]) -> Millis {
        match self {
            Self::All(until) => *until,
            Self::Each(each) => names.iter().filter_map(|name| each.get(name)).copied().max().unwrap_or(0),
        }
    }

    fn keep(&mut self, name: &str, until: Millis, now: Millis) {
        let mut each = match mem::take(self) {
            Self::Each(each) => each,
            Self::All(_) => BTreeMap::new(),
        };
        each.retain(|_, other| *other > now);
        let longest = each.entry(name.to_owned()).or_default();
        *longest = until.max(*longest);
        *self = Self::Each(each);
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Counted<'c> {
    pub(crate) target: TargetKind,
    /// As what it is counted: it waits where any of them is to be left alone.
    pub(crate) names: &'c [String],
    /// Which of them an answer with a `Retry-After` is about.
    pub(crate) about: fn(&Response) -> usize,
}

/// Sends a request as [`send_in_time`], unless somebody was told that requests of its kind are to wait: a `Retry-After`
/// holds for all who make them, and for nothing else. [`Failure::NotApplied`] has what is left of the wait.
pub(crate) async fn send(
    world: &dyn World,
    counted: Counted<'_>,
    request: Request,
    until: Millis,
) -> std::result::Result<Response, Failure> {
    let (name, names) = (format!("quiet/{}", counted.target), counted.names);
    let quiet = match read_as::<Quiet>(world, &name).await {
        Ok(quiet) => quiet.until(names),
        Err(state::Error::Unreadable(record)) => {
            metrics::unreadable(&record);
            let why = format!("{}: its Retry-After is unreadable", counted.target);
            return Err(Failure::NotApplied { retry_after: None, why });
        }
        Err(_) => 0,
    };
    if let Ok(left @ 1..) = u64::try_from(quiet - world.now()) {
        let why = format!("{}: to be left alone for now", names.last().map_or("", String::as_str));
        return Err(Failure::NotApplied { retry_after: Some(Duration::from_millis(left)), why });
    }
    let response = send_in_time(world, request, until).await?;
    if let Some(time) = response.wait().filter(|time| !time.is_zero()) {
        let (now, time) = (world.now(), Millis::try_from(time.as_millis()).unwrap_or(0));
        let about = names.get((counted.about)(&response)).map_or("", String::as_str);
        let kept = change(world, &name, |quiet: &mut Quiet| quiet.keep(about, now + time, now)).await;
        if let Err(trouble) = kept {
            warn!(destination = %counted.target, %trouble, "a Retry-After could not be kept");
        }
    }
    Ok(response)
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

pub(crate) async fn tell_known(world: &dyn World, target: TargetKind, known: Option<bool>) -> Result<()> {
    let at = if known.is_some() { world.now() } else { 0 };
    change(world, &evidence_name(target), |evidence: &mut Evidence| *evidence = Evidence { at, known })
        .await
        .map(drop)
}

/// The destination is broken for everybody. `true` for the one who is to say so: the first.
pub(crate) async fn open(world: &dyn World, target: TargetKind, now: Millis, why: &str) -> Result<bool> {
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

pub(crate) async fn close(world: &dyn World, target: TargetKind) -> Result<()> {
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

    #[test]
    fn a_word_binds_what_it_is_about_until_its_time_and_a_shorter_one_takes_nothing_back() {
        let name = |name: &str| name.to_owned();
        let mut quiet = Quiet::All(5);
        assert_eq!(quiet.until(&[name("any")]), 5);
        quiet.keep("a", 100, 10);
        quiet.keep("a", 50, 10);
        quiet.keep("b", 70, 10);
        assert_eq!(quiet.until(&[name("a")]), 100);
        assert_eq!(quiet.until(&[name("c"), name("b")]), 70);
        assert_eq!(quiet.until(&[name("c")]), 0);
        quiet.keep("c", 200, 80);
        assert_eq!(quiet, Quiet::Each([(name("a"), 100), (name("c"), 200)].into()));
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
        let each = |until| Quiet::Each([("chat.update".to_owned(), until)].into());
        golden::check_json(
            "quiet",
            &[
                ("until", Quiet::All(1_795_669_230_000)),
                ("nothing", Quiet::All(0)),
                ("of a method", each(1_795_669_230_000)),
            ],
        );
    }
}
