//! What PagerDuty is sent: which case, why, and where to look. Whoever is woken reads it outside the private channel.

use serde_json::{Value, json};

use crate::{
    case::CaseId,
    config::secrets::Secret,
    targets::{
        content::{Links, Page, PageStep},
        wording,
    },
};

/// Names an alert for ever: <https://developer.pagerduty.com/docs/events-api-v2-overview#event-types>.
pub(super) fn dedup_key(case: &CaseId, name: &str) -> String {
    format!("casebridge/{case}/{name}")
}

pub(super) fn event(case: &CaseId, links: &Links, (page, step): (&Page, PageStep), key: &Secret) -> Value {
    let mut event = json!({
        "routing_key": key.reveal(),
        "event_action": step.name(),
        "dedup_key": dedup_key(case, &page.name),
    });
    if step == PageStep::Trigger {
        event["payload"] = json!({
            "summary": format!("Case {case}: {}", wording::moment(page.moment)),
            "source": "AWS Security Incident Response",
            "severity": "critical",
            "component": case,
            "class": page.moment.name(),
        });
        event["client"] = json!("Casebridge");
        event["links"] = linked(links);
    }
    event
}

/// The end of an alert that there never was.
pub(super) fn probe(key: &Secret) -> Value {
    json!({
        "routing_key": key.reveal(),
        "event_action": PageStep::Resolve.name(),
        "dedup_key": "casebridge/probe",
    })
}

fn linked(links: &Links) -> Value {
    let each = [("Slack", &links.slack), ("Jira", &links.jira), ("AWS console", &links.console)];
    let there = each.into_iter().filter_map(|(text, link)| Some((text, link.as_ref()?)));
    there.map(|(text, href)| json!({ "href": href, "text": text })).collect()
}
