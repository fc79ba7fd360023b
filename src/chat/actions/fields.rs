//! Changes of a single field of a case: title, description, type, beginnings, metadata.

use serde::Serialize;

use super::{
    compare_and_set::{self, PlannedChange, closed},
    context::{CommandContext, Outcome},
    naming, own_clock,
};
use crate::{
    aws::sir::{Call, CaseChange},
    case::{Case, CaseId, Seconds, text},
    chat::reply::{Paragraph, Reply},
};

pub(crate) async fn title(context: &CommandContext<'_>, id: &CaseId, to: &str) -> Outcome {
    let to = &naming::called(context, to).await?;
    let change = CaseChange { title: Some(to.to_owned()), ..CaseChange::default() };
    let says = Paragraph::of("The title of case ").bold(id.as_str()).text(" is now: ").bold(to);
    compare_and_set::case(context, id, |case| compare(case, &case.title, &to.to_owned(), change, says)).await
}

pub(crate) async fn description(context: &CommandContext<'_>, id: &CaseId, to: &str) -> Outcome {
    let to = &naming::called(context, to).await?;
    let change = CaseChange { description: Some(to.to_owned()), ..CaseChange::default() };
    let says = Paragraph::of("Case ").bold(id.as_str()).text(" is now described as you wrote.");
    compare_and_set::case(context, id, |case| compare(case, &case.description, &to.to_owned(), change, says))
        .await
}

pub(crate) async fn engagement(context: &CommandContext<'_>, id: &CaseId, to: &str) -> Outcome {
    let change = CaseChange { engagement: Some(to.to_owned()), ..CaseChange::default() };
    let says = Paragraph::of("The type of case ").bold(id.as_str()).text(" is now ").bold(to).text(".");
    compare_and_set::case(context, id, |case| compare(case, &case.engagement, &to.to_owned(), change, says))
        .await
}

pub(crate) async fn start(
    context: &CommandContext<'_>,
    id: &CaseId,
    (read, said): (Seconds, Option<&str>),
    reported: bool,
) -> Outcome {
    let at = own_clock::moment(context, said).await?.unwrap_or(read);
    if at > context.job.at / 1_000 {
        let why = Paragraph::default()
            .date(at)
            .text(" has not come yet, and an incident cannot begin in the future.");
        return Ok(Reply::of(why).give_back(&context.typed()));
    }
    let change = match reported {
        true => CaseChange { reported_start: Some(at), ..CaseChange::default() },
        false => CaseChange { actual_start: Some(at), ..CaseChange::default() },
    };
    let what = if reported { "The reported start of case " } else { "The actual start of case " };
    let says = Paragraph::of(what).bold(id.as_str()).text(" is now ").date(at).text(".");
    compare_and_set::case(context, id, |case| {
        let now = if reported { case.reported_start } else { case.actual_start };
        compare(case, &now, &Some(at), change, says)
    })
    .await
}

/// `metadata KEY=VALUE…`: the other entries stay.
pub(crate) async fn metadata(
    context: &CommandContext<'_>,
    id: &CaseId,
    pairs: &[(String, String)],
) -> Outcome {
    compare_and_set::case(context, id, |case| {
        let wanted = merged(&case.metadata, pairs);
        let change = CaseChange { metadata: wanted.clone(), ..CaseChange::default() };
        let names = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ");
        let says =
            Paragraph::of("Case ").bold(id.as_str()).text(" now has the metadata ").bold(names).text(".");
        compare(case, &case.metadata, &wanted, change, says)
    })
    .await
}

/// The entries with the new ones in them; whether the service merges or replaces is not documented, so all are sent.
fn merged(now: &[(String, String)], pairs: &[(String, String)]) -> Vec<(String, String)> {
    let mut all = now.to_vec();
    for (key, value) in pairs {
        match all.iter_mut().find(|(other, _)| other == key) {
            Some(entry) => entry.1.clone_from(value),
            None => all.push((key.clone(), value.clone())),
        }
    }
    all
}

fn compare<T: PartialEq + Serialize>(
    case: &Case,
    now: &T,
    wanted: &T,
    change: CaseChange,
    says: Paragraph,
) -> Result<PlannedChange, Reply> {
    let seen = text::hash(&serde_json::to_string(now).unwrap_or_default());
    let call = match now == wanted {
        true => None,
        false if case.is_closed() => return Err(closed(&case.id)),
        false => Some(Call::UpdateCase { case: case.id.clone(), change: Box::new(change) }),
    };
    Ok(PlannedChange { seen, call, answer: Reply::of(says) })
}
