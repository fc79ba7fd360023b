//! Where a case goes, and whether only some may know of it: asked before anything of it is told anywhere.

use tracing::warn;

use super::{notes::Notes, route};
use crate::{
    aws::sir::ask,
    case::Case,
    runtime,
    state::{self, restricted},
    sync::context::Context,
};

/// Asks the rules of the settings about a case of which nothing was told yet: by which route it goes, and whether only
/// some may know of it. `false` where nobody can say: then nothing is told.
pub(super) async fn judged(context: &Context<'_>, case: &Case, notes: &mut Notes) -> state::Result<bool> {
    let settings = context.settings;
    let restricts = is_open(context, notes);
    let asks = restricts && settings.restrict.asks_for_tags()
        || route::is_open(settings, &notes.targets) && settings.routes_ask_for_tags();
    let tags = match asks {
        true => match runtime::ask(context.world, ask::tags(&case.arn)).await {
            Ok(tags) => tags,
            Err(fault) => {
                warn!(case = %case.id, why = ?fault.kind, "nobody says which tags a case has: it is not told yet");
                return Ok(false);
            }
        },
        false => Vec::new(),
    };
    route::choose(settings, (case, &tags), &mut notes.targets);
    if restricts && let Some(people) = settings.restrict.people(case, &tags) {
        // First: whoever asks about it is not to know.
        restricted::add(context.world.store(), &case.id, &people).await?;
        notes.targets.iter_mut().for_each(|noted| noted.note.restricted = Some(people.clone()));
    }
    Ok(true)
}

/// Whether the rules are still to be asked who may know of it. Where that is known each target takes it.
fn is_open(context: &Context<'_>, notes: &mut Notes) -> bool {
    if notes.case.note.unrestricted {
        notes.targets.iter_mut().for_each(|noted| noted.note.restricted = None);
        return false;
    }
    // A target that came into the settings later.
    if let Some(people) = notes.targets.iter().find_map(|noted| noted.note.restricted.clone()) {
        notes.targets.iter_mut().for_each(|noted| noted.note.restricted = Some(people.clone()));
        return false;
    }
    let is_new = notes.targets.iter().all(|noted| noted.note.is_untouched());
    is_new && !context.settings.restrict.rules.is_empty()
}
