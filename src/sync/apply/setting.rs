//! How is a state set, or a told text rewritten? Both may be repeated without harm.

use tracing::warn;

use super::{Standing, Stop, Worker};
use crate::{
    http::Failure,
    runtime::Rule,
    state::{
        Destination, Seen, Told,
        key::Key,
        notes::{GONE, PlaceNote},
    },
    targets::content::Content,
    targets::telling::{Decoration, Ledger, Picture},
    telemetry::report::Tally,
};

impl Worker<'_> {
    /// Sets a state. It may be repeated, so an unknown answer asks for nothing but doing it again, and once more
    /// when an older setting can no longer arrive.
    pub(super) async fn set(
        &self,
        state: &Decoration,
        picture: &Picture,
        note: &mut PlaceNote,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        let Decoration { name, setting, hash } = state;
        self.slot(note, false).await?;
        self.wait_until(self.left_alone_until().await?).await?;
        if !self.may_send(self.world.now()) {
            return Err(Stop::At(Standing::OutOfTime));
        }
        if note.set.remove(name).is_some() && self.world.holds(Rule::ForgetFirst) {
            // From here on nobody knows which state stands there, until the answer is known.
            self.save(note).await?;
        }
        let now = self.world.now();
        let is = match self.destinations.set(self, setting, hash, picture, note).await {
            Ok(()) => hash.as_str(),
            Err(Failure::Gone { .. }) if self.destination == Destination::Slack => GONE,
            Err(failure) => return self.owe(state, failure, picture, note, tally).await,
        };
        note.again.retain(|other, at| other != name || *at > now);
        note.owed.remove(name);
        note.set.insert(name.clone(), is.to_owned());
        tally.set += 1;
        Ok(())
    }

    /// Rewrites something that was told. What a person deleted stays deleted.
    pub(super) async fn edit(
        &self,
        key: Key,
        remote: String,
        content: Content,
        hash: String,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), Stop> {
        self.among_us(note).await?;
        self.pace(note, false).await?;
        if !self.may_send(self.world.now()) {
            return Err(Stop::At(Standing::OutOfTime));
        }
        let was_seen = ledger.get(&key).is_some_and(|told| told.seen == Seen::Yes);
        let sent = Box::pin(self.destinations.edit(self, &key, &remote, &content, &hash, note)).await;
        let seen = match sent {
            Ok(()) => {
                self.mended(note).await?;
                Seen::Yes
            }
            Err(Failure::Gone { .. }) if was_seen => Seen::Deleted,
            // Nobody ever saw it there: it was never stored, and is owed again.
            Err(Failure::Gone { .. }) => {
                self.world.store().untell(self.case, self.epoch, self.destination, &key).await?;
                ledger.remove(&key);
                return Err(Stop::Replan);
            }
            Err(Failure::Content { why }) => {
                warn!(destination = self.destination.as_str(), %key, why, "cannot be rewritten");
                Seen::Yes
            }
            Err(failure) => return self.refused(failure, note).await,
        };
        self.tell(key, Told { remote, hash, seen, theirs: false }, ledger).await
    }
}
