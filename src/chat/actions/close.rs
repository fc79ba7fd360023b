//! How a case ends for the team: closed, or handed to AWS.

use super::{
    compare_and_set::{self, PlannedChange, closed},
    confirm,
    context::{ActionError, CommandContext, Outcome},
};
use crate::{
    aws::sir::Call,
    case::{Case, CaseId, Resolver},
    chat::{
        language::command::Command,
        reply::{Paragraph, Reply},
    },
};

/// `close` and `resolver aws`: asks first, unless it is so already.
pub(crate) async fn asked(context: &CommandContext<'_>, id: &CaseId, command: &Command) -> Outcome {
    let case = context.case(id).await?;
    match command {
        Command::Close if case.is_closed() => Ok(already("Case ", id, " is closed already")),
        Command::Resolver if case.resolver == Resolver::Aws => Ok(already("AWS works case ", id, " already")),
        Command::Resolver if case.is_closed() => Ok(closed(id).give_back(&context.typed())),
        _ => confirm::ask(context, Some(&case), command).await,
    }
}

fn already(who: &'static str, id: &CaseId, is: &str) -> Reply {
    Reply::of(Paragraph::of(who).bold(id.as_str()).text(is).text("; nothing was changed."))
}

/// `close`, once it is confirmed. A case that is closed already is as good.
pub(crate) async fn close(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let compare = |case: &Case| {
        let call = (!case.is_closed()).then(|| Call::CloseCase { case: case.id.clone() });
        Ok(PlannedChange { seen: format!("close {}", case.status.as_str()), call, answer: is_closed(id) })
    };
    match compare_and_set::case(context, id, compare).await {
        // Which error the service has for a case that somebody closed just now is not documented.
        Err(ActionError::Said(answer)) => match context.case(id).await?.is_closed() {
            true => Ok(is_closed(id)),
            false => Err(answer.into()),
        },
        outcome => outcome,
    }
}

pub(crate) fn is_closed(id: &CaseId) -> Reply {
    Reply::of(Paragraph::of("Case ").bold(id.as_str()).text(" is closed."))
}

/// `resolver aws`, once it is confirmed.
pub(crate) async fn hand_over(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    compare_and_set::case(context, id, |case| {
        let call = match case.resolver {
            Resolver::Aws => None,
            Resolver::Own if case.is_closed() => return Err(closed(id)),
            Resolver::Own => Some(Call::UpdateResolverType { case: id.clone(), resolver: Resolver::Aws }),
        };
        Ok(PlannedChange { seen: "resolver".to_owned(), call, answer: is_with_aws(id) })
    })
    .await
}

pub(crate) fn is_with_aws(id: &CaseId) -> Reply {
    Reply::of(
        Paragraph::of("AWS works case ").bold(id.as_str()).text(" now, and sets its status from here on."),
    )
}
