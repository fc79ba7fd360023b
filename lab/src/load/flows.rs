//! What one thing costs that happens: how many calls came one after the other until it stood there, how long that took,
//! and how many there were in all.

use casebridge::{
    case::{CaseId, Millis, Status},
    runtime::World,
};
use serde_json::Value;

use super::{Delays, Load, Made, STEP};

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// AWS opens a case: until its card stands.
    Created,
    CommentSlack,
    /// The same on the issue.
    CommentJira,
    /// AWS moves a case: until its issue is moved.
    StatusJira,
    /// The event of a comment comes again.
    Duplicate,
    /// A minute's turn in which there is nothing to do.
    IdleSweep,
    /// Somebody asks for a case: until the answer stands there.
    Show,
    /// Somebody replies in a thread: until it is a comment.
    ReplyCase,
    /// Somebody asks for a form: until it opens.
    Modal,
}

/// What it cost.
#[derive(Clone, Debug)]
pub struct Cost {
    /// From the event or request until it stood there, in milliseconds.
    pub until: Millis,
    /// All that was asked.
    pub made: Vec<Made>,
}

impl Cost {
    /// So many calls came one after the other, where each takes a [`STEP`].
    pub fn steps(&self) -> Millis {
        (self.until + STEP.cast_signed() / 2) / STEP.cast_signed()
    }
}

impl Flow {
    /// Lets it happen in a world of its own, without what is only decoration beyond card, issue and their links. What
    /// comes before is over when `ready` is called.
    pub async fn cost(self, delays: Delays, ready: impl FnOnce()) -> Cost {
        let load =
            Load::new(delays, "[jira.status]\n'Detection and Analysis' = 'In Progress'\nSubmitted = ''\n");
        let case = load.sir.aws_creates_case("Key leaked");
        if self != Self::Created {
            load.events().await;
            load.sir.aws_comments(&case, "AWS Responder", "We are looking at it.").unwrap();
            load.events().await;
            load.settle_for(3_600).await;
            load.pass(60_000).await;
            load.sweep().await;
            // What Slack said of people and channels, and what the settings say, is known in a process that is at work.
            load.people(&load.slack.types(
                &load.slack.ana(),
                &load.slack.security(),
                "/sir",
                &format!("{case} show"),
            ))
            .await;
            load.pass(3_000).await;
        }
        load.made();
        ready();
        let began = load.now();
        self.happens(&load, &case).await;
        let made = load.made();
        let stands = made.iter().find(|one| self.stands_by(one)).map(|one| one.at);
        let shows = !matches!(self, Self::Duplicate | Self::IdleSweep);
        assert!(stands.is_some() || !shows, "{self:?} came to nothing: {made:?}");
        let stands = stands.unwrap_or(began);
        Cost { until: stands - began, made }
    }

    async fn happens(self, load: &Load, case: &CaseId) {
        let channel = load.slack.security();
        match self {
            Self::Created => load.events().await,
            Self::CommentSlack | Self::CommentJira => {
                load.sir.aws_comments(case, "AWS Responder", WORDS).unwrap();
                load.events().await;
            }
            Self::StatusJira => {
                load.sir.aws_sets_status(case, &Status::Detection).unwrap();
                load.events().await;
            }
            Self::Duplicate => {
                let event = load.event(case);
                load.arrive(std::slice::from_ref(&event)).await;
                load.settle_for(120).await;
                load.made();
                load.arrive(&[event]).await;
            }
            Self::IdleSweep => load.sweep().await,
            Self::Show => {
                let line = format!("{case} show");
                load.people(&load.slack.types(&load.slack.ana(), &channel, "/sir", &line)).await;
            }
            Self::ReplyCase => {
                let (_, said) = load.slack.says(&load.slack.ana(), &channel, WORDS, Some(&load.card()));
                load.people(&said[0]).await;
            }
            Self::Modal => {
                let line = format!("{case} comment");
                load.people(&load.slack.types(&load.slack.ana(), &channel, "/sir", &line)).await;
            }
        }
    }

    fn stands_by(self, made: &Made) -> bool {
        let (what, says) = (made.what.as_str(), made.body.contains(WORDS));
        match self {
            Self::Created => what == "slack chat.postMessage",
            Self::CommentSlack => what == "slack chat.postMessage" && says,
            Self::CommentJira => what.starts_with("jira POST") && what.ends_with("/comment") && says,
            Self::StatusJira => what.starts_with("jira POST") && what.ends_with("/transitions"),
            Self::Duplicate | Self::IdleSweep => false,
            Self::Show => what.starts_with("slack ") && made.body.contains("Key leaked"),
            Self::ReplyCase => what == "sir CreateCaseComment",
            Self::Modal => what == "slack views.open",
        }
    }
}

const WORDS: &str = "The host web-2 is isolated.";

/// What came of it, for whoever wants to see where the time went.
impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let begun = self.made.first().map_or(0, |one| one.at - one.took.cast_signed());
        for one in &self.made {
            let body: String = one.body.chars().take(110).collect();
            writeln!(f, "{:>6} {} {}", one.at - begun, one.what, body.trim_end())?;
        }
        writeln!(f, "stood there after {} ms; {} calls", self.until, self.made.len())
    }
}

impl Load {
    pub(super) fn card(&self) -> casebridge::case::Ts {
        let messages = self.slack.messages(&self.slack.security());
        let card = messages
            .iter()
            .find(|message| message["thread_ts"].is_null() || message["thread_ts"] == message["ts"]);
        casebridge::case::Ts::new(card.and_then(|card| card["ts"].as_str()).unwrap_or_default())
    }

    fn event(&self, case: &CaseId) -> Value {
        serde_json::json!({"id": "e1", "source": "aws.security-ir", "detail-type": "Case Comment Added",
            "detail": {"caseId": case}})
    }

    /// So many seconds of sweeps, one a minute.
    pub async fn settle_for(&self, seconds: u64) {
        for _ in 0..seconds / 60 {
            self.pass(60_000).await;
            self.sweep().await;
        }
    }
}
