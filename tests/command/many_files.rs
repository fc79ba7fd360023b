//! Several files of one message: a job each, one comment and one answer for all of them, whatever is stopped or repeated.

use casebridge::{
    case::CaseId,
    chat::{self, job::Job},
    config::clock,
    runtime::QueueMessage,
};
use casebridge_lab::stage::{Stage, ana};
use casebridge_lab::standins::{FaultRule, SlackStandin};
use serde_json::{Value, json};

const NAMES: [&str; 3] = ["one.log", "two.log", "two.log"];
const ON_CASE: [&str; 3] = ["one.log", "two.log", "two-2.log"];

/// A case, and the job that a message with these files makes: it says `@Casebridge attach`.
async fn job(stage: &Stage, bytes: usize) -> (CaseId, Job) {
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.thread_of(&case).await;
    let (.., bot, _) = stage.slack.app();
    let file = |(index, name): (usize, &&str)| {
        let content = vec![b'a' + u8::try_from(index).unwrap(); bytes + index];
        json!({ "id": stage.slack.add_file(&ana(), name, "text/plain", content), "name": name })
    };
    let files: Vec<Value> = NAMES.iter().enumerate().map(file).collect();
    let (_, sent) = stage.slack.says(&ana(), &stage.channel, &format!("<@{bot}> attach"), Some(&thread));
    let mut mention: Value = serde_json::from_slice(&sent[1].body).unwrap();
    mention["event"]["files"] = json!(files);
    let signed = stage.slack.signed(&sent[1].path, "application/json", mention.to_string());
    assert_eq!(stage.deliver(&signed).await.0, 200);
    (case, stage.job())
}

fn read(job: &QueueMessage) -> Job {
    serde_json::from_str(&job.body).unwrap()
}

/// Does a job and all that follow from it, each so many times; how many there were.
async fn all(stage: &Stage, first: &Job, times: usize) -> usize {
    let mut waiting = vec![first.clone()];
    let mut done = 0;
    while !waiting.is_empty() {
        let job = waiting.remove(0);
        for _ in 0..times {
            chat::execute(&stage.bridge(), &job).await.unwrap();
        }
        waiting.extend(stage.jobs().iter().map(read));
        done += 1;
        assert!(done < 20, "there is no end to it");
    }
    done
}

fn names(stage: &Stage, case: &CaseId) -> Vec<String> {
    let files = stage.sir.case(case).unwrap()["caseAttachments"].as_array().unwrap().clone();
    files.iter().map(|file| file["fileName"].as_str().unwrap().to_owned()).collect()
}

/// All files are on the case, once and whole, and one comment names them in the order of the message.
fn holds(stage: &Stage, case: &CaseId, bytes: usize, when: &str) {
    assert_eq!(names(stage, case), ON_CASE, "{when}");
    for (index, name) in ON_CASE.iter().enumerate() {
        let content = stage.sir.attachment(case, name).unwrap();
        assert_eq!(content.len(), bytes + index, "{when}: {name}");
    }
    let comment = "ana, U024BE7LH (Slack):\n[Attached from Slack]\n- one.log\n- two.log\n- two-2.log (in Slack: two.log)";
    assert_eq!(stage.case_comments(case), [comment], "{when}");
}

fn answers(stage: &Stage, before: usize) -> Vec<String> {
    stage.slack.ephemerals(&ana())[before..].iter().map(SlackStandin::shown).collect()
}

#[tokio::test]
async fn each_large_file_of_a_message_is_a_job_of_its_own_and_the_last_one_says_it_all() {
    let stage = Stage::set().await;
    let bytes = 8 * 1024 * 1024;
    let (case, first) = job(&stage, bytes).await;
    let mut job = first;
    for count in 1..=NAMES.len() {
        assert_eq!((stage.case_comments(&case).len(), stage.slack.ephemerals(&ana()).len()), (0, 0));
        chat::execute(&stage.bridge(), &job).await.unwrap();
        assert_eq!(stage.sir.count("PUT attachment"), count, "one job takes one file");
        match &stage.jobs()[..] {
            [next] if count < NAMES.len() => job = read(next),
            [] if count == NAMES.len() => {}
            more => panic!("{} jobs follow the {count}th", more.len()),
        }
    }
    holds(&stage, &case, bytes, "after the last");
    let [answer] = &answers(&stage, 0)[..] else { panic!("one answer") };
    assert!(answer.contains("3 files are on case") && answer.contains("two-2.log"), "{answer}");
    assert!(
        answer.contains("The case's thread says of each when it is verified, or has failed."),
        "{answer}"
    );
}

#[tokio::test]
async fn delivered_one_to_four_times_each_job_adds_nothing_twice_and_only_the_last_one_answers() {
    for times in 1..=4 {
        let stage = Stage::set().await;
        let (case, first) = job(&stage, 10).await;
        assert_eq!(all(&stage, &first, times).await, NAMES.len(), "{times}");
        holds(&stage, &case, 10, "repeated");
        let answers = answers(&stage, 0);
        assert_eq!(answers.len(), times, "the last job's, as often as it came");
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
        // The first comes once more when all is over.
        chat::execute(&stage.bridge(), &first).await.unwrap();
        assert_eq!((stage.jobs().len(), stage.slack.ephemerals(&ana()).len()), (0, times));
        holds(&stage, &case, 10, "repeated at the end");
    }
}

#[tokio::test]
async fn stopped_at_any_moment_of_any_of_its_jobs_a_message_still_has_one_comment_and_one_answer() {
    for step in 0..NAMES.len() {
        let mut at = 1;
        loop {
            let stage = Stage::set().await;
            let (case, mut job) = job(&stage, 10).await;
            for _ in 0..step {
                chat::execute(&stage.bridge(), &job).await.unwrap();
                job = read(&stage.jobs()[0]);
            }
            let ended = stage.until(&job, at).await;
            // What it put on the inbox waits behind it: the queue keeps the order of a group.
            let behind: Vec<Job> = stage.jobs().iter().map(read).collect();
            all(&stage, &job, 1).await;
            for job in &behind {
                all(&stage, job, 1).await;
            }
            let when = format!("job {step}, moment {at}");
            holds(&stage, &case, 10, &when);
            let answers = answers(&stage, 0);
            assert!(!answers.is_empty() && answers.windows(2).all(|pair| pair[0] == pair[1]), "{when}");
            if ended {
                break;
            }
            at += 1;
        }
        assert!(at > 10, "job {step} has only {at} moments");
    }
}

#[tokio::test]
async fn a_file_that_is_refused_keeps_no_other_from_the_case() {
    let stage = Stage::set().await;
    let (case, first) = job(&stage, 10).await;
    chat::execute(&stage.bridge(), &first).await.unwrap();
    let second = read(&stage.jobs()[0]);
    stage
        .sir
        .fault(FaultRule::on("GetCaseAttachmentUploadUrl").once().error("ServiceQuotaExceededException"));
    all(&stage, &second, 1).await;
    assert_eq!(names(&stage, &case), ["one.log", "two.log"]);
    assert!(
        stage.case_comments(&case)[0].ends_with("- one.log\n- two.log"),
        "{:?}",
        stage.case_comments(&case)
    );
    let [answer] = &answers(&stage, 0)[..] else { panic!("one answer") };
    assert!(answer.contains("2 files are on case") && answer.contains("quota"), "{answer}");
}

#[tokio::test]
async fn a_file_is_not_begun_where_it_could_not_end_in_time_and_waits_at_the_end_of_the_queue() {
    let stage = Stage::set().await;
    let (case, first) = job(&stage, 10).await;
    let body = serde_json::to_string(&first).unwrap();
    let queued = QueueMessage { group: first.group(), id: first.key().into(), body };
    assert_eq!(stage.work_until(&[queued], clock::now() + 44_000).await, [""; 0]);
    assert_eq!(stage.sir.calls().len(), 0);
    let again = stage.jobs();
    let [waiting] = &again[..] else { panic!("it waits") };
    assert!(read(waiting) == first && waiting.id != first.key().as_str());
    assert_eq!(stage.work_until(&again, clock::now() + 50_000).await, [""; 0]);
    assert_eq!(names(&stage, &case), ["one.log"]);
}

#[tokio::test]
async fn a_copy_that_failed_soon_is_made_again_at_once_and_one_that_took_long_is_left_to_the_queue() {
    for (takes, tries) in [(1_000, 2), (18_000, 1)] {
        let stage = Stage::set().await;
        let (_, first) = job(&stage, 10).await;
        stage.world.copies_slowly(takes);
        stage.sir.fault(FaultRule::on("PUT attachment").reset_before());
        let body = serde_json::to_string(&first).unwrap();
        let queued = QueueMessage { group: first.group(), id: first.key().into(), body };
        assert_eq!(stage.work(&[queued]).await, ["m0"]);
        assert_eq!(stage.sir.count("PUT attachment"), tries, "{takes}");
    }
}
