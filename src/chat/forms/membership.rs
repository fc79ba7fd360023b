//! The forms of a membership:
//! <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_CreateMembership.html>.

use serde_json::Value;

use super::{
    block::{Choice, Field, note},
    field::FieldName,
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

pub(crate) fn new_blocks() -> Vec<Value> {
    vec![
        Field::needed(FieldName::Name, "Name").hint("3 to 50 characters.").line(50),
        Field::needed(FieldName::Team, "Incident response team").hint(TEAM_HINT).lines(),
        choice(FieldName::Triage, "Triage of findings"),
        choice(FieldName::Organization, "Covers the whole organisation"),
        Field::needed(FieldName::Sure, "Confirm").tick("Make the membership: AWS charges for it."),
    ]
}

pub(crate) fn change_blocks() -> Vec<Value> {
    vec![
        note("What is left empty stays as it is."),
        Field::optional(FieldName::Name, "New name").hint("3 to 50 characters.").line(50),
        Field::optional(FieldName::Team, "New team: it takes the place of the old one")
            .hint(TEAM_HINT)
            .lines(),
        choice(FieldName::Triage, "Triage of findings"),
        choice(FieldName::Organization, "Covers the whole organisation"),
        Field::optional(FieldName::Add, "Organizational units to add")
            .hint("As ou-ab12-cd34ef56, at most 5.")
            .line(500),
        Field::optional(FieldName::Remove, "Organizational units to remove").hint("At most 5.").line(500),
        Field::needed(FieldName::Sure, "Confirm").tick("Change the membership."),
    ]
}

fn choice(name: FieldName, label: &'static str) -> Value {
    Field::optional(name, label).one_of(&[Choice::new("on", "On"), Choice::new("off", "Off")])
}

pub(crate) fn read_new(mut values: Values<'_>) -> Result<MembershipCommand, Errors> {
    let name = name(&mut values);
    let team = team(&mut values);
    if name.is_none() {
        values.wrong(FieldName::Name, "A membership needs a name of 3 to 50 characters.");
    }
    if team.is_empty() {
        values.wrong(FieldName::Team, TEAM_HINT);
    }
    let (triage, whole_organization) =
        (switch(&values, FieldName::Triage), switch(&values, FieldName::Organization));
    sure(&mut values);
    values.read(name).map(|name| MembershipCommand::New {
        values: Some(MembershipValues { name, team, triage, whole_organization }),
    })
}

pub(crate) fn read_change(
    mut values: Values<'_>,
    membership: Option<MembershipId>,
) -> Result<MembershipCommand, Errors> {
    let change = MembershipUpdate {
        name: name(&mut values),
        team: team(&mut values),
        triage: switch(&values, FieldName::Triage),
        whole_organization: switch(&values, FieldName::Organization),
        add_units: units(&mut values, FieldName::Add),
        remove_units: units(&mut values, FieldName::Remove),
    };
    if change == MembershipUpdate::default() {
        values.wrong(FieldName::Name, "Nothing was filled in yet.");
    }
    sure(&mut values);
    values.read(Some(MembershipCommand::Update { membership, change }))
}

fn name(values: &mut Values<'_>) -> Option<String> {
    let name = values.text(FieldName::Name);
    if name.is_empty() {
        return None;
    }
    values.checked(FieldName::Name, validate::membership_name(&name))
}

fn team(values: &mut Values<'_>) -> Vec<Responder> {
    let all = values.text(FieldName::Team);
    let lines: Vec<_> = all.lines().filter(|line| !line.trim().is_empty()).collect();
    if !lines.is_empty() && !(2..=10).contains(&lines.len()) {
        values.wrong(FieldName::Team, format!("A team has 2 to 10 people; this has {}.", lines.len()));
    }
    let read =
        lines.into_iter().filter_map(|line| values.checked(FieldName::Team, validate::responder(line)));
    read.collect()
}

fn units(values: &mut Values<'_>, field: FieldName) -> Vec<String> {
    let all = values.text(field);
    let words: Vec<_> = all.split([',', ' ', '\n']).filter(|word| !word.is_empty()).collect();
    if words.len() > 5 {
        values.wrong(field, format!("At most 5 organizational units at once; this has {}.", words.len()));
    }
    words.into_iter().filter_map(|word| values.checked(field, validate::unit(word))).collect()
}

fn switch(values: &Values<'_>, name: FieldName) -> Option<bool> {
    values.option(name).map(|value| value == "on")
}

fn sure(values: &mut Values<'_>) {
    if values.options(FieldName::Sure).is_empty() {
        values.wrong(FieldName::Sure, "Tick this to go on.");
    }
}
