//! The functions as Lambda runs them: the binaries, behind a Runtime API, a table, a secret and the stand-ins that
//! the test speaks for. They can be killed at any moment.
//!
//! `CASEBRIDGE_NOTIFY_BIN` names another binary than the one just built, such as the release's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod amazon;
mod lambda;
mod refusing;
mod sigkill;

#[path = "../store/table.rs"]
mod table;
