//! What Slack said of people and channels, remembered.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use super::Slack;
use crate::{
    case::{ChannelId, GroupId, Millis, UserId},
    http::Failure,
    runtime::{World, remembered},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact<'a> {
    Person(&'a UserId),
    Group(&'a GroupId),
    Channel(&'a ChannelId),
    Public(&'a ChannelId),
    Guests(&'a ChannelId),
    GroupName(&'a GroupId),
    ChannelName(&'a ChannelId),
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(user) => write!(f, "person/{user}"),
            Self::Group(group) => write!(f, "group/{group}"),
            Self::Channel(channel) => write!(f, "channel/{channel}"),
            Self::Public(channel) => write!(f, "public/{channel}"),
            Self::Guests(channel) => write!(f, "guests/{channel}"),
            Self::GroupName(group) => write!(f, "name/group/{group}"),
            Self::ChannelName(channel) => write!(f, "name/channel/{channel}"),
        }
    }
}

/// Whether people of another workspace read a channel.
/// Slack did not say: then nobody knows, and nothing may be done there.
pub(crate) async fn is_shared(slack: &Slack<'_>, channel: &ChannelId) -> Result<bool, Failure> {
    Ok(ours_until(slack, channel).await?.is_none())
}

/// Until when it holds that nobody of another workspace reads a channel; `None` where somebody does.
pub(super) async fn ours_until(slack: &Slack<'_>, channel: &ChannelId) -> Result<Option<Millis>, Failure> {
    let find = async || slack.is_shared(channel).await;
    let (until, shared) = dated(slack.world, Fact::Channel(channel), find).await?;
    Ok((!shared).then_some(until))
}

/// Until when it holds that not everybody in the workspace may read a channel; `None` where they may.
pub(super) async fn private_until(slack: &Slack<'_>, channel: &ChannelId) -> Result<Option<Millis>, Failure> {
    let find = async || slack.is_public(channel).await;
    let (until, public) = dated(slack.world, Fact::Public(channel), find).await?;
    Ok((!public).then_some(until))
}

/// Until when it holds that no guest is in a channel; `None` where one is, or where too many are to be asked about.
pub(super) async fn guestless_until(
    slack: &Slack<'_>,
    channel: &ChannelId,
) -> Result<Option<Millis>, Failure> {
    let find = async || slack.has_guests(channel).await;
    let (until, guests) = dated(slack.world, Fact::Guests(channel), find).await?;
    Ok((guests == Some(false)).then_some(until))
}

/// Whether a guest is in a channel; `None` where too many are in it to be asked about.
pub(super) async fn has_guests(slack: &Slack<'_>, channel: &ChannelId) -> Result<Option<bool>, Failure> {
    remembered(slack.world, Fact::Guests(channel), async || slack.has_guests(channel).await).await
}

/// What was found out less than five minutes ago, or is found out now.
pub(crate) async fn remembered<T: Serialize + DeserializeOwned>(
    world: &dyn World,
    fact: Fact<'_>,
    find: impl AsyncFnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    dated(world, fact, find).await.map(|(_, found)| found)
}

async fn dated<T: Serialize + DeserializeOwned>(
    world: &dyn World,
    fact: Fact<'_>,
    find: impl AsyncFnOnce() -> Result<T, Failure>,
) -> Result<(Millis, T), Failure> {
    remembered::dated(world, &fact.to_string(), find).await
}
