//! How does a case look as an issue?

use serde_json::{Value, json};

use super::adf::{self, Inline, parts};
use crate::{
    case::{Case, Resolver},
    content::{Part, View},
    text, wording,
};

/// The longest summary: 255 characters on one line.
const SUMMARY: usize = 255;
/// The longest fact in the table, in bytes.
const FACT: usize = 300;
/// The longest address that is linked.
const ADDRESS: usize = 700;

/// An issue's summary.
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
    let ours = case.resolver == Resolver::Own || case.waits_for_customer || view.agent_waits;
    let kind = match (case.is_closed(), ours) {
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
    json!({"type": "panel", "attrs": {"panelType": kind}, "content": [adf::paragraph(words)]})
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
        fact("Watchers", &case.watchers.len().to_string()),
        fact("Attachments", &case.attachments.len().to_string()),
        date("Incident began", case.actual_start.or(case.reported_start)),
        date("Created", case.created),
        date("Closed", case.closed),
        link("Console", view.links.console.as_deref(), "Open in the AWS console"),
        link("Slack", view.links.slack.as_deref(), "Open in Slack"),
    ]
    .into_iter()
    .flatten()
    .collect();
    json!({"type": "table", "content": rows})
}

fn short(value: &str) -> String {
    text::cut_by(value, FACT, adf::weight)
}

fn row(name: &str, value: Inline) -> Value {
    let cell = |kind: &str, inline: Inline| json!({"type": kind, "content": [adf::paragraph(inline)]});
    let cells = [cell("tableHeader", Inline::new().text(name)), cell("tableCell", value)];
    json!({"type": "tableRow", "content": cells})
}
