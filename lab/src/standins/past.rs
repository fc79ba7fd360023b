//! What was a service a few seconds ago? For reads that lag behind.

use std::{collections::VecDeque, sync::Mutex};

use super::server::lock;

/// A read is at most this old, in milliseconds.
const LONGEST: i64 = 5_000;

/// What a service was, each until a time. Remembers nothing until it is told to.
pub(crate) struct Past<S>(Mutex<Option<VecDeque<(i64, S)>>>);

impl<S> Default for Past<S> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<S: Clone> Past<S> {
    pub(crate) fn begin(&self) {
        lock(&self.0).get_or_insert_default();
    }

    /// The service is this until now, and perhaps something else from now on.
    pub(crate) fn remember(&self, now: i64, state: &S) {
        let mut past = lock(&self.0);
        let Some(past) = past.as_mut() else { return };
        if past.back().is_none_or(|(until, _)| *until < now) {
            past.push_back((now, state.clone()));
        }
        while past.front().is_some_and(|(until, _)| *until <= now - LONGEST) {
            past.pop_front();
        }
    }

    /// Works on what the service was at a time; `None` where that is what it is now.
    pub(crate) fn at<T>(&self, seen: i64, work: impl FnOnce(&mut S) -> T) -> Option<T> {
        let mut past = lock(&self.0);
        past.as_mut()?.iter_mut().find(|(until, _)| *until > seen).map(|(_, state)| work(state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_is_what_stood_until_the_next_change() {
        let past = Past::default();
        past.remember(1_000, &0);
        assert_eq!(past.at(0, |was| *was), None, "nothing is remembered before it begins");
        past.begin();
        for (now, was) in [(1_000, 1), (1_000, 7), (2_000, 2), (3_000, 3)] {
            past.remember(now, &was);
        }
        for (seen, was) in [(0, Some(1)), (999, Some(1)), (1_000, Some(2)), (2_500, Some(3)), (3_000, None)] {
            assert_eq!(past.at(seen, |was| *was), was, "{seen}");
        }
        past.remember(7_500, &4);
        assert_eq!(past.at(0, |was| *was), Some(3), "what is older is forgotten");
    }
}
