//! How a case is told at a target once more, from the beginning.

use super::context::{ActionError, CommandContext, RECORD_TTL};
use crate::{
    case::{CaseId, MemberId, Millis},
    config::settings::Layout,
    state::{
        Meta, Note, Seen, Store, TargetKind,
        notes::{CaseNote, PlaceNote},
        record::{self, Rest},
    },
    targets::{attachments::is_kept, slack},
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
    let meta = held(context, id).await?;
    let (_, rest) = context.or_parked(meta.note::<PlaceNote>(id, Note::Of(kind)))?;
    forget(context, id, (kind, meta.epoch)).await?;
    give_back(context, id, &meta, (kind, &note, &rest)).await
}

/// From now on only these may know of the case, besides those who may already. Where it was told among others it is begun
/// anew; the answer is what of ours stands there.
pub(super) async fn restrict(
    context: &CommandContext<'_>,
    id: &CaseId,
    (kind, people): (TargetKind, &[MemberId]),
) -> Result<Vec<String>, ActionError> {
    let meta = held(context, id).await?;
    let (mut note, rest) = context.or_parked(meta.note::<PlaceNote>(id, Note::Of(kind)))?;
    let mut all = note.restricted.take().unwrap_or_default();
    all.extend(people.iter().cloned());
    all.sort();
    all.dedup();
    note.restricted = Some(all);
    let mut stood = Vec::new();
    if kind == slack::KIND && note.channel.is_none() && !note.is_untouched() {
        stood = forget(context, id, (kind, meta.epoch)).await?;
        note = note.begun_anew();
    }
    mark(context, (id, &meta), false).await?;
    give_back(context, id, &meta, (kind, &note, &rest)).await?;
    Ok(stood)
}

/// From now on everybody with a role may know of the case. Where the settings give no case a channel of its own it is begun
/// anew among the others.
pub(super) async fn lift(context: &CommandContext<'_>, id: &CaseId) -> Result<(), ActionError> {
    let meta = held(context, id).await?;
    let (note, rest) = context.or_parked(meta.note::<PlaceNote>(id, Note::Of(slack::KIND)))?;
    let moves = note.channel.is_some() && context.settings.slack.layout == Layout::Thread;
    let note = if moves { PlaceNote::default() } else { PlaceNote { restricted: None, ..note } };
    if moves {
        forget(context, id, (slack::KIND, meta.epoch)).await?;
    }
    mark(context, (id, &meta), true).await?;
    give_back(context, id, &meta, (slack::KIND, &note, &rest)).await
}

/// Notes, under the case's lease, whether everybody may know of it whatever the rules say.
async fn mark(
    context: &CommandContext<'_>,
    (id, meta): (&CaseId, &Meta),
    unrestricted: bool,
) -> Result<(), ActionError> {
    let (note, rest) = context.or_parked(meta.note::<CaseNote>(id, Note::Case))?;
    if note.unrestricted == unrestricted {
        return Ok(());
    }
    let json = record::write(&CaseNote { unrestricted, ..note }, &rest)
        .map_err(|error| ActionError::Trouble(error.to_string()))?;
    Ok(context.world.store().save(id, meta.epoch, Note::Case, &json).await?)
}

async fn held(context: &CommandContext<'_>, id: &CaseId) -> Result<Meta, ActionError> {
    let (store, now) = (context.world.store(), context.world.now());
    let held = hold(store, (id, now), true).await?;
    if context.or_parked(held.note::<CaseNote>(id, Note::Case))?.0.forgotten {
        store.release(id, held.epoch, held.want, None, false).await?;
        let why = "What Casebridge knew of this case is forgotten, so it is told nowhere again.";
        return Err(context.refuse(why));
    }
    Ok(held)
}

/// Forgets what was told or said there; the answer is what of ours stands there.
async fn forget(
    context: &CommandContext<'_>,
    id: &CaseId,
    (kind, epoch): (TargetKind, u64),
) -> Result<Vec<String>, ActionError> {
    let (store, now) = (context.world.store(), context.world.now());
    let mut stood = Vec::new();
    for (key, told) in context.or_parked(store.all_told(id, kind).await)? {
        if is_kept(&key) && told.seen == Seen::Deleted {
            // What was taken back is copied to no other place either.
            continue;
        }
        store.untell(id, epoch, kind, &key).await?;
        stood.extend((!told.theirs && !told.remote.is_empty()).then_some(told.remote));
    }
    for saying in context.or_parked(store.sayings(id).await)? {
        if let Some(elsewhere) = saying.only_elsewhere(kind) {
            store.say(id, &elsewhere, now + RECORD_TTL).await?;
        }
    }
    Ok(stood)
}

async fn give_back(
    context: &CommandContext<'_>,
    id: &CaseId,
    meta: &Meta,
    (kind, note, rest): (TargetKind, &PlaceNote, &Rest),
) -> Result<(), ActionError> {
    let (store, now) = (context.world.store(), context.world.now());
    let json = record::write(note, rest).map_err(|error| ActionError::Trouble(error.to_string()))?;
    store.save(id, meta.epoch, Note::Of(kind), &json).await?;
    store.release(id, meta.epoch, meta.want, Some(now), true).await?;
    context.look_soon(id).await;
    Ok(())
}
