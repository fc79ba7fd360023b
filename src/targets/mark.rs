//! How something of ours is known again where it stands: by a mark that no reader sees.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::contract::Found;
use crate::{
    case::{CaseId, DeploymentId, MemberId},
    state::key::{Fingerprint, Key},
};

/// Names a message or comment of ours: `1234567890/comment/000123/0#hash`, and says which deployment wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    text: String,
    by: Option<DeploymentId>,
    /// The call that the message makes as well.
    pub calls: Option<Called>,
}

/// A call as its message made it: under which key, of whom, and what its readers are told of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    pub key: Key,
    #[serde(default)]
    pub whom: Vec<MemberId>,
    #[serde(default)]
    pub remarks: Vec<String>,
}

impl Mark {
    /// As it stands at a target, where anybody may have written it.
    pub fn new(mark: impl Into<String>) -> Self {
        Self { text: mark.into(), by: None, calls: None }
    }

    pub fn of(case: &CaseId, key: &Key, hash: &Fingerprint) -> Self {
        Self::new(format!("{case}/{key}#{hash}"))
    }

    /// The same as this deployment writes it.
    #[must_use]
    pub fn signed(&self, by: Option<&DeploymentId>) -> Self {
        Self { by: by.cloned(), ..self.clone() }
    }

    /// The same of a message that calls as well.
    #[must_use]
    pub fn calling(self, calls: Called) -> Self {
        Self { calls: Some(calls), ..self }
    }

    /// Who wrote it; `None` where nobody signed, as until 0.1.0.
    pub fn by(&self) -> Option<&DeploymentId> {
        self.by.as_ref()
    }

    /// As it stands beside what it names: a later release may put more there.
    pub fn payload(&self) -> Value {
        let mut payload = json!({"mark": self.text});
        if let Some(by) = &self.by {
            payload["by"] = json!(by);
        }
        if let Some(calls) = &self.calls {
            payload["calls"] = json!(calls);
        }
        payload
    }

    /// Reads what [`Self::payload`] wrote.
    pub fn of_payload(payload: &Value) -> Option<Self> {
        let text = |name: &str| payload.get(name).and_then(Value::as_str);
        let calls = payload.get("calls").and_then(|calls| Called::deserialize(calls).ok());
        Some(Self { text: text("mark")?.to_owned(), by: text("by").map(DeploymentId::new), calls })
    }

    /// The key and the hash, where it is one of ours on this case.
    pub fn read(&self, case: &CaseId) -> Option<(Key, Fingerprint)> {
        let (key, hash) = self.text.strip_prefix(case.as_str())?.strip_prefix('/')?.rsplit_once('#')?;
        Some((Key(key.to_owned()), Fingerprint::new(hash)))
    }

    pub fn as_str(&self) -> &str {
        &self.text
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
            |(key, hash)| Value::from(Mark::of(&case, key, hash).as_str()).to_string(),
            |json| Mark::new(serde_json::from_str::<String>(json).unwrap()).read(&case).unwrap(),
        );
    }

    #[test]
    fn what_any_release_left_beside_a_mark_says_who_wrote_it_and_may_say_more() {
        let (case, hash) = (CaseId::new("7000000003"), Fingerprint::new("58c64f4b7a3b2c1d0e9f"));
        let mark = Mark::of(&case, &Key("changes/12".to_owned()), &hash);
        let signed = mark.signed(Some(&DeploymentId::new("0ff94921abf810966091")));
        let calls = Called {
            key: Key::call("move/1795668300"),
            whom: vec![MemberId::new("U024BE7LH")],
            remarks: vec!["Not here, and cannot be invited: bo".to_owned()],
        };
        let calling = Mark { calls: Some(calls), ..signed.clone() };
        golden::check(
            "signed-marks",
            &[("of nobody", mark), ("of a deployment", signed.clone()), ("of a call", calling)],
            |mark| mark.payload().to_string(),
            |json| Mark::of_payload(&serde_json::from_str(json).unwrap()).unwrap(),
        );
        let mut later = signed.payload();
        later["later"] = json!(1);
        assert_eq!(Mark::of_payload(&later), Some(signed));
        assert_eq!(Mark::of_payload(&json!({"by": "a"})), None);
    }
}
