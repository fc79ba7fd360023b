//! Whether only some may know of a case: asked before anything of it is told anywhere.

use tracing::warn;

use super::notes::Notes;
use crate::{
    aws::sir::ask,
    case::Case,
    runtime,
    state::{self, restricted},
    sync::context::Context,
};

/// Asks the rules of the settings about a case of which nothing was told yet. `false` where nobody can say: then nothing
/// is told.
pub(super) async fn judged(context: &Context<'_>, case: &Case, notes: &mut Notes) -> state::Result<bool> {
    let rules = &context.settings.restrict;
    if notes.case.note.unrestricted {
        notes.targets.iter_mut().for_each(|noted| noted.note.restricted = None);
        return Ok(true);
    }
    // A target that came into the settings later.
    if let Some(people) = notes.targets.iter().find_map(|noted| noted.note.restricted.clone()) {
        notes.targets.iter_mut().for_each(|noted| noted.note.restricted = Some(people.clone()));
        return Ok(true);
    }
    let is_new = notes.targets.iter().all(|noted| noted.note.is_untouched());
    if rules.rules.is_empty() || !is_new {
        return Ok(true);
    }
    let tags = match rules.asks_for_tags() {
        true => match runtime::ask(context.world, ask::tags(&case.arn)).await {
            Ok(tags) => tags,
            Err(fault) => {
                warn!(case = %case.id, why = ?fault.kind, "nobody says which tags a case has: it is not told yet");
                return Ok(false);
            }
        },
        false => Vec::new(),
    };
    if let Some(people) = rules.people(case, &tags) {
        // First: whoever asks about it is not to know.
        restricted::add(context.world.store(), &case.id, &people).await?;
        notes.targets.iter_mut().for_each(|noted| noted.note.restricted = Some(people.clone()));
    }
    Ok(true)
}
