//! How text stands in an Atlassian document: only our source makes nodes, text from outside is the `text` of text
//! nodes. <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>

use serde_json::{Value, json};

use crate::{
    case::{
        passage::{Passage, Span, passages, spans},
        text,
    },
    http::with,
};

/// The longest piece of a text that one document shows, in bytes of its JSON: Jira takes 32,767 characters of a
/// description or a comment, and does not say whether it counts the text or the document.
pub(crate) const PART: usize = 24_000;

/// Cuts a text into pieces, each of which fits one comment, or a description below its facts.
pub fn parts(text: &str) -> Vec<String> {
    text::parts_by(text, PART, weight)
}

/// How many bytes a character takes in a document, at most: a line's end is a node of its own.
pub(super) fn weight(char: char) -> usize {
    match char {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => 60,
        '"' | '\\' | '\t' => 2,
        _ if char.is_control() => 3,
        _ => char.len_utf8(),
    }
}

pub(super) fn document(content: Vec<Value>) -> Value {
    with(json!({"type": "doc", "version": 1}), "content", content)
}

pub(super) fn paragraph(inline: Inline) -> Value {
    with(json!({"type": "paragraph"}), "content", inline.0)
}

pub(super) fn heading(words: &str) -> Value {
    with(json!({"type": "heading", "attrs": {"level": 3}}), "content", Inline::new().text(words).0)
}

/// A text from outside: its paragraphs, lines, lists, code and plain addresses; less of that where it would be too
/// long.
pub(super) fn paragraphs(outside: &str) -> Vec<Value> {
    let text = text::visible(outside);
    let laid_out: Vec<Value> = match &passages(&text)[..] {
        [] | [Passage::Lines(_)] => in_paragraphs(&text, linked),
        several => several.iter().flat_map(passage).collect(),
    };
    let lines = || in_paragraphs(&text, lines);
    match fits(&laid_out, PART) {
        true => laid_out,
        // Of very many lines each costs more than it says: as code they cost nothing.
        false => Some(lines()).filter(|lines| fits(lines, PART + 2_000)).unwrap_or_else(|| vec![code(&text)]),
    }
}

fn fits(blocks: &[Value], most: usize) -> bool {
    blocks.iter().map(|block| block.to_string().len() + 1).sum::<usize>() <= most
}

fn code(text: &str) -> Value {
    with(json!({"type": "codeBlock"}), "content", vec![json!({"type": "text", "text": text})])
}

fn in_paragraphs(text: &str, write: impl Fn(&str) -> Inline) -> Vec<Value> {
    text.split("\n\n").filter(|block| !block.trim().is_empty()).map(|block| paragraph(write(block))).collect()
}

fn passage(passage: &Passage<'_>) -> Vec<Value> {
    match passage {
        Passage::Lines(lines) => in_paragraphs(lines, linked),
        Passage::Code(text) => vec![code(text)],
        Passage::List { first, items } => {
            let item =
                |item: &&str| with(json!({"type": "listItem"}), "content", vec![paragraph(linked(item))]);
            let kind = match first {
                None => json!({"type": "bulletList"}),
                Some(first) => json!({"type": "orderedList", "attrs": {"order": first}}),
            };
            vec![with(kind, "content", items.iter().map(item).collect::<Vec<_>>())]
        }
    }
}

fn linked(text: &str) -> Inline {
    let code = || Some(json!({"type": "code"}));
    let link = |address: &str| Some(json!({"type": "link", "attrs": {"href": address}}));
    text.split('\n').enumerate().fold(Inline::new(), |inline, (index, line)| {
        let inline = if index > 0 { inline.new_line() } else { inline };
        spans(line).iter().fold(inline, |inline, span| match span {
            Span::Words(words) => inline.push(words, None),
            Span::Code(words) => inline.push(words, code()),
            Span::Address(address) => inline.push(address, link(address)),
        })
    })
}

pub(super) fn lines(outside: &str) -> Inline {
    text::visible(outside).split('\n').enumerate().fold(Inline::new(), |inline, (index, line)| {
        let inline = if index > 0 { inline.new_line() } else { inline };
        inline.push(line, None)
    })
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Inline(Vec<Value>);

impl Inline {
    pub fn new() -> Self {
        Self::default()
    }

    /// Text, whoever wrote it. Its line ends become blanks.
    pub fn text(self, text: &str) -> Self {
        self.push(&flat(text), None)
    }

    pub fn strong(self, text: &str) -> Self {
        self.push(&flat(text), Some(json!({"type": "strong"})))
    }

    pub fn struck(self, text: &str) -> Self {
        self.push(&flat(text), Some(json!({"type": "strike"})))
    }

    /// A link to an address of our own; the label alone where it is none of the web.
    pub fn link(self, url: &str, label: &str) -> Self {
        let web = reqwest::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
        let mark = web.map(|url| json!({"type": "link", "attrs": {"href": url.as_str()}}));
        self.push(&flat(label), mark)
    }

    pub(crate) fn new_line(mut self) -> Self {
        self.0.push(json!({"type": "hardBreak"}));
        self
    }

    pub fn plain(mut self) -> Self {
        for node in &mut self.0 {
            if let Some(node) = node.as_object_mut() {
                node.remove("marks");
            }
        }
        self
    }

    pub fn then(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// How many bytes it takes in a document, with the list's item around it.
    pub fn size(&self) -> usize {
        self.0.iter().map(|node| node.to_string().len() + 1).sum::<usize>() + 80
    }

    /// A text node must not be empty.
    fn push(mut self, text: &str, mark: Option<Value>) -> Self {
        if text.is_empty() {
            return self;
        }
        let mut node = json!({"type": "text", "text": text});
        if let Some(mark) = mark {
            node["marks"] = vec![mark].into();
        }
        self.0.push(node);
        self
    }
}

fn flat(text: &str) -> String {
    text::visible(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    #[test]
    fn lines_and_paragraphs_are_kept_and_blank_ones_make_no_empty_nodes() {
        let text = |text: &str| json!({"type": "text", "text": text});
        let paragraph = |content: Value| json!({"type": "paragraph", "content": content});
        let table = [
            ("", vec![]),
            (" \n\n \n", vec![]),
            ("a", vec![paragraph(json!([text("a")]))]),
            ("a\r\nb", vec![paragraph(json!([text("a"), {"type": "hardBreak"}, text("b")]))]),
            ("a\n\nb", vec![paragraph(json!([text("a")])), paragraph(json!([text("b")]))]),
            (
                "a\n\n\nb",
                vec![paragraph(json!([text("a")])), paragraph(json!([{"type": "hardBreak"}, text("b")]))],
            ),
        ];
        for (outside, expected) in table {
            assert_eq!(paragraphs(outside), expected, "{outside:?}");
        }
    }

    #[test]
    fn lists_code_and_addresses_are_laid_out_and_nothing_else_is() {
        let text = |text: &str| json!({"type": "text", "text": text});
        let marked = |text: &str, mark: Value| json!({"type": "text", "text": text, "marks": [mark]});
        let paragraph = |content: Value| json!({"type": "paragraph", "content": content});
        let item = |content: Value| json!({"type": "listItem", "content": [paragraph(content)]});
        let outside =
            "**Do** [this](x) now:\n2. run `id`\n3. see https://a.example/b.\n- @ana\n```\n*a*\n\nb\n```";
        let address = json!({"type": "link", "attrs": {"href": "https://a.example/b"}});
        let expected = [
            paragraph(json!([text("**Do** [this](x) now:")])),
            json!({"type": "orderedList", "attrs": {"order": 2}, "content": [
                item(json!([text("run "), marked("id", json!({"type": "code"}))])),
                item(json!([text("see "), marked("https://a.example/b", address), text(".")])),
            ]}),
            json!({"type": "bulletList", "content": [item(json!([text("@ana")]))]}),
            json!({"type": "codeBlock", "content": [text("*a*\n\nb")]}),
        ];
        assert_eq!(paragraphs(outside), expected);
    }

    #[test]
    fn a_part_fits_as_json_and_nothing_of_the_text_is_lost() {
        let texts = [
            "\"\\".repeat(9_000),
            "a\n".repeat(6_000),
            "\n\n".repeat(4_000),
            "\0\u{202e}漢😀".repeat(3_000),
            "- a\n".repeat(6_000),
            "`a` ".repeat(6_000),
            "https://a.example/ ".repeat(3_000),
        ];
        for text in texts {
            let pieces = parts(&text);
            assert_eq!(pieces.concat(), text);
            for piece in pieces {
                let size = document(paragraphs(&piece)).to_string().len();
                assert!(size <= PART + 200, "{size}");
            }
        }
    }

    #[test]
    fn only_an_address_of_the_web_becomes_a_link() {
        let href = |url: &str| Inline::new().link(url, "here").0[0].pointer("/marks/0/attrs/href").cloned();
        assert_eq!(href("https://example.com/a b"), Some(json!("https://example.com/a%20b")));
        for url in ["javascript:alert(1)", "data:text/html,x", "", "SEC-1"] {
            assert_eq!(href(url), None, "{url}");
        }
    }

    #[test]
    fn twice_the_text_is_split_in_twice_the_time() {
        is_steady(parts);
    }
}
