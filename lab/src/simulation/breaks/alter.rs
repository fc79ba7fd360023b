//! How is what is sent altered? Places in messages and documents, by what a reader sees there.

use serde_json::Value;

/// A message for Slack, or a comment or an issue for Jira.
pub struct Body<'a>(pub &'a mut Value);

impl Body<'_> {
    /// Blocks of a message, or paragraphs of a document: the first says who and when.
    pub fn pieces(&mut self) -> &mut [Value] {
        let body = &mut *self.0;
        let pieces = match body["blocks"].is_array() {
            true => &mut body["blocks"],
            false => &mut body["body"]["content"],
        };
        pieces.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default()
    }

    /// The words below the line that says who and when are these.
    pub fn words(&mut self, change: fn(&str) -> String) {
        self.pieces().iter_mut().skip(1).for_each(|piece| texts(piece, change));
    }

    pub fn head(&mut self, change: fn(&str) -> String) {
        self.pieces().iter_mut().take(1).for_each(|piece| texts(piece, change));
    }

    /// Every text and address in it.
    pub fn all(&mut self, change: fn(&str) -> String) {
        texts(self.0, change);
    }

    /// Only so many pieces are left.
    pub fn cut(&mut self, most: usize) {
        let body = &mut *self.0;
        for name in ["blocks", "content"] {
            let of = if name == "content" { &mut body["body"] } else { &mut *body };
            if let Some(pieces) = of.get_mut(name).and_then(Value::as_array_mut) {
                pieces.truncate(most);
            }
        }
    }

    /// An issue's document ends before its heading.
    pub fn without_description(&mut self) {
        let content = &mut self.0["fields"]["description"]["content"];
        if let Some(pieces) = content.as_array_mut() {
            let heading = pieces.iter().position(|piece| piece["type"] == "heading");
            pieces.truncate(heading.unwrap_or(pieces.len()));
        }
    }

    /// What is struck out falls away: values as they were.
    pub fn unstruck(&mut self) {
        self.pieces().iter_mut().for_each(unstruck);
    }
}

fn is_struck(value: &Value) -> bool {
    let marks = value["marks"].as_array().into_iter().flatten();
    value["style"]["strike"] == true || marks.into_iter().any(|mark| mark["type"] == "strike")
}

fn unstruck(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !is_struck(item));
            items.iter_mut().for_each(unstruck);
        }
        Value::Object(map) => map.values_mut().for_each(unstruck),
        _ => {}
    }
}

fn texts(value: &mut Value, change: fn(&str) -> String) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, change)),
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if matches!(name.as_str(), "text" | "url" | "href") => {
                        *text = change(text);
                    }
                    Value::String(_) => {}
                    other => texts(other, change),
                }
            }
        }
        _ => {}
    }
}
