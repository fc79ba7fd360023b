//! How is a log line written? As one JSON object on one line, whatever stands in it.

use std::{
    io::{self, Write},
    panic,
};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    filter::{Targets, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
};

const USUAL: &str = "warn,casebridge=info,notify=info,command=info";

/// Whose lines may be finer than `info`: others' tell of requests and their texts.
const OURS: [&str; 3] = ["casebridge", "notify", "command"];

pub fn start() {
    let filter = filter(USUAL);
    if tracing::subscriber::set_global_default(subscriber(filter, io::stdout)).is_ok() {
        panic::set_hook(Box::new(|panic| {
            // Its message may quote anything.
            let place = panic.location().map(ToString::to_string);
            tracing::error!(place, "a panic");
        }));
    }
}

fn may_be_told(line: &Metadata<'_>) -> bool {
    let of = line.target().split("::").next().unwrap_or_default();
    OURS.contains(&of) || *line.level() <= Level::INFO
}

/// What `RUST_LOG` asks for, as `warn` or `warn,casebridge=info`; where it says nothing or cannot be read, the usual.
pub fn filter(usual: &str) -> Targets {
    let asked = std::env::var("RUST_LOG").ok().and_then(|text| text.parse().ok());
    asked.or_else(|| usual.parse().ok()).unwrap_or_default()
}

fn subscriber<W>(filter: Targets, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_ansi(false)
        .with_writer(OneLine(writer));
    tracing_subscriber::registry().with(filter).with(filter_fn(may_be_told)).with(lines)
}

/// JSON escapes the control characters of ASCII. This escapes those that only some readers take for a line's end.
struct OneLine<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for OneLine<W> {
    type Writer = LineWriter<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        LineWriter(self.0.make_writer())
    }
}

struct LineWriter<W>(W);

impl<W: Write> Write for LineWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(line) if line.contains(BREAKS) => self.0.write_all(one_line(line).as_bytes())?,
            _ => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

const BREAKS: [char; 4] = ['\u{7f}', '\u{85}', '\u{2028}', '\u{2029}'];

fn one_line(line: &str) -> String {
    BREAKS
        .iter()
        .fold(line.to_owned(), |line, char| line.replace(*char, &format!("\\u{:04x}", u32::from(*char))))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whatever_stands_in_it_a_line_is_one_json_object() {
        let kept = Lines::default();
        let writer = kept.clone();
        let subscriber =
            subscriber(Targets::new().with_default(tracing::Level::INFO), move || writer.clone());
        let nasty = "a\r\nb\u{1b}[31m\u{85}\u{2028}\u{2029}\u{7f}\"}";
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(case = nasty, count = 2, "seen");
            tracing::debug!("not asked for");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let line = text.strip_suffix('\n').unwrap();
        assert!(!line.contains(|char: char| char.is_control() || BREAKS.contains(&char)), "{line:?}");
        let read: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((read["case"].as_str(), read["count"].as_i64()), (Some(nasty), Some(2)));
        assert_eq!((read["level"].as_str(), read["message"].as_str()), (Some("INFO"), Some("seen")));
    }
    #[test]
    fn what_others_tell_of_their_requests_is_not_written_whatever_is_asked_for() {
        let kept = Lines::default();
        let writer = kept.clone();
        let subscriber = subscriber(Targets::new().with_default(Level::TRACE), move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "hyper::client", "CANARY in a body");
            tracing::debug!(target: "commander", "CANARY of a name that begins as ours");
            tracing::info!(target: "hyper::client", "connected");
            tracing::trace!(target: "casebridge::sync", "ours");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("CANARY"), "{text}");
        assert!(text.contains("connected") && text.contains("ours"), "{text}");
    }
}
