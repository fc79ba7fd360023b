//! What a form consists of: Block Kit inputs, <https://docs.slack.dev/reference/block-kit/blocks/input-block>.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{
    field::{BlockId, FieldName},
    overflow_field,
};
use crate::case::text::{self, cut};

/// The `action_id` of every field: a block has one field, so its name says all.
pub(crate) const IT: &str = "it";

/// The most characters that Slack takes in one text field.
const MOST_TEXT: usize = 3_000;

pub(crate) const MOST_OPTIONS: usize = 100;

/// Plain text, which Slack never parses.
pub(crate) fn plain(words: &str) -> Value {
    json!({ "type": "plain_text", "text": words, "emoji": false })
}

pub(crate) fn note(words: &str) -> Value {
    json!({ "type": "context", "elements": [plain(words)] })
}

#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) value: String,
    /// As people read it, at most 75 characters.
    pub(crate) label: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }

    /// An option that is shown as it is spelled.
    pub(crate) fn bare(value: impl Into<String>) -> Self {
        let value = value.into();
        Self { label: value.clone(), value }
    }

    fn option(&self) -> Value {
        let label = cut(&text::one_line(&self.label), 75);
        json!({ "text": plain(if label.is_empty() { &self.value } else { &label }), "value": self.value })
    }
}

/// A field: what stands above it, in it at first, and below it.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    name: FieldName,
    part: usize,
    label: Cow<'static, str>,
    hint: &'static str,
    initial: String,
    optional: bool,
}

impl Field {
    pub(crate) fn needed(name: FieldName, label: impl Into<Cow<'static, str>>) -> Self {
        Self { name, part: 0, label: label.into(), hint: "", initial: String::new(), optional: false }
    }

    pub(crate) fn optional(name: FieldName, label: impl Into<Cow<'static, str>>) -> Self {
        Self { optional: true, ..Self::needed(name, label) }
    }

    pub(crate) fn further(name: FieldName, part: usize, label: impl Into<Cow<'static, str>>) -> Self {
        Self { part, ..Self::optional(name, label) }
    }

    pub(crate) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// What the field says at first; of a menu, the option's value.
    pub(crate) fn initial(self, initial: impl Into<String>) -> Self {
        Self { initial: initial.into(), ..self }
    }

    fn id(&self) -> BlockId {
        self.name.part(self.part)
    }

    fn of(&self, mut element: Value) -> Value {
        element["action_id"] = json!(IT);
        let mut block = json!({
            "type": "input", "block_id": self.id().to_string(), "label": plain(&self.label), "element": element,
            "optional": self.optional,
        });
        if !self.hint.is_empty() {
            block["hint"] = plain(self.hint);
        }
        block
    }

    /// One line of text, at most `most` characters.
    pub(crate) fn line(&self, most: usize) -> Value {
        self.typed(most, false)
    }

    /// Several lines of text, at most [`MOST_TEXT`] characters.
    pub(crate) fn lines(&self) -> Value {
        self.typed(MOST_TEXT, true)
    }

    /// Several lines of text, at most `most` characters.
    pub(crate) fn short_lines(&self, most: usize) -> Value {
        self.typed(most, true)
    }

    /// A text of up to `most` characters: as many fields as the text takes that is there already, and a button for
    /// more. [`super::values::Values::long`] puts them together again.
    pub(crate) fn long(&self, most: usize) -> Vec<Value> {
        // Which characters Slack counts is not documented: nothing counts more than its UTF-16 units.
        let parts = text::parts_by(&self.initial, MOST_TEXT, char::len_utf16);
        let label = continued(&self.label);
        let first = parts.first().cloned().unwrap_or_default();
        let mut blocks = vec![self.clone().initial(first).lines()];
        for (index, part) in parts.iter().enumerate().skip(1) {
            blocks.push(Self::further(self.name, index, label.clone()).initial(part).lines());
        }
        let more = most.div_ceil(MOST_TEXT).saturating_sub(blocks.len());
        blocks.extend((more > 0).then(|| overflow_field::button(self.name, more)));
        blocks
    }

    fn typed(&self, most: usize, multiline: bool) -> Value {
        let mut element =
            json!({ "type": "plain_text_input", "multiline": multiline, "max_length": most.min(MOST_TEXT) });
        if !self.initial.is_empty() {
            element["initial_value"] = json!(cut(&self.initial, most.min(MOST_TEXT)));
        }
        self.of(element)
    }

    /// A menu of at most [`MOST_OPTIONS`].
    pub(crate) fn one_of(&self, options: &[Choice]) -> Value {
        let mut element = json!({ "type": "static_select", "options": menu(options) });
        if let Some(chosen) = options.iter().find(|option| option.value == self.initial) {
            element["initial_option"] = chosen.option();
        }
        self.of(element)
    }

    pub(crate) fn some_of(&self, options: &[Choice]) -> Value {
        self.of(json!({ "type": "multi_static_select", "options": menu(options) }))
    }

    pub(crate) fn people(&self, most: usize) -> Value {
        self.of(json!({ "type": "multi_users_select", "max_selected_items": most }))
    }

    /// A day and a time, which Slack shows in the person's own zone; `initial` in seconds since 1970.
    pub(crate) fn moment(&self, initial: Option<i64>) -> Value {
        let mut element = json!({ "type": "datetimepicker" });
        // Slack takes ten digits only.
        if let Some(at) = initial.filter(|at| (1_000_000_000..=9_999_999_999).contains(at)) {
            element["initial_date_time"] = json!(at);
        }
        self.of(element)
    }

    pub(crate) fn tick(&self, words: &str) -> Value {
        self.of(json!({ "type": "checkboxes", "options": [Choice::new("yes", words).option()] }))
    }
}

pub(crate) fn continued(label: &str) -> String {
    format!("{label}, continued")
}

fn menu(options: &[Choice]) -> Vec<Value> {
    options.iter().take(MOST_OPTIONS).map(Choice::option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_fills_as_many_fields_as_it_needs_and_nothing_of_it_is_lost() {
        let field = Field::needed(FieldName::Description, "Description");
        for (text, fields) in [
            ("x".repeat(0), 1),
            ("x".repeat(3_001), 2),
            ("x".repeat(8_000), 3),
            ("x".repeat(9_001), 4),
            ("😀".repeat(4_001), 3),
            // Cut at a blank, so 2,256 characters fill a field.
            (format!("{} ", "x".repeat(751)).repeat(10) + &"y".repeat(480), 4),
        ] {
            let mut blocks = field.clone().initial(&text).long(8_000);
            let room = blocks.pop_if(|block| block["type"] == "actions");
            let more = room.map_or(0, |room| room["elements"][0]["value"].as_str().unwrap().parse().unwrap());
            assert_eq!((blocks.len(), blocks.len().max(3)), (fields, blocks.len() + more), "{}", text.len());
            let all: String =
                blocks.iter().filter_map(|block| block["element"]["initial_value"].as_str()).collect();
            assert_eq!(all, text);
        }
        let second = &field.clone().initial("x".repeat(3_001)).long(8_000)[1];
        assert_eq!((&second["block_id"], &second["optional"]), (&json!("description/1"), &json!(true)));
        assert_eq!(second["label"]["text"], "Description, continued");
        assert_eq!(field.long(3_000).len(), 1);
    }
}
