//! What the documents say of the template: each alarm, each parameter, and nothing that it does not have.

use std::collections::BTreeSet;

use super::{template, text};

/// The rows of the table whose head begins so: what stands in backticks in the first cell, and the other cells.
fn rows(document: &str, head: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let path = format!("{}/docs/{document}", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(path).unwrap();
    let table = page.split(head).nth(1).unwrap();
    let lines = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let rows = lines.map(|line| {
        let mut cells = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned());
        let names = cells.next().unwrap().split('`').skip(1).step_by(2).map(str::to_owned).collect();
        (names, cells.collect())
    });
    rows.collect()
}

fn names(rows: &[(Vec<String>, Vec<String>)]) -> Vec<String> {
    let mut names: Vec<_> = rows.iter().flat_map(|(names, _)| names.clone()).collect();
    names.sort();
    names
}

#[test]
fn each_alarm_has_a_row_with_what_it_means_and_what_to_do() {
    let template = template();
    let resources = template["Resources"].as_mapping().unwrap();
    let alarms = resources.values().filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm");
    let alarms: BTreeSet<_> = alarms
        .map(|alarm| text(&alarm["Properties"]["AlarmName"]).replace("${AWS::StackName}-", ""))
        .collect();
    let rows = rows("operations.md", "| alarm |");
    assert_eq!(names(&rows), alarms.into_iter().collect::<Vec<_>>());
    for (alarms, cells) in rows {
        assert_eq!(cells.len(), 2, "{alarms:?}: what it means, and what to do");
        assert!(cells.iter().all(|cell| cell.len() > 8), "{alarms:?}: {cells:?}");
    }
}

#[test]
fn each_parameter_has_a_row_with_its_default() {
    let template = template();
    let parameters = template["Parameters"].as_mapping().unwrap();
    let rows = rows("deploy.md", "| parameter |");
    let mut all: Vec<_> = parameters.keys().map(text).collect();
    all.sort();
    assert_eq!(names(&rows), all);
    for (names, cells) in rows {
        let defaults: BTreeSet<_> = names
            .iter()
            .map(|name| match &template["Parameters"][name.as_str()]["Default"] {
                yaml_serde::Value::Number(days) => days.to_string(),
                default if text(default).is_empty() => "none".to_owned(),
                default => text(default),
            })
            .collect();
        let said: BTreeSet<_> = cells[0].split(", ").map(|default| default.replace('`', "")).collect();
        assert_eq!(said, defaults, "{names:?}");
    }
}
