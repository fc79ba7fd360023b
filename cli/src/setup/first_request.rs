//! Does Slack reach the functions, and do they know its signature?

use std::time::{Duration, Instant};

use casebridge::runtime::sighting::{self, Service};

use super::{Setup, SetupError};
use crate::{doctor, output};

/// How often it is looked whether a request came; how often it is said that none did.
const LOOK: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_secs(30);

impl Setup {
    /// Waits for a request of Slack's that is signed with the secret.
    pub(super) async fn wait(&self, first: &FirstRequest, seconds: u64) -> Result<(), SetupError> {
        let (begun, mut said) = (Instant::now(), None::<(Seen, Instant)>);
        loop {
            let seen = first.seen(sighting::requests(&self.live, Service::Slack).await?);
            let is_over = begun.elapsed().as_secs() >= seconds;
            let words = match seen {
                Seen::Genuine(at) => {
                    let ago = doctor::ago(at);
                    return Ok(output::say(&format!("Slack's signed requests arrive (the last one {ago})"))?);
                }
                Seen::Strange => return Err(SetupError::Strange),
                Seen::TooEarly if is_over => return Err(SetupError::Strange),
                Seen::Nothing if is_over => return Err(SetupError::Silent(seconds)),
                Seen::TooEarly => {
                    "A request came that the functions do not know as Slack's: they take up a new secret within a minute. Then \
                     press Retry once more. Waiting …"
                }
                Seen::Nothing => {
                    "By hand: in the Slack app, under Event Subscriptions, press Retry beside the Request URL. Waiting …"
                }
            };
            let is_new = said.is_none_or(|(other, _)| other != seen);
            if is_new || said.is_some_and(|(_, at)| Instant::now() >= at) {
                output::say(if is_new { words } else { "still waiting for Slack …" })?;
                said = Some((seen, Instant::now() + AGAIN));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The request that a setup waits for.
pub(super) struct FirstRequest {
    /// The signing secret was written by this setup: only a request after its beginning is signed with it.
    pub(super) is_new: bool,
    pub(super) begun: i64,
    /// When every function knows the secret.
    pub(super) known_at: i64,
}

/// What is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Nothing,
    Genuine(i64),
    /// Its signature did not fit, before every function knew the secret.
    TooEarly,
    Strange,
}

impl FirstRequest {
    /// Of when the last one came that was genuine, and the last one that was not.
    fn seen(&self, [genuine, strange]: [Option<i64>; 2]) -> Seen {
        let genuine = genuine.filter(|at| !self.is_new || *at >= self.begun);
        match (genuine, strange.filter(|at| !self.is_new || *at >= self.begun)) {
            (Some(at), other) if other.is_none_or(|other| other <= at) => Seen::Genuine(at),
            (_, Some(at)) if at >= self.known_at => Seen::Strange,
            (_, Some(_)) => Seen::TooEarly,
            (_, None) => Seen::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_came_before_the_functions_knew_a_new_secret_is_not_judged_by_it() {
        let replaced = FirstRequest { is_new: true, begun: 1_000, known_at: 61_000 };
        let same = FirstRequest { is_new: false, begun: 1_000, known_at: 1_000 };
        for (first, genuine, strange, expected) in [
            (&replaced, None, None, Seen::Nothing),
            (&replaced, Some(999), None, Seen::Nothing),
            (&replaced, Some(1_000), None, Seen::Genuine(1_000)),
            (&replaced, None, Some(999), Seen::Nothing),
            (&replaced, None, Some(60_999), Seen::TooEarly),
            (&replaced, None, Some(61_000), Seen::Strange),
            (&replaced, Some(70_000), Some(60_999), Seen::Genuine(70_000)),
            (&replaced, Some(70_000), Some(70_001), Seen::Strange),
            (&same, Some(1), None, Seen::Genuine(1)),
            (&same, Some(2), Some(1), Seen::Genuine(2)),
            (&same, Some(1), Some(2), Seen::TooEarly),
            (&same, None, Some(2), Seen::TooEarly),
            (&same, Some(1), Some(1_000), Seen::Strange),
        ] {
            assert_eq!(first.seen([genuine, strange]), expected, "{genuine:?} {strange:?}");
        }
    }
}
