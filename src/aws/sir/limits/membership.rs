//! Would the service take this membership, or Security Hub this call?

use super::{Count, Length, Result, case::tags, error, person::responder, place};
use crate::{
    aws::{
        hub,
        sir::{MembershipChange, NewMembership},
    },
    case::{Responder, Seconds},
};

pub(crate) fn new_membership(new: &NewMembership) -> Result<()> {
    let NewMembership { token: _, name, team, features, covers_organization: _, tags: pairs } = new;
    NAME.check(name)?;
    people(team)?;
    self::features(features)?;
    tags(pairs)
}

/// A change of a membership. One that changes nothing is refused: the service would answer nothing to it.
pub fn change(change: &MembershipChange) -> Result<()> {
    if *change == MembershipChange::default() {
        return Err(error("membership", "Nothing was given to change."));
    }
    let MembershipChange {
        name,
        team,
        features,
        covers_organization: _,
        add_units,
        remove_units,
        undo_cancellation: _,
    } = change;
    if let Some(name) = name {
        NAME.check(name)?;
    }
    if !team.is_empty() {
        people(team)?;
    }
    self::features(features)?;
    Count { field: "units", what: "organizational units to add at once", least: 0, most: 5 }
        .check(add_units.len())?;
    Count { field: "units", what: "organizational units to remove at once", least: 0, most: 5 }
        .check(remove_units.len())?;
    add_units.iter().chain(remove_units).try_for_each(|unit| self::unit(unit))
}

pub fn accounts(accounts: &[String]) -> Result<()> {
    Count { field: "accounts", what: "accounts", least: 1, most: 100 }.check(accounts.len())?;
    accounts.iter().try_for_each(|account| place::account(account).map(drop))
}

pub(crate) fn days(from: Seconds, to: Seconds) -> Result<()> {
    if to < from {
        return Err(error("to", "The last day is before the first."));
    }
    Ok(())
}

pub fn unit(text: &str) -> Result<()> {
    let low = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let fits = |root: &str, rest: &str| {
        (4..=32).contains(&root.len()) && (8..=32).contains(&rest.len()) && low(root) && low(rest)
    };
    match text.strip_prefix("ou-").and_then(|rest| rest.split_once('-')) {
        Some((root, rest)) if fits(root, rest) => Ok(()),
        _ => Err(error("units", format!("\"{text}\" is not an organizational unit, like ou-ab12-11112222."))),
    }
}

pub fn hub(call: &hub::HubCall) -> Result<()> {
    match call {
        hub::HubCall::AcceptAdministratorInvitation { administrator, invitation } => {
            place::account(administrator)?;
            Length { field: "invitation", what: "The id of an invitation", least: 1, most: usize::MAX }
                .check(invitation)
        }
        hub::HubCall::GetMembers { accounts } => {
            Count { field: "accounts", what: "accounts", least: 1, most: usize::MAX }
                .check(accounts.len())?;
            accounts.iter().try_for_each(|account| place::account(account).map(drop))
        }
        hub::HubCall::GetAdministratorAccount
        | hub::HubCall::DisassociateFromAdministratorAccount
        | hub::HubCall::ListMembers { .. }
        | hub::HubCall::DescribeProducts { .. } => Ok(()),
    }
}

const NAME: Length = Length { field: "name", what: "The name of a membership", least: 3, most: 50 };

fn people(team: &[Responder]) -> Result<()> {
    Count { field: "team", what: "people in the incident response team", least: 2, most: 10 }
        .check(team.len())?;
    team.iter().try_for_each(responder)
}

fn features(features: &[(String, bool)]) -> Result<()> {
    Count { field: "features", what: "features at once", least: 0, most: 2 }.check(features.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(of: usize) -> Vec<Responder> {
        let person = |index| Responder {
            name: format!("Person {index}"),
            job_title: "Responder".to_owned(),
            email: format!("person{index}@example.com"),
            communication: Vec::new(),
        };
        (0..of).map(person).collect()
    }

    fn new(name: &str, people: usize) -> NewMembership {
        let (token, name) = ("t".to_owned(), name.to_owned());
        let (features, tags) = (vec![("Triage".to_owned(), true)], Vec::new());
        NewMembership { token, name, team: team(people), features, covers_organization: None, tags }
    }

    #[test]
    fn a_membership_has_a_name_of_3_to_50_and_a_team_of_2_to_10() {
        let fifty = "é".repeat(50);
        for (name, people) in [("abc", 2), (&*fifty, 10)] {
            assert_eq!(new_membership(&new(name, people)), Ok(()));
        }
        let long = "é".repeat(51);
        for (name, people, field, reason) in [
            ("ab", 2, "name", "needs at least 3 characters; this has 2."),
            (&*long, 2, "name", "at most 50 characters; this has 51"),
            ("abc", 1, "team", "At least 2 people in the incident response team are needed; this has 1."),
            ("abc", 11, "team", "At most 10 people in the incident response team are possible; this has 11."),
        ] {
            let refused = new_membership(&new(name, people)).expect_err("refused");
            assert_eq!(refused.field, field);
            assert!(refused.to_string().contains(reason), "{refused}");
        }
    }

    #[test]
    fn a_change_names_something_and_at_most_five_units_each_way() {
        let units = |count: usize| vec!["ou-ab12-11112222".to_owned(); count];
        let moved = |add, remove| MembershipChange {
            add_units: units(add),
            remove_units: units(remove),
            ..MembershipChange::default()
        };
        for (change_of, field) in [
            (moved(5, 5), None),
            (moved(6, 0), Some("units")),
            (moved(0, 6), Some("units")),
            (moved(0, 0), Some("membership")),
            (MembershipChange { undo_cancellation: true, ..moved(0, 0) }, None),
            (MembershipChange { team: team(1), ..moved(0, 0) }, Some("team")),
            (MembershipChange { name: Some("ab".to_owned()), ..moved(0, 0) }, Some("name")),
            (
                MembershipChange { features: vec![("Triage".to_owned(), true); 3], ..moved(0, 0) },
                Some("features"),
            ),
        ] {
            assert_eq!(change(&change_of).err().map(|error| error.field), field);
        }
    }

    #[test]
    fn a_unit_is_spelled_as_organizations_spells_it() {
        let longest = format!("ou-{}-{}", "a".repeat(32), "1".repeat(32));
        for good in ["ou-ab12-11112222", &longest] {
            assert_eq!(unit(good), Ok(()));
        }
        for bad in [
            "",
            "ou-ab1-11112222",
            "ou-ab12-1111222",
            "ou-AB12-11112222",
            "r-ab12",
            "ou-ab12-1111-2222",
            "ou-ab12",
        ] {
            assert!(unit(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn one_to_a_hundred_accounts_can_be_asked_about() {
        let many = |count: usize| vec!["111122223333".to_owned(); count];
        assert_eq!((accounts(&many(1)), accounts(&many(100))), (Ok(()), Ok(())));
        assert_eq!(accounts(&many(0)).expect_err("none").to_string(), "No accounts were given.");
        assert_eq!(accounts(&many(101)).expect_err("many").field, "accounts");
        assert_eq!(accounts(&["1".to_owned()]).expect_err("short").field, "account");
    }

    #[test]
    fn days_run_forward() {
        assert_eq!((days(0, 0), days(0, 86_400)), (Ok(()), Ok(())));
        assert_eq!(days(1, 0).expect_err("backward").field, "to");
    }

    #[test]
    fn an_invitation_has_an_account_and_an_id() {
        let accept = |administrator: &str, invitation: &str| hub::HubCall::AcceptAdministratorInvitation {
            administrator: administrator.to_owned(),
            invitation: invitation.to_owned(),
        };
        assert_eq!(hub(&accept("111122223333", "7ab938c5")), Ok(()));
        assert_eq!(hub(&accept("1111", "7ab938c5")).expect_err("short").field, "account");
        assert_eq!(hub(&accept("111122223333", " ")).expect_err("blank").field, "invitation");
        assert_eq!(
            hub(&hub::HubCall::GetMembers { accounts: Vec::new() }).expect_err("none").field,
            "accounts"
        );
    }
}
