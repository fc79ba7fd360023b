//! Does an event keep docs/webhook.schema.json? What of JSON Schema is used there is checked, and a word that is not
//! known here is a complaint of its own: nothing of the schema goes unheard.

use serde_json::Value;

const SCHEMA: &str = include_str!("../../../../docs/webhook.schema.json");

/// Words that describe, and demand nothing.
const SAID: [&str; 5] = ["$schema", "$id", "$defs", "title", "description"];

/// What is wrong with an event; nothing where it keeps the schema.
pub fn complaints(event: &Value) -> Vec<String> {
    let Ok(schema) = serde_json::from_str::<Value>(SCHEMA) else {
        return vec!["the schema is no JSON".to_owned()];
    };
    let mut wrong = Vec::new();
    SchemaChecker { schema: &schema }.check(&schema, event, "event", &mut wrong);
    wrong
}

struct SchemaChecker<'s> {
    schema: &'s Value,
}

impl SchemaChecker<'_> {
    fn check(&self, rule: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        for (word, demand) in rule.as_object().into_iter().flatten() {
            let keeps = match word.as_str() {
                "type" => is_of(demand, value),
                "const" => demand == value,
                "enum" => demand.as_array().is_some_and(|all| all.contains(value)),
                "pattern" => value.as_str().is_none_or(|text| fits(demand, text)),
                "maxLength" => value
                    .as_str()
                    .is_none_or(|text| demand.as_u64() >= u64::try_from(text.chars().count()).ok()),
                "minimum" => value.as_i64().is_none_or(|number| Some(number) >= demand.as_i64()),
                "format" => {
                    demand == "uri"
                        || value.as_str().is_none_or(|text| text.ends_with('Z') && text.len() == 20)
                }
                "required" => {
                    let mut names = demand.as_array().into_iter().flatten().filter_map(Value::as_str);
                    value.as_object().is_none_or(|object| names.all(|name| object.contains_key(name)))
                }
                "additionalProperties" => {
                    let known = &rule["properties"];
                    value.as_object().is_none_or(|object| object.keys().all(|name| known.get(name).is_some()))
                }
                "properties" => {
                    for (name, rule) in demand.as_object().into_iter().flatten() {
                        let Some(inner) = value.get(name) else { continue };
                        self.check(rule, inner, &format!("{at}.{name}"), wrong);
                    }
                    true
                }
                "items" => {
                    let items = value.as_array().into_iter().flatten();
                    items.for_each(|item| self.check(demand, item, &format!("{at}[]"), wrong));
                    true
                }
                "$ref" => {
                    let path = demand.as_str().and_then(|path| path.strip_prefix('#')).unwrap_or_default();
                    let rule = self.schema.pointer(path);
                    rule.inspect(|rule| self.check(rule, value, at, wrong)).is_some()
                }
                "oneOf" => {
                    let fitting = demand.as_array().into_iter().flatten().filter(|rule| {
                        let mut inner = Vec::new();
                        self.check(rule, value, at, &mut inner);
                        inner.is_empty()
                    });
                    fitting.count() == 1
                }
                said => SAID.contains(&said),
            };
            if !keeps {
                wrong.push(format!("{at}: {word}"));
            }
        }
    }
}

fn is_of(kinds: &Value, value: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        _ => false,
    };
    kinds.as_array().map_or_else(|| is(kinds), |all| all.iter().any(is))
}

/// Of patterns only those of ten digits are there.
fn fits(pattern: &Value, text: &str) -> bool {
    pattern == "^[0-9]{10}$" && text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}
