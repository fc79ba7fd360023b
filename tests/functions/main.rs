//! The functions as Lambda runs them: the binaries, behind a Runtime API, a table, a secret and the stand-ins that
//! the test speaks for. They can be killed at any moment.
//!
//! `CASEBRIDGE_NOTIFY_BIN` and `CASEBRIDGE_COMMAND_BIN` name other binaries than those just built, such as the release's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod amazon;
mod chance;
mod fifo;
mod lambda;
mod outcomes;
mod passing;
mod people;
mod refusing;
mod sigkill;
mod sigkill_command;
mod stage;

#[path = "../store/table.rs"]
mod table;
