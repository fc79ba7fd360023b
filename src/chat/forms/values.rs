//! What was filled in, and what is wrong with it: every mistake is collected, so that the person sees all of them at once.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::{
    block::IT,
    field::{BlockId, FieldName},
};
use crate::{
    case::{Seconds, UserId},
    chat::{
        language::{command::Command, decode, grammar, user_error::UserError},
        policy::secret_scan,
    },
};

/// A form as it was sent. Its text is plain: Slack escapes nothing in a form.
pub(crate) struct Values<'a> {
    view: &'a Value,
    now: Seconds,
    errors: Map<String, Value>,
}

/// What is wrong with which field, as Slack takes it in `response_action: errors`.
pub(crate) type Errors = Map<String, Value>;

impl<'a> Values<'a> {
    pub(crate) fn of(view: &'a Value, now: Seconds) -> Self {
        Self { view, now, errors: Map::new() }
    }

    /// What was read, unless something is wrong.
    pub(crate) fn read<T>(self, value: Option<T>) -> Result<T, Errors> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }

    fn at(&self, name: FieldName) -> &'a Value {
        &self.view["state"]["values"][name.as_str()][IT]
    }

    /// Says what is wrong with a field; the first thing that is said of it stays.
    pub(crate) fn wrong(&mut self, block: impl Into<BlockId>, why: impl Display) {
        self.errors.entry(block.into().to_string()).or_insert_with(|| json!(why.to_string()));
    }

    /// What a check says; its mistake goes to the field.
    pub(crate) fn checked<T>(
        &mut self,
        block: impl Into<BlockId>,
        result: Result<T, impl Display>,
    ) -> Option<T> {
        result.map_err(|why| self.wrong(block, why)).ok()
    }

    /// The text of a field, the blanks around it taken away; a secret in it is wrong.
    pub(crate) fn text(&mut self, name: FieldName) -> String {
        let text = self.at(name)["value"].as_str().unwrap_or_default().trim().to_owned();
        self.harmless(name, text)
    }

    /// A text that may fill several fields. What was in them at first is put together as it was; what is typed into
    /// a further field begins a new line.
    pub(crate) fn long(&mut self, name: FieldName) -> String {
        let mut text = String::new();
        for (index, part) in self.parts(name).enumerate() {
            self.harmless(name.part(index), part.is.to_owned());
            let glued = part.was.is_empty() && !part.is.trim().is_empty() && !text.is_empty();
            if glued && !text.ends_with('\n') && !part.is.starts_with('\n') {
                text.push('\n');
            }
            text.push_str(&part.whole());
        }
        match self.errors.keys().any(|field| field.split('/').next() == Some(name.as_str())) {
            true => String::new(),
            // It may begin in one field and end in the next.
            false => self.harmless(name, text.trim().to_owned()),
        }
    }

    /// Whether a long text says something else than when the form was opened: blanks around its fields count for
    /// nothing, since they may get lost on the way.
    pub(crate) fn is_changed(&self, name: FieldName) -> bool {
        self.parts(name).any(|part| !part.is_as_it_was())
    }

    /// What a check says of a long text; its mistake goes to the last field that holds some of it.
    pub(crate) fn checked_long<T>(&mut self, name: FieldName, result: Result<T, impl Display>) -> Option<T> {
        let filled = self.parts(name).enumerate().filter(|(_, part)| !part.is.trim().is_empty()).last();
        self.checked(name.part(filled.map_or(0, |(index, _)| index)), result)
    }

    fn parts(&self, name: FieldName) -> impl Iterator<Item = TextPart<'a>> + use<'a> {
        let (state, view) = (&self.view["state"]["values"], self.view);
        (0..100).map_while(move |index| {
            let block = name.part(index);
            let is = state[block.to_string()][IT].get("value")?.as_str().unwrap_or_default();
            let was = field(view, block)["initial_value"].as_str().unwrap_or_default();
            Some(TextPart { is, was })
        })
    }

    fn harmless(&mut self, block: impl Into<BlockId>, text: String) -> String {
        match secret_scan::secret(&text) {
            Some(kind) => {
                self.wrong(
                    block,
                    format!("This looks like it holds {kind}. Nothing of it was kept: take it out."),
                );
                String::new()
            }
            None => text,
        }
    }

    pub(crate) fn option(&self, name: FieldName) -> Option<&'a str> {
        self.at(name)["selected_option"]["value"].as_str()
    }

    pub(crate) fn options(&self, name: FieldName) -> Vec<String> {
        let chosen = self.at(name)["selected_options"].as_array().into_iter().flatten();
        chosen.filter_map(|option| option["value"].as_str()).map(str::to_owned).collect()
    }

    pub(crate) fn people(&self, name: FieldName) -> Vec<UserId> {
        let chosen = self.at(name)["selected_users"].as_array().into_iter().flatten();
        chosen.filter_map(Value::as_str).map(UserId::new).collect()
    }

    pub(crate) fn moment(&self, name: FieldName) -> Option<Seconds> {
        self.at(name)["selected_date_time"].as_i64()
    }

    pub(crate) fn before(&self, name: FieldName) -> &'a Value {
        field(self.view, name.into())
    }

    /// Reads a field as what follows `verb` in a line: the same checks, in the same words. Nothing where it is empty.
    pub(crate) fn asked(&mut self, name: FieldName, verb: &str) -> Option<Command> {
        let words = self.text(name);
        self.asked_of(name, verb, &words)
    }

    pub(crate) fn asked_of(&mut self, name: FieldName, verb: &str, words: &str) -> Option<Command> {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return None;
        }
        match grammar::parse(&format!("{verb} {}", decode::encode(&words)), self.now) {
            Ok(line) => Some(line.command),
            Err(UserError { happened, remedy, .. }) => {
                // A field's mistake is plain text: there is no style for code.
                self.wrong(name, format!("{happened} {remedy}").trim().replace('`', "\""));
                None
            }
        }
    }
}

/// A field of a long text: what it says, and what it said when the form was opened.
struct TextPart<'a> {
    is: &'a str,
    was: &'a str,
}

impl TextPart<'_> {
    fn is_as_it_was(&self) -> bool {
        self.is.trim().lines().eq(self.was.trim().lines())
    }

    /// With the blanks at its end, which keep it apart from the next part.
    fn whole(&self) -> String {
        let blanks = &self.was[self.was.trim_end().len()..];
        match self.is_as_it_was() {
            true => self.was.to_owned(),
            false if self.is.is_empty() => String::new(),
            false => format!("{}{blanks}", self.is.strip_suffix(blanks).unwrap_or(self.is)),
        }
    }
}

fn field(view: &Value, block: BlockId) -> &Value {
    let id = block.to_string();
    let blocks = view["blocks"].as_array().into_iter().flatten();
    let block = blocks.into_iter().find(|block| block["block_id"] == id);
    block.map_or(&Value::Null, |block| &block["element"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;
    use crate::chat::forms::block::Field;

    /// A form whose description was `before`, as it is sent with `now` in its fields.
    fn sent(before: &str, now: &[&str]) -> Value {
        let blocks = Field::needed(FieldName::Text, "Text").initial(before).long(8_000);
        let values: Map<_, _> = now
            .iter()
            .enumerate()
            .map(|(index, value)| {
                (FieldName::Text.part(index).to_string(), json!({ IT: { "value": value } }))
            })
            .collect();
        json!({ "blocks": blocks, "state": { "values": values } })
    }

    #[test]
    fn a_long_text_comes_back_as_it_was_whatever_happens_to_the_blanks_between_its_fields() {
        let before = format!("{}\n{} {}", "a".repeat(2_900), "b".repeat(2_950), "c".repeat(1_000));
        let parts = text_parts(&before);
        for now in [
            parts.clone(),
            parts.iter().map(|part| part.trim().to_owned()).collect(),
            parts.iter().map(|part| part.replace('\n', "\r\n")).collect(),
        ] {
            let now: Vec<&str> = now.iter().map(String::as_str).collect();
            let view = sent(&before, &now);
            let mut values = Values::of(&view, 0);
            assert!(!values.is_changed(FieldName::Text));
            assert_eq!(values.long(FieldName::Text), before);
        }
        let view = sent(&before, &[&parts[0], "B", &parts[2]]);
        let mut values = Values::of(&view, 0);
        assert!(values.is_changed(FieldName::Text));
        assert_eq!(values.long(FieldName::Text), format!("{}\nB {}", "a".repeat(2_900), "c".repeat(1_000)));
        let view = sent(&before, &[&parts[0], "", &parts[2]]);
        assert_eq!(
            Values::of(&view, 0).long(FieldName::Text),
            format!("{}\n{}", "a".repeat(2_900), "c".repeat(1_000))
        );
    }

    fn text_parts(text: &str) -> Vec<String> {
        crate::case::text::parts(text, 3_000)
    }

    #[test]
    fn what_is_typed_into_a_further_field_begins_a_new_line() {
        for (now, expected) in [
            (["one", "two", "three"], "one\ntwo\nthree"),
            (["one\n", "two", ""], "one\ntwo"),
            (["one", "", "three"], "one\nthree"),
            (["", "two", ""], "two"),
            (["one", "\ntwo", "  "], "one\ntwo"),
        ] {
            assert_eq!(Values::of(&sent("", &now), 0).long(FieldName::Text), expected);
        }
    }

    #[test]
    fn what_is_wrong_with_a_long_text_stands_on_the_last_field_that_holds_some_of_it() {
        for (now, field) in [(["", "", ""], "text"), (["a", "", ""], "text"), (["a", "b", " "], "text/1")] {
            let view = sent("", &now);
            let mut values = Values::of(&view, 0);
            values.checked_long(FieldName::Text, Err::<(), _>("too long"));
            assert_eq!(values.read(Some(())).unwrap_err()[field], "too long");
        }
    }

    #[test]
    fn twice_the_text_in_a_form_is_read_in_twice_the_time() {
        is_steady(|text| {
            let view = sent(&text[..text.floor_char_boundary(text.len() / 2)], &[text, text]);
            let mut values = Values::of(&view, 0);
            (values.is_changed(FieldName::Text), values.long(FieldName::Text), values.text(FieldName::Text)).1
        });
        is_steady(|text| Values::of(&sent("", &[text]), 0).asked(FieldName::Text, "tag add").is_some());
    }
}
