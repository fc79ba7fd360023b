//! The lines of what stands by itself: paragraphs, lists, quotes, panels, media, macros.

use serde_json::Value;

use super::{DocumentReader, attribute, called, children, first, inline, kind};
use crate::case::text;

impl DocumentReader<'_> {
    pub(super) fn block(&mut self, node: &Value) -> Vec<String> {
        match kind(node) {
            "doc" | "listItem" | "layoutSection" | "layoutColumn" | "tableRow" | "tableCell"
            | "tableHeader" | "mediaSingle" | "mediaGroup" | "bodiedSyncBlock" | "extensionFrame"
            | "decisionList" => self.inside(node),
            "paragraph" | "heading" | "caption" => self.line(node),
            "bulletList" => self.items(node, |_| "- ".to_owned()),
            "orderedList" => {
                let start = node["attrs"]["order"].as_u64().unwrap_or(1);
                self.items(node, |index| format!("{}. ", start.saturating_add(index)))
            }
            "taskList" => self.tasks(node),
            "taskItem" | "blockTaskItem" => {
                let mark = if attribute(node, "state") == Some("DONE") { "[x] " } else { "[ ] " };
                hanging(mark, self.inside(node))
            }
            "decisionItem" => headed(&decision(node), self.inside(node)),
            "blockquote" => {
                self.inside(node).iter().map(|line| format!("> {line}").trim_end().to_owned()).collect()
            }
            "panel" => headed(&format!("[{}] ", text::one_line(panel(node))), self.inside(node)),
            "expand" | "nestedExpand" => {
                let title = attribute(node, "title").map(text::one_line);
                title.into_iter().chain(self.inside(node)).collect()
            }
            "codeBlock" => code(node),
            "table" => self.table(node),
            "rule" => vec!["---".to_owned()],
            "blockCard" | "embedCard" => vec![inline::card(node)],
            "media" => self.aside(inline::media(node)),
            "extension" => self.aside(inline::macro_of(node)),
            "syncBlock" => self.aside("a block that is kept in step with another page".to_owned()),
            "bodiedExtension" | "multiBodiedExtension" => {
                let name = format!("[{}]", inline::macro_of(node));
                std::iter::once(name).chain(self.inside(node)).collect()
            }
            _ if inline::is_inline(node) => lines(&self.inline(std::slice::from_ref(node))),
            other => self.unknown(other, node),
        }
    }

    pub(super) fn inside(&mut self, node: &Value) -> Vec<String> {
        let mut all = Vec::new();
        for same in children(node).chunk_by(|a, b| inline::is_inline(a) && inline::is_inline(b)) {
            match same {
                [first, ..] if inline::is_inline(first) => all.extend(lines(&self.inline(same))),
                blocks => all.extend(blocks.iter().flat_map(|block| self.block(block))),
            }
        }
        all
    }

    fn line(&mut self, node: &Value) -> Vec<String> {
        lines(&self.inline(children(node)))
    }

    fn items(&mut self, node: &Value, marker: impl Fn(u64) -> String) -> Vec<String> {
        let (mut all, mut index) = (Vec::new(), 0);
        for item in children(node) {
            let inside = self.block(item);
            all.extend(hanging(&marker(index), inside));
            index += 1;
        }
        all
    }

    /// A list within a list stands beside the item that it belongs to.
    fn tasks(&mut self, node: &Value) -> Vec<String> {
        let mut all = Vec::new();
        for item in children(node) {
            let lines = self.block(item);
            match kind(item) {
                "taskList" => all.extend(lines.iter().map(|line| format!("    {line}"))),
                _ => all.extend(lines),
            }
        }
        all
    }

    fn aside(&mut self, name: String) -> Vec<String> {
        self.beside.push(name);
        Vec::new()
    }

    /// A node of a later schema: all that it holds, and what it is called.
    fn unknown(&mut self, kind: &str, node: &Value) -> Vec<String> {
        self.beside.push(called(kind));
        match self.inside(node) {
            inside if !inside.is_empty() => inside,
            _ => inline::words_of(node).map(str::to_owned).into_iter().collect(),
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(str::to_owned).collect()
}

fn hanging(marker: &str, lines: Vec<String>) -> Vec<String> {
    let room = " ".repeat(marker.chars().count());
    let mut lines = lines.into_iter();
    let first = format!("{marker}{}", lines.next().unwrap_or_default());
    let others = lines.map(|line| if line.is_empty() { line } else { format!("{room}{line}") });
    std::iter::once(first).chain(others).collect()
}

fn headed(head: &str, mut lines: Vec<String>) -> Vec<String> {
    match lines.first_mut() {
        Some(first) => first.insert_str(0, head),
        None => lines.push(head.trim_end().to_owned()),
    }
    lines
}

fn decision(node: &Value) -> String {
    match attribute(node, "state") {
        None | Some("DECIDED") => "Decision: ".to_owned(),
        Some(other) => format!("Decision ({}): ", text::one_line(other)),
    }
}

fn panel(node: &Value) -> &str {
    match attribute(node, "panelType") {
        None | Some("custom") => first(node, &["panelIconText", "panelIcon", "panelType"]).unwrap_or("panel"),
        Some(known) => known,
    }
}

fn code(node: &Value) -> Vec<String> {
    let code: String = children(node).iter().filter_map(|child| child["text"].as_str()).collect();
    let mut fence = "```".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    let language = attribute(node, "language").map(text::one_line).unwrap_or_default();
    vec![format!("{fence}{language}"), code, fence]
}
