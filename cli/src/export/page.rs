//! An export as one page that is read on paper: no script, nothing fetched, every text escaped.

use casebridge::{
    case::{Case, text},
    telemetry::audit::AuditLine,
};

use super::entry::{EarlierText, EntryKind, Fetched, TimelineEntry, ToldLine, moment};
use crate::audit;

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 11pt/1.45 Georgia, serif; color: #111; background: #fff; max-width: 48em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .2em .6em .2em 0; }
th { font-weight: normal; color: #555; width: 11em; } td { overflow-wrap: anywhere; }
article { margin: 1em 0; padding-left: .8em; border-left: 3px solid #bbb; }
article.aws { border-color: #b35900; } article.gap { border-color: #b00020; } article.before { margin-left: 2em; border-left-style: dotted; }
header { color: #555; font-size: .9em; } header b { color: #111; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; } code { font-size: .85em; overflow-wrap: anywhere; }
footer { margin-top: 3em; color: #555; font-size: .9em; }
@page { margin: 18mm; }
@media print { body { margin: 0; max-width: none; } article, tr { break-inside: avoid; } h2 { break-after: avoid; } }
</style>
"#;

const FOOT: &str = "<footer>This page says what timeline.jsonl says, for people; where the two differ, timeline.jsonl \
    counts. All times are UTC. <code>casebridge verify FOLDER --key PUBLIC</code> says whether the folder is as it was \
    exported; without Casebridge, <code>openssl pkeyutl -verify -pubin -inkey PUBLIC -rawin -in manifest.json -sigfile \
    manifest.json.sig</code> says whether manifest.json is, and that file holds the SHA-256 of each other.</footer>\n\
    </body>\n</html>\n";

/// The page of these entries, in their order.
pub fn page(entries: &[TimelineEntry]) -> String {
    let mut page = HEAD.to_owned();
    let case = entries.iter().find_map(|entry| match &entry.what {
        EntryKind::Case { case, tags } => Some((case, tags)),
        _ => None,
    });
    if let Some((case, tags)) = case {
        page += &format!("<title>Case {}</title>\n</head>\n<body>\n", safe(case.id.as_str()));
        page += &format!("<h1>{}</h1>\n", safe(&case.title));
        page += &facts(case, tags, entries);
        page += &format!("<h2>Description</h2>\n<div class=\"text\">{}</div>\n", safe(&case.description));
    }
    page += &section("What is not in here", entries, gap);
    page += &section("What happened", entries, happened);
    page += &rows("Files", entries, file);
    page += &rows("People", entries, |entry| match &entry.what {
        EntryKind::Person { id, name } => Some((safe(id), safe(name))),
        _ => None,
    });
    page += &rows("Where it is told", entries, |entry| match &entry.what {
        EntryKind::Place { target, place, name } => {
            Some((safe(target), format!("{} {}", safe(place), safe(name))))
        }
        _ => None,
    });
    page += &rows("What was told there", entries, |entry| match &entry.what {
        EntryKind::Told(told) => Some((when(entry), told_there(told))),
        _ => None,
    });
    page += &rows("Who did it, and who tried to", entries, |entry| match &entry.what {
        EntryKind::Act { line } => Some((when(entry), act(line, &name(entries, &line.who)))),
        EntryKind::Deed { who, name, fields } => {
            Some((when(entry), format!("{} ({}) set {}", safe(name), safe(who), safe(&fields.join(", ")))))
        }
        _ => None,
    });
    page + FOOT
}

fn facts(case: &Case, tags: &[(String, String)], entries: &[TimelineEntry]) -> String {
    let time = |at: Option<i64>| at.map(|at| plain(&moment(at))).unwrap_or_default();
    let pairs = |pairs: &[(String, String)]| {
        pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
    };
    let owner = entries.iter().find_map(|entry| match &entry.what {
        EntryKind::Owner { user, name } => Some(format!("{name} ({user})")),
        _ => None,
    });
    let exported = entries.iter().find_map(|entry| match &entry.what {
        EntryKind::Export { by, tool } => Some(format!("{} {by} {tool}", when(entry))),
        _ => None,
    });
    let watchers = case.watchers.iter().map(|one| one.email.clone()).collect::<Vec<_>>().join(", ");
    let actors = case.actors.iter().map(|one| one.ip.clone()).collect::<Vec<_>>().join(", ");
    let told = [
        ("Case", case.id.to_string()),
        ("ARN", case.arn.clone()),
        ("Status", case.status.as_str().to_owned()),
        ("Closure", case.closure.clone().unwrap_or_default()),
        ("Type", case.engagement.clone()),
        ("Opened", time(case.created)),
        ("Changed", time(case.updated)),
        ("Closed", time(case.closed)),
        ("Reported start", time(case.reported_start)),
        ("Actual start", time(case.actual_start)),
        ("Owner", owner.unwrap_or_default()),
        ("Accounts", case.accounts.join(", ")),
        ("Regions", case.regions.join(", ")),
        ("Services", case.services.join(", ")),
        ("Watchers", watchers),
        ("Threat actors", actors),
        ("Metadata", pairs(&case.metadata)),
        ("Tags", pairs(tags)),
        ("Exported", exported.unwrap_or_default()),
    ];
    let rows = told.iter().filter(|(_, value)| !value.is_empty());
    table(rows.map(|(name, value)| (safe(name), safe(value))))
}

/// A piece of what happened; nothing of what belongs elsewhere.
fn happened(entry: &TimelineEntry) -> Option<String> {
    let (class, who, what, words) = match &entry.what {
        EntryKind::Edit { principal, action, message } => {
            (side(principal), principal, action.as_str(), message)
        }
        EntryKind::Comment(comment) => (side(&comment.creator), &comment.creator, "comment", &comment.body),
        EntryKind::Investigation(step) => ("aws", &step.step, step.status.as_str(), &step.content),
        _ => return None,
    };
    let more = match &entry.what {
        EntryKind::Comment(comment) => {
            let edited = comment.updated.as_ref().map(|at| format!(", last edited {}", plain(at)));
            format!(" {}{}", comment.id, edited.unwrap_or_default())
        }
        EntryKind::Investigation(step) => {
            let said = step.feedback.as_ref().map(|said| format!(", {said}"));
            format!(" {}: {}{}", step.id, step.title, said.unwrap_or_default())
        }
        _ => String::new(),
    };
    let head = format!("{} <b>{}</b> {}{}", when(entry), safe(who), safe(what), safe(&more));
    Some(article(class, &head, words) + &before(entry))
}

/// What a comment said before.
fn before(entry: &TimelineEntry) -> String {
    let EntryKind::Comment(comment) = &entry.what else { return String::new() };
    let one = |earlier: &EarlierText| {
        let head = format!("until {}, replaced by {}", plain(&earlier.until), earlier.by);
        let taken = "It was taken back, and is not told here (--with-withdrawn).";
        article("before", &safe(&head), earlier.text.as_deref().unwrap_or(taken))
    };
    comment.earlier.iter().map(one).collect()
}

fn side(principal: &str) -> &'static str {
    if matches!(principal, "AWS Responder" | "security-ir.amazonaws.com") { "aws" } else { "ours" }
}

fn gap(entry: &TimelineEntry) -> Option<String> {
    match &entry.what {
        EntryKind::Missing { what, why } => Some(article("gap", &format!("<b>{}</b>", safe(what)), why)),
        _ => None,
    }
}

fn file(entry: &TimelineEntry) -> Option<(String, String)> {
    let EntryKind::File(file) = &entry.what else { return None };
    let bytes = match &file.fetched {
        Fetched::Here { path, bytes, sha256 } => format!("{path}, {bytes} bytes, SHA-256 {sha256}"),
        Fetched::Not { not_fetched } => format!("its bytes are not in here: {not_fetched}"),
    };
    let told = format!("{}, {}, by {}: {bytes}", file.name, file.status, file.creator);
    Some((when(entry), safe(&told)))
}

fn told_there(told: &ToldLine) -> String {
    let ToldLine { target, key, remote, by, seen, hash } = told;
    let words = format!("{key} by {by}, {seen}");
    format!("{} {} <code>{} {}</code>", safe(target), safe(&words), safe(remote), safe(hash))
}

/// Who it is, by name where Slack told it.
fn name(entries: &[TimelineEntry], who: &str) -> String {
    let named = entries.iter().find_map(|entry| match &entry.what {
        EntryKind::Person { id, name } if id == who => Some(format!("{name} ({id})")),
        _ => None,
    });
    named.unwrap_or_else(|| who.to_owned())
}

fn act(line: &AuditLine, who: &str) -> String {
    let ended = audit::ended(line);
    let requests = line.aws.iter().map(|request| format!("{} {}", request.operation, request.id));
    let requests = requests.collect::<Vec<_>>().join(", ");
    let AuditLine { verb, door, rule, .. } = line;
    format!(
        "<b>{}</b> {} by {}: {ended} ({}) <code>{}</code>",
        safe(who),
        safe(verb),
        safe(door),
        safe(rule),
        safe(&requests)
    )
}

fn when(entry: &TimelineEntry) -> String {
    entry.at.as_deref().map_or_else(|| "no time is known".to_owned(), |at| safe(&plain(at)))
}

/// A moment for people: the day, and the time of day to the second.
fn plain(at: &str) -> String {
    at.replacen('T', " ", 1).chars().take_while(|char| *char != '.').collect()
}

fn article(class: &str, head: &str, words: &str) -> String {
    let words = safe(words);
    format!("<article class=\"{class}\"><header>{head}</header><div class=\"text\">{words}</div></article>\n")
}

fn section(
    title: &str,
    entries: &[TimelineEntry],
    part: impl Fn(&TimelineEntry) -> Option<String>,
) -> String {
    let parts: String = entries.iter().filter_map(part).collect();
    if parts.is_empty() { parts } else { format!("<h2>{title}</h2>\n{parts}") }
}

fn rows(
    title: &str,
    entries: &[TimelineEntry],
    row: impl Fn(&TimelineEntry) -> Option<(String, String)>,
) -> String {
    let rows: Vec<_> = entries.iter().filter_map(row).collect();
    if rows.is_empty() { String::new() } else { format!("<h2>{title}</h2>\n{}", table(rows)) }
}

/// What stands in the rows is escaped already.
fn table(rows: impl IntoIterator<Item = (String, String)>) -> String {
    let rows = rows.into_iter().map(|(name, value)| format!("<tr><th>{name}</th><td>{value}</td></tr>\n"));
    format!("<table>\n{}</table>\n", rows.collect::<String>())
}

/// Text from outside: what would hide or reorder it is shown, and nothing of it is markup.
fn safe(outside: &str) -> String {
    let mut safe = String::with_capacity(outside.len());
    for char in text::visible(outside).chars() {
        match char {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::entry::ExportedComment;

    const HOSTILE: &str = "</div><script>alert(1)</script><img src=x onerror=\"x\">'&\u{202e}evil\u{0}";

    #[test]
    fn nothing_from_outside_is_markup_and_nothing_is_fetched() {
        let hostile = || HOSTILE.to_owned();
        let comment = ExportedComment {
            id: hostile(),
            creator: hostile(),
            updated: Some(hostile()),
            body: hostile(),
            earlier: Vec::new(),
        };
        let entries = [
            EntryKind::Missing { what: hostile(), why: hostile() },
            EntryKind::Person { id: hostile(), name: hostile() },
            EntryKind::Place { target: hostile(), place: hostile(), name: hostile() },
            EntryKind::Edit { principal: hostile(), action: hostile(), message: hostile() },
            EntryKind::Comment(comment),
            EntryKind::Act {
                line: AuditLine { who: hostile(), verb: hostile(), rule: hostile(), ..AuditLine::default() },
            },
        ];
        let entries = entries.map(|what| TimelineEntry { at: Some(hostile()), what });
        let page = page(&entries);
        for markup in [
            "<script",
            "<img",
            "</div><script",
            "\u{202e}",
            "\u{0}",
            "http:",
            "https:",
            "src=x onerror=\"",
            "url(",
        ] {
            assert!(!page.contains(markup), "{markup}");
        }
        assert!(page.contains("&lt;script&gt;") && page.contains("default-src 'none'"));
    }
}
