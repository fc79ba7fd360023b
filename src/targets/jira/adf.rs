//! How is text written in an Atlassian document, so that it is text and nothing else?
//!
//! <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>. Only nodes mean something, and
//! only our source makes nodes: text from outside is the `text` of text nodes.

use serde_json::{Value, json};

use crate::{case::text, http::with};

/// The longest piece of a text that one document shows, in bytes of its JSON: Jira takes 32,767 characters of a
/// description or a comment, and does not say whether it counts the text or the document.
pub const PART: usize = 24_000;

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

/// A document.
pub(super) fn document(content: Vec<Value>) -> Value {
    with(json!({"type": "doc", "version": 1}), "content", content)
}

/// A paragraph. Empty where there is nothing in it.
pub(super) fn paragraph(inline: Inline) -> Value {
    with(json!({"type": "paragraph"}), "content", inline.0)
}

/// A heading.
pub(super) fn heading(words: &str) -> Value {
    with(json!({"type": "heading", "attrs": {"level": 3}}), "content", Inline::new().text(words).0)
}

/// A text from outside, its lines and paragraphs kept.
pub(super) fn paragraphs(outside: &str) -> Vec<Value> {
    let text = text::visible(outside);
    text.split("\n\n").filter(|block| !block.trim().is_empty()).map(|block| paragraph(lines(block))).collect()
}

/// A text from outside, its lines kept.
pub(super) fn lines(outside: &str) -> Inline {
    text::visible(outside).split('\n').enumerate().fold(Inline::new(), |inline, (index, line)| {
        let inline = if index > 0 { inline.new_line() } else { inline };
        inline.push(line, None)
    })
}

/// What stands on a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Inline(Vec<Value>);

impl Inline {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text, whoever wrote it. Its line ends become blanks.
    pub fn text(self, text: &str) -> Self {
        self.push(&flat(text), None)
    }

    /// Bold text, whoever wrote it.
    pub fn strong(self, text: &str) -> Self {
        self.push(&flat(text), Some(json!({"type": "strong"})))
    }

    /// Struck text, whoever wrote it.
    pub fn struck(self, text: &str) -> Self {
        self.push(&flat(text), Some(json!({"type": "strike"})))
    }

    /// A link to an address of our own; the label alone where it is none of the web.
    pub fn link(self, url: &str, label: &str) -> Self {
        let web = reqwest::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
        let mark = web.map(|url| json!({"type": "link", "attrs": {"href": url.as_str()}}));
        self.push(&flat(label), mark)
    }

    /// The end of a line.
    pub fn new_line(mut self) -> Self {
        self.0.push(json!({"type": "hardBreak"}));
        self
    }

    /// Without any mark.
    pub fn plain(mut self) -> Self {
        for node in &mut self.0 {
            if let Some(node) = node.as_object_mut() {
                node.remove("marks");
            }
        }
        self
    }

    /// Followed by another.
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
    fn a_part_fits_as_json_and_nothing_of_the_text_is_lost() {
        let texts =
            ["\"\\".repeat(9_000), "a\n".repeat(6_000), "\n\n".repeat(4_000), "\0\u{202e}漢😀".repeat(3_000)];
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
}
