//! Whose doing is it that a case changed? Ours from the record, else as the service's own list of edits says.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    case::{
        Case, CaseId, Edit, Email, Millis, PROACTIVE,
        author::Author,
        snapshot::{Change, Facts, changes},
    },
    runtime::note,
    state::{
        self,
        deeds::{self, Deed, DeedField},
        notes::{CaseNote, Opened},
    },
    sync::{context::Context, observe::Look},
    telemetry::metrics,
};

use super::{
    edits::{self, DAY, Edits},
    notes::Notes,
};

/// So far apart two clocks may say that the same thing happened.
const MOMENT: Millis = 60_000;

/// So many people are asked for before a change is told: it does not wait for a long list of them.
const NAMES: usize = 10;

/// What the service calls the edit that opens a case.
const OPENING: &str = "CREATE_CASE";

/// Fields that one edit may have set, by the service's name for it.
const EDITS: [(&str, &[&str]); 4] = [
    ("UPDATE_CASE_STATUS", &["Status"]),
    ("CLOSE_CASE", &["Status", "Closure"]),
    ("UPDATE_RESOLVER_TYPE", &["Resolver", "Status", "Next move"]),
    (
        "UPDATE_CASE",
        &[
            "Title",
            "Description",
            "Type",
            "Reported start",
            "Actual start",
            "Accounts",
            "Regions",
            "Services",
            "Watchers",
            "Threat actor addresses",
            "Metadata",
        ],
    ),
];

/// The deeds of a case of which something is to be told as changed; of any other none are read. Who did it is never worth
/// keeping back that it was done: what cannot be read is not told.
pub(super) async fn deeds(
    context: &Context<'_>,
    case: &CaseId,
    seen: &Look,
    notes: &mut Notes,
) -> Result<Vec<Deed>, state::Error> {
    let changed = changed(seen, notes);
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let ours = ours(context, case).await?;
    if changed.iter().all(|change| deeds::doer(&ours, change).is_some()) {
        return Ok(ours);
    }
    if let Some(edits) = &notes.edits {
        let all = [theirs(edits.newest(), &ours), ours.clone()].concat();
        if changed.iter().all(|change| deeds::doer(&all, change).is_some()) {
            return Ok(all);
        }
    }
    let edits = edits::read(context, case, &notes.case.note).await;
    let all = [theirs(edits.newest(), &ours), ours].concat();
    notes.heard(edits);
    Ok(all)
}

/// What is to be told as changed, at one target at least.
fn changed(seen: &Look, notes: &Notes) -> Vec<Change> {
    let now = Facts::of(&seen.case);
    let before = notes.targets.iter().filter_map(|noted| noted.note.facts.as_ref());
    before.flat_map(|old| changes(old, &now)).collect()
}

/// The people behind the addresses that a change names and the case does not: people read names. Whom nobody knows, or not
/// at once, stands there by the address.
pub(super) async fn names(context: &Context<'_>, seen: &Look, notes: &Notes) -> BTreeMap<String, String> {
    let changed = changed(seen, notes);
    let known = |email: &str| seen.case.watchers.iter().any(|one| one.email == email && one.name.is_some());
    let addresses: BTreeSet<&str> =
        changed.iter().flat_map(Change::addresses).filter(|email| !known(email)).collect();
    let mut names = BTreeMap::new();
    for address in addresses.into_iter().take(NAMES) {
        for target in context.targets {
            if let Ok(Some(name)) = target.name_of(&Email::new(address)).await {
                names.insert(address.to_owned(), name);
                break;
            }
        }
    }
    names
}

/// The list, read beside the case itself: where an event says that it changed, and nobody changed it through us just now,
/// or nobody knows yet who opened it.
pub(super) async fn beside(
    context: &Context<'_>,
    case: &CaseId,
    (asked, note): (bool, &CaseNote),
) -> Option<Edits> {
    if !asked || context.crowd {
        return None;
    }
    let text = note::text(context.world, &deeds::name(case)).await.ok()?;
    let (ours, now) = (deeds::read(case, text.as_deref()).ok()?, context.world.now());
    let is_ours = ours.iter().any(|deed| now - deed.at <= MOMENT);
    if is_ours { None } else { Some(edits::read(context, case, note).await) }
}

/// What people did on it through us in the last day. What cannot be read is not told.
async fn ours(context: &Context<'_>, case: &CaseId) -> Result<Vec<Deed>, state::Error> {
    let text = note::text(context.world, &deeds::name(case)).await?;
    match deeds::read(case, text.as_deref()) {
        Err(state::Error::Unreadable(record)) => {
            metrics::unreadable(&record);
            Ok(Vec::new())
        }
        read => read,
    }
}

/// Notes who opened a case: by our record, else as the service's list says, else AWS, where the title says that. Ours is
/// known for a day, and its note may come after the first look.
pub(super) async fn opener(
    context: &Context<'_>,
    case: &Case,
    notes: &mut Notes,
) -> Result<(), state::Error> {
    let opened = &mut notes.case.note.opened;
    // Only our record gives a name.
    let is_ours = |opened: &Opened| !opened.name.is_empty();
    let is_old = case.created.is_none_or(|at| at * 1_000 < context.world.now() - DAY);
    if opened.as_ref().is_some_and(|opened| is_old || is_ours(opened)) {
        return Ok(());
    }
    let ours = ours(context, &case.id).await?;
    if let Some(deed) = deeds::opener(&ours) {
        *opened = Some(Opened { who: Some(deed.who.clone()), name: deed.name.clone() });
    } else if let (None, Some(edits)) = (&opened, &notes.edits) {
        *opened = said_to_open(edits, case);
    }
    Ok(())
}

/// None where it is to be asked again.
fn said_to_open(edits: &Edits, case: &Case) -> Option<Opened> {
    let made = edits.list().iter().find(|edit| edit.action == OPENING && !edit.principal.is_empty());
    let who = match made {
        Some(edit) => Some(Author::of(&edit.principal)),
        None if case.title.starts_with(PROACTIVE) => Some(Author::Service),
        None => None,
    };
    (who.is_some() || edits.is_over()).then(|| Opened { who, name: String::new() })
}

/// What others did, as far as one name stands for all of a kind in the last day: an edit does not say of which field it
/// is. What coincides with something that we noted was ours, under the name of our role.
fn theirs(edits: &[Edit], ours: &[Deed]) -> Vec<Deed> {
    let millis = |edit: &Edit| edit.at.unwrap_or_default().saturating_mul(1_000);
    let last = edits.iter().map(millis).max().unwrap_or_default();
    let of = |(action, fields): &(&str, &[&str])| {
        let is_ours = |edit: &Edit| {
            let sets = |deed: &Deed| deed.sets.iter().any(|set| fields.contains(&set.field.as_str()));
            ours.iter().any(|deed| (millis(edit) - deed.at).abs() <= MOMENT && sets(deed))
        };
        let mut made = edits.iter().filter(|edit| {
            edit.action == *action
                && millis(edit) > last - DAY
                && !edit.principal.is_empty()
                && !is_ours(edit)
        });
        let first = made.next()?;
        let sets = fields.iter().map(|name| DeedField::new(name, [])).collect();
        let who = Author::of(&first.principal);
        let deed = Deed { act: String::new(), who, name: String::new(), at: millis(first), sets };
        made.all(|edit| edit.principal == first.principal).then_some(deed)
    };
    EDITS.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{UserId, snapshot::Change};

    fn edit(at: i64, principal: &str, action: &str) -> Edit {
        let (principal, action) = (principal.to_owned(), action.to_owned());
        Edit { at: Some(at), principal, action, message: "something was changed".to_owned() }
    }

    fn who(edits: &[Edit], ours: &[Deed], name: &'static str) -> Option<Author> {
        let change = Change::Field { name, old: None, new: Some("x".to_owned()) };
        deeds::doer(&theirs(edits, ours), &change).map(|deed| deed.who.clone())
    }

    #[test]
    fn an_edit_is_told_as_somebodys_only_where_nobody_else_made_one_of_its_kind_that_day() {
        let (aws, role) = ("AWS Responder", "arn:aws:sts::111122223333:assumed-role/casebridge-command/x");
        let begun = edit(1_000, aws, "UPDATE_CASE_STATUS");
        let sets = vec![DeedField::new("Status", ["Closed"])];
        let act = Deed {
            act: "1".to_owned(),
            who: Author::Slack { user: UserId::new("U1") },
            name: "ana".to_owned(),
            at: 90_000_000,
            sets,
        };
        for (edits, ours, expected) in [
            (vec![], vec![], None),
            (vec![begun.clone()], vec![], Some(Author::AwsResponder)),
            (vec![edit(1, aws, "SOMETHING_NEW")], vec![], None),
            (vec![begun.clone(), edit(1_100, role, "UPDATE_CASE_STATUS")], vec![], None),
            // What is over a day older counts no more.
            (vec![begun.clone(), edit(90_000, role, "UPDATE_CASE_STATUS")], vec![], Some(Author::of(role))),
            // Ours is ours, by whichever role.
            (
                vec![edit(80_000, aws, "UPDATE_CASE_STATUS"), edit(90_001, role, "CLOSE_CASE")],
                vec![act],
                Some(Author::AwsResponder),
            ),
        ] {
            assert_eq!(who(&edits, &ours, "Status"), expected, "{edits:?}");
        }
        assert_eq!(who(&[begun], &[], "Title"), None, "another kind of edit");
    }
}
