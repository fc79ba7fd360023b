//! However often a command is delivered, and wherever its worker is stopped: the case changes once, and every answer
//! is the same.

use casebridge::{
    case::{CaseId, text},
    chat::{self, job::Job},
    config::clock,
    state::Store,
};
use casebridge_lab::stage::{Stage, ana, ts_of};
use casebridge_lab::standins::{FaultRule, SlackStandin};
use serde_json::{Value, json};

/// A change, and the operation that may be granted once for it.
const CHANGES: [(&str, &str); 8] = [
    ("comment It was Bo's key", "CreateCaseComment"),
    ("status detect", "UpdateCaseStatus"),
    ("title Two keys leaked", "UpdateCase"),
    ("watch bo@example.com", "UpdateCase"),
    ("impact add region eu-central-1", "UpdateCase"),
    ("tag add team=red", "TagResource"),
    ("ai useful 1", "SendFeedback"),
    ("close", "CloseCase"),
];

/// A case, and the job that a line makes of it: the confirmation of it where it asks for one.
async fn job(stage: &Stage, line: &str) -> (CaseId, Job) {
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.investigates(&case, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    let delivery = stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} {line}"));
    assert_eq!(stage.deliver(&delivery).await.0, 200);
    let job = stage.job();
    if line != "close" {
        return (case, job);
    }
    chat::execute(&stage.bridge(), &job).await.unwrap();
    let ts = ts_of(&stage.latest());
    let click = stage.slack.clicks(&ana(), &stage.channel, &ts, "confirm/1", &Value::Null).unwrap();
    assert_eq!(stage.deliver(&click).await.0, 200);
    (case, stage.job())
}

/// What the case holds that a command can change, without times.
fn state(stage: &Stage, case: &CaseId) -> (Value, Value, usize) {
    let state = stage.sir.state()["cases"][case.as_str()].clone();
    let mut wire = state["case"].clone();
    for time in ["lastUpdatedDate", "createdDate", "closedDate", "caseArn", "reportedIncidentStartDate"] {
        wire.as_object_mut().unwrap().remove(time);
    }
    (wire, state["tags"].clone(), stage.case_comments(case).len())
}

/// The answers that the person got: the message before them is among them where it was a question, since an answer
/// takes its place.
fn answers(stage: &Stage, before: usize) -> Vec<String> {
    let shown: Vec<_> = stage.slack.ephemerals(&ana()).iter().map(SlackStandin::shown).collect();
    let question = |shown: &String| shown.starts_with("Close case");
    match shown[before..].is_empty() {
        true => shown[before - 1..].iter().filter(|shown| !question(shown)).cloned().collect(),
        false => shown[before..].to_vec(),
    }
}

#[tokio::test]
async fn delivered_one_to_five_times_a_command_changes_the_case_once_and_answers_the_same() {
    let stage = Stage::set().await;
    for (line, operation) in CHANGES {
        for times in 1..=5 {
            let (case, job) = job(&stage, line).await;
            let before = stage.slack.ephemerals(&ana()).len();
            stage.sir.take_calls();
            for _ in 0..times {
                chat::execute(&stage.bridge(), &job).await.unwrap();
            }
            assert_eq!(stage.granted(operation), 1, "{line} × {times} on {case}");
            let answers = answers(&stage, before);
            let number =
                answers.iter().map(|answer| answer.replace(case.as_str(), "CASE")).collect::<Vec<_>>();
            assert!(number.windows(2).all(|pair| pair[0] == pair[1]), "{number:?}");
        }
    }
}

#[tokio::test]
async fn stopped_at_any_moment_a_command_still_changes_the_case_once() {
    for (line, operation) in CHANGES {
        let stage = Stage::set().await;
        let (case, whole) = job(&stage, line).await;
        chat::execute(&stage.bridge(), &whole).await.unwrap();
        let expected = state(&stage, &case);
        let mut at = 1;
        loop {
            let (case, job) = job(&stage, line).await;
            let before = stage.slack.ephemerals(&ana()).len();
            stage.sir.take_calls();
            let ended = stage.until(&job, at).await;
            chat::execute(&stage.bridge(), &job).await.unwrap();
            assert_eq!(state(&stage, &case), expected, "{line}, stopped at moment {at}");
            // The comment's repetition is granted with the comment that is there already.
            let granted = if operation == "CreateCaseComment" { 1..=2 } else { 1..=1 };
            assert!(granted.contains(&stage.granted(operation)), "{line}, stopped at moment {at}");
            let answers = answers(&stage, before);
            assert!(!answers.is_empty() && answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
            if ended {
                break;
            }
            at += 1;
        }
        assert!(at > 10, "{line} has only {at} moments");
    }
}

#[tokio::test]
async fn a_call_without_an_answer_is_found_again_whether_or_not_it_was_made() {
    for applied in [true, false] {
        for (line, operation) in CHANGES {
            let stage = Stage::set().await;
            let (case, whole) = job(&stage, line).await;
            chat::execute(&stage.bridge(), &whole).await.unwrap();
            let expected = state(&stage, &case);
            let (case, job) = job(&stage, line).await;
            let fault = FaultRule::on(operation).once();
            stage.sir.fault(if applied { fault.reset_after() } else { fault.reset_before() });
            chat::execute(&stage.bridge(), &job).await.unwrap();
            assert_eq!(state(&stage, &case), expected, "{line}, {applied}");
        }
    }
}

#[tokio::test]
async fn an_answer_goes_another_way_where_the_first_is_closed() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.slack.fault(FaultRule::on("response_url").answers(404));
    let shown = stage.ana(&format!("{case} show")).await;
    assert!(shown.contains("Key leaked"), "{shown}");
    assert_eq!(stage.slack.count("chat.postEphemeral"), 1);
    stage.slack.fault(FaultRule::on("chat.postEphemeral").throttled(Some("30")));
    stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} title New"))).await;
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, ["m0"], "nobody has read it yet");
    stage.slack.heal();
    stage.slack.fault(FaultRule::on("response_url").answers(404));
    // Slack's word holds for every job, and no longer than it said.
    let asked = stage.slack.count("chat.postEphemeral");
    stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} show"))).await;
    for job in [&jobs, &stage.jobs()] {
        assert_eq!(stage.work(job).await, ["m0"]);
    }
    assert_eq!(stage.slack.count("chat.postEphemeral"), asked);
    stage.world.stops_the_clock(clock::now() + 31_000);
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    assert_eq!(stage.sir.count("UpdateCase"), 1);
}

#[tokio::test]
async fn another_persons_change_in_between_is_not_undone() {
    let stage = Stage::set().await;
    let mut overtaken = 0;
    for at in 1.. {
        let (case, job) = job(&stage, "status detect").await;
        if stage.until(&job, at).await {
            break;
        }
        // The worker was stopped after its change was made: somebody moves the case on, and the job comes again.
        if stage.sir.case(&case).unwrap()["caseStatus"] == "Detection and Analysis" {
            overtaken += 1;
            stage.sir.aws_sets_status(&case, &casebridge::case::Status::PostIncident).unwrap();
            chat::execute(&stage.bridge(), &job).await.unwrap();
            assert_eq!(
                stage.sir.case(&case).unwrap()["caseStatus"],
                "Post-incident Activities",
                "moment {at}"
            );
        }
    }
    assert!(overtaken > 3);
}

#[tokio::test]
async fn whose_comment_it_is_stands_in_the_table_before_the_comment_is_made() {
    let stage = Stage::set().await;
    let mut seen = 0;
    for at in 1.. {
        let (case, job) = job(&stage, "comment It was Bo's key").await;
        let ended = stage.until(&job, at).await;
        if let [body] = &stage.case_comments(&case)[..] {
            let sayings = stage.memory.sayings(&case).await.unwrap();
            assert_eq!(sayings[0].body_hash, text::hash(body), "moment {at}");
            seen += 1;
        }
        if ended {
            break;
        }
    }
    assert!(seen > 3);
}
