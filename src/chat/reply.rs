//! What a person gets to read: our own words, what others wrote inside them, and buttons.
//!
//! Everything is sent as [rich text](https://docs.slack.dev/reference/block-kit/blocks/rich-text-block), whose text
//! Slack never parses: nothing in it can become a mention, a link or markup.

mod messages;
mod terminal;

use serde::{Deserialize, Serialize};

use crate::{
    case::{MemberId, Seconds, TeamId, UserId, text},
    targets::wording,
};

/// How much of what somebody wrote is given back, in characters: no more fits into an answer's messages.
pub(crate) const GIVEN_BACK: usize = 30_000;

/// What a person gets to read. Its `Debug` tells nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reply {
    /// From top to bottom. None at all is silence.
    #[serde(rename = "pieces")]
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Piece {
    #[serde(rename = "Line")]
    Line(Paragraph),
    #[serde(rename = "Buttons")]
    Buttons(Vec<Button>),
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Paragraph {
    #[serde(rename = "spans")]
    spans: Vec<TextRun>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TextRun {
    #[serde(rename = "text")]
    text: String,
    #[serde(rename = "style")]
    style: Style,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Style {
    #[serde(rename = "Plain")]
    Plain,
    #[serde(rename = "Bold")]
    Bold,
    #[serde(rename = "Code")]
    Code,
    #[serde(rename = "Link")]
    Link(String),
    /// A user or a user group by id, which Slack shows by name.
    #[serde(rename = "Member")]
    Member(MemberId),
    /// A time, which Slack shows in the reader's own zone.
    #[serde(rename = "Date")]
    Date(Seconds),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Button {
    /// At most 75 characters are shown.
    #[serde(rename = "label")]
    pub(crate) label: String,
    #[serde(rename = "action")]
    pub(crate) action: ButtonAction,
    /// What it carries: at most 2,000 characters.
    #[serde(rename = "value")]
    pub(crate) value: String,
    #[serde(rename = "danger")]
    pub(crate) danger: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ButtonAction {
    #[serde(rename = "run")]
    Run,
    #[serde(rename = "confirm")]
    Confirm,
    #[serde(rename = "dismiss")]
    Dismiss,
    #[serde(rename = "more")]
    More,
    /// It leads somewhere.
    #[serde(rename = "link")]
    Link,
}

impl ButtonAction {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Confirm => "confirm",
            Self::Dismiss => "dismiss",
            Self::More => "more",
            Self::Link => "link:",
        }
    }

    /// Slack wants ids to differ within a message, so whatever follows a slash does not count: `run/2`.
    pub(crate) fn of(action_id: &str) -> Option<Self> {
        match action_id.split('/').next()? {
            "run" => Some(Self::Run),
            "confirm" => Some(Self::Confirm),
            "dismiss" => Some(Self::Dismiss),
            "more" => Some(Self::More),
            link => link.starts_with(Self::Link.as_str()).then_some(Self::Link),
        }
    }
}

impl Paragraph {
    pub(crate) fn of(words: impl Into<String>) -> Self {
        Self::default().text(words)
    }

    #[must_use]
    pub(crate) fn text(self, words: impl Into<String>) -> Self {
        self.with(words, Style::Plain)
    }

    #[must_use]
    pub(crate) fn bold(self, words: impl Into<String>) -> Self {
        self.with(words, Style::Bold)
    }

    /// Goes on in the style of code: what was typed, and what can be typed.
    #[must_use]
    pub(crate) fn code(self, words: impl Into<String>) -> Self {
        self.with(words, Style::Code)
    }

    /// Goes on with a link. Only for addresses that we or the service made; any other scheme than https stays text,
    /// except on this machine, where the playground's files are.
    #[must_use]
    pub(crate) fn link(self, url: &str, words: impl Into<String>) -> Self {
        let goes = url.starts_with("https://") || url.starts_with("http://127.0.0.1:");
        let style = if goes { Style::Link(url.to_owned()) } else { Style::Plain };
        self.with(words, style)
    }

    /// Goes on with a time on the reader's own clock; a dash where there is none.
    #[must_use]
    pub(crate) fn date(self, at: impl Into<Option<Seconds>>) -> Self {
        match at.into() {
            Some(at) => self.with(wording::utc(at), Style::Date(at)),
            None => self.text("–"),
        }
    }

    /// Goes on with a user or a user group of the settings.
    #[must_use]
    pub(crate) fn member(self, id: &MemberId) -> Self {
        self.with(format!("@{id}"), Style::Member(id.clone()))
    }

    /// Goes on with our own words, in which what stands between backticks is code.
    #[must_use]
    pub(crate) fn marked(self, words: &str) -> Self {
        let mut pieces = words.split('`');
        let first = self.text(pieces.next().unwrap_or_default());
        pieces.enumerate().fold(first, |line, (index, piece)| match index % 2 {
            0 => line.code(piece),
            _ => line.text(piece),
        })
    }

    fn with(mut self, words: impl Into<String>, style: Style) -> Self {
        let text = text::visible(&words.into());
        if !text.is_empty() {
            self.spans.push(TextRun { text, style });
        }
        self
    }

    fn plain(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

impl Button {
    pub(crate) fn run(label: impl Into<String>, line: impl std::fmt::Display) -> Self {
        Self { label: label.into(), action: ButtonAction::Run, value: line.to_string(), danger: false }
    }

    pub(crate) fn confirm(label: impl Into<String>, value: String) -> Self {
        Self { label: label.into(), action: ButtonAction::Confirm, value, danger: true }
    }

    /// Opens the person's direct messages with somebody: <https://docs.slack.dev/interactivity/deep-linking>.
    pub(crate) fn asks(name: &str, team: &TeamId, user: &UserId) -> Self {
        let (label, value) = (format!("Ask {name}"), format!("slack://user?team={team}&id={user}"));
        Self { label, action: ButtonAction::Link, value, danger: false }
    }

    pub(crate) fn dismiss(label: impl Into<String>) -> Self {
        Self { label: label.into(), action: ButtonAction::Dismiss, value: "-".to_owned(), danger: false }
    }
}

impl Reply {
    pub(crate) fn silence() -> Self {
        Self::default()
    }

    pub(crate) fn of(line: Paragraph) -> Self {
        Self::default().line(line)
    }

    pub(crate) fn says(words: impl Into<String>) -> Self {
        Self::of(Paragraph::of(words))
    }

    #[must_use]
    pub(crate) fn line(mut self, line: Paragraph) -> Self {
        self.pieces.push(Piece::Line(line));
        self
    }

    #[must_use]
    pub(crate) fn say(self, words: impl Into<String>) -> Self {
        self.line(Paragraph::of(words))
    }

    /// Goes on with a line of our own words, in which what stands between backticks is code.
    #[must_use]
    pub(crate) fn marked(self, words: &str) -> Self {
        self.line(Paragraph::default().marked(words))
    }

    /// Goes on with buttons; with none of them, nothing.
    #[must_use]
    pub(crate) fn buttons(mut self, buttons: Vec<Button>) -> Self {
        if !buttons.is_empty() {
            self.pieces.push(Piece::Buttons(buttons));
        }
        self
    }

    /// Goes on with what was typed: nobody has to type it twice. Nothing where nothing was typed.
    #[must_use]
    pub(crate) fn give_back(self, typed: &str) -> Self {
        if typed.trim().is_empty() {
            return self;
        }
        self.line(Paragraph::of("You wrote: ").code(text::cut(typed, GIVEN_BACK)))
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_silence(&self) -> bool {
        self.pieces.is_empty()
    }

    /// What it says, without styles and buttons.
    pub(crate) fn plain(&self) -> String {
        let lines = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Line(line) => Some(line.plain()),
            Piece::Buttons(_) => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer of {} pieces", self.pieces.len())
    }
}
