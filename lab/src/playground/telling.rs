//! A story, told step by step: what happens, and a sentence of what to look at. The same file shows the same screens.

use std::path::Path;

use casebridge::case::Millis;
use serde::Deserialize;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{acts::Act, feed::lock, stage::Stage};

/// The stories that come along: name and file.
const STORIES: &[(&str, &str)] = &[
    ("key", include_str!("stories/key.toml")),
    ("night", include_str!("stories/night.toml")),
    ("ransomware", include_str!("stories/ransomware.toml")),
    ("exercise", include_str!("stories/exercise.toml")),
    ("outage", include_str!("stories/outage.toml")),
    ("teams", include_str!("stories/teams.toml")),
    ("sixty", include_str!("stories/sixty.toml")),
];

/// Why a story cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum StoryFileError {
    #[error("there is no story {0:?}. There are: {names}, and every file of such a form", names = names())]
    Unknown(String),
    #[error("{0}: {1}")]
    Unreadable(String, toml::de::Error),
    #[error("{0}: `begins` is no time such as 2026-03-02T03:10:00Z")]
    Begins(String),
    #[error("{name}, step {step}: {why}")]
    Act { name: String, step: usize, why: String },
}

fn names() -> String {
    STORIES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoryFile {
    name: String,
    about: String,
    begins: String,
    /// More settings, as TOML. `{pager}` and `{webhook}` stand for the addresses of those two, `{ana}` and `{security}` for
    /// the ids of a person and a channel.
    #[serde(default)]
    settings: String,
    step: Vec<StoryStep>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoryStep {
    /// What happens, in a few words.
    title: String,
    look: String,
    /// Whose Slack to look at, by a person's name: else the one that was looked at before.
    #[serde(default)]
    see: Option<String>,
    /// Which channel to look at, by its name.
    #[serde(default)]
    channel: Option<String>,
    /// What is done, in this order. `$case2`, `$card2` and `$issue2` stand for the second case's, `$ana` for a person.
    #[serde(default)]
    act: Vec<Value>,
    /// It is done so many times; `{n}` counts.
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    pass: i64,
}

const fn once() -> u32 {
    1
}

/// A story, and how far it is told.
#[derive(Clone, Debug)]
pub struct StoryTelling {
    file: StoryFile,
    begins: Millis,
    told: usize,
}

impl StoryTelling {
    /// By its name, or a file's path.
    /// Fails: there is no such story, or it does not read.
    pub fn find(named: &str) -> Result<Self, StoryFileError> {
        let known = STORIES.iter().find(|(name, _)| *name == named).map(|(_, text)| (*text).to_owned());
        let text = known.or_else(|| std::fs::read_to_string(Path::new(named)).ok());
        Self::read(named, &text.ok_or_else(|| StoryFileError::Unknown(named.to_owned()))?)
    }

    fn read(name: &str, text: &str) -> Result<Self, StoryFileError> {
        let file: StoryFile =
            toml::from_str(text).map_err(|why| StoryFileError::Unreadable(name.to_owned(), why))?;
        let begins = OffsetDateTime::parse(&file.begins, &Rfc3339);
        let begins = begins.map_err(|_| StoryFileError::Begins(name.to_owned()))?.unix_timestamp() * 1_000;
        for (step, at) in file.step.iter().zip(1..) {
            for act in &step.act {
                let why = |why: serde_json::Error| why.to_string();
                read_act(act.clone()).map_err(why).map_err(|why| StoryFileError::Act {
                    name: name.to_owned(),
                    step: at,
                    why,
                })?;
            }
        }
        Ok(Self { file, begins, told: 0 })
    }

    /// Its name, and what it is about.
    pub fn heading(&self) -> (&str, &str) {
        (&self.file.name, &self.file.about)
    }

    /// What happens in each step, and whether that is nothing but time that passes.
    pub fn titles(&self) -> Vec<(String, bool)> {
        self.file.step.iter().map(|step| (step.title.clone(), step.act.is_empty())).collect()
    }

    /// What it needs of the settings beside what everybody begins with.
    pub fn settings(&self) -> &str {
        &self.file.settings
    }

    /// When it begins.
    pub fn begins(&self) -> Option<Millis> {
        Some(self.begins)
    }
}

/// An act, whatever its names stand for.
fn read_act(act: Value) -> Result<Act, serde_json::Error> {
    serde_json::from_value(act)
}

/// The stories that come along, and the one that is told here.
pub fn shown(stage: &Stage) -> Value {
    let known: Vec<Value> = STORIES
        .iter()
        .filter_map(|(name, text)| Some((name, StoryTelling::read(name, text).ok()?.file)))
        .map(|(name, file)| json!({ "name": name, "title": file.name, "about": file.about }))
        .collect();
    let told = lock(&stage.telling).as_ref().map(|telling| {
        let step = |step: &StoryStep| json!({ "title": step.title, "look": step.look, "see": step.see, "channel": step.channel });
        json!({ "title": telling.file.name, "about": telling.file.about, "told": telling.told,
            "steps": telling.file.step.iter().map(step).collect::<Vec<_>>() })
    });
    json!({ "known": known, "told": told })
}

/// Tells the next step; after the last one the clock runs.
/// Fails: there is none, or something in it cannot be done.
pub async fn goes_on(stage: &Stage) -> Result<Value, String> {
    let step = {
        let mut telling = lock(&stage.telling);
        let telling = telling.as_mut().ok_or("no story is told here")?;
        let step = telling.file.step.get(telling.told).cloned().ok_or("the story is at its end")?;
        telling.told += 1;
        step
    };
    let hurry = stage.clock.hurry();
    for number in 1..=step.times {
        for act in &step.act {
            let act = named(stage, act, number);
            let act = read_act(act).map_err(|error| error.to_string())?;
            act.happen(stage).await?;
            stage.quiet().await;
        }
    }
    drop(hurry);
    stage.pass(step.pass.max(1) * 1_000).await;
    let over = lock(&stage.telling).as_ref().is_some_and(|telling| telling.told == telling.file.step.len());
    if over {
        stage.clock.set_runs(true);
    }
    Ok(json!({}))
}

/// An act in which what stands for something is replaced by it.
fn named(stage: &Stage, act: &Value, number: u32) -> Value {
    match act {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => stands_for(stage, name).unwrap_or_else(|| text.clone()).into(),
            None => text.replace("{n}", &number.to_string()).replace("{case}", &newest(stage)).into(),
        },
        Value::Array(items) => items.iter().map(|item| named(stage, item, number)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), named(stage, value, number))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => act.clone(),
    }
}

fn cases(stage: &Stage) -> Vec<String> {
    let state = stage.standins.sir.state();
    state["cases"].as_object().into_iter().flatten().map(|(id, _)| id.clone()).collect()
}

fn newest(stage: &Stage) -> String {
    cases(stage).pop().unwrap_or_default()
}

fn stands_for(stage: &Stage, name: &str) -> Option<String> {
    let slack = &stage.standins.slack;
    if let Some((_, id)) = stage.standins.ids().into_iter().find(|(known, _)| known == name) {
        return Some(id);
    }
    let at = name.find(|digit: char| digit.is_ascii_digit())?;
    let (kind, number) = name.split_at(at);
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    match kind {
        "case" => cases(stage).into_iter().nth(index),
        "issue" => stage.standins.jira.issues().into_iter().nth(index),
        "card" => {
            let case = cases(stage).into_iter().nth(index)?;
            let state = slack.state();
            let channels = state["channels"].as_object().into_iter().flatten();
            let mut messages = channels.flat_map(|(_, of)| of["messages"].as_array().into_iter().flatten());
            let ours = |message: &&Value| {
                message["bot_id"].is_string() && message["blocks"].to_string().contains(&case)
            };
            messages.find(ours).and_then(|card| card["ts"].as_str()).map(str::to_owned)
        }
        // The first, second … message of a person's.
        "said" => {
            let messages = slack.messages(&slack.security());
            let people = messages.iter().filter(|message| !message["bot_id"].is_string());
            people.map(|message| message["ts"].as_str().unwrap_or_default().to_owned()).nth(index)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::{shown::Screen, stage::Beginning};

    #[test]
    fn every_story_that_comes_along_reads() {
        for (name, _) in STORIES {
            let story = StoryTelling::find(name).unwrap_or_else(|error| panic!("{error}"));
            assert!(story.file.step.len() > 2, "{name}");
        }
        let unknown = StoryTelling::find("nothing").expect_err("there is none").to_string();
        assert!(unknown.contains("key, night, ransomware"), "{unknown}");
    }

    /// What stood on the screens after each step, and what was counted at the end.
    async fn told(name: &str) -> (Vec<Vec<String>>, Value) {
        let story = StoryTelling::find(name).unwrap();
        let steps = story.file.step.len();
        let stage = Stage::set(Beginning { story: Some(story), peopled: true }).await.unwrap();
        let mut screens = Vec::new();
        for step in 1..=steps {
            goes_on(&stage).await.unwrap_or_else(|why| panic!("{name}, step {step}: {why}"));
            screens.push(Screen::now(&stage.standins).lines());
        }
        (screens, json!(stage.counters()))
    }

    #[tokio::test]
    async fn the_same_story_shows_the_same_screens_and_nothing_is_lost_in_any() {
        for (name, _) in STORIES {
            let (screens, counters) = Box::pin(told(name)).await;
            let zeros =
                [&counters["lost"], &counters["doubled"], &counters["out_of_order"], &counters["on_the_way"]];
            assert!(zeros.iter().all(|counter| **counter == 0), "{name}: {counters}");
            let again = Box::pin(told(name)).await.0;
            for (step, (once, twice)) in screens.iter().zip(&again).enumerate() {
                assert_eq!(once, twice, "{name}, after step {}", step + 1);
            }
        }
    }
}
