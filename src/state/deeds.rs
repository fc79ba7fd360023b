//! Who set what on a case through us, for a day: whoever reads that it changed is to read whose doing it was.

use serde::{Deserialize, Serialize};

use super::{
    Error, Result, Store, read_note,
    record::{Rest, write},
};
use crate::case::{CaseId, Millis, author::Author, snapshot::Change, text};

/// A deed is known for so long: longer than a change stays untold.
const KEPT: Millis = 24 * 60 * 60 * 1_000;
/// The most deeds of one case that are known.
const MOST: usize = 100;
const TRIES: u8 = 5;

/// What somebody set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Names the act: one that is delivered again did not do it twice.
    #[serde(rename = "act")]
    pub act: String,
    #[serde(rename = "who")]
    pub who: Author,
    /// How they are called, for those who cannot look an id up.
    #[serde(rename = "name")]
    pub name: String,
    #[serde(rename = "at")]
    pub at: Millis,
    #[serde(rename = "sets")]
    pub sets: Vec<DeedField>,
}

/// A field that was set, named as `Change::set` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeedField {
    #[serde(rename = "field")]
    pub field: String,
    /// Hashes of what it was set to; none where that is not for us to say.
    #[serde(rename = "to")]
    pub to: Vec<String>,
}

impl DeedField {
    pub(crate) fn new<'a>(field: &str, to: impl IntoIterator<Item = &'a str>) -> Self {
        Self { field: field.to_owned(), to: to.into_iter().map(text::hash).collect() }
    }

    fn made(&self, change: &Change) -> bool {
        let (field, values) = change.set();
        let known = |value: &&str| self.to.contains(&text::hash(value));
        self.field == field && (self.to.is_empty() || values.iter().all(known))
    }
}

/// The field that a case's opening sets.
pub(crate) const OPENED: &str = "Opened";

/// Who opened the case through us.
pub(crate) fn opener(deeds: &[Deed]) -> Option<&Deed> {
    deeds.iter().find(|deed| deed.sets.iter().any(|set| set.field == OPENED))
}

/// Who made a change: the last who set just that.
pub(crate) fn doer<'d>(deeds: &'d [Deed], change: &Change) -> Option<&'d Deed> {
    deeds.iter().rev().find(|deed| deed.sets.iter().any(|set| set.made(change)))
}

pub(crate) fn name(case: &CaseId) -> String {
    format!("deeds/{case}")
}

fn parse(case: &CaseId, text: Option<&str>) -> Result<(Vec<Deed>, Rest)> {
    text.map_or_else(|| Ok(Default::default()), |text| read_note(&name(case), text))
}

/// What was done on a case in the last day, by the text of its note.
pub(crate) fn read(case: &CaseId, text: Option<&str>) -> Result<Vec<Deed>> {
    Ok(parse(case, text)?.0)
}

/// What was done on a case in the last day, oldest first.
pub async fn of(store: &dyn Store, case: &CaseId) -> Result<Vec<Deed>> {
    Ok(parse(case, store.note(&name(case)).await?.as_deref())?.0)
}

/// Remembers a deed before it is done.
pub(crate) async fn note(store: &dyn Store, case: &CaseId, deed: &Deed) -> Result<()> {
    for _ in 0..TRIES {
        let old = store.note(&name(case)).await?;
        let (mut deeds, rest) = parse(case, old.as_deref())?;
        deeds.retain(|one| one.act != deed.act && one.at > deed.at - KEPT);
        deeds.push(deed.clone());
        deeds.drain(..deeds.len().saturating_sub(MOST));
        let json = write(&deeds, &rest).map_err(|error| Error::Trouble(error.to_string()))?;
        if store.swap_note(&name(case), old.as_deref(), &json, Some(deed.at + KEPT)).await? {
            return Ok(());
        }
    }
    Err(Error::Trouble("too many change the case at once".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::UserId,
        state::{golden, memory::Memory},
    };

    fn deed(act: &str, user: &str, at: Millis, sets: Vec<DeedField>) -> Deed {
        let who = Author::Slack { user: UserId::new(user) };
        Deed { act: act.to_owned(), who, name: user.to_lowercase(), at, sets }
    }

    fn field(name: &'static str, new: &str) -> Change {
        Change::Field { name, old: Some("x".to_owned()), new: Some(new.to_owned()) }
    }

    #[test]
    fn a_change_is_the_doing_of_the_last_who_set_just_that() {
        let status = |to: &str| vec![DeedField::new("Status", [to])];
        let deeds = [
            deed("1", "U1", 1, status("Containment")),
            deed("2", "U2", 2, status("Closed")),
            deed("3", "U3", 3, vec![DeedField::new("Closure", []), DeedField::new("Title", ["Two keys"])]),
            deed("4", "U4", 4, vec![DeedField::new("Watchers", ["a@x.example", "b@x.example"])]),
        ];
        let list = |added: &[&str]| Change::List {
            name: "Watchers",
            added: added.iter().map(|one| (*one).to_owned()).collect(),
            removed: vec![],
        };
        for (change, expected) in [
            (field("Status", "Containment"), Some("u1")),
            (field("Status", "Closed"), Some("u2")),
            (field("Status", "Submitted"), None),
            (field("Closure", "Duplicate"), Some("u3")),
            (field("Title", "Two keys"), Some("u3")),
            (field("Title", "Three keys"), None),
            (list(&["b@x.example"]), Some("u4")),
            (list(&["b@x.example", "c@x.example"]), None),
            (Change::Description, None),
        ] {
            assert_eq!(doer(&deeds, &change).map(|deed| deed.name.as_str()), expected, "{change:?}");
        }
    }

    #[tokio::test]
    async fn deeds_are_known_for_a_day_each_once_and_hold_no_text() {
        let (store, case) = (Memory::default(), CaseId::new("7000000003"));
        for (act, at) in [("1", 0), ("2", KEPT - 1), ("2", KEPT - 1), ("3", KEPT)] {
            let sets = vec![DeedField::new("Title", ["CANARY"])];
            note(&store, &case, &deed(act, "U1", at, sets)).await.unwrap();
        }
        let acts: Vec<_> = of(&store, &case).await.unwrap().into_iter().map(|deed| deed.act).collect();
        assert_eq!(acts, ["2", "3"]);
        assert!(!store.note("deeds/7000000003").await.unwrap().unwrap().contains("CANARY"));
    }

    #[test]
    fn every_deed_that_any_release_wrote_down_is_read_as_it_was_meant() {
        let sets = vec![DeedField::new("Status", ["Closed"]), DeedField::new("Closure", [])];
        let jira = Deed { who: Author::Jira { name: "Ana".to_owned() }, ..deed("b", "U1", 2, vec![]) };
        golden::check_json("deeds", &[("two", vec![deed("a", "U1", 1, sets), jira]), ("none", vec![])]);
        golden::damage::<Vec<Deed>>("deeds", &[], &[]);
    }
}
