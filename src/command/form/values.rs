//! What was filled in, and what is wrong with it? Every mistake is collected: the person sees all of them at once.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::block::{IT, part_name};
use crate::{
    case::Seconds,
    command::{ask::Ask, grammar, mistake::Mistake, pasted, typed},
};

/// A form as it was sent. Its text is plain: Slack escapes nothing in a form.
pub struct Values<'a> {
    view: &'a Value,
    now: Seconds,
    errors: Map<String, Value>,
}

/// What is wrong with which field, as Slack takes it in `response_action: errors`.
pub type Errors = Map<String, Value>;

impl<'a> Values<'a> {
    /// The values of a view that was sent at `now`.
    pub fn of(view: &'a Value, now: Seconds) -> Self {
        Self { view, now, errors: Map::new() }
    }

    /// What was read, unless something is wrong.
    pub fn read<T>(self, value: Option<T>) -> Result<T, Errors> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }

    fn at(&self, name: &str) -> &'a Value {
        &self.view["state"]["values"][name][IT]
    }

    /// Says what is wrong with a field; the first thing that is said of it stays.
    pub fn wrong(&mut self, name: &str, why: impl Display) {
        self.errors.entry(name.to_owned()).or_insert_with(|| json!(why.to_string()));
    }

    /// What a check says; its mistake goes to the field.
    pub fn checked<T>(&mut self, name: &str, result: Result<T, impl Display>) -> Option<T> {
        result.map_err(|why| self.wrong(name, why)).ok()
    }

    /// The text of a field, the blanks around it taken away; a secret in it is wrong.
    pub fn text(&mut self, name: &str) -> String {
        let text = self.at(name)["value"].as_str().unwrap_or_default().trim().to_owned();
        self.harmless(name, text)
    }

    /// A text that may fill several fields.
    pub fn long(&mut self, name: &str) -> String {
        let parts = (0..100).map_while(|index| self.at(&part_name(name, index)).get("value"));
        let text: String = parts.filter_map(Value::as_str).collect();
        self.harmless(name, text.trim().to_owned())
    }

    fn harmless(&mut self, name: &str, text: String) -> String {
        match pasted::secret(&text) {
            Some(kind) => {
                self.wrong(
                    name,
                    format!("This looks like it holds {kind}. Nothing of it was kept: take it out."),
                );
                String::new()
            }
            None => text,
        }
    }

    /// The value of the chosen option.
    pub fn option(&self, name: &str) -> Option<&'a str> {
        self.at(name)["selected_option"]["value"].as_str()
    }

    /// The values of all chosen options.
    pub fn options(&self, name: &str) -> Vec<String> {
        let chosen = self.at(name)["selected_options"].as_array().into_iter().flatten();
        chosen.filter_map(|option| option["value"].as_str()).map(str::to_owned).collect()
    }

    /// The ids of the chosen people.
    pub fn people(&self, name: &str) -> Vec<String> {
        let chosen = self.at(name)["selected_users"].as_array().into_iter().flatten();
        chosen.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The chosen moment.
    pub fn moment(&self, name: &str) -> Option<Seconds> {
        self.at(name)["selected_date_time"].as_i64()
    }

    /// What a field stood at when the form was opened.
    pub fn before(&self, name: &str) -> &'a Value {
        let blocks = self.view["blocks"].as_array().into_iter().flatten();
        let block = blocks.into_iter().find(|block| block["block_id"] == name);
        block.map_or(&Value::Null, |block| &block["element"])
    }

    /// What a long text stood at when the form was opened.
    pub fn long_before(&self, name: &str) -> String {
        let parts = (0..100).map(|index| self.before(&part_name(name, index))).take_while(|it| !it.is_null());
        parts.filter_map(|element| element["initial_value"].as_str()).collect()
    }

    /// Reads a field as what follows `verb` in a line: the same checks, in the same words. Nothing where it is empty.
    pub fn asked(&mut self, name: &str, verb: &str) -> Option<Ask> {
        let words = self.text(name);
        self.asked_of(name, verb, &words)
    }

    /// The same for a part of a field.
    pub fn asked_of(&mut self, name: &str, verb: &str, words: &str) -> Option<Ask> {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return None;
        }
        match grammar::parse(&format!("{verb} {}", typed::encode(&words)), self.now) {
            Ok(line) => Some(line.ask),
            Err(Mistake { happened, remedy, .. }) => {
                self.wrong(name, format!("{happened} {remedy}").trim());
                None
            }
        }
    }
}
