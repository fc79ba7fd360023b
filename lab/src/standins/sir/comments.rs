//! What may be done with a case's comments?

use std::borrow::Cow;

use casebridge::case::{CaseId, CommentId};
use serde_json::{Value, json};

use super::{
    Input, Output,
    errors::SirRefusal,
    pages::page,
    state::{CaseEvent, EditEntry, Principal, SirAccount},
};

pub(super) fn create(state: &mut SirAccount, input: &Input) -> Output {
    let id = add(state, &input.case(), input.text("body"), &input.who)?;
    Ok(json!({ "commentId": id }))
}

/// Adds a comment, whoever writes it, and says its id.
pub(super) fn add(
    state: &mut SirAccount,
    case_id: &CaseId,
    body: &str,
    actor: &Principal,
) -> Result<CommentId, SirRefusal> {
    let (now, number) = (state.clock.epoch(), state.next());
    let case = state.open_case(case_id)?;
    let id = CommentId::new(format!("{:06}", 100_000 + number % 900_000));
    case.comments.push(json!({ "commentId": id, "createdDate": now, "lastUpdatedDate": now,
        "creator": actor.name(), "lastUpdatedBy": actor.name(), "body": body }));
    let message = format!("Comment {id} was added.");
    state.edited(case_id, actor, EditEntry { action: "CREATE_CASE_COMMENT", message });
    state.emit(CaseEvent::CommentAdded, case_id, actor);
    Ok(id)
}

pub(super) fn update(state: &mut SirAccount, input: &Input) -> Output {
    let place = CommentPlace { case: input.case(), comment: CommentId::new(input.text("commentId")) };
    let body = input.text("body");
    edit(state, &place, body, &input.who)?;
    Ok(json!({ "commentId": place.comment, "body": body }))
}

pub struct CommentPlace {
    pub case: CaseId,
    pub comment: CommentId,
}

impl From<(CaseId, CommentId)> for CommentPlace {
    fn from((case, comment): (CaseId, CommentId)) -> Self {
        Self { case, comment }
    }
}

impl From<(&CaseId, &CommentId)> for CommentPlace {
    fn from((case, comment): (&CaseId, &CommentId)) -> Self {
        Self { case: case.clone(), comment: comment.clone() }
    }
}

/// Gives a comment a new body. A customer cannot edit what AWS wrote.
pub(super) fn edit(
    state: &mut SirAccount,
    place: &CommentPlace,
    body: &str,
    actor: &Principal,
) -> Result<(), SirRefusal> {
    let CommentPlace { case: case_id, comment: id } = place;
    let now = state.clock.epoch();
    let case = state.open_case(case_id)?;
    let comment = case.comments.iter_mut().find(|comment| comment["commentId"] == id.as_str());
    let comment = comment.ok_or_else(|| SirRefusal::not_found("Comment", id.as_str()))?;
    let by_aws = matches!(comment["creator"].as_str(), Some("AWS Responder" | "security-ir.amazonaws.com"));
    if by_aws && matches!(actor, Principal::Customer(_)) {
        return Err(SirRefusal::denied("The comment was written by AWS."));
    }
    comment["body"] = body.into();
    comment["lastUpdatedDate"] = now;
    comment["lastUpdatedBy"] = actor.name().into();
    let message = format!("Comment {id} was edited.");
    state.edited(case_id, actor, EditEntry { action: "UPDATE_CASE_COMMENT", message });
    state.emit(CaseEvent::CommentUpdated, case_id, actor);
    Ok(())
}

pub(super) fn list(state: &mut SirAccount, input: &Input) -> Output {
    let (id, how) = (input.case(), state.listing());
    let key = |comment: &Value| comment["commentId"].as_str().unwrap_or_default().to_owned();
    let comments = state.case(&id)?.comments.iter();
    let items = comments.map(|comment| (key(comment), Cow::Borrowed(comment))).collect();
    page(&format!("comments of {id}"), "items", items, how, input).map(Value::Object)
}
