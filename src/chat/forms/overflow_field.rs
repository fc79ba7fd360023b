//! A button that gives a text more room than the 3,000 characters of one field, by adding a field.
//!
//! What was typed stays where a form is updated with the same names:
//! <https://docs.slack.dev/reference/views/modal-views>.

use serde_json::{Value, json};

use super::{
    block::{Field, continued, plain},
    field::FieldName,
};
use crate::chat::reply::ButtonAction;

/// What a view may be updated with; Slack sends more of it than it takes.
const TAKEN: [&str; 7] = ["type", "callback_id", "title", "submit", "close", "private_metadata", "blocks"];

fn action_id(field: FieldName) -> String {
    format!("{}/{}", ButtonAction::More.as_str(), field.as_str())
}

pub(crate) fn button(field: FieldName, times: usize) -> Value {
    let action = action_id(field);
    let button = json!({
        "type": "button", "action_id": action, "text": plain("More room"), "value": times.to_string(),
    });
    json!({ "type": "actions", "block_id": action, "elements": [button] })
}

/// The view with one more field behind those of this name; `None` where it has no such button.
pub(crate) fn more(view: &Value, name: FieldName) -> Option<Value> {
    let mut blocks = view["blocks"].as_array()?.clone();
    let pressed = action_id(name);
    let at = blocks.iter().position(|block| block["block_id"] == pressed)?;
    let left: usize = blocks[at]["elements"][0]["value"].as_str()?.parse().ok()?;
    let is_part = |index: usize| blocks.iter().any(|block| block["block_id"] == name.part(index).to_string());
    let next = (0..blocks.len()).find(|index| !is_part(*index))?;
    let first = blocks.iter().find(|block| block["block_id"] == name.as_str())?;
    let label = continued(first["label"]["text"].as_str()?);
    let field = Field::further(name, next, label).lines();
    match left {
        0 | 1 => blocks[at] = field,
        _ => blocks.splice(at..=at, [field, button(name, left - 1)]).for_each(drop),
    }
    let mut roomier: serde_json::Map<_, _> =
        TAKEN.iter().filter_map(|key| Some(((*key).to_owned(), view.get(*key)?.clone()))).collect();
    roomier.insert("blocks".to_owned(), Value::Array(blocks));
    Some(Value::Object(roomier))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(view: &Value) -> Vec<&str> {
        view["blocks"].as_array().unwrap().iter().filter_map(|block| block["block_id"].as_str()).collect()
    }

    #[test]
    fn each_press_adds_one_field_behind_the_others_until_there_is_room_enough() {
        let mut blocks = Field::needed(FieldName::Text, "Comment").long(8_000);
        blocks.push(Field::optional(FieldName::Tags, "Tags").lines());
        let view = json!({ "type": "modal", "id": "V1", "hash": "h", "state": {}, "blocks": blocks });
        assert_eq!(names(&view), ["text", "more/text", "tags"]);
        let second = more(&view, FieldName::Text).unwrap();
        assert_eq!(names(&second), ["text", "text/1", "more/text", "tags"]);
        assert_eq!(second["blocks"][1]["label"]["text"], "Comment, continued");
        assert_eq!(second["blocks"][1]["optional"], true);
        assert!(second.get("id").is_none() && second.get("hash").is_none() && second.get("state").is_none());
        let third = more(&second, FieldName::Text).unwrap();
        assert_eq!(names(&third), ["text", "text/1", "text/2", "tags"]);
        assert_eq!(more(&third, FieldName::Text), None);
        assert_eq!(more(&view, FieldName::Tags), None);
    }
}
