//! What may be done with a case?
//!
//! Rules: the service's user guide ("Case management") and the API reference of UpdateCaseStatus.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{
    Input, Output,
    errors::SirRefusal,
    pages::page,
    state::{Principal, SirAccount, StoredCase},
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
pub(super) fn may_move(from: &str, to: &str) -> bool {
    const DETECT: &str = "Detection and Analysis";
    const CONTAIN: &str = "Containment, Eradication and Recovery";
    const POST: &str = "Post-incident Activities";
    matches!(
        (from, to),
        ("Submitted", DETECT | CONTAIN | POST)
            | (DETECT, CONTAIN | POST)
            | (CONTAIN, DETECT | POST)
            | (POST, DETECT | CONTAIN)
    )
}

pub(super) fn create(state: &mut SirAccount, input: &Input) -> Output {
    let id = open(state, &input.values, Principal::Customer(&input.who))?;
    Ok(json!({ "caseId": id }))
}

/// Makes a case, whoever asks for it, and says its id.
pub(super) fn open(
    state: &mut SirAccount,
    values: &Map<String, Value>,
    actor: Principal<'_>,
) -> Result<String, SirRefusal> {
    let by_aws = usize::from(values["resolverType"] == "AWS");
    let active = |case: &&StoredCase| {
        case.wire["caseStatus"] != "Closed" && case.wire["resolverType"] == values["resolverType"]
    };
    if state.cases.values().filter(active).count() >= state.settings.quotas[by_aws] {
        let code = ["L-87F7FF63", "L-A44E2290"][by_aws];
        return Err(SirRefusal::quota("The quota of active cases is used up.", code));
    }
    let counted = format!("{:010}", 7_000_000_000 + state.next());
    let id = state.settings.next_case.take().unwrap_or(counted);
    let now = state.clock.epoch();
    let mut wire = values.clone();
    let tags = wire.remove("tags").and_then(|tags| tags.as_object().cloned()).unwrap_or_default();
    wire.remove("clientToken");
    for (list, _, _) in LISTS {
        wire.entry(*list).or_insert_with(|| json!([]));
    }
    for (name, value) in [
        ("caseArn", state.arn("case", &id).into()),
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
    state.edited(&id, actor, "CREATE_CASE", "The case was created.");
    state.emit("Case Created", &id, Some(("createdBy", actor)));
    Ok(id)
}

pub(super) fn get(state: &mut SirAccount, input: &Input) -> Output {
    Ok(Value::Object(state.case(input.text("caseId"))?.wire.clone()))
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
    let item = |(id, case): (&String, &StoredCase)| {
        let mut item: Map<String, Value> = SHOWN
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), case.wire.get(*name)?.clone())))
            .collect();
        item.insert("caseId".into(), id.clone().into());
        (id.clone(), Cow::Owned(Value::Object(item)))
    };
    let items = state.cases.iter().map(item).collect();
    page("cases", "items", items, state.listing(), input).map(Value::Object)
}

pub(super) fn edits(state: &mut SirAccount, input: &Input) -> Output {
    let (id, how) = (input.text("caseId"), state.listing());
    let edits = state.case(id)?.edits.iter().enumerate();
    let items = edits.map(|(n, edit)| (format!("{n:06}"), Cow::Borrowed(edit))).collect();
    page(&format!("edits of {id}"), "items", items, how, input).map(Value::Object)
}

pub(super) fn update(state: &mut SirAccount, input: &Input) -> Output {
    change(state, input.text("caseId"), &input.values, Principal::Customer(&input.who))?;
    Ok(Value::Null)
}

/// Applies UpdateCase's members; either all of them or none.
pub(super) fn change(
    state: &mut SirAccount,
    id: &str,
    values: &Map<String, Value>,
    actor: Principal<'_>,
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
    state.edited(id, actor, "UPDATE_CASE", &format!("Changed: {}.", changed.join(", ")));
    state.emit("Case Updated", id, Some(("updatedBy", actor)));
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
    let (id, to) = (input.text("caseId"), input.text("caseStatus"));
    let case = state.open_case(id)?;
    if case.wire["resolverType"] == "AWS" {
        return Err(SirRefusal::invalid(
            "OTHER",
            &[("caseStatus", "Only AWS can set the status of an AWS-supported case.")],
        ));
    }
    let from = case.wire["caseStatus"].as_str().unwrap_or_default().to_owned();
    if !may_move(&from, to) {
        let why = format!("A case cannot go from {from} to {to}.");
        return Err(SirRefusal::field("caseStatus", &why));
    }
    set_status(state, id, to, Principal::Customer(&input.who));
    Ok(json!({ "caseStatus": to }))
}

/// Sets a status without asking whether it may be.
pub(super) fn set_status(state: &mut SirAccount, id: &str, to: &str, actor: Principal<'_>) {
    if let Some(case) = state.cases.get_mut(id) {
        case.wire.insert("caseStatus".into(), to.into());
    }
    state.edited(id, actor, "UPDATE_CASE_STATUS", &format!("The status is now {to}."));
    state.emit("Case Updated", id, Some(("updatedBy", actor)));
}

pub(super) fn update_resolver(state: &mut SirAccount, input: &Input) -> Output {
    let (id, to) = (input.text("caseId"), input.text("resolverType"));
    let case = state.open_case(id)?;
    match (case.wire["resolverType"].as_str(), to) {
        (Some("Self"), "AWS") => {}
        (Some("AWS"), "Self") => {
            return Err(SirRefusal::conflict(
                "An AWS-supported case cannot become self-managed.",
                "case",
                id,
            ));
        }
        _ => return Err(SirRefusal::conflict("The case already has this resolver.", "case", id)),
    }
    case.wire.insert("resolverType".into(), to.into());
    case.wire.insert("caseStatus".into(), "Submitted".into());
    let actor = Principal::Customer(&input.who);
    state.edited(id, actor, "UPDATE_RESOLVER_TYPE", "The case is now AWS-supported.");
    state.emit("Case Updated", id, Some(("updatedBy", actor)));
    Ok(json!({ "caseId": id, "caseStatus": "Submitted", "resolverType": to }))
}

pub(super) fn close(state: &mut SirAccount, input: &Input) -> Output {
    shut(state, input.text("caseId"), None, Principal::Customer(&input.who))
}

/// Closes a case for ever; only AWS gives a closure code.
pub(super) fn shut(state: &mut SirAccount, id: &str, code: Option<&str>, actor: Principal<'_>) -> Output {
    let now = state.clock.epoch();
    let case = state.open_case(id)?;
    case.wire.insert("caseStatus".into(), "Closed".into());
    case.wire.insert("pendingAction".into(), "None".into());
    case.wire.insert("closedDate".into(), now.clone());
    if let Some(code) = code {
        case.wire.insert("closureCode".into(), code.into());
    }
    state.edited(id, actor, "CLOSE_CASE", "The case was closed.");
    state.emit("Case Closed", id, None);
    Ok(json!({ "caseStatus": "Closed", "closedDate": now }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_back_to_submitted_and_nothing_stays() {
        let all = [
            "Submitted",
            "Detection and Analysis",
            "Containment, Eradication and Recovery",
            "Post-incident Activities",
        ];
        let legal =
            all.iter().flat_map(|from| all.iter().filter(|to| may_move(from, to)).map(move |to| (from, to)));
        let legal: Vec<_> = legal.collect();
        assert_eq!(legal.len(), 9);
        assert!(legal.iter().all(|(from, to)| from != to && **to != "Submitted"));
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
