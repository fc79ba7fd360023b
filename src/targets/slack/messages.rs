//! How messages are posted, set and taken away.

use reqwest::Method as HttpMethod;
use serde_json::{Value, json};

use super::{
    Message, Slack, answer::BodyVerdict, method::ApiMethod, needed, response_url::allowed_response_url,
};
use crate::{
    case::{ChannelId, Ts, UserId},
    http::{Failure, Request},
    runtime::send_in_time,
    targets::mark::Mark,
};

pub(super) const EVENT_TYPE: &str = "casebridge";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRef {
    pub channel: ChannelId,
    pub thread: Option<Ts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRef {
    pub channel: ChannelId,
    pub ts: Ts,
}

impl Slack<'_> {
    /// Posts a message, and answers its `ts`. `mark` finds it again: in the metadata, which every app of the workspace
    /// can read, and as the first block's name. Nothing is unfurled: an address in a case may be the intruder's.
    pub async fn post(&self, to: &ConversationRef, mark: &Mark, message: &Message) -> Result<Ts, Failure> {
        self.posted(to, mark, message, false).await
    }

    async fn posted(
        &self,
        to: &ConversationRef,
        mark: &Mark,
        message: &Message,
        broadcast: bool,
    ) -> Result<Ts, Failure> {
        let mut body = self.marked(&to.channel, mark, message);
        body["unfurl_links"] = json!(false);
        body["unfurl_media"] = json!(false);
        if let Some(thread) = &to.thread {
            body["thread_ts"] = json!(thread);
        }
        if broadcast {
            body["reply_broadcast"] = json!(true);
        }
        let answer = self.write(ApiMethod::ChatPostMessage, &body).await?;
        let ts = needed(ApiMethod::ChatPostMessage, &answer, "/ts").map(Ts::new)?;
        let stands_alone = answer.get("message").is_some_and(|message| message.get("thread_ts").is_none());
        if to.thread.is_some() && stands_alone {
            return self.take_back(&MessageRef { channel: to.channel.clone(), ts }).await;
        }
        Ok(ts)
    }

    /// Below a thread that people took away Slack posts into the channel itself, and says yes. Nothing stays there.
    ///
    /// # Errors
    /// Always: the thread is gone, or nobody knows whether the message still stands.
    pub(super) async fn take_back<T>(&self, stray: &MessageRef) -> Result<T, Failure> {
        let method = ApiMethod::ChatPostMessage;
        Err(match self.delete(stray).await {
            Ok(()) => Failure::Gone { why: format!("{method}: its thread is gone") },
            Err(failure) => Failure::Unknown { why: format!("{method}: not taken back ({failure})") },
        })
    }

    /// The same for a line that needs somebody: whoever looks at the channel sees it without opening the thread.
    pub(super) async fn broadcast(
        &self,
        to: &ConversationRef,
        mark: &Mark,
        message: &Message,
    ) -> Result<Ts, Failure> {
        self.posted(to, mark, message, to.thread.is_some()).await
    }

    pub async fn update(&self, at: &MessageRef, mark: &Mark, message: &Message) -> Result<(), Failure> {
        let mut body = self.marked(&at.channel, mark, message);
        body["ts"] = json!(at.ts);
        // Left out, an update would put the defaults in the place of what the post chose.
        body["link_names"] = json!(false);
        self.write(ApiMethod::ChatUpdate, &body).await.map(drop)
    }

    fn marked(&self, channel: &ChannelId, mark: &Mark, message: &Message) -> Value {
        marked(channel, &mark.signed(self.world.deployment()), message)
    }

    /// Takes one of our messages away. One that is gone already is as good.
    pub async fn delete(&self, at: &MessageRef) -> Result<(), Failure> {
        let body = json!({"channel": at.channel, "ts": at.ts});
        match self.try_write(ApiMethod::ChatDelete, &body).await? {
            BodyVerdict::Yes(_) => Ok(()),
            BodyVerdict::No(refusal)
                if refusal.code.is_one_of(&["message_not_found", "thread_not_found"]) =>
            {
                Ok(())
            }
            BodyVerdict::No(refusal) => refusal.or_done(ApiMethod::ChatDelete).map(drop),
        }
    }

    pub(crate) async fn react(&self, at: &MessageRef, emoji: &str) -> Result<(), Failure> {
        self.write(ApiMethod::ReactionsAdd, &reaction(at, emoji)).await.map(drop)
    }

    /// Takes it away. One that is not there is as good.
    pub(crate) async fn unreact(&self, at: &MessageRef, emoji: &str) -> Result<(), Failure> {
        self.write(ApiMethod::ReactionsRemove, &reaction(at, emoji)).await.map(drop)
    }

    /// Shows a message to one person there only. It is not kept, and cannot be found again.
    pub async fn ephemeral(
        &self,
        to: &ConversationRef,
        user: &UserId,
        message: &Message,
    ) -> Result<(), Failure> {
        let mut body = spoken(message, message.blocks.clone());
        body["channel"] = json!(to.channel);
        body["user"] = json!(user);
        if let Some(thread) = &to.thread {
            body["thread_ts"] = json!(thread);
        }
        self.write(ApiMethod::ChatPostEphemeral, &body).await.map(drop)
    }

    /// Says something to a person in our direct messages with them, for an answer that no channel takes.
    pub async fn direct(&self, user: &UserId, message: &Message) -> Result<(), Failure> {
        self.say(&ConversationRef { channel: ChannelId::new(user.as_str()), thread: None }, message).await
    }

    /// Says something once that nothing hangs on, and that is not found again.
    pub(crate) async fn say(&self, to: &ConversationRef, message: &Message) -> Result<(), Failure> {
        let mut body = spoken(message, message.blocks.clone());
        body["channel"] = json!(to.channel);
        body["unfurl_links"] = json!(false);
        body["unfurl_media"] = json!(false);
        if let Some(thread) = &to.thread {
            body["thread_ts"] = json!(thread);
        }
        self.write(ApiMethod::ChatPostMessage, &body).await.map(drop)
    }

    /// Answers through a `response_url`, which needs no token and gets none. Five times within half an hour;
    /// [`Failure::Broken`] for an address that is not Slack's: nothing is sent.
    pub async fn respond(&self, response_url: &str, body: &Value) -> Result<(), Failure> {
        let method = ApiMethod::ResponseUrl;
        let Some(url) = allowed_response_url(response_url, self.settings) else {
            return Err(Failure::Broken {
                everywhere: false,
                why: format!("{method}: not an address of Slack's"),
            });
        };
        let request = Request::json(HttpMethod::POST, url, body);
        let response = send_in_time(self.world, request, self.until).await?;
        super::answer::read_response_url(method, &response)
    }

    pub async fn permalink(&self, at: &MessageRef) -> Result<String, Failure> {
        let pairs = [("channel", at.channel.as_str()), ("message_ts", at.ts.as_str())];
        let answer = self.read(ApiMethod::ChatGetPermalink, &pairs).await?;
        needed(ApiMethod::ChatGetPermalink, &answer, "/permalink")
    }
}

fn spoken(message: &Message, blocks: Vec<Value>) -> Value {
    let mut body = json!({"text": message.text, "parse": "none"});
    if !blocks.is_empty() {
        body["blocks"] = blocks.into();
    }
    body
}

fn reaction(at: &MessageRef, emoji: &str) -> Value {
    json!({"channel": at.channel, "timestamp": at.ts, "name": emoji})
}

fn marked(channel: &ChannelId, mark: &Mark, message: &Message) -> Value {
    let mut body = spoken(message, message.marked_blocks(mark));
    body["channel"] = json!(channel);
    body["metadata"] = json!({"event_type": EVENT_TYPE, "event_payload": mark.payload()});
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_sent_marked_and_unparsed() {
        let message = Message { text: "t".to_owned(), blocks: vec![json!({"type": "divider"})] };
        let expected = json!({
            "channel": "C1",
            "text": "t",
            "parse": "none",
            "blocks": [{"type": "divider", "block_id": "casebridge:card"}],
            "metadata": {"event_type": "casebridge", "event_payload": {"mark": "card"}},
        });
        let (channel, mark) = (ChannelId::new("C1"), Mark::new("card"));
        assert_eq!(marked(&channel, &mark, &message), expected);
        assert_eq!(marked(&channel, &mark, &message.without_blocks()).get("blocks"), None);
    }
}
