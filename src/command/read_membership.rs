//! How are a membership's values read? They are many, so they have names.

use crate::case::{Responder, Seconds};

use super::arguments::{Arguments, choose};
use super::ask::{Ask, Membership, MembershipChange, NewMembership};
use super::mistake::Mistake;
use super::typed::Words;
use super::{read, shapes};

pub(super) fn membership_new(words: &mut Words<'_>, _: Seconds) -> Result<Ask, Mistake> {
    let arguments = Arguments::read(words, &[], &["member", "triage", "whole-organization"])?;
    if arguments.is_empty() {
        return Ok(Ask::Membership(Membership::New { values: None }));
    }
    let team = team(&arguments)?;
    shapes::count("team members", team.len(), 10)?;
    if team.len() < 2 {
        return Err(Mistake::new(
            "A team has 2 to 10 people; this one has 1.",
            "Name another with --member.",
        ));
    }
    let values = NewMembership {
        name: shapes::membership_name(&arguments.plain.join(" "))?,
        team,
        triage: switch(&arguments, "triage")?,
        whole_organization: switch(&arguments, "whole-organization")?,
    };
    Ok(Ask::Membership(Membership::New { values: Some(values) }))
}

pub(super) fn membership_update(words: &mut Words<'_>, _: Seconds) -> Result<Ask, Mistake> {
    let membership = read::leading_id(words)?;
    let flags = ["name", "member", "triage", "whole-organization", "add-unit", "remove-unit"];
    let arguments = Arguments::read(words, &[], &flags)?;
    arguments.nothing_else()?;
    let team = team(&arguments)?;
    if team.len() == 1 || team.len() > 10 {
        let happened = format!("A team has 2 to 10 people; this one has {}.", team.len());
        return Err(Mistake::new(happened, "Name the whole team: it replaces the one that is there."));
    }
    let change = MembershipChange {
        name: arguments.last("name").map(shapes::membership_name).transpose()?,
        team,
        triage: switch(&arguments, "triage")?,
        whole_organization: switch(&arguments, "whole-organization")?,
        add_units: units(&arguments, "add-unit")?,
        remove_units: units(&arguments, "remove-unit")?,
    };
    Ok(Ask::Membership(Membership::Update { membership, change }))
}

fn team(arguments: &Arguments) -> Result<Vec<Responder>, Mistake> {
    arguments.values("member").map(shapes::responder).collect()
}

/// `on`, `off`, `yes` or `no`.
fn switch(arguments: &Arguments, name: &str) -> Result<Option<bool>, Mistake> {
    let states =
        [("on", true), ("yes", true), ("true", true), ("off", false), ("no", false), ("false", false)];
    arguments.last(name).map(|value| choose("on or off", value, &states)).transpose()
}

/// At most five units for one call, each once.
fn units(arguments: &Arguments, name: &str) -> Result<Vec<String>, Mistake> {
    let mut units = Vec::new();
    for value in arguments.values(name).flat_map(|value| value.split(',')) {
        let unit = shapes::unit(value.trim())?;
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    if !units.is_empty() {
        shapes::count("organizational units", units.len(), 5)?;
    }
    Ok(units)
}
