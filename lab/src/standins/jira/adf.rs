//! Would Jira accept this document?
//! Nodes and marks of `@atlaskit/adf-schema` 57.7 that text can be written with; media, extensions, layouts and
//! the like are refused as unknown.

use serde_json::Value;

use super::super::shape::{FieldShape, Misfit, Mismatch, Shape, formed, list, may, misfits, need, text};

/// Most characters of a serialized document. Atlassian does not say what is counted; this is the strict reading.
pub(super) const LIMIT: usize = 32_767;

const ANY: Shape = text(0, usize::MAX);
const LOCAL: FieldShape = may("localId", ANY);
const LOCAL_ATTRS: FieldShape = may("attrs", Shape::Object(&[LOCAL]));

/// A kind of node by its `type`.
type Node = (&'static str, &'static [FieldShape]);

static INLINE: Shape = Shape::Tagged(&INLINE_NODES);
static INLINE_NODES: [Node; 7] = [
    ("text", &TEXT),
    ("hardBreak", &[may("attrs", Shape::Object(&[may("text", Shape::OneOf(&["\n"])), LOCAL]))]),
    ("mention", &[need("attrs", Shape::Object(&MENTION))]),
    (
        "emoji",
        &[need("attrs", Shape::Object(&[need("shortName", ANY), may("id", ANY), may("text", ANY), LOCAL]))],
    ),
    ("date", &[need("attrs", Shape::Object(&[need("timestamp", text(1, usize::MAX)), LOCAL]))]),
    ("status", &[need("attrs", Shape::Object(&STATUS))]),
    ("inlineCard", &[need("attrs", Shape::Object(&[need("url", text(1, usize::MAX)), LOCAL]))]),
];
static TEXT: [FieldShape; 2] = [need("text", text(1, usize::MAX)), may("marks", list(0, 20, &MARK))];
static MENTION: [FieldShape; 5] = [
    need("id", text(1, 255)),
    may("text", ANY),
    may("accessLevel", ANY),
    may("userType", Shape::OneOf(&["DEFAULT", "SPECIAL", "APP"])),
    LOCAL,
];
static STATUS: [FieldShape; 4] = [
    need("text", text(1, usize::MAX)),
    need("color", formed(3, 7, is_status_colour)),
    may("style", ANY),
    LOCAL,
];
static MARK: Shape = Shape::Tagged(&[
    ("strong", &[]),
    ("em", &[]),
    ("code", &[]),
    ("strike", &[]),
    ("underline", &[]),
    (
        "link",
        &[need(
            "attrs",
            Shape::Object(&[need("href", text(1, usize::MAX)), may("title", ANY), may("id", ANY)]),
        )],
    ),
    ("subsup", &[need("attrs", Shape::Object(&[need("type", Shape::OneOf(&["sub", "sup"]))]))]),
    ("textColor", &[need("attrs", Shape::Object(&[need("color", formed(7, 7, is_colour))]))]),
    ("backgroundColor", &[need("attrs", Shape::Object(&[need("color", formed(7, 7, is_colour))]))]),
]);
static LITERAL: Shape = Shape::Tagged(&[("text", &[need("text", text(1, usize::MAX)), NO_MARKS])]);
const NO_MARKS: FieldShape = may("marks", list(0, 0, &Shape::Any));

static PARAGRAPH: [FieldShape; 3] = [may("content", list(0, usize::MAX, &INLINE)), LOCAL_ATTRS, NO_MARKS];
static HEADING: [FieldShape; 2] = [
    need("attrs", Shape::Object(&[need("level", Shape::Whole { min: 1, max: 6 }), LOCAL])),
    may("content", list(0, usize::MAX, &INLINE)),
];
static CODE_BLOCK: [FieldShape; 2] = [
    may(
        "attrs",
        Shape::Object(&[may("language", ANY), may("uniqueId", ANY), may("wrap", Shape::Flag), LOCAL]),
    ),
    may("content", list(0, usize::MAX, &LITERAL)),
];
static RULE: [FieldShape; 1] = [LOCAL_ATTRS];
static BULLET_LIST: [FieldShape; 2] = [need("content", list(1, usize::MAX, &LIST_ITEM)), LOCAL_ATTRS];
static ORDERED_LIST: [FieldShape; 2] = [
    need("content", list(1, usize::MAX, &LIST_ITEM)),
    may("attrs", Shape::Object(&[may("order", Shape::Whole { min: 0, max: i64::MAX }), LOCAL])),
];
static LIST_ITEM: Shape = Shape::Tagged(&[("listItem", &LIST_ITEM_FIELDS)]);
static LIST_ITEM_FIELDS: [FieldShape; 2] = [need("content", list(1, usize::MAX, &LISTED)), LOCAL_ATTRS];
static TASK_LIST: [FieldShape; 2] =
    [need("attrs", Shape::Object(&[need("localId", ANY)])), need("content", list(1, usize::MAX, &TASK))];
static TASK: Shape = Shape::Tagged(&[("taskItem", &TASK_FIELDS)]);
static TASK_FIELDS: [FieldShape; 2] = [
    need("attrs", Shape::Object(&[need("localId", ANY), need("state", Shape::OneOf(&["TODO", "DONE"]))])),
    may("content", list(0, usize::MAX, &INLINE)),
];
static BLOCKQUOTE: [FieldShape; 2] = [need("content", list(1, usize::MAX, &QUOTED)), LOCAL_ATTRS];
static PANEL: [FieldShape; 2] =
    [need("attrs", Shape::Object(&PANEL_ATTRS)), need("content", list(1, usize::MAX, &PANELLED))];
static PANEL_ATTRS: [FieldShape; 6] = [
    need("panelType", Shape::OneOf(&["info", "note", "tip", "warning", "error", "success", "custom"])),
    may("panelIcon", ANY),
    may("panelIconId", ANY),
    may("panelIconText", ANY),
    may("panelColor", ANY),
    LOCAL,
];
static TABLE: [FieldShape; 2] =
    [may("attrs", Shape::Object(&TABLE_ATTRS)), need("content", list(1, usize::MAX, &TABLE_ROW))];
const LAYOUTS: &[&str] = &["wide", "full-width", "center", "align-end", "align-start", "default"];
static TABLE_ATTRS: [FieldShape; 5] = [
    may("isNumberColumnEnabled", Shape::Flag),
    may("layout", Shape::OneOf(LAYOUTS)),
    may("width", Shape::Number),
    may("displayMode", Shape::OneOf(&["default", "fixed"])),
    LOCAL,
];
static TABLE_ROW: Shape = Shape::Tagged(&[("tableRow", &TABLE_ROW_FIELDS)]);
static TABLE_ROW_FIELDS: [FieldShape; 2] = [need("content", list(0, usize::MAX, &CELL)), LOCAL_ATTRS];
static CELL: Shape = Shape::Tagged(&[("tableCell", &CELL_FIELDS), ("tableHeader", &CELL_FIELDS)]);
static CELL_FIELDS: [FieldShape; 2] =
    [may("attrs", Shape::Object(&CELL_ATTRS)), need("content", list(1, usize::MAX, &CELLED))];
static CELL_ATTRS: [FieldShape; 5] = [
    may("colspan", Shape::Number),
    may("rowspan", Shape::Number),
    may("colwidth", list(0, usize::MAX, &Shape::Number)),
    may("background", ANY),
    LOCAL,
];
static EXPAND: [FieldShape; 2] = [
    may("attrs", Shape::Object(&[may("title", ANY), LOCAL])),
    need("content", list(1, usize::MAX, &EXPANDED)),
];

static LISTED: Shape = Shape::Tagged(&[
    ("paragraph", &PARAGRAPH),
    ("codeBlock", &CODE_BLOCK),
    ("bulletList", &BULLET_LIST),
    ("orderedList", &ORDERED_LIST),
    ("taskList", &TASK_LIST),
]);
static QUOTED: Shape = Shape::Tagged(&[
    ("paragraph", &PARAGRAPH),
    ("bulletList", &BULLET_LIST),
    ("orderedList", &ORDERED_LIST),
    ("codeBlock", &CODE_BLOCK),
]);
static PANELLED: Shape = Shape::Tagged(&[
    ("paragraph", &PARAGRAPH),
    ("heading", &HEADING),
    ("bulletList", &BULLET_LIST),
    ("orderedList", &ORDERED_LIST),
    ("taskList", &TASK_LIST),
    ("codeBlock", &CODE_BLOCK),
    ("rule", &RULE),
]);
static CELLED: Shape = Shape::Tagged(&[
    ("paragraph", &PARAGRAPH),
    ("panel", &PANEL),
    ("blockquote", &BLOCKQUOTE),
    ("orderedList", &ORDERED_LIST),
    ("bulletList", &BULLET_LIST),
    ("rule", &RULE),
    ("heading", &HEADING),
    ("codeBlock", &CODE_BLOCK),
    ("taskList", &TASK_LIST),
]);
static EXPANDED: Shape = Shape::Tagged(&[
    ("paragraph", &PARAGRAPH),
    ("panel", &PANEL),
    ("blockquote", &BLOCKQUOTE),
    ("orderedList", &ORDERED_LIST),
    ("bulletList", &BULLET_LIST),
    ("rule", &RULE),
    ("heading", &HEADING),
    ("codeBlock", &CODE_BLOCK),
    ("taskList", &TASK_LIST),
    ("table", &TABLE),
]);
static BLOCKS: Shape = Shape::Tagged(&[
    ("paragraph", &PARAGRAPH),
    ("panel", &PANEL),
    ("blockquote", &BLOCKQUOTE),
    ("orderedList", &ORDERED_LIST),
    ("bulletList", &BULLET_LIST),
    ("rule", &RULE),
    ("heading", &HEADING),
    ("codeBlock", &CODE_BLOCK),
    ("taskList", &TASK_LIST),
    ("table", &TABLE),
    ("expand", &EXPAND),
]);
static DOCUMENT: Shape = Shape::Tagged(&[("doc", &DOCUMENT_FIELDS)]);
static DOCUMENT_FIELDS: [FieldShape; 2] =
    [need("version", Shape::Whole { min: 1, max: 1 }), need("content", list(0, usize::MAX, &BLOCKS))];

/// What is wrong with a document; nothing when Jira takes it. Its length is not looked at.
pub(super) fn faults(document: &Value) -> Vec<Misfit> {
    let mut found = misfits(&DOCUMENT, document, "");
    marks(document, "", &mut found);
    found
}

/// Whether a document is longer than Jira takes.
pub(super) fn is_too_long(document: &Value) -> bool {
    document.to_string().chars().count() > LIMIT
}

/// Code goes together with links only.
fn marks(node: &Value, at: &str, found: &mut Vec<Misfit>) {
    let names: Vec<&str> =
        node["marks"].as_array().into_iter().flatten().filter_map(|mark| mark["type"].as_str()).collect();
    if names.contains(&"code") && names.iter().any(|name| !matches!(*name, "code" | "link")) {
        found.push(Misfit { at: format!("{at}/marks"), fault: Mismatch::Form });
    }
    let content = node["content"].as_array().into_iter().flatten();
    content.enumerate().for_each(|(n, child)| marks(child, &format!("{at}/content/{n}"), found));
}

/// A document's text, blocks on lines of their own.
pub(super) fn plain(node: &Value) -> String {
    let children = node["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    match node["type"].as_str() {
        Some("text") => node["text"].as_str().unwrap_or_default().to_owned(),
        Some("hardBreak") => "\n".to_owned(),
        Some("rule") => "----".to_owned(),
        Some("inlineCard") => node["attrs"]["url"].as_str().unwrap_or_default().to_owned(),
        Some("mention" | "status") => node["attrs"]["text"].as_str().unwrap_or_default().to_owned(),
        Some("paragraph" | "heading" | "codeBlock" | "taskItem") => children.iter().map(plain).collect(),
        _ => children.iter().map(plain).collect::<Vec<_>>().join("\n"),
    }
}

pub(super) fn paragraph(text: &str) -> Value {
    let content =
        if text.is_empty() { vec![] } else { vec![serde_json::json!({ "type": "text", "text": text })] };
    serde_json::json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": content }] })
}

fn is_colour(colour: &str) -> bool {
    colour
        .strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_status_colour(colour: &str) -> bool {
    matches!(colour, "neutral" | "purple" | "blue" | "red" | "yellow" | "green") || is_colour(colour)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn doc(content: Value) -> Value {
        json!({ "type": "doc", "version": 1, "content": content })
    }

    fn says(text: Value) -> Value {
        json!({ "type": "paragraph", "content": [text] })
    }

    #[test]
    fn documents_that_jira_takes_have_no_fault() {
        let item = json!({ "type": "listItem", "content": [says(json!({ "type": "text", "text": "x" }))] });
        let document = doc(json!([
            { "type": "heading", "attrs": { "level": 3 }, "content": [{ "type": "text", "text": "x" }] },
            says(json!({ "type": "text", "text": "x", "marks": [{ "type": "code" },
                { "type": "link", "attrs": { "href": "https://example.com" } }] })),
            { "type": "paragraph" },
            { "type": "bulletList", "content": [item] },
            { "type": "codeBlock", "attrs": { "language": "json" }, "content": [{ "type": "text", "text": "{}" }] },
            { "type": "panel", "attrs": { "panelType": "info" }, "content": [says(json!({ "type": "hardBreak" }))] },
            { "type": "rule" },
            { "type": "table", "content": [{ "type": "tableRow", "content": [
                { "type": "tableHeader", "content": [{ "type": "paragraph" }] },
                { "type": "tableCell", "attrs": {}, "content": [{ "type": "paragraph" }] }] }] },
        ]));
        assert_eq!(faults(&document), []);
        assert_eq!(plain(&document), "x\nx\n\nx\n{}\n\n\n----\n\n");
    }

    #[test]
    fn documents_that_jira_refuses_have_a_fault() {
        let text = |text: &str| json!({ "type": "text", "text": text });
        let marked = |marks: Value| says(json!({ "type": "text", "text": "x", "marks": marks }));
        for (content, at) in [
            (json!([says(text(""))]), "/content/0/content/0/text"),
            (json!([text("x")]), "/content/0/type"),
            (
                json!([marked(json!([{ "type": "code" }, { "type": "strong" }]))]),
                "/content/0/content/0/marks",
            ),
            (json!([marked(json!([{ "type": "blink" }]))]), "/content/0/content/0/marks/0/type"),
            (
                json!([marked(json!([{ "type": "link", "attrs": {} }]))]),
                "/content/0/content/0/marks/0/attrs/href",
            ),
            (json!([{ "type": "heading", "attrs": { "level": 7 } }]), "/content/0/attrs/level"),
            (json!([{ "type": "bulletList", "content": [] }]), "/content/0/content"),
            (
                json!([{ "type": "panel", "attrs": { "panelType": "fancy" }, "content": [{ "type": "paragraph" }] }]),
                "/content/0/attrs/panelType",
            ),
            (
                json!([{ "type": "panel", "attrs": { "panelType": "info" }, "content": [{ "type": "table", "content": [] }] }]),
                "/content/0/content/0/type",
            ),
            (
                json!([{ "type": "blockquote", "content": [{ "type": "heading", "attrs": { "level": 1 } }] }]),
                "/content/0/content/0/type",
            ),
            (
                json!([{ "type": "codeBlock", "content": [{ "type": "text", "text": "x", "marks": [{ "type": "em" }] }] }]),
                "/content/0/content/0/marks",
            ),
            (json!([says(json!({ "type": "mention", "attrs": {} }))]), "/content/0/content/0/attrs/id"),
            (
                json!([says(json!({ "type": "date", "attrs": { "timestamp": 1 } }))]),
                "/content/0/content/0/attrs/timestamp",
            ),
            (json!([{ "type": "paragraph", "style": "x" }]), "/content/0/style"),
            (
                json!([says(json!({ "type": "status", "attrs": { "text": "x", "color": "pink" } }))]),
                "/content/0/content/0/attrs/color",
            ),
        ] {
            assert_eq!(
                faults(&doc(content.clone())).first().map(|misfit| misfit.at.clone()).as_deref(),
                Some(at),
                "{content}"
            );
        }
        assert!(!faults(&json!("a string")).is_empty());
        assert!(!faults(&json!({ "type": "doc", "content": [] })).is_empty());
    }

    #[test]
    fn long_documents_are_too_long() {
        let empty = paragraph("x").to_string().len() - 1;
        assert!(!is_too_long(&paragraph(&"x".repeat(LIMIT - empty))));
        assert!(is_too_long(&paragraph(&"x".repeat(LIMIT - empty + 1))));
    }
}
