//! What is true of a case, put together from a look and from what is known.

use super::notes::Notes;
use crate::{
    case::{Case, CaseId, turn},
    state::Saying,
    sync::{context::Context, observe::Look},
    targets::{
        content::{Links, Notice, View},
        telling::Picture,
    },
};

pub(super) fn of(context: &Context<'_>, seen: &Look, sayings: Vec<Saying>, notes: &Notes) -> Picture {
    let waiting = notes.case.note.waiting;
    let timing = &context.settings.timing;
    let overdue = waiting.filter(|waiting| {
        turn::nudge_at(*waiting, timing.nudge_hours, timing.quiet_hours)
            .is_some_and(|at| at <= context.world.now())
    });
    let view = View {
        case: seen.case.clone(),
        links: links(context, notes, &seen.case.id),
        waiting_since: waiting.map(|(_, since)| since),
        agent_waits: seen.investigations.iter().any(|step| step.status == "Waiting"),
    };
    Picture {
        view,
        comments: seen.comments.clone(),
        sayings,
        deeds: Vec::new(),
        investigations: seen.investigations.clone(),
        overdue,
        notice: notice(context, &seen.case, notes),
    }
}

/// Where the case can be seen by now.
pub(super) fn links(context: &Context<'_>, notes: &Notes, case: &CaseId) -> Links {
    let sir = &context.settings.sir;
    let console =
        |region: &String| sir.console_url.replace("{region}", region).replace("{case}", case.as_str());
    let mut links = Links { console: sir.region.as_ref().map(console), ..Links::default() };
    for (target, noted) in context.targets.iter().zip(&notes.targets) {
        let is_there = !noted.note.is_gone() || target.planner().forgets_what_is_gone();
        if let Some(anchor) = noted.note.home.as_ref().filter(|_| is_there) {
            target.planner().link(anchor, &mut links);
        }
    }
    links
}

/// What one target refuses and others are to say.
pub(super) fn notice(context: &Context<'_>, case: &Case, notes: &Notes) -> Option<Notice> {
    let mut each = context.targets.iter().zip(&notes.targets);
    each.find_map(|(target, noted)| target.planner().notice(case, &noted.note))
}
