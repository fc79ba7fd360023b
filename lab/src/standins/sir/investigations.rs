//! What has the AI investigated, and what do people think of it?

use std::borrow::Cow;

use casebridge::case::{CaseId, InvestigationId};
use serde_json::{Value, json};

use super::{Input, Output, errors::SirRefusal, pages::page, state::SirAccount};

pub(super) fn list(state: &mut SirAccount, input: &Input) -> Output {
    let (id, how) = (input.case(), state.listing());
    let key = |action: &Value| action["investigationId"].as_str().unwrap_or_default().to_owned();
    let actions = state.case(&id)?.investigations.iter();
    let items = actions.map(|action| (key(action), Cow::Borrowed(action))).collect();
    let mut output = page(&format!("investigations of {id}"), "investigationActions", items, how, input)?;
    output.remove("total");
    Ok(Value::Object(output))
}

pub(super) fn feedback(state: &mut SirAccount, input: &Input) -> Output {
    let now = state.clock.epoch();
    let case = state.open_case(&input.case())?;
    let id = input.text("resultId");
    let action = case.investigations.iter_mut().find(|action| action["investigationId"] == id);
    let action = action.ok_or_else(|| SirRefusal::not_found("Investigation", id))?;
    action["feedback"] = json!({ "usefulness": input.values["usefulness"], "submittedAt": now });
    if let Some(comment) = input.values.get("comment").filter(|comment| !comment.is_null()) {
        action["feedback"]["comment"] = comment.clone();
    }
    Ok(Value::Null)
}

/// Adds an investigation, or changes the one with the same id; says the id.
pub(super) fn put(
    state: &mut SirAccount,
    case_id: &CaseId,
    action: &Value,
) -> Result<InvestigationId, SirRefusal> {
    let (now, number) = (state.clock.epoch(), state.next());
    let case = state.case(case_id)?;
    let fresh = || format!("inv-{number:010}");
    let id = InvestigationId::new(action["investigationId"].as_str().map_or_else(fresh, str::to_owned));
    let known = case.investigations.iter().position(|known| known["investigationId"] == id.as_str());
    let mut entry = known.map_or_else(
        || json!({ "actionType": "Investigation", "title": "Investigation", "content": "…", "status": "Pending" }),
        |at| case.investigations[at].clone(),
    );
    for (name, value) in action.as_object().into_iter().flatten() {
        entry[name] = value.clone();
    }
    entry["investigationId"] = id.as_str().into();
    entry["lastUpdated"] = now;
    match known {
        Some(at) => case.investigations[at] = entry,
        None => case.investigations.push(entry),
    }
    Ok(id)
}
