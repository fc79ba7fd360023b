//! The arguments of the organisation's verbs. A membership's values are many, so they have names.

use crate::case::{MembershipId, Responder, Seconds};

use super::{
    args::{Asked, bare, many, required},
    arguments::{Arguments, Flag, choose, once},
    command::{Command, HubCommand, MembershipCommand, MembershipUpdate, MembershipValues},
    user_error::{UserError, quoted},
    validate, when,
};
use crate::chat::language::decode::{LineWords, Word};

bare! {
    membership_list => Command::Membership(MembershipCommand::List),
    hub_admin => Command::Hub(HubCommand::Admin),
    hub_members => Command::Hub(HubCommand::Members),
    hub_products => Command::Hub(HubCommand::Products),
    hub_leave => Command::Hub(HubCommand::Leave),
}

pub(super) fn membership_show(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Membership(MembershipCommand::Show { membership: only_id(words)? }))
}

pub(super) fn membership_cancel(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Membership(MembershipCommand::Cancel { membership: only_id(words)? }))
}

pub(super) fn membership_resume(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Membership(MembershipCommand::Resume { membership: only_id(words)? }))
}

fn only_id(words: &mut LineWords<'_>) -> Result<Option<MembershipId>, UserError> {
    words.next().map(|word| validate::membership(&word.shown())).transpose()
}

fn leading_id(words: &mut LineWords<'_>) -> Result<Option<MembershipId>, UserError> {
    match words.peek() {
        Some(Word::Text(text)) if text.to_lowercase().starts_with("m-") => only_id(words),
        _ => Ok(None),
    }
}

pub(super) fn membership_accounts(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let membership = leading_id(words)?;
    let accounts = many(words, "accounts", 100, validate::account)?;
    Ok(Command::Membership(MembershipCommand::Accounts { membership, accounts }))
}

pub(super) fn membership_metrics(words: &mut LineWords<'_>, now: Seconds) -> Asked {
    const DAY: Seconds = 86_400;
    let membership = leading_id(words)?;
    let mut day = |usual: Seconds| -> Result<Seconds, UserError> {
        let Some(word) = words.next() else { return Ok(usual) };
        let said = word.shown();
        when::day(&said, now).ok_or_else(|| {
            UserError::new(
                format!("{said} is not a day.", said = quoted(&said)),
                "Write it as 2026-11-20, `yesterday` or `today`.",
            )
        })
    };
    let today = now.div_euclid(DAY).saturating_mul(DAY);
    let from = day(today.saturating_sub(30 * DAY).max(0))?;
    let to = day(today)?;
    if from > to || to > today {
        let happened =
            format!("From {} to {} is not a time that was.", when::written_day(from), when::written_day(to));
        return Err(UserError::new(happened, "Give the earlier day first, and none after today."));
    }
    Ok(Command::Membership(MembershipCommand::Metrics { membership, from, to }))
}

pub(super) fn hub_member(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    Ok(Command::Hub(HubCommand::Member { accounts: many(words, "accounts", 100, validate::account)? }))
}

pub(super) fn hub_accept(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let administrator = validate::account(&required(words, "administrator's account")?)?;
    let invitation = validate::invitation(&required(words, "invitation")?)?;
    Ok(Command::Hub(HubCommand::Accept { administrator, invitation }))
}

pub(super) fn membership_new(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let arguments = Arguments::read(words, &[Flag::Member, Flag::Triage, Flag::WholeOrganization])?;
    if arguments.is_empty() {
        return Ok(Command::Membership(MembershipCommand::New { values: None }));
    }
    let team = team(&arguments)?;
    validate::count("team members", team.len(), 10)?;
    if team.len() < 2 {
        return Err(UserError::new(
            "A team has 2 to 10 people; this one has 1.",
            "Name another with --member.",
        ));
    }
    let values = MembershipValues {
        name: validate::membership_name(&arguments.plain.join(" "))?,
        team,
        triage: switch(&arguments, Flag::Triage)?,
        whole_organization: switch(&arguments, Flag::WholeOrganization)?,
    };
    Ok(Command::Membership(MembershipCommand::New { values: Some(values) }))
}

pub(super) fn membership_update(words: &mut LineWords<'_>, _: Seconds) -> Asked {
    let membership = leading_id(words)?;
    let arguments = Arguments::read(
        words,
        &[Flag::Name, Flag::Member, Flag::Triage, Flag::WholeOrganization, Flag::AddUnit, Flag::RemoveUnit],
    )?;
    arguments.nothing_else()?;
    let team = team(&arguments)?;
    if team.len() == 1 || team.len() > 10 {
        let happened = format!("A team has 2 to 10 people; this one has {}.", team.len());
        return Err(UserError::new(happened, "Name the whole team: it replaces the one that is there."));
    }
    let change = MembershipUpdate {
        name: arguments.last(Flag::Name).map(validate::membership_name).transpose()?,
        team,
        triage: switch(&arguments, Flag::Triage)?,
        whole_organization: switch(&arguments, Flag::WholeOrganization)?,
        add_units: units(&arguments, Flag::AddUnit)?,
        remove_units: units(&arguments, Flag::RemoveUnit)?,
    };
    Ok(Command::Membership(MembershipCommand::Update { membership, change }))
}

fn team(arguments: &Arguments) -> Result<Vec<Responder>, UserError> {
    arguments.values(Flag::Member).map(validate::responder).collect()
}

/// `on`, `off`, `yes` or `no`.
fn switch(arguments: &Arguments, flag: Flag) -> Result<Option<bool>, UserError> {
    let states =
        [("on", true), ("yes", true), ("true", true), ("off", false), ("no", false), ("false", false)];
    arguments.last(flag).map(|value| choose("on or off", value, &states)).transpose()
}

/// At most five units for one call, each once.
fn units(arguments: &Arguments, flag: Flag) -> Result<Vec<String>, UserError> {
    let units = arguments.values(flag).flat_map(|value| value.split(','));
    let units: Vec<String> =
        units.map(|unit| validate::unit(unit.trim())).collect::<Result<_, UserError>>()?;
    let units = once(units, |unit| unit);
    if !units.is_empty() {
        validate::count("organizational units", units.len(), 5)?;
    }
    Ok(units)
}
