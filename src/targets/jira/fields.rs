//! What the settings give an issue besides what we tell, as Jira takes it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::IssueField;

/// Fields whose values Jira knows by name.
const NAMED: [&str; 6] = ["resolution", "priority", "security", "components", "versions", "fixVersions"];
const PEOPLE: [&str; 2] = ["assignee", "reporter"];

/// These fields as Jira takes them.
pub(super) fn given<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Map<String, Value> {
    fields.into_iter().map(|(id, value)| (id.clone(), as_jira_takes_it(id, value))).collect()
}

fn as_jira_takes_it(id: &str, value: &Value) -> Value {
    match value {
        Value::String(name) if NAMED.contains(&id) => json!({ "name": name }),
        Value::String(account) if PEOPLE.contains(&id) => json!({ "accountId": account }),
        Value::Array(values) => values.iter().map(|value| as_jira_takes_it(id, value)).collect(),
        other => other.clone(),
    }
}

/// Leaves out what a screen does not have; says what that was.
pub(super) fn fit(fields: &mut Map<String, Value>, screen: &[IssueField]) -> BTreeSet<String> {
    let has = |id: &String| screen.iter().any(|field| field.id == *id);
    let out: BTreeSet<String> = fields.keys().filter(|id| !has(id)).cloned().collect();
    fields.retain(|id, _| !out.contains(id));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_accounts_are_enough_where_jira_goes_by_them() {
        let table = [
            ("resolution", json!("Done"), json!({ "name": "Done" })),
            ("components", json!(["SIR", { "id": "7" }]), json!([{ "name": "SIR" }, { "id": "7" }])),
            ("assignee", json!("712020:a"), json!({ "accountId": "712020:a" })),
            ("customfield_1", json!("High"), json!("High")),
            ("customfield_1", json!({ "value": "High" }), json!({ "value": "High" })),
            ("customfield_1", json!(3.5), json!(3.5)),
        ];
        for (id, value, taken) in table {
            assert_eq!(given([(&id.to_owned(), &value)])[id], taken, "{id}");
        }
    }

    #[test]
    fn what_a_screen_does_not_have_is_left_out() {
        let field = |id: &str| IssueField { id: id.to_owned(), is_needed: false };
        let mut fields = Map::from_iter([("a".to_owned(), json!(1)), ("b".to_owned(), json!(2))]);
        assert_eq!(fit(&mut fields, &[field("b"), field("c")]), BTreeSet::from(["a".to_owned()]));
        assert_eq!(fields, Map::from_iter([("b".to_owned(), json!(2))]));
    }
}
