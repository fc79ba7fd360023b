//! What does a membership need, and how is it changed, in a form?
//!
//! <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_CreateMembership.html>

use serde_json::Value;

use super::{
    block::{Field, note},
    values::{Errors, Values},
};
use crate::{
    case::{MembershipId, Responder},
    chat::language::{
        command::{MembershipCommand, MembershipUpdate, MembershipValues},
        validate,
    },
};

const TEAM_HINT: &str = "One a line: name | job title | e-mail address. Two to ten people.";

/// The fields of a new membership.
pub fn new_blocks() -> Vec<Value> {
    vec![
        Field::needed("name", "Name", "3 to 50 characters.").line("", 50),
        Field::needed("team", "Incident response team", TEAM_HINT).lines(""),
        choice("triage", "Triage of findings"),
        choice("organization", "Covers the whole organisation"),
        Field::needed("sure", "Confirm", "").tick("Make the membership: AWS charges for it."),
    ]
}

/// The fields of a change.
pub fn change_blocks() -> Vec<Value> {
    vec![
        note("What is left empty stays as it is."),
        Field::optional("name", "New name", "3 to 50 characters.").line("", 50),
        Field::optional("team", "New team: it takes the place of the old one", TEAM_HINT).lines(""),
        choice("triage", "Triage of findings"),
        choice("organization", "Covers the whole organisation"),
        Field::optional("add", "Organizational units to add", "As ou-ab12-cd34ef56, at most 5.")
            .line("", 500),
        Field::optional("remove", "Organizational units to remove", "At most 5.").line("", 500),
        Field::needed("sure", "Confirm", "").tick("Change the membership."),
    ]
}

fn choice(name: &str, label: &str) -> Value {
    let options = [("on".to_owned(), "On".to_owned()), ("off".to_owned(), "Off".to_owned())];
    Field::optional(name, label, "").one_of(&options, None)
}

/// Reads a new membership.
pub fn read_new(mut values: Values<'_>) -> Result<MembershipCommand, Errors> {
    let name = name(&mut values);
    let team = team(&mut values);
    if name.is_none() {
        values.wrong("name", "A membership needs a name of 3 to 50 characters.");
    }
    if team.is_empty() {
        values.wrong("team", TEAM_HINT);
    }
    let (triage, whole_organization) = (switch(&values, "triage"), switch(&values, "organization"));
    sure(&mut values);
    values.read(name).map(|name| MembershipCommand::New {
        values: Some(MembershipValues { name, team, triage, whole_organization }),
    })
}

/// Reads a change.
pub fn read_change(
    mut values: Values<'_>,
    membership: Option<MembershipId>,
) -> Result<MembershipCommand, Errors> {
    let change = MembershipUpdate {
        name: name(&mut values),
        team: team(&mut values),
        triage: switch(&values, "triage"),
        whole_organization: switch(&values, "organization"),
        add_units: units(&mut values, "add"),
        remove_units: units(&mut values, "remove"),
    };
    if change == MembershipUpdate::default() {
        values.wrong("name", "Nothing was filled in yet.");
    }
    sure(&mut values);
    values.read(Some(MembershipCommand::Update { membership, change }))
}

fn name(values: &mut Values<'_>) -> Option<String> {
    let name = values.text("name");
    if name.is_empty() {
        return None;
    }
    values.checked("name", validate::membership_name(&name))
}

fn team(values: &mut Values<'_>) -> Vec<Responder> {
    let all = values.text("team");
    let lines: Vec<_> = all.lines().filter(|line| !line.trim().is_empty()).collect();
    if !lines.is_empty() && !(2..=10).contains(&lines.len()) {
        values.wrong("team", format!("A team has 2 to 10 people; this has {}.", lines.len()));
    }
    let read = lines.into_iter().filter_map(|line| values.checked("team", validate::responder(line)));
    read.collect()
}

fn units(values: &mut Values<'_>, field: &str) -> Vec<String> {
    let all = values.text(field);
    let words: Vec<_> = all.split([',', ' ', '\n']).filter(|word| !word.is_empty()).collect();
    if words.len() > 5 {
        values.wrong(field, format!("At most 5 organizational units at once; this has {}.", words.len()));
    }
    words.into_iter().filter_map(|word| values.checked(field, validate::unit(word))).collect()
}

fn switch(values: &Values<'_>, name: &str) -> Option<bool> {
    values.option(name).map(|value| value == "on")
}

fn sure(values: &mut Values<'_>) {
    if values.options("sure").is_empty() {
        values.wrong("sure", "Tick this to go on.");
    }
}
