//! What does an open form need from the service, before somebody can fill it in?

use serde_json::Value;

use super::{
    authorised, cases, close, confirm,
    context::{Desk, Outcome, Stop},
};
use crate::{
    case::{CaseId, Status},
    chat::{
        forms::{self, Form, Kind},
        language::command::Ask,
        reply::Answer,
    },
    http::Failure,
};

/// Fills an open form in. What keeps it from being filled in stands in its place.
pub async fn fill(
    desk: &Desk<'_>,
    view: &str,
    hash: Option<&str>,
    form: &Form,
    here: Option<&CaseId>,
) -> Outcome {
    let shown = match filled(desk, form, here).await {
        Err(Stop::Said(answer)) => form.saying(&answer),
        filled => filled?,
    };
    match desk.slack.update_view(view, hash, &shown).await {
        Ok(_) => Ok(Answer::silence()),
        // The person closed it, or it is filled in already.
        Err(Failure::Gone { .. }) => Ok(Answer::silence()),
        Err(failure) => Err(failure.into()),
    }
}

async fn filled(desk: &Desk<'_>, form: &Form, here: Option<&CaseId>) -> Result<Value, Stop> {
    authorised(desk, &form.kind.ask(), here).await?;
    match &form.kind {
        Kind::Edit { case } => {
            let case = desk.case(case).await?;
            match case.is_closed() {
                true => Err(super::compare_and_set::closed(&case.id).into()),
                false => Ok(forms::edit_filled_in(form, &case)),
            }
        }
        Kind::Close { case, .. } => {
            let case = desk.case(case).await?;
            if case.is_closed() {
                return Err(close::is_closed(&case.id).into());
            }
            let value = confirm::value(desk, Some(&case), &Ask::Close)
                .map_err(|rejected| Answer::says(rejected.to_string()))?;
            let kind = Kind::Close { case: case.id.clone(), confirmation: Some(value) };
            let (question, label) = confirm::question(Some(&case), &Ask::Close);
            let asked = Form { kind, place: form.place.clone() };
            Ok(asked.with(label, Answer::of(question).view_blocks()))
        }
        _ => {
            let (mut open, _) = cases::latest(desk).await?;
            open.retain(|case| case.status != Status::Closed);
            Ok(forms::choice_filled_in(form, &open))
        }
    }
}
