//! What hangs on a message: what was forwarded with it, a pasted table, what an app left.
//! <https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments>

use serde_json::Value;

use super::{MessageReader, address, escape, field, file, first, flat, list};

/// What Slack's own client writes where it shows nothing.
const NOTHING: &str = "[no preview available]";

impl MessageReader {
    /// What an attachment says; `None` for the preview of an address that the person wrote.
    pub(super) fn attachment(&mut self, attachment: &Value) -> Option<String> {
        if is_preview(attachment) {
            return None;
        }
        let before = self.beside.len();
        let words = self.attached(attachment);
        let is_named = self.beside.len() > before;
        match (attachment["is_share"] == true, words.is_empty()) {
            (true, true) => Some(source(attachment)),
            (true, false) => Some(format!("{}\n{words}", source(attachment))),
            (false, false) => Some(words),
            (false, true) => {
                if !is_named {
                    self.name("an attachment that only Slack shows".to_owned());
                }
                None
            }
        }
    }

    fn attached(&mut self, attachment: &Value) -> String {
        let marked = |name: &str| field(attachment, name).unwrap_or_default().to_owned();
        let mut parts = vec![marked("pretext"), title(attachment), marked("text")];
        parts.extend(list(attachment, "fields").iter().map(pair));
        // The text of what was forwarded is that of its blocks.
        parts.extend(self.blocks_beside(&marked("text"), list(attachment, "blocks")));
        for message in list(attachment, "message_blocks") {
            let blocks = list(&message["message"], "blocks");
            parts.extend(self.blocks_beside(&marked("text"), blocks));
        }
        parts.extend(list(attachment, "attachments").iter().filter_map(|inner| self.attachment(inner)));
        self.beside.extend(list(attachment, "files").iter().map(file::beside));
        if let Some(image) = first(attachment, &["image_url", "thumb_url"]) {
            self.name(flat(image));
        }
        parts.retain(|part| !part.trim().is_empty());
        match (parts.is_empty(), field(attachment, "fallback").filter(|fallback| *fallback != NOTHING)) {
            (true, Some(fallback)) => escape(fallback),
            _ => parts.join("\n"),
        }
    }
}

/// Of an address: not the person's words.
fn is_preview(attachment: &Value) -> bool {
    let of_an_address = first(attachment, &["from_url", "original_url", "app_unfurl_url"]).is_some();
    let is = |name: &str| attachment[name] == true;
    !is("is_share") && (of_an_address || is("is_msg_unfurl") || is("is_app_unfurl"))
}

fn source(attachment: &Value) -> String {
    let name = first(attachment, &["author_name", "author_subname"]).map(|name| escape(&flat(name)));
    let name = name.or_else(|| field(attachment, "author_id").map(|id| format!("<@{}>", flat(id))));
    let place = || field(attachment, "channel_id").map(|id| format!("<#{}>", flat(id)));
    let place = field(attachment, "from_url").map(address).or_else(place);
    let name = name.unwrap_or_else(|| "somebody".to_owned());
    place.map_or_else(
        || format!("[Forwarded from {name}]"),
        |place| format!("[Forwarded from {name}: {place}]"),
    )
}

fn title(attachment: &Value) -> String {
    let title = field(attachment, "title").map(flat).unwrap_or_default();
    match field(attachment, "title_link") {
        Some(link) if title.is_empty() => address(link),
        Some(link) => format!("{} ({})", escape(&title), address(link)),
        None => escape(&title),
    }
}

fn pair(field: &Value) -> String {
    let text = |name: &str| field[name].as_str().unwrap_or_default();
    match text("title") {
        "" => text("value").to_owned(),
        title => format!("{}: {}", escape(title), text("value")),
    }
}
