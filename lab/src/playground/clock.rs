//! What time is it in the playground? Everybody's clock is the same one. It runs as the real one does, stands still in a
//! story but for what somebody waits for, and can be moved on.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use casebridge::case::Millis;

use crate::standins::ServiceClock;

/// What the HTTP door waits for the queue: a limit on this process, not on anybody in the story.
const DOOR: Duration = Duration::from_millis(2_500);
const TICK: Duration = Duration::from_millis(20);

pub struct PlayClock {
    service: ServiceClock,
    runs: AtomicBool,
    hurried: AtomicUsize,
}

/// As long as it lives, nobody waits: whoever would moves the clock.
pub struct Hurry<'a>(&'a AtomicUsize);

impl Drop for Hurry<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl PlayClock {
    /// It begins then.
    pub fn at(now: Millis, runs: bool) -> Self {
        Self {
            service: ServiceClock::standing(now),
            runs: AtomicBool::new(runs),
            hurried: AtomicUsize::new(0),
        }
    }

    /// The same clock, for the stand-ins.
    pub fn service(&self) -> &ServiceClock {
        &self.service
    }

    pub fn now(&self) -> Millis {
        self.service.millis()
    }

    pub fn runs(&self) -> bool {
        self.runs.load(Ordering::SeqCst)
    }

    pub fn set_runs(&self, runs: bool) {
        self.runs.store(runs, Ordering::SeqCst);
    }

    pub fn hurry(&self) -> Hurry<'_> {
        self.hurried.fetch_add(1, Ordering::SeqCst);
        Hurry(&self.hurried)
    }

    pub fn is_hurried(&self) -> bool {
        self.hurried.load(Ordering::SeqCst) > 0
    }

    /// Moves it to this time; it never goes back.
    pub fn reach(&self, time: Millis) {
        self.service.set(time);
    }

    /// Lets it run, for ever.
    pub async fn tick(&self) {
        let mut last = Instant::now();
        loop {
            tokio::time::sleep(TICK).await;
            let passed = last.elapsed();
            last = Instant::now();
            if self.runs() && !self.is_hurried() {
                self.service.advance(passed);
            }
        }
    }

    /// Waits as somebody in the playground.
    pub async fn sleep(&self, time: Duration) {
        if time == DOOR {
            return tokio::time::sleep(time).await;
        }
        let until = self.now() + Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX / 2);
        while self.now() < until {
            if self.is_hurried() || !self.runs() {
                self.reach(until);
                return tokio::task::yield_now().await;
            }
            let left = u64::try_from(until - self.now()).unwrap_or(1);
            tokio::time::sleep(Duration::from_millis(left.clamp(1, 50))).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clock_that_stands_is_moved_by_whoever_waits() {
        let clock = PlayClock::at(1_000, false);
        clock.sleep(Duration::from_secs(60)).await;
        assert_eq!((clock.now(), clock.service().millis()), (61_000, 61_000));
        clock.reach(5_000);
        assert_eq!(clock.now(), 61_000, "it does not go back");
    }

    #[tokio::test]
    async fn a_clock_that_runs_is_waited_for_unless_somebody_is_in_a_hurry() {
        let clock = PlayClock::at(0, true);
        let slept = async {
            clock.sleep(Duration::from_millis(60)).await;
            clock.now()
        };
        let late = tokio::select! { now = slept => now, () = clock.tick() => 0 };
        assert!((60..5_000).contains(&late), "{late}");
        let hurry = clock.hurry();
        clock.sleep(Duration::from_secs(3_600)).await;
        drop(hurry);
        assert!(clock.now() >= late + 3_600_000 && !clock.is_hurried());
    }
}
