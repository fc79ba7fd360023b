//! What PagerDuty is sent: which case, why, and where to look. Whoever is woken reads it outside the private channel.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::planner::UNNAMED;
use crate::{
    case::{CaseId, text},
    config::secrets::Secret,
    targets::{
        content::{Links, Page, PageStep},
        wording,
    },
};

/// Names an alert for ever: <https://developer.pagerduty.com/docs/events-api-v2-overview#event-types>. Of one that names no
/// case it is made under our key there, so that nobody who reads it can try which case it is.
pub(super) fn dedup_key(case: &CaseId, name: &str, key: &Secret) -> String {
    match name.strip_prefix(UNNAMED) {
        None => format!("casebridge/{case}/{name}"),
        Some(name) => format!("casebridge/{}/{name}", sealed(case, key)),
    }
}

pub(super) fn event(case: &CaseId, links: &Links, (page, step): (&Page, PageStep), key: &Secret) -> Value {
    let mut event = json!({
        "routing_key": key.reveal(),
        "event_action": step.name(),
        "dedup_key": dedup_key(case, &page.name, key),
    });
    if step == PageStep::Trigger {
        let is_unnamed = page.name.starts_with(UNNAMED);
        let which = if is_unnamed { "A restricted case".to_owned() } else { format!("Case {case}") };
        event["payload"] = json!({
            "summary": format!("{which}: {}", wording::moment(page.moment)),
            "source": "AWS Security Incident Response",
            "severity": "critical",
            "class": page.moment.name(),
        });
        if !is_unnamed {
            event["payload"]["component"] = json!(case);
        }
        event["client"] = json!("Casebridge");
        event["links"] = linked(links, is_unnamed);
    }
    event
}

fn sealed(case: &CaseId, key: &Secret) -> String {
    let code = Hmac::<Sha256>::new_from_slice(key.reveal().as_bytes()).map(|mut mac| {
        mac.update(b"casebridge alert 1");
        mac.update(case.as_str().as_bytes());
        text::hex(&mac.finalize().into_bytes())
    });
    code.unwrap_or_default()
}

/// The end of an alert that there never was.
pub(super) fn probe(key: &Secret) -> Value {
    json!({
        "routing_key": key.reveal(),
        "event_action": PageStep::Resolve.name(),
        "dedup_key": "casebridge/probe",
    })
}

/// Where to look. The private channel's address tells who may not open it nothing; an issue's key and the console's address
/// name the case.
fn linked(links: &Links, is_unnamed: bool) -> Value {
    let each = [("Slack", &links.slack), ("Jira", &links.jira), ("AWS console", &links.console)];
    let shown = if is_unnamed { &each[..1] } else { &each[..] };
    let there = shown.iter().filter_map(|(text, link)| Some((*text, link.as_ref()?)));
    there.map(|(text, href)| json!({ "href": href, "text": text })).collect()
}
