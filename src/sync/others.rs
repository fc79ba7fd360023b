//! What stands at a target where another deployment tells the same case: the one whose name the anchor bears tells it, and
//! every other stands by. Whoever stands by takes the anchor over where something stays untold for too long.

use std::collections::BTreeMap;

use crate::{
    case::{DeploymentId, Millis},
    runtime::{World, deployments},
    state::{
        self, Told,
        key::Key,
        notes::{Another, HOME, PlaceNote},
    },
    sync::{audit::Audited, context::Context},
    targets::{
        content::Content,
        contract::Found,
        telling::{Effect, What},
    },
};

/// What another leaves untold for so long it does not tell any more. Longer than what is told late is read back first.
pub(crate) const PATIENCE: Millis = 900_000;

/// As what it is parked that another tells a case.
pub(crate) const TOLD_BY_ANOTHER: &str = "told_by_another_deployment";

/// From here on only what another wrote says who wrote it.
pub(crate) async fn tell_apart(world: &dyn World, found: &mut [Found]) -> state::Result<()> {
    for one in found {
        if !deployments::is_another(world, one.by.as_ref()).await? {
            one.by = None;
        }
    }
    Ok(())
}

/// What stands there says whose the anchor is now, and whether another told something since the last look.
pub(crate) async fn heed(
    context: &Context<'_>,
    audited: &Audited<'_>,
    note: &mut PlaceNote,
    (told, found): (&BTreeMap<Key, Told>, &[Found]),
) -> state::Result<()> {
    let Some(by) = anchor(told, found).and_then(|anchor| anchor.by.clone()) else {
        if note.another.take().is_some() {
            note.parked.take_if(|why| why == TOLD_BY_ANOTHER);
        }
        let is_theirs = |one: &&Found| told.get(&one.key).is_some_and(|told| told.remote != one.remote);
        return match found.iter().filter(is_theirs).find_map(|one| one.by.as_ref()) {
            Some(by) => beside(context, audited, by).await,
            None => Ok(()),
        };
    };
    let is_at_work = match &note.another {
        // A person gave it to the case, or it was taken over just now: our name is about to stand there.
        None if !note.set.contains_key(HOME) => return Ok(()),
        // It was ours, and was taken over.
        None => true,
        Some(another) => {
            let is_news = |one: &Found| one.by.is_some() && !told.contains_key(&one.key);
            another.known && found.iter().any(is_news)
        }
    };
    let owed_since = note.another.take().and_then(|another| another.owed_since);
    if is_at_work {
        deployments::notice(context.world, &by, audited.seen(context, true)).await?;
        note.parked = Some(TOLD_BY_ANOTHER.to_owned());
    } else if !deployments::read(context.world).await?.knows(&by, context.world.now()) {
        note.parked.take_if(|why| why == TOLD_BY_ANOTHER);
    }
    note.another = Some(Another { by, known: true, owed_since });
    Ok(())
}

impl Audited<'_> {
    /// Another deployment, seen here.
    pub(super) fn seen(&self, context: &Context<'_>, first: bool) -> deployments::Seen {
        let (at, target) = (context.world.now(), self.target.planner().kind().to_string());
        deployments::Seen { at, target, case: self.lease.case.clone(), at_work: true, first }
    }
}

/// Another tells the case beside us, since neither knew of the other. Of new ones it is to be told by one alone.
pub(super) async fn beside(
    context: &Context<'_>,
    audited: &Audited<'_>,
    by: &DeploymentId,
) -> state::Result<()> {
    let first = context.world.deployment() > Some(by);
    deployments::notice(context.world, by, audited.seen(context, first)).await
}

/// The one that the ledger knows, else the first.
fn anchor<'f>(told: &BTreeMap<Key, Told>, found: &'f [Found]) -> Option<&'f Found> {
    let home = Key(HOME.to_owned());
    let known = told.get(&home).map(|told| told.remote.as_str());
    let anchors = || found.iter().filter(|one| one.key == home);
    anchors().find(|one| Some(one.remote.as_str()) == known).or_else(|| anchors().min_by_key(|one| one.at))
}

/// Whether every deployment tells this of the case: what comes by itself hangs on the settings of each, and how
/// something reads on its release.
pub(crate) fn all_tell(effect: &Effect) -> bool {
    match effect {
        Effect::Create { what: What::Content(content), .. } => match content {
            Content::Description(_)
            | Content::Comment { .. }
            | Content::Changes(..)
            | Content::Investigation { .. } => true,
            Content::Nudge { .. }
            | Content::Notice(_)
            | Content::Call(_)
            | Content::Taken(_)
            | Content::Page(..) => false,
        },
        Effect::Create { what: What::Anchor | What::Container(_), .. }
        | Effect::Edit { .. }
        | Effect::Adopt { .. }
        | Effect::Note(_) => false,
    }
}
