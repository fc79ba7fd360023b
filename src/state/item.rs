//! How does an item of the table look? Keys and attributes, and nothing of requests.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use super::{Command, Error, Meta, Result, TargetKind, Unread};
use crate::{
    case::{CaseId, Millis},
    state::{
        key::Key,
        record::{self, Unreadable},
    },
};

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) const PK: &str = "pk";
pub(crate) const SK: &str = "sk";

/// The one value of the index's partition attribute, `due`. It and `next_at` are absent on a case at rest.
pub(crate) const DUE: &str = "due";

/// The version of an item; absent where it is 1, as it is on all that this release writes.
const VERSION_ATTRIBUTE: &str = "v";
pub(crate) const VERSION: u64 = 1;

pub(crate) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn json(value: &impl Serialize) -> Result<AttributeValue> {
    serde_json::to_string(value).map(text).map_err(|_| Error::Trouble("no JSON can be made of it".to_owned()))
}

fn key(pk: String, sk: impl Into<String>) -> Item {
    [(PK.to_owned(), text(pk)), (SK.to_owned(), text(sk))].into()
}

pub(crate) fn case_partition(case: &CaseId) -> String {
    format!("CASE#{case}")
}

pub(crate) fn told_prefix(target: TargetKind) -> String {
    format!("{TOLD_PREFIX}{target}#")
}

pub(crate) const TOLD_PREFIX: &str = "TOLD#";

pub(crate) const SAID_PREFIX: &str = "SAID#";

pub(crate) fn meta_key(case: &CaseId) -> Item {
    key(case_partition(case), "META")
}

pub(crate) fn told_key(case: &CaseId, target: TargetKind, told: &Key) -> Item {
    key(case_partition(case), told_prefix(target) + &told.0)
}

pub(crate) fn said_key(case: &CaseId, command: &str) -> Item {
    key(case_partition(case), format!("{SAID_PREFIX}{command}"))
}

pub(crate) fn command_key(command: &str) -> Item {
    key(format!("COMMAND#{command}"), "COMMAND")
}

pub(crate) fn place_key(place: &str) -> Item {
    key(format!("PLACE#{place}"), "PLACE")
}

pub(crate) fn gate_key(gate: &str) -> Item {
    key(format!("GATE#{gate}"), "GATE")
}

pub(crate) fn note_key(name: &str) -> Item {
    key(format!("NOTE#{name}"), "NOTE")
}

pub(crate) fn note_attribute(of: &str) -> String {
    format!("{of}{NOTE_ATTRIBUTE}")
}

const NOTE_ATTRIBUTE: &str = "_note";

pub(crate) fn name_of(item: &Item) -> String {
    let key = |name| item.get(name).and_then(|value| value.as_s().ok()).map_or("?", String::as_str);
    format!("{}/{}", key(PK), key(SK))
}

pub(crate) fn unread(item: &Item, attribute: &str, why: Unreadable) -> Error {
    Unread { key: format!("{} {attribute}", name_of(item)), why }.into()
}

/// The item, unless a later release wrote it: then its attributes may mean something else.
pub(crate) fn of_this_release(item: &Item) -> Result<()> {
    match number_of(item, VERSION_ATTRIBUTE)?.is_none_or(|version: u64| version <= VERSION) {
        true => Ok(()),
        false => Err(unread(item, VERSION_ATTRIBUTE, Unreadable::Later)),
    }
}

/// An attribute as `read` reads it; `None` where it was never set.
fn attribute<'a, T>(
    item: &'a Item,
    name: &str,
    read: impl Fn(&'a AttributeValue) -> Option<T>,
) -> Result<Option<T>> {
    let found =
        item.get(name).map(|value| read(value).ok_or_else(|| unread(item, name, Unreadable::Damaged)));
    found.transpose()
}

pub(crate) fn text_of(item: &Item, name: &str) -> Result<Option<String>> {
    attribute(item, name, |value| value.as_s().ok().cloned())
}

pub(crate) fn number_of<N: std::str::FromStr>(item: &Item, name: &str) -> Result<Option<N>> {
    attribute(item, name, |value| value.as_n().ok()?.parse().ok())
}

pub(crate) fn needed<T>(item: &Item, name: &str, found: Option<T>) -> Result<T> {
    found.ok_or_else(|| unread(item, name, Unreadable::Damaged))
}

pub(crate) fn json_of<T: Serialize + DeserializeOwned>(item: &Item, name: &str) -> Result<T> {
    let text = needed(item, name, text_of(item, name)?)?;
    record::read_whole(&text).map_err(|why| unread(item, name, why))
}

pub(crate) fn place_of(item: &Item) -> Result<CaseId> {
    let text = text_of(item, "case_id")?;
    needed(item, "case_id", text.as_deref().and_then(CaseId::parse))
}

pub(crate) fn case_of(item: &Item) -> Option<CaseId> {
    let pk = item.get(PK).and_then(|value| value.as_s().ok())?;
    pk.strip_prefix("CASE#").map(CaseId::new)
}

pub(crate) fn sort_key(item: &Item) -> &str {
    item.get(SK).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

pub(crate) fn told_name(item: &Item, target: TargetKind) -> Result<Key> {
    let key = sort_key(item).strip_prefix(&told_prefix(target));
    needed(item, SK, key.map(|key| Key(key.to_owned())))
}

/// META as the table holds it. What is absent has never been set; every hint counts itself.
pub(crate) fn meta_of(item: &Item) -> Result<Meta> {
    of_this_release(item)?;
    let mut targets = BTreeMap::new();
    for attribute in item.keys() {
        if let Some(of) = attribute.strip_suffix(NOTE_ATTRIBUTE)
            && let Some(text) = text_of(item, attribute)?
        {
            targets.insert(of.to_owned(), text);
        }
    }
    Ok(Meta {
        want: needed(item, "want", number_of(item, "want")?)?,
        full: attribute(item, "read_all", |value| value.as_bool().ok().copied())?.unwrap_or_default(),
        epoch: number_of(item, "epoch")?.unwrap_or_default(),
        lease_until: number_of(item, "lease_until")?.unwrap_or_default(),
        next_at: number_of(item, "next_at")?,
        case: targets.remove("case"),
        targets,
    })
}

pub(crate) fn command_of(item: &Item) -> Result<Command> {
    of_this_release(item)?;
    Ok(Command {
        job: needed(item, "job", text_of(item, "job")?)?,
        since: needed(item, "since", number_of(item, "since")?)?,
        answer: text_of(item, "answer")?,
    })
}

/// When DynamoDB may delete an item: its unit is seconds, rounded up so that nothing goes early.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html>
pub(crate) fn expiry(expires: Millis) -> AttributeValue {
    number(expires.saturating_add(999) / 1000)
}

/// Whether an item still counts: DynamoDB deletes expired items days late.
pub(crate) fn counts(item: &Item, now: Millis) -> Result<bool> {
    Ok(number_of::<i64>(item, "expires_at")?.is_none_or(|expires| expires > now / 1000))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::state::{Saying, Seen, Told, golden};

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
            assert_eq!(counts(&item(expires), now), Ok(expected), "{expires} at {now}");
        }
        assert_eq!(counts(&Item::new(), i64::MAX), Ok(true));
    }

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
            targets: ["slack", "jira"].map(|of| (of.to_owned(), note(of).unwrap())).into(),
            ..Meta::default()
        };
        assert_eq!(meta_of(&written("CASE#7000000001/META")), Ok(hinted));
        assert_eq!(meta_of(&written("CASE#7000000003/META")), Ok(resting));
        let told = written("CASE#7000000003/TOLD#slack#comment/100001/0");
        assert_eq!(told_name(&told, TargetKind::new("slack")), Ok(Key("comment/100001/0".to_owned())));
        assert_eq!(json_of::<Told>(&told, "told").unwrap().seen, Seen::NotYet(1));
        let said = written("CASE#7000000003/SAID#b5bb9d80");
        assert_eq!(json_of::<Saying>(&said, "said").unwrap().speaker.as_deref(), Some("ana (Slack)"));
        assert_eq!(
            [4_102_444_799_000, 4_102_444_800_000].map(|now| counts(&said, now)),
            [Ok(true), Ok(false)]
        );
        let done = command_of(&written("COMMAND#done/COMMAND")).unwrap();
        assert_eq!((done.since, done.answer.as_deref()), (1_795_669_200_000, Some(r#"{"pieces":[]}"#)));
        assert_eq!(command_of(&written("COMMAND#begun/COMMAND")).unwrap().answer, None);
        let gate = written("GATE#slack/C0SECURITY/GATE");
        assert_eq!(number_of::<Millis>(&gate, "free_at"), Ok(Some(1_795_669_201_000)));
        let place = written("PLACE#slack/T0CASEBRDG/C0SECURITY/1795668300.000100/PLACE");
        assert_eq!(place_of(&place), Ok(CaseId::new("7000000003")));
        let note = text_of(&written("NOTE#channel/C0SECURITY/NOTE"), "note");
        assert_eq!(note.unwrap().as_deref(), Some("[1795669500000,false]"));
    }

    fn read(item: &Item) -> Result<()> {
        of_this_release(item)?;
        counts(item, 0)?;
        match text_of(item, SK)?.unwrap().split('#').next().unwrap() {
            "META" => meta_of(item).map(drop),
            "TOLD" => json_of::<Told>(item, "told").map(drop),
            "SAID" => json_of::<Saying>(item, "said").map(drop),
            "COMMAND" => command_of(item).map(drop),
            "PLACE" => place_of(item).map(drop),
            "GATE" => number_of::<Millis>(item, "free_at").map(drop),
            _ => text_of(item, "note").map(drop),
        }
    }

    #[test]
    fn an_attribute_that_is_of_another_kind_is_named_and_not_taken_for_nothing() {
        // What only DynamoDB looks at.
        let unread = [PK, SK, "due"];
        for (name, _) in golden::all("items") {
            let item = written(&name);
            assert_eq!(read(&item), Ok(()), "{name}");
            let names = item.keys().filter(|attribute| !unread.contains(&attribute.as_str()));
            for attribute in names.filter(|attribute| !(name.contains("TOLD") && *attribute == "epoch")) {
                let other = match &item[attribute] {
                    AttributeValue::S(_) => number(7),
                    _ => text("secret"),
                };
                let damaged = item.clone().into_iter().chain([(attribute.clone(), other)]).collect();
                let error = read(&damaged).unwrap_err();
                let key = format!("{name} {attribute}");
                assert_eq!(error, Unread { key, why: Unreadable::Damaged }.into());
            }
        }
    }

    #[test]
    fn an_item_of_a_later_release_is_refused_and_an_attribute_that_is_not_ours_is_left_alone() {
        for (name, _) in golden::all("items") {
            let with = |attribute: &str, value| {
                written(&name).into_iter().chain([(attribute.to_owned(), value)]).collect::<Item>()
            };
            let later = Unread { key: format!("{name} v"), why: Unreadable::Later };
            assert_eq!(read(&with("v", number(2))), Err(later.into()));
            assert_eq!(read(&with("v", number(1))), Ok(()));
            assert_eq!(read(&with("unheard", text("secret"))), Ok(()));
        }
    }

    #[test]
    fn what_an_item_must_have_is_missed_and_what_it_tells_is_in_no_error() {
        let [meta, told] =
            ["CASE#7000000003/META", "CASE#7000000003/TOLD#slack#comment/100001/0"].map(written);
        let without =
            |item: &Item, name: &str| item.clone().into_iter().filter(|(other, _)| other != name).collect();
        for (item, name) in [(&meta, "want"), (&told, "told")] {
            let error = read(&without(item, name)).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
        for bad in ["12.5", "-1", "1e40"] {
            let meta =
                meta.clone().into_iter().chain([("want".to_owned(), AttributeValue::N(bad.to_owned()))]);
            assert!(meta_of(&meta.collect()).is_err(), "{bad}");
        }
        let told = told.into_iter().chain([("told".to_owned(), text("{\"remote\":\"secret"))]).collect();
        let error = read(&told).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}
