//! How many requests may come, and when is there room again?

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use super::server::lock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// So many in any so many milliseconds.
    Window(usize, i64),
    /// So many at once, and one more each so many milliseconds.
    Bucket(usize, i64),
}

/// Counts requests by name. Copies count together: what is rolled back was asked for all the same.
#[derive(Clone, Default)]
pub(crate) struct Meter(Arc<Mutex<BTreeMap<String, VecDeque<i64>>>>);

impl Meter {
    /// Counts a request, unless there is no room: then says in how many milliseconds there is.
    pub(crate) fn count(&self, name: &str, limit: Limit, now: i64) -> Result<(), i64> {
        let mut meter = lock(&self.0);
        let Some(times) = meter.get_mut(name) else {
            meter.insert(name.to_owned(), [limit.mark(None, now)].into());
            return Ok(());
        };
        let full = limit.wait(times, now);
        match full {
            Some(wait) => Err(wait),
            None => {
                times.push_back(limit.mark(times.back().copied(), now));
                Ok(())
            }
        }
    }
}

impl Limit {
    /// What is noted of a request: when it came; of a bucket, when it will have flowed out.
    fn mark(self, last: Option<i64>, now: i64) -> i64 {
        match self {
            Self::Window(..) => now,
            Self::Bucket(_, each) => last.unwrap_or(now).max(now) + each,
        }
    }

    /// Forgets what no longer counts; how long until there is room, where there is none.
    fn wait(self, times: &mut VecDeque<i64>, now: i64) -> Option<i64> {
        let (most, lasts) = match self {
            Self::Window(most, window) => (most, window),
            Self::Bucket(most, _) => (most, 0),
        };
        while times.front().is_some_and(|at| at + lasts <= now) {
            times.pop_front();
        }
        let over = (times.len() + 1).checked_sub(most).filter(|over| *over > 0)?;
        times.get(over - 1).map(|at| at + lasts - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_room_again_when_the_first_leaves_it() {
        let meter = Meter::default();
        let window = Limit::Window(2, 1_000);
        for (now, answer) in
            [(0, Ok(())), (400, Ok(())), (900, Err(100)), (1_000, Ok(())), (1_399, Err(1)), (1_400, Ok(()))]
        {
            assert_eq!(meter.count("a", window, now), answer, "{now}");
        }
        assert_eq!(meter.clone().count("b", window, 1_400), Ok(()));
        assert_eq!(meter.clone().count("a", window, 1_401), Err(599), "copies count together");
    }

    #[test]
    fn a_bucket_takes_a_burst_and_then_one_at_a_time() {
        let meter = Meter::default();
        let bucket = Limit::Bucket(3, 1_000);
        let burst: Vec<_> = (0..5).map(|_| meter.count("a", bucket, 0)).collect();
        assert_eq!(burst, [Ok(()), Ok(()), Ok(()), Err(1_000), Err(1_000)]);
        assert_eq!(meter.count("a", bucket, 999), Err(1));
        assert_eq!(meter.count("a", bucket, 1_000), Ok(()));
        assert_eq!(meter.count("a", bucket, 1_000), Err(1_000));
        let later: Vec<_> = (0..4).map(|_| meter.count("a", bucket, 60_000)).collect();
        assert_eq!(later, [Ok(()), Ok(()), Ok(()), Err(1_000)]);
    }
}
