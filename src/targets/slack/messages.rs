//! How are messages posted, set, taken away and read back?

use serde_json::{Value, json};

use super::{
    Message, Slack,
    answer::Said,
    is_one_of,
    message::mark_of,
    needed,
    people::Me,
    reading::{Beside, Written},
    response_url::{allowed_file_url, allowed_response_url},
    text_at,
};
use crate::{
    case::Millis,
    http::{Failure, Page, Request},
    runtime::send_in_time,
};

/// The `event_type` of our messages' metadata.
const EVENT_TYPE: &str = "casebridge";

/// How many messages are read at once.
const PAGE: &str = "200";

/// A message's `ts` in milliseconds since 1970: it is seconds with six digits behind the point. 0 for what is none.
pub fn millis(ts: &str) -> Millis {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    seconds.parse::<Millis>().map_or(0, |seconds| seconds.saturating_mul(1_000))
        + micros.get(..3).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// A message as it is read back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Names it within its channel.
    pub ts: String,
    /// The thread's first message.
    pub thread_ts: Option<String>,
    /// Who wrote it.
    pub user: Option<String>,
    /// Which bot wrote it.
    pub bot_id: Option<String>,
    /// What kind it is; a person's plain message has none.
    pub subtype: Option<String>,
    /// When it was last edited: a `ts`.
    pub edited: Option<String>,
    /// The mark in its metadata or, failing that, in its first block's name. Anybody can write one: see
    /// [`Heard::mark_by`].
    pub mark: Option<String>,
    /// All that it says, with Slack's escapes.
    pub text: String,
    /// Its files, and what else hangs on it.
    pub beside: Vec<Beside>,
}

impl Heard {
    /// Whether we wrote it.
    pub fn is_by(&self, me: &Me) -> bool {
        self.bot_id.as_deref() == Some(me.bot_id.as_str())
            || self.user.as_deref() == Some(me.user_id.as_str())
    }

    /// The mark, if we wrote it.
    pub fn mark_by(&self, me: &Me) -> Option<&str> {
        if self.is_by(me) { self.mark.as_deref() } else { None }
    }
}

/// A file as Slack tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// `F…`
    pub id: String,
    /// As the person named it.
    pub name: String,
    /// In bytes.
    pub size: Option<u64>,
    /// Where it is read, with our token.
    pub url: Option<String>,
}

impl Slack<'_> {
    /// Posts a message, under `thread` or in the channel itself, and answers its `ts`.
    ///
    /// `mark` finds it again: in the metadata, which every app of the workspace can read, and as the first block's
    /// name. Nothing is unfurled: an address in a case may be the intruder's.
    pub async fn post(
        &self,
        channel: &str,
        thread: Option<&str>,
        mark: &str,
        message: &Message,
    ) -> Result<String, Failure> {
        let mut body = marked(channel, mark, message);
        body["unfurl_links"] = json!(false);
        body["unfurl_media"] = json!(false);
        if let Some(thread) = thread {
            body["thread_ts"] = json!(thread);
        }
        let answer = self.write("chat.postMessage", &body).await?;
        needed("chat.postMessage", &answer, "/ts")
    }

    /// Sets what one of our messages says. Repeating it changes nothing.
    pub async fn update(
        &self,
        channel: &str,
        ts: &str,
        mark: &str,
        message: &Message,
    ) -> Result<(), Failure> {
        let mut body = marked(channel, mark, message);
        body["ts"] = json!(ts);
        // Left out, an update would put the defaults in the place of what the post chose.
        body["link_names"] = json!(false);
        self.write("chat.update", &body).await.map(drop)
    }

    /// Takes one of our messages away. One that is gone already is as good.
    pub async fn delete(&self, channel: &str, ts: &str) -> Result<(), Failure> {
        let method = "chat.delete";
        match self.said_write(method, &json!({"channel": channel, "ts": ts})).await? {
            Said::Yes(_) => Ok(()),
            Said::No(refusal) if is_one_of(&refusal, &["message_not_found", "thread_not_found"]) => Ok(()),
            Said::No(refusal) => refusal.or_done(method).map(drop),
        }
    }

    /// A page of a thread, the oldest first. The first message of all is the thread's own.
    pub async fn replies(
        &self,
        channel: &str,
        thread: &str,
        cursor: Option<&str>,
    ) -> Result<Page<Heard>, Failure> {
        let pairs = [
            ("channel", channel),
            ("ts", thread),
            ("cursor", cursor.unwrap_or_default()),
            ("limit", PAGE),
            ("include_all_metadata", "true"),
        ];
        self.heard("conversations.replies", &pairs).await
    }

    /// A page of a channel's own messages since `oldest` (a `ts`), the newest first; without the threads' replies.
    pub async fn history(
        &self,
        channel: &str,
        oldest: &str,
        cursor: Option<&str>,
    ) -> Result<Page<Heard>, Failure> {
        let pairs = [
            ("channel", channel),
            ("oldest", oldest),
            ("inclusive", "true"),
            ("cursor", cursor.unwrap_or_default()),
            ("limit", PAGE),
            ("include_all_metadata", "true"),
        ];
        self.heard("conversations.history", &pairs).await
    }

    /// Shows a message to one person of the channel only. It is not kept, and cannot be found again.
    pub async fn ephemeral(
        &self,
        channel: &str,
        user: &str,
        thread: Option<&str>,
        message: &Message,
    ) -> Result<(), Failure> {
        let mut body = spoken(message, message.blocks.clone());
        body["channel"] = json!(channel);
        body["user"] = json!(user);
        if let Some(thread) = thread {
            body["thread_ts"] = json!(thread);
        }
        self.write("chat.postEphemeral", &body).await.map(drop)
    }

    /// Says something to a person in our direct messages with them, for an answer that no channel takes.
    pub async fn direct(&self, user: &str, message: &Message) -> Result<(), Failure> {
        let mut body = spoken(message, message.blocks.clone());
        body["channel"] = json!(user);
        body["unfurl_links"] = json!(false);
        body["unfurl_media"] = json!(false);
        self.write("chat.postMessage", &body).await.map(drop)
    }

    /// Answers through a `response_url`, which needs no token and gets none. Five times within half an hour.
    ///
    /// # Errors
    /// Also [`Failure::Broken`] for an address that is not Slack's: nothing is sent.
    pub async fn respond(&self, response_url: &str, body: &Value) -> Result<(), Failure> {
        let method = "response_url";
        let Some(url) = allowed_response_url(response_url, self.settings) else {
            return Err(Failure::Broken {
                everywhere: false,
                why: format!("{method}: not an address of Slack's"),
            });
        };
        let request = Request::json("POST", url, body);
        let response = send_in_time(self.world, request, self.until).await?;
        super::answer::read_response_url(method, &response)
    }

    /// The address of a message in people's browsers.
    pub async fn permalink(&self, channel: &str, ts: &str) -> Result<String, Failure> {
        let method = "chat.getPermalink";
        let answer = self.read(method, &[("channel", channel), ("message_ts", ts)]).await?;
        needed(method, &answer, "/permalink")
    }

    /// What a file is.
    pub async fn file(&self, id: &str) -> Result<File, Failure> {
        let method = "files.info";
        let answer = self.read(method, &[("file", id)]).await?;
        answer.get("file").and_then(file).ok_or_else(|| Failure::unreadable(method))
    }

    /// How a file's bytes are asked for, with our token; `None` for an address that is not Slack's own: whoever gets
    /// the token may act for us.
    pub fn download(&self, url: &str) -> Option<Request> {
        allowed_file_url(url, self.settings).map(|url| Request::bare("GET", url).bearer(self.token))
    }

    async fn heard(&self, method: &str, pairs: &[(&str, &str)]) -> Result<Page<Heard>, Failure> {
        // An empty cursor is none: Slack answers `invalid_cursor` to some that it did not give.
        let given: Vec<_> = pairs.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
        let answer = self.read(method, &given).await?;
        let messages = answer.get("messages").and_then(Value::as_array);
        let messages = messages.ok_or_else(|| Failure::unreadable(method))?;
        Ok(Page {
            items: messages.iter().filter_map(heard).collect(),
            next: next_cursor(&answer),
            total: None,
        })
    }
}

/// What asks for the next page; Slack says "" at the end.
pub(super) fn next_cursor(answer: &Value) -> Option<String> {
    text_at(answer, "/response_metadata/next_cursor")
}

/// What a message says, as every method that speaks takes it.
fn spoken(message: &Message, blocks: Vec<Value>) -> Value {
    let mut body = json!({"text": message.text, "parse": "none"});
    if !blocks.is_empty() {
        body["blocks"] = blocks.into();
    }
    body
}

fn marked(channel: &str, mark: &str, message: &Message) -> Value {
    let mut body = spoken(message, message.marked_blocks(mark));
    body["channel"] = json!(channel);
    body["metadata"] = json!({"event_type": EVENT_TYPE, "event_payload": {"mark": mark}});
    body
}

fn heard(message: &Value) -> Option<Heard> {
    let text = |pointer: &str| text_at(message, pointer);
    let of_metadata = text("/metadata/event_type").filter(|kind| kind == EVENT_TYPE);
    let of_metadata = of_metadata.and_then(|_| text("/metadata/event_payload/mark"));
    let of_block = || text("/blocks/0/block_id").and_then(|id| mark_of(&id).map(str::to_owned));
    let said = Written::of(message).said();
    Some(Heard {
        ts: text("/ts")?,
        thread_ts: text("/thread_ts"),
        user: text("/user"),
        bot_id: text("/bot_id"),
        subtype: text("/subtype"),
        edited: text("/edited/ts"),
        mark: of_metadata.or_else(of_block),
        text: said.text,
        beside: said.beside,
    })
}

fn file(file: &Value) -> Option<File> {
    Some(File {
        id: text_at(file, "/id")?,
        name: text_at(file, "/name").unwrap_or_default(),
        size: file.get("size").and_then(Value::as_u64),
        url: text_at(file, "/url_private_download").or_else(|| text_at(file, "/url_private")),
    })
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
        assert_eq!(marked("C1", "card", &message), expected);
        assert_eq!(marked("C1", "card", &message.without_blocks()).get("blocks"), None);
    }

    #[test]
    fn a_message_is_heard_with_its_mark_its_author_and_its_files() {
        let message = json!({
            "type": "message", "ts": "2.0", "thread_ts": "1.0", "user": "U1", "bot_id": "B1", "text": "a &amp; b",
            "edited": {"user": "U1", "ts": "3.0"},
            "metadata": {"event_type": "casebridge", "event_payload": {"mark": "card"}},
            "blocks": [{"type": "rich_text", "block_id": "casebridge:other"}],
            "files": [{"id": "F1", "name": "a.txt", "size": 3, "url_private": "https://x"}, {"mode": "tombstone"}],
        });
        let beside =
            |name: &str, file: Option<&str>| Beside { name: name.to_owned(), file: file.map(str::to_owned) };
        let expected = Heard {
            ts: "2.0".to_owned(),
            thread_ts: Some("1.0".to_owned()),
            user: Some("U1".to_owned()),
            bot_id: Some("B1".to_owned()),
            subtype: None,
            edited: Some("3.0".to_owned()),
            mark: Some("card".to_owned()),
            text: "a &amp; b".to_owned(),
            beside: vec![beside("a.txt", Some("F1")), beside("a deleted file", None)],
        };
        assert_eq!(heard(&message), Some(expected));
    }

    #[test]
    fn a_mark_counts_only_where_we_wrote_it() {
        let me = Me { user_id: "U9".to_owned(), bot_id: "B9".to_owned(), team_id: "T9".to_owned() };
        let with_block = json!({"ts": "1.0", "blocks": [{"block_id": "casebridge:card"}]});
        let foreign = json!({
            "ts": "1.0", "metadata": {"event_type": "theirs", "event_payload": {"mark": "card"}},
        });
        let table = [
            (&with_block, "bot_id", "B9", Some("card")),
            (&with_block, "user", "U9", Some("card")),
            (&with_block, "bot_id", "B1", None),
            (&with_block, "user", "U1", None),
            (&foreign, "bot_id", "B9", None),
        ];
        for (message, name, value, expected) in table {
            let mut message = message.clone();
            message[name] = json!(value);
            assert_eq!(heard(&message).unwrap_or_default().mark_by(&me), expected, "{message}");
        }
        assert_eq!(heard(&with_block).unwrap_or_default().mark_by(&me), None, "written by nobody");
    }
}
