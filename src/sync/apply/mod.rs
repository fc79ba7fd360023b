//! How is an effect made to happen exactly once? INTENT, send, DONE; and what follows when the answer is none.
//!
//! The argument for each rule stands in docs/architecture.md, "An effect's life".

mod addition;
mod decoration;
mod refusal;
mod setting;

use std::cell::Cell;

use self::addition::Addition;
pub use self::addition::What;
use crate::{
    case::{CaseId, Millis, snapshot::Facts},
    config::settings::Settings,
    runtime::{Rule, World},
    state::{
        self, Destination, Note, Seen, Told,
        notes::PlaceNote,
        record::{Rest, write},
    },
    targets::telling::{Effect, Ledger, Picture, plan},
    targets::{Destinations, content::Content},
    telemetry::report::Tally,
};

/// How what is told stands at a destination after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is owed.
    Settled,
    /// Something is owed, and nothing more can be done before this.
    Waiting(Millis),
    /// Something is owed, and this worker's time is over.
    OutOfTime,
}

/// What is left to do at a destination after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Of what is told.
    pub told: Standing,
    /// When some of what is only set is due again; `None` where all of it stands, or is given up.
    pub decorate_at: Option<Millis>,
}

/// One worker's hold on one case at one destination.
pub struct Worker<'a> {
    /// Everything outside.
    pub world: &'a dyn World,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Slack and Jira.
    pub destinations: &'a Destinations<'a>,
    /// The case that is held.
    pub case: &'a CaseId,
    /// Under this lease.
    pub epoch: u64,
    /// Which side of it.
    pub destination: Destination,
    /// What stands in its note that this release does not know: it goes back as it came.
    pub rest: &'a Rest,
    /// When the function's time ends.
    pub deadline: Millis,
    /// The breaker was open before this worker tried.
    pub tripped: Cell<bool>,
    /// This worker found the destination broken, and is the first.
    pub broken: Cell<bool>,
    /// Until then it holds that nobody of another workspace reads along.
    pub among_us: Cell<Millis>,
    /// The note was saved with an intent in it: it must be saved again without.
    pub saved: Cell<bool>,
}

/// Why a round stops before its end.
enum Stop {
    /// See [`Standing`].
    At(Standing),
    /// The plan must be made anew: a home was made, or found.
    Replan,
    /// The store did not answer, or the lease is gone.
    Store(state::Error),
}

impl From<state::Error> for Stop {
    fn from(error: state::Error) -> Self {
        Self::Store(error)
    }
}

impl Worker<'_> {
    /// Brings the destination up to the picture, as far as it can now.
    ///
    /// # Errors
    /// The store did not answer, or the lease was taken over: the worker must stop at once.
    pub async fn settle(
        &self,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
        tally: &mut Tally,
    ) -> Result<Left, state::Error> {
        if !self.world.holds(Rule::DecorationApart) {
            let decorate_at = self.decorate(Standing::Settled, picture, note, tally).await?;
            if let Some(at) = decorate_at {
                return Ok(Left { told: Standing::Waiting(at), decorate_at });
            }
        }
        let told = match self.rounds(picture, note, ledger, tally).await {
            Ok(()) => Standing::Settled,
            Err(Stop::At(standing)) => standing,
            Err(Stop::Replan) => Standing::OutOfTime,
            Err(Stop::Store(error)) => return Err(error),
        };
        Ok(Left { told, decorate_at: self.decorate(told, picture, note, tally).await? })
    }

    /// Making a home changes what is missing, so the plan is made anew after it: at most channel, home, the rest.
    async fn rounds(
        &self,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        for _ in 0..4 {
            self.wait_until(note.not_before).await?;
            self.resolve(note, ledger, tally).await?;
            match self.round(picture, note, ledger, tally).await {
                Err(Stop::Replan) => {}
                other => return other,
            }
        }
        Err(Stop::Replan)
    }

    async fn round(
        &self,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        let effects = plan(self.destination, picture, note, ledger, self.settings);
        tally.planned += u32::try_from(effects.len()).unwrap_or(u32::MAX);
        for effect in effects {
            let moved = matches!(effect, Effect::Channel { .. } | Effect::Home { .. });
            match self.perform(effect, picture, note, ledger).await {
                Ok(()) => tally.done += 1,
                Err(Stop::At(_)) if !self.world.holds(Rule::StopAtFirst) => note.open = None,
                Err(stop) => {
                    tally.unknown += u32::from(note.open.is_some());
                    tally.parked += u32::from(note.parked.is_some());
                    return Err(stop);
                }
            }
            if moved {
                return Err(Stop::Replan);
            }
        }
        Ok(())
    }

    async fn perform(
        &self,
        effect: Effect,
        picture: &Picture,
        note: &mut PlaceNote,
        ledger: &mut Ledger,
    ) -> Result<(), Stop> {
        let facts = || Some(Facts::of(&picture.view.case));
        match effect {
            Effect::Channel { name } => self.add(Addition::channel(name), picture, note, ledger).await,
            Effect::Home { hash } => self.add(Addition::home(hash, facts()), picture, note, ledger).await,
            Effect::Add { key, content, hash } => {
                let facts = matches!(content, Content::Changes(_)).then(facts).flatten();
                self.add(Addition { key, what: What::Content(content), hash, facts }, picture, note, ledger)
                    .await
            }
            Effect::Adopt { key, remote, hash } => {
                let told = Told { remote, hash, seen: Seen::Yes, theirs: true };
                self.tell(key, told, ledger).await
            }
            Effect::Edit { key, remote, content, hash } => {
                self.edit(key, remote, content, hash, note, ledger).await
            }
            Effect::Note(facts) => {
                note.facts = Some(*facts);
                Ok(())
            }
        }
    }
}

impl Worker<'_> {
    async fn save(&self, note: &PlaceNote) -> Result<(), Stop> {
        self.saved.set(true);
        let json = write(note, self.rest).map_err(|error| state::Error::Trouble(error.to_string()))?;
        Ok(self.world.store().save(self.case, self.epoch, Note::Of(self.destination), &json).await?)
    }
}
