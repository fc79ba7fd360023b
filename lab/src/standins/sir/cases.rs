//! What may be done with a case?
//! Rules: the service's user guide ("Case management") and the API reference of UpdateCaseStatus.

use std::borrow::Cow;

use casebridge::case::{CaseId, Status};
use serde_json::{Map, Value, json};

use super::{
    Input, Output,
    errors::SirRefusal,
    pages::page,
    state::{CaseEvent, EditEntry, Principal, Resource, SirAccount, StoredCase},
};

/// Lists of a case that UpdateCase changes by `…ToAdd` and `…ToDelete`: name, most entries, what identifies one.
const LISTS: &[(&str, usize, Option<&str>)] = &[
    ("watchers", 30, Some("email")),
    ("threatActorIpAddresses", 200, Some("ipAddress")),
    ("impactedServices", 600, None),
    ("impactedAwsRegions", 50, Some("region")),
    ("impactedAccounts", 200, None),
];

/// Whether a self-managed case may go from one status to another by UpdateCaseStatus.
pub(super) fn may_move(from: &Status, to: &Status) -> bool {
    use Status::{Containment, Detection, PostIncident, Submitted};
    matches!(
        (from, to),
        (Submitted, Detection | Containment | PostIncident)
            | (Detection, Containment | PostIncident)
            | (Containment, Detection | PostIncident)
            | (PostIncident, Detection | Containment)
    )
}

pub(super) fn create(state: &mut SirAccount, input: &Input) -> Output {
    let id = open(state, &input.values, &input.who)?;
    Ok(json!({ "caseId": id }))
}

/// Makes a case, whoever asks for it, and says its id.
pub(super) fn open(
    state: &mut SirAccount,
    values: &Map<String, Value>,
    actor: &Principal,
) -> Result<CaseId, SirRefusal> {
    let by_aws = usize::from(values["resolverType"] == "AWS");
    let active = |case: &&StoredCase| {
        case.wire["caseStatus"] != "Closed" && case.wire["resolverType"] == values["resolverType"]
    };
    if state.cases.values().filter(active).count() >= state.settings.quotas[by_aws] {
        let code = ["L-87F7FF63", "L-A44E2290"][by_aws];
        return Err(SirRefusal::quota("The quota of active cases is used up.", code));
    }
    state.next();
    let id = state.settings.next_case.take().unwrap_or_else(|| counted(state));
    let now = state.clock.epoch();
    let mut wire = values.clone();
    let tags = wire.remove("tags").and_then(|tags| tags.as_object().cloned()).unwrap_or_default();
    wire.remove("clientToken");
    for (list, _, _) in LISTS {
        wire.entry(*list).or_insert_with(|| json!([]));
    }
    for (name, value) in [
        ("caseArn", state.arn(&Resource::Case(id.clone())).into()),
        ("caseStatus", "Submitted".into()),
        ("pendingAction", "None".into()),
        ("createdDate", now.clone()),
        ("lastUpdatedDate", now),
        ("caseAttachments", json!([])),
    ] {
        wire.insert(name.into(), value);
    }
    let case = StoredCase {
        wire,
        comments: vec![],
        edits: vec![],
        investigations: vec![],
        tags,
        uploads: Default::default(),
    };
    state.cases.insert(id.clone(), case);
    let message = "The case was created.".to_owned();
    state.edited(&id, actor, EditEntry { action: "CREATE_CASE", message });
    state.emit(CaseEvent::Created, &id, actor);
    Ok(id)
}

/// The next number that no case has: they are consecutive.
fn counted(state: &SirAccount) -> CaseId {
    let first = 7_000_000_003 + state.cases.len();
    let mut ids = (first..).map(|number| CaseId::new(format!("{number:010}")));
    ids.find(|id| !state.cases.contains_key(id)).unwrap_or_else(|| CaseId::new(""))
}

pub(super) fn get(state: &mut SirAccount, input: &Input) -> Output {
    Ok(Value::Object(state.case(&input.case())?.wire.clone()))
}

pub(super) fn list(state: &mut SirAccount, input: &Input) -> Output {
    const SHOWN: [&str; 9] = [
        "lastUpdatedDate",
        "title",
        "caseArn",
        "engagementType",
        "caseStatus",
        "createdDate",
        "closedDate",
        "resolverType",
        "pendingAction",
    ];
    let item = |(id, case): (&CaseId, &StoredCase)| {
        let mut item: Map<String, Value> = SHOWN
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), case.wire.get(*name)?.clone())))
            .collect();
        item.insert("caseId".into(), json!(id));
        (id.to_string(), Cow::Owned(Value::Object(item)))
    };
    let items = state.cases.iter().map(item).collect();
    page("cases", "items", items, state.listing(), input).map(Value::Object)
}

pub(super) fn edits(state: &mut SirAccount, input: &Input) -> Output {
    let (id, how) = (input.case(), state.listing());
    let edits = state.case(&id)?.edits.iter().enumerate();
    let items = edits.map(|(n, edit)| (format!("{n:06}"), Cow::Borrowed(edit))).collect();
    page(&format!("edits of {id}"), "items", items, how, input).map(Value::Object)
}

pub(super) fn update(state: &mut SirAccount, input: &Input) -> Output {
    change(state, &input.case(), &input.values, &input.who)?;
    Ok(Value::Null)
}

/// Applies UpdateCase's members; either all of them or none.
pub(super) fn change(
    state: &mut SirAccount,
    id: &CaseId,
    values: &Map<String, Value>,
    actor: &Principal,
) -> Result<(), SirRefusal> {
    let case = state.open_case(id)?;
    let mut wire = case.wire.clone();
    let mut changed = vec![];
    for name in [
        "title",
        "description",
        "reportedIncidentStartDate",
        "actualIncidentStartDate",
        "engagementType",
        "caseMetadata",
    ] {
        if let Some(value) = values.get(name).filter(|value| !value.is_null()) {
            wire.insert(name.into(), value.clone());
            changed.push(name.to_owned());
        }
    }
    for (list, most, key) in LISTS {
        let given = |suffix: &str| values.get(&format!("{list}{suffix}")).and_then(Value::as_array);
        let (add, delete) = (given("ToAdd"), given("ToDelete"));
        if add.is_none() && delete.is_none() {
            continue;
        }
        let entries = merged(&wire[*list], add, delete, *key);
        if entries.len() > *most {
            let why = format!("A case can have at most {most} entries.");
            return Err(SirRefusal::field(&format!("{list}ToAdd"), &why));
        }
        wire.insert((*list).into(), entries.into());
        changed.push((*list).to_owned());
    }
    if changed.is_empty() {
        return Err(SirRefusal::invalid(
            "OTHER",
            &[("caseId", "At least one member to update must be given.")],
        ));
    }
    case.wire = wire;
    let message = format!("Changed: {}.", changed.join(", "));
    state.edited(id, actor, EditEntry { action: "UPDATE_CASE", message });
    state.emit(CaseEvent::Updated, id, actor);
    Ok(())
}

/// Entries without the deleted, with the added; one that is already there is replaced.
fn merged(
    have: &Value,
    add: Option<&Vec<Value>>,
    delete: Option<&Vec<Value>>,
    key: Option<&str>,
) -> Vec<Value> {
    let same = |a: &Value, b: &Value| key.map_or(a == b, |key| a[key] == b[key]);
    let mut entries = have.as_array().cloned().unwrap_or_default();
    for gone in delete.into_iter().flatten() {
        entries.retain(|entry| !same(entry, gone));
    }
    for new in add.into_iter().flatten() {
        match entries.iter_mut().find(|entry| same(entry, new)) {
            Some(entry) => *entry = new.clone(),
            None => entries.push(new.clone()),
        }
    }
    entries
}

pub(super) fn update_status(state: &mut SirAccount, input: &Input) -> Output {
    let (id, to) = (&input.case(), Status::from(input.text("caseStatus").to_owned()));
    let case = state.open_case(id)?;
    if case.wire["resolverType"] == "AWS" {
        return Err(SirRefusal::invalid(
            "OTHER",
            &[("caseStatus", "Only AWS can set the status of an AWS-supported case.")],
        ));
    }
    let from = Status::from(case.wire["caseStatus"].as_str().unwrap_or_default().to_owned());
    if !may_move(&from, &to) {
        let why = format!("A case cannot go from {} to {}.", from.as_str(), to.as_str());
        return Err(SirRefusal::field("caseStatus", &why));
    }
    set_status(state, id, &to, &input.who);
    Ok(json!({ "caseStatus": to }))
}

/// Sets a status without asking whether it may be.
pub(super) fn set_status(state: &mut SirAccount, id: &CaseId, to: &Status, actor: &Principal) {
    if let Some(case) = state.cases.get_mut(id) {
        case.wire.insert("caseStatus".into(), json!(to));
    }
    let message = format!("The status is now {}.", to.as_str());
    state.edited(id, actor, EditEntry { action: "UPDATE_CASE_STATUS", message });
    state.emit(CaseEvent::Updated, id, actor);
}

pub(super) fn update_resolver(state: &mut SirAccount, input: &Input) -> Output {
    let (id, to) = (&input.case(), input.text("resolverType"));
    let case = state.open_case(id)?;
    match (case.wire["resolverType"].as_str(), to) {
        (Some("Self"), "AWS") => {}
        (Some("AWS"), "Self") => {
            return Err(SirRefusal::conflict(
                "An AWS-supported case cannot become self-managed.",
                "case",
                id.as_str(),
            ));
        }
        _ => return Err(SirRefusal::conflict("The case already has this resolver.", "case", id.as_str())),
    }
    case.wire.insert("resolverType".into(), to.into());
    case.wire.insert("caseStatus".into(), "Submitted".into());
    let message = "The case is now AWS-supported.".to_owned();
    state.edited(id, &input.who, EditEntry { action: "UPDATE_RESOLVER_TYPE", message });
    state.emit(CaseEvent::Updated, id, &input.who);
    Ok(json!({ "caseId": id, "caseStatus": "Submitted", "resolverType": to }))
}

pub(super) fn close(state: &mut SirAccount, input: &Input) -> Output {
    shut(state, &input.case(), None, &input.who)
}

/// Closes a case for ever; only AWS gives a closure code.
pub(super) fn shut(state: &mut SirAccount, id: &CaseId, code: Option<&str>, actor: &Principal) -> Output {
    let now = state.clock.epoch();
    let case = state.open_case(id)?;
    case.wire.insert("caseStatus".into(), "Closed".into());
    case.wire.insert("pendingAction".into(), "None".into());
    case.wire.insert("closedDate".into(), now.clone());
    if let Some(code) = code {
        case.wire.insert("closureCode".into(), code.into());
    }
    let message = "The case was closed.".to_owned();
    state.edited(id, actor, EditEntry { action: "CLOSE_CASE", message });
    state.emit(CaseEvent::Closed, id, actor);
    Ok(json!({ "caseStatus": "Closed", "closedDate": now }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_back_to_submitted_and_nothing_stays() {
        let all = [Status::Submitted, Status::Detection, Status::Containment, Status::PostIncident];
        let legal =
            all.iter().flat_map(|from| all.iter().filter(|to| may_move(from, to)).map(move |to| (from, to)));
        let legal: Vec<_> = legal.collect();
        assert_eq!(legal.len(), 9);
        assert!(legal.iter().all(|(from, to)| from != to && **to != Status::Submitted));
    }

    #[test]
    fn lists_are_merged_by_their_key() {
        let have = json!([{"email": "ana@example.com"}, {"email": "bo@example.com"}]);
        let add =
            vec![json!({"email": "ana@example.com", "name": "Ana"}), json!({"email": "cy@example.com"})];
        let delete = vec![json!({"email": "bo@example.com", "name": "whoever"})];
        assert_eq!(
            merged(&have, Some(&add), Some(&delete), Some("email")),
            [json!({"email": "ana@example.com", "name": "Ana"}), json!({"email": "cy@example.com"})]
        );
        assert_eq!(
            merged(&json!(["1", "2"]), Some(&vec![json!("2"), json!("3")]), None, None),
            ["1", "2", "3"]
        );
    }
}
