//! The form that starts one of the settings' clocks from a moment that was.

use serde_json::Value;

use super::{
    Modal,
    block::{Choice, Field, MOST_OPTIONS},
    field::FieldName,
    values::{Errors, Values},
};
use crate::{
    case::{CaseId, Seconds},
    chat::language::{
        command::{ClockChange, Command, CommandLine},
        when,
    },
};

/// With the clocks that there are, and the moment at which it was opened.
pub(crate) fn filled_in<'a>(form: &Modal, clocks: impl Iterator<Item = &'a String>, now: Seconds) -> Value {
    let clocks: Vec<_> = clocks.take(MOST_OPTIONS).map(Choice::bare).collect();
    let first = clocks.first().filter(|_| clocks.len() == 1).map(|one| one.value.clone());
    let menu = Field::needed(FieldName::Name, "Clock").initial(first.unwrap_or_default());
    let moment = Field::needed(FieldName::Started, "It runs from")
        .hint("On your own clock. A clock that runs already runs from here on.");
    form.with("Start it", vec![menu.one_of(&clocks), moment.moment(Some(now))])
}

pub(crate) fn read(mut values: Values<'_>, case: &CaseId, now: Seconds) -> Result<CommandLine, Errors> {
    let name = values.option(FieldName::Name).map(str::to_owned);
    if name.is_none() {
        values.wrong(FieldName::Name, "Which clock is it?");
    }
    let from = values.moment(FieldName::Started);
    match from {
        None => values.wrong(FieldName::Started, "When did it begin?"),
        Some(at) if at > now => {
            values.wrong(
                FieldName::Started,
                "That moment has not come yet. A clock starts now, or at a time in the past.",
            );
        }
        Some(_) => {}
    }
    let change = ClockChange::Start { from: from.map(when::written) };
    values.read(name).map(|name| Command::Clock { name: Some(name), change }.on(case))
}
