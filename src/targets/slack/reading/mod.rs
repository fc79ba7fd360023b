//! What people wrote in Slack, as its readers see it, as mrkdwn with Slack's escapes; what text cannot carry is named
//! beside it. <https://docs.slack.dev/messaging/formatting-message-text>

mod attachment;
mod block;
mod file;
mod marks;
mod rich;
#[cfg(test)]
mod tests;

pub(super) use self::file::{DELETED, HIDDEN};

use serde_json::Value;

use super::mrkdwn::escape;
use crate::case::text;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    pub beside: Vec<Beside>,
}

/// A file, an image, or what else hangs on a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// As people call it. Empty where only Slack can tell (`files.info`).
    pub name: String,
    pub file: Option<String>,
}

impl Beside {
    /// The name, or the id where only that is known.
    pub fn called(&self) -> String {
        let name = Some(&self.name).filter(|name| !name.is_empty());
        name.or(self.file.as_ref()).cloned().unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MessageParts<'a> {
    pub text: &'a str,
    pub blocks: &'a [Value],
    pub attachments: &'a [Value],
    pub files: &'a [Value],
}

impl<'a> MessageParts<'a> {
    pub fn of(message: &'a Value) -> Self {
        Self {
            text: message["text"].as_str().unwrap_or_default(),
            blocks: list(message, "blocks"),
            attachments: list(message, "attachments"),
            files: list(message, "files"),
        }
    }

    pub fn said(&self) -> Words {
        let mut reader = MessageReader::default();
        let text = rich::emoji(self.blocks)
            .into_iter()
            .fold(marks::unmarked(self.text.trim_end()), |text, (name, sign)| text.replace(&name, &sign));
        let mut words = vec![text];
        words.extend(reader.blocks_beside(self.text, self.blocks));
        words.extend(self.attachments.iter().filter_map(|one| reader.attachment(one)));
        reader.beside.extend(self.files.iter().map(file::beside));
        words.retain(|words| !words.trim().is_empty());
        Words { text: words.join("\n\n"), beside: reader.beside }
    }
}

/// The most blocks of a message, <https://docs.slack.dev/reference/block-kit/blocks/>: so many are looked for in its text.
const MOST: usize = 50;

#[derive(Default)]
struct MessageReader {
    beside: Vec<Beside>,
}

impl MessageReader {
    fn name(&mut self, name: String) {
        self.beside.push(Beside { name, file: None });
    }

    /// The blocks that say what the text does not: the text of a person's message is that of its rich text.
    fn blocks_beside(&mut self, text: &str, blocks: &[Value]) -> Vec<String> {
        let is_told = !text.trim().is_empty();
        let known = flat(text);
        let mut all = Vec::new();
        let blocks = blocks.iter().filter(|block| !(is_told && kind(block) == "rich_text"));
        for (index, block) in blocks.enumerate() {
            let words = self.block(block);
            if !(is_told && index < MOST && known.contains(&flat(&words))) {
                all.push(words);
            }
        }
        all
    }
}

fn flat(text: &str) -> String {
    text::one_line(text)
}

fn kind(value: &Value) -> &str {
    value["type"].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn field<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str().filter(|text| !text.trim().is_empty())
}

fn first<'a>(value: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| field(value, name))
}

fn called(value: &Value) -> String {
    match text::cut(&flat(kind(value)), 60) {
        name if name.is_empty() => "something without a kind".to_owned(),
        name => name,
    }
}

fn address(url: &str) -> String {
    format!("<{}>", escape(&flat(url)).replace('|', "%7C"))
}
