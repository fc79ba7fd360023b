//! How does time pass for a function whose clock cannot be turned?
//!
//! Leases outlive a worker by 45 s and quarantines take 60 s or 300 s of real time. Instead *time passes in the table*:
//! every time that the bridge wrote down is moved [`PASSES`] back. To the next process that is the same as having been
//! started so much later.

use aws_sdk_dynamodb::types::AttributeValue;
use casebridge::{case::Millis, config::clock};
use serde_json::{Value, json};

use super::table::Table;

/// Longer than any lease, quarantine, pause or visibility timeout that a single failure leads to.
pub const PASSES: Millis = 400_000;

type Item = std::collections::HashMap<String, AttributeValue>;

/// Moves every time in the table back, and says how much was seen half done: begun since the last time, and not known
/// to be made.
pub async fn time_passes(table: &Table) -> u64 {
    let mut half_done = 0;
    let mut items = table.client.scan().table_name(&table.name).into_paginator().items().send();
    while let Some(item) = items.next().await {
        let mut item = item.unwrap();
        let before = item.clone();
        half_done += u64::from(is_half_done(&item));
        moved_back(&mut item);
        if item != before {
            let put = table.client.put_item().table_name(&table.name).set_item(Some(item));
            put.send().await.unwrap();
        }
    }
    half_done
}

fn moved_back(item: &mut Item) {
    // What a finished command keeps is a date, and nothing waits for it.
    let is_history = item.contains_key("answer");
    for (name, value) in item.iter_mut().filter(|_| !is_history) {
        match (name.as_str(), &*value) {
            ("lease_until" | "next_at" | "free_at" | "since", AttributeValue::N(at)) => {
                let earlier = (at.parse::<Millis>().unwrap() - PASSES).max(0);
                *value = AttributeValue::N(earlier.to_string());
            }
            ("case_note" | "slack_note" | "jira_note" | "note", AttributeValue::S(json)) => {
                let Ok(note) = serde_json::from_str::<Value>(json) else { continue };
                let mut moved = note.clone();
                note_moved_back(&mut moved);
                if moved != note {
                    *value = AttributeValue::S(moved.to_string());
                }
            }
            _ => {}
        }
    }
}

/// An addition that is written down and open, or a command that was begun and has no answer.
fn is_half_done(item: &Item) -> bool {
    let is_new = |since: Option<Millis>| since.is_some_and(|since| since > clock::now() - PASSES);
    let notes = ["slack_note", "jira_note"].into_iter().filter_map(|name| item.get(name)?.as_s().ok());
    let notes = notes.filter_map(|json| serde_json::from_str::<Value>(json).ok());
    let open = notes.map(|note| note.pointer("/open/since").and_then(Value::as_i64)).any(is_new);
    let since = item.get("since").and_then(|at| at.as_n().ok()).and_then(|at| at.parse().ok());
    let begun = item.contains_key("job") && !item.contains_key("answer") && is_new(since);
    open || begun
}

/// Moves the times of a note back, wherever they stand in it.
fn note_moved_back(note: &mut Value) {
    let back = |value: &mut Value| {
        if let Some(at) = value.as_i64().filter(|at| *at > PASSES) {
            *value = json!(at - PASSES);
        }
    };
    // What was found out about a person is a list, until when it holds first.
    for path in ["/verify_at", "/look_again_at", "/not_before", "/open/since", "/until", "/next", "/0"] {
        note.pointer_mut(path).map(back);
    }
    note.pointer_mut("/again")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|it| it.values_mut())
        .for_each(back);
}
