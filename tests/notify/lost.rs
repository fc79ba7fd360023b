//! The table is lost, or an earlier one: what stands in Slack and Jira is taken up, and nothing is told twice.

use casebridge::{
    case::{CaseId, Email, Status},
    config::settings::Layout,
    state::memory::Memory,
    targets::slack,
};
use casebridge_lab::stage::{Stage, count};
use casebridge_lab::standins::SlackStandin;

use serde_json::json;

/// A case with a bit of everything, told in both places.
async fn told(stage: &Stage) -> CaseId {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.sir.aws_sets_status(&case, &Status::Acknowledged).unwrap();
    stage.events().await;
    stage.sir.aws_sets_status(&case, &Status::Detection).unwrap();
    stage.events().await;
    stage.sir.take_events();
    case
}

fn texts(messages: &[serde_json::Value]) -> Vec<String> {
    messages.iter().map(SlackStandin::shown).collect()
}

#[tokio::test]
async fn a_case_of_which_the_table_knows_nothing_any_more_goes_on_below_its_card_and_its_issue() {
    for age in [180_000, 3_600_000] {
        goes_on_after(age).await;
    }
}

async fn goes_on_after(age: i64) {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.later(age);
    let before = (texts(&stage.thread(&case).await), stage.comments(&case).await);
    stage.memory.restore(&Memory::default());
    stage.sir.aws_changes(&case, &json!({"title": "Key found"})).unwrap();
    stage.sir.take_events();
    stage.sweep().await;
    stage.minutes(3).await;
    assert!(stage.lines(&case).await[0].contains("Key found"), "the card shows the case as it is");
    let after = texts(&stage.thread(&case).await);
    assert_eq!((stage.cards().len(), stage.jira.issues().len()), (1, 1));
    assert_eq!(after[1..], before.0[1..], "nothing is told again");
    assert_eq!(stage.comments(&case).await, before.1, "nothing is told again");
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    stage.sir.aws_sets_status(&case, &Status::Containment).unwrap();
    stage.events().await;
    let (lines, comments) = (stage.lines(&case).await, stage.comments(&case).await);
    for part in ["one", "two", "Containment, Eradication"] {
        assert_eq!(
            (count(&lines[1..], part), count(&comments, part)),
            (1, 1),
            "{part} in {lines:#?} {comments:#?}"
        );
    }
    stage.minutes(65).await;
    assert_eq!(stage.lines(&case).await, lines, "the check takes nothing away");
}

#[tokio::test]
async fn a_case_in_a_channel_of_its_own_is_found_there_again() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = told(&stage).await;
    stage.later(3_600_000);
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    let before = texts(&stage.slack.messages(&channel));
    stage.memory.restore(&Memory::default());
    stage.minutes(3).await;
    assert_eq!(texts(&stage.slack.messages(&channel)), before);
    assert_eq!(stage.place(&case, slack::KIND).await.channel, Some(channel.to_string()));
}

#[tokio::test]
async fn a_case_with_a_thread_is_found_in_it_though_new_ones_get_a_channel_since() {
    let mut stage = Stage::set().await;
    let case = told(&stage).await;
    stage.settings.slack.layout = Layout::Channel;
    stage.settings.slack.invite = vec![Email::new("ana@example.com")];
    stage.later(3_600_000);
    let before = texts(&stage.thread(&case).await);
    stage.memory.restore(&Memory::default());
    stage.minutes(3).await;
    assert_eq!(stage.slack.channel_named(&format!("sir-case-{case}")), None);
    assert_eq!(texts(&stage.thread(&case).await)[1..], before[1..]);
    stage.sir.aws_sets_status(&case, &Status::Containment).unwrap();
    stage.events().await;
    assert_eq!(count(&stage.lines(&case).await[1..], "Containment"), 1, "and it goes on there");
}

#[tokio::test]
async fn what_a_person_said_in_the_thread_is_not_told_to_him_when_the_table_is_lost() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    let principal = stage.sir.principal();
    stage.sir.aws_comments(&case, &principal, "ana, U024BE7LH (Slack):\nIt was Bo's key").unwrap();
    stage.later(3_600_000);
    stage.sir.take_events();
    stage.memory.restore(&Memory::default());
    stage.minutes(2).await;
    assert_eq!(count(&stage.lines(&case).await, "It was Bo's key"), 0);
    assert_eq!(count(&stage.comments(&case).await, "It was Bo's key"), 1, "Jira never heard of it");
}

#[tokio::test]
async fn an_earlier_table_tells_nothing_twice_takes_nothing_away_and_goes_on() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    let backup = stage.memory.copy();
    stage.later(60_000);
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    stage.sir.aws_sets_status(&case, &Status::Containment).unwrap();
    stage.events().await;
    stage.sir.aws_sets_status(&case, &Status::PostIncident).unwrap();
    stage.events().await;
    let before = (texts(&stage.thread(&case).await), stage.comments(&case).await);
    for hours in [0, 24] {
        stage.later(hours * 3_600_000 + 1_200_000);
        stage.memory.restore(&backup);
        stage.sir.aws_changes(&case, &json!({"title": &format!("Key leaked {hours}")})).unwrap();
        stage.events().await;
        stage.minutes(65).await;
        let after = (texts(&stage.thread(&case).await), stage.comments(&case).await);
        for (is, was) in [(&after.0, &before.0), (&after.1, &before.1)] {
            let kept: Vec<_> = was.iter().skip(1).filter(|line| !is.contains(line)).collect();
            assert_eq!(kept, [] as [&String; 0], "lines were taken away: {is:#?}");
            assert_eq!(
                (count(is, "two"), count(is, "Post-incident")),
                (count(was, "two"), count(was, "Post-incident")),
                "{is:#?}"
            );
        }
    }
    stage.sir.aws_changes(&case, &json!({"title": "Another title"})).unwrap();
    stage.events().await;
    assert_eq!(count(&stage.lines(&case).await[1..], "Another title"), 1, "what changes is told again");
    stage.minutes(65).await;
    assert_eq!(count(&stage.lines(&case).await[1..], "Another title"), 1);
}
