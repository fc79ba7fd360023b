//! The forms that name people: who gets a case, and who alone may know of it.

use serde_json::Value;

use super::{
    block::{self, Field},
    field::FieldName,
    values::{Errors, Values},
};
use crate::{
    case::{CaseId, UserId},
    chat::language::command::{Command, CommandLine, OwnerRef},
};

/// Slack lets no more be invited at once.
const MOST: usize = 100;

pub(crate) fn owner_blocks() -> Vec<Value> {
    vec![Field::needed(FieldName::People, "Who gets the case").people(1)]
}

pub(crate) fn read_owner(values: Values<'_>, case: &CaseId) -> Result<CommandLine, Errors> {
    let to = read(values, "Who gets it?")?.into_iter().next().map(OwnerRef::Person);
    Ok(Command::Owner { to }.on(case))
}

pub(crate) fn restrict_blocks() -> Vec<Value> {
    let people = Field::needed(FieldName::People, "Who may know of the case").hint("You are among them.");
    vec![
        people.people(MOST),
        block::note("It moves to a private channel, and others are told there is none."),
    ]
}

pub(crate) fn read_restrict(values: Values<'_>, case: &CaseId) -> Result<CommandLine, Errors> {
    Ok(Command::Restrict { people: read(values, "Who may know of it?")? }.on(case))
}

fn read(mut values: Values<'_>, asks: &str) -> Result<Vec<UserId>, Errors> {
    let people = Some(values.people(FieldName::People)).filter(|people| !people.is_empty());
    if people.is_none() {
        values.wrong(FieldName::People, asks);
    }
    values.read(people)
}
