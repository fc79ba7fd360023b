//! What may the bridge still ask, and when? Turns that it took in the table, and what a service asked to be left alone
//! for.

use std::{collections::BTreeMap, sync::Mutex};

use casebridge::{
    case::Millis,
    state::{Reserved, Wanted},
};
use serde::Serialize;

use super::feed::lock;

/// The notes that hold what a service asked for.
const LEFT_ALONE: &str = "quiet/";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// A turn each so many milliseconds; none where a service asked to be left alone.
    pub every: Option<Millis>,
    /// Turns that were taken.
    pub taken: u64,
    /// Nothing before this.
    pub free: Millis,
}

/// By whose they are: `slack/C024BE91L`, `sir/ListComments`, `slack/chat.update`.
#[derive(Default)]
pub struct Budgets(Mutex<BTreeMap<String, Budget>>);

impl Budgets {
    pub fn all(&self) -> BTreeMap<String, Budget> {
        lock(&self.0).clone()
    }

    pub fn reserved(&self, gate: &str, wanted: Wanted, reserved: Reserved) {
        let mut all = lock(&self.0);
        let budget = all.entry(gate.to_owned()).or_default();
        budget.every = Some(wanted.spacing);
        match reserved {
            Reserved::At(turn) => {
                budget.taken += 1;
                budget.free = turn + wanted.spacing;
            }
            Reserved::NotBefore(free) => budget.free = free,
        }
    }

    /// What a note says that names what is to be left alone, and until when.
    pub fn noted(&self, name: &str, json: &str) {
        let Some(service) = name.strip_prefix(LEFT_ALONE) else { return };
        let Ok(each) = serde_json::from_str::<BTreeMap<String, Millis>>(json) else { return };
        let mut all = lock(&self.0);
        all.retain(|name, budget| budget.every.is_some() || !name.starts_with(&format!("{service}/")));
        for (what, free) in each {
            all.insert(format!("{service}/{what}"), Budget { free, ..Budget::default() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_counted_and_a_word_of_a_service_ends_with_the_next_one() {
        let budgets = Budgets::default();
        let wanted = Wanted { spacing: 1_100, latest: 9_000 };
        budgets.reserved("slack/C1", wanted, Reserved::At(5_000));
        budgets.reserved("slack/C1", wanted, Reserved::NotBefore(9_500));
        budgets.noted("quiet/slack", r#"{"chat.update":30000}"#);
        budgets.noted("quiet/jira", r#"{"all":40000}"#);
        budgets.noted("breaker/slack", r#"{"views.open":1}"#);
        let shown = |every, taken, free| Budget { every, taken, free };
        let name = |name: &str| name.to_owned();
        let turns = (name("slack/C1"), shown(Some(1_100), 1, 9_500));
        let jira = (name("jira/all"), shown(None, 0, 40_000));
        assert_eq!(
            budgets.all(),
            [turns.clone(), jira.clone(), (name("slack/chat.update"), shown(None, 0, 30_000))].into()
        );
        budgets.noted("quiet/slack", "{}");
        assert_eq!(budgets.all(), [turns, jira].into());
    }
}
