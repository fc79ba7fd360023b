//! What people delete ends in one notice and a way back, and in no alarm.

use casebridge::{
    case::{CaseId, ChannelId, Status},
    state::{Store, agenda},
    targets::{jira, slack},
    telemetry::report::Report,
};

use casebridge_lab::standins::{FaultRule, SlackStandin};

use casebridge_lab::stage::{Stage, ana, count};

/// One look, and what it counts for the alarms.
async fn look(stage: &Stage, case: &CaseId) -> Report {
    stage.memory.hint(case, stage.now(), false).await.unwrap();
    Box::pin(stage.notifier().attend(vec![case.clone()])).await.remove(0)
}

#[tokio::test]
async fn an_issue_that_was_deleted_is_said_once_and_costs_nothing_more() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.jira.person_deletes(&stage.jira.ana(), "SEC-1").unwrap();
    for words in ["one", "two"] {
        stage.sir.aws_comments(&case, "AWS Responder", words).unwrap();
        stage.events().await;
        stage.minutes(70).await;
    }
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "SEC-1 was deleted"), count(&lines, "two")), (1, 1), "{lines:#?}");
    assert!(!lines[0].contains("SEC-1"), "the card leads to no issue that is gone: {}", lines[0]);
    let note = stage.place(&case, jira::KIND).await;
    assert!(note.is_gone() && note.parked.is_none(), "{note:?}");
    let report = look(&stage, &case).await;
    assert_eq!((report.lag, report.waiting, report.tally.parked), (None, 0, 0), "nobody is alarmed");
    assert_eq!(stage.breaker(jira::KIND).await.trips, 0);
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    stage.minutes(130).await;
    stage.forget_calls();
    stage.minutes(24 * 60).await;
    let [sir, slack, jira] = stage.calls();
    let of_the_case = sir.iter().filter(|call| *call != "ListCases").count();
    assert_eq!((of_the_case, slack.len(), jira.len()), (0, 0, 0), "a closed case rests");
    assert_eq!(stage.meta(&case).await.next_at, None);
}

#[tokio::test]
async fn an_issue_that_was_only_hidden_is_told_in_again_once_it_is_seen() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let id = stage.issue(&case).await["id"].as_str().unwrap().to_owned();
    stage.jira.fault(FaultRule::on_path(&format!("/issue/{id}")).times(u32::MAX).answers(404));
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.sir.aws_sets_status(&case, &Status::Detection).unwrap();
    stage.events().await;
    stage.minutes(70).await;
    assert!(stage.place(&case, jira::KIND).await.is_gone());
    stage.jira.heal();
    stage.minutes(70).await;
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    assert_eq!(stage.issue(&case).await["fields"]["status"]["name"], "In Progress");
}

#[tokio::test]
async fn what_is_not_found_at_an_issue_that_is_there_is_no_lost_issue() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.jira.fault(FaultRule::on("addComment").once().answers(404));
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    assert!(!stage.place(&case, jira::KIND).await.is_gone());
    stage.minutes(6).await;
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    assert_eq!(count(&stage.lines(&case).await, "was deleted"), 0);
}

#[tokio::test]
async fn an_archived_channel_is_said_once_and_told_within_a_minute_of_its_return() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let channel = ChannelId::new(stage.place(&case, slack::KIND).await.channel.unwrap());
    stage.slack.archives(&channel, &ana());
    for words in ["one", "two"] {
        stage.sir.aws_comments(&case, "AWS Responder", words).unwrap();
        stage.events().await;
        stage.minutes(70).await;
    }
    let notices: Vec<String> = stage.slack.messages(&stage.channel).iter().map(SlackStandin::shown).collect();
    assert_eq!((notices.len(), count(&notices, "archived")), (1, 1), "{notices:#?}");
    stage.slack.unarchives(&channel, &ana());
    agenda::wake(&stage.memory).await.unwrap();
    stage.minutes(1).await;
    let lines: Vec<String> = stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect();
    assert_eq!((count(&lines, "one"), count(&lines, "two")), (1, 1), "{lines:#?}");
}

#[tokio::test]
async fn a_finished_case_whose_channel_is_archived_rests_without_a_word() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let channel = ChannelId::new(stage.place(&case, slack::KIND).await.channel.unwrap());
    stage.slack.archives(&channel, &ana());
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    stage.minutes(27 * 60).await;
    assert_eq!(stage.slack.messages(&stage.channel).len(), 0, "no notice");
    let note = stage.place(&case, slack::KIND).await;
    assert_eq!((note.parked, stage.meta(&case).await.next_at), (None, None));
}

#[tokio::test]
async fn a_case_that_was_closed_while_its_channel_was_archived_is_told_when_that_is_in_use_again() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let channel = ChannelId::new(stage.place(&case, slack::KIND).await.channel.unwrap());
    stage.slack.archives(&channel, &stage.slack.ana());
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    stage.minutes(10).await;
    let report = look(&stage, &case).await;
    assert_eq!((report.lag, report.waiting, report.tally.parked), (None, 0, 0), "nobody is called for it");
    stage.slack.unarchives(&channel, &stage.slack.ana());
    agenda::wake(&stage.memory).await.unwrap();
    stage.minutes(1).await;
    let lines = || stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect::<Vec<_>>();
    assert_eq!(count(&lines()[1..], "False Positive"), 1, "{:#?}", lines());
    stage.minutes(6).await;
    assert!(lines()[0].contains("Closed"), "{:#?}", lines());
}
