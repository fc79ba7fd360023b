//! What does a form consist of? Block Kit inputs: <https://docs.slack.dev/reference/block-kit/blocks/input-block>.
//!
//! A field's `block_id` is its name; its element is always [`IT`].

use serde_json::{Value, json};

use super::overflow_field;
use crate::case::text::{self, cut};

/// The `action_id` of every field: a block has one field, so its name says all.
pub const IT: &str = "it";

/// The most characters that Slack takes in one text field.
pub const MOST_TEXT: usize = 3_000;

/// The most options of a menu.
pub const MOST_OPTIONS: usize = 100;

/// Plain text, which Slack never parses.
pub fn plain(words: &str) -> Value {
    json!({ "type": "plain_text", "text": words, "emoji": false })
}

/// A line of our own words.
pub fn note(words: &str) -> Value {
    json!({ "type": "context", "elements": [plain(words)] })
}

/// A field: what stands above it, and below it.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Names it, and the error about it.
    pub name: &'a str,
    /// Above it.
    pub label: &'a str,
    /// Below it; empty for nothing.
    pub hint: &'a str,
    /// May be left empty.
    pub optional: bool,
}

impl<'a> Field<'a> {
    /// A field that must be filled in.
    pub fn needed(name: &'a str, label: &'a str, hint: &'a str) -> Self {
        Self { name, label, hint, optional: false }
    }

    /// A field that may be left empty.
    pub fn optional(name: &'a str, label: &'a str, hint: &'a str) -> Self {
        Self { name, label, hint, optional: true }
    }

    fn of(&self, mut element: Value) -> Value {
        element["action_id"] = json!(IT);
        let mut block = json!({
            "type": "input", "block_id": self.name, "label": plain(self.label), "element": element,
            "optional": self.optional,
        });
        if !self.hint.is_empty() {
            block["hint"] = plain(self.hint);
        }
        block
    }

    /// One line of text, at most `most` characters.
    pub fn line(&self, initial: &str, most: usize) -> Value {
        self.typed(initial, most, false)
    }

    /// Several lines of text, at most [`MOST_TEXT`] characters.
    pub fn lines(&self, initial: &str) -> Value {
        self.typed(initial, MOST_TEXT, true)
    }

    /// Several lines of text, at most `most` characters.
    pub fn short_lines(&self, most: usize) -> Value {
        self.typed("", most, true)
    }

    /// A text of up to `most` characters: as many fields as the text takes that is there already, and a button for
    /// more. The first has this name, the others a number behind it. [`super::values::Values::long`] puts them together
    /// again.
    pub fn long(&self, initial: &str, most: usize) -> Vec<Value> {
        // Which characters Slack counts is not documented: nothing counts more than its UTF-16 units.
        let parts = text::parts_by(initial, MOST_TEXT, char::len_utf16);
        let label = continued(self.label);
        let mut blocks = vec![self.lines(parts.first().map_or("", String::as_str))];
        for (index, part) in parts.iter().enumerate().skip(1) {
            blocks.push(Field::optional(&part_name(self.name, index), &label, "").lines(part));
        }
        let more = most.div_ceil(MOST_TEXT).saturating_sub(blocks.len());
        blocks.extend((more > 0).then(|| overflow_field::button(self.name, more)));
        blocks
    }

    fn typed(&self, initial: &str, most: usize, multiline: bool) -> Value {
        let mut element =
            json!({ "type": "plain_text_input", "multiline": multiline, "max_length": most.min(MOST_TEXT) });
        if !initial.is_empty() {
            element["initial_value"] = json!(cut(initial, most.min(MOST_TEXT)));
        }
        self.of(element)
    }

    /// A menu of `(value, label)`, at most [`MOST_OPTIONS`] of them; `initial` is a value.
    pub fn one_of(&self, options: &[(String, String)], initial: Option<&str>) -> Value {
        let mut element = json!({ "type": "static_select", "options": menu(options) });
        let chosen = options.iter().find(|(value, _)| Some(value.as_str()) == initial);
        if let Some((value, label)) = chosen {
            element["initial_option"] = option(value, label);
        }
        self.of(element)
    }

    /// A menu from which several can be chosen.
    pub fn some_of(&self, options: &[(String, String)]) -> Value {
        self.of(json!({ "type": "multi_static_select", "options": menu(options) }))
    }

    /// People of the workspace.
    pub fn people(&self, most: usize) -> Value {
        self.of(json!({ "type": "multi_users_select", "max_selected_items": most }))
    }

    /// A day and a time, which Slack shows in the person's own zone; `initial` in seconds since 1970.
    pub fn moment(&self, initial: Option<i64>) -> Value {
        let mut element = json!({ "type": "datetimepicker" });
        // Slack takes ten digits only.
        if let Some(at) = initial.filter(|at| (1_000_000_000..=9_999_999_999).contains(at)) {
            element["initial_date_time"] = json!(at);
        }
        self.of(element)
    }

    /// A box to tick.
    pub fn tick(&self, words: &str) -> Value {
        self.of(json!({ "type": "checkboxes", "options": [option("yes", words)] }))
    }
}

/// What stands above a further field of a long text.
pub fn continued(label: &str) -> String {
    format!("{label}, continued")
}

/// The name of a long text's field, the first at 0.
pub fn part_name(name: &str, index: usize) -> String {
    if index == 0 { name.to_owned() } else { format!("{name}/{index}") }
}

fn menu(options: &[(String, String)]) -> Vec<Value> {
    options.iter().take(MOST_OPTIONS).map(|(value, label)| option(value, label)).collect()
}

fn option(value: &str, label: &str) -> Value {
    let label = cut(&text::one_line(label), 75);
    json!({ "text": plain(if label.is_empty() { value } else { &label }), "value": value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_fills_as_many_fields_as_it_needs_and_nothing_of_it_is_lost() {
        let field = Field::needed("description", "Description", "");
        for (text, fields) in [
            ("x".repeat(0), 1),
            ("x".repeat(3_001), 2),
            ("x".repeat(8_000), 3),
            ("x".repeat(9_001), 4),
            ("😀".repeat(4_001), 3),
            // Cut at a blank, so 2,256 characters fill a field.
            (format!("{} ", "x".repeat(751)).repeat(10) + &"y".repeat(480), 4),
        ] {
            let mut blocks = field.long(&text, 8_000);
            let room = blocks.pop_if(|block| block["type"] == "actions");
            let more = room.map_or(0, |room| room["elements"][0]["value"].as_str().unwrap().parse().unwrap());
            assert_eq!((blocks.len(), blocks.len().max(3)), (fields, blocks.len() + more), "{}", text.len());
            let all: String =
                blocks.iter().filter_map(|block| block["element"]["initial_value"].as_str()).collect();
            assert_eq!(all, text);
        }
        let second = &field.long(&"x".repeat(3_001), 8_000)[1];
        assert_eq!((&second["block_id"], &second["optional"]), (&json!("description/1"), &json!(true)));
        assert_eq!(second["label"]["text"], "Description, continued");
        assert_eq!(field.long("", 3_000).len(), 1);
    }
}
