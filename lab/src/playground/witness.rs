//! What was true, what do people see, and is anything lost, doubled, or out of order? Judged as the simulation judges its
//! worlds, by texts alone.

use std::{collections::BTreeMap, sync::Mutex};

use casebridge::{
    case::{CaseId, ChannelId, Millis, Ts},
    http::{Request, Response, TransportError},
    sync::trigger::{Hint, decode_value},
};
use serde::Serialize;
use serde_json::Value;

use super::{feed::lock, standins::Standins};
use crate::{
    simulation::{
        history::{CaseHistory, History},
        journal::{self, Journal, JournalEntry},
        oracle::{self, Circumstances, Defect, Findings},
        visible,
    },
    standins::{JiraStandin, SlackStandin},
};

/// What is not told after this long, though nothing stands in its way, is lost: the hourly check came and went.
const PROMISED: Millis = 75 * 60_000;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    pub lost: usize,
    pub doubled: usize,
    pub out_of_order: usize,
    /// Not told yet, and it may still be.
    pub on_the_way: usize,
    /// From being made to being told: half of it took no longer, in milliseconds.
    pub half_within: Option<Millis>,
    /// What is wrong, in words.
    pub why: Vec<String>,
}

pub struct Witness {
    standins: Standins,
    seen: Mutex<LastSeen>,
}

#[derive(Default)]
struct LastSeen {
    history: History,
    slack: Journal,
    jira: Journal,
    /// Texts that Slack answered `ok` to, and did not store.
    swallowed: Vec<String>,
}

impl Witness {
    pub fn new(standins: &Standins) -> Self {
        Self { standins: standins.clone(), seen: Mutex::default() }
    }

    /// An event tells that something happened to a case.
    pub fn happened(&self, event: &Value, now: Millis) {
        if let Ok(Hint::Case { id, .. }) = decode_value(event.clone()) {
            lock(&self.seen).history.look(&self.standins.sir, (&id, true), now);
        }
    }

    /// Where a request goes, and what it is called there.
    pub fn named(&self, request: &Request) -> (&'static str, String) {
        let url = request.url.split('?').next().unwrap_or_default();
        if let Some(path) = url.strip_prefix(self.standins.jira.url()) {
            let path = path.trim_start_matches("/rest/api/3/");
            return ("jira", format!("{} {path}", request.method));
        }
        match url.split_once("/api/") {
            Some((_, method)) => ("slack", method.to_owned()),
            None => ("slack", "response_url".to_owned()),
        }
    }

    /// A request was sent, and this was the answer.
    pub fn sent(&self, request: &Request, answer: &Result<Response, TransportError>, now: Millis) {
        let Ok(answer) = answer else { return };
        let seen = &mut *lock(&self.seen);
        if request.url.starts_with(self.standins.jira.url()) {
            return journal::in_jira(&mut seen.jira, &self.standins.jira, (request, answer), now);
        }
        journal::in_slack(&mut seen.slack, &self.standins.slack, (request, answer), now);
        if request.url.ends_with("/chat.postMessage")
            && let Some(posted) = answer.value().filter(|posted| posted["ok"] == true)
        {
            let text = |name: &str| posted[name].as_str().unwrap_or_default().to_owned();
            let stands = self.standins.slack.message(&ChannelId::new(text("channel")), &Ts::new(text("ts")));
            let body = serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
            seen.swallowed.extend(stands.is_none().then(|| one_line(&visible::in_slack(&body))));
        }
    }

    /// How it stands now. Of a case in whose way something stands, nothing is lost.
    pub fn judge(&self, now: Millis, is_held: impl Fn(&CaseId) -> bool) -> Counters {
        let seen = &mut *lock(&self.seen);
        people_in_slack(&mut seen.slack, &self.standins.slack, now);
        people_in_jira(&mut seen.jira, &self.standins.jira, now);
        let around = Around {
            standins: &self.standins,
            swallowed: &seen.swallowed,
            ours: self.standins.sir.principal(),
        };
        let (mut counters, mut took) = (Counters::default(), Vec::new());
        for (id, life) in &seen.history.0 {
            let mut findings = Findings::new(&around);
            oracle::case(&mut findings, id, life, [&seen.slack, &seen.jira]);
            let waits = is_held(id) || now - last_change(life) < PROMISED;
            for (defect, why) in findings.found {
                match defect {
                    Defect::Lost if waits => counters.on_the_way += 1,
                    Defect::Lost => counters.lost += 1,
                    Defect::Doubled => counters.doubled += 1,
                    Defect::OutOfOrder => counters.out_of_order += 1,
                    // What people themselves put in the place of our words is for them to say.
                    Defect::Untrue => continue,
                }
                if !(defect == Defect::Lost && waits) {
                    counters.why.push(why);
                }
            }
            took.extend(findings.repair);
        }
        took.sort_unstable();
        counters.half_within = took.get(took.len() / 2).copied();
        counters
    }

    /// How many comments each case has, for whoever asks what a key means.
    pub fn comments(&self) -> BTreeMap<CaseId, usize> {
        lock(&self.seen).history.0.iter().map(|(id, life)| (id.clone(), life.comments.len())).collect()
    }
}

fn last_change(life: &CaseHistory) -> Millis {
    let said = life.comments.iter().filter_map(|one| one.said.last()).map(|(at, _)| *at);
    said.chain(life.was.iter().map(|(at, _)| *at)).max().unwrap_or_default()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Around<'a> {
    standins: &'a Standins,
    swallowed: &'a [String],
    ours: String,
}

impl Circumstances for Around<'_> {
    fn channels(&self) -> Vec<Value> {
        let state = self.standins.slack.state();
        let all = state["channels"].as_object().into_iter().flatten();
        all.map(|(_, channel)| channel["channel"].clone()).collect()
    }

    fn is_reworded(&self, _text: &str) -> bool {
        false
    }

    fn has_swallowed(&self, words: &str) -> bool {
        self.swallowed.iter().any(|text| text.contains(words))
    }

    fn swallowed_changes(&self) -> bool {
        !self.swallowed.is_empty()
    }

    fn late(&self) -> Option<Millis> {
        None
    }

    fn ours(&self) -> &str {
        &self.ours
    }

    fn people(&self) -> Vec<Value> {
        self.standins.slack.people()
    }

    /// Names stand in the place of ids on the case, and files are named below the words.
    fn is_said(&self, on_case: &str, by_person: &str) -> bool {
        let plain = |text: &str| -> String {
            let words = text.split_whitespace().filter(|word| !word.contains(['@', '#', '<']));
            words.flat_map(str::chars).filter(|char| char.is_alphanumeric()).collect()
        };
        let (case, person) = (plain(on_case), plain(by_person));
        case == person || !person.is_empty() && case.starts_with(&person)
    }
}

/// What people wrote is written down, and that something is gone.
fn people_in_slack(journal: &mut Journal, slack: &SlackStandin, now: Millis) {
    let state = slack.state();
    for (place, channel) in state["channels"].as_object().into_iter().flatten() {
        let messages = channel["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for message in messages {
            let entry = StandingEntry {
                place,
                id: &text(&message["ts"]),
                thread: message["thread_ts"]
                    .as_str()
                    .filter(|thread| message["ts"] != **thread)
                    .map(str::to_owned),
                ours: message.get("bot_id").is_some(),
            };
            entry.stands(journal, now, || visible::in_slack(message));
        }
        let stands: Vec<String> = messages.iter().map(|message| text(&message["ts"])).collect();
        gone(journal, place, &stands, now);
    }
}

fn people_in_jira(journal: &mut Journal, jira: &JiraStandin, now: Millis) {
    let own = jira.own_account();
    for key in jira.issues() {
        let Some(issue) = jira.some_of(&key, "project") else { continue };
        let (place, comments) = (issue["id"].as_str().unwrap_or_default().to_owned(), jira.comments(&key));
        for comment in &comments {
            let entry = StandingEntry {
                place: &place,
                id: comment["id"].as_str().unwrap_or_default(),
                thread: None,
                ours: comment["author"]["accountId"] == own.as_str(),
            };
            entry.stands(journal, now, || visible::in_jira(&comment["body"]));
        }
        let stands: Vec<String> =
            comments.iter().filter_map(|comment| comment["id"].as_str().map(str::to_owned)).collect();
        gone(journal, &place, &stands, now);
    }
}

struct StandingEntry<'a> {
    place: &'a str,
    id: &'a str,
    thread: Option<String>,
    ours: bool,
}

impl StandingEntry<'_> {
    /// What is ours was written down as it was sent, unless the answer was lost.
    fn stands(self, journal: &mut Journal, now: Millis, text: impl FnOnce() -> String) {
        match journal.find(self.place, self.id) {
            Some(known) if !known.ours => known.says(now, text()),
            Some(_) => {}
            None => journal.add(JournalEntry {
                place: self.place.to_owned(),
                thread: self.thread,
                id: self.id.to_owned(),
                ours: self.ours,
                mark: String::new(),
                said: vec![(now, text())],
                gone: None,
            }),
        }
    }
}

fn gone(journal: &mut Journal, place: &str, stands: &[String], now: Millis) {
    let lacks = |entry: &&JournalEntry| entry.place == place && !stands.contains(&entry.id);
    let gone: Vec<String> = journal.all.iter().filter(lacks).map(|entry| entry.id.clone()).collect();
    gone.iter().for_each(|id| journal.remove(place, id, now));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::{
        playground::{
            stage::{Beginning, Stage},
            switches::{Place, Trouble},
        },
        standins::Sight,
    };
    use casebridge::{config::secrets::Secret, http::Request};

    #[tokio::test]
    async fn what_stands_there_twice_and_what_is_never_told_is_counted() {
        let stage = Stage::set(Beginning::default()).await.unwrap();
        let (sir, slack) = (&stage.standins.sir, &stage.standins.slack);
        let case = sir.aws_creates_case("One");
        stage.settle().await;
        sir.aws_comments(&case, "AWS Responder", "Two").unwrap();
        stage.settle().await;
        let told = stage.counters();
        assert_eq!((told.lost, told.doubled, told.out_of_order, told.on_the_way), (0, 0, 0, 0), "{told:?}");

        let reply = slack.messages(&slack.security()).pop().unwrap();
        let copy = json!({ "channel": slack.security(), "thread_ts": reply["thread_ts"], "text": reply["text"],
            "blocks": reply["blocks"] });
        let post =
            Request::json(reqwest::Method::POST, format!("{}/api/chat.postMessage", slack.url()), &copy);
        assert_eq!(slack.answer(&post.bearer(&Secret::new(slack.token())), Sight::Now).status, 200);
        assert_eq!(stage.counters().doubled, 1);

        stage.switches.set((Place::Sir, Trouble::EventsLost), Some(String::new())).unwrap();
        sir.aws_comments(&case, "AWS Responder", "Three").unwrap();
        assert!(!stage.notify().await, "the event is lost");
        let untold = stage.counters();
        assert_eq!((untold.lost, untold.on_the_way), (0, 2), "in Slack and in Jira");
        stage.clock.reach(stage.clock.now() + i64::try_from(Duration::from_secs(4_560).as_millis()).unwrap());
        assert_eq!((stage.counters().lost, stage.counters().on_the_way), (2, 0));
    }
}
