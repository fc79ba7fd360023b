//! A reply as the messages that Slack takes.

use serde_json::{Value, json};

use super::{Button, ButtonAction, Paragraph, Piece, Reply, Style, TextRun};
use crate::{
    case::text::{self, cut},
    targets::slack::{DATE, Mrkdwn},
};

/// The most characters in one block, and in one message: Slack answers `msg_blocks_too_long` from about 13,200.
const BLOCK: usize = 2_900;
const MESSAGE: usize = 11_000;

/// The most messages that one answer is cut into. A `response_url` takes five.
const MESSAGES: usize = 4;

impl Button {
    fn block(&self, index: usize) -> Value {
        let mut block = json!({
            "type": "button",
            "action_id": format!("{}/{index}", self.action.as_str()),
            "text": { "type": "plain_text", "text": cut(&self.label, 75), "emoji": false },
        });
        let carries = if self.action == ButtonAction::Link { "url" } else { "value" };
        block[carries] = json!(self.value);
        if self.danger {
            block["style"] = json!("danger");
        }
        block
    }
}

impl Reply {
    /// The messages, ready to be sent: each has `text` and `blocks`. What does not fit into `MESSAGES` of them is
    /// left out, and the last one says so.
    pub(crate) fn messages(&self) -> Vec<Value> {
        let mut messages = Vec::new();
        let mut page = MessageDraft::default();
        for (text, block) in self.blocks() {
            if !page.fits(&text) {
                messages.push(std::mem::take(&mut page).message());
            }
            page.add(text, block);
        }
        if !page.blocks.is_empty() {
            messages.push(page.message());
        }
        if messages.len() > MESSAGES {
            let rest = Paragraph::of(
                "There is more than fits here. Ask for less, or open the case in the AWS console.",
            );
            messages.truncate(MESSAGES - 1);
            messages.push(json!({ "text": rest.plain(), "blocks": [rich_text(&rest.spans)] }));
        }
        messages
    }

    /// The blocks alone, for a form or a home page: at most 100, which is all that Slack takes there.
    pub(crate) fn view_blocks(&self) -> Vec<Value> {
        self.blocks().into_iter().take(100).map(|(_, block)| block).collect()
    }

    fn blocks(&self) -> Vec<(String, Value)> {
        let mut blocks = Vec::new();
        let mut buttons = 0;
        for piece in &self.pieces {
            match piece {
                Piece::Line(line) => {
                    let pieces = line.pieces();
                    blocks.extend(pieces.iter().map(|spans| (plain(spans), rich_text(spans))));
                }
                // An actions block holds 25; five stay readable on a phone.
                Piece::Buttons(row) => {
                    for five in row.chunks(5) {
                        let elements = five.iter().map(|button| {
                            buttons += 1;
                            button.block(buttons)
                        });
                        let elements: Vec<_> = elements.collect();
                        blocks.push((String::new(), json!({ "type": "actions", "elements": elements })));
                    }
                }
            }
        }
        blocks
    }
}

impl Paragraph {
    fn pieces(&self) -> Vec<Vec<TextRun>> {
        let mut pieces = vec![Vec::new()];
        let mut room = BLOCK;
        for span in &self.spans {
            for part in text::parts(&span.text, BLOCK) {
                let length = part.chars().count();
                if length > room {
                    pieces.push(Vec::new());
                    room = BLOCK;
                }
                room -= length;
                if let Some(piece) = pieces.last_mut() {
                    piece.push(TextRun { text: part, style: span.style.clone() });
                }
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }
}

#[derive(Default)]
struct MessageDraft {
    text: Vec<String>,
    length: usize,
    blocks: Vec<Value>,
}

impl MessageDraft {
    fn fits(&self, text: &str) -> bool {
        self.blocks.is_empty() || (self.length + text.chars().count() <= MESSAGE && self.blocks.len() < 49)
    }

    fn add(&mut self, text: String, block: Value) {
        self.length += text.chars().count();
        self.text.push(text);
        self.blocks.push(block);
    }

    /// `text` stands in for the blocks where those cannot be shown. Slack parses it, but not inside code.
    fn message(self) -> Value {
        let text = self.text.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
        json!({ "text": Mrkdwn::new().fence(&text, 3_000).as_str(), "blocks": self.blocks })
    }
}

fn plain(spans: &[TextRun]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

fn rich_text(spans: &[TextRun]) -> Value {
    let elements: Vec<_> = spans.iter().map(TextRun::element).collect();
    json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": elements }] })
}

impl TextRun {
    fn element(&self) -> Value {
        match &self.style {
            Style::Plain => json!({ "type": "text", "text": self.text }),
            Style::Bold => json!({ "type": "text", "text": self.text, "style": { "bold": true } }),
            Style::Code => json!({ "type": "text", "text": self.text, "style": { "code": true } }),
            Style::Member(id) => match id.group() {
                Some(group) => json!({ "type": "usergroup", "usergroup_id": group }),
                None => json!({ "type": "user", "user_id": id }),
            },
            Style::Date(at) => {
                json!({ "type": "date", "timestamp": at, "format": DATE, "fallback": self.text })
            }
            Style::Link(url) => json!({ "type": "link", "url": url, "text": self.text }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    #[test]
    fn what_others_wrote_is_text_and_nothing_else() {
        let evil = "<!channel> <@U1> *bold* https://evil.example <https://evil.example|click> @here";
        let messages = Reply::of(Paragraph::of("Title: ").text(evil).bold(evil).code(evil)).messages();
        let elements = &messages[0]["blocks"][0]["elements"][0]["elements"];
        for (index, style) in [(1, None), (2, Some("bold")), (3, Some("code"))] {
            let element = &elements[index];
            assert_eq!((&element["type"], &element["text"]), (&json!("text"), &json!(evil)));
            assert_eq!(element["style"].as_object().map(|it| it.keys().next().unwrap().as_str()), style);
        }
        assert!(!messages[0]["text"].as_str().unwrap().contains(['<', '>']));
    }

    #[test]
    fn only_https_becomes_a_link() {
        for (url, kind) in [
            ("https://a.example/b", "link"),
            ("http://a.example", "text"),
            ("javascript:alert(1)", "text"),
            ("", "text"),
        ] {
            let messages = Reply::of(Paragraph::default().link(url, "here")).messages();
            assert_eq!(messages[0]["blocks"][0]["elements"][0]["elements"][0]["type"], kind, "{url}");
        }
    }

    #[test]
    fn a_long_answer_is_cut_into_messages_that_slack_takes_and_loses_nothing_before_the_fourth() {
        for lines in [1, 3, 11, 40] {
            let mut answer = Reply::default();
            for line in 0..lines {
                answer = answer.say(format!("{line} {}", "é".repeat(1_000)));
            }
            let messages = answer.messages();
            let told: usize =
                messages.iter().map(|message| message["blocks"].as_array().unwrap().len()).sum();
            assert_eq!(told, lines);
            for message in messages {
                assert!(message["blocks"].to_string().chars().count() < 13_200);
                assert!(message["text"].as_str().unwrap().chars().count() <= 3_100);
            }
        }
        let endless = (0..200).fold(Reply::default(), |answer, _| answer.say("x".repeat(2_000)));
        let messages = endless.messages();
        assert_eq!(messages.len(), MESSAGES);
        assert!(messages[MESSAGES - 1]["text"].as_str().unwrap().contains("more than fits"));
    }

    #[test]
    fn a_paragraph_of_twelve_thousand_characters_is_cut_into_blocks() {
        let body = "word ".repeat(2_400);
        let messages = Reply::of(Paragraph::of(&body)).messages();
        let blocks = messages.iter().flat_map(|message| message["blocks"].as_array().unwrap());
        let text: String =
            blocks.map(|block| block["elements"][0]["elements"][0]["text"].as_str().unwrap()).collect();
        assert_eq!(text, body);
    }

    #[test]
    fn buttons_have_names_that_differ_and_five_a_row() {
        let buttons = (0..7).map(|index| Button::run("x".repeat(100), index)).collect();
        let messages = Reply::says("Which?").buttons(buttons).messages();
        let rows = &messages[0]["blocks"];
        assert_eq!(rows[1]["elements"].as_array().unwrap().len(), 5);
        assert_eq!(rows[2]["elements"].as_array().unwrap().len(), 2);
        assert_eq!(rows[1]["elements"][0]["action_id"], "run/1");
        assert_eq!(rows[2]["elements"][1]["action_id"], "run/7");
        assert_eq!(rows[1]["elements"][0]["text"]["text"].as_str().unwrap().chars().count(), 75);
    }

    #[test]
    fn silence_sends_nothing() {
        assert!(Reply::silence().messages().is_empty());
        assert!(Reply::silence().is_silence());
    }

    #[test]
    fn twice_the_answer_is_shown_in_twice_the_time() {
        is_steady(|text| Reply::says(text).marked(text).give_back(text).messages().len());
        is_steady(|text| Reply::says(text).view_blocks().len());
        is_steady(|text| Reply::default().marked(text).at_a_terminal());
    }
}
