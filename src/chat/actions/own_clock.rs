//! What moment somebody means: on their own clock, as Slack knows it.

use super::context::{ActionError, CommandContext};
use crate::{case::Seconds, chat::language::when};

/// The moment that these words mean to whoever asks, where they mean one.
pub(super) async fn moment(
    context: &CommandContext<'_>,
    said: Option<&str>,
) -> Result<Option<Seconds>, ActionError> {
    let Some(said) = said else { return Ok(None) };
    // Slack tells it anew: it changes with daylight saving. At a terminal it is UTC.
    let zone = match context.is_at_a_terminal() {
        true => None,
        false => context.slack.user(&context.job.user).await?.and_then(|person| person.tz_offset),
    };
    Ok(when::moment_in(said, context.job.at / 1_000, zone.unwrap_or(0)))
}
