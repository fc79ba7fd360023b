//! What arrived at `notify`? EventBridge events, bare or as bodies of an SQS batch, decoded into hints.
//! Detail-types: <https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-security-ir.html>.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    case::{CaseId, MembershipId},
    state::Asked,
};

/// What an event asks for. It never says what to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Look at this case; at all of its comments where an old one changed.
    Case {
        id: CaseId,
        full: bool,
        /// It says that the case itself changed, and no comment.
        changed: bool,
        /// The event's id: one that comes twice asks for nothing more.
        event: String,
    },
    Membership {
        id: MembershipId,
        what: &'static str,
        /// The event's id: an event is told once.
        event: String,
    },
    Sweep,
    /// Look at this case, of which something is due: `command` wrote it down.
    Due(CaseId),
    /// An event of the same source that tells us nothing, CloudTrail's among them.
    NotOurs,
}

/// What a batch of events asks of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asking {
    times: u64,
    full: bool,
    changed: bool,
    events: Vec<String>,
}

/// So much of an event's id is remembered.
const REMEMBERED: usize = 13;

impl Asking {
    pub fn add(&mut self, full: bool, changed: bool, event: String) {
        self.times += 1;
        self.full |= full;
        self.changed |= changed;
        self.events
            .extend(event.get(..REMEMBERED.min(event.len())).filter(|id| !id.is_empty()).map(str::to_owned));
    }

    pub(crate) fn asked(&self) -> Asked {
        Asked { times: self.times, full: self.full }
    }

    /// Whether the case itself is said to have changed.
    pub(crate) fn is_of_a_change(&self) -> bool {
        self.changed
    }

    /// Whether each of these events came before.
    pub(crate) fn is_known(&self, events: &[String]) -> bool {
        let all = u64::try_from(self.events.len()).is_ok_and(|named| named == self.times);
        all && self.events.iter().all(|event| events.contains(event))
    }

    pub(crate) fn events(&self) -> &[String] {
        &self.events
    }
}

/// Why an event cannot be read. Says which part, never what stood there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TriggerError {
    #[error("not an EventBridge event")]
    Shape,
    #[error("{0} without a valid id")]
    Id(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ServiceEvent {
    #[serde(default)]
    id: String,
    #[serde(default)]
    source: String,
    detail_type: String,
    #[serde(default)]
    detail: Detail,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    case_id: Option<String>,
    membership_id: Option<String>,
}

/// Reads an event from the text of an SQS message.
pub(crate) fn decode(text: &str) -> Result<Hint, TriggerError> {
    let value = serde_json::from_str(text).map_err(|_| TriggerError::Shape)?;
    decode_value(value)
}

/// Reads an event.
pub fn decode_value(value: Value) -> Result<Hint, TriggerError> {
    if value.get("sweep") == Some(&Value::Bool(true)) {
        return Ok(Hint::Sweep);
    }
    if let Some(due) = value.get("due") {
        let id = due.as_str().and_then(CaseId::parse);
        return id.map(Hint::Due).ok_or_else(|| TriggerError::Id("due".to_owned()));
    }
    let event: ServiceEvent = serde_json::from_value(value).map_err(|_| TriggerError::Shape)?;
    match event.detail_type.as_str() {
        "Case Comment Updated" => case(event, true, false),
        "Case Updated" | "Case Closed" => case(event, false, true),
        "Case Created" | "Case Comment Added" | "Case Comment Created" => case(event, false, false),
        "Membership Created" => membership(event, "Membership Created"),
        "Membership Updated" => membership(event, "Membership Updated"),
        // The page that introduces the cancelling calls the same event "Closed".
        "Membership Cancelled" | "Membership Closed" => membership(event, "Membership Cancelled"),
        "Membership Terminated" => membership(event, "Membership Terminated"),
        _ => Ok(Hint::NotOurs),
    }
}

fn case(event: ServiceEvent, full: bool, changed: bool) -> Result<Hint, TriggerError> {
    if event.source != "aws.security-ir" {
        return Ok(Hint::NotOurs);
    }
    let id = event.detail.case_id.as_deref().and_then(CaseId::parse);
    id.map(|id| Hint::Case { id, full, changed, event: event.id }).ok_or(TriggerError::Id(event.detail_type))
}

fn membership(event: ServiceEvent, what: &'static str) -> Result<Hint, TriggerError> {
    let id = event.detail.membership_id.as_deref().and_then(MembershipId::parse);
    id.map(|id| Hint::Membership { id, what, event: event.id }).ok_or(TriggerError::Id(event.detail_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(detail_type: &str, detail: &str) -> String {
        format!(
            r#"{{"version":"0","id":"e1","source":"aws.security-ir","detail-type":"{detail_type}","detail":{detail}}}"#
        )
    }

    #[test]
    fn every_detail_type_and_its_alias_is_understood() {
        let (id, event_id) = (CaseId::new("1234567890"), "e1".to_owned());
        for (detail_type, full, changed) in [
            ("Case Created", false, false),
            ("Case Updated", false, true),
            ("Case Closed", false, true),
            ("Case Comment Added", false, false),
            ("Case Comment Created", false, false),
            ("Case Comment Updated", true, false),
        ] {
            let hint = Hint::Case { id: id.clone(), full, changed, event: event_id.clone() };
            assert_eq!(decode(&event(detail_type, r#"{"caseId":"1234567890"}"#)), Ok(hint));
        }
        for (detail_type, what) in [
            ("Membership Created", "Membership Created"),
            ("Membership Updated", "Membership Updated"),
            ("Membership Cancelled", "Membership Cancelled"),
            ("Membership Closed", "Membership Cancelled"),
            ("Membership Terminated", "Membership Terminated"),
        ] {
            let id = MembershipId::new("m-1234567890");
            let hint = Hint::Membership { id, what, event: "e1".to_owned() };
            assert_eq!(decode(&event(detail_type, r#"{"membershipId":"m-1234567890"}"#)), Ok(hint));
        }
    }

    #[test]
    fn what_command_left_is_looked_at() {
        let id = CaseId::new("1234567890");
        assert_eq!(decode(&crate::runtime::live::trigger(&id)), Ok(Hint::Due(id)));
        assert_eq!(decode(r#"{"due":"../x"}"#), Err(TriggerError::Id("due".to_owned())));
    }

    #[test]
    fn only_events_that_all_came_before_ask_for_nothing_new() {
        let asking = |ids: &[&str]| {
            let mut asking = Asking::default();
            ids.iter().for_each(|id| asking.add(false, false, (*id).to_owned()));
            asking
        };
        let known = ["0b3c7e5a-91d2".to_owned(), "e2".to_owned()];
        assert!(asking(&["0b3c7e5a-91d2-4b7e-a3f0-000000000001", "e2"]).is_known(&known));
        assert!(!asking(&["e2", "e3"]).is_known(&known));
        assert!(!asking(&["e2", ""]).is_known(&known), "one without an id may be any");
        assert_eq!(asking(&["é".repeat(20).as_str()]).asked(), Asked { times: 1, full: false });
    }

    #[test]
    fn cloudtrails_events_of_the_same_source_are_not_ours() {
        let text = event("AWS API Call via CloudTrail", r#"{"eventName":"CreateCase"}"#);
        assert_eq!(decode(&text), Ok(Hint::NotOurs));
    }

    #[test]
    fn a_case_event_of_another_source_is_not_ours() {
        let text = event("Case Created", r#"{"caseId":"1234567890"}"#).replace("aws.security-ir", "someone");
        assert_eq!(decode(&text), Ok(Hint::NotOurs));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_that_does_not_repeat_it() {
        for text in ["", "[]", "{}", "null", "{\"detail-type\":1}"] {
            assert!(decode(text) == Err(TriggerError::Shape), "{text}");
        }
        for id in ["", "x", "../../etc", "123"] {
            let text = event("Case Created", &format!(r#"{{"caseId":"{id}"}}"#));
            assert_eq!(decode(&text), Err(TriggerError::Id("Case Created".to_owned())));
        }
        let text = event("Case Created", "{}");
        assert_eq!(decode(&text), Err(TriggerError::Id("Case Created".to_owned())));
    }
}
