//! How something of ours is known again where it stands: by a mark that no reader sees.

use serde::Serialize;

use super::contract::Found;
use crate::{
    case::CaseId,
    state::key::{Fingerprint, Key},
};

/// Names a message or comment of ours: `1234567890/comment/000123/0#hash`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Mark(String);

impl Mark {
    /// As it stands at a target, where anybody may have written it.
    pub fn new(mark: impl Into<String>) -> Self {
        Self(mark.into())
    }

    pub fn of(case: &CaseId, key: &Key, hash: &Fingerprint) -> Self {
        Self(format!("{case}/{key}#{hash}"))
    }

    /// The key and the hash, where it is one of ours on this case.
    pub fn read(&self, case: &CaseId) -> Option<(Key, Fingerprint)> {
        let (key, hash) = self.0.strip_prefix(case.as_str())?.strip_prefix('/')?.rsplit_once('#')?;
        Some((Key(key.to_owned()), Fingerprint::new(hash)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the earliest is called that bears this key.
pub fn earliest(heard: &[Found], key: &Key) -> Option<String> {
    let ours = heard.iter().filter(|one| one.key == *key);
    ours.min_by_key(|one| one.at).map(|one| one.remote.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::golden;

    #[test]
    fn a_mark_reads_back_and_one_of_another_case_does_not() {
        let (case, key) = (CaseId::new("1234567890"), Key("comment/000001/0".to_owned()));
        let text = Mark::of(&case, &key, &Fingerprint::new("abc"));
        assert_eq!(text.read(&case), Some((key, Fingerprint::new("abc"))));
        assert_eq!(text.read(&CaseId::new("1234567891")), None);
        assert_eq!(Mark::new("1234567890").read(&case), None);
    }

    #[test]
    fn every_mark_that_any_release_left_is_read_as_it_was_meant() {
        let case = CaseId::new("7000000003");
        let of = |key: &str, hash: &str| (Key(key.to_owned()), Fingerprint::new(hash));
        golden::check(
            "marks",
            &[
                ("card", of("home", "0ff94921abf810966091")),
                ("comment", of("comment/100001/0", "58c64f4b7a3b2c1d0e9f")),
                ("changes", of("changes/12", "58c64f4b7a3b2c1d0e9f")),
                ("step", of("investigation/inv-0123456789ab", "58c64f4b7a3b2c1d0e9f")),
                ("reminder", of("nudge/true/1795668300", "")),
            ],
            |(key, hash)| serde_json::to_string(&Mark::of(&case, key, hash)).unwrap(),
            |json| Mark::new(serde_json::from_str::<String>(json).unwrap()).read(&case).unwrap(),
        );
    }
}
