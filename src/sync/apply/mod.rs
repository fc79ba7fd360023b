//! How is an effect made to happen exactly once? INTENT, send, DONE; and what follows when the answer is none.
//!
//! The argument for each rule stands in docs/architecture.md, "An effect's life".

mod addition;
mod decoration;
mod memory;
mod refusal;
mod setting;

use std::cell::Cell;

pub(crate) use self::refusal::{knows_us, reconsider};
use crate::{
    case::{Millis, snapshot::Facts},
    runtime::World,
    state::{
        self, Note, Seen, Told,
        notes::PlaceNote,
        record::{Rest, write},
    },
    sync::context::{Context, Lease},
    targets::{
        contract::{Planner, Target},
        telling::{Effect, Ledger, Picture},
    },
    telemetry::report::Tally,
};

/// How what is told stands at a target after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing is owed.
    Settled,
    /// Something is owed, and nothing more can be done before this.
    Waiting(Millis),
    /// Something is owed, and this worker's time is over.
    OutOfTime,
}

/// What is left to do at a target after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) told: Standing,
    /// When some of what is only set is due again; `None` where all of it stands, or is given up.
    pub(crate) decorate_at: Option<Millis>,
}

/// What is known of a case at one target, and what is learned by working there.
pub(crate) struct Hand<'h> {
    /// What is true.
    pub(crate) picture: &'h Picture,
    /// What stands there.
    pub(crate) note: &'h mut PlaceNote,
    /// What was told.
    pub(crate) ledger: &'h mut Ledger,
    /// What was done.
    pub(crate) tally: Tally,
}

/// One worker's hold on one case at one target.
pub(crate) struct Worker<'a> {
    /// Everything around the case.
    pub(crate) context: &'a Context<'a>,
    /// The case that is held.
    pub(crate) lease: &'a Lease<'a>,
    /// Where it is told.
    pub(crate) target: &'a dyn Target,
    /// What stands in its note that this release does not know: it goes back as it came.
    pub(crate) rest: &'a Rest,
    /// The breaker was open before this worker tried.
    tripped: Cell<bool>,
    /// This worker found the target broken, and is the first.
    pub(crate) broken: Cell<bool>,
    /// Until then it holds that no stranger reads along.
    among_us: Cell<Millis>,
    /// The note was saved with an intent in it: it must be saved again without.
    pub(crate) saved: Cell<bool>,
    /// What stands there was compared with the ledger already.
    pub(crate) read: Cell<bool>,
    closed: Cell<bool>,
    /// It had its turn at a place that it shares with other cases.
    posted: Cell<bool>,
    /// The case's place takes nothing, because people closed it, and that is new.
    pub(crate) shut: Cell<bool>,
}

/// Why a round stops before its end.
enum Stop {
    /// See [`Standing`].
    At(Standing),
    /// The plan must be made anew: an anchor was made, or found.
    Replan,
    /// The store did not answer, or the lease is gone.
    Store(state::Error),
}

impl From<state::Error> for Stop {
    fn from(error: state::Error) -> Self {
        Self::Store(error)
    }
}

impl<'a> Worker<'a> {
    /// Holds a case at this target.
    pub(crate) fn new(
        context: &'a Context<'a>,
        lease: &'a Lease<'a>,
        target: &'a dyn Target,
        rest: &'a Rest,
    ) -> Self {
        let [tripped, broken, saved, read, closed, shut, posted] = [const { Cell::new(false) }; 7];
        Self {
            context,
            lease,
            target,
            rest,
            tripped,
            broken,
            among_us: Cell::new(0),
            saved,
            read,
            closed,
            posted,
            shut,
        }
    }
}

impl Worker<'_> {
    fn world(&self) -> &dyn World {
        self.context.world
    }

    fn planner(&self) -> &dyn Planner {
        self.target.planner()
    }

    /// The target's name, for the log.
    fn name(&self) -> &'static str {
        self.planner().kind().as_str()
    }

    /// Brings the target up to the picture, as far as it can now.
    ///
    /// # Errors
    /// The store did not answer, or the lease was taken over: the worker must stop at once.
    pub(crate) async fn settle(&self, hand: &mut Hand<'_>) -> Result<Left, state::Error> {
        self.closed.set(hand.picture.view.case.is_closed());
        if self.rests(hand.note) {
            return Ok(Left { told: Standing::Settled, decorate_at: None });
        }
        let told = self.told(hand).await?;
        let decorate_at = self.decorate(told, hand).await?;
        // A state may be what more is told below: a level that hides an issue.
        let is_more = told == Standing::Settled
            && !self.planner().plan(hand.picture, hand.note, hand.ledger).is_empty();
        let told = if is_more { self.told(hand).await? } else { told };
        Ok(Left { told, decorate_at })
    }

    async fn told(&self, hand: &mut Hand<'_>) -> Result<Standing, state::Error> {
        match Box::pin(self.rounds(hand)).await {
            Ok(()) => Ok(Standing::Settled),
            Err(Stop::At(standing)) => Ok(standing),
            Err(Stop::Replan) => Ok(Standing::OutOfTime),
            Err(Stop::Store(error)) => Err(error),
        }
    }

    /// Making an anchor changes what is missing, so the plan is made anew after it: at most container, anchor, the rest.
    async fn rounds(&self, hand: &mut Hand<'_>) -> Result<(), Stop> {
        for _ in 0..4 {
            self.wait_until(hand.note.not_before).await?;
            self.resolve(hand).await?;
            self.read_first(hand).await?;
            match self.stand_by(hand).await {
                Err(Stop::Replan) => continue,
                stands_by => stands_by?,
            }
            match self.round(hand).await {
                Err(Stop::Replan) => {}
                other => return other,
            }
        }
        Err(Stop::Replan)
    }

    async fn round(&self, hand: &mut Hand<'_>) -> Result<(), Stop> {
        let effects = self.planner().plan(hand.picture, hand.note, hand.ledger);
        if self.may_stand_there(&effects, hand) {
            hand.note.read_first = true;
            return Err(Stop::Replan);
        }
        hand.tally.planned += u32::try_from(effects.len()).unwrap_or(u32::MAX);
        for effect in effects {
            let comes_alone = effect.comes_alone();
            match self.perform(effect, hand).await {
                Ok(()) => hand.tally.done += 1,
                Err(stop) => {
                    hand.tally.unknown += u32::from(hand.note.open.is_some());
                    hand.tally.parked += u32::from(hand.note.parked.is_some());
                    return Err(stop);
                }
            }
            if comes_alone {
                return Err(Stop::Replan);
            }
        }
        Ok(())
    }

    async fn perform(&self, effect: Effect, hand: &mut Hand<'_>) -> Result<(), Stop> {
        match effect {
            Effect::Create { key, what, hash } => {
                let facts = addition::tells_fields(&what).then(|| Facts::of(&hand.picture.view.case));
                self.add(addition::Addition { key, what, hash, facts }, hand).await
            }
            Effect::Adopt { key, remote, hash } => {
                self.tell(key, Told { remote, hash: hash.into(), seen: Seen::Yes, theirs: true }, hand.ledger)
                    .await
            }
            Effect::Edit { key, remote, content, hash } => {
                self.edit(setting::Rewriting { key, remote, content, hash }, hand).await
            }
            Effect::Note(facts) => {
                hand.note.facts = Some(*facts);
                Ok(())
            }
        }
    }

    /// Whether nothing is done here any more: what all of it hangs on was taken away.
    fn rests(&self, note: &PlaceNote) -> bool {
        note.is_gone() && !self.planner().forgets_what_is_gone()
    }

    async fn save(&self, note: &PlaceNote) -> Result<(), Stop> {
        self.saved.set(true);
        let json = write(note, self.rest).map_err(|error| state::Error::Trouble(error.to_string()))?;
        let of = Note::Of(self.planner().kind());
        Ok(self.world().store().save(self.lease.case, self.lease.epoch, of, &json).await?)
    }
}
