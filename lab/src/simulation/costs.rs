//! Which part of a simulated world costs most?

use std::{fmt, time::Duration};

/// Counts and times of a world's parts, or of many worlds together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    worlds: u32,
    total: Duration,
    operations: (u32, Duration),
    requests: (u32, Duration),
    calls: (u32, Duration),
}

fn count(part: &mut (u32, Duration), time: Duration) {
    part.0 += 1;
    part.1 += time;
}

impl Costs {
    /// An operation of the table.
    pub fn operation(&mut self, time: Duration) {
        count(&mut self.operations, time);
    }

    /// A request at the simulated Slack or Jira.
    pub fn request(&mut self, time: Duration) {
        count(&mut self.requests, time);
    }

    /// A call of the simulated service.
    pub fn call(&mut self, time: Duration) {
        count(&mut self.calls, time);
    }

    /// The world came to its end after this time.
    pub fn ended(mut self, total: Duration) -> Self {
        self.worlds = 1;
        self.total = total;
        self
    }

    /// Adds another world's.
    pub fn add(&mut self, other: &Self) {
        let Self { worlds, total, operations, requests, calls } = other;
        self.worlds += worlds;
        self.total += *total;
        for (mine, theirs) in
            [(&mut self.operations, operations), (&mut self.requests, requests), (&mut self.calls, calls)]
        {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |time: Duration| 100.0 * time.as_secs_f64() / self.total.as_secs_f64().max(1e-9);
        let each = |count: u32| count / self.worlds.max(1);
        let rest = self.total.saturating_sub(self.operations.1 + self.requests.1 + self.calls.1);
        write!(
            f,
            "of a world's time: the core itself {:.0} %, {} operations of the table {:.0} %, {} requests at Slack and \
             Jira {:.0} %, {} calls of the service {:.0} %",
            share(rest),
            each(self.operations.0),
            share(self.operations.1),
            each(self.requests.0),
            share(self.requests.1),
            each(self.calls.0),
            share(self.calls.1),
        )
    }
}
