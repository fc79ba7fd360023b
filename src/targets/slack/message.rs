//! What is a message of ours? At most 50 blocks, 4,000 characters of `text` in chat.update (chat.postMessage would cut
//! at 40,000), and some 13,200 characters in all blocks together, which no page of Slack's says.

use serde_json::{Value, json};

use super::mrkdwn::{self, Mrkdwn};
use crate::{case::text, targets::mark::Mark};

/// The longest piece of a text that one message shows, counted as [`parts`] counts: after escaping.
pub(crate) const PART: usize = 2_900;

/// The longest `text` of a message, after escaping.
pub(super) const TEXT: usize = 3_900;

/// A message: blocks, and the same as text for notifications and screen readers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// mrkdwn, never empty.
    pub text: String,
    /// Block Kit. None where the text is all there is.
    pub blocks: Vec<Value>,
}

impl Message {
    pub(crate) fn new(text: Mrkdwn, blocks: Vec<Value>) -> Self {
        Self { text: text.into(), blocks }
    }

    pub fn without_blocks(self) -> Self {
        Self { blocks: Vec::new(), ..self }
    }

    pub(super) fn marked_blocks(&self, mark: &Mark) -> Vec<Value> {
        let mut blocks = self.blocks.clone();
        if let Some(first) = blocks.first_mut() {
            first["block_id"] = json!(block_id(mark));
        }
        blocks
    }
}

pub fn parts(text: &str) -> Vec<String> {
    text::parts_by(text, PART, mrkdwn::weight)
}

/// A block's name that tells the mark: at most 255 characters.
fn block_id(mark: &Mark) -> String {
    let id = format!("{PREFIX}{}", mark.as_str());
    if id.chars().count() <= 255 { id } else { format!("{PREFIX}{}", text::hash(mark.as_str())) }
}

pub(super) fn mark_of(block_id: &str) -> Option<Mark> {
    block_id.strip_prefix(PREFIX).map(Mark::new)
}

const PREFIX: &str = "casebridge:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_block_alone_tells_the_mark_within_slacks_limit() {
        let message =
            Message { text: "t".to_owned(), blocks: vec![json!({"type": "a"}), json!({"type": "b"})] };
        let blocks = message.marked_blocks(&Mark::new("comment/000123/0"));
        assert_eq!(
            blocks,
            [json!({"type": "a", "block_id": "casebridge:comment/000123/0"}), json!({"type": "b"})]
        );
        assert_eq!(mark_of("casebridge:comment/000123/0"), Some(Mark::new("comment/000123/0")));
        assert_eq!(mark_of("Xy1"), None);
        assert!(block_id(&Mark::new("m".repeat(300))).len() <= 255);
    }

    #[test]
    fn a_part_fits_after_escaping_and_nothing_of_the_text_is_lost() {
        for text in ["<&>".repeat(4_000), "😀".repeat(4_000), "word ".repeat(2_000), String::new()] {
            let pieces = parts(&text);
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| mrkdwn::escape(piece).encode_utf16().count() <= PART));
        }
    }
}
