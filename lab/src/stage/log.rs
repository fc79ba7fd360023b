//! What is logged while a test runs.

use std::{
    cell::Cell,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tracing::{Level, subscriber::DefaultGuard};
use tracing_subscriber::{
    filter::Targets,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
};

thread_local! {
    /// All that any log of this thread took up.
    static ALL: Lines = Lines::default();
    /// How many logs take something up.
    static OPEN: Cell<usize> = const { Cell::new(0) };
}

/// What is logged in this thread, from its beginning to the value's end.
pub struct Log {
    lines: Lines,
    _until_dropped: DefaultGuard,
}

impl Drop for Log {
    fn drop(&mut self) {
        OPEN.set(OPEN.get() - 1);
    }
}

/// All that is logged in this thread from its beginning on, whichever log of a test takes it up.
pub(super) struct WholeLog {
    from: usize,
    _log: Option<Log>,
}

impl WholeLog {
    pub(super) fn begin() -> Self {
        let from = ALL.with(|all| all.0.lock().unwrap().len());
        // A log that a test began before goes on hearing.
        Self { from, _log: (OPEN.get() == 0).then(Log::begin) }
    }

    pub(super) fn text(&self) -> String {
        ALL.with(|all| String::from_utf8(all.0.lock().unwrap()[self.from..].to_vec()).unwrap())
    }
}

impl Log {
    /// From now on: all that the product says, and others' warnings.
    pub fn begin() -> Self {
        OPEN.set(OPEN.get() + 1);
        let lines = Lines::default();
        let ours = Targets::new().with_default(Level::WARN).with_target("casebridge", Level::TRACE);
        let layer = fmt::layer().json().flatten_event(true).with_writer(lines.clone());
        let subscriber = tracing_subscriber::registry().with(ours).with(layer);
        Self { lines, _until_dropped: tracing::subscriber::set_default(subscriber) }
    }

    /// A line an event, JSON.
    pub fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap()
    }

    /// The keys of the records that were said to be unreadable: these lines raise the alarm.
    pub fn unreadable(&self) -> Vec<String> {
        let lines: Vec<Value> = self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let alarms = lines.iter().filter(|line| {
            line["level"] == "ERROR"
                && line["message"] == "a record cannot be read, and what hangs on it waits"
        });
        alarms.map(|line| line["key"].as_str().unwrap().to_owned()).collect()
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        ALL.with(|all| all.0.lock().unwrap().extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
