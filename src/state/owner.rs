//! Who took a case.

use serde::{Deserialize, Serialize};

use super::{
    Error, Result, Store, read_note,
    record::{Rest, write},
};
use crate::case::{CaseId, Email, Millis, Seconds, UserId};

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
    /// Who gave it to them, where that was somebody else.
    #[serde(rename = "by", default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// By which Jira finds them, where the settings make the owner the assignee.
    #[serde(rename = "email", default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

/// The note that says who took it.
pub(crate) fn name(case: &CaseId) -> String {
    format!("owner/{case}")
}

/// Whose the case is.
pub async fn of(store: &dyn Store, case: &CaseId) -> Result<Option<Owner>> {
    read(case, store.note(&name(case)).await?)
}

pub(crate) fn read(case: &CaseId, text: Option<String>) -> Result<Option<Owner>> {
    let Some(text) = text else { return Ok(None) };
    let (owner, _): (Owner, Rest) = read_note(&name(case), &text)?;
    Ok(Some(owner).filter(|owner| owner.user != ""))
}

/// Nobody remembers any more whose it was.
pub(crate) async fn forget(store: &dyn Store, case: &CaseId, now: Millis) -> Result<()> {
    let nobody = Owner { user: UserId::new(""), name: String::new(), since: 0, by: None, email: None };
    match store.note(&name(case)).await? {
        Some(_) => set(store, case, &nobody, now).await,
        None => Ok(()),
    }
}

/// It is this person's from now on; with an empty user, nobody's.
pub(crate) async fn set(store: &dyn Store, case: &CaseId, owner: &Owner, now: Millis) -> Result<()> {
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
        let owner = |user: &str, name: &str, since| Owner {
            user: UserId::new(user),
            name: name.to_owned(),
            since,
            by: None,
            email: None,
        };
        let ana = owner("U0ANAEXAMP", "Ana", 1_795_669_200);
        let given = Owner { by: Some(UserId::new("U0BOEXAMPL")), ..ana.clone() };
        let nobody = owner("", "", 1_795_669_300);
        let found = Owner { email: Some(Email::new("ana@example.com")), ..ana.clone() };
        let all = [("ana", ana), ("found in Jira", found), ("given", given), ("nobody", nobody)];
        golden::check_json("owners", &all);
    }
}
