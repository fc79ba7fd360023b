//! What people say, from their signed request to the case and back to them: real clients over the wire against the
//! stand-ins of Slack, Security Incident Response and Security Hub, and a table in memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod attacks;
mod audit;
mod aws_sample;
mod confirm;
mod doctor;
mod doors;
mod examples;
mod files;
mod forged;
mod form_rules;
mod forms;
mod gates;
mod grid;
mod home;
mod issue;
mod issue_files;
mod issue_moves;
mod jira_people;
mod linked;
mod lost_webhooks;
mod many_files;
mod mended;
mod names;
mod need_to_know;
mod older;
mod once;
mod operations;
mod own_channel;
mod receipts;
mod relay;
mod second;
mod shared;
mod spares;
mod state;
mod storms;
mod terminal;
mod thread;
mod verbs;
mod whose;
mod withdrawn;
mod words_at_the_door;
mod words_in_jira;
mod words_in_slack;
mod words_of_ours;
