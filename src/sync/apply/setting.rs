//! How is a state set, or a told text rewritten? Both may be repeated without harm.

use tracing::warn;

use super::{Hand, Standing, Stop, Worker};
use crate::{
    http::Failure,
    state::{
        Seen, Told,
        key::{Fingerprint, Key},
        notes::{GONE, Owed},
    },
    targets::{
        content::Content,
        contract::{Entry, QUARANTINE},
        telling::Decoration,
    },
};

/// Something that was told and reads differently now.
pub(super) struct Rewriting {
    pub(crate) key: Key,
    pub(crate) remote: String,
    pub(crate) content: Content,
    pub(crate) hash: Fingerprint,
}

impl Worker<'_> {
    /// Sets a state. It may be repeated, so an unknown answer asks for nothing but doing it again, and once more
    /// when an older setting can no longer arrive.
    pub(super) async fn set(&self, state: &Decoration, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let Decoration { name, hash, .. } = state;
        self.slot(hand.note, state.adds).await?;
        self.wait_until(self.left_alone_until().await?).await?;
        if !self.may_send(self.world().now()) {
            return Err(Stop::At(Standing::OutOfTime));
        }
        if state.adds {
            self.foresee(state, hand).await?;
        } else if hand.note.set.remove(name).is_some() {
            // From here on nobody knows which state stands there, until the answer is known.
            self.save(hand.note).await?;
        }
        let now = self.world().now();
        let is = match self.target.set(state, hand.picture, hand.note).await {
            Ok(()) => hash.as_str(),
            Err(Failure::Gone { .. }) if self.planner().forgets_what_is_gone() => GONE,
            Err(failure) => return self.owe(state, failure, hand).await,
        };
        hand.note.again.retain(|other, at| other != name || *at > now);
        hand.note.owed.remove(name);
        hand.note.set.insert(name.clone(), is.to_owned());
        hand.tally.set += 1;
        Ok(())
    }

    /// Whoever comes after a worker that dies now waits until what this one sent must have arrived, and then looks for it.
    async fn foresee(&self, state: &Decoration, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let not_before = self.world().now() + QUARANTINE;
        let before = hand.note.owed.get(&state.name).filter(|owed| owed.hash == state.hash).cloned();
        let owed = Owed { hash: state.hash.clone(), not_before, ..before.unwrap_or_default() };
        hand.note.owed.insert(state.name.clone(), owed);
        self.save(hand.note).await
    }

    /// Rewrites something that was told. What a person deleted stays deleted.
    pub(super) async fn edit(&self, rewriting: Rewriting, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let Rewriting { key, remote, content, hash } = rewriting;
        self.among_us(hand.note).await?;
        self.pace(hand.note, false).await?;
        if !self.may_send(self.world().now()) {
            return Err(Stop::At(Standing::OutOfTime));
        }
        let was_seen = hand.ledger.get(&key).is_some_and(|told| told.seen == Seen::Yes);
        let entry =
            Entry { case: self.lease.case, key: &key, remote: &remote, content: &content, hash: &hash };
        let seen = match self.target.edit(&entry, hand.note).await {
            Ok(()) => {
                self.mended(hand.note).await?;
                Seen::Yes
            }
            Err(Failure::Gone { .. }) if was_seen => Seen::Deleted,
            // Nobody ever saw it there: it was never stored, and is owed again.
            Err(Failure::Gone { .. }) => {
                self.lease.untell(self.world().store(), self.planner().kind(), &key).await?;
                hand.ledger.remove(&key);
                return Err(Stop::Replan);
            }
            Err(Failure::Content { why }) => {
                warn!(destination = self.name(), %key, why, "cannot be rewritten");
                Seen::Yes
            }
            Err(failure) => return self.refused(failure, hand.note).await,
        };
        self.tell(key, Told { remote, hash: hash.into(), seen, theirs: false }, hand.ledger).await
    }
}
