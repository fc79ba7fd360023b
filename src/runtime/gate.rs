//! How fast may a target be asked? Slots for a place in it, and what it asked to be left alone for.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    mem,
    rc::Rc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tracing::warn;

use crate::{
    case::Millis,
    http::{Failure, Request, Response},
    runtime::{World, note, send_in_time},
    state::{self, Reserved, Result, TargetKind, Wanted},
    telemetry::metrics,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub place: String,
    /// Milliseconds between two writes.
    pub spacing: Millis,
    /// Nobody writes there but whoever holds the case, who keeps the time by itself: so many at once, and then one by one.
    pub own: Option<i64>,
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

/// The next turn among all who ask Security Incident Response for the same, so many milliseconds after the one before, if
/// it begins in time.
pub(crate) async fn turn(
    world: &dyn World,
    operation: &str,
    spacing: Millis,
    latest: Millis,
) -> Result<Reserved> {
    world.store().reserve(&format!("sir/{operation}"), world.now(), Wanted { spacing, latest }).await
}

fn gate_of(target: TargetKind, slot: &Slot) -> String {
    format!("{target}/{}", slot.place)
}

/// Who waits for a place in this process: one after the other, so that whoever was told last comes last. And when there
/// is a turn again at a place that only whoever holds its case writes to.
#[derive(Default)]
pub struct Queues {
    waiting: RefCell<HashMap<String, Rc<Mutex<()>>>>,
    own: RefCell<HashMap<String, Millis>>,
}

impl Queues {
    pub(crate) fn before(&self, target: TargetKind, slot: &Slot) -> Rc<Mutex<()>> {
        self.waiting.borrow_mut().entry(gate_of(target, slot)).or_default().clone()
    }

    /// The next turn at such a place, which is taken; `None` where others write there too.
    pub(crate) fn own(&self, target: TargetKind, slot: &Slot, now: Millis) -> Option<Millis> {
        let at_once = slot.own?;
        let mut own = self.own.borrow_mut();
        let free = own.entry(gate_of(target, slot)).or_default();
        let begun = now.max(*free);
        *free = begun + slot.spacing;
        Some(now.max(begun - (at_once - 1) * slot.spacing))
    }
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

pub(crate) async fn left_alone(world: &dyn World, target: TargetKind) -> Result<Vec<(String, Millis)>> {
    let now = world.now();
    let all = match note::read::<Quiet>(world, &quiet_note(target)).await? {
        Quiet::All(until) => vec![("all".to_owned(), until)],
        Quiet::Each(each) => each.into_iter().collect(),
    };
    Ok(all.into_iter().filter(|(_, until)| *until > now).collect())
}

/// The note that every request to a target is held against.
pub(crate) fn quiet_note(target: TargetKind) -> String {
    format!("quiet/{target}")
}

/// Sends a request as [`send_in_time`], unless somebody was told that requests of its kind are to wait: a `Retry-After`
/// holds for all who make them, and for nothing else. [`Failure::NotApplied`] has what is left of the wait.
pub(crate) async fn send(
    world: &dyn World,
    counted: Counted<'_>,
    request: Request,
    until: Millis,
) -> std::result::Result<Response, Failure> {
    let (name, names) = (quiet_note(counted.target), counted.names);
    let quiet = match note::read::<Quiet>(world, &name).await {
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
    heed(world, counted, &response).await;
    Ok(response)
}

/// Keeps the wait that an answer asks for.
pub(crate) async fn heed(world: &dyn World, counted: Counted<'_>, response: &Response) {
    if let Some(time) = response.wait().filter(|time| !time.is_zero()) {
        let (now, time) = (world.now(), Millis::try_from(time.as_millis()).unwrap_or(0));
        let about = counted.names.get((counted.about)(response)).map_or("", String::as_str);
        let name = quiet_note(counted.target);
        let kept = note::change(world, &name, |quiet: &mut Quiet| quiet.keep(about, now + time, now)).await;
        if let Err(trouble) = kept {
            warn!(destination = %counted.target, %trouble, "a Retry-After could not be kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

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

    #[test]
    fn some_writes_to_a_place_of_ones_own_are_made_at_once_and_the_others_one_by_one() {
        let (queues, target) = (Queues::default(), TargetKind::new("pager"));
        let slot = Slot { place: "1".to_owned(), spacing: 300, own: Some(3) };
        let turns = |at: [Millis; 5]| at.map(|now| queues.own(target, &slot, now).unwrap());
        assert_eq!(turns([1_000, 1_000, 1_000, 1_000, 1_300]), [1_000, 1_000, 1_000, 1_300, 1_600]);
        assert_eq!(turns([9_000; 5]), [9_000, 9_000, 9_000, 9_300, 9_600]);
        assert_eq!(queues.own(target, &Slot { own: None, ..slot }, 0), None);
    }

    #[test]
    fn a_word_that_any_release_noted_is_read_as_it_was_meant() {
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
