//! Which texts did which release write down? Files under tests/state, which only grow: every later release reads them.
//!
//! A file holds one kind of record, a name and a record a line, each record byte for byte as it stands in the table, on
//! the queue or in Slack. `CASEBRIDGE_WRITE_STATE=1 cargo test --lib` writes what today's code writes and no file has
//! yet, into a file that is not there yet. Nothing is ever overwritten.

use std::{fs, path::PathBuf};

use serde_json::Value;

/// Where the files are; `v1` is what is read without a version.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/state/v1");

/// The file of this kind that was written first, second and so on.
fn path(kind: &str, number: usize) -> PathBuf {
    let name = if number == 1 { format!("{kind}.json") } else { format!("{kind}.{number}.json") };
    PathBuf::from(FOLDER).join(name)
}

/// The records of a file, each with its name.
fn records(path: &PathBuf) -> Vec<(String, String)> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|line| line.starts_with('"')).map(record).collect()
}

fn record(line: &str) -> (String, String) {
    let mut names = serde_json::Deserializer::from_str(line).into_iter::<String>();
    let name = names.next().unwrap().unwrap();
    let record = line[names.byte_offset()..].strip_prefix(": ").unwrap();
    (name, record.strip_suffix(',').unwrap_or(record).to_owned())
}

/// All records of a kind, the oldest first.
pub fn all(kind: &str) -> Vec<(String, String)> {
    let files = (1..).map(|number| path(kind, number)).take_while(|path| path.exists());
    files.flat_map(|path| records(&path)).collect()
}

/// Writes records into the first file of this kind that does not exist.
fn add(kind: &str, missing: &[(&str, String)]) {
    let path = (1..).map(|number| path(kind, number)).find(|path| !path.exists()).unwrap();
    let line = |(name, text): &(&str, String)| format!("{}: {text}", Value::from(*name));
    let lines: Vec<String> = missing.iter().map(line).collect();
    fs::write(path, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
}

/// Whether all that stands in `before` stands in `after` as well.
fn holds(after: &Value, before: &Value) -> bool {
    match (after, before) {
        (Value::Object(after), Value::Object(before)) => {
            before.iter().all(|(name, value)| after.get(name).is_some_and(|now| holds(now, value)))
        }
        (Value::Array(after), Value::Array(before)) => {
            after.len() == before.len()
                && after.iter().zip(before).all(|(after, before)| holds(after, before))
        }
        _ => after == before,
    }
}

/// Checks that every record of this kind that any release wrote is read as what it says, that nothing of it is lost
/// when it is written again, and that what is written today stands in a file.
pub fn check<T: PartialEq>(
    kind: &str,
    samples: &[(&str, T)],
    write: impl Fn(&T) -> String,
    read: impl Fn(&str) -> T,
) {
    let known = all(kind);
    let is_new = |(name, value): &&(&str, T)| {
        let text = write(value);
        !known.iter().any(|(other, record)| other == name && *record == text)
    };
    let missing: Vec<_> = samples.iter().filter(is_new).map(|(name, value)| (*name, write(value))).collect();
    if std::env::var_os("CASEBRIDGE_WRITE_STATE").is_some() && !missing.is_empty() {
        return add(kind, &missing);
    }
    for (name, record) in &known {
        let value = read(record);
        if let Some((_, sample)) = samples.iter().find(|(other, _)| other == name) {
            assert!(value == *sample, "{kind}: {name} is read as something else");
        }
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert!(
            holds(&json(&write(&value)), &json(record)),
            "{kind}: {name} loses something when it is written"
        );
    }
    let names: Vec<_> = missing.iter().map(|(name, _)| name).collect();
    assert!(
        names.is_empty(),
        "{kind}: no file has what is written today for {names:?} (CASEBRIDGE_WRITE_STATE=1)"
    );
}

/// As [`check`], for what is written as JSON and nothing else.
pub fn check_json<T>(kind: &str, samples: &[(&str, T)])
where
    T: PartialEq + serde::Serialize + serde::de::DeserializeOwned,
{
    check(
        kind,
        samples,
        |value| serde_json::to_string(value).unwrap(),
        |text| serde_json::from_str(text).unwrap(),
    );
}

#[test]
fn what_falls_out_of_a_record_is_seen_and_what_comes_in_is_not_minded() {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let before = json(r#"{"a":1,"b":[{"c":null}]}"#);
    for (after, expected) in [
        (r#"{"a":1,"b":[{"c":null}]}"#, true),
        (r#"{"a":1,"b":[{"c":null,"d":1}],"e":2}"#, true),
        (r#"{"b":[{"c":null}]}"#, false),
        (r#"{"a":2,"b":[{"c":null}]}"#, false),
        (r#"{"a":1,"b":[{}]}"#, false),
        (r#"{"a":1,"b":[]}"#, false),
    ] {
        assert_eq!(holds(&json(after), &before), expected, "{after}");
    }
}
