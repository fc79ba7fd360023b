//! Would Slack accept these blocks?
//!
//! Shapes of `@slack/types` 3.2.0 and the limits of <https://docs.slack.dev/reference/block-kit>. Blocks newer
//! than `table` that the product does not send (`card`, `carousel`, `container`, `plan`, `task_card`,
//! `data_table`) are refused as unknown.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    super::shape::{Shape, list, may, misfits, need, text},
    elements::*,
    rich_text::*,
    trouble::describe,
};

/// Most characters of text in all blocks of a message together. Undocumented; seen by Bolt's users.
const MESSAGE_TEXT: usize = 13_200;
/// Most characters of all markdown blocks of a message together.
const MARKDOWN_TEXT: usize = 12_000;

const BLOCK: Shape = Shape::Tagged(&[
    ("actions", &[need("elements", list(1, 25, &ACTION_ELEMENT)), may("block_id", BLOCK_ID)]),
    (
        "alert",
        &[
            need("text", TEXT_3000),
            may("level", Shape::OneOf(&["default", "info", "warning", "error", "success"])),
            may("block_id", BLOCK_ID),
        ],
    ),
    ("context", &[need("elements", list(1, 10, &CONTEXT_ELEMENT)), may("block_id", BLOCK_ID)]),
    ("context_actions", &[need("elements", list(0, 5, &CONTEXT_ACTION)), may("block_id", BLOCK_ID)]),
    ("divider", &[may("block_id", BLOCK_ID)]),
    ("header", &[need("text", PLAIN_150), may("block_id", BLOCK_ID)]),
    (
        "image",
        &[
            need("alt_text", text(0, 2000)),
            may("image_url", text(1, 3000)),
            may("slack_file", Shape::AnyObject),
            may("title", PLAIN_2000),
            may("block_id", BLOCK_ID),
        ],
    ),
    (
        "input",
        &[
            need("label", PLAIN_2000),
            need("element", INPUT_ELEMENT),
            may("hint", PLAIN_2000),
            may("optional", Shape::Flag),
            may("dispatch_action", Shape::Flag),
            may("block_id", BLOCK_ID),
        ],
    ),
    ("markdown", &[need("text", text(1, 12_000)), may("block_id", BLOCK_ID)]),
    ("rich_text", &[need("elements", list(0, usize::MAX, &RICH_TEXT)), may("block_id", BLOCK_ID)]),
    (
        "section",
        &[
            may("text", TEXT_3000),
            may("fields", list(1, 10, &TEXT_2000)),
            may("accessory", ACCESSORY),
            may("expand", Shape::Flag),
            may("block_id", BLOCK_ID),
        ],
    ),
    (
        "table",
        &[
            need("rows", list(1, 100, &list(1, 20, &CELL))),
            may("column_settings", list(0, 20, &COLUMN)),
            may("block_id", BLOCK_ID),
        ],
    ),
    (
        "video",
        &[
            need("alt_text", text(0, 2000)),
            need("title", PLAIN_200),
            need("thumbnail_url", text(1, 3000)),
            need("video_url", text(1, 3000)),
            may("title_url", text(1, 3000)),
            may("description", PLAIN_200),
            may("author_name", text(1, 50)),
            may("provider_name", text(0, 3000)),
            may("provider_icon_url", text(1, 3000)),
            may("block_id", BLOCK_ID),
        ],
    ),
]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surface {
    /// At most 50 blocks.
    Message,
    /// At most 100 blocks.
    View,
}

/// What Slack would complain about in `blocks`, which stand at `at`; nothing when it accepts them.
pub(super) fn complaints(blocks: &Value, surface: Surface, at: &str) -> Vec<String> {
    let most = if surface == Surface::Message { 50 } else { 100 };
    let mut found: Vec<String> = misfits(&list(0, most, &BLOCK), blocks, at).iter().map(describe).collect();
    let blocks = blocks.as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut ids, mut tables) = (BTreeSet::new(), 0);
    for (n, block) in blocks.iter().enumerate() {
        let at = format!("{at}/{n}");
        found.extend(
            block["block_id"]
                .as_str()
                .filter(|id| !ids.insert((*id).to_owned()))
                .map(|id| format!("block_id \"{id}\" already exists [json-pointer:{at}/block_id]")),
        );
        found.extend(block_complaint(block, surface).map(|why| format!("{why} [json-pointer:{at}]")));
        found.extend(element_complaints(block, &at));
        tables += usize::from(block["type"] == "table");
    }
    if tables > 1 {
        found.push("only_one_table_allowed".to_owned());
    }
    let markdown = blocks.iter().filter(|block| block["type"] == "markdown");
    if markdown.filter_map(|block| block["text"].as_str()).map(|text| text.chars().count()).sum::<usize>()
        > MARKDOWN_TEXT
    {
        found.push(format!("markdown blocks must have less than {} characters together", MARKDOWN_TEXT + 1));
    }
    found
}

/// Whether all text of a message's blocks together is more than Slack takes.
pub(super) fn is_too_long(blocks: &Value) -> bool {
    text_length(blocks) > MESSAGE_TEXT
}

fn text_length(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(text_length).sum(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "text" => text.chars().count(),
                value => text_length(value),
            })
            .sum(),
        _ => 0,
    }
}

fn block_complaint(block: &Value, surface: Surface) -> Option<String> {
    let has = |name: &str| !block[name].is_null();
    match block["type"].as_str()? {
        "section" if !has("text") && !has("fields") => Some("must define either text or fields".into()),
        "image" if !has_one_source(block) => Some("must define either image_url or slack_file".into()),
        "markdown" | "table" if surface == Surface::View => Some("block is for messages only".into()),
        "input" if surface == Surface::Message && block["element"]["type"] == "file_input" => {
            Some("file_input is for modals only".into())
        }
        _ => None,
    }
}

/// An image comes from a URL or from a file in Slack.
fn has_one_source(image: &Value) -> bool {
    image["image_url"].is_null() != image["slack_file"].is_null()
}

/// What is wrong with a block's elements beyond their shape.
fn element_complaints(block: &Value, at: &str) -> Vec<String> {
    let mut found = vec![];
    let mut ids = BTreeSet::new();
    let listed = block["elements"].as_array().into_iter().flatten();
    let listed = listed.enumerate().map(|(n, element)| (element, format!("{at}/elements/{n}")));
    let single = ["accessory", "element"].into_iter().map(|name| (&block[name], format!("{at}/{name}")));
    for (element, at) in listed.chain(single) {
        if let Some(id) = element["action_id"].as_str().filter(|id| !ids.insert((*id).to_owned())) {
            found.push(format!("action_id \"{id}\" already exists [json-pointer:{at}/action_id]"));
        }
        if element["type"] == "image" && !has_one_source(element) {
            found.push(format!("must define either image_url or slack_file [json-pointer:{at}]"));
        }
        let select = matches!(element["type"].as_str(), Some("static_select" | "multi_static_select"));
        if select && element["options"].is_null() == element["option_groups"].is_null() {
            found.push(format!("must define either options or option_groups [json-pointer:{at}]"));
        }
        if !is_among_options(element) {
            found
                .push(format!("initial_option is not one of the options [json-pointer:{at}/initial_option]"));
        }
    }
    found
}

fn is_among_options(element: &Value) -> bool {
    let chosen = &element["initial_option"];
    let groups = element["option_groups"].as_array().into_iter().flatten();
    let grouped = groups.flat_map(|group| group["options"].as_array().into_iter().flatten());
    let mut options = element["options"].as_array().into_iter().flatten().chain(grouped);
    chosen.is_null() || options.any(|option| option == chosen)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn first(blocks: Value) -> Option<String> {
        complaints(&blocks, Surface::Message, "/blocks").into_iter().next()
    }

    fn x(count: usize) -> String {
        "x".repeat(count)
    }

    fn section(length: usize) -> Value {
        json!({"type": "section", "text": {"type": "mrkdwn", "text": x(length)}})
    }

    #[test]
    fn good_blocks_are_accepted() {
        let blocks = json!([
            {"type": "header", "text": {"type": "plain_text", "text": x(150), "emoji": false}},
            {"type": "section", "block_id": "a", "text": {"type": "mrkdwn", "text": x(3000), "verbatim": true},
             "accessory": {"type": "overflow", "action_id": "o",
                "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}]}},
            {"type": "section", "fields": [{"type": "plain_text", "text": x(2000)}]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"},
                {"type": "image", "image_url": "https://example.com/i.png", "alt_text": ""}]},
            {"type": "divider"},
            {"type": "actions", "elements": [{"type": "button", "action_id": "b", "value": x(2000),
                "style": "danger", "text": {"type": "plain_text", "text": x(75)},
                "confirm": {"title": {"type": "plain_text", "text": "Sure?"}, "text": {"type": "plain_text", "text": "?"},
                    "confirm": {"type": "plain_text", "text": "Yes"}, "deny": {"type": "plain_text", "text": "No"}}}]},
            {"type": "rich_text", "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": true}}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
                {"type": "rich_text_list", "style": "bullet", "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "link", "url": "https://example.com"}]}]},
                {"type": "rich_text_quote", "elements": [{"type": "emoji", "name": "wave"}]}]},
        ]);
        assert_eq!(complaints(&blocks, Surface::Message, "/blocks"), [""; 0]);
    }

    #[test]
    fn each_limit_of_a_block_is_named_with_its_place() {
        for (blocks, why) in [
            (json!([section(3001)]), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
            (json!([section(0)]), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
            (
                Value::Array(vec![json!({"type": "divider"}); 51]),
                "no more than 50 items allowed [json-pointer:/blocks]",
            ),
            (
                json!([{"type": "header", "text": {"type": "plain_text", "text": x(151)}}]),
                "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
            ),
            (
                json!([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
                "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
            ),
            (json!([{"type": "section"}]), "must define either text or fields [json-pointer:/blocks/0]"),
            (
                json!([{"type": "section", "fields": [{"type": "mrkdwn", "text": x(2001)}]}]),
                "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
            ),
            (json!([{"type": "fancy"}]), "unsupported type: fancy [json-pointer:/blocks/0/type]"),
            (
                json!([{"type": "divider", "colour": 1}]),
                "invalid additional property: colour [json-pointer:/blocks/0]",
            ),
            (
                json!([{"type": "divider", "block_id": x(256)}]),
                "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
            ),
            (
                json!([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]),
                "block_id \"a\" already exists [json-pointer:/blocks/1/block_id]",
            ),
            (json!("x"), "must provide an array [json-pointer:/blocks]"),
        ] {
            assert_eq!(first(blocks.clone()).as_deref(), Some(why), "{blocks}");
        }
    }

    #[test]
    fn each_limit_of_an_element_is_named_with_its_place() {
        let button = |id: &str| json!({"type": "button", "action_id": id, "text": {"type": "plain_text", "text": "x"}});
        let options = |n: usize| -> Value {
            (0..n)
                .map(|n| json!({"text": {"type": "plain_text", "text": "x"}, "value": n.to_string()}))
                .collect()
        };
        let overflow = |n| {
            json!({"type": "section", "text": {"type": "plain_text", "text": "x"},
            "accessory": {"type": "overflow", "options": options(n)}})
        };
        for (blocks, why) in [
            (
                json!([{"type": "context", "elements": [{"type": "image", "alt_text": "x"}]}]),
                "must define either image_url or slack_file [json-pointer:/blocks/0/elements/0]",
            ),
            (
                json!([{"type": "actions", "elements": [button("a"), button("a")]}]),
                "action_id \"a\" already exists [json-pointer:/blocks/0/elements/1/action_id]",
            ),
            (json!([overflow(6)]), "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]"),
            (
                json!([{"type": "context", "elements": []}]),
                "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]",
            ),
            (
                json!([{"type": "actions", "elements": [{"type": "button", "action_id": "a", "value": x(2001),
                    "text": {"type": "plain_text", "text": "x"}}]}]),
                "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
            ),
            (
                json!([{"type": "actions", "elements": [{"type": "static_select", "action_id": "a"}]}]),
                "must define either options or option_groups [json-pointer:/blocks/0/elements/0]",
            ),
            (
                json!([{"type": "actions", "elements": [{"type": "static_select", "action_id": "a", "options": options(1),
                    "initial_option": {"text": {"type": "plain_text", "text": "y"}, "value": "9"}}]}]),
                "initial_option is not one of the options [json-pointer:/blocks/0/elements/0/initial_option]",
            ),
        ] {
            assert_eq!(first(blocks.clone()).as_deref(), Some(why), "{blocks}");
        }
    }

    #[test]
    fn all_text_of_a_message_together_is_limited() {
        let blocks =
            |last| json!([section(3000), section(3000), section(3000), section(3000), section(last)]);
        assert!(!is_too_long(&blocks(1200)));
        assert!(is_too_long(&blocks(1201)));
    }
}
