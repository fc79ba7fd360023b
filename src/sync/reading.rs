//! How is much read from the service? Page by page, no faster than it allows, and never past the function's end.

use std::{cell::RefCell, collections::HashSet, time::Duration};

use tracing::error;

use crate::{
    aws::sir::{Answer, Call, Fault, FaultKind, Question, Rate},
    case::Millis,
    runtime::{World, gate},
    state::Reserved,
};

/// The first and the longest wait where the service does not say for how long: it allows five reads a second.
const WAIT: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(3));

/// A service that lets nobody through for so long is left alone for a while: others' cases need the time.
const PATIENCE: Millis = 30_000;

pub(crate) struct Reader<'a> {
    world: &'a dyn World,
    until: Millis,
    /// Many read at once: each asks in its turn among all workers.
    crowd: bool,
    followed: RefCell<HashSet<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadingError {
    #[error("the service did not answer: {0}")]
    Sir(#[from] Fault),
    #[error("the time is over")]
    OutOfTime,
    /// A page leads to one that was read already.
    #[error("a page leads back")]
    Circle,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(world: &'a dyn World, until: Millis) -> Self {
        Self { world, until, crowd: false, followed: RefCell::default() }
    }

    pub(crate) fn among(self, crowd: bool) -> Self {
        Self { crowd, ..self }
    }

    /// Asks, and where the service was asked too often asks again, in its turn: what was read before is kept.
    async fn answer(&self, call: &Call) -> Result<Answer, ReadingError> {
        let (mut wait, mut patience, mut in_turn) = (WAIT.0, None, self.crowd);
        loop {
            if in_turn {
                self.turn(call).await?;
            }
            if self.world.now() > self.until {
                return Err(ReadingError::OutOfTime);
            }
            let answer = self.world.call(call.clone()).await;
            let Err(Fault { kind: FaultKind::Throttled { retry_after }, .. }) = &answer else {
                return Ok(answer?);
            };
            let pause = retry_after.unwrap_or_default().max(wait);
            let over = *patience.get_or_insert(self.world.now() + PATIENCE);
            if self.world.now() + Millis::try_from(pause.as_millis()).unwrap_or(Millis::MAX / 2) > over {
                return Ok(answer?);
            }
            self.world.sleep(pause).await;
            wait = (wait * 2).min(WAIT.1);
            in_turn = true;
        }
    }

    /// As [`Self::answer`], opened.
    pub(crate) async fn ask<T>(&self, question: Question<T>) -> Result<T, ReadingError> {
        let answer = self.answer(question.call()).await?;
        Ok(question.answered(answer)?)
    }

    /// Waits for its turn. Where the table does not answer nobody knows whose turn it is: then the service says so.
    async fn turn(&self, call: &Call) -> Result<(), ReadingError> {
        let spacing = match call.rate() {
            Rate::One => 1_000,
            Rate::Five => 220,
            Rate::Unpublished => return Ok(()),
        };
        match gate::turn(self.world, call.operation(), spacing, self.until).await {
            Ok(Reserved::At(at)) => {
                let left = u64::try_from(at - self.world.now()).unwrap_or(0);
                self.world.sleep(Duration::from_millis(left)).await;
                Ok(())
            }
            Ok(Reserved::NotBefore(_)) => Err(ReadingError::OutOfTime),
            Err(_) => Ok(()),
        }
    }

    /// The page after this one. One that was read already would be read for ever.
    pub(crate) fn follow(&self, next: Option<String>) -> Result<Option<String>, ReadingError> {
        match next {
            Some(token) if !self.followed.borrow_mut().insert(token.clone()) => {
                error!("a list of the service leads back to a page that was read");
                Err(ReadingError::Circle)
            }
            next => Ok(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{sdk::Aws, secrets::Secrets},
        runtime::live::{Inbox, Live, Safe},
        state::memory::Memory,
    };

    #[test]
    fn a_page_that_was_read_is_not_followed_again() {
        let (sender, _jobs) = tokio::sync::mpsc::unbounded_channel();
        let safe = Safe::Given(Secrets::default());
        let world = Live::new(Memory::default(), Aws::default(), Inbox::Channel(sender), safe);
        let reader = Reader::new(&world, Millis::MAX);
        let next = |token: &str| reader.follow(Some(token.to_owned()));
        assert_eq!(next("a"), Ok(Some("a".to_owned())));
        assert_eq!(next("b"), Ok(Some("b".to_owned())));
        assert_eq!(next("a"), Err(ReadingError::Circle));
        assert_eq!(reader.follow(None), Ok(None));
    }
}
