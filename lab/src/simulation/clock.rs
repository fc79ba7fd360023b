//! Who runs next? Tasks, timers and chance under a virtual clock, all drawn from one seed.

use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    future::Future,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use casebridge::case::Millis;

/// SplitMix64: small, fast, the same everywhere. <https://prng.di.unimi.it/splitmix64.c>
pub struct Chance(Cell<u64>);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` to `to`, both possible.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        let span = to.abs_diff(from) + 1;
        from + (self.next() % span).cast_signed()
    }

    pub fn happens(&self, thousandths: u32) -> bool {
        thousandths > 0 && self.next() % 1_000 < u64::from(thousandths)
    }
}

pub type TaskId = u64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    Wake(TaskId),
    Kill(TaskId),
    /// Something that the simulation planned happens: it knows what, by this number.
    Happening(u64),
}

struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    waker: Waker,
}

/// Those that somebody woke, as whoever gives a lock back wakes the next.
type Woken = Arc<Mutex<Vec<TaskId>>>;

struct TaskWaker {
    id: TaskId,
    woken: Woken,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push(self.id);
    }
}

/// The virtual clock, with the timers and tasks that hang on it.
pub struct VirtualClock {
    now: Cell<Millis>,
    count: Cell<u64>,
    timers: RefCell<BinaryHeap<Reverse<(Millis, u64, Due)>>>,
    tasks: RefCell<HashMap<TaskId, Task>>,
    running: Cell<TaskId>,
    woken: Woken,
    stalled: RefCell<HashMap<TaskId, Millis>>,
    stood: RefCell<HashMap<TaskId, Millis>>,
    parts: RefCell<HashMap<TaskId, Vec<(Millis, Waker)>>>,
}

impl VirtualClock {
    pub fn new(now: Millis) -> Self {
        Self {
            now: Cell::new(now),
            count: Cell::new(0),
            timers: RefCell::default(),
            tasks: RefCell::default(),
            running: Cell::new(0),
            woken: Woken::default(),
            stalled: RefCell::default(),
            stood: RefCell::default(),
            parts: RefCell::default(),
        }
    }

    pub fn now(&self) -> Millis {
        self.now.get()
    }

    fn number(&self) -> u64 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    pub fn at(&self, time: Millis, due: Due) {
        self.timers.borrow_mut().push(Reverse((time.max(self.now()), self.number(), due)));
    }

    /// Starts a task; it runs from now on.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) -> TaskId {
        let id = self.number();
        let waker = Waker::from(Arc::new(TaskWaker { id, woken: self.woken.clone() }));
        self.tasks.borrow_mut().insert(id, Task { future: Box::pin(task), waker });
        self.at(self.now(), Due::Wake(id));
        id
    }

    /// Waits, as part of the running task.
    pub fn delay(&self, time: Millis) -> impl Future<Output = ()> + '_ {
        let until = self.now() + time.max(0);
        let mut asked = false;
        std::future::poll_fn(move |context| {
            if self.now() >= until {
                return Poll::Ready(());
            }
            if !asked {
                asked = true;
                let task = self.running.get();
                self.at(until, Due::Wake(task));
                let waker = context.waker().clone();
                self.parts.borrow_mut().entry(task).or_default().push((until, waker));
            }
            Poll::Pending
        })
    }

    /// The running task stands still, whole, for this long: a paused machine.
    pub fn stall(&self, time: Millis) {
        let (task, until) = (self.running.get(), self.now() + time);
        let before = self.stalled.borrow_mut().insert(task, until).unwrap_or(self.now());
        *self.stood.borrow_mut().entry(task).or_default() += until - before;
    }

    /// For how long the running task stood still.
    pub fn stood_still(&self) -> Millis {
        self.stood.borrow().get(&self.running.get()).copied().unwrap_or(0)
    }

    /// The running task ends here: it never goes on.
    pub fn kill_running(&self) {
        self.at(self.now(), Due::Kill(self.running.get()));
    }

    /// Goes to the next timer. Tasks are polled and killed here; a happening is returned. `None` at the end of time.
    pub fn step(&self, end: Millis) -> Option<Option<u64>> {
        let Reverse((time, _, due)) = {
            let mut timers = self.timers.borrow_mut();
            match timers.peek() {
                Some(Reverse((time, ..))) if *time <= end => timers.pop()?,
                _ => return None,
            }
        };
        self.now.set(time);
        match due {
            Due::Happening(what) => return Some(Some(what)),
            Due::Kill(task) => {
                self.parts.borrow_mut().remove(&task);
                let killed = self.tasks.borrow_mut().remove(&task);
                drop(killed);
            }
            Due::Wake(task) => self.wake(task),
        }
        let woken = mem::take(&mut *self.woken());
        woken.into_iter().for_each(|task| self.at(self.now(), Due::Wake(task)));
        Some(None)
    }

    fn due_parts(&self, id: TaskId) -> Vec<Waker> {
        let (mut parts, now) = (self.parts.borrow_mut(), self.now());
        let Some(parts) = parts.get_mut(&id) else { return Vec::new() };
        parts.extract_if(.., |(until, _)| *until <= now).map(|(_, waker)| waker).collect()
    }

    fn wake(&self, id: TaskId) {
        let stalled = self.stalled.borrow().get(&id).copied();
        match stalled {
            Some(until) if until > self.now() => return self.at(until, Due::Wake(id)),
            Some(_) => drop(self.stalled.borrow_mut().remove(&id)),
            None => {}
        }
        let Some(mut task) = self.tasks.borrow_mut().remove(&id) else { return };
        self.running.set(id);
        for part in self.due_parts(id) {
            part.wake();
        }
        // It is polled now: only what wakes it meanwhile polls it again.
        self.woken().retain(|woken| *woken != id);
        match task.future.as_mut().poll(&mut Context::from_waker(&task.waker)) {
            Poll::Ready(()) => drop(self.parts.borrow_mut().remove(&id)),
            Poll::Pending => drop(self.tasks.borrow_mut().insert(id, task)),
        }
    }

    fn woken(&self) -> MutexGuard<'_, Vec<TaskId>> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use futures_util::future::join;

    use super::*;

    /// Two that want one lock, in one task and in two: whoever waits for it goes on when it is given back, at that moment.
    #[test]
    fn whoever_waits_for_another_goes_on_as_soon_as_that_one_lets_go() {
        let (clock, ends) = (Rc::new(VirtualClock::new(0)), Rc::new(RefCell::new(Vec::new())));
        let lock = Rc::new(tokio::sync::Mutex::new(()));
        let holds = |name: &'static str, first: Millis| {
            let (clock, lock, ends) = (clock.clone(), lock.clone(), ends.clone());
            async move {
                clock.delay(first).await;
                let _held = lock.lock().await;
                clock.delay(10).await;
                ends.borrow_mut().push((name, clock.now()));
            }
        };
        // Polled last, and holds it first.
        let both = join(holds("second", 2), holds("first", 1));
        clock.spawn(async {
            let ((), ()) = both.await;
        });
        clock.spawn(holds("third", 3));
        while clock.step(100).is_some() {}
        assert_eq!(*ends.borrow(), [("first", 11), ("second", 21), ("third", 31)]);
    }
}
