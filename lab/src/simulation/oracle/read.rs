//! What does a message or a comment of ours say? Read as a person reads it: no key, mark or hash of the product's.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadChange {
    /// A field was this and is that; nothing stands for none.
    Field {
        name: &'static str,
        old: String,
        new: String,
    },
    List {
        name: &'static str,
        added: Vec<String>,
        removed: Vec<String>,
    },
    Description,
    /// Somebody is called because the move passed to them.
    Called,
    /// A file came, or its check ended: its name, and how it stands.
    File {
        name: String,
        stands: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadText {
    Words { head: String, words: String, part: (usize, usize) },
    Description { words: String, part: (usize, usize) },
    Changes(Vec<ReadChange>),
    NotMoved,
    Other,
}

const FIELDS: [&str; 8] =
    ["Status", "Closure", "Title", "Resolver", "Next move", "Type", "Reported start", "Actual start"];
const LISTS: [&str; 6] =
    ["Accounts", "Regions", "Services", "Watchers", "Threat actor addresses", "Metadata"];

pub fn told(text: &str) -> ReadText {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (head, part) = parted(called_by(first, rest).unwrap_or(first));
    if calls(text) {
        let head = head.trim_end_matches(" · edited").to_owned();
        return ReadText::Words { head, words: rest.to_owned(), part };
    }
    let is_headed = first == "Changes" || first.starts_with(CLOSED) && !rest.is_empty();
    if let Some(lines) = changes(if is_headed { rest } else { text }) {
        return ReadText::Changes(lines);
    }
    match () {
        () if first.contains("could not be moved to") => ReadText::NotMoved,
        () if head == "Description" => ReadText::Description { words: rest.to_owned(), part },
        () if head.contains(" UTC") => {
            let head = head.trim_end_matches(" · edited").to_owned();
            ReadText::Words { head, words: rest.to_owned(), part }
        }
        () => ReadText::Other,
    }
}

/// Whether words call for an answer, as the move passes with them.
pub fn calls(text: &str) -> bool {
    text.split_once('\n').is_some_and(|(first, rest)| called_by(first, rest).is_some())
}

/// Who speaks, in a line above words that call.
fn called_by<'t>(first: &'t str, rest: &str) -> Option<&'t str> {
    let (_, head) = first.strip_prefix(CALL).filter(|_| !rest.is_empty())?.split_once(" · ")?;
    Some(head)
}

const CALL: &str = "👉 Your move: ";
/// Above the change of status, where somebody is called for it.
const CLOSED: &str = "✅ The case is closed";

/// `… · part 2 of 3` without its end, which says the part, counted from 1.
fn parted(head: &str) -> (&str, (usize, usize)) {
    let read = || {
        let (head, part) = head.rsplit_once(" · part ")?;
        let (index, of) = part.split_once(" of ")?;
        Some((head, (index.parse().ok()?, of.parse().ok()?)))
    };
    read().unwrap_or((head, (1, 1)))
}

fn changes(text: &str) -> Option<Vec<ReadChange>> {
    let lines: Vec<ReadChange> =
        text.lines().filter(|one| !one.trim().is_empty()).map(line).collect::<Option<_>>()?;
    (!lines.is_empty()).then_some(lines)
}

fn line(line: &str) -> Option<ReadChange> {
    let line = line.strip_prefix("- ").unwrap_or(line);
    // Whose doing it was stands at its end.
    let line = line.rsplit_once(" · by ").map_or(line, |(line, _)| line);
    if line.starts_with("Description changed") {
        return Some(ReadChange::Description);
    }
    if line.starts_with(CALL) {
        return Some(ReadChange::Called);
    }
    if let Some(file) = line.strip_prefix("Attachment ") {
        let (name, stands) = file.split_once(' ')?;
        let stands = stands.rsplit_once(" → ").map_or(stands, |(_, new)| new);
        let stands = stands.trim_start_matches("new, ").to_owned();
        return Some(ReadChange::File { name: name.to_owned(), stands });
    }
    let named = |names: &'static [&'static str]| {
        names.iter().find_map(|name| Some((*name, line.strip_prefix(name)?.strip_prefix(' ')?)))
    };
    if let Some((name, rest)) = named(&LISTS) {
        let (added, removed) = rest.split_once("− ").unwrap_or((rest, ""));
        let (added, removed) = (items(added.trim_start_matches("+ ")), items(removed));
        return Some(ReadChange::List { name, added, removed });
    }
    let (name, rest) = named(&FIELDS)?;
    let (old, new) = rest.split_once(" → ").unwrap_or(("", rest));
    let new = if new == "nothing" { "" } else { new };
    Some(ReadChange::Field { name, old: old.to_owned(), new: new.to_owned() })
}

fn items(list: &str) -> Vec<String> {
    list.trim().split(", ").filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// The same words, whatever blanks and line ends stand between them.
pub fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_as_people_read_it() {
        let words = |head: &str, words: &str, part| ReadText::Words {
            head: head.to_owned(),
            words: words.to_owned(),
            part,
        };
        for (text, expected) in [
            (
                "AWS Responder · 2026-09-21 14:13 UTC\nLook\nhere",
                words("AWS Responder · 2026-09-21 14:13 UTC", "Look\nhere", (1, 1)),
            ),
            (
                "ana (Slack) · 2026-09-21 14:13 UTC · edited · part 2 of 3\nx",
                words("ana (Slack) · 2026-09-21 14:13 UTC", "x", (2, 3)),
            ),
            ("Description\nIt began.", ReadText::Description { words: "It began.".to_owned(), part: (1, 1) }),
            ("⚠️ SEC-1 could not be moved to Done because of resolution", ReadText::NotMoved),
            (
                "👉 Your move: AWS waits for an answer @ana · AWS Responder · 2026-09-21 14:13 UTC · part 1 of 2\nStatus a → b",
                words("AWS Responder · 2026-09-21 14:13 UTC", "Status a → b", (1, 2)),
            ),
            (
                "✅ The case is closed @ana\nStatus a → Closed",
                ReadText::Changes(vec![ReadChange::Field {
                    name: "Status",
                    old: "a".to_owned(),
                    new: "Closed".to_owned(),
                }]),
            ),
            ("✅ The case is closed @ana", ReadText::Other),
            ("Who knows", ReadText::Other),
            (
                "Changes\nStatus Submitted → Acknowledged\nClosure Duplicate\nActual start 1 → nothing\nRegions + a, b − c\nDescription changed: it is rewritten above\nAttachment a.txt new, Verified\nAttachment b.txt Pending → Failed",
                ReadText::Changes(vec![
                    ReadChange::Field {
                        name: "Status",
                        old: "Submitted".to_owned(),
                        new: "Acknowledged".to_owned(),
                    },
                    ReadChange::Field { name: "Closure", old: String::new(), new: "Duplicate".to_owned() },
                    ReadChange::Field { name: "Actual start", old: "1".to_owned(), new: String::new() },
                    ReadChange::List {
                        name: "Regions",
                        added: vec!["a".to_owned(), "b".to_owned()],
                        removed: vec!["c".to_owned()],
                    },
                    ReadChange::Description,
                    ReadChange::File { name: "a.txt".to_owned(), stands: "Verified".to_owned() },
                    ReadChange::File { name: "b.txt".to_owned(), stands: "Failed".to_owned() },
                ]),
            ),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
