//! What was put in and must come out nowhere else: secrets, and what people and AWS said. Searched for in all that is written.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::standins::{JiraStandin, SirStandin, SlackStandin};

/// Shorter lines stand anywhere by chance.
const LEAST: usize = 12;
/// More are not searched for: of a flood of texts every so-manieth.
const MOST: usize = 500;

/// What a test put in.
pub struct Canary {
    secrets: Vec<String>,
    texts: Vec<String>,
}

impl Canary {
    /// Of the secret's document, and of what others than the bridge said.
    pub fn of(secret: &Value, slack: &SlackStandin, jira: &JiraStandin, sir: &SirStandin) -> Self {
        let secrets = secret.as_object().unwrap().iter().filter(|(name, _)| *name != "jira_email");
        let secrets = secrets.filter_map(|(_, value)| value.as_str()).map(str::to_owned);
        let mut texts = BTreeSet::new();
        let own = jira.own_account();
        let is_ours = |said: &Value| {
            said.get("bot_id").is_some()
                || said.pointer("/author/accountId").is_some_and(|id| *id == *own.as_str())
        };
        let comments = jira.issues().iter().flat_map(|key| jira.comments(key)).collect();
        for said in [slack.state()["channels"].take(), Value::Array(comments), sir.state()] {
            collect((&said, ""), &is_ours, &mut texts);
        }
        let step = texts.len().div_ceil(MOST).max(1);
        Self { secrets: secrets.collect(), texts: texts.into_iter().step_by(step).collect() }
    }

    /// Those secrets that stand there.
    pub fn secrets_in(&self, written: &str) -> Vec<&str> {
        standing(&self.secrets, written)
    }

    /// The secrets and texts that stand there.
    pub fn all_in(&self, written: &str) -> Vec<&str> {
        [self.secrets_in(written), standing(&self.texts, written)].concat()
    }
}

fn standing<'a>(all: &'a [String], written: &str) -> Vec<&'a str> {
    all.iter().map(String::as_str).filter(|text| written.contains(text)).collect()
}

/// The lines of what was said, and addresses.
fn collect((state, name): (&Value, &str), is_ours: &dyn Fn(&Value) -> bool, found: &mut BTreeSet<String>) {
    match state {
        said if is_ours(said) => {}
        Value::String(text) if ["title", "description", "body", "text", "email"].contains(&name) => {
            let lines = text.lines().filter(|line| line.len() >= LEAST && line.contains([' ', '@']));
            found.extend(lines.map(in_json));
        }
        Value::Array(items) => items.iter().for_each(|item| collect((item, name), is_ours, found)),
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| collect((value, name), is_ours, found))
        }
        _ => {}
    }
}

fn in_json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
