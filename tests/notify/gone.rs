//! What people delete ends in one notice and a way back, and in no alarm.

use casebridge::{
    case::{CaseId, ChannelId, Status},
    state::{Store, agenda},
    targets::{jira, slack},
    telemetry::report::Report,
};

use casebridge_lab::standins::{FaultRule, SlackStandin};

use casebridge_lab::stage::{ANA, Stage, ana, count, ts_of};

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

/// People delete a case's card and all below it.
async fn deletes_thread(stage: &Stage, case: &CaseId) {
    let (channel, card) = stage.card(case).await;
    stage.slack.deletes(&channel, &card).unwrap();
    for line in stage.slack.thread(&channel, &card) {
        let _ = stage.slack.deletes(&channel, &ts_of(&line));
    }
    assert_eq!(stage.slack.messages(&channel).len(), 0);
}

fn shown(stage: &Stage) -> Vec<String> {
    stage.slack.messages(&stage.channel).iter().map(SlackStandin::shown).collect()
}

#[tokio::test]
async fn of_a_thread_that_was_deleted_nothing_stays_in_the_channel_and_one_notice_offers_a_new_card() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    deletes_thread(&stage, &case).await;
    for words in ["finding 1", "finding 2", "finding 3", "finding 4"] {
        stage.sir.aws_comments(&case, "AWS Responder", words).unwrap();
        stage.events().await;
        stage.minutes(70).await;
    }
    let there = shown(&stage);
    assert_eq!((there.len(), count(&there, "was deleted")), (1, 1), "{there:#?}");
    let report = look(&stage, &case).await;
    assert_eq!((report.lag, report.waiting, report.tally.parked), (None, 0, 0), "nobody is alarmed");
    assert_eq!(count(&stage.comments(&case).await, "finding"), 4, "Jira is told all the same");
    assert!(stage.issue(&case).await["fields"]["description"].to_string().len() > 2);

    let notice = ts_of(&stage.slack.messages(&stage.channel)[0]);
    stage.clicks(&ana(), &notice, "run/1").await;
    stage.minutes(1).await;
    let lines = stage.lines(&case).await;
    assert_eq!(count(&lines, "finding"), 4, "the whole story: {lines:#?}");
    assert_eq!(stage.cards().len(), 2, "the notice and the new card");
    stage.minutes(200).await;
    assert_eq!(stage.lines(&case).await, lines, "once");
    assert!(stage.ana(&format!("{case} card")).await.contains("has its card"));
}

#[tokio::test]
async fn what_stands_in_the_channel_though_its_answer_or_its_taking_back_was_lost_is_taken_back_later() {
    for fault in [
        FaultRule::on("chat.postMessage").once().reset_after(),
        FaultRule::on("chat.delete").once().answers(503),
        FaultRule::on("chat.delete").once().throttled(Some("5")),
    ] {
        let stage = Stage::set().await;
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.events().await;
        deletes_thread(&stage, &case).await;
        stage.slack.fault(fault);
        stage.sir.aws_comments(&case, "AWS Responder", "finding 1").unwrap();
        stage.events().await;
        stage.minutes(10).await;
        let there = shown(&stage);
        assert_eq!((there.len(), count(&there, "was deleted")), (1, 1), "{there:#?}");
    }
}

#[tokio::test]
async fn of_a_closed_case_whose_thread_was_deleted_nothing_is_said() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    deletes_thread(&stage, &case).await;
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    stage.minutes(27 * 60).await;
    assert_eq!((shown(&stage).len(), stage.meta(&case).await.next_at), (0, None));
}

#[tokio::test]
async fn what_people_said_in_a_thread_that_was_deleted_is_told_with_their_name_below_the_new_card() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let (channel, card) = stage.card(&case).await;
    let (_, said) = stage.slack.says(&ana(), &channel, "It was Bo's key", Some(&card));
    for delivery in &said {
        stage.deliver(delivery).await;
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.events().await;
    deletes_thread(&stage, &case).await;
    assert!(stage.ana(&format!("{case} card")).await.contains("has its card"), "nobody noticed yet");
    stage.sir.aws_comments(&case, "AWS Responder", "finding 1").unwrap();
    stage.events().await;
    assert!(stage.ana(&format!("{case} card")).await.contains("is being posted"));
    stage.minutes(1).await;
    let lines = stage.lines(&case).await;
    let said = lines.iter().find(|line| line.contains("It was Bo's key")).unwrap();
    assert!(said.contains(&format!("@{ANA}")), "{lines:#?}");
}

#[tokio::test]
async fn a_thread_that_takes_no_replies_is_said_once_and_it_goes_on_below_a_new_card() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let (_, card) = stage.card(&case).await;
    let replies = FaultRule::on("chat.postMessage").body(card.as_str()).times(u32::MAX);
    stage.slack.fault(replies.error("cannot_reply_to_message"));
    for words in ["one", "two"] {
        stage.sir.aws_comments(&case, "AWS Responder", words).unwrap();
        stage.events().await;
        stage.minutes(70).await;
    }
    let there = shown(&stage);
    assert_eq!((count(&there, "takes no replies"), count(&there, "one")), (1, 0), "{there:#?}");
    let notice = ts_of(stage.slack.messages(&stage.channel).last().unwrap());
    stage.clicks(&ana(), &notice, "run/1").await;
    stage.minutes(1).await;
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "one"), count(&lines, "two")), (1, 1), "{lines:#?}");
}
