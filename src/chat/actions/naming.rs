//! What a message says to somebody who is not in Slack: people, groups, channels and files by their names.

use super::context::{ActionError, CommandContext};
use crate::{
    case::{ChannelId, FileId, GroupId, Ts, UserId, text},
    chat::{language::decode, policy::secret_scan, reply::Reply},
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

    fn sign_alone(self) -> char {
        match self {
            Self::Person | Self::Group => '@',
            Self::Channel => '#',
        }
    }

    /// Whether this reads like an id of Slack's, of nine characters or more.
    fn may_be(self, id: &str) -> bool {
        let begins: &[char] = match self {
            Self::Person => &['U', 'W'],
            Self::Group => &['S'],
            Self::Channel => &['C', 'G'],
        };
        let is_of_ids = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        (9..=LONGEST).contains(&id.len()) && id.starts_with(begins) && id.bytes().all(is_of_ids)
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

/// The same of a line or a form, in which a mention without a name is its sign and its id: `@U024BE7LH`.
pub(crate) async fn called(context: &CommandContext<'_>, words: &str) -> Result<String, ActionError> {
    // At a terminal nobody mentions anybody, and Slack is not asked.
    let mut text = words.to_owned();
    for (kind, id) in signed(words).into_iter().filter(|_| !context.is_at_a_terminal()) {
        if let Some(name) = kind.name(context, id).await? {
            let (sign, name) = (kind.sign_alone(), text::one_line(&name));
            text = renamed(&text, &format!("{sign}{id}"), &format!("{sign}{name}"));
        }
    }
    if let Some(kind) = Some(&text).filter(|text| *text != words).and_then(|text| secret_scan::secret(text)) {
        context.found.refused(secret_scan::RULE);
        return Err(Reply::says(secret_scan::withheld(kind)).into());
    }
    Ok(text)
}

/// The ids that stand behind their sign, at most ten of each kind, each once.
fn signed(words: &str) -> Vec<(Mention, &str)> {
    let mut ids = Vec::new();
    for kind in [Mention::Person, Mention::Group, Mention::Channel] {
        let behind = words.match_indices(kind.sign_alone()).filter(|(at, _)| !is_typed_out(&words[..*at]));
        let after =
            behind.map(|(at, sign)| &words[at + sign.len()..]).map(|rest| &rest[..length_of_id(rest)]);
        let mut of_kind: Vec<_> = after.filter(|id| kind.may_be(id)).collect();
        of_kind.sort_unstable();
        of_kind.dedup();
        ids.extend(of_kind.into_iter().take(MOST).map(|id| (kind, id)));
    }
    ids
}

/// Whether somebody typed the bracket of a mention, which is read here as it stands.
fn is_typed_out(before: &str) -> bool {
    before.ends_with('<')
}

fn length_of_id(text: &str) -> usize {
    text.bytes().take(LONGEST + 1).take_while(u8::is_ascii_alphanumeric).count()
}

/// With another name wherever this one stands as a whole.
fn renamed(text: &str, from: &str, to: &str) -> String {
    let mut parts = text.split(from);
    let mut all = parts.next().unwrap_or_default().to_owned();
    for rest in parts {
        all.push_str(if length_of_id(rest) == 0 && !is_typed_out(&all) { to } else { from });
        all.push_str(rest);
    }
    all
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
    fn an_id_behind_its_sign_is_found_once_each_and_renamed_where_it_stands_as_a_whole() {
        let words = "@U024BE7LH, @U024BE7LH! @U024BE7LHX @u024be7lh a@UNIVERSITY @S0ONCALL01 #C0ALERTS01 #C1 @ \
                     <@U0TYPEDOUT>";
        let ids: Vec<_> = signed(words).into_iter().map(|(_, id)| id).collect();
        assert_eq!(ids, ["U024BE7LH", "U024BE7LHX", "UNIVERSITY", "S0ONCALL01", "C0ALERTS01"]);
        let named = renamed("@U024BE7LH: @U024BE7LHX (@U024BE7LH) <@U024BE7LH>", "@U024BE7LH", "@Bo");
        assert_eq!(named, "@Bo: @U024BE7LHX (@Bo) <@U024BE7LH>");
    }

    #[test]
    fn twice_the_text_is_searched_in_twice_the_time() {
        for kind in [Mention::Person, Mention::Group, Mention::Channel] {
            is_steady(|text| mentioned(text, kind).len());
            is_steady(|text| signed(&text.replace('a', "@U024BE7LH")).len());
            is_steady(|text| renamed(&text.replace('a', "@U024BE7LH"), "@U024BE7LH", "@Bo").len());
            is_steady(|text| mentioned(&format!("{text}{}", kind.sign()).repeat(2), kind).len());
        }
    }
}
