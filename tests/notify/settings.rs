//! Settings that change in the middle of a case: it goes on as it was begun, they are for new ones.

use casebridge::{case::Email, config::settings::Layout, targets::slack};
use casebridge_lab::stage::{Stage, count};
use casebridge_lab::standins::SlackStandin;

#[tokio::test]
async fn a_case_goes_on_in_its_thread_when_new_ones_get_a_channel_of_their_own() {
    let mut stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let one = stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    stage.settings.slack.layout = Layout::Channel;
    stage.settings.slack.invite = vec![Email::new("ana@example.com")];
    stage.sir.aws_comments(&case, "AWS Responder", "SECRET two").unwrap();
    stage.events().await;
    stage.minutes(62).await;
    assert_eq!(stage.slack.channel_named(&format!("sir-case-{case}")), None, "a channel for an old case");
    assert_eq!(count(&stage.lines(&case).await, "SECRET two"), 1);
    assert_eq!(stage.cards().len(), 1, "nothing stands outside of the thread");
    stage.sir.aws_edits_comment((&case, &one), "AWS Responder", "one, but other words").unwrap();
    stage.events().await;
    assert_eq!(count(&stage.lines(&case).await, "other words"), 1, "its lines are still its own");
    let next = stage.sir.aws_creates_case("Another key leaked");
    stage.events().await;
    assert!(stage.slack.channel_named(&format!("sir-case-{next}")).is_some());
}

#[tokio::test]
async fn a_case_goes_on_in_its_channel_when_new_ones_are_told_in_threads() {
    let mut stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let one = stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    stage.settings.slack.layout = Layout::Thread;
    stage.sir.aws_comments(&case, "AWS Responder", "SECRET two").unwrap();
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Acknowledged).unwrap();
    stage.events().await;
    stage.minutes(62).await;
    stage.sir.aws_edits_comment((&case, &one), "AWS Responder", "one, but other words").unwrap();
    stage.events().await;
    let shown: Vec<String> = stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect();
    assert_eq!((count(&shown, "SECRET two"), count(&shown, "other words")), (1, 1), "{shown:#?}");
    let topic = stage.slack.channel(&channel).unwrap()["topic"]["value"].to_string();
    assert!(topic.contains("Acknowledged"), "{topic}");
    assert_eq!(stage.slack.messages(&stage.channel).len(), 0, "nothing in the common channel");
}

#[tokio::test]
async fn a_case_stays_in_the_channel_and_the_project_that_it_was_begun_in() {
    let mut stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let before = (stage.place(&case, slack::KIND).await.home, stage.issue(&case).await["key"].clone());
    stage.settings.slack.channel = stage.slack.add_channel("other", true, &[stage.slack.app().2.clone()]);
    stage.settings.jira.as_mut().unwrap().project = "OPS".to_owned();
    stage.jira.add_project("OPS", "Operations");
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    stage.events().await;
    let after = (stage.place(&case, slack::KIND).await.home, stage.issue(&case).await["key"].clone());
    assert_eq!(after, before);
    assert_eq!((count(&stage.lines(&case).await, "two"), count(&stage.comments(&case).await, "two")), (1, 1));
    assert_eq!(stage.slack.messages(&stage.settings.slack.channel).len(), 0);
    let next = stage.sir.aws_creates_case("Another key leaked");
    stage.events().await;
    assert!(!stage.slack.messages(&stage.settings.slack.channel).is_empty());
    assert!(stage.issue(&next).await["key"].as_str().unwrap().starts_with("OPS-"));
}
