//! What may be done with a case's comments?

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{
    Input, Output,
    errors::SirRefusal,
    pages::page,
    state::{Principal, SirAccount},
};

pub(super) fn create(state: &mut SirAccount, input: &Input) -> Output {
    let id = add(state, input.text("caseId"), input.text("body"), Principal::Customer(&input.who))?;
    Ok(json!({ "commentId": id }))
}

/// Adds a comment, whoever writes it, and says its id.
pub(super) fn add(
    state: &mut SirAccount,
    case_id: &str,
    body: &str,
    actor: Principal<'_>,
) -> Result<String, SirRefusal> {
    let (now, number) = (state.clock.epoch(), state.next());
    let case = state.open_case(case_id)?;
    let id = format!("{:06}", 100_000 + number % 900_000);
    case.comments.push(json!({ "commentId": id, "createdDate": now, "lastUpdatedDate": now,
        "creator": actor.principal(), "lastUpdatedBy": actor.principal(), "body": body }));
    state.edited(case_id, actor, "CREATE_CASE_COMMENT", &format!("Comment {id} was added."));
    state.emit("Case Comment Added", case_id, Some(("createdBy", actor)));
    Ok(id)
}

pub(super) fn update(state: &mut SirAccount, input: &Input) -> Output {
    let (case_id, id, body) = (input.text("caseId"), input.text("commentId"), input.text("body"));
    edit(state, case_id, id, body, Principal::Customer(&input.who))?;
    Ok(json!({ "commentId": id, "body": body }))
}

/// Gives a comment a new body. A customer cannot edit what AWS wrote.
pub(super) fn edit(
    state: &mut SirAccount,
    case_id: &str,
    id: &str,
    body: &str,
    actor: Principal<'_>,
) -> Result<(), SirRefusal> {
    let now = state.clock.epoch();
    let case = state.open_case(case_id)?;
    let comment = case.comments.iter_mut().find(|comment| comment["commentId"] == id);
    let comment = comment.ok_or_else(|| SirRefusal::not_found("Comment", id))?;
    let by_aws = matches!(comment["creator"].as_str(), Some("AWS Responder" | "security-ir.amazonaws.com"));
    if by_aws && matches!(actor, Principal::Customer(_)) {
        return Err(SirRefusal::denied("The comment was written by AWS."));
    }
    comment["body"] = body.into();
    comment["lastUpdatedDate"] = now;
    comment["lastUpdatedBy"] = actor.principal().into();
    state.edited(case_id, actor, "UPDATE_CASE_COMMENT", &format!("Comment {id} was edited."));
    state.emit("Case Comment Updated", case_id, Some(("updatedBy", actor)));
    Ok(())
}

pub(super) fn list(state: &mut SirAccount, input: &Input) -> Output {
    let (id, how) = (input.text("caseId"), state.listing());
    let key = |comment: &Value| comment["commentId"].as_str().unwrap_or_default().to_owned();
    let comments = state.case(id)?.comments.iter();
    let items = comments.map(|comment| (key(comment), Cow::Borrowed(comment))).collect();
    page(&format!("comments of {id}"), "items", items, how, input).map(Value::Object)
}
