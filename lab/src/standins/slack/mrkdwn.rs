//! What would be live in this message: whom would it ping, what could be clicked?
//! Rules: <https://docs.slack.dev/messaging/formatting-message-text>. In doubt something counts as live.

use serde::Serialize;
use serde_json::Value;

/// A mention or a link that Slack would make of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveText {
    /// `here`, `channel`, `everyone`, `user`, `usergroup`, `channel_link`, `link`, `date` or `special`.
    pub kind: &'static str,
    /// The text that became live, as it stands in the message.
    pub text: String,
    /// Where: a JSON pointer into the message.
    pub at: String,
    /// `markup` (`<…>`), `auto` (bare text that Slack turned into it), or `element` (of rich text).
    pub by: &'static str,
}

/// How the message's top-level text is to be read: `parse` and `link_names` of the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) parse: Option<String>,
    pub(super) link_names: bool,
}

/// Everything live in a message, in the order in which it stands there.
pub(super) fn live(message: &Value, reading: &Reading) -> Vec<LiveText> {
    let mut found = vec![];
    if message["mrkdwn"] != false
        && let Some(text) = message["text"].as_str()
    {
        let urls = reading.parse.as_deref() != Some("none");
        let names = reading.link_names || reading.parse.as_deref() == Some("full");
        scan(text, "/text", urls, names, &mut found);
    }
    for part in ["blocks", "attachments"] {
        walk(&message[part], &format!("/{part}"), &mut found);
    }
    found
}

fn walk(value: &Value, at: &str, found: &mut Vec<LiveText>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| walk(item, &format!("{at}/{n}"), found));
        }
        Value::Object(map) => match map.get("type").and_then(Value::as_str) {
            Some("mrkdwn") => {
                let auto = value["verbatim"] != true;
                scan(value["text"].as_str().unwrap_or_default(), &format!("{at}/text"), auto, auto, found);
            }
            Some("markdown") => {
                let text = value["text"].as_str().unwrap_or_default();
                scan(text, &format!("{at}/text"), true, true, found);
            }
            Some(kind) if element(kind, value).is_some() => {
                let (kind, text) = element(kind, value).unwrap_or_default();
                found.push(LiveText { kind, text, at: at.to_owned(), by: "element" });
            }
            _ => map.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), found)),
        },
        _ => {}
    }
}

/// A rich text element that is live by itself.
fn element(kind: &str, value: &Value) -> Option<(&'static str, String)> {
    let (kind, field) = match kind {
        "user" => ("user", "user_id"),
        "usergroup" => ("usergroup", "usergroup_id"),
        "channel" => ("channel_link", "channel_id"),
        "link" => ("link", "url"),
        "date" if value["url"].is_string() => ("link", "url"),
        "broadcast" => match value["range"].as_str() {
            Some("here") => ("here", "range"),
            Some("channel") => ("channel", "range"),
            _ => ("everyone", "range"),
        },
        _ => return None,
    };
    Some((kind, value[field].as_str()?.to_owned()))
}

fn scan(text: &str, at: &str, urls: bool, names: bool, found: &mut Vec<LiveText>) {
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tail) = rest.split_at(start);
        auto(before, at, urls, names, found);
        let Some(end) = tail.find('>') else {
            rest = tail;
            break;
        };
        let inside = &tail[1..end];
        if let Some(kind) = markup(inside) {
            found.push(LiveText { kind, text: tail[..=end].to_owned(), at: at.to_owned(), by: "markup" });
        }
        rest = &tail[end + 1..];
    }
    auto(rest, at, urls, names, found);
}

/// What `<inside>` is.
fn markup(inside: &str) -> Option<&'static str> {
    let name = inside.split('|').next().unwrap_or_default();
    match name.as_bytes().first()? {
        b'@' => Some("user"),
        b'#' => Some("channel_link"),
        b'!' => Some(match name {
            "!here" => "here",
            "!channel" => "channel",
            "!everyone" => "everyone",
            _ if name.starts_with("!subteam^") => "usergroup",
            // A date with a fourth part is a link as well.
            _ if name.starts_with("!date^") => "date",
            _ => "special",
        }),
        _ => (name.contains("://") || name.starts_with("mailto:")).then_some("link"),
    }
}

/// What Slack makes of bare text when nobody told it not to.
fn auto(text: &str, at: &str, urls: bool, names: bool, found: &mut Vec<LiveText>) {
    for word in text.split(|c: char| c.is_whitespace() || "()[]{}\"'*_~`,;".contains(c)) {
        let kind = match word {
            _ if urls && is_url(word) => "link",
            _ if !names => continue,
            "@here" => "here",
            "@channel" => "channel",
            "@everyone" => "everyone",
            _ if word.len() > 1 && word.starts_with('#') && !word.starts_with("##") => "channel_link",
            _ => continue,
        };
        found.push(LiveText { kind, text: word.to_owned(), at: at.to_owned(), by: "auto" });
    }
}

fn is_url(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    ["http://", "https://", "www.", "mailto:"].iter().any(|scheme| lower.contains(scheme))
}

/// Stretches of a message that mrkdwn would show as bold, italic, struck, code or quoted.
pub(super) fn formatted(message: &Value) -> Vec<String> {
    let mut texts = vec![];
    if message["mrkdwn"] != false {
        texts.extend(message["text"].as_str());
    }
    mrkdwn_texts(&message["blocks"], &mut texts);
    texts.iter().flat_map(|text| spans(text)).collect()
}

fn mrkdwn_texts<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| mrkdwn_texts(item, texts)),
        Value::Object(map) if map.get("type").is_some_and(|kind| kind == "mrkdwn") => {
            texts.extend(value["text"].as_str());
        }
        Value::Object(map) => map.values().for_each(|value| mrkdwn_texts(value, texts)),
        _ => {}
    }
}

fn spans(text: &str) -> Vec<String> {
    let mut found = vec![];
    for line in text.lines() {
        if line.starts_with("&gt;") || line.starts_with('>') {
            found.push(line.to_owned());
        }
        for mark in ['*', '_', '~', '`'] {
            let mut parts = line.split(mark).skip(1).peekable();
            while let Some(part) = parts.next() {
                // A span needs an end, and no space at its edges.
                if parts.peek().is_some() && !part.is_empty() && part.trim() == part {
                    found.push(format!("{mark}{part}{mark}"));
                    parts.next();
                }
            }
        }
    }
    found
}

/// A message as lines of plain text: its blocks, or its text when it has none.
pub(super) fn shown(message: &Value) -> String {
    let mut lines = vec![];
    collect(&message["blocks"], &mut lines);
    if lines.is_empty() {
        lines.extend(message["text"].as_str().map(unescaped));
    }
    lines.join("\n")
}

fn collect(value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, lines)),
        Value::Object(map) => match (map.get("type").and_then(Value::as_str), map.get("text")) {
            (Some("mrkdwn"), Some(Value::String(text))) => lines.push(unescaped(text)),
            (Some("plain_text" | "markdown" | "raw_text"), Some(Value::String(text))) => {
                lines.push(text.clone())
            }
            (Some("rich_text_section" | "rich_text_preformatted" | "rich_text_quote"), _) => {
                let parts = map.get("elements").and_then(Value::as_array).into_iter().flatten();
                lines.push(parts.map(inline).collect());
            }
            (Some("button"), _) => {
                lines.push(format!("[{}]", value["text"]["text"].as_str().unwrap_or_default()));
            }
            _ => ["text", "fields", "elements", "accessory", "label", "element", "rows"]
                .iter()
                .filter_map(|name| map.get(*name))
                .for_each(|value| collect(value, lines)),
        },
        _ => {}
    }
}

fn inline(element: &Value) -> String {
    let text = |name: &str| element[name].as_str().map(str::to_owned);
    text("text")
        .or_else(|| text("url"))
        .or_else(|| text("name").map(|name| format!(":{name}:")))
        .unwrap_or_else(|| {
            let id = ["user_id", "usergroup_id", "channel_id", "range"].iter().find_map(|name| text(name));
            id.map(|id| format!("@{id}")).or_else(|| text("fallback")).unwrap_or_default()
        })
}

/// The three entities that Slack knows.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(message: &Value, parse: &str) -> Vec<(&'static str, &'static str)> {
        let reading = Reading { parse: Some(parse.to_owned()), link_names: false };
        live(message, &reading).iter().map(|live| (live.kind, live.by)).collect()
    }

    #[test]
    fn markup_is_live_wherever_it_stands() {
        for (text, kind) in [
            ("<!here>", "here"),
            ("<!channel>", "channel"),
            ("<!everyone|x>", "everyone"),
            ("<@U024BE7LH>", "user"),
            ("<!subteam^S1|@red>", "usergroup"),
            ("<#C024BE91L|x>", "channel_link"),
            ("a <https://example.com|b> c", "link"),
            ("<mailto:a@example.com>", "link"),
            ("<!date^1^{date}|x>", "date"),
        ] {
            assert_eq!(kinds(&json!({ "text": text }), "none"), [(kind, "markup")], "{text}");
            let block = json!({ "blocks": [{ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } }] });
            assert_eq!(kinds(&block, "none"), [(kind, "markup")], "{text}");
        }
    }

    #[test]
    fn escaped_or_plain_text_is_inert() {
        let text = "&lt;!channel&gt; @here #general https://evil.example <!channel> @U1";
        let escaped = text.replace("<!", "&lt;!");
        for message in [
            json!({ "text": escaped }),
            json!({ "text": text, "mrkdwn": false }),
            json!({ "blocks": [{ "type": "section", "text": { "type": "plain_text", "text": text } }] }),
            json!({ "blocks": [{ "type": "section", "text": { "type": "mrkdwn", "text": escaped, "verbatim": true } }] }),
            json!({ "blocks": [{ "type": "rich_text", "elements": [
                { "type": "rich_text_section", "elements": [{ "type": "text", "text": text }] }] }] }),
        ] {
            assert_eq!(kinds(&message, "none"), [], "{message}");
        }
    }

    #[test]
    fn bare_text_becomes_live_unless_told_not_to() {
        let message = json!({ "blocks": [{ "type": "section", "text":
            { "type": "mrkdwn", "text": "hi @here and (@channel): see #general at https://evil.example." } }] });
        let auto = [("here", "auto"), ("channel", "auto"), ("channel_link", "auto"), ("link", "auto")];
        assert_eq!(kinds(&message, "none"), auto);
        assert_eq!(kinds(&json!({ "text": "@here https://evil.example" }), "client"), [("link", "auto")]);
        assert_eq!(kinds(&json!({ "text": "@here" }), "full"), [("here", "auto")]);
    }

    #[test]
    fn rich_text_elements_are_live() {
        let message = json!({ "blocks": [{ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [
            { "type": "broadcast", "range": "channel" }, { "type": "user", "user_id": "U1" },
            { "type": "link", "url": "https://example.com" }] }] }] });
        assert_eq!(
            kinds(&message, "none"),
            [("channel", "element"), ("user", "element"), ("link", "element")]
        );
    }

    #[test]
    fn formatting_made_from_marks_is_found() {
        let found = |text: &str| formatted(&json!({ "text": text }));
        assert_eq!(found("a *b* and `c` but 2 * 3 * 4"), ["*b*", "`c`"]);
        assert_eq!(found("&gt; quoted"), ["&gt; quoted"]);
        assert_eq!(found("snake_case and a~b"), [""; 0]);
        assert_eq!(
            formatted(
                &json!({ "blocks": [{ "type": "section", "text": { "type": "plain_text", "text": "*a*" } }] })
            ),
            [""; 0]
        );
    }

    #[test]
    fn a_message_is_shown_as_people_read_it() {
        let message = json!({ "text": "fallback", "blocks": [
            { "type": "header", "text": { "type": "plain_text", "text": "Case" } },
            { "type": "section", "text": { "type": "mrkdwn", "text": "a &lt;b&gt; &amp; c" } },
            { "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [
                { "type": "text", "text": "by " }, { "type": "user", "user_id": "U1" }, { "type": "text", "text": " on " },
                { "type": "date", "timestamp": 0, "format": "{date}", "fallback": "1970-01-01" }] }] },
            { "type": "actions", "elements": [{ "type": "button", "text": { "type": "plain_text", "text": "Close" } }] }] });
        assert_eq!(shown(&message), "Case\na <b> & c\nby @U1 on 1970-01-01\n[Close]");
        assert_eq!(shown(&json!({ "text": "a &amp; b" })), "a & b");
    }
}
