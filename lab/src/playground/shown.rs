//! What do people see in Slack and in Jira, in plain text, and what is new since they last looked?

use std::collections::BTreeMap;

use serde_json::Value;

use super::standins::Standins;
use crate::standins::{JiraStandin, SlackStandin};

/// What an alert is called there.
pub const PAGER: &str = "pager";

/// One thing that somebody sees: a message, an issue, a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// What it is, as `card`, `thread`, `only ana`, `SEC-1`.
    pub what: String,
    pub lines: Vec<String>,
}

/// Everything that people see, by where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen(BTreeMap<String, Thing>);

/// Something that is new, or says something else than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreshLines {
    /// In Slack, else in Jira or at the pager.
    pub in_slack: bool,
    /// As [`Thing::what`].
    pub what: String,
    /// It was not there before.
    pub is_new: bool,
    /// What it says that it did not say before.
    pub lines: Vec<String>,
}

impl Screen {
    /// Looks at both.
    pub fn now(standins: &Standins) -> Self {
        let mut all = BTreeMap::new();
        let people = People::of(standins);
        let channel = standins.slack.security();
        for message in standins.slack.messages(&channel) {
            let reply = message.get("thread_ts").is_some_and(|thread| *thread != message["ts"]);
            let what = match (message.get("bot_id").is_some(), reply) {
                (true, false) => "card",
                (true, true) => "thread",
                (false, _) => "person",
            };
            add(&mut all, &people, &message, what.to_owned());
        }
        let state = standins.slack.state();
        for message in state["ephemerals"].as_array().into_iter().flatten() {
            let to = message["to"].as_str().or(message["user"].as_str()).unwrap_or_default();
            add(&mut all, &people, message, format!("only {}", people.name(to)));
        }
        for key in standins.jira.issues() {
            issue(&mut all, &standins.jira, &key);
        }
        for (number, alert) in standins.pager.alerts().into_iter().enumerate() {
            let lines = vec![alert.summary, format!("Alert: {}", alert.state)];
            all.insert(format!("3 pager {number:0>4}"), Thing { what: PAGER.to_owned(), lines });
        }
        Self(all)
    }

    /// All of it, line by line.
    #[cfg(test)]
    pub fn lines(&self) -> Vec<String> {
        self.0
            .values()
            .flat_map(|thing| thing.lines.iter().map(|line| format!("{}: {line}", thing.what)))
            .collect()
    }

    /// What is new since `before`, in the order of time in Slack, then in Jira.
    pub fn since(&self, before: &Self) -> Vec<FreshLines> {
        let news = |(place, thing): (&String, &Thing)| {
            let old = before.0.get(place);
            let said = |line: &&String| old.is_some_and(|old| old.lines.contains(line));
            let lines: Vec<String> = thing.lines.iter().filter(|line| !said(line)).cloned().collect();
            let (in_slack, is_new) = (place.starts_with("1 slack"), old.is_none());
            (!lines.is_empty()).then(|| FreshLines { in_slack, what: thing.what.clone(), is_new, lines })
        };
        self.0.iter().filter_map(news).collect()
    }
}

/// Everybody of the workspace: id and name.
struct People(Vec<(String, String)>);

impl People {
    fn of(standins: &Standins) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let named = |user: &Value| (text(&user["id"]), capital(&text(&user["real_name"])));
        Self(standins.slack.people().iter().map(named).collect())
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name)
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

fn add(all: &mut BTreeMap<String, Thing>, people: &People, message: &Value, what: String) {
    let ts = message["ts"].as_str().unwrap_or_default();
    let named =
        |text: String, (id, name): &(String, String)| text.replace(&format!("@{id}"), &format!("@{name}"));
    let lines = plain(&people.0.iter().fold(SlackStandin::shown(message), named));
    all.insert(format!("1 slack {ts}"), Thing { what, lines });
}

fn issue(all: &mut BTreeMap<String, Thing>, jira: &JiraStandin, key: &str) {
    let issue = jira.issue(key).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fields = &issue["fields"];
    let lines = vec![text(&fields["summary"]), format!("Status: {}", text(&fields["status"]["name"]))];
    all.insert(format!("2 jira {key}"), Thing { what: key.to_owned(), lines });
    for comment in jira.comments(key) {
        let body = JiraStandin::plain(&comment["body"]);
        let lines = body.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        let place = format!("2 jira {key} {:0>12}", text(&comment["id"]));
        all.insert(place, Thing { what: format!("{key} comment"), lines });
    }
}

/// Lines as a person reads them: marks and markup taken away, a field's name beside its value, buttons in a row.
fn plain(shown: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut label = None;
    for raw in shown.lines().filter(|line| !line.trim().is_empty()) {
        let line = match label.take() {
            Some(name) => format!("{name}: {}", unmarked(raw)),
            None => unmarked(raw),
        };
        label = label_of(raw);
        match lines.last_mut() {
            _ if label.is_some() => {}
            Some(last) if is_button(&line) && is_button(last) => last.push_str(&format!(" {line}")),
            _ => lines.push(line),
        }
    }
    lines
}

fn is_button(line: &str) -> bool {
    line.starts_with('[') && line.ends_with(']')
}

/// `*Status*` alone on its line names what stands on the next.
fn label_of(line: &str) -> Option<String> {
    let name = line.strip_prefix('*')?.strip_suffix('*')?;
    (!name.contains('*')).then(|| name.to_owned())
}

/// Without mrkdwn's marks: `<!date^1^{date}|2026-11-20>` is `2026-11-20`, `<https://…|here>` is `here`.
fn unmarked(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, tail)) = rest.split_once('<') {
        text.push_str(before);
        let Some((inside, after)) = tail.split_once('>') else {
            rest = tail;
            break;
        };
        text.push_str(inside.rsplit('|').next().unwrap_or_default());
        rest = after;
    }
    text.push_str(rest);
    text.replace(['*', '`'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_without_its_marks() {
        let shown = "A title\n*Status*\nSubmitted\nCreated <!date^1^{date}|2026-11-20>\n[Close]\n[Show all]\nby *Ana*";
        let lines = ["A title", "Status: Submitted", "Created 2026-11-20", "[Close] [Show all]", "by Ana"];
        assert_eq!(plain(shown), lines);
        assert_eq!(unmarked("see <https://example.com|`here`> & <x"), "see here & x");
    }

    #[test]
    fn only_what_was_not_there_before_is_news() {
        let shown = |lines: &[&str]| {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            Screen([("1 slack 1".to_owned(), Thing { what: "card".to_owned(), lines })].into())
        };
        let news = |is_new, lines: &[&str]| {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            vec![FreshLines { in_slack: true, what: "card".to_owned(), is_new, lines }]
        };
        assert_eq!(shown(&["a", "b"]).since(&Screen::default()), news(true, &["a", "b"]));
        assert_eq!(shown(&["a", "c"]).since(&shown(&["a", "b"])), news(false, &["c"]));
        assert_eq!(shown(&["a"]).since(&shown(&["a"])), []);
    }
}
