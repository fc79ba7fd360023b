//! Nobody listens: the connection is refused, so nothing was applied, and all of it comes once somebody listens again.

use casebridge::{
    config::settings::Settings,
    state::TargetKind,
    targets::{jira, slack},
};
use casebridge_lab::stage::{Stage, count, nobody};

use super::acts::Act;

async fn unreachable(destination: TargetKind) {
    let mut stage = Stage::set().await;
    let right = stage.settings.clone();
    let mut wrong: Settings = right.clone();
    match destination == slack::KIND {
        true => wrong.slack.api_url = format!("{}/api", nobody()),
        false => wrong.jira.as_mut().unwrap().api_url = nobody().to_owned(),
    }
    stage.settings = wrong;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "the first").unwrap();
    let at = stage.now();
    stage.events().await;
    let note = stage.place(&case, destination).await;
    assert_eq!(
        (note.open, note.parked, note.home),
        (None, None, None),
        "not applied, and no person is needed"
    );
    assert!(note.not_before > at, "not at once");
    stage.settings = right;
    stage.minutes(10).await;
    assert_eq!((stage.cards().len(), stage.jira.issues().len()), (1, 1));
    assert_eq!(count(&stage.lines(&case).await, "the first"), 1);
    assert_eq!(count(&stage.comments(&case).await, "the first"), 1);
}

#[tokio::test]
async fn a_slack_that_cannot_be_reached_gets_everything_once_it_can() {
    unreachable(slack::KIND).await;
}

#[tokio::test]
async fn a_jira_that_cannot_be_reached_gets_everything_once_it_can() {
    unreachable(jira::KIND).await;
}

/// What somebody asks for comes again while nobody listens, and is done and answered once somebody does.
async fn unreachable_for_commands(destination: TargetKind, act: Act) {
    let calm = act.calm().await;
    let mut ready = act.prepare().await;
    let right = ready.stage.settings.clone();
    match destination == slack::KIND {
        true => ready.stage.settings.slack.api_url = format!("{}/api", nobody()),
        false => ready.stage.settings.jira.as_mut().unwrap().api_url = nobody().to_owned(),
    }
    assert_eq!(ready.stage.work(&ready.jobs).await, ["m0"], "{act:?}");
    assert_eq!((ready.news(), ready.now()), (vec![], ready.before.clone()), "{act:?}");
    ready.stage.settings = right;
    for _ in 0..2 {
        assert_eq!(ready.stage.work(&ready.jobs).await, [""; 0], "{act:?}");
    }
    let mut news = ready.news();
    news.dedup();
    assert_eq!((news, ready.now()), (calm.news, calm.standing), "{act:?}");
}

#[tokio::test]
async fn a_command_comes_again_while_slack_or_jira_cannot_be_reached() {
    unreachable_for_commands(slack::KIND, Act::Types("CASE title Two keys leaked")).await;
    unreachable_for_commands(slack::KIND, Act::Replies).await;
    unreachable_for_commands(jira::KIND, Act::LinksIssue).await;
    unreachable_for_commands(jira::KIND, Act::CommentsInJira).await;
}

#[tokio::test]
async fn that_the_service_cannot_be_reached_is_said_to_who_waits_and_what_was_said_comes_again() {
    for (act, again, said) in [
        (Act::Types("CASE show"), false, true),
        (Act::Types("CASE title Two keys leaked"), false, true),
        (Act::Replies, true, false),
        (Act::CommentsInJira, true, false),
    ] {
        let mut ready = act.prepare().await;
        ready.stage.ends_the_service().await;
        assert_eq!(!ready.stage.work(&ready.jobs).await.is_empty(), again, "{act:?}");
        let news = ready.news();
        assert_eq!(news.len(), usize::from(said), "{act:?} {news:?}");
        assert!(
            news.iter()
                .all(|text| text.contains("could not be reached") && text.contains("Nothing was changed")),
            "{act:?} {news:?}"
        );
        assert_eq!(ready.stage.world.waited().as_secs(), 1 + 2 + 4, "{act:?}");
    }
}
