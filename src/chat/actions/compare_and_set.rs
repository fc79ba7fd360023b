//! A change made once, however often its command is delivered, where the service knows no `clientToken`: by comparing what the
//! case is, what it is to become, and what it was when the command was decided.

use super::{
    context::{CommandContext, Outcome},
    fault,
    freeze::Frozen,
    second,
};
use crate::{
    aws::sir::{Call, Operation},
    case::{Case, CaseId},
    chat::reply::{Paragraph, Reply},
};

pub(crate) struct PlannedChange {
    /// Names the state of what is to be changed, and of nothing else.
    pub(crate) seen: String,
    /// What is still to be done; `None` where everything is as it should be.
    pub(crate) call: Option<Call>,
    pub(crate) answer: Reply,
}

/// Reads the case, compares, and makes the change unless it is made already. `compare` answers `Err` where what was
/// asked cannot be done; it looks whether it is done already before anything else.
pub(crate) async fn case(
    context: &CommandContext<'_>,
    id: &CaseId,
    compare: impl FnOnce(&Case) -> Result<PlannedChange, Reply>,
) -> Outcome {
    let case = context.case(id).await?;
    let compared = compare(&case).map_err(|answer| answer.give_back(&context.typed()))?;
    let answer = change(context, compared).await?;
    context.changed(id).await?;
    Ok(answer)
}

/// Makes a change that was compared, unless somebody else made another one since it was decided.
pub(crate) async fn change(context: &CommandContext<'_>, compared: PlannedChange) -> Outcome {
    let PlannedChange { seen, call, answer } = compared;
    let (first, answer) = context.freeze(Frozen::Seen, (seen.clone(), answer)).await?;
    match call {
        None => Ok(answer),
        Some(call) if seen == first => {
            if second::takes_two(context.settings, &call)
                && let Some(answer) = second::asked(context, &call, &seen).await?
            {
                return Ok(answer);
            }
            context.call(call).await?;
            Ok(answer)
        }
        Some(_) => Err(overtaken().give_back(&context.typed()).into()),
    }
}

fn overtaken() -> Reply {
    Reply::of(
        Paragraph::of("While this was being done, somebody else changed the same thing, so it was left as it is now. Look with ")
            .code("show")
            .text(" and ask again if you still want it."),
    )
}

pub(crate) fn closed(id: &CaseId) -> Reply {
    fault::on_a_closed_case(id, Operation::UpdateCase, false)
}
