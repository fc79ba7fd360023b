//! How is something of ours known again where it stands? By a mark that no reader sees.

use super::contract::Found;
use crate::{case::CaseId, state::key::Key};

/// Marks a message or comment of ours: `1234567890/comment/000123/0#hash`.
pub fn mark(case: &CaseId, key: &Key, hash: &str) -> String {
    format!("{case}/{key}#{hash}")
}

/// Reads a mark of ours on this case.
pub fn unmark(case: &CaseId, mark: &str) -> Option<(Key, String)> {
    let (key, hash) = mark.strip_prefix(case.as_str())?.strip_prefix('/')?.rsplit_once('#')?;
    Some((Key(key.to_owned()), hash.to_owned()))
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
        let text = mark(&case, &key, "abc");
        assert_eq!(unmark(&case, &text), Some((key, "abc".to_owned())));
        assert_eq!(unmark(&CaseId::new("1234567891"), &text), None);
        assert_eq!(unmark(&case, "1234567890"), None);
    }

    #[test]
    fn every_mark_that_any_release_left_is_read_as_it_was_meant() {
        let case = CaseId::new("7000000003");
        let of = |key: &str, hash: &str| (Key(key.to_owned()), hash.to_owned());
        golden::check(
            "marks",
            &[
                ("card", of("home", "0ff94921abf810966091")),
                ("comment", of("comment/100001/0", "58c64f4b7a3b2c1d0e9f")),
                ("changes", of("changes/12", "58c64f4b7a3b2c1d0e9f")),
                ("step", of("investigation/inv-0123456789ab", "58c64f4b7a3b2c1d0e9f")),
                ("reminder", of("nudge/true/1795668300", "")),
            ],
            |(key, hash)| serde_json::to_string(&mark(&case, key, hash)).unwrap(),
            |json| unmark(&case, &serde_json::from_str::<String>(json).unwrap()).unwrap(),
        );
    }
}
