//! The policy of docs/operations.md for `casebridge do` is enough for cases, and cannot write the settings.

use std::collections::BTreeSet;

use casebridge::chat::verbs;
use yaml_serde::Value;

use super::{calls, statements, text, texts};

/// What the operator's policy says to this effect. JSON is YAML.
fn policy(effect: &str) -> Vec<Value> {
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    let section = document.split("### Slack is down").nth(1).unwrap();
    let json = section.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let policy: Value = yaml_serde::from_str(json).unwrap();
    let all = policy["Statement"].as_sequence().unwrap().clone();
    all.into_iter().filter(|statement| text(&statement["Effect"]) == effect).collect()
}

fn actions(statements: &[Value], service: &str) -> BTreeSet<String> {
    let all = statements.iter().flat_map(|statement| texts(&statement["Action"]));
    all.filter(|action| action.starts_with(service)).collect()
}

#[test]
fn an_operator_may_do_what_a_terminal_can_say_of_cases_and_nothing_else() {
    let typed = verbs::all().filter(|verb| verb.in_slack.is_none());
    let of_cases = typed.filter(|verb| verb.is_of_a_case() || ["list", "new"].contains(&verb.name));
    let called = of_cases.flat_map(|verb| verb.operations).map(|name| format!("security-ir:{name}"));
    assert_eq!(actions(&policy("Allow"), "security-ir:"), called.collect());
    let stored = calls::actions("command").into_iter().filter(|action| action.starts_with("dynamodb:"));
    assert_eq!(actions(&policy("Allow"), "dynamodb:"), stored.collect());
    let mut others = actions(&policy("Allow"), "");
    others.retain(|action| !action.starts_with("security-ir:") && !action.starts_with("dynamodb:"));
    let beside = ["kms:Decrypt", "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"];
    assert_eq!(others, beside.map(str::to_owned).into());
}

#[test]
fn an_operator_can_write_the_settings_no_more_than_a_function() {
    let denied = statements("CommandRole", "Deny");
    assert_eq!(actions(&policy("Deny"), ""), actions(&denied, ""));
    let keys = |of: &[Value]| texts(&of[0]["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]);
    assert_eq!(keys(&policy("Deny")), keys(&denied));
}
