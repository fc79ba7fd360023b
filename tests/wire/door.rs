//! The HTTP door: a queue that does not take a job, and a form that cannot be opened × every fault. Whoever did
//! something learns within three seconds that it was not taken: in words, or by an error that Slack shows; Slack's
//! events and Jira come again.

use casebridge_lab::stage::{Stage, ana, envelope, nobody};
use std::time::Duration;

use casebridge::{
    case::Millis,
    chat::{self, ChatContext},
};
use casebridge_lab::standins::{FaultRule, SignedRequest, SlackStandin};
use serde_json::Value;

use super::{
    acts::Act,
    all_right,
    faults::{FAULTS, Row as FaultRow},
    inbox::{Elsewhere, Said, queue},
};

/// What is told to whoever did it, where it cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// "Nothing was done", and what was typed, in the answer itself.
    Words,
    /// The same on the form, which stays open.
    OnTheForm,
    /// 503: Slack shows an error, and events and webhooks come again.
    Unavailable,
    /// It was taken.
    Taken,
}

use Told::*;

/// What is done, and what is told where it cannot be taken.
const DOINGS: [(Act, Told); 9] = [
    (Act::Types("CASE title Two keys leaked"), Words),
    (Act::OpensCase, OnTheForm),
    (Act::Confirms("CASE close"), Unavailable),
    (Act::Mentions("title Two keys leaked"), Unavailable),
    (Act::Replies, Unavailable),
    (Act::Edits, Unavailable),
    (Act::Attaches, Unavailable),
    (Act::LooksHome, Unavailable),
    (Act::CommentsInJira, Unavailable),
];

const SOON: Duration = Duration::ZERO;

/// What the queue does, and whether the job was taken.
const QUEUES: [(&str, Option<Said>, bool); 11] = [
    ("it takes the job", Some((200, "", r#"{"MessageId":"m","SequenceNumber":"1"}"#, SOON)), true),
    ("nobody listens", None, false),
    ("slow", Some((200, "", r#"{"MessageId":"m"}"#, Duration::from_secs(5))), false),
    ("500", Some((500, "", "", SOON)), false),
    ("503 in HTML", Some((503, "", "<html></html>", SOON)), false),
    ("throttled", Some((400, "ThrottlingException", "{}", SOON)), false),
    ("denied", Some((403, "AccessDeniedException", "{}", SOON)), false),
    ("no such queue", Some((400, "QueueDoesNotExist", "{}", SOON)), false),
    ("redirect", Some((302, "", "", SOON)), false),
    ("200 in HTML", Some((200, "", "<html></html>", SOON)), false),
    ("200 and nothing", Some((200, "", "", SOON)), false),
];

async fn told(bridge: &ChatContext<'_>, delivery: &SignedRequest) -> (Told, Value) {
    let answer = chat::handle(bridge, &envelope(delivery), Millis::MAX).await.unwrap();
    let said: Value = serde_json::from_str(answer["body"].as_str().unwrap_or_default()).unwrap_or_default();
    let told = match answer["statusCode"].as_u64().unwrap() {
        503 => Unavailable,
        200 if said["response_action"] == "errors" && said.to_string().contains("Nothing was done") => {
            OnTheForm
        }
        200 if SlackStandin::shown(&said).contains("Nothing was done") => Words,
        200 => Taken,
        status => panic!("{status}"),
    };
    (told, said)
}

async fn queue_cell(doing: &(Act, Told), row: &(&str, Option<Said>, bool)) -> Option<String> {
    let ((act, must), (name, said, taken)) = (*doing, *row);
    let (stage, deliveries) = act.before_the_door().await;
    let address = match said {
        Some(said) => queue(said).await,
        None => nobody().to_owned(),
    };
    let world = Elsewhere::of(&stage.world, &address).await;
    let bridge = ChatContext { world: &world, settings: &stage.settings, secrets: &stage.secrets };
    let (told, said) = told(&bridge, deliveries.last().unwrap()).await;
    let must = if taken { Taken } else { must };
    let given_back = must != Words || SlackStandin::shown(&said).contains("title Two keys leaked");
    let right = told == must && given_back && stage.jobs().is_empty();
    (!right).then(|| format!("{act:?} × {name}: {told:?}\n  must be {must:?}: {said}"))
}

#[tokio::test]
async fn what_the_queue_does_not_take_is_told_within_three_seconds() {
    all_right(DOINGS.iter().flat_map(|doing| QUEUES.iter().map(move |row| queue_cell(doing, row)))).await;
}

/// The two ways to a form.
pub const OPENED: [(&str, Act); 2] =
    [("views.open", Act::Types("new Second")), ("views.open", Act::OpensForm)];

async fn form_cell(act: Act, row: &FaultRow) -> Option<String> {
    let (name, fault, means, _) = *row;
    means?;
    let (stage, deliveries) = act.before_the_door().await;
    stage.slack.fault(fault(FaultRule::on("views.open")));
    let before = stage.slack.ephemerals(&ana()).len();
    let asked = stage.slack.count("views.open");
    let (is, said) = told(&stage.bridge(), &deliveries[0]).await;
    let jobs = stage.jobs();
    stage.slack.heal();
    stage.work(&jobs).await;
    let read = format!("{}{}", SlackStandin::shown(&said), stage.since(&ana(), before));
    let must = match (act, name) {
        // Slack gives three seconds, and shows its own error then.
        (_, "slow") => Unavailable,
        (Act::OpensForm, _) => Taken,
        _ => Words,
    };
    let words = must == Unavailable
        || read.contains("The form could not be opened") && read.contains("Nothing was done");
    let given_back = must != Words || read.contains("new Second");
    let once = stage.slack.count("views.open") == asked + 1;
    let right = is == must && words && given_back && once;
    (!right).then(|| format!("{act:?} × {name}: {is:?}, once {once}\n  must be {must:?}: {read}"))
}

#[tokio::test]
async fn a_form_that_cannot_be_opened_is_told_in_words_and_asked_for_once() {
    all_right(OPENED.iter().flat_map(|(_, act)| FAULTS.iter().map(move |row| form_cell(*act, row)))).await;
}

/// Pressed under a fault, and once more when it is mended: the form is as it was, or has the room.
async fn room_cell(row: &FaultRow) -> Option<String> {
    let (name, fault, means, _) = *row;
    means?;
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} comment")).await;
    let view = stage.form(&ana())["id"].as_str().unwrap().to_owned();
    let press = || stage.slack.clicks_in_view(&ana(), &view, "more/text", &Value::Null).unwrap();
    stage.slack.fault(fault(FaultRule::on("views.update")));
    let (is, _) = told(&stage.bridge(), &press()).await;
    let asked = stage.slack.count("views.update");
    stage.slack.heal();
    // What Slack asked for is over.
    stage.world.stops_the_clock(stage.now() + 31_000);
    told(&stage.bridge(), &press()).await;
    let blocks = stage.form(&ana())["blocks"].as_array().unwrap().clone();
    let fields = blocks.iter().filter(|block| block["type"] == "input").count();
    let must = if name == "slow" { Unavailable } else { Taken };
    let right = is == must && asked == 1 && (2..=3).contains(&fields);
    (!right).then(|| format!("{name}: {is:?}, asked {asked} times, {fields} fields"))
}

#[tokio::test]
async fn a_form_that_gets_no_more_room_stays_as_it_is_and_can_be_asked_again() {
    all_right(FAULTS.iter().map(room_cell)).await;
}

#[tokio::test]
async fn a_form_that_cannot_be_filled_in_later_says_so() {
    let (stage, deliveries) = Act::OpensForm.before_the_door().await;
    let world = Elsewhere::of(&stage.world, nobody()).await;
    let bridge = ChatContext { world: &world, settings: &stage.settings, secrets: &stage.secrets };
    // Neither the form's job nor the answer that says so is taken: Slack shows an error.
    assert_eq!(told(&bridge, &deliveries[0]).await.0, Unavailable);
    let typed: &Stage = &stage;
    let case = typed.sir.state()["cases"].as_object().unwrap().keys().next().unwrap().clone();
    let line = typed.slack.types(&ana(), &typed.channel, "/sir", &format!("{case} edit"));
    assert_eq!(told(&bridge, &line).await.0, Words);
}
