//! How does a case look as an issue?

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::adf::{self, Inline, parts};
use crate::{
    case::{Case, Watcher, snapshot::pairs, text},
    http::with,
    targets::{
        content::{Part, View},
        wording,
    },
};

/// The longest summary: 255 characters on one line.
const SUMMARY: usize = 255;
/// The longest fact in the table, in bytes.
const FACT: usize = 300;
const ADDRESS: usize = 700;

pub fn summary(case: &Case) -> String {
    let title = text::one_line(&case.title);
    let title = if title.is_empty() { format!("Case {}", case.id) } else { title };
    text::cut_by(&title, SUMMARY, char::len_utf16)
}

/// An issue's description: whose move it is, the facts, and the first of the [`parts`] of the case's description.
/// The others are told as comments.
pub fn description(view: &View) -> Value {
    let mut content = vec![whose_move(view), facts(view)];
    let pieces = parts(&view.case.description);
    if let Some(first) = pieces.first().filter(|first| !first.trim().is_empty()) {
        content.push(adf::heading("Description"));
        content.extend(adf::paragraphs(first));
    }
    if let Some(which) = wording::which_part(&Part { index: 0, of: pieces.len(), text: String::new() }) {
        content.push(adf::paragraph(
            Inline::new().text(&format!("This is {which}: the rest is in the comments.")),
        ));
    }
    adf::document(content)
}

fn whose_move(view: &View) -> Value {
    let case = &view.case;
    let kind = match (case.is_closed(), view.is_ours()) {
        (true, _) => "success",
        (false, true) => "warning",
        (false, false) => "info",
    };
    let mut words = Inline::new().strong(wording::whose_move(view));
    if let Some(code) = case.closure.as_deref().filter(|_| case.is_closed()) {
        words = words.text(&format!(" as {}", text::cut(code, 100)));
    }
    if let Some(since) = view.waiting_since.filter(|_| !case.is_closed()) {
        words = words.text(&format!(", since {}", wording::utc(since)));
    }
    let panel = json!({"type": "panel", "attrs": {"panelType": kind}});
    with(panel, "content", vec![adf::paragraph(words)])
}

fn facts(view: &View) -> Value {
    let case = &view.case;
    let fact = |name, value: &str| (!value.is_empty()).then(|| row(name, Inline::new().text(&short(value))));
    let list = |name, items: &[String]| fact(name, &wording::some_of(items, FACT));
    let date = |name, at: Option<i64>| fact(name, &at.map(wording::utc).unwrap_or_default());
    let link = |name, url: Option<&str>, label: &str| {
        url.filter(|url| url.len() <= ADDRESS).map(|url| row(name, Inline::new().link(url, label)))
    };
    let rows: Vec<Value> = [
        fact("Case", case.id.as_str()),
        fact("Status", case.status.as_str()),
        fact("Resolver", wording::resolver(case.resolver)),
        fact("Type", &case.engagement),
        list("Accounts", &case.accounts),
        list("Regions", &case.regions),
        list("Services", &case.services),
        list("Watchers", &case.watchers.iter().map(Watcher::shown).collect::<Vec<_>>()),
        list("Threat actor addresses", &case.actors.iter().map(|actor| actor.ip.clone()).collect::<Vec<_>>()),
        list("Metadata", &pairs(&case.metadata)),
        list("Attachments", &files(case)),
        date("Reported start", case.reported_start),
        date("Actual start", case.actual_start),
        date("Created", case.created),
        fact("Opened by", &view.opened.as_ref().map(wording::opener).unwrap_or_default()),
        date("Closed", case.closed),
        fact("Closure", case.closure.as_deref().unwrap_or_default()),
        link("Console", view.links.console.as_deref(), "Open in the AWS console"),
        link("Slack", view.links.slack.as_deref(), "Open in Slack"),
    ]
    .into_iter()
    .flatten()
    .collect();
    with(json!({"type": "table"}), "content", rows)
}

/// The newest first: a table shows no more than some.
fn files(case: &Case) -> Vec<String> {
    let mut files: Vec<_> = case.attachments.iter().collect();
    files.sort_by_key(|file| Reverse(file.created));
    files.iter().map(|file| format!("{} ({})", file.name, file.status)).collect()
}

fn short(value: &str) -> String {
    text::cut_by(value, FACT, adf::weight)
}

fn row(name: &str, value: Inline) -> Value {
    let cell =
        |kind: &str, inline: Inline| with(json!({"type": kind}), "content", vec![adf::paragraph(inline)]);
    let cells = vec![cell("tableHeader", Inline::new().text(name)), cell("tableCell", value)];
    with(json!({"type": "tableRow"}), "content", cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{Actor, Attachment, AttachmentId, CaseId, Resolver, Status, Watcher, growth::is_steady},
        targets::content::Links,
    };

    const NOON: i64 = 1_795_262_400;

    fn view(description: &str) -> View {
        let case = Case {
            id: CaseId::new("1234567890"),
            arn: String::new(),
            title: "Unusual API\ncalls".to_owned(),
            description: description.to_owned(),
            status: Status::Detection,
            engagement: "Security Incident".to_owned(),
            resolver: Resolver::Aws,
            waits_for_customer: false,
            reported_start: None,
            actual_start: None,
            created: Some(NOON),
            updated: Some(NOON),
            closed: None,
            closure: None,
            accounts: vec!["123456789012".to_owned()],
            regions: vec![],
            services: vec![],
            watchers: vec![],
            actors: vec![],
            attachments: vec![],
            metadata: vec![],
        };
        let console = Some("https://console.example.com/".to_owned());
        let links = Links { console, slack: Some("javascript:alert(1)".to_owned()), ..Links::default() };
        View::waiting(case, links, NOON)
    }

    fn text(text: &str) -> Value {
        json!({"type": "text", "text": text})
    }

    #[test]
    fn an_issue_says_whose_move_it_is_then_the_facts_then_the_description() {
        let paragraph = |content: Value| json!({"type": "paragraph", "content": content});
        let row = |name: &str, value: Value| {
            json!({"type": "tableRow", "content": [
                {"type": "tableHeader", "content": [paragraph(json!([text(name)]))]},
                {"type": "tableCell", "content": [paragraph(json!([value]))]},
            ]})
        };
        let link = json!({
            "type": "text", "text": "Open in the AWS console",
            "marks": [{"type": "link", "attrs": {"href": "https://console.example.com/"}}],
        });
        let strong = json!({"type": "text", "text": "AWS's move", "marks": [{"type": "strong"}]});
        let mut shown = view("Somebody calls.");
        let mail = |email: &str| Watcher { email: email.to_owned(), ..Watcher::default() };
        let file = |name: &str, status: &str, created| Attachment {
            id: AttachmentId::new(name),
            name: name.to_owned(),
            status: status.to_owned(),
            creator: String::new(),
            created,
        };
        let ana = Watcher { name: Some("Ana Lima".to_owned()), ..mail("ana@example.com") };
        shown.case.watchers = vec![ana, mail("bo@example.com")];
        shown.case.actors = vec![Actor { ip: "203.0.113.9".to_owned(), user_agent: None }];
        shown.case.metadata = vec![("ticket".to_owned(), "SEC-12".to_owned())];
        shown.case.attachments = vec![file("old.txt", "Verified", 1), file("new.txt", "Pending", 2)];
        (shown.case.reported_start, shown.case.actual_start) = (Some(NOON - 3_600), Some(NOON - 7_200));
        let expected = json!({"type": "doc", "version": 1, "content": [
            {"type": "panel", "attrs": {"panelType": "info"}, "content": [
                paragraph(json!([strong, text(", since 2026-11-21 12:00 UTC")])),
            ]},
            {"type": "table", "content": [
                row("Case", text("1234567890")),
                row("Status", text("Detection and Analysis")),
                row("Resolver", text("AWS")),
                row("Type", text("Security Incident")),
                row("Accounts", text("123456789012")),
                row("Watchers", text("Ana Lima, somebody at example.com")),
                row("Threat actor addresses", text("203.0.113.9")),
                row("Metadata", text("ticket=SEC-12")),
                row("Attachments", text("new.txt (Pending), old.txt (Verified)")),
                row("Reported start", text("2026-11-21 11:00 UTC")),
                row("Actual start", text("2026-11-21 10:00 UTC")),
                row("Created", text("2026-11-21 12:00 UTC")),
                row("Console", link),
                row("Slack", text("Open in Slack")),
            ]},
            {"type": "heading", "attrs": {"level": 3}, "content": [text("Description")]},
            paragraph(json!([text("Somebody calls.")])),
        ]});
        assert_eq!(description(&shown), expected);
    }

    #[test]
    fn a_closed_case_says_so_and_why() {
        let mut view = view("");
        view.case.status = Status::Closed;
        view.case.closure = Some("False Positive".to_owned());
        let panel = description(&view)["content"][0].clone();
        assert_eq!(panel["attrs"]["panelType"], "success");
        assert_eq!(panel["content"][0]["content"][1], text(" as False Positive"));
    }

    #[test]
    fn a_description_that_does_not_fit_says_where_the_rest_is() {
        let long = "line\n".repeat(1_600);
        assert_eq!(parts(&long).len(), 5);
        let last = description(&view(&long))["content"].as_array().and_then(|all| all.last().cloned());
        let words = last.and_then(|last| last.pointer("/content/0/text").cloned());
        assert_eq!(words, Some(json!("This is part 1 of 5: the rest is in the comments.")));
    }

    #[test]
    fn a_summary_is_one_line_of_at_most_255_characters() {
        let mut case = view("").case;
        assert_eq!(summary(&case), "Unusual API calls");
        case.title = "😀".repeat(300);
        assert_eq!(summary(&case).encode_utf16().count(), 255);
        case.title = " \u{200b}".to_owned();
        assert_eq!(summary(&case), "Case 1234567890");
    }

    #[test]
    fn twice_the_description_is_shown_in_twice_the_time() {
        is_steady(|text| description(&view(text)));
        is_steady(|text| summary(&Case { title: text.to_owned(), ..view("").case }));
    }
}
