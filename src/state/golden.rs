//! Which texts did which release write down? Files under tests/state, which only grow: a kind a file, a name and a
//! record a line. `CASEBRIDGE_WRITE_STATE=1 cargo test --lib` writes what today's code writes and no file has yet, into
//! a new file.

use std::{fs, path::PathBuf};

use serde_json::{Map, Value};

use crate::state::record::{holds, read, read_whole, write};

/// Where the files are: under `v1` what is read without a version, under `later` what a later release may write one
/// day.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/state");

fn path(kind: &str, number: usize) -> PathBuf {
    let name = if number == 1 { format!("{kind}.json") } else { format!("{kind}.{number}.json") };
    PathBuf::from(FOLDER).join("v1").join(name)
}

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

pub(crate) fn all(kind: &str) -> Vec<(String, String)> {
    let files = (1..).map(|number| path(kind, number)).take_while(|path| path.exists());
    files.flat_map(|path| records(&path)).collect()
}

fn add(kind: &str, missing: &[(&str, String)]) {
    let path = (1..).map(|number| path(kind, number)).find(|path| !path.exists()).unwrap();
    let line = |(name, text): &(&str, String)| format!("{}: {text}", Value::from(*name));
    let lines: Vec<String> = missing.iter().map(line).collect();
    fs::write(path, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
}

/// Checks that every record of this kind that any release wrote is read as what it says, that nothing of it is lost
/// when it is written again, and that what is written today stands in a file.
pub(crate) fn check<T: PartialEq>(
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
    for (name, record) in &known {
        let value = read(record);
        if let Some((_, sample)) = samples.iter().find(|(other, _)| other == name) {
            assert!(
                value == *sample,
                "{kind}: {name} is read as something else: what is new gets a name of its own"
            );
        }
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert!(
            holds(&json(&write(&value)), &json(record)),
            "{kind}: {name} loses something when it is written"
        );
    }
    if std::env::var_os("CASEBRIDGE_WRITE_STATE").is_some() && !missing.is_empty() {
        return add(kind, &missing);
    }
    let names: Vec<_> = missing.iter().map(|(name, _)| name).collect();
    assert!(
        names.is_empty(),
        "{kind}: no file has what is written today for {names:?} (CASEBRIDGE_WRITE_STATE=1)"
    );
}

pub(crate) fn check_json<T>(kind: &str, samples: &[(&str, T)])
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

type Fields = Map<String, Value>;

/// The value with one object in it changed, in every way. `change` says what may become of an object's fields; it is
/// told the name of the field where the object stands.
fn changed(value: &Value, name: &str, change: &impl Fn(&str, &Fields) -> Vec<Fields>) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(fields) => {
            all.extend(change(name, fields).into_iter().map(Value::Object));
            for (name, child) in fields {
                for new in changed(child, name, change) {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), new);
                    all.push(Value::Object(fields));
                }
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                for new in changed(child, "", change) {
                    let mut items = items.clone();
                    items[index] = new;
                    all.push(Value::Array(items));
                }
            }
        }
        _ => {}
    }
    all
}

/// Damages every record of a kind in every way that takes one field out, or puts one in that no release knew: it is
/// refused, or nothing of it is lost. The fields of `may_lack` have a default; what stands in `maps` are no fields.
pub(crate) fn damage<T: serde::Serialize + serde::de::DeserializeOwned>(
    kind: &str,
    may_lack: &[&str],
    maps: &[&str],
) {
    let fewer = |name: &str, fields: &Fields| {
        let gone = fields.keys().filter(|field| !maps.contains(&name) && !may_lack.contains(&field.as_str()));
        gone.map(|gone| fields.clone().into_iter().filter(|(field, _)| field != gone).collect()).collect()
    };
    let more = |name: &str, fields: &Fields| {
        let unheard = ("unheard".to_owned(), Value::from(7));
        let more = fields.clone().into_iter().chain([unheard]).collect();
        if maps.contains(&name) { Vec::new() } else { vec![more] }
    };
    for (name, record) in all(kind) {
        let record: Value = serde_json::from_str(&record).unwrap();
        for damaged in changed(&record, "", &fewer) {
            assert!(
                read::<T>(&damaged.to_string()).is_err(),
                "{kind}: {name} is read although it is {damaged}"
            );
        }
        for later in changed(&record, "", &more) {
            if let Ok((value, rest)) = read::<T>(&later.to_string()) {
                let again: Value = serde_json::from_str(&write(&value, &rest).unwrap()).unwrap();
                assert!(holds(&again, &later), "{kind}: {name} loses something of {later}");
            }
        }
    }
}

/// What a later release may have written, made by hand: `kept` comes back as it was, `refused` is not read.
pub(crate) fn later<T: serde::Serialize + serde::de::DeserializeOwned>(kind: &str) {
    let of = |what: &str| {
        let path = PathBuf::from(FOLDER).join(format!("later/{kind}.{what}.json"));
        if path.exists() { records(&path) } else { Vec::new() }
    };
    let kept = of("kept");
    let is_refused = |record: &str| match kept.is_empty() {
        true => read_whole::<T>(record).is_err(),
        false => read::<T>(record).is_err(),
    };
    for (name, record) in &kept {
        let (value, rest) = read::<T>(record).unwrap();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let mut before = json(record);
        // A version of 1 goes without saying.
        before.as_object_mut().unwrap().remove("v");
        assert_eq!(json(&write(&value, &rest).unwrap()), before, "{kind}: {name}");
    }
    let refused = of("refused");
    assert!(!refused.is_empty(), "{kind}");
    for (name, record) in refused {
        assert!(is_refused(&record), "{kind}: {name} is read");
    }
}
