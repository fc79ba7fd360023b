use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Names, bare, plain};
use crate::case::{fuzz, growth::is_steady};

/// What a document may hold, and what each of it becomes.
const SCHEMA: &str = include_str!("../../../../tests/words/adf.schema.txt");
const EXAMPLES: &str = include_str!("../../../../tests/words/adf.examples.json");

#[derive(Deserialize)]
struct DocumentExample {
    node: Value,
    text: String,
}

fn examples() -> Vec<DocumentExample> {
    serde_json::from_str(EXAMPLES).unwrap()
}

fn names() -> Names {
    [("712020:cy".to_owned(), "Cy Example".to_owned())].into()
}

fn kinds(node: &Value, found: &mut BTreeSet<String>) {
    found.extend(node["type"].as_str().map(str::to_owned));
    let lists = [&node["content"], &node["marks"]].into_iter().filter_map(Value::as_array);
    lists.flatten().for_each(|inner| kinds(inner, found));
}

#[test]
fn every_node_and_mark_of_the_schema_has_an_example_and_becomes_what_it_says() {
    let mut shown = BTreeSet::new();
    for DocumentExample { node, text } in examples() {
        assert_eq!(plain(&node, &names()), text, "{node}");
        assert!(!text.trim().is_empty(), "{node} leaves nothing");
        kinds(&node, &mut shown);
    }
    let named = SCHEMA.lines().filter_map(|line| line.split_once(' ')).filter(|(what, _)| *what != "#");
    let schema: BTreeSet<_> = named.map(|(_, rest)| rest.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(schema.len(), 60, "43 nodes and 17 marks");
    assert_eq!(schema.difference(&shown).collect::<Vec<_>>(), [""; 0], "without an example");
}

/// An attribute that people read, changed, changes the text; so a new reader of them cannot forget one.
#[test]
fn what_people_read_of_an_attribute_stands_in_the_text() {
    for (node, attribute) in [
        ("mention", "text"),
        ("mention", "id"),
        ("emoji", "text"),
        ("emoji", "shortName"),
        ("status", "text"),
        ("placeholder", "text"),
        ("inlineCard", "url"),
        ("blockCard", "url"),
        ("embedCard", "url"),
        ("media", "alt"),
        ("media", "url"),
        ("mediaInline", "alt"),
        ("expand", "title"),
        ("nestedExpand", "title"),
        ("codeBlock", "language"),
        ("panel", "panelType"),
        ("extension", "text"),
        ("extension", "extensionKey"),
        ("inlineExtension", "text"),
        ("bodiedExtension", "text"),
    ] {
        let read = plain(&json!({"type": node, "attrs": {attribute: "canary"}}), &Names::new());
        assert!(read.contains("canary"), "{node} {attribute}: {read:?}");
    }
}

macro_rules! case {
    ($name:literal) => {
        (
            include_str!(concat!("../../../../tests/words/adf-", $name, ".adf.json")),
            include_str!(concat!("../../../../tests/words/adf-", $name, ".expected.txt")),
        )
    };
}

#[test]
fn what_people_wrote_stands_on_the_case_with_its_meaning() {
    for (document, expected) in [
        case!("all"),
        case!("date"),
        case!("decisions"),
        case!("expand"),
        case!("link"),
        case!("macro"),
        case!("mention"),
        case!("ordered-list"),
        case!("quote"),
        case!("strike"),
        case!("table"),
        case!("tasks"),
        case!("words-and-image"),
    ] {
        let document = serde_json::from_str(document).unwrap();
        assert_eq!(plain(&document, &Names::new()), expected.trim_end_matches('\n'));
    }
}

#[test]
fn code_that_holds_a_fence_stays_inside_its_own() {
    let document = json!({"type": "codeBlock", "content": [{"type": "text", "text": "a\n```\nb"}]});
    assert_eq!(plain(&document, &Names::new()), "````\na\n```\nb\n````");
}

#[test]
fn what_is_no_document_is_read_as_far_as_it_can_be() {
    for (document, expected) in [
        (json!(null), ""),
        (json!("h1. As wiki text"), "h1. As wiki text"),
        (json!({"type": "doc"}), ""),
        (
            json!({"type": "doc", "content": [null, 1, "x"]}),
            "[On this comment in Jira: something without a kind, something without a kind, something without a kind]",
        ),
        (json!({"type": "doc", "content": [{"type": "text", "text": "bare"}]}), "bare"),
    ] {
        assert_eq!(plain(&document, &Names::new()), expected, "{document}");
    }
}

#[test]
fn twice_the_words_are_read_in_twice_the_time_in_one_node_or_in_many() {
    let document = |nodes: Vec<Value>| json!({"type": "doc", "version": 1, "content": nodes});
    let paragraph = |text: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
    is_steady(|text| plain(&document(vec![paragraph(text)]), &Names::new()));
    is_steady(|text| {
        let nodes = text.as_bytes().chunks(16).map(|piece| paragraph(&piece.len().to_string())).collect();
        bare(&document(nodes))
    });
}

#[test]
fn fuzzed_no_node_is_too_strange_to_be_read_past() {
    fuzz::documents("adf_read", |node| {
        let last = json!({"type": "paragraph", "content": [{"type": "text", "text": "The last word."}]});
        let document = json!({"type": "doc", "version": 1, "content": [node, last]});
        for text in [plain(&document, &names()), bare(&document)] {
            assert!(text.contains("The last word."), "{text:?} of {node}");
        }
    });
}
