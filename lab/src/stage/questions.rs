//! What stands there now: what people read, what the table says, what was asked for.

use casebridge::{
    case::{CaseId, ChannelId, Ts},
    runtime::breaker::Breaker,
    state::{
        Meta, Store, TargetKind,
        notes::{Home, PlaceNote},
    },
    targets::{jira, slack},
    telemetry::audit::AuditLine,
};
use serde_json::Value;

use super::Stage;
use crate::standins::{HeardCall, JiraStandin, SlackStandin};

impl Stage {
    /// The messages of a case's thread, the card first.
    pub async fn thread(&self, case: &CaseId) -> Vec<Value> {
        let (channel, card) = self.card(case).await;
        self.slack.thread(&channel, &card)
    }

    /// What people read in a case's thread, the card first.
    pub async fn lines(&self, case: &CaseId) -> Vec<String> {
        self.thread(case).await.iter().map(SlackStandin::shown).collect()
    }

    /// Where a case's card stands.
    pub async fn card(&self, case: &CaseId) -> (ChannelId, Ts) {
        let home = self.home(case, slack::KIND).await;
        (ChannelId::new(home.place), Ts::new(home.name))
    }

    /// The messages of the common channel that are below no other.
    pub fn cards(&self) -> Vec<Value> {
        let below = |message: &Value| message.get("thread_ts").is_some_and(|ts| *ts != message["ts"]);
        self.slack.messages(&self.channel).into_iter().filter(|message| !below(message)).collect()
    }

    /// The case's issue.
    pub async fn issue(&self, case: &CaseId) -> Value {
        self.jira.issue(&self.home(case, jira::KIND).await.name).unwrap()
    }

    /// What people read in a case's issue above its comments.
    pub async fn in_issue(&self, case: &CaseId) -> String {
        let fields = &self.issue(case).await["fields"];
        format!("{}\n{}", fields["summary"].as_str().unwrap(), JiraStandin::plain(&fields["description"]))
    }

    /// What people read below a case's issue.
    pub async fn comments(&self, case: &CaseId) -> Vec<String> {
        let comments = self.jira.comments(&self.home(case, jira::KIND).await.name);
        comments.iter().map(|comment| JiraStandin::plain(&comment["body"])).collect()
    }

    /// The bodies of a case's comments at the service.
    pub fn case_comments(&self, case: &CaseId) -> Vec<String> {
        let comments = self.sir.comments(case);
        comments.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
    }

    /// All that stands at both targets, for comparison.
    pub fn everything(&self) -> (Vec<Value>, Value) {
        (self.slack.messages(&self.channel), self.jira.state())
    }
}

impl Stage {
    /// Everything of a case.
    pub async fn meta(&self, case: &CaseId) -> Meta {
        self.memory.meta(case).await.unwrap().unwrap()
    }

    /// What is known of the case at a target.
    pub async fn place(&self, case: &CaseId, target: TargetKind) -> PlaceNote {
        let meta = self.meta(case).await;
        serde_json::from_str(&meta.targets[target.as_str()]).unwrap()
    }

    /// Where a case stands at a target.
    pub async fn home(&self, case: &CaseId, target: TargetKind) -> Home {
        self.place(case, target).await.home.unwrap()
    }

    /// Where a target is left alone by everybody.
    pub async fn breaker(&self, target: TargetKind) -> Breaker {
        let note = self.memory.note(&format!("breaker/{}", target.as_str())).await.unwrap();
        note.map(|json| serde_json::from_str(&json).unwrap()).unwrap_or_default()
    }
}

impl Stage {
    /// Its lines, oldest first.
    pub fn trail(&self) -> Vec<AuditLine> {
        self.logs.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// What was asked of the stand-ins.
impl Stage {
    /// The operations asked for since the last time: at SIR, at Slack, at Jira.
    pub fn calls(&self) -> [Vec<String>; 3] {
        let names = |calls: Vec<HeardCall>| calls.into_iter().map(|call| call.operation).collect();
        [self.sir.take_calls(), self.slack.take_calls(), self.jira.take_calls()].map(names)
    }

    /// Forgets the calls heard so far.
    pub fn forget_calls(&self) {
        self.calls();
    }

    /// How many requests of an operation the service granted.
    pub fn granted(&self, operation: &str) -> usize {
        self.sir.calls_of(operation).iter().filter(|call| call.status.is_some_and(|it| it < 300)).count()
    }

    /// Everything outside Jira that a word can have come to: the service, Slack, all that the table and the inbox were
    /// ever asked to keep.
    pub fn outside_jira(&self) -> String {
        let asked = self.world.table.asked.lock().unwrap();
        format!("{}\n{}\n{asked}", self.sir.state(), self.slack.state())
    }
}

/// How many of these texts contain `part`.
pub fn count(texts: &[String], part: &str) -> usize {
    texts.iter().filter(|text| text.contains(part)).count()
}

/// The index of the first text that contains `part`.
pub fn place_of(texts: &[String], part: &str) -> usize {
    texts.iter().position(|text| text.contains(part)).unwrap_or_else(|| panic!("no {part} in {texts:#?}"))
}

/// The name of a message.
pub fn ts_of(message: &Value) -> Ts {
    Ts::new(message["ts"].as_str().unwrap())
}
