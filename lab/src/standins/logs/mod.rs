//! What would CloudWatch Logs answer?
//!
//! Three operations, <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html>: lines are put
//! into a stream that was made before, in a group that somebody else made, and found again by time and by what stands in
//! them. Of filter patterns it knows what compares fields of JSON with texts: `{ ($.a = "b") && ($.c = "d") }`.

mod operations;
mod pattern;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Endpoint, ErrorCode, ServiceClock, Standin,
    exchange::{WireRequest, WireResponse},
    sigv4,
    standin::ServiceModel,
};

/// The group that is there at first.
pub const AUDIT_GROUP: &str = "/casebridge/lab/audit";

/// A running stand-in of CloudWatch Logs.
///
/// It starts with one empty group, [`AUDIT_GROUP`]. Besides what [`Server`](super::Server) offers, its `/_control/` has:
///
/// | request | body | answer |
/// |---|---|---|
/// | `GET lines` | | `{lines}`: all of the group, oldest first |
pub type LogsStandin = Standin<LogsAccount>;

/// Everything, in the wire's own words.
#[derive(Clone)]
pub struct LogsAccount {
    clock: ServiceClock,
    region: String,
    groups: BTreeMap<String, BTreeMap<String, Vec<LogLine>>>,
}

#[derive(Clone)]
struct LogLine {
    at: i64,
    message: String,
}

struct LogsRefusal(&'static str, String);

impl LogsRefusal {
    fn answer(&self) -> WireResponse {
        let Self(name, message) = self;
        let status =
            if *name == "InternalFailure" || *name == "ServiceUnavailableException" { 500 } else { 400 };
        let body = json!({ "__type": name, "message": message }).to_string();
        WireResponse::text(status, "application/x-amz-json-1.1", body)
    }

    fn named(name: &str) -> Self {
        const KNOWN: [&str; 4] = [
            "AccessDeniedException",
            "ResourceNotFoundException",
            "ServiceUnavailableException",
            "ThrottlingException",
        ];
        let wanted = if name == "throttled" { "ThrottlingException" } else { name };
        let known = KNOWN.into_iter().find(|known| *known == wanted);
        Self(known.unwrap_or("InternalFailure"), "as the test asked for".to_owned())
    }
}

impl LogsStandin {
    /// The lines of the group that is there at first, oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.with(|state| state.lines(AUDIT_GROUP))
    }
}

impl LogsAccount {
    fn lines(&self, group: &str) -> Vec<String> {
        let streams = self.groups.get(group).into_iter().flatten();
        let mut lines: Vec<&LogLine> = streams.flat_map(|(_, lines)| lines).collect();
        lines.sort_by_key(|line| line.at);
        lines.into_iter().map(|line| line.message.clone()).collect()
    }
}

impl ServiceModel for LogsAccount {
    fn furnished(endpoint: &Endpoint) -> Self {
        let groups = BTreeMap::from([(AUDIT_GROUP.to_owned(), BTreeMap::new())]);
        Self { clock: endpoint.clock.clone(), region: "eu-west-1".to_owned(), groups }
    }

    fn clock(&self) -> &ServiceClock {
        &self.clock
    }

    fn keep_limits(&mut self) {}

    fn operation(asked: &WireRequest) -> String {
        let target = asked.header("x-amz-target").unwrap_or_default();
        target.strip_prefix("Logs_20140328.").unwrap_or(target).to_owned()
    }

    fn only_reads(asked: &WireRequest) -> bool {
        Self::operation(asked) == "FilterLogEvents"
    }

    fn answer(&mut self, asked: &WireRequest) -> WireResponse {
        if let Some((name, why)) = sigv4::refusal(asked, "logs", &self.region) {
            return LogsRefusal(name, why).answer();
        }
        match operations::perform(self, &Self::operation(asked), asked) {
            Ok(output) => WireResponse::text(200, "application/x-amz-json-1.1", output.to_string()),
            Err(refused) => refused.answer(),
        }
    }

    fn error(code: &ErrorCode) -> WireResponse {
        LogsRefusal::named(code.as_str()).answer()
    }

    fn control(&mut self, asked: &WireRequest) -> Option<WireResponse> {
        let (parts, _) = asked.order();
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["lines"]) => {
                let lines: Vec<Value> = self.lines(AUDIT_GROUP).into_iter().map(Value::from).collect();
                Some(WireResponse::json(200, &json!({ "lines": lines })))
            }
            _ => None,
        }
    }
}
