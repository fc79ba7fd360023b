//! How many requests does Slack take?
//! <https://docs.slack.dev/apis/web-api/rate-limits>: a method's tier is a number a minute, for the app in the whole
//! workspace; posting is one a second and channel, and "several hundred" a minute in the workspace.

use casebridge::case::ChannelId;

use super::{
    super::rate::Limit,
    state::Workspace,
    trouble::{SlackRefusal, no},
};

/// How strictly the limits are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// What comes too fast is counted, and taken.
    #[default]
    Counted,
    /// A second post within a second to a channel is refused, and nothing else.
    Strict,
    /// Tiers are kept, and posts are one a second and channel.
    Steady,
    /// Tiers are kept, and a channel takes some posts at once before it takes one a second: what was measured.
    Burst,
}

const MINUTE: i64 = 60_000;
/// Slack says "several hundred".
const WORKSPACE: Limit = Limit::Window(300, MINUTE);
/// <https://github.com/RamblingCookieMonster/PSSlack/issues/52>
const BURST: Limit = Limit::Bucket(25, 1_000);

/// Requests a minute, from the tiers of the methods' pages; posting has its own rule.
pub fn tier(method: &str) -> Option<usize> {
    Some(match method {
        "chat.postMessage" => return None,
        "auth.test" | "chat.getPermalink" => 600,
        "users.info" | "chat.postEphemeral" | "conversations.members" | "files.info" => 100,
        "files.getUploadURLExternal" | "files.completeUploadExternal" => 100,
        "views.open" | "views.push" | "views.publish" | "views.update" => 100,
        "conversations.create" | "conversations.archive" | "conversations.list" => 20,
        "conversations.setTopic" | "conversations.setPurpose" | "conversations.rename" => 20,
        "pins.add" | "reactions.remove" | "bookmarks.add" | "bookmarks.edit" => 20,
        "usergroups.list" | "usergroups.users.list" => 20,
        _ => 50,
    })
}

pub(super) fn call(state: &Workspace, method: &str) -> Result<(), SlackRefusal> {
    let keeps_tiers = matches!(state.settings.pace, Pace::Steady | Pace::Burst);
    match tier(method).filter(|_| keeps_tiers) {
        Some(tier) => count(state, method, Limit::Window(tier, MINUTE)),
        None => Ok(()),
    }
}

/// About one message a second and channel, whichever method posts it.
pub(super) fn post(state: &mut Workspace, channel: &ChannelId) -> Result<(), SlackRefusal> {
    let (now, pace) = (state.clock.millis(), state.settings.pace);
    let name = format!("post {channel}");
    if let Some(channel) = state.channels.get_mut(channel) {
        let fast = now - std::mem::replace(&mut channel.posted, now) < 1_000;
        channel.too_fast += u32::from(fast);
    }
    let limit = match pace {
        Pace::Counted => return count(state, &name, Limit::Window(usize::MAX, 1_000)),
        Pace::Strict => return count(state, &name, Limit::Window(1, 1_000)),
        Pace::Steady => Limit::Window(1, 1_000),
        Pace::Burst => BURST,
    };
    count(state, &name, limit)?;
    count(state, "posts", WORKSPACE)
}

fn count(state: &Workspace, name: &str, limit: Limit) -> Result<(), SlackRefusal> {
    let wait = state.meter.count(name, limit, state.clock.millis()).err();
    wait.map_or(Ok(()), |wait| Err(SlackRefusal { wait: Some(whole_seconds(wait)), ..no("ratelimited") }))
}

/// `Retry-After` is whole seconds, and then there is room.
fn whole_seconds(millis: i64) -> i64 {
    (millis + 999) / 1_000
}
