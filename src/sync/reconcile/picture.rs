//! What is true of a case, put together from a look and from what is known.

use std::collections::BTreeMap;

use super::notes::Notes;
use crate::{
    case::{Case, CaseId, Comment, Email, Resolver, author::Author, turn},
    state::{Saying, case_clocks::CaseClock, notes::CaseNote, owner::Owner},
    sync::{context::Context, observe::Look},
    targets::{
        content::{Doer, LastWord, Links, Notice, View},
        telling::{Calling, Picture},
    },
};

/// What the table knows of a case beside its notes.
pub(super) struct KnownBeside {
    pub(super) comments: Vec<Comment>,
    pub(super) sayings: Vec<Saying>,
    pub(super) owner: Option<Owner>,
    pub(super) clocks: Vec<CaseClock>,
    /// Where a rule of `[notify]` asks for them.
    pub(super) tags: Vec<(String, String)>,
    pub(super) team: Vec<Email>,
}

pub(super) fn of(context: &Context<'_>, seen: &Look, known: KnownBeside, notes: &Notes) -> Picture {
    let waiting = notes.case.note.waiting;
    let timing = &context.settings.timing;
    // What AWS waits for calls in steps of its own.
    let overdue =
        waiting.filter(|(ours, _)| !*ours || seen.case.resolver == Resolver::Own).filter(|waiting| {
            turn::nudge_at(*waiting, timing.nudge_hours, timing.quiet())
                .is_some_and(|at| at <= context.world.now())
        });
    let view = View {
        case: seen.case.clone(),
        links: links(context, notes, &seen.case.id),
        waiting_since: waiting.map(|(_, since)| since),
        answered: notes.case.note.answered,
        agent_waits: notes.case.note.agent_waits,
        last_word: last_word(seen).filter(|_| !notes.case.note.answered),
        owner: known.owner,
        opened: Doer::opening(notes.case.note.opened.as_ref()),
    };
    let calling = calling(context, (seen, &known.clocks, &known.tags), &view, &notes.case.note);
    let (calls, pages) = (calling.due(), calling.pages());
    Picture {
        view,
        comments: known.comments,
        sayings: known.sayings,
        deeds: Vec::new(),
        names: BTreeMap::new(),
        investigations: seen.investigations.clone(),
        overdue,
        calls,
        pages,
        notices: notices(context, &seen.case, notes),
        team: known.team,
    }
}

/// What decides who is called for a case now.
pub(super) fn calling<'a>(
    context: &'a Context<'_>,
    (seen, clocks, tags): (&'a Look, &'a [CaseClock], &'a [(String, String)]),
    view: &'a View,
    note: &CaseNote,
) -> Calling<'a> {
    Calling {
        view,
        comments: &seen.comments,
        investigations: &seen.investigations,
        waiting: note.waiting,
        turned: note.turned,
        now: context.world.now() / 1_000,
        notify: &context.settings.notify,
        pager: context.settings.pager(),
        clocks,
        tags,
    }
}

/// The question that waits for an answer. What else is said stands in the thread, and rewrites no card.
fn last_word(seen: &Look) -> Option<LastWord> {
    let last = seen.comments.iter().rfind(|one| seen.case.waits_for_customer && one.is_of_aws())?;
    Some(LastWord { author: Author::of(&last.creator), at: last.created, text: last.body.clone() })
}

pub(super) fn links(context: &Context<'_>, notes: &Notes, case: &CaseId) -> Links {
    let sir = &context.settings.sir;
    let console =
        |region: &String| sir.console_url.replace("{region}", region).replace("{case}", case.as_str());
    let mut links = Links { console: sir.region.as_ref().map(console), ..Links::default() };
    for (target, noted) in context.targets.iter().zip(&notes.targets) {
        let is_there =
            !noted.note.is_lost() && (!noted.note.is_gone() || target.planner().forgets_what_is_gone());
        if let Some(anchor) = noted.note.home.as_ref().filter(|_| is_there) {
            target.planner().link(anchor, &mut links);
        }
    }
    links
}

/// What one target refuses and others are to say.
pub(super) fn notices(context: &Context<'_>, case: &Case, notes: &Notes) -> Vec<Notice> {
    let each = context.targets.iter().zip(&notes.targets);
    let of_targets = each.flat_map(|(target, noted)| target.planner().notices(case, &noted.note));
    let forgets =
        notes.case.note.forget_at.map(|at| Notice::Forgets { case: case.id.clone(), at: at / 1_000 });
    of_targets.chain(forgets).collect()
}
