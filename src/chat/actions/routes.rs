//! By whose roles, and for which channel and project, something is done with a case: those of its route.

use std::borrow::Cow;

use super::{
    cases,
    context::{ActionError, CommandContext},
};
use crate::{
    case::{CaseId, RouteName},
    chat::policy::roles,
    config::settings::Settings,
    state::{Note, notes::PlaceNote},
    targets::slack,
};

/// The settings as they are for a case. At a terminal IAM decides.
pub(super) async fn settings_for<'a>(
    context: &CommandContext<'a>,
    id: &CaseId,
) -> Result<Cow<'a, Settings>, ActionError> {
    let settings = context.settings;
    // Whoever has no role anywhere has none here, and learns of no case.
    let is_nobody = roles::role(settings, &context.person.identity).is_none();
    if settings.routes.is_empty() || context.is_at_a_terminal() || is_nobody {
        return Ok(settings.for_case(None));
    }
    let route = match told(context, id).await? {
        Told::By(route) => route,
        Told::Nowhere => Some(fitting(context, id).await?),
    };
    Ok(settings.for_case(route.as_ref()))
}

/// What is known of where a case is told.
pub(super) enum Told {
    By(Option<RouteName>),
    Nowhere,
}

pub(super) async fn told(context: &CommandContext<'_>, id: &CaseId) -> Result<Told, ActionError> {
    let meta = context.or_parked(context.world.store().meta(id).await)?;
    let Some(meta) = meta else { return Ok(Told::Nowhere) };
    let (note, _) = context.or_parked(meta.note::<PlaceNote>(id, Note::Of(slack::KIND)))?;
    Ok(match note.route.is_some() || note.is_begun() {
        true => Told::By(note.route),
        false => Told::Nowhere,
    })
}

/// The route that fits a case now.
pub(super) async fn fitting(context: &CommandContext<'_>, id: &CaseId) -> Result<RouteName, ActionError> {
    let case = Box::pin(context.case(id)).await?;
    let tags = match context.settings.routes_ask_for_tags() {
        true => cases::tags(context, &case.arn).await?,
        false => Vec::new(),
    };
    Ok(context.settings.route_for(&case, &tags))
}
