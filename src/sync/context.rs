//! What does a worker have to hand?

use crate::{
    case::{CaseId, Millis},
    config::settings::Settings,
    runtime::{World, gate::Queues},
    state::{self, Store, TargetKind, Told, key::Key},
    targets::contract::{Listener, Target},
};

/// What one invocation has to hand: everything but the case.
pub struct Context<'a> {
    /// Everything outside.
    pub world: &'a dyn World,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Where cases are told, in this order.
    pub targets: &'a [&'a dyn Target],
    /// Who takes up what people said there.
    pub listener: &'a dyn Listener,
    /// Who of this invocation waits for a place.
    pub queues: Queues,
    /// This invocation has more than one case.
    pub crowd: bool,
    /// When the function's time ends.
    pub deadline: Millis,
}

impl Context<'_> {
    pub(crate) fn kinds(&self) -> Vec<TargetKind> {
        self.targets.iter().map(|target| target.planner().kind()).collect()
    }

    /// Of those that are told of comments.
    pub(crate) fn tellers(&self) -> Vec<TargetKind> {
        let planners = self.targets.iter().map(|target| target.planner());
        planners.filter(|planner| planner.tells_comments()).map(|planner| planner.kind()).collect()
    }
}

/// A case that is held by one worker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease<'a> {
    /// Which.
    pub(crate) case: &'a CaseId,
    /// A fencing token: whoever leases the case later has a higher one, and what is written under this one is refused.
    pub(crate) epoch: u64,
}

impl Lease<'_> {
    /// Remembers that something was told.
    ///
    /// # Errors
    /// As [`Store::tell`].
    pub(crate) async fn tell(
        &self,
        store: &dyn Store,
        kind: TargetKind,
        (key, told): (&Key, &Told),
    ) -> state::Result<()> {
        store.tell(self.case, self.epoch, kind, key, told).await
    }

    /// Forgets that something was told: it is owed again.
    ///
    /// # Errors
    /// As [`Store::untell`].
    pub(crate) async fn untell(&self, store: &dyn Store, kind: TargetKind, key: &Key) -> state::Result<()> {
        store.untell(self.case, self.epoch, kind, key).await
    }
}
