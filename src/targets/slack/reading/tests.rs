use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Beside, MessageParts, Words};
use crate::case::{fuzz, growth::is_steady};

const TYPES: &str = include_str!("../../../../tests/words/slack.types.txt");
const EXAMPLES: &str = include_str!("../../../../tests/words/slack.examples.json");

#[derive(Deserialize)]
struct MessageExample {
    message: Value,
    text: String,
    beside: Vec<String>,
}

fn said(message: &Value) -> Words {
    MessageParts::of(message).said()
}

fn kinds(value: &Value, found: &mut BTreeSet<String>) {
    for (field, what) in [("type", "type"), ("mode", "file"), ("file_access", "access")] {
        found.extend(value[field].as_str().map(|kind| format!("{what} {kind}")));
    }
    let inner: Vec<&Value> = match value {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(all) => all.iter().collect(),
        _ => Vec::new(),
    };
    inner.into_iter().for_each(|inner| kinds(inner, found));
}

#[test]
fn everything_that_a_message_may_hold_has_an_example_and_becomes_what_it_says() {
    let examples: Vec<MessageExample> = serde_json::from_str(EXAMPLES).unwrap();
    let mut shown = BTreeSet::new();
    for MessageExample { message, text, beside } in &examples {
        let Words { text: words, beside: named } = said(message);
        let named: Vec<_> = named.into_iter().map(|one| one.name).collect();
        assert_eq!((&words, &named), (text, beside), "{message}");
        assert!(!words.is_empty() || !named.is_empty(), "{message} leaves nothing");
        kinds(message, &mut shown);
    }
    let listed: BTreeSet<_> =
        TYPES.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    assert!(listed.len() > 70, "{}", listed.len());
    assert_eq!(listed.difference(&shown).collect::<Vec<_>>(), [""; 0], "without an example");
}

#[test]
fn a_file_can_be_asked_for_by_its_id_unless_it_is_gone_and_its_name_is_known_or_left_to_slack() {
    let files =
        json!([{"id": "F1", "name": "a.txt"}, {"id": "F2", "name": null}, {"id": "F3", "mode": "tombstone"}]);
    let beside =
        |name: &str, file: Option<&str>| Beside { name: name.to_owned(), file: file.map(str::to_owned) };
    let expected = [beside("a.txt", Some("F1")), beside("", Some("F2")), beside("a deleted file", None)];
    assert_eq!(said(&json!({ "files": files })).beside, expected);
}

#[test]
fn twice_the_words_are_read_in_twice_the_time_in_one_block_or_in_many() {
    is_steady(|text| said(&json!({ "text": text })).text);
    let pieces =
        |text: &str| text.as_bytes().chunks(16).map(|piece| piece.len().to_string()).collect::<Vec<_>>();
    is_steady(|text| {
        let section =
            |text| json!({"type": "rich_text_section", "elements": [{"type": "text", "text": text}]});
        let sections: Vec<_> = pieces(text).into_iter().map(section).collect();
        said(&json!({"blocks": [{"type": "rich_text", "elements": sections}]})).text
    });
    is_steady(|text| {
        let table = |text| json!({"type": "table", "rows": [[{"type": "raw_text", "text": text}]]});
        let tables: Vec<_> = pieces(text).into_iter().map(table).collect();
        said(&json!({"text": text, "blocks": tables})).text
    });
}

#[test]
fn fuzzed_no_block_is_too_strange_to_be_read_past() {
    fuzz::documents("slack_read", |block| {
        let section = json!({"type": "section", "text": {"type": "plain_text", "text": "The last word."}});
        let text = said(&json!({"blocks": [block, section], "attachments": [block]})).text;
        assert!(text.contains("The last word."), "{text:?} of {block}");
    });
}
