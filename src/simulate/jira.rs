//! What does the simulated Jira keep, and how does it answer? Only what the core asks, at the wire.

use serde_json::{Value, json};

use crate::{case::Millis, wire::Response};

/// Our account.
pub const ME: &str = "account-0";
/// The search index is behind by this.
const INDEX_LAG: Millis = 60_000;

/// An issue.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Its number; the key is `SEC-` and it.
    pub id: usize,
    /// The fields as they were last set.
    pub fields: Value,
    /// The properties that it was made with.
    pub properties: Value,
    /// Its status.
    pub status: String,
    /// When it was made.
    pub created: Millis,
    /// Its comments.
    pub comments: Vec<Comment>,
}

/// A comment on an issue.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Names it.
    pub id: usize,
    /// Our property.
    pub properties: Value,
    /// When it came.
    pub created: Millis,
    /// When it was deleted.
    pub deleted: Option<Millis>,
}

/// The site.
#[derive(Default)]
pub struct Jira {
    /// All issues, in the order in which they came.
    pub issues: Vec<Issue>,
    /// Our token is refused until then.
    pub broken: Option<Millis>,
    comments: usize,
}

const TRANSITIONS: [(&str, &str); 4] =
    [("11", "To Do"), ("21", "In Progress"), ("31", "In Review"), ("41", "Done")];

impl Jira {
    /// Does what is asked, now, and answers. A read shows what stood there at `seen`.
    pub fn answer(&mut self, method: &str, path: &str, body: &[u8], now: Millis, seen: Millis) -> Response {
        if self.broken.is_some_and(|until| now < until) {
            return answer(401, &json!({"message": "Unauthorized"}));
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let path = path.split_once("/rest/api/3/").map_or("", |(_, rest)| rest);
        let parts: Vec<&str> = path.split('/').collect();
        match (method, parts.as_slice()) {
            ("GET", ["myself"]) => answer(200, &json!({"accountId": ME, "displayName": "Casebridge"})),
            ("POST", ["issue"]) => self.create(&body, now),
            ("POST", ["search", "jql"]) => self.search(&body, now),
            ("GET", ["search", "jql"]) => self.search(&body, now),
            (_, ["issue", issue, rest @ ..]) => match self.position(issue) {
                Some(index) => self.on_issue(method, index, rest, &body, now, seen),
                None => answer(404, &json!({"errorMessages": ["Issue does not exist"], "errors": {}})),
            },
            _ => answer(404, &json!({"errorMessages": ["no such path"], "errors": {}})),
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        let id = name.strip_prefix("SEC-").unwrap_or(name).parse::<usize>().ok()?;
        self.issues.iter().position(|issue| issue.id == id)
    }

    fn create(&mut self, body: &Value, now: Millis) -> Response {
        let id = 1 + self.issues.len();
        let list = body["properties"].as_array().cloned().unwrap_or_default();
        self.issues.push(Issue {
            id,
            fields: body["fields"].clone(),
            properties: Value::Array(list),
            status: "To Do".to_owned(),
            created: now,
            comments: Vec::new(),
        });
        answer(201, &json!({"id": id.to_string(), "key": format!("SEC-{id}"), "self": ""}))
    }

    fn search(&self, body: &Value, now: Millis) -> Response {
        let jql = body["jql"].as_str().unwrap_or_default();
        let found = self.issues.iter().filter(|issue| {
            let labels = issue.fields["labels"].as_array().cloned().unwrap_or_default();
            issue.created + INDEX_LAG <= now
                && labels.iter().any(|label| jql.contains(label.as_str().unwrap_or("-")))
        });
        let issues: Vec<Value> = found.map(shown).collect();
        answer(200, &json!({"issues": issues, "isLast": true}))
    }

    fn on_issue(
        &mut self,
        method: &str,
        index: usize,
        rest: &[&str],
        body: &Value,
        now: Millis,
        seen: Millis,
    ) -> Response {
        let Some(issue) = self.issues.get_mut(index) else { return answer(404, &json!({})) };
        match (method, rest) {
            ("GET", [] | ["properties", _]) => answer(200, &shown(issue)),
            ("PUT", []) => {
                if let (Some(fields), Some(new)) = (issue.fields.as_object_mut(), body["fields"].as_object())
                {
                    fields.extend(new.clone());
                }
                answer(204, &Value::Null)
            }
            ("GET", ["transitions"]) => {
                let to = |(id, name): &(&str, &str)| json!({"id": id, "name": name, "to": {"name": name}});
                answer(200, &json!({"transitions": TRANSITIONS.iter().map(to).collect::<Vec<_>>()}))
            }
            ("POST", ["transitions"]) => {
                let to = TRANSITIONS.iter().find(|(id, _)| body["transition"]["id"] == *id);
                let Some((_, name)) = to else { return answer(400, &json!({})) };
                (*name).clone_into(&mut issue.status);
                answer(204, &Value::Null)
            }
            ("POST", ["remotelink"]) => answer(201, &json!({"id": 1})),
            ("POST", ["comment"]) => {
                self.comments += 1;
                let id = self.comments;
                let properties = body["properties"].clone();
                issue.comments.push(Comment { id, properties, created: now, deleted: None });
                answer(201, &json!({"id": id.to_string()}))
            }
            ("GET", ["comment"]) => {
                let there = |one: &&Comment| one.created <= seen && one.deleted.is_none_or(|at| at > seen);
                let comments: Vec<Value> = issue.comments.iter().filter(there).map(comment).collect();
                answer(
                    200,
                    &json!({"startAt": 0, "maxResults": 5000, "total": comments.len(), "comments": comments}),
                )
            }
            (_, ["comment", id, ..]) => {
                let found =
                    issue.comments.iter_mut().find(|one| one.id.to_string() == *id && one.deleted.is_none());
                match (method, found) {
                    (_, None) => answer(404, &json!({"errorMessages": ["no such comment"], "errors": {}})),
                    ("DELETE", Some(one)) => {
                        one.deleted = Some(now);
                        answer(204, &Value::Null)
                    }
                    ("PUT", Some(one)) => {
                        if body["properties"].is_array() {
                            one.properties = body["properties"].clone();
                        }
                        answer(200, &json!({"id": id}))
                    }
                    (_, Some(one)) => answer(200, &comment(one)),
                }
            }
            _ => answer(404, &json!({"errorMessages": ["no such path"], "errors": {}})),
        }
    }
}

/// RFC 3339 with milliseconds and Jira's zone without a colon.
fn time(at: Millis) -> String {
    let format = time::macros::format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000"
    );
    time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000)
        .ok()
        .and_then(|time| time.format(&format).ok())
        .unwrap_or_default()
}

fn comment(one: &Comment) -> Value {
    json!({
        "id": one.id.to_string(), "author": {"accountId": ME}, "created": time(one.created),
        "properties": one.properties, "body": {"type": "doc", "version": 1, "content": []},
    })
}

fn shown(issue: &Issue) -> Value {
    let mut fields = issue.fields.clone();
    fields["status"] = json!({"name": issue.status, "statusCategory": {"key": "new"}});
    fields["creator"] = json!({"accountId": ME});
    fields["reporter"] = json!({"accountId": ME});
    let mut properties = serde_json::Map::new();
    for property in issue.properties.as_array().into_iter().flatten() {
        properties.insert(property["key"].as_str().unwrap_or_default().to_owned(), property["value"].clone());
    }
    json!({"id": issue.id.to_string(), "key": format!("SEC-{}", issue.id), "fields": fields, "properties": properties})
}

fn answer(status: u16, body: &Value) -> Response {
    let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap_or_default() };
    Response { status, retry_after: None, body: body.into() }
}
