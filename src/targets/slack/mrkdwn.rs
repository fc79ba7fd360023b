//! Outside text in Slack's mrkdwn: `&`, `<` and `>` are escaped, once. That stops mentions and links, not `*`, `_`, `~`
//! and lists: so it stands in code, where they mean nothing. <https://docs.slack.dev/messaging/formatting-message-text>

use serde_json::{Value, json};

use crate::{
    case::{GroupId, Seconds, UserId, text},
    targets::wording,
};

/// Slack text that only our source has formatted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mrkdwn(String);

impl Mrkdwn {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn markup(mut self, markup: &'static str) -> Self {
        self.0.push_str(markup);
        self
    }

    pub fn strong(mut self, words: &'static str) -> Self {
        self.0.push_str(&format!("*{words}*"));
        self
    }

    pub fn then(mut self, more: &Self) -> Self {
        self.0.push_str(&more.0);
        self
    }

    pub fn number(mut self, number: usize) -> Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// A short text from outside, as code on the line. Nothing where it is blank.
    pub fn code(mut self, outside: &str) -> Self {
        let line = text::one_line(outside).replace('`', "'");
        if !line.is_empty() {
            self.0.push_str(&format!("`{}`", escape(&line)));
        }
        self
    }

    /// A long text from outside, as a block of code of at most `most` characters after escaping.
    pub fn fence(mut self, outside: &str, most: usize) -> Self {
        let text = text::visible(outside).replace("```", "'''");
        let text = text::cut_by(&text, most, weight);
        if !text.trim().is_empty() {
            self.0.push_str(&format!("```\n{}\n```", escape(&text)));
        }
        self
    }

    /// A time, shown in the reader's own zone: <https://docs.slack.dev/messaging/formatting-message-text#date-formatting>.
    pub fn date(mut self, at: Seconds) -> Self {
        self.0.push_str(&format!("<!date^{at}^{DATE}|{}>", wording::utc(at)));
        self
    }

    /// A mention of a person whose id Slack gave us; code where it is no such id.
    pub fn user(mut self, id: &UserId) -> Self {
        if !is_user(id) {
            return self.code(id.as_str());
        }
        self.0.push_str(&format!("<@{id}>"));
        self
    }

    /// A mention of a user group of the settings.
    pub fn group(mut self, id: &GroupId) -> Self {
        self.0.push_str(&format!("<!subteam^{id}>"));
        self
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A text object. `verbatim`: Slack looks for no bare addresses, channels or `@here` in it.
    pub fn object(&self) -> Value {
        json!({"type": "mrkdwn", "text": self.0, "verbatim": true})
    }
}

impl From<Mrkdwn> for String {
    fn from(mrkdwn: Mrkdwn) -> Self {
        mrkdwn.0
    }
}

pub(crate) const DATE: &str = "{date_short_pretty} {time}";

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// How long a character is once escaped. Slack does not say what it counts, so the larger: UTF-16 units.
pub(super) fn weight(char: char) -> usize {
    match char {
        '&' => 5,
        '<' | '>' => 4,
        _ => char.len_utf16(),
    }
}

pub(super) fn is_user(id: &UserId) -> bool {
    let rest = id.as_str().strip_prefix(['U', 'W']).unwrap_or_default();
    (2..=30).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The address in a spelling that can stand in a link or a button (at most 3,000 characters); `None` where it is
/// not one of the web.
pub(super) fn http_url(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "https" | "http") && url.has_host();
    let spelled = url.as_str().replace('|', "%7C");
    (web && spelled.len() <= 3_000).then_some(spelled)
}
