//! How is one line written, for those who see blocks and for those who get text only?

use serde_json::{Value, json};

use super::{
    message::TEXT,
    mrkdwn::{DATE, Mrkdwn, is_user, weight},
};
use crate::{
    case::{
        MemberId, Seconds, UserId,
        passage::{Passage, Span, passages, spans},
        text,
    },
    http::with,
    targets::wording,
};

/// A line, written twice at once: as elements of a rich text, where outside text is never read as markup, and as
/// mrkdwn for notifications and for a message without blocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    elements: Vec<Value>,
    mrkdwn: Mrkdwn,
}

impl Line {
    pub fn new() -> Self {
        Self::default()
    }

    /// Our own words. Must not be empty, nor contain markup.
    pub fn own(self, words: &'static str) -> Self {
        self.with(json!({"type": "text", "text": words}), |mrkdwn| mrkdwn.markup(words))
    }

    /// Our own words, bold. Must not begin or end with a blank.
    pub fn bold(self, words: &'static str) -> Self {
        let element = json!({"type": "text", "text": words, "style": {"bold": true}});
        self.with(element, |mrkdwn| mrkdwn.strong(words))
    }

    pub fn number(self, number: usize) -> Self {
        self.with(json!({"type": "text", "text": number.to_string()}), |mrkdwn| mrkdwn.number(number))
    }

    pub fn text(self, outside: &str) -> Self {
        self.styled(outside, None)
    }

    pub fn struck(self, outside: &str) -> Self {
        self.styled(outside, Some("strike"))
    }

    pub fn strong(self, outside: &str) -> Self {
        self.styled(outside, Some("bold"))
    }

    pub fn date(self, at: Seconds) -> Self {
        let date = json!({"type": "date", "timestamp": at, "format": DATE, "fallback": wording::utc(at)});
        self.with(date, |mrkdwn| mrkdwn.date(at))
    }

    /// A mention of a person whose id Slack gave us.
    pub fn user(self, id: &UserId) -> Self {
        if !is_user(id) {
            return self.text(id.as_str());
        }
        self.with(json!({"type": "user", "user_id": id}), |mrkdwn| mrkdwn.user(id))
    }

    /// A user or a user group of the settings, which is called by this.
    pub fn member(self, id: &MemberId) -> Self {
        match id.group() {
            Some(group) => {
                let element = json!({"type": "usergroup", "usergroup_id": group});
                self.with(element, |mrkdwn| mrkdwn.group(&group))
            }
            None => self.user(&UserId::new(id.as_str())),
        }
    }

    pub fn mrkdwn(&self) -> &Mrkdwn {
        &self.mrkdwn
    }

    pub fn section(self) -> Value {
        with(json!({"type": "rich_text_section"}), "elements", self.elements)
    }

    pub fn length(&self) -> usize {
        self.mrkdwn.as_str().chars().map(char::len_utf16).sum()
    }

    fn styled(self, outside: &str, style: Option<&str>) -> Self {
        let line = text::one_line(outside);
        if line.is_empty() {
            return self;
        }
        let mut element = json!({"type": "text", "text": line});
        if let Some(style) = style {
            element["style"] = json!({style: true});
        }
        self.with(element, |mrkdwn| mrkdwn.code(&line))
    }

    fn with(mut self, element: Value, write: impl FnOnce(Mrkdwn) -> Mrkdwn) -> Self {
        self.elements.push(element);
        self.mrkdwn = write(self.mrkdwn);
        self
    }
}

/// The sections that hold a whole text from outside: its lines, lists, code and plain addresses. None where it is
/// blank.
pub(super) fn body(outside: &str) -> Vec<Value> {
    let text = text::visible(outside);
    match &passages(&text)[..] {
        [] => Vec::new(),
        [Passage::Lines(_)] => vec![laid_out("rich_text_section", &text)],
        several => several.iter().map(passage).collect(),
    }
}

fn passage(passage: &Passage<'_>) -> Value {
    match passage {
        Passage::Lines(lines) => laid_out("rich_text_section", lines),
        Passage::Code(code) => with(
            json!({"type": "rich_text_preformatted"}),
            "elements",
            vec![json!({"type": "text", "text": code})],
        ),
        Passage::List { first, items } => {
            let items: Vec<Value> = items.iter().map(|item| laid_out("rich_text_section", item)).collect();
            match first {
                None => list(items),
                Some(first) => numbered(items, *first),
            }
        }
    }
}

fn laid_out(kind: &str, text: &str) -> Value {
    let element = |span: &Span<'_>| match span {
        Span::Words(words) => json!({"type": "text", "text": words}),
        Span::Code(code) => json!({"type": "text", "text": code, "style": {"code": true}}),
        // Without words of its own it shows where it leads.
        Span::Address(address) => json!({"type": "link", "url": address}),
    };
    with(json!({"type": kind}), "elements", spans(text).iter().map(element).collect::<Vec<_>>())
}

fn numbered(items: Vec<Value>, first: u64) -> Value {
    let list = json!({"type": "rich_text_list", "style": "ordered", "offset": first.saturating_sub(1)});
    with(list, "elements", items)
}

pub(super) fn block(sections: Vec<Value>) -> Value {
    with(json!({"type": "rich_text"}), "elements", sections)
}

pub(super) fn list(sections: Vec<Value>) -> Value {
    with(json!({"type": "rich_text_list", "style": "bullet"}), "elements", sections)
}

/// Lines as text, as many as a message's `text` may hold.
pub(super) fn text_of(lines: &[Line]) -> Mrkdwn {
    let mut text = Mrkdwn::new();
    let mut left = TEXT - 10;
    for (index, line) in lines.iter().enumerate() {
        if line.length() + 1 > left {
            return text.markup("\n…");
        }
        left -= line.length() + 1;
        text = if index > 0 { text.markup("\n") } else { text }.then(line.mrkdwn());
    }
    text
}

pub(super) fn short(outside: &str, most: usize) -> String {
    text::cut_by(&text::one_line(outside), most, weight)
}
