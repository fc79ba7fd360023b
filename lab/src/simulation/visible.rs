//! What does a person see who reads a message or a comment? Its words, and a sign where its looks say something: code
//! stands in backticks, and what stands in a list has its number or its dash.

use serde_json::{Value, json};

use crate::standins::{JiraStandin, SlackStandin};

pub fn in_slack(message: &Value) -> String {
    SlackStandin::shown(&signed(message.clone()))
}

pub fn in_jira(document: &Value) -> String {
    JiraStandin::plain(&signed(document.clone()))
}

fn signed(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = signed(item.take())),
        Value::Object(map) => map.values_mut().for_each(|item| *item = signed(item.take())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return value,
    }
    let is_code = value["style"]["code"] == true
        || value["marks"].as_array().is_some_and(|marks| marks.iter().any(|mark| mark["type"] == "code"));
    if let (true, Some(text)) = (is_code, value["text"].as_str()) {
        value["text"] = format!("`{text}`").into();
    }
    match value["type"].as_str() {
        Some("rich_text_list") => {
            let first = value["offset"].as_u64().unwrap_or(0) + 1;
            let ordered = value["style"] == "ordered";
            sections(&mut value["elements"], ordered.then_some(first));
        }
        Some("orderedList") => {
            let first = value["attrs"]["order"].as_u64().unwrap_or(1);
            items(&mut value, Some(first));
        }
        Some("bulletList") => items(&mut value, None),
        _ => {}
    }
    value
}

fn items(list: &mut Value, first: Option<u64>) {
    for (item, place) in list["content"].as_array_mut().into_iter().flatten().zip(0..) {
        let sign = sign(first, place);
        if let Some(words) = item["content"][0]["content"].as_array_mut() {
            words.insert(0, json!({ "type": "text", "text": sign }));
        }
    }
}

/// The items of a list in a message: each a section.
fn sections(sections: &mut Value, first: Option<u64>) {
    for (section, place) in sections.as_array_mut().into_iter().flatten().zip(0..) {
        let sign = sign(first, place);
        if let Some(words) = section["elements"].as_array_mut() {
            words.insert(0, json!({ "type": "text", "text": sign }));
        }
    }
}

fn sign(first: Option<u64>, place: u64) -> String {
    first.map_or_else(|| "- ".to_owned(), |first| format!("{}. ", first + place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_lists_are_seen_in_both_places() {
        let text = |text: &str| json!({"type": "text", "text": text});
        let section = |words: Value| json!({"type": "rich_text_section", "elements": words});
        let message = json!({"blocks": [{"type": "rich_text", "elements": [
            section(json!([text("See "), {"type": "text", "text": "admin", "style": {"code": true}}])),
            {"type": "rich_text_list", "style": "ordered", "offset": 1, "elements": [section(json!([text("Rotate")]))]},
            {"type": "rich_text_list", "style": "bullet", "elements": [section(json!([text("Look")]))]},
        ]}]});
        assert_eq!(in_slack(&message), "See `admin`\n2. Rotate\n- Look");
        let said = |words: Value| json!({"type": "paragraph", "content": words});
        let item = |words: Value| json!({"type": "listItem", "content": [said(words)]});
        let document = json!({"type": "doc", "content": [
            said(json!([text("See "), {"type": "text", "text": "admin", "marks": [{"type": "code"}]}])),
            {"type": "orderedList", "attrs": {"order": 2}, "content": [item(json!([text("Rotate")]))]},
            {"type": "bulletList", "content": [item(json!([text("Look")]))]},
        ]});
        assert_eq!(in_jira(&document), "See `admin`\n2. Rotate\n- Look");
    }
}
