//! Who we are in Slack, what the app may, what time it is there, and how a channel is kept: for whoever asks whether all
//! is as it should be.

use serde_json::Value;
use time::{PrimitiveDateTime, format_description::BorrowedFormatItem, macros::format_description};

use super::{Slack, channels::is_shared, heard::next_cursor, method::ApiMethod, people::me_of, text_at};
use crate::{
    case::{ChannelId, GroupId, Seconds},
    http::{Failure, Pages, Request},
};

/// What the answer to `auth.test` tells besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub me: super::Me,
    /// What the app was granted: <https://docs.slack.dev/reference/scopes>.
    pub scopes: Vec<String>,
    /// Slack's own time.
    pub time: Option<Seconds>,
}

/// How a channel is kept. What Slack does not say counts against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelFacts {
    pub is_member: bool,
    pub is_archived: bool,
    pub is_private: bool,
    pub is_shared: bool,
}

/// RFC 9110, 5.6.7.
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

impl Slack<'_> {
    pub async fn login(&self) -> Result<Login, Failure> {
        let method = ApiMethod::AuthTest;
        let response = self.response(method.to_string(), Request::form(self.url(method), &[])).await?;
        let answer = super::answer::read(method, &response)?.or_failure(method)?;
        let scopes = response.scopes.as_deref().unwrap_or_default().split(',');
        let date = response.date.as_deref().and_then(|date| PrimitiveDateTime::parse(date, HTTP_DATE).ok());
        Ok(Login {
            me: me_of(method, &answer)?,
            scopes: scopes.map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect(),
            time: date.map(|date| date.assume_utc().unix_timestamp()),
        })
    }

    /// How a channel is kept; `None` where the app may not see it.
    pub async fn channel_facts(&self, channel: &ChannelId) -> Result<Option<ChannelFacts>, Failure> {
        let pairs = [("channel", channel.as_str())];
        let answer = self.try_find(ApiMethod::ConversationsInfo, &pairs, &["channel_not_found"]).await?;
        Ok(answer.and_then(|answer| answer.get("channel").map(facts)))
    }
}

/// What people call things.
impl Slack<'_> {
    /// The channel of this name, as far as the app may see it.
    pub async fn channel_called(&self, name: &str) -> Result<Option<ChannelId>, Failure> {
        let (mut cursor, mut pages) = (None, Pages::default());
        loop {
            let mut pairs = vec![
                ("types", "private_channel,public_channel"),
                ("exclude_archived", "true"),
                ("limit", "1000"),
            ];
            pairs.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let answer = self.read(ApiMethod::ConversationsList, &pairs).await?;
            if let Some(id) = id_of(&answer, "channels", &["name"], name) {
                return Ok(Some(ChannelId::new(id)));
            }
            cursor = pages.follow(ApiMethod::ConversationsList, next_cursor(&answer))?;
            if cursor.is_none() {
                return Ok(None);
            }
        }
    }

    /// The user group of this handle.
    pub async fn group_called(&self, handle: &str) -> Result<Option<GroupId>, Failure> {
        let answer = self.read(ApiMethod::UsergroupsList, &[]).await?;
        Ok(id_of(&answer, "usergroups", &["handle"], handle).map(GroupId::new))
    }
}

fn id_of(answer: &Value, list: &str, names: &[&str], wanted: &str) -> Option<String> {
    let all = answer.get(list).and_then(Value::as_array)?;
    let found = all.iter().find(|one| names.iter().any(|name| one[*name] == wanted))?;
    text_at(found, "/id")
}

fn facts(channel: &Value) -> ChannelFacts {
    let flag = |name: &str| channel.get(name).and_then(Value::as_bool);
    ChannelFacts {
        is_member: flag("is_member") == Some(true),
        is_archived: flag("is_archived") != Some(false),
        is_private: flag("is_private") == Some(true),
        is_shared: is_shared(channel),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_an_answer_is_read() {
        let date = PrimitiveDateTime::parse("Thu, 26 Nov 2026 16:33:38 GMT", HTTP_DATE).unwrap();
        assert_eq!(date.assume_utc().unix_timestamp(), 1_795_710_818);
    }
}
