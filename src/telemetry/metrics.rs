//! What does an invocation tell of itself? One line of log that CloudWatch reads as metrics.
//! Embedded metric format: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use std::io::Write;

use serde_json::{Value, json};
use tracing::error;

use crate::{
    case::Millis,
    config::{clock, environment::variable},
    state::Unread,
    telemetry::report::{Report, Tally},
};

pub fn write(now: Millis, reports: &[Report]) {
    tell(|function| line(function, now, reports));
}

/// An alarm counts these: what hangs on the record waits until somebody mends it, or a newer release can read it.
pub fn unreadable(record: &Unread) {
    let Unread { key, why } = record;
    error!(key, %why, "a record cannot be read, and what hangs on it waits");
    tell(|function| line_of(function, clock::now(), &[("Unreadable", "Count", json!(1))]));
}

/// Somebody wanted something that they may not, or that a rule forbids.
pub fn refused() {
    tell(|function| line_of(function, clock::now(), &[("Refused", "Count", json!(1))]));
}

/// An alarm counts these: somebody else writes to the inbox.
pub fn forged() {
    tell(|function| line_of(function, clock::now(), &[("ForgedJobs", "Count", json!(1))]));
}

/// An alarm counts these: a line of the audit trail stands in the function's own log only, which ends sooner.
pub fn unaudited() {
    tell(|function| line_of(function, clock::now(), &[("AuditFailures", "Count", json!(1))]));
}

/// Nobody has set the stack up yet: no alarm counts this, and one subtracts it.
pub fn not_set_up() {
    count(&["NotSetUp", "Sweeps"]);
}

/// An alarm counts these.
pub fn secret_failed() {
    count(&["SecretFailures"]);
}

/// Settings that do not pass the check are a record that cannot be read.
pub fn settings_failed() {
    count(&["Unreadable"]);
}

/// Something waits for a person, found by whoever tells nothing himself.
pub(crate) fn parked() {
    count(&["Parked"]);
}

fn count(names: &[&str]) {
    let metrics: Vec<_> = names.iter().map(|name| (*name, "Count", json!(1))).collect();
    tell(|function| line_of(function, clock::now(), &metrics));
}

fn tell(line: impl FnOnce(&str) -> Value) {
    // The alarms know the function by the name that it was deployed under.
    let Some(function) = variable("AWS_LAMBDA_FUNCTION_NAME") else { return };
    let _ = writeln!(std::io::stdout().lock(), "{}", line(&function));
}

/// The line: counts and seconds, no id and no text. `LagSeconds` is there only where something was told to its end.
fn line(function: &str, now: Millis, reports: &[Report]) -> Value {
    let mut tally = Tally::default();
    reports.iter().for_each(|report| tally.add(&report.tally));
    let count = |of: fn(&Report) -> u32| reports.iter().map(of).sum::<u32>();
    let sweeps = count(|report| u32::from(report.swept));
    let cases = u32::try_from(reports.len()).unwrap_or(u32::MAX) - sweeps;
    let breakers = count(|report| u32::try_from(report.broken.len()).unwrap_or(u32::MAX));
    let counts = [
        ("Planned", tally.planned),
        ("Done", tally.done + tally.set),
        ("Unknown", tally.unknown),
        ("Waiting", count(|report| report.waiting)),
        ("Parked", tally.parked),
        ("BreakersOpen", breakers),
        ("Panics", count(|report| report.panics)),
        ("Cases", cases),
        ("Sweeps", sweeps),
    ];
    let lag = reports.iter().filter_map(|report| report.lag).max();
    let mut metrics: Vec<_> = counts.map(|(name, count)| (name, "Count", json!(count))).into();
    metrics.extend(lag.map(|lag| ("LagSeconds", "Seconds", json!(lag))));
    line_of(function, now, &metrics)
}

fn line_of(function: &str, now: Millis, metrics: &[(&str, &str, Value)]) -> Value {
    let declared: Vec<Value> =
        metrics.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": now,
            "CloudWatchMetrics": [{"Namespace": "Casebridge", "Dimensions": [["FunctionName"]], "Metrics": declared}],
        },
        "FunctionName": function,
    });
    for (name, _, value) in metrics {
        line[*name] = value.clone();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_stands_under_the_name_of_its_function() {
        let line = line_of("casebridge-command", 1_790_000_000_000, &[("Unreadable", "Count", json!(1))]);
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Namespace"], "Casebridge");
        assert_eq!(declared["Dimensions"], json!([["FunctionName"]]));
        assert_eq!(declared["Metrics"], json!([{"Name": "Unreadable", "Unit": "Count"}]));
        assert_eq!((&line["FunctionName"], &line["Unreadable"]), (&json!("casebridge-command"), &json!(1)));
    }

    #[test]
    fn every_metric_that_is_declared_has_a_value_and_the_lag_only_when_known() {
        let tally = Tally { planned: 3, done: 1, set: 1, unknown: 1, parked: 0 };
        let told = Report { tally, lag: Some(4), ..Report::default() };
        let swept = Report { swept: true, ..Report::default() };
        let written =
            line("notify", 1_790_000_000_000, &[told.clone(), Report { waiting: 2, ..told }, swept.clone()]);
        let declared =
            written["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().cloned().unwrap_or_default();
        assert_eq!(declared.len(), 10);
        assert!(declared.iter().all(|metric| written[metric["Name"].as_str().unwrap_or("-")].is_number()));
        assert_eq!(
            (&written["Planned"], &written["Done"], &written["Cases"], &written["Sweeps"]),
            (&json!(6), &json!(4), &json!(2), &json!(1))
        );
        assert_eq!(written["LagSeconds"], json!(4));
        assert_eq!(line("notify", 0, &[swept]).get("LagSeconds"), None);
    }
}
