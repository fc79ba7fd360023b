//! What does an invocation tell of itself? One line of log that CloudWatch reads as metrics.
//!
//! Embedded metric format: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use std::io::Write;

use serde_json::{Value, json};

use crate::{case::Millis, environment::variable, notify::Report, perform::Tally};

const NAMES: [(&str, &str); 10] = [
    ("Planned", "Count"),
    ("Done", "Count"),
    ("Unknown", "Count"),
    ("Waiting", "Count"),
    ("Parked", "Count"),
    ("BreakersOpen", "Count"),
    ("Panics", "Count"),
    ("Cases", "Count"),
    ("Sweeps", "Count"),
    ("LagSeconds", "Seconds"),
];

/// Writes the line to stdout, where Lambda takes it to CloudWatch. Elsewhere nobody reads it.
pub fn write(function: &str, now: Millis, reports: &[Report]) {
    if variable("AWS_LAMBDA_FUNCTION_NAME").is_none() {
        return;
    }
    let mut out = std::io::stdout().lock();
    // A log that cannot be written is no reason to fail.
    let _ = writeln!(out, "{}", line(function, now, reports));
}

/// The line: counts and seconds, no id and no text. `LagSeconds` is there only where something was told to its end.
fn line(function: &str, now: Millis, reports: &[Report]) -> Value {
    let mut tally = Tally::default();
    reports.iter().for_each(|report| tally.add(&report.tally));
    let count = |of: fn(&Report) -> u32| reports.iter().map(of).sum::<u32>();
    let sweeps = count(|report| u32::from(report.swept));
    let cases = u32::try_from(reports.len()).unwrap_or(u32::MAX) - sweeps;
    let lag = reports.iter().filter_map(|report| report.lag).max();
    let names = NAMES.iter().filter(|(name, _)| *name != "LagSeconds" || lag.is_some());
    let metrics: Vec<Value> = names.map(|(name, unit)| json!({"Name": name, "Unit": unit})).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": now,
            "CloudWatchMetrics": [{"Namespace": "Casebridge", "Dimensions": [["FunctionName"]], "Metrics": metrics}],
        },
        "FunctionName": function,
        "Planned": tally.planned,
        "Done": tally.done + tally.set,
        "Unknown": tally.unknown,
        "Waiting": count(|report| report.waiting),
        "Parked": tally.parked,
        "BreakersOpen": count(|report| u32::from(report.broken[0]) + u32::from(report.broken[1])),
        "Panics": count(|report| report.panics),
        "Cases": cases,
        "Sweeps": sweeps,
    });
    if let Some(lag) = lag {
        line["LagSeconds"] = json!(lag);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_that_is_declared_has_a_value_and_the_lag_only_when_known() {
        let tally = Tally { planned: 3, done: 1, set: 1, unknown: 1, parked: 0 };
        let told = Report { tally, lag: Some(4), ..Report::default() };
        let swept = Report { swept: true, ..Report::default() };
        let written = line("notify", 1_790_000_000_000, &[told, Report { waiting: 2, ..told }, swept]);
        let declared =
            written["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().cloned().unwrap_or_default();
        assert_eq!(declared.len(), NAMES.len());
        assert!(declared.iter().all(|metric| written[metric["Name"].as_str().unwrap_or("-")].is_number()));
        assert_eq!(
            (&written["Planned"], &written["Done"], &written["Cases"], &written["Sweeps"]),
            (&json!(6), &json!(4), &json!(2), &json!(1))
        );
        assert_eq!(written["LagSeconds"], json!(4));
        assert_eq!(line("notify", 0, &[swept]).get("LagSeconds"), None);
    }
}
