//! Who took a case.

use serde::{Deserialize, Serialize};

use super::{
    Error, Result, Store, read_note,
    record::{Rest, write},
};
use crate::case::{CaseId, Millis, Seconds, UserId};

/// So long after it was written nobody remembers who took a case.
const KEPT: Millis = 365 * 86_400_000;

/// Somebody who took a case, or was given it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Who; empty where the case was given back.
    #[serde(rename = "user")]
    pub user: UserId,
    /// As others see the name.
    #[serde(rename = "name")]
    pub name: String,
    #[serde(rename = "since")]
    pub since: Seconds,
}

/// The note that says who took it.
pub(crate) fn name(case: &CaseId) -> String {
    format!("owner/{case}")
}

/// Whose the case is.
pub async fn of<S: Store + ?Sized>(store: &S, case: &CaseId) -> Result<Option<Owner>> {
    read(case, store.note(&name(case)).await?)
}

/// The same, by the text of the note.
pub(crate) fn read(case: &CaseId, text: Option<String>) -> Result<Option<Owner>> {
    let Some(text) = text else { return Ok(None) };
    let (owner, _): (Owner, Rest) = read_note(&name(case), &text)?;
    Ok(Some(owner).filter(|owner| owner.user != ""))
}

/// It is this person's from now on; with an empty user, nobody's.
pub(crate) async fn set<S: Store + ?Sized>(
    store: &S,
    case: &CaseId,
    owner: &Owner,
    now: Millis,
) -> Result<()> {
    let name = name(case);
    let old = store.note(&name).await?;
    let json = write(owner, &Rest::default()).map_err(|error| Error::Trouble(error.to_string()))?;
    match store.swap_note(&name, old.as_deref(), &json, Some(now + KEPT)).await? {
        true => Ok(()),
        false => Err(Error::Trouble("two take the case at once".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

    #[test]
    fn what_any_release_wrote_of_who_took_a_case_is_read_as_it_was_meant() {
        let ana = Owner { user: UserId::new("U0ANAEXAMP"), name: "Ana".to_owned(), since: 1_795_669_200 };
        let nobody = Owner { user: UserId::new(""), name: String::new(), since: 1_795_669_300 };
        golden::check_json("owners", &[("ana", ana), ("nobody", nobody)]);
    }
}
