//! What becomes of a line that a person types into Slack's composer? Slack escapes `& < >`, puts ids in the place of
//! names, and takes what begins with `/` for a command.
//! <https://docs.slack.dev/messaging/formatting-message-text>

use casebridge::case::{ChannelId, Ts, UserId};
use serde_json::{Value, json};

use super::{
    super::exchange::SignedRequest, SlackStandin, manifest::commands, messages::with_ids, person::types,
    state::Workspace, written::writes,
};

/// Who answers where Slack itself refuses something.
const SLACKBOT: &str = "USLACKBOT";

#[derive(Clone, Debug, PartialEq, Eq)]
enum TypedPiece {
    Words(String),
    Link(String),
    User(String),
    Channel(String, String),
    Group(String),
    /// `here`, `channel` or `everyone`.
    Broadcast(String),
}

impl SlackStandin {
    /// A line as Slack keeps it: `{text, blocks}`.
    pub fn typed(&self, line: &str) -> Value {
        self.with(|state| typed(state, line))
    }

    /// Somebody types a line and sends it, in a channel or below `thread`; says what Slack sends. What begins with `/` is a
    /// command: one that there is not, or one in a thread, Slackbot refuses, and nothing is sent.
    pub fn enters(
        &self,
        user: &UserId,
        channel: &ChannelId,
        line: &str,
        thread: Option<&Ts>,
    ) -> Vec<SignedRequest> {
        self.with(|state| {
            let Some((command, text)) = command(line) else {
                let message = typed(state, line);
                return writes(state, (user, channel), &message, thread).1;
            };
            if let Some(why) = refusal(command, thread.is_some()) {
                refuse(state, (user, channel), &why, thread);
                return vec![];
            }
            let text = typed(state, text)["text"].as_str().unwrap_or_default().to_owned();
            vec![types(state, user, channel, command, &text)]
        })
    }
}

/// A command and what stands after it. `//` begins no command.
fn command(line: &str) -> Option<(&str, &str)> {
    let rest =
        line.strip_prefix('/').filter(|rest| rest.starts_with(|first: char| first.is_alphanumeric()))?;
    let end = rest.find(char::is_whitespace).map_or(line.len(), |at| at + 1);
    Some((&line[..end], line[end..].trim()))
}

/// Slack's own words.
fn refusal(command: &str, in_thread: bool) -> Option<String> {
    match () {
        () if !commands().iter().any(|known| known["command"] == command) => Some(format!(
            "{command} is not a valid command. In Slack, all messages that start with the \"/\" character are interpreted \
             as commands. If you are trying to send a message and not run a command, try preceding the \"/\" with an empty \
             space."
        )),
        () if in_thread => Some(format!("{command} is not supported in threads. Sorry!")),
        () => None,
    }
}

fn refuse(state: &mut Workspace, (user, channel): (&UserId, &ChannelId), why: &str, thread: Option<&Ts>) {
    let mut message = json!({ "type": "message", "user": SLACKBOT, "text": escaped(why), "ts": state.ts(),
        "channel": channel, "to": user, "is_ephemeral": true });
    if let Some(thread) = thread {
        message["thread_ts"] = json!(thread);
    }
    state.ephemerals.push(message);
}

fn typed(state: &Workspace, line: &str) -> Value {
    let pieces = pieces(state, line);
    let text: String = pieces.iter().map(TypedPiece::text).collect();
    let elements: Vec<Value> = pieces.iter().map(TypedPiece::element).collect();
    let blocks = json!([{ "type": "rich_text",
        "elements": [{ "type": "rich_text_section", "elements": elements }] }]);
    json!({ "text": text, "blocks": with_ids(&blocks) })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl TypedPiece {
    fn text(&self) -> String {
        match self {
            Self::Words(words) => escaped(words),
            Self::Link(url) => format!("<{}>", escaped(url)),
            Self::User(id) => format!("<@{id}>"),
            Self::Channel(id, name) => format!("<#{id}|{name}>"),
            Self::Group(id) => format!("<!subteam^{id}>"),
            Self::Broadcast(range) => format!("<!{range}>"),
        }
    }

    fn element(&self) -> Value {
        match self {
            Self::Words(words) => json!({ "type": "text", "text": words }),
            Self::Link(url) => json!({ "type": "link", "url": url }),
            Self::User(id) => json!({ "type": "user", "user_id": id }),
            Self::Channel(id, _) => json!({ "type": "channel", "channel_id": id }),
            Self::Group(id) => json!({ "type": "usergroup", "usergroup_id": id }),
            Self::Broadcast(range) => json!({ "type": "broadcast", "range": range }),
        }
    }
}

fn pieces(state: &Workspace, line: &str) -> Vec<TypedPiece> {
    let (mut pieces, mut words, mut rest) = (Vec::new(), String::new(), line);
    while let Some(first) = rest.chars().next() {
        let begins = !words.ends_with(|before: char| before.is_alphanumeric());
        match begins.then(|| named(state, rest)).flatten() {
            Some((piece, length)) => {
                if !words.is_empty() {
                    pieces.push(TypedPiece::Words(std::mem::take(&mut words)));
                }
                pieces.push(piece);
                rest = &rest[length..];
            }
            None => {
                words.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    if !words.is_empty() {
        pieces.push(TypedPiece::Words(words));
    }
    pieces
}

/// What Slack makes of the words that stand here, and how many bytes of them; the longest name counts.
fn named(state: &Workspace, text: &str) -> Option<(TypedPiece, usize)> {
    if text.starts_with("https://") || text.starts_with("http://") {
        let end = text.find(|at: char| at.is_whitespace() || "<>\"".contains(at)).unwrap_or(text.len());
        let url = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        return Some((TypedPiece::Link(url.to_owned()), url.len()));
    }
    let (sign, rest) = (text.chars().next()?, text.get(1..)?);
    let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all: Vec<(String, TypedPiece)> = match sign {
        '@' => {
            let people = state.users.iter().flat_map(|(id, user)| {
                let names = [&user["name"], &user["real_name"], &user["profile"]["display_name"]];
                names.map(|named| (name(named), TypedPiece::User(id.to_string())))
            });
            let groups = state
                .groups
                .iter()
                .map(|(id, group)| (name(&group.wire["handle"]), TypedPiece::Group(id.clone())));
            let ranges = ["here", "channel", "everyone"];
            let ranges =
                ranges.iter().map(|range| ((*range).to_owned(), TypedPiece::Broadcast((*range).to_owned())));
            people.chain(groups).chain(ranges).collect()
        }
        '#' => {
            let channels =
                state.channels.iter().map(|(id, channel)| (id.to_string(), name(&channel.wire["name"])));
            channels.map(|(id, name)| (name.clone(), TypedPiece::Channel(id, name))).collect()
        }
        _ => return None,
    };
    let stands = |named: &str| {
        let here = rest.get(..named.len()).is_some_and(|here| here.eq_ignore_ascii_case(named));
        let ends =
            |after: &str| !after.starts_with(|next: char| next.is_alphanumeric() || "-_".contains(next));
        !named.is_empty() && here && rest.get(named.len()..).is_some_and(ends)
    };
    let found = all.into_iter().filter(|(named, _)| stands(named)).max_by_key(|(named, _)| named.len());
    found.map(|(named, piece)| (piece, 1 + named.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standins::{Endpoint, ServiceClock};

    fn slack() -> SlackStandin {
        SlackStandin::within(Endpoint::new(
            "https://slack.within",
            &ServiceClock::standing(1_790_000_000_000),
        ))
    }

    #[test]
    fn what_is_typed_comes_escaped_with_ids_in_the_place_of_names() {
        let slack = slack();
        let (.., bot, _) = slack.app();
        let (ana, channel) = (slack.ana(), slack.security());
        for (line, text) in [
            ("a < b && c > d <b>x</b>", "a &lt; b &amp;&amp; c &gt; d &lt;b&gt;x&lt;/b&gt;".to_owned()),
            ("@Casebridge status", format!("<@{bot}> status")),
            ("hi @ANA, see #security", format!("hi <@{ana}>, see <#{channel}|security>")),
            ("@anabel ana@example.com x#security", "@anabel ana@example.com x#security".to_owned()),
            ("@here https://a.example/?x=1&y=2.", "<!here> <https://a.example/?x=1&amp;y=2>.".to_owned()),
            ("<!channel> :tada: é", "&lt;!channel&gt; :tada: é".to_owned()),
        ] {
            assert_eq!(slack.typed(line)["text"], text, "{line}");
        }
    }

    #[test]
    fn a_command_in_a_thread_or_an_unknown_one_is_refused_to_the_person_alone() {
        let slack = slack();
        let (ana, channel) = (slack.ana(), slack.security());
        assert_eq!(slack.enters(&ana, &channel, "hello", None).len(), 1);
        let thread = Ts::new(slack.messages(&channel)[0]["ts"].as_str().unwrap());
        for (line, thread, why) in [
            ("/sir status", Some(&thread), "/sir is not supported in threads. Sorry!"),
            ("/sri help", None, "/sri is not a valid command."),
            ("/sri help", Some(&thread), "/sri is not a valid command."),
        ] {
            assert_eq!(slack.enters(&ana, &channel, line, thread), vec![], "{line}");
            let said = slack.ephemerals(&ana).pop().unwrap();
            assert!(said["text"].as_str().unwrap().starts_with(why), "{said}");
        }
        assert_eq!(slack.messages(&channel).len(), 1, "nobody else sees it");
        let sent = slack.enters(&ana, &channel, "/sir list a<b", None);
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&sent[0].body).unwrap();
        assert!(form.contains(&("text".to_owned(), "list a&lt;b".to_owned())), "{form:?}");
        for message in ["//note", " /sri", "/ x"] {
            assert_eq!(slack.enters(&ana, &channel, message, Some(&thread)).len(), 1, "{message}");
        }
    }
}
