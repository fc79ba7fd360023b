//! Which clocks somebody started on a case.

use serde::{Deserialize, Serialize};

use super::{
    Error, Result, Store, read_note,
    record::{Rest, write},
};
use crate::case::{CaseId, Millis, Seconds, UserId};

/// So long after it was written nobody remembers it: longer than the longest deadline.
const KEPT: Millis = 730 * 86_400_000;

/// A clock that a named person started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseClock {
    /// As the settings call it.
    #[serde(rename = "name")]
    pub name: String,
    /// From when it runs, as that person says.
    #[serde(rename = "start")]
    pub start: Seconds,
    #[serde(rename = "by")]
    pub by: UserId,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Running {
    #[serde(rename = "clocks")]
    clocks: Vec<CaseClock>,
}

/// The note that says which run.
pub(crate) fn name(case: &CaseId) -> String {
    format!("clocks/{case}")
}

/// Those that run.
pub async fn of(store: &dyn Store, case: &CaseId) -> Result<Vec<CaseClock>> {
    read(case, store.note(&name(case)).await?)
}

pub(crate) fn read(case: &CaseId, text: Option<String>) -> Result<Vec<CaseClock>> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let (running, _): (Running, Rest) = read_note(&name(case), &text)?;
    Ok(running.clocks)
}

pub(crate) async fn change(
    store: &dyn Store,
    (case, now): (&CaseId, Millis),
    change: impl FnOnce(&mut Vec<CaseClock>),
) -> Result<()> {
    let name = name(case);
    let old = store.note(&name).await?;
    let (mut running, rest): (Running, Rest) =
        old.as_deref().map(|text| read_note(&name, text)).transpose()?.unwrap_or_default();
    change(&mut running.clocks);
    let json = write(&running, &rest).map_err(|error| Error::Trouble(error.to_string()))?;
    match store.swap_note(&name, old.as_deref(), &json, Some(now + KEPT)).await? {
        true => Ok(()),
        false => Err(Error::Trouble("two set the case's clocks at once".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

    #[test]
    fn what_any_release_wrote_of_a_cases_clocks_is_read_as_it_was_meant() {
        let nis2 = CaseClock { name: "NIS2".to_owned(), start: 1_795_669_200, by: UserId::new("U0ANAEXAMP") };
        let running = Running { clocks: vec![nis2] };
        golden::check_json("case-clocks", &[("one", running), ("none", Running::default())]);
    }
}
