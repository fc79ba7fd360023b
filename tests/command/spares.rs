//! Two issues of one case, since an answer was lost and the index was late: one is the case's, the other says so.

use std::time::Duration;

use casebridge::{case::CaseId, state::memory::Memory, targets::jira};
use casebridge_lab::{
    stage::{Stage, ana, bo, count},
    standins::{FaultRule, JiraStandin, SlackStandin},
};
use serde_json::Value;

const LATE: Duration = Duration::from_secs(720);

/// An issue is made though Jira answers 504, and search finds nothing for this long.
async fn made_without_an_answer(lag: Duration) -> (Stage, CaseId) {
    let stage = Stage::set().await;
    stage.jira.set_index_lag(Some(lag));
    stage.jira.fault(FaultRule::on("createIssue").once().applied_then(504));
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    (stage, case)
}

/// The keys of the issues that bear the case's label.
fn labelled(stage: &Stage, case: &CaseId) -> Vec<String> {
    let label = Value::from(jira::label(case));
    let bears = |key: &String| {
        let issue = stage.jira.issue(key).unwrap();
        issue["fields"]["labels"].as_array().is_some_and(|labels| labels.contains(&label))
    };
    stage.jira.issues().into_iter().filter(bears).collect()
}

/// What people read below an issue.
fn below(stage: &Stage, key: &str) -> Vec<String> {
    stage.jira.comments(key).iter().map(|comment| JiraStandin::plain(&comment["body"])).collect()
}

fn status(stage: &Stage, key: &str) -> String {
    stage.jira.issue(key).unwrap()["fields"]["status"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_issue_that_the_index_shows_late_is_waited_for_before_another_is_made() {
    for lag in [30, 200, 500] {
        let (stage, case) = made_without_an_answer(Duration::from_secs(lag)).await;
        stage.minutes(11).await;
        assert_eq!((stage.jira.count("createIssue"), stage.jira.issues().len()), (1, 1), "{lag} s");
        assert_eq!(labelled(&stage, &case), ["SEC-1"]);
        assert!(stage.place(&case, jira::KIND).await.open.is_none(), "it is the case's");
    }
}

#[tokio::test]
async fn an_issue_that_is_found_early_is_taken_up_early() {
    let (stage, case) = made_without_an_answer(Duration::from_secs(30)).await;
    stage.minutes(2).await;
    assert_eq!(stage.home(&case, jira::KIND).await.name, "SEC-1");
}

#[tokio::test]
async fn an_issue_that_was_not_made_is_made_after_the_last_look_and_not_before() {
    let stage = Stage::set().await;
    stage.jira.fault(FaultRule::on("createIssue").once().answers(504));
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    stage.minutes(9).await;
    assert_eq!(stage.jira.count("createIssue"), 1);
    stage.minutes(2).await;
    assert_eq!((stage.jira.count("createIssue"), stage.jira.issues().len()), (2, 1));
    assert_eq!(labelled(&stage, &case).len(), 1);
}

#[tokio::test]
async fn of_two_issues_one_is_set_aside_by_the_next_check_and_the_thread_names_it_once() {
    let (stage, case) = made_without_an_answer(LATE).await;
    stage.minutes(11).await;
    assert_eq!(labelled(&stage, &case), ["SEC-1", "SEC-2"], "nobody could know");
    stage.minutes(61).await;
    assert_eq!(
        (labelled(&stage, &case), stage.home(&case, jira::KIND).await.name.as_str()),
        (vec!["SEC-2".to_owned()], "SEC-2")
    );
    assert_eq!(count(&stage.lines(&case).await, "SEC-1"), 1, "{:#?}", stage.lines(&case).await);
    let [said] = &below(&stage, "SEC-1")[..] else { panic!("{:#?}", below(&stage, "SEC-1")) };
    assert!(said.contains("is told in SEC-2 alone"), "{said}");
    let links = stage.jira.issue("SEC-1").unwrap()["remotelinks"].to_string();
    assert!(links.contains("/browse/SEC-2"), "{links}");
    stage.minutes(240).await;
    assert_eq!(count(&stage.lines(&case).await, "SEC-1"), 1, "once");
    assert_eq!(below(&stage, "SEC-1").len(), 1, "once");
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    stage.notify().await;
    assert_eq!((count(&below(&stage, "SEC-1"), "two"), count(&below(&stage, "SEC-2"), "two")), (0, 1));
    stage.later(60_000);
    stage.memory.restore(&Memory::default());
    // A process that is at work looks for an agenda every ten minutes, where none is due.
    stage.minutes(12).await;
    assert_eq!(stage.home(&case, jira::KIND).await.name, "SEC-2", "the other is not taken for it again");
}

#[tokio::test]
async fn what_cannot_be_set_aside_now_is_at_the_next_check_and_nothing_is_said_twice() {
    for fault in [
        FaultRule::on("createOrUpdateRemoteIssueLink").times(2).answers(403),
        FaultRule::on("addComment").body("made this issue for case").once().applied_then(504),
        FaultRule::on("editIssue").body("remove").once().answers(503),
        FaultRule::on("searchAndReconsileIssuesUsingJqlPost").skip(6).once().answers(503),
    ] {
        let (stage, case) = made_without_an_answer(LATE).await;
        stage.minutes(11).await;
        stage.jira.fault(fault.clone());
        stage.minutes(130).await;
        let stands = (labelled(&stage, &case), below(&stage, "SEC-1").len());
        assert_eq!(stands, (vec!["SEC-2".to_owned()], 1), "{fault:?}");
        assert_eq!(count(&stage.lines(&case).await, "SEC-1"), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_issue_that_bears_the_label_and_was_made_by_a_person_is_left_alone_and_offered_once() {
    let (stage, case) = made_without_an_answer(LATE).await;
    stage.minutes(11).await;
    let theirs = stage.jira.person_creates(&stage.jira.ana(), "not yours");
    let labels = serde_json::json!({ "labels": [jira::label(&case)] });
    let before = stage.jira.issue(&theirs).unwrap()["fields"]["summary"].clone();
    stage.jira.person_edits(&stage.jira.ana(), &theirs, &labels).unwrap();
    stage.minutes(130).await;
    assert_eq!(labelled(&stage, &case), ["SEC-2", theirs.as_str()], "ours is set aside");
    assert_eq!((below(&stage, &theirs).len(), count(&stage.lines(&case).await, &theirs)), (0, 1));
    assert_eq!(stage.jira.issue(&theirs).unwrap()["fields"]["summary"], before);
    let line = format!("{case} jira link {theirs}");
    assert_eq!(button(&stage, &case, &theirs).await, (format!("Link {theirs}"), line.clone()));
    stage.types(&ana(), &line).await;
    stage.presses(&ana(), "confirm/1").await;
    stage.minutes(3).await;
    assert_eq!(stage.home(&case, jira::KIND).await.name, theirs, "a person said so");
    stage.minutes(130).await;
    assert_eq!(count(&stage.lines(&case).await, "has this case's label"), 1, "once");
}

#[tokio::test]
async fn only_so_many_strange_issues_are_offered_and_none_of_another_project() {
    let (stage, case) = made_without_an_answer(LATE).await;
    let labels = serde_json::json!({ "labels": [jira::label(&case)] });
    for number in 0..9 {
        let theirs = stage.jira.person_creates(&stage.jira.ana(), &number.to_string());
        stage.jira.person_edits(&stage.jira.ana(), &theirs, &labels).unwrap();
    }
    stage.jira.add_project("HR", "Human Resources");
    let salaries = stage.jira.person_creates(&stage.jira.ana(), "Salaries");
    stage.jira.person_edits(&stage.jira.ana(), &salaries, &labels).unwrap();
    let elsewhere = stage.jira.person_transfers(&stage.jira.ana(), &salaries, "HR").unwrap();
    stage.minutes(150).await;
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "has this case's label"), count(&lines, &elsewhere)), (3, 0), "{lines:#?}");
}

#[tokio::test]
async fn what_a_search_finds_only_after_the_case_was_closed_is_set_aside_and_named_with_its_button() {
    let (stage, case) = made_without_an_answer(Duration::from_secs(100 * 60)).await;
    stage.minutes(12).await;
    stage.sir.aws_closes(&case, "Investigation Completed").unwrap();
    stage.events().await;
    stage.minutes(200).await;
    assert_eq!(labelled(&stage, &case), ["SEC-2"]);
    assert_eq!(below(&stage, "SEC-1").len(), 1);
    assert_eq!(button(&stage, &case, "SEC-1").await.1, format!("{case} jira close SEC-1"));
    stage.minutes(90).await;
    stage.forget_calls();
    stage.minutes(130).await;
    assert_eq!(stage.calls()[2], [""; 0], "and then it rests");
}

/// The line that the button below the notice of an issue runs, and its label.
async fn button(stage: &Stage, case: &CaseId, of: &str) -> (String, String) {
    let thread = stage.thread(case).await;
    let notice = thread.iter().find(|message| SlackStandin::shown(message).contains(of)).unwrap();
    let button =
        notice["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions").unwrap();
    let [label, line] = ["/elements/0/text/text", "/elements/0/value"].map(|at| button.pointer(at).unwrap());
    (label.as_str().unwrap().to_owned(), line.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_is_set_aside_is_closed_by_a_button_by_whoever_may_and_nothing_else_is() {
    let (stage, case) = made_without_an_answer(LATE).await;
    stage.minutes(75).await;
    let (label, line) = button(&stage, &case, "SEC-1").await;
    assert_eq!((label.as_str(), line), ("Close SEC-1", format!("{case} jira close SEC-1")));
    for (person, key, part) in [
        (bo(), "SEC-1", "role"),
        (ana(), "SEC-2", "is no issue that was made for case"),
        (ana(), "SEC-99", "Jira has no issue SEC-99"),
    ] {
        let refused = stage.types(&person, &format!("{case} jira close {key}")).await;
        assert!(refused.contains(part), "{refused}");
    }
    assert_eq!((status(&stage, "SEC-1"), status(&stage, "SEC-2")), ("To Do".to_owned(), "To Do".to_owned()));
    stage.expects("/transitions: 400");
    stage.jira.require("SEC-1", "Done", "resolution", false);
    let refused = stage.types(&ana(), &format!("{case} jira close SEC-1")).await;
    assert!(refused.contains("because of resolution"), "{refused}");
    stage.jira.require_nothing();
    let answer = stage.types(&ana(), &format!("{case} jira close SEC-1")).await;
    assert!(answer.contains("SEC-1") && answer.contains("is moved to"), "{answer}");
    assert_eq!((status(&stage, "SEC-1"), status(&stage, "SEC-2")), ("Done".to_owned(), "To Do".to_owned()));
    let trail = stage.trail();
    let line = trail.last().unwrap();
    assert!(serde_json::to_string(line).unwrap().contains("jira close"), "{line:?}");
}
