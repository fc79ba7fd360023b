//! Which tags are on a case or a membership?

use casebridge::case::{CaseId, MembershipId};
use serde_json::{Map, Value, json};

use super::{
    Input, Output,
    errors::SirRefusal,
    state::{Resource, SirAccount},
};

fn tags_of<'a>(state: &'a mut SirAccount, arn: &str) -> Result<&'a mut Map<String, Value>, SirRefusal> {
    let named = arn.rsplit(':').next().unwrap_or_default();
    let (kind, id) = named.split_once('/').unwrap_or_default();
    let resource = match kind {
        "case" => Resource::Case(CaseId::new(id)),
        _ => Resource::Membership(MembershipId::new(id)),
    };
    if state.arn(&resource) != arn {
        return Err(SirRefusal::not_found("Resource", arn));
    }
    match resource {
        Resource::Case(id) => state.case(&id).map(|case| &mut case.tags),
        Resource::Membership(id) => state.membership(&id).map(|membership| &mut membership.tags),
    }
}

pub(super) fn list(state: &mut SirAccount, input: &Input) -> Output {
    Ok(json!({ "tags": tags_of(state, input.text("resourceArn"))? }))
}

pub(super) fn add(state: &mut SirAccount, input: &Input) -> Output {
    let tags = tags_of(state, input.text("resourceArn"))?;
    let mut merged = tags.clone();
    merged.extend(input.values["tags"].as_object().cloned().unwrap_or_default());
    if merged.len() > 200 {
        return Err(SirRefusal::field("tags", "A resource can have at most 200 tags."));
    }
    *tags = merged;
    Ok(Value::Null)
}

pub(super) fn remove(state: &mut SirAccount, input: &Input) -> Output {
    let tags = tags_of(state, input.text("resourceArn"))?;
    for key in input.values["tagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        tags.remove(key);
    }
    Ok(Value::Null)
}
