//! What do people do while the function that listens to them is killed?

use casebridge::{
    case::{CaseId, ChannelId, Ts, UserId},
    state::Store,
};
use casebridge_lab::standins::{SignedRequest, SlackStandin};
use serde_json::Value;

use super::{chance::Dice, stage::Stage};

/// How often Slack sends an event that nobody answered with 200, and about as often Jira:
/// <https://docs.slack.dev/apis/events-api/#retries>.
const DELIVERIES: u8 = 4;

/// So many of the newest cases are talked about.
const AT_HAND: usize = 3;

/// Something that somebody did. Each person does one thing, and then perhaps presses a button in the answer or edits
/// their message: so everything that they can read is about that.
pub struct Act {
    pub did: Did,
    pub case: String,
    pub who: String,
    /// Stands in what was said, and in nothing else.
    pub word: String,
    /// Stands in the job that becomes of it, and in no other job.
    pub mark: String,
    pub delivery: SignedRequest,
    /// How often it may still be delivered: what a person waits for comes once.
    pub deliveries: u8,
    /// It was answered with 200.
    pub accepted: bool,
}

pub enum Did {
    /// The word becomes a comment; whoever typed a command gets an answer.
    Said { answered: bool },
    /// A message was edited: the word takes the place of that act's.
    Edited { said: usize },
    /// The word goes into a call that changes the case; the answer speaks of a change, however often it was tried.
    Changed { operation: &'static str, answer: &'static str },
    /// Asked for an answer with buttons.
    Asked { button: &'static str },
    /// Pressed such a button, below what was asked: the case is changed by one call.
    Pressed { operation: &'static str, answer: &'static str, question: String },
    /// A comment on the case's issue.
    Wrote,
}

/// A case, its thread and its issue.
struct Place {
    case: String,
    thread: String,
    issue: String,
}

/// Everything that people did.
#[derive(Default)]
pub struct People {
    pub acts: Vec<Act>,
    places: Vec<Place>,
    used: usize,
}

impl People {
    /// Whether there is anybody who has not done anything yet.
    pub fn is_anybody_left(&self, stage: &Stage) -> bool {
        self.used < stage.people.len()
    }

    /// Somebody does something, or tries to.
    pub async fn act(&mut self, stage: &Stage, dice: &mut Dice) {
        if self.places.len() < AT_HAND || dice.below(20) == 0 {
            self.places.push(opened(stage).await);
        }
        let newest = &self.places[self.places.len() - AT_HAND.min(self.places.len())..];
        let place = dice.one_of(newest);
        let (case, word) = (place.case.clone(), format!("w{:05}", self.acts.len()));
        let (channel, person) = (ChannelId::new(&stage.channel), || UserId::new(&stage.people[self.used]));
        let line = |line: String| stage.slack.types(&person(), &channel, "/sir", &line);
        let says = |text: String| {
            let thread = Ts::new(&place.thread);
            let sent = stage.slack.says(&person(), &channel, &text, Some(&thread)).1;
            sent.into_iter().next_back().unwrap()
        };
        let (did, case, delivery) = match dice.below(15) {
            0..2 => (Did::Said { answered: true }, &case, line(format!("{case} comment it was {word}"))),
            2 => (
                Did::Changed { operation: "UpdateCase", answer: " is now: " },
                &case,
                line(format!("{case} title {word}")),
            ),
            3..5 => {
                let line = line(format!("{case} watch {word}@example.com"));
                (Did::Changed { operation: "UpdateCase", answer: " now has " }, &case, line)
            }
            5 => (
                Did::Changed { operation: "TagResource", answer: " now has the tag " },
                &case,
                line(format!("{case} tag add {word}=1")),
            ),
            6..8 => (Did::Said { answered: false }, &case, says(format!("it was {word}"))),
            8 => {
                let (.., bot, _) = stage.slack.app();
                (Did::Said { answered: true }, &case, says(format!("<@{bot}> comment it was {word}")))
            }
            9..11 => {
                let own = stage.sir.console_creates_case("Key leaked");
                let (verb, button) = *dice.one_of(&[("status", "run/1"), ("close", "confirm/1")]);
                let line = line(format!("{own} {verb}"));
                return self.push(Did::Asked { button }, own.to_string(), word, line, stage);
            }
            11..13 => return self.press(stage, dice),
            13 => return self.edit(stage, dice, word),
            _ => {
                stage
                    .jira
                    .person_comments(&stage.jira.ana(), &place.issue, &format!("it was {word}"))
                    .unwrap();
                (Did::Wrote, &case, stage.jira.take_webhooks().pop().unwrap())
            }
        };
        self.push(did, case.clone(), word, delivery, stage);
    }

    fn push(&mut self, did: Did, case: String, word: String, delivery: SignedRequest, stage: &Stage) {
        let who = match did {
            Did::Wrote => String::new(),
            _ => {
                self.used += 1;
                stage.people[self.used - 1].clone()
            }
        };
        self.acts.push(Act::new(did, case, who, word, delivery));
    }

    /// Somebody presses a button in what they were answered, if anybody can.
    fn press(&mut self, stage: &Stage, dice: &mut Dice) {
        let pressed =
            |who: &str| self.acts.iter().any(|act| act.who == who && matches!(act.did, Did::Pressed { .. }));
        let questions = self.acts.iter().filter_map(|act| match act.did {
            Did::Asked { button } if !pressed(&act.who) => {
                let question = stage.slack.ephemerals(&UserId::new(&act.who)).pop()?;
                Some((act, button, question))
            }
            _ => None,
        });
        let Some((asked, button, question)) = questions.last() else { return };
        let ts = question["ts"].as_str().unwrap();
        let question = SlackStandin::shown(&question);
        let (case, who) = (asked.case.clone(), asked.who.clone());
        let (operation, answer, times) = match button {
            // A confirmation is good once, however often it is pressed.
            "confirm/1" => ("CloseCase", " is closed", 1 + dice.below(2)),
            _ => ("UpdateCaseStatus", " goes from ", 1),
        };
        for _ in 0..times {
            let click = stage
                .slack
                .clicks(
                    &UserId::new(&who),
                    &ChannelId::new(&stage.channel),
                    &Ts::new(ts),
                    button,
                    &Value::Null,
                )
                .unwrap();
            let did = Did::Pressed { operation, answer, question: question.clone() };
            self.acts.push(Act::new(did, case.clone(), who.clone(), String::new(), click));
        }
    }

    /// Somebody edits what they wrote in a thread, if anybody wrote something.
    fn edit(&mut self, stage: &Stage, dice: &mut Dice, word: String) {
        let replies: Vec<_> = (0..self.acts.len())
            .filter(|index| matches!(self.acts[*index].did, Did::Said { answered: false }))
            .collect();
        if replies.is_empty() {
            return;
        }
        let said = *dice.one_of(&replies[replies.len().saturating_sub(5)..]);
        let Act { case, who, delivery, .. } = &self.acts[said];
        let event = &serde_json::from_slice::<Value>(&delivery.body).unwrap()["event"];
        let ts = event["ts"].as_str().unwrap();
        let edit = stage
            .slack
            .edits(
                &UserId::new(who),
                &ChannelId::new(&stage.channel),
                &Ts::new(ts),
                &format!("it was {word}"),
            )
            .unwrap();
        self.acts.push(Act::new(Did::Edited { said }, case.clone(), who.clone(), word, edit));
    }

    /// The oldest act that is still to be delivered.
    pub fn next_delivery(&mut self) -> Option<(usize, SignedRequest)> {
        let index = self.acts.iter().position(|act| !act.accepted && act.deliveries > 0)?;
        self.acts[index].deliveries -= 1;
        Some((index, self.acts[index].delivery.clone()))
    }
}

impl Act {
    fn new(did: Did, case: String, who: String, word: String, delivery: SignedRequest) -> Self {
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&delivery.body).unwrap_or_default();
        let field = |name: &str| form.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        let json = serde_json::from_slice::<Value>(&delivery.body).unwrap_or_default();
        let (mark, deliveries) = match &did {
            Did::Pressed { .. } => {
                let payload: Value = serde_json::from_str(&field("payload").unwrap()).unwrap();
                (payload["trigger_id"].as_str().unwrap().to_owned(), 1)
            }
            Did::Wrote => {
                let issue = json["issue"]["id"].as_str().unwrap();
                (format!("{issue}/{}", json["timestamp"]), DELIVERIES)
            }
            _ => match field("trigger_id") {
                Some(trigger) => (trigger, 1),
                None => (word.clone(), DELIVERIES),
            },
        };
        Self { did, case, who, word, mark, delivery, deliveries, accepted: false }
    }
}

/// A new case whose thread and issue the bridge knows.
async fn opened(stage: &Stage) -> Place {
    let case = stage.sir.console_creates_case("Key leaked");
    let id = CaseId::parse(case.as_str()).unwrap();
    let (.., team) = stage.slack.app();
    let (thread, _) =
        stage.slack.says(&UserId::new(&stage.people[0]), &ChannelId::new(&stage.channel), "a card", None);
    let place = format!("slack/{team}/{}/{thread}", stage.channel);
    stage.table.store.bind(&place, &id).await.unwrap();
    let issue = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    let number = stage.jira.issue(&issue).unwrap()["id"].as_str().unwrap().to_owned();
    stage.table.store.bind(&format!("jira/{number}"), &id).await.unwrap();
    stage.jira.take_webhooks();
    Place { case: case.to_string(), thread: thread.to_string(), issue }
}
