//! By which route of the settings a case is told: chosen once, before anything of it is told anywhere.

use crate::{
    case::{Case, RouteName},
    config::settings::Settings,
    state::notes::PlaceNote,
    sync::reconcile::notes::Noted,
};

/// Whether it is still to be chosen. A case that was told before there were routes goes by none.
pub(super) fn is_open(settings: &Settings, targets: &[Noted<PlaceNote>]) -> bool {
    let chosen = targets.iter().any(|noted| noted.note.route.is_some() || noted.note.is_begun());
    !settings.routes.is_empty() && !chosen
}

/// Keeps the choice with each target; one that came into the settings later takes that of the others.
pub(super) fn choose(
    settings: &Settings,
    (case, tags): (&Case, &[(String, String)]),
    targets: &mut [Noted<PlaceNote>],
) {
    let route = match is_open(settings, targets) {
        true => Some(settings.route_for(case, tags)),
        false => known(targets),
    };
    targets.iter_mut().for_each(|noted| noted.note.route.clone_from(&route));
}

fn known(targets: &[Noted<PlaceNote>]) -> Option<RouteName> {
    targets.iter().find_map(|noted| noted.note.route.clone())
}
