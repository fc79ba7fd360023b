//! Rich text as mrkdwn: <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>.

use serde_json::Value;

use super::{MessageReader, address, called, escape, field, first, flat, kind, list};
use crate::targets::wording;

impl MessageReader {
    pub(super) fn rich(&mut self, block: &Value) -> String {
        let parts: Vec<String> = list(block, "elements").iter().map(|part| self.container(part)).collect();
        parts.iter().map(|part| part.strip_suffix('\n').unwrap_or(part)).collect::<Vec<_>>().join("\n")
    }

    fn container(&mut self, part: &Value) -> String {
        match kind(part) {
            "rich_text_section" => self.elements(part),
            "rich_text_list" => self.listed(part),
            "rich_text_quote" => {
                let quoted = self.elements(part);
                quoted
                    .trim_end_matches('\n')
                    .split('\n')
                    .map(|line| format!("&gt; {line}"))
                    .collect::<Vec<_>>()
                    .join("\n")
            }
            "rich_text_preformatted" => format!("```\n{}\n```", self.elements(part).trim_end_matches('\n')),
            "" => String::new(),
            _ if list(part, "elements").is_empty() => self.element(part),
            _ => {
                self.name(called(part));
                self.rich(part)
            }
        }
    }

    /// A list within a list stands beside it, with a higher indent; a list that goes on after one, with an offset.
    fn listed(&mut self, part: &Value) -> String {
        let indent =
            "    ".repeat(usize::try_from(part["indent"].as_u64().unwrap_or(0).min(20)).unwrap_or(0));
        let start = part["offset"].as_u64().unwrap_or(0);
        let mut lines = Vec::new();
        for (index, item) in (start + 1..).zip(list(part, "elements")) {
            let marker =
                if field(part, "style") == Some("ordered") { format!("{index}.") } else { "•".to_owned() };
            lines.push(format!("{indent}{marker} {}", self.container(item)));
        }
        lines.join("\n")
    }

    fn elements(&mut self, part: &Value) -> String {
        list(part, "elements").iter().map(|element| self.element(element)).collect()
    }

    fn element(&mut self, element: &Value) -> String {
        let words = self.words_of(element);
        let has = |style: &str| element["style"][style] == true;
        let words = if has("code") { format!("`{words}`") } else { words };
        if has("strike") { format!("~{words}~") } else { words }
    }

    fn words_of(&mut self, element: &Value) -> String {
        let id = |name: &str| field(element, name).map(flat);
        let known = match kind(element) {
            "text" => element["text"].as_str().map(escape),
            "link" => field(element, "url").map(|url| linked(url, field(element, "text"))),
            "user" => id("user_id").map(|id| format!("<@{id}>")),
            "usergroup" => id("usergroup_id").map(|id| format!("<!subteam^{id}>")),
            "channel" => id("channel_id").map(|id| format!("<#{id}>")),
            "team" => id("team_id").map(|id| format!("the workspace {id}")),
            "broadcast" => id("range").map(|range| format!("<!{range}>")),
            "emoji" => unicode(element).or_else(|| id("name").map(|name| format!(":{name}:"))),
            "date" => field(element, "fallback")
                .map(escape)
                .or_else(|| element["timestamp"].as_i64().map(wording::utc)),
            "color" => id("value").map(|value| escape(&value)),
            "canvas" => id("file_id").or_else(|| id("canvas_id")).map(|id| format!("[canvas {id}]")),
            _ => None,
        };
        known.unwrap_or_else(|| {
            let words = first(element, &["text", "fallback", "name", "value", "url"]).map(escape);
            words.unwrap_or_else(|| {
                self.name(called(element));
                format!("[{}]", escape(&called(element)))
            })
        })
    }
}

fn linked(url: &str, label: Option<&str>) -> String {
    match label {
        Some(label) => format!("{}|{}>", address(url).trim_end_matches('>'), escape(&flat(label))),
        None => address(url),
    }
}

/// The most that are looked for in a text.
const EMOJI: usize = 30;

/// Emoji of rich text as they stand in the text of its message, `:tada:`, and as people see them.
pub(super) fn emoji(blocks: &[Value]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let rich = blocks.iter().filter(|block| kind(block) == "rich_text");
    rich.flat_map(|block| list(block, "elements")).for_each(|part| found_in(part, &mut found));
    found
}

fn found_in(part: &Value, found: &mut Vec<(String, String)>) {
    if found.len() >= EMOJI {
        return;
    }
    if let ("emoji", Some(name), Some(sign)) = (kind(part), field(part, "name"), unicode(part)) {
        let known = (format!(":{name}:"), sign);
        if !found.contains(&known) {
            found.push(known);
        }
    }
    list(part, "elements").iter().for_each(|inner| found_in(inner, found));
}

/// `1f44d-1f3fb`: the characters of an emoji by their numbers.
fn unicode(element: &Value) -> Option<String> {
    let numbers = field(element, "unicode")?.split('-');
    numbers.map(|number| u32::from_str_radix(number, 16).ok().and_then(char::from_u32)).collect()
}
