//! What does the simulated Jira keep, and how does it answer? Only what the core asks, at the wire.

use bytes::Bytes;
use casebridge::{case::Millis, http::Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::{Refusals, Set};

/// Our account.
pub const ME: &str = "account-0";
/// The search index is behind by this.
const INDEX_LAG: Millis = 60_000;

/// An issue.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Its number; the key is `SEC-` and it.
    pub id: usize,
    /// Its labels.
    pub labels: Vec<String>,
    /// The request that last set what it says.
    pub text: Bytes,
    /// Our property.
    pub property: Value,
    /// Its status.
    pub status: String,
    /// When it was made.
    pub created: Millis,
    /// How many times somebody linked it.
    pub links: usize,
    /// Its comments.
    pub comments: Vec<Comment>,
}

/// A comment on an issue.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Names it.
    pub id: usize,
    /// Our property.
    pub property: Value,
    /// The request that last set what it says.
    pub text: Bytes,
    /// When it came.
    pub created: Millis,
    /// When it was deleted.
    pub deleted: Option<Millis>,
    /// A person put other words into it.
    pub reworded: bool,
}

/// The site.
#[derive(Default)]
pub struct Jira {
    /// All issues, in the order in which they came.
    pub issues: Vec<Issue>,
    /// Our token is refused until then.
    pub broken: Option<Millis>,
    /// What is refused at the first issue.
    pub refusals: Refusals,
    comments: usize,
}

/// What is read of a request's body; what people see of it is kept as it came.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    fields: Fields,
    properties: Vec<Property>,
    transition: Option<Way>,
}

#[derive(Deserialize)]
struct Search {
    jql: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    labels: Vec<String>,
}

#[derive(Deserialize)]
struct Property {
    key: String,
    value: Value,
}

#[derive(Deserialize)]
struct Way {
    id: String,
}

impl Asked {
    /// The value of our property, where it is among them.
    fn property(&mut self) -> Option<Value> {
        let ours = self.properties.iter_mut().find(|property| property.key == "casebridge");
        ours.map(|property| property.value.take())
    }
}

const TRANSITIONS: [(&str, &str); 4] =
    [("11", "To Do"), ("21", "In Progress"), ("31", "In Review"), ("41", "Done")];

impl Jira {
    /// Does what is asked, now, and answers. A read shows what stood there at `seen`.
    pub fn answer(&mut self, method: &str, path: &str, body: &Bytes, now: Millis, seen: Millis) -> Response {
        if self.broken.is_some_and(|until| now < until) {
            return answer(401, &json!({"message": "Unauthorized"}));
        }
        let path = path.split('?').next().unwrap_or_default();
        let path = path.split_once("/rest/api/3/").map_or("", |(_, rest)| rest);
        let parts: Vec<&str> = path.split('/').collect();
        match (method, parts.as_slice()) {
            ("GET", ["myself"]) => answer(200, &json!({"accountId": ME, "displayName": "Casebridge"})),
            ("POST", ["search", "jql"]) => self.search(body, now),
            ("POST", ["issue"]) => self.create(body, now),
            (_, ["issue", issue, rest @ ..]) => match self.position(issue) {
                Some(index) => self.on_issue(method, index, rest, body, (now, seen)),
                None => none("issue"),
            },
            _ => none("path"),
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        let id = name.strip_prefix("SEC-").unwrap_or(name).parse::<usize>().ok()?;
        self.issues.iter().position(|issue| issue.id == id)
    }

    fn create(&mut self, body: &Bytes, now: Millis) -> Response {
        let Ok(mut asked) = serde_json::from_slice::<Asked>(body) else { return unreadable() };
        let id = 1 + self.issues.len();
        self.issues.push(Issue {
            id,
            property: asked.property().unwrap_or_default(),
            labels: asked.fields.labels,
            text: body.clone(),
            status: "To Do".to_owned(),
            created: now,
            links: 0,
            comments: Vec::new(),
        });
        answer(201, &json!({"id": id.to_string(), "key": format!("SEC-{id}"), "self": ""}))
    }

    fn search(&self, body: &[u8], now: Millis) -> Response {
        let Ok(asked) = serde_json::from_slice::<Search>(body) else { return unreadable() };
        let found = self.issues.iter().filter(|issue| {
            issue.created + INDEX_LAG <= now && issue.labels.iter().any(|label| asked.jql.contains(label))
        });
        let issues: Vec<Value> = found.map(shown).collect();
        answer(200, &json!({"issues": issues, "isLast": true}))
    }

    fn on_issue(
        &mut self,
        method: &str,
        index: usize,
        rest: &[&str],
        body: &Bytes,
        (now, seen): (Millis, Millis),
    ) -> Response {
        let asked = if body.is_empty() { Ok(Asked::default()) } else { serde_json::from_slice(body) };
        let Ok(mut asked) = asked else { return unreadable() };
        if let Some(refused) = self.refused(method, index, rest, now) {
            return refused;
        }
        let Some(issue) = self.issues.get_mut(index) else { return none("issue") };
        match (method, rest) {
            ("GET", []) => answer(200, &shown(issue)),
            ("PUT", []) => {
                issue.text = body.clone();
                issue.property = asked.property().unwrap_or_else(|| issue.property.take());
                answer(204, &Value::Null)
            }
            ("GET", ["transitions"]) => {
                let to = |(id, name): &(&str, &str)| json!({"id": id, "name": name, "to": {"name": name}});
                answer(200, &json!({"transitions": TRANSITIONS.iter().map(to).collect::<Vec<_>>()}))
            }
            ("POST", ["transitions"]) => issue.go(asked.transition),
            ("POST", ["remotelink"]) => {
                issue.links += 1;
                answer(201, &json!({"id": 1}))
            }
            ("POST", ["comment"]) => {
                self.comments += 1;
                let (id, text) = (self.comments, body.clone());
                let property = asked.property().unwrap_or_default();
                let comment = Comment { id, property, text, created: now, deleted: None, reworded: false };
                issue.comments.push(comment);
                answer(201, &json!({"id": id.to_string()}))
            }
            ("GET", ["comment"]) => issue.listed(seen),
            (_, ["comment", id]) => issue.on_comment(method, id, asked, body, now),
            _ => none("path"),
        }
    }
}

impl Jira {
    /// What is only set can be refused at the first issue, as a screen, a validator or a missing permission does.
    fn refused(&self, method: &str, index: usize, rest: &[&str], now: Millis) -> Option<Response> {
        let (sets, status, body) = match (method, rest) {
            ("POST", ["transitions"]) => {
                (Set::StatusByField, 400, json!({"errors": {"resolution": "is required"}}))
            }
            ("POST", ["remotelink"]) => {
                (Set::Link, 403, json!({"errorMessages": ["You may not link issues."]}))
            }
            ("PUT", []) => (Set::IssueText, 403, json!({"errorMessages": ["You may not edit this issue."]})),
            _ => return None,
        };
        let holds = |what| index == 0 && self.refusals.hold(what, now);
        let in_words = sets == Set::StatusByField && holds(Set::StatusInWords);
        match (holds(sets), in_words) {
            (true, _) => Some(answer(status, &body)),
            (false, true) => {
                Some(answer(400, &json!({"errorMessages": ["Fill in the resolution."], "errors": {}})))
            }
            (false, false) => None,
        }
    }
}

impl Issue {
    fn go(&mut self, way: Option<Way>) -> Response {
        let to = way.and_then(|way| TRANSITIONS.iter().find(|(id, _)| *id == way.id));
        let Some((_, name)) = to else { return answer(400, &json!({})) };
        (*name).clone_into(&mut self.status);
        answer(204, &Value::Null)
    }

    fn listed(&self, seen: Millis) -> Response {
        let there = |one: &&Comment| one.created <= seen && one.deleted.is_none_or(|at| at > seen);
        let comments: Vec<Value> = self.comments.iter().filter(there).map(comment).collect();
        let total = comments.len();
        answer(200, &json!({"startAt": 0, "maxResults": 5000, "total": total, "comments": comments}))
    }

    fn on_comment(
        &mut self,
        method: &str,
        id: &str,
        mut asked: Asked,
        body: &Bytes,
        now: Millis,
    ) -> Response {
        let there = |one: &&mut Comment| one.id.to_string() == id && one.deleted.is_none();
        let Some(one) = self.comments.iter_mut().find(there) else { return none("comment") };
        match method {
            "DELETE" => {
                one.deleted = Some(now);
                answer(204, &Value::Null)
            }
            "PUT" => {
                one.text = body.clone();
                one.property = asked.property().unwrap_or_else(|| one.property.take());
                answer(200, &json!({"id": id}))
            }
            _ => answer(200, &comment(one)),
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
        "properties": [{"key": "casebridge", "value": one.property}],
        "body": {"type": "doc", "version": 1, "content": []},
    })
}

fn shown(issue: &Issue) -> Value {
    json!({
        "id": issue.id.to_string(), "key": format!("SEC-{}", issue.id),
        "fields": {
            "status": {"name": issue.status, "statusCategory": {"key": "new"}},
            "creator": {"accountId": ME}, "reporter": {"accountId": ME},
        },
        "properties": {"casebridge": issue.property},
    })
}

fn unreadable() -> Response {
    answer(400, &json!({"errorMessages": ["no such body"], "errors": {}}))
}

fn none(what: &str) -> Response {
    answer(404, &json!({"errorMessages": [format!("no such {what}")], "errors": {}}))
}

fn answer(status: u16, body: &Value) -> Response {
    let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap_or_default() };
    Response { status, retry_after: None, body: body.into() }
}
