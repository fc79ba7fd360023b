//! What an open form gets from the service before somebody can fill it in.

use serde_json::Value;

use super::{
    authorised, cases, close, confirm,
    context::{ActionError, CommandContext, Outcome},
    home, links, need_to_know,
};
use crate::{
    case::{CaseId, Status},
    chat::{
        forms::{self, Modal, ModalKind},
        language::command::Command,
        reply::Reply,
    },
    http::Failure,
    targets::slack::OpenedView,
};

pub(crate) async fn fill(
    context: &CommandContext<'_>,
    opened: &OpenedView,
    form: &Modal,
    here: Option<&CaseId>,
) -> Outcome {
    let shown = match filled(context, form, here).await {
        Err(ActionError::Said(answer)) => form.saying(&answer),
        filled => filled?,
    };
    match context.slack.update_view(opened, &shown).await {
        Ok(_) => Ok(Reply::silence()),
        // The person closed it, or it is filled in already.
        Err(Failure::Gone { .. }) => Ok(Reply::silence()),
        Err(failure) => Err(failure.into()),
    }
}

async fn filled(
    context: &CommandContext<'_>,
    form: &Modal,
    here: Option<&CaseId>,
) -> Result<Value, ActionError> {
    authorised(context, &form.kind.command(), here).await?;
    if let Some(case) = form.kind.case() {
        need_to_know::gate(context, case).await?;
    }
    match &form.kind {
        ModalKind::Edit { case } => {
            let case = context.case(case).await?;
            match case.is_closed() {
                true => Err(super::compare_and_set::closed(&case.id).into()),
                false => Ok(forms::edit_filled_in(form, &case)),
            }
        }
        ModalKind::Close { case, .. } => {
            let case = context.case(case).await?;
            if case.is_closed() {
                return Err(close::is_closed(&case.id).into());
            }
            let value = confirm::value(context, Some(&case), &Command::Close)
                .map_err(|rejected| Reply::says(rejected.to_string()))?;
            let kind = ModalKind::Close { case: case.id.clone(), confirmation: Some(value) };
            let (question, label) = confirm::question(Some(&case), &Command::Close);
            let asked = Modal { kind, place: form.place.clone() };
            Ok(asked.with(label, Reply::of(question).view_blocks()))
        }
        ModalKind::Case { case } => {
            let shown = cases::in_full(context, case).await?;
            // The page behind it is as old as its opening.
            home::show(context).await?;
            Ok(form.saying(&shown.line(links::line(&links::of(context, case).await?))))
        }
        ModalKind::Clock { .. } => {
            let clocks = context.settings.notify.clocks.keys();
            Ok(forms::clock_filled_in(form, clocks, context.job.at / 1_000))
        }
        ModalKind::New { .. }
        | ModalKind::Comment { .. }
        | ModalKind::Rate { .. }
        | ModalKind::Owner { .. }
        | ModalKind::Restrict { .. }
        | ModalKind::Membership
        | ModalKind::MembershipChange { .. }
        | ModalKind::Attach { .. } => {
            let (mut open, _) = cases::latest(context).await?;
            open.retain(|case| case.status != Status::Closed);
            Ok(forms::choice_filled_in(form, &open))
        }
    }
}
