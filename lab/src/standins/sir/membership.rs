//! What may be done with the membership?

use std::borrow::Cow;
use std::collections::BTreeMap;

use casebridge::case::MembershipId;
use serde_json::{Map, Value, json};

use super::{
    Input, Output,
    errors::SirRefusal,
    pages::page,
    state::{Resource, SirAccount, StoredMembership},
};

pub(super) fn create(state: &mut SirAccount, input: &Input) -> Output {
    if state.is_active() {
        return Err(SirRefusal::conflict("There is an active membership already.", "membership", "active"));
    }
    let id = open(state, &input.values)?;
    Ok(json!({ "membershipId": id }))
}

pub(super) fn renamed(memberships: &mut BTreeMap<MembershipId, StoredMembership>, id: &MembershipId) {
    if let Some((old, mut membership)) = memberships.pop_first() {
        membership.wire.insert("membershipId".into(), json!(id));
        let arn =
            membership.wire["membershipArn"].as_str().unwrap_or_default().replace(old.as_str(), id.as_str());
        membership.wire.insert("membershipArn".into(), arn.into());
        memberships.insert(id.clone(), membership);
    }
}

pub(super) fn open(state: &mut SirAccount, values: &Map<String, Value>) -> Result<MembershipId, SirRefusal> {
    unique_team(&values["incidentResponseTeam"])?;
    let id = MembershipId::new(format!("m-{:017x}", 0x1234_0000 + state.next()));
    let whole = values.get("coverEntireOrganization").and_then(Value::as_bool).unwrap_or(true);
    let wire = json!({
        "membershipId": id,
        "accountId": state.settings.account,
        "region": state.settings.region,
        "membershipName": values["membershipName"],
        "membershipArn": state.arn(&Resource::Membership(id.clone())),
        "membershipStatus": "Active",
        "membershipActivationTimestamp": state.clock.epoch(),
        "customerType": "Organization",
        "numberOfAccountsCovered": 1,
        "incidentResponseTeam": values["incidentResponseTeam"],
        "optInFeatures": values.get("optInFeatures").unwrap_or(&json!([{"featureName": "Triage", "isEnabled": true}])),
        "membershipAccountsConfigurations": { "coverEntireOrganization": whole, "organizationalUnits": [] },
    });
    let tags = values.get("tags").and_then(Value::as_object).cloned().unwrap_or_default();
    let account = state.settings.account.clone();
    let own = json!({ "accountId": account, "relationshipStatus": "Associated", "relationshipType": "Organization" });
    let membership = StoredMembership {
        wire: wire.as_object().cloned().unwrap_or_default(),
        tags,
        accounts: [(account, own)].into(),
    };
    state.memberships.insert(id.clone(), membership);
    emit(state, "Membership Created", &id);
    Ok(id)
}

pub(super) fn get(state: &mut SirAccount, input: &Input) -> Output {
    Ok(Value::Object(state.membership(&input.membership())?.wire.clone()))
}

pub(super) fn list(state: &mut SirAccount, input: &Input) -> Output {
    const SHOWN: [&str; 5] = ["membershipId", "accountId", "region", "membershipArn", "membershipStatus"];
    let item = |membership: &StoredMembership| -> Value {
        SHOWN
            .iter()
            .map(|name| ((*name).to_owned(), membership.wire[*name].clone()))
            .collect::<Map<_, _>>()
            .into()
    };
    let items =
        state.memberships.iter().map(|(id, membership)| (id.to_string(), Cow::Owned(item(membership))));
    let items = items.collect();
    let mut output = page("memberships", "items", items, state.listing(), input)?;
    output.remove("total");
    Ok(Value::Object(output))
}

pub(super) fn update(state: &mut SirAccount, input: &Input) -> Output {
    let id = &input.membership();
    let undo = input.values.get("undoMembershipCancellation").and_then(Value::as_bool);
    if undo == Some(false) {
        return Err(SirRefusal::field("undoMembershipCancellation", "Member must be true when it is given."));
    }
    let membership = state.membership(id)?;
    match (membership.wire["membershipStatus"].as_str(), undo) {
        (Some("Active"), None) | (Some("Cancelled"), Some(_)) => {}
        (Some("Active"), Some(_)) => {
            return Err(SirRefusal::conflict("The membership is not cancelled.", "membership", id.as_str()));
        }
        _ => return Err(SirRefusal::conflict("The membership is not active.", "membership", id.as_str())),
    }
    let mut wire = membership.wire.clone();
    if undo.is_some() {
        wire.insert("membershipStatus".into(), "Active".into());
        wire.remove("membershipDeactivationTimestamp");
    }
    for name in ["membershipName", "incidentResponseTeam", "optInFeatures"] {
        if let Some(value) = input.values.get(name).filter(|value| !value.is_null()) {
            wire.insert(name.into(), value.clone());
        }
    }
    unique_team(&wire["incidentResponseTeam"])?;
    if let Some(update) = input.values.get("membershipAccountsConfigurationsUpdate") {
        let covered = coverage(&wire["membershipAccountsConfigurations"], update)?;
        wire.insert("membershipAccountsConfigurations".into(), covered);
    }
    membership.wire = wire;
    emit(state, "Membership Updated", id);
    Ok(Value::Null)
}

/// The new coverage. Adding and removing at once, and units beside the whole organization, are refused.
fn coverage(have: &Value, update: &Value) -> Output {
    let units = |name: &str| update[name].as_array().cloned().unwrap_or_default();
    let (add, remove) = (units("organizationalUnitsToAdd"), units("organizationalUnitsToRemove"));
    let field = "membershipAccountsConfigurationsUpdate";
    if !add.is_empty() && !remove.is_empty() {
        return Err(SirRefusal::field(field, "Units can be added or removed in one call, not both."));
    }
    let whole = update["coverEntireOrganization"].as_bool();
    if whole == Some(true) && !add.is_empty() {
        return Err(SirRefusal::field(
            field,
            "Units cannot be added while the whole organization is covered.",
        ));
    }
    let mut covered = have["organizationalUnits"].as_array().cloned().unwrap_or_default();
    if let Some(stranger) = remove.iter().find(|unit| !covered.contains(unit)) {
        return Err(SirRefusal::field(field, &format!("The unit {stranger} is not covered.")));
    }
    covered.retain(|unit| !remove.contains(unit));
    for unit in add {
        if !covered.contains(&unit) {
            covered.push(unit);
        }
    }
    let whole = whole.unwrap_or(have["coverEntireOrganization"] == true && covered.is_empty());
    Ok(json!({ "coverEntireOrganization": whole, "organizationalUnits": covered }))
}

fn unique_team(team: &Value) -> Result<(), SirRefusal> {
    let mut emails: Vec<&str> =
        team.as_array().into_iter().flatten().filter_map(|member| member["email"].as_str()).collect();
    emails.sort_unstable();
    match emails.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(SirRefusal::conflict("A team member is listed twice.", "incidentResponder", pair[0]))
        }
        None => Ok(()),
    }
}

pub(super) fn cancel(state: &mut SirAccount, input: &Input) -> Output {
    let id = &input.membership();
    let now = state.clock.epoch();
    let membership = state.membership(id)?;
    if membership.wire["membershipStatus"] != "Active" {
        return Err(SirRefusal::conflict("The membership is not active.", "membership", id.as_str()));
    }
    end(membership, "Cancelled", now);
    emit(state, "Membership Cancelled", id);
    Ok(json!({ "membershipId": id }))
}

/// What happens when the delegated administrator is removed.
pub(super) fn terminate(state: &mut SirAccount, id: &MembershipId) -> Result<(), SirRefusal> {
    let now = state.clock.epoch();
    end(state.membership(id)?, "Terminated", now);
    emit(state, "Membership Terminated", id);
    Ok(())
}

fn end(membership: &mut StoredMembership, status: &str, now: Value) {
    membership.wire.insert("membershipStatus".into(), status.into());
    membership.wire.insert("membershipDeactivationTimestamp".into(), now);
}

fn emit(state: &mut SirAccount, detail_type: &'static str, id: &MembershipId) {
    let arn = state.arn(&Resource::Membership(id.clone()));
    state.emit_event(detail_type, arn, json!({ "membershipId": id }));
}

pub(super) fn accounts(state: &mut SirAccount, input: &Input) -> Output {
    let membership = state.membership(&input.membership())?;
    let (mut items, mut errors) = (vec![], vec![]);
    for id in input.values["accountIds"].as_array().into_iter().flatten() {
        match membership.accounts.get(id.as_str().unwrap_or_default()) {
            Some(item) => items.push(item.clone()),
            None => errors.push(json!({ "accountId": id, "error": "ResourceNotFoundException",
                "message": "The account is not part of the organization." })),
        }
    }
    Ok(json!({ "items": items, "errors": errors }))
}

pub(super) fn metrics(state: &mut SirAccount, input: &Input) -> Output {
    const COUNTERS: [&str; 11] = [
        "findingsIngestedSecurityHub",
        "findingsIngestedGuardDuty",
        "findingsTriaged",
        "findingsTriagedFalsePositive",
        "findingsInvestigated",
        "findingsInvestigatedFalsePositive",
        "findingsEscalated",
        "findingsEscalatedFalsePositive",
        "findingsTruePositive",
        "findingsInvestigatedInProgress",
        "findingsEscalatedInProgress",
    ];
    state.membership(&input.membership())?;
    let day = |name: &str| {
        time::OffsetDateTime::parse(input.text(name), &time::format_description::well_known::Rfc3339).ok()
    };
    if day("startDate") > day("endDate") {
        return Err(SirRefusal::field("endDate", "Member must not be before startDate."));
    }
    let count = |name: &&str| state.finding_metrics.get(*name).cloned().unwrap_or_else(|| 0.into());
    Ok(COUNTERS.iter().map(|name| ((*name).to_owned(), count(name))).collect::<Map<_, _>>().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_added_or_removed_but_not_both() {
        let have = json!({ "coverEntireOrganization": false, "organizationalUnits": ["ou-abcd-11111111"] });
        let added = coverage(&have, &json!({ "organizationalUnitsToAdd": ["ou-abcd-22222222"] })).unwrap();
        assert_eq!(added["organizationalUnits"], json!(["ou-abcd-11111111", "ou-abcd-22222222"]));
        let removed =
            coverage(&have, &json!({ "organizationalUnitsToRemove": ["ou-abcd-11111111"] })).unwrap();
        assert_eq!(removed["organizationalUnits"], json!([]));
        for update in [
            json!({ "organizationalUnitsToAdd": ["ou-abcd-22222222"], "organizationalUnitsToRemove": ["ou-abcd-11111111"] }),
            json!({ "organizationalUnitsToRemove": ["ou-abcd-22222222"] }),
            json!({ "coverEntireOrganization": true, "organizationalUnitsToAdd": ["ou-abcd-22222222"] }),
        ] {
            assert!(coverage(&have, &update).is_err(), "{update}");
        }
    }
}
