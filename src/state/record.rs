//! How a record is read, and how it goes back: JSON in the table, on the queue, in a form, in a button; its version in
//! `v`, 1 where there is none. What is unknown is kept or refused (`docs/decisions/0002-state-outlives-its-code.md`).

use serde::{Serialize, de::DeserializeOwned};

use serde_json::{Map, Value};

pub(crate) use crate::case::stated::stated;

/// What this release writes, without saying so, and the highest that it reads. What an older release would misread
/// raises it; a field that it may leave alone does not.
const VERSION: u64 = 1;
const VERSION_FIELD: &str = "v";

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It says a higher version, or holds something where this release knows nothing.
    #[error("a later release wrote it")]
    Later,
    /// It is no JSON, lacks something, or has another shape. A later release may have written it.
    #[error("it is damaged, or a later release wrote it")]
    Damaged,
}

/// The fields of a record that this release does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest(Map<String, Value>);

/// Reads a record, and keeps beside it the fields that it does not know; what is unknown within a known field is
/// refused.
pub(crate) fn read<T: Serialize + DeserializeOwned>(text: &str) -> Result<(T, Rest), Unreadable> {
    let mut record = of_this_version(text)?;
    // Not read from the text itself: each type would be compiled once more.
    let value = T::deserialize(&record).map_err(|_| Unreadable::Damaged)?;
    if serde_json::to_string(&value).is_ok_and(|again| again == text) {
        return Ok((value, Rest::default()));
    }
    let known = serde_json::to_value(&value).map_err(|_| Unreadable::Damaged)?;
    let rest = take_unknown(&mut record, &known);
    if holds(&known, &record) { Ok((value, rest)) } else { Err(Unreadable::Later) }
}

/// Reads a record of which everything is known: for what is not written back, or only whole.
pub(crate) fn read_whole<T: Serialize + DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let (value, rest) = read(text)?;
    if rest.0.is_empty() { Ok(value) } else { Err(Unreadable::Later) }
}

/// Writes a record, with what stood in it beside what this release knows.
pub(crate) fn write<T: Serialize>(value: &T, rest: &Rest) -> serde_json::Result<String> {
    if rest.0.is_empty() {
        return serde_json::to_string(value);
    }
    let mut record = serde_json::to_value(value)?;
    if let Value::Object(fields) = &mut record {
        fields.extend(rest.0.clone());
    }
    serde_json::to_string(&record)
}

fn of_this_version(text: &str) -> Result<Value, Unreadable> {
    let mut record: Value = serde_json::from_str(text).map_err(|_| Unreadable::Damaged)?;
    let version = record.as_object_mut().and_then(|fields| fields.remove(VERSION_FIELD));
    match version.is_none_or(|version| version.as_u64().is_some_and(|version| version <= VERSION)) {
        true => Ok(record),
        false => Err(Unreadable::Later),
    }
}

fn take_unknown(record: &mut Value, known: &Value) -> Rest {
    let (Value::Object(fields), Value::Object(known)) = (record, known) else { return Rest::default() };
    let (own, unknown) = std::mem::take(fields).into_iter().partition(|(name, _)| known.contains_key(name));
    *fields = own;
    Rest(unknown)
}

/// Whether all that stands in `record` stands in `known`: writing it back would lose nothing.
pub(crate) fn holds(known: &Value, record: &Value) -> bool {
    match (known, record) {
        (Value::Object(known), Value::Object(record)) => {
            record.iter().all(|(name, value)| known.get(name).is_some_and(|known| holds(known, value)))
        }
        (Value::Array(known), Value::Array(record)) => {
            known.len() == record.len() && known.iter().zip(record).all(|(known, value)| holds(known, value))
        }
        _ => known == record,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        #[serde(deserialize_with = "stated")]
        name: Option<String>,
        inner: Inner,
        #[serde(default)]
        count: u32,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Inner {
        Nothing,
        List(Vec<Inner>),
        Number { of: i64 },
    }

    fn note(inner: Inner) -> Sample {
        Sample { name: Some("a".to_owned()), inner, count: 0 }
    }

    #[test]
    fn a_record_is_read_with_or_without_what_has_a_default() {
        for text in [
            r#"{"name":"a","inner":"Nothing","count":0}"#,
            r#"{"inner": "Nothing", "name": "a"}"#,
            r#"{"name":"a","inner":"Nothing","count":0,"v":1}"#,
        ] {
            assert_eq!(read(text), Ok((note(Inner::Nothing), Rest::default())), "{text}");
            assert_eq!(read_whole(text), Ok(note(Inner::Nothing)), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_not_taken_for_nothing() {
        for text in
            ["", "{}", "null", r#"{"inner":"Nothing"}"#, r#"{"name":"a"}"#, r#"{"name":"a","inner":"No"#]
        {
            assert_eq!(read::<Sample>(text), Err(Unreadable::Damaged), "{text}");
        }
        assert_eq!(read::<Sample>(r#"{"name":null,"inner":"Nothing"}"#).unwrap().0.name, None);
    }

    #[test]
    fn a_higher_version_is_refused_whatever_else_it_holds() {
        for version in ["2", "1.5", "\"1\"", "null", "-1"] {
            for rest in [r#""name":"a","inner":"Nothing","count":0"#, r#""other":1"#] {
                let text = format!("{{{rest},\"v\":{version}}}");
                assert_eq!(read::<Sample>(&text), Err(Unreadable::Later), "{text}");
            }
        }
    }

    #[test]
    fn an_unknown_field_goes_back_as_it_came_and_is_refused_where_a_record_is_read_whole() {
        let text = r#"{"name":"a","inner":"Nothing","later":{"deep":[1,null]},"also":2}"#;
        let (mut value, rest) = read::<Sample>(text).unwrap();
        value.count = 7;
        let written: Value = serde_json::from_str(&write(&value, &rest).unwrap()).unwrap();
        let expected = r#"{"name":"a","inner":"Nothing","count":7,"later":{"deep":[1,null]},"also":2}"#;
        assert_eq!(written, serde_json::from_str::<Value>(expected).unwrap());
        assert_eq!(read_whole::<Sample>(text), Err(Unreadable::Later));
    }

    #[test]
    fn something_unknown_inside_of_what_is_known_is_refused() {
        for (inner, expected) in [
            (r#"{"Number":{"of":1,"more":2}}"#, Unreadable::Later),
            (r#"{"List":[{"Number":{"of":1,"more":2}}]}"#, Unreadable::Later),
            (r#"{"Unheard":1}"#, Unreadable::Damaged),
            (r#"{"Number":{"of":1.5}}"#, Unreadable::Damaged),
        ] {
            let text = format!("{{\"name\":\"a\",\"inner\":{inner}}}");
            assert_eq!(read::<Sample>(&text), Err(expected), "{text}");
        }
    }
}
