//! How somebody is called in Slack: known by name, invited first, and not for each of many cases at once.

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{
    ConversationRef, SlackTarget,
    known::{Fact, remembered},
};
use crate::{
    case::{ChannelId, Email, GroupId, MemberId, Millis, UserId},
    http::Failure,
    state::record,
    targets::content::{Call, Called},
};

/// So many calls of a moment within [`WINDOW`] are each made; the next one says that there are more.
const CALLS: usize = 3;
const WINDOW: Millis = 600_000;
/// How often the count is read again because another worker wrote it.
const TRIES: usize = 5;

pub(super) enum Calls {
    Made(Call),
    /// The one that says that from here on nobody is called for each case.
    Summed(Call),
    /// It is told and calls nobody: the one before said so.
    Quiet(Call),
}

/// When this moment was called last, for the newest cases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Lately {
    #[serde(rename = "at")]
    at: Vec<Millis>,
}

impl SlackTarget<'_> {
    /// Makes a call ready: who is known by an address only is looked for, and who is not there is invited.
    pub(super) async fn ready(&self, call: &Call, place: &ConversationRef) -> Result<Calls, Failure> {
        let mut whom = Vec::new();
        for one in &call.whom {
            whom.push(match one {
                Called::Member(_) => one.clone(),
                Called::Email(email) => match for_now(self.slack.user_by_email(&Email::new(email)).await)? {
                    Some(Some(user)) => Called::Member(MemberId::new(user.as_str())),
                    _ => one.clone(),
                },
            });
        }
        let call = Call { whom, ..call.clone() };
        Ok(match self.lately(&call).await {
            before if before < CALLS => {
                self.invite_all(&call, place).await;
                Calls::Made(call)
            }
            CALLS => Calls::Summed(call),
            _ => Calls::Quiet(Call { whom: Vec::new(), ..call }),
        })
    }

    /// For a restricted case: nobody is invited for a call, and only who is there is mentioned.
    pub(super) async fn among(&self, call: &Call, channel: &ChannelId) -> Result<Call, Failure> {
        let members = self.slack.members(channel).await?;
        let is_there = |one: &Called| match one {
            Called::Member(id) => members.iter().any(|member| *id == member.as_str()),
            Called::Email(_) => false,
        };
        Ok(Call { whom: call.whom.iter().filter(|one| is_there(one)).cloned().collect(), ..call.clone() })
    }

    /// Who is called must be able to read it. No call waits for that: who cannot come is mentioned all the same.
    async fn invite_all(&self, call: &Call, place: &ConversationRef) {
        let mut users = Vec::new();
        for one in &call.whom {
            let Called::Member(id) = one else { continue };
            match id.group() {
                Some(group) => users.extend(self.members(&group).await),
                None => users.push(UserId::new(id.as_str())),
            }
        }
        users.sort();
        users.dedup();
        if users.is_empty() {
            return;
        }
        match self.slack.invite(&place.channel, &users).await {
            Ok(refused) if refused.is_empty() => {}
            Ok(refused) => warn!(count = refused.len(), "somebody who is called cannot be invited"),
            Err(failure) => warn!(%failure, "whoever is called could not be invited"),
        }
    }

    async fn members(&self, group: &GroupId) -> Vec<UserId> {
        let find = async || self.slack.group_members(group).await;
        let members = remembered(self.slack.world, Fact::Group(group), find).await.unwrap_or_default();
        if members.is_empty() {
            warn!(%group, "nobody is known to be in a user group that is called");
        }
        members
    }

    /// How many calls of this moment there were lately, this one not among them. Where the table does not answer, none.
    async fn lately(&self, call: &Call) -> usize {
        let (store, now) = (self.slack.world.store(), self.slack.world.now());
        let name = format!("calls/{}", call.moment.name());
        for _ in 0..TRIES {
            let Ok(old) = store.note(&name).await else { return 0 };
            let known = old.as_deref().and_then(|json| record::read_whole::<Lately>(json).ok());
            let mut lately = known.unwrap_or_default();
            lately.at.retain(|at| now - at < WINDOW);
            let before = lately.at.len();
            lately.at.push(now);
            let Ok(json) = serde_json::to_string(&lately) else { return before };
            match store.swap_note(&name, old.as_deref(), &json, Some(now + WINDOW)).await {
                Ok(true) | Err(_) => return before,
                Ok(false) => {}
            }
        }
        0
    }
}

/// What was found; `None` where only a person could mend that it is not told.
fn for_now<T>(found: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => Err(failure),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

    #[test]
    fn what_any_release_wrote_of_calls_is_read_as_it_was_meant() {
        golden::check_json("calls", &[("two", Lately { at: vec![1_795_669_200_000, 1_795_669_260_000] })]);
    }
}
