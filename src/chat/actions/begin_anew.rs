//! How a case is told at a target once more, from the beginning.

use super::context::{ActionError, CommandContext, RECORD_TTL};
use crate::{
    case::{CaseId, Millis},
    state::{Meta, Note, Store, TargetKind, notes::PlaceNote, record},
};

/// How long the case's notes are held meanwhile: longer than it can take.
const LEASE: Millis = 75_000;

/// What is known of a case at a target.
pub(super) async fn noted(
    context: &CommandContext<'_>,
    id: &CaseId,
    kind: TargetKind,
) -> Result<PlaceNote, ActionError> {
    let Some(meta) = context.or_parked(context.world.store().meta(id).await)? else {
        return Ok(PlaceNote::default());
    };
    Ok(context.or_parked(meta.note(id, Note::Of(kind)))?.0)
}

/// Holds the case's notes, which nobody else changes meanwhile.
pub(super) async fn hold(
    store: &dyn Store,
    (id, now): (&CaseId, Millis),
    full: bool,
) -> Result<Meta, ActionError> {
    store.hint(id, now, full).await?;
    let held = store.lease(id, now, now + LEASE).await?;
    held.ok_or_else(|| ActionError::Trouble("the case is being told just now".to_owned()))
}

/// Puts another note in the place of the target's and forgets what was told or said there, under the case's lease.
pub(super) async fn begin_anew(
    context: &CommandContext<'_>,
    id: &CaseId,
    kind: TargetKind,
    note: PlaceNote,
) -> Result<(), ActionError> {
    let (store, now) = (context.world.store(), context.world.now());
    let meta = hold(store, (id, now), true).await?;
    let (_, rest) = context.or_parked(meta.note::<PlaceNote>(id, Note::Of(kind)))?;
    for (key, _) in context.or_parked(store.all_told(id, kind).await)? {
        store.untell(id, meta.epoch, kind, &key).await?;
    }
    for saying in context.or_parked(store.sayings(id).await)? {
        if let Some(elsewhere) = saying.only_elsewhere(kind) {
            store.say(id, &elsewhere, now + RECORD_TTL).await?;
        }
    }
    let json = record::write(&note, &rest).map_err(|error| ActionError::Trouble(error.to_string()))?;
    store.save(id, meta.epoch, Note::Of(kind), &json).await?;
    store.release(id, meta.epoch, meta.want, Some(now), true).await?;
    context.look_soon(id).await;
    Ok(())
}
