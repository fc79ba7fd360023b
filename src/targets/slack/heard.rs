//! Messages as they are read back, a page at a time.

use serde_json::Value;

use super::{
    Slack,
    message::mark_of,
    messages::{EVENT_TYPE, MessageRef},
    method::ApiMethod,
    people::Me,
    reading::{Beside, MessageParts},
    text_at,
};
use crate::{
    case::{ChannelId, Ts, UserId},
    http::{Failure, Page},
    targets::{contract::Said, mark::Mark},
};

const PAGE: &str = "200";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub ts: Ts,
    pub thread_ts: Option<Ts>,
    pub user: Option<UserId>,
    pub bot_id: Option<String>,
    /// What kind it is; a person's plain message has none.
    pub subtype: Option<String>,
    pub edited: Option<Ts>,
    /// In its metadata or, failing that, in its first block's name. Anybody can write one: see [`Heard::mark_by`].
    pub mark: Option<Mark>,
    /// All that it says, with Slack's escapes.
    pub text: String,
    /// Its files, and what else hangs on it.
    pub beside: Vec<Beside>,
}

impl Heard {
    pub fn at(ts: Ts) -> Self {
        Self {
            ts,
            thread_ts: None,
            user: None,
            bot_id: None,
            subtype: None,
            edited: None,
            mark: None,
            text: String::new(),
            beside: Vec::new(),
        }
    }

    pub(crate) fn is_by(&self, me: &Me) -> bool {
        self.bot_id.as_ref() == Some(&me.bot_id) || self.user.as_ref() == Some(&me.user_id)
    }

    pub fn mark_by(&self, me: &Me) -> Option<&Mark> {
        self.mark.as_ref().filter(|_| self.is_by(me))
    }
}

pub fn said_by_a_person(one: Heard) -> Option<Said> {
    let spoken = matches!(one.subtype.as_deref(), None | Some("file_share" | "thread_broadcast"));
    let author = one.user.filter(|_| spoken && one.bot_id.is_none())?.into();
    let thread = one.thread_ts.filter(|thread| *thread != one.ts).map(String::from);
    let files = one.beside.iter().map(Beside::called).collect();
    let uploads = one.beside.into_iter().filter_map(|one| one.file).collect();
    let (at, edited) = (one.ts.millis(), one.edited.map(String::from));
    Some(Said { remote: one.ts.into(), at, author, thread, edited, text: one.text, files, uploads })
}

impl Slack<'_> {
    /// A page of a thread, the oldest first. The first message of all is the thread's own.
    pub async fn replies(&self, thread: &MessageRef, cursor: Option<&str>) -> Result<Page<Heard>, Failure> {
        let pairs = [
            ("channel", thread.channel.as_str()),
            ("ts", thread.ts.as_str()),
            ("cursor", cursor.unwrap_or_default()),
            ("limit", PAGE),
            ("include_all_metadata", "true"),
        ];
        self.heard(ApiMethod::ConversationsReplies, &pairs).await
    }

    /// Whether a message is there no more: Slack says so, an answer without it says nothing. Asked by its own `ts`, it
    /// gives a reply alone.
    pub async fn is_gone(&self, at: &MessageRef) -> Result<bool, Failure> {
        match self.replies(at, None).await {
            Ok(page) => {
                let fell = |one: &Heard| one.ts == at.ts && one.subtype.as_deref() == Some("tombstone");
                Ok(page.items.iter().any(fell))
            }
            Err(Failure::Gone { .. }) => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    /// A page of a channel's own messages from `oldest` on, the newest first; without the threads' replies.
    pub async fn history(
        &self,
        channel: &ChannelId,
        oldest: &Ts,
        cursor: Option<&str>,
    ) -> Result<Page<Heard>, Failure> {
        let pairs = [
            ("channel", channel.as_str()),
            ("oldest", oldest.as_str()),
            ("inclusive", "true"),
            ("cursor", cursor.unwrap_or_default()),
            ("limit", PAGE),
            ("include_all_metadata", "true"),
        ];
        self.heard(ApiMethod::ConversationsHistory, &pairs).await
    }

    async fn heard(&self, method: ApiMethod, pairs: &[(&str, &str)]) -> Result<Page<Heard>, Failure> {
        // An empty cursor is none: Slack answers `invalid_cursor` to some that it did not give.
        let given: Vec<_> = pairs.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
        let answer = self.read(method, &given).await?;
        let messages = answer.get("messages").and_then(Value::as_array);
        let messages = messages.ok_or_else(|| Failure::unreadable(method))?;
        let items = messages.iter().filter_map(heard).collect();
        Ok(Page { items, next: next_cursor(&answer), total: None })
    }
}

/// What asks for the next page; Slack says "" at the end.
pub(super) fn next_cursor(answer: &Value) -> Option<String> {
    text_at(answer, "/response_metadata/next_cursor")
}

fn heard(message: &Value) -> Option<Heard> {
    let text = |pointer: &str| text_at(message, pointer);
    let of_metadata = text("/metadata/event_type").filter(|kind| kind == EVENT_TYPE);
    let of_metadata =
        of_metadata.and_then(|_| message.pointer("/metadata/event_payload")).and_then(Mark::of_payload);
    let of_block = || text("/blocks/0/block_id").and_then(|id| mark_of(&id));
    let said = MessageParts::of(message).said();
    Some(Heard {
        ts: text("/ts").map(Ts::new)?,
        thread_ts: text("/thread_ts").map(Ts::new),
        user: text("/user").map(UserId::new),
        bot_id: text("/bot_id"),
        subtype: text("/subtype"),
        edited: text("/edited/ts").map(Ts::new),
        mark: of_metadata.or_else(of_block),
        text: said.text,
        beside: said.beside,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::TeamId;

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
            ts: Ts::new("2.0"),
            thread_ts: Some(Ts::new("1.0")),
            user: Some(UserId::new("U1")),
            bot_id: Some("B1".to_owned()),
            subtype: None,
            edited: Some(Ts::new("3.0")),
            mark: Some(Mark::new("card")),
            text: "a &amp; b".to_owned(),
            beside: vec![beside("a.txt", Some("F1")), beside("a deleted file", None)],
        };
        assert_eq!(heard(&message), Some(expected));
    }

    #[test]
    fn a_mark_counts_only_where_we_wrote_it() {
        let me = Me { user_id: UserId::new("U9"), bot_id: "B9".to_owned(), team_id: TeamId::new("T9") };
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
            assert_eq!(heard(&message).unwrap().mark_by(&me).map(Mark::as_str), expected, "{message}");
        }
        assert_eq!(heard(&with_block).unwrap().mark_by(&me), None, "written by nobody");
    }
}
