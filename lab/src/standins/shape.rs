//! Does this JSON have the shape that a service documents?
//! One description for restJson1 inputs, Slack's arguments and blocks, and Jira's bodies and documents.
//! Lengths are counted in characters.

use serde_json::{Map, Value};

#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// A string with a length in characters and, if given, a form.
    Text {
        min: usize,
        max: usize,
        form: Option<fn(&str) -> bool>,
    },
    OneOf(&'static [&'static str]),
    Number,
    Whole {
        min: i64,
        max: i64,
    },
    Flag,
    List {
        min: usize,
        max: usize,
        of: &'static Shape,
    },
    /// An object with exactly these fields.
    Object(&'static [FieldShape]),
    /// An object whose `type` says which fields it has.
    Tagged(&'static [(&'static str, &'static [FieldShape])]),
    Texts {
        max: usize,
        key: usize,
        value: usize,
    },
    AnyObject,
    Any,
}

#[derive(Clone, Copy)]
pub(crate) struct FieldShape {
    pub(crate) name: &'static str,
    pub(crate) needed: bool,
    pub(crate) kind: Shape,
}

pub(crate) const fn need(name: &'static str, kind: Shape) -> FieldShape {
    FieldShape { name, needed: true, kind }
}

pub(crate) const fn may(name: &'static str, kind: Shape) -> FieldShape {
    FieldShape { name, needed: false, kind }
}

/// A string of `min` to `max` characters.
pub(crate) const fn text(min: usize, max: usize) -> Shape {
    Shape::Text { min, max, form: None }
}

/// A string of `min` to `max` characters that `form` accepts.
pub(crate) const fn formed(min: usize, max: usize, form: fn(&str) -> bool) -> Shape {
    Shape::Text { min, max, form: Some(form) }
}

/// An array of `min` to `max` values.
pub(crate) const fn list(min: usize, max: usize, of: &'static Shape) -> Shape {
    Shape::List { min, max, of }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) at: String,
    pub(crate) fault: Mismatch,
}

/// How a value departs from its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    Missing,
    Unknown,
    Type(&'static str),
    Short(usize),
    Long(usize),
    Few(usize),
    Many(usize),
    Range(i64, i64),
    NotOneOf(&'static [&'static str]),
    Form,
    UnknownTag(String),
}

/// Every misfit of `value`, in the order of the document.
pub(crate) fn misfits(kind: &Shape, value: &Value, at: &str) -> Vec<Misfit> {
    let one = |fault: Option<Mismatch>| {
        fault.map(|fault| Misfit { at: at.to_owned(), fault }).into_iter().collect()
    };
    match (kind, value) {
        (Shape::Any, _) | (Shape::Number, Value::Number(_)) | (Shape::Flag, Value::Bool(_)) => vec![],
        (Shape::AnyObject, Value::Object(_)) => vec![],
        (Shape::Text { min, max, form }, Value::String(text)) => one(text_fault(text, *min, *max, *form)),
        (Shape::OneOf(options), Value::String(text)) => {
            one((!options.contains(&text.as_str())).then_some(Mismatch::NotOneOf(options)))
        }
        (Shape::Whole { min, max }, Value::Number(number)) => {
            let fits = number.as_i64().is_some_and(|number| (*min..=*max).contains(&number));
            one((!fits).then_some(Mismatch::Range(*min, *max)))
        }
        (Shape::List { min, max, of }, Value::Array(items)) => {
            let mut found: Vec<Misfit> = one(count_fault(items.len(), *min, *max));
            found.extend(
                items.iter().enumerate().flat_map(|(n, item)| misfits(of, item, &format!("{at}/{n}"))),
            );
            found
        }
        (Shape::Object(fields), Value::Object(map)) => field_misfits(fields, map, at, false),
        (Shape::Tagged(variants), Value::Object(map)) => tagged_misfits(variants, map, at),
        (Shape::Texts { max, key, value }, Value::Object(map)) => {
            let mut found: Vec<Misfit> = one(count_fault(map.len(), 0, *max));
            found.extend(map.iter().flat_map(|(name, item)| {
                let at = format!("{at}/{name}");
                let name = text_fault(name, 1, *key, None).map(|fault| Misfit { at: at.clone(), fault });
                name.into_iter().chain(misfits(&text(0, *value), item, &at))
            }));
            found
        }
        _ => one(Some(Mismatch::Type(kind.name()))),
    }
}

impl Shape {
    fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } | Self::OneOf(_) => "string",
            Self::Number => "number",
            Self::Whole { .. } => "integer",
            Self::Flag => "boolean",
            Self::List { .. } => "array",
            Self::Object(_) | Self::Tagged(_) | Self::Texts { .. } | Self::AnyObject => "object",
            Self::Any => "value",
        }
    }
}

fn text_fault(text: &str, min: usize, max: usize, form: Option<fn(&str) -> bool>) -> Option<Mismatch> {
    match text.chars().count() {
        length if length < min => Some(Mismatch::Short(min)),
        length if length > max => Some(Mismatch::Long(max)),
        _ => form.is_some_and(|form| !form(text)).then_some(Mismatch::Form),
    }
}

fn count_fault(count: usize, min: usize, max: usize) -> Option<Mismatch> {
    match count {
        _ if count < min => Some(Mismatch::Few(min)),
        _ if count > max => Some(Mismatch::Many(max)),
        _ => None,
    }
}

fn field_misfits(fields: &[FieldShape], map: &Map<String, Value>, at: &str, tagged: bool) -> Vec<Misfit> {
    let mut found = vec![];
    for field in fields {
        let at = format!("{at}/{}", field.name);
        match map.get(field.name) {
            // A null is how clients write an absent field.
            None | Some(Value::Null) if field.needed => found.push(Misfit { at, fault: Mismatch::Missing }),
            None | Some(Value::Null) => {}
            Some(value) => found.extend(misfits(&field.kind, value, &at)),
        }
    }
    for name in map.keys() {
        let known = fields.iter().any(|field| field.name == name) || (tagged && name == "type");
        if !known {
            found.push(Misfit { at: format!("{at}/{name}"), fault: Mismatch::Unknown });
        }
    }
    found
}

fn tagged_misfits(variants: &[(&str, &[FieldShape])], map: &Map<String, Value>, at: &str) -> Vec<Misfit> {
    let at_type = format!("{at}/type");
    let Some(tag) = map.get("type").and_then(Value::as_str) else {
        return vec![Misfit { at: at_type, fault: Mismatch::Missing }];
    };
    match variants.iter().find(|(name, _)| *name == tag) {
        Some((_, fields)) => field_misfits(fields, map, at, true),
        None => vec![Misfit { at: at_type, fault: Mismatch::UnknownTag(tag.to_owned()) }],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DIGITS: Shape = formed(3, 3, |text| text.chars().all(|c| c.is_ascii_digit()));
    const SHAPE: Shape = Shape::Object(&[
        need("name", text(1, 5)),
        may("codes", list(1, 2, &DIGITS)),
        may("side", Shape::OneOf(&["left", "right"])),
        may("size", Shape::Whole { min: 1, max: 9 }),
        may("node", Shape::Tagged(&[("a", &[need("x", Shape::Flag)]), ("b", &[])])),
        may("tags", Shape::Texts { max: 1, key: 3, value: 3 }),
    ]);

    #[test]
    fn a_value_of_the_right_shape_has_no_misfit() {
        let value = json!({"name": "ääääá", "codes": ["123"], "side": "left", "size": 9,
            "node": {"type": "a", "x": true}, "tags": {"abc": ""}});
        assert_eq!(misfits(&SHAPE, &value, ""), []);
    }

    #[test]
    fn every_misfit_is_named_with_its_place() {
        for (value, at, fault) in [
            (json!({}), "/name", Mismatch::Missing),
            (json!({"name": null}), "/name", Mismatch::Missing),
            (json!({"name": ""}), "/name", Mismatch::Short(1)),
            (json!({"name": "123456"}), "/name", Mismatch::Long(5)),
            (json!({"name": 1}), "/name", Mismatch::Type("string")),
            (json!({"name": "n", "colour": 1}), "/colour", Mismatch::Unknown),
            (json!({"name": "n", "codes": []}), "/codes", Mismatch::Few(1)),
            (json!({"name": "n", "codes": ["123", "123", "123"]}), "/codes", Mismatch::Many(2)),
            (json!({"name": "n", "codes": ["123", "12a"]}), "/codes/1", Mismatch::Form),
            (json!({"name": "n", "side": "up"}), "/side", Mismatch::NotOneOf(&["left", "right"])),
            (json!({"name": "n", "size": 10}), "/size", Mismatch::Range(1, 9)),
            (json!({"name": "n", "size": 1.5}), "/size", Mismatch::Range(1, 9)),
            (json!({"name": "n", "node": {"type": "c"}}), "/node/type", Mismatch::UnknownTag("c".into())),
            (json!({"name": "n", "node": {"x": true}}), "/node/type", Mismatch::Missing),
            (json!({"name": "n", "node": {"type": "b", "x": true}}), "/node/x", Mismatch::Unknown),
            (json!({"name": "n", "tags": {"abcd": ""}}), "/tags/abcd", Mismatch::Long(3)),
            (json!({"name": "n", "tags": {"a": "", "b": ""}}), "/tags", Mismatch::Many(1)),
        ] {
            assert_eq!(misfits(&SHAPE, &value, ""), [Misfit { at: at.into(), fault }], "{value}");
        }
    }
}
