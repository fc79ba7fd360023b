//! What stands in Slack and Jira, what stood there before, and for how long? As people saw it: nothing that came and
//! went again is forgotten.

use std::collections::HashMap;

use casebridge::{
    case::{ChannelId, Millis, Ts},
    http::{Request, Response},
};
use serde_json::Value;

use super::visible;
use crate::standins::{JiraStandin, SlackStandin};

/// Something that stands, or stood, in a channel or in a project.
#[derive(Clone, Debug)]
pub struct JournalEntry {
    /// A channel; or an issue's number. Of an issue itself its project.
    pub place: String,
    /// The message below which it stands.
    pub thread: Option<String>,
    /// A message's timestamp, a comment's or an issue's number.
    pub id: String,
    /// We made it; else a person did.
    pub ours: bool,
    pub mark: String,
    /// What it said, since when: never empty.
    pub said: Vec<(Millis, String)>,
    pub gone: Option<Millis>,
}

impl JournalEntry {
    pub fn at(&self) -> Millis {
        self.said.first().map_or(0, |(at, _)| *at)
    }

    pub fn is_issue(&self) -> bool {
        self.place.chars().any(|char| char.is_ascii_alphabetic())
            && self.id.chars().all(|char| char.is_ascii_digit())
    }

    pub fn text(&self) -> &str {
        self.said.last().map_or("", |(_, text)| text)
    }

    /// It says something else now, unless it is the same.
    pub fn says(&mut self, now: Millis, text: String) {
        if self.text() != text {
            self.said.push((now, text));
        }
    }
}

#[derive(Default)]
pub struct Journal {
    /// In the order in which it came.
    pub all: Vec<JournalEntry>,
    places: HashMap<(String, String), usize>,
}

impl Journal {
    pub fn add(&mut self, shown: JournalEntry) {
        self.places.insert((shown.place.clone(), shown.id.clone()), self.all.len());
        self.all.push(shown);
    }

    pub fn find(&mut self, place: &str, id: &str) -> Option<&mut JournalEntry> {
        let index = self.places.get(&(place.to_owned(), id.to_owned()))?;
        self.all.get_mut(*index)
    }

    pub fn remove(&mut self, place: &str, id: &str, now: Millis) {
        if let Some(shown) = self.find(place, id) {
            shown.gone.get_or_insert(now);
        }
    }
}

fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Writes down what a request changed in the workspace.
pub fn in_slack(
    journal: &mut Journal,
    slack: &SlackStandin,
    (request, answer): (&Request, &Response),
    now: Millis,
) {
    let method = request.url.rsplit('/').next().unwrap_or_default();
    if !matches!(method, "chat.postMessage" | "chat.update" | "chat.delete") {
        return;
    }
    let answer = json(&answer.body);
    if answer["ok"] != true {
        return;
    }
    let (channel, ts) = (text(&answer["channel"]), text(&answer["ts"]));
    match (method, slack.message(&ChannelId::new(&channel), &Ts::new(&ts))) {
        ("chat.delete", _) => journal.remove(&channel, &ts, now),
        (_, None) => {}
        (_, Some(message)) => {
            let (mark, said) = (mark_of(&message), visible::in_slack(&message));
            match journal.find(&channel, &ts) {
                Some(shown) => {
                    shown.says(now, said);
                    shown.mark = mark;
                }
                None => journal.add(JournalEntry {
                    thread: message["thread_ts"].as_str().filter(|thread| *thread != ts).map(str::to_owned),
                    place: channel,
                    id: ts,
                    ours: true,
                    mark,
                    said: vec![(now, said)],
                    gone: None,
                }),
            }
        }
    }
}

fn mark_of(message: &Value) -> String {
    text(&message["metadata"]["event_payload"]["mark"])
}

/// Writes down what a request changed on the site.
pub fn in_jira(
    journal: &mut Journal,
    jira: &JiraStandin,
    (request, answer): (&Request, &Response),
    now: Millis,
) {
    if request.method == "GET" || !(200..300).contains(&answer.status) {
        return;
    }
    let path = request.url.split('?').next().unwrap_or_default();
    let Some((_, path)) = path.split_once("/rest/api/3/") else { return };
    let made = || text(&json(&answer.body)["id"]);
    match (request.method.as_str(), path.split('/').collect::<Vec<_>>().as_slice()) {
        ("POST", ["issue"]) => issue(journal, jira, &made(), now),
        ("PUT", ["issue", id]) => issue(journal, jira, id, now),
        ("POST", ["issue", issue, "comment"]) => comment(journal, jira, [issue, &made()], now),
        ("PUT", ["issue", issue, "comment", id]) => comment(journal, jira, [issue, id], now),
        ("DELETE", ["issue", issue, "comment", id]) => journal.remove(&number(jira, issue), id, now),
        _ => {}
    }
}

fn number(jira: &JiraStandin, key_or_id: &str) -> String {
    jira.some_of(key_or_id, "").map(|issue| text(&issue["id"])).unwrap_or_default()
}

fn issue(journal: &mut Journal, jira: &JiraStandin, id: &str, now: Millis) {
    let Some(issue) = jira.some_of(id, "summary,description,project") else { return };
    let fields = &issue["fields"];
    let said = format!("{}\n{}", text(&fields["summary"]), visible::in_jira(&fields["description"]));
    let (project, mark) = (text(&fields["project"]["key"]), text(&issue["properties"]["casebridge"]["mark"]));
    set(journal, [&project, &text(&issue["id"])], (mark, said), now);
}

fn comment(journal: &mut Journal, jira: &JiraStandin, [issue, id]: [&str; 2], now: Millis) {
    let Some(comment) = jira.comment(issue, id) else { return };
    let mark = text(&comment["properties"]["casebridge"]["mark"]);
    set(journal, [&number(jira, issue), id], (mark, visible::in_jira(&comment["body"])), now);
}

fn set(journal: &mut Journal, [place, id]: [&str; 2], (mark, said): (String, String), now: Millis) {
    match journal.find(place, id) {
        Some(shown) => {
            shown.says(now, said);
            shown.mark = mark;
        }
        None => journal.add(JournalEntry {
            place: place.to_owned(),
            thread: None,
            id: id.to_owned(),
            ours: true,
            mark,
            said: vec![(now, said)],
            gone: None,
        }),
    }
}
