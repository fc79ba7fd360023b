//! Of which cases only some may know. One note, which is read before anything is said of any case to anybody.

use serde::{Deserialize, Serialize};

use super::{
    Error, Result, Store, read_note,
    record::{Rest, write},
};
use crate::case::{CaseId, MemberId};

pub(crate) const NAME: &str = "restricted";
const TRIES: u8 = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictedCases {
    #[serde(rename = "cases")]
    pub cases: Vec<RestrictedCase>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictedCase {
    #[serde(rename = "case")]
    pub case: CaseId,
    /// Who may know of it before it has a channel, whose members may.
    #[serde(rename = "people")]
    pub people: Vec<MemberId>,
}

impl RestrictedCases {
    /// Who may know of a case; `None` where everybody with a role may.
    pub(crate) fn people(&self, case: &CaseId) -> Option<&[MemberId]> {
        self.cases.iter().find(|one| one.case == *case).map(|one| one.people.as_slice())
    }

    fn add(&mut self, case: &CaseId, people: &[MemberId]) {
        let mut all = self.people(case).unwrap_or_default().to_vec();
        all.extend(people.iter().cloned());
        all.sort();
        all.dedup();
        self.cases.retain(|one| one.case != *case);
        self.cases.push(RestrictedCase { case: case.clone(), people: all });
        self.cases.sort_by(|a, b| a.case.cmp(&b.case));
    }

    fn remove(&mut self, case: &CaseId) {
        self.cases.retain(|one| one.case != *case);
    }

    /// What the note says.
    ///
    /// # Errors
    /// [`Error::Unreadable`]: nobody knows which cases they are.
    pub(crate) fn parse(text: Option<&str>) -> Result<(Self, Rest)> {
        text.map_or_else(|| Ok(Default::default()), |text| read_note(NAME, text))
    }
}

/// Says that only these may know of a case, besides those who may already.
pub(crate) async fn add(store: &dyn Store, case: &CaseId, people: &[MemberId]) -> Result<()> {
    change(store, |known| known.add(case, people)).await
}

/// Says that everybody with a role may know of this case.
pub(crate) async fn remove(store: &dyn Store, case: &CaseId) -> Result<()> {
    change(store, |known| known.remove(case)).await
}

async fn change(store: &dyn Store, make: impl Fn(&mut RestrictedCases)) -> Result<()> {
    for _ in 0..TRIES {
        let old = store.note(NAME).await?;
        let (before, rest) = RestrictedCases::parse(old.as_deref())?;
        let mut after = before.clone();
        make(&mut after);
        if after == before {
            return Ok(());
        }
        let json = write(&after, &rest).map_err(|error| Error::Trouble(error.to_string()))?;
        if store.swap_note(NAME, old.as_deref(), &json, None).await? {
            return Ok(());
        }
    }
    Err(Error::Trouble("too many restrict or lift at once".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{golden, memory::Memory};

    #[tokio::test]
    async fn who_may_know_grows_until_everybody_may() {
        let (store, case) = (Memory::default(), CaseId::new("7000000003"));
        for people in [["U2", "U1"], ["U1", "S3"]] {
            add(&store, &case, &people.map(MemberId::new)).await.unwrap();
        }
        let text = store.note(NAME).await.unwrap();
        let (known, _) = RestrictedCases::parse(text.as_deref()).unwrap();
        assert_eq!(known.people(&case), Some(["S3", "U1", "U2"].map(MemberId::new).as_slice()));
        assert_eq!(known.people(&CaseId::new("7000000004")), None);
        remove(&store, &case).await.unwrap();
        let text = store.note(NAME).await.unwrap();
        assert_eq!(RestrictedCases::parse(text.as_deref()).unwrap().0.people(&case), None);
    }

    #[test]
    fn what_any_release_wrote_of_restricted_cases_is_read_as_it_was_meant() {
        let people = vec![MemberId::new("S1"), MemberId::new("U1")];
        let one = RestrictedCases { cases: vec![RestrictedCase { case: CaseId::new("7000000003"), people }] };
        golden::check_json("restricted", &[("one", one), ("none", RestrictedCases::default())]);
        golden::damage::<RestrictedCases>("restricted", &[], &[]);
    }
}
