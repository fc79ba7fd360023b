//! How the files of a message are called: <https://docs.slack.dev/reference/objects/file-object>.

use serde_json::Value;

use super::{Beside, field, first, flat};
use crate::case::text;

/// What Slack says of a file whose name it does not tell.
pub(crate) const DELETED: &str = "a deleted file";
pub(crate) const HIDDEN: &str = "a file that Slack hides";

/// The longest id that is believed: Slack's have under twenty characters.
const LONGEST_ID: usize = 64;

pub(super) fn beside(file: &Value) -> Beside {
    let id = field(file, "id").filter(|id| id.len() <= LONGEST_ID).map(str::to_owned);
    match (field(file, "mode"), field(file, "file_access")) {
        (Some("tombstone"), _) => Beside { name: DELETED.to_owned(), file: None },
        (Some("hidden_by_limit"), _) | (_, Some("access_denied")) => {
            Beside { name: HIDDEN.to_owned(), file: None }
        }
        _ => match (name(file), &id) {
            (Some(name), _) => Beside { name, file: id },
            (None, Some(_)) => Beside { name: String::new(), file: id },
            (None, None) => Beside { name: "a file without a name".to_owned(), file: None },
        },
    }
}

/// What has no bytes in Slack is told with its address.
fn name(file: &Value) -> Option<String> {
    let name = flat(first(file, &["name", "title", "subject"])?);
    let has_no_bytes = file["is_external"] == true
        || matches!(field(file, "mode"), Some("external" | "quip" | "canvas" | "list"))
        || matches!(field(file, "filetype"), Some("quip" | "canvas" | "list"));
    let title = field(file, "title").map_or(name.clone(), flat);
    let kept = first(file, &["external_url", "permalink"]).filter(|_| has_no_bytes);
    Some(match (kept, field(file, "filetype")) {
        (Some(address), _) => text::linked(&title, &flat(address)),
        (None, Some("email")) => {
            format!("e-mail {}", flat(first(file, &["subject", "title"]).unwrap_or(&name)))
        }
        (None, _) => name,
    })
}
