//! What the routes of the settings name, examined as what all other cases go to.

use super::{Answer, Examined, Patient, fine, jira, slack, unseen, wrong};
use crate::{case::text::counted, config::settings::Route, targets::jira::Jira};

pub(super) const CHANNELS: &str = "slack.routes";
pub(super) const PROJECTS: &str = "jira.routes";
/// Nobody sees it in a project without issues.
const SEEN_LATER: &str = "jira.transitions";

/// A route, and what was found of what it names.
type Routed<'a> = (&'a Route, Examined);

pub(super) async fn channels(patient: &Patient<'_>) -> Answer {
    let mut all: Vec<Routed<'_>> = Vec::new();
    for route in &patient.settings.routes {
        let Some(channel) = &route.channel else { continue };
        let mut found = Examined::default();
        slack::of_the_channel(channel, patient.slack, &mut found).await;
        all.push((route, found));
    }
    told(&all, "channels")
}

pub(super) async fn projects(patient: &Patient<'_>) -> Answer {
    let (mut all, Patient { world, secrets, until, .. }): (Vec<Routed<'_>>, _) = (Vec::new(), patient);
    for route in &patient.settings.routes {
        if route.project.is_none() && route.issue_type.is_none() {
            continue;
        }
        let settings = patient.settings.for_case(Some(&route.name));
        let Some(jira) = Jira::new(*world, &settings, secrets, *until) else { continue };
        let mut found = Examined::default();
        jira::of_the_project(&jira, &mut found).await;
        all.push((route, found));
    }
    told(&all, "projects")
}

fn told(all: &[Routed<'_>], what: &str) -> Answer {
    let of = |route: &Route, text: &str| format!("route {}: {text}", route.name);
    let each = || all.iter().flat_map(|(route, found)| found.0.iter().map(move |finding| (route, finding)));
    let (mut seen, mut mends, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (route, finding) in each() {
        match &finding.answer {
            Answer::Wrong { seen: fault, mend } => {
                seen.push(of(route, fault));
                mends.push(of(route, &in_a_route(mend)));
            }
            Answer::NotSeen { why, .. } if finding.check != SEEN_LATER => unknown.push(of(route, why)),
            Answer::NotSeen { .. } | Answer::Ok { .. } => {}
        }
    }
    match (all.len(), seen.is_empty(), unknown.is_empty()) {
        (0, ..) => fine(format!("the routes name no {what} of their own")),
        (_, false, _) => wrong(seen.join("; "), mends.join(". ")),
        (_, true, false) => unseen(unknown.join("; "), "ask again in a minute"),
        (count, true, true) => {
            fine(format!("{}, with {what} as they must be", counted(count, "route", "routes")))
        }
    }
}

/// The keys of a route are called as those of the tables.
fn in_a_route(mend: &str) -> String {
    [("slack.channel", "channel"), ("jira.project", "project"), ("jira.issue_type", "issue_type")]
        .into_iter()
        .fold(mend.to_owned(), |mend, (general, own)| mend.replace(general, own))
}
