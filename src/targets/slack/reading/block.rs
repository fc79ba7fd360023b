//! Blocks as mrkdwn: <https://docs.slack.dev/reference/block-kit/blocks>.

use serde_json::Value;

use super::{MessageReader, called, escape, field, first, flat, kind, list};
use crate::case::text;

/// Where blocks and their elements say something, in the order in which people read it.
const READ: [&str; 33] = [
    "rich_text_title",
    "title",
    "subtitle",
    "caption",
    "label",
    "text",
    "body",
    "description",
    "fields",
    "status",
    "details",
    "output",
    "sources",
    "rows",
    "elements",
    "element",
    "accessory",
    "options",
    "option_groups",
    "child_blocks",
    "tasks",
    "actions",
    "positive_button",
    "negative_button",
    "hint",
    "placeholder",
    "author_name",
    "provider_name",
    "alt_text",
    "url",
    "title_url",
    "hero_image",
    "icon",
];

const KNOWN: [&str; 49] = [
    "actions",
    "button",
    "card",
    "carousel",
    "channels_select",
    "checkboxes",
    "container",
    "context",
    "context_actions",
    "conversations_select",
    "data_table",
    "datepicker",
    "datetimepicker",
    "email_text_input",
    "external_select",
    "feedback_buttons",
    "file_input",
    "header",
    "icon_button",
    "input",
    "markdown",
    "mrkdwn",
    "multi_channels_select",
    "multi_conversations_select",
    "multi_external_select",
    "multi_static_select",
    "multi_users_select",
    "number_input",
    "overflow",
    "plain_text",
    "plain_text_input",
    "plan",
    "radio_buttons",
    "raw_number",
    "raw_text",
    "rich_text",
    "rich_text_input",
    "rich_text_list",
    "rich_text_preformatted",
    "rich_text_quote",
    "rich_text_section",
    "section",
    "static_select",
    "table",
    "task_card",
    "timepicker",
    "url",
    "url_text_input",
    "users_select",
];

impl MessageReader {
    pub(super) fn block(&mut self, block: &Value) -> String {
        match kind(block) {
            "mrkdwn" => block["text"].as_str().unwrap_or_default().to_owned(),
            "raw_number" => field(block, "text").map_or_else(|| block["value"].to_string(), escape),
            "rich_text" => self.rich(block),
            "divider" => "---".to_owned(),
            "table" | "data_table" => self.table(block),
            "image" | "file" | "video" | "workflow_button" => self.named(block),
            "alert" => format!("[{}] {}", field(block, "level").unwrap_or("alert"), self.told(block)),
            known if KNOWN.contains(&known) || known.is_empty() => self.told(block),
            _ => {
                self.name(called(block));
                self.told(block)
            }
        }
    }

    fn told(&mut self, block: &Value) -> String {
        let lines = READ.iter().map(|name| self.value(&block[*name]));
        lines.filter(|words| !words.trim().is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn value(&mut self, value: &Value) -> String {
        match value {
            Value::Null | Value::Bool(_) => String::new(),
            Value::Number(number) => number.to_string(),
            Value::String(words) => escape(words),
            Value::Array(all) => {
                let all = all.iter().map(|one| self.value(one)).filter(|words| !words.trim().is_empty());
                all.collect::<Vec<_>>().join("\n")
            }
            Value::Object(_) => self.block(value),
        }
    }

    /// What is looked at is named; what is written at it is said.
    fn named(&mut self, block: &Value) -> String {
        let title =
            block["title"]["text"].as_str().or_else(|| first(block, &["title", "alt_text", "external_id"]));
        let label = title.or_else(|| block["text"]["text"].as_str());
        let url = first(block, &["image_url", "title_url", "video_url"]);
        let name = label.map_or_else(|| format!("{} without a name", called(block)), flat);
        self.name(url.map_or(name.clone(), |url| text::linked(&name, &flat(url))));
        self.value(&block["description"])
    }

    /// A row a line; an empty cell keeps its place.
    fn table(&mut self, table: &Value) -> String {
        let caption = self.value(&table["caption"]);
        let mut lines = if caption.is_empty() { Vec::new() } else { vec![caption] };
        for row in list(table, "rows") {
            let cells = row.as_array().map_or(list(row, "cells"), Vec::as_slice);
            let cells: Vec<String> = cells.iter().map(|cell| self.cell(cell)).collect();
            lines.push(cells.join(" | "));
        }
        lines.join("\n")
    }

    fn cell(&mut self, cell: &Value) -> String {
        let words = self.value(cell);
        words.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ")
    }
}
