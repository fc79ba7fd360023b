//! How everything that the table holds of a case is forgotten at once, and the case told nowhere again.

use crate::{
    case::{CaseId, Millis},
    state::{
        self, Note, Store, TargetKind, earlier,
        key::Key,
        notes::{CaseNote, PlaceNote},
        owner,
        record::{Rest, write},
    },
};

/// How long nobody else works the case meanwhile.
const LEASE: Millis = 75_000;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForgetError {
    #[error("the table knows no such case")]
    Unknown,
    #[error("the case is being worked just now: try again in two minutes")]
    Held,
    #[error(transparent)]
    Store(#[from] state::Error),
}

/// Forgets what stands beside META: what comments said before, and whose the case was.
pub(crate) async fn beside(
    store: &dyn Store,
    case: &CaseId,
    keys: impl IntoIterator<Item = Key>,
    now: Millis,
) -> state::Result<()> {
    let comments = keys.into_iter().filter_map(|key| key.comment_id());
    earlier::forget(store, case, &comments.collect(), now).await?;
    owner::forget(store, case, now).await
}

/// Forgets it; the answer is of how many messages and comments nothing is known any more. That it is forgotten stays, and
/// so does who may know of it.
///
/// # Errors
/// [`ForgetError`]; it may be tried again.
pub async fn forget(
    store: &dyn Store,
    case: &CaseId,
    targets: &[TargetKind],
    now: Millis,
) -> Result<usize, ForgetError> {
    let Some(known) = store.meta(case).await? else { return Err(ForgetError::Unknown) };
    let Some(meta) = store.lease(case, now, now + LEASE).await? else { return Err(ForgetError::Held) };
    let ledgers = store.ledgers(case, targets).await?;
    // First: without the ledger nobody knows which comments there were.
    beside(store, case, ledgers.iter().flatten().map(|(key, _)| key.clone()), now).await?;
    let mut count = 0;
    for (kind, ledger) in targets.iter().zip(&ledgers) {
        for (key, _) in ledger {
            store.untell(case, meta.epoch, *kind, key).await?;
            count += 1;
        }
        if known.targets.contains_key(kind.as_str()) {
            let (note, _) = meta.note::<PlaceNote>(case, Note::Of(*kind))?;
            store.save(case, meta.epoch, Note::Of(*kind), &json(&note.begun_anew())?).await?;
        }
    }
    let note = CaseNote { wanted: meta.want, heard: meta.want, ..CaseNote::of_a_forgotten_case() };
    store.save(case, meta.epoch, Note::Case, &json(&note)?).await?;
    store.release(case, meta.epoch, meta.want, None, false).await?;
    Ok(count)
}

fn json<T: serde::Serialize>(value: &T) -> state::Result<String> {
    write(value, &Rest::default()).map_err(|error| state::Error::Trouble(error.to_string()))
}
