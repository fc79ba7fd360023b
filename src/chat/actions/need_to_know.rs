//! Who may know of a case that only some may know of: whoever is in its channel. To anybody else there is no such case.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;

use super::{
    cases,
    context::{ActionError, CommandContext, Outcome},
    fault,
    routes::{self, Told},
};
use crate::{
    case::{CaseId, CaseSummary, ChannelId, MemberId, Seconds},
    chat::{
        policy::roles::{self, PersonKind},
        reply::Reply,
    },
    runtime::note,
    state::{
        Note,
        notes::{CaseNote, PlaceNote},
        restricted::{self, RestrictedCases},
    },
    targets::slack,
};

/// A case that is as new as this may not have been told yet, and so not judged by the rules.
const NEW: Seconds = 86_400;

/// So many cases are looked up side by side.
const AT_ONCE: usize = 25;

/// Ends a command about a case of which whoever asks may not know, as if there were none.
pub(super) async fn gate(context: &CommandContext<'_>, id: &CaseId) -> Result<(), ActionError> {
    if may_know(context, id).await? {
        return Ok(());
    }
    context.found.on(id);
    context.found.refused("restricted");
    if context.is_at_a_terminal() {
        return Err(context.refuse(format!(
            "Only some may know of case {id}, and only Slack tells who they are. In AWS's console IAM decides."
        )));
    }
    Err(match context.person.identity.kind {
        PersonKind::Bot | PersonKind::OtherApp => Reply::silence(),
        PersonKind::Member
        | PersonKind::Guest
        | PersonKind::Stranger
        | PersonKind::Deactivated
        | PersonKind::Operator => fault::no_case(id).give_back(&context.typed()),
    }
    .into())
}

/// Whether whoever asks may know that there is such a case.
pub(super) async fn may_know(context: &CommandContext<'_>, id: &CaseId) -> Result<bool, ActionError> {
    let has_role = roles::role(context.settings, &context.person.identity).is_some();
    match known(context).await?.people(id) {
        Some(_) if !has_role => Ok(false),
        Some(people) => is_among(context, id, people).await,
        // Whoever has no role is refused for that.
        None if !has_role || context.settings.restrict.rules.is_empty() => Ok(true),
        None => fits_no_rule(context, id).await,
    }
}

/// Of these cases those of which whoever asks may know.
pub(super) async fn visible(
    context: &CommandContext<'_>,
    cases: Vec<CaseSummary>,
) -> Result<Vec<CaseSummary>, ActionError> {
    let cases = routed(context, cases).await?;
    let known = known(context).await?;
    let has_rules = !context.settings.restrict.rules.is_empty();
    let mut visible = Vec::new();
    for case in cases {
        let may = match known.people(&case.id) {
            Some(people) => is_among(context, &case.id, people).await?,
            None if has_rules && is_new(context, &case) => fits_no_rule(context, &case.id).await?,
            None => true,
        };
        visible.extend(may.then_some(case));
    }
    Ok(visible)
}

/// Of these cases those for which whoever asks has a role: that of the case's route.
async fn routed(
    context: &CommandContext<'_>,
    cases: Vec<CaseSummary>,
) -> Result<Vec<CaseSummary>, ActionError> {
    if context.settings.routes.is_empty() {
        return Ok(cases);
    }
    let mut visible = Vec::new();
    for some in cases.chunks(AT_ONCE) {
        let may = try_join_all(some.iter().map(|case| has_role_for(context, case))).await?;
        visible.extend(some.iter().zip(may).filter(|(_, may)| *may).map(|(case, _)| case.clone()));
    }
    Ok(visible)
}

/// Nobody asks the service about each of many cases: an old one that was told nowhere is shown to those alone who may see the
/// cases of every route.
async fn has_role_for(context: &CommandContext<'_>, case: &CaseSummary) -> Result<bool, ActionError> {
    let (settings, identity) = (context.settings, &context.person.identity);
    let route = match routes::told(context, &case.id).await? {
        Told::By(route) => route,
        Told::Nowhere if is_new(context, case) => Some(routes::fitting(context, &case.id).await?),
        Told::Nowhere => {
            let mut all = settings.all_roles();
            return Ok(all.all(|at| roles::most(settings, &[at], identity).is_some()));
        }
    };
    let (route, roles) = settings.roles_of(route.as_ref());
    Ok(roles::most(settings, &[(route.as_ref(), &roles)], identity).is_some())
}

fn is_new(context: &CommandContext<'_>, case: &CaseSummary) -> bool {
    case.created.is_none_or(|at| at > context.world.now() / 1_000 - NEW)
}

/// Whether what is said of a case may be said there for everybody: of a restricted one in its own channel only.
pub(super) async fn may_be_said(
    context: &CommandContext<'_>,
    id: &CaseId,
    channel: &ChannelId,
) -> Result<bool, ActionError> {
    if !is_restricted(context, id).await? {
        return Ok(true);
    }
    Ok(in_slack(context, id).await?.channel.as_deref() == Some(channel.as_str()))
}

/// As the table had it when the job was begun: what was read before that may be older than a case's being restricted.
async fn known(context: &CommandContext<'_>) -> Result<RestrictedCases, ActionError> {
    let text = note::text(context.world, restricted::NAME).await?;
    Ok(RestrictedCases::parse(text.as_deref())?.0)
}

async fn in_slack(context: &CommandContext<'_>, id: &CaseId) -> Result<PlaceNote, ActionError> {
    let Some(meta) = context.world.store().meta(id).await? else { return Ok(PlaceNote::default()) };
    Ok(meta.note(id, Note::Of(slack::KIND))?.0)
}

/// Whether only some may know of it.
pub(super) async fn is_restricted(context: &CommandContext<'_>, id: &CaseId) -> Result<bool, ActionError> {
    Ok(known(context).await?.people(id).is_some())
}

/// Whether they are in the case's channel, or are still to be invited there.
async fn is_among(
    context: &CommandContext<'_>,
    id: &CaseId,
    people: &[MemberId],
) -> Result<bool, ActionError> {
    // Whom AWS knows is nobody in Slack.
    if context.is_at_a_terminal() {
        return Ok(false);
    }
    let identity = &context.person.identity;
    let note = in_slack(context, id).await?;
    let is_meant =
        |member: &&MemberId| **member == identity.user.as_str() || identity.groups.contains(member);
    let waits = |member: &&MemberId| !note.set.contains_key(&slack::invitation_name(member.as_str()));
    let is_expected = people.iter().filter(is_meant).any(|member| waits(&member));
    match note.channel {
        _ if is_expected => Ok(true),
        None => Ok(false),
        Some(channel) => Ok(context.slack.members(&ChannelId::new(channel)).await?.contains(&identity.user)),
    }
}

/// Of a case that is told somewhere, the rules were asked before; of any other they are asked now.
async fn fits_no_rule(context: &CommandContext<'_>, id: &CaseId) -> Result<bool, ActionError> {
    if let Some(meta) = context.world.store().meta(id).await? {
        let (case, _) = meta.note::<CaseNote>(id, Note::Case)?;
        let (slack, _) = meta.note::<PlaceNote>(id, Note::Of(slack::KIND))?;
        if case.unrestricted || !slack.is_untouched() {
            return Ok(true);
        }
    }
    let case = Box::pin(context.case(id)).await?;
    let rules = &context.settings.restrict;
    let tags = match rules.asks_for_tags() {
        true => cases::tags(context, &case.arn).await?,
        false => Vec::new(),
    };
    match rules.people(&case, &tags) {
        Some(people) => is_among(context, id, &people).await,
        None => Ok(true),
    }
}

/// Those of `people`, each once, with whoever asks.
pub(super) fn with_asker(context: &CommandContext<'_>, people: &[MemberId]) -> Vec<MemberId> {
    let asker = MemberId::new(context.person.identity.user.as_str());
    people.iter().cloned().chain([asker]).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Why something is not said where others read.
pub(super) fn elsewhere(id: &CaseId) -> Outcome {
    Ok(Reply::says(format!(
        "Only some may know of case {id}: it is said in its own channel only. Nothing was posted."
    )))
}
