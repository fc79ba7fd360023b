//! What stands at a target although the table does not know of it: the table was lost, or is an earlier one. Told once, it is
//! not told again.

use tracing::warn;

use super::{Hand, Standing, Stop, Worker};
use crate::{
    case::{Millis, author, snapshot::Facts},
    http::Failure,
    runtime::deployments::{self, Seen as OtherSeen},
    state::{
        Seen, Told,
        key::Key,
        notes::{Another, HOME, Intent},
    },
    sync::{
        audit::{self, Audited},
        others::{self, PATIENCE},
    },
    targets::{
        content::Content,
        contract::ReadBack,
        telling::{Effect, What, comment_key},
    },
};

/// A case that is younger was told by nobody before us.
const NEW: Millis = 120_000;
/// What happened longer ago and was not told may have been told: most is told within seconds.
const LATE: Millis = 300_000;

impl Worker<'_> {
    /// Takes up an anchor that we made before anybody now remembers, in place of making another. All that hangs on it is to
    /// be read before more is told.
    pub(super) async fn recall(&self, intent: &Intent, hand: &mut Hand<'_>) -> Result<bool, Stop> {
        let case = &hand.picture.view.case;
        let created = case.created.unwrap_or_default() * 1_000;
        if intent.attempt > 1 || hand.note.anew {
            return Ok(false);
        }
        if self.world().now() - created < NEW {
            if !deployments::goes_another_first(self.world()).await? {
                return Ok(false);
            }
            self.wait_until(created + PATIENCE).await?;
        }
        self.patience(hand.note).await?;
        match self.target.recall(case, hand.note).await {
            Ok(None) => Ok(false),
            Ok(Some(found)) => {
                let is_another = deployments::is_another(self.world(), found.by.as_ref()).await?;
                let (key, facts) = (Key(HOME.to_owned()), Some(Facts::of(case)));
                self.done(Intent { key, facts, ..intent.clone() }, &found.remote, hand).await?;
                if let Some(by) = found.by.filter(|_| is_another) {
                    let audited = Audited { lease: self.lease, target: self.target, case };
                    let seen = OtherSeen { at_work: false, ..audited.seen(self.context, true) };
                    deployments::notice(self.world(), &by, seen).await?;
                    hand.note.another = Some(Another::new(by));
                }
                hand.note.read_first = true;
                hand.note.maybe_two = true;
                Ok(true)
            }
            Err(failure) => self.not_read(failure, hand).await,
        }
    }

    /// Where another deployment's name stands on the anchor, it tells the case. What it leaves untold for too long is
    /// told here, and the anchor is this one's from then on.
    pub(super) async fn stand_by(&self, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let Some(mut another) = hand.note.another.clone() else { return Ok(()) };
        let plan = self.planner().plan(hand.picture, hand.note, hand.ledger);
        if !plan.iter().any(others::all_tell) {
            another.owed_since = None;
            hand.note.another = Some(another);
            return Err(Stop::At(Standing::Settled));
        }
        if !self.read.get() {
            hand.note.read_first = true;
            return Err(Stop::Replan);
        }
        let until = *another.owed_since.get_or_insert(self.world().now()) + PATIENCE;
        hand.note.another = Some(another.clone());
        if self.world().now() < until {
            return Err(Stop::At(Standing::Waiting(until)));
        }
        warn!(case = %self.lease.case, destination = self.name(), other = %another.by, "what another deployment does not tell is told here");
        deployments::is_gone(self.world(), &another.by).await?;
        (hand.note.another, hand.note.parked) = (None, None);
        // Its name goes on the anchor.
        hand.note.set.remove(HOME);
        Ok(())
    }

    /// A read without an answer leaves no question open.
    pub(super) async fn not_read<T>(&self, failure: Failure, hand: &mut Hand<'_>) -> Result<T, Stop> {
        let failure = match failure {
            Failure::Unknown { why } => Failure::NotApplied { retry_after: None, why },
            failure @ (Failure::NotApplied { .. }
            | Failure::Content { .. }
            | Failure::Gone { .. }
            | Failure::Broken { .. }
            | Failure::Shut { .. }) => failure,
        };
        self.refused(failure, hand.note).await
    }

    /// Whether some of it happened so long ago that it may have been told.
    pub(super) fn may_stand_there(&self, effects: &[Effect], hand: &Hand<'_>) -> bool {
        let late = self.world().now() - LATE;
        let readable = hand.note.home.is_some() && !hand.note.is_lost() && !self.target.is_repeatable();
        readable && !self.read.get() && effects.iter().any(|effect| happened(effect, hand) < late)
    }

    /// Nothing is told before what stands there was compared with the ledger, where that may lack some of it.
    pub(super) async fn read_first(&self, hand: &mut Hand<'_>) -> Result<(), Stop> {
        if !hand.note.read_first || hand.note.home.is_none() || hand.note.is_lost() {
            return Ok(());
        }
        self.patience(hand.note).await?;
        let case = &hand.picture.view.case;
        let audited = Audited { lease: self.lease, target: self.target, case };
        let mut there = match self.target.read_back(self.lease.case, hand.note).await {
            Ok(there) => there,
            Err(Failure::Gone { .. }) if self.planner().forgets_what_is_gone() => ReadBack::default(),
            Err(failure) => return self.not_read(failure, hand).await,
        };
        let forgotten = audit::learn(self.context, &audited, hand.note, &mut there).await?;
        let told = self.world().store().all_told(self.lease.case, self.planner().kind()).await?;
        hand.ledger.extend(told);
        if forgotten {
            self.leave_to_their_speakers(hand).await?;
        }
        hand.note.read_first = false;
        self.read.set(true);
        Ok(())
    }

    /// What people said here stands in their own words, which bear no mark of ours.
    async fn leave_to_their_speakers(&self, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let here = self.planner().title();
        let known: Vec<_> =
            hand.picture.sayings.iter().filter_map(|saying| saying.comment.as_deref()).collect();
        let theirs = hand.picture.comments.iter().filter(|comment| {
            author::Author::of(&comment.creator).is_a_principal()
                && author::names_a_speaker(&comment.body, here)
                && !known.contains(&comment.id.as_str())
        });
        for comment in theirs {
            let key = comment_key(comment);
            if !hand.ledger.contains_key(&key) {
                let told = Told { remote: String::new(), hash: String::new(), seen: Seen::Yes, theirs: true };
                self.tell(key, told, hand.ledger).await?;
            }
        }
        Ok(())
    }
}

/// When that happened which an effect tells; never for one that tells nothing.
fn happened(effect: &Effect, hand: &Hand<'_>) -> Millis {
    let case = &hand.picture.view.case;
    let Effect::Create { what: What::Content(content), .. } = effect else { return Millis::MAX };
    let seconds = match content {
        Content::Comment { at, .. } => Some(*at),
        Content::Description(_) => case.created,
        Content::Changes(..) => case.updated,
        Content::Investigation { step, .. } => Some(step.updated),
        // They come by themselves, long after what they tell.
        Content::Nudge { .. }
        | Content::Notice(_)
        | Content::Call(_)
        | Content::Taken(_)
        | Content::Page(..) => Some(0),
    };
    seconds.map_or(0, |seconds| seconds * 1_000)
}
