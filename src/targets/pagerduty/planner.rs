//! What is an alert to be told? That it rings, that somebody has it, that it is over: each once, in this order, and never
//! that it rings once it was over.

use std::collections::BTreeMap;

use super::KIND;
use crate::{
    state::{
        TargetKind,
        key::{Fingerprint, Key, KeyName},
        notes::{Home, PlaceNote},
    },
    targets::{
        content::{Content, Moment, Page, PageStep, View},
        contract::Planner,
        telling::{Effect, Ledger, Picture},
    },
};

/// Begins the name of an alert that names no case.
pub(super) const UNNAMED: &str = "unnamed/";

#[derive(Clone, Copy, Debug, Default)]
pub struct PagerDutyPlanner;

impl Planner for PagerDutyPlanner {
    fn kind(&self) -> TargetKind {
        KIND
    }

    fn title(&self) -> &'static str {
        "PagerDuty"
    }

    /// What was sent and not answered comes first, and what is over before anything else rings.
    fn plan(&self, picture: &Picture, note: &PlaceNote, _ledger: &Ledger) -> Vec<Effect> {
        let (told, open) = (told(note), unanswered(note));
        let pages: Vec<_> = picture.pages.iter().map(|page| named(page, &told, note)).collect();
        let over = told.keys().filter(|name| !pages.iter().any(|page| page.name == **name));
        let over = over.map(|name| (ended(name), PageStep::Resolve));
        let rings = |page: &&Page| told.contains_key(page.name.as_str()) || page.due && !page.taken;
        let here = pages
            .iter()
            .filter(rings)
            .map(|page| (page.clone(), if page.taken { PageStep::Acknowledge } else { PageStep::Trigger }));
        let is_new = |(page, step): &(Page, PageStep)| {
            let last = told.get(page.name.as_str());
            last.is_none_or(|last| step > last) || open == Some((page.name.as_str(), step.name()))
        };
        let mut all: Vec<_> = over.chain(here).filter(is_new).collect();
        all.sort_by_key(|(page, _)| open.is_none_or(|(name, _)| name != page.name));
        all.into_iter().map(|(page, step)| effect(page, step)).collect()
    }

    fn keys(&self, _picture: &Picture) -> Vec<Key> {
        Vec::new()
    }

    fn tells_comments(&self) -> bool {
        false
    }

    fn parts(&self, text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    fn anchor_fingerprint(&self, _view: &View) -> Fingerprint {
        Fingerprint::default()
    }

    fn content_fingerprint(&self, _content: &Content) -> Fingerprint {
        Fingerprint::default()
    }

    fn anchor(&self, remote: &str, _note: &PlaceNote) -> Home {
        Home { place: KIND.to_string(), name: remote.to_owned() }
    }
}

/// Of a restricted case an alert bears another name, under which nothing says which case it is. One that rang keeps the name
/// under which it did: else nothing would end it.
fn named(page: &Page, told: &BTreeMap<&str, PageStep>, note: &PlaceNote) -> Page {
    let unnamed = format!("{UNNAMED}{}", page.name);
    let rang_unnamed = told.contains_key(unnamed.as_str());
    match rang_unnamed || note.restricted.is_some() && !told.contains_key(page.name.as_str()) {
        true => Page { name: unnamed, ..page.clone() },
        false => page.clone(),
    }
}

/// The step of which nobody knows whether it was taken.
fn unanswered(note: &PlaceNote) -> Option<(&str, &str)> {
    match note.open.as_ref()?.key.named() {
        KeyName::Page { name, step } => Some((name, step)),
        KeyName::Anchor
        | KeyName::Container
        | KeyName::Lost
        | KeyName::Description
        | KeyName::Comment { .. }
        | KeyName::Changes(_)
        | KeyName::Call(_)
        | KeyName::ByItself => None,
    }
}

/// What was told last of each alert. One that may ring counts as one that does: it must be told that it is over.
fn told(note: &PlaceNote) -> BTreeMap<&str, PageStep> {
    let named = |(name, step): (_, &String)| Some((name, PageStep::named(step)?));
    let steps = note.steps.iter().map(|(name, step)| (name.as_str(), step)).filter_map(named);
    let mut told: BTreeMap<&str, PageStep> = steps.collect();
    if let Some((name, _)) = unanswered(note) {
        told.entry(name).or_insert(PageStep::Trigger);
    }
    told
}

fn effect(page: Page, step: PageStep) -> Effect {
    let key = Key::page(&page.name, step.name());
    Effect::add(key, Content::Page(page, step), Fingerprint::default())
}

fn ended(name: &str) -> Page {
    Page { name: name.to_owned(), moment: Moment::Closed, at: 0, due: false, taken: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::snapshot::tests::case,
        state::{key::Plainness, notes::Intent},
        targets::content::Links,
    };

    fn picture(pages: &[(&str, bool, bool)]) -> Picture {
        let page = |(name, due, taken): &(&str, bool, bool)| Page {
            name: (*name).to_owned(),
            moment: Moment::Overdue,
            at: 1,
            due: *due,
            taken: *taken,
        };
        let view = View {
            case: case(),
            links: Links::default(),
            waiting_since: None,
            answered: false,
            agent_waits: false,
            owner: None,
            opened: None,
            last_word: None,
        };
        Picture {
            view,
            comments: Vec::new(),
            sayings: Vec::new(),
            deeds: Vec::new(),
            names: BTreeMap::new(),
            investigations: Vec::new(),
            overdue: None,
            calls: Vec::new(),
            pages: pages.iter().map(page).collect(),
            notices: Vec::new(),
            team: Vec::new(),
        }
    }

    fn note(steps: &[(&str, &str)], open: Option<&str>) -> PlaceNote {
        let intent = |key: &str| Intent {
            key: Key(key.to_owned()),
            since: 0,
            attempt: 1,
            looks: 0,
            plainness: Plainness::Full,
            hash: Fingerprint::default(),
            facts: None,
            also: None,
        };
        let steps = steps.iter().map(|(name, step)| ((*name).to_owned(), (*step).to_owned())).collect();
        PlaceNote { steps, open: open.map(intent), ..PlaceNote::default() }
    }

    type Row<'a> = (&'a [(&'a str, bool, bool)], &'a [(&'a str, &'a str)], Option<&'a str>, &'a [&'a str]);

    const TRIGGER: &str = "add page/q/1/trigger";
    const ACKNOWLEDGE: &str = "add page/q/1/acknowledge";
    const RESOLVE: &str = "add page/q/1/resolve";

    /// The alerts there are (due, taken), what was told of them, what has no answer, and what is told now.
    const TABLE: &[Row<'_>] = &[
        (&[], &[], None, &[]),
        (&[("q/1", false, false)], &[], None, &[]),
        (&[("q/1", true, true)], &[], None, &[]),
        (&[("q/1", true, false)], &[], None, &[TRIGGER]),
        (&[("q/1", true, false)], &[], Some("page/q/1/trigger"), &[TRIGGER]),
        (&[("q/1", false, false)], &[("q/1", "trigger")], None, &[]),
        (&[("q/1", true, true)], &[("q/1", "trigger")], None, &[ACKNOWLEDGE]),
        (&[("q/1", true, true)], &[], Some("page/q/1/trigger"), &[ACKNOWLEDGE]),
        (&[("q/1", true, false)], &[("q/1", "acknowledge")], None, &[]),
        (&[], &[("q/1", "trigger")], None, &[RESOLVE]),
        (&[], &[("q/1", "acknowledge")], None, &[RESOLVE]),
        (&[], &[], Some("page/q/1/trigger"), &[RESOLVE]),
        (&[], &[], Some("page/q/1/resolve"), &[RESOLVE]),
        (&[("q/1", true, false)], &[("q/1", "resolve")], None, &[]),
        (&[], &[("q/1", "resolve")], None, &[]),
        (&[("q/2", true, false)], &[("q/1", "trigger")], None, &[RESOLVE, "add page/q/2/trigger"]),
        (
            &[("q/2", true, false)],
            &[("q/1", "trigger")],
            Some("page/q/2/trigger"),
            &["add page/q/2/trigger", RESOLVE],
        ),
    ];

    #[test]
    fn an_alert_of_a_restricted_case_has_no_name_of_a_case_unless_it_rang_under_one() {
        let people = Some(vec![crate::case::MemberId::new("U1")]);
        let rings = [("q/1", true, false)];
        let plan = |steps: &[(&str, &str)], restricted| {
            let note = PlaceNote { restricted, ..note(steps, None) };
            let pages = if steps.is_empty() { &rings[..] } else { &[] };
            let plan = PagerDutyPlanner.plan(&picture(pages), &note, &Ledger::new());
            plan.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(plan(&[], people.clone()), ["add page/unnamed/q/1/trigger"]);
        assert_eq!(plan(&[("q/1", "trigger")], people.clone()), [RESOLVE]);
        assert_eq!(plan(&[("unnamed/q/1", "trigger")], None), ["add page/unnamed/q/1/resolve"]);
        let note = PlaceNote { restricted: None, ..note(&[("unnamed/q/1", "trigger")], None) };
        let taken = PagerDutyPlanner.plan(&picture(&[("q/1", true, true)]), &note, &Ledger::new());
        assert_eq!(taken[0].to_string(), "add page/unnamed/q/1/acknowledge", "it rang so");
    }

    #[test]
    fn an_alert_goes_forward_only_and_never_rings_once_it_was_over() {
        for (pages, steps, open, expected) in TABLE {
            let plan = PagerDutyPlanner.plan(&picture(pages), &note(steps, *open), &Ledger::new());
            let told: Vec<_> = plan.iter().map(ToString::to_string).collect();
            assert_eq!(told, *expected, "{pages:?} {steps:?} {open:?}");
        }
    }
}
