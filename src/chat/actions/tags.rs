//! The tags of a case, and their changes.

use super::{
    cases,
    compare_and_set::{self, PlannedChange},
    context::{CommandContext, Outcome},
};
use crate::{
    aws::sir::Call,
    case::{CaseId, text},
    chat::reply::{Paragraph, Reply},
};

/// The most tags on a case: <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_TagResource.html>.
const MOST: usize = 200;

type Pairs = Vec<(String, String)>;

pub(crate) async fn list(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let case = context.case(id).await?;
    let tags = cases::tags(context, &case.arn).await?;
    if tags.is_empty() {
        return Ok(Reply::of(Paragraph::of("Case ").bold(id.as_str()).text(" has no tags.")));
    }
    let headline = Paragraph::of("Case ").bold(id.as_str()).text(match tags.len() {
        1 => " has 1 tag:".to_owned(),
        many => format!(" has {many} tags:"),
    });
    Ok(tags.iter().fold(Reply::of(headline), |answer, (key, value)| {
        answer.line(Paragraph::of("• ").bold(key).text(" = ").text(value))
    }))
}

pub(crate) async fn add(context: &CommandContext<'_>, id: &CaseId, pairs: &[(String, String)]) -> Outcome {
    let case = context.case(id).await?;
    let now = cases::tags(context, &case.arn).await?;
    let missing: Pairs = pairs.iter().filter(|pair| !now.contains(pair)).cloned().collect();
    let fresh = missing.iter().filter(|(key, _)| now.iter().all(|(other, _)| other != key)).count();
    if now.len() + fresh > MOST {
        let words = format!(
            "A case has {MOST} tags at most: this one has {}, and {fresh} more do not fit.",
            now.len()
        );
        return Ok(Reply::says(words).give_back(&context.typed()));
    }
    let names = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ");
    let answer = Reply::of(
        Paragraph::of("Case ")
            .bold(id.as_str())
            .text(if pairs.len() == 1 { " now has the tag " } else { " now has the tags " })
            .bold(names)
            .text("."),
    );
    let call = (!missing.is_empty()).then_some(Call::TagResource { arn: case.arn, tags: missing });
    let seen = seen(&now, pairs.iter().map(|(key, _)| key));
    compare_and_set::change(context, PlannedChange { seen, call, answer }).await
}

pub(crate) async fn remove(context: &CommandContext<'_>, id: &CaseId, keys: &[String]) -> Outcome {
    let case = context.case(id).await?;
    let now = cases::tags(context, &case.arn).await?;
    let there: Vec<_> =
        keys.iter().filter(|key| now.iter().any(|(other, _)| other == *key)).cloned().collect();
    let answer = Reply::of(
        Paragraph::of("Case ")
            .bold(id.as_str())
            .text(if keys.len() == 1 { " no longer has the tag " } else { " no longer has the tags " })
            .bold(keys.join(", "))
            .text("."),
    );
    let call = (!there.is_empty()).then_some(Call::UntagResource { arn: case.arn, keys: there });
    let seen = seen(&now, keys.iter());
    compare_and_set::change(context, PlannedChange { seen, call, answer }).await
}

/// Names the state of these tags, and of no other.
fn seen<'a>(now: &[(String, String)], keys: impl Iterator<Item = &'a String>) -> String {
    let values = keys.map(|key| now.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str()));
    text::hash(&serde_json::to_string(&values.collect::<Vec<_>>()).unwrap_or_default())
}
