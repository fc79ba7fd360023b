//! Which issues does a JQL query find, as far as the index knows?
//! Read are conjunctions of `=`, `!=`, `in`, `~` and `>=` over `project`, `labels`, `key`, `status`, `statusCategory`,
//! `summary`, `creator` and `created`, with an `ORDER BY`; of functions `currentUser()`, of dates those of so many minutes ago.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    super::{
        exchange::WireResponse,
        shape::{Shape, list, may, misfits, text},
    },
    issues::show,
    refused::{Output, bad_payload, message},
    routes::Given,
    state::Site,
};

const TEXTS: Shape = list(0, 5000, &text(0, 255));
const BODY: Shape = Shape::Object(&[
    may("jql", text(0, usize::MAX)),
    may("nextPageToken", text(1, usize::MAX)),
    may("maxResults", Shape::Whole { min: 1, max: 5000 }),
    may("fields", TEXTS),
    may("expand", text(0, 255)),
    may("properties", list(0, 5, &text(1, 255))),
    may("fieldsByKeys", Shape::Flag),
    may("failFast", Shape::Flag),
    may("reconcileIssues", list(0, 50, &Shape::Whole { min: 1, max: i64::MAX })),
]);

#[derive(Debug, PartialEq)]
struct Clause {
    field: String,
    /// `=`, `!=`, `~`, `>=`; `in` is `=` with several values.
    operator: &'static str,
    values: Vec<String>,
}

pub(super) fn post(state: &mut Site, given: &Given<'_>) -> Output {
    let body = given.asked.json().map_err(|_| bad_payload())?;
    search(state, &body)
}

pub(super) fn get(state: &mut Site, given: &Given<'_>) -> Output {
    let mut body = Map::new();
    for (name, value) in &given.asked.query {
        let split = || value.split(',').map(Value::from).collect::<Value>();
        let value = match name.as_str() {
            "fields" | "properties" => split(),
            "maxResults" => value.parse::<u64>().map_or_else(|_| value.clone().into(), Value::from),
            _ => value.clone().into(),
        };
        body.insert(name.clone(), value);
    }
    search(state, &body.into())
}

fn search(state: &mut Site, body: &Value) -> Output {
    if !misfits(&BODY, body, "").is_empty() {
        return Err(bad_payload());
    }
    let mut clauses = parse(body["jql"].as_str().unwrap_or_default()).map_err(|why| message(400, &why))?;
    clauses.iter_mut().try_for_each(|clause| meant(state, clause)).map_err(|why| message(400, &why))?;
    if clauses.is_empty() {
        return Err(message(
            400,
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        ));
    }
    state.reindex(false);
    let strong: Vec<u64> =
        body["reconcileIssues"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let mut found: Vec<u64> = candidates(state, &strong)
        .into_iter()
        .filter(|(_, fields)| clauses.iter().all(|clause| fits(clause, fields)))
        .map(|(id, _)| id)
        .collect();
    if is_oldest_first(body["jql"].as_str().unwrap_or_default()) {
        found.reverse();
    }
    page(state, body, &found)
}

/// Puts what it stands for in the place of a function, or of a time before now.
fn meant(state: &Site, clause: &mut Clause) -> Result<(), String> {
    for value in &mut clause.values {
        match clause.field.as_str() {
            "creator" if value == "currentUser()" => *value = state.settings.own.to_string(),
            "created" => {
                let minutes = value.strip_prefix('-').and_then(|text| text.strip_suffix('m'));
                let minutes: i64 = minutes.and_then(|text| text.parse().ok()).ok_or_else(|| {
                    format!("Date value '{value}' for field 'created' is not read by this stand-in.")
                })?;
                *value = state.clock.jira_before(minutes.saturating_mul(60_000));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a query ends in `ORDER BY created`, or `key`, without `DESC`. Otherwise the newest come first.
fn is_oldest_first(jql: &str) -> bool {
    let lower = jql.to_lowercase();
    let order = lower.split("order by").nth(1).map(str::trim);
    order.is_some_and(|order| matches!(order, "created" | "created asc" | "key" | "key asc"))
}

/// Issue ids with what search knows of them, newest first; the truth for those to be reconciled.
fn candidates(state: &Site, strong: &[u64]) -> Vec<(u64, Arc<Value>)> {
    let mut known = state.index.clone();
    for id in strong {
        known.remove(id);
        if let Some(issue) = state.issues.get(id) {
            let mut fields = Value::Object(issue.fields.clone());
            fields["key"] = issue.key.clone().into();
            known.insert(*id, Arc::new(fields));
        }
    }
    known.into_iter().rev().collect()
}

fn page(state: &Site, body: &Value, found: &[u64]) -> Output {
    let start = match body["nextPageToken"].as_str() {
        None => 0,
        Some(token) => token
            .strip_prefix("after-")
            .and_then(|at| at.parse::<usize>().ok())
            .ok_or_else(|| message(400, "The nextPageToken is not valid."))?,
    };
    let most = body["maxResults"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(50);
    let names: Vec<&str> =
        body["fields"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let api = state.api();
    let one = |id: &u64| {
        // Found by an old index and deleted since: the id is all that is left.
        let Some(issue) = state.issues.get(id).filter(|_| !names.is_empty()) else {
            return json!({ "id": id.to_string() });
        };
        let mut shown = show(issue, &api, &names.join(","));
        for name in body["properties"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            shown["properties"][name] = issue.properties.get(name).cloned().unwrap_or_default();
        }
        shown
    };
    let issues: Vec<Value> = found.iter().skip(start).take(most).map(one).collect();
    let last = start + most >= found.len();
    let mut answer = json!({ "issues": issues, "isLast": last });
    if !last {
        answer["nextPageToken"] = format!("after-{}", start + most).into();
    }
    Ok(WireResponse::json(200, &answer))
}

fn fits(clause: &Clause, fields: &Value) -> bool {
    let has: Vec<&str> = match clause.field.as_str() {
        "labels" => fields["labels"].as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
        "project" => {
            ["key", "id", "name"].iter().filter_map(|name| fields["project"][*name].as_str()).collect()
        }
        "status" => fields["status"]["name"].as_str().into_iter().collect(),
        "statuscategory" => ["key", "name"]
            .iter()
            .filter_map(|name| fields["status"]["statusCategory"][*name].as_str())
            .collect(),
        "summary" => fields["summary"].as_str().into_iter().collect(),
        "creator" => fields["creator"]["accountId"].as_str().into_iter().collect(),
        "created" => fields["created"].as_str().into_iter().collect(),
        _ => fields["key"].as_str().into_iter().collect(),
    };
    let same = |value: &String| match clause.operator {
        // Times of one zone, written alike.
        ">=" => has.iter().any(|text| *text >= value.as_str()),
        "~" => has.iter().any(|text| text.to_lowercase().contains(&value.to_lowercase())),
        _ => has.iter().any(|text| text.eq_ignore_ascii_case(value)),
    };
    let any = clause.values.iter().any(same);
    if clause.operator == "!=" { !any } else { any }
}

fn parse(jql: &str) -> Result<Vec<Clause>, String> {
    let words = words(jql)?;
    let mut clauses = vec![];
    let mut rest = &words[..];
    loop {
        match rest {
            [] => return Ok(clauses),
            [order, by, ..] if order.eq_ignore_ascii_case("order") && by.eq_ignore_ascii_case("by") => {
                return Ok(clauses);
            }
            [and, tail @ ..] if and.eq_ignore_ascii_case("and") && !clauses.is_empty() => rest = tail,
            _ => {
                let (clause, tail) = clause(rest)?;
                clauses.push(clause);
                rest = tail;
            }
        }
    }
}

fn clause(words: &[String]) -> Result<(Clause, &[String]), String> {
    const KNOWN: [&str; 10] = [
        "project",
        "labels",
        "key",
        "issuekey",
        "id",
        "status",
        "statuscategory",
        "summary",
        "creator",
        "created",
    ];
    let [field, operator, tail @ ..] = words else {
        return Err("Error in the JQL Query: The query ends too early.".into());
    };
    let field = field.to_lowercase();
    if !KNOWN.contains(&field.as_str()) {
        return Err(format!("Field '{field}' does not exist or you do not have permission to view it."));
    }
    let (operator, values, rest) = match (operator.to_lowercase().as_str(), tail) {
        ("in", [open, tail @ ..]) if open == "(" => {
            let end =
                tail.iter().position(|word| word == ")").ok_or("Error in the JQL Query: Expecting ')'.")?;
            let values = tail[..end].iter().filter(|word| *word != ",").cloned().collect();
            ("=", values, &tail[end + 1..])
        }
        ("=", [function, open, close, tail @ ..]) if open == "(" && close == ")" => {
            ("=", vec![format!("{function}()")], tail)
        }
        (">=", [value, tail @ ..]) => (">=", vec![value.clone()], tail),
        ("=", [value, tail @ ..]) => ("=", vec![value.clone()], tail),
        ("!=", [value, tail @ ..]) => ("!=", vec![value.clone()], tail),
        ("~", [value, tail @ ..]) => ("~", vec![value.clone()], tail),
        (other, _) => {
            return Err(format!("Error in the JQL Query: Expecting an operator but got '{other}'."));
        }
    };
    Ok((Clause { field, operator, values }, rest))
}

/// Words, quoted strings, and the signs `( ) , = != ~ >=`.
fn words(jql: &str) -> Result<Vec<String>, String> {
    let mut words = vec![];
    let mut chars = jql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' | ')' | ',' | '=' | '~' => words.push(c.to_string()),
            '!' if chars.next_if_eq(&'=').is_some() => words.push("!=".into()),
            '>' if chars.next_if_eq(&'=').is_some() => words.push(">=".into()),
            '"' | '\'' => {
                let mut word = String::new();
                loop {
                    match chars
                        .next()
                        .ok_or("Error in the JQL Query: The quoted string has not been completed.")?
                    {
                        '\\' => word.extend(chars.next()),
                        end if end == c => break,
                        other => word.push(other),
                    }
                }
                words.push(word);
            }
            c => {
                let mut word = c.to_string();
                while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !"(),=~!\"'".contains(*c)) {
                    word.push(c);
                }
                words.push(word);
            }
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_unless_the_query_says_otherwise() {
        for (jql, oldest) in [
            ("project = SEC", false),
            ("project = SEC ORDER BY created ASC", true),
            ("project = SEC order by created", true),
            ("project = SEC ORDER BY created DESC", false),
        ] {
            assert_eq!(is_oldest_first(jql), oldest, "{jql}");
        }
    }

    #[test]
    fn queries_are_read_as_far_as_they_are_needed() {
        let clause = |field: &str, operator, values: &[&str]| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            Clause { field: field.to_owned(), operator, values }
        };
        assert_eq!(
            parse("project = SEC AND labels = \"aws-sir-1\" ORDER BY created DESC"),
            Ok(vec![clause("project", "=", &["SEC"]), clause("labels", "=", &["aws-sir-1"])])
        );
        assert_eq!(
            parse("labels in (\"a b\", c) and status != 'To Do'"),
            Ok(vec![clause("labels", "=", &["a b", "c"]), clause("status", "!=", &["To Do"])])
        );
        assert_eq!(
            parse("creator = currentUser() AND created >= \"-90m\" ORDER BY created ASC"),
            Ok(vec![clause("creator", "=", &["currentUser()"]), clause("created", ">=", &["-90m"])])
        );
        assert_eq!(parse(""), Ok(vec![]));
        for bad in ["colour = red", "labels", "labels = ", "labels like x", "labels = \"x", "labels in (a"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
