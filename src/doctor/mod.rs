//! Does the bridge work? Each check does, or tries dry, what the product does, and says what it saw.
//!
//! There are three answers, and none of them guesses: what was seen to work, what was seen to be wrong with its mend, and
//! what was not seen, with the way to see it. `/sir doctor` and `casebridge doctor` ask the same.

mod bridge;
mod jira;
mod routes;
mod service;
mod slack;
pub mod status;
mod unread;

use serde::Serialize;

use crate::{
    case::Millis,
    config::{secrets::Secrets, settings::Settings},
    http::Failure,
    runtime::World,
    targets::{jira::Jira, slack::Slack},
};

/// What is examined.
pub struct Patient<'a> {
    /// The world that the bridge lives in.
    pub world: &'a dyn World,
    /// What was chosen.
    pub settings: &'a Settings,
    /// The workspace.
    pub slack: &'a Slack<'a>,
    /// The site, where there is one.
    pub jira: Option<&'a Jira<'a>>,
    /// Signs and names us to PagerDuty and the webhook.
    pub secrets: &'a Secrets,
    /// Nothing is sent that could be answered after this.
    pub until: Millis,
}

/// A check and what it found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its name: `slack.scopes`.
    pub check: &'static str,
    /// What it found.
    #[serde(flatten)]
    pub answer: Answer,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It works: what was seen.
    Ok {
        /// In words.
        seen: String,
    },
    /// It does not: what was seen, and how to mend it.
    Wrong {
        /// In words.
        seen: String,
        /// What to do.
        mend: String,
    },
    /// Nobody knows: why, and how to see it.
    NotSeen {
        /// In words.
        why: String,
        /// What to do.
        how: String,
    },
}

pub(crate) fn fine(seen: impl Into<String>) -> Answer {
    Answer::Ok { seen: seen.into() }
}

pub(crate) fn wrong(seen: impl Into<String>, mend: impl Into<String>) -> Answer {
    Answer::Wrong { seen: seen.into(), mend: mend.into() }
}

pub(crate) fn unseen(why: impl Into<String>, how: impl Into<String>) -> Answer {
    Answer::NotSeen { why: why.into(), how: how.into() }
}

/// Not seen, because another check found the cause.
pub(crate) fn behind(check: &str) -> Answer {
    unseen(format!("it hangs on {check}"), format!("mend {check} first"))
}

impl Answer {
    /// Whether something is to be mended.
    pub fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong { .. })
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.check;
        match &self.answer {
            Answer::Ok { seen } => write!(f, "ok        {name}: {seen}."),
            Answer::Wrong { seen, mend } => write!(f, "WRONG     {name}: {seen}. {mend}."),
            Answer::NotSeen { why, how } => write!(f, "not seen  {name}: {why}. To see it: {how}."),
        }
    }
}

/// Everything that can be known, in the order in which one would ask.
pub async fn examine(patient: &Patient<'_>) -> Vec<Finding> {
    let mut found = Examined::default();
    Box::pin(slack::examine(patient, &mut found)).await;
    Box::pin(jira::examine(patient, &mut found)).await;
    Box::pin(unread::examine(patient, &mut found)).await;
    Box::pin(service::examine(patient, &mut found)).await;
    Box::pin(bridge::examine(patient, &mut found)).await;
    found.0
}

/// What hangs on the settings alone: whether what they name is there, in Slack and in Jira.
pub async fn examine_settings(patient: &Patient<'_>) -> Vec<Finding> {
    let mut found = Examined::default();
    Box::pin(slack::examine(patient, &mut found)).await;
    Box::pin(jira::examine(patient, &mut found)).await;
    found.0.retain(|finding| !finding.check.ends_with("_secret"));
    found.0
}

#[derive(Default)]
struct Examined(Vec<Finding>);

impl Examined {
    /// Names come from outside: nothing in them may write elsewhere on a terminal.
    fn add(&mut self, check: &'static str, answer: Answer) {
        let plain = |text: String| text.replace(char::is_control, "\u{fffd}");
        let answer = match answer {
            Answer::Ok { seen } => fine(plain(seen)),
            Answer::Wrong { seen, mend } => wrong(plain(seen), plain(mend)),
            Answer::NotSeen { why, how } => unseen(plain(why), plain(how)),
        };
        self.0.push(Finding { check, answer });
    }

    fn has(&self, check: &str) -> bool {
        self.0.iter().any(|finding| finding.check == check)
    }

    fn add_all(&mut self, checks: &[&'static str], answer: &Answer) {
        checks.iter().for_each(|check| self.add(check, answer.clone()));
    }
}

/// What a failure of Slack's or Jira's means for a check: refused is wrong, unanswered is not seen.
fn refused(failure: &Failure, mend: &str) -> Answer {
    match failure {
        Failure::NotApplied { .. } | Failure::Unknown { .. } => {
            unseen(failure.to_string(), "ask again in a minute; the service's status page may know more")
        }
        Failure::Content { .. } | Failure::Gone { .. } | Failure::Broken { .. } | Failure::Shut { .. } => {
            wrong(failure.to_string(), mend)
        }
    }
}

/// `3 minutes ago`.
pub fn ago(now: Millis, at: Millis) -> String {
    let minutes = (now - at).max(0) / 60_000;
    match minutes {
        0 => "just now".to_owned(),
        1 => "1 minute ago".to_owned(),
        2..120 => format!("{minutes} minutes ago"),
        120..2_880 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_as_people_say_it() {
        let minute = 60_000;
        for (age, words) in [
            (-5, "just now"),
            (0, "just now"),
            (minute, "1 minute ago"),
            (119 * minute, "119 minutes ago"),
            (120 * minute, "2 hours ago"),
            (47 * 60 * minute, "47 hours ago"),
            (48 * 60 * minute, "2 days ago"),
        ] {
            assert_eq!(ago(1_000_000_000_000, 1_000_000_000_000 - age), words);
        }
    }

    #[test]
    fn a_finding_says_what_to_do_and_is_json_for_a_script() {
        let finding = Finding { check: "slack.scopes", answer: wrong("files:read is missing", "Add it") };
        assert_eq!(finding.to_string(), "WRONG     slack.scopes: files:read is missing. Add it.");
        assert_eq!(
            serde_json::to_string(&finding).unwrap(),
            r#"{"check":"slack.scopes","answer":"wrong","seen":"files:read is missing","mend":"Add it"}"#
        );
    }
}
