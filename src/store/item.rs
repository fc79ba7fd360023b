//! How does an item of the table look? Keys and attributes, and nothing of requests.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use super::{Command, Destination, Error, Meta, Note, Result};
use crate::{
    case::{CaseId, Millis},
    content::Key,
};

/// An item, or its key.
pub type Item = HashMap<String, AttributeValue>;

/// The partition key's name.
pub const PK: &str = "pk";
/// The sort key's name.
pub const SK: &str = "sk";

/// The one value of the index's partition attribute, `due`. It and `next_at` are absent on a case at rest.
pub const DUE: &str = "due";

/// A text attribute.
pub fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number attribute.
pub fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A value as JSON in a text attribute.
pub fn json(value: &impl Serialize) -> Result<AttributeValue> {
    serde_json::to_string(value).map(text).map_err(|_| Error::Trouble("no JSON can be made of it".to_owned()))
}

fn key(pk: String, sk: impl Into<String>) -> Item {
    [(PK.to_owned(), text(pk)), (SK.to_owned(), text(sk))].into()
}

/// The partition of a case.
pub fn case_partition(case: &CaseId) -> String {
    format!("CASE#{case}")
}

/// What all told of one destination begin with.
pub fn told_prefix(destination: Destination) -> String {
    format!("TOLD#{}#", destination.as_str())
}

/// What all sayings begin with.
pub const SAID_PREFIX: &str = "SAID#";

/// The key of a case's META.
pub fn meta_key(case: &CaseId) -> Item {
    key(case_partition(case), "META")
}

/// The key of something that was told.
pub fn told_key(case: &CaseId, destination: Destination, told: &Key) -> Item {
    key(case_partition(case), told_prefix(destination) + &told.0)
}

/// The key of a comment in the making.
pub fn said_key(case: &CaseId, command: &str) -> Item {
    key(case_partition(case), format!("{SAID_PREFIX}{command}"))
}

/// The key of a command.
pub fn command_key(command: &str) -> Item {
    key(format!("COMMAND#{command}"), "COMMAND")
}

/// The key of a place.
pub fn place_key(place: &str) -> Item {
    key(format!("PLACE#{place}"), "PLACE")
}

/// The key of a gate.
pub fn gate_key(gate: &str) -> Item {
    key(format!("GATE#{gate}"), "GATE")
}

/// The key of a note.
pub fn note_key(name: &str) -> Item {
    key(format!("NOTE#{name}"), "NOTE")
}

/// The attribute of META that holds a note.
pub fn note_attribute(note: Note) -> &'static str {
    match note {
        Note::Case => "case_note",
        Note::Of(Destination::Slack) => "slack_note",
        Note::Of(Destination::Jira) => "jira_note",
    }
}

/// A text of an item.
pub fn text_of(item: &Item, name: &str) -> Option<String> {
    item.get(name).and_then(|value| value.as_s().ok()).cloned()
}

/// A number of an item.
pub fn number_of<N: std::str::FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok())
}

/// A value that stands as JSON in an item.
pub fn json_of<T: DeserializeOwned>(item: &Item, name: &str) -> Result<T> {
    let text = item.get(name).and_then(|value| value.as_s().ok());
    text.and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| Error::Trouble(format!("an item's {name} cannot be read")))
}

/// Which case an item of the index belongs to.
pub fn case_of(item: &Item) -> Option<CaseId> {
    let pk = item.get(PK).and_then(|value| value.as_s().ok())?;
    pk.strip_prefix("CASE#").map(CaseId::new)
}

/// Under which key something was told.
pub fn told_name(item: &Item, destination: Destination) -> Result<Key> {
    let sk = item.get(SK).and_then(|value| value.as_s().ok());
    let key = sk.and_then(|sk| sk.strip_prefix(&told_prefix(destination)));
    key.map(|key| Key(key.to_owned()))
        .ok_or_else(|| Error::Trouble("an item's key cannot be read".to_owned()))
}

/// META as the table holds it. What is absent has never been set.
pub fn meta_of(item: &Item) -> Meta {
    Meta {
        want: number_of(item, "want").unwrap_or_default(),
        full: item.get("read_all").and_then(|value| value.as_bool().ok()).is_some_and(|full| *full),
        epoch: number_of(item, "epoch").unwrap_or_default(),
        lease_until: number_of(item, "lease_until").unwrap_or_default(),
        next_at: number_of(item, "next_at"),
        case: text_of(item, note_attribute(Note::Case)),
        slack: text_of(item, note_attribute(Note::Of(Destination::Slack))),
        jira: text_of(item, note_attribute(Note::Of(Destination::Jira))),
    }
}

/// A command as the table holds it.
pub fn command_of(item: &Item) -> Result<Command> {
    let unreadable = || Error::Trouble("a command's item cannot be read".to_owned());
    Ok(Command {
        job: text_of(item, "job").ok_or_else(unreadable)?,
        since: number_of(item, "since").ok_or_else(unreadable)?,
        answer: text_of(item, "answer"),
    })
}

/// When DynamoDB may delete an item: its unit is seconds, rounded up so that nothing goes early.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html>
pub fn expiry(expires: Millis) -> AttributeValue {
    number(expires.saturating_add(999) / 1000)
}

/// Whether an item still counts: DynamoDB deletes expired items days late.
pub fn counts(item: &Item, now: Millis) -> bool {
    number_of::<i64>(item, "expires_at").is_none_or(|expires| expires > now / 1000)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        golden,
        store::{Saying, Seen, Told},
    };

    #[test]
    fn an_item_expires_never_early_and_counts_no_longer_once_it_has() {
        let item = |expires| Item::from([("expires_at".to_owned(), expiry(expires))]);
        for (expires, now, expected) in [
            (10_001, 10_001, true),
            (10_001, 10_999, true),
            (10_001, 11_000, false),
            (10_000, 9_999, true),
            (10_000, 10_000, false),
        ] {
            assert_eq!(counts(&item(expires), now), expected, "{expires} at {now}");
        }
        assert!(counts(&Item::new(), i64::MAX));
    }

    /// An item that some release wrote, by its keys.
    fn written(name: &str) -> Item {
        let (_, json) = golden::all("items").into_iter().find(|(other, _)| other == name).unwrap();
        let shown: HashMap<String, HashMap<String, Value>> = serde_json::from_str(&json).unwrap();
        let attribute = |value: HashMap<String, Value>| match value.into_iter().next().unwrap() {
            (kind, Value::String(of)) if kind == "S" => AttributeValue::S(of),
            (kind, Value::String(of)) if kind == "N" => AttributeValue::N(of),
            (_, flag) => AttributeValue::Bool(flag.as_bool().unwrap()),
        };
        shown.into_iter().map(|(name, value)| (name, attribute(value))).collect()
    }

    #[test]
    fn every_item_that_any_release_wrote_is_read_as_it_was_meant() {
        let hinted = Meta { want: 1, full: true, next_at: Some(1_795_669_200_000), ..Meta::default() };
        let note = |of: &str| Some(format!("{{\"of\":\"{of}\"}}"));
        let resting = Meta {
            want: 1,
            epoch: 1,
            case: note("case"),
            slack: note("slack"),
            jira: note("jira"),
            ..Meta::default()
        };
        assert_eq!(meta_of(&written("CASE#7000000001/META")), hinted);
        assert_eq!(meta_of(&written("CASE#7000000003/META")), resting);
        let told = written("CASE#7000000003/TOLD#slack#comment/100001/0");
        assert_eq!(told_name(&told, Destination::Slack), Ok(Key("comment/100001/0".to_owned())));
        assert_eq!(json_of::<Told>(&told, "told").unwrap().seen, Seen::NotYet(1));
        let said = written("CASE#7000000003/SAID#b5bb9d80");
        assert_eq!(json_of::<Saying>(&said, "said").unwrap().speaker.as_deref(), Some("ana (Slack)"));
        assert!(counts(&said, 4_102_444_799_000) && !counts(&said, 4_102_444_800_000));
        let done = command_of(&written("COMMAND#done/COMMAND")).unwrap();
        assert_eq!((done.since, done.answer.as_deref()), (1_795_669_200_000, Some(r#"{"pieces":[]}"#)));
        assert_eq!(command_of(&written("COMMAND#begun/COMMAND")).unwrap().answer, None);
        let gate = written("GATE#slack/C0SECURITY/GATE");
        assert_eq!(number_of::<Millis>(&gate, "free_at"), Some(1_795_669_201_000));
        let place = written("PLACE#slack/T0CASEBRDG/C0SECURITY/1795668300.000100/PLACE");
        assert_eq!(text_of(&place, "case_id").as_deref(), Some("7000000003"));
        assert_eq!(
            text_of(&written("NOTE#channel/C0SECURITY/NOTE"), "note").as_deref(),
            Some("[1795669500000,false]")
        );
    }

    #[test]
    fn an_item_that_cannot_be_read_is_trouble_and_tells_nothing_of_itself() {
        let item = Item::from([("told".to_owned(), text("not JSON"))]);
        let error = json_of::<Told>(&item, "told").unwrap_err();
        assert_eq!(error, Error::Trouble("an item's told cannot be read".to_owned()));
        assert!(command_of(&item).is_err());
    }
}
