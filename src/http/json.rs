//! JSON as services really send it: with half characters, and with nulls for what is absent.

use serde_json::Value;

/// Reads JSON. Half of a surrogate pair, which is no character, becomes U+FFFD; so does what is not UTF-8.
pub fn read(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().or_else(|| {
        let text = String::from_utf8_lossy(bytes);
        serde_json::from_str(&whole(&text)).ok()
    })
}

pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let said = fields.into_iter().filter(|(_, value)| !value.is_null());
            said.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Value::Array(items) => {
            items.into_iter().filter(|value| !value.is_null()).map(without_nulls).collect()
        }
        other => other,
    }
}

pub(crate) fn text_at(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

pub fn whole(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out + rest
}

fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::growth::is_steady;

    #[test]
    fn half_a_character_is_replaced_and_nothing_else_is_touched() {
        for (sent, read_as) in [
            (r#""a \ud83d b""#, "a \u{fffd} b"),
            (r#""\udca3\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\ud83d\udca3""#, "\u{fffd}\u{1f4a3}"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\\ud83d \ud83d""#, "\\ud83d \u{fffd}"),
            (r#""\\\ud83d\"""#, "\\\u{fffd}\""),
            (r#""\ud83d\udca3 é""#, "\u{1f4a3} é"),
            (r#""\uD83D""#, "\u{fffd}"),
        ] {
            assert_eq!(read(sent.as_bytes()), Some(json!(read_as)), "{sent}");
        }
        assert_eq!(read(b"\"a \xed\xa0\xbd b\""), Some(json!("a \u{fffd}\u{fffd}\u{fffd} b")));
        for broken in ["", "{", "\"\\u12\"", "\"\\", "\"\\ud83d", "{\"a\":\\ud83d}"] {
            assert_eq!(read(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn null_is_as_absent_wherever_it_stands() {
        let sent = json!({"a": null, "b": [null, {"c": null, "d": 1}], "e": "null", "f": false});
        assert_eq!(without_nulls(sent), json!({"b": [{"d": 1}], "e": "null", "f": false}));
    }

    #[test]
    fn twice_the_text_is_read_in_twice_the_time() {
        is_steady(whole);
        is_steady(|text| whole(&format!("\\ud83d{text}\\").repeat(2)));
        is_steady(|text| read(json!({ "a": [text, null] }).to_string().as_bytes()).map(without_nulls));
    }
}
