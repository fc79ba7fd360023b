//! Nobody listens: the connection is refused, so nothing was applied, and all of it comes once somebody listens again.

use casebridge::{settings::Settings, store::Destination, world::World};

use super::stage::{Stage, count};

async fn unreachable(destination: Destination) {
    let mut stage = Stage::set().await;
    let right = stage.settings.clone();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut wrong: Settings = right.clone();
    match destination {
        Destination::Slack => wrong.slack.api_url = format!("http://{nobody}/api"),
        Destination::Jira => wrong.jira.as_mut().unwrap().api_url = format!("http://{nobody}"),
    }
    stage.settings = wrong;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "the first").unwrap();
    let at = stage.world.now();
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
    unreachable(Destination::Slack).await;
}

#[tokio::test]
async fn a_jira_that_cannot_be_reached_gets_everything_once_it_can() {
    unreachable(Destination::Jira).await;
}
