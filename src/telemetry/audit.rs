//! Who did what, from where, and what came of it: a line of the audit trail for every act and every refusal. Ids and words
//! of ours; never a text, a name or a secret.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, macros::format_description};

use crate::case::{CaseId, Millis};

/// One line. Whoever reads the trail years later reads these keys: they may grow, and never change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditLine {
    /// When it was done with, UTC.
    pub at: String,
    /// Names the act: a line that came twice is of one act.
    pub act: String,
    /// By which way it came in.
    pub door: String,
    /// The workspace of whoever did it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub team: String,
    /// Who did it: a user's or account's id, or an ARN.
    pub who: String,
    /// From where.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub channel: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thread: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issue: String,
    pub verb: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    pub decision: Decision,
    /// The setting or the rule that decided.
    pub rule: String,
    pub outcome: AuditOutcome,
    /// What AWS called the requests that were made for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aws: Vec<AwsRequest>,
    /// Of which version something is that was taken up.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
}

/// Whether somebody might.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    #[default]
    Allowed,
    Refused,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    Done,
    Shown,
    Asked,
    /// It was not done: refused by a rule, a limit or the service.
    #[default]
    NotDone,
    /// Nobody knows yet; it is tried again.
    Unknown,
}

/// A request to AWS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AwsRequest {
    pub operation: String,
    /// As CloudTrail has it.
    pub id: String,
}

impl AuditLine {
    /// As it is written.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// When it was done with, as [`AuditLine::at`] says it.
    pub fn time(at: Millis) -> String {
        let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000);
        time.ok().and_then(|time| time.format(form).ok()).unwrap_or_default()
    }
}

/// A line that the trail did not take, in the log of whoever wrote it: no line is lost without a word.
pub fn kept_in_the_log(line: &AuditLine, why: &str) {
    tracing::error!(audit = line.json(), why, "the audit trail did not take a line, so it stands here");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_object_whose_keys_stay_as_they_are() {
        let line = AuditLine {
            at: AuditLine::time(1_795_668_300_012),
            act: "0a1b".to_owned(),
            door: "slash".to_owned(),
            team: "T1".to_owned(),
            who: "U1".to_owned(),
            channel: "C1".to_owned(),
            verb: "close".to_owned(),
            case: Some(CaseId::new("7000000003")),
            decision: Decision::Refused,
            rule: "role: commander".to_owned(),
            aws: vec![AwsRequest { operation: "CloseCase".to_owned(), id: "a-1".to_owned() }],
            ..AuditLine::default()
        };
        assert_eq!(
            line.json(),
            r#"{"at":"2026-11-26T04:45:00.012Z","act":"0a1b","door":"slash","team":"T1","who":"U1","channel":"C1","#
                .to_owned()
                + r#""verb":"close","case":"7000000003","decision":"refused","rule":"role: commander","#
                + r#""outcome":"not_done","aws":[{"operation":"CloseCase","id":"a-1"}]}"#
        );
        assert_eq!(serde_json::from_str::<AuditLine>(&line.json()).ok(), Some(line));
    }
}
