//! How is something added that must be there exactly once? INTENT, send, DONE, and the question that stays open where
//! nobody knows whether it was made.

use tracing::warn;

use super::{Hand, Standing, Stop, Worker};
use crate::{
    case::{Millis, snapshot::Facts},
    http::Failure,
    state::{
        Seen, Told,
        key::{Fingerprint, Key, Plainness},
        notes::{HOME, Intent, PlaceNote},
    },
    targets::{
        content::Content,
        contract::{Creation, QUARANTINE},
        telling::{Ledger, What, is_of_the_move},
    },
};

/// After so many sendings of one addition a person is needed.
const ATTEMPTS: u8 = 3;

pub(super) struct Addition {
    pub(crate) key: Key,
    pub(crate) what: What,
    pub(crate) hash: Fingerprint,
    /// What will have been told of the case's fields.
    pub(crate) facts: Option<Facts>,
}

pub(super) fn tells_fields(what: &What) -> bool {
    match what {
        What::Anchor | What::Content(Content::Changes(..)) => true,
        What::Container(_)
        | What::Content(
            Content::Description(_)
            | Content::Comment { .. }
            | Content::Investigation { .. }
            | Content::Nudge { .. }
            | Content::Notice(_)
            | Content::Call(_)
            | Content::Taken(_)
            | Content::Page(..),
        ) => false,
    }
}

impl Worker<'_> {
    /// Adds something that must be there exactly once.
    pub(super) async fn add(&self, addition: Addition, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let Addition { key, mut what, hash, facts } = addition;
        if !matches!(what, What::Container(_)) {
            self.among_us(hand.note).await?;
        }
        let plainness = Plainness::Full;
        let mut intent = Intent { key, since: 0, attempt: 1, looks: 0, plainness, hash, facts, also: None };
        match &hand.note.open {
            Some(open) if open.key == intent.key => {
                intent.attempt = open.attempt + 1;
                intent.plainness = open.plainness;
            }
            Some(open) => {
                if self.target.is_repeatable() {
                    // Nothing overtakes what may still be on its way.
                    self.wait_until(open.since + QUARANTINE).await?;
                }
                hand.note.open = None;
            }
            None => {}
        }
        // Before its container too: the case may have been begun without one.
        if matches!(what, What::Anchor | What::Container(_)) && self.recall(&intent, hand).await? {
            return Ok(());
        }
        self.pace(hand.note, true).await?;
        what = match self.target.prepare(what, hand.picture, hand.note).await {
            Ok(prepared) => prepared,
            Err(failure) => return self.not_read(failure, hand).await,
        };
        intent.also = also(&what, &intent.key);
        if intent.also.as_ref().is_some_and(is_of_the_move) {
            intent.facts = hand.note.facts.clone().map(Facts::with_our_move);
        }
        loop {
            self.intend(&mut intent, hand).await?;
            let creation = Creation { what: &what, intent: &intent, picture: hand.picture };
            match self.target.create(&creation, hand.note).await {
                Ok(remote) => {
                    // Below what was made just now stands nothing that nobody knows of.
                    self.read.set(self.read.get() || matches!(what, What::Anchor));
                    return self.done(intent, &remote, hand).await;
                }
                Err(Failure::Content { why }) if intent.plainness < Plainness::Stub => {
                    warn!(destination = self.name(), key = %intent.key, why, "rendered plainer");
                    intent.plainness = plainer(intent.plainness);
                    self.pace(hand.note, true).await?;
                }
                Err(Failure::Gone { why }) if self.is_lost(&why, hand).await => {
                    return self.lost(&why, hand).await;
                }
                Err(failure) => return self.failed(failure, hand.note).await,
            }
        }
    }

    /// Whether nothing hangs on the anchor any more, though something did, asked anew: one answer is no evidence. Where
    /// nothing ever did, the anchor was never stored: the check finds that.
    async fn is_lost(&self, why: &str, hand: &Hand<'_>) -> bool {
        let planner = self.planner();
        planner.forgets_what_is_gone()
            && !planner.stands_alone(hand.note)
            && !hand.note.is_lost()
            && hand.ledger.iter().any(|(key, told)| key.0 != HOME && !told.theirs)
            && (self.target.is_evidence(why)
                || matches!(
                    self.target.read_back(self.lease.case, hand.note).await,
                    Err(Failure::Gone { .. })
                ))
    }

    /// People took away the anchor and all below it: nothing more is told there, and that is said once.
    async fn lost(&self, why: &str, hand: &mut Hand<'_>) -> Result<(), Stop> {
        warn!(destination = self.name(), case = %self.lease.case, why, "nothing can be told below its anchor");
        hand.note.lose();
        self.save(hand.note).await?;
        Err(Stop::Replan)
    }

    /// INTENT: written down before it is sent, and sent at once or not at all.
    async fn intend(&self, intent: &mut Intent, hand: &mut Hand<'_>) -> Result<(), Stop> {
        intent.since = self.world().now();
        hand.note.open = Some(intent.clone());
        self.forget_what_changes(hand);
        self.save(hand.note).await?;
        if self.may_send(intent.since) {
            return Ok(());
        }
        hand.note.open = None;
        Err(Stop::At(Standing::OutOfTime))
    }

    /// What is set after it is forgotten with it: that spares a write of its own.
    fn forget_what_changes(&self, hand: &mut Hand<'_>) {
        let now = self.world().now();
        for state in self.planner().decoration(hand.picture, hand.note, hand.ledger) {
            if !state.adds && state.due_at(hand.note).is_some_and(|at| at <= now) {
                hand.note.set.remove(&state.name);
            }
        }
    }

    /// DONE: the ledger first, so that a crash between the two writes is seen by the next worker.
    pub(super) async fn done(&self, intent: Intent, remote: &str, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let (remote_of, hash) = (remote.to_owned(), intent.hash.to_string());
        let told = Told { remote: remote_of, hash, seen: Seen::NotYet(0), theirs: false };
        // The call first: what is known to be said is not asked for again.
        if let Some(also) = &intent.also {
            self.tell(also.clone(), Told { hash: String::new(), ..told.clone() }, hand.ledger).await?;
        }
        self.tell(intent.key.clone(), told, hand.ledger).await?;
        self.adopt(intent, remote, hand.note).await?;
        self.mended(hand.note).await
    }

    /// What follows from an addition that is known to be made: its place leads to the case from now on.
    async fn adopt(&self, intent: Intent, remote: &str, note: &mut PlaceNote) -> Result<(), Stop> {
        let is_anchor = intent.key.0 == HOME;
        let anchor = self.planner().anchor(remote, note);
        note.adopt(intent, remote, anchor);
        if let Some(anchor) = note.home.as_ref().filter(|_| is_anchor) {
            for place in self.planner().bindings(anchor, note) {
                self.world().store().bind(&place, self.lease.case).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn tell(&self, key: Key, told: Told, ledger: &mut Ledger) -> Result<(), Stop> {
        self.lease.tell(self.world().store(), self.planner().kind(), (&key, &told)).await?;
        ledger.insert(key, told);
        Ok(())
    }

    /// An open intent is a question: was it made? The ledger may know; else the target is asked, but not before everything
    /// that was sent must have arrived. A target that drops what it is sent twice is not asked: it is sent once more.
    pub(super) async fn resolve(&self, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let Some(intent) = hand.note.open.clone() else { return Ok(()) };
        if let Some(told) = hand.ledger.get(&intent.key) {
            let remote = told.remote.clone();
            return self.adopt(intent, &remote, hand.note).await;
        }
        if self.target.is_repeatable() {
            return self.once_more(intent, hand.note);
        }
        hand.tally.unknown += 1;
        let looks = self.planner().looks(&intent.key);
        let [at, next] = [0, 1].map(|more| looks.get(usize::from(intent.looks) + more));
        self.wait_until(intent.since + at.or(looks.last()).copied().unwrap_or_default()).await?;
        hand.tally.unknown -= 1;
        self.patience(hand.note).await?;
        match self.target.find(self.lease.case, &intent, hand.note).await {
            Ok(Some(remote)) => self.done(intent, &remote, hand).await,
            Ok(None) => match next {
                Some(next) => self.look_again(intent, *next, hand.note).await,
                None => self.once_more(intent, hand.note),
            },
            Err(Failure::Gone { why }) if self.is_lost(&why, hand).await => self.lost(&why, hand).await,
            Err(failure) => self.refused(failure, hand.note).await,
        }
    }

    /// That it was not found proves nothing yet.
    async fn look_again(&self, intent: Intent, after: Millis, note: &mut PlaceNote) -> Result<(), Stop> {
        let at = intent.since + after;
        note.open = Some(Intent { looks: intent.looks + 1, ..intent });
        self.save(note).await?;
        Err(Stop::At(Standing::Waiting(at)))
    }

    /// It was not made, or may be sent twice: it is sent again, until a person is needed.
    fn once_more(&self, intent: Intent, note: &mut PlaceNote) -> Result<(), Stop> {
        if intent.attempt < ATTEMPTS {
            return Ok(());
        }
        note.open = Some(Intent { attempt: 0, looks: 0, since: self.world().now(), ..intent });
        self.park(note, "not_seen_after_attempts")
    }
}

/// The key of the call that its message makes beside what it says.
fn also(what: &What, key: &Key) -> Option<Key> {
    let What::Content(content) = what else { return None };
    content.call().map(|call| call.key.clone()).filter(|call| call != key)
}

fn plainer(plainness: Plainness) -> Plainness {
    match plainness {
        Plainness::Full => Plainness::Plain,
        Plainness::Plain | Plainness::Stub => Plainness::Stub,
    }
}
