//! What is done with what somebody filled in in a form?

use super::{
    attach, authorised,
    compare_and_set::{self, Compared, closed},
    context::{Desk, Outcome, strange},
    lists::watchers_of,
    membership,
};
use crate::{
    aws::sir::{self, Call, CaseChange},
    case::{Case, CaseId, text},
    chat::{
        forms::{CaseEdit, Filled, NewCaseForm},
        language::command::{self, Ask, Membership},
        reply::{Answer, Button, Line},
    },
    state::notes,
};

/// Does it.
pub async fn done(desk: &Desk<'_>, filled: &Filled, here: Option<CaseId>) -> Outcome {
    authorised(desk, &filled.ask(), here.as_ref()).await?;
    match filled {
        Filled::New(new) => create(desk, new).await,
        Filled::Edit { case, edit } => {
            desk.readable(case).await?;
            change(desk, case, edit).await
        }
        Filled::Membership(Membership::New { values: Some(values) }) => {
            membership::create(desk, values).await
        }
        Filled::Membership(Membership::Update { membership, change }) => {
            membership::update(desk, membership.as_ref(), change).await
        }
        Filled::Membership(_) => Ok(desk.refuse("This form asks for nothing.")),
        Filled::Attach { case, files, before } => match case.clone().or(here) {
            Some(case) => {
                match before {
                    0 => desk.readable(&case).await?,
                    // The files before this one may be on the case.
                    _ => notes::readable(desk.world.store(), &case).await?,
                }
                attach::next(desk, &case, files, *before).await
            }
            None => Ok(Answer::says(
                "This is no case's thread. Nothing was attached: use \"Attach file to case\" in the message's menu.",
            )),
        },
    }
}

/// Makes the case, once: the same form always has the same `clientToken`.
async fn create(desk: &Desk<'_>, new: &NewCaseForm) -> Outcome {
    let people = match new.people.is_empty() {
        true => Vec::new(),
        false => watchers_of(desk, &new.people).await?,
    };
    // A profile may change between two deliveries; what is sent under one token must not.
    let watchers = desk.decide("watchers", people).await?;
    let call = Call::CreateCase { new: Box::new(new.call(desk.key, watchers)) };
    let sir::Answer::CaseId(case) = desk.call(call).await? else { return Err(strange("CreateCase")) };
    desk.changed(&case).await?;
    let show = command::Line { case: Some(case.clone()), ask: Ask::Tray };
    Ok(Answer::of(
        Line::of("Case ")
            .bold(case.as_str())
            .text(" is open. Its card appears in a moment, and its thread is the case."),
    )
    .buttons(vec![Button::run("What can be done", show)]))
}

/// Changes what the person changed in the form, in one call.
async fn change(desk: &Desk<'_>, id: &CaseId, edit: &CaseEdit) -> Outcome {
    compare_and_set::case(desk, id, |case| compare(case, edit)).await
}

fn compare(case: &Case, edit: &CaseEdit) -> Result<Compared, Answer> {
    let now = (&case.title, &case.description, &case.engagement, case.reported_start, case.actual_start);
    let seen = text::hash(&serde_json::to_string(&now).unwrap_or_default());
    let missing = edit.missing(case);
    let answer =
        Answer::of(Line::of("Case ").bold(case.id.as_str()).text(" is changed as you filled it in."));
    let call = match missing == CaseChange::default() {
        true => None,
        false if case.is_closed() => return Err(closed(&case.id)),
        false => Some(Call::UpdateCase { case: case.id.clone(), change: Box::new(missing) }),
    };
    Ok(Compared { seen, call, answer })
}
