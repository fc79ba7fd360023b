//! What goes wrong, and where? Each fault is a switch: on, it holds until it is switched off.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use casebridge::case::Millis;
use serde::{Deserialize, Serialize};

use super::feed::lock;
use crate::standins::{FaultRule, FaultTarget, Server};

/// How long an answer takes that is slow.
const SLOW: Duration = Duration::from_secs(3);
/// What a service that is asked too often wants us to wait, in seconds.
const PATIENCE: &str = "30";
/// How late an event is that is overtaken by others.
const LATE: Millis = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Sir,
    Slack,
    Jira,
    Table,
    Worker,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Answers 503 to everything.
    Down,
    /// Too many requests.
    Throttled,
    Slow,
    /// Does what it is asked, and its answers are lost.
    AnswersLost,
    /// Answers `ok`, and stores nothing.
    NotStored,
    EventsLost,
    EventsDoubled,
    /// The first event that follows comes late, and every second one after it.
    EventsShuffled,
    /// One issue may not be seen or changed.
    Forbidden,
    /// The channel.
    Archived,
    /// The worker is killed at its next boundary.
    Crash,
}

/// A switch, and whether it is a place's: what is not here is none.
const SWITCHES: &[(Trouble, &[Place])] = &[
    (Trouble::Down, &[Place::Sir, Place::Slack, Place::Jira]),
    (Trouble::Throttled, &[Place::Sir, Place::Slack, Place::Jira, Place::Table]),
    (Trouble::Slow, &[Place::Sir, Place::Slack, Place::Jira]),
    (Trouble::AnswersLost, &[Place::Sir, Place::Slack, Place::Jira]),
    (Trouble::NotStored, &[Place::Slack, Place::Jira]),
    (Trouble::EventsLost, &[Place::Sir, Place::Slack, Place::Jira]),
    (Trouble::EventsDoubled, &[Place::Sir, Place::Slack, Place::Jira]),
    (Trouble::EventsShuffled, &[Place::Sir, Place::Slack, Place::Jira]),
    (Trouble::Forbidden, &[Place::Jira]),
    (Trouble::Archived, &[Place::Slack]),
    (Trouble::Crash, &[Place::Worker]),
];

#[derive(Default)]
pub struct Switches {
    /// With what it is about, where that is one thing of many.
    on: Mutex<BTreeMap<(Place, Trouble), String>>,
    pub table_throttles: AtomicBool,
    /// The next worker that comes to a boundary is killed.
    pub crash: AtomicBool,
    /// What was sent from a place since its events were shuffled.
    shuffled: Mutex<BTreeMap<Place, Millis>>,
}

impl Switches {
    /// Fails: there is no such switch.
    pub fn set(&self, (place, trouble): (Place, Trouble), on: Option<String>) -> Result<(), String> {
        let known = SWITCHES.iter().any(|(one, places)| *one == trouble && places.contains(&place));
        known.then_some(()).ok_or("there is no such switch")?;
        if trouble == Trouble::EventsShuffled {
            lock(&self.shuffled).remove(&place);
        }
        let mut all = lock(&self.on);
        match on {
            Some(about) => all.insert((place, trouble), about),
            None => all.remove(&(place, trouble)),
        };
        self.table_throttles.store(all.contains_key(&(Place::Table, Trouble::Throttled)), Ordering::SeqCst);
        if trouble == Trouble::Crash {
            self.crash.store(all.contains_key(&(Place::Worker, Trouble::Crash)), Ordering::SeqCst);
        }
        Ok(())
    }

    pub fn holds(&self, place: Place, trouble: Trouble) -> bool {
        lock(&self.on).contains_key(&(place, trouble))
    }

    /// What is switched on, for the page. A crash is over once it happened.
    pub fn all(&self) -> Vec<(Place, Trouble, String)> {
        let mut all = lock(&self.on);
        if !self.crash.load(Ordering::SeqCst) {
            all.remove(&(Place::Worker, Trouble::Crash));
        }
        all.iter().map(|((place, trouble), about)| (*place, *trouble, about.clone())).collect()
    }

    /// Which switches there are.
    pub fn known() -> Vec<(Trouble, Vec<Place>)> {
        SWITCHES.iter().map(|(trouble, places)| (*trouble, places.to_vec())).collect()
    }

    /// Lets the stand-ins fail as the switches say, and in no other way.
    pub fn apply<'a>(&self, servers: impl IntoIterator<Item = (Place, &'a Server)>) {
        let all = lock(&self.on);
        for (place, server) in servers {
            server.heal();
            let own = all.iter().filter(|((of, _), _)| *of == place);
            own.flat_map(|((_, trouble), about)| rules(place, *trouble, about))
                .for_each(|rule| server.fault(rule));
        }
    }

    /// When each copy of an event arrives that was sent now: none where it is lost.
    pub fn arrivals(&self, place: Place) -> Vec<Millis> {
        match () {
            () if self.holds(place, Trouble::EventsLost) => vec![],
            () if self.holds(place, Trouble::EventsDoubled) => vec![0, 0],
            () if self.holds(place, Trouble::EventsShuffled) => {
                let mut shuffled = lock(&self.shuffled);
                let number = shuffled.entry(place).or_default();
                *number += 1;
                vec![LATE * (*number % 2)]
            }
            () => vec![0],
        }
    }
}

fn rules(place: Place, trouble: Trouble, about: &str) -> Vec<FaultRule> {
    let all = FaultRule::on_all;
    let made = |of: &[&str]| of.iter().map(|name| FaultRule::on(name)).collect::<Vec<FaultTarget>>();
    match trouble {
        Trouble::Down => vec![all().answers(503)],
        Trouble::Throttled => vec![all().throttled(Some(PATIENCE))],
        Trouble::Slow => vec![all().slow(SLOW)],
        Trouble::AnswersLost => vec![all().reset_after()],
        Trouble::NotStored if place == Place::Slack => {
            made(&["chat.postMessage"]).into_iter().map(FaultTarget::never_stored).collect()
        }
        Trouble::NotStored => made(&["addComment"]).into_iter().map(FaultTarget::never_stored).collect(),
        Trouble::Forbidden => about
            .split(' ')
            .filter(|name| !name.is_empty())
            .map(|name| FaultRule::on_path(&format!("/issue/{name}")).has(forbidden()))
            .collect(),
        Trouble::EventsLost
        | Trouble::EventsDoubled
        | Trouble::EventsShuffled
        | Trouble::Archived
        | Trouble::Crash => vec![],
    }
}

fn forbidden() -> crate::standins::FaultEffect {
    crate::standins::FaultEffect::Error("403".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_places_can_be_switched_there() {
        let switches = Switches::default();
        let on = || Some(String::new());
        assert!(switches.set((Place::Slack, Trouble::Archived), on()).is_ok());
        assert!(switches.set((Place::Sir, Trouble::Archived), on()).is_err());
        assert!(switches.set((Place::Table, Trouble::Throttled), on()).is_ok());
        assert!(switches.table_throttles.load(Ordering::SeqCst));
        assert!(switches.set((Place::Table, Trouble::Throttled), None).is_ok());
        assert!(!switches.table_throttles.load(Ordering::SeqCst));
    }

    #[test]
    fn an_event_is_lost_doubled_or_late_as_the_switch_says() {
        let switches = Switches::default();
        let come = |trouble| {
            switches.set((Place::Sir, trouble), Some(String::new())).unwrap();
            let two = [switches.arrivals(Place::Sir), switches.arrivals(Place::Sir)];
            switches.set((Place::Sir, trouble), None).unwrap();
            two
        };
        assert_eq!(come(Trouble::EventsLost), [Vec::<Millis>::new(), vec![]]);
        assert_eq!(come(Trouble::EventsDoubled), [vec![0, 0], vec![0, 0]]);
        assert_eq!(come(Trouble::EventsShuffled), [vec![LATE], vec![0]]);
        assert_eq!(switches.arrivals(Place::Sir), [0]);
        assert_eq!(come(Trouble::EventsShuffled), [vec![LATE], vec![0]], "whatever came before it");
    }
}
