//! What people wrote in Jira as plain text: no node and no mark falls away; an image or a macro is named below the
//! text. <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>

mod block;
mod inline;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::case::text;

/// Names of people by their account ids: a mention need not hold one.
pub type Names = BTreeMap<String, String>;

pub fn plain(document: &Value, names: &Names) -> String {
    let mut reader = DocumentReader { names, beside: Vec::new() };
    let lines = match document {
        Value::Null => Vec::new(),
        // As the second version of the REST API gives it.
        Value::String(text) => vec![text.clone()],
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => reader.block(document),
    };
    let words = lines.join("\n");
    text::beside(words.trim_matches('\n').trim_end(), "comment in Jira", &reader.beside)
}

/// The words alone, without any sign that a mark leaves: a key whose half is struck is a key.
pub fn bare(document: &Value) -> String {
    let own = document["text"].as_str().unwrap_or_default();
    children(document).iter().fold(own.to_owned(), |text, child| text + &bare(child))
}

struct DocumentReader<'a> {
    names: &'a Names,
    beside: Vec<String>,
}

fn kind(node: &Value) -> &str {
    node["type"].as_str().unwrap_or_default()
}

fn children(node: &Value) -> &[Value] {
    node["content"].as_array().map_or(&[], Vec::as_slice)
}

fn attribute<'a>(node: &'a Value, name: &str) -> Option<&'a str> {
    node["attrs"][name].as_str().filter(|text| !text.trim().is_empty())
}

fn first<'a>(node: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| attribute(node, name))
}

fn called(kind: &str) -> String {
    match text::cut(&text::one_line(kind), 60) {
        name if name.is_empty() => "something without a kind".to_owned(),
        name => name,
    }
}
