//! What is done with what somebody filled in in a form.

use super::{
    attach, authorised,
    compare_and_set::{self, PlannedChange, closed},
    context::{CommandContext, Outcome},
    freeze::Frozen,
    lists::watchers_of,
    membership,
};
use crate::{
    aws::sir::{Call, CaseChange, ask},
    case::{Case, CaseId, text},
    chat::{
        forms::{CaseEdit, FormInput, NewCaseForm},
        language::command::{Command, MembershipCommand},
        reply::{Button, Paragraph, Reply},
    },
    state::notes,
};

pub(crate) async fn done(context: &CommandContext<'_>, filled: &FormInput, here: Option<CaseId>) -> Outcome {
    authorised(context, &filled.command(), here.as_ref()).await?;
    match filled {
        FormInput::New(new) => create(context, new).await,
        FormInput::Edit { case, edit } => {
            context.readable(case).await?;
            change(context, case, edit).await
        }
        FormInput::Membership(MembershipCommand::New { values: Some(values) }) => {
            membership::create(context, values).await
        }
        FormInput::Membership(MembershipCommand::Update { membership, change }) => {
            membership::update(context, membership.as_ref(), change).await
        }
        FormInput::Membership(_) => Err(context.refuse("This form asks for nothing.")),
        FormInput::Brought { case, name, bytes } => {
            context.readable(case).await?;
            attach::brought(context, case, (name, *bytes)).await
        }
        FormInput::Attach { case, files, before } => match case.clone().or(here) {
            Some(case) => {
                match before {
                    0 => context.readable(&case).await?,
                    // The files before this one may be on the case.
                    _ => notes::readable(context.world.store(), &case).await?,
                }
                attach::next(context, &case, files, *before).await
            }
            None => Ok(Reply::says(
                "This is no case's thread. Nothing was attached: use \"Attach file to case\" in the message's menu.",
            )),
        },
    }
}

/// Makes the case, once: the same form always has the same `clientToken`.
async fn create(context: &CommandContext<'_>, new: &NewCaseForm) -> Outcome {
    let people = match new.people.is_empty() {
        true => Vec::new(),
        false => watchers_of(context, &new.people).await?,
    };
    // A profile may change between two deliveries; what is sent under one token must not.
    let watchers = context.freeze(Frozen::Watchers, people).await?;
    let case = context.ask(ask::new_case(new.call(context.key, watchers))).await?;
    context.found.on(&case);
    context.opened(&case).await?;
    context.changed(&case).await?;
    let show = Command::Tray.on(&case);
    let then = match context.is_at_a_terminal() {
        true => " is open. It is told as soon as Slack and Jira answer.",
        false => " is open. Its card appears in a moment, and its thread is the case.",
    };
    Ok(Reply::of(Paragraph::of("Case ").bold(case.as_str()).text(then))
        .buttons(vec![Button::run("What can be done", show)]))
}

async fn change(context: &CommandContext<'_>, id: &CaseId, edit: &CaseEdit) -> Outcome {
    compare_and_set::case(context, id, |case| compare(case, edit)).await
}

fn compare(case: &Case, edit: &CaseEdit) -> Result<PlannedChange, Reply> {
    let now = (&case.title, &case.description, &case.engagement, case.reported_start, case.actual_start);
    let seen = text::hash(&serde_json::to_string(&now).unwrap_or_default());
    let missing = edit.missing(case);
    let answer =
        Reply::of(Paragraph::of("Case ").bold(case.id.as_str()).text(" is changed as you filled it in."));
    let call = match missing == CaseChange::default() {
        true => None,
        false if case.is_closed() => return Err(closed(&case.id)),
        false => Some(Call::UpdateCase { case: case.id.clone(), change: Box::new(missing) }),
    };
    Ok(PlannedChange { seen, call, answer })
}
