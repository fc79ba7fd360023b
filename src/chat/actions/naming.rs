//! What a message says to somebody who is not in Slack: people, groups, channels and files by their names.

use super::context::{ActionError, CommandContext};
use crate::{
    case::{ChannelId, FileId, GroupId, Ts, UserId, text},
    chat::language::decode,
    http::Failure,
    targets::slack::{
        Slack,
        known::{Fact, remembered},
    },
};

/// The most names of a kind that one message has looked up.
const MOST: usize = 10;
/// The longest id that is looked up: Slack's have under twenty characters.
const LONGEST: usize = 64;

pub(crate) struct SlackMessage {
    pub(crate) ts: Ts,
    /// As mrkdwn.
    pub(crate) text: String,
    /// What it holds besides, by name; a file whose name the message does not tell, by its id.
    pub(crate) files: Vec<String>,
    pub(crate) uploads: Vec<FileId>,
}

#[derive(Clone, Copy)]
enum Mention {
    Person,
    Group,
    Channel,
}

impl Mention {
    fn sign(self) -> &'static str {
        match self {
            Self::Person => "<@",
            Self::Group => "<!subteam^",
            Self::Channel => "<#",
        }
    }

    /// How it is called; `None` where Slack does not tell.
    async fn name(self, context: &CommandContext<'_>, id: &str) -> Result<Option<String>, ActionError> {
        let found = match self {
            Self::Person => return Ok(context.profile(&UserId::new(id)).await?.map(|person| person.name)),
            Self::Group => {
                let id = GroupId::new(id);
                named(context.slack, Fact::GroupName(&id), async || context.slack.group_handle(&id).await)
                    .await
            }
            Self::Channel => {
                let id = ChannelId::new(id);
                named(context.slack, Fact::ChannelName(&id), async || context.slack.channel_name(&id).await)
                    .await
            }
        };
        Ok(told(found)?.flatten())
    }
}

/// What Slack told; `None` where only a person can mend that it does not, a scope that is missing for instance: the words
/// matter more than a name.
fn told<T>(name: Result<T, Failure>) -> Result<Option<T>, ActionError> {
    match name {
        Ok(name) => Ok(Some(name)),
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => Err(failure.into()),
        Err(failure) => {
            tracing::warn!(%failure, "a name is not told");
            Ok(None)
        }
    }
}

async fn named(
    slack: &Slack<'_>,
    fact: Fact<'_>,
    find: impl AsyncFnOnce() -> Result<Option<String>, Failure>,
) -> Result<Option<String>, Failure> {
    remembered(slack.world, fact, find).await
}

pub(crate) async fn words(
    context: &CommandContext<'_>,
    message: &SlackMessage,
) -> Result<String, ActionError> {
    let mut text = message.text.clone();
    for kind in [Mention::Person, Mention::Group, Mention::Channel] {
        for id in mentioned(&message.text, kind) {
            if let Some(name) = kind.name(context, id).await? {
                let name = decode::encode(&text::one_line(&name)).replace('|', "/");
                let (sign, label) = (kind.sign(), format!("{}{id}|{name}>", kind.sign()));
                text =
                    text.replace(&format!("{sign}{id}>"), &label).replace(&format!("{sign}{id}|>"), &label);
            }
        }
    }
    Ok(text::beside(&decode::decode(&text), "message in Slack", &files(context, message).await?))
}

async fn files(context: &CommandContext<'_>, message: &SlackMessage) -> Result<Vec<String>, ActionError> {
    let mut names = Vec::new();
    for name in &message.files {
        names.push(match message.uploads.iter().any(|file| file == name) {
            true => {
                let told = told(context.slack.file_name(&FileId::new(name)).await)?;
                told.unwrap_or_else(|| "a file whose name Slack does not tell".to_owned())
            }
            false => name.clone(),
        });
    }
    Ok(names)
}

/// Who or what a message mentions without a name, at most ten of a kind.
fn mentioned(text: &str, kind: Mention) -> Vec<&str> {
    let ids = text.split(kind.sign()).skip(1).filter_map(|rest| rest.split_once('>').map(|(id, _)| id));
    let ids = ids.map(|id| id.strip_suffix('|').unwrap_or(id));
    let is_id =
        |id: &&str| (1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let mut ids: Vec<_> = ids.filter(is_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(MOST);
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    #[test]
    fn who_has_no_name_is_found_once_each() {
        let text = "<@U1> and <@U2|Bo>, <@W3> <@U1> &lt;@U4&gt; <@> <@U 5> <@U6";
        assert_eq!(mentioned(text, Mention::Person), ["U1", "W3"]);
        let text = "<#C1> <#C2|> <#C3|alerts> <!subteam^S1> <!subteam^S2|@sec> <!here> <!date^1^{date}|x>";
        assert_eq!(mentioned(text, Mention::Channel), ["C1", "C2"]);
        assert_eq!(mentioned(text, Mention::Group), ["S1"]);
        assert_eq!(mentioned(&format!("<@{}>", "U".repeat(10_000)), Mention::Person), [""; 0]);
    }

    #[test]
    fn twice_the_text_is_searched_in_twice_the_time() {
        for kind in [Mention::Person, Mention::Group, Mention::Channel] {
            is_steady(|text| mentioned(text, kind).len());
            is_steady(|text| mentioned(&format!("{text}{}", kind.sign()).repeat(2), kind).len());
        }
    }
}
