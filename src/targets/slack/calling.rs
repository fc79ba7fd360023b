//! How somebody is called in Slack: known by name, invited first, and not for each of many cases at once.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{
    ConversationRef, MessageRef, SlackTarget,
    known::{self, Fact, remembered},
    thread::many,
};
use crate::{
    case::{Case, CaseId, ChannelId, Email, GroupId, MemberId, Millis, Ts, UserId, text},
    http::Failure,
    state::record,
    targets::{
        content::{Call, Called},
        mark::Mark,
    },
};

/// So many calls of a moment within [`WINDOW`] are each made; the next one says that there are more.
const CALLS: usize = 3;
const WINDOW: Millis = 600_000;
/// How often the count is read again because another worker wrote it.
const TRIES: usize = 5;
/// How much of a case's title is kept.
const TITLE: usize = 80;
/// So many of those who cannot be invited are named.
const NAMED: usize = 5;

pub(super) enum Calls {
    Made(Call),
    /// The one that says that from here on nobody is called for each case.
    Summed(Call),
    /// It is told and calls nobody: the one before said so.
    Quiet(Call),
}

/// When those of a rule were called last for a moment, for the newest cases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Lately {
    #[serde(rename = "at")]
    at: Vec<Millis>,
    /// The cases for which nobody was called.
    #[serde(rename = "rest", default, skip_serializing_if = "Vec::is_empty")]
    rest: Vec<(CaseId, String)>,
    /// The message that names them.
    #[serde(rename = "summed", default, skip_serializing_if = "Option::is_none")]
    summed: Option<Summed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Summed {
    #[serde(rename = "channel")]
    channel: ChannelId,
    #[serde(rename = "ts")]
    ts: Ts,
    #[serde(rename = "mark")]
    mark: String,
    #[serde(rename = "whom")]
    whom: Vec<MemberId>,
}

impl SlackTarget<'_> {
    /// Makes a call ready: who is known by an address only is looked for, and who is not there is invited.
    pub(super) async fn ready(
        &self,
        call: &Call,
        case: &Case,
        place: &ConversationRef,
    ) -> Result<Calls, Failure> {
        if !call.whom.is_empty() && self.has_guests(&place.channel).await {
            return Ok(Calls::Quiet(unheard(call)));
        }
        let (mut whom, mut remarks) = (Vec::new(), call.remarks.clone());
        for one in &call.whom {
            match one {
                Called::Member(_) => whom.push(one.clone()),
                Called::Email(email) => match for_now(self.slack.user_by_email(&Email::new(email)).await)? {
                    Some(Some(person)) => whom.push(Called::Member(MemberId::new(person.id.as_str()))),
                    _ => remarks.push(format!("Not called, and not known to Slack: {email}")),
                },
            }
        }
        let mut call = Call { whom, remarks, ..call.clone() };
        let one = (case.id.clone(), text::cut(&case.title, TITLE));
        let before = self.lately(&call, |lately| lately.add(self.slack.world.now(), one.clone())).await;
        let before = before.unwrap_or_default();
        match before.at.len() {
            count if count < CALLS => {
                self.invite_all(&mut call, place).await;
                Ok(Calls::Made(call))
            }
            count if count == CALLS || before.waits_for(&case.id) => {
                self.invite_all(&mut call, place).await;
                Ok(Calls::Summed(call))
            }
            _ => {
                self.name_the_rest(&call).await;
                Ok(Calls::Quiet(Call { whom: Vec::new(), ..call }))
            }
        }
    }

    /// The one message for all that call from here on: it names them, as they come.
    pub(super) async fn summed(
        &self,
        call: &Call,
        case: &Case,
        (to, mark): (&ConversationRef, &Mark),
    ) -> Result<Ts, Failure> {
        let call = Call { quote: None, ..call.clone() };
        let first = [(case.id.clone(), case.title.clone())];
        let ts = self.slack.broadcast(to, mark, &many(&call, &first)).await?;
        let whom = call.whom.iter().filter_map(|one| match one {
            Called::Member(id) => Some(id.clone()),
            Called::Email(_) => None,
        });
        let summed = Summed {
            channel: to.channel.clone(),
            ts: ts.clone(),
            mark: mark.as_str().to_owned(),
            whom: whom.collect(),
        };
        self.lately(&call, |lately| lately.summed = Some(summed.clone())).await;
        self.name_the_rest(&call).await;
        Ok(ts)
    }

    /// Names in that message all for which nobody is called. Whoever comes last writes all of them.
    async fn name_the_rest(&self, call: &Call) {
        let mut named = 0;
        for _ in 0..TRIES {
            let Some(Lately { rest, summed: Some(summed), .. }) = self.lately(call, |_| {}).await else {
                return;
            };
            if rest.len() <= named.max(1) {
                return;
            }
            named = rest.len();
            let whom = summed.whom.into_iter().map(Called::Member).collect();
            let message = many(&Call { quote: None, whom, ..call.clone() }, &rest);
            let at = MessageRef { channel: summed.channel, ts: summed.ts };
            if let Err(failure) = self.slack.update(&at, &Mark::new(summed.mark), &message).await {
                return warn!(%failure, "a case for which nobody is called is not named");
            }
        }
    }

    /// For a restricted case: nobody is invited for a call. Who is there is mentioned, of a group as well, and others are
    /// named.
    pub(super) async fn among(&self, call: &Call, channel: &ChannelId) -> Result<Call, Failure> {
        if !call.whom.is_empty() && self.has_guests(channel).await {
            return Ok(unheard(call));
        }
        let members = self.slack.members(channel).await?;
        let (mut there, mut absent) = (Vec::new(), Vec::new());
        for one in &call.whom {
            let users = match one {
                Called::Member(id) => match id.group() {
                    Some(group) => self.members(&group).await,
                    None => vec![UserId::new(id.as_str())],
                },
                Called::Email(email) => {
                    let known = for_now(self.slack.user_by_email(&Email::new(email)).await)?.flatten();
                    known.map(|person| person.id).into_iter().collect()
                }
            };
            let (here, elsewhere): (Vec<_>, Vec<_>) =
                users.into_iter().partition(|user| members.contains(user));
            there.extend(here);
            absent.extend(elsewhere);
        }
        let mut seen = BTreeSet::new();
        there.retain(|user| seen.insert(user.clone()));
        absent.retain(|user| seen.insert(user.clone()));
        let whom = there.iter().map(|user| Called::Member(MemberId::new(user.as_str()))).collect();
        let mut remarks = call.remarks.clone();
        if !absent.is_empty() {
            let names = self.names(&absent).await;
            remarks.push(format!("Not called, and not among those who may know of this case: {names}"));
        }
        Ok(Call { whom, remarks, ..call.clone() })
    }

    /// Where Slack does not say, or too many are there, nobody is kept from a call.
    async fn has_guests(&self, channel: &ChannelId) -> bool {
        match known::has_guests(&self.slack, channel).await {
            Ok(guests) => guests == Some(true),
            Err(failure) => {
                warn!(%failure, "nobody knows whether a guest reads a call");
                false
            }
        }
    }

    /// Who is called must be able to read it. No call waits for that: who cannot come is named, not mentioned.
    async fn invite_all(&self, call: &mut Call, place: &ConversationRef) {
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
        let absent = match self.slack.invite(&place.channel, &users).await {
            Ok(refused) => refused.into_iter().map(|one| one.user).collect(),
            Err(failure) => {
                warn!(%failure, "whoever is called could not be invited");
                self.absent(&place.channel, users).await
            }
        };
        if absent.is_empty() {
            return;
        }
        let is_absent = |one: &Called| matches!(one, Called::Member(id) if absent.iter().any(|user| *id == user.as_str()));
        call.whom.retain(|one| !is_absent(one));
        call.remarks.push(format!("Not called, and cannot be invited here: {}", self.names(&absent).await));
    }

    /// Those who are not in a channel, as far as Slack says who is.
    async fn absent(&self, channel: &ChannelId, mut users: Vec<UserId>) -> Vec<UserId> {
        let Ok(members) = self.slack.members(channel).await else { return Vec::new() };
        users.retain(|user| !members.contains(user));
        users
    }

    async fn names(&self, users: &[UserId]) -> String {
        let mut names = Vec::new();
        for user in users.iter().take(NAMED) {
            let known = self.slack.user(user).await.ok().flatten();
            names.push(known.map_or_else(|| user.to_string(), |person| person.name));
        }
        match users.len().saturating_sub(NAMED) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
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

    /// Changes what is known of the calls of this rule and moment; answers what stood before. Where the table does not
    /// answer, nothing did.
    async fn lately(&self, call: &Call, change: impl Fn(&mut Lately)) -> Option<Lately> {
        let (store, now) = (self.slack.world.store(), self.slack.world.now());
        let name = match call.rule {
            0 => format!("calls/{}", call.moment.name()),
            rule => format!("calls/{}/{rule}", call.moment.name()),
        };
        for _ in 0..TRIES {
            let old = store.note(&name).await.ok()?;
            let known = old.as_deref().and_then(|json| record::read_whole::<Lately>(json).ok());
            let before = known.unwrap_or_default().within(now);
            let mut after = before.clone();
            change(&mut after);
            if after == before {
                return Some(before);
            }
            let json = serde_json::to_string(&after).ok()?;
            match store.swap_note(&name, old.as_deref(), &json, Some(now + WINDOW)).await {
                Ok(true) | Err(_) => return Some(before),
                Ok(false) => {}
            }
        }
        None
    }
}

impl Lately {
    /// What counts still.
    fn within(mut self, now: Millis) -> Self {
        self.at.retain(|at| now - at < WINDOW);
        self
    }

    /// Whether this case's call is to name the rest, and did not come to it yet.
    fn waits_for(&self, case: &CaseId) -> bool {
        self.summed.is_none() && self.rest.first().is_some_and(|(first, _)| first == case)
    }

    fn add(&mut self, now: Millis, one: (CaseId, String)) {
        if self.at.len() <= CALLS {
            (self.rest, self.summed) = (Vec::new(), None);
        }
        if self.at.len() >= CALLS && !self.rest.contains(&one) {
            self.rest.push(one);
        }
        self.at.push(now);
    }
}

/// Nobody is mentioned where guests read.
fn unheard(call: &Call) -> Call {
    let remarks = vec!["Nobody is mentioned: guests read here".to_owned()];
    Call { whom: Vec::new(), remarks, ..call.clone() }
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
        let two = Lately { at: vec![1_795_669_200_000, 1_795_669_260_000], ..Lately::default() };
        let summed = Summed {
            channel: ChannelId::new("C0SECURITY"),
            ts: Ts::new("1795669260.000100"),
            mark: "7000000004/call/new#0".to_owned(),
            whom: vec![MemberId::new("U024BE7LH")],
        };
        let rest = vec![(CaseId::new("7000000004"), "Key leaked".to_owned())];
        let many = Lately { rest, summed: Some(summed), ..two.clone() };
        golden::check_json("calls", &[("two", two), ("many", many)]);
    }
}
