//! A table whose worker can be stopped at any moment, and which remembers all that it was asked.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use casebridge::{
    case::{CaseId, Millis},
    state::{
        Asked, Command, DueList, Error, Leaving, Meta, Note, Reserved, Result as Stored, Saying, Store,
        TargetKind, Told, Wanted, key::Key, memory::Memory,
    },
};
use tokio::sync::Notify;

/// Counts the moments before and after each thing that is done outside; at the last, whoever does it stops for ever.
#[derive(Default)]
pub struct Countdown {
    left: AtomicUsize,
    killed: Notify,
    /// So many requests to the table until one is not answered; and whether that one is taken.
    until_lost: AtomicUsize,
    taken: AtomicBool,
}

impl Countdown {
    pub(super) async fn moment(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.killed.notify_one();
            std::future::pending::<()>().await;
        }
    }

    fn loses(&self) -> bool {
        let left = self.until_lost.load(Ordering::SeqCst);
        self.until_lost.store(left.saturating_sub(1), Ordering::SeqCst);
        left == 1
    }

    /// Works until the `at`th moment from now on; `None` where the work did not end before it.
    pub(super) async fn until<T>(&self, at: usize, work: impl Future<Output = T>) -> Option<T> {
        self.left.store(at, Ordering::SeqCst);
        let done = tokio::select! {
            done = work => Some(done),
            () = self.killed.notified() => None,
        };
        self.left.store(0, Ordering::SeqCst);
        done
    }

    /// The `at`th request to the table from now on is not answered, though it may be taken.
    pub(super) fn loses_a_request(&self, at: usize, taken: bool) {
        self.taken.store(taken, Ordering::SeqCst);
        self.until_lost.store(at, Ordering::SeqCst);
    }

    /// Whether there were so many requests. None is lost from now on.
    pub(super) fn lost_it(&self) -> bool {
        self.until_lost.swap(0, Ordering::SeqCst) == 0
    }
}

/// The table in memory, watched.
pub struct WatchedTable {
    memory: Memory,
    countdown: Arc<Countdown>,
    /// All that it was ever asked to keep or to find.
    pub(super) asked: Mutex<String>,
}

impl WatchedTable {
    pub(super) fn new(memory: &Memory, countdown: &Arc<Countdown>) -> Self {
        Self { memory: memory.clone(), countdown: countdown.clone(), asked: Mutex::default() }
    }
}

impl WatchedTable {
    async fn watch<T>(
        &self,
        _: &'static str,
        asked: String,
        operation: impl Future<Output = Stored<T>>,
    ) -> Stored<T> {
        let lost = self.countdown.loses();
        if lost && !self.countdown.taken.load(Ordering::SeqCst) {
            return Err(Error::Trouble("no answer".to_owned()));
        }
        self.asked.lock().unwrap().push_str(&asked);
        self.countdown.moment().await;
        let answer = operation.await;
        self.countdown.moment().await;
        if lost { Err(Error::Trouble("no answer".to_owned())) } else { answer }
    }
}

/// A table in memory whose operations all go through its `watch`.
macro_rules! watched {
    ($table:ident: $($name:ident($($arg:ident: $kind:ty),*) -> $out:ty;)*) => {
        #[async_trait::async_trait(?Send)]
        impl Store for $table {
            $(async fn $name(&self $(, $arg: $kind)*) -> Stored<$out> {
                let asked = format!("{:?}\n", ($(&$arg,)*));
                self.watch(stringify!($name), asked, self.memory.$name($($arg),*)).await
            })*
        }
    };
    ($table:ident) => {
        $crate::stage::watched! { $table:
            hint(case: &CaseId, now: Millis, full: bool) -> ();
            lease(case: &CaseId, now: Millis, until: Millis) -> Option<Meta>;
            take_up(case: &CaseId, now: Millis, until: Millis, asked: Asked) -> Option<Meta>;
            meta(case: &CaseId) -> Option<Meta>;
            save(case: &CaseId, epoch: u64, note: Note, json: &str) -> ();
            leave(case: &CaseId, epoch: u64, leaving: &Leaving) -> bool;
            put_off(case: &CaseId, epoch: Option<u64>, until: Millis) -> ();
            due_list(now: Millis, limit: usize) -> DueList;
            told(case: &CaseId, destination: TargetKind, keys: &[Key]) -> Vec<Option<Told>>;
            told_at(case: &CaseId, targets: &[TargetKind], keys: &[Key]) -> Vec<Vec<Option<Told>>>;
            all_told(case: &CaseId, destination: TargetKind) -> Vec<(Key, Told)>;
            ledgers(case: &CaseId, targets: &[TargetKind]) -> Vec<Vec<(Key, Told)>>;
            tell(case: &CaseId, epoch: u64, destination: TargetKind, key: &Key, told: &Told) -> ();
            untell(case: &CaseId, epoch: u64, destination: TargetKind, key: &Key) -> ();
            say(case: &CaseId, saying: &Saying, expires: Millis) -> ();
            sayings(case: &CaseId) -> Vec<Saying>;
            reserve(gate: &str, now: Millis, wanted: Wanted) -> Reserved;
            note(name: &str) -> Option<String>;
            notes(names: &[String]) -> Vec<Option<String>>;
            swap_note(name: &str, old: Option<&str>, new: &str, expires: Option<Millis>) -> bool;
            swap_agenda(old: Option<&str>, new: &str, next_at: Millis) -> bool;
            begin(key: &str, command: &Command, expires: Millis) -> Option<Command>;
            finish(key: &str, answer: &str) -> String;
            command(key: &str) -> Option<Command>;
            bind(place: &str, case: &CaseId) -> ();
            bound(place: &str) -> Option<CaseId>;
        }
    };
}
pub(crate) use watched;

watched!(WatchedTable);
